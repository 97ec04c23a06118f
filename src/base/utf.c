/* SPDX-License-Identifier: MIT */
/* UTF-8 and UTF-16LE, strictly. */

#include "base/utf.h"

#include "base/bytes.h"
#include "base/check.h"

#define SURROGATE_HIGH 0xd800u
#define SURROGATE_LOW  0xdc00u
#define SURROGATE_END  0xe000u
#define UNICODE_END    0x110000u

size_t utf8_decode(const char *text, size_t n_left, uint32_t *ret_code_point)
{
    static const uint32_t minimum[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *bytes = (const uint8_t *)text;
    uint32_t code_point;
    size_t size;

    if (n_left == 0) {
        return 0;
    }
    if (bytes[0] < 0x80) {
        *ret_code_point = bytes[0];
        return 1;
    }

    size = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || n_left < size) {
        return 0;
    }
    code_point = bytes[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        code_point = code_point << 6 | (bytes[i] & 0x3fu);
    }
    if (code_point < minimum[size] || code_point >= UNICODE_END ||
        (code_point >= SURROGATE_HIGH && code_point < SURROGATE_END)) {
        return 0;
    }

    *ret_code_point = code_point;
    return size;
}

void utf8_encode(struct writer *writer, uint32_t code_point)
{
    if (code_point < 0x80) {
        writer_u8(writer, (uint8_t)code_point);
        return;
    }
    if (code_point < 0x800) {
        writer_u8(writer, (uint8_t)(0xc0 | code_point >> 6));
    } else {
        if (code_point < 0x10000) {
            writer_u8(writer, (uint8_t)(0xe0 | code_point >> 12));
        } else {
            writer_u8(writer, (uint8_t)(0xf0 | code_point >> 18));
            writer_u8(writer, (uint8_t)(0x80 | (code_point >> 12 & 0x3f)));
        }
        writer_u8(writer, (uint8_t)(0x80 | (code_point >> 6 & 0x3f)));
    }
    writer_u8(writer, (uint8_t)(0x80 | (code_point & 0x3f)));
}

tsr_status utf8_to_utf16le(const char *text, size_t size, struct writer *writer)
{
    uint32_t code_point;
    size_t n_taken;

    while (size > 0) {
        n_taken = utf8_decode(text, size, &code_point);
        REQUIRE(n_taken > 0, STATUS_ILLEGAL_CHARACTER);
        if (code_point >= 0x10000) {
            writer_le16(writer, (uint16_t)(SURROGATE_HIGH | (code_point - 0x10000) >> 10));
            writer_le16(writer, (uint16_t)(SURROGATE_LOW | (code_point & 0x3ff)));
        } else {
            writer_le16(writer, (uint16_t)code_point);
        }
        text += n_taken;
        size -= n_taken;
    }
    return TSR_OK;
}

tsr_status utf16le_to_utf8(const uint8_t *bytes, size_t size, struct writer *writer)
{
    uint32_t unit;
    uint32_t low;

    REQUIRE(size % 2 == 0, STATUS_UNMAPPABLE_CHARACTER);

    while (size > 0) {
        unit = load_le16(bytes);
        bytes += 2;
        size -= 2;
        if (unit >= SURROGATE_HIGH && unit < SURROGATE_END) {
            REQUIRE(unit < SURROGATE_LOW && size >= 2, STATUS_UNMAPPABLE_CHARACTER);
            low = load_le16(bytes);
            REQUIRE(low >= SURROGATE_LOW && low < SURROGATE_END, STATUS_UNMAPPABLE_CHARACTER);
            unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
            bytes += 2;
            size -= 2;
        }
        utf8_encode(writer, unit);
    }
    return TSR_OK;
}
