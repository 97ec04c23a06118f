/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tests of structures in the caller's memory share: SIDs, an ACL with room, and statuses
 */

#include <ntifs.h>

#include <support/expect.h>

/** The routine returns exactly this NTSTATUS. */
#define expect_nt(status_, call_) \
    expect_status((uint32_t)(status_), tsr_status_of((uint32_t)(call_)))

/* A SID of any length in the caller's memory. */
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

    expect_nt(STATUS_SUCCESS, RtlCreateAcl(&room.acl, sizeof(room), ACL_REVISION));
    return room;
}
