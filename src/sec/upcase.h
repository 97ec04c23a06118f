/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * NT's comparison of UTF-16: unit by unit, each upper-cased on its own
 *
 * The table is that of Unicode 5.1, one unit for one: 'ß' stays what it is.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The unit in upper case; itself if it has none. */
uint16_t upcase_unit(uint16_t unit);

/**
 * Compare two strings of UTF-16LE bytes; an odd last byte is not looked at.
 *
 * @return negative, 0 or positive; the beginning of a string is smaller than the string
 */
int upcase_compare(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b, bool case_sensitive);
