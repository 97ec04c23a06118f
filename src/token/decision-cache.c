/* SPDX-License-Identifier: MIT */
/*
 * Decision cache: who, what and which question -> the answer.
 *
 * A question has WAYS places; when all are taken, one of them gives way. A place is a version and
 * the words of question and answer, two cache lines together. A writer makes the version odd, and
 * even again when it is done; a reader that met an odd version, or another one at the end, has read
 * nothing. The words are released and acquired one by one: whoever sees one of a later version
 * therefore sees that version too. On x86 that costs nothing, and it needs no fences.
 *
 * Whole questions are compared, so a hash that collides costs time and never gives a wrong answer.
 */

#include <tessera/decision.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "sec/sid-set.h"
#include "token/descriptor-store.h"
#include "token/token.h"

#define LINE         64 /* bytes of a cache line */
#define WAYS         4
#define STRIPES      32 /* of counters, so that threads do not wait for each other's */
#define PLAIN_WORDS  6  /* of a question without principal_self */
#define KEY_WORDS    11
#define RESULT_WORDS 4
#define SELF_MAX     (2 * (KEY_WORDS - PLAIN_WORDS)) /* sub-authorities */

/* Flags beside principal_self's authority and count. */
#define ASKED_BACKUP  (UINT64_C(1) << 56)
#define ASKED_RESTORE (UINT64_C(1) << 57)
#define ASKED_SELF    (UINT64_C(1) << 58)
#define COUNT_SHIFT   48

_Static_assert(sizeof(tsr_access_result) == RESULT_WORDS * sizeof(uint64_t),
               "the answer is kept whole and has no padding");
_Static_assert(sizeof(void *) != 8 || sizeof(tsr_access_request) == 96,
               "key_of() must know every member of a request");

struct key {
    uint64_t words[KEY_WORDS];
    size_t n_words;
};

struct place {
    _Alignas(LINE) _Atomic uint64_t version; /* odd: being written */
    _Atomic uint64_t key[KEY_WORDS];         /* the first is 0: free */
    _Atomic uint64_t result[RESULT_WORDS];
};

struct stripe {
    _Alignas(LINE) _Atomic uint64_t n_hits;
    _Atomic uint64_t n_misses;
    _Atomic uint64_t n_bypasses;
    _Atomic uint64_t n_evictions;
};

struct tsr_decision_cache {
    void *block; /* owned: what all this lies in */
    size_t set_mask;
    uint64_t seeds[PLAIN_WORDS];
    struct stripe stripes[STRIPES];
    struct place places[];
};

