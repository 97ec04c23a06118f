/* SPDX-License-Identifier: MIT */
/* Tests of reading /proc/TID/status and /proc/TID/stat. */

#include "linux/proc-text.h"

#include <support/expect.h>

#define BEFORE_GROUPS                                                                   \
    "Umask:\t0022\nState:\tS (sleeping)\nTgid:\t4711\nNgid:\t0\nPid:\t4712\nPPid:\t1\n" \
    "TracerPid:\t0\nUid:\t1\t2\t3\t61001\nGid:\t5\t6\t7\t61002\nFDSize:\t64\n"
#define AFTER_GROUPS                                                                \
    "NStgid:\t4711\nKthread:\t0\nVmPeak:\t    3060 kB\nCapInh:\t0000000000000000\n" \
    "CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000804\nNoNewPrivs:\t1\n"

#define STATUS_WITH(name_, groups_) \
    "Name:\t" name_ "\n" BEFORE_GROUPS "Groups:\t" groups_ "\n" AFTER_GROUPS

static void expect_data_error(const char *text, size_t size)
{
    tsr_identity identity = {.uid = 42};

    expect_status(STATUS_DATA_ERROR, proc_text_status(text, size, &identity));
    assert_int_equal(identity.uid, 42);
    assert_null(identity.groups);
}

static void reads_every_field(void **state)
{
    const char text[] = STATUS_WITH("a program", "4 24 61002 ");
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));

    assert_int_equal(identity.process_id, 4711);
    assert_int_equal(identity.thread_id, 4712);
    assert_int_equal(identity.real_uid, 1);
    assert_int_equal(identity.uid, 61001);
    assert_int_equal(identity.gid, 61002);
    assert_int_equal(identity.capabilities, 0x804);
    assert_false(identity.is_kernel_thread);
    assert_string_equal(identity.name, "a program");
    assert_int_equal(identity.n_groups, 3);
    assert_int_equal(identity.groups[0], 4);
    assert_int_equal(identity.groups[1], 24);
    assert_int_equal(identity.groups[2], 61002);
    tsr_identity_deinit(&identity);
}

static void no_groups_are_an_empty_list(void **state)
{
    const char text[] = STATUS_WITH("x", " ");
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));

    assert_int_equal(identity.n_groups, 0);
    tsr_identity_deinit(&identity);
}

static void groups_are_made_ascending_and_each_is_there_once(void **state)
{
    const char text[] = STATUS_WITH("x", "4294967295 7 3 7 0 ");
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));

    assert_int_equal(identity.n_groups, 4);
    assert_int_equal(identity.groups[0], 0);
    assert_int_equal(identity.groups[1], 3);
    assert_int_equal(identity.groups[2], 7);
    assert_int_equal(identity.groups[3], UINT32_MAX);
    tsr_identity_deinit(&identity);
}

static void a_name_is_only_a_name(void **state)
{
    /* What a process can do: the kernel writes a newline as two characters. */
    const char text[] = STATUS_WITH("Uid:\\t0\\t0\\t0\\t0", "4 ");
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));

    assert_int_equal(identity.uid, 61001);
    assert_string_equal(identity.name, "Uid:\\t0\\t0\\t0\\t");
    tsr_identity_deinit(&identity);
}

static void the_first_of_several_fields_counts(void **state)
{
    const char text[] = STATUS_WITH("x", "4 ") "Uid:\t0\t0\t0\t0\nGroups:\t0 \n"
                                               "CapEff:\t000001ffffffffff\n";
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));

    assert_int_equal(identity.uid, 61001);
    assert_int_equal(identity.n_groups, 1);
    assert_int_equal(identity.capabilities, 0x804);
    tsr_identity_deinit(&identity);
}

static void a_kernel_that_does_not_tell_kernel_threads_is_believed(void **state)
{
    const char text[] = "Name:\tx\n" BEFORE_GROUPS "Groups:\t \nCapEff:\t0000000000000000\n";
    const char kernel[] =
        "Name:\tx\n" BEFORE_GROUPS "Groups:\t \nKthread:\t1\nCapEff:\t0000000000000000\n";
    tsr_identity identity;

    (void)state;

    expect_ok(proc_text_status(text, strlen(text), &identity));
    assert_false(identity.is_kernel_thread);
    tsr_identity_deinit(&identity);

    expect_ok(proc_text_status(kernel, strlen(kernel), &identity));
    assert_true(identity.is_kernel_thread);
    tsr_identity_deinit(&identity);
}

