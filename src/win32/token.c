/* SPDX-License-Identifier: MIT */
/* Tokens by handle: making, changing, asking. */

#include <securitybaseapi.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <ntifs.h>
#include <winerror.h>

#include "object/services.h"
#include "win32/error.h"

/* ---- Making ---- */

BOOL WINAPI DuplicateTokenEx(HANDLE hExistingToken, DWORD dwDesiredAccess,
                             LPSECURITY_ATTRIBUTES lpTokenAttributes,
                             SECURITY_IMPERSONATION_LEVEL ImpersonationLevel, TOKEN_TYPE TokenType,
                             PHANDLE phNewToken)
{
    SECURITY_QUALITY_OF_SERVICE qos = {
        .Length = sizeof(qos),
        .ImpersonationLevel = ImpersonationLevel,
        .ContextTrackingMode = SECURITY_STATIC_TRACKING,
    };
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
    attributes.SecurityQualityOfService = &qos;
    if (lpTokenAttributes) {
        attributes.Attributes = lpTokenAttributes->bInheritHandle ? OBJ_INHERIT : 0;
        attributes.SecurityDescriptor = lpTokenAttributes->lpSecurityDescriptor;
    }
    return error_report_nt(NtDuplicateToken(hExistingToken, dwDesiredAccess, &attributes, FALSE,
                                            TokenType, phNewToken));
}

BOOL WINAPI DuplicateToken(HANDLE ExistingTokenHandle,
                           SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                           PHANDLE DuplicateTokenHandle)
{
    return DuplicateTokenEx(ExistingTokenHandle, TOKEN_IMPERSONATE | TOKEN_QUERY, NULL,
                            ImpersonationLevel, TokenImpersonation, DuplicateTokenHandle);
}

/* An array behind its count. @return owned by the caller, NULL without memory */
static void *counted_copy(size_t header_size, const void *array, DWORD count, size_t size)
{
    uint8_t *copy = zeroed_new(header_size + count * size);

    if (copy) {
        memcpy(copy, &count, sizeof(count));
        memcpy(copy + header_size, array, count * size);
    }
    return copy;
}

/* @param ret_groups  owned by the caller; NULL: none were given */
static tsr_status copy_groups(const SID_AND_ATTRIBUTES *sids, DWORD count,
                              TOKEN_GROUPS **ret_groups)
{
    if (count == 0) {
        return TSR_OK;
    }
    REQUIRE(sids, STATUS_ACCESS_VIOLATION);
    REQUIRE(count <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    *ret_groups = counted_copy(offsetof(TOKEN_GROUPS, Groups), sids, count, sizeof(*sids));
    REQUIRE(*ret_groups, STATUS_NO_MEMORY);
    return TSR_OK;
}

static tsr_status copy_privileges(const LUID_AND_ATTRIBUTES *privileges, DWORD count,
                                  TOKEN_PRIVILEGES **ret_privileges)
{
    if (count == 0) {
        return TSR_OK;
    }
    REQUIRE(privileges, STATUS_ACCESS_VIOLATION);
    REQUIRE(count <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    *ret_privileges = counted_copy(offsetof(TOKEN_PRIVILEGES, Privileges), privileges, count,
                                   sizeof(*privileges));
    REQUIRE(*ret_privileges, STATUS_NO_MEMORY);
    return TSR_OK;
}

BOOL WINAPI CreateRestrictedToken(HANDLE ExistingTokenHandle, DWORD Flags, DWORD DisableSidCount,
                                  PSID_AND_ATTRIBUTES SidsToDisable, DWORD DeletePrivilegeCount,
                                  PLUID_AND_ATTRIBUTES PrivilegesToDelete, DWORD RestrictedSidCount,
                                  PSID_AND_ATTRIBUTES SidsToRestrict, PHANDLE NewTokenHandle)
{
    CLEANUP(free) TOKEN_PRIVILEGES *delete_privileges = NULL;
    CLEANUP(free) TOKEN_GROUPS *restrict_to = NULL;
    CLEANUP(free) TOKEN_GROUPS *disable = NULL;
    tsr_status status;

    if (NewTokenHandle) {
        *NewTokenHandle = NULL;
    }
    status = copy_groups(SidsToDisable, DisableSidCount, &disable);
    if (tsr_ok(status)) {
        status = copy_privileges(PrivilegesToDelete, DeletePrivilegeCount, &delete_privileges);
    }
    if (tsr_ok(status)) {
        status = copy_groups(SidsToRestrict, RestrictedSidCount, &restrict_to);
    }
    if (tsr_failed(status)) {
        return error_report(status);
    }
    return error_report_nt(NtFilterToken(ExistingTokenHandle, Flags, disable, delete_privileges,
                                         restrict_to, NewTokenHandle));
}

/* ---- Changing ---- */

/* The last error tells also what came of a success. */
static BOOL report_always(NTSTATUS status)
{
    SetLastError(RtlNtStatusToDosError(status));
    return NT_SUCCESS(status);
}

BOOL WINAPI AdjustTokenPrivileges(HANDLE TokenHandle, BOOL DisableAllPrivileges,
                                  PTOKEN_PRIVILEGES NewState, DWORD BufferLength,
                                  PTOKEN_PRIVILEGES PreviousState, PDWORD ReturnLength)
{
    return report_always(NtAdjustPrivilegesToken(TokenHandle, DisableAllPrivileges != FALSE,
                                                 NewState, BufferLength, PreviousState,
                                                 ReturnLength));
}

BOOL WINAPI AdjustTokenGroups(HANDLE TokenHandle, BOOL ResetToDefault, PTOKEN_GROUPS NewState,
                              DWORD BufferLength, PTOKEN_GROUPS PreviousState, PDWORD ReturnLength)
{
    return report_always(NtAdjustGroupsToken(TokenHandle, ResetToDefault != FALSE, NewState,
                                             BufferLength, PreviousState, ReturnLength));
}

BOOL WINAPI SetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                LPVOID TokenInformation, DWORD TokenInformationLength)
{
    return error_report_nt(NtSetInformationToken(TokenHandle, TokenInformationClass,
                                                 TokenInformation, TokenInformationLength));
}

/* ---- Asking ---- */

BOOL WINAPI GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                LPVOID TokenInformation, DWORD TokenInformationLength,
                                PDWORD ReturnLength)
{
    return error_report_nt(NtQueryInformationToken(TokenHandle, TokenInformationClass,
                                                   TokenInformation, TokenInformationLength,
                                                   ReturnLength));
}

