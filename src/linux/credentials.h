/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Changing the calling thread's credentials for good
 *
 * For a child between fork and exec: nothing here allocates, locks or logs. Whoever gets a failure
 * has half-changed credentials, and must end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tessera/linux.h>

struct credentials {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* borrowed; strictly ascending */
    size_t n_groups;
    gid_t *read_back; /* borrowed; room for n_groups + 1 */
};

/** The capabilities this thread may use or pass on: permitted, and in the bounding set. */
tsr_status credentials_capabilities(uint64_t *ret_capabilities);

/**
 * Whether a program that this thread starts as it is will be who the thread is: of the same uid and
 * gid in every id, and without capabilities that are laid down just now.
 *
 * @param identity  of this thread
 */
bool credentials_are_passed_on(const tsr_identity *identity);

/** Take all capabilities but @kept out of the bounding set. */
tsr_status credentials_limit_capabilities(uint64_t kept);

/** Let go of the session's keys, which whoever possesses them reads as whatever user. */
tsr_status credentials_leave_keys(void);

/** Become this user in every id, and verify it. Permitted capabilities stay. */
tsr_status credentials_become(const struct credentials *credentials);

/** Have exactly these capabilities, also after exec, and verify it. */
tsr_status credentials_set_capabilities(uint64_t capabilities);

/** Make every later exec unable to add privileges, and verify it. */
tsr_status credentials_renounce(void);
