/* SPDX-License-Identifier: MIT */
/*
 * The access check against the oracle of src/sec/ref, on random objects, callers and requests.
 *
 * The seed is fixed; TESSERA_SEED tries another and TESSERA_CASES as many cases as it says. The
 * first disagreement is printed in full.
 */

#include <support/expect.h>

#include <inttypes.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>
#include <tessera/token.h>

#include "base/check.h"
#include "sec/access.h"
#include "sec/ref/ref-access.h"

#define N_CASES     200000
#define SEED        UINT64_C(20261120)
#define N_SIDS_MAX  6
#define N_ACES_MAX  8
#define N_NODES_MAX 7
#define N_DACLS_MAX 2
#define DATA_MAX    512

/* One random case: what the oracle takes, and the same for the check. */
struct trial {
    struct ref_sid sids[N_SIDS_MAX];
    struct ref_sid restricting[N_SIDS_MAX];
    struct ref_sid packages[N_SIDS_MAX];
    struct ref_subject subject;
    struct ref_node nodes[N_NODES_MAX];
    struct ref_request request;
    struct ref_policy policy;
    tsr_acl policy_dacls[N_DACLS_MAX]; /* bytes owned */
    uint8_t *bytes;                    /* owned */
    tsr_sd sd;
};

/* What both said. */
struct outcome {
    uint32_t status;
    uint32_t granted;
    struct ref_node nodes[N_NODES_MAX];
};

struct buffer {
    uint8_t bytes[DATA_MAX];
    size_t size;
};

struct tally {
    size_t n_granted;
    size_t n_denied;
    size_t n_other;
    size_t n_out_of_scope;
};

/* All that speaks in these tests; few, so that things meet. */
static const tsr_sid actors[] = {
    {5, 5, {21, 1, 2, 3, 1001}},
    {5, 5, {21, 1, 2, 3, 1002}},
    {5, 2, {32, 545}},
    {5, 2, {32, 544}},
    {1, 1, {0}},
    {5, 1, {18}},
};
static const tsr_sid packages[] = {
    {15, 2, {2, 1}},
    {15, 2, {2, 2}},
    {15, 8, {2, 1, 2, 3, 4, 5, 6, 7}},
    {15, 2, {3, 1}},
};
static const tsr_sid creator_owner = {3, 1, {0}};
static const tsr_sid owner_rights = {3, 1, {4}};
static const tsr_sid principal_self = {5, 1, {10}};
static const tsr_sid policy_sids[] = {{17, 1, {1}}, {17, 1, {2}}};

static const uint32_t rights[] = {
    FILE_READ_DATA,    FILE_WRITE_DATA,      FILE_APPEND_DATA, FILE_EXECUTE,
    FILE_DELETE_CHILD, FILE_READ_ATTRIBUTES, DELETE,           READ_CONTROL,
    WRITE_DAC,         WRITE_OWNER,          SYNCHRONIZE,
};

static uint64_t random_state;

/* xorshift64*: the same numbers on every machine. */
static uint32_t below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * UINT64_C(2685821657736338717)) >> 32) % limit;
}

static bool one_in(uint32_t n)
{
    return below(n) == 0;
}

static uint32_t random_generic(void)
{
    const uint32_t generic[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL};

    return generic[below(4)];
}

/* Each right one time in @rarity. */
static uint32_t random_rights(uint32_t rarity)
{
    uint32_t mask = one_in(6) ? random_generic() : 0;

    if (one_in(12)) {
        return FILE_ALL_ACCESS;
    }

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        mask |= one_in(rarity) ? rights[i] : 0;
    }
    mask |= one_in(20) ? ACCESS_SYSTEM_SECURITY : 0;
    mask |= one_in(30) ? 0x400u : 0; /* of no mapping */
    return mask;
}

