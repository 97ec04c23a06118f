/* SPDX-License-Identifier: MIT */

#include <sddl.h>

#include "win32/test-tokens.h"

static GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                       FILE_ALL_ACCESS};

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     &descriptor, NULL));
    return descriptor;
}

static void a_check_that_refuses_succeeds(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET privileges = {9};
    DWORD size = sizeof(privileges);
    DWORD granted = 42;
    BOOL answer = 42;
    (void)state;

    expect_true(AccessCheck(descriptor, token, FILE_READ_DATA, &file_mapping, &privileges, &size,
                            &granted, &answer));
    assert_int_equal(answer, TRUE);
    assert_int_equal(granted, FILE_READ_DATA);
    assert_int_equal(privileges.PrivilegeCount, 0);
    SetLastError(0xdead);
    assert_int_equal(AccessCheck(descriptor, token, FILE_WRITE_DATA, &file_mapping, &privileges,
                                 &size, &granted, &answer),
                     TRUE);
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_int_equal(answer, FALSE);
    assert_int_equal(granted, 0);
    assert_int_equal(AccessCheck(descriptor, token, ACCESS_SYSTEM_SECURITY, &file_mapping,
                                 &privileges, &size, &granted, &answer),
                     TRUE);
    assert_int_equal(GetLastError(), ERROR_PRIVILEGE_NOT_HELD);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void a_check_that_was_not_made_fails_and_answers_nothing(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    PSECURITY_DESCRIPTOR no_owner = descriptor_of("G:SYD:(A;;FR;;;WD)");
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE primary = win_h(alice(), TOKEN_QUERY);
    HANDLE anonymous = win_h(impersonating(alice(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    HANDLE blind = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_DUPLICATE);
    const struct {
        PSECURITY_DESCRIPTOR descriptor;
        HANDLE token;
        DWORD desired;
        PGENERIC_MAPPING mapping;
        DWORD room;
        DWORD error;
    } rows[] = {
        {descriptor, token, GENERIC_READ, &file_mapping, 20, ERROR_GENERIC_NOT_MAPPED},
        {descriptor, token, GENERIC_READ, &file_mapping, 19, ERROR_GENERIC_NOT_MAPPED},
        {descriptor, token, FILE_READ_DATA, &file_mapping, 19, ERROR_INSUFFICIENT_BUFFER},
        {descriptor, primary, FILE_READ_DATA, &file_mapping, 20, ERROR_NO_IMPERSONATION_TOKEN},
        {descriptor, anonymous, FILE_READ_DATA, &file_mapping, 20, ERROR_BAD_IMPERSONATION_LEVEL},
        {descriptor, blind, FILE_READ_DATA, &file_mapping, 20, ERROR_ACCESS_DENIED},
        {descriptor, NULL, FILE_READ_DATA, &file_mapping, 20, ERROR_INVALID_HANDLE},
        {no_owner, token, FILE_READ_DATA, &file_mapping, 20, ERROR_INVALID_SECURITY_DESCR},
        {NULL, token, FILE_READ_DATA, &file_mapping, 20, ERROR_NOACCESS},
        {descriptor, token, FILE_READ_DATA, NULL, 20, ERROR_NOACCESS},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        PRIVILEGE_SET privileges = {9};
        DWORD size = rows[i].room;
        DWORD granted = 42;
        BOOL answer = 42;

        expect_error(rows[i].error,
                     AccessCheck(rows[i].descriptor, rows[i].token, rows[i].desired,
                                 rows[i].mapping, &privileges, &size, &granted, &answer));
        assert_int_equal(size, rows[i].error == ERROR_INSUFFICIENT_BUFFER ? 20 : rows[i].room);
        assert_int_equal(privileges.PrivilegeCount, 9);
        assert_int_equal(granted, 42);
        assert_int_equal(answer, 42);
    }
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(anonymous));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(token));
    LocalFree(no_owner);
    LocalFree(descriptor);
}

static void privileges_that_were_used_are_told(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    HANDLE token = win_h(impersonating(alice_with(SE_SECURITY_PRIVILEGE), TSR_LEVEL_IMPERSONATION),
                         TOKEN_QUERY);
    PRIVILEGE_SET privileges = {9};
    DWORD size = sizeof(privileges);
    DWORD granted = 42;
    BOOL answer = 42;
    (void)state;

    expect_true(AccessCheck(descriptor, token, ACCESS_SYSTEM_SECURITY, &file_mapping, &privileges,
                            &size, &granted, &answer));
    assert_int_equal(answer, TRUE);
    assert_int_equal(privileges.PrivilegeCount, 1);
    assert_int_equal(privileges.Privilege[0].Luid.LowPart, SE_SECURITY_PRIVILEGE);
    assert_int_equal(privileges.Privilege[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void each_type_has_its_answer(void **state)
{
    PSECURITY_DESCRIPTOR descriptor =
        descriptor_of("O:SYG:SYD:(OA;;CC;00000001-0000-0000-0000-000000000000;;PS)");
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    GUID root = {0, 0, 0, {9}};
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}, {1, 0, &one}, {1, 0, &two}};
    OBJECT_TYPE_LIST no_root[] = {{1, 0, &one}};
    sid_room self = sid_bytes(ALICE);
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    DWORD granted[3] = {42, 42, 42};
    DWORD errors[3] = {42, 42, 42};
    BOOL answer = 42;
    (void)state;

    expect_true(AccessCheckByTypeResultList(descriptor, &self, token, 1, types, 3, &file_mapping,
                                            &privileges, &size, granted, errors));
    assert_int_equal(errors[0], ERROR_ACCESS_DENIED);
    assert_int_equal(errors[1], ERROR_SUCCESS);
    assert_int_equal(granted[1], 1);
    assert_int_equal(errors[2], ERROR_ACCESS_DENIED);
    expect_true(AccessCheckByType(descriptor, &self, token, 1, types, 2, &file_mapping, &privileges,
                                  &size, granted, &answer));
    assert_int_equal(answer, TRUE);
    expect_error(ERROR_INVALID_PARAMETER,
                 AccessCheckByType(descriptor, &self, token, 1, no_root, 1, &file_mapping,
                                   &privileges, &size, granted, &answer));
    expect_error(ERROR_INVALID_PARAMETER,
                 AccessCheckByTypeResultList(descriptor, NULL, token, 1, NULL, 0, &file_mapping,
                                             &privileges, &size, granted, errors));
    expect_error(ERROR_NOACCESS,
                 AccessCheckByType(descriptor, &self, token, 1, types, 2, &file_mapping,
                                   &privileges, &size, NULL, &answer));
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void both_answers_have_a_place(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    DWORD granted = 42;
    BOOL answer = 42;
    (void)state;

    expect_error(ERROR_NOACCESS, AccessCheck(descriptor, token, FILE_READ_DATA, &file_mapping,
                                             &privileges, &size, NULL, &answer));
    expect_error(ERROR_NOACCESS, AccessCheck(descriptor, token, FILE_READ_DATA, &file_mapping,
                                             &privileges, &size, &granted, NULL));
    expect_error(ERROR_NOACCESS,
                 AccessCheckByType(descriptor, NULL, token, FILE_READ_DATA, NULL, 0, &file_mapping,
                                   &privileges, &size, &granted, NULL));
    assert_int_equal(granted, 42);
    assert_int_equal(answer, 42);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void a_list_is_answered_to_its_end(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:");
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    GUID root = {9, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}};
    DWORD errors[2] = {42, (DWORD)STATUS_ACCESS_DENIED};
    DWORD granted[2] = {42, 42};
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    (void)state;

    expect_true(AccessCheckByTypeResultList(descriptor, NULL, token, 1, types, 1, &file_mapping,
                                            &privileges, &size, granted, errors));
    assert_int_equal(errors[0], ERROR_ACCESS_DENIED);
    assert_int_equal(granted[0], 0);
    assert_int_equal(errors[1], (DWORD)STATUS_ACCESS_DENIED);
    assert_int_equal(granted[1], 42);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_that_refuses_succeeds),
        cmocka_unit_test(a_check_that_was_not_made_fails_and_answers_nothing),
        cmocka_unit_test(privileges_that_were_used_are_told),
        cmocka_unit_test(each_type_has_its_answer),
        cmocka_unit_test(both_answers_have_a_place),
        cmocka_unit_test(a_list_is_answered_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
