/* SPDX-License-Identifier: MIT */
/* Who may let a process go on, or begin, as whom. */

#include "object/assignment.h"

#include "object/impersonate.h"
#include "object/limit.h"
#include "token/token.h"

/* Every privilege of a token, enabled or not. */
static uint64_t held_privileges(const tsr_token *token)
{
    uint64_t held = 0;
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(token, i, &privilege); i++) {
        held |= TSR_PRIVILEGE_BIT(privilege.luid);
    }
    return held;
}

/* Whether a SID is that of the token's user or of one of its groups. */
static bool find_member(const struct token_state *state, const tsr_sid *sid,
                        uint32_t *ret_attributes)
{
    uint32_t place;

    if (!group_list_find(state->members, sid, &place) || place > state->n_groups) {
        return false;
    }
    *ret_attributes = state->members->attributes[place];
    return true;
}

/* Whether all that could allow a token something could allow it the process. */
static bool has_no_more_groups(const struct token_state *token, const struct token_state *process)
{
    for (uint32_t i = TOKEN_USER_PLACE; i <= token->n_groups; i++) {
        const tsr_sid sid = group_list_get_sid(token->members, i);
        uint32_t attributes;

        if (!(token->members->attributes[i] & SE_GROUP_USE_FOR_DENY_ONLY) &&
            (!find_member(process, &sid, &attributes) || attributes & SE_GROUP_USE_FOR_DENY_ONLY)) {
            return false;
        }
    }
    return true;
}

/* Whether all that denies the process something, and cannot be disabled, is there to deny it. */
static bool has_no_less_denials(const struct token_state *token, const struct token_state *process)
{
    for (uint32_t i = TOKEN_USER_PLACE; i <= process->n_groups; i++) {
        const uint32_t fixed = SE_GROUP_MANDATORY | SE_GROUP_USE_FOR_DENY_ONLY;
        const tsr_sid sid = group_list_get_sid(process->members, i);
        uint32_t attributes;

        if (process->members->attributes[i] & fixed && !find_member(token, &sid, &attributes)) {
            return false;
        }
    }
    return true;
}

/* Made of the process's token, or of the same one as that. */
static bool is_kin(const tsr_token *token, const tsr_token *process)
{
    return token->state->parent_token_id == process->token_id ||
           (token->state->parent_token_id == process->state->parent_token_id &&
            token->state->authentication_id == process->state->authentication_id);
}

/* The process may have become less since its kin was made: that is no way back up. */
static bool is_related(const tsr_token *token, const tsr_token *process)
{
    return token->token_id == process->token_id ||
           (is_kin(token, process) && is_no_more_than(token, process) &&
            has_no_more_groups(token->state, process->state) &&
            has_no_less_denials(token->state, process->state) &&
            (held_privileges(token) & ~held_privileges(process)) == 0);
}

static tsr_status check_held(void)
{
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;

    REQUIRE(tsr_ok(opening_token(&caller)), STATUS_PRIVILEGE_NOT_HELD);
    REQUIRE(held_privileges(caller) & TSR_PRIVILEGE_BIT(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE),
            STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

tsr_status check_assignment(const tsr_token *token, enum assign_by by)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    uint64_t enabled;

    TRY(limit_check(token));
    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    if (is_related(token, process)) {
        return TSR_OK;
    }
    if (by == ASSIGN_BY_HELD) {
        return check_held();
    }
    TRY(caller_privileges(&enabled));
    REQUIRE(enabled & TSR_PRIVILEGE_BIT(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE),
            STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}
