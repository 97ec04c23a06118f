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

static void all_that_is_changed_is_told_as_it_was(void **state)
{
    static const tsr_group all[] = {{{5, 1, {11}}, SE_GROUP_ENABLED}, {{5, 1, {4}}, 0}};
    sid_room user = sid_bytes("S-1-5-11");
    sid_room interactive = sid_bytes("S-1-5-4");
    struct {
        DWORD n;
        SID_AND_ATTRIBUTES entries[2];
    } changes = {2, {{&user, 0}, {&interactive, SE_GROUP_ENABLED}}};
    union {
        TOKEN_GROUPS groups;
        DWORD64 words[16];
    } previous;
    const SID_AND_ATTRIBUTES *const told = previous.groups.Groups;
    tsr_token_spec spec = alice_spec();
    ULONG size = 0;
    HANDLE token;
    (void)state;

    spec.groups = all;
    spec.n_groups = ARRAY_SIZE(all);
    spec.primary_group = &all[0].sid;
    token = nt_h(token_of_spec(&spec), TOKEN_ALL_ACCESS);
    expect_nt(STATUS_SUCCESS, NtAdjustGroupsToken(token, FALSE, (PTOKEN_GROUPS)&changes,
                                                  sizeof(previous), &previous.groups, &size));
    assert_int_equal(previous.groups.GroupCount, 2);
    assert_true(RtlEqualSid(told[0].Sid, &user));
    assert_int_equal(told[0].Attributes, SE_GROUP_ENABLED);
    assert_true(RtlEqualSid(told[1].Sid, &interactive));
    assert_int_equal(told[1].Attributes, 0);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjusting_tells_what_was_not_assigned),
        cmocka_unit_test(all_that_is_changed_is_told_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
