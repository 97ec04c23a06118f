/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Digits, in every locale alike
 */

#include <stddef.h>
#include <stdint.h>

#define NOT_A_DIGIT 255u

/* The longest decimal number of 64 bits, without terminator. */
#define DECIMAL_SIZE_MAX 20

/** The value of a digit of base 16 or less; NOT_A_DIGIT if it is none. */
static inline unsigned int digit_value(char character)
{
    if (character >= '0' && character <= '9') {
        return (unsigned int)(character - '0');
    }
    if (character >= 'a' && character <= 'f') {
        return (unsigned int)(character - 'a') + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return (unsigned int)(character - 'A') + 10;
    }
    return NOT_A_DIGIT;
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
