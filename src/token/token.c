/* SPDX-License-Identifier: MIT */
/* Access tokens: making, sharing and reading them. */

#include "token/token.h"

#define LUID_FIRST 1001 /* above the well-known logon sessions and all privileges */

static _Atomic uint64_t luid_next = LUID_FIRST;

uint64_t token_luid_new(void)
{
    return atomic_fetch_add_explicit(&luid_next, 1, memory_order_relaxed);
}

tsr_status token_of_state(struct token_state *take_state, tsr_token_type type,
                          tsr_impersonation_level level, tsr_token **ret_token)
{
    CLEANUP(token_state_unref) struct token_state *state = take_state;
    tsr_token *token = zeroed_new(sizeof(*token));

    REQUIRE(token, STATUS_NO_MEMORY);

    atomic_init(&token->n_refs, 1);
    token->token_id = token_luid_new();
    token->type = type;
    token->level = level;
    token->state = STEAL(state);

    *ret_token = token;
    return TSR_OK;
}

tsr_status token_adjusted(const tsr_token *token, struct token_state *take_next,
                          tsr_token **ret_token)
{
    tsr_token *adjusted;

    take_next->modified_id = token_luid_new();
    token_state_settle(take_next);
    TRY(token_of_state(take_next, token->type, token->level, &adjusted));
    adjusted->token_id = token->token_id;

    *ret_token = adjusted;
    return TSR_OK;
}

tsr_status token_derived(const tsr_token *token, struct token_state *take_next,
                         tsr_token **ret_token)
{
    take_next->modified_id = token_luid_new();
    take_next->parent_token_id = token->token_id;
    token_charge_dynamic(take_next);
    token_state_settle(take_next);
    return token_of_state(take_next, token->type, token->level, ret_token);
}

tsr_status token_restore(const tsr_token_spec *spec, tsr_token **ret_token)
{
    const tsr_token_type type = spec->type ? spec->type : TSR_TOKEN_PRIMARY;
    struct token_state *state;

    REQUIRE(type == TSR_TOKEN_PRIMARY || type == TSR_TOKEN_IMPERSONATION, STATUS_BAD_TOKEN_TYPE);
    REQUIRE(spec->level <= TSR_LEVEL_DELEGATION, STATUS_INVALID_PARAMETER);
    TRY(token_state_new(spec, &state));

    state->modified_id = token_luid_new();
    return token_of_state(state, type, spec->level, ret_token);
}

tsr_status tsr_token_new(const tsr_token_spec *spec, tsr_token **ret_token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    TRY(token_restore(spec, &token));
    REQUIRE(token->state->primary_group <= token->state->n_groups, STATUS_INVALID_PRIMARY_GROUP);

    *ret_token = STEAL(token);
    return TSR_OK;
}

tsr_token *tsr_token_ref(tsr_token *token)
{
    if (token) {
        atomic_fetch_add_explicit(&token->n_refs, 1, memory_order_relaxed);
    }
    return token;
}

tsr_token *tsr_token_unref(tsr_token *token)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (token && atomic_fetch_sub_explicit(&token->n_refs, 1, memory_order_acq_rel) == 1) {
        token_state_unref(token->state);
        (void)shared_unref(atomic_load_explicit(&token->default_sd, memory_order_relaxed));
        free(token);
    }
    return NULL;
}

void tsr_token_get_statistics(const tsr_token *token, tsr_token_statistics *ret_statistics)
{
    const struct token_state *state = token->state;

    *ret_statistics = (tsr_token_statistics){
        .token_id = token->token_id,
        .modified_id = state->modified_id,
        .parent_token_id = state->parent_token_id,
        .authentication_id = state->authentication_id,
        .origin = state->origin,
        .expiration = state->expiration,
        .elevation = state->elevation,
        .source = state->source,
        .type = token->type,
        .level = token->level,
        .flags = state->flags,
        .session_id = state->session_id,
        .mandatory_policy = state->subject.mandatory_policy,
        .process_trust_type = state->subject.process_trust_type,
        .process_trust_level = state->subject.process_trust_level,
        .n_groups = state->n_groups,
        .n_privileges = state->n_privileges,
        .n_restricting = token_list(state->restricting).n,
        .n_user_claims = state->subject.user_claims.n_claims,
        .n_device_claims = state->subject.device_claims.n_claims,
        .n_local_claims = state->subject.local_claims.n_claims,
        .n_device_groups = token_list(state->device_groups).n,
        .n_restricting_devices = token_list(state->restricting_devices).n,
        .n_capabilities = token_capabilities(state).n,
        .dynamic_charged = state->dynamic_charged,
        .dynamic_available = state->dynamic_charged - token_state_dynamic_size(state),
    };
}

