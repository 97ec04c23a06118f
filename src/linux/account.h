/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Linux accounts as SIDs, and tokens made of them: the `algorithmic` provider, after the map
 */

#include <stdbool.h>
#include <sys/types.h>

#include <tessera/linux.h>
#include <tessera/sid.h>
#include <tessera/status.h>
#include <tessera/token.h>

#include "linux/map.h"

void account_sid_of_uid(const struct map *map, uid_t uid, tsr_sid *ret_sid);

/** S-1-0-0, which nobody is, for a tag and for 0xffffffff. */
void account_sid_of_gid(const struct map *map, gid_t gid, tsr_sid *ret_sid);

bool account_uid_of_sid(const struct map *map, const tsr_sid *sid, uid_t *ret_uid);
bool account_gid_of_sid(const struct map *map, const tsr_sid *sid, gid_t *ret_gid);

/**
 * The token of uid, groups and capabilities. Tags among the groups are left out.
 *
 * @return STATUS_NO_TOKEN (uid or gid 0xffffffff, more groups than a token holds), STATUS_NO_MEMORY
 */
tsr_status account_token(const struct map *map, const tsr_identity *identity,
                         tsr_token **ret_token);

/** The token of a uid alone. @return as account_token() */
tsr_status account_uid_token(const struct map *map, uid_t uid, tsr_token **ret_token);
