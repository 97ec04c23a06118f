/* SPDX-License-Identifier: MIT */
/* Calls that Windows programs make all the time, with the token of this process. */

#include "calls.h"

#include <sddl.h>

#define LOOK 0x1

static GENERIC_MAPPING mapping = {LOOK | READ_CONTROL, READ_CONTROL, READ_CONTROL,
                                  LOOK | READ_CONTROL};

static HANDLE process_token;
static HANDLE client;
static PSECURITY_DESCRIPTOR door;
static PSID administrators;

BOOL calls_prepare(void)
{
    return OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &process_token) &&
           DuplicateToken(process_token, SecurityImpersonation, &client) &&
           ConvertStringSidToSidA("S-1-5-32-544", &administrators) &&
           ConvertStringSecurityDescriptorToSecurityDescriptorA(
               "O:SYG:SYD:(D;;0x1;;;S-1-5-21-1-2-3-4)(A;;0x1;;;SY)(A;;0x1;;;LS)(A;;0x1;;;BA)",
               SDDL_REVISION_1, &door, NULL);
}

static BOOL check(void)
{
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    DWORD granted = 0;
    BOOL allowed = FALSE;

    return AccessCheck(door, client, LOOK, &mapping, &privileges, &size, &granted, &allowed) &&
           allowed;
}

static BOOL restrict_and_close(void)
{
    SID_AND_ATTRIBUTES disable = {administrators, 0};
    HANDLE restricted;

    return CreateRestrictedToken(process_token, DISABLE_MAX_PRIVILEGE, 1, &disable, 0, NULL, 0,
                                 NULL, &restricted) &&
           CloseHandle(restricted);
}

static BOOL duplicate_and_close(void)
{
    HANDLE duplicate;

    return DuplicateTokenEx(process_token, TOKEN_QUERY | TOKEN_IMPERSONATE, NULL,
                            SecurityImpersonation, TokenImpersonation, &duplicate) &&
           CloseHandle(duplicate);
}

static BOOL impersonate_and_revert(void)
{
    return ImpersonateLoggedOnUser(process_token) && RevertToSelf();
}

static BOOL ask_who(void)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } told;
    HANDLE token;
    DWORD size;

    return OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) &&
           GetTokenInformation(token, TokenUser, &told, sizeof(told), &size) && CloseHandle(token);
}

const struct call_entry calls[N_CALLS] = {
    {"AccessCheck", 6.6, check},
    {"CreateRestrictedToken, CloseHandle", 12.3, restrict_and_close},
    {"DuplicateTokenEx, CloseHandle", 11.9, duplicate_and_close},
    {"ImpersonateLoggedOnUser, RevertToSelf", 15.2, impersonate_and_revert},
    {"OpenProcessToken, TokenUser, CloseHandle", 17.2, ask_who},
};
