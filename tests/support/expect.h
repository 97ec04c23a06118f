/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What every unit test uses: cmocka and the few assertions of ours
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tessera/sid.h>
#include <tessera/status.h>

static inline const char *expect_status_name(uint32_t code)
{
    const char *name = tsr_status_name(code);

    return name ? name : "(unnamed status)";
}

/** The expression yields exactly this NTSTATUS. */
#define expect_status(code_, expr_)                                                               \
    do {                                                                                          \
        const uint32_t expected_ = (code_);                                                       \
        const uint32_t got_ = (expr_).code;                                                       \
        if (got_ != expected_) {                                                                  \
            print_error("%s: expected %s, got %s (%#x)\n", #expr_, expect_status_name(expected_), \
                        expect_status_name(got_), got_);                                          \
            fail();                                                                               \
        }                                                                                         \
    } while (0)

/** The expression yields STATUS_SUCCESS. */
#define expect_ok(expr_) expect_status(STATUS_SUCCESS, expr_)

/** The SID whose text this is; fails the test if it is none. */
static inline tsr_sid sid_of(const char *text)
{
    tsr_sid sid = {0};

    expect_ok(tsr_sid_parse(text, &sid, NULL));
    return sid;
}

/** Bytes of a hexadecimal text; the caller frees them. */
static inline uint8_t *hex_bytes(const char *hex, size_t *ret_size)
{
    const size_t size = strlen(hex) / 2;
    uint8_t *bytes = malloc(size ? size : 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        unsigned int byte;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    *ret_size = size;
    return bytes;
}
