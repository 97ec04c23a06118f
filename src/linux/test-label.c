/* SPDX-License-Identifier: MIT */
/* Tests of labels of files; those of a volume are in tests/win32/test-label.py. */

#include "linux/label.h"

#include "linux/test-support.h"

static void expect_no_label(const char *path)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    bool has_label = true;
    tsr_sid label;

    assert_true(fd >= 0);
    expect_ok(file_label(fd, &has_label, &label));
    assert_false(has_label);
    (void)close(fd);
}

static void a_file_system_without_labels_has_none(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path file = test_path_in(&directory, "file");

    (void)state;
    test_file_write(file.text, "", 0, 0755);

    expect_no_label(file.text);
    expect_no_label("/proc/self/status");

    test_directory_remove(&directory);
}

static void a_file_that_is_not_there_is_no_file_without_label(void **state)
{
    bool has_label = true;
    tsr_sid label;

    (void)state;

    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, file_label(-1, &has_label, &label));
    assert_true(has_label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_system_without_labels_has_none),
        cmocka_unit_test(a_file_that_is_not_there_is_no_file_without_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
