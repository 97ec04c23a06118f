/* SPDX-License-Identifier: MIT */
/* The state of a token: checked, copied, and made ready for access checks. */

#include "token/token.h"

#include <string.h>

#define SID_AUTHORITY_MAX   ((UINT64_C(1) << 48) - 1)
#define INTEGRITY_AUTHORITY 16
#define POLICY_VALID        (TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN)
#define PRIVILEGES_MAX      (TSR_PRIVILEGE_LAST - TSR_PRIVILEGE_FIRST + 1)
#define PRIVILEGE_VALID     (SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED)
#define ENABLED_ATTRIBUTES  (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

#define FLAGS_GIVEN                                                                 \
    (TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_SANDBOX_INERT | TSR_TOKEN_IS_FILTERED | \
     TSR_TOKEN_VIRTUALIZE_ALLOWED | TSR_TOKEN_VIRTUALIZE_ENABLED | TSR_TOKEN_UI_ACCESS)

#define DYNAMIC_CHARGE_MIN 500 /* bytes */

#define GROUP_VALID                                                                          \
    (TSR_GROUP_ORDINARY | SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY | \
     SE_GROUP_INTEGRITY_ENABLED | SE_GROUP_RESOURCE | SE_GROUP_LOGON_ID)

#define ALL_PACKAGES            ((tsr_sid){15, 2, {2, 1}})
#define ALL_RESTRICTED_PACKAGES ((tsr_sid){15, 2, {2, 2}})

bool token_sid_is_valid(const tsr_sid *sid)
{
    return sid->n_sub_authorities >= 1 && sid->n_sub_authorities <= TSR_SID_SUB_AUTHORITIES_MAX &&
           sid->authority <= SID_AUTHORITY_MAX;
}

bool token_sid_is_integrity(const tsr_sid *sid)
{
    return sid->authority == INTEGRITY_AUTHORITY && sid->n_sub_authorities == 1;
}

int token_sid_compare(const tsr_sid *a, const tsr_sid *b)
{
    if (a->authority != b->authority) {
        return a->authority < b->authority ? -1 : 1;
    }
    if (a->n_sub_authorities != b->n_sub_authorities) {
        return a->n_sub_authorities < b->n_sub_authorities ? -1 : 1;
    }
    for (size_t i = 0; i < a->n_sub_authorities; i++) {
        if (a->sub_authorities[i] != b->sub_authorities[i]) {
            return a->sub_authorities[i] < b->sub_authorities[i] ? -1 : 1;
        }
    }
    return 0;
}

uint32_t token_dynamic_size(const tsr_acl *default_dacl, const tsr_sid *primary_group)
{
    const uint32_t dacl_size = default_dacl && default_dacl->bytes ? default_dacl->size : 0;

    return dacl_size + (uint32_t)tsr_sid_size(primary_group);
}

bool token_groups_may_own(const tsr_group *groups, size_t n_groups, const tsr_sid *sid)
{
    const uint32_t decisive = SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY;

    for (size_t i = 0; i < n_groups; i++) {
        if ((groups[i].attributes & decisive) == SE_GROUP_OWNER &&
            tsr_sid_equal(&groups[i].sid, sid)) {
            return true;
        }
    }
    return false;
}

