/* SPDX-License-Identifier: MIT */
/* Asking for privileges, and comparing (token.md 3.11, 3.12). */

#include <stdlib.h>

#include "nt/capture.h"

static void tell_used(const tsr_privilege_state *privileges, size_t n, LUID_AND_ATTRIBUTES *entries)
{
    for (size_t i = 0; i < n; i++) {
        entries[i].Attributes = privileges[i].attributes;
    }
}

static tsr_status privilege_check(HANDLE token, PRIVILEGE_SET *set, BOOLEAN *ret_held)
{
    CLEANUP(free) tsr_privilege_state *privileges = NULL;
    LUID_AND_ATTRIBUTES *entries;
    size_t n;
    bool held;

    REQUIRE(set && ret_held, STATUS_ACCESS_VIOLATION);
    n = set->PrivilegeCount;
    entries = set->Privilege;
    TRY(capture_privileges(entries, n, &privileges));
    TRY(service_privilege_check(handle_in(token), set->Control, privileges, n, &held));
    tell_used(privileges, n, entries);
    *ret_held = held;
    return TSR_OK;
}

NTSTATUS NTAPI NtPrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges,
                                PBOOLEAN Result)
{
    return nt_status(privilege_check(ClientToken, RequiredPrivileges, Result));
}

NTSTATUS NTAPI NtCompareTokens(HANDLE FirstTokenHandle, HANDLE SecondTokenHandle, PBOOLEAN Equal)
{
    bool equal;
    tsr_status status;

    if (!Equal) {
        return STATUS_ACCESS_VIOLATION;
    }
    status =
        service_compare_tokens(handle_in(FirstTokenHandle), handle_in(SecondTokenHandle), &equal);
    if (tsr_ok(status)) {
        *Equal = equal;
    }
    return nt_status(status);
}

ZW_NAME(ZwPrivilegeCheck, NtPrivilegeCheck);
ZW_NAME(ZwCompareTokens, NtCompareTokens);
