/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Byte cursor: reads untrusted bytes
 *
 * Nothing else in the project compares lengths of untrusted input. Every read either takes all its
 * bytes and moves on, or fails with STATUS_DATA_ERROR and changes neither cursor nor output.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>

struct cursor {
    const uint8_t *at; /* borrowed */
    size_t n_left;
};

static inline struct cursor cursor_over(const void *bytes, size_t size)
{
    return (struct cursor){.at = (const uint8_t *)bytes, .n_left = size};
}

/** A cursor over bytes [@offset, end) of @bytes; STATUS_DATA_ERROR if @offset lies outside. */
tsr_status cursor_at(const void *bytes, size_t size, size_t offset, struct cursor *ret_cursor);

/** Take @size bytes without copying them; @ret_bytes borrows from the cursor's buffer. */
tsr_status cursor_bytes(struct cursor *cursor, size_t size, const uint8_t **ret_bytes);

/** Copy @size bytes out. */
tsr_status cursor_copy(struct cursor *cursor, void *to, size_t size);

tsr_status cursor_skip(struct cursor *cursor, size_t size);
tsr_status cursor_u8(struct cursor *cursor, uint8_t *ret_value);
tsr_status cursor_le16(struct cursor *cursor, uint16_t *ret_value);
tsr_status cursor_le32(struct cursor *cursor, uint32_t *ret_value);
tsr_status cursor_le64(struct cursor *cursor, uint64_t *ret_value);
