/* SPDX-License-Identifier: MIT */
/* Security identifiers: binary and text forms. */

#include <tessera/sid.h>

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "base/digit.h"
#include "sec/sid.h"

#define SID_AUTHORITY_SIZE 6
#define SID_AUTHORITY_MAX  ((UINT64_C(1) << 48) - 1)

bool tsr_sid_equal(const tsr_sid *a, const tsr_sid *b)
{
    return a->authority == b->authority && a->n_sub_authorities == b->n_sub_authorities &&
           memcmp(a->sub_authorities, b->sub_authorities,
                  a->n_sub_authorities * sizeof(a->sub_authorities[0])) == 0;
}

size_t tsr_sid_size(const tsr_sid *sid)
{
    return TSR_SID_SIZE_MIN + 4u * sid->n_sub_authorities;
}

static tsr_status sid_read(struct cursor *cursor, tsr_sid *ret_sid)
{
    uint8_t authority[SID_AUTHORITY_SIZE];
    tsr_sid sid = {0};
    uint8_t revision;

    TRY(cursor_u8(cursor, &revision));
    REQUIRE(revision == SID_REVISION, STATUS_INVALID_SID);
    TRY(cursor_u8(cursor, &sid.n_sub_authorities));
    REQUIRE(sid.n_sub_authorities <= TSR_SID_SUB_AUTHORITIES_MAX, STATUS_INVALID_SID);
    TRY(cursor_copy(cursor, authority, sizeof(authority)));
    for (size_t i = 0; i < sizeof(authority); i++) {
        sid.authority = sid.authority << 8 | authority[i];
    }
    for (size_t i = 0; i < sid.n_sub_authorities; i++) {
        TRY(cursor_le32(cursor, &sid.sub_authorities[i]));
    }

    *ret_sid = sid;
    return TSR_OK;
}

tsr_status tsr_sid_decode(const void *bytes, size_t size, tsr_sid *ret_sid, size_t *ret_size)
{
    struct cursor cursor = cursor_over(bytes, size);

    REQUIRE(tsr_ok(sid_read(&cursor, ret_sid)), STATUS_INVALID_SID);

    if (ret_size) {
        *ret_size = size - cursor.n_left;
    }
    return TSR_OK;
}

tsr_status tsr_sid_encode(const tsr_sid *sid, void *bytes, size_t n_room, size_t *ret_size)
{
    const uint64_t authority = htobe64(sid->authority << 16);
    const size_t n = sid->n_sub_authorities;
    const size_t size = tsr_sid_size(sid);
    uint8_t *to = bytes;

    REQUIRE(n <= TSR_SID_SUB_AUTHORITIES_MAX && sid->authority <= SID_AUTHORITY_MAX,
            STATUS_INVALID_SID);
    *ret_size = size;
    REQUIRE(size <= n_room, STATUS_BUFFER_TOO_SMALL);

    to[0] = SID_REVISION;
    to[1] = (uint8_t)n;
    memcpy(to + 2, &authority, SID_AUTHORITY_SIZE);
    for (size_t i = 0; i < n; i++) {
        store_le32(to + TSR_SID_SIZE_MIN + 4 * i, sid->sub_authorities[i]);
    }
    return TSR_OK;
}

/* The digits at @text, of which there must be one; @max has at most 48 bits. */
ALWAYS_INLINE tsr_status digits_read(const char **text, unsigned int base, uint64_t max,
                                     uint64_t *ret_number)
{
    const char *at = *text;
    unsigned int digit = base == 10 ? decimal_value(*at) : digit_value(*at);
    uint64_t number = 0;

    REQUIRE(digit < base, STATUS_INVALID_SID);
    do {
        number = number * base + digit;
        REQUIRE(number <= max, STATUS_INVALID_SID);
        at++;
        digit = base == 10 ? decimal_value(*at) : digit_value(*at);
    } while (digit < base);

    *text = at;
    *ret_number = number;
    return TSR_OK;
}

/* A decimal or 0x number of at most @max; leading zeros are decimal, not octal. */
static inline tsr_status number_read(const char **text, uint64_t max, uint64_t *ret_number)
{
    const char *at = *text;

    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        at += 2;
        TRY(digits_read(&at, 16, max, ret_number));
        *text = at;
        return TSR_OK;
    }
    return digits_read(text, 10, max, ret_number);
}

