/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs, ACLs, descriptors and masks in memory; tokens by handle
 *
 * As on Windows, structures carry their sizes themselves, and these functions believe them: check
 * what comes from elsewhere with tsr_sid_decode(), tsr_acl_view() and tsr_sd_view() first. NULL for
 * a SID, an ACL or a descriptor is refused wherever an error can be told; other pointers must not
 * be NULL but where it is said.
 */

#include <errhandlingapi.h>
#include <minwinbase.h>
#include <minwindef.h>
#include <winnt.h>

TSR_BEGIN_DECLS

/* ---- SIDs ---- */

WINADVAPI BOOL WINAPI InitializeSid(_Out_ PSID Sid,
                                    _In_ PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                                    _In_ BYTE nSubAuthorityCount);

/** @param pSid  FreeSid() by the caller */
WINADVAPI BOOL WINAPI AllocateAndInitializeSid(_In_ PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                                               _In_ BYTE nSubAuthorityCount,
                                               _In_ DWORD nSubAuthority0, _In_ DWORD nSubAuthority1,
                                               _In_ DWORD nSubAuthority2, _In_ DWORD nSubAuthority3,
                                               _In_ DWORD nSubAuthority4, _In_ DWORD nSubAuthority5,
                                               _In_ DWORD nSubAuthority6, _In_ DWORD nSubAuthority7,
                                               _Outptr_ PSID *pSid);

/** @return NULL, always */
WINADVAPI PVOID WINAPI FreeSid(_In_ PSID pSid);

WINADVAPI BOOL WINAPI CopySid(_In_ DWORD nDestinationSidLength, _Out_ PSID pDestinationSid,
                              _In_ PSID pSourceSid);
WINADVAPI BOOL WINAPI EqualSid(_In_ PSID pSid1, _In_ PSID pSid2);

/** Whether they differ in their last sub-authority at most. */
WINADVAPI BOOL WINAPI EqualPrefixSid(_In_ PSID pSid1, _In_ PSID pSid2);

/** Of SIDs of accounts (S-1-5-21-…) and S-1-5-32-…; others: ERROR_NON_DOMAIN_SID */
WINADVAPI BOOL WINAPI EqualDomainSid(_In_ PSID pSid1, _In_ PSID pSid2, _Out_ BOOL *pfEqual);

WINADVAPI BOOL WINAPI IsValidSid(_In_ PSID pSid);
WINADVAPI DWORD WINAPI GetLengthSid(_In_ PSID pSid);
WINADVAPI DWORD WINAPI GetSidLengthRequired(_In_ UCHAR nSubAuthorityCount);
WINADVAPI PDWORD WINAPI GetSidSubAuthority(_In_ PSID pSid, _In_ DWORD nSubAuthority);
WINADVAPI PUCHAR WINAPI GetSidSubAuthorityCount(_In_ PSID pSid);
WINADVAPI PSID_IDENTIFIER_AUTHORITY WINAPI GetSidIdentifierAuthority(_In_ PSID pSid);

/**
 * @param DomainSid  for the types of a domain's accounts
 * @param cbSid      room; then the size, also with ERROR_INSUFFICIENT_BUFFER
 */
WINADVAPI BOOL WINAPI CreateWellKnownSid(_In_ WELL_KNOWN_SID_TYPE WellKnownSidType,
                                         _In_opt_ PSID DomainSid, _Out_ PSID pSid,
                                         _Inout_ DWORD *cbSid);
WINADVAPI BOOL WINAPI IsWellKnownSid(_In_ PSID pSid, _In_ WELL_KNOWN_SID_TYPE WellKnownSidType);

/** Of an account's SID; others: ERROR_NON_DOMAIN_SID */
WINADVAPI BOOL WINAPI GetWindowsAccountDomainSid(_In_ PSID pSid, _Out_ PSID pDomainSid,
                                                 _Inout_ DWORD *cbDomainSid);

/* ---- ACLs ---- */

WINADVAPI BOOL WINAPI InitializeAcl(_Out_ PACL pAcl, _In_ DWORD nAclLength,
                                    _In_ DWORD dwAclRevision);
