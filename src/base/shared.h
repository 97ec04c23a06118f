/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory that several objects own together
 *
 * A counted reference to it is a plain pointer. It is filled before a second owner gets one, and
 * never changed after.
 */

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"

struct shared_header {
    alignas(max_align_t) atomic_size_t n_refs;
};

/** Zeroed memory with one reference, owned by the caller; NULL: none left. */
static inline void *shared_new(size_t size)
{
    struct shared_header *const header =
        size <= SIZE_MAX - sizeof(*header) ? zeroed_new(sizeof(*header) + size) : NULL;

    if (!header) {
        return NULL;
    }
    atomic_init(&header->n_refs, 1);
    return header + 1;
}

/** Take a reference; accepts NULL. */
static inline void shared_ref(const void *shared)
{
    if (shared) {
        atomic_fetch_add_explicit(&((struct shared_header *)shared - 1)->n_refs, 1,
                                  memory_order_relaxed);
    }
}

/** Drop a reference, freeing the memory with the last; accepts NULL. @return NULL, always. */
static inline void *shared_unref(const void *shared)
{
    struct shared_header *const header = shared ? (struct shared_header *)shared - 1 : NULL;

    /* Release and acquire: every thread's use happens before the free. */
    if (header && atomic_fetch_sub_explicit(&header->n_refs, 1, memory_order_acq_rel) == 1) {
        free(header);
    }
    return NULL;
}
