/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tokens written as JSON, in the form of the access_check vectors
 */

#include <jansson.h>

#include <tessera/token.h>

#include "cli/problem.h"

/** A group: a SID, then ordinary, or an object with its sid and attributes. */
bool token_group_of_json(const json_t *item, tsr_group *ret_group, struct problem *ret_problem);

/**
 * Make the token that @json describes. Audit policy plays no part.
 *
 * @param ret_token  a new reference; untouched on failure
 */
bool token_of_json(const json_t *json, tsr_token **ret_token, struct problem *ret_problem);

/** The same of a file that holds one JSON object. */
bool token_of_json_file(const char *path, tsr_token **ret_token, struct problem *ret_problem);
