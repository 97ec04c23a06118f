/* SPDX-License-Identifier: MIT */
/*
 * Property test of the access check: random objects and callers, judged by a second implementation.
 *
 * The model below asks about one right at a time and follows access-check.md sentence by sentence,
 * with lists instead of sets and values instead of bytes. It shares no code with the check. The
 * seed is fixed; PROPERTY_SEED in the environment tries another.
 */

#include "sec/access.h"

#include <tessera/privilege.h>

#include <support/expect.h>

#include "base/check.h"

#define N_ROUNDS   20000
#define N_ACES_MAX 6

struct rule {
    tsr_ace_type type;
    uint8_t flags;
    uint32_t mask;
    tsr_sid sid;
};

struct object {
    bool has_owner;
    tsr_sid owner;
    bool has_dacl; /* false: absent or NULL */
    struct rule dacl[N_ACES_MAX];
    size_t n_dacl;
    struct rule sacl[2];
    size_t n_sacl;
};

struct caller {
    struct sid_set_entry sids[5];
    struct sid_set_entry restricting[3];
    bool restricted;
    bool write_restricted;
    uint64_t privileges;
    tsr_sid integrity;
};

/* All that speaks in these tests; few, so that things meet. */
static const tsr_sid actors[] = {
    {5, 5, {21, 1, 2, 3, 1001}},
    {5, 5, {21, 1, 2, 3, 1002}},
    {5, 5, {21, 9, 2, 3, 1001}},
    {5, 2, {32, 545}},
    {1, 1, {0}},
    {5, 0, {0}},
};
static const tsr_sid owner_rights = {3, 1, {4}};
static const tsr_sid principal_self = {5, 1, {10}};

/* Rights that differ in how files map them and in who else may give them. */
static const uint32_t rights[] = {
    FILE_READ_DATA, FILE_WRITE_DATA, FILE_EXECUTE, READ_CONTROL,      WRITE_DAC,
    WRITE_OWNER,    DELETE,          SYNCHRONIZE,  FILE_DELETE_CHILD,
};

static uint64_t random_state;

/* xorshift64*: the same numbers on every machine. */
static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * UINT64_C(2685821657736338717)) >> 32) % limit;
}

static bool one_in(uint32_t n)
{
    return random_below(n) == 0;
}

static uint32_t random_mask(void)
{
    const uint32_t generic[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL};
    uint32_t mask = one_in(4) ? generic[random_below(4)] : 0;

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        mask |= one_in(2) ? rights[i] : 0;
    }
    return mask;
}

static tsr_sid random_actor(void)
{
    return actors[random_below(ARRAY_SIZE(actors))];
}

static struct rule random_rule(void)
{
    const tsr_ace_type types[] = {
        ACCESS_ALLOWED_ACE_TYPE,         ACCESS_ALLOWED_ACE_TYPE,          ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_DENIED_ACE_TYPE,          ACCESS_DENIED_ACE_TYPE,           SYSTEM_AUDIT_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
    };
    struct rule rule = {
        .type = types[random_below(ARRAY_SIZE(types))],
        .flags = one_in(8) ? INHERIT_ONLY_ACE : 0,
        .mask = random_mask(),
        .sid = random_actor(),
    };

    if (one_in(10)) {
        rule.sid = owner_rights;
    }
    if (one_in(10)) {
        rule.sid = principal_self;
    }
    return rule;
}

static struct object random_object(void)
{
    struct object object = {
        .has_owner = !one_in(8),
        .owner = random_actor(),
        .has_dacl = !one_in(8),
        .n_dacl = random_below(N_ACES_MAX + 1),
        .n_sacl = random_below(3),
    };

    for (size_t i = 0; i < object.n_dacl; i++) {
        object.dacl[i] = random_rule();
    }
    for (size_t i = 0; i < object.n_sacl; i++) {
        object.sacl[i] = (struct rule){
            .type = SYSTEM_MANDATORY_LABEL_ACE_TYPE,
            .flags = one_in(4) ? INHERIT_ONLY_ACE : 0,
            .mask = random_below(8),
            .sid = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW * random_below(4)),
        };
    }
    return object;
}

