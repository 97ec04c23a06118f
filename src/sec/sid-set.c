/* SPDX-License-Identifier: MIT */
/*
 * SID set: "is this SID mine?" in constant time.
 *
 * About one lookup in seventeen of a SID that is not there passes the bitmap, unless its last
 * sub-authority is that of one that is; the slots are at most half full. The hash takes in every
 * byte and starts from the table's own address, so that SIDs cannot be made to collide beforehand;
 * if some do, it costs time, never a wrong answer.
 */

#include "sec/sid-set.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"

#define BITS_PER_SID 16

/* Fewer SIDs than this need no larger numbers: not even if each has a prefix of its own, which is
 * of at most sixteen units. */
#define N_SIDS_WIDE 4096

/* A prefix is shared with one of the last few new ones, so that building stays linear whatever the
 * SIDs are. Tokens have fewer kinds of SIDs than this. */
#define N_RECENT 16

struct prefixes {
    const tsr_sid *recent[N_RECENT];
    uint32_t recent_at[N_RECENT];
    uint32_t n;
    uint32_t n_units; /* of four bytes */
};

static bool have_same_prefix(const tsr_sid *a, const tsr_sid *b)
{
    return a->n_sub_authorities == b->n_sub_authorities && a->authority == b->authority &&
           (a->n_sub_authorities == 0 ||
            memcmp(a->sub_authorities, b->sub_authorities,
                   (a->n_sub_authorities - 1u) * sizeof(a->sub_authorities[0])) == 0);
}

/* Where the prefix of @sid goes, or already is. */
static uint32_t prefix_place(struct prefixes *prefixes, const tsr_sid *sid)
{
    const uint32_t n_known = prefixes->n < N_RECENT ? prefixes->n : N_RECENT;
    const uint32_t place = prefixes->n_units;

    for (uint32_t i = 0; i < n_known; i++) {
        if (have_same_prefix(prefixes->recent[i], sid)) {
            return prefixes->recent_at[i];
        }
    }
    prefixes->recent[prefixes->n % N_RECENT] = sid;
    prefixes->recent_at[prefixes->n % N_RECENT] = place;
    prefixes->n++;
    prefixes->n_units += (uint32_t)sid_prefix_size(tsr_sid_size(sid)) / 4;
    return place;
}

/* @param ret_n_units  how many the prefixes of all take */
static tsr_status measure(const tsr_sid *const *sids, size_t n_sids, size_t *ret_n_units)
{
    struct prefixes prefixes = {0};
    size_t size;

    for (size_t i = 0; i < n_sids; i++) {
        /* Without room it only says whether this is a SID. */
        REQUIRE(tsr_sid_encode(sids[i], NULL, 0, &size).code != STATUS_INVALID_SID,
                STATUS_INVALID_SID);
        (void)prefix_place(&prefixes, sids[i]);
    }
    *ret_n_units = prefixes.n_units;
    return TSR_OK;
}

/* The exponent of the smallest power of two that is at least @n, which is more than 1. */
static uint32_t log2_ceiling(size_t n)
{
    return 64 - (uint32_t)__builtin_clzll(n - 1);
}

/* A table with room for all, and nothing in it. NULL: no memory */
static struct sid_table *table_allocate(size_t n_sids, size_t n_units)
{
    const uint32_t bitmap_log2 = log2_ceiling(n_sids * BITS_PER_SID + 64);
    const size_t bitmap_size = ((size_t)1 << bitmap_log2) / 8;
    const size_t n_last = n_sids + n_sids % 2; /* even: the bitmap behind it is aligned */
    const size_t n_slots = (size_t)1 << log2_ceiling(2 * n_sids + 2);
    const bool is_wide = n_sids >= N_SIDS_WIDE;
    const size_t number_size = is_wide ? sizeof(uint32_t) : sizeof(uint16_t);
    struct sid_table *table =
        shared_new(sizeof(*table) + n_last * sizeof(table->last[0]) + bitmap_size +
                   (n_slots + n_sids) * number_size + 4 * n_units);

    if (!table) {
        return NULL;
    }
    table->seeds[0] = (uint64_t)(uintptr_t)table * HASH_FACTOR;
    table->seeds[1] = mixed(table->seeds[0], HASH_FACTOR);
    table->bitmap = (const uint64_t *)(table->last + n_last);
    table->slots = (const uint8_t *)table->bitmap + bitmap_size;
    table->prefix_at = (const uint8_t *)table->slots + n_slots * number_size;
    table->prefixes = (const uint8_t *)table->prefix_at + n_sids * number_size;
    table->n_sids = (uint32_t)n_sids;
    table->slot_mask = (uint32_t)n_slots - 1;
    table->bitmap_shift = 32 - bitmap_log2;
    table->is_wide = is_wide;
    return table;
}

static void number_set(struct sid_table *table, const void *numbers, size_t at, uint32_t number)
{
    if (table->is_wide) {
        ((uint32_t *)numbers)[at] = number;
    } else {
        ((uint16_t *)numbers)[at] = (uint16_t)number;
    }
}

