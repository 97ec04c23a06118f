/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The token of a process that was not given one
 */

#include <sys/types.h>

#include <tessera/token.h>

/**
 * A token of what a process is on Linux: its tag, or its uid, groups and capabilities.
 *
 * @param ret_token  a new reference; untouched on failure
 * @return as tsr_resolver_new(), tsr_identity_of_thread() and tsr_resolver_token()
 */
tsr_status default_token(pid_t process, tsr_token **ret_token);
