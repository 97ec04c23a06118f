/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Random access checks with everything in them: claims, devices, packages, restricting SIDs, every
 * type of ACE, labels, filters, object types and central policies
 *
 * A case is a value: a test copies it, changes one thing, and compares the two answers.
 */

#include <tessera/condition.h>
#include <tessera/token.h>

#include <support/expect.h>

#include "base/check.h"
#include "token/test-random.h"

#define CASE_ACES_MAX  8
#define CASE_NODES_MAX 6
#define CASE_RULES_MAX 2
#define CASE_ACE_SIZE  256

struct case_ace {
    uint8_t bytes[CASE_ACE_SIZE];
    size_t size;
};

struct case_acl {
    struct case_ace aces[CASE_ACES_MAX + 1]; /* room for one that a test adds */
    size_t n_aces;
};

struct case_subject {
    tsr_group groups[MAX_GROUPS];
    tsr_privilege_state privileges[4];
    tsr_sid restricting[4];
    tsr_sid integrity;
    tsr_group device_groups[2];
    tsr_group capabilities[3];
    tsr_sid package;
    int64_t claim_values[3]; /* of the claim x of the user, the device, and the token itself */
    uint32_t claim_flags;
    bool has_claims;
    bool is_restricted;
    bool has_integrity;
    bool has_package;
    tsr_token_spec spec; /* what needs no memory of its own; the counts */
};

struct case_object {
    bool has_owner;
    tsr_sid owner;
    bool has_dacl; /* false: the NULL DACL */
    struct case_acl dacl;
    struct case_acl sacl;
};

struct random_case {
    struct case_subject subject;
    struct case_object object;
    tsr_access_request request; /* without what needs memory of its own */
    bool has_self;
    tsr_sid self;
    tsr_object_type types[CASE_NODES_MAX];
    struct case_acl rules[CASE_RULES_MAX];
    bool rule_has_condition[CASE_RULES_MAX];
    size_t n_rules;
    bool has_policy;
};

struct case_answer {
    uint32_t status;
    uint32_t granted;
    uint32_t missing;
    uint64_t privileges_used;
    uint32_t node_status[CASE_NODES_MAX];
    uint32_t node_granted[CASE_NODES_MAX];
};

/* What a case must not hold, for laws that have exceptions. */
#define CASE_NO_DENIES          0x1u
#define CASE_NO_DENIED_PACKAGES 0x2u /* nobody is denied by capability or package */
#define CASE_NO_NEGATED_MEMBERS                                       \
    0x4u /* no condition that is true of those who are not in a group \
          */
#define CASE_NO_RESULT_LIST      0x8u
#define CASE_NO_MANDATORY_STAGES 0x10u /* an empty SACL */
#define CASE_NO_SPECIFIC_RIGHTS  0x20u /* MAXIMUM_ALLOWED alone is asked for */
#define CASE_NO_PREVIOUSLY_GIVEN 0x40u
#define CASE_NO_NULL_DACL        0x80u
#define CASE_NO_RESTRICTING      0x100u

static const char *const case_conditions[] = {
    "(@User.x == 1)",
    "(@User.x >= @Resource.x)",
    "(@Device.x)",
    "(x == 1 || @User.y == 1)",
    "(Member_of {SID(S-1-5-21-1-2-3-1)})",
    "(Member_of_Any {SID(S-1-5-21-1-2-3-2), SID(S-1-5-21-1-2-3-3)} && Exists x)",
    "(Device_Member_of {SID(S-1-5-21-1-2-3-4)})",
    "(@User.missing == 1)",
    "(!(@User.x == 1))",
    "(@Resource.x Any_of {1, 2})",
    /* Those below are true of those who are not in a group. */
    "(!(Member_of {SID(S-1-5-21-1-2-3-1)}))",
    "(Not_Member_of_Any {SID(S-1-5-21-1-2-3-2), SID(S-1-5-21-1-2-3-3)})",
};

#define N_NEGATED_MEMBERS 2

