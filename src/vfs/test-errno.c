/* SPDX-License-Identifier: MIT */
/* Tests of statuses as the errno of a FUSE reply. */

#include <support/expect.h>

#include <errno.h>

#include <tessera/vfs.h>

#include "base/check.h"

#define ERRNO_MAX 4095 /* the kernel's MAX_ERRNO */

static void what_succeeded_is_no_error(void **state)
{
    (void)state;

    assert_int_equal(tsr_errno_of_status(TSR_OK), 0);
    assert_int_equal(tsr_errno_of_status(tsr_status_of(STATUS_SOME_NOT_MAPPED)), 0);
    assert_int_equal(tsr_errno_of_status(tsr_status_of(0x7fffffff)), 0);
}

static void what_failed_is_an_error_whatever_it_is(void **state)
{
    (void)state;

    for (uint32_t code = 0x80000000; code < 0x80001000; code++) {
        const int warning = tsr_errno_of_status(tsr_status_of(code));
        const int error = tsr_errno_of_status(tsr_status_of(code | 0xC0000000));

        assert_in_range(warning, 1, ERRNO_MAX);
        assert_in_range(error, 1, ERRNO_MAX);
    }
    assert_int_equal(tsr_errno_of_status(tsr_status_of(UINT32_MAX)), EIO);
}

static void what_has_no_counterpart_is_an_input_or_output_error(void **state)
{
    (void)state;

    assert_int_equal(tsr_errno_of_status(tsr_status_of(STATUS_UNSUCCESSFUL)), EIO);
    assert_int_equal(tsr_errno_of_status(tsr_status_of(STATUS_INTERNAL_ERROR)), EIO);
    assert_int_equal(tsr_errno_of_status(tsr_status_of(STATUS_IO_DEVICE_ERROR)), EIO);
    assert_int_equal(tsr_errno_of_status(tsr_status_of(STATUS_DATA_ERROR)), EIO);
}

static void every_errno_with_a_status_comes_back(void **state)
{
    int n_mapped = 0;
    (void)state;

    for (int error = 1; error <= ERRNO_MAX; error++) {
        const tsr_status status = tsr_status_of_errno(error);

        if (status.code == STATUS_UNSUCCESSFUL) {
            continue;
        }
        if (tsr_errno_of_status(status) != error) {
            fail_msg("%s becomes %s and then %s", strerror(error), tsr_status_name(status.code),
                     strerror(tsr_errno_of_status(status)));
        }
        n_mapped++;
    }

    assert_true(n_mapped > 35);
}

static void every_errno_of_a_file_system_has_a_status(void **state)
{
    static const int errors[] = {
        EACCES, EAGAIN,    EBADF,   EBUSY,   EDQUOT,    EEXIST,       EFBIG,      EINTR,
        EINVAL, EIO,       EISDIR,  ELOOP,   EMFILE,    ENAMETOOLONG, ENFILE,     ENODEV,
        ENOENT, ENOMEM,    ENOSPC,  ENOTDIR, ENOTEMPTY, ENXIO,        EOPNOTSUPP, EPERM,
        EROFS,  EOVERFLOW, ETXTBSY, EUCLEAN, EXDEV,     EMLINK,       E2BIG,      ENODATA,
        ERANGE, ESTALE,    ENOSYS,  ENOTTY,  EBADMSG,
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        assert_int_equal(tsr_errno_of_status(tsr_status_of_errno(errors[i])), errors[i]);
    }
}

/* vfs.md section 5: access denied by a descriptor is EACCES, by rank or privilege EPERM. */
static void refusals_are_told_apart(void **state)
{
    static const struct {
        uint32_t code;
        int error;
    } cases[] = {
        {STATUS_ACCESS_DENIED, EACCES},
        {STATUS_NO_TOKEN, EACCES},
        {STATUS_BAD_IMPERSONATION_LEVEL, EACCES},
        {STATUS_FILE_CORRUPT_ERROR, EACCES},
        {STATUS_PRIVILEGE_NOT_HELD, EPERM},
        {STATUS_INVALID_OWNER, EPERM},
        {STATUS_INVALID_PRIMARY_GROUP, EPERM},
        {STATUS_INVALID_SECURITY_DESCR, EINVAL},
        {STATUS_INVALID_ACL, EINVAL},
        {STATUS_INVALID_SID, EINVAL},
        {STATUS_BUFFER_TOO_SMALL, ERANGE},
        {STATUS_SHARING_VIOLATION, EBUSY},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(tsr_errno_of_status(tsr_status_of(cases[i].code)), cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_succeeded_is_no_error),
        cmocka_unit_test(what_failed_is_an_error_whatever_it_is),
        cmocka_unit_test(what_has_no_counterpart_is_an_input_or_output_error),
        cmocka_unit_test(every_errno_with_a_status_comes_back),
        cmocka_unit_test(every_errno_of_a_file_system_has_a_status),
        cmocka_unit_test(refusals_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
