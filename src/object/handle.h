/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The handle table of this process
 *
 * A handle is the number of a place in the table together with the place's generation, which goes
 * up whenever a handle is closed: a handle that is stale, foreign or closed twice is invalid, never
 * somebody else's object. Looking a handle up takes no lock.
 *
 * Handles are multiples of four, as programs expect, and significant in all 64 bits.
 */

#include <stdbool.h>
#include <stdint.h>

#include "object/object.h"

typedef uint64_t handle_t;

#define HANDLE_NONE            UINT64_C(0)
#define HANDLE_CURRENT_PROCESS UINT64_C(0xffffffffffffffff) /* -1 */
#define HANDLE_CURRENT_THREAD  UINT64_C(0xfffffffffffffffe) /* -2 */
#define HANDLE_PROCESS_TOKEN   UINT64_C(0xfffffffffffffffc) /* -4 */
#define HANDLE_THREAD_TOKEN    UINT64_C(0xfffffffffffffffb) /* -5 */
#define HANDLE_EFFECTIVE_TOKEN UINT64_C(0xfffffffffffffffa) /* -6 */

static inline bool handle_is_pseudo(handle_t handle)
{
    return handle == HANDLE_CURRENT_PROCESS || handle == HANDLE_CURRENT_THREAD ||
           handle == HANDLE_PROCESS_TOKEN || handle == HANDLE_THREAD_TOKEN ||
           handle == HANDLE_EFFECTIVE_TOKEN;
}

#define HANDLE_FLAG_INHERIT            0x1u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x2u

#define HANDLES_MAX (1u << 24)

/**
 * Make a handle.
 *
 * @param take_object  the handle's reference; kept by the caller on failure
 * @param flags        HANDLE_FLAG_…
 * @param ret_handle   untouched on failure
 * @return STATUS_NO_MEMORY, STATUS_INSUFFICIENT_RESOURCES (HANDLES_MAX)
 */
tsr_status handle_open(struct object *take_object, uint32_t granted, uint32_t flags,
                       handle_t *ret_handle);

/**
 * The object behind a handle, if it is of @type and the handle was granted @access.
 *
 * Pseudo handles are not looked at: whoever allows them asks first.
 *
 * @param type         NULL: any
 * @param ret_object   a new reference; untouched on failure
 * @param ret_granted  may be NULL
 * @return STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED, in this order
 */
tsr_status handle_reference(handle_t handle, const struct object_type *type, uint32_t access,
                            struct object **ret_object, uint32_t *ret_granted);

/** Close a handle. @return STATUS_INVALID_HANDLE, STATUS_HANDLE_NOT_CLOSABLE */
tsr_status handle_close(handle_t handle);

/** @return STATUS_INVALID_HANDLE */
tsr_status handle_get_flags(handle_t handle, uint32_t *ret_flags);

/** Replace those flags that are in @mask. @return STATUS_INVALID_HANDLE */
tsr_status handle_set_flags(handle_t handle, uint32_t mask, uint32_t flags);
