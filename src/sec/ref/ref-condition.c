/* SPDX-License-Identifier: MIT */
/* A second, literal evaluator of a part of conditional expressions (access-check.md 2.4, 11). */

#include "sec/ref/ref-condition.h"

#include <string.h>

#define STACK_MAX 1024

enum kind {
    RESULT,
    INTEGER,
    SIDS, /* a SID, or a list of them */
    ABSENT,
};

struct entry {
    enum kind kind;
    enum ref_truth truth;
    int64_t integer;
    const uint8_t *elements; /* tokens 51h, one after the other */
    size_t n_elements;       /* in bytes */
};

struct machine {
    struct entry stack[STACK_MAX];
    size_t n;
    struct ref_sids sids;
    bool for_allow;
    bool is_malformed;
    bool out_of_scope;
};

bool ref_same_sid(const tsr_sid *a, const tsr_sid *b)
{
    if (a->authority != b->authority || a->n_sub_authorities != b->n_sub_authorities) {
        return false;
    }
    for (size_t i = 0; i < a->n_sub_authorities; i++) {
        if (a->sub_authorities[i] != b->sub_authorities[i]) {
            return false;
        }
    }
    return true;
}

static size_t length_at(const uint8_t *at)
{
    return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

static void push(struct machine *machine, struct entry entry)
{
    if (machine->n == STACK_MAX) {
        machine->is_malformed = true;
        return;
    }
    machine->stack[machine->n++] = entry;
}

static void push_truth(struct machine *machine, enum ref_truth truth)
{
    push(machine, (struct entry){.kind = RESULT, .truth = truth});
}

static struct entry pop(struct machine *machine)
{
    if (machine->n == 0) {
        machine->is_malformed = true;
        return (struct entry){.kind = RESULT, .truth = REF_UNKNOWN};
    }
    return machine->stack[--machine->n];
}

static enum ref_truth inverted(enum ref_truth truth)
{
    if (truth == REF_UNKNOWN) {
        return REF_UNKNOWN;
    }
    return truth == REF_TRUE ? REF_FALSE : REF_TRUE;
}

/* "Operand of a logical operator: a result; or an attribute (missing: U); a literal is an error."
 */
static enum ref_truth pop_logical(struct machine *machine)
{
    const struct entry entry = pop(machine);

    if (entry.kind == RESULT) {
        return entry.truth;
    }
    if (entry.kind != ABSENT) {
        machine->is_malformed = true;
    }
    return REF_UNKNOWN;
}

static void do_and(struct machine *machine)
{
    const enum ref_truth right = pop_logical(machine);
    const enum ref_truth left = pop_logical(machine);

    if (left == REF_FALSE || right == REF_FALSE) {
        push_truth(machine, REF_FALSE);
    } else if (left == REF_UNKNOWN || right == REF_UNKNOWN) {
        push_truth(machine, REF_UNKNOWN);
    } else {
        push_truth(machine, REF_TRUE);
    }
}

static void do_or(struct machine *machine)
{
    const enum ref_truth right = pop_logical(machine);
    const enum ref_truth left = pop_logical(machine);

    if (left == REF_TRUE || right == REF_TRUE) {
        push_truth(machine, REF_TRUE);
    } else if (left == REF_UNKNOWN || right == REF_UNKNOWN) {
        push_truth(machine, REF_UNKNOWN);
    } else {
        push_truth(machine, REF_FALSE);
    }
}

static bool compares(uint8_t operation, int64_t left, int64_t right)
{
    switch (operation) {
    case 0x80:
        return left == right;
    case 0x81:
        return left != right;
    case 0x82:
        return left < right;
    case 0x83:
        return left <= right;
    case 0x84:
        return left > right;
    default:
        return left >= right;
    }
}

static void do_relation(struct machine *machine, uint8_t operation)
{
    const struct entry right = pop(machine);
    const struct entry left = pop(machine);

    if (left.kind == RESULT || right.kind == RESULT) {
        machine->is_malformed = true;
    } else if (left.kind == ABSENT || right.kind == ABSENT) {
        push_truth(machine, REF_UNKNOWN);
    } else if (left.kind == INTEGER && right.kind == INTEGER) {
        push_truth(machine,
                   compares(operation, left.integer, right.integer) ? REF_TRUE : REF_FALSE);
    } else {
        machine->out_of_scope = true;
    }
}

/* "For an allow ACE: enabled, not deny-only; for a deny ACE deny-only counts." */
static bool is_member(const struct machine *machine, const tsr_sid *sid)
{
    for (size_t i = 0; i < machine->sids.n; i++) {
        const struct ref_sid *own = &machine->sids.list[i];

        if (ref_same_sid(&own->sid, sid) && (machine->for_allow ? own->allow : own->deny)) {
            return true;
        }
    }
    return false;
}

/* "Member_of: T iff all are in the token; _Any: some. Empty set: Member_of T, Member_of_Any F." */
static void do_membership(struct machine *machine, bool any, bool inverts)
{
    const struct entry entry = pop(machine);
    bool some = false;
    bool all = true;
    enum ref_truth truth;

    if (entry.kind != SIDS) {
        machine->is_malformed = true;
        return;
    }
    for (size_t at = 0; at < entry.n_elements;) {
        const size_t length = length_at(entry.elements + at + 1);
        tsr_sid sid;

        if (entry.elements[at] != 0x51 ||
            tsr_failed(tsr_sid_decode(entry.elements + at + 5, length, &sid, NULL))) {
            machine->is_malformed = true;
            return;
        }
        some = is_member(machine, &sid) || some;
        all = is_member(machine, &sid) && all;
        at += 5 + length;
    }
    truth = (any ? some : all) ? REF_TRUE : REF_FALSE;
    push_truth(machine, inverts ? inverted(truth) : truth);
}

/* "Exists: T if present with values, F if absent." */
static void do_exists(struct machine *machine, bool inverts)
{
    if (pop(machine).kind != ABSENT) {
        machine->is_malformed = true;
    }
    push_truth(machine, inverts ? REF_TRUE : REF_FALSE);
}

static void do_operator(struct machine *machine, uint8_t operation)
{
    switch (operation) {
    case 0x80 ... 0x85:
        do_relation(machine, operation);
        return;
    case 0x87:
        do_exists(machine, false);
        return;
    case 0x8d:
        do_exists(machine, true);
        return;
    case 0x89:
        do_membership(machine, false, false);
        return;
    case 0x8b:
        do_membership(machine, true, false);
        return;
    case 0x90:
        do_membership(machine, false, true);
        return;
    case 0x92:
        do_membership(machine, true, true);
        return;
    case 0xa0:
        do_and(machine);
        return;
    case 0xa1:
        do_or(machine);
        return;
    case 0xa2:
        push_truth(machine, inverted(pop_logical(machine)));
        return;
    default:
        machine->out_of_scope = true;
    }
}

/* @return bytes taken; 0 if it ends too early or is not known */
static size_t do_token(struct machine *machine, const uint8_t *at, size_t n_left)
{
    size_t length;

    switch (at[0]) {
    case 0x01 ... 0x04: {
        uint64_t value = 0;

        if (n_left < 11) {
            return 0;
        }
        for (size_t i = 8; i > 0; i--) {
            value = value << 8 | at[i];
        }
        push(machine, (struct entry){.kind = INTEGER, .integer = (int64_t)value});
        return 11;
    }
    case 0x50:
    case 0x51:
    case 0xf8:
    case 0xf9:
    case 0xfb:
        if (n_left < 5 || length_at(at + 1) > n_left - 5) {
            return 0;
        }
        length = length_at(at + 1);
        if (at[0] == 0x51) {
            push(machine, (struct entry){.kind = SIDS, .elements = at, .n_elements = 5 + length});
        } else if (at[0] == 0x50) {
            push(machine, (struct entry){.kind = SIDS, .elements = at + 5, .n_elements = length});
        } else {
            push(machine, (struct entry){.kind = ABSENT});
        }
        return 5 + length;
    default:
        if (at[0] < 0x80) {
            machine->out_of_scope = true;
        }
        do_operator(machine, at[0]);
        return 1;
    }
}

enum ref_truth ref_condition(const uint8_t *data, size_t size, struct ref_sids sids, bool for_allow,
                             bool *out_of_scope)
{
    struct machine machine;
    size_t at = 4;

    machine.n = 0;
    machine.sids = sids;
    machine.for_allow = for_allow;
    machine.is_malformed = false;
    machine.out_of_scope = false;
    if (size < 4 || memcmp(data, "artx", 4) != 0) {
        return REF_UNKNOWN;
    }
    while (at < size && !machine.is_malformed && !machine.out_of_scope) {
        size_t n_taken = 1;

        if (data[at] != 0) {
            n_taken = do_token(&machine, data + at, size - at);
            machine.is_malformed = machine.is_malformed || n_taken == 0;
        }
        at += n_taken;
    }
    *out_of_scope = *out_of_scope || machine.out_of_scope;
    if (machine.is_malformed || machine.n != 1) {
        return REF_UNKNOWN;
    }
    return pop_logical(&machine);
}
