/* SPDX-License-Identifier: MIT */
/* Tests of reading and writing files whole, and of whose they are. */

#include "linux/file.h"

#include "linux/test-support.h"

static int open_fd(const struct test_path *path, int flags)
{
    const int fd = open(path->text, flags | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void reads_back_what_was_written(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "file");
    const size_t size = 100001;
    uint8_t *written = malloc(size);
    uint8_t *bytes;
    size_t n_read;
    int fd;

    (void)state;
    assert_non_null(written);
    for (size_t i = 0; i < size; i++) {
        written[i] = (uint8_t)(i * 7);
    }

    test_file_write(path.text, "", 0, 0600);
    fd = open_fd(&path, O_RDWR);
    expect_ok(file_write(fd, written, size));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    expect_ok(file_read(fd, size, &bytes, &n_read));

    assert_int_equal(n_read, size);
    assert_memory_equal(bytes, written, size);
    free(bytes);
    free(written);
    close(fd);
    test_directory_remove(&directory);
}

static void reads_an_empty_file(void **state)
{
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;

    expect_ok(file_read(fd, 0, &bytes, &size));

    assert_int_equal(size, 0);
    assert_non_null(bytes);
    free(bytes);
    close(fd);
}

static void refuses_a_file_over_the_bound(void **state)
{
    const int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;

    expect_status(STATUS_FILE_TOO_LARGE, file_read(fd, 70000, &bytes, &size));

    assert_null(bytes);
    assert_int_equal(size, 42);
    close(fd);
}

static void reports_why_it_cannot_read_or_write(void **state)
{
    const int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;

    expect_status(STATUS_FILE_IS_A_DIRECTORY, file_read(directory, 10, &bytes, &size));
    expect_status(STATUS_INVALID_HANDLE, file_read(-1, 10, &bytes, &size));
    expect_status(STATUS_INVALID_HANDLE, file_write(-1, "x", 1));

    assert_null(bytes);
    close(directory);
}

static void a_file_is_roots_only_while_nobody_else_can_write_it(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "file");
    struct stat stat = {0};
    int fd;

    (void)state;
    require_root();
    test_file_write(path.text, "", 0, 0644);
    fd = open_fd(&path, O_RDONLY);

    assert_true(file_is_roots(fd, S_IFREG, &stat));
    assert_int_equal(stat.st_mode & 07777, 0644);
    assert_false(file_is_roots(fd, S_IFDIR, NULL));
    assert_int_equal(fchmod(fd, 0664), 0);
    assert_false(file_is_roots(fd, S_IFREG, NULL));
    assert_int_equal(fchmod(fd, 0646), 0);
    assert_false(file_is_roots(fd, S_IFREG, NULL));
    assert_int_equal(fchmod(fd, 0400), 0);
    assert_true(file_is_roots(fd, S_IFREG, NULL));
    assert_int_equal(fchown(fd, TEST_UID, 0), 0);
    assert_false(file_is_roots(fd, S_IFREG, NULL));
    assert_false(file_is_roots(-1, S_IFREG, NULL));

    close(fd);
    test_directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_was_written),
        cmocka_unit_test(reads_an_empty_file),
        cmocka_unit_test(refuses_a_file_over_the_bound),
        cmocka_unit_test(reports_why_it_cannot_read_or_write),
        cmocka_unit_test(a_file_is_roots_only_while_nobody_else_can_write_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
