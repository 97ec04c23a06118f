/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tokens written as JSON, in the form of the access_check vectors
 */

#include <jansson.h>

#include <tessera/token.h>

#include "cli/problem.h"

/**
 * Make the token that @json describes.
 *
 * Claims, device groups and audit policy are accepted and play no part: only conditions, which are
 * not evaluated yet, and auditing ask for them. An AppContainer is refused.
 *
 * @param ret_token  a new reference; untouched on failure
 */
bool token_of_json(const json_t *json, tsr_token **ret_token, struct problem *ret_problem);

/** The same of a file that holds one JSON object. */
bool token_of_json_file(const char *path, tsr_token **ret_token, struct problem *ret_problem);
