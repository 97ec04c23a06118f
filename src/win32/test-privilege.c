/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

static void every_privilege_has_value_name_and_description(void **state)
{
    (void)state;

    for (DWORD number = TSR_PRIVILEGE_FIRST; number <= TSR_PRIVILEGE_LAST; number++) {
        LUID luid = {.LowPart = number};
        DWORD n_display = 100;
        DWORD n_name = 100;
        DWORD language = 0;
        char display[100];
        char name[100];
        LUID again;

        expect_true(LookupPrivilegeNameA(NULL, &luid, name, &n_name));
        assert_int_equal(n_name, strlen(name));
        expect_true(LookupPrivilegeValueA("", name, &again));
        assert_memory_equal(&again, &luid, sizeof(luid));
        expect_true(LookupPrivilegeDisplayNameA(NULL, name, display, &n_display, &language));
        assert_int_equal(n_display, strlen(display));
        assert_true(n_display > 0);
        assert_int_equal(language, 0x409);
    }
}

static void wide_names_are_the_same_names(void **state)
{
    LUID luid = {0};
    DWORD language = 0;
    DWORD n_units = 40;
    WCHAR text[40];
    (void)state;

    expect_true(LookupPrivilegeValueW(NULL, u"sebackupPRIVILEGE", &luid));
    assert_int_equal(luid.LowPart, 17);
    assert_int_equal(luid.HighPart, 0);
    expect_true(LookupPrivilegeNameW(u"", &luid, text, &n_units));
    assert_int_equal(n_units, 17);
    assert_memory_equal(text, u"SeBackupPrivilege", 36);
    n_units = 40;
    expect_true(LookupPrivilegeDisplayNameW(NULL, u"SeDebugPrivilege", text, &n_units, &language));

    assert_memory_equal(text, u"Debug programs", 30);
}

static void the_room_that_is_needed_is_told(void **state)
{
    LUID luid = {.LowPart = 17};
    DWORD language = 42;
    DWORD n_units = 17;
    char text[18] = "?";
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER, LookupPrivilegeNameA(NULL, &luid, text, &n_units));
    assert_int_equal(n_units, 18);
    assert_string_equal(text, "?");
    expect_true(LookupPrivilegeNameA(NULL, &luid, text, &n_units));
    assert_int_equal(n_units, 17);
    n_units = 0;
    expect_error(ERROR_INSUFFICIENT_BUFFER, LookupPrivilegeNameW(NULL, &luid, NULL, &n_units));
    assert_int_equal(n_units, 18);
    n_units = 0;
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 LookupPrivilegeDisplayNameA(NULL, "SeDebugPrivilege", NULL, &n_units, &language));
    assert_int_equal(n_units, 15);
    assert_int_equal(language, 42);
}

static void there_are_no_other_privileges_and_no_other_systems(void **state)
{
    LUID luid = {.LowPart = 17, .HighPart = 1};
    DWORD language = 42;
    DWORD n_units = 40;
    char text[40] = "?";
    (void)state;

    expect_error(ERROR_NO_SUCH_PRIVILEGE, LookupPrivilegeValueA(NULL, "SeNone", &luid));
    expect_error(ERROR_NO_SUCH_PRIVILEGE, LookupPrivilegeNameA(NULL, &luid, text, &n_units));
    expect_error(ERROR_NO_SUCH_PRIVILEGE,
                 LookupPrivilegeDisplayNameA(NULL, "", text, &n_units, &language));
    expect_error(RPC_S_SERVER_UNAVAILABLE,
                 LookupPrivilegeValueA("elsewhere", "SeDebugPrivilege", &luid));
    expect_error(RPC_S_SERVER_UNAVAILABLE,
                 LookupPrivilegeValueW(u"elsewhere", u"SeDebugPrivilege", &luid));
    expect_error(ERROR_INVALID_PARAMETER, LookupPrivilegeValueA(NULL, NULL, &luid));
    expect_error(ERROR_INVALID_PARAMETER, LookupPrivilegeValueW(NULL, NULL, &luid));
    expect_error(ERROR_INVALID_PARAMETER, LookupPrivilegeValueA(NULL, "SeDebugPrivilege", NULL));
    expect_error(ERROR_INVALID_PARAMETER, LookupPrivilegeNameA(NULL, NULL, text, &n_units));

    assert_int_equal(luid.HighPart, 1);
    assert_string_equal(text, "?");
    assert_int_equal(n_units, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_privilege_has_value_name_and_description),
        cmocka_unit_test(wide_names_are_the_same_names),
        cmocka_unit_test(the_room_that_is_needed_is_told),
        cmocka_unit_test(there_are_no_other_privileges_and_no_other_systems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
