/* SPDX-License-Identifier: MIT */
/* Tests of the byte cursor. */

#include "base/cursor.h"

#include <support/expect.h>

static const uint8_t counting[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void reads_take_little_endian_numbers_one_after_another(void **state)
{
    struct cursor cursor = cursor_over(counting, sizeof(counting));
    uint8_t u8;
    uint16_t le16;
    uint32_t le32;
    uint64_t le64;
    (void)state;

    expect_ok(cursor_u8(&cursor, &u8));
    expect_ok(cursor_le16(&cursor, &le16));
    expect_ok(cursor_le32(&cursor, &le32));
    expect_ok(cursor_le64(&cursor, &le64));

    assert_int_equal(u8, 0x01);
    assert_int_equal(le16, 0x0302);
    assert_int_equal(le32, 0x07060504);
    assert_true(le64 == 0x0f0e0d0c0b0a0908u);
    assert_int_equal(cursor.n_left, 1);
    assert_ptr_equal(cursor.at, counting + 15);
}

static void numbers_with_every_bit_set_come_back_whole(void **state)
{
    const uint8_t ones[] = {255, 255, 255, 255, 255, 255, 255, 255};
    struct cursor cursor;
    uint8_t u8;
    uint16_t le16;
    uint32_t le32;
    uint64_t le64;
    (void)state;

    cursor = cursor_over(ones, sizeof(ones));
    expect_ok(cursor_u8(&cursor, &u8));
    cursor = cursor_over(ones, sizeof(ones));
    expect_ok(cursor_le16(&cursor, &le16));
    cursor = cursor_over(ones, sizeof(ones));
    expect_ok(cursor_le32(&cursor, &le32));
    cursor = cursor_over(ones, sizeof(ones));
    expect_ok(cursor_le64(&cursor, &le64));

    assert_int_equal(u8, UINT8_MAX);
    assert_int_equal(le16, UINT16_MAX);
    assert_true(le32 == UINT32_MAX);
    assert_true(le64 == UINT64_MAX);
}

static void a_number_may_end_exactly_at_the_end(void **state)
{
    struct cursor cursor = cursor_over(counting, 8);
    uint64_t value;
    (void)state;

    expect_ok(cursor_le64(&cursor, &value));

    assert_int_equal(cursor.n_left, 0);
    assert_ptr_equal(cursor.at, counting + 8);
}

/* One byte too few for each width: neither output nor cursor may change. */
static void a_number_cut_short_changes_neither_cursor_nor_output(void **state)
{
    struct cursor cursor;
    uint8_t u8 = 42;
    uint16_t le16 = 42;
    uint32_t le32 = 42;
    uint64_t le64 = 42;
    (void)state;

    cursor = cursor_over(counting, 0);
    expect_status(STATUS_DATA_ERROR, cursor_u8(&cursor, &u8));
    assert_ptr_equal(cursor.at, counting);
    assert_int_equal(cursor.n_left, 0);
    for (size_t n = 0; n < sizeof(le64); n++) {
        cursor = cursor_over(counting, n);
        if (n < sizeof(le16)) {
            expect_status(STATUS_DATA_ERROR, cursor_le16(&cursor, &le16));
        }
        if (n < sizeof(le32)) {
            expect_status(STATUS_DATA_ERROR, cursor_le32(&cursor, &le32));
        }
        expect_status(STATUS_DATA_ERROR, cursor_le64(&cursor, &le64));
        assert_ptr_equal(cursor.at, counting);
        assert_int_equal(cursor.n_left, n);
    }

    assert_int_equal(u8, 42);
    assert_int_equal(le16, 42);
    assert_int_equal(le32, 42);
    assert_true(le64 == 42);
}

static void bytes_are_borrowed_from_the_buffer(void **state)
{
    struct cursor cursor = cursor_over(counting, sizeof(counting));
    const uint8_t *bytes = NULL;
    (void)state;

    expect_ok(cursor_skip(&cursor, 3));
    expect_ok(cursor_bytes(&cursor, 13, &bytes));

    assert_ptr_equal(bytes, counting + 3);
    assert_int_equal(cursor.n_left, 0);
}

static void bytes_past_the_end_are_refused_whatever_their_number(void **state)
{
    struct cursor cursor = cursor_over(counting, sizeof(counting));
    uint8_t copy[sizeof(counting) + 1] = {42};
    const uint8_t *bytes = copy;
    (void)state;

    expect_status(STATUS_DATA_ERROR, cursor_bytes(&cursor, sizeof(counting) + 1, &bytes));
    expect_status(STATUS_DATA_ERROR, cursor_bytes(&cursor, SIZE_MAX, &bytes));
    expect_status(STATUS_DATA_ERROR, cursor_skip(&cursor, sizeof(counting) + 1));
    expect_status(STATUS_DATA_ERROR, cursor_skip(&cursor, SIZE_MAX));
    expect_status(STATUS_DATA_ERROR, cursor_copy(&cursor, copy, sizeof(copy)));

    assert_ptr_equal(bytes, copy);
    assert_int_equal(copy[0], 42);
    assert_ptr_equal(cursor.at, counting);
    assert_int_equal(cursor.n_left, sizeof(counting));
}

static void copy_takes_exactly_what_was_asked(void **state)
{
    struct cursor cursor = cursor_over(counting, sizeof(counting));
    uint8_t copy[4] = {0, 0, 0, 42};
    (void)state;

    expect_ok(cursor_copy(&cursor, copy, 3));

    assert_memory_equal(copy, "\x01\x02\x03\x2a", 4);
    assert_int_equal(cursor.n_left, sizeof(counting) - 3);
}

static void nothing_can_be_taken_from_nothing(void **state)
{
    struct cursor cursor = cursor_over(NULL, 0);
    const uint8_t *bytes = counting;
    uint8_t value = 42;
    (void)state;

    expect_ok(cursor_skip(&cursor, 0));
    expect_ok(cursor_copy(&cursor, NULL, 0));
    expect_ok(cursor_bytes(&cursor, 0, &bytes));
    expect_status(STATUS_DATA_ERROR, cursor_u8(&cursor, &value));

    assert_null(bytes);
    assert_null(cursor.at);
    assert_int_equal(value, 42);
}

static void a_cursor_starts_at_any_offset_up_to_the_end(void **state)
{
    struct cursor cursor;
    (void)state;

    for (size_t offset = 0; offset <= sizeof(counting); offset++) {
        cursor = (struct cursor){0};
        expect_ok(cursor_at(counting, sizeof(counting), offset, &cursor));
        assert_ptr_equal(cursor.at, counting + offset);
        assert_int_equal(cursor.n_left, sizeof(counting) - offset);
    }

    expect_ok(cursor_at(NULL, 0, 0, &cursor));
    assert_null(cursor.at);
    assert_int_equal(cursor.n_left, 0);
}

static void an_offset_outside_is_refused_and_leaves_the_cursor_alone(void **state)
{
    struct cursor cursor = cursor_over(counting, 7);
    (void)state;

    expect_status(STATUS_DATA_ERROR,
                  cursor_at(counting, sizeof(counting), sizeof(counting) + 1, &cursor));
    expect_status(STATUS_DATA_ERROR, cursor_at(counting, sizeof(counting), SIZE_MAX, &cursor));
    expect_status(STATUS_DATA_ERROR, cursor_at(NULL, 0, 1, &cursor));

    assert_ptr_equal(cursor.at, counting);
    assert_int_equal(cursor.n_left, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_take_little_endian_numbers_one_after_another),
        cmocka_unit_test(numbers_with_every_bit_set_come_back_whole),
        cmocka_unit_test(a_number_may_end_exactly_at_the_end),
        cmocka_unit_test(a_number_cut_short_changes_neither_cursor_nor_output),
        cmocka_unit_test(bytes_are_borrowed_from_the_buffer),
        cmocka_unit_test(bytes_past_the_end_are_refused_whatever_their_number),
        cmocka_unit_test(copy_takes_exactly_what_was_asked),
        cmocka_unit_test(nothing_can_be_taken_from_nothing),
        cmocka_unit_test(a_cursor_starts_at_any_offset_up_to_the_end),
        cmocka_unit_test(an_offset_outside_is_refused_and_leaves_the_cursor_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
