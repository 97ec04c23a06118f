/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SID set: "is this SID mine?" in constant time
 *
 * A table of SIDs, which never changes once it is built and may have many owners, and for each SID
 * a byte that says how it takes part. Sets of the same SIDs that differ in those bytes share the
 * table, so that filtering a token hashes nothing.
 *
 * The table is one block of shared memory:
 *
 *     header
 *     last        the last sub-authority of each SID, in the order in which they were given
 *     bitmap      of these, at least 16 bits for each SID: most SIDs of an ACL are not in a token,
 *                 and end here, at the cost of one multiplication
 *     slots       open addressing by a hash of the whole SID: 1 + index of the SID, 0 is free
 *     prefix_at   where the rest of each SID is, in units of four bytes
 *     prefixes    encoded SIDs without their last sub-authority: those of one domain share one
 *
 * Slots and prefix_at are numbers of 16 bits, or of 32 in tables of many SIDs. A SID is looked up
 * in its encoded form, so that an ACE is compared where it lies.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/shared.h"

#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)
#define BIT_FACTOR  0x9e3779b1u

struct sid_table {
    uint64_t seeds[2];
    const uint64_t *bitmap;
    const void *slots;
    const void *prefix_at;
    const uint8_t *prefixes;
    uint32_t n_sids;
    uint32_t slot_mask;
    uint32_t bitmap_shift;
    bool is_wide;     /* numbers of 32 bits */
    bool has_repeats; /* a SID is there twice; looking it up finds the first */
    uint32_t last[];
};

struct sid_set {
    const uint64_t *bitmap; /* of the table, and its shift: what decides most lookups */
    uint32_t bitmap_shift;
    const struct sid_table *table; /* owned reference */
    const uint8_t *matches;        /* SID_MATCHES_…, of each SID of the table */
};

