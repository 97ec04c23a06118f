/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The Landlock domain of a tagged process
 *
 * It can neither signal nor connect to abstract sockets of processes outside, nor trace them; with
 * path rules it has no files but theirs.
 */

#include <stddef.h>

#include <tessera/linux.h>
#include <tessera/status.h>

/**
 * @param rules    none: files are not restricted
 * @param ret_fd   owned by the caller; untouched on failure
 * @return STATUS_NOT_SUPPORTED (no Landlock, or one without scoping), STATUS_INVALID_PARAMETER (a
 * rule without path or without access, or with unknown access), and what opening a path returns
 */
tsr_status landlock_ruleset_new(const tsr_path_rule *rules, size_t n_rules, int *ret_fd);

/** Put the calling thread, which has no_new_privs, into the domain. Allocates nothing. */
tsr_status landlock_enter(int ruleset);