static tsr_status check_groups(const tsr_group *groups, size_t n_groups)
{
    REQUIRE(n_groups <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(groups || n_groups == 0, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < n_groups; i++) {
        REQUIRE(token_sid_is_valid(&groups[i].sid), STATUS_INVALID_SID);
        REQUIRE(!(groups[i].attributes & ~GROUP_VALID), STATUS_INVALID_PARAMETER);
    }
    return TSR_OK;
}

static tsr_status check_sids(const tsr_sid *sids, size_t n_sids)
{
    REQUIRE(n_sids <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(sids || n_sids == 0, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < n_sids; i++) {
        REQUIRE(token_sid_is_valid(&sids[i]), STATUS_INVALID_SID);
    }
    return TSR_OK;
}

static tsr_status check_single_sids(const tsr_token_spec *spec)
{
    REQUIRE(token_sid_is_valid(&spec->user), STATUS_INVALID_SID);
    if (spec->primary_group) {
        REQUIRE(token_sid_is_valid(spec->primary_group), STATUS_INVALID_SID);
    }
    if (spec->integrity) {
        REQUIRE(token_sid_is_integrity(spec->integrity), STATUS_INVALID_SID);
    }
    return TSR_OK;
}

static tsr_status check_default_dacl(const tsr_acl *dacl)
{
    tsr_acl valid;

    if (!dacl || !dacl->bytes) {
        return TSR_OK;
    }
    TRY(tsr_acl_view(dacl->bytes, dacl->size, &valid));
    REQUIRE(valid.size == dacl->size, STATUS_INVALID_ACL);
    return TSR_OK;
}

static tsr_status check_flags(uint32_t flags)
{
    REQUIRE(!(flags & ~FLAGS_GIVEN), STATUS_INVALID_PARAMETER);
    REQUIRE(flags & TSR_TOKEN_VIRTUALIZE_ALLOWED || !(flags & TSR_TOKEN_VIRTUALIZE_ENABLED),
            STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

/* What the claims are is checked as they are copied. */
static tsr_status check_claims(const tsr_claim *claims, size_t n_claims)
{
    REQUIRE(n_claims <= TSR_TOKEN_CLAIMS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(claims || n_claims == 0, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

static tsr_status check_appcontainer(const tsr_token_spec *spec)
{
    if (!spec->package) {
        REQUIRE(spec->n_capabilities == 0 && !spec->less_privileged, STATUS_INVALID_PARAMETER);
        return TSR_OK;
    }
    REQUIRE(token_sid_is_valid(spec->package), STATUS_INVALID_SID);
    return check_groups(spec->capabilities, spec->n_capabilities);
}

static tsr_status check_privileges(const tsr_token_spec *spec)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < spec->n_privileges; i++) {
        REQUIRE(tsr_privilege_name(spec->privileges[i].luid), STATUS_NO_SUCH_PRIVILEGE);
        REQUIRE(!(spec->privileges[i].attributes & ~PRIVILEGE_VALID), STATUS_INVALID_PARAMETER);
        REQUIRE(!(seen & TSR_PRIVILEGE_BIT(spec->privileges[i].luid)), STATUS_INVALID_PARAMETER);
        seen |= TSR_PRIVILEGE_BIT(spec->privileges[i].luid);
    }
    return TSR_OK;
}

/* token.md 3.1: the user, whatever its attributes, or a fitting group. */
static tsr_status check_owner(const tsr_token_spec *spec)
{
    REQUIRE(!spec->owner || tsr_sid_equal(spec->owner, &spec->user) ||
                token_groups_may_own(spec->groups, spec->n_groups, spec->owner),
            STATUS_INVALID_OWNER);
    return TSR_OK;
}

static tsr_status check_spec(const tsr_token_spec *spec)
{
    REQUIRE(spec->n_privileges <= PRIVILEGES_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->privileges || spec->n_privileges == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(!(spec->user_attributes & ~SE_GROUP_USE_FOR_DENY_ONLY), STATUS_INVALID_PARAMETER);
    REQUIRE(spec->elevation <= TSR_ELEVATION_LIMITED, STATUS_INVALID_PARAMETER);
    TRY(check_flags(spec->flags));
    REQUIRE(!(spec->mandatory_policy & ~POLICY_VALID), STATUS_INVALID_PARAMETER);
    TRY(check_single_sids(spec));
    TRY(check_groups(spec->groups, spec->n_groups));
    TRY(check_sids(spec->restricting, spec->n_restricting));
    TRY(check_groups(spec->device_groups, spec->n_device_groups));
    TRY(check_sids(spec->restricting_devices, spec->n_restricting_devices));
    TRY(check_claims(spec->user_claims, spec->n_user_claims));
    TRY(check_claims(spec->device_claims, spec->n_device_claims));
    TRY(check_claims(spec->local_claims, spec->n_local_claims));
    TRY(check_appcontainer(spec));
    TRY(check_default_dacl(spec->default_dacl));
    TRY(check_privileges(spec));
    return check_owner(spec);
}

/* token.md 1.3: deny-only excludes enabled; mandatory implies it. */
static uint32_t settled_attributes(uint32_t attributes)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return attributes & ~ENABLED_ATTRIBUTES;
    }
    return attributes & SE_GROUP_MANDATORY ? attributes | ENABLED_ATTRIBUTES : attributes;
}

/* access-check.md 8: how a group takes part in a check. */
static uint8_t group_matches(uint32_t attributes)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return SID_MATCHES_DENY;
    }
    return attributes & SE_GROUP_ENABLED ? SID_MATCHES_ALLOW | SID_MATCHES_DENY : 0;
}

/* Entries for groups. @return where the next go */
static struct sid_set_entry *enter_groups(const tsr_group *groups, size_t n_groups,
                                          struct sid_set_entry *entries)
{
    for (size_t i = 0; i < n_groups; i++) {
        entries[i].sid = groups[i].sid;
        entries[i].matches = group_matches(groups[i].attributes);
    }
    return entries + n_groups;
}

/* Entries for SIDs that all take part. @return where the next go */
static struct sid_set_entry *enter_sids(const tsr_sid *sids, size_t n_sids,
                                        struct sid_set_entry *entries)
{
    for (size_t i = 0; i < n_sids; i++) {
        entries[i].sid = sids[i];
        entries[i].matches = SID_MATCHES_ALLOW | SID_MATCHES_DENY;
    }
    return entries + n_sids;
}

/* The set of @sids, which all take part, and @groups. */
static tsr_status index_both(const tsr_sid *sids, size_t n_sids, const tsr_group *groups,
                             size_t n_groups, const struct sid_set **ret_set)
{
    CLEANUP(free) struct sid_set_entry *entries = array_new(n_sids + n_groups, sizeof(*entries));
    struct sid_set *set;

    REQUIRE(entries, STATUS_NO_MEMORY);

    (void)enter_groups(groups, n_groups, enter_sids(sids, n_sids, entries));
    TRY(sid_set_new(entries, n_sids + n_groups, &set));

    *ret_set = set;
    return TSR_OK;
}

static tsr_status index_sids(struct token_state *state)
{
    CLEANUP(free) struct sid_set_entry *entries = NULL;
    struct sid_set *sids;

    entries = array_new(1 + state->n_groups, sizeof(*entries));
    REQUIRE(entries, STATUS_NO_MEMORY);

    entries[0].sid = state->user.sid;
    entries[0].matches = group_matches(state->user.attributes | SE_GROUP_ENABLED);
    (void)enter_groups(state->groups, state->n_groups, entries + 1);
    TRY(sid_set_new(entries, 1 + state->n_groups, &sids));

    state->subject.sids = sids;
    return TSR_OK;
}

/* access-check.md 9: restricting SIDs are all enabled; none at all match nothing. */
static tsr_status index_restricting(struct token_state *state)
{
    return state->restricting ? index_both(state->restricting, state->n_restricting, NULL, 0,
                                           &state->subject.restricting)
                              : TSR_OK;
}

static tsr_status index_device(struct token_state *state)
{
    if (state->n_device_groups > 0) {
        TRY(index_both(NULL, 0, state->device_groups, state->n_device_groups,
                       &state->subject.device_sids));
    }
    return state->n_restricting_devices > 0
               ? index_both(state->restricting_devices, state->n_restricting_devices, NULL, 0,
                            &state->subject.restricting_device_sids)
               : TSR_OK;
}

/* access-check.md 10: the package, its capabilities, and what all packages are. */
static tsr_status index_packages(struct token_state *state)
{
    const tsr_sid sids[] = {state->package, ALL_RESTRICTED_PACKAGES, ALL_PACKAGES};
    const size_t n_sids = ARRAY_SIZE(sids) - (state->less_privileged ? 1 : 0);

    return state->has_package ? index_both(sids, n_sids, state->capabilities, state->n_capabilities,
                                           &state->subject.packages)
                              : TSR_OK;
}

/* An owned copy of @n elements, not NULL even if there are none; NULL: no memory. */
static void *array_copy(const void *from, size_t n, size_t size)
{
    void *copy = array_new(n, size);

    if (copy && n > 0) {
        memcpy(copy, from, n * size);
    }
    return copy;
}

/* @param ret_groups, ret_n  untouched on failure */
static tsr_status copy_groups(const tsr_group *groups, size_t n, tsr_group **ret_groups,
                              size_t *ret_n)
{
    tsr_group *const copy = array_copy(groups, n, sizeof(*copy));

    REQUIRE(copy, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        copy[i].attributes = settled_attributes(copy[i].attributes);
    }
    *ret_groups = copy;
    *ret_n = n;
    return TSR_OK;
}

/* NULL: none, which is not the same as an empty list. */
static tsr_status copy_sids(const tsr_sid *sids, size_t n, tsr_sid **ret_sids, size_t *ret_n)
{
    tsr_sid *copy;

    if (!sids) {
        return TSR_OK;
    }
    copy = array_copy(sids, n, sizeof(*copy));
    REQUIRE(copy, STATUS_NO_MEMORY);

    *ret_sids = copy;
    *ret_n = n;
    return TSR_OK;
}

static tsr_status copy_claim(const tsr_claim *claim, tsr_claim *ret_copy)
{
    CLEANUP(free) uint8_t *bytes = NULL;

    REQUIRE(claim->size <= TSR_CLAIM_SIZE_MAX, STATUS_INVALID_PARAMETER);
    bytes = array_copy(claim->bytes, claim->size, 1);
    REQUIRE(bytes, STATUS_NO_MEMORY);
    TRY(tsr_claim_view(bytes, claim->size, ret_copy));

    (void)STEAL(bytes);
    return TSR_OK;
}

/* @list holds what was copied also on failure. */
static tsr_status copy_claims(const tsr_claim *claims, size_t n, struct claim_list *list)
{
    tsr_claim *const copies = array_new(n, sizeof(*copies));

    REQUIRE(copies, STATUS_NO_MEMORY);

    list->claims = copies;
    for (list->n_claims = 0; list->n_claims < n; list->n_claims++) {
        TRY(copy_claim(&claims[list->n_claims], &copies[list->n_claims]));
    }
    return TSR_OK;
}

static tsr_status copy_all_claims(struct token_state *state, const tsr_token_spec *spec)
{
    struct subject *const subject = &state->subject;

    TRY(copy_claims(spec->user_claims, spec->n_user_claims, &subject->user_claims));
    TRY(copy_claims(spec->device_claims, spec->n_device_claims, &subject->device_claims));
    return copy_claims(spec->local_claims, spec->n_local_claims, &subject->local_claims);
}

static tsr_status copy_lists(struct token_state *state, const tsr_token_spec *spec)
{
    TRY(copy_groups(spec->groups, spec->n_groups, &state->groups, &state->n_groups));
    TRY(copy_sids(spec->restricting, spec->n_restricting, &state->restricting,
                  &state->n_restricting));
    TRY(copy_groups(spec->device_groups, spec->n_device_groups, &state->device_groups,
                    &state->n_device_groups));
    TRY(copy_sids(spec->restricting_devices, spec->n_restricting_devices,
                  &state->restricting_devices, &state->n_restricting_devices));
    return copy_groups(spec->capabilities, spec->n_capabilities, &state->capabilities,
                       &state->n_capabilities);
}

static tsr_status copy_privileges(struct token_state *state, const tsr_token_spec *spec)
{
    state->privileges =
        array_copy(spec->privileges, spec->n_privileges, sizeof(*state->privileges));
    REQUIRE(state->privileges, STATUS_NO_MEMORY);

    state->n_privileges = spec->n_privileges;
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (state->privileges[i].attributes & SE_PRIVILEGE_ENABLED) {
            state->subject.privileges |= TSR_PRIVILEGE_BIT(state->privileges[i].luid);
        }
    }
    return TSR_OK;
}

/* token.md 2.1: what is there at first, and never less than this. */
static uint32_t dynamic_charge(const struct token_state *state)
{
    const uint32_t size = token_dynamic_size(&state->default_dacl, &state->primary_group);

    return size > DYNAMIC_CHARGE_MIN ? size : DYNAMIC_CHARGE_MIN;
}

static tsr_status copy_default_dacl(struct token_state *state, const tsr_token_spec *spec)
{
    if (!spec->default_dacl || !spec->default_dacl->bytes) {
        return TSR_OK;
    }
    state->default_dacl = *spec->default_dacl;
    state->default_dacl.bytes = array_copy(spec->default_dacl->bytes, spec->default_dacl->size, 1);
    REQUIRE(state->default_dacl.bytes, STATUS_NO_MEMORY);
    return TSR_OK;
}

static void copy_scalars(struct token_state *state, const tsr_token_spec *spec)
{
    state->authentication_id = spec->authentication_id;
    state->origin = spec->origin;
    state->expiration = spec->expiration ? spec->expiration : TSR_TOKEN_NEVER_EXPIRES;
    state->elevation = spec->elevation ? spec->elevation : TSR_ELEVATION_DEFAULT;
    state->source = spec->source;
    state->session_id = spec->session_id;
    state->user = (tsr_group){.sid = spec->user, .attributes = spec->user_attributes};
    state->owner = spec->owner ? *spec->owner : spec->user;
    state->primary_group = spec->primary_group ? *spec->primary_group : spec->user;
    state->flags = spec->flags;
    if (spec->restricting) {
        state->flags |= TSR_TOKEN_IS_RESTRICTED;
    } else {
        state->flags &= ~TSR_TOKEN_WRITE_RESTRICTED;
    }

    state->subject.write_restricted = state->flags & TSR_TOKEN_WRITE_RESTRICTED;
    state->subject.process_trust_type = spec->process_trust_type;
    state->subject.process_trust_level = spec->process_trust_level;
    state->less_privileged = spec->less_privileged;
    if (spec->package) {
        state->package = *spec->package;
        state->has_package = true;
    }
    if (spec->integrity) {
        state->integrity = *spec->integrity;
        state->subject.integrity = &state->integrity;
        state->subject.mandatory_policy = spec->mandatory_policy;
    }
}

tsr_status token_state_new(const tsr_token_spec *spec, uint64_t modified_id,
                           uint64_t parent_token_id, struct token_state **ret_state)
{
    CLEANUP(token_state_unref) struct token_state *state = NULL;

    TRY(check_spec(spec));

    state = calloc(1, sizeof(*state));
    REQUIRE(state, STATUS_NO_MEMORY);
    atomic_init(&state->n_refs, 1);
    state->state_id = token_luid_new();
    state->modified_id = modified_id;
    state->parent_token_id = parent_token_id;
    copy_scalars(state, spec);
    TRY(copy_lists(state, spec));
    TRY(copy_all_claims(state, spec));
    TRY(copy_privileges(state, spec));
    TRY(copy_default_dacl(state, spec));
    state->dynamic_charged = dynamic_charge(state);
    TRY(index_sids(state));
    TRY(index_restricting(state));
    TRY(index_device(state));
    TRY(index_packages(state));

    *ret_state = STEAL(state);
    return TSR_OK;
}

struct token_state *token_state_ref(struct token_state *state)
{
    atomic_fetch_add_explicit(&state->n_refs, 1, memory_order_relaxed);
    return state;
}

static void claim_list_free(const struct claim_list *list)
{
    for (size_t i = 0; i < list->n_claims; i++) {
        free((uint8_t *)list->claims[i].bytes);
    }
    free((tsr_claim *)list->claims);
}

static void token_state_free(struct token_state *state)
{
    sid_set_free((struct sid_set *)state->subject.sids);
    sid_set_free((struct sid_set *)state->subject.restricting);
    sid_set_free((struct sid_set *)state->subject.packages);
    sid_set_free((struct sid_set *)state->subject.device_sids);
    sid_set_free((struct sid_set *)state->subject.restricting_device_sids);
    claim_list_free(&state->subject.user_claims);
    claim_list_free(&state->subject.device_claims);
    claim_list_free(&state->subject.local_claims);
    free(state->device_groups);
    free(state->restricting_devices);
    free(state->capabilities);
    free((uint8_t *)state->default_dacl.bytes);
    free(state->restricting);
    free(state->privileges);
    free(state->groups);
    free(state);
}

struct token_state *token_state_unref(struct token_state *state)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (state && atomic_fetch_sub_explicit(&state->n_refs, 1, memory_order_acq_rel) == 1) {
        token_state_free(state);
    }
    return NULL;
}

