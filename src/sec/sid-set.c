/* SPDX-License-Identifier: MIT */
/*
 * SID set: "is this SID mine?" in constant time.
 *
 * One block of memory: header, bitmap, table, encoded SIDs. The bitmap has at least 16 bits per
 * entry, so that about one lookup in seventeen of a SID that is not there reaches the table, unless
 * its last sub-authority is that of one that is; the table is at most half full. The hash takes in
 * every byte and starts from the set's own address, so that SIDs cannot be made to collide
 * beforehand; if some do, it costs time, never a wrong answer.
 */

#include "sec/sid-set.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"

#define BITS_PER_ENTRY 16

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
    struct sid_slot *slot;
    uint8_t *known;
    uint32_t bit;
    size_t size;

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
    bit = sid_bit(set, room + ENTRY_SID, size);
    set->bitmap[bit >> 6] |= UINT64_C(1) << (bit & 63);
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
    set = calloc(1, sizeof(*set) + bitmap_size + n_slots * sizeof(struct sid_slot) + n_arena +
                        TSR_SID_SIZE_MAX);
    REQUIRE(set, STATUS_NO_MEMORY);

    set->seeds[0] = (uint64_t)(uintptr_t)set * HASH_FACTOR;
    set->seeds[1] = mixed(set->seeds[0], HASH_FACTOR);
    set->slot_mask = (uint32_t)n_slots - 1;
    set->bitmap_shift = 32 - n_bitmap_log2;
    set->bitmap = (uint64_t *)(set + 1);
    set->slots = (struct sid_slot *)((uint8_t *)set->bitmap + bitmap_size);
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
