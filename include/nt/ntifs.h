/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs, ACLs and descriptors in memory; tokens, by handle and by reference
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

#define SeLengthSid(Sid) (8 + 4 * ((SID *)(Sid))->SubAuthorityCount)

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

/** Begin a self-relative descriptor without parts. @return as RtlCreateSecurityDescriptor() */
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    _Out_ PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, _In_ ULONG Revision);

/* ---- Masks and LUIDs ---- */

NTSYSAPI BOOLEAN NTAPI RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                                _In_ ACCESS_MASK DesiredAccess);
NTSYSAPI BOOLEAN NTAPI RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                                _In_ ACCESS_MASK DesiredAccess);
NTSYSAPI VOID NTAPI RtlCopyLuid(_Out_ PLUID DestinationLuid, _In_ PLUID SourceLuid);

/* ---- Handles ---- */

/*
 * Handles are of tokens, of this process and of its threads. A function that takes one may return,
 * in this order, STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH and STATUS_ACCESS_DENIED; one
 * that opens a handle sets it to NULL on failure. NULL where there must be memory is
 * STATUS_ACCESS_VIOLATION; other addresses that are not the caller's end the program.
 *
 * ZwXxx is NtXxx by another name: every caller is a user.
 */

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define NtCurrentThread()  ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentProcess() NtCurrentProcess()
#define ZwCurrentThread()  NtCurrentThread()

/* These three are for asking only: STATUS_INVALID_HANDLE elsewhere. */
#define NtCurrentProcessToken()   ((HANDLE)(LONG_PTR)-4)
#define NtCurrentThreadToken()    ((HANDLE)(LONG_PTR)-5)
#define NtCurrentEffectiveToken() ((HANDLE)(LONG_PTR)-6)

#define DUPLICATE_SAME_ATTRIBUTES 0x4u

NTSYSAPI NTSTATUS NTAPI ZwClose(_In_ HANDLE Handle);

/**
 * @param TargetHandle  NULL: nothing but what the options say happens to the source
 * @return STATUS_INVALID_PARAMETER (options), STATUS_PRIVILEGE_NOT_HELD,
 *         STATUS_BAD_IMPERSONATION_LEVEL
 */
NTSYSAPI NTSTATUS NTAPI NtDuplicateObject(_In_ HANDLE SourceProcessHandle, _In_ HANDLE SourceHandle,
                                          _In_opt_ HANDLE TargetProcessHandle,
                                          _Out_opt_ PHANDLE TargetHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ ULONG HandleAttributes, _In_ ULONG Options);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateObject(_In_ HANDLE SourceProcessHandle, _In_ HANDLE SourceHandle,
                                          _In_opt_ HANDLE TargetProcessHandle,
                                          _Out_opt_ PHANDLE TargetHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ ULONG HandleAttributes, _In_ ULONG Options);

/**
 * @param LengthNeeded  the size of the descriptor, also if there is not enough room
 * @return STATUS_BUFFER_TOO_SMALL
 */
NTSYSAPI NTSTATUS NTAPI NtQuerySecurityObject(_In_ HANDLE Handle,
                                              _In_ SECURITY_INFORMATION SecurityInformation,
                                              _Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              _In_ ULONG Length, _Out_ PULONG LengthNeeded);
NTSYSAPI NTSTATUS NTAPI ZwQuerySecurityObject(_In_ HANDLE Handle,
                                              _In_ SECURITY_INFORMATION SecurityInformation,
                                              _Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              _In_ ULONG Length, _Out_ PULONG LengthNeeded);

