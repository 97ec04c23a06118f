/* SPDX-License-Identifier: MIT */
/* Access checks by token. */

#include "base/check.h"
#include "token/token.h"

/* Refused before the check: so is every type. */
COLD static tsr_access_result refused(const tsr_access_request *request, uint32_t code,
                                      uint32_t missing)
{
    for (size_t i = 0; request->types && i < request->n_types; i++) {
        request->types[i].status = tsr_status_of(code);
        request->types[i].granted = 0;
    }
    return (tsr_access_result){.status = tsr_status_of(code), .missing = missing};
}

tsr_access_result tsr_token_access_check(const tsr_token *token, const tsr_sd *sd,
                                         const tsr_access_request *request)
{
    if ((!request->types && request->n_types > 0) || request->n_types > TSR_OBJECT_TYPES_MAX) {
        return refused(request, STATUS_INVALID_PARAMETER, 0);
    }
    return access_check(&token->state->subject, sd, request);
}

tsr_access_result tsr_token_nt_access_check(const tsr_token *token, const tsr_sd *sd,
                                            const tsr_access_request *request)
{
    if (request->desired & GENERIC_RIGHTS) {
        return refused(request, STATUS_GENERIC_NOT_MAPPED, request->desired & GENERIC_RIGHTS);
    }
    if (!sd->owner || !sd->group) {
        return refused(request, STATUS_INVALID_SECURITY_DESCR, request->desired & ~MAXIMUM_ALLOWED);
    }
    if (request->desired == 0) {
        return refused(request, STATUS_ACCESS_DENIED, 0);
    }
    return tsr_token_access_check(token, sd, request);
}
