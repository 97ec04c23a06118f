/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the access check, over arbitrary descriptors.
 *
 * The first bytes choose the caller and the request, the rest is the descriptor. The caller's SIDs,
 * package, devices and object types are taken from the descriptor itself, or next to no ACE would
 * ever match; so are the rules of the central policy. Every answer must be consistent in itself and
 * with the answers to related questions.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "sec/access.h"

#define N_SIDS_MAX  24
#define N_NODES_MAX 7
#define N_CLAIMS    3
#define N_CHOICES   128 /* what each is for: world_choose() */

#define WITH_PACKAGES   0x01u
#define WITH_LIST       0x02u
#define WITH_POLICY     0x04u
#define WITH_DEVICES    0x08u
#define WITH_CLAIMS     0x10u
#define WITH_APPLIES_TO 0x20u
#define WITH_ANY_LEVELS 0x40u /* also such as make no tree */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct subject subject;
    tsr_access_request request;
    struct sid_set_entry entries[N_SIDS_MAX];
    size_t n_entries;
    tsr_sid integrity;
    tsr_sid self;
    tsr_object_type nodes[N_NODES_MAX];
    tsr_claim claims[N_CLAIMS];
    uint8_t *claim_bytes[N_CLAIMS]; /* owned */
    tsr_central_rule rules[2];
    tsr_central_policy policy;
};

static void add_sid(struct world *world, const uint8_t *encoded, uint8_t choice)
{
    const uint8_t kinds[] = {0, SID_MATCHES_DENY, SID_MATCHES_ALLOW | SID_MATCHES_DENY,
                             SID_MATCHES_ALLOW | SID_MATCHES_DENY};
    struct sid_set_entry *entry = &world->entries[world->n_entries];

    if (encoded && world->n_entries < N_SIDS_MAX && choice & 4) {
        assert(tsr_ok(tsr_sid_decode(encoded, TSR_SID_SIZE_MAX, &entry->sid, NULL)));
        entry->matches = kinds[choice & 3];
        world->n_entries++;
    }
}

/* The SIDs that the descriptor speaks of, as @choices picks them. */
static void collect_sids(struct world *world, const tsr_sd *sd, const uint8_t choices[16])
{
    size_t offset = 0;
    tsr_ace ace;

    world->n_entries = 0;
    add_sid(world, sd->owner, choices[0]);
    for (size_t i = 1; tsr_acl_next(&sd->dacl, &offset, &ace); i++) {
        add_sid(world, ace.sid, choices[i % 16]);
        add_sid(world, ace.server_sid, choices[i % 16]);
    }
}

static struct sid_set *set_of(const struct world *world)
{
    struct sid_set *set;

    assert(tsr_ok(sid_set_new(world->entries, world->n_entries, &set)));
    return set;
}

static void choose_packages(struct world *world, const tsr_sd *sd, const uint8_t *choices)
{
    collect_sids(world, sd, choices + 16);
    world->subject.packages = choices[0] & WITH_PACKAGES ? set_of(world) : NULL;
    collect_sids(world, sd, choices + 32);
    world->subject.device_sids = choices[0] & WITH_DEVICES ? set_of(world) : NULL;
    world->subject.restricting_device_sids = world->subject.device_sids;
}

/* Nodes with the GUIDs that the DACL's ACEs name. */
static void choose_nodes(struct world *world, const tsr_sd *sd, const uint8_t *choices)
{
    const size_t n_nodes = choices[1] % (N_NODES_MAX + 1);
    size_t n_filled = 0;
    size_t offset = 0;
    tsr_ace ace;

    while (n_filled < n_nodes && tsr_acl_next(&sd->dacl, &offset, &ace)) {
        if (ace.object_type) {
            memcpy(world->nodes[n_filled++].guid, ace.object_type, TSR_GUID_SIZE);
        }
    }
    for (size_t i = 0; i < n_nodes; i++) {
        const uint16_t deepest = i == 0 ? 0 : world->nodes[i - 1].level;

        world->nodes[i].level = i == 0 ? 0 : (uint16_t)(1 + choices[2 + i] % (deepest + 1u));
        if (choices[0] & WITH_ANY_LEVELS) {
            world->nodes[i].level = choices[2 + i];
        }
    }
    world->request.types = n_nodes > 0 ? world->nodes : NULL;
    world->request.n_types = n_nodes;
    world->request.result_list = choices[0] & WITH_LIST;
}

