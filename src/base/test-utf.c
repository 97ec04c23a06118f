/* SPDX-License-Identifier: MIT */
/* Tests of UTF-8 and UTF-16LE. */

#include "base/utf.h"

#include <support/expect.h>

#include "base/bytes.h"

#define CODE_POINT_END 0x110000u

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xd800 && code_point < 0xe000;
}

static void expect_not_utf8(const char *text, size_t size)
{
    uint32_t code_point = 42;

    assert_int_equal(utf8_decode(text, size, &code_point), 0);
    assert_int_equal(code_point, 42);
}

static void every_scalar_value_survives_utf8(void **state)
{
    (void)state;

    for (uint32_t expected = 0; expected < CODE_POINT_END; expected++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        uint32_t got = CODE_POINT_END;

        if (is_surrogate(expected)) {
            continue;
        }
        utf8_encode(&writer, expected);

        if (utf8_decode((const char *)writer.bytes, writer.size, &got) != writer.size ||
            got != expected) {
            fail_msg("U+%04X came back as U+%04X", expected, got);
        }
    }
}

static void every_scalar_value_survives_utf16(void **state)
{
    CLEANUP(writer_deinit) struct writer utf8 = {0};
    CLEANUP(writer_deinit) struct writer utf16 = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    (void)state;

    for (uint32_t code_point = 0; code_point < CODE_POINT_END; code_point++) {
        if (!is_surrogate(code_point)) {
            utf8_encode(&utf8, code_point);
        }
    }
    expect_ok(utf8_to_utf16le((const char *)utf8.bytes, utf8.size, &utf16));
    expect_ok(utf16le_to_utf8(utf16.bytes, utf16.size, &again));

    assert_int_equal(utf16.size, 2 * (0x10000 - 0x800) + 4 * 0x100000);
    assert_int_equal(again.size, utf8.size);
    assert_memory_equal(again.bytes, utf8.bytes, utf8.size);
}

static void decode_takes_the_bytes_of_one_code_point(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        uint32_t code_point;
    } rows[] = {
        {"\x00", 1, 0},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t code_point = 42;

        assert_int_equal(utf8_decode(rows[i].text, rows[i].size, &code_point), rows[i].size);
        assert_int_equal(code_point, rows[i].code_point);
    }
}

static void decode_stops_after_one_code_point(void **state)
{
    uint32_t code_point = 0;
    (void)state;

    assert_int_equal(utf8_decode("\xc3\xa4\xff\xff", 4, &code_point), 2);
    assert_int_equal(code_point, 0xe4);
    assert_int_equal(utf8_decode("A\xff", 2, &code_point), 1);
    assert_int_equal(code_point, 'A');
}

static void decode_refuses_what_is_cut_short(void **state)
{
    (void)state;

    expect_not_utf8("", 0);
    expect_not_utf8(NULL, 0);
    for (size_t n = 1; n < 4; n++) {
        expect_not_utf8("\xf0\x9d\x84\x9e", n);
        expect_not_utf8("\xe2\x82\xac", n < 3 ? n : 0);
    }
    expect_not_utf8("\xc3\xa4", 1);
}

static void decode_refuses_a_bad_first_byte(void **state)
{
    (void)state;

    for (uint32_t first = 0x80; first <= 0xff; first++) {
        const char text[] = {(char)first, '\x80', '\x80', '\x80'};

        if (first < 0xc2 || first > 0xf4) {
            expect_not_utf8(text, sizeof(text));
        }
    }
}

static void decode_refuses_a_bad_following_byte(void **state)
{
    (void)state;

    for (size_t broken = 1; broken < 4; broken++) {
        char text[] = {'\xf1', '\x80', '\x80', '\x80'};

        text[broken] = '\x7f';
        expect_not_utf8(text, sizeof(text));
        text[broken] = '\xc0';
        expect_not_utf8(text, sizeof(text));
    }
}

static void decode_refuses_overlong_forms_surrogates_and_beyond(void **state)
{
    (void)state;

    expect_not_utf8("\xc0\x80", 2);
    expect_not_utf8("\xc1\xbf", 2);
    expect_not_utf8("\xe0\x9f\xbf", 3);
    expect_not_utf8("\xf0\x8f\xbf\xbf", 4);
    expect_not_utf8("\xed\xa0\x80", 3);
    expect_not_utf8("\xed\xbf\xbf", 3);
    expect_not_utf8("\xf4\x90\x80\x80", 4);
    expect_not_utf8("\xf5\x80\x80\x80", 4);
}

static void utf16_of_a_text_has_pairs_only_above_the_basic_plane(void **state)
{
    static const uint8_t expected[] = {'A', 0, 0xac, 0x20, 0x34, 0xd8, 0x1e, 0xdd, 0xff, 0xff};
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_ok(utf8_to_utf16le("A\xe2\x82\xac\xf0\x9d\x84\x9e\xef\xbf\xbf", 11, &writer));

    assert_int_equal(writer.size, sizeof(expected));
    assert_memory_equal(writer.bytes, expected, sizeof(expected));
}

