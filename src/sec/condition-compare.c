/* SPDX-License-Identifier: MIT */
/* Relations between operands of conditional expressions. */

#include "sec/condition-compare.h"

#include <string.h>

#include "sec/upcase.h"

/* How one value stands to another. */
enum order {
    ORDER_NONE, /* they cannot be compared */
    ORDER_LESS,
    ORDER_EQUAL,
    ORDER_GREATER,
};

static enum order order_of(int difference)
{
    return difference < 0 ? ORDER_LESS : difference > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static struct value literal_value(const struct condition_token *token)
{
    struct value value = {
        .is_literal = true,
        .is_negative = token->is_negative,
        .magnitude = token->magnitude,
        .bytes = token->bytes,
        .n_bytes = token->n_bytes,
    };

    if (token->code == CONDITION_STRING) {
        value.type = VALUE_STRING;
    } else if (token->code == CONDITION_OCTETS) {
        value.type = VALUE_OCTETS;
    } else if (token->code == CONDITION_SID) {
        value.type = VALUE_SID;
    } else if (token->code == CONDITION_COMPOSITE) {
        value.type = VALUE_SET;
    } else {
        value.type = VALUE_INTEGER;
    }
    return value;
}

static enum value_type claim_value_type(uint16_t type)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
        return VALUE_INTEGER;
    case TSR_CLAIM_STRING:
        return VALUE_STRING;
    case TSR_CLAIM_FQBN:
        return VALUE_FQBN;
    case TSR_CLAIM_SID:
        return VALUE_SID;
    case TSR_CLAIM_BOOLEAN:
        return VALUE_BOOLEAN;
    case TSR_CLAIM_OCTETS:
        break;
    }
    return VALUE_OCTETS;
}

static struct value claim_value(const tsr_claim *claim, uint32_t index)
{
    tsr_claim_value stored;
    struct value value = {
        .type = claim_value_type(claim->type),
        .is_case_sensitive = claim->flags & TSR_CLAIM_CASE_SENSITIVE,
    };

    tsr_claim_get_value(claim, index, &stored);
    value.bytes = stored.bytes;
    value.n_bytes = stored.n_bytes;
    value.is_negative = claim->type == TSR_CLAIM_INT64 && stored.number > INT64_MAX;
    value.magnitude = value.is_negative ? 0 - stored.number : stored.number;
    return value;
}

struct value_walk value_walk_over(const struct operand *operand)
{
    return (struct value_walk){
        .operand = operand,
        .elements = cursor_over(operand->token.bytes, operand->token.n_bytes),
    };
}

bool value_walk_next(struct value_walk *walk, struct value *ret_value)
{
    const struct operand *operand = walk->operand;
    struct condition_token element;

    switch (operand->kind) {
    case OPERAND_RESULT:
        return false;
    case OPERAND_LITERAL:
        if (walk->index++ > 0) {
            return false;
        }
        *ret_value = literal_value(&operand->token);
        return true;
    case OPERAND_SET:
        if (walk->elements.n_left == 0 ||
            tsr_failed(condition_token_take(&walk->elements, &element))) {
            return false;
        }
        *ret_value = literal_value(&element);
        return true;
    case OPERAND_ATTRIBUTE:
        if (walk->index >= operand->claim.n_values) {
            return false;
        }
        *ret_value = claim_value(&operand->claim, walk->index++);
        return true;
    }
    return false;
}

static size_t value_count(const struct operand *operand)
{
    struct value_walk walk = value_walk_over(operand);
    struct value value;
    size_t n = 0;

    if (operand->kind == OPERAND_ATTRIBUTE) {
        return operand->claim.n_values;
    }
    while (value_walk_next(&walk, &value)) {
        n++;
    }
    return n;
}

static enum order integers_compare(const struct value *a, const struct value *b)
{
    const int difference = (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);

