/* SPDX-License-Identifier: MIT */
/* Tests of the statuses, their names, and the control-flow and ownership macros. */

#include <tessera/status.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <support/expect.h>

#include "base/check.h"
#include "base/fd.h"

/* Lets a hopeless allocation return NULL under the address sanitizer, as it does without. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* Written down from [MS-ERREF] 2.3.1, not from status.h. */
static const struct {
    uint32_t code;
    const char *name;
} documented[] = {
    {0x00000000, "STATUS_SUCCESS"},
    {0x00000106, "STATUS_NOT_ALL_ASSIGNED"},
    {0x00000107, "STATUS_SOME_NOT_MAPPED"},
    {0x80000005, "STATUS_BUFFER_OVERFLOW"},
    {0x8000001a, "STATUS_NO_MORE_ENTRIES"},
    {0x8000002d, "STATUS_STOPPED_ON_SYMLINK"},
    {0xc0000003, "STATUS_INVALID_INFO_CLASS"},
    {0xc000000b, "STATUS_INVALID_CID"},
    {0xc0000024, "STATUS_OBJECT_TYPE_MISMATCH"},
    {0xc000005f, "STATUS_NO_SUCH_LOGON_SESSION"},
    {0xc0000001, "STATUS_UNSUCCESSFUL"},
    {0xc0000002, "STATUS_NOT_IMPLEMENTED"},
    {0xc0000008, "STATUS_INVALID_HANDLE"},
    {0xc000000d, "STATUS_INVALID_PARAMETER"},
    {0xc000000e, "STATUS_NO_SUCH_DEVICE"},
    {0xc000000f, "STATUS_NO_SUCH_FILE"},
    {0xc0000010, "STATUS_INVALID_DEVICE_REQUEST"},
    {0xc0000011, "STATUS_END_OF_FILE"},
    {0xc0000017, "STATUS_NO_MEMORY"},
    {0xc0000022, "STATUS_ACCESS_DENIED"},
    {0xc0000023, "STATUS_BUFFER_TOO_SMALL"},
    {0xc0000032, "STATUS_DISK_CORRUPT_ERROR"},
    {0xc0000033, "STATUS_OBJECT_NAME_INVALID"},
    {0xc0000034, "STATUS_OBJECT_NAME_NOT_FOUND"},
    {0xc0000035, "STATUS_OBJECT_NAME_COLLISION"},
    {0xc000003a, "STATUS_OBJECT_PATH_NOT_FOUND"},
    {0xc000003e, "STATUS_DATA_ERROR"},
    {0xc000003f, "STATUS_CRC_ERROR"},
    {0xc0000043, "STATUS_SHARING_VIOLATION"},
    {0xc0000044, "STATUS_QUOTA_EXCEEDED"},
    {0xc0000055, "STATUS_LOCK_NOT_GRANTED"},
    {0xc0000059, "STATUS_REVISION_MISMATCH"},
    {0xc000005a, "STATUS_INVALID_OWNER"},
    {0xc000005b, "STATUS_INVALID_PRIMARY_GROUP"},
    {0xc000005c, "STATUS_NO_IMPERSONATION_TOKEN"},
    {0xc000005d, "STATUS_CANT_DISABLE_MANDATORY"},
    {0xc0000060, "STATUS_NO_SUCH_PRIVILEGE"},
    {0xc0000061, "STATUS_PRIVILEGE_NOT_HELD"},
    {0xc0000062, "STATUS_INVALID_ACCOUNT_NAME"},
    {0xc0000064, "STATUS_NO_SUCH_USER"},
    {0xc0000073, "STATUS_NONE_MAPPED"},
    {0xc0000077, "STATUS_INVALID_ACL"},
    {0xc0000078, "STATUS_INVALID_SID"},
    {0xc0000079, "STATUS_INVALID_SECURITY_DESCR"},
    {0xc000007b, "STATUS_INVALID_IMAGE_FORMAT"},
    {0xc000007c, "STATUS_NO_TOKEN"},
    {0xc000007f, "STATUS_DISK_FULL"},
    {0xc0000099, "STATUS_ALLOTTED_SPACE_EXCEEDED"},
    {0xc000009a, "STATUS_INSUFFICIENT_RESOURCES"},
    {0xc000009d, "STATUS_DEVICE_NOT_CONNECTED"},
    {0xc00000a6, "STATUS_CANT_OPEN_ANONYMOUS"},
    {0xc00000ee, "STATUS_LOGON_SESSION_EXISTS"},
    {0xc00000a2, "STATUS_MEDIA_WRITE_PROTECTED"},
    {0xc00000a5, "STATUS_BAD_IMPERSONATION_LEVEL"},
    {0xc00000a8, "STATUS_BAD_TOKEN_TYPE"},
    {0xc00000ba, "STATUS_FILE_IS_A_DIRECTORY"},
    {0xc00000bb, "STATUS_NOT_SUPPORTED"},
    {0xc00000c0, "STATUS_DEVICE_DOES_NOT_EXIST"},
    {0xc00000d4, "STATUS_NOT_SAME_DEVICE"},
    {0xc00000e5, "STATUS_INTERNAL_ERROR"},
    {0xc00000e6, "STATUS_GENERIC_NOT_MAPPED"},
    {0xc0000101, "STATUS_DIRECTORY_NOT_EMPTY"},
    {0xc0000102, "STATUS_FILE_CORRUPT_ERROR"},
    {0xc0000103, "STATUS_NOT_A_DIRECTORY"},
    {0xc0000106, "STATUS_NAME_TOO_LONG"},
    {0xc000011f, "STATUS_TOO_MANY_OPENED_FILES"},
    {0xc000012b, "STATUS_TOKEN_ALREADY_IN_USE"},
    {0xc0000235, "STATUS_HANDLE_NOT_CLOSABLE"},
    {0xc0000120, "STATUS_CANCELLED"},
    {0xc0000161, "STATUS_ILLEGAL_CHARACTER"},
    {0xc0000162, "STATUS_UNMAPPABLE_CHARACTER"},
    {0xc0000185, "STATUS_IO_DEVICE_ERROR"},
    {0xc0000194, "STATUS_POSSIBLE_DEADLOCK"},
    {0xc0000225, "STATUS_NOT_FOUND"},
    {0xc0000265, "STATUS_TOO_MANY_LINKS"},
    {0xc00002b3, "STATUS_CANT_ENABLE_DENY_ONLY"},
    {0xc0000904, "STATUS_FILE_TOO_LARGE"},
};