static const tsr_sid case_packages[] = {
    TSR_SID(15, 2, 1), /* all packages */
    TSR_SID(15, 2, 2), /* all restricted packages */
    TSR_SID(15, 2, 1, 2, 3, 4, 5, 6, 7),
    TSR_SID(15, 3, 1),
    TSR_SID(15, 3, 2),
};

static const tsr_sid case_policy = TSR_SID(17, 1);

static inline bool one_in(uint32_t n)
{
    return random_below(n) == 0;
}

static inline void case_put(struct case_ace *ace, const void *bytes, size_t size)
{
    assert_true(size <= sizeof(ace->bytes) - ace->size);
    memcpy(ace->bytes + ace->size, bytes, size);
    ace->size += size;
}

static inline void case_put_le32(struct case_ace *ace, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};

    case_put(ace, bytes, sizeof(bytes));
}

static inline void case_put_sid(struct case_ace *ace, const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(sid, bytes, sizeof(bytes), &size));
    case_put(ace, bytes, size);
}

static inline void case_put_condition(struct case_ace *ace, const char *text)
{
    uint8_t *bytes = NULL;
    size_t size;

    expect_ok(tsr_condition_parse(text, NULL, &bytes, &size, NULL));
    case_put(ace, bytes, size);
    free(bytes);
}

static inline struct case_ace case_ace_begin(tsr_ace_type type, uint8_t flags, uint32_t mask)
{
    const uint8_t header[] = {(uint8_t)type, flags, 0, 0};
    struct case_ace ace = {.size = 0};

    case_put(&ace, header, sizeof(header));
    case_put_le32(&ace, mask);
    return ace;
}

static inline struct case_ace case_ace_end(struct case_ace ace)
{
    static const uint8_t zeros[4];

    case_put(&ace, zeros, -ace.size & 3);
    ace.bytes[2] = (uint8_t)ace.size;
    ace.bytes[3] = (uint8_t)(ace.size >> 8);
    return ace;
}

static inline struct case_ace case_ace_basic(tsr_ace_type type, uint8_t flags, uint32_t mask,
                                             const tsr_sid *sid)
{
    struct case_ace ace = case_ace_begin(type, flags, mask);

    case_put_sid(&ace, sid);
    return case_ace_end(ace);
}

