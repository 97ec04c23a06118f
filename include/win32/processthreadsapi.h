/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Processes and threads, and what they act as
 *
 * There is one process, and threads of it: those that have called one of these functions.
 */

#include <minwindef.h>
#include <winnt.h>

TSR_BEGIN_DECLS

/* Pseudo handles, which need not be closed. */

WINBASEAPI HANDLE WINAPI GetCurrentProcess(VOID);
WINBASEAPI HANDLE WINAPI GetCurrentThread(VOID);

/* These three are for asking only: ERROR_INVALID_HANDLE elsewhere. */

FORCEINLINE HANDLE GetCurrentProcessToken(VOID)
{
    return (HANDLE)(LONG_PTR)-4;
}

FORCEINLINE HANDLE GetCurrentThreadToken(VOID)
{
    return (HANDLE)(LONG_PTR)-5;
}

FORCEINLINE HANDLE GetCurrentThreadEffectiveToken(VOID)
{
    return (HANDLE)(LONG_PTR)-6;
}

/* Those of Linux. */

WINBASEAPI DWORD WINAPI GetCurrentProcessId(VOID);
WINBASEAPI DWORD WINAPI GetCurrentThreadId(VOID);

/** @return NULL: ERROR_INVALID_PARAMETER (no such thread of this process), ERROR_ACCESS_DENIED */
WINBASEAPI HANDLE WINAPI OpenThread(_In_ DWORD dwDesiredAccess, _In_ BOOL bInheritHandle,
                                    _In_ DWORD dwThreadId);

WINADVAPI BOOL WINAPI OpenProcessToken(_In_ HANDLE ProcessHandle, _In_ DWORD DesiredAccess,
                                       _Out_ PHANDLE TokenHandle);

/**
 * Fails with ERROR_NO_TOKEN where the thread does not impersonate, and with
 * ERROR_CANT_OPEN_ANONYMOUS where it is anonymous.
 */
WINADVAPI BOOL WINAPI OpenThreadToken(_In_ HANDLE ThreadHandle, _In_ DWORD DesiredAccess,
                                      _In_ BOOL OpenAsSelf, _Out_ PHANDLE TokenHandle);

/**
 * What the process may not impersonate it impersonates at identification, without an error.
 *
 * @param Thread  NULL: the calling thread
 * @param Token   NULL: revert
 */
WINADVAPI BOOL WINAPI SetThreadToken(_In_opt_ PHANDLE Thread, _In_opt_ HANDLE Token);

TSR_END_DECLS
