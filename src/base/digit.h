/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Digits, in every locale alike
 */

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define NOT_A_DIGIT UINT_MAX

/* The longest decimal number of 64 bits, without terminator. */
#define DECIMAL_SIZE_MAX 20

/* The value of each digit of base 16, and 1 more; 0 for what is none. */
static const uint8_t digit_ranks[UINT8_MAX + 1] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/** The value of a digit of base 16 or less; NOT_A_DIGIT if it is none. */
static inline unsigned int digit_value(char character)
{
    return digit_ranks[(unsigned char)character] - 1u;
}

/** The value of a decimal digit; not below 10 if it is none. */
static inline unsigned int decimal_value(char character)
{
    return (unsigned int)character - '0';
}

/** The lower-case digit of a value below 16. */
static inline char digit_of(unsigned int value)
{
    return "0123456789abcdef"[value];
}

/** Write @number without terminator. @return its size, at most DECIMAL_SIZE_MAX */
static inline size_t decimal_write(uint64_t number, char *to)
{
    size_t size = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        size++;
    }
    for (size_t i = size; i > 0; i--) {
        to[i - 1] = digit_of((unsigned int)(number % 10));
        number /= 10;
    }
    return size;
}