tsr_token_spec token_state_spec(const struct token_state *state)
{
    return (tsr_token_spec){
        .user = state->user.sid,
        .user_attributes = state->user.attributes,
        .groups = state->groups,
        .n_groups = state->n_groups,
        .privileges = state->privileges,
        .n_privileges = state->n_privileges,
        .restricting = state->restricting,
        .n_restricting = state->n_restricting,
        .owner = &state->owner,
        .primary_group = &state->primary_group,
        .default_dacl = &state->default_dacl,
        .integrity = state->subject.integrity,
        .mandatory_policy = state->subject.mandatory_policy,
        .process_trust_type = state->subject.process_trust_type,
        .process_trust_level = state->subject.process_trust_level,
        .flags = state->flags & ~TSR_TOKEN_IS_RESTRICTED,
        .session_id = state->session_id,
        .authentication_id = state->authentication_id,
        .origin = state->origin,
        .elevation = state->elevation,
        .expiration = state->expiration,
        .source = state->source,
        .user_claims = state->subject.user_claims.claims,
        .n_user_claims = state->subject.user_claims.n_claims,
        .device_claims = state->subject.device_claims.claims,
        .n_device_claims = state->subject.device_claims.n_claims,
        .local_claims = state->subject.local_claims.claims,
        .n_local_claims = state->subject.local_claims.n_claims,
        .device_groups = state->device_groups,
        .n_device_groups = state->n_device_groups,
        .restricting_devices = state->restricting_devices,
        .n_restricting_devices = state->n_restricting_devices,
        .package = state->has_package ? &state->package : NULL,
        .capabilities = state->capabilities,
        .n_capabilities = state->n_capabilities,
        .less_privileged = state->less_privileged,
    };
}