static void rejects_every_truncation(void **state)
{
    const char text[] = STATUS_WITH("x", "4 24 ");
    const char *last = strstr(text, "NoNewPrivs:");

    (void)state;

    for (size_t size = 0; size < (size_t)(last - text); size++) {
        char *exact = malloc(size ? size : 1);

        assert_non_null(exact);
        memcpy(exact, text, size);
        expect_data_error(exact, size);
        free(exact);
    }
}

static void rejects_fields_that_are_not_numbers(void **state)
{
    static const char *const texts[] = {
        STATUS_WITH("x", "4 2x "),
        STATUS_WITH("x", "-4 "),
        STATUS_WITH("x", "4294967296 "),
        STATUS_WITH("x", "18446744073709551616 "),
        "Name:\tx\nTgid:\t-1\nPid:\t1\nUid:\t1\t1\t1\t1\n",
        "Name:\tx\nTgid:\t4294967296\nPid:\t1\nUid:\t1\t1\t1\t1\n",
        "Name:\tx\nTgid:\t1\nPid:\t1\nUid:\t1\t1\t1\nGid:\t1\t1\t1\t1\n",
        "Name:\tx\nTgid:\t1\nPid:\t1\nUid:\t1\t1\t1\t4294967296\nGid:\t1\t1\t1\t1\n",
        "Name:\tx\nTgid:\t1\nPid:\t1\nUid:\t1\t1\t1\t1\nGid:\t\n",
        "Name:\tx\n" BEFORE_GROUPS "Groups:\t\nKthread:\t2\nCapEff:\t0\n",
        "Name:\tx\n" BEFORE_GROUPS "Groups:\t\nCapEff:\t\n",
        "Name:\tx\n" BEFORE_GROUPS "Groups:\t\nCapEff:\t1ffffffffffffffff\n",
        "Name:\tx\n" BEFORE_GROUPS "Groups:\t\nCapEff:\tg\n",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        expect_data_error(texts[i], strlen(texts[i]));
    }
}

static void rejects_a_text_that_does_not_begin_with_the_name(void **state)
{
    const char text[] = "\n" STATUS_WITH("x", "4 ");

    (void)state;

    expect_data_error(text, strlen(text));
    expect_data_error("", 0);
    expect_data_error("\n", 1);
}

static void reads_the_start_time_behind_any_name(void **state)
{
    static const char *const texts[] = {
        "12 (cat) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654321 100 5\n",
        "12 (a) b (c) R 1) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654321 100 5\n",
        "12 () S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654321",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint64_t start_time = 0;

        expect_ok(proc_text_start_time(texts[i], strlen(texts[i]), &start_time));
        assert_int_equal(start_time, 987654321);
    }
}

static void rejects_a_start_time_that_is_cut_short_or_no_number(void **state)
{
    static const char *const texts[] = {
        "",
        "12 cat S 1",
        "12 (cat)",
        "12 (cat) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0",
        "12 (cat) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 ",
        "12 (cat) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 x 100 5\n",
        "12 (cat) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 18446744073709551616 5\n",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint64_t start_time = 42;

        expect_status(STATUS_DATA_ERROR,
                      proc_text_start_time(texts[i], strlen(texts[i]), &start_time));
        assert_int_equal(start_time, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(no_groups_are_an_empty_list),
        cmocka_unit_test(groups_are_made_ascending_and_each_is_there_once),
        cmocka_unit_test(a_name_is_only_a_name),
        cmocka_unit_test(the_first_of_several_fields_counts),
        cmocka_unit_test(a_kernel_that_does_not_tell_kernel_threads_is_believed),
        cmocka_unit_test(rejects_every_truncation),
        cmocka_unit_test(rejects_fields_that_are_not_numbers),
        cmocka_unit_test(rejects_a_text_that_does_not_begin_with_the_name),
        cmocka_unit_test(reads_the_start_time_behind_any_name),
        cmocka_unit_test(rejects_a_start_time_that_is_cut_short_or_no_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
