/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tags as they are published: STATE/tags/TAG holds the token of tag TAG
 *
 * Files there are complete from the moment they have their name, never change, and are never
 * replaced.
 */

#include <stdbool.h>
#include <sys/types.h>

#include <tessera/status.h>
#include <tessera/token.h>

/**
 * The token published for @tag, if it is for @uid.
 *
 * @param ret_token  a new reference; untouched on failure
 * @return STATUS_NO_TOKEN whatever is wrong with the publication; STATUS_NO_MEMORY
 */
tsr_status tag_load(const char *state_dir, gid_t tag, uid_t uid, tsr_token **ret_token);

/** Whether what is published for @tag is @token, to the byte, for @uid. */
bool tag_is_published(const char *state_dir, const tsr_token *token, gid_t tag, uid_t uid);

/**
 * A tag for programs of @token: one that this process leased for the like before, or a new one.
 *
 * @return as tsr_tag_lease()
 */
tsr_status tag_share(const char *state_dir, const tsr_token *token, uid_t uid, gid_t *ret_tag);

/**
 * Whether tags of this directory can be believed; one that does not exist yet can.
 *
 * @return STATUS_ACCESS_DENIED (not a directory, or one that others than root can write)
 */
tsr_status tag_check_state_dir(const char *state_dir);
