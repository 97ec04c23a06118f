/* SPDX-License-Identifier: MIT */
/* Numbers, bytes and lines as text. */

#include "cli/text.h"

#include <errno.h>
#include <string.h>

#include "base/utf.h"
#include "cli/own.h"

static int digit_value(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    return 16;
}

bool text_to_u32(const char *text, uint32_t *ret_value)
{
    const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const unsigned int base = is_hex ? 16 : 10;
    uint64_t value = 0;

    text += is_hex ? 2 : 0;
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        const unsigned int digit = (unsigned int)digit_value(*text);

        if (digit >= base) {
            return false;
        }
        value = value * base + digit;
        if (value > UINT32_MAX) {
            return false;
        }
    }

    *ret_value = (uint32_t)value;
    return true;
}

bool text_to_bytes(const char *text, uint8_t **ret_bytes, size_t *ret_size, size_t *ret_column)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    size_t column = 1;

    for (const char *at = text; *at; at += 2, column += 2) {
        const int high = digit_value(at[0]);
        const int low = at[1] ? digit_value(at[1]) : 16;

        if (high > 15 || low > 15) {
            *ret_column = high > 15 ? column : column + 1;
            return false;
        }
        writer_u8(&writer, (uint8_t)(high << 4 | low));
    }
    if (tsr_failed(writer_finish(&writer, ret_bytes, ret_size))) {
        *ret_column = 0;
        return false;
    }
    return true;
}

void text_write_hex(struct writer *writer, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        writer_char(writer, digits[bytes[i] >> 4]);
        writer_char(writer, digits[bytes[i] & 15]);
    }
}

/* Controls, marks of direction, separators of lines, and what is no character. */
static bool is_steering(uint32_t character)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };

    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return (character & 0xfffe) == 0xfffe;
}

void text_write_printable(struct writer *writer, const char *text)
{
    size_t n_left = strlen(text);
    uint32_t character;

    while (n_left > 0) {
        const size_t n = utf8_decode(text, n_left, &character);

        if (n == 0) {
            utf8_encode(writer, 0xfffd);
        } else if (is_steering(character)) {
            writer_format(writer, "\\u%04x", character);
        } else {
            writer_bytes(writer, text, n);
        }
        text += n ? n : 1;
        n_left -= n ? n : 1;
    }
}

static enum text_line skip_line(FILE *file)
{
    int character;

    do {
        character = getc_unlocked(file);
    } while (character != '\n' && character != EOF);
    return TEXT_LINE_TOO_LONG;
}

enum text_line text_read_line(FILE *file, struct writer *line)
{
    int character;

    line->size = 0;
    for (;;) {
        character = getc_unlocked(file);
        if (character == EOF && line->size == 0) {
            return TEXT_END;
        }
        if (character == EOF || character == '\n') {
            return line->failed ? TEXT_LINE_NO_MEMORY : TEXT_LINE;
        }
        if (line->size == TEXT_LINE_MAX) {
            return skip_line(file);
        }
        writer_u8(line, (uint8_t)character);
        if (line->failed) {
            (void)skip_line(file);
            return TEXT_LINE_NO_MEMORY;
        }
    }
}

int text_read_file(const char *path, size_t size_max, struct writer *content)
{
    CLEANUP(fclose) FILE *file = fopen(path, "re");
    uint8_t block[4096];
    size_t n;

    if (!file) {
        return errno;
    }
    do {
        n = fread(block, 1, sizeof(block), file);
        if (ferror(file)) {
            return errno;
        }
        if (n > size_max - content->size) {
            return EFBIG;
        }
        writer_bytes(content, block, n);
    } while (n > 0);
    return content->failed ? ENOMEM : 0;
}
