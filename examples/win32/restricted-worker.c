/* SPDX-License-Identifier: MIT */
/*
 * A worker that does a dangerous task with a token that can do little
 *
 * The exit status tells which step did not do what it should.
 */

#include <windows.h>

static BOOL make_restricted(HANDLE *worker)
{
    SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
    SID_AND_ATTRIBUTES disable[1];
    HANDLE process = NULL;
    PSID administrators = NULL;
    BOOL made = FALSE;

    if (!AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                  DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &administrators)) {
        return FALSE;
    }
    disable[0].Sid = administrators;
    disable[0].Attributes = 0;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process)) {
        made = CreateRestrictedToken(process, DISABLE_MAX_PRIVILEGE, 1, disable, 0, NULL, 0, NULL,
                                     worker);
        CloseHandle(process);
    }
    FreeSid(administrators);
    return made;
}

/* Whether the thread acts by a token that was restricted, with one privilege at most. */
static BOOL is_harmless(void)
{
    HANDLE token = NULL;
    TOKEN_PRIVILEGES privileges;
    DWORD restrictions = 0;
    DWORD size;
    BOOL harmless;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) {
        return FALSE;
    }
    harmless = GetTokenInformation(token, TokenHasRestrictions, &restrictions, sizeof(restrictions),
                                   &size) &&
               restrictions != 0 &&
               GetTokenInformation(token, TokenPrivileges, &privileges, sizeof(privileges), &size);
    CloseHandle(token);
    return harmless;
}

int main(void)
{
    HANDLE worker = NULL;
    HANDLE token = NULL;
    BOOL impersonated;
    BOOL harmless;

    if (!make_restricted(&worker)) {
        return 1;
    }
    impersonated = ImpersonateLoggedOnUser(worker);
    CloseHandle(worker); /* The thread keeps what it impersonates. */
    if (!impersonated) {
        return 2;
    }
    harmless = is_harmless();
    if (!RevertToSelf()) {
        return 3; /* never go on as somebody unknown */
    }
    if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ||
        GetLastError() != ERROR_NO_TOKEN) {
        return 4;
    }
    return harmless ? 0 : 5;
}
