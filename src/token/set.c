/* SPDX-License-Identifier: MIT */
/* SetTokenInformation (token.md 3.10, 7.3). */

#include <tessera/token-adjust.h>

#include "token/token.h"

#define POLICY_VALID (TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN)

static tsr_status check_held(uint64_t held, uint32_t luid)
{
    REQUIRE(held & TSR_PRIVILEGE_BIT(luid), STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

/* Default DACL and primary group share an area that does not grow (token.md 2.1). */
static tsr_status check_dynamic(const tsr_token *token, const tsr_acl *default_dacl,
                                const tsr_sid *primary_group)
{
    REQUIRE(token_dynamic_size(default_dacl, primary_group) <= token->state->dynamic_charged,
            STATUS_ALLOTTED_SPACE_EXCEEDED);
    return TSR_OK;
}

tsr_status tsr_token_set_owner(const tsr_token *token, const tsr_sid *owner, tsr_token **ret_token)
{
    struct token_state *next;
    uint32_t index;

    REQUIRE(token_sid_is_valid(owner), STATUS_INVALID_SID);
    TRY(token_find_owner(token->state, owner, &index));
    TRY(token_state_copy(token->state, &next));

    next->owner = index;
    return token_adjusted(token, next, ret_token);
}

tsr_status tsr_token_set_primary_group(const tsr_token *token, const tsr_sid *group,
                                       tsr_token **ret_token)
{
    const struct token_state *const state = token->state;
    struct token_state *next;
    uint32_t index;

    REQUIRE(token_sid_is_valid(group), STATUS_INVALID_SID);
    REQUIRE(group_list_find(state->members, group, &index) && index <= state->n_groups,
            STATUS_INVALID_PRIMARY_GROUP);
    TRY(check_dynamic(token, &state->default_dacl, group));
    TRY(token_state_copy(state, &next));

    next->primary_group = index;
    return token_adjusted(token, next, ret_token);
}

tsr_status tsr_token_set_default_dacl(const tsr_token *token, const tsr_acl *dacl,
                                      tsr_token **ret_token)
{
    const tsr_sid primary_group = token_member(token->state, token->state->primary_group);
    CLEANUP(token_state_unref) struct token_state *next = NULL;
    tsr_acl valid = {0};

    if (dacl) {
        REQUIRE(dacl->bytes, STATUS_INVALID_ACL);
        TRY(tsr_acl_view(dacl->bytes, dacl->size, &valid));
    }
    TRY(check_dynamic(token, &valid, &primary_group));
    TRY(token_state_copy(token->state, &next));
    TRY(token_set_default_dacl(next, &valid));

    return token_adjusted(token, STEAL(next), ret_token);
}

tsr_status tsr_token_set_session_id(const tsr_token *token, uint32_t session_id, uint64_t held,
                                    tsr_token **ret_token)
{
    struct token_state *next;

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    TRY(token_state_copy(token->state, &next));

    next->session_id = session_id;
    return token_adjusted(token, next, ret_token);
}

tsr_status tsr_token_set_origin(const tsr_token *token, uint64_t origin, uint64_t held,
                                tsr_token **ret_token)
{
    struct token_state *next;

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    REQUIRE(token->state->origin == 0, STATUS_INVALID_PARAMETER);
    TRY(token_state_copy(token->state, &next));

    next->origin = origin;
    return token_adjusted(token, next, ret_token);
}

/* A token without a level is limited by none; any level is a lower one. */
static bool raises(const tsr_token *token, const tsr_sid *integrity)
{
    const tsr_sid *const current = token->state->subject.integrity;

    return current && integrity->sub_authorities[0] > current->sub_authorities[0];
}

tsr_status tsr_token_set_integrity(const tsr_token *token, const tsr_sid *integrity, uint64_t held,
                                   tsr_token **ret_token)
{
    struct token_state *next;

    REQUIRE(token_sid_is_integrity(integrity), STATUS_INVALID_SID);
    if (raises(token, integrity)) {
        TRY(check_held(held, SE_TCB_PRIVILEGE));
    }
    TRY(token_state_copy(token->state, &next));

    token_set_integrity(next, integrity);
    token_keep_privileges(next, token_privileges_usable(integrity));
    return token_adjusted(token, next, ret_token);
}

tsr_status tsr_token_set_mandatory_policy(const tsr_token *token, uint32_t policy, uint64_t held,
                                          tsr_token **ret_token)
{
    struct token_state *next;

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    REQUIRE(!(policy & ~POLICY_VALID), STATUS_INVALID_PARAMETER);
    REQUIRE(token->state->subject.integrity || policy == 0, STATUS_INVALID_PARAMETER);
    TRY(token_state_copy(token->state, &next));

    next->subject.mandatory_policy = policy;
    return token_adjusted(token, next, ret_token);
}

static tsr_status with_flags(const tsr_token *token, uint32_t flags, tsr_token **ret_token)
{
    struct token_state *next;

    TRY(token_state_copy(token->state, &next));

    next->flags = flags;
    return token_adjusted(token, next, ret_token);
}

static uint32_t flags_with(uint32_t flags, uint32_t flag, bool is_set)
{
    return is_set ? flags | flag : flags & ~flag;
}

tsr_status tsr_token_set_ui_access(const tsr_token *token, bool ui_access, uint64_t held,
                                   tsr_token **ret_token)
{
    TRY(check_held(held, SE_TCB_PRIVILEGE));

    return with_flags(token, flags_with(token->state->flags, TSR_TOKEN_UI_ACCESS, ui_access),
                      ret_token);
}

tsr_status tsr_token_set_virtualization_allowed(const tsr_token *token, bool allowed, uint64_t held,
                                                tsr_token **ret_token)
{
    uint32_t flags = flags_with(token->state->flags, TSR_TOKEN_VIRTUALIZE_ALLOWED, allowed);

    TRY(check_held(held, SE_CREATE_TOKEN_PRIVILEGE));

    if (!allowed) {
        flags &= ~TSR_TOKEN_VIRTUALIZE_ENABLED;
    }
    return with_flags(token, flags, ret_token);
}

tsr_status tsr_token_set_virtualization_enabled(const tsr_token *token, bool enabled,
                                                tsr_token **ret_token)
{
    const uint32_t flags = token->state->flags;

    REQUIRE(flags & TSR_TOKEN_VIRTUALIZE_ALLOWED, STATUS_INVALID_PARAMETER);

    return with_flags(token, flags_with(flags, TSR_TOKEN_VIRTUALIZE_ENABLED, enabled), ret_token);
}

tsr_status tsr_token_set_local_claims(const tsr_token *token, const tsr_claim *claims,
                                      size_t n_claims, uint64_t held, tsr_token **ret_token)
{
    CLEANUP(token_state_unref) struct token_state *next = NULL;
    struct claim_list local;

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    TRY(token_state_copy(token->state, &next));
    TRY(token_claims_new(claims, n_claims, &local));

    (void)shared_unref(next->subject.local_claims.claims);
    next->subject.local_claims = local;
    return token_adjusted(token, STEAL(next), ret_token);
}
