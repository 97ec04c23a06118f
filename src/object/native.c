/* SPDX-License-Identifier: MIT */
/* Impersonation for programs of ours: without handles, and failing instead of downgrading. */

#include <tessera/impersonation.h>

#include "object/impersonate.h"
#include "object/limit.h"
#include "token/token.h"

tsr_status tsr_process_set_token(tsr_token *token)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;

    REQUIRE(token, STATUS_INVALID_PARAMETER);
    REQUIRE(token->type == TSR_TOKEN_PRIMARY, STATUS_BAD_TOKEN_TYPE);
    TRY(limit_check(token));
    TRY(token_object_new_private(tsr_token_ref(token), token, true, &object));
    return process_init(object);
}

/* The token object of an impersonation that somebody may open later. */
static tsr_status object_to_impersonate(const tsr_token *token, tsr_impersonation_level level,
                                        struct token_object **ret_object)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    tsr_token *copy;

    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    TRY(tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION, level, false, &copy));
    return token_object_new_private(copy, process, true, ret_object);
}

tsr_status tsr_impersonate(tsr_token *token, tsr_impersonation_level level)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    struct thread *thread;

    REQUIRE(token, STATUS_INVALID_PARAMETER);
    TRY(thread_get_current(&thread));
    TRY(object_to_impersonate(token, level, &object));
    return impersonate(thread, object, false, false, level, DOWNGRADE_FAILS);
}

void tsr_revert(void)
{
    struct thread *thread = thread_if_any();

    /* A thread that never came here impersonates nobody. */
    if (thread) {
        revert(thread);
    }
}

/* The token of a thread, at the level of the thread. */
static tsr_status token_at_level(const struct effective_token *effective, tsr_token **ret_token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(effective->token);

    if (effective->type == TSR_TOKEN_PRIMARY ||
        (token->type == TSR_TOKEN_IMPERSONATION && token->level == effective->level)) {
        *ret_token = STEAL(token);
        return TSR_OK;
    }
    return tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION, effective->level, false, ret_token);
}

tsr_status tsr_thread_token(tsr_token **ret_token)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};
    struct thread *thread;

    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    REQUIRE(effective.type == TSR_TOKEN_IMPERSONATION, STATUS_NO_TOKEN);
    return token_at_level(&effective, ret_token);
}

tsr_status tsr_effective_token(tsr_token **ret_token)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};
    struct thread *thread;

    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    return token_at_level(&effective, ret_token);
}

/* Refused for want of a token: so is every type. */
static tsr_access_result refused(const tsr_access_request *request, tsr_status status)
{
    for (size_t i = 0; request->types && i < request->n_types; i++) {
        request->types[i].status = status;
        request->types[i].granted = 0;
    }
    return (tsr_access_result){.status = status, .missing = request->desired & ~MAXIMUM_ALLOWED};
}

tsr_access_result tsr_check_as_caller(const tsr_sd *sd, const tsr_access_request *request)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    const tsr_status status = opening_token(&token);

    if (tsr_failed(status)) {
        return refused(request, status);
    }
    return tsr_token_open_check(token, sd, request);
}
