/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors written as JSON, in the form of the inheritance vectors
 *
 * A descriptor is {"sd_hex"}, or {"control", "owner", "group", "dacl", "sacl"}, each of which may
 * be missing. An ACL is "NULL", or an array of {"type", "flags", "mask", "sid"} and, for entries
 * that hold more than that, {"hex"}. JSON's null is as good as nothing.
 */

#include <jansson.h>

#include "cli/descriptor.h"

/* A list of names for bits; a table ends with NULL. */
struct json_bit {
    const char *name;
    uint32_t bit;
};

/** A member of @object; NULL if it is absent or null. */
const json_t *json_member(const json_t *object, const char *name);

/** The bits that the array @name of @object names; 0 where it is absent. */
bool json_read_bits(const json_t *object, const char *name, const struct json_bit *bits,
                    uint32_t *ret_bits, struct problem *ret_problem);

/** @param ret_bytes  what @ret_acl points into, owned by the caller; untouched on failure */
bool acl_of_json(const json_t *array, const char *what, uint8_t **ret_bytes, tsr_acl *ret_acl,
                 struct problem *ret_problem);

/** @param ret_descriptor  must be empty; untouched on failure */
bool descriptor_of_json(const json_t *json, const char *what, struct descriptor *ret_descriptor,
                        struct problem *ret_problem);

/** Add "owner", "group", "dacl" or "dacl_absent", "sacl" or "sacl_absent", "control", "sd_hex". */
bool descriptor_to_json(const tsr_sd *sd, json_t *object, struct problem *ret_problem);
