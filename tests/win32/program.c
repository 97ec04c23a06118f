/* SPDX-License-Identifier: MIT */
/*
 * A small Win32 program, as it would be written for Windows
 *
 * It is compiled unchanged with our headers and with those of mingw-w64, for A and for W functions.
 * Run, it prints TAP.
 */

#include <windows.h>

#include <stdio.h>

#include <aclapi.h>
#include <lmcons.h>
#include <sddl.h>

static int n_results;

static BOOL result(BOOL worked, const char *what)
{
    n_results++;
    printf("%sok %d - %s\n", worked ? "" : "not ", n_results, what);
    return worked;
}

static PSID make_administrators(void)
{
    SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
    PSID sid = NULL;

    result(AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                    DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid),
           "a SID is allocated");
    return sid;
}

static PACL make_acl(PSID administrators)
{
    EXPLICIT_ACCESS entries[2];
    PSID everyone = NULL;
    PACL acl = NULL;

    ZeroMemory(entries, sizeof(entries));
    result(ConvertStringSidToSid(TEXT("S-1-1-0"), &everyone), "a SID is read");
    entries[0].grfAccessPermissions = KEY_READ;
    entries[0].grfAccessMode = SET_ACCESS;
    entries[0].grfInheritance = NO_INHERITANCE;
    entries[0].Trustee.TrusteeForm = TRUSTEE_IS_SID;
    entries[0].Trustee.TrusteeType = TRUSTEE_IS_WELL_KNOWN_GROUP;
    entries[0].Trustee.ptstrName = (LPTSTR)everyone;
    entries[1].grfAccessPermissions = KEY_ALL_ACCESS;
    entries[1].grfAccessMode = SET_ACCESS;
    entries[1].grfInheritance = NO_INHERITANCE;
    BuildTrusteeWithSid(&entries[1].Trustee, administrators);
    result(SetEntriesInAcl(2, entries, NULL, &acl) == ERROR_SUCCESS, "an ACL is made");
    LocalFree(everyone);
    return acl;
}

static BOOL prints_as(PSECURITY_DESCRIPTOR descriptor, LPCTSTR expected)
{
    LPTSTR text = NULL;
    ULONG length = 0;
    ULONG i;

    if (!ConvertSecurityDescriptorToStringSecurityDescriptor(
            descriptor, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
            &text, &length)) {
        return FALSE;
    }
    for (i = 0; i < length && text[i] == expected[i]; i++) {
    }
    LocalFree(text);
    return i == length;
}

static void look_up(PSID administrators)
{
    TCHAR name[UNLEN + 1];
    TCHAR domain[UNLEN + 1];
    DWORD name_length = UNLEN + 1;
    DWORD domain_length = UNLEN + 1;
    DWORD sid[SECURITY_MAX_SID_SIZE / sizeof(DWORD)];
    DWORD sid_size = sizeof(sid);
    SID_NAME_USE use;

    result(
        LookupAccountSidLocal(administrators, name, &name_length, domain, &domain_length, &use) &&
            name_length == 14 && domain_length == 7 && use == SidTypeAlias,
        "an account has a name");
    domain_length = UNLEN + 1;
    result(LookupAccountName(NULL, TEXT("BUILTIN\\Administrators"), sid, &sid_size, domain,
                             &domain_length, &use) &&
               EqualSid(sid, administrators),
           "a name has an account");
    name_length = 0;
    result(!GetUserName(NULL, &name_length) &&
               (GetLastError() == ERROR_INSUFFICIENT_BUFFER || GetLastError() == ERROR_NONE_MAPPED),
           "a user's name needs room, if there is an account");
}

int main(void)
{
    PSECURITY_DESCRIPTOR descriptor = LocalAlloc(LPTR, SECURITY_DESCRIPTOR_MIN_LENGTH);
    PSID administrators = make_administrators();
    PACL acl = make_acl(administrators);
    LUID luid;

    result(InitializeSecurityDescriptor(descriptor, SECURITY_DESCRIPTOR_REVISION),
           "a descriptor is initialised");
    result(SetSecurityDescriptorOwner(descriptor, administrators, FALSE), "it gets an owner");
    result(SetSecurityDescriptorDacl(descriptor, TRUE, acl, FALSE), "it gets an ACL");
    result(prints_as(descriptor, TEXT("O:BAD:(A;;KA;;;BA)(A;;KR;;;WD)")), "it prints as SDDL");
    result(LookupPrivilegeValue(NULL, SE_BACKUP_NAME, &luid) && luid.LowPart == 17,
           "a privilege is found");
    result(!LookupPrivilegeValue(NULL, TEXT("SeNoPrivilege"), &luid) &&
               GetLastError() == ERROR_NO_SUCH_PRIVILEGE,
           "a privilege that does not exist is not");
    look_up(administrators);
    printf("1..%d\n", n_results);

    LocalFree(acl);
    FreeSid(administrators);
    LocalFree(descriptor);
    return 0;
}