/** The label of a token stays as it is, without an error. @return as tsr_sd_change_object() */
NTSYSAPI NTSTATUS NTAPI NtSetSecurityObject(_In_ HANDLE Handle,
                                            _In_ SECURITY_INFORMATION SecurityInformation,
                                            _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSYSAPI NTSTATUS NTAPI ZwSetSecurityObject(_In_ HANDLE Handle,
                                            _In_ SECURITY_INFORMATION SecurityInformation,
                                            _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);

/* ---- Tokens by handle: opening and making ---- */

/** @return STATUS_PRIVILEGE_NOT_HELD, STATUS_BAD_IMPERSONATION_LEVEL */
NTSYSAPI NTSTATUS NTAPI NtOpenProcessToken(_In_ HANDLE ProcessHandle,
                                           _In_ ACCESS_MASK DesiredAccess,
                                           _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessToken(_In_ HANDLE ProcessHandle,
                                           _In_ ACCESS_MASK DesiredAccess,
                                           _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenProcessTokenEx(_In_ HANDLE ProcessHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ ULONG HandleAttributes,
                                             _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessTokenEx(_In_ HANDLE ProcessHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ ULONG HandleAttributes,
                                             _Out_ PHANDLE TokenHandle);

/**
 * A token that is copied on open is from then on the copy.
 *
 * @return STATUS_NO_TOKEN, STATUS_CANT_OPEN_ANONYMOUS, as NtOpenProcessToken()
 */
NTSYSAPI NTSTATUS NTAPI NtOpenThreadToken(_In_ HANDLE ThreadHandle, _In_ ACCESS_MASK DesiredAccess,
                                          _In_ BOOLEAN OpenAsSelf, _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadToken(_In_ HANDLE ThreadHandle, _In_ ACCESS_MASK DesiredAccess,
                                          _In_ BOOLEAN OpenAsSelf, _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenThreadTokenEx(_In_ HANDLE ThreadHandle,
                                            _In_ ACCESS_MASK DesiredAccess, _In_ BOOLEAN OpenAsSelf,
                                            _In_ ULONG HandleAttributes, _Out_ PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadTokenEx(_In_ HANDLE ThreadHandle,
                                            _In_ ACCESS_MASK DesiredAccess, _In_ BOOLEAN OpenAsSelf,
                                            _In_ ULONG HandleAttributes, _Out_ PHANDLE TokenHandle);

/**
 * @param DesiredAccess     0: what the existing handle was granted
 * @param ObjectAttributes  its quality of service has the level; without: that of an impersonation
 *                          token, and anonymous of a primary one
 * @return STATUS_INVALID_PARAMETER (type, a length), STATUS_BAD_IMPERSONATION_LEVEL,
 *         STATUS_NO_SUCH_LOGON_SESSION, STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI NtDuplicateToken(_In_ HANDLE ExistingTokenHandle,
                                         _In_ ACCESS_MASK DesiredAccess,
                                         _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                         _In_ BOOLEAN EffectiveOnly, _In_ TOKEN_TYPE TokenType,
                                         _Out_ PHANDLE NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateToken(_In_ HANDLE ExistingTokenHandle,
                                         _In_ ACCESS_MASK DesiredAccess,
                                         _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                         _In_ BOOLEAN EffectiveOnly, _In_ TOKEN_TYPE TokenType,
                                         _Out_ PHANDLE NewTokenHandle);

/** @return STATUS_INVALID_PARAMETER, STATUS_INVALID_SID, STATUS_NO_MEMORY */
NTSYSAPI NTSTATUS NTAPI NtFilterToken(_In_ HANDLE ExistingTokenHandle, _In_ ULONG Flags,
                                      _In_opt_ PTOKEN_GROUPS SidsToDisable,
                                      _In_opt_ PTOKEN_PRIVILEGES PrivilegesToDelete,
                                      _In_opt_ PTOKEN_GROUPS RestrictedSids,
                                      _Out_ PHANDLE NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwFilterToken(_In_ HANDLE ExistingTokenHandle, _In_ ULONG Flags,
                                      _In_opt_ PTOKEN_GROUPS SidsToDisable,
                                      _In_opt_ PTOKEN_PRIVILEGES PrivilegesToDelete,
                                      _In_opt_ PTOKEN_GROUPS RestrictedSids,
                                      _Out_ PHANDLE NewTokenHandle);

/**
 * The group with SE_GROUP_INTEGRITY is the integrity level, and no group; without: medium.
 *
 * @return STATUS_BAD_TOKEN_TYPE, STATUS_PRIVILEGE_NOT_HELD (SeCreateTokenPrivilege),
 *         STATUS_NO_SUCH_LOGON_SESSION, as tsr_token_new()
 */
NTSYSAPI NTSTATUS NTAPI NtCreateToken(_Out_ PHANDLE TokenHandle, _In_ ACCESS_MASK DesiredAccess,
                                      _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _In_ TOKEN_TYPE TokenType, _In_ PLUID AuthenticationId,
                                      _In_ PLARGE_INTEGER ExpirationTime, _In_ PTOKEN_USER User,
                                      _In_ PTOKEN_GROUPS Groups, _In_ PTOKEN_PRIVILEGES Privileges,
                                      _In_opt_ PTOKEN_OWNER Owner,
                                      _In_ PTOKEN_PRIMARY_GROUP PrimaryGroup,
                                      _In_opt_ PTOKEN_DEFAULT_DACL DefaultDacl,
                                      _In_ PTOKEN_SOURCE TokenSource);
NTSYSAPI NTSTATUS NTAPI ZwCreateToken(_Out_ PHANDLE TokenHandle, _In_ ACCESS_MASK DesiredAccess,
                                      _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _In_ TOKEN_TYPE TokenType, _In_ PLUID AuthenticationId,
                                      _In_ PLARGE_INTEGER ExpirationTime, _In_ PTOKEN_USER User,
                                      _In_ PTOKEN_GROUPS Groups, _In_ PTOKEN_PRIVILEGES Privileges,
                                      _In_opt_ PTOKEN_OWNER Owner,
                                      _In_ PTOKEN_PRIMARY_GROUP PrimaryGroup,
                                      _In_opt_ PTOKEN_DEFAULT_DACL DefaultDacl,
                                      _In_ PTOKEN_SOURCE TokenSource);

/**
 * @param Handles  what on Windows keeps an AppContainer's directories: none must be given
 * @return STATUS_INVALID_PARAMETER, STATUS_ACCESS_DENIED, as tsr_token_new_lowbox()
 */
NTSYSAPI NTSTATUS NTAPI NtCreateLowBoxToken(
    _Out_ PHANDLE TokenHandle, _In_ HANDLE ExistingTokenHandle, _In_ ACCESS_MASK DesiredAccess,
    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes, _In_ PSID PackageSid, _In_ ULONG CapabilityCount,
    _In_opt_ PSID_AND_ATTRIBUTES Capabilities, _In_ ULONG HandleCount, _In_opt_ HANDLE *Handles);
NTSYSAPI NTSTATUS NTAPI ZwCreateLowBoxToken(
    _Out_ PHANDLE TokenHandle, _In_ HANDLE ExistingTokenHandle, _In_ ACCESS_MASK DesiredAccess,
    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes, _In_ PSID PackageSid, _In_ ULONG CapabilityCount,
    _In_opt_ PSID_AND_ATTRIBUTES Capabilities, _In_ ULONG HandleCount, _In_opt_ HANDLE *Handles);

/* ---- Tokens by handle: changing and asking ---- */

/**
 * @param ReturnLength  what PreviousState takes; untouched without PreviousState
 * @return STATUS_SUCCESS, STATUS_NOT_ALL_ASSIGNED; STATUS_INVALID_PARAMETER (no NewState),
 *         STATUS_BUFFER_TOO_SMALL, and nothing was changed; STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI NtAdjustPrivilegesToken(_In_ HANDLE TokenHandle,
                                                _In_ BOOLEAN DisableAllPrivileges,
                                                _In_opt_ PTOKEN_PRIVILEGES NewState,
                                                _In_ ULONG BufferLength,
                                                _Out_opt_ PTOKEN_PRIVILEGES PreviousState,
                                                _Out_opt_ PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwAdjustPrivilegesToken(_In_ HANDLE TokenHandle,
                                                _In_ BOOLEAN DisableAllPrivileges,
                                                _In_opt_ PTOKEN_PRIVILEGES NewState,
                                                _In_ ULONG BufferLength,
                                                _Out_opt_ PTOKEN_PRIVILEGES PreviousState,
                                                _Out_opt_ PULONG ReturnLength);

/** @return as above; STATUS_CANT_DISABLE_MANDATORY, STATUS_CANT_ENABLE_DENY_ONLY,
 *          STATUS_INVALID_SID */
NTSYSAPI NTSTATUS NTAPI NtAdjustGroupsToken(_In_ HANDLE TokenHandle, _In_ BOOLEAN ResetToDefault,
                                            _In_opt_ PTOKEN_GROUPS NewState,
                                            _In_ ULONG BufferLength,
                                            _Out_opt_ PTOKEN_GROUPS PreviousState,
                                            _Out_opt_ PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwAdjustGroupsToken(_In_ HANDLE TokenHandle, _In_ BOOLEAN ResetToDefault,
                                            _In_opt_ PTOKEN_GROUPS NewState,
                                            _In_ ULONG BufferLength,
                                            _Out_opt_ PTOKEN_GROUPS PreviousState,
                                            _Out_opt_ PULONG ReturnLength);

/**
 * @param TokenInformation  what is pointed to stands behind the structure
 * @param ReturnLength      what is needed, also if there is not enough room
 * @return STATUS_INVALID_INFO_CLASS, STATUS_DATATYPE_MISALIGNMENT (of 4 bytes);
 *         STATUS_INFO_LENGTH_MISMATCH (a class of one size), STATUS_BUFFER_TOO_SMALL (any other);
 *         STATUS_INVALID_PARAMETER (the level of a primary token), STATUS_NOT_FOUND (no logon SID),
 *         STATUS_NO_TOKEN (a pseudo handle), STATUS_NO_SUCH_LOGON_SESSION (no linked token)
 */
NTSYSAPI NTSTATUS NTAPI NtQueryInformationToken(_In_ HANDLE TokenHandle,
                                                _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                _Out_opt_ PVOID TokenInformation,
                                                _In_ ULONG TokenInformationLength,
                                                _Out_ PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationToken(_In_ HANDLE TokenHandle,
                                                _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                _Out_opt_ PVOID TokenInformation,
                                                _In_ ULONG TokenInformationLength,
                                                _Out_ PULONG ReturnLength);

/**
 * @return STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH (too short),
 *         STATUS_PRIVILEGE_NOT_HELD, as tsr_token_set_owner() and its like
 */
NTSYSAPI NTSTATUS NTAPI NtSetInformationToken(_In_ HANDLE TokenHandle,
                                              _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                              _In_ PVOID TokenInformation,
                                              _In_ ULONG TokenInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationToken(_In_ HANDLE TokenHandle,
                                              _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                              _In_ PVOID TokenInformation,
                                              _In_ ULONG TokenInformationLength);

/** @return STATUS_INVALID_PARAMETER (a count), STATUS_BAD_IMPERSONATION_LEVEL (anonymous) */
NTSYSAPI NTSTATUS NTAPI NtPrivilegeCheck(_In_ HANDLE ClientToken,
                                         _Inout_ PPRIVILEGE_SET RequiredPrivileges,
                                         _Out_ PBOOLEAN Result);
NTSYSAPI NTSTATUS NTAPI ZwPrivilegeCheck(_In_ HANDLE ClientToken,
                                         _Inout_ PPRIVILEGE_SET RequiredPrivileges,
                                         _Out_ PBOOLEAN Result);
NTSYSAPI NTSTATUS NTAPI NtCompareTokens(_In_ HANDLE FirstTokenHandle, _In_ HANDLE SecondTokenHandle,
                                        _Out_ PBOOLEAN Equal);
NTSYSAPI NTSTATUS NTAPI ZwCompareTokens(_In_ HANDLE FirstTokenHandle, _In_ HANDLE SecondTokenHandle,
                                        _Out_ PBOOLEAN Equal);

/* ---- Impersonation by handle ---- */

/*
 * What a process may not impersonate it impersonates at identification, without an error: read the
 * level back.
 */

/** @return STATUS_INVALID_PARAMETER (a quality of service), STATUS_BAD_IMPERSONATION_LEVEL */
NTSYSAPI NTSTATUS NTAPI NtImpersonateThread(_In_ HANDLE ServerThreadHandle,
                                            _In_ HANDLE ClientThreadHandle,
                                            _In_ PSECURITY_QUALITY_OF_SERVICE SecurityQos);
NTSYSAPI NTSTATUS NTAPI ZwImpersonateThread(_In_ HANDLE ServerThreadHandle,
                                            _In_ HANDLE ClientThreadHandle,
                                            _In_ PSECURITY_QUALITY_OF_SERVICE SecurityQos);

/** @return STATUS_ACCESS_DENIED (also for a restricted process) */
NTSYSAPI NTSTATUS NTAPI NtImpersonateAnonymousToken(_In_ HANDLE ThreadHandle);
NTSYSAPI NTSTATUS NTAPI ZwImpersonateAnonymousToken(_In_ HANDLE ThreadHandle);

/** @return STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH, STATUS_BAD_TOKEN_TYPE */
NTSYSAPI NTSTATUS NTAPI NtSetInformationThread(_In_ HANDLE ThreadHandle,
                                               _In_ THREADINFOCLASS ThreadInformationClass,
                                               _In_ PVOID ThreadInformation,
                                               _In_ ULONG ThreadInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationThread(_In_ HANDLE ThreadHandle,
                                               _In_ THREADINFOCLASS ThreadInformationClass,
                                               _In_ PVOID ThreadInformation,
                                               _In_ ULONG ThreadInformationLength);

/* ---- Access checks by handle ---- */

/*
 * What is refused is an answer, told by AccessStatus, with GrantedAccess 0. What keeps a check from
 * being made is returned, and nothing is written but PrivilegeSetLength:
 * STATUS_GENERIC_NOT_MAPPED, STATUS_BUFFER_TOO_SMALL (PrivilegeSet), STATUS_NO_IMPERSONATION_TOKEN,
 * STATUS_BAD_IMPERSONATION_LEVEL (anonymous), STATUS_INVALID_SECURITY_DESCR,
 * STATUS_INVALID_PARAMETER (a list of types), STATUS_INVALID_SID.
 */

NTSYSAPI NTSTATUS NTAPI NtAccessCheck(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                      _In_ HANDLE ClientToken, _In_ ACCESS_MASK DesiredAccess,
                                      _In_ PGENERIC_MAPPING GenericMapping,
                                      _Out_opt_ PPRIVILEGE_SET PrivilegeSet,
                                      _Inout_ PULONG PrivilegeSetLength,
                                      _Out_ PACCESS_MASK GrantedAccess,
                                      _Out_ PNTSTATUS AccessStatus);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheck(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                      _In_ HANDLE ClientToken, _In_ ACCESS_MASK DesiredAccess,
                                      _In_ PGENERIC_MAPPING GenericMapping,
                                      _Out_opt_ PPRIVILEGE_SET PrivilegeSet,
                                      _Inout_ PULONG PrivilegeSetLength,
                                      _Out_ PACCESS_MASK GrantedAccess,
                                      _Out_ PNTSTATUS AccessStatus);
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByType(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ HANDLE ClientToken, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_TYPE_LIST ObjectTypeList,
    _In_ ULONG ObjectTypeListLength, _In_ PGENERIC_MAPPING GenericMapping,
    _Out_opt_ PPRIVILEGE_SET PrivilegeSet, _Inout_ PULONG PrivilegeSetLength,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus);

/** One answer for each type. */
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeResultList(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ HANDLE ClientToken, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_TYPE_LIST ObjectTypeList,
    _In_ ULONG ObjectTypeListLength, _In_ PGENERIC_MAPPING GenericMapping,
    _Out_opt_ PPRIVILEGE_SET PrivilegeSet, _Inout_ PULONG PrivilegeSetLength,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus);

/* ---- Audits (access-check.md 13) ---- */

/*
 * Events go where tsr_audit_log_to_fd() says. All of these need SeAuditPrivilege, enabled in the
 * primary token of the process: STATUS_PRIVILEGE_NOT_HELD. An event that cannot be written fails
 * the call with the status of that error.
 *
 * The checks answer as NtAccessCheck does, of whom the calling thread impersonates
 * (STATUS_NO_IMPERSONATION_TOKEN if nobody), and write an event if an ACE of the SACL asks for it,
 * or the policy of tsr_audit_log_set_policy(). Whatever keeps them from being made or audited,
 * GrantedAccess is 0, AccessStatus a refusal, and GenerateOnClose FALSE; unless it was a pointer,
 * or a list of types that is too long.
 *
 * @param Flags            AUDIT_ALLOW_NO_PRIVILEGE: without the privilege, check and write nothing
 * @param GenerateOnClose  whether a success was written
 */

NTSYSAPI NTSTATUS NTAPI NtAccessCheckAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ACCESS_MASK DesiredAccess,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ACCESS_MASK DesiredAccess,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);

NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckByTypeAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);

/** One answer for each type. */
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckByTypeResultListAndAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);

/** The same for the client of a token, of any thread. */
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId, _In_ HANDLE ClientToken,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckByTypeResultListAndAuditAlarmByHandle(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId, _In_ HANDLE ClientToken,
    _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ ACCESS_MASK DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ ULONG Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ ULONG ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOLEAN ObjectCreation,
    _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus, _Out_ PBOOLEAN GenerateOnClose);

/**
 * Write what a SACL asks for of a decision that was made. Generic rights in the SACL stand for all.
 *
 * @param ClientToken      needs TOKEN_QUERY
 * @param Privileges       that were used; one that there is not is STATUS_NO_SUCH_PRIVILEGE
 * @param GenerateOnClose  FALSE on failure
 */
NTSYSAPI NTSTATUS NTAPI
NtOpenObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
                       _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
                       _In_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ HANDLE ClientToken,
                       _In_ ACCESS_MASK DesiredAccess, _In_ ACCESS_MASK GrantedAccess,
                       _In_opt_ PPRIVILEGE_SET Privileges, _In_ BOOLEAN ObjectCreation,
                       _In_ BOOLEAN AccessGranted, _Out_ PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI
ZwOpenObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId,
                       _In_ PUNICODE_STRING ObjectTypeName, _In_opt_ PUNICODE_STRING ObjectName,
                       _In_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ HANDLE ClientToken,
                       _In_ ACCESS_MASK DesiredAccess, _In_ ACCESS_MASK GrantedAccess,
                       _In_opt_ PPRIVILEGE_SET Privileges, _In_ BOOLEAN ObjectCreation,
                       _In_ BOOLEAN AccessGranted, _Out_ PBOOLEAN GenerateOnClose);

/* Write that a handle was closed, or its object deleted, if GenerateOnClose says so. */
NTSYSAPI NTSTATUS NTAPI NtCloseObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                _In_opt_ PVOID HandleId,
                                                _In_ BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwCloseObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                _In_opt_ PVOID HandleId,
                                                _In_ BOOLEAN GenerateOnClose);

NTSYSAPI NTSTATUS NTAPI NtDeleteObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                 _In_opt_ PVOID HandleId,
                                                 _In_ BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwDeleteObjectAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                 _In_opt_ PVOID HandleId,
                                                 _In_ BOOLEAN GenerateOnClose);

/* Write that privileges were used, or that this was tried in vain; always. */
NTSYSAPI NTSTATUS NTAPI NtPrivilegeObjectAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId, _In_ HANDLE ClientToken,
    _In_ ACCESS_MASK DesiredAccess, _In_ PPRIVILEGE_SET Privileges, _In_ BOOLEAN AccessGranted);
NTSYSAPI NTSTATUS NTAPI ZwPrivilegeObjectAuditAlarm(
    _In_ PUNICODE_STRING SubsystemName, _In_opt_ PVOID HandleId, _In_ HANDLE ClientToken,
    _In_ ACCESS_MASK DesiredAccess, _In_ PPRIVILEGE_SET Privileges, _In_ BOOLEAN AccessGranted);

NTSYSAPI NTSTATUS NTAPI NtPrivilegedServiceAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                      _In_ PUNICODE_STRING ServiceName,
                                                      _In_ HANDLE ClientToken,
                                                      _In_ PPRIVILEGE_SET Privileges,
                                                      _In_ BOOLEAN AccessGranted);
NTSYSAPI NTSTATUS NTAPI ZwPrivilegedServiceAuditAlarm(_In_ PUNICODE_STRING SubsystemName,
                                                      _In_ PUNICODE_STRING ServiceName,
                                                      _In_ HANDLE ClientToken,
                                                      _In_ PPRIVILEGE_SET Privileges,
                                                      _In_ BOOLEAN AccessGranted);

/* ---- Processes ---- */

/* What a process is told to change. */
typedef enum _PROCESSINFOCLASS {
    ProcessAccessToken = 9, /* a PROCESS_ACCESS_TOKEN */
} PROCESSINFOCLASS;

typedef struct _PROCESS_ACCESS_TOKEN {
    HANDLE Token;
    HANDLE Thread; /* not looked at */
} PROCESS_ACCESS_TOKEN, *PPROCESS_ACCESS_TOKEN;

/**
 * A process by its number; who it is was decided when it began, and is read when it is opened.
 *
 * @return STATUS_INVALID_PARAMETER_MIX (a name, or no ClientId), STATUS_INVALID_CID (there is none,
 *         or a thread is given)
 */
NTSYSAPI NTSTATUS NTAPI NtOpenProcess(_Out_ PHANDLE ProcessHandle, _In_ ACCESS_MASK DesiredAccess,
                                      _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _In_opt_ PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcess(_Out_ PHANDLE ProcessHandle, _In_ ACCESS_MASK DesiredAccess,
                                      _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _In_opt_ PCLIENT_ID ClientId);

/** End another process. It may still run when this returns. @return STATUS_NOT_SUPPORTED: our own
 */
NTSYSAPI NTSTATUS NTAPI NtTerminateProcess(_In_opt_ HANDLE ProcessHandle, _In_ NTSTATUS ExitStatus);
NTSYSAPI NTSTATUS NTAPI ZwTerminateProcess(_In_opt_ HANDLE ProcessHandle, _In_ NTSTATUS ExitStatus);

/**
 * Assign the primary token of this process (token.md 3.15).
 *
 * @return STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH; STATUS_BAD_TOKEN_TYPE,
 *         STATUS_PRIVILEGE_NOT_HELD (SeAssignPrimaryTokenPrivilege, unless it is a child or a
 *         sibling of the current one), STATUS_TOKEN_ALREADY_IN_USE; STATUS_NOT_SUPPORTED (of
 *         another process)
 */
NTSYSAPI NTSTATUS NTAPI NtSetInformationProcess(_In_ HANDLE ProcessHandle,
                                                _In_ PROCESSINFOCLASS ProcessInformationClass,
                                                _In_ PVOID ProcessInformation,
                                                _In_ ULONG ProcessInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationProcess(_In_ HANDLE ProcessHandle,
                                                _In_ PROCESSINFOCLASS ProcessInformationClass,
                                                _In_ PVOID ProcessInformation,
                                                _In_ ULONG ProcessInformationLength);

/* Those of Linux. */
NTSYSAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);
NTSYSAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);
NTSYSAPI HANDLE NTAPI PsGetProcessId(_In_ PEPROCESS Process);
NTSYSAPI HANDLE NTAPI PsGetThreadId(_In_ PETHREAD Thread);

/**
 * @param Thread  ObDereferenceObject() by the caller
 * @return STATUS_INVALID_CID (no such thread of this process that has come here)
 */
NTSYSAPI NTSTATUS NTAPI PsLookupThreadByThreadId(_In_ HANDLE UniqueThreadId,
                                                 _Outptr_ PETHREAD *Thread);

/* ---- Descriptors of drivers' own objects ---- */

/*
 * *ObjectsSecurityDescriptor is self-relative: STATUS_BAD_DESCRIPTOR_FORMAT, and NULL is
 * STATUS_NO_SECURITY_ON_OBJECT. Whether the caller has the rights is the driver's to check.
 */

/** @param Length  room; then what is needed, also with STATUS_BUFFER_TOO_SMALL */
NTSYSAPI NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(
    _In_ PSECURITY_INFORMATION SecurityInformation, _Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _Inout_ PULONG Length, _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);

/**
 * Replace parts; an owner or a label is judged by what the calling thread acts by.
 *
 * @param ObjectsSecurityDescriptor  becomes another, ExFreePool() by the caller, who keeps the old
 *                                   one; untouched on failure
 * @return as tsr_sd_change_object(); STATUS_BAD_IMPERSONATION_LEVEL
 */
NTSYSAPI NTSTATUS NTAPI
SeSetSecurityDescriptorInfo(_In_opt_ PVOID Object, _In_ PSECURITY_INFORMATION SecurityInformation,
                            _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                            _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                            _In_ POOL_TYPE PoolType, _In_ PGENERIC_MAPPING GenericMapping);

/** @param AutoInheritFlags  SEF_DACL_AUTO_INHERIT, SEF_SACL_AUTO_INHERIT */
NTSYSAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfoEx(
    _In_opt_ PVOID Object, _In_ PSECURITY_INFORMATION SecurityInformation,
    _In_ PSECURITY_DESCRIPTOR ModificationDescriptor,
    _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor, _In_ ULONG AutoInheritFlags,
    _In_ POOL_TYPE PoolType, _In_ PGENERIC_MAPPING GenericMapping);

/* ---- Tokens by reference (token.md 4.11) ---- */

/** @return PsDereferencePrimaryToken() by the caller; NULL: memory is short */
NTSYSAPI PACCESS_TOKEN NTAPI PsReferencePrimaryToken(_Inout_ PEPROCESS Process);
NTSYSAPI VOID NTAPI PsDereferencePrimaryToken(_In_ PACCESS_TOKEN PrimaryToken);

/**
 * @param CopyOnOpen  and the others: untouched where the thread does not impersonate
 * @return PsDereferenceImpersonationToken() by the caller; NULL: it does not
 */
NTSYSAPI PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(
    _Inout_ PETHREAD Thread, _Out_ PBOOLEAN CopyOnOpen, _Out_ PBOOLEAN EffectiveOnly,
    _Out_ PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTSYSAPI VOID NTAPI PsDereferenceImpersonationToken(_In_opt_ PACCESS_TOKEN ImpersonationToken);

/**
 * What the process may not impersonate it impersonates at identification.
 *
 * @param Token  NULL: revert
 * @return STATUS_INVALID_PARAMETER (no thread), STATUS_BAD_IMPERSONATION_LEVEL, STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI PsImpersonateClient(_Inout_ PETHREAD Thread, _In_opt_ PACCESS_TOKEN Token,
                                            _In_ BOOLEAN CopyOnOpen, _In_ BOOLEAN EffectiveOnly,
                                            _In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTSYSAPI VOID NTAPI PsRevertToSelf(VOID);

/** @return whether there was something to disable: then PsRestoreImpersonation(), once */
NTSYSAPI BOOLEAN NTAPI PsDisableImpersonation(_Inout_ PETHREAD Thread,
                                              _Out_ PSE_IMPERSONATION_STATE ImpersonationState);

/** Exactly what it was, in the place of what it is by now, and without asking anybody. */
NTSYSAPI VOID NTAPI PsRestoreImpersonation(_Inout_ PETHREAD Thread,
                                           _Inout_ PSE_IMPERSONATION_STATE ImpersonationState);

/** @param Thread  NULL: no client token, whoever is impersonated */
NTSYSAPI VOID NTAPI SeCaptureSubjectContextEx(_In_opt_ PETHREAD Thread, _In_ PEPROCESS Process,
                                              _Out_ PSECURITY_SUBJECT_CONTEXT SubjectContext);

/** @return borrowed from the context: the client's, else the primary */
NTSYSAPI PACCESS_TOKEN NTAPI
SeQuerySubjectContextToken(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTSYSAPI BOOLEAN NTAPI SePrivilegeCheck(_Inout_ PPRIVILEGE_SET RequiredPrivileges,
                                        _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                        _In_ KPROCESSOR_MODE AccessMode);
NTSYSAPI VOID NTAPI SeFreePrivileges(_In_ PPRIVILEGE_SET Privileges);

NTSYSAPI TOKEN_TYPE NTAPI SeTokenType(_In_ PACCESS_TOKEN Token);
NTSYSAPI BOOLEAN NTAPI SeTokenIsAdmin(_In_ PACCESS_TOKEN Token);
NTSYSAPI BOOLEAN NTAPI SeTokenIsRestricted(_In_ PACCESS_TOKEN Token);
NTSYSAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(_In_ PACCESS_TOKEN Token);

/** @return STATUS_SUCCESS, always */
NTSYSAPI NTSTATUS NTAPI SeQueryAuthenticationIdToken(_In_ PACCESS_TOKEN Token,
                                                     _Out_ PLUID AuthenticationId);
NTSYSAPI NTSTATUS NTAPI SeQuerySessionIdToken(_In_ PACCESS_TOKEN Token, _Out_ PULONG SessionId);

/* ---- Logon sessions ---- */

/* Its result is not looked at. */
typedef NTSTATUS(NTAPI *PSE_LOGON_SESSION_TERMINATED_ROUTINE)(_In_ PLUID LogonId);

/** Be told of marked sessions that end. @return STATUS_INVALID_PARAMETER (NULL) */
NTSYSAPI NTSTATUS NTAPI
SeRegisterLogonSessionTerminatedRoutine(_In_ PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);

/** @return STATUS_INVALID_PARAMETER (NULL), STATUS_NOT_FOUND */
NTSYSAPI NTSTATUS NTAPI SeUnregisterLogonSessionTerminatedRoutine(
    _In_ PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);

/** @return STATUS_NOT_FOUND */
NTSYSAPI NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(_In_ PLUID LogonId);

/**
 * TokenUser to TokenStatistics are in memory of their own, ExFreePool() by the caller; of
 * TokenSessionId and TokenIntegrityLevel, *TokenInformation is the ULONG itself: nothing to free,
 * and 4 bytes are written. Other classes are not told by reference.
 *
 * @param TokenInformation  untouched on failure
 * @return STATUS_INVALID_INFO_CLASS, STATUS_INVALID_PARAMETER (NULL; the level of a primary token),
 *         STATUS_NO_MEMORY
 */
NTSYSAPI NTSTATUS NTAPI SeQueryInformationToken(_In_ PACCESS_TOKEN Token,
                                                _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                _Outptr_ PVOID *TokenInformation);

/**
 * @param FilteredToken  PsDereferencePrimaryToken() by the caller; NULL on failure
 * @return as NtFilterToken()
 */
NTSYSAPI NTSTATUS NTAPI SeFilterToken(_In_ PACCESS_TOKEN ExistingToken, _In_ ULONG Flags,
                                      _In_opt_ PTOKEN_GROUPS SidsToDisable,
                                      _In_opt_ PTOKEN_PRIVILEGES PrivilegesToDelete,
                                      _In_opt_ PTOKEN_GROUPS RestrictedSids,
                                      _Out_ PACCESS_TOKEN *FilteredToken);

/* ---- Client contexts (token.md 5.2) ---- */

/* What a server may impersonate later: SeDeleteClientSecurity() for each that was created. */
typedef struct _SECURITY_CLIENT_CONTEXT {
    SECURITY_QUALITY_OF_SERVICE SecurityQos;
    PACCESS_TOKEN ClientToken;
    BOOLEAN DirectlyAccessClientToken;
    BOOLEAN DirectAccessEffectiveOnly;
    BOOLEAN ServerIsRemote;
    TOKEN_CONTROL ClientTokenControl;
} SECURITY_CLIENT_CONTEXT, *PSECURITY_CLIENT_CONTEXT;

/** @return STATUS_INVALID_PARAMETER, STATUS_BAD_IMPERSONATION_LEVEL, STATUS_NO_MEMORY */
NTSYSAPI NTSTATUS NTAPI SeCreateClientSecurity(_In_ PETHREAD ClientThread,
                                               _In_ PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                               _In_ BOOLEAN RemoteSession,
                                               _Out_ PSECURITY_CLIENT_CONTEXT ClientContext);
NTSYSAPI NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(
    _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
    _In_ PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos, _In_ BOOLEAN ServerIsRemote,
    _Out_ PSECURITY_CLIENT_CONTEXT ClientContext);
NTSYSAPI VOID NTAPI SeDeleteClientSecurity(_Inout_ PSECURITY_CLIENT_CONTEXT ClientContext);

/** @param ServerThread  NULL: the calling thread */
NTSYSAPI NTSTATUS NTAPI SeImpersonateClientEx(_In_ PSECURITY_CLIENT_CONTEXT ClientContext,
                                              _In_opt_ PETHREAD ServerThread);

/** The same without telling: after a failure the thread is who it was. */
NTSYSAPI VOID NTAPI SeImpersonateClient(_In_ PSECURITY_CLIENT_CONTEXT ClientContext,
                                        _In_opt_ PETHREAD ServerThread);

#define SeStopImpersonatingClient() PsRevertToSelf()

TSR_END_DECLS
