/* SPDX-License-Identifier: MIT */
/* Handles. */

#include <handleapi.h>

#include <ntifs.h>
#include <winbase.h>
#include <winerror.h>

#include "object/reference.h"
#include "win32/error.h"

#define KNOWN_FLAGS (HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE)

BOOL WINAPI CloseHandle(HANDLE hObject)
{
    return error_report_nt(NtClose(hObject));
}

BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle,
                            HANDLE hTargetProcessHandle, LPHANDLE lpTargetHandle,
                            DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions)
{
    return error_report_nt(NtDuplicateObject(hSourceProcessHandle, hSourceHandle,
                                             hTargetProcessHandle, lpTargetHandle, dwDesiredAccess,
                                             bInheritHandle ? OBJ_INHERIT : 0, dwOptions));
}

static tsr_status object_of(HANDLE handle, struct object **ret_object)
{
    return object_by_handle((handle_t)(uintptr_t)handle, 0, ret_object, NULL);
}

static tsr_status compare(HANDLE first, HANDLE second, bool *ret_same)
{
    CLEANUP(object_unref) struct object *other = NULL;
    CLEANUP(object_unref) struct object *one = NULL;

    TRY(object_of(first, &one));
    TRY(object_of(second, &other));
    *ret_same = one == other;
    return TSR_OK;
}

BOOL WINAPI CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle)
{
    bool same = false;

    if (!error_report(compare(hFirstObjectHandle, hSecondObjectHandle, &same))) {
        return FALSE;
    }
    return same ? TRUE : error_fail(ERROR_NOT_SAME_OBJECT);
}

BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
{
    if (!lpdwFlags) {
        return error_fail(ERROR_NOACCESS);
    }
    return error_report(handle_get_flags((handle_t)(uintptr_t)hObject, lpdwFlags));
}

BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
    if (dwMask & ~KNOWN_FLAGS) {
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    return error_report(handle_set_flags((handle_t)(uintptr_t)hObject, dwMask, dwFlags));
}
