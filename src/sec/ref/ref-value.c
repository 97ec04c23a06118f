/* SPDX-License-Identifier: MIT */
/* Claims and values, read and compared byte by byte (access-check.md 1.1, 1.6, 11). */

#include "sec/ref/ref-value.h"

#include <string.h>

#include <tessera/claim.h>

#include "sec/upcase-table.h"

#define HEADER_SIZE 16
#define N_RANGES    (sizeof(upcase_ranges) / sizeof(upcase_ranges[0]))

uint64_t ref_number(const uint8_t *bytes, size_t n_bytes)
{
    uint64_t number = 0;

    for (size_t i = n_bytes; i > 0; i--) {
        number = number << 8 | bytes[i - 1];
    }
    return number;
}

bool ref_same_sid(const tsr_sid *a, const tsr_sid *b)
{
    if (a->authority != b->authority || a->n_sub_authorities != b->n_sub_authorities) {
        return false;
    }
    for (size_t i = 0; i < a->n_sub_authorities; i++) {
        if (a->sub_authorities[i] != b->sub_authorities[i]) {
            return false;
        }
    }
    return true;
}

/* 1.1: "u8 revision (1) | u8 count (0..15) | u8 authority[6] big-endian | u32 sub_authority[]" */
bool ref_sid_read(const uint8_t *bytes, size_t size, tsr_sid *ret_sid)
{
    tsr_sid sid = {0};

    if (size < 8 || bytes[0] != 1 || bytes[1] > 15 || size != 8 + 4 * (size_t)bytes[1]) {
        return false;
    }
    for (size_t i = 2; i < 8; i++) {
        sid.authority = sid.authority << 8 | bytes[i];
    }
    sid.n_sub_authorities = bytes[1];
    for (size_t i = 0; i < bytes[1]; i++) {
        sid.sub_authorities[i] = (uint32_t)ref_number(bytes + 8 + 4 * i, 4);
    }
    *ret_sid = sid;
    return true;
}

/* "After upper-casing each unit with the NT upcase table." */
static uint16_t upper(uint16_t unit)
{
    for (size_t i = 0; i < N_RANGES && upcase_ranges[i].first <= unit; i++) {
        const struct upcase_range *range = &upcase_ranges[i];

        for (uint32_t member = range->first; member <= range->last; member += range->stride) {
            if (member == unit) {
                return (uint16_t)(unit + range->delta);
            }
        }
    }
    return unit;
}

static uint16_t unit_at(const uint8_t *text, size_t index, bool case_sensitive)
{
    const uint16_t unit = (uint16_t)ref_number(text + 2 * index, 2);

    return case_sensitive ? unit : upper(unit);
}

/* "Strings compare by UTF-16 code unit; a prefix is smaller." */
static enum ref_order compare_texts(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b,
                                    bool case_sensitive)
{
    for (size_t i = 0; 2 * i < n_a && 2 * i < n_b; i++) {
        const uint16_t left = unit_at(a, i, case_sensitive);
        const uint16_t right = unit_at(b, i, case_sensitive);

        if (left != right) {
            return left < right ? REF_LESS : REF_GREATER;
        }
    }
    if (n_a == n_b) {
        return REF_EQUAL;
    }
    return n_a < n_b ? REF_LESS : REF_GREATER;
}

bool ref_same_name(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
    return compare_texts(a, n_a, b, n_b, false) == REF_EQUAL;
}

static enum ref_order compare_octets(const struct ref_value *a, const struct ref_value *b)
{
    for (size_t i = 0; i < a->n_bytes && i < b->n_bytes; i++) {
        if (a->bytes[i] != b->bytes[i]) {
            return a->bytes[i] < b->bytes[i] ? REF_LESS : REF_GREATER;
        }
    }
    if (a->n_bytes == b->n_bytes) {
        return REF_EQUAL;
    }
    return a->n_bytes < b->n_bytes ? REF_LESS : REF_GREATER;
}

