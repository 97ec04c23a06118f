/* SPDX-License-Identifier: MIT */
/* Accounts by SID and by name. */

#include <winbase.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ntifs.h>
#include <winerror.h>

#include <tessera/account.h>

#include "base/check.h"
#include "object/impersonate.h"
#include "object/process.h"
#include "win32/account.h"
#include "win32/error.h"
#include "win32/text.h"

_Static_assert((int)SidTypeUser == (int)TSR_ACCOUNT_USER, "one numbering");
_Static_assert((int)SidTypeGroup == (int)TSR_ACCOUNT_GROUP, "one numbering");
_Static_assert((int)SidTypeDomain == (int)TSR_ACCOUNT_DOMAIN, "one numbering");
_Static_assert((int)SidTypeAlias == (int)TSR_ACCOUNT_ALIAS, "one numbering");
_Static_assert((int)SidTypeWellKnownGroup == (int)TSR_ACCOUNT_WELL_KNOWN_GROUP, "one numbering");
_Static_assert((int)SidTypeLabel == (int)TSR_ACCOUNT_LABEL, "one numbering");
_Static_assert((int)SidTypeLogonSession == (int)TSR_ACCOUNT_LOGON_SESSION, "one numbering");

tsr_status account_text_read(const void *text, enum text_form form, char **ret_text)
{
    char *copy;

    if (form == TEXT_WIDE) {
        return text_of_wide(text, ret_text);
    }
    REQUIRE(text, STATUS_INVALID_PARAMETER);
    copy = strdup(text);
    REQUIRE(copy, STATUS_NO_MEMORY);

    *ret_text = copy;
    return TSR_OK;
}

tsr_status account_sid_of_text(const void *text, enum text_form form, tsr_sid *ret_sid)
{
    CLEANUP(free) char *name = NULL;
    tsr_account account;

    TRY(account_text_read(text, form, &name));
    TRY(tsr_account_by_name(NULL, name, &account));

    *ret_sid = account.sid;
    return TSR_OK;
}

tsr_status account_effective_user(tsr_sid *ret_sid)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};
    struct thread *thread;
    tsr_token *token;
    tsr_group user;

    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    REQUIRE(effective.type == TSR_TOKEN_PRIMARY || effective.level > TSR_LEVEL_ANONYMOUS,
            STATUS_CANT_OPEN_ANONYMOUS);
    token = token_object_get(effective.token);
    tsr_token_get_user(token, &user);
    (void)tsr_token_unref(token);

    *ret_sid = user.sid;
    return TSR_OK;
}

/* Text as it is delivered: units of the caller's form. */
struct units {
    void *text; /* owned */
    size_t length;
    size_t size; /* of one */
};

static void units_deinit(struct units *units)
{
    free(units->text);
}

static inline void cleanup_units_deinit(struct units *units)
{
    units_deinit(units);
}

static tsr_status units_init(struct units *units, const char *text, enum text_form form)
{
    if (form == TEXT_WIDE) {
        WCHAR *wide;

        TRY(wide_of_text(text, &wide, &units->length));
        units->text = wide;
        units->size = sizeof(*wide);
        return TSR_OK;
    }
    units->text = strdup(text);
    REQUIRE(units->text, STATUS_NO_MEMORY);
    units->length = strlen(text);
    units->size = 1;
    return TSR_OK;
}

tsr_status account_text_of_sid(const tsr_sid *sid, enum text_form form, void **ret_text,
                               size_t *ret_size)
{
    char whole[TSR_ACCOUNT_DOMAIN_MAX + TSR_ACCOUNT_NAME_MAX];
    CLEANUP(units_deinit) struct units units = {0};
    tsr_account account;

    TRY(tsr_account_by_sid(NULL, sid, &account));
    (void)snprintf(whole, sizeof(whole), "%s%s%s", account.domain, *account.domain ? "\\" : "",
                   account.name);
    TRY(units_init(&units, whole, form));

    *ret_text = STEAL(units.text);
    *ret_size = (units.length + 1) * units.size;
    return TSR_OK;
}

/* Where the caller wants text, and how many units it has room for; then how many there are. */
struct room {
    void *to;
    DWORD *n_units;
};

static bool fits(const struct units *units, const struct room *room)
{
    return room->to && units->length < *room->n_units;
}

static void tell_need(const struct units *units, const struct room *room)
{
    *room->n_units = (DWORD)units->length + 1;
}

static void deliver(const struct units *units, const struct room *room)
{
    memcpy(room->to, units->text, (units->length + 1) * units->size);
    *room->n_units = (DWORD)units->length;
}

/* Whether accounts of this machine are asked for, by any of its names. */
static bool is_here(const char *system)
{
    char name[HOST_NAME_MAX + 1] = "";

    if (strncmp(system, "\\\\", 2) == 0) {
        system += 2;
    }
    return !*system || (gethostname(name, sizeof(name) - 1) == 0 && strcasecmp(name, system) == 0);
}

/* @return whether the machine is this one; the error is reported */
static BOOL system_is_here(const void *system, enum text_form form)
{
    CLEANUP(free) char *text = NULL;

    if (!system) {
        return TRUE;
    }
    if (!error_report(account_text_read(system, form, &text))) {
        return FALSE;
    }
    return is_here(text) ? TRUE : error_fail(RPC_S_SERVER_UNAVAILABLE);
}

static tsr_status deliver_both(const struct units *name, const struct room *name_room,
                               const struct units *domain, const struct room *domain_room)
{
    if (!fits(name, name_room) || !fits(domain, domain_room)) {
        tell_need(name, name_room);
        tell_need(domain, domain_room);
        return tsr_status_of(STATUS_BUFFER_TOO_SMALL);
    }
    deliver(name, name_room);
    deliver(domain, domain_room);
    return TSR_OK;
}

