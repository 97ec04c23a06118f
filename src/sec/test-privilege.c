/* SPDX-License-Identifier: MIT */
/* Tests of the privilege names. */

#include <tessera/privilege.h>

#include <support/expect.h>

static void every_privilege_has_a_name_that_leads_back_to_it(void **state)
{
    (void)state;

    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        uint32_t found = 0;

        assert_non_null(tsr_privilege_name(luid));
        expect_ok(tsr_privilege_by_name(tsr_privilege_name(luid), &found));
        assert_int_equal(found, luid);
    }
}

static void luids_are_the_fixed_numbers_of_the_protocol(void **state)
{
    (void)state;

    assert_string_equal(tsr_privilege_name(2), "SeCreateTokenPrivilege");
    assert_string_equal(tsr_privilege_name(8), "SeSecurityPrivilege");
    assert_string_equal(tsr_privilege_name(17), "SeBackupPrivilege");
    assert_string_equal(tsr_privilege_name(23), "SeChangeNotifyPrivilege");
    assert_string_equal(tsr_privilege_name(36), "SeDelegateSessionUserImpersonatePrivilege");
}

static void names_are_compared_without_case(void **state)
{
    uint32_t luid = 0;

    (void)state;

    expect_ok(tsr_privilege_by_name("sebackupPRIVILEGE", &luid));

    assert_int_equal(luid, SE_BACKUP_PRIVILEGE);
}

static void numbers_outside_the_list_have_no_name(void **state)
{
    (void)state;

    assert_null(tsr_privilege_name(0));
    assert_null(tsr_privilege_name(1));
    assert_null(tsr_privilege_name(37));
    assert_null(tsr_privilege_name(UINT32_MAX));
}

static void unknown_names_are_refused_and_leave_the_output_alone(void **state)
{
    static const char *const unknown[] = {"", "Se", "SeBackup", "SeBackupPrivilege ", "Backup"};
    uint32_t luid = 42;

    (void)state;

    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        expect_status(STATUS_NO_SUCH_PRIVILEGE, tsr_privilege_by_name(unknown[i], &luid));
    }

    assert_int_equal(luid, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_privilege_has_a_name_that_leads_back_to_it),
        cmocka_unit_test(luids_are_the_fixed_numbers_of_the_protocol),
        cmocka_unit_test(names_are_compared_without_case),
        cmocka_unit_test(numbers_outside_the_list_have_no_name),
        cmocka_unit_test(unknown_names_are_refused_and_leave_the_output_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
