/* SPDX-License-Identifier: MIT */
/* Byte writer: builds binary structures and text in a growing buffer. */

#include "base/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf.h"

void writer_deinit(struct writer *writer)
{
    free(writer->bytes);
    *writer = (struct writer){0};
}

/* Room for @size more bytes, or NULL with the writer marked failed. */
static uint8_t *writer_grow(struct writer *writer, size_t size)
{
    size_t n_needed;
    size_t n_wanted;
    uint8_t *grown;

    if (writer->failed) {
        return NULL;
    }
    if (__builtin_add_overflow(writer->size, size, &n_needed)) {
        writer->failed = true;
        return NULL;
    }
    if (n_needed > writer->n_allocated || !writer->bytes) {
        n_wanted = 2 * writer->n_allocated + 64;
        n_wanted = n_wanted < n_needed ? n_needed : n_wanted;
        grown = realloc(writer->bytes, n_wanted);
        if (!grown) {
            writer->failed = true;
            return NULL;
        }
        writer->bytes = grown;
        writer->n_allocated = n_wanted;
    }

    writer->size = n_needed;
    return writer->bytes + n_needed - size;
}

void writer_bytes(struct writer *writer, const void *bytes, size_t size)
{
    uint8_t *room = writer_grow(writer, size);

    if (room && size > 0) {
        memcpy(room, bytes, size);
    }
}

void writer_zeros(struct writer *writer, size_t size)
{
    uint8_t *room = writer_grow(writer, size);

    if (room) {
        memset(room, 0, size);
    }
}

void writer_u8(struct writer *writer, uint8_t value)
{
    writer_bytes(writer, &value, sizeof(value));
}

void writer_le16(struct writer *writer, uint16_t value)
{
    value = htole16(value);
    writer_bytes(writer, &value, sizeof(value));
}

void writer_le32(struct writer *writer, uint32_t value)
{
    value = htole32(value);
    writer_bytes(writer, &value, sizeof(value));
}

void writer_le64(struct writer *writer, uint64_t value)
{
    value = htole64(value);
    writer_bytes(writer, &value, sizeof(value));
}

void writer_patch_le16(struct writer *writer, size_t offset, uint16_t value)
{
    if (!writer->failed) {
        store_le16(writer->bytes + offset, value);
    }
}

void writer_patch_le32(struct writer *writer, size_t offset, uint32_t value)
{
    if (!writer->failed) {
        store_le32(writer->bytes + offset, value);
    }
}

void writer_text(struct writer *writer, const char *text)
{
    writer_bytes(writer, text, strlen(text));
}

void writer_char(struct writer *writer, char character)
{
    uint8_t *room = writer_grow(writer, 1);

    if (room) {
        *room = (uint8_t)character;
    }
}

void writer_format(struct writer *writer, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int n_written;

    va_start(arguments, format);
    n_written = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n_written < 0) {
        writer->failed = true;
        return;
    }

    writer_bytes(writer, text, (size_t)n_written);
    free(text);
}

void writer_json_string(struct writer *writer, const char *text)
{
    size_t n_left = strlen(text);
    uint32_t code_point;
    size_t n_taken;

    writer_char(writer, '"');
    while (n_left > 0) {
        n_taken = utf8_decode(text, n_left, &code_point);
        if (n_taken == 0) {
            writer_text(writer, "\\ufffd");
            n_taken = 1;
        } else if (code_point == '"' || code_point == '\\') {
            writer_char(writer, '\\');
            writer_char(writer, (char)code_point);
        } else if (code_point < 0x20 || code_point == 0x7f) {
            writer_format(writer, "\\u%04x", code_point);
        } else {
            writer_bytes(writer, text, n_taken);
        }
        text += n_taken;
        n_left -= n_taken;
    }
    writer_char(writer, '"');
}

tsr_status writer_finish(struct writer *writer, uint8_t **ret_bytes, size_t *ret_size)
{
    writer_bytes(writer, "", 0);
    REQUIRE(!writer->failed, STATUS_NO_MEMORY);

    *ret_bytes = writer->bytes;
    *ret_size = writer->size;
    *writer = (struct writer){0};
    return TSR_OK;
}

tsr_status writer_finish_text(struct writer *writer, char **ret_text)
{
    uint8_t *bytes;
    size_t size;

    writer_u8(writer, 0);
    TRY(writer_finish(writer, &bytes, &size));

    *ret_text = (char *)bytes;
    return TSR_OK;
}
