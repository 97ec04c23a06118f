/* SPDX-License-Identifier: MIT */
/* Resolver: Linux callers -> tokens. */

#include <tessera/linux.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/fd.h"
#include "linux/account.h"
#include "linux/file.h"
#include "linux/identity.h"
#include "linux/map.h"
#include "linux/tag.h"
#include "linux/token-cache.h"
#include "token/token.h"

#define NO_TAG       0
#define OVERFLOW_GID 65534 /* what a gid without a number in our user namespace reads as */
#define MAP_SIZE_MAX 65536

/* The gid_map of a namespace that has a number for every gid, tags included. */
static const char map_of_all[] = "         0          0 4294967295\n";

struct tsr_resolver {
    struct proc proc;
    struct map *map;           /* owned; NULL: none */
    struct token_cache *cache; /* owned */
    char *state_dir;           /* owned */
    bool sees_tags;
};

DEFINE_CLEANUP(tsr_resolver *, tsr_resolver_free);

/* Whether every gid has a number for us; in most user namespaces a tag has none. */
static tsr_status sees_tags(const struct proc *proc, bool *ret_sees)
{
    CLEANUP(fd_close) int fd = openat(proc->fd, "self/gid_map", O_RDONLY | O_CLOEXEC);
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    TRY(file_read(fd, MAP_SIZE_MAX, &bytes, &size));
    *ret_sees = size == sizeof(map_of_all) - 1 && memcmp(bytes, map_of_all, size) == 0;
    return TSR_OK;
}

tsr_status tsr_resolver_new(const tsr_resolver_options *options, tsr_resolver **ret_resolver,
                            size_t *ret_line)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = calloc(1, sizeof(*resolver));
    const char *state_dir = options && options->state_dir ? options->state_dir : TSR_STATE_DIR;
    size_t line;

    if (ret_line) {
        *ret_line = 0;
    }
    REQUIRE(resolver, STATUS_NO_MEMORY);
    resolver->proc.fd = -1;

    TRY(proc_init(&resolver->proc));
    TRY(sees_tags(&resolver->proc, &resolver->sees_tags));
    TRY(token_cache_new(&resolver->cache));
    TRY(tag_check_state_dir(state_dir));
    resolver->state_dir = strdup(state_dir);
    REQUIRE(resolver->state_dir, STATUS_NO_MEMORY);
    if (options && options->map_path) {
        TRY(map_load(options->map_path, &resolver->map, ret_line ? ret_line : &line));
    }

    *ret_resolver = STEAL(resolver);
    return TSR_OK;
}

tsr_resolver *tsr_resolver_free(tsr_resolver *resolver)
{
    if (resolver) {
        proc_deinit(&resolver->proc);
        map_free(resolver->map);
        token_cache_free(resolver->cache);
        free(resolver->state_dir);
        free(resolver);
    }
    return NULL;
}

/*
 * The tag that an identity carries; NO_TAG if none. Only supplementary groups count: a tagged
 * process can make a set-gid file that gives others its tag as egid (linux.md 3.1).
 */
static tsr_status find_tag(const tsr_resolver *resolver, const tsr_identity *identity,
                           gid_t *ret_tag)
{
    gid_t tag = NO_TAG;

    for (size_t i = 0; i < identity->n_groups; i++) {
        /* A group that we cannot see may be a tag. */
        REQUIRE(resolver->sees_tags || identity->groups[i] != OVERFLOW_GID, STATUS_NO_TOKEN);
        if (tsr_gid_is_tag(identity->groups[i])) {
            REQUIRE(tag == NO_TAG || tag == identity->groups[i], STATUS_NO_TOKEN);
            tag = identity->groups[i];
        }
    }

    *ret_tag = tag;
    return TSR_OK;
}

/* What has to be made where the cache knows nothing. */
static tsr_status make_token(const tsr_resolver *resolver, const tsr_identity *identity,
                             const struct token_key *key, tsr_token **ret_token)
{
    switch (key->origin) {
    case TSR_ORIGIN_PLAIN:
        return account_token(resolver->map, identity, ret_token);
    case TSR_ORIGIN_TAGGED:
        return tag_load(resolver->state_dir, key->gid, key->uid, ret_token);
    case TSR_ORIGIN_OVERRIDE:
        return account_uid_token(resolver->map, key->uid, ret_token);
    case TSR_ORIGIN_NONE:
        break;
    }
    return tsr_status_of(STATUS_NO_TOKEN);
}

