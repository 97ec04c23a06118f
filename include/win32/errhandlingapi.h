/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The last error, which each thread has for itself
 *
 * A function that fails sets it; one that succeeds leaves it alone, unless Microsoft's
 * documentation of it says otherwise.
 */

#include <minwindef.h>

TSR_BEGIN_DECLS

/** @return ERROR_… of the last failure in this thread; 0 in a new thread */
WINBASEAPI DWORD WINAPI GetLastError(VOID);

WINBASEAPI VOID WINAPI SetLastError(_In_ DWORD dwErrCode);

TSR_END_DECLS
