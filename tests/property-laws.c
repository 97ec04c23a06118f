/* SPDX-License-Identifier: MIT */
/*
 * Laws of the access check: what must hold between the answers to two related questions, whatever
 * they are
 *
 * No second implementation is needed to state them. Where the specification allows an exception the
 * law says which, and the exception is left out of its cases as narrowly as it can be. The seed is
 * fixed; PROPERTY_SEED in the environment tries another, PROPERTY_CASES another number for each
 * law.
 */

#include <support/random-case.h>

#include <inttypes.h>

#define N_CASES 12000

/* Rights that one DACL decides: all of a file's. */
static const uint32_t all_rights = FILE_ALL_ACCESS;

/* A law makes @after of a copy of @before; false: it says nothing about this case. */
typedef bool (*change)(struct random_case *after);
typedef bool (*relation)(const struct random_case *, const struct case_answer *,
                         const struct case_answer *);

static size_t number_from_environment(const char *name, size_t otherwise)
{
    const char *text = getenv(name);

    return text ? (size_t)strtoull(text, NULL, 0) : otherwise;
}

static size_t n_cases(void)
{
    return number_from_environment("PROPERTY_CASES", N_CASES);
}

static void fail_case(size_t number, const struct random_case *random,
                      const struct case_answer *before, const struct case_answer *after)
{
    print_error("desired %#x: %s %#x became %s %#x\n", random->request.desired,
                expect_status_name(before->status), before->granted,
                expect_status_name(after->status), after->granted);
    for (size_t i = 0; i < random->request.n_types; i++) {
        print_error("  level %u, type %u: %#x became %#x\n", random->types[i].level,
                    random->types[i].guid[0], before->node_granted[i], after->node_granted[i]);
    }
    fail_msg("case %zu breaks the law", number);
}

/*
 * Try a law on random cases, without what @without says. Enough of them must be granted, and
 * enough must notice the change unless the law is that nothing does.
 */
static void try_law(uint32_t without, change make, relation holds)
{
    size_t n_granted = 0;
    size_t n_changed = 0;
    size_t n_tried = 0;

    for (size_t i = 0; i < n_cases(); i++) {
        const struct random_case random = random_case(without);
        struct random_case changed = random;
        struct case_answer before;
        struct case_answer after;

        if (!make(&changed)) {
            continue;
        }
        before = case_judge(&random);
        after = case_judge(&changed);
        if (!holds(&random, &before, &after)) {
            fail_case(i, &random, &before, &after);
        }
        n_tried++;
        n_granted += before.granted != 0;
        n_changed += !case_grants_the_same(&random, &before, &after);
    }
    print_message("# %zu cases, %zu granted, %zu changed\n", n_tried, n_granted, n_changed);
    assert_true(n_tried > n_cases() / 20);
    assert_true(n_granted > n_tried / 20);
    assert_true(holds == case_grants_the_same || n_changed > n_tried / 500);
}

static bool grants_no_less(const struct random_case *random, const struct case_answer *before,
                           const struct case_answer *after)
{
    return case_grants_no_more(random, after, before);
}

/*
 * What of MAXIMUM_ALLOWED is decided as if it had been asked for alone: the rights of the type
 * (section 5). Others it never gives, but WRITE_OWNER, which privileges do. ACCESS_SYSTEM_SECURITY
 * must be named, and then its lack refuses the rest too (section 7).
 */
static void maximum_allowed_is_the_union_of_single_rights(void **state)
{
    size_t n_granted = 0;

    (void)state;

    for (size_t i = 0; i < n_cases() / 4; i++) {
        struct random_case random = random_case(CASE_NO_SPECIFIC_RIGHTS | CASE_NO_PREVIOUSLY_GIVEN);
        const struct case_answer maximum = case_judge(&random);
        struct case_answer joined = {.status = STATUS_ACCESS_DENIED};

        for (uint32_t right = 1; right != 0 && right <= all_rights; right <<= 1) {
            struct case_answer single;

            random.request.desired = right & all_rights;
            if (random.request.desired == 0) {
                continue;
            }
            single = case_judge(&random);
            joined.granted |= single.granted;
            joined.status = joined.granted ? STATUS_SUCCESS : joined.status;
            for (size_t n = 0; n < random.request.n_types; n++) {
                joined.node_granted[n] |= single.node_granted[n];
            }
        }
        if (!case_grants_the_same(&random, &maximum, &joined)) {
            fail_case(i, &random, &maximum, &joined);
        }
        n_granted += maximum.granted != 0;
    }
    assert_true(n_granted > n_cases() / 40);
}

