/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs, ACLs, descriptors and masks in memory
 *
 * As on Windows, structures carry their sizes themselves, and these functions believe them: check
 * what comes from elsewhere with tsr_sid_decode(), tsr_acl_view() and tsr_sd_view() first. NULL for
 * a SID, an ACL or a descriptor is refused wherever an error can be told; other pointers must not
 * be NULL but where it is said.
 */

#include <errhandlingapi.h>
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

/** A LUID that no other has on this machine until it restarts. */
WINADVAPI BOOL WINAPI AllocateLocallyUniqueId(_Out_ PLUID Luid);

TSR_END_DECLS
