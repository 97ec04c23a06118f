/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Members of JSON objects, checked one by one
 *
 * Each says in @ret_problem what is wrong. An absent member leaves its output alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <tessera/access.h>
#include <tessera/sid.h>

#include "cli/problem.h"

/* How the project reads untrusted JSON: a member given twice is refused, not guessed at. */
#define JSON_READ_FLAGS JSON_REJECT_DUPLICATES

/** A whole file as one JSON value. @param ret_json  owned by the caller */
bool json_read_file(const char *path, size_t size_max, json_t **ret_json,
                    struct problem *ret_problem);

/** A member's text, borrowed from @object. */
bool json_read_text(const json_t *object, const char *name, const char **ret_text,
                    struct problem *ret_problem);
bool json_read_bool(const json_t *object, const char *name, bool *ret_value,
                    struct problem *ret_problem);

/** A member's array, borrowed from @object. */
bool json_read_array(const json_t *object, const char *name, const json_t **ret_array,
                     struct problem *ret_problem);

/** A number of 32 bits: an integer, or a text such as "0x1f". */
bool json_read_u32(const json_t *object, const char *name, uint32_t *ret_value,
                   struct problem *ret_problem);

/** The same of a value. @param what  its name in the problem */
bool json_value_u32(const json_t *value, const char *what, uint32_t *ret_value,
                    struct problem *ret_problem);

/** A SID's text. @param ret_present  may be NULL */
bool json_read_sid(const json_t *object, const char *name, tsr_sid *ret_sid, bool *ret_present,
                   struct problem *ret_problem);
bool json_value_sid(const json_t *value, const char *what, tsr_sid *ret_sid,
                    struct problem *ret_problem);

/** The member "mapping", four masks; the mapping of files where it is absent. */
bool json_read_mapping(const json_t *object, tsr_generic_mapping *ret_mapping,
                       struct problem *ret_problem);
