/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The map of the `files` provider: which uid and gid is which SID
 *
 * A text of one entry a line, words between blanks, `#` to the end of the line a comment:
 *
 *     user UID SID      the account's SID; S-1-22-1-UID stays in its token as a group
 *     group GID SID     likewise
 *     member UID SID    one more group in that uid's token
 *     guest UID         the guest account
 *     domain SID        S-1-5-21-A-B-C, whose -501 the guest then is
 *
 * A line that is malformed, or says again or otherwise what another said, makes the whole map
 * invalid. Root, and what is not an account, cannot be mapped. One SID is one account. Read-only
 * once made; functions accept NULL as the empty map.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tessera/sid.h>
#include <tessera/status.h>

#include "base/check.h"

struct map;

struct map_entry {
    uint32_t id;
    uint32_t line;
    tsr_sid sid;
};

/**
 * @param ret_map   owned by the caller, map_free(); untouched on failure
 * @param ret_line  written on STATUS_DATA_ERROR: the line that is wrong
 * @return STATUS_DATA_ERROR, STATUS_NO_MEMORY
 */
tsr_status map_parse(const char *text, size_t size, struct map **ret_map, size_t *ret_line);

/**
 * Parse a regular file that root alone can change.
 *
 * @param ret_line  also 0 where the file as a whole is wrong
 * @return as map_parse(), STATUS_OBJECT_NAME_NOT_FOUND, STATUS_ACCESS_DENIED
 */
tsr_status map_load(const char *path, struct map **ret_map, size_t *ret_line);

/** @return NULL, always */
struct map *map_free(struct map *map);

DEFINE_CLEANUP(struct map *, map_free);

bool map_sid_of_uid(const struct map *map, uid_t uid, tsr_sid *ret_sid);
bool map_sid_of_gid(const struct map *map, gid_t gid, tsr_sid *ret_sid);
bool map_uid_of_sid(const struct map *map, const tsr_sid *sid, uid_t *ret_uid);
bool map_gid_of_sid(const struct map *map, const tsr_sid *sid, gid_t *ret_gid);
bool map_is_guest(const struct map *map, uid_t uid);

/** The `member` entries of a uid. @return how many; @ret_members is borrowed from the map */
size_t map_peek_members(const struct map *map, uid_t uid, const struct map_entry **ret_members);
