/* SPDX-License-Identifier: MIT */
/* Access checks by token. */

#include "token/token.h"

static tsr_access_result refused(uint32_t code, uint32_t missing)
{
    return (tsr_access_result){.status = tsr_status_of(code), .missing = missing};
}

tsr_access_result tsr_token_access_check(const tsr_token *token, const tsr_sd *sd,
                                         const tsr_access_request *request)
{
    const struct access_request inner = {
        .desired = request->desired,
        .previously_granted = request->previously_granted,
        .mapping = request->mapping,
        .principal_self = request->principal_self,
        .backup_intent = request->backup_intent,
        .restore_intent = request->restore_intent,
    };

    return access_check(&token->state->subject, sd, &inner);
}

tsr_access_result tsr_token_nt_access_check(const tsr_token *token, const tsr_sd *sd,
                                            const tsr_access_request *request)
{
    if (request->desired & GENERIC_RIGHTS) {
        return refused(STATUS_GENERIC_NOT_MAPPED, request->desired & GENERIC_RIGHTS);
    }
    if (!sd->owner || !sd->group) {
        return refused(STATUS_INVALID_SECURITY_DESCR, request->desired & ~MAXIMUM_ALLOWED);
    }
    if (request->desired == 0) {
        return refused(STATUS_ACCESS_DENIED, 0);
    }
    return tsr_token_access_check(token, sd, request);
}