    if (a->is_negative != b->is_negative) {
        return a->is_negative ? ORDER_LESS : ORDER_GREATER;
    }
    return order_of(a->is_negative ? -difference : difference);
}

static enum order strings_compare(const struct value *a, const struct value *b)
{
    return order_of(upcase_compare(a->bytes, a->n_bytes, b->bytes, b->n_bytes,
                                   a->is_case_sensitive || b->is_case_sensitive));
}

static enum order octets_compare(const struct value *a, const struct value *b)
{
    const size_t n_common = a->n_bytes < b->n_bytes ? a->n_bytes : b->n_bytes;
    const int difference = n_common > 0 ? memcmp(a->bytes, b->bytes, n_common) : 0;

    if (difference != 0) {
        return order_of(difference);
    }
    return order_of((a->n_bytes > b->n_bytes) - (a->n_bytes < b->n_bytes));
}

/* 0 or 1, as a literal or from a claim of booleans. */
static bool is_truth_value(const struct value *value)
{
    return (value->type == VALUE_BOOLEAN || (value->type == VALUE_INTEGER && value->is_literal)) &&
           !value->is_negative && value->magnitude <= 1;
}

/* A boolean against another, or against the literals 0 and 1. */
static enum order booleans_compare(const struct value *a, const struct value *b)
{
    if (!is_truth_value(a) || !is_truth_value(b)) {
        return ORDER_NONE;
    }
    return integers_compare(a, b);
}

/* @b is the one that was read for this: reading it took as long as it is. */
static enum order values_compare(const struct value *a, const struct value *b, struct work *work)
{
    if (!work_spend(work, sizeof(uint64_t) + b->n_bytes)) {
        return ORDER_NONE;
    }
    if (a->type != b->type) {
        return booleans_compare(a, b);
    }
    switch (a->type) {
    case VALUE_INTEGER:
        return integers_compare(a, b);
    case VALUE_BOOLEAN:
        return booleans_compare(a, b);
    case VALUE_STRING:
    case VALUE_FQBN:
        return strings_compare(a, b);
    case VALUE_OCTETS:
    case VALUE_SID:
        return octets_compare(a, b);
    case VALUE_SET:
        break;
    }
    return ORDER_NONE;
}

/* Whether @value is among the values of @operand. */
static enum truth is_among(const struct value *value, const struct operand *operand,
                           struct work *work)
{
    struct value_walk walk = value_walk_over(operand);
    enum truth found = TRUTH_FALSE;
    struct value other;

    while (found != TRUTH_TRUE && work->n_left > 0 && value_walk_next(&walk, &other)) {
        const enum order order = values_compare(value, &other, work);

        found =
            truth_or(found, order == ORDER_NONE ? TRUTH_UNKNOWN : truth_of(order == ORDER_EQUAL));
    }
    return found;
}

/* Whether all of @operand's values are among those of @others; true of no values. */
static enum truth all_are_among(const struct operand *operand, const struct operand *others,
                                struct work *work)
{
    struct value_walk walk = value_walk_over(operand);
    enum truth all = TRUTH_TRUE;
    struct value value;

    while (all != TRUTH_FALSE && work->n_left > 0 && value_walk_next(&walk, &value)) {
        all = truth_and(all, is_among(&value, others, work));
    }
    return all;
}

/* Whether some of @operand's values are among those of @others; false of no values. */
static enum truth some_are_among(const struct operand *operand, const struct operand *others,
                                 struct work *work)
{
    struct value_walk walk = value_walk_over(operand);
    enum truth some = TRUTH_FALSE;
    struct value value;

    while (some != TRUTH_TRUE && work->n_left > 0 && value_walk_next(&walk, &value)) {
        some = truth_or(some, is_among(&value, others, work));
    }
    return some;
}

/*
 * Sets are equal when each holds the other's values, and no more: {"a", "b", "a"} is not the claim
 * {a, b} on Windows.
 */
