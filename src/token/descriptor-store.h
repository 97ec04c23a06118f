/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of a descriptor store
 *
 * A hash table under one lock. The store itself holds a reference to each of its descriptors, so
 * that dropping one needs no lock: with one reference left nobody but the store has it, and under
 * the lock nobody can get it.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/decision.h>

#include "base/check.h"

#define HASH_LANES 4 /* multiplications that do not wait for each other */

/* Random and secret, so that nobody can make descriptors that collide. */
struct hash_key {
    uint64_t lanes[HASH_LANES];
    uint64_t factor;
};

struct tsr_descriptor {
    atomic_size_t n_refs;
    uint64_t id;
    uint64_t hash;
    tsr_descriptor *next; /* in its bucket */
    bool used;            /* since the hand last passed */
    tsr_sd sd;            /* view of @bytes */
    uint8_t bytes[];
};

struct tsr_descriptor_store {
    pthread_mutex_t lock;
    struct hash_key key;
    size_t n_descriptors_max;
    size_t n_bytes_max;
    size_t n_buckets; /* a power of two */
    size_t hand;      /* the bucket where looking for something to evict goes on */
    tsr_descriptor_statistics statistics;
    tsr_descriptor **buckets; /* owned */
};

DEFINE_CLEANUP(__typeof__(tsr_descriptor *), tsr_descriptor_unref);
DEFINE_CLEANUP(__typeof__(tsr_descriptor_store *), tsr_descriptor_store_free);

/** The hash by which a store with this key finds a descriptor. */
uint64_t descriptor_hash(const struct hash_key *key, const uint8_t *bytes, size_t size);
