/* SPDX-License-Identifier: MIT */
/* Access checks by handle. */

#include <securitybaseapi.h>

#include <ntifs.h>
#include <winerror.h>

#include "win32/error.h"

/* What a check that was made answers. */
static BOOL report_answer(NTSTATUS made, NTSTATUS answer, ACCESS_MASK granted, DWORD *ret_granted,
                          BOOL *ret_answer)
{
    if (!NT_SUCCESS(made)) {
        return error_report_nt(made);
    }
    *ret_granted = granted;
    *ret_answer = error_report_nt(answer);
    return TRUE;
}

BOOL WINAPI AccessCheck(PSECURITY_DESCRIPTOR pSecurityDescriptor, HANDLE ClientToken,
                        DWORD DesiredAccess, PGENERIC_MAPPING GenericMapping,
                        PPRIVILEGE_SET PrivilegeSet, LPDWORD PrivilegeSetLength,
                        LPDWORD GrantedAccess, LPBOOL AccessStatus)
{
    NTSTATUS answer = STATUS_ACCESS_DENIED;
    ACCESS_MASK granted = 0;
    NTSTATUS made;

    if (!GrantedAccess || !AccessStatus) {
        return error_fail(ERROR_NOACCESS);
    }
    made = NtAccessCheck(pSecurityDescriptor, ClientToken, DesiredAccess, GenericMapping,
                         PrivilegeSet, PrivilegeSetLength, &granted, &answer);
    return report_answer(made, answer, granted, GrantedAccess, AccessStatus);
}

BOOL WINAPI AccessCheckByType(PSECURITY_DESCRIPTOR pSecurityDescriptor, PSID PrincipalSelfSid,
                              HANDLE ClientToken, DWORD DesiredAccess,
                              POBJECT_TYPE_LIST ObjectTypeList, DWORD ObjectTypeListLength,
                              PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet,
                              LPDWORD PrivilegeSetLength, LPDWORD GrantedAccess,
                              LPBOOL AccessStatus)
{
    NTSTATUS answer = STATUS_ACCESS_DENIED;
    ACCESS_MASK granted = 0;
    NTSTATUS made;

    if (!GrantedAccess || !AccessStatus) {
        return error_fail(ERROR_NOACCESS);
    }
    made = NtAccessCheckByType(pSecurityDescriptor, PrincipalSelfSid, ClientToken, DesiredAccess,
                               ObjectTypeList, ObjectTypeListLength, GenericMapping, PrivilegeSet,
                               PrivilegeSetLength, &granted, &answer);
    return report_answer(made, answer, granted, GrantedAccess, AccessStatus);
}

/* A status has the size of an error, whose place it takes first. */
BOOL WINAPI AccessCheckByTypeResultList(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                        PSID PrincipalSelfSid, HANDLE ClientToken,
                                        DWORD DesiredAccess, POBJECT_TYPE_LIST ObjectTypeList,
                                        DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping,
                                        PPRIVILEGE_SET PrivilegeSet, LPDWORD PrivilegeSetLength,
                                        LPDWORD GrantedAccessList, LPDWORD AccessStatusList)
{
    const NTSTATUS made = NtAccessCheckByTypeResultList(
        pSecurityDescriptor, PrincipalSelfSid, ClientToken, DesiredAccess, ObjectTypeList,
        ObjectTypeListLength, GenericMapping, PrivilegeSet, PrivilegeSetLength, GrantedAccessList,
        (PNTSTATUS)AccessStatusList);

    for (DWORD i = 0; NT_SUCCESS(made) && i < ObjectTypeListLength; i++) {
        AccessStatusList[i] = RtlNtStatusToDosError((NTSTATUS)AccessStatusList[i]);
    }
    return error_report_nt(made);
}
