/* SPDX-License-Identifier: MIT */
/* Descriptors in the caller's memory, masks and LUIDs. */

#include "win32/descriptor.h"

#include <stdlib.h>

#include <ntifs.h>
#include <securitybaseapi.h>
#include <winerror.h>

#include "base/check.h"
#include "win32/error.h"

BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR pSecurityDescriptor, DWORD dwRevision)
{
    return error_report_nt(RtlCreateSecurityDescriptor(pSecurityDescriptor, dwRevision));
}

BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR pSecurityDescriptor)
{
    return RtlValidSecurityDescriptor(pSecurityDescriptor)
               ? TRUE
               : error_fail(ERROR_INVALID_SECURITY_DESCR);
}

DWORD WINAPI GetSecurityDescriptorLength(PSECURITY_DESCRIPTOR pSecurityDescriptor)
{
    return RtlLengthSecurityDescriptor(pSecurityDescriptor);
}

BOOL WINAPI GetSecurityDescriptorControl(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                         PSECURITY_DESCRIPTOR_CONTROL pControl,
                                         LPDWORD lpdwRevision)
{
    return error_report_nt(
        RtlGetControlSecurityDescriptor(pSecurityDescriptor, pControl, lpdwRevision));
}

BOOL WINAPI SetSecurityDescriptorControl(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                         SECURITY_DESCRIPTOR_CONTROL ControlBitsOfInterest,
                                         SECURITY_DESCRIPTOR_CONTROL ControlBitsToSet)
{
    return error_report_nt(RtlSetControlSecurityDescriptor(
        pSecurityDescriptor, ControlBitsOfInterest, ControlBitsToSet));
}

DWORD WINAPI GetSecurityDescriptorRMControl(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PUCHAR RMControl)
{
    return RtlGetSecurityDescriptorRMControl(SecurityDescriptor, RMControl) ? ERROR_SUCCESS
                                                                            : ERROR_INVALID_DATA;
}

DWORD WINAPI SetSecurityDescriptorRMControl(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PUCHAR RMControl)
{
    SECURITY_DESCRIPTOR_CONTROL control;
    DWORD revision;

    if (RtlGetControlSecurityDescriptor(SecurityDescriptor, &control, &revision) !=
        STATUS_SUCCESS) {
        return ERROR_INVALID_SECURITY_DESCR;
    }
    RtlSetSecurityDescriptorRMControl(SecurityDescriptor, RMControl);
    return ERROR_SUCCESS;
}

BOOL WINAPI GetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR pSecurityDescriptor, PSID *pOwner,
                                       LPBOOL lpbOwnerDefaulted)
{
    BOOLEAN defaulted;

    if (!error_report_nt(RtlGetOwnerSecurityDescriptor(pSecurityDescriptor, pOwner, &defaulted))) {
        return FALSE;
    }
    *lpbOwnerDefaulted = defaulted;
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR pSecurityDescriptor, PSID *pGroup,
                                       LPBOOL lpbGroupDefaulted)
{
    BOOLEAN defaulted;

    if (!error_report_nt(RtlGetGroupSecurityDescriptor(pSecurityDescriptor, pGroup, &defaulted))) {
        return FALSE;
    }
    *lpbGroupDefaulted = defaulted;
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                      LPBOOL lpbDaclPresent, PACL *pDacl, LPBOOL lpbDaclDefaulted)
{
    BOOLEAN present;
    BOOLEAN defaulted;

    if (!error_report_nt(
            RtlGetDaclSecurityDescriptor(pSecurityDescriptor, &present, pDacl, &defaulted))) {
        return FALSE;
    }
    *lpbDaclPresent = present;
    if (present) {
        *lpbDaclDefaulted = defaulted;
    }
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorSacl(PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                      LPBOOL lpbSaclPresent, PACL *pSacl, LPBOOL lpbSaclDefaulted)
{
    BOOLEAN present;
    BOOLEAN defaulted;

    if (!error_report_nt(
            RtlGetSaclSecurityDescriptor(pSecurityDescriptor, &present, pSacl, &defaulted))) {
        return FALSE;
    }
    *lpbSaclPresent = present;
    if (present) {
        *lpbSaclDefaulted = defaulted;
    }
    return TRUE;
}

BOOL WINAPI SetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR pSecurityDescriptor, PSID pOwner,
                                       BOOL bOwnerDefaulted)
{
    return error_report_nt(
        RtlSetOwnerSecurityDescriptor(pSecurityDescriptor, pOwner, bOwnerDefaulted != FALSE));
}

