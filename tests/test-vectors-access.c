/* SPDX-License-Identifier: MIT */
/*
 * Conformance: access checks, generic mapping, and what mandatory labels leave.
 *
 * A case that needs something not built is left out and counted by its reason; the counts are
 * asserted, so that no case drops out unseen. Audit records are not judged: of a case that states
 * them, the status and the rights still are.
 */

#include <support/vectors.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>
#include <tessera/token.h>

#include "sec/access.h"

#define N_SIDS_MAX 64

enum left_out {
    RUN,
    LEFT_CONDITION,
    LEFT_OBJECT_TYPES,
    LEFT_APPCONTAINER,
    LEFT_CENTRAL_POLICY,
    LEFT_SYSTEM_CALL,
    N_REASONS,
};

static const char *const reasons[N_REASONS] = {
    [RUN] = "run",
    [LEFT_CONDITION] = "left out: condition or resource attribute",
    [LEFT_OBJECT_TYPES] = "left out: object types",
    [LEFT_APPCONTAINER] = "left out: AppContainer",
    [LEFT_CENTRAL_POLICY] = "left out: central access policy",
    [LEFT_SYSTEM_CALL] = "left out: refused by the system call, before the check",
};

struct access_run {
    struct vector_run run;
    size_t counts[N_REASONS];
    size_t n_audited; /* of those run, how many state audit records */
};

/* A token of a vector. */
struct made_subject {
    struct subject subject;
    struct sid_set *sids;
    struct sid_set *restricting;
    tsr_sid integrity;
};

/* A descriptor of a vector. */
struct made_sd {
    uint8_t *bytes; /* NULL: it holds a condition that SDDL does not read */
    tsr_sd sd;
};

static uint8_t matches_by(uint32_t attributes)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return SID_MATCHES_DENY;
    }
    return attributes & SE_GROUP_ENABLED ? SID_MATCHES_ALLOW | SID_MATCHES_DENY : 0;
}

static void add_sid(struct sid_set_entry *entries, size_t *n_entries, const char *text,
                    uint8_t matches)
{
    assert_true(*n_entries < N_SIDS_MAX);
    entries[(*n_entries)++] = (struct sid_set_entry){sid_of(text), matches};
}

static struct sid_set *make_sids(const json_t *token)
{
    struct sid_set_entry entries[N_SIDS_MAX];
    const char *user = vector_text(token, "user");
    struct sid_set *set = NULL;
    size_t n_entries = 0;
    size_t i;
    json_t *element;

    if (user) {
        add_sid(entries, &n_entries, user,
                json_is_true(json_object_get(token, "user_deny_only"))
                    ? SID_MATCHES_DENY
                    : SID_MATCHES_ALLOW | SID_MATCHES_DENY);
    }
    json_array_foreach(json_object_get(token, "groups"), i, element)
    {
        add_sid(entries, &n_entries, vector_text(element, "sid"),
                matches_by(vector_mask(element, "attributes")));
    }
    json_array_foreach(json_object_get(token, "user_sids"), i, element)
    {
        add_sid(entries, &n_entries, json_string_value(element),
                SID_MATCHES_ALLOW | SID_MATCHES_DENY);
    }
    expect_ok(sid_set_new(entries, n_entries, &set));
    return set;
}

/* Restricting SIDs take part whatever their attributes say (access-check.md 9). */
static struct sid_set *make_restricting(const json_t *token)
{
    const json_t *restricting = json_object_get(token, "restricting_sids");
    struct sid_set_entry entries[N_SIDS_MAX];
    struct sid_set *set = NULL;
    size_t n_entries = 0;
    size_t i;
    json_t *element;

    if (json_array_size(restricting) == 0) {
        return NULL;
    }
    json_array_foreach(restricting, i, element)
    {
        add_sid(entries, &n_entries, vector_text(element, "sid"),
                SID_MATCHES_ALLOW | SID_MATCHES_DENY);
    }
    expect_ok(sid_set_new(entries, n_entries, &set));
    return set;
}

static uint64_t privilege_bits(const json_t *names)
{
    uint64_t bits = 0;
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        uint32_t luid = 0;

        expect_ok(tsr_privilege_by_name(json_string_value(name), &luid));
        bits |= TSR_PRIVILEGE_BIT(luid);
    }
    return bits;
}

