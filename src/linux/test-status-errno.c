/* SPDX-License-Identifier: MIT */
/* Tests of errno -> status. */

#include <support/expect.h>

#include <errno.h>

#include <tessera/linux.h>

static void no_errno_ever_becomes_a_success(void **state)
{
    (void)state;

    for (int error = -1; error < 4200; error++) {
        assert_true(tsr_failed(tsr_status_of_errno(error)));
    }
}

static void an_error_without_reason_is_our_mistake(void **state)
{
    (void)state;

    expect_status(STATUS_INTERNAL_ERROR, tsr_status_of_errno(0));
}

static void errors_without_a_counterpart_are_merely_failures(void **state)
{
    (void)state;

    expect_status(STATUS_UNSUCCESSFUL, tsr_status_of_errno(ECHILD));
    expect_status(STATUS_UNSUCCESSFUL, tsr_status_of_errno(4000));
    expect_status(STATUS_UNSUCCESSFUL, tsr_status_of_errno(-EACCES));
}

static void the_usual_errors_keep_their_meaning(void **state)
{
    (void)state;

    expect_status(STATUS_ACCESS_DENIED, tsr_status_of_errno(EACCES));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, tsr_status_of_errno(EPERM));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_status_of_errno(ENOENT));
    expect_status(STATUS_OBJECT_NAME_COLLISION, tsr_status_of_errno(EEXIST));
    expect_status(STATUS_NOT_A_DIRECTORY, tsr_status_of_errno(ENOTDIR));
    expect_status(STATUS_NO_MEMORY, tsr_status_of_errno(ENOMEM));
    expect_status(STATUS_DISK_FULL, tsr_status_of_errno(ENOSPC));
    expect_status(STATUS_NOT_FOUND, tsr_status_of_errno(ESRCH));
    expect_status(STATUS_IO_DEVICE_ERROR, tsr_status_of_errno(EIO));
    expect_status(STATUS_NO_EAS_ON_FILE, tsr_status_of_errno(ENODATA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_errno_ever_becomes_a_success),
        cmocka_unit_test(an_error_without_reason_is_our_mistake),
        cmocka_unit_test(errors_without_a_counterpart_are_merely_failures),
        cmocka_unit_test(the_usual_errors_keep_their_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