static tsr_status name_of_sid(PSID sid_bytes, enum text_form form, const struct room *name_room,
                              const struct room *domain_room, SID_NAME_USE *ret_use)
{
    CLEANUP(units_deinit) struct units name = {0};
    CLEANUP(units_deinit) struct units domain = {0};
    tsr_account account;
    tsr_sid sid;

    REQUIRE(name_room->n_units && domain_room->n_units && ret_use, STATUS_INVALID_PARAMETER);
    REQUIRE(RtlValidSid(sid_bytes), STATUS_INVALID_SID);
    TRY(tsr_sid_decode(sid_bytes, RtlLengthSid(sid_bytes), &sid, NULL));
    TRY(tsr_account_by_sid(NULL, &sid, &account));
    TRY(units_init(&name, account.name, form));
    TRY(units_init(&domain, account.domain, form));
    TRY(deliver_both(&name, name_room, &domain, domain_room));

    *ret_use = (SID_NAME_USE)account.use;
    return TSR_OK;
}

BOOL WINAPI LookupAccountSidA(LPCSTR lpSystemName, PSID Sid, LPSTR Name, LPDWORD cchName,
                              LPSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                              PSID_NAME_USE peUse)
{
    const struct room name = {Name, cchName};
    const struct room domain = {ReferencedDomainName, cchReferencedDomainName};

    return system_is_here(lpSystemName, TEXT_NARROW) &&
           error_report(name_of_sid(Sid, TEXT_NARROW, &name, &domain, peUse));
}

BOOL WINAPI LookupAccountSidW(LPCWSTR lpSystemName, PSID Sid, LPWSTR Name, LPDWORD cchName,
                              LPWSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                              PSID_NAME_USE peUse)
{
    const struct room name = {Name, cchName};
    const struct room domain = {ReferencedDomainName, cchReferencedDomainName};

    return system_is_here(lpSystemName, TEXT_WIDE) &&
           error_report(name_of_sid(Sid, TEXT_WIDE, &name, &domain, peUse));
}

static tsr_status deliver_sid(const tsr_sid *sid, const struct room *sid_room,
                              const struct units *domain, const struct room *domain_room)
{
    size_t size = tsr_sid_size(sid);

    if (!sid_room->to || *sid_room->n_units < size || !fits(domain, domain_room)) {
        *sid_room->n_units = (DWORD)size;
        tell_need(domain, domain_room);
        return tsr_status_of(STATUS_BUFFER_TOO_SMALL);
    }
    TRY(tsr_sid_encode(sid, sid_room->to, size, &size));
    *sid_room->n_units = (DWORD)size;
    deliver(domain, domain_room);
    return TSR_OK;
}

/* @param sid_room  of bytes */
static tsr_status sid_of_name(const void *text, enum text_form form, const struct room *sid_room,
                              const struct room *domain_room, SID_NAME_USE *ret_use)
{
    CLEANUP(units_deinit) struct units domain = {0};
    CLEANUP(free) char *name = NULL;
    tsr_account account;

    REQUIRE(sid_room->n_units && domain_room->n_units && ret_use, STATUS_INVALID_PARAMETER);
    TRY(account_text_read(text, form, &name));
    TRY(tsr_account_by_name(NULL, name, &account));
    TRY(units_init(&domain, account.domain, form));
    TRY(deliver_sid(&account.sid, sid_room, &domain, domain_room));

    *ret_use = (SID_NAME_USE)account.use;
    return TSR_OK;
}

BOOL WINAPI LookupAccountNameA(LPCSTR lpSystemName, LPCSTR lpAccountName, PSID Sid, LPDWORD cbSid,
                               LPSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                               PSID_NAME_USE peUse)
{
    const struct room sid = {Sid, cbSid};
    const struct room domain = {ReferencedDomainName, cchReferencedDomainName};

    return system_is_here(lpSystemName, TEXT_NARROW) &&
           error_report(sid_of_name(lpAccountName, TEXT_NARROW, &sid, &domain, peUse));
}

BOOL WINAPI LookupAccountNameW(LPCWSTR lpSystemName, LPCWSTR lpAccountName, PSID Sid, LPDWORD cbSid,
                               LPWSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                               PSID_NAME_USE peUse)
{
    const struct room sid = {Sid, cbSid};
    const struct room domain = {ReferencedDomainName, cchReferencedDomainName};

    return system_is_here(lpSystemName, TEXT_WIDE) &&
           error_report(sid_of_name(lpAccountName, TEXT_WIDE, &sid, &domain, peUse));
}

static tsr_status user_name(enum text_form form, const struct room *room)
{
    CLEANUP(units_deinit) struct units name = {0};
    tsr_account account;
    tsr_sid user;

    REQUIRE(room->n_units, STATUS_INVALID_PARAMETER);
    TRY(account_effective_user(&user));
    TRY(tsr_account_by_sid(NULL, &user, &account));
    TRY(units_init(&name, account.name, form));
    if (!fits(&name, room)) {
        tell_need(&name, room);
        return tsr_status_of(STATUS_BUFFER_TOO_SMALL);
    }
    deliver(&name, room);
    /* Other than everywhere else, the terminator counts. */
    *room->n_units += 1;
    return TSR_OK;
}

BOOL WINAPI GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer)
{
    return error_report(user_name(TEXT_NARROW, &(struct room){lpBuffer, pcbBuffer}));
}

BOOL WINAPI GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer)
{
    return error_report(user_name(TEXT_WIDE, &(struct room){lpBuffer, pcbBuffer}));
}
