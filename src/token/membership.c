/* SPDX-License-Identifier: MIT */
/* CheckTokenMembership and what else is asked about a token's SIDs (token.md 3.13). */

#include <tessera/token-adjust.h>

#include "token/token.h"

#define MEMBERSHIP_FLAGS (TSR_MEMBERSHIP_OF_PACKAGES | TSR_MEMBERSHIP_OF_LPACS)

static bool matches_allow(const struct sid_set *set, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    return tsr_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &size)) &&
           sid_set_matches(set, encoded) & SID_MATCHES_ALLOW;
}

/* Whether the flags let the token of an AppContainer be a member of anything. */
static bool packages_pass(const struct sid_set *packages, uint32_t flags)
{
    return !packages ||
           (flags & TSR_MEMBERSHIP_OF_PACKAGES && matches_allow(packages, &ALL_PACKAGES)) ||
           (flags & TSR_MEMBERSHIP_OF_LPACS && matches_allow(packages, &ALL_RESTRICTED_PACKAGES));
}

static tsr_status check_askable(const tsr_token *token)
{
    REQUIRE(token->type == TSR_TOKEN_IMPERSONATION, STATUS_NO_IMPERSONATION_TOKEN);
    REQUIRE(token->level >= TSR_LEVEL_IDENTIFICATION, STATUS_BAD_IMPERSONATION_LEVEL);
    return TSR_OK;
}

tsr_status tsr_token_check_membership_ex(const tsr_token *token, const tsr_sid *sid, uint32_t flags,
                                         bool *ret_is_member)
{
    const struct subject *const subject = &token->state->subject;

    *ret_is_member = false;
    REQUIRE((flags & ~MEMBERSHIP_FLAGS) == 0, STATUS_INVALID_PARAMETER);
    TRY(check_askable(token));
    REQUIRE(token_sid_is_valid(sid), STATUS_INVALID_SID);

    *ret_is_member = packages_pass(subject->packages, flags) && matches_allow(subject->sids, sid) &&
                     (!subject->restricting || matches_allow(subject->restricting, sid));
    return TSR_OK;
}

tsr_status tsr_token_check_membership(const tsr_token *token, const tsr_sid *sid,
                                      bool *ret_is_member)
{
    return tsr_token_check_membership_ex(token, sid, 0, ret_is_member);
}

tsr_status tsr_token_check_capability(const tsr_token *token, const tsr_sid *capability,
                                      bool *ret_has_capability)
{
    const struct sid_set *const packages = token->state->subject.packages;

    *ret_has_capability = false;
    TRY(check_askable(token));
    REQUIRE(token_sid_is_valid(capability), STATUS_INVALID_SID);
    REQUIRE(token_sid_is_capability(capability), STATUS_INVALID_PARAMETER);

    *ret_has_capability = packages && matches_allow(packages, capability);
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
