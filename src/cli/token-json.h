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

/* What a token is made for. */
enum token_use {
    TOKEN_FOR_ANYTHING,
    TOKEN_FOR_CONDITIONS,
};

/** What a check against this descriptor needs. */
enum token_use token_use_for(const tsr_sd *sd);

/**
 * Make the token that @json describes.
 *
 * Tokens cannot carry claims and device groups yet. Only conditions ask for them, so they are
 * refused where there is one, and otherwise accepted without a part. Audit policy plays none. An
 * AppContainer is refused.
 *
 * @param ret_token  a new reference; untouched on failure
 */
bool token_of_json(const json_t *json, enum token_use use, tsr_token **ret_token,
                   struct problem *ret_problem);

/** The same of a file that holds one JSON object. */
bool token_of_json_file(const char *path, enum token_use use, tsr_token **ret_token,
                        struct problem *ret_problem);
