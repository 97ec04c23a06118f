/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tokens of test vectors, as the oracle, sec/ref, takes them
 */

#include <jansson.h>

#include "sec/ref/ref-condition.h"

#define MADE_SIDS_MAX 64

struct made_sids {
    struct ref_sid list[MADE_SIDS_MAX];
    size_t n;
};

/* The claims of a token, encoded. Those that no token can hold are left out. */
struct made_claims {
    struct ref_bytes *list; /* owned, with the bytes of each */
    size_t n;
    size_t n_refused;
};

/** Add a SID with the attributes of a group, SE_GROUP_…. */
void made_sids_add(struct made_sids *made, const char *text, uint32_t attributes);

/** Add {sid, attributes} each; with @always they take part whatever their attributes say. */
void made_sids_add_groups(struct made_sids *made, const json_t *groups, bool always);

/** User, groups and bare SIDs of a token. */
void made_sids_of_token(struct made_sids *made, const json_t *token);

/** The groups of a token's device. */
void made_sids_of_device(struct made_sids *made, const json_t *token);

struct ref_sids made_sids_list(const struct made_sids *made);

/** Encode an array of claims, without those from where Windows takes none. */
void made_claims_init(struct made_claims *made, const json_t *claims);
void made_claims_deinit(struct made_claims *made);

struct ref_claims made_claims_list(const struct made_claims *made);
