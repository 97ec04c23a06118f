/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void length_pointer_and_handle_are_looked_at_in_this_order(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_ALL_ACCESS);
    TOKEN_OWNER nobody = {NULL};
    (void)state;

    be(alice());
    expect_nt(STATUS_INVALID_INFO_CLASS, NtSetInformationToken(NO_HANDLE, TokenUser, NULL, 0));
    expect_nt(STATUS_INFO_LENGTH_MISMATCH, NtSetInformationToken(NO_HANDLE, TokenOwner, NULL, 7));
    expect_nt(STATUS_ACCESS_VIOLATION, NtSetInformationToken(NO_HANDLE, TokenOwner, NULL, 8));
    expect_nt(STATUS_INVALID_HANDLE, ZwSetInformationToken(NO_HANDLE, TokenOwner, &nobody, 8));
    expect_nt(STATUS_INVALID_SID, NtSetInformationToken(token, TokenOwner, &nobody, 8));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers T-IL-2 [U], T-IL-3 [U]. */
static void the_level_of_a_token_is_lowered(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_ALL_ACCESS);
    const uint64_t before = statistics_behind((handle_t)(uintptr_t)token).modified_id;
    sid_room low = sid_bytes("S-1-16-4096");
    sid_room medium = sid_bytes("S-1-16-8192");
    TOKEN_MANDATORY_LABEL label = {{&low, SE_GROUP_INTEGRITY}};
    uint64_t lowered;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS,
              NtSetInformationToken(token, TokenIntegrityLevel, &label, sizeof(label)));
    lowered = statistics_behind((handle_t)(uintptr_t)token).modified_id;
    assert_true(lowered != before);
    label.Label.Sid = &medium;
    expect_nt(STATUS_PRIVILEGE_NOT_HELD,
              NtSetInformationToken(token, TokenIntegrityLevel, &label, sizeof(label)));
    assert_true(statistics_behind((handle_t)(uintptr_t)token).modified_id == lowered);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void a_class_far_away_is_none(void **state)
{
    DWORD64 room[8] = {0};
    (void)state;

    expect_nt(STATUS_INVALID_INFO_CLASS,
              NtSetInformationToken(NO_HANDLE, MaxTokenInfoClass, room, sizeof(room)));
    expect_nt(
        STATUS_INVALID_INFO_CLASS,
        NtSetInformationToken(NO_HANDLE, (TOKEN_INFORMATION_CLASS)0x10000000, room, sizeof(room)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_pointer_and_handle_are_looked_at_in_this_order),
        cmocka_unit_test(the_level_of_a_token_is_lowered),
        cmocka_unit_test(a_class_far_away_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
