/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The audit trail of this process
 *
 * AccessCheckAndAuditAlarm and its relatives write events: one line of JSON each. They go to
 * syslog(3), facility LOG_AUTHPRIV, until the program names a file descriptor. The man page
 * tsr_audit_log(3) lists what is in an event.
 *
 * Everything may be called from any thread.
 */

#include <stdint.h>

#include <tessera/audit.h>
#include <tessera/base.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/* No event is longer, so that each is in a pipe or a file as a whole. */
#define TSR_AUDIT_EVENT_MAX 4096

/**
 * Where events go from now on. Once this returns, the fd before is not used any more.
 *
 * What cannot be written to an fd fails the call that it is about, and nothing is granted;
 * syslog(3) does not tell. A pipe without reader raises SIGPIPE, unless that is ignored.
 *
 * @param fd  borrowed until it is replaced; open for writing, for a file that others write to as
 *            well with O_APPEND; -1: syslog
 * @return STATUS_INVALID_HANDLE (not open), STATUS_ACCESS_DENIED (not for writing); nothing has
 *         changed then
 */
TSR_PUBLIC tsr_status tsr_audit_log_to_fd(int fd);

/**
 * What access checks that audit report besides what SACLs ask for; at first nothing.
 *
 * @param policy  TSR_AUDIT_…
 * @return STATUS_INVALID_PARAMETER (unknown bits)
 */
TSR_PUBLIC tsr_status tsr_audit_log_set_policy(uint32_t policy);

TSR_END_DECLS
