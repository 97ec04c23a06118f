/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Handles of tokens for tests of Win32 functions: token.md 0.3, h(X, rights)
 */

#include "object/test-services.h"
#include "win32/test-support.h"

/** h(X, rights); the test runs in alice's process unless it says otherwise. */
static inline HANDLE win_h(tsr_token *take_token, DWORD rights)
{
    return (HANDLE)(uintptr_t)h(take_token, rights);
}

/* The rights that a handle was granted. */
static inline uint32_t win_rights(HANDLE handle)
{
    return rights_of((handle_t)(uintptr_t)handle);
}

/** A pair as logging on makes it. */
static inline void win_log_on(HANDLE *ret_full, HANDLE *ret_limited)
{
    handle_t limited = HANDLE_NONE;
    handle_t full = HANDLE_NONE;

    log_on(&full, &limited);
    *ret_full = (HANDLE)(uintptr_t)full;
    *ret_limited = (HANDLE)(uintptr_t)limited;
}

/* What GetTokenInformation tells of a fixed or varying size, up to this. */
typedef union told {
    BYTE bytes[8192];
    DWORD number;
    TOKEN_USER user;
    TOKEN_GROUPS groups;
    TOKEN_PRIVILEGES privileges;
    TOKEN_OWNER owner;
    TOKEN_PRIMARY_GROUP primary_group;
    TOKEN_DEFAULT_DACL default_dacl;
    TOKEN_SOURCE source;
    TOKEN_STATISTICS statistics;
    TOKEN_GROUPS_AND_PRIVILEGES groups_and_privileges;
    TOKEN_ACCESS_INFORMATION access;
    TOKEN_MANDATORY_LABEL label;
    TOKEN_LINKED_TOKEN linked;
    TOKEN_APPCONTAINER_INFORMATION app_container;
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION claims;
} told;

static inline DWORD ask(HANDLE token, TOKEN_INFORMATION_CLASS token_class, told *ret_told)
{
    DWORD size = 0;

    expect_true(GetTokenInformation(token, token_class, ret_told, sizeof(*ret_told), &size));
    return size;
}

static inline DWORD ask_number(HANDLE token, TOKEN_INFORMATION_CLASS token_class)
{
    told answer;

    assert_int_equal(ask(token, token_class, &answer), sizeof(DWORD));
    return answer.number;
}

static inline bool is_sid(PSID sid, const char *text)
{
    sid_room expected = sid_bytes(text);

    return EqualSid(sid, &expected);
}
