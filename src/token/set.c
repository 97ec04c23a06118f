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
static tsr_status check_dynamic(const tsr_token *token, const tsr_token_spec *next)
{
    REQUIRE(token_dynamic_size(next->default_dacl, next->primary_group) <=
                token->state->dynamic_charged,
            STATUS_ALLOTTED_SPACE_EXCEEDED);
    return TSR_OK;
}

tsr_status tsr_token_set_owner(const tsr_token *token, const tsr_sid *owner, tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    REQUIRE(token_sid_is_valid(owner), STATUS_INVALID_SID);

    next.owner = owner;
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_primary_group(const tsr_token *token, const tsr_sid *group,
                                       tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    REQUIRE(token_sid_is_valid(group), STATUS_INVALID_SID);
    REQUIRE(token_holds(token, group), STATUS_INVALID_PRIMARY_GROUP);
    next.primary_group = group;
    TRY(check_dynamic(token, &next));

    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_default_dacl(const tsr_token *token, const tsr_acl *dacl,
                                      tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);
    tsr_acl valid;

    if (dacl) {
        REQUIRE(dacl->bytes, STATUS_INVALID_ACL);
        TRY(tsr_acl_view(dacl->bytes, dacl->size, &valid));
    }
    next.default_dacl = dacl ? &valid : NULL;
    TRY(check_dynamic(token, &next));

    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_session_id(const tsr_token *token, uint32_t session_id, uint64_t held,
                                    tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_TCB_PRIVILEGE));

    next.session_id = session_id;
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_origin(const tsr_token *token, uint64_t origin, uint64_t held,
                                tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    REQUIRE(next.origin == 0, STATUS_INVALID_PARAMETER);

    next.origin = origin;
    return token_adjusted(token, &next, ret_token);
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
    tsr_token_spec next = token_state_spec(token->state);
    CLEANUP(free) tsr_privilege_state *privileges = NULL;

    REQUIRE(token_sid_is_integrity(integrity), STATUS_INVALID_SID);
    if (raises(token, integrity)) {
        TRY(check_held(held, SE_TCB_PRIVILEGE));
    }
    privileges = array_new(next.n_privileges, sizeof(*privileges));
    REQUIRE(privileges, STATUS_NO_MEMORY);

    next.integrity = integrity;
    token_keep_privileges(&next, token_privileges_usable(integrity), privileges);
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_mandatory_policy(const tsr_token *token, uint32_t policy, uint64_t held,
                                          tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_TCB_PRIVILEGE));
    REQUIRE(!(policy & ~POLICY_VALID), STATUS_INVALID_PARAMETER);
    REQUIRE(next.integrity || policy == 0, STATUS_INVALID_PARAMETER);

    next.mandatory_policy = policy;
    return token_adjusted(token, &next, ret_token);
}

static uint32_t flags_with(uint32_t flags, uint32_t flag, bool is_set)
{
    return is_set ? flags | flag : flags & ~flag;
}

tsr_status tsr_token_set_ui_access(const tsr_token *token, bool ui_access, uint64_t held,
                                   tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_TCB_PRIVILEGE));

    next.flags = flags_with(next.flags, TSR_TOKEN_UI_ACCESS, ui_access);
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_virtualization_allowed(const tsr_token *token, bool allowed, uint64_t held,
                                                tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_CREATE_TOKEN_PRIVILEGE));

    next.flags = flags_with(next.flags, TSR_TOKEN_VIRTUALIZE_ALLOWED, allowed);
    if (!allowed) {
        next.flags &= ~TSR_TOKEN_VIRTUALIZE_ENABLED;
    }
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_virtualization_enabled(const tsr_token *token, bool enabled,
                                                tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    REQUIRE(next.flags & TSR_TOKEN_VIRTUALIZE_ALLOWED, STATUS_INVALID_PARAMETER);

    next.flags = flags_with(next.flags, TSR_TOKEN_VIRTUALIZE_ENABLED, enabled);
    return token_adjusted(token, &next, ret_token);
}

tsr_status tsr_token_set_local_claims(const tsr_token *token, const tsr_claim *claims,
                                      size_t n_claims, uint64_t held, tsr_token **ret_token)
{
    tsr_token_spec next = token_state_spec(token->state);

    TRY(check_held(held, SE_TCB_PRIVILEGE));

    next.local_claims = claims;
    next.n_local_claims = n_claims;
    return token_adjusted(token, &next, ret_token);
}
