/* SPDX-License-Identifier: MIT */
/*
 * SID set: "is this SID mine?" in constant time.
 *
 * One block of memory: header, bitmap, table, encoded SIDs. The bitmap has at least 16 bits per
 * entry, so that about one lookup in seventeen of a SID that is not there reaches the table; the
 * table is at most half full. The hash takes in every byte and starts from the set's own address,
 * so that SIDs cannot be made to collide beforehand; if some do, it costs time, never a wrong
 * answer.
 */

#include "sec/sid-set.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"

#define BITS_PER_ENTRY 16
#define HASH_FACTOR    UINT64_C(0x9e3779b97f4a7c15)

struct slot {
    uint32_t tag;    /* more bits of the hash, to skip most comparisons */
    uint32_t offset; /* of the entry, in the arena; 0: free */
};

/* An entry in the arena: how it matches, then the encoded SID. Offset 0 is a placeholder. */
#define ENTRY_SID 4

struct sid_set {
    uint64_t seed;
    uint32_t slot_mask;
    uint32_t bitmap_shift;
    uint64_t *bitmap;
    struct slot *slots;
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

/* Sixteen bytes at a time, the last eight of the SID always among them. */
static inline uint64_t sid_hash(const struct sid_set *set, const uint8_t *sid, size_t size)
{
    const size_t last = size - 8;
    uint64_t hash =
        mixed(load64(sid) ^ set->seed, load64(sid + (last < 8 ? last : 8)) ^ HASH_FACTOR);

    for (size_t at = 16; at < size; at += 16) {
        hash ^= mixed(load64(sid + (at < last ? at : last)) ^ (set->seed + at),
                      load64(sid + (at + 8 < last ? at + 8 : last)) ^ HASH_FACTOR);
    }
    return hash;
}

/* The slot that holds this SID, or the free one where it belongs. */
static inline struct slot *slot_find(const struct sid_set *set, const uint8_t *sid, size_t size,
                                     uint64_t hash)
{
    uint32_t at = (uint32_t)hash & set->slot_mask;

    while (set->slots[at].offset != 0 &&
           (set->slots[at].tag != (uint32_t)(hash >> 32) ||
            memcmp(set->arena + set->slots[at].offset + ENTRY_SID, sid, size) != 0)) {
        at = (at + 1) & set->slot_mask;
    }
    return &set->slots[at];
}

/* Deny-only wins where a SID is named twice: the stricter reading. */
static uint8_t merged(uint8_t a, uint8_t b)
{
    if (a == 0 || b == 0) {
        return a | b;
    }
    return (a & b & SID_MATCHES_ALLOW) | ((a | b) & SID_MATCHES_DENY);
}

static void set_add(struct sid_set *set, const struct sid_set_entry *entry, size_t *n_arena)
{
    uint8_t *room = set->arena + *n_arena;
    uint64_t hash;
    struct slot *slot;
    size_t size;
    uint8_t *known;

    if (tsr_failed(tsr_sid_encode(&entry->sid, room + ENTRY_SID, TSR_SID_SIZE_MAX, &size))) {
        return;
    }
    hash = sid_hash(set, room + ENTRY_SID, size);
    slot = slot_find(set, room + ENTRY_SID, size, hash);
    if (slot->offset != 0) {
        known = set->arena + slot->offset;
        known[0] = merged(known[0], entry->matches);
        return;
    }

    room[0] = entry->matches;
    slot->tag = (uint32_t)(hash >> 32);
    slot->offset = (uint32_t)*n_arena;
    set->bitmap[hash >> set->bitmap_shift >> 6] |= UINT64_C(1) << (hash >> set->bitmap_shift & 63);
    *n_arena += ENTRY_SID + size;
}

/* The exponent of the smallest power of two that is at least @n. */
static uint32_t log2_ceiling(size_t n)
{
    return n <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(n - 1);
}

tsr_status sid_set_new(const struct sid_set_entry *entries, size_t n_entries,
                       struct sid_set **ret_set)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t n_arena = ENTRY_SID;
    uint32_t n_bitmap_log2;
    struct sid_set *set;
    size_t bitmap_size;
    size_t n_slots;
    size_t size;

    /* Bounds every product below. */
    REQUIRE(n_entries <= UINT32_MAX / 256, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < n_entries; i++) {
        TRY(tsr_sid_encode(&entries[i].sid, encoded, sizeof(encoded), &size));
        n_arena += ENTRY_SID + size;
    }
    n_bitmap_log2 = log2_ceiling(n_entries * BITS_PER_ENTRY + 64);
    bitmap_size = ((size_t)1 << n_bitmap_log2) / 8;
    n_slots = (size_t)1 << log2_ceiling(2 * n_entries + 2);
    set = calloc(1, sizeof(*set) + bitmap_size + n_slots * sizeof(struct slot) + n_arena +
                        TSR_SID_SIZE_MAX);
    REQUIRE(set, STATUS_NO_MEMORY);

    set->seed = (uint64_t)(uintptr_t)set * HASH_FACTOR;
    set->slot_mask = (uint32_t)n_slots - 1;
    set->bitmap_shift = 64 - n_bitmap_log2;
    set->bitmap = (uint64_t *)(set + 1);
    set->slots = (struct slot *)((uint8_t *)set->bitmap + bitmap_size);
    set->arena = (uint8_t *)(set->slots + n_slots);
    n_arena = ENTRY_SID;
    for (size_t i = 0; i < n_entries; i++) {
        set_add(set, &entries[i], &n_arena);
    }

    *ret_set = set;
    return TSR_OK;
}

struct sid_set *sid_set_free(struct sid_set *set)
{
    free(set);
    return NULL;
}

uint8_t sid_set_matches(const struct sid_set *set, const uint8_t *encoded_sid)
{
    const size_t size = tsr_encoded_sid_size(encoded_sid);
    const uint64_t hash = sid_hash(set, encoded_sid, size);
    const uint64_t bit = hash >> set->bitmap_shift;
    const struct slot *slot;

    if (!(set->bitmap[bit >> 6] >> (bit & 63) & 1)) {
        return 0;
    }
    slot = slot_find(set, encoded_sid, size, hash);
    return slot->offset == 0 ? 0 : set->arena[slot->offset];
}
