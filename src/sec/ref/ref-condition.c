/* SPDX-License-Identifier: MIT */
/* A second, literal evaluator of conditional expressions (access-check.md 2.4, 11). */

#include "sec/ref/ref-condition.h"

#include <string.h>

#include <tessera/claim.h>

#define STACK_MAX 1024
#define DEPTH_MAX 64

static const tsr_sid everyone = {1, 1, {0}};

struct token {
    uint8_t code;
    size_t size; /* with the code */
    bool is_negative;
    uint64_t magnitude;
    const uint8_t *bytes;
    size_t n_bytes;
};

enum kind {
    KIND_RESULT,
    KIND_LITERAL,
    KIND_SET, /* a composite */
    KIND_ATTRIBUTE,
};

struct operand {
    enum kind kind;
    enum ref_truth truth;   /* of a result */
    struct token token;     /* of a literal or a set */
    bool is_present;        /* an attribute that is there */
    struct ref_claim claim; /* zeroed if it is not */
};

struct machine {
    const struct ref_context *context;
    bool has_error; /* "makes the whole result UNKNOWN" */
    size_t n;
    struct operand stack[STACK_MAX];
};

bool ref_matches(struct ref_sids sids, const tsr_sid *sid, bool for_allow)
{
    for (size_t i = 0; i < sids.n; i++) {
        if (ref_same_sid(&sids.list[i].sid, sid) &&
            (for_allow ? sids.list[i].allow : sids.list[i].deny)) {
            return true;
        }
    }
    return false;
}

/* 2.4: "INT8/16/32/64 = 01/02/03/04 + 8-byte value + sign byte + base byte." */
static bool read_integer(const uint8_t *at, size_t n_left, struct token *token)
{
    const uint64_t largest = UINT64_MAX >> (64 - (8u << (at[0] - 1)));
    const uint64_t value = n_left < 11 ? 0 : ref_number(at + 1, 8);
    const uint64_t half = largest / 2 + 1;

    if (n_left < 11 || at[9] < 1 || at[9] > 3 || at[10] < 1 || at[10] > 3) {
        return false;
    }
    token->size = 11;
    token->is_negative = at[9] == 2 && value != 0;
    token->magnitude = token->is_negative && value >> 63 ? -value : value;
    /* "Values are two's complement; if sign byte and value disagree the sign byte decides." */
    if (at[0] == 4) {
        return true;
    }
    return token->is_negative ? token->magnitude <= half : token->magnitude < half;
}

static bool is_text(uint8_t code)
{
    return code == 0x10 || code >= 0xf8;
}

/* Whole units, and surrogates in pairs only. */
static bool is_utf16(const uint8_t *bytes, size_t n_bytes)
{
    bool wants_low = false;

    for (size_t i = 0; i + 1 < n_bytes; i += 2) {
        const uint64_t unit = ref_number(bytes + i, 2);
        const bool is_low = unit >= 0xdc00 && unit <= 0xdfff;

        if (is_low != wants_low) {
            return false;
        }
        wants_low = unit >= 0xd800 && unit <= 0xdbff;
    }
    return n_bytes % 2 == 0 && !wants_low;
}

static bool is_literal_code(uint8_t code)
{
    return (code >= 0x01 && code <= 0x04) || code == 0x10 || code == 0x18 || code == 0x50 ||
           code == 0x51;
}

static bool is_attribute_code(uint8_t code)
{
    return code >= 0xf8 && code <= 0xfb;
}

static bool is_operator(uint8_t code)
{
    return (code >= 0x80 && code <= 0x93) || (code >= 0xa0 && code <= 0xa2);
}

/* A code, a length, and as many bytes. */
static bool read_long(const uint8_t *at, size_t n_left, struct token *token)
{
    if (n_left < 5 || ref_number(at + 1, 4) > n_left - 5) {
        return false;
    }
    token->bytes = at + 5;
    token->n_bytes = (size_t)ref_number(at + 1, 4);
    token->size = 5 + token->n_bytes;
    return true;
}

/* A token that is not a composite, or a composite whose elements nobody has looked at. */
static bool read_shallow(const uint8_t *at, size_t n_left, struct token *ret_token)
{
    struct token token = {.code = at[0], .size = 1};
    bool is_good = is_operator(at[0]);
    tsr_sid sid;

    if (at[0] >= 0x01 && at[0] <= 0x04) {
        is_good = read_integer(at, n_left, &token);
    } else if (is_literal_code(at[0]) || is_attribute_code(at[0])) {
        is_good = read_long(at, n_left, &token) &&
                  (!is_text(at[0]) || is_utf16(token.bytes, token.n_bytes)) &&
                  (!is_attribute_code(at[0]) || token.n_bytes > 0) &&
                  (at[0] != 0x51 || ref_sid_read(token.bytes, token.n_bytes, &sid));
    }
    *ret_token = token;
    return is_good;
}

