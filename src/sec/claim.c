/* SPDX-License-Identifier: MIT */
/* Claims: validation where they lie, access to values, encoding. */

#include <tessera/claim.h>

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "base/utf.h"
#include "base/writer.h"
#include "sec/claim.h"
#include "sec/sid.h"
#include "sec/upcase.h"

#define CLAIM_HEADER_SIZE 16
#define OFFSET_SIZE       4

/* A value takes an offset and at least the terminator of an empty string. */
#define CLAIM_VALUES_MAX (TSR_CLAIM_SIZE_MAX / (OFFSET_SIZE + 2))

/* UTF-16LE up to its terminator, which is taken too. */
static tsr_status string_take(struct cursor *cursor, const uint8_t **ret_bytes, size_t *ret_n_bytes)
{
    const uint8_t *start = cursor->at;
    size_t n_bytes = 0;
    uint16_t unit;

    TRY(cursor_le16(cursor, &unit));
    while (unit != 0) {
        n_bytes += sizeof(unit);
        TRY(cursor_le16(cursor, &unit));
    }

    *ret_bytes = start;
    *ret_n_bytes = n_bytes;
    return TSR_OK;
}

static tsr_status octets_take(struct cursor *cursor, const uint8_t **ret_bytes, size_t *ret_n_bytes)
{
    uint32_t n_bytes;

    TRY(cursor_le32(cursor, &n_bytes));
    TRY(cursor_bytes(cursor, n_bytes, ret_bytes));
    *ret_n_bytes = n_bytes;
    return TSR_OK;
}

/* Octets that are one SID and nothing behind it. */
static tsr_status sid_value_take(struct cursor *cursor, const uint8_t **ret_sid, size_t *ret_n_sid)
{
    struct cursor inside;
    const uint8_t *bytes;
    size_t n_bytes;

    TRY(octets_take(cursor, &bytes, &n_bytes));
    inside = cursor_over(bytes, n_bytes);
    TRY(sid_take(&inside, ret_sid));
    REQUIRE(inside.n_left == 0, STATUS_INVALID_SID);
    *ret_n_sid = n_bytes;
    return TSR_OK;
}

static tsr_status value_take(struct cursor *cursor, uint16_t type, tsr_claim_value *value)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        return cursor_le64(cursor, &value->number);
    case TSR_CLAIM_STRING:
    case TSR_CLAIM_FQBN:
        return string_take(cursor, &value->bytes, &value->n_bytes);
    case TSR_CLAIM_SID:
        return sid_value_take(cursor, &value->bytes, &value->n_bytes);
    case TSR_CLAIM_OCTETS:
        return octets_take(cursor, &value->bytes, &value->n_bytes);
    }
    return tsr_status_of(STATUS_INVALID_PARAMETER);
}

/* @ret_n_taken: bytes the value takes, with length or terminator. */
static tsr_status value_read(const tsr_claim *claim, uint32_t index, tsr_claim_value *ret_value,
                             size_t *ret_n_taken)
{
    const size_t offset = load_le32(claim->bytes + CLAIM_HEADER_SIZE + (size_t)OFFSET_SIZE * index);
    tsr_claim_value value = {0};
    struct cursor cursor;
    size_t n_before;

    TRY(cursor_at(claim->bytes, claim->size, offset, &cursor));
    n_before = cursor.n_left;
    TRY(value_take(&cursor, claim->type, &value));

    *ret_value = value;
    *ret_n_taken = n_before - cursor.n_left;
    return TSR_OK;
}

/*
 * All values of @claim, of which @n_left bytes are left behind the offsets. Values that overlapped
 * could be longer together than the claim, and would make every walk over them as long.
 */
static tsr_status values_read(const tsr_claim *claim, size_t n_left)
{
    tsr_claim_value value;
    size_t n_taken;

    for (uint32_t i = 0; i < claim->n_values; i++) {
        TRY(value_read(claim, i, &value, &n_taken));
        REQUIRE(n_taken <= n_left, STATUS_DATA_ERROR);
        n_left -= n_taken;
    }
    return TSR_OK;
}