/* Nothing but a single right that is refused refuses a request; then nothing is granted. */
static void a_request_is_granted_when_each_of_its_rights_would_be(void **state)
{
    (void)state;

    for (size_t i = 0; i < n_cases() / 4; i++) {
        struct random_case random = random_case(CASE_NO_PREVIOUSLY_GIVEN);
        const uint32_t desired =
            tsr_map_generic(random.request.desired, &random.request.mapping) & ~MAXIMUM_ALLOWED;
        struct case_answer whole;
        uint32_t granted = 0;

        if (desired == 0) {
            continue;
        }
        random.request.desired = desired;
        whole = case_judge(&random);
        for (uint32_t right = 1; right != 0; right <<= 1) {
            random.request.desired = right & desired;
            granted |= random.request.desired ? case_judge(&random).granted : 0;
        }
        assert_int_equal(whole.granted, granted == desired ? desired : 0);
    }
}

static bool with_deny(struct random_case *after)
{
    const struct case_ace ace = case_random_ace(case_random_deny(), 0);

    case_insert(&after->object.dacl, random_below((uint32_t)after->object.dacl.n_aces + 1), &ace);
    return true;
}

static void a_deny_at_any_place_never_grants(void **state)
{
    (void)state;

    try_law(0, with_deny, case_grants_no_more);
}

static bool names_owner_rights(const struct case_ace *ace)
{
    const tsr_sid owner_rights = TSR_SID_OWNER_RIGHTS;
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(&owner_rights, encoded, sizeof(encoded), &size));
    return memmem(ace->bytes, ace->size, encoded, size) != NULL;
}

/* An ACE that names OWNER RIGHTS ends the owner's implicit rights, an allowing one too (section
 * 7). */
static bool with_allow_that_is_not_for_owner_rights(struct random_case *after)
{
    const struct case_ace ace = case_random_ace(case_random_allow(), 0);

    case_insert(&after->object.dacl, random_below((uint32_t)after->object.dacl.n_aces + 1), &ace);
    return !names_owner_rights(&ace);
}

static void an_allow_at_any_place_never_takes_away(void **state)
{
    (void)state;

    try_law(CASE_NO_NULL_DACL, with_allow_that_is_not_for_owner_rights, grants_no_less);
}

static bool with_allow_for_owner_rights(struct random_case *after)
{
    const tsr_sid owner_rights = TSR_SID_OWNER_RIGHTS;
    const struct case_ace ace =
        case_ace_basic(ACCESS_ALLOWED_ACE_TYPE, 0, random_mask(), &owner_rights);

    case_insert(&after->object.dacl, random_below((uint32_t)after->object.dacl.n_aces + 1), &ace);
    return true;
}

static bool loses_only_implicit_rights(const struct random_case *random,
                                       const struct case_answer *before,
                                       const struct case_answer *after)
{
    (void)random;

    return (before->granted & ~after->granted & ~(READ_CONTROL | WRITE_DAC)) == 0;
}

static void an_allow_for_owner_rights_takes_away_no_more_than_what_owners_have_unnamed(void **state)
{
    (void)state;

    try_law(CASE_NO_NULL_DACL | CASE_NO_SPECIFIC_RIGHTS | CASE_NO_RESULT_LIST |
                CASE_NO_PREVIOUSLY_GIVEN,
            with_allow_for_owner_rights, loses_only_implicit_rights);
}