static void random_entries(struct sid_set_entry *entries, size_t n_entries)
{
    const uint8_t kinds[] = {0, SID_MATCHES_DENY, SID_MATCHES_ALLOW | SID_MATCHES_DENY,
                             SID_MATCHES_ALLOW | SID_MATCHES_DENY};

    /* Distinct SIDs, starting anywhere in the list of actors. */
    const uint32_t first = random_below(ARRAY_SIZE(actors));

    for (size_t i = 0; i < n_entries; i++) {
        entries[i].sid = actors[(first + i) % ARRAY_SIZE(actors)];
        entries[i].matches = kinds[random_below(ARRAY_SIZE(kinds))];
    }
}

static struct caller random_caller(void)
{
    const uint64_t known[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                              SE_RELABEL_PRIVILEGE, SE_BACKUP_PRIVILEGE};
    struct caller caller = {
        .restricted = one_in(3),
        .write_restricted = one_in(2),
        .integrity =
            TSR_SID_INTEGRITY(one_in(3) ? TSR_INTEGRITY_LOW * random_below(4) : TSR_INTEGRITY_HIGH),
    };

    random_entries(caller.sids, 2 + random_below(ARRAY_SIZE(caller.sids) - 1));
    random_entries(caller.restricting, 1 + random_below(ARRAY_SIZE(caller.restricting)));
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        caller.privileges |= one_in(6) ? TSR_PRIVILEGE_BIT(known[i]) : 0;
    }
    return caller;
}

/* Section 3, for files. */
static uint32_t model_map(uint32_t mask)
{
    uint32_t mapped = mask & 0x0fffffff;

    mapped |= mask & GENERIC_READ ? 0x120089 : 0;
    mapped |= mask & GENERIC_WRITE ? 0x120116 : 0;
    mapped |= mask & GENERIC_EXECUTE ? 0x1200a0 : 0;
    mapped |= mask & GENERIC_ALL ? 0x1f01ff : 0;
    return mapped;
}

static uint8_t model_matches(const struct sid_set_entry *entries, size_t n_entries,
                             const tsr_sid *sid)
{
    for (size_t i = 0; i < n_entries; i++) {
        if (entries[i].matches != 0 && tsr_sid_equal(&entries[i].sid, sid)) {
            return entries[i].matches;
        }
    }
    return 0;
}

/* Section 6.3: is @right below the label? Worked out by hand for files and each policy. */
static bool model_label_permits(const struct object *object, const struct caller *caller,
                                uint32_t right)
{
    const uint32_t permitted[] = {0x1f01ff, 0x1200a9, 0x1f0176, 0x100020,
                                  0x1f01df, 0x120089, 0x1f0156, 0};
    uint32_t level = TSR_INTEGRITY_MEDIUM;
    uint32_t policy = 1;

    for (size_t i = object->n_sacl; i > 0; i--) {
        if (!(object->sacl[i - 1].flags & INHERIT_ONLY_ACE)) {
            level = object->sacl[i - 1].sid.sub_authorities[0];
            policy = object->sacl[i - 1].mask;
        }
    }
    if (caller->integrity.sub_authorities[0] >= level) {
        return true;
    }
    return permitted[policy] & right ||
           (right == WRITE_OWNER && caller->privileges & TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE));
}

