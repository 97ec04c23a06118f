/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conditional expressions in binary form: validation and evaluation (access-check.md 2.4, 11)
 *
 * Pure: no allocation, no recursion; the stack of the machine is bounded.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/claim.h>
#include <tessera/descriptor.h>

#include "sec/sid-set.h"

/* Three-valued logic. */
enum truth {
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNKNOWN,
};

struct claim_list {
    const tsr_claim *claims; /* borrowed */
    size_t n_claims;         /* the last claim of a name counts */
};

/* What an expression is evaluated against. Everything is borrowed. */
struct condition_context {
    const struct sid_set *sids;        /* of the pass that is being run */
    const struct sid_set *device_sids; /* NULL: no device groups */
    struct claim_list user_claims;
    struct claim_list device_claims;
    struct claim_list local_claims;
    /* Resource attributes: RA ACEs of the descriptor's SACL, or a list (tests, central policies).
     */
    const tsr_acl *sacl;               /* NULL: none */
    struct claim_list resource_claims; /* used where @sacl is NULL */
    bool for_allow; /* deny-only SIDs and claims count only where this is false */
};

/** Evaluate the application data of a callback ACE; malformed or all too costly, it is UNKNOWN. */
enum truth condition_evaluate(const uint8_t *data, size_t n_data,
                              const struct condition_context *context);

/**
 * Whether the data is a well-formed conditional expression: "artx", whole tokens that each find
 * their operands and leave one entry on the stack, zeros. What the operands are is not judged.
 */
bool condition_is_valid(const uint8_t *data, size_t n_data);