/* "COMPOSITE: the concatenated element tokens", literals all; this one is @depth deep. */
static bool is_composite(const uint8_t *bytes, size_t n_bytes, size_t depth)
{
    size_t offset = 0;

    while (offset < n_bytes) {
        struct token element;

        if (!is_literal_code(bytes[offset]) ||
            !read_shallow(bytes + offset, n_bytes - offset, &element)) {
            return false;
        }
        if (element.code == 0x50 &&
            (depth == DEPTH_MAX || !is_composite(element.bytes, element.n_bytes, depth + 1))) {
            return false;
        }
        offset += element.size;
    }
    return true;
}

static bool read_token(const uint8_t *at, size_t n_left, struct token *ret_token)
{
    return read_shallow(at, n_left, ret_token) &&
           (at[0] != 0x50 || is_composite(ret_token->bytes, ret_token->n_bytes, 1));
}

static void push(struct machine *machine, struct operand operand)
{
    if (machine->n == STACK_MAX) {
        machine->has_error = true;
        return;
    }
    machine->stack[machine->n++] = operand;
}

static void push_truth(struct machine *machine, enum ref_truth truth)
{
    push(machine, (struct operand){.kind = KIND_RESULT, .truth = truth});
}

static struct operand pop(struct machine *machine)
{
    if (machine->n == 0) {
        machine->has_error = true;
        return (struct operand){.kind = KIND_RESULT, .truth = REF_UNKNOWN};
    }
    return machine->stack[--machine->n];
}

static enum ref_truth truth_of(bool holds)
{
    return holds ? REF_TRUE : REF_FALSE;
}

static enum ref_truth inverted(enum ref_truth truth)
{
    if (truth == REF_UNKNOWN) {
        return REF_UNKNOWN;
    }
    return truth == REF_TRUE ? REF_FALSE : REF_TRUE;
}

/* "F if either F; else U if either U; else T." */
static enum ref_truth both(enum ref_truth left, enum ref_truth right)
{
    if (left == REF_FALSE || right == REF_FALSE) {
        return REF_FALSE;
    }
    return left == REF_UNKNOWN || right == REF_UNKNOWN ? REF_UNKNOWN : REF_TRUE;
}

/* "T if either T; else U if either U; else F." */
static enum ref_truth either(enum ref_truth left, enum ref_truth right)
{
    if (left == REF_TRUE || right == REF_TRUE) {
        return REF_TRUE;
    }
    return left == REF_UNKNOWN || right == REF_UNKNOWN ? REF_UNKNOWN : REF_FALSE;
}

/* "Flag disabled -> missing; use-for-deny-only -> visible only in deny ACEs." */
static bool is_visible(const struct ref_claim *claim, bool for_allow)
{
    return !(claim->flags & TSR_CLAIM_DISABLED) &&
           !(claim->flags & TSR_CLAIM_USE_FOR_DENY_ONLY && for_allow);
}

/* "Last claim of a name wins over earlier ones." */
static struct operand listed_attribute(struct ref_claims claims, const struct token *name,
                                       bool for_allow)
{
    struct operand operand = {.kind = KIND_ATTRIBUTE};

    for (size_t i = 0; i < claims.n; i++) {
        struct ref_claim claim;

        if (!ref_claim_read(claims.list[i].bytes, claims.list[i].size, &claim) ||
            !ref_same_name(claim.name, claim.n_name, name->bytes, name->n_bytes)) {
            continue;
        }
        operand = (struct operand){.kind = KIND_ATTRIBUTE};
        if (is_visible(&claim, for_allow)) {
            operand.is_present = true;
            operand.claim = claim;
        }
    }
    return operand;
}

static bool holds_attribute(const tsr_ace *ace)
{
    tsr_sid sid;

    return ace->type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE && !(ace->flags & INHERIT_ONLY_ACE) &&
           ref_sid_read(ace->sid, (size_t)(ace->data - ace->sid), &sid) &&
           ref_same_sid(&sid, &everyone);
}