static void every_documented_code_has_its_name(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(documented); i++) {
        const char *name = tsr_status_name(documented[i].code);

        assert_non_null(name);
        assert_string_equal(name, documented[i].name);
    }
}

static void every_documented_name_has_its_code(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(documented); i++) {
        uint32_t code = 42;

        expect_ok(tsr_status_by_name(documented[i].name, &code));
        assert_true(code == documented[i].code);
    }
}

static void a_code_without_a_name_has_none(void **state)
{
    (void)state;

    assert_null(tsr_status_name(0x00000001));
    assert_null(tsr_status_name(0x40000022));
    assert_null(tsr_status_name(UINT32_MAX));
}

static void an_unknown_name_is_refused_and_leaves_the_code_alone(void **state)
{
    static const char *const unknown[] = {
        "",
        "STATUS",
        "STATUS_",
        "STATUS_NO_SUCH_STATUS",
        "status_success",
        "STATUS_SUCCESS ",
        "STATUS_SUCCES",
    };
    uint32_t code = 42;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
        expect_status(STATUS_NOT_FOUND, tsr_status_by_name(unknown[i], &code));
    }

    assert_int_equal(code, 42);
}

static void severity_decides_whether_a_status_failed(void **state)
{
    (void)state;

    assert_true(tsr_ok(TSR_OK));
    assert_true(tsr_ok(tsr_status_of(STATUS_SOME_NOT_MAPPED)));
    assert_true(tsr_ok(tsr_status_of(0x7fffffff)));
    assert_true(tsr_failed(tsr_status_of(0x80000000)));
    assert_true(tsr_failed(tsr_status_of(STATUS_BUFFER_OVERFLOW)));
    assert_true(tsr_failed(tsr_status_of(STATUS_ACCESS_DENIED)));
    assert_true(tsr_failed(tsr_status_of(UINT32_MAX)));
}

static tsr_status try_then_count(uint32_t code, int *n_reached)
{
    TRY(tsr_status_of(code));
    (*n_reached)++;
    return TSR_OK;
}

