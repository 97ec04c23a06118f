/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Behind the native API: statuses, and structures whose sizes are believed
 */

#include <ntifs.h>

#include "base/check.h"
#include "sec/ace.h"

/* The name that drivers call a routine by. */
#define ZW_NAME(zw_, nt_) extern __typeof__(nt_) zw_ __attribute__((alias(#nt_)))

static inline NTSTATUS nt_status(tsr_status status)
{
    return (NTSTATUS)status.code;
}

/** View an ACL in the caller's memory. @return STATUS_INVALID_ACL, also for NULL */
static inline tsr_status acl_view_of(const ACL *acl, tsr_acl *ret_view)
{
    REQUIRE(acl, STATUS_INVALID_ACL);
    return tsr_acl_view(acl, acl->AclSize, ret_view);
}

/** Where in an ACL an ACE begins; that behind the last: where its ACEs end. */
static inline size_t acl_offset_of(const tsr_acl *view, size_t index)
{
    const uint8_t *ace = acl_first(view);

    for (size_t i = 0; i < index; i++) {
        ace = ace_after(ace);
    }
    return (size_t)(ace - view->bytes);
}
