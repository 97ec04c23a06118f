/* SPDX-License-Identifier: MIT */
/* Processes and threads, and what they act as. */

#include <processthreadsapi.h>

#include <sys/types.h>
#include <unistd.h>

#include <ntifs.h>
#include <securitybaseapi.h>
#include <winerror.h>

#include "object/services.h"
#include "win32/error.h"

HANDLE WINAPI GetCurrentProcess(VOID)
{
    return NtCurrentProcess();
}

HANDLE WINAPI GetCurrentThread(VOID)
{
    return NtCurrentThread();
}

DWORD WINAPI GetCurrentProcessId(VOID)
{
    return (DWORD)getpid();
}

DWORD WINAPI GetCurrentThreadId(VOID)
{
    return (DWORD)gettid();
}

HANDLE WINAPI OpenThread(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId)
{
    handle_t handle = HANDLE_NONE;

    (void)error_report(service_open_thread((pid_t)dwThreadId, dwDesiredAccess,
                                           bInheritHandle ? HANDLE_FLAG_INHERIT : 0, &handle));
    return (HANDLE)(uintptr_t)handle;
}

BOOL WINAPI OpenProcessToken(HANDLE ProcessHandle, DWORD DesiredAccess, PHANDLE TokenHandle)
{
    return error_report_nt(NtOpenProcessToken(ProcessHandle, DesiredAccess, TokenHandle));
}

BOOL WINAPI OpenThreadToken(HANDLE ThreadHandle, DWORD DesiredAccess, BOOL OpenAsSelf,
                            PHANDLE TokenHandle)
{
    return error_report_nt(
        NtOpenThreadToken(ThreadHandle, DesiredAccess, OpenAsSelf != FALSE, TokenHandle));
}

BOOL WINAPI SetThreadToken(PHANDLE Thread, HANDLE Token)
{
    return error_report_nt(NtSetInformationThread(Thread ? *Thread : NtCurrentThread(),
                                                  ThreadImpersonationToken, &Token, sizeof(Token)));
}

BOOL WINAPI ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    return error_report(service_impersonate_self((tsr_impersonation_level)ImpersonationLevel));
}

BOOL WINAPI ImpersonateLoggedOnUser(HANDLE hToken)
{
    return error_report(service_impersonate_logged_on_user((handle_t)(uintptr_t)hToken));
}

BOOL WINAPI ImpersonateAnonymousToken(HANDLE ThreadHandle)
{
    return error_report_nt(NtImpersonateAnonymousToken(ThreadHandle));
}

BOOL WINAPI RevertToSelf(VOID)
{
    return error_report(service_revert_to_self());
}
