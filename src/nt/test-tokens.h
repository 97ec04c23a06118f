/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Handles of tokens for tests of native routines: token.md 0.3, h(X, rights)
 */

/* First: it compares statuses as numbers without sign. */
#include "object/test-services.h"

#include "nt/test-support.h"

static inline HANDLE nt_h(tsr_token *take_token, ACCESS_MASK rights)
{
    return (HANDLE)(uintptr_t)h(take_token, rights);
}

static inline uint32_t nt_rights(HANDLE handle)
{
    return rights_of((handle_t)(uintptr_t)handle);
}

static inline uint32_t nt_flags(HANDLE handle)
{
    uint32_t flags = UINT32_MAX;

    expect_ok(handle_get_flags((handle_t)(uintptr_t)handle, &flags));
    return flags;
}

#define NO_HANDLE ((HANDLE)(uintptr_t)0xdead)
