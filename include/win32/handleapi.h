/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Handles
 *
 * A handle is of a token, of a process or of a thread. One that is stale or closed is
 * ERROR_INVALID_HANDLE, never another object.
 */

#include <minwindef.h>

TSR_BEGIN_DECLS

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

WINBASEAPI BOOL WINAPI CloseHandle(_In_ HANDLE hObject);

/**
 * @param dwDesiredAccess   not looked at with DUPLICATE_SAME_ACCESS; rights that the source was not
 *                          granted are checked
 * @param lpTargetHandle    NULL: with DUPLICATE_CLOSE_SOURCE the source is closed, and no more
 */
WINBASEAPI BOOL WINAPI DuplicateHandle(_In_ HANDLE hSourceProcessHandle, _In_ HANDLE hSourceHandle,
                                       _In_ HANDLE hTargetProcessHandle,
                                       _Out_opt_ LPHANDLE lpTargetHandle,
                                       _In_ DWORD dwDesiredAccess, _In_ BOOL bInheritHandle,
                                       _In_ DWORD dwOptions);

/** HANDLE_FLAG_INHERIT is kept, and no process inherits handles. */
WINBASEAPI BOOL WINAPI GetHandleInformation(_In_ HANDLE hObject, _Out_ LPDWORD lpdwFlags);
WINBASEAPI BOOL WINAPI SetHandleInformation(_In_ HANDLE hObject, _In_ DWORD dwMask,
                                            _In_ DWORD dwFlags);

/**
 * Whether two handles, whatever they were granted, refer to the same object.
 *
 * @return FALSE: ERROR_NOT_SAME_OBJECT, ERROR_INVALID_HANDLE
 */
WINBASEAPI BOOL WINAPI CompareObjectHandles(_In_ HANDLE hFirstObjectHandle,
                                            _In_ HANDLE hSecondObjectHandle);

TSR_END_DECLS
