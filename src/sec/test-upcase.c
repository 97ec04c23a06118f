/* SPDX-License-Identifier: MIT */
/* Tests of NT's comparison of UTF-16. */

#include "sec/upcase.h"

#include <uchar.h>

#include <support/expect.h>

#include "base/check.h"

/* What Windows' published table of upper case has, and has not. */
/* Covers AC-11-14. */
static void units_become_what_windows_makes_of_them(void **state)
{
    static const uint16_t pairs[][2] = {
        {'a', 'A'},       {'z', 'Z'},       {0x00e0, 0x00c0}, {0x00fe, 0x00de}, {0x00ff, 0x0178},
        {0x0101, 0x0100}, {0x0107, 0x0106}, {0x01c6, 0x01c4}, {0x01dd, 0x018e}, {0x021b, 0x021a},
        {0x0250, 0x2c6f}, {0x03ac, 0x0386}, {0x03c3, 0x03a3}, {0x0450, 0x0400}, {0x0523, 0x0522},
        {0x0561, 0x0531}, {0x1d79, 0xa77d}, {0x1e01, 0x1e00}, {0x1f80, 0x1f88}, {0x1fc3, 0x1fcc},
        {0x2170, 0x2160}, {0x24d0, 0x24b6}, {0x2c30, 0x2c00}, {0x2c65, 0x023a}, {0x2d00, 0x10a0},
        {0xa66d, 0xa66c}, {0xa78c, 0xa78b}, {0xff41, 0xff21},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        assert_int_equal(upcase_unit(pairs[i][0]), pairs[i][1]);
        assert_int_equal(upcase_unit(pairs[i][1]), pairs[i][1]);
    }
}

/* Of two letters with one capital only one is mapped; 'ß' would need two units. */
/* Covers AC-11-15. */
static void units_without_a_way_back_stay(void **state)
{
    static const uint16_t units[] = {
        0x00b5, 0x00df, 0x0131, 0x017f, 0x01c5, 0x01c8, 0x01cb, 0x01f2, 0x0345, 0x0390,
        0x03c2, 0x03d0, 0x03d1, 0x03d5, 0x03d6, 0x03f0, 0x03f1, 0x03f5, 0x1e9b, 0x1fbe,
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        assert_int_equal(upcase_unit(units[i]), units[i]);
    }
}

/* Covers AC-11-14. */
static void letters_younger_than_unicode_5_1_stay(void **state)
{
    static const uint16_t units[] = {0x0252, 0x025c, 0x029e, 0x0525, 0x10d0, 0x13f8, 0x1c80,
                                     0x2cec, 0x2d27, 0xa661, 0xa699, 0xa7a7, 0xab53, 0xab70};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        assert_int_equal(upcase_unit(units[i]), units[i]);
    }
}

static void upper_case_stays_and_973_units_change(void **state)
{
    size_t n_changed = 0;
    (void)state;

    for (uint32_t unit = 0; unit <= UINT16_MAX; unit++) {
        const uint16_t upper = upcase_unit((uint16_t)unit);

        n_changed += upper != unit;
        assert_int_equal(upcase_unit(upper), upper);
    }

    assert_int_equal(n_changed, 973);
}

static int compare(const char16_t *a, const char16_t *b, bool case_sensitive)
{
    size_t n_a = 0;
    size_t n_b = 0;

    while (a[n_a] != 0) {
        n_a++;
    }
    while (b[n_b] != 0) {
        n_b++;
    }
    return upcase_compare((const uint8_t *)a, 2 * n_a, (const uint8_t *)b, 2 * n_b, case_sensitive);
}

static void comparison_ignores_case_unless_told(void **state)
{
    (void)state;

    assert_int_equal(compare(u"Foo bar", u"fOO BAR", false), 0);
    assert_int_equal(compare(u"\u0107\u00e0\u021b", u"\u0106\u00c0\u021a", false), 0);
    assert_true(compare(u"Foo", u"foo", true) < 0);
    assert_int_equal(compare(u"foo", u"foo", true), 0);
}

/* 'a' counts as 'A', which is before '_'; a surrogate is before the last private units. */
/* Covers AC-11-14, AC-11-15. */
static void order_is_that_of_upper_cased_units(void **state)
{
    (void)state;

    assert_true(compare(u"a", u"_", false) < 0);
    assert_true(compare(u"a", u"_", true) > 0);
    assert_true(compare(u"\u00df", u"SS", false) > 0);
    assert_true(compare(u"\u00df", u"\u1e9e", false) < 0);
    assert_true(compare(u"\U00010000", u"\uff5e", false) < 0);
}

/* Covers AC-11-17. */
static void beginning_of_a_string_is_smaller(void **state)
{
    (void)state;

    assert_true(compare(u"foo", u"foo bar", false) < 0);
    assert_true(compare(u"foo bar", u"foo", false) > 0);
    assert_true(compare(u"", u"a", false) < 0);
    assert_int_equal(upcase_compare(NULL, 0, NULL, 0, false), 0);
}

static void odd_last_byte_is_not_looked_at(void **state)
{
    static const uint8_t bytes[] = {'a', 0, 'b'};
    (void)state;

    assert_int_equal(upcase_compare(bytes, 3, bytes, 2, false), 0);
    assert_int_equal(upcase_compare(bytes, 1, NULL, 0, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_become_what_windows_makes_of_them),
        cmocka_unit_test(units_without_a_way_back_stay),
        cmocka_unit_test(letters_younger_than_unicode_5_1_stay),
        cmocka_unit_test(upper_case_stays_and_973_units_change),
        cmocka_unit_test(comparison_ignores_case_unless_told),
        cmocka_unit_test(order_is_that_of_upper_cased_units),
        cmocka_unit_test(beginning_of_a_string_is_smaller),
        cmocka_unit_test(odd_last_byte_is_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
