/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void a_refusal_is_an_answer(void **state)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    HANDLE token = nt_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    sid_room owner = sid_bytes("S-1-5-18");
    acl_room dacl = acl_empty();
    SECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET privileges;
    ULONG size = sizeof(privileges);
    NTSTATUS answer = 42;
    ACCESS_MASK granted = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&descriptor, 1));
    expect_nt(STATUS_SUCCESS, RtlSetOwnerSecurityDescriptor(&descriptor, &owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlSetGroupSecurityDescriptor(&descriptor, &owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, FALSE));
    expect_nt(STATUS_SUCCESS, NtAccessCheck(&descriptor, token, 1, &mapping, &privileges, &size,
                                            &granted, &answer));
    assert_int_equal(answer, STATUS_ACCESS_DENIED);
    assert_int_equal(granted, 0);
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE));
    expect_nt(STATUS_SUCCESS, ZwAccessCheck(&descriptor, token, 1, &mapping, &privileges, &size,
                                            &granted, &answer));
    assert_int_equal(answer, STATUS_SUCCESS);
    assert_int_equal(granted, 1);
    size = 0;
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              NtAccessCheck(&descriptor, token, 1, &mapping, NULL, &size, &granted, &answer));
    assert_int_equal(size, sizeof(privileges));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtAccessCheck(&descriptor, token, 1, &mapping, NULL, &size, &granted, &answer));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