/* Section 7: is @right the owner's without being named? For one list of SIDs. */
static bool model_owns(const struct object *object, const struct sid_set_entry *entries,
                       size_t n_entries, uint32_t right)
{
    if (!(right & (READ_CONTROL | WRITE_DAC)) || !object->has_owner ||
        !(model_matches(entries, n_entries, &object->owner) & SID_MATCHES_ALLOW)) {
        return false;
    }
    for (size_t i = 0; i < object->n_dacl; i++) {
        if (tsr_sid_equal(&object->dacl[i].sid, &owner_rights) &&
            object->dacl[i].type != SYSTEM_AUDIT_ACE_TYPE &&
            !(object->dacl[i].flags & INHERIT_ONLY_ACE)) {
            return false;
        }
    }
    return true;
}

/* Section 8: does the DACL allow @right to one list of SIDs? */
static bool model_dacl_allows(const struct object *object, const struct sid_set_entry *entries,
                              size_t n_entries, const tsr_sid *self, uint32_t right)
{
    for (size_t i = 0; i < object->n_dacl; i++) {
        const struct rule *rule = &object->dacl[i];
        const tsr_sid *sid = &rule->sid;
        uint8_t matches;

        if (rule->flags & INHERIT_ONLY_ACE || !(model_map(rule->mask) & right)) {
            continue;
        }
        if (tsr_sid_equal(sid, &owner_rights)) {
            sid = object->has_owner ? &object->owner : NULL;
        } else if (self && tsr_sid_equal(sid, &principal_self)) {
            sid = self;
        }
        matches = sid ? model_matches(entries, n_entries, sid) : 0;
        if (rule->type == ACCESS_ALLOWED_ACE_TYPE && matches & SID_MATCHES_ALLOW) {
            return true;
        }
        if ((rule->type == ACCESS_DENIED_ACE_TYPE ||
             rule->type == ACCESS_DENIED_CALLBACK_ACE_TYPE) &&
            matches & SID_MATCHES_DENY) {
            return false;
        }
    }
    return false;
}

/* Sections 7, 8: one pass. */
static bool model_pass(const struct object *object, const struct sid_set_entry *entries,
                       size_t n_entries, const tsr_sid *self, uint32_t right)
{
    return model_owns(object, entries, n_entries, right) ||
           model_dacl_allows(object, entries, n_entries, self, right);
}

/* Section 9: must the restricting SIDs allow @right too? */
static bool model_is_restricted(const struct caller *caller, uint32_t right)
{
    const uint32_t writing = (0x120116 & ~(0x120089 | 0x1200a0)) | DELETE | WRITE_DAC |
                             WRITE_OWNER | ACCESS_SYSTEM_SECURITY;

    return caller->restricted && (!caller->write_restricted || right & writing);
}

/* Would @right, asked for alone, be granted? */
static bool model_grants(const struct object *object, const struct caller *caller,
                         const tsr_sid *self, uint32_t right)
{
    const size_t n_sids = ARRAY_SIZE(caller->sids);
    const size_t n_restricting = ARRAY_SIZE(caller->restricting);
    const bool restricted = model_is_restricted(caller, right);

    if (!model_label_permits(object, caller, right)) {
        return false;
    }
    if (right == ACCESS_SYSTEM_SECURITY) {
        return caller->privileges & TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    }
    if (right == WRITE_OWNER &&
        caller->privileges & (TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE) |
                              TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE))) {
        return true;
    }
    if (!object->has_dacl) {
        return true;
    }
    return model_pass(object, caller->sids, n_sids, self, right) &&
           (!restricted || model_pass(object, caller->restricting, n_restricting, self, right));
}

/* Sections 4.1 and 5: the answer to a whole request. */
static uint32_t model_check(const struct object *object, const struct caller *caller,
                            const tsr_sid *self, uint32_t desired, uint32_t previous)
{
    const uint32_t specific = model_map(desired) & ~MAXIMUM_ALLOWED;
    const uint32_t wanted = specific | (desired & MAXIMUM_ALLOWED ? 0x1f01ffu : 0);
    uint32_t granted = 0;

    for (uint32_t right = 1; right != 0; right <<= 1) {
        if (wanted & right && model_grants(object, caller, self, right)) {
            granted |= right;
        }
    }
    if (desired == 0) {
        return previous;
    }
    return specific & ~granted || granted == 0 ? 0 : granted | previous;
}