/*
 * "RA ACEs in the SACL, not IO; first of a name wins; the ACE must have SID WD." One that is
 * malformed, or holds a value twice ("invalid as a whole"), is an error where it could be the one
 * that is asked for; and nobody knows what a malformed one is called.
 */
static struct operand resource_attribute(struct machine *machine, const struct token *name)
{
    const tsr_acl *sacl = machine->context->sacl;
    struct operand operand = {.kind = KIND_ATTRIBUTE};
    size_t offset = 0;
    tsr_ace ace;

    while (sacl->bytes && tsr_acl_next(sacl, &offset, &ace)) {
        struct ref_claim claim;

        if (!holds_attribute(&ace)) {
            continue;
        }
        if (!ref_claim_read(ace.data, ace.n_data, &claim)) {
            machine->has_error = true;
            return operand;
        }
        if (!ref_same_name(claim.name, claim.n_name, name->bytes, name->n_bytes)) {
            continue;
        }
        machine->has_error = machine->has_error || ref_claim_has_twins(&claim);
        if (is_visible(&claim, machine->context->for_allow)) {
            operand.is_present = true;
            operand.claim = claim;
        }
        return operand;
    }
    return operand;
}

static struct operand attribute(struct machine *machine, const struct token *name)
{
    const struct ref_context *context = machine->context;

    switch (name->code) {
    case 0xf8:
        return listed_attribute(context->local_claims, name, context->for_allow);
    case 0xf9:
        return listed_attribute(context->user_claims, name, context->for_allow);
    case 0xfb:
        return listed_attribute(context->device_claims, name, context->for_allow);
    default:
        if (!context->sacl) {
            return listed_attribute(context->resource_claims, name, context->for_allow);
        }
        return resource_attribute(machine, name);
    }
}

static struct ref_value literal_value(const struct token *token)
{
    struct ref_value value = {
        .type = REF_INTEGER,
        .is_literal = true,
        .is_negative = token->is_negative,
        .magnitude = token->magnitude,
        .bytes = token->bytes,
        .n_bytes = token->n_bytes,
    };

    if (token->code == 0x10) {
        value.type = REF_STRING;
    } else if (token->code == 0x18) {
        value.type = REF_OCTETS;
    } else if (token->code == 0x50) {
        value.type = REF_SET;
    } else if (token->code == 0x51) {
        value.type = REF_SID;
    }
    return value;
}

/* The element at @index of a composite; false behind the last. */
static bool element(const struct token *set, size_t index, struct ref_value *ret_value)
{
    size_t offset = 0;

    while (offset < set->n_bytes) {
        struct token token;

        (void)read_shallow(set->bytes + offset, set->n_bytes - offset, &token);
        if (index == 0) {
            *ret_value = literal_value(&token);
            return true;
        }
        index--;
        offset += token.size;
    }
    return false;
}

/* The value at @index of what is no result; false behind the last. */
static bool value_at(const struct operand *operand, size_t index, struct ref_value *ret_value)
{
    if (operand->kind == KIND_SET) {
        return element(&operand->token, index, ret_value);
    }
    if (operand->kind == KIND_LITERAL) {
        *ret_value = literal_value(&operand->token);
        return index == 0;
    }
    if (index >= operand->claim.n_values) {
        return false;
    }
    *ret_value = ref_claim_value(&operand->claim, index);
    return true;
}

static size_t count_values(const struct operand *operand)
{
    struct ref_value value;
    size_t n = 0;

    while (value_at(operand, n, &value)) {
        n++;
    }
    return n;
}

static bool is_missing(const struct operand *operand)
{
    return operand->kind == KIND_ATTRIBUTE && operand->claim.n_values == 0;
}

static bool is_set(const struct operand *operand)
{
    return operand->kind == KIND_SET ||
           (operand->kind == KIND_ATTRIBUTE && operand->claim.n_values > 1);
}

static enum ref_truth equals(const struct ref_value *a, const struct ref_value *b)
{
    const enum ref_order order = ref_compare(a, b);

    return order == REF_INCOMPARABLE ? REF_UNKNOWN : truth_of(order == REF_EQUAL);
}

/* Whether one of @operand's values is @value. */
static enum ref_truth holds(const struct operand *operand, const struct ref_value *value)
{
    enum ref_truth truth = REF_FALSE;
    struct ref_value own;

    for (size_t i = 0; value_at(operand, i, &own); i++) {
        truth = either(truth, equals(&own, value));
    }
    return truth;
}

