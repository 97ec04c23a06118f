/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

/* Covers T-OPT-1, T-OPT-2, T-OTT-1, T-OTT-5. */
static void opening_sets_the_handle_also_on_failure(void **state)
{
    HANDLE token = NO_HANDLE;
    (void)state;

    be(alice());
    expect_nt(STATUS_ACCESS_VIOLATION, NtOpenProcessToken(NO_HANDLE, TOKEN_QUERY, NULL));
    expect_nt(STATUS_INVALID_HANDLE, NtOpenProcessToken(NO_HANDLE, TOKEN_QUERY, &token));
    assert_null(token);
    expect_nt(STATUS_OBJECT_TYPE_MISMATCH,
              ZwOpenProcessToken(nt_h(alice(), TOKEN_QUERY), TOKEN_QUERY, &token));
    expect_nt(STATUS_SUCCESS,
              NtOpenProcessTokenEx(NtCurrentProcess(), TOKEN_QUERY, OBJ_INHERIT, &token));
    expect_nt(STATUS_SUCCESS, NtClose(token));
    expect_nt(STATUS_ACCESS_VIOLATION, NtOpenThreadToken(NO_HANDLE, TOKEN_QUERY, TRUE, NULL));
    token = NO_HANDLE;
    expect_nt(STATUS_NO_TOKEN, ZwOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_null(token);
    expect_nt(STATUS_NO_TOKEN,
              NtOpenThreadTokenEx(NtCurrentThread(), TOKEN_QUERY, TRUE, 0, &token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_sets_the_handle_also_on_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