BOOL WINAPI SetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR pSecurityDescriptor, PSID pGroup,
                                       BOOL bGroupDefaulted)
{
    return error_report_nt(
        RtlSetGroupSecurityDescriptor(pSecurityDescriptor, pGroup, bGroupDefaulted != FALSE));
}

BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR pSecurityDescriptor, BOOL bDaclPresent,
                                      PACL pDacl, BOOL bDaclDefaulted)
{
    return error_report_nt(RtlSetDaclSecurityDescriptor(pSecurityDescriptor, bDaclPresent != FALSE,
                                                        pDacl, bDaclDefaulted != FALSE));
}

BOOL WINAPI SetSecurityDescriptorSacl(PSECURITY_DESCRIPTOR pSecurityDescriptor, BOOL bSaclPresent,
                                      PACL pSacl, BOOL bSaclDefaulted)
{
    return error_report_nt(RtlSetSaclSecurityDescriptor(pSecurityDescriptor, bSaclPresent != FALSE,
                                                        pSacl, bSaclDefaulted != FALSE));
}

BOOL WINAPI MakeSelfRelativeSD(PSECURITY_DESCRIPTOR pAbsoluteSecurityDescriptor,
                               PSECURITY_DESCRIPTOR pSelfRelativeSecurityDescriptor,
                               LPDWORD lpdwBufferLength)
{
    return error_report_nt(RtlAbsoluteToSelfRelativeSD(
        pAbsoluteSecurityDescriptor, pSelfRelativeSecurityDescriptor, lpdwBufferLength));
}

BOOL WINAPI MakeAbsoluteSD(PSECURITY_DESCRIPTOR pSelfRelativeSecurityDescriptor,
                           PSECURITY_DESCRIPTOR pAbsoluteSecurityDescriptor,
                           LPDWORD lpdwAbsoluteSecurityDescriptorSize, PACL pDacl,
                           LPDWORD lpdwDaclSize, PACL pSacl, LPDWORD lpdwSaclSize, PSID pOwner,
                           LPDWORD lpdwOwnerSize, PSID pPrimaryGroup, LPDWORD lpdwPrimaryGroupSize)
{
    return error_report_nt(RtlSelfRelativeToAbsoluteSD(
        pSelfRelativeSecurityDescriptor, pAbsoluteSecurityDescriptor,
        lpdwAbsoluteSecurityDescriptorSize, pDacl, lpdwDaclSize, pSacl, lpdwSaclSize, pOwner,
        lpdwOwnerSize, pPrimaryGroup, lpdwPrimaryGroupSize));
}

VOID WINAPI MapGenericMask(PDWORD AccessMask, PGENERIC_MAPPING GenericMapping)
{
    RtlMapGenericMask(AccessMask, GenericMapping);
}

BOOL WINAPI AreAllAccessesGranted(DWORD GrantedAccess, DWORD DesiredAccess)
{
    return RtlAreAllAccessesGranted(GrantedAccess, DesiredAccess);
}

BOOL WINAPI AreAnyAccessesGranted(DWORD GrantedAccess, DWORD DesiredAccess)
{
    return RtlAreAnyAccessesGranted(GrantedAccess, DesiredAccess);
}

VOID WINAPI QuerySecurityAccessMask(SECURITY_INFORMATION SecurityInformation, LPDWORD DesiredAccess)
{
    *DesiredAccess = tsr_sd_query_rights(SecurityInformation);
}

VOID WINAPI SetSecurityAccessMask(SECURITY_INFORMATION SecurityInformation, LPDWORD DesiredAccess)
{
    *DesiredAccess = tsr_sd_change_rights(SecurityInformation);
}

BOOL WINAPI AllocateLocallyUniqueId(PLUID Luid)
{
    return error_report_nt(NtAllocateLocallyUniqueId(Luid));
}

tsr_status descriptor_packed(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, ULONG *ret_size)
{
    ULONG size = RtlLengthSecurityDescriptor(descriptor);
    CLEANUP(free) uint8_t *bytes = NULL;

    REQUIRE(size > 0, STATUS_INVALID_SECURITY_DESCR);
    bytes = malloc(size);
    REQUIRE(bytes, STATUS_NO_MEMORY);
    TRY(tsr_status_of((uint32_t)RtlMakeSelfRelativeSD(descriptor, bytes, &size)));

    *ret_bytes = STEAL(bytes);
    *ret_size = size;
    return TSR_OK;
}
