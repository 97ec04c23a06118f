/* SPDX-License-Identifier: MIT */

#include "win32/command-line.h"

#include "token/test-allocation.h"

#define N_MAX 6

/* The rules are Microsoft's of parsing C command-line arguments. */
static const struct {
    const char *line;
    const char *arguments[N_MAX];
} rows[] = {
    {"prog", {"prog"}},
    {"  prog  ", {"prog"}},
    {"prog a b\tc", {"prog", "a", "b", "c"}},
    {"\"a prog\" x", {"a prog", "x"}},
    {"\"unended prog x", {"unended prog x"}},
    {"C:\\dir\\\"p\" x", {"C:\\dir\\p", "x"}},
    {"\"\" x", {"", "x"}},
    {"p \"a b c\" d e", {"p", "a b c", "d", "e"}},
    {"p \"ab\\\"c\" \"\\\\\" d", {"p", "ab\"c", "\\", "d"}},
    {"p a\\\\\\b d\"e f\"g h", {"p", "a\\\\\\b", "de fg", "h"}},
    {"p a\\\\\\\"b c d", {"p", "a\\\"b", "c", "d"}},
    {"p a\\\\\\\\\"b c\" d e", {"p", "a\\\\b c", "d", "e"}},
    {"p a\"b\"\" c d", {"p", "ab\" c d"}},
    {"p \"\" x", {"p", "", "x"}},
    {"p a\\", {"p", "a\\"}},
    {"p \"a\\\\\"", {"p", "a\\"}},
    {"p \"unended x", {"p", "unended x"}},
    {"p \\\"", {"p", "\""}},
    {"p é\"ü x\"", {"p", "éü x"}},
};

static void lines_are_split_as_programs_on_windows_do(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text_list list = {0};
        size_t n = 0;

        expect_ok(command_line_split(rows[i].line, &list));
        for (; rows[i].arguments[n]; n++) {
            assert_non_null(list.items[n]);
            assert_string_equal(list.items[n], rows[i].arguments[n]);
        }
        assert_null(list.items[n]);
        cleanup_text_list_deinit(&list);
    }
}

static void a_line_of_nothing_is_refused(void **state)
{
    static const char *const lines[] = {"", " ", "\t  "};

    (void)state;

    for (size_t i = 0; i < 3; i++) {
        struct text_list list = {0};

        expect_status(STATUS_INVALID_PARAMETER, command_line_split(lines[i], &list));
        cleanup_text_list_deinit(&list);
    }
}

/* As many arguments as a line can have, and as much text. */
static void the_room_is_enough_for_every_line(void **state)
{
    char line[] = "x x x x x x x x x";
    struct text_list list = {0};
    size_t n = 0;

    (void)state;

    expect_ok(command_line_split(line, &list));
    while (list.items[n]) {
        assert_string_equal(list.items[n++], "x");
    }
    assert_int_equal(n, 9);
    cleanup_text_list_deinit(&list);
}

static void blocks_are_lists_of_variables(void **state)
{
    static const char block[] = "A=1\0=C:=C:\\\0LONG NAME=two words\0EMPTY=\0";
    static const WCHAR wide[] = u"A=1\0\u00dc=\u00e9\0";
    struct text_list list = {0};
    struct text_list of_wide = {0};
    struct text_list empty = {0};
    struct text_list of_empty_wide = {0};

    (void)state;

    expect_ok(environment_of_block(block, &list));
    assert_string_equal(list.items[0], "A=1");
    assert_string_equal(list.items[1], "LONG NAME=two words");
    assert_string_equal(list.items[2], "EMPTY=");
    assert_null(list.items[3]);
    expect_ok(environment_of_wide_block(wide, &of_wide));
    assert_string_equal(of_wide.items[0], "A=1");
    assert_string_equal(of_wide.items[1], "Ü=é");
    assert_null(of_wide.items[2]);
    expect_ok(environment_of_block("\0", &empty));
    assert_null(empty.items[0]);
    expect_ok(environment_of_wide_block(u"\0", &of_empty_wide));
    assert_null(of_empty_wide.items[0]);
    cleanup_text_list_deinit(&list);
    cleanup_text_list_deinit(&of_wide);
    cleanup_text_list_deinit(&empty);
    cleanup_text_list_deinit(&of_empty_wide);
}

static void half_a_character_is_refused(void **state)
{
    static const WCHAR block[] = {'A', '=', 0xd800, 0, 0};
    struct text_list list = {0};

    (void)state;

    expect_status(STATUS_UNMAPPABLE_CHARACTER, environment_of_wide_block(block, &list));
    cleanup_text_list_deinit(&list);
}

/* Where the next allocation of this size is made, which is then not zero by chance. */
static void leave_dirt(size_t size)
{
    volatile char *const dirt = malloc(size);

    assert_non_null(dirt);
    for (size_t i = 0; i < size; i++) {
        dirt[i] = '!';
    }
    free((void *)dirt);
}

static void a_block_ends_where_it_says(void **state)
{
    static const char block[] = "A_NAME=with_some_text\0\0behind";
    const size_t size = strlen(block) + 2;
    struct text_list list = {0};

    (void)state;

    leave_dirt(size);
    expect_ok(environment_of_block(block, &list));
    assert_string_equal(list.items[0], block);
    assert_null(list.items[1]);
    cleanup_text_list_deinit(&list);
}

static void memory_that_is_short_leaves_no_list(void **state)
{
    struct text_list arguments = {0};
    struct text_list environment = {0};

    (void)state;

    n_allocations_left = 0;
    expect_status(STATUS_NO_MEMORY, command_line_split("program argument", &arguments));
    expect_status(STATUS_NO_MEMORY, environment_of_block("A=1\0", &environment));
    n_allocations_left = SIZE_MAX;
    cleanup_text_list_deinit(&arguments);
    cleanup_text_list_deinit(&environment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_split_as_programs_on_windows_do),
        cmocka_unit_test(a_line_of_nothing_is_refused),
        cmocka_unit_test(the_room_is_enough_for_every_line),
        cmocka_unit_test(blocks_are_lists_of_variables),
        cmocka_unit_test(half_a_character_is_refused),
        cmocka_unit_test(a_block_ends_where_it_says),
        cmocka_unit_test(memory_that_is_short_leaves_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
