/* SPDX-License-Identifier: MIT */
/* ACLs in the caller's memory. */

#include <securitybaseapi.h>

#include <ntifs.h>
#include <winerror.h>

#include "win32/error.h"

BOOL WINAPI InitializeAcl(PACL pAcl, DWORD nAclLength, DWORD dwAclRevision)
{
    return error_report_nt(RtlCreateAcl(pAcl, nAclLength, dwAclRevision));
}

BOOL WINAPI IsValidAcl(PACL pAcl)
{
    return RtlValidAcl(pAcl) ? TRUE : error_fail(ERROR_INVALID_ACL);
}

BOOL WINAPI GetAclInformation(PACL pAcl, LPVOID pAclInformation, DWORD nAclInformationLength,
                              ACL_INFORMATION_CLASS dwAclInformationClass)
{
    return error_report_nt(RtlQueryInformationAcl(pAcl, pAclInformation, nAclInformationLength,
                                                  dwAclInformationClass));
}

BOOL WINAPI SetAclInformation(PACL pAcl, LPVOID pAclInformation, DWORD nAclInformationLength,
                              ACL_INFORMATION_CLASS dwAclInformationClass)
{
    return error_report_nt(
        RtlSetInformationAcl(pAcl, pAclInformation, nAclInformationLength, dwAclInformationClass));
}

BOOL WINAPI FindFirstFreeAce(PACL pAcl, LPVOID *pAce)
{
    return RtlFirstFreeAce(pAcl, pAce) ? TRUE : error_fail(ERROR_INVALID_ACL);
}

BOOL WINAPI AddAce(PACL pAcl, DWORD dwAceRevision, DWORD dwStartingAceIndex, LPVOID pAceList,
                   DWORD nAceListLength)
{
    return error_report_nt(
        RtlAddAce(pAcl, dwAceRevision, dwStartingAceIndex, pAceList, nAceListLength));
}

BOOL WINAPI GetAce(PACL pAcl, DWORD dwAceIndex, LPVOID *pAce)
{
    return error_report_nt(RtlGetAce(pAcl, dwAceIndex, pAce));
}

BOOL WINAPI DeleteAce(PACL pAcl, DWORD dwAceIndex)
{
    return error_report_nt(RtlDeleteAce(pAcl, dwAceIndex));
}

BOOL WINAPI AddAccessAllowedAce(PACL pAcl, DWORD dwAceRevision, DWORD AccessMask, PSID pSid)
{
    return error_report_nt(RtlAddAccessAllowedAce(pAcl, dwAceRevision, AccessMask, pSid));
}

BOOL WINAPI AddAccessAllowedAceEx(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, DWORD AccessMask,
                                  PSID pSid)
{
    return error_report_nt(
        RtlAddAccessAllowedAceEx(pAcl, dwAceRevision, AceFlags, AccessMask, pSid));
}

BOOL WINAPI AddAccessAllowedObjectAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags,
                                      DWORD AccessMask, GUID *ObjectTypeGuid,
                                      GUID *InheritedObjectTypeGuid, PSID pSid)
{
    return error_report_nt(RtlAddAccessAllowedObjectAce(
        pAcl, dwAceRevision, AceFlags, AccessMask, ObjectTypeGuid, InheritedObjectTypeGuid, pSid));
}

BOOL WINAPI AddAccessDeniedAce(PACL pAcl, DWORD dwAceRevision, DWORD AccessMask, PSID pSid)
{
    return error_report_nt(RtlAddAccessDeniedAce(pAcl, dwAceRevision, AccessMask, pSid));
}

BOOL WINAPI AddAccessDeniedAceEx(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, DWORD AccessMask,
                                 PSID pSid)
{
    return error_report_nt(
        RtlAddAccessDeniedAceEx(pAcl, dwAceRevision, AceFlags, AccessMask, pSid));
}

BOOL WINAPI AddAccessDeniedObjectAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags,
                                     DWORD AccessMask, GUID *ObjectTypeGuid,
                                     GUID *InheritedObjectTypeGuid, PSID pSid)
{
    return error_report_nt(RtlAddAccessDeniedObjectAce(
        pAcl, dwAceRevision, AceFlags, AccessMask, ObjectTypeGuid, InheritedObjectTypeGuid, pSid));
}

BOOL WINAPI AddAuditAccessAce(PACL pAcl, DWORD dwAceRevision, DWORD dwAccessMask, PSID pSid,
                              BOOL bAuditSuccess, BOOL bAuditFailure)
{
    return AddAuditAccessAceEx(pAcl, dwAceRevision, 0, dwAccessMask, pSid, bAuditSuccess,
                               bAuditFailure);
}

BOOL WINAPI AddAuditAccessAceEx(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, DWORD dwAccessMask,
                                PSID pSid, BOOL bAuditSuccess, BOOL bAuditFailure)
{
    return AddAuditAccessObjectAce(pAcl, dwAceRevision, AceFlags, dwAccessMask, NULL, NULL, pSid,
                                   bAuditSuccess, bAuditFailure);
}

BOOL WINAPI AddAuditAccessObjectAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags,
                                    DWORD AccessMask, GUID *ObjectTypeGuid,
                                    GUID *InheritedObjectTypeGuid, PSID pSid, BOOL bAuditSuccess,
                                    BOOL bAuditFailure)
{
    return error_report_nt(RtlAddAuditAccessObjectAce(
        pAcl, dwAceRevision, AceFlags, AccessMask, ObjectTypeGuid, InheritedObjectTypeGuid, pSid,
        bAuditSuccess != FALSE, bAuditFailure != FALSE));
}

BOOL WINAPI AddMandatoryAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, DWORD MandatoryPolicy,
                            PSID pLabelSid)
{
    return error_report_nt(RtlAddMandatoryAce(pAcl, dwAceRevision, AceFlags, pLabelSid,
                                              SYSTEM_MANDATORY_LABEL_ACE_TYPE, MandatoryPolicy));
}
