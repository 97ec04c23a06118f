/* SPDX-License-Identifier: MIT */
/* Impersonating, and assigning primary tokens (token.md 3.15, 4.5 to 4.10). */

#include <stdlib.h>

#include "object/assignment.h"
#include "object/contexts.h"
#include "object/rights.h"
#include "object/services.h"
#include "object/session.h"
#include "token/token.h"

/* Let a thread impersonate an impersonation token itself, at its own level. */
static tsr_status put_on(struct thread *thread, struct token_object *token)
{
    CLEANUP(tsr_token_unref) tsr_token *value = token_object_get(token);

    REQUIRE(value->type == TSR_TOKEN_IMPERSONATION, STATUS_BAD_TOKEN_TYPE);
    return impersonate(thread, token, false, false, value->level, DOWNGRADE_SILENTLY);
}

tsr_status service_set_thread_token(handle_t thread_handle, handle_t token_handle)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    CLEANUP(thread_unref) struct thread *thread = NULL;

    TRY(thread_by_handle(thread_handle, THREAD_SET_THREAD_TOKEN, &thread));
    if (token_handle == HANDLE_NONE) {
        revert(thread);
        return TSR_OK;
    }
    TRY(token_by_handle(token_handle, TOKEN_IMPERSONATE, &token, NULL));
    return put_on(thread, token);
}

tsr_status service_revert_to_self(void)
{
    return service_set_thread_token(HANDLE_CURRENT_THREAD, HANDLE_NONE);
}

/* Let the calling thread impersonate a copy of @source. */
static tsr_status put_on_copy(struct token_object *source, tsr_impersonation_level level)
{
    CLEANUP(tsr_token_unref) tsr_token *value = token_object_get(source);
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *maker = NULL;
    CLEANUP(tsr_token_unref) tsr_token *copy = NULL;
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    struct thread *thread;

    TRY(thread_get_current(&thread));
    TRY(tsr_token_duplicate(value, TSR_TOKEN_IMPERSONATION, level, false, &copy));
    TRY(opening_token(&maker));
    TRY(token_object_new_sd(maker, NULL, &sd));
    TRY(token_object_new(copy, sd, &object));
    (void)STEAL(copy);
    return put_on(thread, object);
}

tsr_status service_impersonate_self(tsr_impersonation_level level)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;
    uint32_t granted;

    TRY(process_get_token(&primary));
    TRY(opening_token(&opener));
    TRY(object_check(&primary->object, opener, TOKEN_DUPLICATE, &granted));
    return put_on_copy(primary, level);
}

tsr_status service_impersonate_logged_on_user(handle_t token_handle)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    CLEANUP(tsr_token_unref) tsr_token *value = NULL;
    struct thread *thread;
    uint32_t granted;

    TRY(token_by_handle(token_handle, TOKEN_QUERY, &token, &granted));
    value = token_object_get(token);
    if (value->type == TSR_TOKEN_PRIMARY) {
        REQUIRE(granted & TOKEN_DUPLICATE, STATUS_ACCESS_DENIED);
        return put_on_copy(token, TSR_LEVEL_IMPERSONATION);
    }
    REQUIRE(granted & TOKEN_IMPERSONATE, STATUS_ACCESS_DENIED);
    TRY(thread_get_current(&thread));
    return put_on(thread, token);
}

/* The system's anonymous token (token.md 2.6). */
static tsr_status anonymous_token(bool with_everyone, tsr_token **ret_token)
{
    const tsr_group everyone = {TSR_SID_EVERYONE, TSR_GROUP_ORDINARY};
    const tsr_sid untrusted = TSR_SID_INTEGRITY(TSR_INTEGRITY_UNTRUSTED);
    const tsr_token_spec spec = {
        .user = TSR_SID_ANONYMOUS,
        .groups = &everyone,
        .n_groups = with_everyone ? 1 : 0,
        .integrity = &untrusted,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
        .authentication_id = SESSION_ANONYMOUS,
        .source = {"*SYSTEM*", 0},
    };

    return tsr_token_new(&spec, ret_token);
}

tsr_status service_impersonate_anonymous(handle_t thread_handle, bool with_everyone)
{
    CLEANUP(token_object_unref) struct token_object *anonymous = NULL;
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    CLEANUP(thread_unref) struct thread *thread = NULL;
    tsr_token *token;

    TRY(thread_by_handle(thread_handle, THREAD_IMPERSONATE, &thread));
    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    REQUIRE(!tsr_token_is_restricted(process), STATUS_ACCESS_DENIED);
    TRY(anonymous_token(with_everyone, &token));
    TRY(token_object_new_private(token, process, false, &anonymous));
    return impersonate(thread, anonymous, true, false, TSR_LEVEL_IMPERSONATION, DOWNGRADE_SILENTLY);
}

tsr_status service_impersonate_thread(handle_t server_handle, handle_t client_handle,
                                      const struct client_qos *qos)
{
    CLEANUP(client_context_deinit) struct client_context context = {0};
    CLEANUP(thread_unref) struct thread *server = NULL;
    CLEANUP(thread_unref) struct thread *client = NULL;

    TRY(thread_by_handle(server_handle, THREAD_IMPERSONATE, &server));
    TRY(thread_by_handle(client_handle, THREAD_DIRECT_IMPERSONATION, &client));
    TRY(client_context_create(client, qos, false, &context));
    return client_context_impersonate(&context, server);
}

tsr_status service_assign_process_token(handle_t process, handle_t token_handle)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    CLEANUP(tsr_token_unref) tsr_token *value = NULL;

    TRY(own_process_by_handle(process, PROCESS_SET_INFORMATION));
    TRY(token_by_handle(token_handle, TOKEN_ASSIGN_PRIMARY, &token, NULL));
    value = token_object_get(token);
    REQUIRE(value->type == TSR_TOKEN_PRIMARY, STATUS_BAD_TOKEN_TYPE);
    TRY(check_assignment(value, ASSIGN_BY_ENABLED));
    return process_assign(token);
}
