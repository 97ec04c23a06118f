/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims written as JSON, in the form of the conditional_eval vectors
 */

#include <stdbool.h>

#include <jansson.h>

#include <tessera/claim.h>

#include "cli/problem.h"

/* Zero-initialise. */
struct claims {
    tsr_claim *claims; /* owned, with the bytes of each */
    size_t n_claims;
    bool are_rejected; /* one is none, though its members are: no token would carry it */
};

void claims_deinit(struct claims *claims);

static inline void cleanup_claims_deinit(struct claims *claims)
{
    claims_deinit(claims);
}

/**
 * Read a member of @object: an array of {"name", "type", "flags", "values", "source_type"}; absent,
 * there are none.
 *
 * What conditions do not see is left out: claims of the type 0, which have no value, and those that
 * come neither from the directory nor from a certificate.
 *
 * @param ret_claims  claims_deinit() by the caller, also on failure
 */
bool claims_of_json(const json_t *object, const char *name, struct claims *ret_claims,
                    struct problem *ret_problem);
