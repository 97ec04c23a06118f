/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Processes and threads, and what they act as
 *
 * Threads are those of this process that have called one of these functions. Of other processes
 * there are those that this one started, and those that it opened: who they are can be asked, and
 * what they do is their own affair, so that their threads only have a handle to close.
 */

#include <minwinbase.h>
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

/* ---- Starting programs ---- */

#define CREATE_SUSPENDED             0x00000004u
#define DETACHED_PROCESS             0x00000008u
#define CREATE_NEW_CONSOLE           0x00000010u
#define NORMAL_PRIORITY_CLASS        0x00000020u
#define CREATE_NEW_PROCESS_GROUP     0x00000200u
#define CREATE_UNICODE_ENVIRONMENT   0x00000400u
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000u
#define CREATE_BREAKAWAY_FROM_JOB    0x01000000u
#define CREATE_DEFAULT_ERROR_MODE    0x04000000u
#define CREATE_NO_WINDOW             0x08000000u

#define STARTF_USESHOWWINDOW    0x00000001u
#define STARTF_FORCEONFEEDBACK  0x00000040u
#define STARTF_FORCEOFFFEEDBACK 0x00000080u
#define STARTF_USESTDHANDLES    0x00000100u

#define STILL_ACTIVE 259u

typedef struct _PROCESS_INFORMATION {
    HANDLE hProcess;
    HANDLE hThread;
    DWORD dwProcessId;
    DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

typedef struct _STARTUPINFOA {
    DWORD cb;
    LPSTR lpReserved;
    LPSTR lpDesktop;
    LPSTR lpTitle;
    DWORD dwX;
    DWORD dwY;
    DWORD dwXSize;
    DWORD dwYSize;
    DWORD dwXCountChars;
    DWORD dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput;
    HANDLE hStdOutput;
    HANDLE hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
    DWORD cb;
    LPWSTR lpReserved;
    LPWSTR lpDesktop;
    LPWSTR lpTitle;
    DWORD dwX;
    DWORD dwY;
    DWORD dwXSize;
    DWORD dwYSize;
    DWORD dwXCountChars;
    DWORD dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput;
    HANDLE hStdOutput;
    HANDLE hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;

/**
 * Start a program under the token of this process, whatever the thread impersonates.
 *
 * It has the standard input and outputs of this process and no other handle. Of the flags those
 * that ask for another console begin a new session, as what root starts for another user does.
 *
 * @param lpApplicationName    its file; NULL: the first word of the command line, looked up in PATH
 * @param lpCommandLine        split as programs on Windows do; not written to
 * @param lpProcessAttributes  whether the handle is inherited; ERROR_NOT_SUPPORTED with a
 * descriptor
 * @param lpEnvironment        variables, each terminated, and an empty one; NULL: ours
 * @param lpProcessInformation two handles for the caller to close; untouched on failure
 * @return FALSE: ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED (the file may not be executed, or the
 *         token says something else than the Linux identity of this process, which is not root's),
 *         ERROR_NO_SUCH_USER (its user has no uid), ERROR_NOT_SUPPORTED (CREATE_SUSPENDED,
 *         EXTENDED_STARTUPINFO_PRESENT, STARTF_USESTDHANDLES, a confined token of uid 0),
 *         ERROR_INVALID_PARAMETER (other flags)
 */
WINBASEAPI BOOL WINAPI CreateProcessA(
    _In_opt_ LPCSTR lpApplicationName, _Inout_opt_ LPSTR lpCommandLine,
    _In_opt_ LPSECURITY_ATTRIBUTES lpProcessAttributes,
    _In_opt_ LPSECURITY_ATTRIBUTES lpThreadAttributes, _In_ BOOL bInheritHandles,
    _In_ DWORD dwCreationFlags, _In_opt_ LPVOID lpEnvironment, _In_opt_ LPCSTR lpCurrentDirectory,
    _In_ LPSTARTUPINFOA lpStartupInfo, _Out_ LPPROCESS_INFORMATION lpProcessInformation);
WINBASEAPI BOOL WINAPI CreateProcessW(
    _In_opt_ LPCWSTR lpApplicationName, _Inout_opt_ LPWSTR lpCommandLine,
    _In_opt_ LPSECURITY_ATTRIBUTES lpProcessAttributes,
    _In_opt_ LPSECURITY_ATTRIBUTES lpThreadAttributes, _In_ BOOL bInheritHandles,
    _In_ DWORD dwCreationFlags, _In_opt_ LPVOID lpEnvironment, _In_opt_ LPCWSTR lpCurrentDirectory,
    _In_ LPSTARTUPINFOW lpStartupInfo, _Out_ LPPROCESS_INFORMATION lpProcessInformation);

/**
 * The same under a duplicate of @hToken, which needs TOKEN_QUERY and TOKEN_ASSIGN_PRIMARY.
 *
 * What this process's own token was made into needs no privilege; every other one needs
 * SeAssignPrimaryTokenPrivilege, which may be disabled. The program is the user's on Linux too, and
 * confined if credentials of Linux do not say all that the token says: for both this process has to
 * be root's.
 *
 * @param hToken  NULL: CreateProcess
 * @return FALSE: also ERROR_PRIVILEGE_NOT_HELD, ERROR_BAD_IMPERSONATION_LEVEL
 */
WINADVAPI BOOL WINAPI CreateProcessAsUserA(
    _In_opt_ HANDLE hToken, _In_opt_ LPCSTR lpApplicationName, _Inout_opt_ LPSTR lpCommandLine,
    _In_opt_ LPSECURITY_ATTRIBUTES lpProcessAttributes,
    _In_opt_ LPSECURITY_ATTRIBUTES lpThreadAttributes, _In_ BOOL bInheritHandles,
    _In_ DWORD dwCreationFlags, _In_opt_ LPVOID lpEnvironment, _In_opt_ LPCSTR lpCurrentDirectory,
    _In_ LPSTARTUPINFOA lpStartupInfo, _Out_ LPPROCESS_INFORMATION lpProcessInformation);
WINADVAPI BOOL WINAPI CreateProcessAsUserW(
    _In_opt_ HANDLE hToken, _In_opt_ LPCWSTR lpApplicationName, _Inout_opt_ LPWSTR lpCommandLine,
    _In_opt_ LPSECURITY_ATTRIBUTES lpProcessAttributes,
    _In_opt_ LPSECURITY_ATTRIBUTES lpThreadAttributes, _In_ BOOL bInheritHandles,
    _In_ DWORD dwCreationFlags, _In_opt_ LPVOID lpEnvironment, _In_opt_ LPCWSTR lpCurrentDirectory,
    _In_ LPSTARTUPINFOW lpStartupInfo, _Out_ LPPROCESS_INFORMATION lpProcessInformation);

#ifdef UNICODE
typedef STARTUPINFOW STARTUPINFO;
typedef LPSTARTUPINFOW LPSTARTUPINFO;
#else
typedef STARTUPINFOA STARTUPINFO;
typedef LPSTARTUPINFOA LPSTARTUPINFO;
#endif

#define CreateProcess       TSR_TEXT_(CreateProcess)
#define CreateProcessAsUser TSR_TEXT_(CreateProcessAsUser)

/* ---- Other processes ---- */

/**
 * A process by its number; who it is was decided when it began, and is read when it is opened.
 *
 * @return NULL: ERROR_INVALID_PARAMETER (there is none), ERROR_ACCESS_DENIED
 */
WINBASEAPI HANDLE WINAPI OpenProcess(_In_ DWORD dwDesiredAccess, _In_ BOOL bInheritHandle,
                                     _In_ DWORD dwProcessId);

/** @return 0 if it fails */
WINBASEAPI DWORD WINAPI GetProcessId(_In_ HANDLE Process);

/**
 * @param lpExitCode  STILL_ACTIVE while it runs; 128 and the number of the signal that ended it
 * @return FALSE: ERROR_NOT_SUPPORTED (it has ended, and another process is its parent, or this one
 *         ignores SIGCHLD or waited for it in another way)
 */
WINBASEAPI BOOL WINAPI GetExitCodeProcess(_In_ HANDLE hProcess, _Out_ LPDWORD lpExitCode);

/** End another process. It may still run when this returns: see WaitForSingleObject(). */
WINBASEAPI BOOL WINAPI TerminateProcess(_In_ HANDLE hProcess, _In_ UINT uExitCode);

TSR_END_DECLS
