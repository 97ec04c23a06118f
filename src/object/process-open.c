/* SPDX-License-Identifier: MIT */
/* Processes by number and by handle, and what becomes of them. */

#include <unistd.h>

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "token/token.h"

static tsr_status open_self(const tsr_token *opener, uint32_t desired, uint32_t flags,
                            handle_t *ret_handle)
{
    CLEANUP(object_unref) struct object *object = process_object();
    uint32_t granted;

    TRY(object_check(object, opener, desired, &granted));
    TRY(handle_open(object, granted, flags, ret_handle));
    (void)STEAL(object);
    return TSR_OK;
}

static tsr_status open_other(pid_t id, const tsr_token *opener, uint32_t desired, uint32_t flags,
                             handle_t *ret_handle)
{
    CLEANUP(other_process_unref) struct other_process *process = NULL;
    uint32_t granted;

    TRY(other_process_find(id, &process));
    TRY(object_check(&process->object, opener, desired, &granted));
    TRY(handle_open(&process->object, granted, flags, ret_handle));
    (void)STEAL(process);
    return TSR_OK;
}

tsr_status service_open_process(pid_t id, uint32_t desired, uint32_t flags, handle_t *ret_handle)
{
    CLEANUP(tsr_token_unref) tsr_token *opener = NULL;

    *ret_handle = HANDLE_NONE;
    TRY(opening_token(&opener));
    return id == getpid() ? open_self(opener, desired, flags, ret_handle)
                          : open_other(id, opener, desired, flags, ret_handle);
}

tsr_status service_terminate_process(handle_t handle, uint32_t exit_code)
{
    CLEANUP(other_process_unref) struct other_process *process = NULL;

    TRY(other_process_by_handle(handle, PROCESS_TERMINATE, &process));
    return other_process_end(process, exit_code);
}

tsr_status service_query_process_id(handle_t handle, pid_t *ret_id)
{
    CLEANUP(object_unref) struct object *process = NULL;

    TRY(process_by_handle(handle, PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION,
                          &process));
    *ret_id = process_is_ours(process) ? getpid() : other_process_of(process)->id;
    return TSR_OK;
}

tsr_status service_query_exit_code(handle_t handle, uint32_t *ret_code)
{
    CLEANUP(object_unref) struct object *process = NULL;

    TRY(process_by_handle(handle, PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION,
                          &process));
    if (process_is_ours(process)) {
        *ret_code = PROCESS_RUNS;
        return TSR_OK;
    }
    return other_process_exit_code(other_process_of(process), ret_code);
}

tsr_status service_wait_process(handle_t handle, int64_t milliseconds, bool *ret_has_ended)
{
    CLEANUP(other_process_unref) struct other_process *process = NULL;

    TRY(other_process_by_handle(handle, SYNCHRONIZE, &process));
    return other_process_wait(process, milliseconds, ret_has_ended);
}
