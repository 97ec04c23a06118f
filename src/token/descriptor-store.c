/* SPDX-License-Identifier: MIT */
/* Descriptor store: equal bytes -> one validated object with a number of its own. */

#include "token/descriptor-store.h"

#include <string.h>
#include <unistd.h>

#include "sec/sid-set.h"

#define PAIR  16 /* bytes that one multiplication takes in */
#define BLOCK (HASH_LANES * PAIR)

static _Atomic uint64_t id_next = 1;

static void hash_block(const struct hash_key *key, uint64_t lanes[HASH_LANES], const uint8_t *block)
{
    for (size_t i = 0; i < HASH_LANES; i++) {
        lanes[i] = mixed(lanes[i] ^ load64(block + i * PAIR),
                         key->factor ^ load64(block + i * PAIR + sizeof(uint64_t)));
    }
}

uint64_t descriptor_hash(const struct hash_key *key, const uint8_t *bytes, size_t size)
{
    uint64_t lanes[HASH_LANES];
    uint8_t rest[BLOCK] = {0};
    uint64_t hash = size;
    size_t n_left = size;

    memcpy(lanes, key->lanes, sizeof(lanes));
    for (; n_left >= BLOCK; n_left -= BLOCK, bytes += BLOCK) {
        hash_block(key, lanes, bytes);
    }
    if (n_left > 0) {
        memcpy(rest, bytes, n_left);
        hash_block(key, lanes, rest);
    }
    for (size_t i = 0; i < HASH_LANES; i++) {
        hash = mixed(hash ^ lanes[i], key->factor);
    }
    return hash;
}

static size_t charge_of(const tsr_descriptor *descriptor)
{
    return sizeof(*descriptor) + descriptor->sd.size;
}

static tsr_descriptor **bucket_of(tsr_descriptor_store *store, uint64_t hash)
{
    return &store->buckets[hash & (store->n_buckets - 1)];
}

/* A new reference; NULL if it is not there. */
static tsr_descriptor *find(tsr_descriptor_store *store, uint64_t hash, const void *bytes,
                            size_t size)
{
    for (tsr_descriptor *at = *bucket_of(store, hash); at; at = at->next) {
        if (at->hash == hash && at->sd.size == size && memcmp(at->bytes, bytes, size) == 0) {
            at->used = true;
            return tsr_descriptor_ref(at);
        }
    }
    return NULL;
}