WINADVAPI BOOL WINAPI IsValidAcl(_In_ PACL pAcl);
WINADVAPI BOOL WINAPI GetAclInformation(_In_ PACL pAcl, _Out_ LPVOID pAclInformation,
                                        _In_ DWORD nAclInformationLength,
                                        _In_ ACL_INFORMATION_CLASS dwAclInformationClass);
WINADVAPI BOOL WINAPI SetAclInformation(_Inout_ PACL pAcl, _In_ LPVOID pAclInformation,
                                        _In_ DWORD nAclInformationLength,
                                        _In_ ACL_INFORMATION_CLASS dwAclInformationClass);

/** @param pAce  NULL, with success, where no room is left */
WINADVAPI BOOL WINAPI FindFirstFreeAce(_In_ PACL pAcl, _Outptr_ LPVOID *pAce);

/** Copy ACEs in before that of an index, MAXDWORD for the end. */
WINADVAPI BOOL WINAPI AddAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                             _In_ DWORD dwStartingAceIndex, _In_ LPVOID pAceList,
                             _In_ DWORD nAceListLength);
WINADVAPI BOOL WINAPI GetAce(_In_ PACL pAcl, _In_ DWORD dwAceIndex, _Outptr_ LPVOID *pAce);
WINADVAPI BOOL WINAPI DeleteAce(_Inout_ PACL pAcl, _In_ DWORD dwAceIndex);

/**
 * The first ACE from an index on whose SID is a package's or a capability's.
 *
 * @param AppContainerAceIndex  may be NULL
 * @return FALSE: ERROR_NOT_FOUND (there is none), and the outputs are untouched
 */
WINADVAPI BOOL WINAPI GetAppContainerAce(_In_ PACL Acl, _In_ DWORD StartingAceIndex,
                                         _Outptr_ PVOID *AppContainerAce,
                                         _Out_opt_ DWORD *AppContainerAceIndex);

/* Append one ACE. Without room: ERROR_ALLOTTED_SPACE_EXCEEDED, and nothing was changed. */

WINADVAPI BOOL WINAPI AddAccessAllowedAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                          _In_ DWORD AccessMask, _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAccessAllowedAceEx(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                            _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                            _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAccessAllowedObjectAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                                _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                                _In_opt_ GUID *ObjectTypeGuid,
                                                _In_opt_ GUID *InheritedObjectTypeGuid,
                                                _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAccessDeniedAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                         _In_ DWORD AccessMask, _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAccessDeniedAceEx(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                           _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                           _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAccessDeniedObjectAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                               _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                               _In_opt_ GUID *ObjectTypeGuid,
                                               _In_opt_ GUID *InheritedObjectTypeGuid,
                                               _In_ PSID pSid);
WINADVAPI BOOL WINAPI AddAuditAccessAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                        _In_ DWORD dwAccessMask, _In_ PSID pSid,
                                        _In_ BOOL bAuditSuccess, _In_ BOOL bAuditFailure);
WINADVAPI BOOL WINAPI AddAuditAccessAceEx(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                          _In_ DWORD AceFlags, _In_ DWORD dwAccessMask,
                                          _In_ PSID pSid, _In_ BOOL bAuditSuccess,
                                          _In_ BOOL bAuditFailure);
WINADVAPI BOOL WINAPI AddAuditAccessObjectAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                              _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                              _In_opt_ GUID *ObjectTypeGuid,
                                              _In_opt_ GUID *InheritedObjectTypeGuid,
                                              _In_ PSID pSid, _In_ BOOL bAuditSuccess,
                                              _In_ BOOL bAuditFailure);
WINADVAPI BOOL WINAPI AddMandatoryAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                      _In_ DWORD AceFlags, _In_ DWORD MandatoryPolicy,
                                      _In_ PSID pLabelSid);

/**
 * Append an attribute of the object, one for each ACE; the mask must be 0 and the SID that of
 * Everyone. Attributes of the type FQBN are refused: ERROR_NOT_SUPPORTED.
 *
 * @param pReturnLength  the bytes of the ACL that are in use, or would be; set also with
 *                       ERROR_INSUFFICIENT_BUFFER
 */
WINADVAPI BOOL WINAPI AddResourceAttributeAce(
    _Inout_ PACL pAcl, _In_ DWORD dwAceRevision, _In_ DWORD AceFlags, _In_ DWORD AccessMask,
    _In_ PSID pSid, _In_ PCLAIM_SECURITY_ATTRIBUTES_INFORMATION pAttributeInfo,
    _Out_ PDWORD pReturnLength);

