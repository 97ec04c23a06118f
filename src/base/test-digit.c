/* SPDX-License-Identifier: MIT */
/* Tests of digits. */

#include "base/digit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <support/expect.h>

static void every_digit_has_its_value_in_either_case(void **state)
{
    static const char digits[] = "0123456789abcdef";
    static const char capitals[] = "0123456789ABCDEF";
    (void)state;

    for (unsigned int i = 0; i < 16; i++) {
        assert_int_equal(digit_value(digits[i]), i);
        assert_int_equal(digit_value(capitals[i]), i);
        assert_int_equal(digit_of(i), digits[i]);
    }
}

static void no_other_character_is_a_digit(void **state)
{
    (void)state;

    for (int character = -128; character < 128; character++) {
        if (character == 0 || !strchr("0123456789abcdefABCDEF", character)) {
            assert_int_equal(digit_value((char)character), NOT_A_DIGIT);
        }
    }
}

static void numbers_are_written_as_printf_writes_them(void **state)
{
    static const uint64_t numbers[] = {0,   1,   9,   10,         11,         99,
                                       100, 101, 999, UINT32_MAX, 1000000000, UINT64_MAX};
    (void)state;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char text[DECIMAL_SIZE_MAX + 1] = {0};
        char expected[DECIMAL_SIZE_MAX + 1];
        const size_t size = decimal_write(numbers[i], text);

        (void)snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]);
        assert_string_equal(text, expected);
        assert_int_equal(size, strlen(expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_digit_has_its_value_in_either_case),
        cmocka_unit_test(no_other_character_is_a_digit),
        cmocka_unit_test(numbers_are_written_as_printf_writes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