static inline bool case_ace_denies(const struct case_ace *ace)
{
    const uint8_t type = ace->bytes[0];

    return type == ACCESS_DENIED_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

static inline const char *case_random_condition(uint32_t without)
{
    const uint32_t n = ARRAY_SIZE(case_conditions);

    return case_conditions[random_below(without & CASE_NO_NEGATED_MEMBERS ? n - N_NEGATED_MEMBERS
                                                                          : n)];
}

static inline tsr_sid case_random_sid(bool denies, uint32_t without)
{
    if (!(denies && without & CASE_NO_DENIED_PACKAGES) && one_in(4)) {
        return case_packages[random_below(ARRAY_SIZE(case_packages))];
    }
    return one_in(6) ? TSR_SID_EVERYONE : random_ace_sid();
}

static inline void case_put_guids(struct case_ace *ace)
{
    const uint32_t flags = random_below(4);

    case_put_le32(ace, flags);
    for (uint32_t bit = 1; bit <= 2; bit *= 2) {
        const uint8_t guid[TSR_GUID_SIZE] = {(uint8_t)(1 + random_below(CASE_NODES_MAX + 1))};

        if (flags & bit) {
            case_put(ace, guid, sizeof(guid));
        }
    }
}

static inline struct case_ace case_random_ace(tsr_ace_type type, uint32_t without)
{
    struct case_ace ace =
        case_ace_begin(type, one_in(10) ? INHERIT_ONLY_ACE | CONTAINER_INHERIT_ACE : 0,
                       one_in(4) ? GENERIC_ALL : random_mask());
    const bool is_object =
        (type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= ACCESS_DENIED_OBJECT_ACE_TYPE) ||
        (type >= ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE &&
         type <= ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE);
    const tsr_sid sid = case_random_sid(case_ace_denies(&ace), without);

    if (is_object) {
        case_put_guids(&ace);
    }
    if (type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        const tsr_sid server = case_random_sid(false, without);

        case_put_le32(&ace, 1);
        case_put_sid(&ace, &server);
    }
    case_put_sid(&ace, &sid);
    if (type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE) {
        case_put_condition(&ace, case_random_condition(without));
    }
    return case_ace_end(ace);
}

static inline tsr_ace_type case_random_allow(void)
{
    static const tsr_ace_type types[] = {
        ACCESS_ALLOWED_ACE_TYPE,          ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_ACE_TYPE,          ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
    };

    return types[random_below(ARRAY_SIZE(types))];
}

static inline tsr_ace_type case_random_deny(void)
{
    static const tsr_ace_type types[] = {
        ACCESS_DENIED_ACE_TYPE,
        ACCESS_DENIED_OBJECT_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE,
    };

    return types[random_below(ARRAY_SIZE(types))];
}

static inline struct case_acl case_random_dacl(uint32_t without)
{
    struct case_acl acl = {.n_aces = random_below(CASE_ACES_MAX + 1)};
    const tsr_sid everyone = TSR_SID_EVERYONE;

    for (size_t i = 0; i < acl.n_aces; i++) {
        const bool denies = !(without & CASE_NO_DENIES) && one_in(3);

        acl.aces[i] = case_random_ace(denies ? case_random_deny() : case_random_allow(), without);
    }
    if (acl.n_aces > 1 && one_in(2)) {
        acl.aces[1] = case_ace_basic(ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL,
                                     &case_packages[random_below(ARRAY_SIZE(case_packages))]);
    }
    if (acl.n_aces > 0 && one_in(3)) {
        acl.aces[acl.n_aces - 1] =
            case_ace_basic(ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL, &everyone);
    }
    return acl;
}

static inline struct case_ace case_random_label(void)
{
    const tsr_sid label = TSR_SID_INTEGRITY(random_below(4) * TSR_INTEGRITY_LOW);

    return case_ace_basic(SYSTEM_MANDATORY_LABEL_ACE_TYPE, one_in(8) ? INHERIT_ONLY_ACE : 0,
                          random_below(8), &label);
}

static inline struct case_ace case_random_trust(void)
{
    const tsr_sid label = TSR_SID(19, 512 * random_below(3), 4096 * random_below(3));

    return case_ace_basic(SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, 0,
                          GENERIC_READ | GENERIC_EXECUTE | random_mask(), &label);
}

static inline struct case_ace case_random_filter(uint32_t without)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    struct case_ace ace = case_ace_begin(SYSTEM_ACCESS_FILTER_ACE_TYPE, 0,
                                         GENERIC_READ | GENERIC_EXECUTE | random_mask());

    case_put_sid(&ace, &everyone);
    case_put_condition(&ace, case_random_condition(without));
    return case_ace_end(ace);
}

/* The resource attribute x. */
static inline struct case_ace case_random_attribute(void)
{
    const tsr_claim_source value = {.number = random_below(3)};
    struct case_ace ace = case_ace_begin(SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, 0, 0);
    const tsr_sid everyone = TSR_SID_EVERYONE;
    uint8_t *bytes = NULL;
    size_t size;

    expect_ok(tsr_claim_encode("x", TSR_CLAIM_INT64, 0, &value, 1, &bytes, &size));
    case_put_sid(&ace, &everyone);
    case_put(&ace, bytes, size);
    free(bytes);
    return case_ace_end(ace);
}

static inline struct case_acl case_random_sacl(uint32_t without)
{
    struct case_acl acl = {.n_aces = 0};

    if (without & CASE_NO_MANDATORY_STAGES) {
        return acl;
    }
    if (one_in(2)) {
        acl.aces[acl.n_aces++] = case_random_label();
    }
    if (one_in(12)) {
        acl.aces[acl.n_aces++] = case_random_trust();
    }
    if (one_in(12)) {
        acl.aces[acl.n_aces++] = case_random_filter(without);
    }
    if (one_in(2)) {
        acl.aces[acl.n_aces++] = case_random_attribute();
    }
    if (one_in(3)) {
        acl.aces[acl.n_aces++] =
            case_ace_basic(SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, 0, 0, &case_policy);
    }
    return acl;
}

