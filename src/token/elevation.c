/* SPDX-License-Identifier: MIT */
/* Elevation, and the limited token of an administrator (token.md 6). */

#include <tessera/token-adjust.h>

#include "token/token.h"

bool tsr_token_is_elevated(const tsr_token *token)
{
    switch (token->state->elevation) {
    case TSR_ELEVATION_FULL:
        return true;
    case TSR_ELEVATION_DEFAULT:
        return tsr_token_is_admin(token);
    case TSR_ELEVATION_LIMITED:
        return false;
    }
    return false;
}

tsr_status tsr_token_split(const tsr_token *full, uint64_t authentication_id,
                           tsr_token **ret_limited)
{
    const tsr_token_filter_spec lua = {.flags = LUA_TOKEN};
    CLEANUP(tsr_token_unref) tsr_token *filtered = NULL;
    struct token_state *next;

    REQUIRE(full->state->elevation == TSR_ELEVATION_FULL, STATUS_INVALID_PARAMETER);
    TRY(tsr_token_filter(full, &lua, &filtered));
    TRY(token_state_copy(filtered->state, &next));

    next->elevation = TSR_ELEVATION_LIMITED;
    next->authentication_id = authentication_id;
    if (next->subject.integrity) {
        next->subject.mandatory_policy |= TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN;
    }
    return token_derived(full, next, ret_limited);
}
