/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A Win32 example, compiled as it stands, that runs out of memory
 */

#include "token/test-allocation.h"
#include "win32/test-tokens.h"

static inline size_t n_primary_references(void)
{
    struct token_object *primary = NULL;
    size_t n;

    expect_ok(process_get_token(&primary));
    n = n_references(primary) - 1;
    (void)token_object_unref(primary);
    return n;
}

/* The calling thread acts by its process's token. */
static inline void expect_oneself(void)
{
    HANDLE token = NULL;

    expect_error(ERROR_NO_TOKEN, OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
}

/**
 * Each allocation of the example fails in turn: it says that a step failed, keeps no handle open,
 * and leaves the thread who it was. In the end none fails.
 */
static inline void expect_safe_without_memory(int example(void))
{
    const size_t n_before = n_primary_references();
    bool failed = true;

    for (size_t n = 0; failed; n++) {
        int result;

        allocation_fails_once = true;
        n_allocations_left = n;
        result = example();
        failed = n_allocations_left == SIZE_MAX;
        n_allocations_left = SIZE_MAX;
        assert_int_equal(result != 0, failed);
        expect_oneself();
        assert_int_equal(n_primary_references(), n_before);
    }
}