static inline void case_random_package(struct case_subject *subject)
{
    subject->has_package = one_in(3);
    subject->package = case_packages[2];
    if (!subject->has_package) {
        return;
    }
    subject->spec.n_capabilities = random_below(ARRAY_SIZE(subject->capabilities) + 1);
    subject->spec.less_privileged = one_in(3);
    for (size_t i = 0; i < subject->spec.n_capabilities; i++) {
        subject->capabilities[i].sid = case_packages[3 + random_below(2)];
        subject->capabilities[i].attributes = one_in(4) ? 0 : SE_GROUP_ENABLED;
    }
}

static inline struct case_subject case_random_subject(uint32_t without)
{
    struct case_subject subject = {
        .integrity = TSR_SID_INTEGRITY((1 + random_below(4)) * TSR_INTEGRITY_LOW),
        .claim_values = {random_below(3), random_below(3), random_below(3)},
        .claim_flags = one_in(4) ? 1u << (1 + random_below(4)) : 0,
        .has_claims = !one_in(3),
        .is_restricted = !(without & CASE_NO_RESTRICTING) && one_in(3),
        .has_integrity = !one_in(4),
        .spec = {.user = random_sid(),
                 .user_attributes = one_in(8) ? SE_GROUP_USE_FOR_DENY_ONLY : 0,
                 .n_groups = random_below(MAX_GROUPS + 1),
                 .mandatory_policy = one_in(6) ? 0 : TSR_POLICY_NO_WRITE_UP,
                 .process_trust_type = 512 * random_below(3),
                 .process_trust_level = 4096 * random_below(3),
                 .n_device_groups = random_below(3)},
    };

    subject.spec.n_privileges = random_privileges(subject.privileges);
    for (size_t i = 0; i < ARRAY_SIZE(subject.groups); i++) {
        subject.groups[i].sid = one_in(4) ? TSR_SID_EVERYONE : random_sid();
        subject.groups[i].attributes = one_in(2) ? TSR_GROUP_ORDINARY : random_attributes();
    }
    for (size_t i = 0; i < ARRAY_SIZE(subject.device_groups); i++) {
        subject.device_groups[i] = (tsr_group){random_sid(), random_attributes()};
    }
    for (size_t i = 0; i < ARRAY_SIZE(subject.restricting); i++) {
        subject.restricting[i] = one_in(4) ? TSR_SID_EVERYONE : random_sid();
    }
    if (subject.is_restricted) {
        subject.spec.n_restricting = random_below(ARRAY_SIZE(subject.restricting) + 1);
        subject.spec.flags = one_in(3) ? TSR_TOKEN_WRITE_RESTRICTED : 0;
    }
    case_random_package(&subject);
    return subject;
}

static inline void case_random_types(struct random_case *random, uint32_t without)
{
    if (!one_in(3)) {
        return;
    }
    random->request.n_types = 1 + random_below(CASE_NODES_MAX);
    random->request.result_list = !(without & CASE_NO_RESULT_LIST) && one_in(2);
    for (size_t i = 0; i < random->request.n_types; i++) {
        random->types[i].level =
            (uint16_t)(i == 0 ? 0 : 1 + random_below(random->types[i - 1].level + 1u));
        random->types[i].guid[0] = (uint8_t)(1 + random_below(CASE_NODES_MAX));
    }
}

static inline uint32_t case_random_desired(uint32_t without)
{
    static const uint32_t rights[] = {FILE_READ_DATA, FILE_WRITE_DATA, FILE_EXECUTE, DELETE,
                                      READ_CONTROL,   WRITE_DAC,       WRITE_OWNER,  SYNCHRONIZE};
    uint32_t desired = rights[random_below(ARRAY_SIZE(rights))];

    if (without & CASE_NO_SPECIFIC_RIGHTS || one_in(3)) {
        return MAXIMUM_ALLOWED;
    }
    desired |= one_in(3) ? MAXIMUM_ALLOWED : 0;
    desired |= one_in(24) ? ACCESS_SYSTEM_SECURITY : 0;
    return one_in(4) ? desired | random_mask() : desired;
}