void tsr_token_get_user(const tsr_token *token, tsr_group *ret_user)
{
    ret_user->sid = token_member(token->state, TOKEN_USER_PLACE);
    ret_user->attributes = token_user_attributes(token->state);
}

static bool get_from(struct group_range range, size_t index, tsr_group *ret_group)
{
    if (index >= range.n) {
        return false;
    }
    *ret_group = group_range_get(range, (uint32_t)index);
    return true;
}

bool tsr_token_get_group(const tsr_token *token, size_t index, tsr_group *ret_group)
{
    return get_from(token_groups(token->state), index, ret_group);
}

bool tsr_token_get_restricting(const tsr_token *token, size_t index, tsr_sid *ret_sid)
{
    tsr_group group;

    if (!get_from(token_list(token->state->restricting), index, &group)) {
        return false;
    }
    *ret_sid = group.sid;
    return true;
}

bool tsr_token_get_privilege(const tsr_token *token, size_t index,
                             tsr_privilege_state *ret_privilege)
{
    if (index >= token->state->n_privileges) {
        return false;
    }
    *ret_privilege = token_privilege(token->state, index);
    return true;
}

void tsr_token_get_owner(const tsr_token *token, tsr_sid *ret_owner)
{
    *ret_owner = token_member(token->state, token->state->owner);
}

void tsr_token_get_primary_group(const tsr_token *token, tsr_sid *ret_group)
{
    *ret_group = token_member(token->state, token->state->primary_group);
}

bool tsr_token_get_integrity(const tsr_token *token, tsr_sid *ret_integrity)
{
    if (!token->state->subject.integrity) {
        return false;
    }
    *ret_integrity = token->state->integrity;
    return true;
}

bool tsr_token_get_capability(const tsr_token *token, size_t index, tsr_group *ret_capability)
{
    return get_from(token_capabilities(token->state), index, ret_capability);
}

bool tsr_token_get_device_group(const tsr_token *token, size_t index, tsr_group *ret_group)
{
    return get_from(token_list(token->state->device_groups), index, ret_group);
}

bool tsr_token_get_package(const tsr_token *token, tsr_sid *ret_package, bool *ret_less_privileged)
{
    if (!token->state->packages) {
        return false;
    }
    *ret_package = group_list_get_sid(token->state->packages, 0);
    if (ret_less_privileged) {
        *ret_less_privileged = token->state->less_privileged;
    }
    return true;
}

const tsr_acl *tsr_token_peek_default_dacl(const tsr_token *token)
{
    return token->state->default_dacl.bytes ? &token->state->default_dacl : NULL;
}

uint32_t tsr_token_access_flags(const tsr_token *token)
{
    static const struct {
        uint32_t luid;
        uint32_t flag;
    } mirrored[] = {
        {SE_CHANGE_NOTIFY_PRIVILEGE, TSR_TOKEN_HAS_TRAVERSE},
        {SE_BACKUP_PRIVILEGE, TSR_TOKEN_HAS_BACKUP},
        {SE_RESTORE_PRIVILEGE, TSR_TOKEN_HAS_RESTORE},
        {SE_IMPERSONATE_PRIVILEGE, TSR_TOKEN_HAS_IMPERSONATE},
    };
    const struct token_state *state = token->state;
    uint32_t flags = state->flags | (state->packages ? TSR_TOKEN_LOWBOX : 0);

    for (size_t i = 0; i < ARRAY_SIZE(mirrored); i++) {
        if (state->subject.privileges & TSR_PRIVILEGE_BIT(mirrored[i].luid)) {
            flags |= mirrored[i].flag;
        }
    }
    if (!state->subject.integrity || state->integrity.sub_authorities[0] >= TSR_INTEGRITY_MEDIUM) {
        flags |= TSR_TOKEN_NOT_LOW;
    }
    return flags;
}

uint64_t tsr_token_enabled_privileges(const tsr_token *token)
{
    return token->state->subject.privileges;
}

bool tsr_token_is_member(const tsr_token *token, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (tsr_failed(tsr_sid_encode(sid, encoded, sizeof(encoded), &size))) {
        return false;
    }
    return sid_set_matches(token->state->subject.sids, encoded) & SID_MATCHES_ALLOW;
}

bool tsr_token_may_own(const tsr_token *token, const tsr_sid *sid)
{
    const struct token_state *state = token->state;
    uint32_t index;

    if (!group_list_find(state->members, sid, &index)) {
        return false;
    }
    return index == TOKEN_USER_PLACE ? token_user_attributes(state) == 0
                                     : token_group_may_own(state, index);
}
