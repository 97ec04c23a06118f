/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Statuses as Win32 reports them: a code, or FALSE and the thread's last error
 */

#include <winternl.h>

#include <tessera/status.h>

/** The error code of a status: the one table. */
DWORD error_of(tsr_status status);

/** Report by the last error, which a success leaves alone. @return whether it is a success */
BOOL error_report(tsr_status status);

/** The same for what a native routine returned. */
BOOL error_report_nt(NTSTATUS status);

/** Report this error. @return FALSE, always */
BOOL error_fail(DWORD error);
