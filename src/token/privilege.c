/* SPDX-License-Identifier: MIT */
/* Privilege checks (token.md 3.11), and the privileges that go with an integrity level (7.4). */

#include <tessera/token-adjust.h>

#include "token/token.h"

/* Whether the rule of token.md 7.4 is kept, for which there is no evidence yet. */
#define PRIVILEGES_NEED_INTEGRITY true

/* Those that make an administrator, token.md 1.8. */
#define HIGH_PRIVILEGES                                                                      \
    (TSR_PRIVILEGE_BIT(SE_CREATE_TOKEN_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_TCB_PRIVILEGE) |    \
     TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE) |                                        \
     TSR_PRIVILEGE_BIT(SE_LOAD_DRIVER_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_BACKUP_PRIVILEGE) |  \
     TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_DEBUG_PRIVILEGE) |       \
     TSR_PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE) | \
     TSR_PRIVILEGE_BIT(SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE))

uint64_t token_privileges_usable(const tsr_sid *integrity)
{
    const bool is_below = integrity && integrity->sub_authorities[0] < TSR_INTEGRITY_HIGH;

    return PRIVILEGES_NEED_INTEGRITY && is_below ? ~HIGH_PRIVILEGES : UINT64_MAX;
}

void token_keep_privileges(struct token_state *state, uint64_t kept)
{
    uint8_t n_kept = 0;

    for (size_t i = 0; i < state->n_privileges; i++) {
        if (kept & TSR_PRIVILEGE_BIT(state->privileges[i].luid)) {
            state->privileges[n_kept++] = state->privileges[i];
        }
    }
    state->n_privileges = n_kept;
    state->subject.privileges &= kept;
}

static bool is_enabled(const tsr_token *token, uint32_t luid)
{
    return luid <= TSR_PRIVILEGE_LAST &&
           tsr_token_enabled_privileges(token) & TSR_PRIVILEGE_BIT(luid);
}

tsr_status tsr_token_privilege_check(const tsr_token *token, uint32_t control,
                                     tsr_privilege_state *privileges, size_t n_privileges,
                                     bool *ret_held)
{
    size_t n_held = 0;

    *ret_held = false;
    REQUIRE(token->type == TSR_TOKEN_PRIMARY || token->level >= TSR_LEVEL_IDENTIFICATION,
            STATUS_BAD_IMPERSONATION_LEVEL);
    REQUIRE(privileges || n_privileges == 0, STATUS_INVALID_PARAMETER);

    for (size_t i = 0; i < n_privileges; i++) {
        if (is_enabled(token, privileges[i].luid)) {
            privileges[i].attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            n_held++;
        }
    }
    *ret_held = control & PRIVILEGE_SET_ALL_NECESSARY ? n_held == n_privileges : n_held > 0;
    return TSR_OK;
}
