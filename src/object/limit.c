/* SPDX-License-Identifier: MIT */
/* What this process has forsworn. */

#include "object/limit.h"

#include <stdatomic.h>

#include <tessera/token-adjust.h>

#include "base/check.h"

#define KNOWN_LIMITS (TSR_LIMIT_NO_ADMINISTRATOR | TSR_LIMIT_RESTRICTED_ONLY)

static atomic_uint limits;

tsr_status tsr_process_limit(unsigned int added)
{
    REQUIRE((added & ~KNOWN_LIMITS) == 0, STATUS_INVALID_PARAMETER);
    (void)atomic_fetch_or(&limits, added);
    return TSR_OK;
}

tsr_status limit_check(const tsr_token *token)
{
    const unsigned int now = atomic_load(&limits);

    REQUIRE(!(now & TSR_LIMIT_NO_ADMINISTRATOR) || !tsr_token_is_admin(token),
            STATUS_ACCESS_DENIED);
    REQUIRE(!(now & TSR_LIMIT_RESTRICTED_ONLY) || tsr_token_is_restricted(token),
            STATUS_ACCESS_DENIED);
    return TSR_OK;
}
