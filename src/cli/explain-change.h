/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Capsules with one thing changed: an entry of an ACL, the owner, or the token
 *
 * Each returns a new capsule, owned by the caller; NULL: there is no memory, or nothing to change.
 */

#include <stdbool.h>

#include <jansson.h>

#include "cli/explain-model.h"

/* Which ACL of a question. */
struct acl_place {
    bool is_sacl;
    size_t rule; /* the step that began the central rule whose DACL it is; MODEL_NO_STEP: none */
};

/** Replace @n_removed entries from @at on by the whole ACE @ace, unless that is NULL. */
json_t *change_acl(const json_t *capsule, const struct model *model, struct acl_place place,
                   uint32_t at, uint32_t n_removed, const uint8_t *ace, size_t ace_size);

/** The same with an entry that consists of type, flags, mask and SID. */
json_t *change_acl_add(const json_t *capsule, const struct model *model, struct acl_place place,
                       uint32_t at, uint32_t n_removed, tsr_ace_type type, uint32_t mask,
                       const tsr_sid *sid);

/** The same entry with another type, flags and mask: its data may stay where none is looked for. */
json_t *change_ace(const json_t *capsule, const struct model *model, struct acl_place place,
                   uint32_t at, uint8_t type, uint8_t flags, uint32_t mask);

json_t *change_owner(const json_t *capsule, const struct model *model, const tsr_sid *owner);

/** A copy whose token has every member written out. @param ret_token  borrowed: to be changed */
json_t *change_token(const json_t *capsule, const struct model *model, json_t **ret_token);

/** Give the group @sid of the array @name these attributes, or add it with them. */
bool change_group(json_t *token, const char *name, const tsr_sid *sid, uint32_t attributes);

/** Give a privilege these attributes, or add it with them; 0 takes it away. */
bool change_privilege(json_t *token, uint32_t luid, uint32_t attributes);