/* An integer, a string and an octet claim, all for everybody. */
static void choose_claims(struct world *world, const uint8_t *choices)
{
    static const char *const names[N_CLAIMS] = {"x", "s", "o"};
    static const tsr_claim_type types[N_CLAIMS] = {TSR_CLAIM_INT64, TSR_CLAIM_STRING,
                                                   TSR_CLAIM_OCTETS};
    const tsr_claim_source source = {.number = choices[10] % 4,
                                     .text = choices[11] & 1 ? "a" : "",
                                     .octets = choices,
                                     .n_octets = choices[11] % 4};
    const struct claim_list list = {world->claims, N_CLAIMS};
    size_t size;

    if (!(choices[0] & WITH_CLAIMS)) {
        return;
    }
    for (size_t i = 0; i < N_CLAIMS; i++) {
        assert(tsr_ok(tsr_claim_encode(names[i], types[i], choices[12] & 0x3f, &source,
                                       choices[13] & 1, &world->claim_bytes[i], &size)));
        assert(tsr_ok(tsr_claim_view(world->claim_bytes[i], size, &world->claims[i])));
    }
    world->subject.user_claims = list;
    world->subject.device_claims = list;
    world->subject.local_claims = list;
}

/* The policy that the object names; its rules are the object's own lists. */
static void choose_policy(struct world *world, const tsr_sd *sd, const uint8_t *choices)
{
    size_t offset = 0;
    tsr_ace ace;

    if (!(choices[0] & WITH_POLICY)) {
        return;
    }
    world->policy.rules = world->rules;
    world->policy.n_rules = choices[9] % 3;
    world->rules[0].dacl = sd->sacl;
    world->rules[1].dacl = sd->dacl;
    while (tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (ace.type == SYSTEM_SCOPED_POLICY_ID_ACE_TYPE && choices[8] & 3) {
            assert(tsr_ok(tsr_sid_decode(ace.sid, TSR_SID_SIZE_MAX, &world->policy.sid, NULL)));
        }
        if (ace.n_data > 0 && choices[0] & WITH_APPLIES_TO) {
            world->rules[0].applies_to = ace.data;
            world->rules[0].n_applies_to = ace.n_data;
        }
    }
    world->request.policies = &world->policy;
    world->request.n_policies = 1;
}

static void world_choose(struct world *world, const tsr_sd *sd, const uint8_t *choices)
{
    const uint8_t flags = choices[0];
    const tsr_generic_mapping odd = {
        load_le32(choices + 16) & 0x01ffffff, load_le32(choices + 20) & 0x01ffffff,
        load_le32(choices + 24) & 0x01ffffff, load_le32(choices + 28) & 0x01ffffff};

    *world = (struct world){
        .subject = {.write_restricted = flags & 2,
                    .privileges = flags & 4 ? (uint64_t)load_le32(choices + 4) << 8 : 0,
                    .mandatory_policy = choices[1] & 3,
                    .process_trust_type = choices[2],
                    .process_trust_level = choices[3]},
        .request = {.desired = load_le32(choices + 8),
                    .previously_granted = flags & 8 ? load_le32(choices + 12) : 0,
                    .mapping = flags & 16 ? odd : TSR_FILE_MAPPING,
                    .backup_intent = flags & 32,
                    .restore_intent = flags & 64},
        .integrity = TSR_SID_INTEGRITY(load_le16(choices + 14)),
    };
    collect_sids(world, sd, choices + 32);
    world->subject.sids = set_of(world);
    world->self = world->n_entries > 0 ? world->entries[0].sid : TSR_SID_SYSTEM;
    collect_sids(world, sd, choices + 48);
    world->subject.restricting = flags & 1 ? set_of(world) : NULL;
    world->subject.integrity = flags & 128 ? &world->integrity : NULL;
    world->request.principal_self = choices[1] & 4 ? &world->self : NULL;
    choose_packages(world, sd, choices + 64);
    choose_nodes(world, sd, choices + 64);
    choose_claims(world, choices + 64);
    choose_policy(world, sd, choices + 64);
}

static void world_deinit(struct world *world)
{
    sid_set_free((struct sid_set *)world->subject.sids);
    sid_set_free((struct sid_set *)world->subject.restricting);
    sid_set_free((struct sid_set *)world->subject.packages);
    sid_set_free((struct sid_set *)world->subject.device_sids);
    for (size_t i = 0; i < N_CLAIMS; i++) {
        free(world->claim_bytes[i]);
    }
}

static uint32_t specific_of(const tsr_access_request *request)
{
    return tsr_map_generic(request->desired, &request->mapping) & ~MAXIMUM_ALLOWED;
}

