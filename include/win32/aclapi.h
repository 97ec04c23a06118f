/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ACLs as lists of what trustees shall have, and descriptors made of them
 *
 * These functions return an error code and leave the last error alone. A trustee's name is one that
 * LookupAccountName() reads, or "CURRENT_USER": the user that the thread acts as. Names of object
 * types are refused with ERROR_NONE_MAPPED, as is the name of nobody.
 */

#include <accctrl.h>
#include <winerror.h>

TSR_BEGIN_DECLS

/**
 * Change an ACL by tsr_acl_set_entries().
 *
 * @param OldAcl  NULL: begin with an empty one
 * @param NewAcl  the caller's, LocalFree()
 */
WINADVAPI DWORD WINAPI SetEntriesInAclA(_In_ ULONG cCountOfExplicitEntries,
                                        _In_opt_ PEXPLICIT_ACCESS_A pListOfExplicitEntries,
                                        _In_opt_ PACL OldAcl, _Out_ PACL *NewAcl);
WINADVAPI DWORD WINAPI SetEntriesInAclW(_In_ ULONG cCountOfExplicitEntries,
                                        _In_opt_ PEXPLICIT_ACCESS_W pListOfExplicitEntries,
                                        _In_opt_ PACL OldAcl, _Out_ PACL *NewAcl);

/**
 * The ACEs that grant, deny or audit without a condition; others are left out.
 *
 * @param pListOfExplicitEntries  one block, the caller's, LocalFree(); NULL if there are none
 */
WINADVAPI DWORD WINAPI
GetExplicitEntriesFromAclA(_In_ PACL pacl, _Out_ PULONG pcCountOfExplicitEntries,
                           _Outptr_ PEXPLICIT_ACCESS_A *pListOfExplicitEntries);
WINADVAPI DWORD WINAPI
GetExplicitEntriesFromAclW(_In_ PACL pacl, _Out_ PULONG pcCountOfExplicitEntries,
                           _Outptr_ PEXPLICIT_ACCESS_W *pListOfExplicitEntries);

/**
 * What the ACL gives a trustee and the groups he is in without a logon: for a user with an account
 * those of NSS, Everyone, and Users or Administrators, and for anybody else Everyone. A NULL ACL
 * gives everything; one with an inherited denial is refused, as documented: ERROR_INVALID_ACL.
 */
WINADVAPI DWORD WINAPI GetEffectiveRightsFromAclA(_In_opt_ PACL pacl, _In_ PTRUSTEE_A pTrustee,
                                                  _Out_ PACCESS_MASK pAccessRights);
WINADVAPI DWORD WINAPI GetEffectiveRightsFromAclW(_In_opt_ PACL pacl, _In_ PTRUSTEE_W pTrustee,
                                                  _Out_ PACCESS_MASK pAccessRights);

/**
 * What an ACL audits of a trustee and the groups he is in, as above: ACEs without a condition that
 * are about the object as a whole.
 */
WINADVAPI DWORD WINAPI GetAuditedPermissionsFromAclA(_In_ PACL pacl, _In_ PTRUSTEE_A pTrustee,
                                                     _Out_ PACCESS_MASK pSuccessfulAuditedRights,
                                                     _Out_ PACCESS_MASK pFailedAuditRights);
WINADVAPI DWORD WINAPI GetAuditedPermissionsFromAclW(_In_ PACL pacl, _In_ PTRUSTEE_W pTrustee,
                                                     _Out_ PACCESS_MASK pSuccessfulAuditedRights,
                                                     _Out_ PACCESS_MASK pFailedAuditRights);

/* ---- Descriptors ---- */

/**
 * The descriptor of a token, a process or a thread, and where in it its parts are.
 *
 * @param ObjectType            SE_KERNEL_OBJECT; ERROR_INVALID_PARAMETER for others
 * @param ppsidOwner            and the others may be NULL; NULL is told of what is not asked for
 * @param ppSecurityDescriptor  the caller's, LocalFree()
 * @return as GetKernelObjectSecurity()
 */
WINADVAPI DWORD WINAPI GetSecurityInfo(_In_ HANDLE handle, _In_ SE_OBJECT_TYPE ObjectType,
                                       _In_ SECURITY_INFORMATION SecurityInfo,
                                       _Outptr_opt_ PSID *ppsidOwner, _Outptr_opt_ PSID *ppsidGroup,
                                       _Outptr_opt_ PACL *ppDacl, _Outptr_opt_ PACL *ppSacl,
                                       _Outptr_ PSECURITY_DESCRIPTOR *ppSecurityDescriptor);

/**
 * Replace the parts that SecurityInfo names; others are not looked at.
 *
 * @param pDacl  NULL, where it is named: everybody may do everything
 * @return as SetKernelObjectSecurity()
 */
WINADVAPI DWORD WINAPI SetSecurityInfo(_In_ HANDLE handle, _In_ SE_OBJECT_TYPE ObjectType,
                                       _In_ SECURITY_INFORMATION SecurityInfo,
                                       _In_opt_ PSID psidOwner, _In_opt_ PSID psidGroup,
                                       _In_opt_ PACL pDacl, _In_opt_ PACL pSacl);