/* Neighbours that both allow or both deny, swapped; also where they are about types. */
static bool with_neighbours_swapped(struct random_case *after)
{
    struct case_acl *dacl = &after->object.dacl;
    struct case_ace ace;
    size_t at;

    if (dacl->n_aces < 2) {
        return false;
    }
    at = random_below((uint32_t)dacl->n_aces - 1);
    if (case_ace_denies(&dacl->aces[at]) != case_ace_denies(&dacl->aces[at + 1])) {
        return false;
    }
    ace = case_remove(dacl, at);
    case_insert(dacl, at + 1, &ace);
    return true;
}

static void the_order_of_neighbours_of_one_kind_does_not_matter(void **state)
{
    (void)state;

    try_law(0, with_neighbours_swapped, case_grants_the_same);
}

static bool with_deny_moved_to_the_front(struct random_case *after)
{
    struct case_acl *dacl = &after->object.dacl;
    struct case_ace ace;
    size_t at;

    if (dacl->n_aces < 2) {
        return false;
    }
    at = 1 + random_below((uint32_t)dacl->n_aces - 1);
    ace = case_remove(dacl, at);
    case_insert(dacl, 0, &ace);
    return case_ace_denies(&ace);
}

static void a_deny_moved_to_the_front_never_grants(void **state)
{
    (void)state;

    try_law(0, with_deny_moved_to_the_front, case_grants_no_more);
}

static bool with_allow_moved_to_the_front(struct random_case *after)
{
    struct case_acl *dacl = &after->object.dacl;
    struct case_ace ace;

    if (dacl->n_aces < 2) {
        return false;
    }
    ace = case_remove(dacl, 1 + random_below((uint32_t)dacl->n_aces - 1));
    case_insert(dacl, 0, &ace);
    return !case_ace_denies(&ace);
}

static void an_allow_moved_to_the_front_never_takes_away(void **state)
{
    (void)state;

    try_law(0, with_allow_moved_to_the_front, grants_no_less);
}

static bool with_ace_repeated(struct random_case *after)
{
    struct case_acl *dacl = &after->object.dacl;
    struct case_ace ace;
    size_t at;

    if (dacl->n_aces == 0) {
        return false;
    }
    at = random_below((uint32_t)dacl->n_aces);
    ace = dacl->aces[at];
    case_insert(dacl, at + random_below((uint32_t)(dacl->n_aces - at)) + 1, &ace);
    return true;
}

/* Also far behind the first: what it speaks about is decided by then. */
static void an_ace_said_twice_is_said_once(void **state)
{
    (void)state;

    try_law(0, with_ace_repeated, case_grants_the_same);
}

static bool with_inherit_only_ace(struct random_case *after)
{
    const tsr_sid sid = random_ace_sid();
    const struct case_ace ace =
        case_ace_basic(one_in(2) ? ACCESS_DENIED_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE,
                       INHERIT_ONLY_ACE | OBJECT_INHERIT_ACE, GENERIC_ALL, &sid);

    case_insert(&after->object.dacl, random_below((uint32_t)after->object.dacl.n_aces + 1), &ace);
    return true;
}

static void an_inherit_only_ace_is_not_about_its_object(void **state)
{
    (void)state;

    try_law(0, with_inherit_only_ace, case_grants_the_same);
}

static bool with_ace_for_nobody(struct random_case *after)
{
    static const tsr_sid nobody[] = {{3, 1, {0}}, {3, 1, {1}}, {5, 5, {21, 7, 7, 7, 7}}};
    static const tsr_ace_type types[] = {ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE,
                                         SYSTEM_AUDIT_ACE_TYPE, SYSTEM_ALARM_ACE_TYPE,
                                         SYSTEM_MANDATORY_LABEL_ACE_TYPE};
    const struct case_ace ace = case_ace_basic(types[random_below(ARRAY_SIZE(types))], 0,
                                               GENERIC_ALL, &nobody[random_below(3)]);

    case_insert(&after->object.dacl, random_below((uint32_t)after->object.dacl.n_aces + 1), &ace);
    return true;
}

static void an_ace_for_nobody_means_nothing(void **state)
{
    (void)state;

    try_law(0, with_ace_for_nobody, case_grants_the_same);
}

