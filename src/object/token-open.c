/* SPDX-License-Identifier: MIT */
/* Opening the tokens of processes and threads (token.md 3.3, 3.4). */

#include <stdlib.h>

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "token/token.h"

/* The rights to change a token. */
#define TOKEN_CHANGES \
    (TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS | TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID)

/* Open a handle to an object that may be there for others too. */
static tsr_status open_checked(struct object *object, const tsr_token *opener, uint32_t desired,
                               uint32_t flags, handle_t *ret_handle)
{
    uint32_t granted;

    TRY(object_check(object, opener, desired, &granted));
    TRY(handle_open(object, granted, flags, ret_handle));
    (void)object_ref(object);
    return TSR_OK;
}

static tsr_status open_own_token(const tsr_token *opener, uint32_t desired, uint32_t flags,
                                 handle_t *ret_handle)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;

    TRY(process_get_token(&token));
    return open_checked(&token->object, opener, desired, flags, ret_handle);
}

/* What is adjusted here would not be adjusted there. */
static tsr_status open_other_token(const struct other_process *process, const tsr_token *opener,
                                   uint32_t desired, uint32_t flags, handle_t *ret_handle)
{
    struct object *const token = &process->token->object;
    uint32_t granted;

    TRY(object_check(token, opener, desired, &granted));
    REQUIRE((tsr_map_generic(desired, &object_type_token.mapping) & TOKEN_CHANGES) == 0,
            STATUS_ACCESS_DENIED);
    TRY(handle_open(token, granted & ~TOKEN_CHANGES, flags, ret_handle));
    (void)object_ref(token);
    return TSR_OK;
}

tsr_status service_open_process_token(handle_t process, uint32_t desired, uint32_t flags,
                                      handle_t *ret_handle)
{
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;
    CLEANUP(object_unref) struct object *object = NULL;

    *ret_handle = HANDLE_NONE;
    TRY(process_by_handle(process, PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION,
                          &object));
    TRY(opening_token(&opener));
    if (process_is_ours(object)) {
        return open_own_token(opener, desired, flags, ret_handle);
    }
    return open_other_token(other_process_of(object), opener, desired, flags, ret_handle);
}

/* Who opens: the process itself, or whoever the calling thread is. */
static tsr_status choose_opener(bool as_self, tsr_token **ret_opener)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;

    if (!as_self) {
        return opening_token(ret_opener);
    }
    TRY(process_get_token(&primary));
    *ret_opener = token_object_get(primary);
    return TSR_OK;
}

/* The copy that stands in for a token which must not be opened itself. */
static tsr_status copy_for_opening(const struct impersonation *impersonation,
                                   struct token_object **ret_copy)
{
    CLEANUP(tsr_token_unref) tsr_token *client = token_object_get(impersonation->token);
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    tsr_token *copy;

    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    TRY(tsr_token_duplicate(client, TSR_TOKEN_IMPERSONATION, impersonation->level,
                            impersonation->effective_only, &copy));
    return token_object_new_private(copy, process, false, ret_copy);
}

/* Open a copy and let the thread impersonate it. @param ret_again  it impersonates another by now
 */
static tsr_status open_copy(struct thread *thread, const struct impersonation *impersonation,
                            const tsr_token *opener, uint32_t desired, uint32_t flags,
                            handle_t *ret_handle, bool *ret_again)
{
    CLEANUP(token_object_unref) struct token_object *copy = NULL;
    struct impersonation next = {
        .effective_only = impersonation->effective_only,
        .level = impersonation->level,
    };
    handle_t handle;

    TRY(copy_for_opening(impersonation, &copy));
    TRY(open_checked(&copy->object, opener, desired, flags, &handle));
    next.token = token_object_ref(copy);
    if (!thread_replace_impersonation(thread, impersonation, next)) {
        impersonation_deinit(&next);
        *ret_again = true;
        TRY(handle_set_flags(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
        return handle_close(handle);
    }
    *ret_again = false;
    *ret_handle = handle;
    return TSR_OK;
}

/* One attempt; another is needed where the thread came to impersonate another meanwhile. */
static tsr_status try_open(struct thread *thread, uint32_t desired, bool as_self, uint32_t flags,
                           handle_t *ret_handle, bool *ret_again)
{
    CLEANUP(impersonation_deinit) struct impersonation impersonation = {.token = NULL};
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;

    thread_get_impersonation(thread, &impersonation);
    REQUIRE(impersonation.token, STATUS_NO_TOKEN);
    REQUIRE(impersonation.level != TSR_LEVEL_ANONYMOUS, STATUS_CANT_OPEN_ANONYMOUS);
    TRY(choose_opener(as_self, &opener));
    if (impersonation.copy_on_open) {
        return open_copy(thread, &impersonation, opener, desired, flags, ret_handle, ret_again);
    }
    *ret_again = false;
    return open_checked(&impersonation.token->object, opener, desired, flags, ret_handle);
}

tsr_status service_open_thread_token(handle_t thread_handle, uint32_t desired, bool as_self,
                                     uint32_t flags, handle_t *ret_handle)
{
    CLEANUP(thread_unref) struct thread *thread = NULL;
    bool again = true;

    *ret_handle = HANDLE_NONE;
    TRY(thread_by_handle(thread_handle, THREAD_QUERY_INFORMATION | THREAD_QUERY_LIMITED_INFORMATION,
                         &thread));
    while (again) {
        TRY(try_open(thread, desired, as_self, flags, ret_handle, &again));
    }
    return TSR_OK;
}
