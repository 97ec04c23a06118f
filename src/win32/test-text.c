/* SPDX-License-Identifier: MIT */

#include "win32/text.h"

#include <support/expect.h>

static void text_goes_there_and_back(void **state)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    static const WCHAR expected[] = u"a\u00e9\u20ac\U0001f600";
    WCHAR *wide = NULL;
    char *again = NULL;
    size_t length = 0;
    (void)state;

    expect_ok(wide_of_text(text, &wide, &length));
    assert_int_equal(length, 5);
    assert_int_equal(wide_length(wide), 5);
    assert_memory_equal(wide, expected, sizeof(expected));
    expect_ok(text_of_wide(wide, &again));
    assert_string_equal(again, text);

    free(again);
    free(wide);
}

static void empty_text_is_text(void **state)
{
    static const WCHAR none[] = {0, 'x', 0};
    WCHAR *wide = NULL;
    char *text = NULL;
    (void)state;

    assert_int_equal(wide_length(none), 0);
    expect_ok(wide_of_text("", &wide, NULL));
    assert_int_equal(wide[0], 0);
    expect_ok(text_of_wide(wide, &text));
    assert_string_equal(text, "");

    free(text);
    free(wide);
}

static void what_is_no_text_is_refused_and_leaves_outputs_alone(void **state)
{
    static const WCHAR lone_surrogate[] = {0xd800, 'x', 0};
    WCHAR *wide = NULL;
    char *text = NULL;
    size_t length = 42;
    (void)state;

    expect_status(STATUS_UNMAPPABLE_CHARACTER, text_of_wide(lone_surrogate, &text));
    expect_status(STATUS_INVALID_PARAMETER, text_of_wide(NULL, &text));
    expect_status(STATUS_ILLEGAL_CHARACTER, wide_of_text("\xff", &wide, &length));
    expect_status(STATUS_INVALID_PARAMETER, wide_of_text(NULL, &wide, &length));

    assert_null(text);
    assert_null(wide);
    assert_int_equal(length, 42);
}

static void delivery_needs_room_for_the_terminator(void **state)
{
    char to[5] = {'?', 0, 0, 0, '!'};
    DWORD n_units = 3;
    (void)state;

    expect_status(STATUS_BUFFER_TOO_SMALL, text_deliver("abc", 3, 1, to, &n_units));
    assert_int_equal(n_units, 4);
    assert_string_equal(to, "?");
    expect_status(STATUS_BUFFER_TOO_SMALL, text_deliver("abc", 3, 1, NULL, &n_units));
    expect_status(STATUS_INVALID_PARAMETER, text_deliver("abc", 3, 1, to, NULL));
    expect_ok(text_deliver("abc\0d", 3, 1, to, &n_units));

    assert_int_equal(n_units, 3);
    assert_string_equal(to, "abc");
    assert_int_equal(to[4], '!');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_there_and_back),
        cmocka_unit_test(empty_text_is_text),
        cmocka_unit_test(what_is_no_text_is_refused_and_leaves_outputs_alone),
        cmocka_unit_test(delivery_needs_room_for_the_terminator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
