/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

static void a_string_is_counted_in_bytes_and_borrows(void **state)
{
    static const WCHAR text[] = u"abc";
    UNICODE_STRING string;
    (void)state;

    RtlInitUnicodeString(&string, text);

    assert_int_equal(string.Length, 6);
    assert_int_equal(string.MaximumLength, 8);
    assert_ptr_equal(string.Buffer, text);
}

static void no_text_makes_an_empty_string(void **state)
{
    UNICODE_STRING string = {1, 2, (PWSTR)u"x"};
    (void)state;

    RtlInitUnicodeString(&string, NULL);

    assert_int_equal(string.Length, 0);
    assert_int_equal(string.MaximumLength, 0);
    assert_null(string.Buffer);
}

static void text_that_is_too_long_is_cut(void **state)
{
    WCHAR *text = calloc(40001, sizeof(*text));
    UNICODE_STRING string;
    (void)state;

    assert_non_null(text);
    for (size_t i = 0; i < 40000; i++) {
        text[i] = 'x';
    }
    RtlInitUnicodeString(&string, text);

    assert_int_equal(string.Length, 65532);
    assert_int_equal(string.MaximumLength, 65534);
    free(text);
}

static void a_sid_is_formatted_into_memory_of_its_own(void **state)
{
    sid_room sid = sid_bytes("S-1-5-32-544");
    UNICODE_STRING string = {0};
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlConvertSidToUnicodeString(&string, &sid, TRUE));
    assert_int_equal(string.Length, 24);
    assert_int_equal(string.MaximumLength, 26);
    assert_memory_equal(string.Buffer, u"S-1-5-32-544", 26);
    RtlFreeUnicodeString(&string);

    assert_null(string.Buffer);
    assert_int_equal(string.Length, 0);
}

static void a_sid_is_formatted_where_there_is_room(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    WCHAR room[9] = {'?', 0, 0, 0, 0, 0, 0, 0, 0xd800};
    UNICODE_STRING string = {0, 15, room};
    (void)state;

    expect_nt(STATUS_BUFFER_OVERFLOW, RtlConvertSidToUnicodeString(&string, &sid, FALSE));
    assert_memory_equal(room, u"?", 4);
    assert_int_equal(string.Length, 0);
    string.MaximumLength = 16;
    expect_nt(STATUS_SUCCESS, RtlConvertSidToUnicodeString(&string, &sid, FALSE));

    assert_memory_equal(room, u"S-1-1-0", 16);
    assert_int_equal(room[8], 0xd800);
    assert_int_equal(string.Length, 14);
}

static void what_is_no_sid_is_not_formatted(void **state)
{
    UNICODE_STRING string = {0};
    (void)state;

    expect_nt(STATUS_INVALID_SID, RtlConvertSidToUnicodeString(&string, NULL, TRUE));

    assert_null(string.Buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_is_counted_in_bytes_and_borrows),
        cmocka_unit_test(no_text_makes_an_empty_string),
        cmocka_unit_test(text_that_is_too_long_is_cut),
        cmocka_unit_test(a_sid_is_formatted_into_memory_of_its_own),
        cmocka_unit_test(a_sid_is_formatted_where_there_is_room),
        cmocka_unit_test(what_is_no_sid_is_not_formatted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