/* "INT64 vs UINT64 by numeric value." */
static enum ref_order compare_integers(const struct ref_value *a, const struct ref_value *b)
{
    if (a->is_negative != b->is_negative) {
        return a->is_negative ? REF_LESS : REF_GREATER;
    }
    if (a->magnitude == b->magnitude) {
        return REF_EQUAL;
    }
    return (a->magnitude < b->magnitude) != a->is_negative ? REF_LESS : REF_GREATER;
}

static bool is_boolean_or_its_literal(const struct ref_value *value)
{
    return (value->type == REF_BOOLEAN || (value->type == REF_INTEGER && value->is_literal)) &&
           !value->is_negative && value->magnitude <= 1;
}

/* "BOOLEAN vs the literals 0 and 1; BOOLEAN vs BOOLEAN only for values 0/1"; else U. */
static enum ref_order compare_booleans(const struct ref_value *a, const struct ref_value *b)
{
    if (!is_boolean_or_its_literal(a) || !is_boolean_or_its_literal(b)) {
        return REF_INCOMPARABLE;
    }
    return a->magnitude == b->magnitude ? REF_EQUAL : REF_OTHER;
}

static enum ref_order without_order(enum ref_order order)
{
    return order == REF_EQUAL ? REF_EQUAL : REF_OTHER;
}

enum ref_order ref_compare(const struct ref_value *a, const struct ref_value *b)
{
    if (a->type == REF_BOOLEAN || b->type == REF_BOOLEAN) {
        return compare_booleans(a, b);
    }
    if (a->type != b->type) {
        return REF_INCOMPARABLE;
    }
    switch (a->type) {
    case REF_INTEGER:
        return compare_integers(a, b);
    case REF_STRING:
        return compare_texts(a->bytes, a->n_bytes, b->bytes, b->n_bytes,
                             a->is_case_sensitive || b->is_case_sensitive);
    case REF_FQBN:
        return without_order(compare_texts(a->bytes, a->n_bytes, b->bytes, b->n_bytes,
                                           a->is_case_sensitive || b->is_case_sensitive));
    case REF_OCTETS:
        return compare_octets(a, b);
    case REF_SID:
        return without_order(compare_octets(a, b));
    case REF_BOOLEAN:
    case REF_SET:
        break;
    }
    return REF_INCOMPARABLE;
}

/* Text from @offset up to its terminator. */
static bool text_at(struct ref_bytes whole, size_t offset, size_t *ret_n_bytes)
{
    for (size_t at = offset; whole.size >= 2 && at <= whole.size - 2; at += 2) {
        if (whole.bytes[at] == 0 && whole.bytes[at + 1] == 0) {
            *ret_n_bytes = at - offset;
            return true;
        }
    }
    return false;
}

static size_t value_offset(const struct ref_claim *claim, size_t index)
{
    return (size_t)ref_number(claim->whole.bytes + HEADER_SIZE + 4 * index, 4);
}

static bool is_text(uint16_t type)
{
    return type == TSR_CLAIM_STRING || type == TSR_CLAIM_FQBN;
}

/* How many bytes the value takes, with its length or terminator; false if it is malformed. */
static bool value_extent(const struct ref_claim *claim, size_t index, size_t *ret_extent)
{
    const struct ref_bytes whole = claim->whole;
    const size_t offset = value_offset(claim, index);
    size_t n_bytes;
    tsr_sid sid;

    if (is_text(claim->type)) {
        if (!text_at(whole, offset, &n_bytes)) {
            return false;
        }
        *ret_extent = n_bytes + 2;
        return true;
    }
    if (claim->type != TSR_CLAIM_SID && claim->type != TSR_CLAIM_OCTETS) {
        *ret_extent = 8;
        return offset <= whole.size && whole.size - offset >= 8;
    }
    if (offset > whole.size || whole.size - offset < 4) {
        return false;
    }
    n_bytes = (size_t)ref_number(whole.bytes + offset, 4);
    *ret_extent = 4 + n_bytes;
    return n_bytes <= whole.size - offset - 4 &&
           (claim->type != TSR_CLAIM_SID || ref_sid_read(whole.bytes + offset + 4, n_bytes, &sid));
}

