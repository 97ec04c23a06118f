/* SPDX-License-Identifier: MIT */
/* Random access checks. */

#include "support/random-trial.h"

#include <support/expect.h>
#include <support/random.h>

#include <tessera/privilege.h>
#include <tessera/token.h>

#include "base/check.h"

static const tsr_sid packages[] = {
    {15, 2, {2, 1}},
    {15, 2, {2, 2}},
    {15, 8, {2, 1, 2, 3, 4, 5, 6, 7}},
    {15, 2, {3, 1}},
};
static const tsr_sid everyone = {1, 1, {0}};
static const tsr_sid creator_owner = {3, 1, {0}};
static const tsr_sid owner_rights = {3, 1, {4}};
static const tsr_sid principal_self = {5, 1, {10}};
static const tsr_sid policy_sids[] = {{17, 1, {1}}, {17, 1, {2}}};

static const uint32_t rights[] = {
    FILE_READ_DATA,    FILE_WRITE_DATA,      FILE_APPEND_DATA, FILE_EXECUTE,
    FILE_DELETE_CHILD, FILE_READ_ATTRIBUTES, DELETE,           READ_CONTROL,
    WRITE_DAC,         WRITE_OWNER,          SYNCHRONIZE,
};

static uint32_t random_generic(void)
{
    static const uint32_t generic[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL};

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

/* Most for everybody's sake, or few. */
static uint32_t generous_rights(void)
{
    return one_in(3) ? random_rights(2) : FILE_ALL_ACCESS & ~(one_in(2) ? random_rights(6) : 0);
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
        return one_in(8) ? creator_owner : everyone;
    default:
        return one_in(4) ? everyone : random_actor();
    }
}

static const uint8_t *random_guid(void)
{
    static const uint8_t guids[TRIAL_NODES_MAX][TSR_GUID_SIZE] = {{1}, {2}, {3}, {4},
                                                                  {5}, {6}, {7}};

    return guids[below(TRIAL_NODES_MAX)];
}

static void put_sid_bytes(struct writer *writer, const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(sid, bytes, sizeof(bytes), &size));
    writer_bytes(writer, bytes, size);
}

static void put_object_type(struct writer *ace)
{
    const uint32_t flags = below(4);

    writer_le32(ace, flags);
    for (uint32_t bit = 1; bit <= 2; bit *= 2) {
        if (flags & bit) {
            writer_bytes(ace, random_guid(), TSR_GUID_SIZE);
        }
    }
}

static bool has_object_type(uint8_t type)
{
    return (type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= SYSTEM_ALARM_OBJECT_ACE_TYPE) ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE ||
           type == SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE;
}

static bool has_condition(uint8_t type)
{
    return (type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE &&
            type <= SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE) ||
           type == SYSTEM_ACCESS_FILTER_ACE_TYPE;
}

/* What may follow the SID; in a basic ACE it is slack. */
static void put_data(struct writer *ace, uint8_t type)
{
    if (has_condition(type)) {
        random_put_condition(ace, false);
    } else if (type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE) {
        random_put_attribute(ace);
    } else if (one_in(20)) {
        writer_le32(ace, below(UINT32_MAX));
    }
    while (ace->size % 4 != 0) {
        writer_u8(ace, one_in(200) ? 1 : 0);
    }
}

/* Append an ACE whose other fields are of its type. */
static void add_ace(tsr_acl_builder *acl, uint8_t type, uint8_t flags, uint32_t mask,
                    const tsr_sid *sid)
{
    CLEANUP(writer_deinit) struct writer ace = {0};
    const tsr_sid server = random_sid();

    writer_u8(&ace, type);
    writer_u8(&ace, flags | (one_in(12) ? INHERIT_ONLY_ACE | CONTAINER_INHERIT_ACE : 0));
    writer_le16(&ace, 0);
    writer_le32(&ace, mask);
    if (has_object_type(type)) {
        put_object_type(&ace);
    }
    if (type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        writer_le32(&ace, 1);
        put_sid_bytes(&ace, &server);
    }
    put_sid_bytes(&ace, sid);
    put_data(&ace, type);
    writer_patch_le16(&ace, 2, (uint16_t)ace.size);
    assert_false(ace.failed);
    tsr_acl_builder_add_encoded(acl, ace.bytes, ace.size);
}