/** Append which central policy the object is under: S-1-17-…, and the mask must be 0. */
WINADVAPI BOOL WINAPI AddScopedPolicyIDAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                           _In_ DWORD AceFlags, _In_ DWORD AccessMask,
                                           _In_ PSID pSid);

/* ---- Descriptors ---- */

WINADVAPI BOOL WINAPI InitializeSecurityDescriptor(_Out_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                   _In_ DWORD dwRevision);
WINADVAPI BOOL WINAPI IsValidSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor);

/** The size of its self-relative form; 0 for what is no descriptor. */
WINADVAPI DWORD WINAPI GetSecurityDescriptorLength(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor);

WINADVAPI BOOL WINAPI GetSecurityDescriptorControl(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                   _Out_ PSECURITY_DESCRIPTOR_CONTROL pControl,
                                                   _Out_ LPDWORD lpdwRevision);
WINADVAPI BOOL WINAPI
SetSecurityDescriptorControl(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                             _In_ SECURITY_DESCRIPTOR_CONTROL ControlBitsOfInterest,
                             _In_ SECURITY_DESCRIPTOR_CONTROL ControlBitsToSet);

/** These two return an error code; ERROR_INVALID_DATA: there is none. */
WINADVAPI DWORD WINAPI GetSecurityDescriptorRMControl(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      _Out_ PUCHAR RMControl);
WINADVAPI DWORD WINAPI SetSecurityDescriptorRMControl(
    _Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PUCHAR RMControl);

/* What is got points into the descriptor, or is what it points to. */

WINADVAPI BOOL WINAPI GetSecurityDescriptorOwner(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                 _Outptr_ PSID *pOwner,
                                                 _Out_ LPBOOL lpbOwnerDefaulted);
WINADVAPI BOOL WINAPI GetSecurityDescriptorGroup(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                 _Outptr_ PSID *pGroup,
                                                 _Out_ LPBOOL lpbGroupDefaulted);
WINADVAPI BOOL WINAPI GetSecurityDescriptorDacl(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                _Out_ LPBOOL lpbDaclPresent, _Outptr_ PACL *pDacl,
                                                _Out_ LPBOOL lpbDaclDefaulted);
WINADVAPI BOOL WINAPI GetSecurityDescriptorSacl(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                _Out_ LPBOOL lpbSaclPresent, _Outptr_ PACL *pSacl,
                                                _Out_ LPBOOL lpbSaclDefaulted);

/* Of absolute descriptors, which then borrow what they are given. */

WINADVAPI BOOL WINAPI SetSecurityDescriptorOwner(_Inout_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                 _In_opt_ PSID pOwner, _In_ BOOL bOwnerDefaulted);
WINADVAPI BOOL WINAPI SetSecurityDescriptorGroup(_Inout_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                 _In_opt_ PSID pGroup, _In_ BOOL bGroupDefaulted);
WINADVAPI BOOL WINAPI SetSecurityDescriptorDacl(_Inout_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                _In_ BOOL bDaclPresent, _In_opt_ PACL pDacl,
                                                _In_ BOOL bDaclDefaulted);
WINADVAPI BOOL WINAPI SetSecurityDescriptorSacl(_Inout_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                                _In_ BOOL bSaclPresent, _In_opt_ PACL pSacl,
                                                _In_ BOOL bSaclDefaulted);

/** Sizes hold the room, and then what is needed; ERROR_INSUFFICIENT_BUFFER if that is more. */
WINADVAPI BOOL WINAPI MakeSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR pAbsoluteSecurityDescriptor,
                                         _Out_ PSECURITY_DESCRIPTOR pSelfRelativeSecurityDescriptor,
                                         _Inout_ LPDWORD lpdwBufferLength);
