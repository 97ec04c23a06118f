/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Byte writer: builds binary structures and text in a growing buffer
 *
 * A failed allocation is remembered and reported once, by writer_finish(); until then every write
 * is accepted, so that building code needs no check per field.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <tessera/status.h>

#include "base/check.h"

struct writer {
    uint8_t *bytes; /* owned */
    size_t size;
    size_t n_allocated;
    bool failed;
};

/** Free what the writer holds; accepts zeroed memory. */
void writer_deinit(struct writer *writer);

static inline void cleanup_writer_deinit(struct writer *writer)
{
    writer_deinit(writer);
}

void writer_bytes(struct writer *writer, const void *bytes, size_t size);
void writer_zeros(struct writer *writer, size_t size);
void writer_u8(struct writer *writer, uint8_t value);
void writer_le16(struct writer *writer, uint16_t value);
void writer_le32(struct writer *writer, uint32_t value);
void writer_le64(struct writer *writer, uint64_t value);

/** Overwrite bytes already written, at @offset; ignored if the writer has failed. */
void writer_patch_le16(struct writer *writer, size_t offset, uint16_t value);
void writer_patch_le32(struct writer *writer, size_t offset, uint32_t value);

/** Append text, without its terminator. */
void writer_text(struct writer *writer, const char *text);
void writer_char(struct writer *writer, char character);
void writer_format(struct writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Append @text as a JSON string, quoted and escaped; bytes that are not UTF-8 become U+FFFD. */
void writer_json_string(struct writer *writer, const char *text);

/**
 * Take the buffer, leaving the writer empty.
 *
 * @param ret_bytes  owned by the caller, free(); not NULL even when empty
 * @return STATUS_NO_MEMORY if any earlier write found none
 */
tsr_status writer_finish(struct writer *writer, uint8_t **ret_bytes, size_t *ret_size);

/** Take the buffer as a terminated string. */
tsr_status writer_finish_text(struct writer *writer, char **ret_text);
