/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs, ACLs and descriptors in memory
 *
 * As on Windows, structures carry their sizes themselves, and these routines believe them: check
 * what comes from elsewhere with tsr_sid_decode(), tsr_acl_view() and
 * RtlValidRelativeSecurityDescriptor() first. On failure nothing was changed, but sizes that tell
 * what is needed.
 */

#include <wdm.h>

TSR_BEGIN_DECLS

/* ---- SIDs ---- */

/** @return STATUS_INVALID_PARAMETER: over 15 sub-authorities */
NTSYSAPI NTSTATUS NTAPI RtlInitializeSid(_Out_ PSID Sid,
                                         _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                         _In_ UCHAR SubAuthorityCount);

/** @return STATUS_INVALID_SID: over 8 sub-authorities; STATUS_NO_MEMORY */
NTSYSAPI NTSTATUS NTAPI RtlAllocateAndInitializeSid(
    _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, _In_ UCHAR SubAuthorityCount,
    _In_ ULONG SubAuthority0, _In_ ULONG SubAuthority1, _In_ ULONG SubAuthority2,
    _In_ ULONG SubAuthority3, _In_ ULONG SubAuthority4, _In_ ULONG SubAuthority5,
    _In_ ULONG SubAuthority6, _In_ ULONG SubAuthority7, _Outptr_ PSID *Sid);

/** @return NULL, always */
NTSYSAPI PVOID NTAPI RtlFreeSid(_In_ PSID Sid);

NTSYSAPI BOOLEAN NTAPI RtlValidSid(_In_ PSID Sid);
NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(_In_ ULONG SubAuthorityCount);
NTSYSAPI ULONG NTAPI RtlLengthSid(_In_ PSID Sid);

/** @return STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_SID */
NTSYSAPI NTSTATUS NTAPI RtlCopySid(_In_ ULONG DestinationSidLength, _Out_ PSID DestinationSid,
                                   _In_ PSID SourceSid);
NTSYSAPI BOOLEAN NTAPI RtlEqualSid(_In_ PSID Sid1, _In_ PSID Sid2);
NTSYSAPI BOOLEAN NTAPI RtlEqualPrefixSid(_In_ PSID Sid1, _In_ PSID Sid2);
NTSYSAPI PULONG NTAPI RtlSubAuthoritySid(_In_ PSID Sid, _In_ ULONG SubAuthority);
NTSYSAPI PUCHAR NTAPI RtlSubAuthorityCountSid(_In_ PSID Sid);
NTSYSAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(_In_ PSID Sid);

/**
 * @param UnicodeString  RtlFreeUnicodeString() if AllocateDestinationString; otherwise room
 * @return STATUS_INVALID_SID, STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI RtlConvertSidToUnicodeString(_Inout_ PUNICODE_STRING UnicodeString,
                                                     _In_ PSID Sid,
                                                     _In_ BOOLEAN AllocateDestinationString);

/* ---- ACLs ---- */

/** @return STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_PARAMETER (revision, over 65532 bytes) */
NTSYSAPI NTSTATUS NTAPI RtlCreateAcl(_Out_ PACL Acl, _In_ ULONG AclLength, _In_ ULONG AclRevision);
NTSYSAPI BOOLEAN NTAPI RtlValidAcl(_In_ PACL Acl);

/**
 * @return STATUS_INVALID_PARAMETER (no ACL, class), STATUS_BUFFER_TOO_SMALL
 */
NTSYSAPI NTSTATUS NTAPI RtlQueryInformationAcl(_In_ PACL Acl, _Out_ PVOID AclInformation,
                                               _In_ ULONG AclInformationLength,
                                               _In_ ACL_INFORMATION_CLASS AclInformationClass);

/** Raise the revision. @return as above */
NTSYSAPI NTSTATUS NTAPI RtlSetInformationAcl(_Inout_ PACL Acl, _In_ PVOID AclInformation,
                                             _In_ ULONG AclInformationLength,
                                             _In_ ACL_INFORMATION_CLASS AclInformationClass);

/** @param FirstFree  NULL where no room is left. @return whether it is an ACL */
NTSYSAPI BOOLEAN NTAPI RtlFirstFreeAce(_In_ PACL Acl, _Outptr_ PVOID *FirstFree);

/**
 * Copy ACEs in before that of an index; MAXDWORD and every index behind the last: at the end.
 *
 * @return STATUS_INVALID_PARAMETER (no ACL, revision, malformed ACEs), STATUS_BUFFER_TOO_SMALL
 */
NTSYSAPI NTSTATUS NTAPI RtlAddAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                  _In_ ULONG StartingAceIndex, _In_ PVOID AceList,
                                  _In_ ULONG AceListLength);

/** @return STATUS_INVALID_PARAMETER */
NTSYSAPI NTSTATUS NTAPI RtlGetAce(_In_ PACL Acl, _In_ ULONG AceIndex, _Outptr_ PVOID *Ace);
NTSYSAPI NTSTATUS NTAPI RtlDeleteAce(_Inout_ PACL Acl, _In_ ULONG AceIndex);

/*
 * Append one ACE: STATUS_INVALID_SID, STATUS_REVISION_MISMATCH, STATUS_INVALID_ACL,
 * STATUS_ALLOTTED_SPACE_EXCEEDED, STATUS_INVALID_PARAMETER (flags that the type does not have).
 */

NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                               _In_ ACCESS_MASK AccessMask, _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                                 _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
                                                 _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                              _In_ ACCESS_MASK AccessMask, _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedAceEx(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                                _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
                                                _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                             _In_ ACCESS_MASK AccessMask, _In_ PSID Sid,
                                             _In_ BOOLEAN AuditSuccess, _In_ BOOLEAN AuditFailure);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessAceEx(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                               _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
                                               _In_ PSID Sid, _In_ BOOLEAN AuditSuccess,
                                               _In_ BOOLEAN AuditFailure);

/* The revision of these must be ACL_REVISION_DS. */

NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedObjectAce(
    _Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
    _In_opt_ GUID *ObjectTypeGuid, _In_opt_ GUID *InheritedObjectTypeGuid, _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedObjectAce(
    _Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
    _In_opt_ GUID *ObjectTypeGuid, _In_opt_ GUID *InheritedObjectTypeGuid, _In_ PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessObjectAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                                   _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask,
                                                   _In_opt_ GUID *ObjectTypeGuid,
                                                   _In_opt_ GUID *InheritedObjectTypeGuid,
                                                   _In_ PSID Sid, _In_ BOOLEAN AuditSuccess,
                                                   _In_ BOOLEAN AuditFailure);

/** A label: its SID is S-1-16-LEVEL. */
NTSYSAPI NTSTATUS NTAPI RtlAddMandatoryAce(_Inout_ PACL Acl, _In_ ULONG AceRevision,
                                           _In_ ULONG AceFlags, _In_ PSID Sid, _In_ UCHAR AceType,
                                           _In_ ACCESS_MASK AccessMask);

/* ---- Descriptors ---- */

/* What is got points into the descriptor, or is what it points to. STATUS_UNKNOWN_REVISION */

NTSYSAPI NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      _Outptr_ PSID *Owner,
                                                      _Out_ PBOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      _Outptr_ PSID *Group,
                                                      _Out_ PBOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     _Out_ PBOOLEAN DaclPresent,
                                                     _Outptr_ PACL *Dacl,
                                                     _Out_ PBOOLEAN DaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     _Out_ PBOOLEAN SaclPresent,
                                                     _Outptr_ PACL *Sacl,
                                                     _Out_ PBOOLEAN SaclDefaulted);
NTSYSAPI NTSTATUS NTAPI
RtlGetControlSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                _Out_ PSECURITY_DESCRIPTOR_CONTROL Control, _Out_ PULONG Revision);

/** @return whether there is such a byte */
NTSYSAPI BOOLEAN NTAPI RtlGetSecurityDescriptorRMControl(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Out_ PUCHAR RMControl);

/* As RtlSetDaclSecurityDescriptor(): absolute descriptors borrow what they are given. */

NTSYSAPI NTSTATUS NTAPI
RtlSetOwnerSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID Owner,
                              _In_ BOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI
RtlSetGroupSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID Group,
                              _In_ BOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(
    _Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ BOOLEAN SaclPresent, _In_opt_ PACL Sacl,
    _In_ BOOLEAN SaclDefaulted);

/** @return STATUS_INVALID_PARAMETER: a bit that is not about inheritance, or not of interest */
NTSYSAPI NTSTATUS NTAPI
RtlSetControlSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                _In_ SECURITY_DESCRIPTOR_CONTROL ControlBitsOfInterest,
                                _In_ SECURITY_DESCRIPTOR_CONTROL ControlBitsToSet);

/** @param RMControl  NULL: take the byte away */
NTSYSAPI VOID NTAPI RtlSetSecurityDescriptorRMControl(
    _Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PUCHAR RMControl);

/**
 * @param BufferLength  room; then what is needed
 * @return STATUS_BAD_DESCRIPTOR_FORMAT: it is self-relative; STATUS_BUFFER_TOO_SMALL;
 * STATUS_INVALID_SECURITY_DESCR; STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(
    _In_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
    _Out_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, _Inout_ PULONG BufferLength);

/** The same for either form. */
NTSYSAPI NTSTATUS NTAPI RtlMakeSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              _Out_ PSECURITY_DESCRIPTOR SelfRelativeDescriptor,
                                              _Inout_ PULONG BufferLength);

/**
 * Each size holds the room, and then what is needed; without a part nothing is.
 *
 * @return STATUS_BAD_DESCRIPTOR_FORMAT: it is not self-relative; STATUS_BUFFER_TOO_SMALL;
 * STATUS_INVALID_SECURITY_DESCR
 */
NTSYSAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(
    _In_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
    _Out_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
    _Inout_ PULONG AbsoluteSecurityDescriptorSize, _Out_ PACL Dacl, _Inout_ PULONG DaclSize,
    _Out_ PACL Sacl, _Inout_ PULONG SaclSize, _Out_ PSID Owner, _Inout_ PULONG OwnerSize,
    _Out_ PSID PrimaryGroup, _Inout_ PULONG PrimaryGroupSize);

/* ---- Masks and LUIDs ---- */

NTSYSAPI BOOLEAN NTAPI RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                                _In_ ACCESS_MASK DesiredAccess);
NTSYSAPI BOOLEAN NTAPI RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                                _In_ ACCESS_MASK DesiredAccess);
NTSYSAPI VOID NTAPI RtlCopyLuid(_Out_ PLUID DestinationLuid, _In_ PLUID SourceLuid);

TSR_END_DECLS