static enum truth are_equal(const struct operand *left, const struct operand *right,
                            struct work *work)
{
    const enum truth both =
        truth_and(all_are_among(left, right, work), all_are_among(right, left, work));

    if (both != TRUTH_TRUE) {
        return both;
    }
    return truth_of(value_count(left) == value_count(right));
}

/* Sets have no order, nor have SIDs, booleans and names of binaries. */
static bool has_order(const struct operand *operand, const struct value *value)
{
    return operand->kind != OPERAND_SET && value_count(operand) == 1 &&
           (value->type == VALUE_INTEGER || value->type == VALUE_STRING ||
            value->type == VALUE_OCTETS);
}

static enum truth is_ordered(enum condition_code code, const struct operand *left,
                             const struct operand *right, struct work *work)
{
    struct value_walk left_walk = value_walk_over(left);
    struct value_walk right_walk = value_walk_over(right);
    struct value left_value;
    struct value right_value;
    enum order order;

    if (!value_walk_next(&left_walk, &left_value) || !value_walk_next(&right_walk, &right_value) ||
        !has_order(left, &left_value) || !has_order(right, &right_value)) {
        return TRUTH_UNKNOWN;
    }
    order = values_compare(&left_value, &right_value, work);
    if (order == ORDER_NONE) {
        return TRUTH_UNKNOWN;
    }
    if (code == CONDITION_LESS) {
        return truth_of(order == ORDER_LESS);
    }
    if (code == CONDITION_LESS_OR_EQUAL) {
        return truth_of(order != ORDER_GREATER);
    }
    return truth_of(code == CONDITION_GREATER ? order == ORDER_GREATER : order != ORDER_LESS);
}

/* Nothing contains the empty set, not even an attribute that is missing: as on Windows. */
static enum truth contains(const struct operand *left, const struct operand *right,
                           struct work *work)
{
    if (right->kind == OPERAND_SET && right->token.n_bytes == 0) {
        return TRUTH_FALSE;
    }
    if (operand_is_missing(left) || operand_is_missing(right)) {
        return TRUTH_UNKNOWN;
    }
    return all_are_among(right, left, work);
}

/* Windows wants a set or an attribute on the right, where Samba takes a single literal too. */
static enum truth any_of(const struct operand *left, const struct operand *right, struct work *work)
{
    if (operand_is_missing(left) || operand_is_missing(right) || right->kind == OPERAND_LITERAL) {
        return TRUTH_UNKNOWN;
    }
    return some_are_among(right, left, work);
}

static enum truth equality(const struct operand *left, const struct operand *right,
                           struct work *work)
{
    if (operand_is_missing(left) || operand_is_missing(right)) {
        return TRUTH_UNKNOWN;
    }
    return are_equal(left, right, work);
}

static enum truth inverted_if(bool is_negated, enum truth truth)
{
    return is_negated ? truth_not(truth) : truth;
}

static enum truth relate(enum condition_code code, const struct operand *left,
                         const struct operand *right, struct work *work)
{
    if (code == CONDITION_EQUAL || code == CONDITION_NOT_EQUAL) {
        return inverted_if(code == CONDITION_NOT_EQUAL, equality(left, right, work));
    }
    if (code == CONDITION_CONTAINS || code == CONDITION_NOT_CONTAINS) {
        return inverted_if(code == CONDITION_NOT_CONTAINS, contains(left, right, work));
    }
    if (code == CONDITION_ANY_OF || code == CONDITION_NOT_ANY_OF) {
        return inverted_if(code == CONDITION_NOT_ANY_OF, any_of(left, right, work));
    }
    return is_ordered(code, left, right, work);
}

enum truth condition_relate(enum condition_code code, const struct operand *left,
                            const struct operand *right, struct work *work)
{
    const enum truth truth = relate(code, left, right, work);

    /* Without work left, not every value was looked at. */
    return work->n_left > 0 ? truth : TRUTH_UNKNOWN;
}