static tsr_sid random_sid(void)
{
    switch (below(12)) {
    case 0:
        return owner_rights;
    case 1:
        return principal_self;
    case 2:
    case 3:
        return packages[below(ARRAY_SIZE(packages))];
    case 4:
        return one_in(4) ? creator_owner : actors[0];
    default:
        return actors[below(ARRAY_SIZE(actors))];
    }
}

static const uint8_t *random_guid(void)
{
    static const uint8_t guids[N_NODES_MAX][TSR_GUID_SIZE] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}};

    return guids[below(N_NODES_MAX)];
}

static void put(struct buffer *buffer, const void *bytes, size_t size)
{
    assert_true(size <= sizeof(buffer->bytes) - buffer->size);
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
}

static void put_number(struct buffer *buffer, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)(value >> 8 * i);

        put(buffer, &byte, 1);
    }
}

static void put_sid(struct buffer *buffer, const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(sid, bytes, sizeof(bytes), &size));
    put(buffer, bytes, size);
}

static void put_integer(struct buffer *buffer, uint32_t value)
{
    put_number(buffer, 0x04, 1);
    put_number(buffer, value, 8);
    put_number(buffer, 3, 1);
    put_number(buffer, 2, 1);
}

static void put_attribute(struct buffer *buffer)
{
    const uint8_t tokens[] = {0xf8, 0xf9, 0xfb};

    put_number(buffer, tokens[below(ARRAY_SIZE(tokens))], 1);
    put_number(buffer, 2, 4);
    put_number(buffer, 'x', 2);
}

static void put_sid_literal(struct buffer *buffer)
{
    const tsr_sid sid = random_sid();

    put_number(buffer, 0x51, 1);
    put_number(buffer, tsr_sid_size(&sid), 4);
    put_sid(buffer, &sid);
}

static void put_membership(struct buffer *buffer)
{
    const uint8_t tokens[] = {0x89, 0x8b, 0x90, 0x92};
    struct buffer elements = {.size = 0};

    if (one_in(2)) {
        put_sid_literal(buffer);
    } else {
        for (uint32_t i = below(3); i > 0; i--) {
            put_sid_literal(&elements);
        }
        put_number(buffer, 0x50, 1);
        put_number(buffer, elements.size, 4);
        put(buffer, elements.bytes, elements.size);
    }
    put_number(buffer, tokens[below(ARRAY_SIZE(tokens))], 1);
}

static void put_term(struct buffer *buffer)
{
    switch (below(8)) {
    case 0:
        put_attribute(buffer);
        return;
    case 1:
        put_attribute(buffer);
        put_number(buffer, one_in(2) ? 0x87 : 0x8d, 1);
        return;
    case 2:
        put_attribute(buffer);
        put_integer(buffer, below(3));
        put_number(buffer, 0x80 + below(6), 1);
        return;
    case 3:
    case 4:
        put_integer(buffer, below(3));
        put_integer(buffer, below(3));
        put_number(buffer, 0x80 + below(6), 1);
        return;
    case 5:
        if (one_in(4)) {
            put_integer(buffer, below(3)); /* a literal is no truth */
            return;
        }
        put_membership(buffer);
        return;
    default:
        put_membership(buffer);
    }
}

static void put_expression(struct buffer *buffer, uint32_t depth)
{
    if (depth == 0 || one_in(2)) {
        put_term(buffer);
        return;
    }
    put_expression(buffer, depth - 1);
    if (one_in(3)) {
        put_number(buffer, 0xa2, 1);
        return;
    }
    put_expression(buffer, depth - 1);
    put_number(buffer, one_in(2) ? 0xa0 : 0xa1, 1);
}

static void put_condition(struct buffer *buffer)
{
    put(buffer, one_in(20) ? "artz" : "artx", 4);
    put_expression(buffer, 2);
    if (one_in(30)) {
        put_integer(buffer, 1); /* one entry too many */
    }
    if (one_in(30)) {
        put_number(buffer, 0xa0, 1); /* one too few */
    }
    while (buffer->size % 4 != 0) {
        put_number(buffer, 0, 1);
    }
}