static tsr_status require_then_count(bool condition, int *n_reached)
{
    REQUIRE(condition, STATUS_INVALID_OWNER);
    (*n_reached)++;
    return TSR_OK;
}

static void try_forwards_warnings_and_errors_but_not_successes(void **state)
{
    int n_reached = 0;
    (void)state;

    expect_status(STATUS_DISK_FULL, try_then_count(STATUS_DISK_FULL, &n_reached));
    expect_status(STATUS_NO_MORE_ENTRIES, try_then_count(STATUS_NO_MORE_ENTRIES, &n_reached));
    assert_int_equal(n_reached, 0);
    expect_ok(try_then_count(STATUS_SOME_NOT_MAPPED, &n_reached));
    expect_ok(try_then_count(STATUS_SUCCESS, &n_reached));

    assert_int_equal(n_reached, 2);
}

static void require_fails_with_its_code_unless_the_condition_holds(void **state)
{
    int n_reached = 0;
    (void)state;

    expect_status(STATUS_INVALID_OWNER, require_then_count(false, &n_reached));
    assert_int_equal(n_reached, 0);
    expect_ok(require_then_count(true, &n_reached));

    assert_int_equal(n_reached, 1);
}

static void steal_empties_the_variable(void **state)
{
    char *text = strdup("owned");
    char *taken;
    (void)state;

    assert_non_null(text);
    taken = STEAL(text);

    assert_null(text);
    assert_string_equal(taken, "owned");
    free(taken);
}

static void an_array_is_zeroed_and_never_empty(void **state)
{
    CLEANUP(free) uint32_t *three = array_new(3, sizeof(*three));
    CLEANUP(free) uint32_t *none = array_new(0, sizeof(*none));
    CLEANUP(free) uint32_t *empty = array_new(3, 0);
    (void)state;

    assert_non_null(three);
    assert_int_equal(three[0] | three[1] | three[2], 0);
    assert_non_null(none);
    assert_non_null(empty);
}

static void an_array_whose_size_overflows_is_null(void **state)
{
    volatile size_t n = SIZE_MAX / 2;
    void *volatile array; /* Seen by nobody, an allocation may be left out, and be no failure. */
    (void)state;

    array = array_new(n, 4);
    assert_null(array);
    array = array_new(4, n);
    assert_null(array);
}

static int new_fd(void)
{
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static bool fd_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void a_cleanup_fd_is_closed_at_the_end_of_its_scope(void **state)
{
    int number;
    (void)state;

    {
        CLEANUP(fd_close) int fd = new_fd();

        number = fd;
        assert_true(fd_is_open(number));
    }

    assert_false(fd_is_open(number));
}

static void a_stolen_fd_stays_open(void **state)
{
    int taken;
    (void)state;

    {
        CLEANUP(fd_close) int fd = new_fd();

        taken = fd_steal(&fd);
        assert_int_equal(fd, -1);
    }

    assert_true(fd_is_open(taken));
    assert_int_equal(fd_close(taken), -1);
    assert_false(fd_is_open(taken));
}

static void closing_keeps_errno_and_ignores_negative_numbers(void **state)
{
    const int fd = new_fd();
    (void)state;

    errno = EXDEV;
    assert_int_equal(fd_close(-1), -1);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fd_close(fd), -1);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fd_close(fd), -1);

    assert_int_equal(errno, EXDEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_code_has_its_name),
        cmocka_unit_test(every_documented_name_has_its_code),
        cmocka_unit_test(a_code_without_a_name_has_none),
        cmocka_unit_test(an_unknown_name_is_refused_and_leaves_the_code_alone),
        cmocka_unit_test(severity_decides_whether_a_status_failed),
        cmocka_unit_test(try_forwards_warnings_and_errors_but_not_successes),
        cmocka_unit_test(require_fails_with_its_code_unless_the_condition_holds),
        cmocka_unit_test(steal_empties_the_variable),
        cmocka_unit_test(an_array_is_zeroed_and_never_empty),
        cmocka_unit_test(an_array_whose_size_overflows_is_null),
        cmocka_unit_test(a_cleanup_fd_is_closed_at_the_end_of_its_scope),
        cmocka_unit_test(a_stolen_fd_stays_open),
        cmocka_unit_test(closing_keeps_errno_and_ignores_negative_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
