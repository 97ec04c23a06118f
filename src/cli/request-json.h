/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Object types and central access policies written as JSON, in the form of the access_check vectors
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include <tessera/access.h>

#include "cli/problem.h"

/* Zero-initialise both. */
struct types {
    tsr_object_type *types; /* owned */
    size_t n_types;
};

struct policies {
    tsr_central_policy *policies; /* owned, with their rules and the bytes of these */
    size_t n_policies;
};

/** Read a GUID's text. @param what  its name in the problem */
bool guid_of_text(const char *text, const char *what, uint8_t ret_guid[TSR_GUID_SIZE],
                  struct problem *ret_problem);

void types_deinit(struct types *types);
void policies_deinit(struct policies *policies);

/**
 * Read the member "object_types": an array of {"level", "guid"}; absent, there are none.
 *
 * @param ret_types  types_deinit() by the caller, also on failure
 */
bool types_of_json(const json_t *question, struct types *ret_types, struct problem *ret_problem);

/**
 * Read the member "central_policies": an array of {"sid", "rules"}, each rule with an
 * "effective_dacl" in hexadecimal and, as the rule has them, "applies_to", a condition, and the
 * ACLs "effective_sacl", "staged_dacl" and "staged_sacl".
 *
 * @param ret_policies  policies_deinit() by the caller, also on failure
 */
bool policies_of_json(const json_t *question, struct policies *ret_policies,
                      struct problem *ret_problem);