static void put_object_type(struct buffer *ace)
{
    const uint32_t flags = below(4);

    put_number(ace, flags, 4);
    for (uint32_t bit = 1; bit <= 2; bit *= 2) {
        if (flags & bit) {
            put(ace, random_guid(), TSR_GUID_SIZE);
        }
    }
}

/* Append an ACE whose fields behind the mask and before the SID are of its type. */
static void add_ace(tsr_acl_builder *acl, uint8_t type, uint32_t mask, const tsr_sid *sid)
{
    struct buffer ace = {.size = 0};
    struct buffer condition = {.size = 0};
    const tsr_sid server = random_sid();

    put_number(&ace, type, 1);
    put_number(&ace, one_in(10) ? INHERIT_ONLY_ACE | CONTAINER_INHERIT_ACE : 0, 1);
    put_number(&ace, 0, 2);
    put_number(&ace, mask, 4);
    if ((type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= SYSTEM_AUDIT_OBJECT_ACE_TYPE) ||
        type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
        type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) {
        put_object_type(&ace);
    }
    if (type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        put_number(&ace, 1, 4);
        put_sid(&ace, &server);
    }
    put_sid(&ace, sid);
    if ((type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE &&
         type <= ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) ||
        type == SYSTEM_ACCESS_FILTER_ACE_TYPE) {
        put_condition(&condition);
        put(&ace, condition.bytes, condition.size);
    }
    ace.bytes[2] = (uint8_t)ace.size;
    ace.bytes[3] = (uint8_t)(ace.size >> 8);
    tsr_acl_builder_add_encoded(acl, ace.bytes, ace.size);
}

