/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who may let a process go on, or begin, as whom (token.md 3.15)
 */

#include <tessera/token.h>

/* Which of the caller's privileges count. */
enum assign_by {
    ASSIGN_BY_ENABLED,
    ASSIGN_BY_HELD, /* for a new process: those that are disabled are enabled for it */
};

/**
 * Whether the calling thread may assign a primary token: that of its process, and what was made of
 * it or of the same one without being more than it is now; all others by
 * SeAssignPrimaryTokenPrivilege.
 *
 * @return STATUS_ACCESS_DENIED (forsworn: limit.h), STATUS_PRIVILEGE_NOT_HELD, as
 * process_get_token()
 */
tsr_status check_assignment(const tsr_token *token, enum assign_by by);
