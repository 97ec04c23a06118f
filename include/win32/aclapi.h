/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ACLs as lists of what trustees shall have
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

#define SetEntriesInAcl             TSR_TEXT_(SetEntriesInAcl)
#define GetExplicitEntriesFromAcl   TSR_TEXT_(GetExplicitEntriesFromAcl)
#define GetEffectiveRightsFromAcl   TSR_TEXT_(GetEffectiveRightsFromAcl)
#define BuildExplicitAccessWithName TSR_TEXT_(BuildExplicitAccessWithName)
#define BuildTrusteeWithName        TSR_TEXT_(BuildTrusteeWithName)
#define BuildTrusteeWithSid         TSR_TEXT_(BuildTrusteeWithSid)

TSR_END_DECLS