static tsr_status claim_take(const void *bytes, size_t size, tsr_claim *claim)
{
    struct cursor cursor = cursor_over(bytes, size);
    struct cursor name;
    uint32_t n_offset;

    TRY(cursor_le32(&cursor, &n_offset));
    TRY(cursor_le16(&cursor, &claim->type));
    TRY(cursor_skip(&cursor, sizeof(uint16_t)));
    TRY(cursor_le32(&cursor, &claim->flags));
    TRY(cursor_le32(&cursor, &claim->n_values));
    REQUIRE(!(claim->flags & TSR_CLAIM_RESERVED_FLAGS), STATUS_DATA_ERROR);
    REQUIRE(claim->n_values <= CLAIM_VALUES_MAX, STATUS_DATA_ERROR);
    TRY(cursor_skip(&cursor, (size_t)OFFSET_SIZE * claim->n_values));
    TRY(cursor_at(bytes, size, n_offset, &name));
    TRY(string_take(&name, &claim->name, &claim->n_name));
    return values_read(claim, cursor.n_left);
}

static bool is_known_type(uint16_t type)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_STRING:
    case TSR_CLAIM_FQBN:
    case TSR_CLAIM_SID:
    case TSR_CLAIM_BOOLEAN:
    case TSR_CLAIM_OCTETS:
        return true;
    }
    return false;
}

tsr_status claim_read(const void *bytes, size_t size, tsr_claim *ret_claim)
{
    tsr_claim claim = {.bytes = bytes, .size = size};

    REQUIRE(size <= TSR_CLAIM_SIZE_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(tsr_ok(claim_take(bytes, size, &claim)), STATUS_INVALID_PARAMETER);
    REQUIRE(is_known_type(claim.type), STATUS_INVALID_PARAMETER);

    *ret_claim = claim;
    return TSR_OK;
}

/* Any total order in which equal values meet. */
static int values_compare(const tsr_claim *claim, uint32_t index_a, uint32_t index_b)
{
    tsr_claim_value a;
    tsr_claim_value b;

    tsr_claim_get_value(claim, index_a, &a);
    tsr_claim_get_value(claim, index_b, &b);
    if (claim->type == TSR_CLAIM_STRING || claim->type == TSR_CLAIM_FQBN) {
        return upcase_compare(a.bytes, a.n_bytes, b.bytes, b.n_bytes,
                              claim->flags & TSR_CLAIM_CASE_SENSITIVE);
    }
    if (a.number != b.number) {
        return a.number < b.number ? -1 : 1;
    }
    if (a.n_bytes != b.n_bytes) {
        return a.n_bytes < b.n_bytes ? -1 : 1;
    }
    return a.n_bytes > 0 ? memcmp(a.bytes, b.bytes, a.n_bytes) : 0;
}

/* Let @order[@at] sink into the heap below it: [@at + 1, @n) is one already. */
static void heap_sink(const tsr_claim *claim, uint16_t *order, size_t at, size_t n)
{
    size_t child = 2 * at + 1;
    uint16_t moved;

    while (child < n) {
        if (child + 1 < n && values_compare(claim, order[child], order[child + 1]) < 0) {
            child++;
        }
        if (values_compare(claim, order[at], order[child]) >= 0) {
            return;
        }
        moved = order[at];
        order[at] = order[child];
        order[child] = moved;
        at = child;
        child = 2 * at + 1;
    }
}

/*
 * Values taken off a heap come in descending order, so that equal ones come one after the other.
 * Comparing each with each would take seconds for a claim that someone made for that.
 */
bool claim_has_duplicates(const tsr_claim *claim)
{
    uint16_t order[CLAIM_VALUES_MAX];
    size_t n = claim->n_values;
    uint16_t largest;

    for (size_t i = 0; i < n; i++) {
        order[i] = (uint16_t)i;
    }
    for (size_t i = n / 2; i > 0; i--) {
        heap_sink(claim, order, i - 1, n);
    }
    while (n > 1) {
        largest = order[0];
        order[0] = order[--n];
        heap_sink(claim, order, 0, n);
        if (values_compare(claim, largest, order[0]) == 0) {
            return true;
        }
    }
    return false;
}

tsr_status tsr_claim_view(const void *bytes, size_t size, tsr_claim *ret_claim)
{
    tsr_claim claim;

    TRY(claim_read(bytes, size, &claim));
    REQUIRE(!claim_has_duplicates(&claim), STATUS_INVALID_PARAMETER);

    *ret_claim = claim;
    return TSR_OK;
}

void tsr_claim_get_value(const tsr_claim *claim, uint32_t index, tsr_claim_value *ret_value)
{
    size_t n_taken;

    if (tsr_failed(value_read(claim, index, ret_value, &n_taken))) {
        *ret_value = (tsr_claim_value){0};
    }
}

static tsr_status string_write(const char *text, struct writer *writer)
{
    REQUIRE(text, STATUS_INVALID_PARAMETER);

    TRY(utf8_to_utf16le(text, strlen(text), writer));
    writer_le16(writer, 0);
    return TSR_OK;
}

static tsr_status octets_write(const uint8_t *octets, size_t n_octets, struct writer *writer)
{
    REQUIRE(n_octets <= TSR_CLAIM_SIZE_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(octets || n_octets == 0, STATUS_INVALID_PARAMETER);

    writer_le32(writer, (uint32_t)n_octets);
    writer_bytes(writer, octets, n_octets);
    return TSR_OK;
}

static tsr_status sid_write(const tsr_sid *sid, struct writer *writer)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    REQUIRE(tsr_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &size)), STATUS_INVALID_PARAMETER);
    return octets_write(encoded, size, writer);
}