static inline void case_random_request(struct random_case *random, uint32_t without)
{
    tsr_access_request *request = &random->request;

    request->mapping = TSR_FILE_MAPPING;
    request->desired = case_random_desired(without);
    if (!(without & CASE_NO_PREVIOUSLY_GIVEN)) {
        request->previously_granted = one_in(8) ? FILE_READ_EA : 0;
    }
    request->backup_intent = one_in(6);
    request->restore_intent = one_in(6);
    random->has_self = one_in(2);
    random->self = random_sid();
    case_random_types(random, without);
}

/* A case without what @without, CASE_NO_… bits, names. */
static inline struct random_case random_case(uint32_t without)
{
    struct random_case random = {
        .subject = case_random_subject(without),
        .object = {.has_owner = !one_in(10),
                   .owner = random_sid(),
                   .has_dacl = without & CASE_NO_NULL_DACL || !one_in(16),
                   .dacl = case_random_dacl(without),
                   .sacl = case_random_sacl(without)},
        .has_policy = one_in(2),
        .n_rules = random_below(CASE_RULES_MAX + 1),
    };

    for (size_t i = 0; i < random.n_rules; i++) {
        random.rules[i] = case_random_dacl(without);
        random.rule_has_condition[i] = one_in(4);
    }
    case_random_request(&random, without);
    return random;
}

static inline void case_insert(struct case_acl *acl, size_t at, const struct case_ace *ace)
{
    assert_true(acl->n_aces < ARRAY_SIZE(acl->aces) && at <= acl->n_aces);
    memmove(acl->aces + at + 1, acl->aces + at, (acl->n_aces - at) * sizeof(acl->aces[0]));
    acl->aces[at] = *ace;
    acl->n_aces++;
}

static inline struct case_ace case_remove(struct case_acl *acl, size_t at)
{
    const struct case_ace ace = acl->aces[at];

    acl->n_aces--;
    memmove(acl->aces + at, acl->aces + at + 1, (acl->n_aces - at) * sizeof(acl->aces[0]));
    return ace;
}

/* The caller frees the ACL's bytes. */
static inline tsr_acl case_acl_build(const struct case_acl *from)
{
    tsr_acl_builder builder = {0};
    uint8_t *bytes = NULL;
    tsr_acl acl;

    for (size_t i = 0; i < from->n_aces; i++) {
        tsr_acl_builder_add_encoded(&builder, from->aces[i].bytes, from->aces[i].size);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

/* @ret_bytes is the caller's to free. */
static inline tsr_sd case_sd_build(const struct case_object *object, uint8_t **ret_bytes)
{
    const tsr_sid group = TSR_SID(5, 21, 1, 2, 3, 1);
    const tsr_acl dacl = case_acl_build(&object->dacl);
    const tsr_acl sacl = case_acl_build(&object->sacl);
    const tsr_sd_parts parts = {
        .owner = object->has_owner ? &object->owner : NULL,
        .group = &group,
        .has_dacl = true,
        .dacl = object->has_dacl ? dacl : (tsr_acl){0},
        .has_sacl = object->sacl.n_aces > 0,
        .sacl = sacl,
    };
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sd_build(&parts, ret_bytes, &size));
    expect_ok(tsr_sd_view(*ret_bytes, size, &sd));
    free((void *)dacl.bytes);
    free((void *)sacl.bytes);
    return sd;
}

static inline tsr_token *case_token_new(const struct case_subject *subject)
{
    tsr_token_spec spec = subject->spec;
    uint8_t *bytes[3] = {NULL};
    tsr_claim claims[3];
    tsr_token *token = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
        const tsr_claim_source value = {.number = (uint64_t)subject->claim_values[i]};
        size_t size;

        expect_ok(tsr_claim_encode("x", TSR_CLAIM_INT64, subject->claim_flags, &value, 1, &bytes[i],
                                   &size));
        expect_ok(tsr_claim_view(bytes[i], size, &claims[i]));
    }
    spec.groups = subject->groups;
    spec.privileges = subject->privileges;
    spec.restricting = subject->is_restricted ? subject->restricting : NULL;
    spec.integrity = subject->has_integrity ? &subject->integrity : NULL;
    spec.device_groups = subject->device_groups;
    spec.restricting_devices = spec.restricting;
    spec.n_restricting_devices = subject->spec.n_restricting;
    spec.package = subject->has_package ? &subject->package : NULL;
    spec.capabilities = subject->capabilities;
    spec.user_claims = &claims[0];
    spec.device_claims = &claims[1];
    spec.local_claims = &claims[2];
    spec.n_user_claims = spec.n_device_claims = spec.n_local_claims = subject->has_claims ? 1 : 0;
    expect_ok(tsr_token_new(&spec, &token));
    for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
        free(bytes[i]);
    }
    return token;
}

