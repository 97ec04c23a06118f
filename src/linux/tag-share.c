/* SPDX-License-Identifier: MIT */
/*
 * One tag for all programs of a token.
 *
 * What was leased is remembered by a hash of what it says, and believed only as far as it is still
 * published: each lease leaves a file until the machine is started anew, so that there are about as
 * many of these as of those.
 */

#include "linux/tag.h"

#include <pthread.h>
#include <stdlib.h>

#include <tessera/linux.h>
#include <tessera/snapshot.h>

#include "base/check.h"

#define N_BUCKETS 256

struct lease {
    uint64_t hash;
    gid_t tag;
    struct lease *next;
};

static struct {
    pthread_mutex_t lock;
    struct lease *buckets[N_BUCKETS];
} leases = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* FNV-1a; who makes two tokens collide has their programs leased a tag each. */
static uint64_t hash_of_bytes(const uint8_t *bytes, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static tsr_status hash_of(const tsr_token *token, uid_t uid, uint64_t *ret_hash)
{
    CLEANUP(free) uint8_t *snapshot = NULL;
    size_t size;

    TRY(tsr_snapshot_encode(token, &snapshot, &size));
    *ret_hash = hash_of_bytes(snapshot, size) + uid;
    return TSR_OK;
}

/* With the lock. */
static struct lease *find(uint64_t hash)
{
    struct lease *lease = leases.buckets[hash % N_BUCKETS];

    while (lease && lease->hash != hash) {
        lease = lease->next;
    }
    return lease;
}

static bool recall(uint64_t hash, gid_t *ret_tag)
{
    const struct lease *lease;

    (void)pthread_mutex_lock(&leases.lock);
    lease = find(hash);
    if (lease) {
        *ret_tag = lease->tag;
    }
    (void)pthread_mutex_unlock(&leases.lock);
    return lease;
}

/* Whatever cannot be remembered is leased again. */
static void remember(uint64_t hash, gid_t tag)
{
    struct lease *fresh = calloc(1, sizeof(*fresh));
    struct lease *lease;

    (void)pthread_mutex_lock(&leases.lock);
    lease = find(hash);
    if (lease) {
        lease->tag = tag;
    } else if (fresh) {
        *fresh = (struct lease){hash, tag, leases.buckets[hash % N_BUCKETS]};
        leases.buckets[hash % N_BUCKETS] = STEAL(fresh);
    }
    (void)pthread_mutex_unlock(&leases.lock);
    free(fresh);
}

tsr_status tag_share(const char *state_dir, const tsr_token *token, uid_t uid, gid_t *ret_tag)
{
    uint64_t hash;
    gid_t tag;

    TRY(hash_of(token, uid, &hash));
    if (!recall(hash, &tag) || !tag_is_published(state_dir, token, tag, uid)) {
        TRY(tsr_tag_lease(state_dir, token, uid, &tag));
        remember(hash, tag);
    }
    *ret_tag = tag;
    return TSR_OK;
}
