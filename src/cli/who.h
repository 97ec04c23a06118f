/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whose token: identities named on the command line, and the tokens they have
 *
 * These say themselves what went wrong.
 */

#include <stdbool.h>

#include <tessera/linux.h>

/* The options that choose the resolver. */
struct who_options {
    const char *map;   /* --map */
    const char *state; /* --state */
};

/** @param ret_resolver  owned by the caller, tsr_resolver_free() */
bool who_resolver(const struct who_options *options, tsr_resolver **ret_resolver);

/** The identity of a process. @param pid  text of --pid; NULL: this process */
bool who_process(const char *pid, tsr_identity *ret_identity);

/**
 * The identity that "NAME", "UID", or "UID:GID,GID…" describes; the first gid is the primary one.
 *
 * Without gids the groups are those of the account; for a uid without an account the group is
 * nobody's.
 *
 * @param ret_identity  tsr_identity_deinit() by the caller; untouched on failure
 */
bool who_user(const char *text, tsr_identity *ret_identity);

/** @param ret_token  a new reference */
bool who_token(tsr_resolver *resolver, const tsr_identity *identity, tsr_token **ret_token,
               tsr_origin *ret_origin);