static void add_rules(tsr_acl_builder *builder, const struct rule *rules, size_t n_rules)
{
    for (size_t i = 0; i < n_rules; i++) {
        tsr_acl_builder_add(builder, rules[i].type, rules[i].flags, rules[i].mask, &rules[i].sid);
    }
}

/* The object as a descriptor; the caller frees it. */
static uint8_t *object_encode(const struct object *object, tsr_sd *ret_sd)
{
    tsr_sd_parts parts = {
        .owner = object->has_owner ? &object->owner : NULL,
        .has_dacl = object->has_dacl || one_in(2),
        .has_sacl = object->n_sacl > 0,
    };
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *sacl = NULL;
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    size_t size;

    if (object->has_dacl) {
        add_rules(&builder, object->dacl, object->n_dacl);
        expect_ok(tsr_acl_builder_finish(&builder, &dacl, &parts.dacl));
    }
    add_rules(&builder, object->sacl, object->n_sacl);
    expect_ok(tsr_acl_builder_finish(&builder, &sacl, &parts.sacl));
    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, ret_sd));
    return bytes;
}

static tsr_access_result check(const struct object *object, const struct caller *caller,
                               const tsr_access_request *request)
{
    struct subject subject = {
        .write_restricted = caller->write_restricted,
        .privileges = caller->privileges,
        .integrity = &caller->integrity,
        .mandatory_policy = 1,
    };
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = object_encode(object, &sd);
    CLEANUP(sid_set_free) struct sid_set *restricting = NULL;
    CLEANUP(sid_set_free) struct sid_set *sids = NULL;

    assert_ptr_equal(sd.bytes, bytes);
    expect_ok(sid_set_new(caller->sids, ARRAY_SIZE(caller->sids), &sids));
    subject.sids = sids;
    if (caller->restricted) {
        expect_ok(sid_set_new(caller->restricting, ARRAY_SIZE(caller->restricting), &restricting));
        subject.restricting = restricting;
    }
    return access_check(&subject, &sd, request);
}

static uint32_t random_desired(void)
{
    uint32_t desired = one_in(4) ? random_mask() : rights[random_below(ARRAY_SIZE(rights))];

    desired |= one_in(3) ? MAXIMUM_ALLOWED : 0;
    desired |= one_in(12) ? ACCESS_SYSTEM_SECURITY : 0;
    return one_in(4) ? desired & MAXIMUM_ALLOWED : desired;
}

static void the_check_and_the_model_agree(void **state)
{
    size_t n_granted = 0;

    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const struct object object = random_object();
        const struct caller caller = random_caller();
        const tsr_sid self = random_actor();
        const tsr_access_request request = {
            .desired = random_desired(),
            .previously_granted = one_in(6) ? FILE_READ_EA : 0,
            .mapping = TSR_FILE_MAPPING,
            .principal_self = one_in(2) ? &self : NULL,
        };
        const uint32_t expected = model_check(&object, &caller, request.principal_self,
                                              request.desired, request.previously_granted);
        const tsr_access_result got = check(&object, &caller, &request);

        if (got.granted != expected || tsr_ok(got.status) != (expected != 0)) {
            print_error("round %zu: desired %#x: got %#x (%s), the model says %#x\n", round,
                        request.desired, got.granted, tsr_access_rule_text(got.rule), expected);
            fail();
        }
        n_granted += expected != 0;
    }

    /* Both answers are common, or the test would say little. */
    assert_in_range(n_granted, N_ROUNDS / 5, N_ROUNDS * 4 / 5);
}

int main(void)
{
    const char *seed = getenv("PROPERTY_SEED");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_and_the_model_agree),
    };

    random_state = seed ? strtoull(seed, NULL, 0) | 1 : UINT64_C(0x5eed5eed5eed5eed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