static enum ref_truth holds_all(const struct operand *operand, const struct operand *wanted)
{
    enum ref_truth truth = REF_TRUE;
    struct ref_value value;

    for (size_t i = 0; value_at(wanted, i, &value); i++) {
        truth = both(truth, holds(operand, &value));
    }
    return truth;
}

static enum ref_truth holds_some(const struct operand *operand, const struct operand *wanted)
{
    enum ref_truth truth = REF_FALSE;
    struct ref_value value;

    for (size_t i = 0; value_at(wanted, i, &value); i++) {
        truth = either(truth, holds(operand, &value));
    }
    return truth;
}

/*
 * "Different types -> U. Single or set, order-insensitive. Duplicated literals: {"a","b","a"}
 * against claim {a,b} is F": where all are held by the other side, their number decides.
 */
static enum ref_truth are_equal(const struct operand *left, const struct operand *right)
{
    const enum ref_truth same_values = both(holds_all(left, right), holds_all(right, left));

    if (same_values != REF_TRUE) {
        return same_values;
    }
    return truth_of(count_values(left) == count_values(right));
}

/* "< <= > >= with a set on either side -> U." */
static enum ref_truth is_ordered(uint8_t code, const struct operand *left,
                                 const struct operand *right)
{
    struct ref_value a;
    struct ref_value b;
    enum ref_order order;

    if (is_set(left) || is_set(right) || !value_at(left, 0, &a) || !value_at(right, 0, &b)) {
        return REF_UNKNOWN;
    }
    order = ref_compare(&a, &b);
    if (order == REF_INCOMPARABLE || order == REF_OTHER ||
        (order == REF_EQUAL && (a.type == REF_SID || a.type == REF_FQBN || a.type == REF_BOOLEAN ||
                                b.type == REF_BOOLEAN))) {
        return REF_UNKNOWN; /* of a type that has no order */
    }
    if (code == 0x82) {
        return truth_of(order == REF_LESS);
    }
    if (code == 0x83) {
        return truth_of(order != REF_GREATER);
    }
    return truth_of(code == 0x84 ? order == REF_GREATER : order != REF_LESS);
}

/*
 * "All right values in the left; right may be single. () Contains {} -> F; missing Contains {x} ->
 * U; present Contains {} -> F."
 */
static enum ref_truth contains(const struct operand *left, const struct operand *right)
{
    if (right->kind == KIND_SET && count_values(right) == 0) {
        return REF_FALSE;
    }
    if (is_missing(left) || is_missing(right)) {
        return REF_UNKNOWN;
    }
    return holds_all(left, right);
}

/* "Some right value in the left. Scalar literal -> U; present Any_of {} -> F; missing -> U." */
static enum ref_truth any_of(const struct operand *left, const struct operand *right)
{
    if (is_missing(left) || is_missing(right) || right->kind == KIND_LITERAL) {
        return REF_UNKNOWN;
    }
    return holds_some(left, right);
}

static enum ref_truth relate(uint8_t code, const struct operand *left, const struct operand *right)
{
    switch (code) {
    case 0x86:
        return contains(left, right);
    case 0x8e:
        return inverted(contains(left, right));
    case 0x88:
        return any_of(left, right);
    case 0x8f:
        return inverted(any_of(left, right));
    }
    if (is_missing(left) || is_missing(right)) {
        return REF_UNKNOWN;
    }
    if (code == 0x80 || code == 0x81) {
        return code == 0x80 ? are_equal(left, right) : inverted(are_equal(left, right));
    }
    return is_ordered(code, left, right);
}

static void do_relation(struct machine *machine, uint8_t code)
{
    const struct operand right = pop(machine);
    const struct operand left = pop(machine);

    if (left.kind == KIND_RESULT || right.kind == KIND_RESULT) {
        machine->has_error = true;
        return;
    }
    push_truth(machine, relate(code, &left, &right));
}

/* "Integer/boolean: != 0; string: non-empty"; of other types nothing is said. */
static enum ref_truth is_true(const struct ref_value *value)
{
    if (value->type == REF_INTEGER || value->type == REF_BOOLEAN) {
        return truth_of(value->magnitude != 0);
    }
    return value->type == REF_STRING ? truth_of(value->n_bytes > 0) : REF_UNKNOWN;
}

/* "A result; or an attribute (missing or empty: U; T if any is true); a literal is an error." */
static enum ref_truth pop_logical(struct machine *machine)
{
    const struct operand operand = pop(machine);
    enum ref_truth truth = REF_FALSE;
    struct ref_value value;