/* Those that speak often, some that do now and then, any other; and some that nobody knows. */
static uint8_t random_type(void)
{
    static const uint8_t types[] = {
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
        ACCESS_DENIED_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_ACE_TYPE,
        ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        ACCESS_DENIED_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
    };

    if (one_in(12)) {
        return (uint8_t)below(SYSTEM_ACCESS_FILTER_ACE_TYPE + 3u);
    }
    return types[below(ARRAY_SIZE(types))];
}

static bool denies(uint8_t type)
{
    return type == ACCESS_DENIED_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

/* Of few rights where it denies, so that it does not decide everything. */
static uint32_t rights_of(uint8_t type)
{
    if (denies(type)) {
        return random_rights(8);
    }
    return one_in(3) ? FILE_ALL_ACCESS : random_rights(2 + below(3));
}

static tsr_acl random_dacl(void)
{
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    tsr_acl acl;

    for (uint32_t i = one_in(12) ? 0 : 2 + below(TRIAL_ACES_MAX - 1); i > 0; i--) {
        const tsr_sid sid = random_sid();
        const uint8_t type = random_type();

        add_ace(&builder, type, 0, rights_of(type), &sid);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

static void add_label(tsr_acl_builder *builder)
{
    tsr_sid label = TSR_SID_INTEGRITY(below(5) * TSR_INTEGRITY_LOW);

    if (one_in(12)) {
        label = one_in(2) ? (tsr_sid){16, 2, {TSR_INTEGRITY_LOW, 1}} : everyone;
    }
    add_ace(builder, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, below(8), &label);
}

static void add_trust_label(tsr_acl_builder *builder)
{
    const tsr_sid label = one_in(8) ? everyone : TSR_SID(19, 512 * below(3), 4096 * below(3));

    add_ace(builder, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, 0, generous_rights(), &label);
}

static void add_audit(tsr_acl_builder *builder)
{
    static const uint8_t types[] = {
        SYSTEM_AUDIT_ACE_TYPE,          SYSTEM_AUDIT_OBJECT_ACE_TYPE,
        SYSTEM_AUDIT_CALLBACK_ACE_TYPE, SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE,
        SYSTEM_ALARM_ACE_TYPE,          SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE,
    };
    const tsr_sid sid = one_in(2) ? everyone : random_sid();

    add_ace(builder, types[below(ARRAY_SIZE(types))],
            (uint8_t)(SUCCESSFUL_ACCESS_ACE_FLAG * below(4)), generous_rights(), &sid);
}

static void add_filter(tsr_acl_builder *builder)
{
    const uint8_t flags = one_in(4) ? TRUST_PROTECTED_FILTER_ACE_FLAG : 0;

    add_ace(builder, SYSTEM_ACCESS_FILTER_ACE_TYPE, flags, generous_rights(), &everyone);
}

static void add_to_sacl(tsr_acl_builder *builder)
{
    const tsr_sid other = random_sid();

    switch (below(16)) {
    case 0:
        add_trust_label(builder);
        return;
    case 1:
        add_filter(builder);
        return;
    case 2:
        add_ace(builder, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, 0, 0,
                one_in(8) ? &everyone : &policy_sids[one_in(4)]);
        return;
    case 3:
        add_ace(builder, random_type(), 0, random_rights(2), &other);
        return;
    case 4:
    case 5:
        add_label(builder);
        return;
    case 6:
    case 7:
    case 8:
        add_audit(builder);
        return;
    default:
        add_ace(builder, SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, 0, 0, one_in(20) ? &other : &everyone);
    }
}

static tsr_acl random_sacl(void)
{
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    tsr_acl acl;

    for (uint32_t i = below(TRIAL_ACES_MAX + 1); i > 0; i--) {
        add_to_sacl(&builder);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

static void make_sd(struct trial *trial)
{
    const tsr_sid group = random_actor();
    const tsr_sid owner = one_in(10) ? packages[2] : random_actor();
    tsr_sd_parts parts = {.owner = one_in(20) ? NULL : &owner, .group = &group};
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *sacl = NULL;
    size_t size;

    parts.has_dacl = !one_in(20);
    if (parts.has_dacl && !one_in(20)) {
        parts.dacl = random_dacl();
        dacl = (uint8_t *)parts.dacl.bytes;
    }
    parts.has_sacl = !one_in(4);
    if (parts.has_sacl && !one_in(40)) {
        parts.sacl = random_sacl();
        sacl = (uint8_t *)parts.sacl.bytes;
    }
    expect_ok(tsr_sd_build(&parts, &trial->bytes, &size));
    expect_ok(tsr_sd_view(trial->bytes, size, &trial->sd));
}

/* Members that take part in everything. */
static struct ref_sids full_members(struct ref_sid *list)
{
    const uint32_t n = one_in(20) ? 0 : 1 + below(TRIAL_SIDS_MAX);

    for (uint32_t i = 0; i < n; i++) {
        list[i] = (struct ref_sid){i == 0 && one_in(2) ? everyone : random_actor(), true, true};
    }
    return (struct ref_sids){list, n};
}

/* Some are for deny only, some disabled; no token holds a SID twice in different ways. */
static struct ref_sids mixed_members(struct ref_sid *list)
{
    const struct ref_sids sids = full_members(list);

    for (size_t i = 0; i < sids.n; i++) {
        list[i].allow = !one_in(5);
        list[i].deny = list[i].allow || one_in(2);
        for (size_t j = 0; j < i; j++) {
            if (tsr_sid_equal(&list[j].sid, &list[i].sid)) {
                list[i] = list[j];
            }
        }
    }
    return sids;
}

static struct ref_sids package_members(struct ref_sid *list)
{
    const uint32_t n = 1 + below(TRIAL_SIDS_MAX);

    for (uint32_t i = 0; i < n; i++) {
        list[i] = (struct ref_sid){packages[below(ARRAY_SIZE(packages))], true, true};
    }
    return (struct ref_sids){list, n};
}

static uint64_t random_privileges(void)
{
    static const tsr_privilege known[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                                          SE_RELABEL_PRIVILEGE, SE_BACKUP_PRIVILEGE,
                                          SE_RESTORE_PRIVILEGE};
    uint64_t privileges = one_in(8) ? TSR_PRIVILEGE_BIT(SE_TCB_PRIVILEGE) : 0;

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        privileges |= one_in(5) ? TSR_PRIVILEGE_BIT(known[i]) : 0;
    }
    return privileges;
}

static void make_claims(struct trial *trial)
{
    random_claims_init(&trial->user_claims);
    random_claims_init(&trial->device_claims);
    random_claims_init(&trial->local_claims);
    trial->subject.user_claims = random_claims_list(&trial->user_claims);
    trial->subject.device_claims = random_claims_list(&trial->device_claims);
    trial->subject.local_claims = random_claims_list(&trial->local_claims);
}

static void make_subject(struct trial *trial)
{
    struct ref_subject *subject = &trial->subject;

    subject->sids = mixed_members(trial->sids);
    subject->is_restricted = one_in(5);
    if (subject->is_restricted) {
        subject->restricting = full_members(trial->restricting);
        subject->is_write_restricted = one_in(3);
    }
    subject->is_package = one_in(6);
    if (subject->is_package) {
        subject->packages = package_members(trial->packages);
    }
    subject->privileges = random_privileges();
    subject->has_integrity = !one_in(8);
    subject->integrity = TSR_SID_INTEGRITY((1 + below(5)) * TSR_INTEGRITY_LOW);
    subject->mandatory_policy = one_in(6) ? below(4) : TSR_POLICY_NO_WRITE_UP;
    subject->trust_type = 512 * below(3);
    subject->trust_level = 4096 * below(3);
    if (!one_in(3)) {
        subject->device_sids = mixed_members(trial->device_sids);
    }
    if (one_in(3)) {
        subject->restricting_device_sids = full_members(trial->restricting_device_sids);
    }
    make_claims(trial);
}

/* Mostly whole lists in preorder; now and then one that is none. */
static void make_nodes(struct trial *trial)
{
    struct ref_request *request = &trial->request;

    if (!one_in(3)) {
        return;
    }
    request->nodes = trial->nodes;
    request->n_nodes = 1 + below(TRIAL_NODES_MAX);
    request->result_list = one_in(2);
    for (size_t i = 0; i < request->n_nodes; i++) {
        trial->nodes[i].level = (uint16_t)(i == 0 ? 0 : 1 + below(trial->nodes[i - 1].level + 1u));
        trial->nodes[i].guid = random_guid();
    }
    if (one_in(50)) {
        trial->nodes[below((uint32_t)request->n_nodes)].level = (uint16_t)below(5);
    }
}

static tsr_acl dacl_of_a_rule(void)
{
    return one_in(10) ? (tsr_acl){0} : random_dacl();
}

static void make_rule(struct trial *trial, size_t index)
{
    struct ref_rule *rule = &trial->rules[index];
    CLEANUP(writer_deinit) struct writer condition = {0};
    uint8_t *bytes = NULL;

    rule->dacl = dacl_of_a_rule();
    rule->sacl = one_in(2) ? random_sacl() : (tsr_acl){0};
    if (one_in(2)) {
        random_put_condition(&condition, true);
        expect_ok(writer_finish(&condition, &bytes, &rule->applies_to.size));
        rule->applies_to.bytes = bytes;
    }
    if (one_in(2)) {
        trial->new_dacls[index] = dacl_of_a_rule();
        rule->new_dacl = &trial->new_dacls[index];
        trial->new_sacls[index] = random_sacl();
        rule->new_sacl = &trial->new_sacls[index];
    }
}

static void make_policies(struct trial *trial)
{
    if (!one_in(2)) {
        return;
    }
    trial->policy.sid = policy_sids[0];
    trial->policy.rules = trial->rules;
    trial->policy.n_rules = below(TRIAL_RULES_MAX + 1);
    for (size_t i = 0; i < trial->policy.n_rules; i++) {
        make_rule(trial, i);
    }
    trial->request.policies = &trial->policy;
    trial->request.n_policies = 1;
    trial->request.staged = one_in(3);
}

static uint32_t random_desired(void)
{
    uint32_t desired = one_in(2) ? random_rights(6 + below(16)) : 0;

    if (desired == 0 && !one_in(20)) {
        desired = rights[below(ARRAY_SIZE(rights))];
    }
    if (one_in(4)) {
        desired = (one_in(2) ? desired : 0) | MAXIMUM_ALLOWED;
        desired |= one_in(8) ? ACCESS_SYSTEM_SECURITY : 0;
    }
    return desired;
}

static void make_request(struct trial *trial)
{
    /* Of files; of a type whose rights overlap; of one that is hardly thought through. */
    static const tsr_generic_mapping mappings[] = {
        {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS},
        {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS},
        {READ_CONTROL | FILE_READ_DATA, READ_CONTROL | FILE_WRITE_DATA | FILE_APPEND_DATA,
         READ_CONTROL | FILE_READ_DATA | FILE_EXECUTE, 0xf0000u | 0x3fu},
        {READ_CONTROL | FILE_READ_DATA, FILE_WRITE_DATA | FILE_APPEND_DATA, FILE_EXECUTE,
         ACCESS_SYSTEM_SECURITY | READ_CONTROL | FILE_READ_DATA | FILE_WRITE_DATA},
    };
    struct ref_request *request = &trial->request;

    request->mapping = mappings[below(ARRAY_SIZE(mappings))];
    request->desired = tsr_map_generic(random_desired(), &request->mapping);
    request->previously_granted = one_in(10) ? rights[below(ARRAY_SIZE(rights))] : 0;
    request->has_self = one_in(2);
    request->self = random_actor();
    request->backup_intent = one_in(6);
    request->restore_intent = one_in(6);
    make_nodes(trial);
    make_policies(trial);
    trial->audit_policy = below(16);
}

void trial_init(struct trial *trial)
{
    make_subject(trial);
    make_sd(trial);
    make_request(trial);
}

void trial_deinit(struct trial *trial)
{
    for (size_t i = 0; i < TRIAL_RULES_MAX; i++) {
        free((void *)trial->rules[i].applies_to.bytes);
        free((void *)trial->rules[i].dacl.bytes);
        free((void *)trial->rules[i].sacl.bytes);
        free((void *)trial->new_dacls[i].bytes);
        free((void *)trial->new_sacls[i].bytes);
    }
    random_claims_deinit(&trial->user_claims);
    random_claims_deinit(&trial->device_claims);
    random_claims_deinit(&trial->local_claims);
    free(trial->bytes);
}
