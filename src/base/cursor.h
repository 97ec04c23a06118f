/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Byte cursor: reads untrusted bytes
 *
 * Nothing else in the project compares lengths of untrusted input. Every read either takes all its
 * bytes and moves on, or fails with STATUS_DATA_ERROR and changes neither cursor nor output.
 */

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tessera/status.h>

#include "base/check.h"

struct cursor {
    const uint8_t *at; /* borrowed */
    size_t n_left;
};

static inline struct cursor cursor_over(const void *bytes, size_t size)
{
    return (struct cursor){.at = (const uint8_t *)bytes, .n_left = size};
}

/** Take @size bytes without copying them; @ret_bytes borrows from the cursor's buffer. */
static inline tsr_status cursor_bytes(struct cursor *cursor, size_t size, const uint8_t **ret_bytes)
{
    REQUIRE(size <= cursor->n_left, STATUS_DATA_ERROR);

    *ret_bytes = cursor->at;
    if (size > 0) { /* NULL may be the start of no bytes, but nothing may be added to it. */
        cursor->at += size;
        cursor->n_left -= size;
    }
    return TSR_OK;
}

/** Copy @size bytes out. */
static inline tsr_status cursor_copy(struct cursor *cursor, void *to, size_t size)
{
    const uint8_t *bytes;

    TRY(cursor_bytes(cursor, size, &bytes));
    if (size > 0) {
        memcpy(to, bytes, size);
    }
    return TSR_OK;
}

static inline tsr_status cursor_skip(struct cursor *cursor, size_t size)
{
    const uint8_t *bytes;

    return cursor_bytes(cursor, size, &bytes);
}

/** A cursor over bytes [@offset, end) of @bytes; STATUS_DATA_ERROR if @offset lies outside. */
static inline tsr_status cursor_at(const void *bytes, size_t size, size_t offset,
                                   struct cursor *ret_cursor)
{
    struct cursor cursor = cursor_over(bytes, size);

    TRY(cursor_skip(&cursor, offset));
    *ret_cursor = cursor;
    return TSR_OK;
}

static inline tsr_status cursor_u8(struct cursor *cursor, uint8_t *ret_value)
{
    return cursor_copy(cursor, ret_value, sizeof(*ret_value));
}

static inline tsr_status cursor_le16(struct cursor *cursor, uint16_t *ret_value)
{
    uint16_t value;

    TRY(cursor_copy(cursor, &value, sizeof(value)));
    *ret_value = le16toh(value);
    return TSR_OK;
}

static inline tsr_status cursor_le32(struct cursor *cursor, uint32_t *ret_value)
{
    uint32_t value;

    TRY(cursor_copy(cursor, &value, sizeof(value)));
    *ret_value = le32toh(value);
    return TSR_OK;
}

static inline tsr_status cursor_le64(struct cursor *cursor, uint64_t *ret_value)
{
    uint64_t value;

    TRY(cursor_copy(cursor, &value, sizeof(value)));
    *ret_value = le64toh(value);
    return TSR_OK;
}