BOOL WINAPI PrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges, LPBOOL pfResult)
{
    NTSTATUS status;
    BOOLEAN held;

    if (!pfResult) {
        return error_fail(ERROR_NOACCESS);
    }
    status = NtPrivilegeCheck(ClientToken, RequiredPrivileges, &held);
    if (NT_SUCCESS(status)) {
        *pfResult = held;
    }
    return error_report_nt(status);
}

_Static_assert(CTMF_INCLUDE_APPCONTAINER == TSR_MEMBERSHIP_OF_PACKAGES, "one numbering");
_Static_assert(CTMF_INCLUDE_LPAC == TSR_MEMBERSHIP_OF_LPACS, "one numbering");

static tsr_status decode(PSID sid, tsr_sid *ret_sid)
{
    REQUIRE(RtlValidSid(sid), STATUS_INVALID_SID);
    return tsr_sid_decode(sid, RtlLengthSid(sid), ret_sid, NULL);
}

static tsr_status check_membership(HANDLE token, PSID sid, DWORD flags, bool *ret_is_member)
{
    tsr_sid decoded;

    TRY(decode(sid, &decoded));
    return service_check_membership((handle_t)(uintptr_t)token, &decoded, flags, ret_is_member);
}

BOOL WINAPI CheckTokenMembershipEx(HANDLE TokenHandle, PSID SidToCheck, DWORD Flags, PBOOL IsMember)
{
    bool is_member = false;
    BOOL result;

    if (!IsMember) {
        return error_fail(ERROR_NOACCESS);
    }
    result = error_report(check_membership(TokenHandle, SidToCheck, Flags, &is_member));
    *IsMember = result && is_member;
    return result;
}

BOOL WINAPI CheckTokenMembership(HANDLE TokenHandle, PSID SidToCheck, PBOOL IsMember)
{
    return CheckTokenMembershipEx(TokenHandle, SidToCheck, 0, IsMember);
}

static tsr_status check_capability(HANDLE token, PSID capability, bool *ret_has_capability)
{
    tsr_sid decoded;

    TRY(decode(capability, &decoded));
    return service_check_capability((handle_t)(uintptr_t)token, &decoded, ret_has_capability);
}

BOOL WINAPI CheckTokenCapability(HANDLE TokenHandle, PSID CapabilitySidToCheck, PBOOL HasCapability)
{
    bool has_capability = false;
    BOOL result;

    if (!HasCapability) {
        return error_fail(ERROR_NOACCESS);
    }
    result = error_report(check_capability(TokenHandle, CapabilitySidToCheck, &has_capability));
    *HasCapability = result && has_capability;
    return result;
}

BOOL WINAPI IsTokenRestricted(HANDLE TokenHandle)
{
    DWORD is_restricted = 0;
    DWORD size;

    return GetTokenInformation(TokenHandle, TokenIsRestricted, &is_restricted,
                               sizeof(is_restricted), &size) &&
           is_restricted;
}
