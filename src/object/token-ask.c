/* SPDX-License-Identifier: MIT */
/* What is asked of tokens (token.md 3.9, 3.11 to 3.13). */

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "token/token.h"

static bool has_logon_sid(const tsr_token *token)
{
    tsr_group group;

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if ((group.attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) {
            return true;
        }
    }
    return false;
}

tsr_status token_tells(const tsr_token *token, uint32_t token_class)
{
    REQUIRE(token_class != TOKEN_CLASS_IMPERSONATION_LEVEL ||
                token->type == TSR_TOKEN_IMPERSONATION,
            STATUS_INVALID_PARAMETER);
    REQUIRE(token_class != TOKEN_CLASS_LOGON_SID || has_logon_sid(token), STATUS_NOT_FOUND);
    return TSR_OK;
}

tsr_status service_query_token(handle_t handle, uint32_t token_class, tsr_token **ret_token)
{
    const struct token_class_entry *entry = token_class_find(token_class);
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    REQUIRE(entry && entry->query_rights, STATUS_INVALID_INFO_CLASS);
    TRY(token_for_query(handle, entry->query_rights, &token));
    TRY(token_tells(token, token_class));
    *ret_token = STEAL(token);
    return TSR_OK;
}

tsr_status service_privilege_check(handle_t handle, uint32_t control,
                                   tsr_privilege_state *privileges, size_t n_privileges,
                                   bool *ret_held)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    TRY(token_for_query(handle, TOKEN_QUERY, &token));
    return tsr_token_privilege_check(token, control, privileges, n_privileges, ret_held);
}

tsr_status service_compare_tokens(handle_t first, handle_t second, bool *ret_equal)
{
    CLEANUP(tsr_token_unref) tsr_token *a = NULL;
    CLEANUP(tsr_token_unref) tsr_token *b = NULL;

    TRY(token_for_query(first, TOKEN_QUERY, &a));
    TRY(token_for_query(second, TOKEN_QUERY, &b));
    return tsr_token_compare(a, b, ret_equal);
}

/* What a thread acts by, for asking what it is a member of. */
static tsr_status acting_token(tsr_token **ret_token)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    struct thread *thread;

    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    token = token_object_get(effective.token);
    if (token->type == TSR_TOKEN_IMPERSONATION) {
        *ret_token = STEAL(token);
        return TSR_OK;
    }
    return tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION,
                               effective.type == TSR_TOKEN_PRIMARY ? TSR_LEVEL_IDENTIFICATION
                                                                   : effective.level,
                               false, ret_token);
}

/* @param handle  HANDLE_NONE: what the thread acts by */
static tsr_status token_for_membership(handle_t handle, tsr_token **ret_token)
{
    return handle == HANDLE_NONE ? acting_token(ret_token)
                                 : token_for_query(handle, TOKEN_QUERY, ret_token);
}

tsr_status service_check_membership(handle_t handle, const tsr_sid *sid, uint32_t flags,
                                    bool *ret_is_member)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    *ret_is_member = false;
    TRY(token_for_membership(handle, &token));
    return tsr_token_check_membership_ex(token, sid, flags, ret_is_member);
}

tsr_status service_check_capability(handle_t handle, const tsr_sid *capability,
                                    bool *ret_has_capability)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    *ret_has_capability = false;
    TRY(token_for_membership(handle, &token));
    return tsr_token_check_capability(token, capability, ret_has_capability);
}