static void a_zero_byte_is_a_character_like_others(void **state)
{
    CLEANUP(writer_deinit) struct writer utf16 = {0};
    CLEANUP(writer_deinit) struct writer utf8 = {0};
    (void)state;

    expect_ok(utf8_to_utf16le("a\0b", 3, &utf16));
    expect_ok(utf16le_to_utf8(utf16.bytes, utf16.size, &utf8));

    assert_memory_equal(utf16.bytes, "a\0\0\0b\0", 6);
    assert_int_equal(utf8.size, 3);
    assert_memory_equal(utf8.bytes, "a\0b", 3);
}

static void nothing_becomes_nothing(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_ok(utf8_to_utf16le(NULL, 0, &writer));
    expect_ok(utf16le_to_utf8(NULL, 0, &writer));

    assert_int_equal(writer.size, 0);
}

static void text_that_is_not_utf8_keeps_what_came_before(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_status(STATUS_ILLEGAL_CHARACTER, utf8_to_utf16le("ab\xff", 3, &writer));
    assert_int_equal(writer.size, 4);
    assert_memory_equal(writer.bytes, "a\0b\0", 4);

    expect_status(STATUS_ILLEGAL_CHARACTER, utf8_to_utf16le("\xed\xa0\x80", 3, &writer));
    expect_status(STATUS_ILLEGAL_CHARACTER, utf8_to_utf16le("\xc3\xa4", 1, &writer));
    assert_int_equal(writer.size, 4);
}

static void every_lone_surrogate_is_refused(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint8_t units[4] = {0};
    (void)state;

    for (uint32_t unit = 0xd800; unit < 0xe000; unit++) {
        store_le16(units, (uint16_t)unit);
        store_le16(units + 2, 'A');
        expect_status(STATUS_UNMAPPABLE_CHARACTER, utf16le_to_utf8(units, 2, &writer));
        expect_status(STATUS_UNMAPPABLE_CHARACTER, utf16le_to_utf8(units, 4, &writer));
        store_le16(units, 'A');
        store_le16(units + 2, (uint16_t)unit);
        expect_status(STATUS_UNMAPPABLE_CHARACTER, utf16le_to_utf8(units, 4, &writer));
    }
}

static void surrogates_in_the_wrong_order_are_refused(void **state)
{
    static const uint8_t low_high[] = {0x00, 0xdc, 0x00, 0xd8};
    static const uint8_t high_high[] = {0x00, 0xd8, 0x00, 0xd8, 0x00, 0xdc};
    static const uint8_t high_beyond[] = {0x00, 0xd8, 0x00, 0xe0};
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_status(STATUS_UNMAPPABLE_CHARACTER,
                  utf16le_to_utf8(low_high, sizeof(low_high), &writer));
    expect_status(STATUS_UNMAPPABLE_CHARACTER,
                  utf16le_to_utf8(high_high, sizeof(high_high), &writer));
    expect_status(STATUS_UNMAPPABLE_CHARACTER,
                  utf16le_to_utf8(high_beyond, sizeof(high_beyond), &writer));

    assert_int_equal(writer.size, 0);
}

static void an_odd_number_of_bytes_is_refused_before_anything_is_written(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_status(STATUS_UNMAPPABLE_CHARACTER, utf16le_to_utf8((const uint8_t *)"A", 1, &writer));
    expect_status(STATUS_UNMAPPABLE_CHARACTER,
                  utf16le_to_utf8((const uint8_t *)"A\0B", 3, &writer));

    assert_int_equal(writer.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_survives_utf8),
        cmocka_unit_test(every_scalar_value_survives_utf16),
        cmocka_unit_test(decode_takes_the_bytes_of_one_code_point),
        cmocka_unit_test(decode_stops_after_one_code_point),
        cmocka_unit_test(decode_refuses_what_is_cut_short),
        cmocka_unit_test(decode_refuses_a_bad_first_byte),
        cmocka_unit_test(decode_refuses_a_bad_following_byte),
        cmocka_unit_test(decode_refuses_overlong_forms_surrogates_and_beyond),
        cmocka_unit_test(utf16_of_a_text_has_pairs_only_above_the_basic_plane),
        cmocka_unit_test(a_zero_byte_is_a_character_like_others),
        cmocka_unit_test(nothing_becomes_nothing),
        cmocka_unit_test(text_that_is_not_utf8_keeps_what_came_before),
        cmocka_unit_test(every_lone_surrogate_is_refused),
        cmocka_unit_test(surrogates_in_the_wrong_order_are_refused),
        cmocka_unit_test(an_odd_number_of_bytes_is_refused_before_anything_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
