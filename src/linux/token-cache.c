/* SPDX-License-Identifier: MIT */
/*
 * Token cache: who a caller is -> its token.
 *
 * A key has WAYS places; when all are taken, they are replaced in turn. When the groups of all
 * entries together are too many, entries go in the order of their places, starting where the last
 * time ended.
 */

#include "linux/token-cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 4
#define SETS (TOKEN_CACHE_ENTRIES / WAYS)

struct entry {
    uint64_t hash;
    struct token_key key; /* with groups owned */
    tsr_token *token;     /* a reference; NULL: the entry is free */
};

struct token_cache {
    pthread_rwlock_t lock;
    size_t n_groups; /* of all entries */
    size_t hand;     /* the entry to be dropped next for its groups */
    uint8_t next_way[SETS];
    struct entry entries[TOKEN_CACHE_ENTRIES];
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t key_hash(const struct token_key *key)
{
    uint64_t hash = mix((uint64_t)key->origin, (uint64_t)key->uid << 32 | key->gid);

    hash = mix(hash, key->capabilities);
    for (size_t i = 0; i < key->n_groups; i++) {
        hash = mix(hash, key->groups[i]);
    }
    return hash;
}

static bool key_equal(const struct token_key *a, const struct token_key *b)
{
    return a->origin == b->origin && a->uid == b->uid && a->gid == b->gid &&
           a->capabilities == b->capabilities && a->n_groups == b->n_groups &&
           (a->n_groups == 0 ||
            memcmp(a->groups, b->groups, a->n_groups * sizeof(*a->groups)) == 0);
}

static void entry_clear(struct token_cache *cache, struct entry *entry)
{
    cache->n_groups -= entry->key.n_groups;
    free((gid_t *)entry->key.groups);
    (void)tsr_token_unref(entry->token);
    *entry = (struct entry){0};
}

tsr_status token_cache_new(struct token_cache **ret_cache)
{
    CLEANUP(free) struct token_cache *cache = calloc(1, sizeof(*cache));

    REQUIRE(cache && pthread_rwlock_init(&cache->lock, NULL) == 0, STATUS_NO_MEMORY);

    *ret_cache = STEAL(cache);
    return TSR_OK;
}

struct token_cache *token_cache_free(struct token_cache *cache)
{
    if (cache) {
        for (size_t i = 0; i < TOKEN_CACHE_ENTRIES; i++) {
            entry_clear(cache, &cache->entries[i]);
        }
        (void)pthread_rwlock_destroy(&cache->lock);
        free(cache);
    }
    return NULL;
}

static struct entry *find(struct token_cache *cache, const struct token_key *key, uint64_t hash)
{
    struct entry *set = &cache->entries[hash % SETS * WAYS];

    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].token && set[way].hash == hash && key_equal(&set[way].key, key)) {
            return &set[way];
        }
    }
    return NULL;
}

tsr_token *token_cache_find(struct token_cache *cache, const struct token_key *key)
{
    const uint64_t hash = key_hash(key);
    struct entry *entry;
    tsr_token *token;

    (void)pthread_rwlock_rdlock(&cache->lock);
    entry = find(cache, key, hash);
    token = entry ? tsr_token_ref(entry->token) : NULL;
    (void)pthread_rwlock_unlock(&cache->lock);
    return token;
}

/* Drop entries until @n_groups more are within the bound. */
static void make_room(struct token_cache *cache, size_t n_groups)
{
    while (cache->n_groups > TOKEN_CACHE_GROUPS - n_groups) {
        entry_clear(cache, &cache->entries[cache->hand]);
        cache->hand = (cache->hand + 1) % TOKEN_CACHE_ENTRIES;
    }
}

/* A free place for the key, or one that is freed for it. */
static struct entry *take_place(struct token_cache *cache, uint64_t hash)
{
    const size_t index = hash % SETS;
    struct entry *set = &cache->entries[index * WAYS];
    struct entry *entry;

    for (size_t way = 0; way < WAYS; way++) {
        if (!set[way].token) {
            return &set[way];
        }
    }
    entry = &set[cache->next_way[index]];
    cache->next_way[index] = (uint8_t)((cache->next_way[index] + 1) % WAYS);
    entry_clear(cache, entry);
    return entry;
}

static void add(struct token_cache *cache, const struct token_key *key, uint64_t hash,
                gid_t **groups, tsr_token *token)
{
    struct entry *entry;

    if (find(cache, key, hash)) {
        return;
    }
    make_room(cache, key->n_groups);
    entry = take_place(cache, hash);
    *entry = (struct entry){.hash = hash, .key = *key, .token = tsr_token_ref(token)};
    entry->key.groups = STEAL(*groups);
    cache->n_groups += key->n_groups;
}

void token_cache_add(struct token_cache *cache, const struct token_key *key, tsr_token *token)
{
    CLEANUP(free) gid_t *groups = NULL;
    const uint64_t hash = key_hash(key);

    if (key->n_groups > TOKEN_CACHE_GROUPS) {
        return;
    }
    groups = array_new(key->n_groups, sizeof(*groups));
    if (!groups) {
        return;
    }
    if (key->n_groups > 0) {
        memcpy(groups, key->groups, key->n_groups * sizeof(*groups));
    }

    (void)pthread_rwlock_wrlock(&cache->lock);
    add(cache, key, hash, &groups, token);
    (void)pthread_rwlock_unlock(&cache->lock);
}
