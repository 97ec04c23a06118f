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

/* What was made of the same token as the process's is no way up. */
static bool is_sibling(const tsr_token *token, const tsr_token *process)
{
    return token->state->parent_token_id == process->state->parent_token_id &&
           token->state->authentication_id == process->state->authentication_id &&
           is_no_more_than(token, process) &&
           (held_privileges(token) & ~held_privileges(process)) == 0;
}

static bool is_related(const tsr_token *token, const tsr_token *process)
{
    return token->token_id == process->token_id ||
           token->state->parent_token_id == process->token_id || is_sibling(token, process);
}

static tsr_status check_held(void)
{
    const uint64_t needed = TSR_PRIVILEGE_BIT(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE) |
                            TSR_PRIVILEGE_BIT(SE_INCREASE_QUOTA_PRIVILEGE);
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;

    REQUIRE(tsr_ok(opening_token(&caller)), STATUS_PRIVILEGE_NOT_HELD);
    REQUIRE((held_privileges(caller) & needed) == needed, STATUS_PRIVILEGE_NOT_HELD);
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
