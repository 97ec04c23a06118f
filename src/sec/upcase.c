/* SPDX-License-Identifier: MIT */
/* NT's comparison of UTF-16: unit by unit, each upper-cased on its own. */

#include "sec/upcase.h"

#include "base/bytes.h"
#include "base/check.h"
#include "sec/upcase-table.h"

#define ASCII_END 0x80

/* The last range that begins at or before @unit; NULL if all begin behind it. */
static const struct upcase_range *range_find(uint16_t unit)
{
    size_t low = 0;
    size_t high = ARRAY_SIZE(upcase_ranges);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (upcase_ranges[middle].first <= unit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &upcase_ranges[low - 1];
}

uint16_t upcase_unit(uint16_t unit)
{
    const struct upcase_range *range;

    if (unit < ASCII_END) {
        return unit >= 'a' && unit <= 'z' ? (uint16_t)(unit - ('a' - 'A')) : unit;
    }

    range = range_find(unit);
    if (!range || unit > range->last || (unit - range->first) % range->stride != 0) {
        return unit;
    }
    return (uint16_t)(unit + range->delta);
}

int upcase_compare(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b, bool case_sensitive)
{
    const size_t n_units_a = n_a / 2;
    const size_t n_units_b = n_b / 2;

    for (size_t i = 0; i < n_units_a && i < n_units_b; i++) {
        uint16_t unit_a = load_le16(a + 2 * i);
        uint16_t unit_b = load_le16(b + 2 * i);

        if (unit_a != unit_b && !case_sensitive) {
            unit_a = upcase_unit(unit_a);
            unit_b = upcase_unit(unit_b);
        }
        if (unit_a != unit_b) {
            return unit_a < unit_b ? -1 : 1;
        }
    }
    return (n_units_a > n_units_b) - (n_units_a < n_units_b);
}
