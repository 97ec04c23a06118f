/* SPDX-License-Identifier: MIT */
/* ACLs in the caller's memory. */

#include <securitybaseapi.h>

#include <ntifs.h>
#include <winerror.h>

#include "base/check.h"
#include "win32/error.h"

#define APP_PACKAGE_AUTHORITY 15 /* SECURITY_APP_PACKAGE_AUTHORITY, as a number */

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

/* Whether the SID of an ACE is a package's or a capability's: S-1-15-2-... or S-1-15-3-... */
static bool is_of_app_container(const tsr_ace *ace)
{
    tsr_sid sid;

    return ace->sid &&
           tsr_ok(tsr_sid_decode(ace->sid, tsr_encoded_sid_size(ace->sid), &sid, NULL)) &&
           sid.authority == APP_PACKAGE_AUTHORITY && sid.n_sub_authorities > 0 &&
           (sid.sub_authorities[0] == SECURITY_APP_PACKAGE_BASE_RID ||
            sid.sub_authorities[0] == SECURITY_CAPABILITY_BASE_RID);
}

static tsr_status find_app_container_ace(const ACL *acl, DWORD start, DWORD *ret_index)
{
    size_t offset = 0;
    tsr_acl view;
    tsr_ace ace;

    REQUIRE(acl, STATUS_INVALID_ACL);
    TRY(tsr_acl_view(acl, acl->AclSize, &view));
    for (DWORD i = 0; tsr_acl_next(&view, &offset, &ace); i++) {
        if (i >= start && is_of_app_container(&ace)) {
            *ret_index = i;
            return TSR_OK;
        }
    }
    return tsr_status_of(STATUS_NOT_FOUND);
}

BOOL WINAPI GetAppContainerAce(PACL Acl, DWORD StartingAceIndex, PVOID *AppContainerAce,
                               DWORD *AppContainerAceIndex)
{
    DWORD index = 0;

    if (!error_report(find_app_container_ace(Acl, StartingAceIndex, &index)) ||
        !GetAce(Acl, index, AppContainerAce)) {
        return FALSE;
    }
    if (AppContainerAceIndex) {
        *AppContainerAceIndex = index;
    }
    return TRUE;
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