/**
 * Make a self-relative descriptor, of another one where there is no owner, group or list.
 *
 * @param pListOfAccessEntries  NULL: the old DACL; else it is changed as by SetEntriesInAcl()
 * @param pListOfAuditEntries   the same of the SACL
 * @param pOldSD                self-relative: ERROR_BAD_DESCRIPTOR_FORMAT
 * @param pNewSD                the caller's, LocalFree(); untouched on failure, as the size is
 * @return ERROR_INVALID_PARAMETER (an audit in the first list, or anything else in the second)
 */
WINADVAPI DWORD WINAPI BuildSecurityDescriptorA(
    _In_opt_ PTRUSTEE_A pOwner, _In_opt_ PTRUSTEE_A pGroup, _In_ ULONG cCountOfAccessEntries,
    _In_opt_ PEXPLICIT_ACCESS_A pListOfAccessEntries, _In_ ULONG cCountOfAuditEntries,
    _In_opt_ PEXPLICIT_ACCESS_A pListOfAuditEntries, _In_opt_ PSECURITY_DESCRIPTOR pOldSD,
    _Out_ PULONG pSizeNewSD, _Outptr_ PSECURITY_DESCRIPTOR *pNewSD);
WINADVAPI DWORD WINAPI BuildSecurityDescriptorW(
    _In_opt_ PTRUSTEE_W pOwner, _In_opt_ PTRUSTEE_W pGroup, _In_ ULONG cCountOfAccessEntries,
    _In_opt_ PEXPLICIT_ACCESS_W pListOfAccessEntries, _In_ ULONG cCountOfAuditEntries,
    _In_opt_ PEXPLICIT_ACCESS_W pListOfAuditEntries, _In_opt_ PSECURITY_DESCRIPTOR pOldSD,
    _Out_ PULONG pSizeNewSD, _Outptr_ PSECURITY_DESCRIPTOR *pNewSD);

/**
 * Tell a self-relative descriptor, its trustees by name. What is not wanted is NULL, lists together
 * with their counts; what is told is the caller's, each LocalFree(), and untouched on failure.
 *
 * @param ppOwner                NULL is told where there is none
 * @param ppListOfAccessEntries  as by GetExplicitEntriesFromAcl(); NULL is told if there are none
 * @return ERROR_NONE_MAPPED (somebody without a name, or an ACE of an object type),
 *         ERROR_BAD_DESCRIPTOR_FORMAT
 */
WINADVAPI DWORD WINAPI LookupSecurityDescriptorPartsA(
    _Outptr_opt_ PTRUSTEE_A *ppOwner, _Outptr_opt_ PTRUSTEE_A *ppGroup,
    _Out_opt_ PULONG pcCountOfAccessEntries, _Outptr_opt_ PEXPLICIT_ACCESS_A *ppListOfAccessEntries,
    _Out_opt_ PULONG pcCountOfAuditEntries, _Outptr_opt_ PEXPLICIT_ACCESS_A *ppListOfAuditEntries,
    _In_ PSECURITY_DESCRIPTOR pSD);
WINADVAPI DWORD WINAPI LookupSecurityDescriptorPartsW(
    _Outptr_opt_ PTRUSTEE_W *ppOwner, _Outptr_opt_ PTRUSTEE_W *ppGroup,
    _Out_opt_ PULONG pcCountOfAccessEntries, _Outptr_opt_ PEXPLICIT_ACCESS_W *ppListOfAccessEntries,
    _Out_opt_ PULONG pcCountOfAuditEntries, _Outptr_opt_ PEXPLICIT_ACCESS_W *ppListOfAuditEntries,
    _In_ PSECURITY_DESCRIPTOR pSD);

/* ---- Trustees ---- */

/** Fill in a structure, which then borrows what it is given. */
WINADVAPI VOID WINAPI BuildExplicitAccessWithNameA(_Inout_ PEXPLICIT_ACCESS_A pExplicitAccess,
                                                   _In_opt_ LPSTR pTrusteeName,
                                                   _In_ DWORD AccessPermissions,
                                                   _In_ ACCESS_MODE AccessMode,
                                                   _In_ DWORD Inheritance);
WINADVAPI VOID WINAPI BuildExplicitAccessWithNameW(_Inout_ PEXPLICIT_ACCESS_W pExplicitAccess,
                                                   _In_opt_ LPWSTR pTrusteeName,
                                                   _In_ DWORD AccessPermissions,
                                                   _In_ ACCESS_MODE AccessMode,
                                                   _In_ DWORD Inheritance);
