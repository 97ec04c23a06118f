/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From handles to what they mean, and from new tokens to handles
 *
 * Handles fail in this order: STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_ACCESS_DENIED (token.md 2.2). The pseudo handles of process and thread have all rights;
 * those of tokens are for queries only. Outputs are untouched on failure.
 */

#include "object/handle.h"
#include "object/other-process.h"
#include "object/process.h"

/** @param ret_token  a new reference @param ret_granted  may be NULL */
tsr_status token_by_handle(handle_t handle, uint32_t access, struct token_object **ret_token,
                           uint32_t *ret_granted);

/**
 * The token as it is now, also by a pseudo handle.
 *
 * @param ret_token  a new reference
 * @return STATUS_NO_TOKEN (HANDLE_THREAD_TOKEN of a thread that does not impersonate)
 */
tsr_status token_for_query(handle_t handle, uint32_t access, tsr_token **ret_token);

/**
 * A thread of ours.
 *
 * @param any_of  one of these rights is enough @param ret_thread  a new reference
 * @return STATUS_NOT_SUPPORTED (a thread of another process: what it does is its own affair)
 */
tsr_status thread_by_handle(handle_t handle, uint32_t any_of, struct thread **ret_thread);

/** Any process. @param any_of  one of these rights is enough @param ret_process  a new reference */
tsr_status process_by_handle(handle_t handle, uint32_t any_of, struct object **ret_process);

/** Whether a handle is of this process. @return STATUS_NOT_SUPPORTED (of another) */
tsr_status own_process_by_handle(handle_t handle, uint32_t any_of);

/** Whether a handle is of another process. @return STATUS_NOT_SUPPORTED (of this one) */
tsr_status other_process_by_handle(handle_t handle, uint32_t any_of,
                                   struct other_process **ret_process);

/**
 * Any object but a token by its pseudo handle.
 *
 * @param ret_object   a new reference
 * @param ret_granted  may be NULL
 */
tsr_status object_by_handle(handle_t handle, uint32_t access, struct object **ret_object,
                            uint32_t *ret_granted);

/* What a service that makes a token is asked for besides it. Zeroed: all defaults. */
struct handle_request {
    uint32_t desired;
    uint32_t flags;         /* HANDLE_FLAG_… */
    const tsr_sd *sd;       /* borrowed; NULL: the default (token.md 2.3) */
    const tsr_sid *package; /* borrowed; whom a DACL that was not asked for allows everything too */
};

/**
 * Open a handle to a new token.
 *
 * Its maker is granted what he asks for, MAXIMUM_ALLOWED being all: the descriptor is for those who
 * open it later. Only so can T-OBJ-3 and T-OBJ-4 both hold, where the DACL asked for allows its
 * maker nothing and he duplicates the token nevertheless.
 *
 * @param take_token  becomes the handle's, also on failure
 * @return STATUS_PRIVILEGE_NOT_HELD (ACCESS_SYSTEM_SECURITY), STATUS_BAD_IMPERSONATION_LEVEL (a
 *         thread below impersonation makes nothing), STATUS_NO_SUCH_LOGON_SESSION, as
 *         token_object_new_sd() and handle_open()
 */
tsr_status handle_to_new_token(tsr_token *take_token, const struct handle_request *request,
                               handle_t *ret_handle);
