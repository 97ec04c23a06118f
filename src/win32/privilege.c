/* SPDX-License-Identifier: MIT */
/* Privileges by name. */

#include <winbase.h>

#include <string.h>

#include <winerror.h>

#include <tessera/privilege.h>

#include "base/check.h"
#include "win32/error.h"
#include "win32/text.h"

#define ENGLISH_US 0x0409

static const char *const display_names[] = {
    [SE_CREATE_TOKEN_PRIVILEGE] = "Create a token object",
    [SE_ASSIGNPRIMARYTOKEN_PRIVILEGE] = "Replace a process level token",
    [SE_LOCK_MEMORY_PRIVILEGE] = "Lock pages in memory",
    [SE_INCREASE_QUOTA_PRIVILEGE] = "Adjust memory quotas for a process",
    [SE_MACHINE_ACCOUNT_PRIVILEGE] = "Add workstations to domain",
    [SE_TCB_PRIVILEGE] = "Act as part of the operating system",
    [SE_SECURITY_PRIVILEGE] = "Manage auditing and security log",
    [SE_TAKE_OWNERSHIP_PRIVILEGE] = "Take ownership of files or other objects",
    [SE_LOAD_DRIVER_PRIVILEGE] = "Load and unload device drivers",
    [SE_SYSTEM_PROFILE_PRIVILEGE] = "Profile system performance",
    [SE_SYSTEMTIME_PRIVILEGE] = "Change the system time",
    [SE_PROF_SINGLE_PROCESS_PRIVILEGE] = "Profile single process",
    [SE_INC_BASE_PRIORITY_PRIVILEGE] = "Increase scheduling priority",
    [SE_CREATE_PAGEFILE_PRIVILEGE] = "Create a pagefile",
    [SE_CREATE_PERMANENT_PRIVILEGE] = "Create permanent shared objects",
    [SE_BACKUP_PRIVILEGE] = "Back up files and directories",
    [SE_RESTORE_PRIVILEGE] = "Restore files and directories",
    [SE_SHUTDOWN_PRIVILEGE] = "Shut down the system",
    [SE_DEBUG_PRIVILEGE] = "Debug programs",
    [SE_AUDIT_PRIVILEGE] = "Generate security audits",
    [SE_SYSTEM_ENVIRONMENT_PRIVILEGE] = "Modify firmware environment values",
    [SE_CHANGE_NOTIFY_PRIVILEGE] = "Bypass traverse checking",
    [SE_REMOTE_SHUTDOWN_PRIVILEGE] = "Force shutdown from a remote system",
    [SE_UNDOCK_PRIVILEGE] = "Remove computer from docking station",
    [SE_SYNC_AGENT_PRIVILEGE] = "Synchronize directory service data",
    [SE_ENABLE_DELEGATION_PRIVILEGE] =
        "Enable computer and user accounts to be trusted for delegation",
    [SE_MANAGE_VOLUME_PRIVILEGE] = "Perform volume maintenance tasks",
    [SE_IMPERSONATE_PRIVILEGE] = "Impersonate a client after authentication",
    [SE_CREATE_GLOBAL_PRIVILEGE] = "Create global objects",
    [SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE] = "Access Credential Manager as a trusted caller",
    [SE_RELABEL_PRIVILEGE] = "Modify an object label",
    [SE_INC_WORKING_SET_PRIVILEGE] = "Increase a process working set",
    [SE_TIME_ZONE_PRIVILEGE] = "Change the time zone",
    [SE_CREATE_SYMBOLIC_LINK_PRIVILEGE] = "Create symbolic links",
    [SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE] =
        "Obtain an impersonation token for another user in the same session",
};

/* @return whether it is this machine's name; the error is reported */
static BOOL is_here(bool named)
{
    return named ? error_fail(RPC_S_SERVER_UNAVAILABLE) : TRUE;
}

static tsr_status value_of(const char *name, LUID *ret_luid)
{
    uint32_t number;

    REQUIRE(name && ret_luid, STATUS_INVALID_PARAMETER);
    TRY(tsr_privilege_by_name(name, &number));

    *ret_luid = (LUID){.LowPart = number};
    return TSR_OK;
}

static tsr_status value_of_wide(const WCHAR *wide, LUID *ret_luid)
{
    CLEANUP(free) char *name = NULL;

    TRY(text_of_wide(wide, &name));
    return value_of(name, ret_luid);
}