WINADVAPI BOOL WINAPI MakeAbsoluteSD(_In_ PSECURITY_DESCRIPTOR pSelfRelativeSecurityDescriptor,
                                     _Out_ PSECURITY_DESCRIPTOR pAbsoluteSecurityDescriptor,
                                     _Inout_ LPDWORD lpdwAbsoluteSecurityDescriptorSize,
                                     _Out_ PACL pDacl, _Inout_ LPDWORD lpdwDaclSize,
                                     _Out_ PACL pSacl, _Inout_ LPDWORD lpdwSaclSize,
                                     _Out_ PSID pOwner, _Inout_ LPDWORD lpdwOwnerSize,
                                     _Out_ PSID pPrimaryGroup,
                                     _Inout_ LPDWORD lpdwPrimaryGroupSize);

/* ---- Masks and LUIDs ---- */

WINADVAPI VOID WINAPI MapGenericMask(_Inout_ PDWORD AccessMask,
                                     _In_ PGENERIC_MAPPING GenericMapping);
WINADVAPI BOOL WINAPI AreAllAccessesGranted(_In_ DWORD GrantedAccess, _In_ DWORD DesiredAccess);
WINADVAPI BOOL WINAPI AreAnyAccessesGranted(_In_ DWORD GrantedAccess, _In_ DWORD DesiredAccess);

/** The rights that reading or replacing these parts of a descriptor needs. */
WINADVAPI VOID WINAPI QuerySecurityAccessMask(_In_ SECURITY_INFORMATION SecurityInformation,
                                              _Out_ LPDWORD DesiredAccess);
WINADVAPI VOID WINAPI SetSecurityAccessMask(_In_ SECURITY_INFORMATION SecurityInformation,
                                            _Out_ LPDWORD DesiredAccess);

/** A LUID that no other has on this machine until it restarts. */
WINADVAPI BOOL WINAPI AllocateLocallyUniqueId(_Out_ PLUID Luid);

/* ---- Tokens: making ---- */

/*
 * Handles fail with ERROR_INVALID_HANDLE, then ERROR_ACCESS_DENIED. NULL where there must be memory
 * is ERROR_NOACCESS.
 */

/** An impersonation token, for TOKEN_QUERY and TOKEN_IMPERSONATE. */
WINADVAPI BOOL WINAPI DuplicateToken(_In_ HANDLE ExistingTokenHandle,
                                     _In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                     _Out_ PHANDLE DuplicateTokenHandle);

/** @param dwDesiredAccess  0: what the existing handle was granted */
WINADVAPI BOOL WINAPI DuplicateTokenEx(_In_ HANDLE hExistingToken, _In_ DWORD dwDesiredAccess,
                                       _In_opt_ LPSECURITY_ATTRIBUTES lpTokenAttributes,
                                       _In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                       _In_ TOKEN_TYPE TokenType, _Out_ PHANDLE phNewToken);

/** The new handle is granted what the existing one was. */
WINADVAPI BOOL WINAPI CreateRestrictedToken(
    _In_ HANDLE ExistingTokenHandle, _In_ DWORD Flags, _In_ DWORD DisableSidCount,
    _In_opt_ PSID_AND_ATTRIBUTES SidsToDisable, _In_ DWORD DeletePrivilegeCount,
    _In_opt_ PLUID_AND_ATTRIBUTES PrivilegesToDelete, _In_ DWORD RestrictedSidCount,
    _In_opt_ PSID_AND_ATTRIBUTES SidsToRestrict, _Out_ PHANDLE NewTokenHandle);

/* ---- Tokens: changing and asking ---- */

/*
 * The last error is set also where these two succeed: ERROR_SUCCESS, or ERROR_NOT_ALL_ASSIGNED.
 * Where PreviousState is too small nothing was changed: ERROR_INSUFFICIENT_BUFFER.
 */

WINADVAPI BOOL WINAPI AdjustTokenPrivileges(_In_ HANDLE TokenHandle, _In_ BOOL DisableAllPrivileges,
                                            _In_opt_ PTOKEN_PRIVILEGES NewState,
                                            _In_ DWORD BufferLength,
                                            _Out_opt_ PTOKEN_PRIVILEGES PreviousState,
                                            _Out_opt_ PDWORD ReturnLength);
WINADVAPI BOOL WINAPI AdjustTokenGroups(_In_ HANDLE TokenHandle, _In_ BOOL ResetToDefault,
                                        _In_opt_ PTOKEN_GROUPS NewState, _In_ DWORD BufferLength,
                                        _Out_opt_ PTOKEN_GROUPS PreviousState,
                                        _Out_opt_ PDWORD ReturnLength);

