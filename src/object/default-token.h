/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The token of a process that was not given one
 */

#include <tessera/token.h>

/**
 * A token of what this process is on Linux: its tag, or its uid, groups and capabilities.
 *
 * @param ret_token  a new reference; untouched on failure
 * @return as tsr_resolver_new() and tsr_resolver_token()
 */
tsr_status default_token(tsr_token **ret_token);
