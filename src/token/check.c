/* SPDX-License-Identifier: MIT */
/* Access checks by token. */

#include "base/check.h"
#include "sec/audit.h"
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
    return access_check(&token->state->subject, sd, request);
}

tsr_access_result tsr_token_open_check(const tsr_token *token, const tsr_sd *sd,
                                       const tsr_access_request *request)
{
    if (token->type == TSR_TOKEN_IMPERSONATION && token->level < TSR_LEVEL_IMPERSONATION) {
        return refused(request, STATUS_BAD_IMPERSONATION_LEVEL,
                       request->desired & ~MAXIMUM_ALLOWED);
    }
    return tsr_token_access_check(token, sd, request);
}

/* Why the system call does not even begin; STATUS_SUCCESS if it does. */
static uint32_t nt_refusal(const tsr_token *token, const tsr_sd *sd,
                           const tsr_access_request *request)
{
    if (request->desired & GENERIC_RIGHTS) {
        return STATUS_GENERIC_NOT_MAPPED;
    }
    if (token->type != TSR_TOKEN_IMPERSONATION) {
        return STATUS_NO_IMPERSONATION_TOKEN;
    }
    if (token->level < TSR_LEVEL_IDENTIFICATION) {
        return STATUS_BAD_IMPERSONATION_LEVEL;
    }
    if (!sd->owner || !sd->group) {
        return STATUS_INVALID_SECURITY_DESCR;
    }
    return request->desired == 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

tsr_access_result tsr_token_nt_access_check(const tsr_token *token, const tsr_sd *sd,
                                            const tsr_access_request *request)
{
    const uint32_t refusal = nt_refusal(token, sd, request);

    if (refusal != STATUS_SUCCESS) {
        return refused(request, refusal, request->desired & ~MAXIMUM_ALLOWED);
    }
    return tsr_token_access_check(token, sd, request);
}

void tsr_token_audit(const tsr_token *token, const tsr_sd *sd, const tsr_access_request *request,
                     const tsr_access_result *result, uint32_t policy, const tsr_audit_sink *sink)
{
    audit_tell(&token->state->subject, sd, request, result, policy, sink);
}