WINADVAPI VOID WINAPI BuildTrusteeWithNameA(_Inout_ PTRUSTEE_A pTrustee, _In_opt_ LPSTR pName);
WINADVAPI VOID WINAPI BuildTrusteeWithNameW(_Inout_ PTRUSTEE_W pTrustee, _In_opt_ LPWSTR pName);
WINADVAPI VOID WINAPI BuildTrusteeWithSidA(_Inout_ PTRUSTEE_A pTrustee, _In_opt_ PSID pSid);
WINADVAPI VOID WINAPI BuildTrusteeWithSidW(_Inout_ PTRUSTEE_W pTrustee, _In_opt_ PSID pSid);

/**
 * The same with object types.
 *
 * @param pObjSid      filled in; NULL: a trustee that is nobody's
 * @param pObjectGuid  NULL: of the object as a whole
 */
WINADVAPI VOID WINAPI BuildTrusteeWithObjectsAndSidA(_Inout_ PTRUSTEE_A pTrustee,
                                                     _In_opt_ POBJECTS_AND_SID pObjSid,
                                                     _In_opt_ GUID *pObjectGuid,
                                                     _In_opt_ GUID *pInheritedObjectGuid,
                                                     _In_opt_ PSID pSid);
WINADVAPI VOID WINAPI BuildTrusteeWithObjectsAndSidW(_Inout_ PTRUSTEE_W pTrustee,
                                                     _In_opt_ POBJECTS_AND_SID pObjSid,
                                                     _In_opt_ GUID *pObjectGuid,
                                                     _In_opt_ GUID *pInheritedObjectGuid,
                                                     _In_opt_ PSID pSid);

/** The same by names, of which those of types are refused where such a trustee is used. */
WINADVAPI VOID WINAPI BuildTrusteeWithObjectsAndNameA(_Inout_ PTRUSTEE_A pTrustee,
                                                      _In_opt_ POBJECTS_AND_NAME_A pObjName,
                                                      _In_opt_ SE_OBJECT_TYPE ObjectType,
                                                      _In_opt_ LPSTR ObjectTypeName,
                                                      _In_opt_ LPSTR InheritedObjectTypeName,
                                                      _In_opt_ LPSTR Name);
WINADVAPI VOID WINAPI BuildTrusteeWithObjectsAndNameW(_Inout_ PTRUSTEE_W pTrustee,
                                                      _In_opt_ POBJECTS_AND_NAME_W pObjName,
                                                      _In_opt_ SE_OBJECT_TYPE ObjectType,
                                                      _In_opt_ LPWSTR ObjectTypeName,
                                                      _In_opt_ LPWSTR InheritedObjectTypeName,
                                                      _In_opt_ LPWSTR Name);

/** @return TRUSTEE_BAD_FORM of NULL */
WINADVAPI TRUSTEE_FORM WINAPI GetTrusteeFormA(_In_ PTRUSTEE_A pTrustee);
WINADVAPI TRUSTEE_FORM WINAPI GetTrusteeFormW(_In_ PTRUSTEE_W pTrustee);

/** @return TRUSTEE_IS_UNKNOWN of NULL */
WINADVAPI TRUSTEE_TYPE WINAPI GetTrusteeTypeA(_In_opt_ PTRUSTEE_A pTrustee);
WINADVAPI TRUSTEE_TYPE WINAPI GetTrusteeTypeW(_In_opt_ PTRUSTEE_W pTrustee);

/** @return what the trustee borrows; NULL of any form but TRUSTEE_IS_NAME */
WINADVAPI LPSTR WINAPI GetTrusteeNameA(_In_ PTRUSTEE_A pTrustee);
WINADVAPI LPWSTR WINAPI GetTrusteeNameW(_In_ PTRUSTEE_W pTrustee);

#define SetEntriesInAcl                TSR_TEXT_(SetEntriesInAcl)
#define GetExplicitEntriesFromAcl      TSR_TEXT_(GetExplicitEntriesFromAcl)
#define GetEffectiveRightsFromAcl      TSR_TEXT_(GetEffectiveRightsFromAcl)
#define GetAuditedPermissionsFromAcl   TSR_TEXT_(GetAuditedPermissionsFromAcl)
#define BuildSecurityDescriptor        TSR_TEXT_(BuildSecurityDescriptor)
#define LookupSecurityDescriptorParts  TSR_TEXT_(LookupSecurityDescriptorParts)
#define BuildExplicitAccessWithName    TSR_TEXT_(BuildExplicitAccessWithName)
#define BuildTrusteeWithName           TSR_TEXT_(BuildTrusteeWithName)
#define BuildTrusteeWithSid            TSR_TEXT_(BuildTrusteeWithSid)
#define BuildTrusteeWithObjectsAndSid  TSR_TEXT_(BuildTrusteeWithObjectsAndSid)
#define BuildTrusteeWithObjectsAndName TSR_TEXT_(BuildTrusteeWithObjectsAndName)
#define GetTrusteeForm                 TSR_TEXT_(GetTrusteeForm)
#define GetTrusteeType                 TSR_TEXT_(GetTrusteeType)
#define GetTrusteeName                 TSR_TEXT_(GetTrusteeName)

TSR_END_DECLS
