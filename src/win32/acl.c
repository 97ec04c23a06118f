/* SPDX-License-Identifier: MIT */
/* ACLs in the caller's memory. */

#include <securitybaseapi.h>

#include <string.h>

#include <ntifs.h>
#include <winbase.h>
#include <winerror.h>

#include <tessera/condition.h>

#include "base/check.h"
#include "base/writer.h"
#include "win32/error.h"
#include "win32/text.h"

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

static bool is_conditional(UCHAR type)
{
    return type == ACCESS_ALLOWED_CALLBACK_ACE_TYPE || type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE;
}

static tsr_status condition_compile(const WCHAR *wide, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(free) char *text = NULL;

    TRY(text_of_wide(wide, &text));
    REQUIRE(tsr_ok(tsr_condition_parse(text, NULL, ret_bytes, ret_size, NULL)),
            STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

/* A whole ACE: header, mask, SID, condition. */
static tsr_status conditional_build(UCHAR type, DWORD flags, DWORD mask, PSID sid,
                                    const WCHAR *condition, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer ace = {0};
    CLEANUP(free) uint8_t *compiled = NULL;
    size_t n_compiled;

    REQUIRE(is_conditional(type) && flags <= UINT8_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(RtlValidSid(sid), STATUS_INVALID_SID);
    TRY(condition_compile(condition, &compiled, &n_compiled));
    writer_u8(&ace, type);
    writer_u8(&ace, (uint8_t)flags);
    writer_le16(&ace, 0);
    writer_le32(&ace, mask);
    writer_bytes(&ace, sid, RtlLengthSid(sid));
    writer_bytes(&ace, compiled, n_compiled);
    REQUIRE(ace.size <= TSR_ACL_SIZE_MAX, STATUS_INVALID_PARAMETER);
    writer_patch_le16(&ace, 2, (uint16_t)ace.size);
    return writer_finish(&ace, ret_bytes, ret_size);
}

static tsr_status ace_append(PACL acl, DWORD revision, uint8_t *ace, size_t size, DWORD *ret_used)
{
    ACL_SIZE_INFORMATION sizes;

    TRY(tsr_status_of(
        (uint32_t)RtlQueryInformationAcl(acl, &sizes, sizeof(sizes), AclSizeInformation)));
    *ret_used = sizes.AclBytesInUse + (DWORD)size;
    return tsr_status_of((uint32_t)RtlAddAce(acl, revision, MAXDWORD, ace, (ULONG)size));
}

static tsr_status conditional_append(PACL acl, DWORD revision, DWORD flags, UCHAR type, DWORD mask,
                                     PSID sid, const WCHAR *condition, DWORD *ret_used)
{
    CLEANUP(free) uint8_t *ace = NULL;
    size_t size;

    REQUIRE(ret_used, STATUS_INVALID_PARAMETER);
    TRY(conditional_build(type, flags, mask, sid, condition, &ace, &size));
    return ace_append(acl, revision, ace, size, ret_used);
}

BOOL WINAPI AddConditionalAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, UCHAR AceType,
                              DWORD AccessMask, PSID pSid, PWCHAR ConditionStr, DWORD *ReturnLength)
{
    return error_report(conditional_append(pAcl, dwAceRevision, AceFlags, AceType, AccessMask, pSid,
                                           ConditionStr, ReturnLength));
}