    if (operand.kind == KIND_RESULT) {
        return operand.truth;
    }
    if (operand.kind != KIND_ATTRIBUTE) {
        machine->has_error = true;
        return REF_UNKNOWN;
    }
    if (is_missing(&operand)) {
        return REF_UNKNOWN;
    }
    for (size_t i = 0; value_at(&operand, i, &value); i++) {
        truth = either(truth, is_true(&value));
    }
    return truth;
}

/* "T iff all are in the token; _Any: some. Empty set: Member_of T, Member_of_Any F." */
static void do_membership(struct machine *machine, struct ref_sids sids, bool any, bool inverts)
{
    const struct operand operand = pop(machine);
    struct ref_value value;
    bool some = false;
    bool all = true;

    if (operand.kind != KIND_LITERAL && operand.kind != KIND_SET) {
        machine->has_error = true;
        return;
    }
    for (size_t i = 0; value_at(&operand, i, &value); i++) {
        tsr_sid sid;
        bool is_member;

        if (value.type != REF_SID || !ref_sid_read(value.bytes, value.n_bytes, &sid)) {
            machine->has_error = true;
            return;
        }
        is_member = ref_matches(sids, &sid, machine->context->for_allow);
        some = some || is_member;
        all = all && is_member;
    }
    push_truth(machine, truth_of((any ? some : all) != inverts));
}

/* "T if present with values, F if absent"; 15: "empty = U". */
static void do_exists(struct machine *machine, bool inverts)
{
    const struct operand operand = pop(machine);
    enum ref_truth truth = REF_FALSE;

    if (operand.kind != KIND_ATTRIBUTE) {
        machine->has_error = true;
    }
    if (operand.is_present) {
        truth = operand.claim.n_values > 0 ? REF_TRUE : REF_UNKNOWN;
    }
    push_truth(machine, inverts ? inverted(truth) : truth);
}

static void do_logic(struct machine *machine, uint8_t code)
{
    const enum ref_truth right = pop_logical(machine);
    enum ref_truth left;

    if (code == 0xa2) {
        push_truth(machine, inverted(right));
        return;
    }
    left = pop_logical(machine);
    push_truth(machine, code == 0xa0 ? both(left, right) : either(left, right));
}

static void do_operator(struct machine *machine, uint8_t code)
{
    const struct ref_sids sids = machine->context->sids;
    const struct ref_sids device_sids = machine->context->device_sids;

    switch (code) {
    case 0x87:
    case 0x8d:
        do_exists(machine, code == 0x8d);
        return;
    case 0x89:
    case 0x90:
        do_membership(machine, sids, false, code == 0x90);
        return;
    case 0x8a:
    case 0x91:
        do_membership(machine, device_sids, false, code == 0x91);
        return;
    case 0x8b:
    case 0x92:
        do_membership(machine, sids, true, code == 0x92);
        return;
    case 0x8c:
    case 0x93:
        do_membership(machine, device_sids, true, code == 0x93);
        return;
    case 0xa0:
    case 0xa1:
    case 0xa2:
        do_logic(machine, code);
        return;
    default:
        do_relation(machine, code);
    }
}

static void do_token(struct machine *machine, const struct token *token)
{
    if (is_operator(token->code)) {
        do_operator(machine, token->code);
    } else if (is_attribute_code(token->code)) {
        push(machine, attribute(machine, token));
    } else {
        push(machine, (struct operand){.kind = token->code == 0x50 ? KIND_SET : KIND_LITERAL,
                                       .token = *token});
    }
}

/* "Zero padded to 4." */
static bool is_padding(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

enum ref_truth ref_condition(const uint8_t *data, size_t size, const struct ref_context *context)
{
    enum ref_truth truth;
    struct machine machine;
    size_t at = 4;

    machine.context = context;
    machine.has_error = false;
    machine.n = 0;
    if (size < 4 || memcmp(data, "artx", 4) != 0) {
        return REF_UNKNOWN;
    }
    while (!is_padding(data + at, size - at)) {
        struct token token;

        if (!read_token(data + at, size - at, &token)) {
            return REF_UNKNOWN;
        }
        do_token(&machine, &token);
        if (machine.has_error) {
            return REF_UNKNOWN;
        }
        at += token.size;
    }
    if (machine.n != 1) {
        return REF_UNKNOWN;
    }
    truth = pop_logical(&machine);
    return machine.has_error ? REF_UNKNOWN : truth;
}