/* Every value inside, and together no more than there is room behind their offsets. */
static bool values_are_whole(const struct ref_claim *claim)
{
    const size_t n_before = HEADER_SIZE + 4 * (size_t)claim->n_values;
    size_t n_taken = 0;

    for (size_t i = 0; i < claim->n_values; i++) {
        size_t extent;

        if (!value_extent(claim, i, &extent)) {
            return false;
        }
        n_taken += extent;
    }
    return n_taken <= claim->whole.size - n_before;
}

static bool type_is_known(uint16_t type)
{
    return (type >= TSR_CLAIM_INT64 && type <= TSR_CLAIM_BOOLEAN) || type == TSR_CLAIM_OCTETS;
}

bool ref_claim_read(const uint8_t *bytes, size_t size, struct ref_claim *ret_claim)
{
    struct ref_claim claim = {.whole = {bytes, size}};
    size_t name_offset;

    if (size < HEADER_SIZE || size > TSR_CLAIM_SIZE_MAX) {
        return false;
    }
    name_offset = (size_t)ref_number(bytes, 4);
    claim.type = (uint16_t)ref_number(bytes + 4, 2);
    claim.flags = (uint32_t)ref_number(bytes + 8, 4);
    claim.n_values = (uint32_t)ref_number(bytes + 12, 4);
    if (!type_is_known(claim.type) || claim.flags & TSR_CLAIM_RESERVED_FLAGS ||
        claim.n_values > (size - HEADER_SIZE) / 4 ||
        !text_at(claim.whole, name_offset, &claim.n_name) || !values_are_whole(&claim)) {
        return false;
    }
    claim.name = bytes + name_offset;
    *ret_claim = claim;
    return true;
}

struct ref_value ref_claim_value(const struct ref_claim *claim, size_t index)
{
    const uint8_t *at = claim->whole.bytes + value_offset(claim, index);
    struct ref_value value = {.is_case_sensitive = claim->flags & TSR_CLAIM_CASE_SENSITIVE};

    if (is_text(claim->type)) {
        value.type = claim->type == TSR_CLAIM_STRING ? REF_STRING : REF_FQBN;
        value.bytes = at;
        (void)text_at(claim->whole, value_offset(claim, index), &value.n_bytes);
    } else if (claim->type == TSR_CLAIM_SID || claim->type == TSR_CLAIM_OCTETS) {
        value.type = claim->type == TSR_CLAIM_SID ? REF_SID : REF_OCTETS;
        value.bytes = at + 4;
        value.n_bytes = (size_t)ref_number(at, 4);
    } else {
        value.type = claim->type == TSR_CLAIM_BOOLEAN ? REF_BOOLEAN : REF_INTEGER;
        value.magnitude = ref_number(at, 8);
        value.is_negative = claim->type == TSR_CLAIM_INT64 && value.magnitude >> 63;
        if (value.is_negative) {
            value.magnitude = -value.magnitude;
        }
    }
    return value;
}

/* Booleans as the numbers they are stored as: what does not compare may still be there twice. */
static bool are_twins(const struct ref_value *a, const struct ref_value *b)
{
    if (a->type == REF_BOOLEAN) {
        return a->magnitude == b->magnitude;
    }
    return ref_compare(a, b) == REF_EQUAL;
}

bool ref_claim_has_twins(const struct ref_claim *claim)
{
    for (size_t i = 0; i < claim->n_values; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct ref_value a = ref_claim_value(claim, i);
            const struct ref_value b = ref_claim_value(claim, j);

            if (are_twins(&a, &b)) {
                return true;
            }
        }
    }
    return false;
}