static bool has_effective(const struct case_acl *sacl, tsr_ace_type type)
{
    for (size_t i = 0; i < sacl->n_aces; i++) {
        if (sacl->aces[i].bytes[0] == type && !(sacl->aces[i].bytes[1] & INHERIT_ONLY_ACE)) {
            return true;
        }
    }
    return false;
}

static bool has_label(const struct case_acl *sacl)
{
    return has_effective(sacl, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
}

/* An object without one is of medium integrity with no-write-up: a label below that, or with
 * another policy, is a weaker one (section 6.3). */
static bool with_label_at_least_as_strict(struct random_case *after)
{
    const tsr_sid label = TSR_SID_INTEGRITY((2 + random_below(3)) * TSR_INTEGRITY_LOW);
    const struct case_ace ace =
        case_ace_basic(SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0,
                       SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | (random_below(4) << 1), &label);
    const bool is_first = !has_label(&after->object.sacl);

    case_insert(&after->object.sacl, 0, &ace);
    return is_first;
}

static void a_label_that_is_no_weaker_than_none_never_grants(void **state)
{
    (void)state;

    try_law(0, with_label_at_least_as_strict, case_grants_no_more);
}

static bool with_label_behind_the_first(struct random_case *after)
{
    const struct case_ace ace = case_random_label();
    const bool has_one = has_label(&after->object.sacl);

    case_insert(&after->object.sacl, after->object.sacl.n_aces, &ace);
    return has_one;
}

static void a_label_behind_the_first_means_nothing(void **state)
{
    (void)state;

    try_law(0, with_label_behind_the_first, case_grants_the_same);
}

/* The first ACE of a label, if it is there: raise it, or add to its policy. */
static bool with_stricter_label(struct random_case *after)
{
    struct case_ace *ace = &after->object.sacl.aces[0];
    uint8_t *level = ace->bytes + 8 + TSR_SID_SIZE_MIN;

    if (!has_label(&after->object.sacl) || ace->bytes[1] & INHERIT_ONLY_ACE) {
        return false;
    }
    if (one_in(2)) {
        level[1] = (uint8_t)(level[1] + 0x10 * (1 + random_below(3)));
    } else {
        ace->bytes[4] |= (uint8_t)(1 + random_below(7));
    }
    return true;
}

static void a_stricter_label_never_grants(void **state)
{
    (void)state;

    try_law(0, with_stricter_label, case_grants_no_more);
}

static bool with_access_filter(struct random_case *after)
{
    const struct case_ace ace = case_random_filter(0);

    case_insert(&after->object.sacl, random_below((uint32_t)after->object.sacl.n_aces + 1), &ace);
    return true;
}

static void an_access_filter_never_grants(void **state)
{
    (void)state;

    try_law(0, with_access_filter, case_grants_no_more);
}

/* The first counts, so that one in front of another could be weaker. */
static bool with_trust_label_behind_all(struct random_case *after)
{
    const struct case_ace ace = case_random_trust();

    case_insert(&after->object.sacl, after->object.sacl.n_aces, &ace);
    return true;
}

static void a_process_trust_label_never_grants(void **state)
{
    (void)state;

    try_law(0, with_trust_label_behind_all, case_grants_no_more);
}

static bool with_policy_named(struct random_case *after)
{
    const struct case_ace ace =
        case_ace_basic(SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, 0, 0, &case_policy);

    case_insert(&after->object.sacl, after->object.sacl.n_aces, &ace);
    return after->has_policy;
}

static void naming_a_central_policy_never_grants(void **state)
{
    (void)state;

    try_law(0, with_policy_named, case_grants_no_more);
}

static bool with_central_rule(struct random_case *after)
{
    if (after->n_rules == CASE_RULES_MAX || !after->has_policy) {
        return false;
    }
    after->rules[after->n_rules] = case_random_dacl(0);
    after->rule_has_condition[after->n_rules++] = one_in(4);
    return true;
}

static void a_central_rule_never_grants(void **state)
{
    (void)state;

    try_law(0, with_central_rule, case_grants_no_more);
}

static bool with_lower_integrity(struct random_case *after)
{
    struct case_subject *subject = &after->subject;

    if (!subject->has_integrity) {
        subject->has_integrity = true;
        return true;
    }
    subject->integrity.sub_authorities[0] -=
        TSR_INTEGRITY_LOW * random_below(1 + subject->integrity.sub_authorities[0] / 4096);
    return true;
}

static void lower_integrity_never_grants(void **state)
{
    (void)state;

    try_law(0, with_lower_integrity, case_grants_no_more);
}

static bool with_less_trust(struct random_case *after)
{
    after->subject.spec.process_trust_type /= 2;
    after->subject.spec.process_trust_level /= 2;
    return has_effective(&after->object.sacl, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE);
}

static void less_process_trust_never_grants(void **state)
{
    (void)state;

    try_law(0, with_less_trust, case_grants_no_more);
}

static bool without_a_privilege(struct random_case *after)
{
    if (after->subject.spec.n_privileges == 0) {
        return false;
    }
    after->subject.spec.n_privileges--;
    return true;
}

static void a_privilege_less_never_grants(void **state)
{
    (void)state;

    try_law(0, without_a_privilege, case_grants_no_more);
}

/* Denies count in the pass of packages too (docs/conformance.md), so that a capability which is
 * gone may have been denied something: no such ACE is among these cases. */
static bool without_a_capability(struct random_case *after)
{
    struct case_subject *subject = &after->subject;

    if (!subject->has_package || subject->spec.n_capabilities == 0) {
        return false;
    }
    subject->spec.n_capabilities = random_below((uint32_t)subject->spec.n_capabilities);
    return true;
}

static void a_capability_less_never_grants(void **state)
{
    (void)state;

    try_law(CASE_NO_DENIED_PACKAGES, without_a_capability, case_grants_no_more);
}

static bool less_privileged(struct random_case *after)
{
    const bool was_more = after->subject.has_package && !after->subject.spec.less_privileged;

    after->subject.spec.less_privileged = true;
    return was_more;
}

static void a_less_privileged_package_is_never_granted_more(void **state)
{
    (void)state;

    try_law(CASE_NO_DENIED_PACKAGES, less_privileged, case_grants_no_more);
}

/*
 * A package takes away, except that the integrity of its token is not looked at where a label is
 * not above medium (section 6.3).
 */
static bool in_a_package(struct random_case *after)
{
    const bool was_not = !after->subject.has_package;

    after->subject.has_package = true;
    after->subject.spec.n_capabilities = 0;
    return was_not && !after->subject.has_integrity;
}

static void a_package_never_grants(void **state)
{
    (void)state;

    try_law(0, in_a_package, case_grants_no_more);
}

static bool restricted(struct random_case *after)
{
    struct case_subject *subject = &after->subject;

    subject->is_restricted = true;
    subject->spec.n_restricting = random_below(ARRAY_SIZE(subject->restricting) + 1);
    subject->spec.flags = one_in(3) ? TSR_TOKEN_WRITE_RESTRICTED : 0;
    return true;
}

static void restricting_sids_never_grant(void **state)
{
    (void)state;

    try_law(CASE_NO_RESTRICTING, restricted, case_grants_no_more);
}

static bool wholly_restricted(struct random_case *after)
{
    const bool was_not = after->subject.spec.flags & TSR_TOKEN_WRITE_RESTRICTED;

    after->subject.spec.flags = 0;
    return was_not;
}

static void restriction_for_writing_is_the_weaker_one(void **state)
{
    (void)state;

    try_law(0, wholly_restricted, case_grants_no_more);
}

/*
 * tsr_token_filter() on tokens with everything in them. Two exceptions: a condition may be true of
 * those who are not in a group, and then also of those who are not any more; and where two lists
 * of restricting SIDs are intersected, an ACE that denies a dropped one is lost (token.h).
 */
static void filtering_a_token_never_grants(void **state)
{
    size_t n_granted = 0;

    (void)state;

    for (size_t i = 0; i < n_cases(); i++) {
        const struct random_case random =
            random_case(CASE_NO_NEGATED_MEMBERS | CASE_NO_RESTRICTING);
        const tsr_sid disable[] = {random_sid(), random_sid(), TSR_SID_EVERYONE};
        const uint32_t luids[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE};
        const tsr_group restrict_to[] = {{.sid = random_sid()}, {.sid = TSR_SID_EVERYONE}};
        const tsr_token_filter_spec spec = {
            .flags = random_below(16),
            .disable = disable,
            .n_disable = random_below(4),
            .delete_privileges = luids,
            .n_delete_privileges = random_below(3),
            .restrict_to = restrict_to,
            .n_restrict_to = random_below(3),
        };
        tsr_token *source = case_token_new(&random.subject);
        tsr_token *token = NULL;
        struct case_answer before;
        struct case_answer after;

        expect_ok(tsr_token_filter(source, &spec, &token));
        before = case_judge_token(&random, source);
        after = case_judge_token(&random, token);
        if (!case_grants_no_more(&random, &before, &after)) {
            fail_case(i, &random, &before, &after);
        }
        n_granted += after.granted != 0;
        tsr_token_unref(token);
        tsr_token_unref(source);
    }
    assert_true(n_granted > n_cases() / 40);
}

/* The exception to the law above, in its smallest form. */
static void one_who_left_a_group_is_granted_what_is_for_those_who_are_not_in_it(void **state)
{
    struct random_case random = {
        .subject = {.spec = {.user = TSR_SID(5, 21, 1, 2, 3, 6), .n_groups = 1},
                    .groups = {{TSR_SID(5, 21, 1, 2, 3, 1), TSR_GROUP_ORDINARY}}},
        .object = {.has_dacl = true, .dacl = {.n_aces = 1}},
        .request = {.desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING},
    };
    struct case_ace *ace = &random.object.dacl.aces[0];
    const tsr_sid user = random.subject.spec.user;

    (void)state;

    *ace = case_ace_begin(ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, FILE_READ_DATA);
    case_put_sid(ace, &user);
    case_put_condition(ace, "(!(Member_of {SID(S-1-5-21-1-2-3-1)}))");
    *ace = case_ace_end(*ace);

    assert_int_equal(case_judge(&random).granted, 0);
    random.subject.groups[0].attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    assert_int_equal(case_judge(&random).granted, FILE_READ_DATA);
}

static bool without_previously_granted(struct random_case *after)
{
    after->request.previously_granted = 0;
    return true;
}

static bool adds_what_was_given_before(const struct random_case *random,
                                       const struct case_answer *before,
                                       const struct case_answer *after)
{
    return before->status == after->status &&
           (before->granted == 0 ||
            before->granted == (after->granted | random->request.previously_granted));
}

/* None of these cases asks for nothing at all, where it alone would be the answer (section 4.1). */
static void what_was_granted_before_is_added_and_decides_nothing(void **state)
{
    (void)state;

    try_law(0, without_previously_granted, adds_what_was_given_before);
}

static bool with_masks_mapped(struct random_case *after)
{
    struct case_acl *dacl = &after->object.dacl;

    for (size_t i = 0; i < dacl->n_aces; i++) {
        uint8_t *bytes = dacl->aces[i].bytes + 4;
        const uint32_t mask = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                              (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
        const uint32_t mapped = tsr_map_generic(mask, &after->request.mapping);

        for (size_t byte = 0; byte < 4; byte++) {
            bytes[byte] = (uint8_t)(mapped >> 8 * byte);
        }
    }
    after->request.desired = tsr_map_generic(after->request.desired, &after->request.mapping);
    return true;
}

static void generic_rights_are_what_they_map_to(void **state)
{
    (void)state;

    try_law(0, with_masks_mapped, case_grants_the_same);
}

static void mapping_is_linear_and_done_once(void **state)
{
    (void)state;

    for (size_t i = 0; i < n_cases(); i++) {
        const tsr_generic_mapping mapping = {random_mask() & ~GENERIC_RIGHTS,
                                             random_mask() & ~GENERIC_RIGHTS,
                                             random_mask() & ~GENERIC_RIGHTS, FILE_ALL_ACCESS};
        const uint32_t a = random_mask();
        const uint32_t b = random_mask();
        const uint32_t mapped = tsr_map_generic(a, &mapping);

        assert_int_equal(mapped & GENERIC_RIGHTS, 0);
        assert_int_equal(tsr_map_generic(mapped, &mapping), mapped);
        assert_int_equal(tsr_map_generic(a | b, &mapping), mapped | tsr_map_generic(b, &mapping));
        assert_int_equal(mapped & a, a & ~GENERIC_RIGHTS);
    }
}

static void the_answer_is_consistent_in_itself(void **state)
{
    (void)state;

    for (size_t i = 0; i < n_cases(); i++) {
        const struct random_case random = random_case(0);
        const uint32_t desired =
            tsr_map_generic(random.request.desired, &random.request.mapping) & ~MAXIMUM_ALLOWED;
        const struct case_answer answer = case_judge(&random);

        if (answer.status == STATUS_SUCCESS) {
            assert_int_equal(desired & ~answer.granted, 0);
            assert_int_equal(answer.missing, 0);
        } else {
            assert_int_equal(answer.granted, 0);
            assert_int_equal(answer.privileges_used, 0);
            assert_int_equal(answer.missing & ~desired, 0);
        }
        for (size_t n = 0; random.request.result_list && n < random.request.n_types; n++) {
            if (answer.node_status[n] == STATUS_SUCCESS) {
                assert_int_equal(desired & ~answer.node_granted[n], 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maximum_allowed_is_the_union_of_single_rights),
        cmocka_unit_test(a_request_is_granted_when_each_of_its_rights_would_be),
        cmocka_unit_test(a_deny_at_any_place_never_grants),
        cmocka_unit_test(an_allow_at_any_place_never_takes_away),
        cmocka_unit_test(
            an_allow_for_owner_rights_takes_away_no_more_than_what_owners_have_unnamed),
        cmocka_unit_test(the_order_of_neighbours_of_one_kind_does_not_matter),
        cmocka_unit_test(a_deny_moved_to_the_front_never_grants),
        cmocka_unit_test(an_allow_moved_to_the_front_never_takes_away),
        cmocka_unit_test(an_ace_said_twice_is_said_once),
        cmocka_unit_test(an_inherit_only_ace_is_not_about_its_object),
        cmocka_unit_test(an_ace_for_nobody_means_nothing),
        cmocka_unit_test(a_label_that_is_no_weaker_than_none_never_grants),
        cmocka_unit_test(a_label_behind_the_first_means_nothing),
        cmocka_unit_test(a_stricter_label_never_grants),
        cmocka_unit_test(an_access_filter_never_grants),
        cmocka_unit_test(a_process_trust_label_never_grants),
        cmocka_unit_test(naming_a_central_policy_never_grants),
        cmocka_unit_test(a_central_rule_never_grants),
        cmocka_unit_test(lower_integrity_never_grants),
        cmocka_unit_test(less_process_trust_never_grants),
        cmocka_unit_test(a_privilege_less_never_grants),
        cmocka_unit_test(a_capability_less_never_grants),
        cmocka_unit_test(a_less_privileged_package_is_never_granted_more),
        cmocka_unit_test(a_package_never_grants),
        cmocka_unit_test(restricting_sids_never_grant),
        cmocka_unit_test(restriction_for_writing_is_the_weaker_one),
        cmocka_unit_test(filtering_a_token_never_grants),
        cmocka_unit_test(one_who_left_a_group_is_granted_what_is_for_those_who_are_not_in_it),
        cmocka_unit_test(what_was_granted_before_is_added_and_decides_nothing),
        cmocka_unit_test(generic_rights_are_what_they_map_to),
        cmocka_unit_test(mapping_is_linear_and_done_once),
        cmocka_unit_test(the_answer_is_consistent_in_itself),
    };

    random_state ^= number_from_environment("PROPERTY_SEED", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