static void table_add(struct sid_table *table, uint32_t index, uint32_t prefix_at,
                      const uint8_t *sid, size_t size)
{
    const uint32_t bit = sid_bit(table->bitmap_shift, sid, size);
    const uint32_t slot = slot_find(table, sid, size, table->is_wide);

    table->last[index] = load_le32(sid + size - 4);
    number_set(table, table->prefix_at, index, prefix_at);
    memcpy((uint8_t *)table->prefixes + 4 * (size_t)prefix_at, sid, sid_prefix_size(size));
    if (number_at(table->slots, slot, table->is_wide) != 0) {
        table->has_repeats = true;
        return;
    }
    number_set(table, table->slots, slot, index + 1);
    ((uint64_t *)table->bitmap)[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

tsr_status sid_table_new(const tsr_sid *const *sids, size_t n_sids, struct sid_table **ret_table)
{
    CLEANUP(sid_table_unref) struct sid_table *table = NULL;
    uint8_t encoded[TSR_SID_SIZE_MAX];
    struct prefixes prefixes = {0};
    size_t n_units;
    size_t size;

    /* Bounds every product. */
    REQUIRE(n_sids <= UINT32_MAX / 256, STATUS_INVALID_PARAMETER);
    TRY(measure(sids, n_sids, &n_units));
    table = table_allocate(n_sids, n_units);
    REQUIRE(table, STATUS_NO_MEMORY);

    for (uint32_t i = 0; i < n_sids; i++) {
        TRY(tsr_sid_encode(sids[i], encoded, sizeof(encoded), &size));
        table_add(table, i, prefix_place(&prefixes, sids[i]), encoded, size);
    }

    *ret_table = STEAL(table);
    return TSR_OK;
}

uint32_t number_find_wide(const struct sid_table *table, const uint8_t *sid, size_t size)
{
    return number_at(table->slots, slot_find(table, sid, size, true), true);
}

size_t sid_table_encode(const struct sid_table *table, uint32_t index,
                        uint8_t ret_encoded[TSR_SID_SIZE_MAX])
{
    const uint8_t *const prefix = sid_prefix(table, index, table->is_wide);
    const size_t size = tsr_encoded_sid_size(prefix);

    memcpy(ret_encoded, prefix, sid_prefix_size(size));
    store_le32(ret_encoded + size - 4, table->last[index]);
    return size;
}

tsr_sid sid_table_get(const struct sid_table *table, uint32_t index)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    const size_t size = sid_table_encode(table, index, encoded);
    tsr_sid sid = {0};

    (void)tsr_sid_decode(encoded, size, &sid, NULL); /* It was encoded by us. */
    return sid;
}

bool sid_table_find(const struct sid_table *table, const tsr_sid *sid, uint32_t *ret_index)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    uint32_t number;
    size_t size;

    if (tsr_failed(tsr_sid_encode(sid, encoded, sizeof(encoded), &size))) {
        return false;
    }
    number = number_find(table, encoded, size);
    if (number == 0) {
        return false;
    }
    *ret_index = number - 1;
    return true;
}

uint32_t sid_table_first(const struct sid_table *table, uint32_t index)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (!table->has_repeats) {
        return index;
    }
    size = sid_table_encode(table, index, encoded);
    return number_find(table, encoded, size) - 1;
}

/* Deny-only wins where a SID is named twice: the stricter reading. */
static uint8_t merged(uint8_t a, uint8_t b)
{
    if (a == 0 || b == 0) {
        return a | b;
    }
    return (a & b & SID_MATCHES_ALLOW) | ((a | b) & SID_MATCHES_DENY);
}

void sid_set_init(struct sid_set *set, const struct sid_table *table, uint8_t *matches)
{
    for (uint32_t i = 0; table->has_repeats && i < table->n_sids; i++) {
        const uint32_t first = sid_table_first(table, i);

        if (first != i) {
            matches[first] = merged(matches[first], matches[i]);
        }
    }
    *set = (struct sid_set){table->bitmap, table->bitmap_shift, table, matches};
}

static tsr_status table_of_entries(const struct sid_set_entry *entries, size_t n_entries,
                                   struct sid_table **ret_table)
{
    CLEANUP(free) const tsr_sid **sids = NULL;

    REQUIRE(n_entries <= UINT32_MAX / 256, STATUS_INVALID_PARAMETER);
    sids = array_new(n_entries, sizeof(const tsr_sid *));
    REQUIRE(sids, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n_entries; i++) {
        sids[i] = &entries[i].sid;
    }
    return sid_table_new(sids, n_entries, ret_table);
}

tsr_status sid_set_new(const struct sid_set_entry *entries, size_t n_entries,
                       struct sid_set **ret_set)
{
    CLEANUP(sid_table_unref) struct sid_table *table = NULL;
    struct sid_set *set;
    uint8_t *matches;

    TRY(table_of_entries(entries, n_entries, &table));
    set = calloc(1, sizeof(*set) + n_entries);
    REQUIRE(set, STATUS_NO_MEMORY);

    matches = (uint8_t *)(set + 1);
    for (size_t i = 0; i < n_entries; i++) {
        matches[i] = entries[i].matches;
    }
    sid_set_init(set, STEAL(table), matches);

    *ret_set = set;
    return TSR_OK;
}

struct sid_set *sid_set_free(struct sid_set *set)
{
    if (set) {
        sid_table_unref(set->table);
    }
    free(set);
    return NULL;
}