static void make_subject(const json_t *token, struct made_subject *made)
{
    const json_t *trust = json_object_get(token, "process_trust");
    const char *integrity = vector_text(token, "integrity");

    made->sids = make_sids(token);
    made->restricting = make_restricting(token);
    made->subject = (struct subject){
        .sids = made->sids,
        .restricting = made->restricting,
        .write_restricted = json_is_true(json_object_get(token, "write_restricted")),
        .privileges = privilege_bits(json_object_get(token, "privileges")),
        .mandatory_policy = vector_mask(token, "mandatory_policy"),
        .process_trust_type = vector_number(json_array_get(trust, 0)),
        .process_trust_level = vector_number(json_array_get(trust, 1)),
    };
    if (integrity) {
        made->integrity = sid_of(integrity);
        made->subject.integrity = &made->integrity;
    }
}

static void made_subject_deinit(struct made_subject *made)
{
    made->sids = sid_set_free(made->sids);
    made->restricting = sid_set_free(made->restricting);
}

static struct made_sd make_sd(const json_t *description)
{
    const char *hex = vector_text(description, "sd_hex");
    const char *domain_text = vector_text(description, "domain_sid");
    struct made_sd made = {0};
    tsr_status status;
    tsr_sid domain;
    size_t size = 0;

    if (hex) {
        made.bytes = hex_bytes(hex, &size);
    } else {
        domain = domain_text ? sid_of(domain_text) : TSR_SID_NULL;
        status = tsr_sddl_parse(vector_text(description, "sddl"), domain_text ? &domain : NULL,
                                &made.bytes, &size, NULL);
        if (status.code == STATUS_NOT_SUPPORTED) {
            return made;
        }
        expect_ok(status);
    }
    expect_ok(tsr_sd_view(made.bytes, size, &made.sd));
    return made;
}

static bool is_conditional(uint8_t type)
{
    return (type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE &&
            type <= SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE) ||
           type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE || type == SYSTEM_ACCESS_FILTER_ACE_TYPE;
}

static bool has_conditional(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (is_conditional(ace.type)) {
            return true;
        }
    }
    return false;
}

/* The statuses that the inner check never gives. */
static bool is_system_call_status(const char *status)
{
    return status && (strcmp(status, "STATUS_GENERIC_NOT_MAPPED") == 0 ||
                      strcmp(status, "STATUS_INVALID_SECURITY_DESCR") == 0);
}

static enum left_out classify(const json_t *vector, const struct made_sd *made)
{
    const json_t *tags = json_object_get(vector, "tags");
    const json_t *expect = json_object_get(vector, "expect");

    if (json_object_get(vector, "object_types")) {
        return LEFT_OBJECT_TYPES;
    }
    if (json_object_get(json_object_get(vector, "token"), "appcontainer")) {
        return LEFT_APPCONTAINER;
    }
    if (json_object_get(vector, "central_policies") || vector_has(tags, "central-access-policy")) {
        return LEFT_CENTRAL_POLICY;
    }
    if (is_system_call_status(vector_text(expect, "status"))) {
        return LEFT_SYSTEM_CALL;
    }
    if (!made->bytes || has_conditional(&made->sd.dacl) || has_conditional(&made->sd.sacl)) {
        return LEFT_CONDITION;
    }
    return RUN;
}

static bool result_is(const json_t *expect, const tsr_access_result *result)
{
    const json_t *used = json_object_get(expect, "privileges_used");
    const char *status = vector_text(expect, "status");
    uint32_t stated = STATUS_UNSUCCESSFUL;

    if (tsr_failed(tsr_status_by_name(status, &stated)) || result->status.code != stated) {
        return false;
    }
    if (tsr_failed(result->status)) {
        return result->granted == 0;
    }
    return (!json_object_get(expect, "granted") ||
            result->granted == vector_mask(expect, "granted")) &&
           (!used || result->privileges_used == privilege_bits(used));
}

static bool checks_as_stated(const json_t *vector, const tsr_sd *sd)
{
    const json_t *intent = json_object_get(vector, "intent");
    const char *self_text = vector_text(vector, "principal_self");
    const tsr_sid self = self_text ? sid_of(self_text) : TSR_SID_NULL;
    struct access_request request = {
        .mapping = vector_mapping(json_object_get(vector, "mapping")),
        .principal_self = self_text ? &self : NULL,
        .backup_intent = vector_has(intent, "backup"),
        .restore_intent = vector_has(intent, "restore"),
    };
    struct made_subject made = {0};
    tsr_access_result result;

    /* As the object manager does before it asks (access-check.md 3). */
    request.desired = tsr_map_generic(vector_mask(vector, "desired"), &request.mapping);
    make_subject(json_object_get(vector, "token"), &made);

    result = access_check(&made.subject, sd, &request);

    made_subject_deinit(&made);
    return result_is(json_object_get(vector, "expect"), &result);
}

