/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Relations between operands of conditional expressions (access-check.md 11)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/claim.h>

#include "sec/condition-token.h"
#include "sec/condition.h"

/*
 * What an evaluation may cost before its result is UNKNOWN. Whoever may write a descriptor could
 * otherwise let two sets of thousands of values be compared thousands of times.
 */
struct work {
    size_t n_left;
};

#define CONDITION_WORK_MAX ((size_t)16 << 20) /* about as many bytes read */

/** Spend @amount. @return false, now and from now on, if that was not left */
static inline bool work_spend(struct work *work, size_t amount)
{
    work->n_left = amount < work->n_left ? work->n_left - amount : 0;
    return work->n_left > 0;
}

enum operand_kind {
    OPERAND_RESULT,
    OPERAND_LITERAL, /* not a composite */
    OPERAND_SET,     /* a composite */
    OPERAND_ATTRIBUTE,
};

/* An operand as it comes off the stack. */
struct operand {
    enum operand_kind kind;
    enum truth result;            /* OPERAND_RESULT */
    struct condition_token token; /* OPERAND_LITERAL, OPERAND_SET */
    bool is_found;                /* OPERAND_ATTRIBUTE: the subject or the object has it */
    tsr_claim claim;              /* zeroed if not found */
};

enum value_type {
    VALUE_INTEGER,
    VALUE_BOOLEAN,
    VALUE_STRING,
    VALUE_FQBN,
    VALUE_OCTETS,
    VALUE_SID,
    VALUE_SET, /* a composite in a composite: SDDL has none */
};

struct value {
    enum value_type type;
    bool is_literal;
    bool is_case_sensitive;
    bool is_negative;
    uint64_t magnitude; /* integers, booleans */
    const uint8_t *bytes;
    size_t n_bytes;
};

/* The values of an operand, one after the other. */
struct value_walk {
    const struct operand *operand;
    struct cursor elements; /* of a composite */
    uint32_t index;         /* of an attribute's, or a literal's, next value */
};

struct value_walk value_walk_over(const struct operand *operand);

/** @return whether there was one more */
bool value_walk_next(struct value_walk *walk, struct value *ret_value);

static inline enum truth truth_not(enum truth truth)
{
    return truth == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

static inline enum truth truth_and(enum truth a, enum truth b)
{
    if (a == TRUTH_FALSE || b == TRUTH_FALSE) {
        return TRUTH_FALSE;
    }
    return a == TRUTH_UNKNOWN ? a : b;
}

static inline enum truth truth_or(enum truth a, enum truth b)
{
    return truth_not(truth_and(truth_not(a), truth_not(b)));
}

static inline enum truth truth_of(bool holds)
{
    return holds ? TRUTH_TRUE : TRUTH_FALSE;
}

/** An attribute that is missing, disabled or without values. */
static inline bool operand_is_missing(const struct operand *operand)
{
    return operand->kind == OPERAND_ATTRIBUTE && operand->claim.n_values == 0;
}

/**
 * Evaluate a relation; neither operand may be a result.
 *
 * @param code  of CONDITION_CLASS_RELATION
 */
enum truth condition_relate(enum condition_code code, const struct operand *left,
                            const struct operand *right, struct work *work);