tsr_status tsr_sid_parse(const char *text, tsr_sid *ret_sid, size_t *ret_n_taken)
{
    const char *at = text;
    tsr_sid sid = {0};
    uint64_t number;

    /* Revision 1 only, and spelled "1": see access-check.md 2.2. */
    REQUIRE((at[0] == 'S' || at[0] == 's') && at[1] == '-' && at[2] == '1' && at[3] == '-',
            STATUS_INVALID_SID);
    at += 4;
    TRY(number_read(&at, SID_AUTHORITY_MAX, &sid.authority));
    while (at[0] == '-') {
        at++;
        REQUIRE(sid.n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX, STATUS_INVALID_SID);
        TRY(number_read(&at, UINT32_MAX, &number));
        sid.sub_authorities[sid.n_sub_authorities++] = (uint32_t)number;
    }
    REQUIRE(sid.n_sub_authorities > 0, STATUS_INVALID_SID);
    REQUIRE(ret_n_taken || *at == '\0', STATUS_INVALID_SID);

    if (ret_n_taken) {
        *ret_n_taken = (size_t)(at - text);
    }
    *ret_sid = sid;
    return TSR_OK;
}

/* A number of base @base, or 0x; one above the largest authority is too large for every field. */
static tsr_status lax_number_read(const char **text, unsigned int base, uint64_t *ret_number)
{
    const char *at = *text + strspn(*text, " ");
    uint64_t number = 0;

    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    }
    REQUIRE(digit_value(*at) < base, STATUS_INVALID_SID);
    for (; digit_value(*at) < base; at++) {
        if (number <= SID_AUTHORITY_MAX) {
            number = number * base + digit_value(*at);
        }
    }

    *text = at;
    *ret_number = number;
    return TSR_OK;
}

/* "S-1-", or "S-0x1-", which sets the base of every number behind it. */
static tsr_status lax_prefix_read(const char **text, unsigned int *ret_base)
{
    const char *at = *text;

    REQUIRE((at[0] == 'S' || at[0] == 's') && at[1] == '-', STATUS_INVALID_SID);
    at += 2;
    at += strspn(at, " ");
    *ret_base = strncmp(at, "0x", 2) == 0 ? 16 : 10;
    at += *ret_base == 16 ? 2 : 0;
    REQUIRE(at[0] == '1' && at[1] == '-', STATUS_INVALID_SID);

    *text = at + 2;
    return TSR_OK;
}

tsr_status sid_parse_lax(const char *text, tsr_sid *ret_sid, size_t *ret_n_taken)
{
    const char *at = text;
    tsr_sid sid = {0};
    unsigned int base;
    uint64_t number;

    TRY(lax_prefix_read(&at, &base));
    TRY(lax_number_read(&at, base, &sid.authority));
    REQUIRE(sid.authority <= SID_AUTHORITY_MAX, STATUS_INVALID_SID);
    while (at[0] == '-') {
        at++;
        REQUIRE(sid.n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX, STATUS_INVALID_SID);
        TRY(lax_number_read(&at, base, &number));
        sid.sub_authorities[sid.n_sub_authorities++] =
            number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    }
    REQUIRE(sid.n_sub_authorities > 0, STATUS_INVALID_SID);
    REQUIRE(ret_n_taken || *at == '\0', STATUS_INVALID_SID);

    if (ret_n_taken) {
        *ret_n_taken = (size_t)(at - text);
    }
    *ret_sid = sid;
    return TSR_OK;
}

void tsr_sid_format(const tsr_sid *sid, char ret_text[TSR_SID_TEXT_MAX])
{
    size_t at = 4;

    /* The longest text is 4 + 14 + 15 * 11 characters and fits. */
    memcpy(ret_text, "S-1-", at);
    if (sid->authority <= UINT32_MAX) {
        at += decimal_write(sid->authority, ret_text + at);
    } else {
        at += (size_t)snprintf(ret_text + at, TSR_SID_TEXT_MAX - at, "0x%" PRIx64, sid->authority);
    }
    for (size_t i = 0; i < sid->n_sub_authorities; i++) {
        ret_text[at++] = '-';
        at += decimal_write(sid->sub_authorities[i], ret_text + at);
    }
    ret_text[at] = '\0';
}
