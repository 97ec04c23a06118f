/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Allocations that fail when a test says so; link with --wrap=calloc,--wrap=realloc
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <support/expect.h>

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

static size_t n_allocations_left = SIZE_MAX; /* SIZE_MAX: never fail */
static bool allocation_fails_once;           /* and not all that follow too */

static bool allocation_fails(void)
{
    if (n_allocations_left == SIZE_MAX) {
        return false;
    }
    if (n_allocations_left == 0) {
        n_allocations_left = allocation_fails_once ? SIZE_MAX : 0;
        return true;
    }
    n_allocations_left--;
    return false;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}

/* Run @call_, which fills @output_, with each of its allocations failing in turn; the last run
 * succeeds. */
#define expect_no_memory_at_each_allocation(output_, call_) \
    do {                                                    \
        tsr_status status_;                                 \
        size_t n_;                                          \
        for (n_ = 0;; n_++) {                               \
            n_allocations_left = n_;                        \
            status_ = (call_);                              \
            n_allocations_left = SIZE_MAX;                  \
            if (tsr_ok(status_)) {                          \
                break;                                      \
            }                                               \
            expect_status(STATUS_NO_MEMORY, status_);       \
            assert_null(output_);                           \
        }                                                   \
        assert_true(n_ > 0);                                \
        assert_non_null(output_);                           \
    } while (0)
