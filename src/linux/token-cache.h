/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Token cache: who a caller is -> its token
 *
 * Bounded in entries and in groups, since a user with subordinate gids can show up with as many
 * lists of groups as he likes. Whole keys are compared. Safe to use from any thread.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tessera/linux.h>
#include <tessera/status.h>
#include <tessera/token.h>

#include "base/check.h"

#define TOKEN_CACHE_ENTRIES 1024
#define TOKEN_CACHE_GROUPS  131072 /* of all entries together */

/* All that a token is made of. */
struct token_key {
    tsr_origin origin;
    uid_t uid;
    gid_t gid; /* with TSR_ORIGIN_TAGGED the tag */
    uint64_t capabilities;
    const gid_t *groups; /* borrowed; ascending */
    size_t n_groups;
};

struct token_cache;

tsr_status token_cache_new(struct token_cache **ret_cache);

/** @return NULL, always */
struct token_cache *token_cache_free(struct token_cache *cache);

DEFINE_CLEANUP(struct token_cache *, token_cache_free);

/** @return a new reference; NULL if the key is not there */
tsr_token *token_cache_find(struct token_cache *cache, const struct token_key *key);

/** Remember @token, in the place of another if need be. Without memory nothing is remembered. */
void token_cache_add(struct token_cache *cache, const struct token_key *key, tsr_token *token);
