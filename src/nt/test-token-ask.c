/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

/* Covers T-CMP-7. */
static void tokens_are_compared(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_QUERY);
    HANDLE same = nt_h(alice(), TOKEN_QUERY);
    HANDLE other = nt_h(bob(), TOKEN_QUERY);
    HANDLE blind = nt_h(alice(), TOKEN_DUPLICATE);
    BOOLEAN equal = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, NtCompareTokens(token, same, &equal)); /* T-CMP-1 */
    assert_int_equal(equal, TRUE);
    expect_nt(STATUS_SUCCESS, ZwCompareTokens(token, other, &equal));
    assert_int_equal(equal, FALSE);
    equal = 42;
    expect_nt(STATUS_ACCESS_DENIED, NtCompareTokens(token, blind, &equal)); /* T-CMP-7 */
    assert_int_equal(equal, 42);
    expect_nt(STATUS_ACCESS_VIOLATION, NtCompareTokens(token, same, NULL));
    expect_nt(STATUS_SUCCESS, NtClose(blind));
    expect_nt(STATUS_SUCCESS, NtClose(other));
    expect_nt(STATUS_SUCCESS, NtClose(same));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void privileges_are_checked(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_QUERY);
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}};
    BOOLEAN held = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, NtPrivilegeCheck(token, &set, &held));
    assert_int_equal(held, TRUE);
    assert_int_equal(set.Privilege[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    expect_nt(STATUS_ACCESS_VIOLATION, ZwPrivilegeCheck(token, NULL, &held));
    expect_nt(STATUS_ACCESS_VIOLATION, NtPrivilegeCheck(token, &set, NULL));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void each_privilege_that_was_used_is_marked(void **state)
{
    HANDLE token = nt_h(alice_with(SE_SECURITY_PRIVILEGE), TOKEN_QUERY);
    struct {
        DWORD count;
        DWORD control;
        LUID_AND_ATTRIBUTES entries[3];
    } set = {2,
             PRIVILEGE_SET_ALL_NECESSARY,
             {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}, {{SE_SECURITY_PRIVILEGE, 0}, 0}, {{0}, 42}}};
    BOOLEAN held = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, NtPrivilegeCheck(token, (PPRIVILEGE_SET)&set, &held));
    assert_int_equal(held, TRUE);
    assert_int_equal(set.entries[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(set.entries[1].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(set.entries[2].Attributes, 42);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_compared),
        cmocka_unit_test(privileges_are_checked),
        cmocka_unit_test(each_privilege_that_was_used_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
