/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void a_handle_is_duplicated_and_closed(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_QUERY);
    HANDLE copy = NO_HANDLE;
    (void)state;

    expect_nt(STATUS_SUCCESS, ZwDuplicateObject(NtCurrentProcess(), token, NtCurrentProcess(),
                                                &copy, TOKEN_QUERY, 0, 0));
    assert_int_equal(nt_rights(copy), TOKEN_QUERY);
    expect_nt(STATUS_SUCCESS, NtDuplicateObject(NtCurrentProcess(), copy, NULL, NULL, 0, 0,
                                                DUPLICATE_CLOSE_SOURCE));
    expect_nt(STATUS_INVALID_HANDLE, NtClose(copy));
    copy = NO_HANDLE;
    expect_nt(STATUS_INVALID_HANDLE,
              NtDuplicateObject(NtCurrentProcess(), NO_HANDLE, NtCurrentProcess(), &copy, 0, 0, 0));
    assert_null(copy);
    expect_nt(STATUS_SUCCESS, ZwClose(token));
}

static void a_descriptor_is_told_and_replaced(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_ALL_ACCESS);
    HANDLE blind = nt_h(alice(), TOKEN_QUERY);
    DWORD room[64];
    ULONG size = 0;
    (void)state;

    be(alice());
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              NtQuerySecurityObject(token, OWNER_SECURITY_INFORMATION, NULL, 0, &size));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtQuerySecurityObject(token, OWNER_SECURITY_INFORMATION, NULL, size, &size));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtQuerySecurityObject(token, OWNER_SECURITY_INFORMATION, room, size, NULL));
    expect_nt(STATUS_SUCCESS,
              ZwQuerySecurityObject(token, OWNER_SECURITY_INFORMATION, room, size, &size));
    expect_nt(STATUS_SUCCESS, NtSetSecurityObject(token, OWNER_SECURITY_INFORMATION, room));
    expect_nt(STATUS_ACCESS_DENIED, NtSetSecurityObject(blind, OWNER_SECURITY_INFORMATION, room));
    expect_nt(STATUS_ACCESS_VIOLATION,
              ZwSetSecurityObject(token, OWNER_SECURITY_INFORMATION, NULL));
    expect_nt(STATUS_SUCCESS, NtClose(blind));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_is_duplicated_and_closed),
        cmocka_unit_test(a_descriptor_is_told_and_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
