/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void adjusting_tells_what_was_not_assigned(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_ALL_ACCESS);
    TOKEN_PRIVILEGES backup = {1, {{{SE_BACKUP_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_PRIVILEGES too_many = {MAXDWORD, {{{0}, 0}}};
    sid_room stranger = sid_bytes(STRANGER);
    TOKEN_GROUPS groups = {1, {{&stranger, 0}}};
    TOKEN_GROUPS no_sid = {1, {{NULL, 0}}};
    TOKEN_PRIVILEGES previous = {9, {{{0}, 0}}};
    ULONG size = 42;
    (void)state;

    expect_nt(STATUS_NOT_ALL_ASSIGNED,
              NtAdjustPrivilegesToken(token, FALSE, &backup, 16, &previous, &size));
    assert_int_equal(previous.PrivilegeCount, 0);
    assert_int_equal(size, 4);
    expect_nt(STATUS_NOT_ALL_ASSIGNED, ZwAdjustGroupsToken(token, FALSE, &groups, 0, NULL, NULL));
    expect_nt(STATUS_INVALID_SID, NtAdjustGroupsToken(token, FALSE, &no_sid, 0, NULL, NULL));
    expect_nt(STATUS_INVALID_PARAMETER,
              ZwAdjustPrivilegesToken(token, FALSE, &too_many, 0, NULL, NULL));
    expect_nt(STATUS_INVALID_HANDLE, NtAdjustPrivilegesToken(NO_HANDLE, TRUE, NULL, 0, NULL, NULL));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjusting_tells_what_was_not_assigned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