/* The ACE that the answer blames or credits is one that can have done it. */
static void check_named_ace(const struct world *world, const tsr_sd *sd,
                            const tsr_access_result *result)
{
    tsr_ace ace = {0};
    size_t offset = 0;

    assert(result->ace_index < sd->dacl.n_aces);
    for (uint32_t i = 0; i <= result->ace_index; i++) {
        assert(tsr_acl_next(&sd->dacl, &offset, &ace));
    }
    assert(ace.sid && ace.mask != 0 && !(ace.flags & INHERIT_ONLY_ACE));
    if (result->rule == TSR_RULE_ALLOW_ACE) {
        assert(ace.type == ACCESS_ALLOWED_ACE_TYPE ||
               ace.type == ACCESS_ALLOWED_CALLBACK_ACE_TYPE ||
               ace.type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE ||
               ((ace.type == ACCESS_ALLOWED_OBJECT_ACE_TYPE ||
                 ace.type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE) &&
                (!ace.object_type || world->request.n_types > 0)));
    } else {
        assert(ace.type == ACCESS_DENIED_ACE_TYPE || ace.type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
               ace.type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
               ace.type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE);
    }
}

static void check_denial(const struct world *world, const tsr_access_result *result)
{
    const uint32_t specific = specific_of(&world->request);

    assert(result->granted == 0 && result->privileges_used == 0);
    assert((result->missing & ~specific) == 0);
    assert(result->missing != 0 || specific == 0);
    assert(result->status.code == STATUS_ACCESS_DENIED ||
           (result->status.code == STATUS_PRIVILEGE_NOT_HELD &&
            result->rule == TSR_RULE_PRIVILEGE_NOT_HELD && specific & ACCESS_SYSTEM_SECURITY));
    /* With a result list the walk goes on for other types after the object itself was refused, and
     * the rule is that of the last step. */
    assert(world->request.result_list ||
           (result->rule != TSR_RULE_PRIVILEGE && result->rule != TSR_RULE_OWNER &&
            result->rule != TSR_RULE_NO_DACL && result->rule != TSR_RULE_ALLOW_ACE));
}

static void check_success(const struct world *world, const tsr_access_result *result)
{
    const tsr_access_request *request = &world->request;
    const uint32_t expected = specific_of(request) | request->previously_granted;

    assert(result->missing == 0 && result->granted != 0);
    assert((result->privileges_used & ~world->subject.privileges) == 0);
    assert((expected & ~result->granted) == 0);
    if (!(request->desired & MAXIMUM_ALLOWED)) {
        assert(result->granted == expected);
    } else {
        assert((result->granted & ~(expected | request->mapping.all | WRITE_OWNER)) == 0);
    }
    /* A central policy may take from the most what the DACL allowed. */
    assert(result->rule <= TSR_RULE_END_OF_DACL ||
           (result->rule == TSR_RULE_CENTRAL_POLICY && request->desired & MAXIMUM_ALLOWED));
}

/* Ask, and check what any answer must fulfil. */
static tsr_access_result ask(const struct world *world, const tsr_sd *sd)
{
    tsr_access_request request = world->request;
    tsr_object_type nodes[N_NODES_MAX];
    tsr_access_result result;

    memcpy(nodes, world->nodes, sizeof(nodes));
    request.types = request.n_types > 0 ? nodes : NULL;
    if (request.n_policies > 0) {
        request.policies = &world->policy;
    }
    result = access_check(&world->subject, sd, &request);
    if (request.n_types > 0 && request.result_list) {
        assert(nodes[0].status.code == result.status.code);
        assert(tsr_failed(result.status) || nodes[0].granted == result.granted);
    }
    if (result.status.code == STATUS_INVALID_PARAMETER) {
        assert(result.granted == 0 && request.n_types > 0);
        return result;
    }
    if (tsr_ok(result.status)) {
        check_success(world, &result);
    } else {
        check_denial(world, &result);
    }
    if (result.rule == TSR_RULE_ALLOW_ACE || result.rule == TSR_RULE_DENY_ACE) {
        check_named_ace(world, sd, &result);
    }
    assert(result.pass != TSR_PASS_RESTRICTED || world->subject.restricting);
    assert(result.pass != TSR_PASS_PACKAGE || world->subject.packages);
    return result;
}

/* The rights that are granted when each is asked for alone. */
static uint32_t granted_one_by_one(const struct world *world, const tsr_sd *sd, uint32_t rights)
{
    struct world single = *world;
    uint32_t granted = 0;

    single.request.previously_granted = 0;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if (rights & bit) {
            single.request.desired = bit;
            granted |= ask(&single, sd).granted;
        }
    }
    return granted;
}