static inline uint64_t load64(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint64_t mixed(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/*
 * Every byte counts: the first and the last sixteen of a SID, which are all of one with up to six
 * sub-authorities, and what is between.
 */
ALWAYS_INLINE uint64_t sid_hash(const struct sid_table *table, const uint8_t *sid, size_t size)
{
    uint64_t first = load64(sid) ^ table->seeds[0];
    uint64_t last = load64(sid + size - 8) ^ table->seeds[1];

    if (size > 16) {
        first += load64(sid + 8) * HASH_FACTOR;
        last += load64(sid + size - 16) * HASH_FACTOR;
    }
    for (size_t at = 16; at + 16 < size; at += 8) {
        first = mixed(first, table->seeds[1] ^ load64(sid + at));
    }
    return mixed(first, last);
}

/* Where a SID is in the bitmap. It depends on the last four bytes alone: the table knows the rest.
 */
ALWAYS_INLINE uint32_t sid_bit(uint32_t bitmap_shift, const uint8_t *sid, size_t size)
{
    return (load_le32(sid + size - 4) * BIT_FACTOR) >> bitmap_shift;
}

ALWAYS_INLINE uint32_t number_at(const void *numbers, size_t at, bool is_wide)
{
    return is_wide ? ((const uint32_t *)numbers)[at] : ((const uint16_t *)numbers)[at];
}

ALWAYS_INLINE const uint8_t *sid_prefix(const struct sid_table *table, uint32_t index, bool is_wide)
{
    return table->prefixes + 4 * (size_t)number_at(table->prefix_at, index, is_wide);
}

/* The size of what a SID shares with those that differ in the last sub-authority alone. */
ALWAYS_INLINE size_t sid_prefix_size(size_t size)
{
    return size == TSR_SID_SIZE_MIN ? size : size - 4;
}

/* Whether a SID of @size begins with @prefix, whose first eight bytes tell its own size. */
ALWAYS_INLINE bool sid_begins_with(const uint8_t *sid, const uint8_t *prefix, size_t size)
{
    uint64_t differ = 0;
    size_t at = 8;

    if (load64(sid) != load64(prefix)) {
        return false;
    }
    for (; at + 12 <= size; at += 8) {
        differ |= load64(sid + at) ^ load64(prefix + at);
    }
    if (at + 8 == size) {
        differ |= load_le32(sid + at) ^ load_le32(prefix + at);
    }
    return differ == 0;
}

/* The slot that holds this SID, or the free one where it belongs; @is_wide is that of the table. */
ALWAYS_INLINE uint32_t slot_find(const struct sid_table *table, const uint8_t *sid, size_t size,
                                 bool is_wide)
{
    const uint32_t last = load_le32(sid + size - 4);
    uint32_t at = (uint32_t)sid_hash(table, sid, size) & table->slot_mask;
    uint32_t number;

    while ((number = number_at(table->slots, at, is_wide)) != 0 &&
           (table->last[number - 1] != last ||
            !sid_begins_with(sid, sid_prefix(table, number - 1, is_wide), size))) {
        at = (at + 1) & table->slot_mask;
    }
    return at;
}

/* 1 + the first index of an encoded SID in a table that is wide; 0: it is not there. */
uint32_t number_find_wide(const struct sid_table *table, const uint8_t *sid, size_t size);

/* The same in any table. */
ALWAYS_INLINE uint32_t number_find(const struct sid_table *table, const uint8_t *sid, size_t size)
{
    return table->is_wide ? number_find_wide(table, sid, size)
                          : number_at(table->slots, slot_find(table, sid, size, false), false);
}

/* How an entry takes part; an entry with neither matches nothing. */
#define SID_MATCHES_ALLOW 0x1u
#define SID_MATCHES_DENY  0x2u

/**
 * Build a table of @n_sids SIDs.
 *
 * @param ret_table  one reference, owned by the caller; untouched on failure
 * @return STATUS_INVALID_SID, STATUS_INVALID_PARAMETER (too many), STATUS_NO_MEMORY
 */
tsr_status sid_table_new(const tsr_sid *const *sids, size_t n_sids, struct sid_table **ret_table);

/** Take a reference. @return @table */
static inline const struct sid_table *sid_table_ref(const struct sid_table *table)
{
    shared_ref(table);
    return table;
}

/** Drop a reference; accepts NULL. @return NULL, always. */
static inline struct sid_table *sid_table_unref(const struct sid_table *table)
{
    return shared_unref(table);
}

DEFINE_CLEANUP(struct sid_table *, sid_table_unref);

/** The encoded form of a SID; @index must be less than n_sids. @return its size */
size_t sid_table_encode(const struct sid_table *table, uint32_t index,
                        uint8_t ret_encoded[TSR_SID_SIZE_MAX]);

/** A SID; @index must be less than n_sids. */
tsr_sid sid_table_get(const struct sid_table *table, uint32_t index);

/** Whether the table holds @sid. @param ret_index  the first of its places; untouched if not */
bool sid_table_find(const struct sid_table *table, const tsr_sid *sid, uint32_t *ret_index);

/** The first place of the SID that is also at @index. */
uint32_t sid_table_first(const struct sid_table *table, uint32_t index);

/**
 * Make a set of a table.
 *
 * @param table    a reference that becomes the set's
 * @param matches  SID_MATCHES_… of each SID, borrowed as long as the set; those of a SID that is
 *                 repeated are merged in its first place
 */
void sid_set_init(struct sid_set *set, const struct sid_table *table, uint8_t *matches);

struct sid_set_entry {
    tsr_sid sid;
    uint8_t matches; /* SID_MATCHES_… */
};

/**
 * Build a set that stands alone; entries that name the same SID are merged.
 *
 * @param ret_set  owned by the caller, sid_set_free(); untouched on failure
 * @return as sid_table_new()
 */
tsr_status sid_set_new(const struct sid_set_entry *entries, size_t n_entries,
                       struct sid_set **ret_set);

/** Free what sid_set_new() made; accepts NULL. @return NULL, always */
struct sid_set *sid_set_free(struct sid_set *set);

DEFINE_CLEANUP(struct sid_set *, sid_set_free);

/** How the encoded SID takes part: SID_MATCHES_… bits; 0 if it is not in the set. */
ALWAYS_INLINE uint8_t sid_set_matches(const struct sid_set *set, const uint8_t *encoded_sid)
{
    const size_t size = tsr_encoded_sid_size(encoded_sid);
    const uint32_t bit = sid_bit(set->bitmap_shift, encoded_sid, size);
    uint32_t number;

    if (!(set->bitmap[bit >> 6] >> (bit & 63) & 1)) {
        return 0;
    }
    number = number_find(set->table, encoded_sid, size);
    return number == 0 ? 0 : set->matches[number - 1];
}
