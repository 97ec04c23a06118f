/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tests of Win32 functions share: SIDs and ACLs in the caller's memory, and last errors
 */

#include <windows.h>

#include <winerror.h>

#include <support/expect.h>

/** The call returns FALSE, and the last error is this one. */
#define expect_error(error_, call_)                 \
    do {                                            \
        SetLastError(0xdead);                       \
        assert_int_equal((call_), FALSE);           \
        assert_int_equal(GetLastError(), (error_)); \
    } while (0)

/** The call returns TRUE and leaves the last error alone. */
#define expect_true(call_)                        \
    do {                                          \
        SetLastError(0xdead);                     \
        assert_int_equal((call_), TRUE);          \
        assert_int_equal(GetLastError(), 0xdead); \
    } while (0)

typedef struct sid_room {
    DWORD bytes[SECURITY_MAX_SID_SIZE / sizeof(DWORD)];
} sid_room;

static inline sid_room sid_bytes(const char *text)
{
    const tsr_sid sid = sid_of(text);
    sid_room room = {0};
    size_t size;

    expect_ok(tsr_sid_encode(&sid, room.bytes, sizeof(room.bytes), &size));
    return room;
}

/* An ACL with 256 bytes. */
typedef union acl_room {
    ACL acl;
    DWORD bytes[64];
} acl_room;

static inline acl_room acl_empty(void)
{
    acl_room room = {0};

    expect_true(InitializeAcl(&room.acl, sizeof(room), ACL_REVISION));
    return room;
}
