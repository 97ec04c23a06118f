/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Local memory, privileges by name, conditional ACEs
 */

#include <errhandlingapi.h>
#include <minwinbase.h>
#include <minwindef.h>
#include <winnt.h>

TSR_BEGIN_DECLS

#define LMEM_FIXED    0x0000u
#define LMEM_ZEROINIT 0x0040u
#define LPTR          (LMEM_FIXED | LMEM_ZEROINIT)

#define HANDLE_FLAG_INHERIT            0x1u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x2u

#define ZeroMemory RtlZeroMemory
#define CopyMemory RtlCopyMemory
#define MoveMemory RtlMoveMemory
#define FillMemory RtlFillMemory

/** Memory, also of 0 bytes. Movable memory there is none: ERROR_INVALID_PARAMETER. */
WINBASEAPI HLOCAL WINAPI LocalAlloc(_In_ UINT uFlags, _In_ SIZE_T uBytes);

/** @return NULL, always */
WINBASEAPI HLOCAL WINAPI LocalFree(_In_opt_ HLOCAL hMem);

/**
 * Privileges of this machine: the system's name must be NULL or empty, otherwise
 * RPC_S_SERVER_UNAVAILABLE. Fails with ERROR_NO_SUCH_PRIVILEGE.
 */
WINADVAPI BOOL WINAPI LookupPrivilegeValueA(_In_opt_ LPCSTR lpSystemName, _In_ LPCSTR lpName,
                                            _Out_ PLUID lpLuid);
WINADVAPI BOOL WINAPI LookupPrivilegeValueW(_In_opt_ LPCWSTR lpSystemName, _In_ LPCWSTR lpName,
                                            _Out_ PLUID lpLuid);

/**
 * @param cchName  room in units; then the length, or, with ERROR_INSUFFICIENT_BUFFER, the room that
 *                 is needed with the terminator
 */
WINADVAPI BOOL WINAPI LookupPrivilegeNameA(_In_opt_ LPCSTR lpSystemName, _In_ PLUID lpLuid,
                                           _Out_writes_opt_(*cchName) LPSTR lpName,
                                           _Inout_ LPDWORD cchName);
WINADVAPI BOOL WINAPI LookupPrivilegeNameW(_In_opt_ LPCWSTR lpSystemName, _In_ PLUID lpLuid,
                                           _Out_writes_opt_(*cchName) LPWSTR lpName,
                                           _Inout_ LPDWORD cchName);

/** As above; the text is English, and its language set to 0x0409. */
WINADVAPI BOOL WINAPI LookupPrivilegeDisplayNameA(_In_opt_ LPCSTR lpSystemName, _In_ LPCSTR lpName,
                                                  _Out_writes_opt_(*cchDisplayName)
                                                      LPSTR lpDisplayName,
                                                  _Inout_ LPDWORD cchDisplayName,
                                                  _Out_ LPDWORD lpLanguageId);
WINADVAPI BOOL WINAPI LookupPrivilegeDisplayNameW(_In_opt_ LPCWSTR lpSystemName,
                                                  _In_ LPCWSTR lpName,
                                                  _Out_writes_opt_(*cchDisplayName)
                                                      LPWSTR lpDisplayName,
                                                  _Inout_ LPDWORD cchDisplayName,
                                                  _Out_ LPDWORD lpLanguageId);

/**
 * Append a callback ACE with a condition, "(…)".
 *
 * @param ReturnLength  the bytes of the ACL that are in use, or would be; set also with
 *                      ERROR_INSUFFICIENT_BUFFER
 */
WINADVAPI BOOL WINAPI AddConditionalAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                        _In_ DWORD AceFlags, _In_ UCHAR AceType,
                                        _In_ DWORD AccessMask, _In_ PSID pSid,
                                        _In_ PWCHAR ConditionStr, _Out_ DWORD *ReturnLength);

#define LookupPrivilegeValue       TSR_TEXT_(LookupPrivilegeValue)
#define LookupPrivilegeName        TSR_TEXT_(LookupPrivilegeName)
#define LookupPrivilegeDisplayName TSR_TEXT_(LookupPrivilegeDisplayName)

TSR_END_DECLS