BOOL WINAPI LookupPrivilegeValueA(LPCSTR lpSystemName, LPCSTR lpName, PLUID lpLuid)
{
    return is_here(lpSystemName && *lpSystemName) && error_report(value_of(lpName, lpLuid));
}

BOOL WINAPI LookupPrivilegeValueW(LPCWSTR lpSystemName, LPCWSTR lpName, PLUID lpLuid)
{
    return is_here(lpSystemName && *lpSystemName) && error_report(value_of_wide(lpName, lpLuid));
}

static tsr_status name_of(const LUID *luid, const char **ret_name)
{
    const char *name;

    REQUIRE(luid, STATUS_INVALID_PARAMETER);
    name = luid->HighPart == 0 ? tsr_privilege_name(luid->LowPart) : NULL;
    REQUIRE(name, STATUS_NO_SUCH_PRIVILEGE);

    *ret_name = name;
    return TSR_OK;
}

static tsr_status display_name_of(const char *name, const char **ret_display_name)
{
    LUID luid;

    TRY(value_of(name, &luid));

    *ret_display_name = display_names[luid.LowPart];
    return TSR_OK;
}

static tsr_status deliver(const char *text, LPSTR to, LPDWORD n_units)
{
    return text_deliver(text, strlen(text), sizeof(*to), to, n_units);
}

static tsr_status deliver_wide(const char *text, LPWSTR to, LPDWORD n_units)
{
    CLEANUP(free) WCHAR *wide = NULL;
    size_t length;

    TRY(wide_of_text(text, &wide, &length));
    return text_deliver(wide, length, sizeof(*to), to, n_units);
}

static tsr_status name_narrow(const LUID *luid, LPSTR to, LPDWORD n_units)
{
    const char *name;

    TRY(name_of(luid, &name));
    return deliver(name, to, n_units);
}

BOOL WINAPI LookupPrivilegeNameA(LPCSTR lpSystemName, PLUID lpLuid, LPSTR lpName, LPDWORD cchName)
{
    return is_here(lpSystemName && *lpSystemName) &&
           error_report(name_narrow(lpLuid, lpName, cchName));
}

static tsr_status name_wide(const LUID *luid, LPWSTR to, LPDWORD n_units)
{
    const char *name;

    TRY(name_of(luid, &name));
    return deliver_wide(name, to, n_units);
}

BOOL WINAPI LookupPrivilegeNameW(LPCWSTR lpSystemName, PLUID lpLuid, LPWSTR lpName, LPDWORD cchName)
{
    return is_here(lpSystemName && *lpSystemName) &&
           error_report(name_wide(lpLuid, lpName, cchName));
}

static tsr_status display_narrow(const char *name, LPSTR to, LPDWORD n_units, LPDWORD ret_language)
{
    const char *text;

    REQUIRE(ret_language, STATUS_INVALID_PARAMETER);
    TRY(display_name_of(name, &text));
    TRY(deliver(text, to, n_units));
    *ret_language = ENGLISH_US;
    return TSR_OK;
}

BOOL WINAPI LookupPrivilegeDisplayNameA(LPCSTR lpSystemName, LPCSTR lpName, LPSTR lpDisplayName,
                                        LPDWORD cchDisplayName, LPDWORD lpLanguageId)
{
    return is_here(lpSystemName && *lpSystemName) &&
           error_report(display_narrow(lpName, lpDisplayName, cchDisplayName, lpLanguageId));
}

static tsr_status display_wide(const WCHAR *wide_name, LPWSTR to, LPDWORD n_units,
                               LPDWORD ret_language)
{
    CLEANUP(free) char *name = NULL;
    const char *text;

    REQUIRE(ret_language, STATUS_INVALID_PARAMETER);
    TRY(text_of_wide(wide_name, &name));
    TRY(display_name_of(name, &text));
    TRY(deliver_wide(text, to, n_units));
    *ret_language = ENGLISH_US;
    return TSR_OK;
}

BOOL WINAPI LookupPrivilegeDisplayNameW(LPCWSTR lpSystemName, LPCWSTR lpName, LPWSTR lpDisplayName,
                                        LPDWORD cchDisplayName, LPDWORD lpLanguageId)
{
    return is_here(lpSystemName && *lpSystemName) &&
           error_report(display_wide(lpName, lpDisplayName, cchDisplayName, lpLanguageId));
}
