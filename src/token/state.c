/* SPDX-License-Identifier: MIT */
/* The state of a token: checked, copied, and made ready for access checks. */

#include "token/token.h"

#include <stdlib.h>
#include <string.h>

#define SID_AUTHORITY_MAX   ((UINT64_C(1) << 48) - 1)
#define INTEGRITY_AUTHORITY 16
#define POLICY_VALID        (TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN)
#define PRIVILEGE_VALID     (SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED)

#define FLAGS_GIVEN                                                                 \
    (TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_SANDBOX_INERT | TSR_TOKEN_IS_FILTERED | \
     TSR_TOKEN_VIRTUALIZE_ALLOWED | TSR_TOKEN_VIRTUALIZE_ENABLED | TSR_TOKEN_UI_ACCESS)

#define DYNAMIC_CHARGE_MIN 500 /* bytes */

#define GROUP_VALID                                                                          \
    (TSR_GROUP_ORDINARY | SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY | \
     SE_GROUP_INTEGRITY_ENABLED | SE_GROUP_RESOURCE | SE_GROUP_LOGON_ID)

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

bool token_group_may_own(const struct token_state *state, uint32_t index)
{
    const uint32_t decisive = SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY;
    const struct group_list *const members = state->members;

    for (uint32_t i = 1; i <= state->n_groups; i++) {
        if ((members->attributes[i] & decisive) == SE_GROUP_OWNER &&
            sid_table_first(members->set.table, i) == index) {
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

static tsr_status check_spec(const tsr_token_spec *spec)
{
    REQUIRE(spec->n_privileges <= TOKEN_PRIVILEGES_MAX, STATUS_INVALID_PARAMETER);
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
    return check_privileges(spec);
}

/* The SIDs of @groups, for a table. @return where the next go */
static const tsr_sid **enter_groups(const tsr_group *groups, size_t n_groups, const tsr_sid **sids)
{
    for (size_t i = 0; i < n_groups; i++) {
        sids[i] = &groups[i].sid;
    }
    return sids + n_groups;
}

static void set_attributes(struct group_list *list, uint32_t first, const tsr_group *groups,
                           size_t n_groups)
{
    for (size_t i = 0; i < n_groups; i++) {
        list->attributes[first + i] = groups[i].attributes;
    }
}

/* A list of @sids, which all take part, and @groups. */
static tsr_status list_both(const tsr_sid *sids, size_t n_sids, const tsr_group *groups,
                            size_t n_groups, struct group_list **ret_list)
{
    CLEANUP(free) const tsr_sid **all = array_new(n_sids + n_groups, sizeof(const tsr_sid *));
    struct group_list *list;

    REQUIRE(all, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n_sids; i++) {
        all[i] = &sids[i];
    }
    (void)enter_groups(groups, n_groups, all + n_sids);
    TRY(group_list_new(all, n_sids + n_groups, &list));
    for (size_t i = 0; i < n_sids; i++) {
        list->attributes[i] = TSR_GROUP_ORDINARY;
    }
    set_attributes(list, (uint32_t)n_sids, groups, n_groups);
    group_list_settle(list);

    *ret_list = list;
    return TSR_OK;
}

tsr_status token_sids_new(const tsr_sid *sids, size_t n_sids, struct group_list **ret_list)
{
    return list_both(sids, n_sids, NULL, 0, ret_list);
}

static bool groups_hold(const tsr_group *groups, size_t n_groups, const tsr_sid *sid)
{
    for (size_t i = 0; i < n_groups; i++) {
        if (tsr_sid_equal(&groups[i].sid, sid)) {
            return true;
        }
    }
    return false;
}

/* The user, the groups, and the primary group where it is none of them. */
static tsr_status list_members(const tsr_token_spec *spec, struct group_list **ret_list)
{
    CLEANUP(free) const tsr_sid **sids = array_new(spec->n_groups + 2, sizeof(const tsr_sid *));
    const tsr_sid **end;
    struct group_list *list;

    REQUIRE(sids, STATUS_NO_MEMORY);

    sids[0] = &spec->user;
    end = enter_groups(spec->groups, spec->n_groups, sids + 1);
    if (spec->primary_group && !tsr_sid_equal(spec->primary_group, &spec->user) &&
        !groups_hold(spec->groups, spec->n_groups, spec->primary_group)) {
        *end++ = spec->primary_group;
    }
    TRY(group_list_new(sids, (size_t)(end - sids), &list));
    list->attributes[0] = spec->user_attributes | SE_GROUP_ENABLED;
    set_attributes(list, 1, spec->groups, spec->n_groups);
    group_list_settle(list);

    *ret_list = list;
    return TSR_OK;
}

tsr_status token_find_owner(const struct token_state *state, const tsr_sid *owner,
                            uint32_t *ret_index)
{
    uint32_t index = 0;

    REQUIRE(!owner || group_list_find(state->members, owner, &index), STATUS_INVALID_OWNER);
    REQUIRE(index == TOKEN_USER_PLACE || token_group_may_own(state, index), STATUS_INVALID_OWNER);

    *ret_index = index;
    return TSR_OK;
}

tsr_status token_set_members(struct token_state *state, const tsr_token_spec *spec)
{
    struct group_list *members;

    TRY(list_members(spec, &members));
    token_replace_list(&state->members, members);
    state->n_groups = (uint32_t)spec->n_groups;
    state->primary_group = TOKEN_USER_PLACE;
    if (spec->primary_group) {
        (void)group_list_find(members, spec->primary_group, &state->primary_group);
    }
    return token_find_owner(state, spec->owner, &state->owner);
}

/* access-check.md 9: restricting SIDs are all enabled; none at all match nothing. */
static tsr_status set_restricting(struct token_state *state, const tsr_token_spec *spec)
{
    return spec->restricting
               ? token_sids_new(spec->restricting, spec->n_restricting, &state->restricting)
               : TSR_OK;
}

static tsr_status set_device(struct token_state *state, const tsr_token_spec *spec)
{
    if (spec->n_device_groups > 0) {
        TRY(list_both(NULL, 0, spec->device_groups, spec->n_device_groups, &state->device_groups));
    }
    return spec->n_restricting_devices > 0
               ? token_sids_new(spec->restricting_devices, spec->n_restricting_devices,
                                &state->restricting_devices)
               : TSR_OK;
}

tsr_status token_packages_new(const tsr_sid *package, bool less_privileged,
                              const tsr_group *capabilities, size_t n_capabilities,
                              struct group_list **ret_list)
{
    const tsr_sid sids[] = {*package, ALL_RESTRICTED_PACKAGES, ALL_PACKAGES};

    return list_both(sids, token_first_capability(less_privileged), capabilities, n_capabilities,
                     ret_list);
}

static tsr_status set_packages(struct token_state *state, const tsr_token_spec *spec)
{
    state->less_privileged = spec->less_privileged;
    return spec->package
               ? token_packages_new(spec->package, spec->less_privileged, spec->capabilities,
                                    spec->n_capabilities, &state->packages)
               : TSR_OK;
}

static void *claims_unref(tsr_claim *claims)
{
    return shared_unref(claims);
}

DEFINE_CLEANUP(tsr_claim *, claims_unref);

/* @param ret_size  bytes of all claims */
static tsr_status measure_claims(const tsr_claim *claims, size_t n, size_t *ret_size)
{
    size_t size = 0;

    TRY(check_claims(claims, n));
    for (size_t i = 0; i < n; i++) {
        REQUIRE(claims[i].size > 0 && claims[i].size <= TSR_CLAIM_SIZE_MAX,
                STATUS_INVALID_PARAMETER);
        size += claims[i].size;
    }
    *ret_size = size;
    return TSR_OK;
}

tsr_status token_claims_new(const tsr_claim *claims, size_t n_claims, struct claim_list *ret_list)
{
    CLEANUP(claims_unref) tsr_claim *copies = NULL;
    uint8_t *bytes;
    size_t size;

    TRY(measure_claims(claims, n_claims, &size));
    if (n_claims == 0) {
        *ret_list = (struct claim_list){0};
        return TSR_OK;
    }
    copies = shared_new(n_claims * sizeof(*copies) + size);
    REQUIRE(copies, STATUS_NO_MEMORY);

    bytes = (uint8_t *)(copies + n_claims);
    for (size_t i = 0; i < n_claims; i++) {
        memcpy(bytes, claims[i].bytes, claims[i].size);
        TRY(tsr_claim_view(bytes, claims[i].size, &copies[i]));
        bytes += claims[i].size;
    }

    *ret_list = (struct claim_list){STEAL(copies), n_claims};
    return TSR_OK;
}

static tsr_status set_claims(struct token_state *state, const tsr_token_spec *spec)
{
    struct subject *const subject = &state->subject;

    TRY(token_claims_new(spec->user_claims, spec->n_user_claims, &subject->user_claims));
    TRY(token_claims_new(spec->device_claims, spec->n_device_claims, &subject->device_claims));
    return token_claims_new(spec->local_claims, spec->n_local_claims, &subject->local_claims);
}

void token_set_privileges(struct token_state *state, const tsr_privilege_state *privileges,
                          size_t n_privileges)
{
    state->subject.privileges = 0;
    state->n_privileges = (uint8_t)n_privileges;
    for (size_t i = 0; i < n_privileges; i++) {
        state->privileges[i] = (struct token_privilege){
            .luid = privileges[i].luid & 0x3f,
            .attributes = privileges[i].attributes & PRIVILEGE_VALID,
        };
        if (privileges[i].attributes & SE_PRIVILEGE_ENABLED) {
            state->subject.privileges |= TSR_PRIVILEGE_BIT(privileges[i].luid);
        }
    }
}

tsr_status token_set_default_dacl(struct token_state *state, const tsr_acl *dacl)
{
    void *bytes;

    if (!dacl || !dacl->bytes) {
        (void)shared_unref(state->default_dacl.bytes);
        state->default_dacl = (tsr_acl){0};
        return TSR_OK;
    }
    bytes = shared_new(dacl->size);
    REQUIRE(bytes, STATUS_NO_MEMORY);

    memcpy(bytes, dacl->bytes, dacl->size);
    (void)shared_unref(state->default_dacl.bytes);
    state->default_dacl = *dacl;
    state->default_dacl.bytes = bytes;
    return TSR_OK;
}

uint32_t token_state_dynamic_size(const struct token_state *state)
{
    const tsr_sid primary_group = token_member(state, state->primary_group);

    return token_dynamic_size(&state->default_dacl, &primary_group);
}

/* token.md 2.1: what is there at first, and never less than this. */
void token_charge_dynamic(struct token_state *state)
{
    const uint32_t size = token_state_dynamic_size(state);

    state->dynamic_charged = size > DYNAMIC_CHARGE_MIN ? size : DYNAMIC_CHARGE_MIN;
}

void token_set_integrity(struct token_state *state, const tsr_sid *integrity)
{
    state->integrity = *integrity;
    state->subject.integrity = &state->integrity;
}

static const struct sid_set *set_of(const struct group_list *list)
{
    return list ? &list->set : NULL;
}

void token_state_settle(struct token_state *state)
{
    struct subject *const subject = &state->subject;

    if (state->restricting) {
        state->flags |= TSR_TOKEN_IS_RESTRICTED;
    } else {
        state->flags &= ~(TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_IS_RESTRICTED);
    }
    subject->write_restricted = state->flags & TSR_TOKEN_WRITE_RESTRICTED;
    subject->sids = set_of(state->members);
    subject->restricting = set_of(state->restricting);
    subject->packages = set_of(state->packages);
    subject->device_sids = set_of(state->device_groups);
    subject->restricting_device_sids = set_of(state->restricting_devices);
}

static void set_scalars(struct token_state *state, const tsr_token_spec *spec)
{
    state->authentication_id = spec->authentication_id;
    state->origin = spec->origin;
    state->expiration = spec->expiration ? spec->expiration : TSR_TOKEN_NEVER_EXPIRES;
    state->elevation = spec->elevation ? spec->elevation : TSR_ELEVATION_DEFAULT;
    state->source = spec->source;
    state->session_id = spec->session_id;
    state->flags = spec->flags;
    state->subject.process_trust_type = spec->process_trust_type;
    state->subject.process_trust_level = spec->process_trust_level;
    if (spec->integrity) {
        token_set_integrity(state, spec->integrity);
        state->subject.mandatory_policy = spec->mandatory_policy;
    }
}

/* A state in which nothing is set but that it has one owner. NULL: no memory */
static struct token_state *state_allocate(void)
{
    struct token_state *const state = zeroed_new(sizeof(*state));

    if (state) {
        atomic_init(&state->n_refs, 1);
        state->state_id = token_luid_new();
    }
    return state;
}

tsr_status token_state_new(const tsr_token_spec *spec, struct token_state **ret_state)
{
    CLEANUP(token_state_unref) struct token_state *state = NULL;

    TRY(check_spec(spec));

    state = state_allocate();
    REQUIRE(state, STATUS_NO_MEMORY);
    set_scalars(state, spec);
    TRY(token_set_members(state, spec));
    TRY(set_restricting(state, spec));
    TRY(set_device(state, spec));
    TRY(set_packages(state, spec));
    TRY(set_claims(state, spec));
    token_set_privileges(state, spec->privileges, spec->n_privileges);
    TRY(token_set_default_dacl(state, spec->default_dacl));
    token_charge_dynamic(state);
    token_state_settle(state);

    *ret_state = STEAL(state);
    return TSR_OK;
}

tsr_status token_state_copy(const struct token_state *state, struct token_state **ret_copy)
{
    const size_t head_size = offsetof(struct token_state, modified_id);
    struct token_state *const copy = state_allocate();

    REQUIRE(copy, STATUS_NO_MEMORY);

    memcpy((uint8_t *)copy + head_size, (const uint8_t *)state + head_size,
           sizeof(*copy) - head_size);
    if (state->subject.integrity) {
        copy->subject.integrity = &copy->integrity;
    }
    (void)group_list_ref(copy->members);
    (void)group_list_ref(copy->restricting);
    (void)group_list_ref(copy->device_groups);
    (void)group_list_ref(copy->restricting_devices);
    (void)group_list_ref(copy->packages);
    shared_ref(copy->subject.user_claims.claims);
    shared_ref(copy->subject.device_claims.claims);
    shared_ref(copy->subject.local_claims.claims);
    shared_ref(copy->default_dacl.bytes);

    *ret_copy = copy;
    return TSR_OK;
}

struct token_state *token_state_ref(struct token_state *state)
{
    atomic_fetch_add_explicit(&state->n_refs, 1, memory_order_relaxed);
    return state;
}

static void token_state_free(struct token_state *state)
{
    (void)group_list_unref(state->members);
    (void)group_list_unref(state->restricting);
    (void)group_list_unref(state->device_groups);
    (void)group_list_unref(state->restricting_devices);
    (void)group_list_unref(state->packages);
    (void)shared_unref(state->subject.user_claims.claims);
    (void)shared_unref(state->subject.device_claims.claims);
    (void)shared_unref(state->subject.local_claims.claims);
    (void)shared_unref(state->default_dacl.bytes);
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