/**
 * @param ReturnLength  what is needed, also if there is not enough room: ERROR_BAD_LENGTH for a
 *                      class of one size, ERROR_INSUFFICIENT_BUFFER for any other
 */
WINADVAPI BOOL WINAPI GetTokenInformation(_In_ HANDLE TokenHandle,
                                          _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                          _Out_opt_ LPVOID TokenInformation,
                                          _In_ DWORD TokenInformationLength,
                                          _Out_ PDWORD ReturnLength);
WINADVAPI BOOL WINAPI SetTokenInformation(_In_ HANDLE TokenHandle,
                                          _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                                          _In_ LPVOID TokenInformation,
                                          _In_ DWORD TokenInformationLength);

/** An anonymous token is ERROR_BAD_IMPERSONATION_LEVEL. */
WINADVAPI BOOL WINAPI PrivilegeCheck(_In_ HANDLE ClientToken,
                                     _Inout_ PPRIVILEGE_SET RequiredPrivileges,
                                     _Out_ LPBOOL pfResult);

/**
 * @param TokenHandle  NULL: what the thread acts by; a primary token is
 *                     ERROR_NO_IMPERSONATION_TOKEN
 * @param IsMember     FALSE on failure
 */
WINADVAPI BOOL WINAPI CheckTokenMembership(_In_opt_ HANDLE TokenHandle, _In_ PSID SidToCheck,
                                           _Out_ PBOOL IsMember);

/**
 * The same of an AppContainer too, if the flags say so.
 *
 * @param Flags  CTMF_…; ERROR_INVALID_PARAMETER for others
 */
WINADVAPI BOOL WINAPI CheckTokenMembershipEx(_In_opt_ HANDLE TokenHandle, _In_ PSID SidToCheck,
                                             _In_ DWORD Flags, _Out_ PBOOL IsMember);

/**
 * Whether a capability is enabled in the token of an AppContainer; any other token has none.
 *
 * @param CapabilitySidToCheck  S-1-15-3-…; ERROR_INVALID_PARAMETER for others
 * @param HasCapability         FALSE on failure
 */
WINADVAPI BOOL WINAPI CheckTokenCapability(_In_opt_ HANDLE TokenHandle,
                                           _In_ PSID CapabilitySidToCheck,
                                           _Out_ PBOOL HasCapability);

/** @return FALSE also on failure, and then the last error is set */
WINADVAPI BOOL WINAPI IsTokenRestricted(_In_ HANDLE TokenHandle);

/* ---- Impersonation ---- */

/*
 * What a process may not impersonate it impersonates at identification, without an error: read the
 * level back.
 */

