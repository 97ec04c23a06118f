/* SPDX-License-Identifier: MIT */
/* Duplicating and closing handles, and opening threads. */

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "token/token.h"

#define KNOWN_OPTIONS (DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS | DUPLICATE_SAME_ATTRIBUTES)

/* What both the caller and the process would be granted, were they to open the object. */
static tsr_status check_both(struct object *object, uint32_t desired, uint32_t *ret_granted)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;
    uint32_t by_caller;
    uint32_t by_process;

    TRY(opening_token(&opener));
    TRY(object_check(object, opener, desired, &by_caller));
    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    TRY(object_check(object, process, desired, &by_process));
    *ret_granted = by_caller & by_process;
    return TSR_OK;
}

/* The rights of the new handle: what was granted needs no check, more does. */
static tsr_status choose_rights(struct object *object, uint32_t granted,
                                const struct handle_duplicate_request *request,
                                uint32_t *ret_granted)
{
    const uint32_t desired = tsr_map_generic(request->desired, &object->type->mapping);

    if (request->options & DUPLICATE_SAME_ACCESS) {
        *ret_granted = granted;
        return TSR_OK;
    }
    if ((desired & ~granted) == 0) {
        *ret_granted = desired;
        return TSR_OK;
    }
    return check_both(object, desired, ret_granted);
}

static tsr_status choose_flags(handle_t source, const struct handle_duplicate_request *request,
                               uint32_t *ret_flags)
{
    *ret_flags = request->flags;
    if (!(request->options & DUPLICATE_SAME_ATTRIBUTES) || handle_is_pseudo(source)) {
        return TSR_OK;
    }
    return handle_get_flags(source, ret_flags);
}

static tsr_status duplicate(handle_t source, const struct handle_duplicate_request *request,
                            handle_t *ret_handle)
{
    CLEANUP(object_unref) struct object *object = NULL;
    uint32_t granted;
    uint32_t flags;

    TRY(object_by_handle(source, 0, &object, &granted));
    TRY(choose_rights(object, granted, request, &granted));
    TRY(choose_flags(source, request, &flags));
    TRY(handle_open(object, granted, flags, ret_handle));
    (void)STEAL(object);
    return TSR_OK;
}

tsr_status service_duplicate_handle(handle_t source, const struct handle_duplicate_request *request,
                                    handle_t *ret_handle)
{
    tsr_status status = TSR_OK;
    tsr_status closed = TSR_OK;

    if (ret_handle) {
        *ret_handle = HANDLE_NONE;
    }
    REQUIRE((request->options & ~KNOWN_OPTIONS) == 0, STATUS_INVALID_PARAMETER);
    TRY(own_process_by_handle(request->source_process, PROCESS_DUP_HANDLE));
    if (ret_handle) {
        status = own_process_by_handle(request->target_process, PROCESS_DUP_HANDLE);
    }
    if (ret_handle && tsr_ok(status)) {
        status = duplicate(source, request, ret_handle);
    }
    if (request->options & DUPLICATE_CLOSE_SOURCE) {
        closed = service_close(source);
    }
    return tsr_failed(status) || ret_handle ? status : closed;
}

tsr_status service_close(handle_t handle)
{
    return handle_is_pseudo(handle) ? TSR_OK : handle_close(handle);
}

tsr_status service_open_thread(pid_t id, uint32_t desired, uint32_t flags, handle_t *ret_handle)
{
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;
    CLEANUP(thread_unref) struct thread *thread = NULL;
    uint32_t granted;

    *ret_handle = HANDLE_NONE;
    thread = thread_find(id);
    REQUIRE(thread, STATUS_INVALID_CID);
    TRY(opening_token(&opener));
    TRY(object_check(&thread->object, opener, desired, &granted));
    TRY(handle_open(&thread->object, granted, flags, ret_handle));
    (void)STEAL(thread);
    return TSR_OK;
}