static tsr_descriptor *look_up(tsr_descriptor_store *store, uint64_t hash, const void *bytes,
                               size_t size)
{
    tsr_descriptor *known;

    (void)pthread_mutex_lock(&store->lock);
    known = find(store, hash, bytes, size);
    if (known) {
        store->statistics.n_hits++;
    } else {
        store->statistics.n_misses++;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return known;
}

/* The hand passes. @return whether nobody has it and nobody asked for it since the last time */
static bool hand_takes(tsr_descriptor *descriptor)
{
    if (atomic_load_explicit(&descriptor->n_refs, memory_order_relaxed) > 1) {
        return false;
    }
    if (descriptor->used) {
        descriptor->used = false;
        return false;
    }
    return true;
}

static void evict(tsr_descriptor_store *store, tsr_descriptor **link)
{
    tsr_descriptor *const descriptor = *link;

    *link = descriptor->next;
    store->statistics.n_descriptors--;
    store->statistics.n_bytes -= charge_of(descriptor);
    store->statistics.n_evictions++;
    (void)tsr_descriptor_unref(descriptor);
}

/* Evict one descriptor. @return whether there was one */
static bool evict_any(tsr_descriptor_store *store)
{
    /* The first time round may do no more than forget who was used. */
    for (size_t n = 0; n <= 2 * store->n_buckets; n++) {
        for (tsr_descriptor **link = &store->buckets[store->hand]; *link; link = &(*link)->next) {
            if (hand_takes(*link)) {
                evict(store, link);
                return true;
            }
        }
        store->hand = (store->hand + 1) & (store->n_buckets - 1);
    }
    return false;
}

static tsr_status make_room(tsr_descriptor_store *store, size_t charge)
{
    while (store->statistics.n_descriptors >= store->n_descriptors_max ||
           store->statistics.n_bytes > store->n_bytes_max - charge) {
        REQUIRE(evict_any(store), STATUS_INSUFFICIENT_RESOURCES);
    }
    return TSR_OK;
}

static tsr_status descriptor_new(uint64_t hash, const void *bytes, size_t size,
                                 tsr_descriptor **ret_descriptor)
{
    CLEANUP(tsr_descriptor_unref) tsr_descriptor *descriptor = NULL;
    tsr_sd sd;

    TRY(tsr_sd_view(bytes, size, &sd));
    descriptor = calloc(1, sizeof(*descriptor) + size);
    REQUIRE(descriptor, STATUS_NO_MEMORY);

    atomic_init(&descriptor->n_refs, 1);
    descriptor->id = atomic_fetch_add_explicit(&id_next, 1, memory_order_relaxed);
    descriptor->hash = hash;
    memcpy(descriptor->bytes, bytes, size);
    /* What counts is the copy: the caller's bytes may have changed meanwhile. */
    TRY(tsr_sd_view(descriptor->bytes, size, &descriptor->sd));

    *ret_descriptor = STEAL(descriptor);
    return TSR_OK;
}

/* Enter a new descriptor, unless another thread was faster: then it is theirs that counts. */
static tsr_status add(tsr_descriptor_store *store, tsr_descriptor *made,
                      tsr_descriptor **ret_descriptor)
{
    tsr_descriptor **const bucket = bucket_of(store, made->hash);
    tsr_descriptor *const known = find(store, made->hash, made->bytes, made->sd.size);

    if (known) {
        *ret_descriptor = known;
        return TSR_OK;
    }
    TRY(make_room(store, charge_of(made)));

    made->next = *bucket;
    *bucket = tsr_descriptor_ref(made);
    store->statistics.n_descriptors++;
    store->statistics.n_bytes += charge_of(made);

    *ret_descriptor = tsr_descriptor_ref(made);
    return TSR_OK;
}

/* The smallest power of two that is at least @n. */
static size_t power_of_two(size_t n)
{
    size_t power = 1;

    while (power < n) {
        power *= 2;
    }
    return power;
}

tsr_status tsr_descriptor_store_new(size_t n_descriptors_max, size_t n_bytes_max,
                                    tsr_descriptor_store **ret_store)
{
    CLEANUP(free) tsr_descriptor **buckets = NULL;
    CLEANUP(free) tsr_descriptor_store *store = NULL;

    REQUIRE(n_descriptors_max >= 1 && n_descriptors_max <= TSR_DESCRIPTORS_MAX,
            STATUS_INVALID_PARAMETER);
    REQUIRE(n_bytes_max >= sizeof(tsr_descriptor), STATUS_INVALID_PARAMETER);
    store = calloc(1, sizeof(*store));
    REQUIRE(store, STATUS_NO_MEMORY);
    store->n_descriptors_max = n_descriptors_max;
    store->n_bytes_max = n_bytes_max;
    store->n_buckets = power_of_two(n_descriptors_max);
    buckets = array_new(store->n_buckets, sizeof(*buckets));
    REQUIRE(buckets, STATUS_NO_MEMORY);
    REQUIRE(getentropy(&store->key, sizeof(store->key)) == 0, STATUS_INSUFFICIENT_RESOURCES);
    store->key.factor |= 1; /* or the lowest bits of a hash depend on less than all of its input */
    REQUIRE(pthread_mutex_init(&store->lock, NULL) == 0, STATUS_NO_MEMORY);

    store->buckets = STEAL(buckets);
    *ret_store = STEAL(store);
    return TSR_OK;
}

tsr_descriptor_store *tsr_descriptor_store_free(tsr_descriptor_store *store)
{
    tsr_descriptor *descriptor;

    if (!store) {
        return NULL;
    }
    for (size_t i = 0; i < store->n_buckets; i++) {
        while ((descriptor = store->buckets[i])) {
            store->buckets[i] = descriptor->next;
            (void)tsr_descriptor_unref(descriptor);
        }
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store->buckets);
    free(store);
    return NULL;
}

tsr_status tsr_descriptor_store_intern(tsr_descriptor_store *store, const void *bytes, size_t size,
                                       tsr_descriptor **ret_descriptor)
{
    CLEANUP(tsr_descriptor_unref) tsr_descriptor *made = NULL;
    tsr_descriptor *known;
    tsr_status status;
    uint64_t hash;

    REQUIRE(size <= store->n_bytes_max - sizeof(*made), STATUS_INSUFFICIENT_RESOURCES);
    hash = descriptor_hash(&store->key, bytes, size);
    known = look_up(store, hash, bytes, size);
    if (known) {
        *ret_descriptor = known;
        return TSR_OK;
    }
    TRY(descriptor_new(hash, bytes, size, &made));

    (void)pthread_mutex_lock(&store->lock);
    status = add(store, made, ret_descriptor);
    (void)pthread_mutex_unlock(&store->lock);
    return status;
}

void tsr_descriptor_store_get_statistics(tsr_descriptor_store *store,
                                         tsr_descriptor_statistics *ret_statistics)
{
    (void)pthread_mutex_lock(&store->lock);
    *ret_statistics = store->statistics;
    (void)pthread_mutex_unlock(&store->lock);
}

tsr_descriptor *tsr_descriptor_ref(tsr_descriptor *descriptor)
{
    if (descriptor) {
        atomic_fetch_add_explicit(&descriptor->n_refs, 1, memory_order_relaxed);
    }
    return descriptor;
}

tsr_descriptor *tsr_descriptor_unref(tsr_descriptor *descriptor)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (descriptor &&
        atomic_fetch_sub_explicit(&descriptor->n_refs, 1, memory_order_acq_rel) == 1) {
        free(descriptor);
    }
    return NULL;
}

const tsr_sd *tsr_descriptor_peek_sd(const tsr_descriptor *descriptor)
{
    return &descriptor->sd;
}

uint64_t tsr_descriptor_id(const tsr_descriptor *descriptor)
{
    return descriptor->id;
}
