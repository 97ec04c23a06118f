/* SPDX-License-Identifier: MIT */
/* Text of W functions, from and to UTF-8. */

#include "win32/text.h"

#include <string.h>

#include "base/utf.h"

size_t wide_length(const WCHAR *text)
{
    size_t length = 0;

    while (text[length] != 0) {
        length++;
    }
    return length;
}

tsr_status text_of_wide(const WCHAR *wide, char **ret_text)
{
    CLEANUP(writer_deinit) struct writer encoded = {0};
    CLEANUP(writer_deinit) struct writer text = {0};

    REQUIRE(wide, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; wide[i] != 0; i++) {
        writer_le16(&encoded, wide[i]);
    }
    REQUIRE(!encoded.failed, STATUS_NO_MEMORY);
    TRY(utf16le_to_utf8(encoded.bytes, encoded.size, &text));
    return writer_finish_text(&text, ret_text);
}

tsr_status wide_of_text(const char *text, WCHAR **ret_wide, size_t *ret_length)
{
    CLEANUP(writer_deinit) struct writer encoded = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    WCHAR *wide;
    size_t size;

    REQUIRE(text, STATUS_INVALID_PARAMETER);
    TRY(utf8_to_utf16le(text, strlen(text), &encoded));
    writer_le16(&encoded, 0);
    TRY(writer_finish(&encoded, &bytes, &size));

    wide = (WCHAR *)STEAL(bytes);
    for (size_t i = 0; i < size / sizeof(*wide); i++) {
        wide[i] = le16toh(wide[i]);
    }
    if (ret_length) {
        *ret_length = size / sizeof(*wide) - 1;
    }
    *ret_wide = wide;
    return TSR_OK;
}

tsr_status text_deliver(const void *text, size_t length, size_t unit_size, void *to, DWORD *n_units)
{
    DWORD room;

    REQUIRE(n_units, STATUS_INVALID_PARAMETER);
    room = *n_units;
    *n_units = (DWORD)length + 1;
    REQUIRE(to && length < room, STATUS_BUFFER_TOO_SMALL);

    memcpy(to, text, (length + 1) * unit_size);
    *n_units = (DWORD)length;
    return TSR_OK;
}