/* Rights are decided independently: a request is granted iff each of its rights would be. */
static void check_single_rights(const struct world *world, const tsr_sd *sd)
{
    const uint32_t all = world->request.mapping.all & ~ACCESS_SYSTEM_SECURITY;
    const uint32_t specific = specific_of(&world->request);
    const bool all_granted = granted_one_by_one(world, sd, specific) == specific;
    struct world other = *world;
    tsr_access_result result;

    other.request.previously_granted = 0;
    if (specific != 0) {
        other.request.desired = specific;
        assert(tsr_ok(ask(&other, sd).status) == all_granted);
        other.request.desired |= MAXIMUM_ALLOWED;
        assert(tsr_ok(ask(&other, sd).status) == all_granted);
    }
    other.request.desired = MAXIMUM_ALLOWED;
    result = ask(&other, sd);
    assert((result.granted & all) == granted_one_by_one(world, sd, all));
    assert(!(result.granted & ACCESS_SYSTEM_SECURITY));
}

/* Restricting SIDs only ever take away; write-restricted takes away no more than restricted. */
static void check_restriction(const struct world *world, const tsr_sd *sd, uint32_t granted)
{
    struct world other = *world;
    uint32_t without;

    other.subject.restricting = NULL;
    without = ask(&other, sd).granted;
    assert((granted & ~without) == 0);

    other = *world;
    other.subject.write_restricted = false;
    assert((ask(&other, sd).granted & ~without) == 0);
    if (world->subject.write_restricted) {
        assert((ask(&other, sd).granted & ~granted) == 0);
    }
}

/* A package and a policy only ever take away; but the integrity of a package is looked at less. */
static void check_package_and_policy(const struct world *world, const tsr_sd *sd, uint32_t granted)
{
    struct world other = *world;

    if (!world->subject.integrity) {
        other.subject.packages = NULL;
        assert((granted & ~ask(&other, sd).granted) == 0);
    }
    other = *world;
    other.request.n_policies = 0;
    assert((granted & ~ask(&other, sd).granted) == 0);
}

/* The same descriptor with another DACL; NULL if it would be too large. The caller frees it. */
static uint8_t *with_deny_in_front(const tsr_sd *sd, uint32_t mask, const tsr_sid *sid,
                                   tsr_sd *ret_sd)
{
    tsr_sd_parts parts = {.control = sd->control, .has_dacl = true, .has_sacl = sd->has_sacl};
    tsr_acl_builder builder = {0};
    uint8_t *dacl = NULL;
    uint8_t *bytes = NULL;
    size_t offset = 0;
    tsr_sid owner;
    tsr_ace ace;
    size_t size;

    tsr_acl_builder_add(&builder, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
    while (tsr_acl_next(&sd->dacl, &offset, &ace)) {
        tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
    }
    if (tsr_failed(tsr_acl_builder_finish(&builder, &dacl, &parts.dacl))) {
        return NULL;
    }
    if (sd->owner) {
        assert(tsr_ok(tsr_sid_decode(sd->owner, TSR_SID_SIZE_MAX, &owner, NULL)));
        parts.owner = &owner;
    }
    parts.sacl = sd->sacl;
    assert(tsr_ok(tsr_sd_build(&parts, &bytes, &size)));
    assert(tsr_ok(tsr_sd_view(bytes, size, ret_sd)));
    free(dacl);
    return bytes;
}

static void check_deny_in_front(const struct world *world, const tsr_sd *sd, uint32_t mask,
                                uint32_t granted)
{
    const tsr_sid sids[] = {TSR_SID_OWNER_RIGHTS, TSR_SID_PRINCIPAL_SELF, world->self,
                            world->entries[0].sid};

    for (size_t i = 0; i < sizeof(sids) / sizeof(sids[0]) && sd->dacl.bytes; i++) {
        tsr_sd denied;
        uint8_t *bytes = with_deny_in_front(sd, mask, &sids[i], &denied);

        if (bytes) {
            assert((ask(world, &denied).granted & ~granted) == 0);
        }
        free(bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t choices[N_CHOICES];
    tsr_access_result result;
    struct world world;
    tsr_sd sd;

    if (size < N_CHOICES || tsr_failed(tsr_sd_view(data + N_CHOICES, size - N_CHOICES, &sd))) {
        return 0;
    }
    memcpy(choices, data, sizeof(choices));
    world_choose(&world, &sd, choices);
    result = ask(&world, &sd);
    if (result.status.code == STATUS_INVALID_PARAMETER) {
        world_deinit(&world);
        return 0;
    }
    check_single_rights(&world, &sd);
    check_restriction(&world, &sd, result.granted);
    check_package_and_policy(&world, &sd, result.granted);
    check_deny_in_front(&world, &sd, load_le32(choices + 12), result.granted);
    world_deinit(&world);
    return 0;
}