static inline struct case_answer case_answer_of(const tsr_access_result *result,
                                                const tsr_object_type *types, size_t n_types)
{
    struct case_answer answer = {
        .status = result->status.code,
        .granted = result->granted,
        .missing = result->missing,
        .privileges_used = result->privileges_used,
    };

    for (size_t i = 0; i < n_types; i++) {
        answer.node_status[i] = types[i].status.code;
        answer.node_granted[i] = types[i].granted;
    }
    return answer;
}

/* Ask a token, which need not be the case's own. */
static inline struct case_answer case_judge_token(const struct random_case *random,
                                                  const tsr_token *token)
{
    uint8_t *applies_to = NULL;
    tsr_central_rule rules[CASE_RULES_MAX] = {0};
    const tsr_central_policy policy = {case_policy, rules, random->n_rules};
    tsr_access_request request = random->request;
    tsr_object_type types[CASE_NODES_MAX];
    uint8_t *bytes = NULL;
    const tsr_sd sd = case_sd_build(&random->object, &bytes);
    tsr_access_result result;
    size_t n_applies_to;

    expect_ok(tsr_condition_parse("(@Resource.x == 1)", NULL, &applies_to, &n_applies_to, NULL));
    for (size_t i = 0; i < random->n_rules; i++) {
        rules[i].dacl = case_acl_build(&random->rules[i]);
        rules[i].applies_to = random->rule_has_condition[i] ? applies_to : NULL;
        rules[i].n_applies_to = n_applies_to;
    }
    memcpy(types, random->types, sizeof(types));
    request.types = request.n_types ? types : NULL;
    request.principal_self = random->has_self ? &random->self : NULL;
    request.policies = &policy;
    request.n_policies = random->has_policy ? 1 : 0;
    result = tsr_token_access_check(token, &sd, &request);

    for (size_t i = 0; i < random->n_rules; i++) {
        free((void *)rules[i].dacl.bytes);
    }
    free(applies_to);
    free(bytes);
    return case_answer_of(&result, types, request.n_types);
}

static inline struct case_answer case_judge(const struct random_case *random)
{
    tsr_token *token = case_token_new(&random->subject);
    const struct case_answer answer = case_judge_token(random, token);

    tsr_token_unref(token);
    return answer;
}

/*
 * What a type of a result list was granted. The rights reported of one that was refused are none:
 * they say how far it got, and no central policy has looked at them (sections 8.1, 12).
 */
static inline uint32_t case_node_grant(const struct case_answer *answer, size_t node)
{
    return answer->node_status[node] == STATUS_SUCCESS ? answer->node_granted[node] : 0;
}

/* Whether @after grants nothing, to the object or any type, that @before does not. */
static inline bool case_grants_no_more(const struct random_case *random,
                                       const struct case_answer *before,
                                       const struct case_answer *after)
{
    if (after->granted & ~before->granted) {
        return false;
    }
    for (size_t i = 0; random->request.result_list && i < random->request.n_types; i++) {
        if (case_node_grant(after, i) & ~case_node_grant(before, i)) {
            return false;
        }
    }
    return true;
}

static inline bool case_grants_the_same(const struct random_case *random,
                                        const struct case_answer *before,
                                        const struct case_answer *after)
{
    return before->status == after->status && case_grants_no_more(random, before, after) &&
           case_grants_no_more(random, after, before);
}