static void judge_access(const json_t *vector, void *context)
{
    const json_t *audit = json_object_get(json_object_get(vector, "expect"), "audit");
    struct access_run *access = context;
    struct made_sd made = make_sd(json_object_get(vector, "sd"));
    const enum left_out verdict = classify(vector, &made);

    access->counts[verdict]++;
    if (verdict == RUN) {
        access->n_audited += json_array_size(audit) > 0;
        vector_judge(&access->run, vector, checks_as_stated(vector, &made.sd));
    }
    free(made.bytes);
}

static void expect_counts(const char *family, const struct access_run *access,
                          const size_t expected[N_REASONS], size_t n_audited)
{
    for (size_t i = 0; i < N_REASONS; i++) {
        print_message("# %s: %zu %s\n", family, access->counts[i], reasons[i]);
    }
    print_message("# %s: %zu run with audit records not judged\n", family, access->n_audited);

    for (size_t i = 0; i < N_REASONS; i++) {
        assert_int_equal(access->counts[i], expected[i]);
    }
    assert_int_equal(access->n_audited, n_audited);
    assert_int_equal(access->run.n_vectors, expected[RUN]);
    assert_int_equal(access->run.n_failed, 0);
}

static const struct vector_exception access_exceptions[] = {
    {"access_check-08106f8f8ab9",
     "peios: a deny-only owner counts as the owner; on Windows not (access-check.md 15)"},
    {"access_check-3c0803037712",
     "peios: a malformed process-trust label is an error of its own; ours denies access"},
    {"access_check-86680883d922",
     "peios: SeSecurityPrivilege overrides the label; on Windows ACCESS_SYSTEM_SECURITY is among "
     "the "
     "rights that no-write-up refuses before privileges are looked at (access-check.md 6.3)"},
    {NULL, NULL},
};

static void published_access_checks_end_as_stated(void **state)
{
    static const size_t expected[N_REASONS] = {
        [RUN] = 90,
        [LEFT_CONDITION] = 82,
        [LEFT_OBJECT_TYPES] = 22,
        [LEFT_APPCONTAINER] = 16,
        [LEFT_CENTRAL_POLICY] = 8,
        [LEFT_SYSTEM_CALL] = 2,
    };
    struct access_run access = {.run = {.exceptions = access_exceptions}};
    (void)state;

    vectors_each("access_check", judge_access, &access);

    expect_counts("access_check", &access, expected, 4);
}

static void generated_access_checks_end_as_the_evaluators_agree(void **state)
{
    static const size_t expected[N_REASONS] = {
        [RUN] = 552, [LEFT_OBJECT_TYPES] = 246, [LEFT_APPCONTAINER] = 172};
    struct access_run access = {0};
    (void)state;

    vectors_each("access_check_generated", judge_access, &access);

    expect_counts("access_check_generated", &access, expected, 0);
}

static void judge_mapping(const json_t *vector, void *context)
{
    const tsr_generic_mapping mapping = vector_mapping(json_object_get(vector, "mapping"));

    vector_judge(context, vector,
                 tsr_map_generic(vector_mask(vector, "mask"), &mapping) ==
                     vector_mask(vector, "mapped"));
}

static void generic_rights_map_as_windows_maps_them(void **state)
{
    struct vector_run run = {0};
    (void)state;

    vectors_each("generic_mapping", judge_mapping, &run);

    assert_int_equal(run.n_vectors, 240);
    assert_int_equal(run.n_failed, 0);
}

static void judge_mandatory_mask(const json_t *vector, void *context)
{
    const tsr_generic_mapping mapping = vector_mapping(json_object_get(vector, "mapping"));
    const json_t *names = json_object_get(vector, "label_policy");
    uint32_t policy = 0;

    policy |= vector_has(names, "NW") ? SYSTEM_MANDATORY_LABEL_NO_WRITE_UP : 0;
    policy |= vector_has(names, "NR") ? SYSTEM_MANDATORY_LABEL_NO_READ_UP : 0;
    policy |= vector_has(names, "NX") ? SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP : 0;
    vector_judge(context, vector,
                 tsr_mandatory_mask(&mapping, policy) ==
                     vector_mask(vector, "allowed_when_not_dominating"));
}

static void labels_leave_what_the_published_rule_leaves(void **state)
{
    struct vector_run run = {0};
    (void)state;

    vectors_each("mandatory_mask", judge_mandatory_mask, &run);

    assert_int_equal(run.n_vectors, 64);
    assert_int_equal(run.n_failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_access_checks_end_as_stated),
        cmocka_unit_test(generated_access_checks_end_as_the_evaluators_agree),
        cmocka_unit_test(generic_rights_map_as_windows_maps_them),
        cmocka_unit_test(labels_leave_what_the_published_rule_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