static tsr_status resolve(tsr_resolver *resolver, const tsr_identity *identity,
                          const struct token_key *key, tsr_token **ret_token)
{
    tsr_token *token = token_cache_find(resolver->cache, key);

    if (!token) {
        TRY(make_token(resolver, identity, key, &token));
        token_cache_add(resolver->cache, key, token);
    }

    *ret_token = token;
    return TSR_OK;
}

tsr_status tsr_resolver_token(tsr_resolver *resolver, const tsr_identity *identity,
                              tsr_token **ret_token, tsr_origin *ret_origin)
{
    struct token_key key = {.uid = identity->uid};
    gid_t tag;

    TRY(find_tag(resolver, identity, &tag));
    if (tag != NO_TAG) {
        key.origin = TSR_ORIGIN_TAGGED;
        key.gid = tag;
    } else {
        key.origin = TSR_ORIGIN_PLAIN;
        key.gid = identity->gid;
        key.capabilities = identity->capabilities;
        key.groups = identity->groups;
        key.n_groups = identity->n_groups;
    }
    TRY(resolve(resolver, identity, &key, ret_token));

    if (ret_origin) {
        *ret_origin = key.origin;
    }
    return TSR_OK;
}

void tsr_caller_deinit(tsr_caller *caller)
{
    (void)tsr_token_unref(caller->token);
    *caller = (tsr_caller){0};
}

/* The kernel acted for somebody else than the thread: the thread's groups are not his. */
static tsr_status override_token(tsr_resolver *resolver, const tsr_identity *identity, uid_t uid,
                                 tsr_token **ret_token)
{
    const struct token_key key = {.origin = TSR_ORIGIN_OVERRIDE, .uid = uid};
    gid_t tag;

    TRY(find_tag(resolver, identity, &tag));
    REQUIRE(tag == NO_TAG, STATUS_NO_TOKEN);
    return resolve(resolver, identity, &key, ret_token);
}

static tsr_status caller_token(tsr_resolver *resolver, const tsr_identity *identity, uid_t uid,
                               gid_t gid, tsr_token **ret_token, tsr_origin *ret_origin)
{
    if (identity->uid == uid && identity->gid == gid) {
        return tsr_resolver_token(resolver, identity, ret_token, ret_origin);
    }
    TRY(override_token(resolver, identity, uid, ret_token));
    *ret_origin = TSR_ORIGIN_OVERRIDE;
    return TSR_OK;
}

tsr_status tsr_resolver_caller(tsr_resolver *resolver, pid_t thread_id, uid_t uid, gid_t gid,
                               tsr_caller *ret_caller)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    tsr_caller caller = {.uid = uid, .thread_id = thread_id};
    tsr_status status;

    status = identity_read(&resolver->proc, thread_id, &identity);
    if (tsr_failed(status) && status.code != STATUS_NO_MEMORY) {
        return tsr_status_of(STATUS_NO_TOKEN);
    }
    TRY(status);
    TRY(caller_token(resolver, &identity, uid, gid, &caller.token, &caller.origin));

    caller.process_id = identity.process_id;
    memcpy(caller.name, identity.name, sizeof(caller.name));
    *ret_caller = caller;
    return TSR_OK;
}

void tsr_resolver_sid_of_uid(const tsr_resolver *resolver, uid_t uid, tsr_sid *ret_sid)
{
    account_sid_of_uid(resolver->map, uid, ret_sid);
}

void tsr_resolver_sid_of_gid(const tsr_resolver *resolver, gid_t gid, tsr_sid *ret_sid)
{
    account_sid_of_gid(resolver->map, gid, ret_sid);
}

bool tsr_resolver_uid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid, uid_t *ret_uid)
{
    return account_uid_of_sid(resolver->map, sid, ret_uid);
}

bool tsr_resolver_gid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid, gid_t *ret_gid)
{
    return account_gid_of_sid(resolver->map, sid, ret_gid);
}
