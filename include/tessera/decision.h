/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decisions, remembered
 *
 * A descriptor store keeps one object for all descriptors of equal bytes, validated once. Tokens
 * and such descriptors never change and are known by numbers that are never used again; so an
 * answer that was computed for a token and a descriptor stays right, and a decision cache gives it
 * again without looking at the ACL or the groups. Nothing is ever invalidated.
 *
 * Everything here may be used from any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/* A validated descriptor of a store; reference-counted. */
typedef struct tsr_descriptor tsr_descriptor;

typedef struct tsr_descriptor_store tsr_descriptor_store;

typedef struct tsr_decision_cache tsr_decision_cache;

#define TSR_DESCRIPTORS_MAX (1u << 24)
#define TSR_DECISIONS_MAX   (1u << 22)

typedef struct tsr_descriptor_statistics {
    uint64_t n_hits;      /* interned: was there */
    uint64_t n_misses;    /* interned: was not */
    uint64_t n_evictions; /* made room for another */
    size_t n_descriptors; /* at present, referenced or not */
    size_t n_bytes;       /* what they take, with their administration */
} tsr_descriptor_statistics;

typedef struct tsr_decision_statistics {
    uint64_t n_hits;
    uint64_t n_misses;
    uint64_t n_bypasses;  /* requests whose answers are not kept */
    uint64_t n_evictions; /* answers that made room for another */
} tsr_decision_statistics;

/**
 * Create a store.
 *
 * @param n_descriptors_max  1 to TSR_DESCRIPTORS_MAX
 * @param n_bytes_max        of all descriptors together, with some 150 bytes of administration each
 * @param ret_store          owned by the caller; untouched on failure
 * @return STATUS_INVALID_PARAMETER (a limit), STATUS_NO_MEMORY, STATUS_INSUFFICIENT_RESOURCES (no
 *         random numbers)
 */
TSR_PUBLIC tsr_status tsr_descriptor_store_new(size_t n_descriptors_max, size_t n_bytes_max,
                                               tsr_descriptor_store **ret_store);

/** Free a store; accepts NULL. Descriptors that are referenced live on. @return NULL, always. */
TSR_PUBLIC tsr_descriptor_store *tsr_descriptor_store_free(tsr_descriptor_store *store);

/**
 * The object for these bytes: the same one, with the same id, as long as anybody holds a reference
 * to it or the store remembers it. Where the store is full it forgets descriptors that nobody
 * references.
 *
 * @param bytes           a self-relative descriptor; copied
 * @param ret_descriptor  a new reference; untouched on failure
 * @return what tsr_sd_view() returns; STATUS_INSUFFICIENT_RESOURCES (the limits, where everything
 *         is referenced), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_descriptor_store_intern(tsr_descriptor_store *store, const void *bytes,
                                                  size_t size, tsr_descriptor **ret_descriptor);

/** What a store did and holds. */
TSR_PUBLIC void tsr_descriptor_store_get_statistics(tsr_descriptor_store *store,
                                                    tsr_descriptor_statistics *ret_statistics);

/** Take a reference. @return @descriptor; NULL if that is NULL. */
TSR_PUBLIC tsr_descriptor *tsr_descriptor_ref(tsr_descriptor *descriptor);

/** Drop a reference. @return NULL, always. */
TSR_PUBLIC tsr_descriptor *tsr_descriptor_unref(tsr_descriptor *descriptor);

/** The view of a descriptor. @return borrowed; lives as long as @descriptor. */
TSR_PUBLIC const tsr_sd *tsr_descriptor_peek_sd(const tsr_descriptor *descriptor);

/** The number of a descriptor: not 0, and never given to another one in this process. */
TSR_PUBLIC uint64_t tsr_descriptor_id(const tsr_descriptor *descriptor);

/**
 * Create a cache. All of its memory, 128 bytes for a decision, is taken now.
 *
 * @param n_decisions  1 to TSR_DECISIONS_MAX; rounded up to a power of two, at least 4
 * @param ret_cache    owned by the caller; untouched on failure
 * @return STATUS_INVALID_PARAMETER (the limit), STATUS_NO_MEMORY, STATUS_INSUFFICIENT_RESOURCES (no
 *         random numbers)
 */
TSR_PUBLIC tsr_status tsr_decision_cache_new(size_t n_decisions, tsr_decision_cache **ret_cache);

/** Free a cache that nobody uses any more; accepts NULL. @return NULL, always. */
TSR_PUBLIC tsr_decision_cache *tsr_decision_cache_free(tsr_decision_cache *cache);

/**
 * What tsr_token_access_check() answers, remembered or computed.
 *
 * Computed each time are requests with an object-type list, a result list, central policies or a
 * trace, and those whose principal_self has over 10 sub-authorities. Reading takes no lock, and
 * nothing is allocated. The cache keeps neither the token nor the descriptor.
 */
TSR_PUBLIC tsr_access_result tsr_decision_cache_check(tsr_decision_cache *cache,
                                                      const tsr_token *token,
                                                      const tsr_descriptor *descriptor,
                                                      const tsr_access_request *request);

/** What a cache did so far; checks that run meanwhile are counted or not. */
TSR_PUBLIC void tsr_decision_cache_get_statistics(tsr_decision_cache *cache,
                                                  tsr_decision_statistics *ret_statistics);

TSR_END_DECLS
