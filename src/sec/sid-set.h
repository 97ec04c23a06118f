/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SID set: "is this SID mine?" in constant time
 *
 * Built once, then read-only. A bitmap of the last sub-authorities stands in front of an
 * open-addressing table: most SIDs of an ACL are not in a token, and end at the bitmap, at the cost
 * of one multiplication. Keys are encoded SIDs, so that an ACE is looked up where it lies.
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

#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)
#define BIT_FACTOR  0x9e3779b1u

struct sid_slot {
    uint32_t tag;    /* more bits of the hash, to skip most comparisons */
    uint32_t offset; /* of the entry, in the arena; 0: free */
};

/* An entry in the arena: how it matches, then the encoded SID. Offset 0 is a placeholder. */
#define ENTRY_SID 4

struct sid_set {
    uint64_t seeds[2];
    uint32_t slot_mask;
    uint32_t bitmap_shift;
    uint64_t *bitmap;
    struct sid_slot *slots;
    uint8_t *arena;
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
ALWAYS_INLINE uint64_t sid_hash(const struct sid_set *set, const uint8_t *sid, size_t size)
{
    uint64_t first = load64(sid) ^ set->seeds[0];
    uint64_t last = load64(sid + size - 8) ^ set->seeds[1];

    if (size > 16) {
        first += load64(sid + 8) * HASH_FACTOR;
        last += load64(sid + size - 16) * HASH_FACTOR;
    }
    for (size_t at = 16; at + 16 < size; at += 8) {
        first = mixed(first, set->seeds[1] ^ load64(sid + at));
    }
    return mixed(first, last);
}

/* Where a SID is in the bitmap. It depends on the last four bytes alone: the table knows the rest.
 */
ALWAYS_INLINE uint32_t sid_bit(const struct sid_set *set, const uint8_t *sid, size_t size)
{
    return (load_le32(sid + size - 4) * BIT_FACTOR) >> set->bitmap_shift;
}

/* Whether two encoded SIDs of the same size, which is at least 8, are equal. */
ALWAYS_INLINE bool sid_bytes_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t differ = (load64(a) ^ load64(b)) | (load64(a + size - 8) ^ load64(b + size - 8));

    if (size > 16) {
        differ |= (load64(a + 8) ^ load64(b + 8)) | (load64(a + size - 16) ^ load64(b + size - 16));
    }
    for (size_t at = 16; at + 16 < size; at += 8) {
        differ |= load64(a + at) ^ load64(b + at);
    }
    return differ == 0;
}

/* The slot that holds this SID, or the free one where it belongs. */
static inline struct sid_slot *slot_find(const struct sid_set *set, const uint8_t *sid, size_t size,
                                         uint64_t hash)
{
    uint32_t at = (uint32_t)hash & set->slot_mask;

    while (set->slots[at].offset != 0 &&
           (set->slots[at].tag != (uint32_t)(hash >> 32) ||
            !sid_bytes_equal(set->arena + set->slots[at].offset + ENTRY_SID, sid, size))) {
        at = (at + 1) & set->slot_mask;
    }
    return &set->slots[at];
}

/* How an entry takes part; an entry with neither matches nothing. */
#define SID_MATCHES_ALLOW 0x1u
#define SID_MATCHES_DENY  0x2u

struct sid_set_entry {
    tsr_sid sid;
    uint8_t matches; /* SID_MATCHES_… */
};

/**
 * Build a set; entries that name the same SID are merged.
 *
 * @param ret_set  owned by the caller, sid_set_free(); untouched on failure
 * @return STATUS_INVALID_SID, STATUS_INVALID_PARAMETER (too many), STATUS_NO_MEMORY
 */
tsr_status sid_set_new(const struct sid_set_entry *entries, size_t n_entries,
                       struct sid_set **ret_set);

/** @return NULL, always */
struct sid_set *sid_set_free(struct sid_set *set);

/** How the encoded SID takes part: SID_MATCHES_… bits; 0 if it is not in the set. */
ALWAYS_INLINE uint8_t sid_set_matches(const struct sid_set *set, const uint8_t *encoded_sid)
{
    const size_t size = tsr_encoded_sid_size(encoded_sid);
    const uint32_t bit = sid_bit(set, encoded_sid, size);
    const struct sid_slot *slot;

    if (!(set->bitmap[bit >> 6] >> (bit & 63) & 1)) {
        return 0;
    }
    slot = slot_find(set, encoded_sid, size, sid_hash(set, encoded_sid, size));
    return slot->offset == 0 ? 0 : set->arena[slot->offset];
}