static tsr_acl random_dacl(void)
{
    static const uint8_t types[] = {
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_DENIED_ACE_TYPE,
        ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        ACCESS_DENIED_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
        SYSTEM_AUDIT_ACE_TYPE,
    };
    /* Short lists, and single kinds, keep much of what is asked open. */
    const uint32_t n_types = one_in(3) ? 4 : ARRAY_SIZE(types);
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    tsr_acl acl;

    for (uint32_t i = below(N_ACES_MAX + 1); i > 0; i--) {
        const tsr_sid sid = random_sid();

        add_ace(&builder, types[below(n_types)], random_rights(2 + below(3)), &sid);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

static void add_label(tsr_acl_builder *builder)
{
    tsr_sid label = TSR_SID_INTEGRITY(below(5) * TSR_INTEGRITY_LOW);

    if (one_in(12)) {
        label = one_in(2) ? (tsr_sid){16, 2, {TSR_INTEGRITY_LOW, 1}} : actors[4];
    }
    add_ace(builder, SYSTEM_MANDATORY_LABEL_ACE_TYPE, below(8), &label);
}

static void add_trust_label(tsr_acl_builder *builder)
{
    const tsr_sid label = one_in(8) ? actors[0] : TSR_SID(19, 512 * below(3), 4096 * below(3));

    add_ace(builder, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, random_rights(2) | FILE_READ_DATA,
            &label);
}

static tsr_acl random_sacl(void)
{
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    tsr_acl acl;

    for (uint32_t i = below(4); i > 0; i--) {
        switch (below(8)) {
        case 0:
            add_trust_label(&builder);
            break;
        case 1:
            add_ace(&builder, SYSTEM_ACCESS_FILTER_ACE_TYPE, random_rights(2) | GENERIC_READ,
                    &actors[4]);
            break;
        case 2:
            add_ace(&builder, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, 0,
                    one_in(8) ? &actors[4] : &policy_sids[below(2)]);
            break;
        case 3:
            add_ace(&builder, SYSTEM_AUDIT_ACE_TYPE, random_rights(2), &actors[4]);
            break;
        default:
            add_label(&builder);
        }
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

static void make_sd(struct trial *trial)
{
    const tsr_sid owner = one_in(10) ? packages[2] : actors[below(4)];
    tsr_sd_parts parts = {.owner = one_in(20) ? NULL : &owner, .group = &actors[2]};
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *sacl = NULL;
    size_t size;

    parts.has_dacl = !one_in(20);
    if (parts.has_dacl && !one_in(20)) {
        parts.dacl = random_dacl();
        dacl = (uint8_t *)parts.dacl.bytes;
    }
    parts.has_sacl = !one_in(3);
    if (parts.has_sacl) {
        parts.sacl = random_sacl();
        sacl = (uint8_t *)parts.sacl.bytes;
    }
    expect_ok(tsr_sd_build(&parts, &trial->bytes, &size));
    expect_ok(tsr_sd_view(trial->bytes, size, &trial->sd));
}

static struct ref_sids random_list(struct ref_sid *list, const tsr_sid *from, uint32_t n_from)
{
    const uint32_t n = below(N_SIDS_MAX);

    for (uint32_t i = 0; i < n; i++) {
        list[i] = (struct ref_sid){from[below(n_from)], true, true};
    }
    return (struct ref_sids){list, n};
}

static void make_subject(struct trial *trial)
{
    static const uint32_t privileges[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                                          SE_RELABEL_PRIVILEGE, SE_BACKUP_PRIVILEGE,
                                          SE_RESTORE_PRIVILEGE};
    struct ref_subject *subject = &trial->subject;

    subject->sids = random_list(trial->sids, actors, ARRAY_SIZE(actors));
    for (size_t i = 0; i < subject->sids.n; i++) {
        trial->sids[i].allow = !one_in(4);
        trial->sids[i].deny = trial->sids[i].allow || one_in(2);
        /* The specification knows no token that holds a SID twice in different ways. */
        for (size_t j = 0; j < i; j++) {
            if (tsr_sid_equal(&trial->sids[j].sid, &trial->sids[i].sid)) {
                trial->sids[i] = trial->sids[j];
            }
        }
    }
    subject->is_restricted = one_in(4);
    if (subject->is_restricted) {
        subject->restricting = random_list(trial->restricting, actors, ARRAY_SIZE(actors));
        subject->is_write_restricted = one_in(3);
    }
    subject->is_package = one_in(5);
    if (subject->is_package) {
        subject->packages = random_list(trial->packages, packages, ARRAY_SIZE(packages));
    }
    for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
        subject->privileges |= one_in(5) ? TSR_PRIVILEGE_BIT(privileges[i]) : 0;
    }
    subject->has_integrity = !one_in(8);
    subject->integrity = TSR_SID_INTEGRITY(below(6) * TSR_INTEGRITY_LOW);
    subject->mandatory_policy = one_in(6) ? below(4) : TSR_POLICY_NO_WRITE_UP;
    subject->trust_type = 512 * below(3);
    subject->trust_level = 4096 * below(3);
}

/* Mostly whole lists in preorder; now and then one that is none. */
static void make_nodes(struct trial *trial)
{
    struct ref_request *request = &trial->request;

    if (!one_in(3)) {
        return;
    }
    request->nodes = trial->nodes;
    request->n_nodes = 1 + below(N_NODES_MAX);
    request->result_list = one_in(2);
    for (size_t i = 0; i < request->n_nodes; i++) {
        trial->nodes[i].level = (uint16_t)(i == 0 ? 0 : 1 + below(trial->nodes[i - 1].level + 1u));
        trial->nodes[i].guid = random_guid();
    }
    if (one_in(50)) {
        trial->nodes[below((uint32_t)request->n_nodes)].level = (uint16_t)below(5);
    }
}

static void make_policies(struct trial *trial)
{
    if (!one_in(2)) {
        return;
    }
    trial->policy.sid = policy_sids[0];
    trial->policy.dacls = trial->policy_dacls;
    trial->policy.n_dacls = below(N_DACLS_MAX + 1);
    for (size_t i = 0; i < trial->policy.n_dacls; i++) {
        trial->policy_dacls[i] = one_in(10) ? (tsr_acl){0} : random_dacl();
    }
    trial->request.policies = &trial->policy;
    trial->request.n_policies = 1;
}

static void make_request(struct trial *trial)
{
    struct ref_request *request = &trial->request;

    /* Of files; of a type whose rights overlap; of one that is hardly thought through. */
    const tsr_generic_mapping mappings[] = {
        TSR_FILE_MAPPING,
        TSR_FILE_MAPPING,
        {READ_CONTROL | FILE_READ_DATA, READ_CONTROL | FILE_WRITE_DATA | FILE_APPEND_DATA,
         READ_CONTROL | FILE_READ_DATA | FILE_EXECUTE, 0xf0000u | 0x3fu},
        {READ_CONTROL | FILE_READ_DATA, FILE_WRITE_DATA | FILE_APPEND_DATA, FILE_EXECUTE,
         ACCESS_SYSTEM_SECURITY | READ_CONTROL | FILE_READ_DATA | FILE_WRITE_DATA},
    };

    request->mapping = mappings[below(ARRAY_SIZE(mappings))];
    request->desired = one_in(40) ? 0 : random_rights(3 + below(16));
    request->desired |= one_in(3) ? MAXIMUM_ALLOWED : 0;
    if (request->desired & MAXIMUM_ALLOWED && one_in(2)) {
        request->desired = MAXIMUM_ALLOWED | (one_in(4) ? ACCESS_SYSTEM_SECURITY : 0);
    }
    request->desired = tsr_map_generic(request->desired, &request->mapping);
    request->previously_granted = one_in(10) ? rights[below(ARRAY_SIZE(rights))] : 0;
    request->has_self = one_in(2);
    request->self = actors[below(ARRAY_SIZE(actors))];
    request->backup_intent = one_in(6);
    request->restore_intent = one_in(6);
    make_nodes(trial);
    make_policies(trial);
}

static void trial_deinit(struct trial *trial)
{
    for (size_t i = 0; i < trial->policy.n_dacls; i++) {
        free((void *)trial->policy_dacls[i].bytes);
    }
    free(trial->bytes);
}

static struct sid_set *set_of(struct ref_sids sids)
{
    struct sid_set_entry entries[N_SIDS_MAX];
    struct sid_set *set = NULL;

    for (size_t i = 0; i < sids.n; i++) {
        entries[i].sid = sids.list[i].sid;
        entries[i].matches = (uint8_t)((sids.list[i].allow ? SID_MATCHES_ALLOW : 0) |
                                       (sids.list[i].deny ? SID_MATCHES_DENY : 0));
    }
    expect_ok(sid_set_new(entries, sids.n, &set));
    return set;
}

static void take_nodes(struct outcome *outcome, const tsr_object_type *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        outcome->nodes[i].status = nodes[i].status.code;
        outcome->nodes[i].granted = nodes[i].granted;
    }
}

static struct outcome judged(const struct trial *trial, const struct subject *subject)
{
    const struct ref_request *asked = &trial->request;
    tsr_object_type nodes[N_NODES_MAX] = {0};
    tsr_central_rule rules[N_DACLS_MAX] = {0};
    const tsr_central_policy policy = {trial->policy.sid, rules, trial->policy.n_dacls};
    const tsr_access_request request = {
        .desired = asked->desired,
        .previously_granted = asked->previously_granted,
        .mapping = asked->mapping,
        .principal_self = asked->has_self ? &asked->self : NULL,
        .backup_intent = asked->backup_intent,
        .restore_intent = asked->restore_intent,
        .types = asked->n_nodes ? nodes : NULL,
        .n_types = asked->n_nodes,
        .result_list = asked->result_list,
        .policies = asked->n_policies ? &policy : NULL,
        .n_policies = asked->n_policies,
    };
    struct outcome outcome = {0};
    tsr_access_result result;

    for (size_t i = 0; i < asked->n_nodes; i++) {
        nodes[i].level = trial->nodes[i].level;
        memcpy(nodes[i].guid, trial->nodes[i].guid, sizeof(nodes[i].guid));
    }
    for (size_t i = 0; i < trial->policy.n_dacls; i++) {
        rules[i].dacl = trial->policy_dacls[i];
    }
    result = access_check(subject, &trial->sd, &request);
    outcome.status = result.status.code;
    outcome.granted = result.granted;
    take_nodes(&outcome, nodes, asked->n_nodes);
    return outcome;
}

static struct outcome judged_by_check(const struct trial *trial)
{
    const struct ref_subject *from = &trial->subject;
    struct sid_set *sids = set_of(from->sids);
    struct sid_set *restricting = from->is_restricted ? set_of(from->restricting) : NULL;
    struct sid_set *package = from->is_package ? set_of(from->packages) : NULL;
    const struct subject subject = {
        .sids = sids,
        .restricting = restricting,
        .write_restricted = from->is_write_restricted,
        .privileges = from->privileges,
        .integrity = from->has_integrity ? &from->integrity : NULL,
        .mandatory_policy = from->mandatory_policy,
        .process_trust_type = from->trust_type,
        .process_trust_level = from->trust_level,
        .packages = package,
    };
    const struct outcome outcome = judged(trial, &subject);

    sid_set_free(sids);
    sid_set_free(restricting);
    sid_set_free(package);
    return outcome;
}

static bool judged_by_oracle(struct trial *trial, struct outcome *ret_outcome)
{
    const struct ref_result result = ref_access_check(&trial->subject, &trial->sd, &trial->request);

    ret_outcome->status = result.status;
    ret_outcome->granted = result.granted;
    memcpy(ret_outcome->nodes, trial->nodes, sizeof(trial->nodes));
    return !result.out_of_scope;
}

static bool agree(const struct trial *trial, const struct outcome *a, const struct outcome *b)
{
    if (a->status != b->status || a->granted != b->granted) {
        return false;
    }
    for (size_t i = 0; trial->request.result_list && i < trial->request.n_nodes; i++) {
        if (a->status != STATUS_INVALID_PARAMETER && (a->nodes[i].status != b->nodes[i].status ||
                                                      a->nodes[i].granted != b->nodes[i].granted)) {
            return false;
        }
    }
    return true;
}

static void print_sids(const char *what, struct ref_sids sids)
{
    print_error("  %s:", what);
    for (size_t i = 0; i < sids.n; i++) {
        char text[TSR_SID_TEXT_MAX];

        tsr_sid_format(&sids.list[i].sid, text);
        print_error(" %s(%s%s)", text, sids.list[i].allow ? "A" : "", sids.list[i].deny ? "D" : "");
    }
    print_error("\n");
}

static void print_sd(const tsr_sd *sd)
{
    const uint32_t information = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                 DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    char *text = NULL;

    if (tsr_ok(tsr_sddl_format(sd, information, NULL, &text))) {
        print_error("  descriptor: %s\n", text);
        free(text);
    }
    print_error("  bytes: ");
    for (size_t i = 0; i < sd->size; i++) {
        print_error("%02x", sd->bytes[i]);
    }
    print_error("\n");
}

static void print_acl(const tsr_acl *acl)
{
    const tsr_sd_parts parts = {.has_dacl = true, .dacl = *acl};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    print_sd(&sd);
}

static void print_subject(const struct ref_subject *subject)
{
    char text[TSR_SID_TEXT_MAX];

    print_sids("sids", subject->sids);
    if (subject->is_restricted) {
        print_sids(subject->is_write_restricted ? "write-restricting" : "restricting",
                   subject->restricting);
    }
    if (subject->is_package) {
        print_sids("packages", subject->packages);
    }
    tsr_sid_format(&subject->integrity, text);
    print_error("  privileges %#" PRIx64 ", integrity %s, policy %u, trust %u-%u\n",
                subject->privileges, subject->has_integrity ? text : "none",
                subject->mandatory_policy, subject->trust_type, subject->trust_level);
}

static void print_request(const struct trial *trial)
{
    const struct ref_request *request = &trial->request;
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(&request->self, text);
    print_error("  desired %#x, previously %#x, mapping %#x %#x %#x %#x, self %s,%s%s%s\n",
                request->desired, request->previously_granted, request->mapping.read,
                request->mapping.write, request->mapping.execute, request->mapping.all,
                request->has_self ? text : "none", request->backup_intent ? " backup" : "",
                request->restore_intent ? " restore" : "",
                request->result_list ? " result list" : "");
    for (size_t i = 0; i < trial->policy.n_dacls; i++) {
        print_error("  rule %zu of S-1-17-1:\n", i);
        print_acl(&trial->policy_dacls[i]);
    }
}

static void print_trial(const struct trial *trial, const struct outcome *check,
                        const struct outcome *oracle)
{
    print_subject(&trial->subject);
    print_sd(&trial->sd);
    print_request(trial);
    print_error("  check:  %s, %#x\n", expect_status_name(check->status), check->granted);
    print_error("  oracle: %s, %#x\n", expect_status_name(oracle->status), oracle->granted);
    for (size_t i = 0; i < trial->request.n_nodes; i++) {
        print_error("  node %zu: level %u, type %u; check %s %#x, oracle %s %#x\n", i,
                    trial->nodes[i].level, trial->nodes[i].guid[0],
                    expect_status_name(check->nodes[i].status), check->nodes[i].granted,
                    expect_status_name(oracle->nodes[i].status), oracle->nodes[i].granted);
    }
}

static void count(struct tally *tally, uint32_t status)
{
    tally->n_granted += status == STATUS_SUCCESS;
    tally->n_denied += status == STATUS_ACCESS_DENIED;
    tally->n_other += status != STATUS_SUCCESS && status != STATUS_ACCESS_DENIED;
}

static bool try_one(struct tally *tally)
{
    struct trial trial = {0};
    struct outcome check;
    struct outcome oracle;
    bool agrees = true;

    make_subject(&trial);
    make_sd(&trial);
    make_request(&trial);

    check = judged_by_check(&trial);
    if (judged_by_oracle(&trial, &oracle)) {
        count(tally, oracle.status);
        agrees = agree(&trial, &check, &oracle);
    } else {
        tally->n_out_of_scope++;
    }
    if (!agrees) {
        print_trial(&trial, &check, &oracle);
    }
    trial_deinit(&trial);
    return agrees;
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void the_check_and_the_oracle_agree(void **state)
{
    const uint64_t seed = number_from_environment("TESSERA_SEED", SEED);
    const uint64_t n_cases = number_from_environment("TESSERA_CASES", N_CASES);
    struct tally tally = {0};
    (void)state;

    random_state = seed ? seed : 1;
    for (uint64_t i = 0; i < n_cases; i++) {
        if (!try_one(&tally)) {
            fail_msg("seed %" PRIu64 ", case %" PRIu64 ": they disagree", seed, i);
        }
    }

    print_message("# seed %" PRIu64 ": %" PRIu64 " cases, %zu granted, %zu denied, %zu other, "
                  "%zu out of scope\n",
                  seed, n_cases, tally.n_granted, tally.n_denied, tally.n_other,
                  tally.n_out_of_scope);
    /* Random cases that all end alike would show nothing. */
    assert_true(tally.n_granted >= n_cases / 10);
    assert_true(tally.n_denied >= n_cases / 10);
    assert_true(tally.n_out_of_scope <= n_cases / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_and_the_oracle_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
