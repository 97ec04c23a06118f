/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a token is on Linux: the credentials that are nearest to it, and whether they say it all
 */

#include <stdbool.h>

#include <tessera/linux.h>
#include <tessera/token.h>

/**
 * The uid of the user, the gids of groups that are enabled, the capabilities of privileges that
 * are. The gid is that of the primary group if the token is a member of it, and otherwise one that
 * nothing belongs to.
 *
 * @param ret_identity  zeroed by the caller, who calls tsr_identity_deinit(), also on failure
 * @return STATUS_NO_SUCH_USER (one without uid), STATUS_NO_MEMORY
 */
tsr_status linux_identity_of(const tsr_resolver *resolver, const tsr_token *token,
                             tsr_identity *ret_identity);

/**
 * Whether a process with these credentials has a token which says all that @token says: who it is,
 * and whose its objects are.
 *
 * @return as tsr_resolver_token()
 */
tsr_status linux_identity_says(tsr_resolver *resolver, const tsr_identity *identity,
                               const tsr_token *token, bool *ret_says);
