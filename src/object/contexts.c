/* SPDX-License-Identifier: MIT */
/* Subject contexts and client contexts (token.md 5). */

#include "object/contexts.h"

#include <tessera/token-adjust.h>

#include "token/token.h"

tsr_status subject_capture(struct thread *thread, struct subject_context *ret_context)
{
    struct impersonation impersonation = {.token = NULL};
    struct token_object *primary;

    TRY(process_get_token(&primary));
    if (thread) {
        thread_get_impersonation(thread, &impersonation);
    }
    *ret_context = (struct subject_context){
        .client = impersonation.token,
        .level = impersonation.level,
        .primary = primary,
    };
    return TSR_OK;
}

void subject_deinit(struct subject_context *context)
{
    context->client = token_object_unref(context->client);
    context->primary = token_object_unref(context->primary);
}

void subject_lock(const struct subject_context *context, struct subject_lock *ret_lock)
{
    *ret_lock = (struct subject_lock){
        .client = context->client ? token_object_get(context->client) : NULL,
        .primary = token_object_get(context->primary),
    };
}

void subject_unlock(struct subject_lock *lock)
{
    lock->client = tsr_token_unref(lock->client);
    lock->primary = tsr_token_unref(lock->primary);
}

/* Whether a server may not act for this client. */
static bool is_below_impersonation(const struct subject_context *context)
{
    return context->client && context->level < TSR_LEVEL_IMPERSONATION;
}

tsr_access_result subject_access_check(const struct subject_context *context, const tsr_sd *sd,
                                       const tsr_access_request *request)
{
    CLEANUP(subject_unlock) struct subject_lock lock = {0};

    if (is_below_impersonation(context)) {
        return (tsr_access_result){.status = tsr_status_of(STATUS_BAD_IMPERSONATION_LEVEL),
                                   .missing = request->desired & ~MAXIMUM_ALLOWED};
    }
    subject_lock(context, &lock);
    return tsr_token_open_check(subject_peek_token(&lock), sd, request);
}

bool subject_privilege_check(const struct subject_context *context, uint32_t control,
                             tsr_privilege_state *privileges, size_t n_privileges,
                             enum processor_mode mode)
{
    CLEANUP(subject_unlock) struct subject_lock lock = {0};
    bool held = false;

    if (is_below_impersonation(context)) {
        return false;
    }
    if (mode == MODE_KERNEL) {
        return true;
    }
    subject_lock(context, &lock);
    return tsr_ok(tsr_token_privilege_check(subject_peek_token(&lock), control, privileges,
                                            n_privileges, &held)) &&
           held;
}

bool single_privilege_check(uint32_t luid, enum processor_mode mode)
{
    CLEANUP(subject_deinit) struct subject_context context = {0};
    tsr_privilege_state privilege = {.luid = luid};
    struct thread *thread;

    if (tsr_failed(thread_get_current(&thread)) || tsr_failed(subject_capture(thread, &context))) {
        return false;
    }
    return subject_privilege_check(&context, PRIVILEGE_SET_ALL_NECESSARY, &privilege, 1, mode);
}

/* What of a client that impersonates may be handed on (5.2, step 3). */
static tsr_status check_level(const struct effective_token *client, const struct client_qos *qos,
                              bool is_remote)
{
    if (client->type == TSR_TOKEN_PRIMARY) {
        return TSR_OK;
    }
    REQUIRE(qos->level <= client->level, STATUS_BAD_IMPERSONATION_LEVEL);
    REQUIRE(client->level >= TSR_LEVEL_IMPERSONATION, STATUS_BAD_IMPERSONATION_LEVEL);
    REQUIRE(!is_remote || client->level == TSR_LEVEL_DELEGATION, STATUS_BAD_IMPERSONATION_LEVEL);
    return TSR_OK;
}

/* The client's token as it is now, whatever becomes of the client. */
static tsr_status snapshot_of(struct token_object *client, tsr_impersonation_level level,
                              struct token_object **ret_copy)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(client);
    tsr_token *copy;

    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    TRY(tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION, level, false, &copy));
    return token_object_new_private(copy, process, false, ret_copy);
}

static tsr_status create(const struct effective_token *client, const struct client_qos *qos,
                         bool is_remote, struct client_context *ret_context)
{
    struct client_context context = {
        .level = qos->level,
        .is_direct = qos->dynamic && !is_remote,
        .effective_only = client->effective_only || qos->effective_only,
        .is_remote = is_remote,
    };

    REQUIRE(qos->level <= TSR_LEVEL_DELEGATION, STATUS_INVALID_PARAMETER);
    TRY(check_level(client, qos, is_remote));
    if (context.is_direct) {
        context.token = token_object_ref(client->token);
    } else {
        TRY(snapshot_of(client->token, qos->level, &context.token));
    }
    *ret_context = context;
    return TSR_OK;
}

tsr_status client_context_create(struct thread *client, const struct client_qos *qos,
                                 bool is_remote, struct client_context *ret_context)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};

    TRY(effective_token_of(client, &effective));
    return create(&effective, qos, is_remote, ret_context);
}

tsr_status client_context_of_subject(const struct subject_context *subject,
                                     const struct client_qos *qos, bool is_remote,
                                     struct client_context *ret_context)
{
    const struct effective_token effective = {
        .token = subject->client ? subject->client : subject->primary,
        .type = subject->client ? TSR_TOKEN_IMPERSONATION : TSR_TOKEN_PRIMARY,
        .level = subject->level,
    };

    return create(&effective, qos, is_remote, ret_context);
}

void client_context_deinit(struct client_context *context)
{
    context->token = token_object_unref(context->token);
}

tsr_status client_context_impersonate(const struct client_context *context, struct thread *server)
{
    struct thread *thread = server;

    if (!thread) {
        TRY(thread_get_current(&thread));
    }
    return impersonate(thread, context->token, true, context->effective_only, context->level,
                       DOWNGRADE_SILENTLY);
}