WINADVAPI BOOL WINAPI ImpersonateSelf(_In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
WINADVAPI BOOL WINAPI ImpersonateLoggedOnUser(_In_ HANDLE hToken);
WINADVAPI BOOL WINAPI ImpersonateAnonymousToken(_In_ HANDLE ThreadHandle);

/** Succeeds also where the thread does not impersonate. */
WINADVAPI BOOL WINAPI RevertToSelf(VOID);

/* ---- Access checks ---- */

/*
 * A check that refuses succeeds: AccessStatus is FALSE, GrantedAccess 0, and the last error says
 * why. A check that was not made fails, with ERROR_GENERIC_NOT_MAPPED, ERROR_INSUFFICIENT_BUFFER
 * (PrivilegeSet), ERROR_NO_IMPERSONATION_TOKEN, ERROR_BAD_IMPERSONATION_LEVEL,
 * ERROR_INVALID_SECURITY_DESCR or ERROR_INVALID_PARAMETER (a list of types).
 */

WINADVAPI BOOL WINAPI AccessCheck(_In_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                  _In_ HANDLE ClientToken, _In_ DWORD DesiredAccess,
                                  _In_ PGENERIC_MAPPING GenericMapping,
                                  _Out_opt_ PPRIVILEGE_SET PrivilegeSet,
                                  _Inout_ LPDWORD PrivilegeSetLength, _Out_ LPDWORD GrantedAccess,
                                  _Out_ LPBOOL AccessStatus);
WINADVAPI BOOL WINAPI AccessCheckByType(
    _In_ PSECURITY_DESCRIPTOR pSecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ HANDLE ClientToken, _In_ DWORD DesiredAccess, _Inout_ POBJECT_TYPE_LIST ObjectTypeList,
    _In_ DWORD ObjectTypeListLength, _In_ PGENERIC_MAPPING GenericMapping,
    _Out_opt_ PPRIVILEGE_SET PrivilegeSet, _Inout_ LPDWORD PrivilegeSetLength,
    _Out_ LPDWORD GrantedAccess, _Out_ LPBOOL AccessStatus);

/** @param AccessStatusList  an error code for each type; ERROR_SUCCESS: granted */
WINADVAPI BOOL WINAPI AccessCheckByTypeResultList(
    _In_ PSECURITY_DESCRIPTOR pSecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ HANDLE ClientToken, _In_ DWORD DesiredAccess, _Inout_ POBJECT_TYPE_LIST ObjectTypeList,
    _In_ DWORD ObjectTypeListLength, _In_ PGENERIC_MAPPING GenericMapping,
    _Out_opt_ PPRIVILEGE_SET PrivilegeSet, _Inout_ LPDWORD PrivilegeSetLength,
    _Out_ LPDWORD GrantedAccessList, _Out_ LPDWORD AccessStatusList);

/* ---- Descriptors of objects ---- */

WINADVAPI BOOL WINAPI GetKernelObjectSecurity(_In_ HANDLE Handle,
                                              _In_ SECURITY_INFORMATION RequestedInformation,
                                              _Out_opt_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                              _In_ DWORD nLength, _Out_ LPDWORD lpnLengthNeeded);
WINADVAPI BOOL WINAPI SetKernelObjectSecurity(_In_ HANDLE Handle,
                                              _In_ SECURITY_INFORMATION SecurityInformation,
                                              _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);

/*
 * Descriptors of the caller's own objects, self-relative; those that are made are ended by
 * DestroyPrivateObjectSecurity(). Errors are those of tsr_sd_assign_object() and
 * tsr_sd_change_object().
 */

WINADVAPI BOOL WINAPI CreatePrivateObjectSecurity(_In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
                                                  _In_opt_ PSECURITY_DESCRIPTOR CreatorDescriptor,
                                                  _Outptr_ PSECURITY_DESCRIPTOR *NewDescriptor,
                                                  _In_ BOOL IsDirectoryObject,
                                                  _In_opt_ HANDLE Token,
                                                  _In_ PGENERIC_MAPPING GenericMapping);

/** @param AutoInheritFlags  SEF_… */
WINADVAPI BOOL WINAPI CreatePrivateObjectSecurityEx(
    _In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor, _In_opt_ PSECURITY_DESCRIPTOR CreatorDescriptor,
    _Outptr_ PSECURITY_DESCRIPTOR *NewDescriptor, _In_opt_ GUID *ObjectType,
    _In_ BOOL IsContainerObject, _In_ ULONG AutoInheritFlags, _In_opt_ HANDLE Token,
    _In_ PGENERIC_MAPPING GenericMapping);
WINADVAPI BOOL WINAPI CreatePrivateObjectSecurityWithMultipleInheritance(
    _In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor, _In_opt_ PSECURITY_DESCRIPTOR CreatorDescriptor,
    _Outptr_ PSECURITY_DESCRIPTOR *NewDescriptor, _In_opt_ GUID **ObjectTypes, _In_ ULONG GuidCount,
    _In_ BOOL IsContainerObject, _In_ ULONG AutoInheritFlags, _In_opt_ HANDLE Token,
    _In_ PGENERIC_MAPPING GenericMapping);

/**
 * @param ObjectsSecurityDescriptor  replaced by another, and untouched on failure
 * @param Token                      NULL only where no owner is set
 */
WINADVAPI BOOL WINAPI SetPrivateObjectSecurity(
    _In_ SECURITY_INFORMATION SecurityInformation, _In_ PSECURITY_DESCRIPTOR ModificationDescriptor,
    _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor, _In_ PGENERIC_MAPPING GenericMapping,
    _In_opt_ HANDLE Token);
WINADVAPI BOOL WINAPI SetPrivateObjectSecurityEx(
    _In_ SECURITY_INFORMATION SecurityInformation, _In_ PSECURITY_DESCRIPTOR ModificationDescriptor,
    _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor, _In_ ULONG AutoInheritFlags,
    _In_ PGENERIC_MAPPING GenericMapping, _In_opt_ HANDLE Token);

/** @param ReturnLength  what is needed, also with ERROR_INSUFFICIENT_BUFFER */
WINADVAPI BOOL WINAPI GetPrivateObjectSecurity(_In_ PSECURITY_DESCRIPTOR ObjectDescriptor,
                                               _In_ SECURITY_INFORMATION SecurityInformation,
                                               _Out_opt_ PSECURITY_DESCRIPTOR ResultantDescriptor,
                                               _In_ DWORD DescriptorLength,
                                               _Out_ PDWORD ReturnLength);

/** @param ObjectDescriptor  NULL afterwards */
WINADVAPI BOOL WINAPI DestroyPrivateObjectSecurity(_Inout_ PSECURITY_DESCRIPTOR *ObjectDescriptor);

WINADVAPI BOOL WINAPI ConvertToAutoInheritPrivateObjectSecurity(
    _In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
    _In_ PSECURITY_DESCRIPTOR CurrentSecurityDescriptor,
    _Outptr_ PSECURITY_DESCRIPTOR *NewSecurityDescriptor, _In_opt_ GUID *ObjectType,
    _In_ BOOLEAN IsDirectoryObject, _In_ PGENERIC_MAPPING GenericMapping);

/* ---- Audits ---- */

/*
 * As the native routines of <ntifs.h>, which say what fails. A check that was made succeeds, and
 * its answer is AccessStatus, with the last error; in a list ERROR_SUCCESS or the error of a type.
 * What names the subsystem and the type must not be NULL: ERROR_NOACCESS. HandleId is told as it
 * is.
 */

WINADVAPI BOOL WINAPI AccessCheckAndAuditAlarmW(
    _In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPWSTR ObjectTypeName,
    _In_opt_ LPWSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_ DWORD DesiredAccess, _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation,
    _Out_ LPDWORD GrantedAccess, _Out_ LPBOOL AccessStatus, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeAndAuditAlarmW(
    _In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPCWSTR ObjectTypeName,
    _In_opt_ LPCWSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_opt_ PSID PrincipalSelfSid, _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType,
    _In_ DWORD Flags, _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccess,
    _Out_ LPBOOL AccessStatus, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmW(
    _In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPCWSTR ObjectTypeName,
    _In_opt_ LPCWSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_opt_ PSID PrincipalSelfSid, _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType,
    _In_ DWORD Flags, _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccessList,
    _Out_ LPDWORD AccessStatusList, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmByHandleW(
    _In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ HANDLE ClientToken,
    _In_ LPCWSTR ObjectTypeName, _In_opt_ LPCWSTR ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ DWORD Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccessList,
    _Out_ LPDWORD AccessStatusList, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI ObjectOpenAuditAlarmW(_In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                            _In_ LPWSTR ObjectTypeName, _In_opt_ LPWSTR ObjectName,
                                            _In_opt_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                            _In_ HANDLE ClientToken, _In_ DWORD DesiredAccess,
                                            _In_ DWORD GrantedAccess,
                                            _In_opt_ PPRIVILEGE_SET Privileges,
                                            _In_ BOOL ObjectCreation, _In_ BOOL AccessGranted,
                                            _Out_ LPBOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectCloseAuditAlarmW(_In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                             _In_ BOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectDeleteAuditAlarmW(_In_ LPCWSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                              _In_ BOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectPrivilegeAuditAlarmW(_In_ LPCWSTR SubsystemName,
                                                 _In_opt_ LPVOID HandleId, _In_ HANDLE ClientToken,
                                                 _In_ DWORD DesiredAccess,
                                                 _In_ PPRIVILEGE_SET Privileges,
                                                 _In_ BOOL AccessGranted);
WINADVAPI BOOL WINAPI PrivilegedServiceAuditAlarmW(_In_ LPCWSTR SubsystemName,
                                                   _In_ LPCWSTR ServiceName,
                                                   _In_ HANDLE ClientToken,
                                                   _In_ PPRIVILEGE_SET Privileges,
                                                   _In_ BOOL AccessGranted);

TSR_END_DECLS