static void count(_Atomic uint64_t *counter)
{
    (void)atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* The counters of this thread, which it shares with few others. */
static struct stripe *stripe_of_thread(tsr_decision_cache *cache)
{
    return &cache->stripes[((uint64_t)pthread_self() * HASH_FACTOR >> 32) % STRIPES];
}

/* @return whether there is room for principal_self */
static bool key_add_self(struct key *key, const tsr_sid *self)
{
    if (self->n_sub_authorities > SELF_MAX || self->authority >> COUNT_SHIFT) {
        return false;
    }
    key->words[PLAIN_WORDS - 1] |=
        ASKED_SELF | (uint64_t)self->n_sub_authorities << COUNT_SHIFT | self->authority;
    for (size_t i = 0; i < self->n_sub_authorities; i += 2) {
        const uint64_t next = i + 1 < self->n_sub_authorities ? self->sub_authorities[i + 1] : 0;

        key->words[key->n_words++] = self->sub_authorities[i] | next << 32;
    }
    return true;
}

/* All that an answer depends on. @return whether it may be kept */
static bool key_of(const tsr_token *token, const tsr_descriptor *descriptor,
                   const tsr_access_request *request, struct key *key)
{
    if (request->types || request->n_types > 0 || request->result_list || request->policies ||
        request->n_policies > 0 || request->trace) {
        return false;
    }
    key->words[0] = token->state->state_id;
    key->words[1] = descriptor->id;
    key->words[2] = request->desired | (uint64_t)request->previously_granted << 32;
    key->words[3] = request->mapping.read | (uint64_t)request->mapping.write << 32;
    key->words[4] = request->mapping.execute | (uint64_t)request->mapping.all << 32;
    key->words[5] =
        (request->backup_intent ? ASKED_BACKUP : 0) | (request->restore_intent ? ASKED_RESTORE : 0);
    key->n_words = PLAIN_WORDS;
    return !request->principal_self || key_add_self(key, request->principal_self);
}

/* The first of the places where a question may be. */
static struct place *set_of(tsr_decision_cache *cache, const struct key *key)
{
    const uint64_t *const seeds = cache->seeds;
    uint64_t hash = mixed(key->words[0] ^ seeds[0], key->words[1] ^ seeds[1]) ^
                    mixed(key->words[2] ^ seeds[2], key->words[3] ^ seeds[3]) ^
                    mixed(key->words[4] ^ seeds[4], key->words[5] ^ seeds[5]);

    for (size_t i = PLAIN_WORDS; i < key->n_words; i++) {
        hash = mixed(hash ^ key->words[i], seeds[0]);
    }
    /* Once more by an odd factor: one of the others may be a multiple of a power of two. */
    hash = mixed(hash, HASH_FACTOR);
    return &cache->places[(hash & cache->set_mask) * WAYS];
}

static uint64_t difference_at(struct place *place, const struct key *key, size_t i)
{
    return atomic_load_explicit(&place->key[i], memory_order_acquire) ^ key->words[i];
}

/* One branch for all words, since which place of a set it is cannot be foretold. */
static bool place_holds(struct place *place, const struct key *key)
{
    uint64_t difference = 0;

    for (size_t i = 0; i < PLAIN_WORDS; i++) {
        difference |= difference_at(place, key, i);
    }
    for (size_t i = PLAIN_WORDS; i < key->n_words; i++) {
        difference |= difference_at(place, key, i);
    }
    return difference == 0;
}

static uint64_t result_at(struct place *place, size_t i)
{
    return atomic_load_explicit(&place->result[i], memory_order_acquire);
}

/* @return whether the place holds the answer */
static bool place_read(struct place *place, const struct key *key, tsr_access_result *ret_result)
{
    const uint64_t version = atomic_load_explicit(&place->version, memory_order_acquire);
    uint64_t words[RESULT_WORDS];

    if (version & 1 || !place_holds(place, key)) {
        return false;
    }
    /* Spelled out, gcc keeps them in registers; a loop costs a fifth of a hit. */
    words[0] = result_at(place, 0);
    words[1] = result_at(place, 1);
    words[2] = result_at(place, 2);
    words[3] = result_at(place, 3);
    /* What was read is of this version, or of a later one that is now visible. */
    if (atomic_load_explicit(&place->version, memory_order_relaxed) != version) {
        return false;
    }
    memcpy(ret_result, words, sizeof(words));
    return true;
}

/* @return whether nobody else was writing there */
static bool place_write(struct place *place, const struct key *key, const tsr_access_result *result)
{
    uint64_t version = atomic_load_explicit(&place->version, memory_order_relaxed);
    uint64_t words[RESULT_WORDS];

    if (version & 1 ||
        !atomic_compare_exchange_strong_explicit(&place->version, &version, version + 1,
                                                 memory_order_acquire, memory_order_relaxed)) {
        return false;
    }
    memcpy(words, result, sizeof(words));
    for (size_t i = 0; i < key->n_words; i++) {
        atomic_store_explicit(&place->key[i], key->words[i], memory_order_release);
    }
    for (size_t i = 0; i < RESULT_WORDS; i++) {
        atomic_store_explicit(&place->result[i], words[i], memory_order_release);
    }
    atomic_store_explicit(&place->version, version + 2, memory_order_release);
    return true;
}

static bool place_is_free(struct place *place)
{
    return atomic_load_explicit(&place->key[0], memory_order_relaxed) == 0;
}

static bool set_find(struct place *set, const struct key *key, tsr_access_result *ret_result)
{
    for (size_t way = 0; way < WAYS; way++) {
        if (place_read(&set[way], key, ret_result)) {
            return true;
        }
    }
    return false;
}

/* Which place of a set gives way: in turn, it could always be the one that is asked for next. */
static size_t victim_of(const tsr_decision_cache *cache, const struct stripe *stripe)
{
    return mixed(atomic_load_explicit(&stripe->n_misses, memory_order_relaxed) ^ cache->seeds[0],
                 HASH_FACTOR) %
           WAYS;
}

/* Keep an answer, in the place of another if need be; if someone is writing there, rather not. */
static void set_add(struct place *set, const struct key *key, const tsr_access_result *result,
                    size_t victim, struct stripe *stripe)
{
    for (size_t way = 0; way < WAYS; way++) {
        if (place_is_free(&set[way]) && place_write(&set[way], key, result)) {
            return;
        }
    }
    if (place_write(&set[victim], key, result)) {
        count(&stripe->n_evictions);
    }
}

/* How many sets hold @n_decisions; a power of two. */
static size_t n_sets_for(size_t n_decisions)
{
    size_t n_sets = 1;

    while (n_sets * WAYS < n_decisions) {
        n_sets *= 2;
    }
    return n_sets;
}

tsr_status tsr_decision_cache_new(size_t n_decisions, tsr_decision_cache **ret_cache)
{
    CLEANUP(free) uint8_t *block = NULL;
    tsr_decision_cache *cache;
    size_t n_sets;

    REQUIRE(n_decisions >= 1 && n_decisions <= TSR_DECISIONS_MAX, STATUS_INVALID_PARAMETER);
    n_sets = n_sets_for(n_decisions);
    block = calloc(1, LINE + sizeof(*cache) + n_sets * WAYS * sizeof(struct place));
    REQUIRE(block, STATUS_NO_MEMORY);

    cache = (tsr_decision_cache *)(block + (-(uintptr_t)block & (LINE - 1)));
    cache->set_mask = n_sets - 1;
    REQUIRE(getentropy(cache->seeds, sizeof(cache->seeds)) == 0, STATUS_INSUFFICIENT_RESOURCES);

    cache->block = STEAL(block);
    *ret_cache = cache;
    return TSR_OK;
}

tsr_decision_cache *tsr_decision_cache_free(tsr_decision_cache *cache)
{
    if (cache) {
        free(cache->block);
    }
    return NULL;
}

tsr_access_result tsr_decision_cache_check(tsr_decision_cache *cache, const tsr_token *token,
                                           const tsr_descriptor *descriptor,
                                           const tsr_access_request *request)
{
    struct stripe *const stripe = stripe_of_thread(cache);
    tsr_access_result result;
    struct place *set;
    struct key key;

    if (!key_of(token, descriptor, request, &key)) {
        count(&stripe->n_bypasses);
        return tsr_token_access_check(token, &descriptor->sd, request);
    }
    set = set_of(cache, &key);
    if (set_find(set, &key, &result)) {
        count(&stripe->n_hits);
        return result;
    }
    count(&stripe->n_misses);
    result = tsr_token_access_check(token, &descriptor->sd, request);
    set_add(set, &key, &result, victim_of(cache, stripe), stripe);
    return result;
}

void tsr_decision_cache_get_statistics(tsr_decision_cache *cache,
                                       tsr_decision_statistics *ret_statistics)
{
    tsr_decision_statistics sum = {0};

    for (size_t i = 0; i < STRIPES; i++) {
        struct stripe *const stripe = &cache->stripes[i];

        sum.n_hits += atomic_load_explicit(&stripe->n_hits, memory_order_relaxed);
        sum.n_misses += atomic_load_explicit(&stripe->n_misses, memory_order_relaxed);
        sum.n_bypasses += atomic_load_explicit(&stripe->n_bypasses, memory_order_relaxed);
        sum.n_evictions += atomic_load_explicit(&stripe->n_evictions, memory_order_relaxed);
    }
    *ret_statistics = sum;
}
