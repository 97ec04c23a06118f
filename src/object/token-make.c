/* SPDX-License-Identifier: MIT */
/* Making tokens (token.md 3.1, 3.5, 3.6, 3.14, 6). */

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "object/session.h"
#include "token/token.h"

static tsr_status require_privilege(uint32_t luid)
{
    uint64_t held;

    TRY(caller_privileges(&held));
    REQUIRE(held & TSR_PRIVILEGE_BIT(luid), STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

/* The logon session is looked at before owner and primary group (3.1, steps 6 to 8). */
static tsr_status create(const tsr_token_spec *spec, tsr_token **ret_token)
{
    const tsr_status status = tsr_token_new(spec, ret_token);

    if (status.code == STATUS_INVALID_OWNER || status.code == STATUS_INVALID_PRIMARY_GROUP) {
        TRY(tsr_session_ref(spec->authentication_id));
        tsr_session_unref(spec->authentication_id);
    }
    return status;
}

/* High privileges go with a high level (7.4): setting the level that there is takes them away. */
static tsr_status without_high_privileges(const tsr_sid *integrity, tsr_token **token)
{
    CLEANUP(tsr_token_unref) tsr_token *made = *token;

    *token = NULL;
    return tsr_token_set_integrity(made, integrity, 0, token);
}

tsr_status service_create_token(const tsr_token_spec *spec, const struct handle_request *request,
                                handle_t *ret_handle)
{
    const tsr_sid medium = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;
    tsr_token_spec complete = *spec;
    tsr_token *token;

    *ret_handle = HANDLE_NONE;
    REQUIRE(spec->type == TSR_TOKEN_PRIMARY || spec->type == TSR_TOKEN_IMPERSONATION,
            STATUS_BAD_TOKEN_TYPE);
    TRY(require_privilege(SE_CREATE_TOKEN_PRIVILEGE));
    TRY(opening_token(&caller));
    complete.session_id = caller->state->session_id;
    complete.integrity = spec->integrity ? spec->integrity : &medium;
    TRY(create(&complete, &token));
    TRY(without_high_privileges(complete.integrity, &token));
    return handle_to_new_token(token, request, ret_handle);
}

/* Without a quality of service: the source's level, and anonymous of a primary token. */
static tsr_impersonation_level level_of(const struct duplicate_request *request,
                                        const tsr_token *source)
{
    if (request->has_level) {
        return request->level;
    }
    return source->type == TSR_TOKEN_IMPERSONATION ? source->level : TSR_LEVEL_ANONYMOUS;
}

tsr_status service_duplicate_token(handle_t source, const struct duplicate_request *request,
                                   handle_t *ret_handle)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    struct handle_request handle = request->handle;
    tsr_token *copy;
    uint32_t granted;

    *ret_handle = HANDLE_NONE;
    REQUIRE(request->type == TSR_TOKEN_PRIMARY || request->type == TSR_TOKEN_IMPERSONATION,
            STATUS_INVALID_PARAMETER);
    TRY(token_by_handle(source, TOKEN_DUPLICATE, &object, &granted));
    token = token_object_get(object);
    TRY(tsr_token_duplicate(token, request->type, level_of(request, token), request->effective_only,
                            &copy));
    handle.desired = handle.desired ? handle.desired : granted;
    return handle_to_new_token(copy, &handle, ret_handle);
}

tsr_status service_filter_token(handle_t source, const tsr_token_filter_spec *spec,
                                handle_t *ret_handle)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;
    tsr_token_filter_spec complete = *spec;
    struct handle_request request = {.sd = NULL};
    tsr_token *filtered;

    *ret_handle = HANDLE_NONE;
    REQUIRE(
        !(spec->flags & ~(DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)),
        STATUS_INVALID_PARAMETER);
    TRY(token_by_handle(source, TOKEN_DUPLICATE, &object, &request.desired));
    token = token_object_get(object);
    /* Who asks matters to nothing else, and is asked again for the handle. */
    if (spec->flags & SANDBOX_INERT) {
        TRY(opening_token(&caller));
        complete.caller = caller;
    }
    TRY(tsr_token_filter(token, &complete, &filtered));
    return handle_to_new_token(filtered, &request, ret_handle);
}

tsr_status service_create_lowbox_token(handle_t source, const tsr_lowbox_spec *spec,
                                       const struct handle_request *request, handle_t *ret_handle)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    struct handle_request handle = *request;
    tsr_token *lowbox;

    *ret_handle = HANDLE_NONE;
    TRY(token_by_handle(source, TOKEN_DUPLICATE, &object, NULL));
    token = token_object_get(object);
    TRY(tsr_token_new_lowbox(token, spec, &lowbox));
    handle.package = &spec->package;
    return handle_to_new_token(lowbox, &handle, ret_handle);
}

/* A token of its own for who asks, to use or to look at. */
static tsr_status copy_linked(const tsr_token *linked, tsr_token **ret_copy)
{
    uint64_t held;

    TRY(caller_privileges(&held));
    if (held & TSR_PRIVILEGE_BIT(SE_TCB_PRIVILEGE)) {
        return tsr_token_duplicate(linked, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, false, ret_copy);
    }
    return tsr_token_duplicate(linked, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IDENTIFICATION, false,
                               ret_copy);
}

tsr_status service_query_linked_token(handle_t source, handle_t *ret_handle)
{
    const struct handle_request request = {.desired = TOKEN_ALL_ACCESS};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(tsr_token_unref) tsr_token *linked = NULL;
    tsr_token *copy;

    *ret_handle = HANDLE_NONE;
    TRY(token_for_query(source, TOKEN_QUERY, &token));
    REQUIRE(token->state->elevation != TSR_ELEVATION_DEFAULT, STATUS_NO_SUCH_LOGON_SESSION);
    TRY(session_get_linked(token->state->authentication_id, &linked));
    TRY(copy_linked(linked, &copy));
    return handle_to_new_token(copy, &request, ret_handle);
}
