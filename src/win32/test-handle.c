/* SPDX-License-Identifier: MIT */

#include "win32/test-tokens.h"

static void a_handle_is_closed_once(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    (void)state;

    expect_true(CloseHandle(token));
    expect_error(ERROR_INVALID_HANDLE, CloseHandle(token));
    expect_error(ERROR_INVALID_HANDLE, CloseHandle(NULL));
    expect_true(CloseHandle(GetCurrentProcess()));
    expect_true(CloseHandle(GetCurrentThread()));
}

static void a_duplicate_has_the_rights_that_are_asked_for(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    HANDLE process = GetCurrentProcess();
    HANDLE copy = NULL;
    (void)state;

    be(alice());
    expect_true(DuplicateHandle(process, token, process, &copy, TOKEN_QUERY, FALSE, 0));
    assert_int_equal(win_rights(copy), TOKEN_QUERY);
    expect_true(CloseHandle(copy));
    expect_true(DuplicateHandle(process, token, process, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
    assert_int_equal(win_rights(copy), TOKEN_QUERY | TOKEN_DUPLICATE);
    expect_true(CloseHandle(copy));
    expect_true(DuplicateHandle(process, token, process, &copy, 0, FALSE,
                                DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    expect_error(ERROR_INVALID_HANDLE, CloseHandle(token));
    expect_error(ERROR_INVALID_HANDLE,
                 DuplicateHandle(process, token, process, &token, 0, FALSE, 0));
    assert_null(token);
    expect_error(ERROR_INVALID_PARAMETER,
                 DuplicateHandle(process, copy, process, &token, 0, FALSE, 0x80));
    expect_true(CloseHandle(copy));
}

static void the_pseudo_handle_of_a_thread_becomes_a_real_one(void **state)
{
    HANDLE process = GetCurrentProcess();
    HANDLE thread = NULL;
    (void)state;

    be(alice());
    expect_true(DuplicateHandle(process, GetCurrentThread(), process, &thread, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    assert_int_equal(win_rights(thread), THREAD_ALL_ACCESS);
    expect_true(SetThreadToken(&thread, NULL));
    expect_true(CloseHandle(thread));
}

static void flags_are_kept_and_protect(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    DWORD flags = 42;
    (void)state;

    expect_true(GetHandleInformation(token, &flags));
    assert_int_equal(flags, 0);
    expect_true(SetHandleInformation(token, HANDLE_FLAG_PROTECT_FROM_CLOSE | HANDLE_FLAG_INHERIT,
                                     HANDLE_FLAG_PROTECT_FROM_CLOSE));
    expect_true(GetHandleInformation(token, &flags));
    assert_int_equal(flags, HANDLE_FLAG_PROTECT_FROM_CLOSE);
    expect_error(ERROR_INVALID_HANDLE, CloseHandle(token));
    expect_true(SetHandleInformation(token, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    expect_error(ERROR_INVALID_PARAMETER, SetHandleInformation(token, 0x4, 0x4));
    expect_error(ERROR_NOACCESS, GetHandleInformation(token, NULL));
    expect_true(CloseHandle(token));
    flags = 42;
    expect_error(ERROR_INVALID_HANDLE, GetHandleInformation(token, &flags));
    assert_int_equal(flags, 42);
    expect_error(ERROR_INVALID_HANDLE, SetHandleInformation(token, HANDLE_FLAG_INHERIT, 0));
}

static void handles_are_compared_by_what_they_refer_to(void **state)
{
    HANDLE process = GetCurrentProcess();
    HANDLE token = win_h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    HANDLE other = win_h(alice(), TOKEN_QUERY);
    HANDLE thread = NULL;
    HANDLE weak = NULL;
    (void)state;

    be(alice());
    expect_true(DuplicateHandle(process, token, process, &weak, TOKEN_DUPLICATE, FALSE, 0));
    expect_true(DuplicateHandle(process, GetCurrentThread(), process, &thread, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    expect_true(CompareObjectHandles(token, weak));
    expect_true(CompareObjectHandles(thread, GetCurrentThread()));
    expect_true(CompareObjectHandles(process, process));
    expect_error(ERROR_NOT_SAME_OBJECT, CompareObjectHandles(token, other));
    expect_error(ERROR_NOT_SAME_OBJECT, CompareObjectHandles(token, process));
    expect_true(CloseHandle(weak));
    expect_error(ERROR_INVALID_HANDLE, CompareObjectHandles(token, weak));
    expect_error(ERROR_INVALID_HANDLE, CompareObjectHandles(weak, weak));
    expect_error(ERROR_INVALID_HANDLE, CompareObjectHandles(NULL, token));
    expect_error(ERROR_INVALID_HANDLE,
                 CompareObjectHandles(GetCurrentProcessToken(), GetCurrentProcessToken()));
    expect_true(CloseHandle(thread));
    expect_true(CloseHandle(other));
    expect_true(CloseHandle(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_is_closed_once),
        cmocka_unit_test(a_duplicate_has_the_rights_that_are_asked_for),
        cmocka_unit_test(the_pseudo_handle_of_a_thread_becomes_a_real_one),
        cmocka_unit_test(flags_are_kept_and_protect),
        cmocka_unit_test(handles_are_compared_by_what_they_refer_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
