/* SPDX-License-Identifier: MIT */
/* CheckTokenMembership and what else is asked about a token's SIDs (token.md 3.13). */

#include <tessera/token-adjust.h>

#include "token/token.h"

static bool matches_allow(const struct sid_set *set, const uint8_t *encoded_sid)
{
    return sid_set_matches(set, encoded_sid) & SID_MATCHES_ALLOW;
}

tsr_status tsr_token_check_membership(const tsr_token *token, const tsr_sid *sid,
                                      bool *ret_is_member)
{
    const struct subject *const subject = &token->state->subject;
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    *ret_is_member = false;
    REQUIRE(token->type == TSR_TOKEN_IMPERSONATION, STATUS_NO_IMPERSONATION_TOKEN);
    REQUIRE(token->level >= TSR_LEVEL_IDENTIFICATION, STATUS_BAD_IMPERSONATION_LEVEL);
    REQUIRE(token_sid_is_valid(sid), STATUS_INVALID_SID);
    TRY(tsr_sid_encode(sid, encoded, sizeof(encoded), &size));

    *ret_is_member = !subject->packages && matches_allow(subject->sids, encoded) &&
                     (!subject->restricting || matches_allow(subject->restricting, encoded));
    return TSR_OK;
}

bool tsr_token_is_admin(const tsr_token *token)
{
    return tsr_token_is_member(token, &TSR_SID_ADMINISTRATORS);
}

bool tsr_token_is_restricted(const tsr_token *token)
{
    return token->state->restricting;
}

bool tsr_token_has_restrictions(const tsr_token *token)
{
    return token->state->flags & TSR_TOKEN_IS_FILTERED;
}