static tsr_status value_write(tsr_claim_type type, const tsr_claim_source *value,
                              struct writer *writer)
{
    switch (type) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        writer_le64(writer, value->number);
        return TSR_OK;
    case TSR_CLAIM_STRING:
    case TSR_CLAIM_FQBN:
        return string_write(value->text, writer);
    case TSR_CLAIM_SID:
        return sid_write(&value->sid, writer);
    case TSR_CLAIM_OCTETS:
        return octets_write(value->octets, value->n_octets, writer);
    }
    return tsr_status_of(STATUS_INVALID_PARAMETER);
}

/* Header, offsets, name and values, packed in this order: Windows' layout. */
static tsr_status claim_write(const char *name, tsr_claim_type type, uint32_t flags,
                              const tsr_claim_source *values, size_t n_values,
                              struct writer *writer)
{
    const size_t n_before_name = CLAIM_HEADER_SIZE + OFFSET_SIZE * n_values;

    writer_le32(writer, (uint32_t)n_before_name);
    writer_le16(writer, (uint16_t)type);
    writer_le16(writer, 0);
    writer_le32(writer, flags);
    writer_le32(writer, (uint32_t)n_values);
    writer_zeros(writer, OFFSET_SIZE * n_values);
    TRY(string_write(name, writer));
    for (size_t i = 0; i < n_values; i++) {
        writer_patch_le32(writer, CLAIM_HEADER_SIZE + OFFSET_SIZE * i, (uint32_t)writer->size);
        TRY(value_write(type, &values[i], writer));
        REQUIRE(writer->size <= TSR_CLAIM_SIZE_MAX, STATUS_INVALID_PARAMETER);
    }
    return TSR_OK;
}

tsr_status tsr_claim_encode(const char *name, tsr_claim_type type, uint32_t flags,
                            const tsr_claim_source *values, size_t n_values, uint8_t **ret_bytes,
                            size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_claim claim;
    size_t size;

    REQUIRE(name && name[0] && type <= UINT16_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(n_values <= CLAIM_VALUES_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(values || n_values == 0, STATUS_INVALID_PARAMETER);

    TRY(claim_write(name, type, flags, values, n_values, &writer));
    TRY(writer_finish(&writer, &bytes, &size));
    TRY(tsr_claim_view(bytes, size, &claim));

    *ret_bytes = STEAL(bytes);
    *ret_size = size;
    return TSR_OK;
}
