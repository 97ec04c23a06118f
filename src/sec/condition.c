/* SPDX-License-Identifier: MIT */
/*
 * Conditional expressions in binary form: a stack machine.
 *
 * The stack holds where an operand's token lies, not what it says: a token is read again when an
 * operator takes it, so that 1,024 entries fit in 12 KiB. An error anywhere, which is any status
 * but success below, makes the whole expression UNKNOWN (access-check.md 11).
 */

#include "sec/condition.h"

#include <string.h>

#include "base/check.h"
#include "base/cursor.h"
#include "sec/claim.h"
#include "sec/condition-compare.h"
#include "sec/condition-token.h"
#include "sec/upcase.h"

#define ENCODED_EVERYONE_SIZE 12

static const uint8_t encoded_everyone[ENCODED_EVERYONE_SIZE] = {1, 1, [7] = 1};

struct entry {
    enum operand_kind kind;
    enum truth result; /* OPERAND_RESULT */
    uint32_t n_after;  /* otherwise: bytes from its token to the end of the expression */
};

struct machine {
    const struct condition_context *context;
    struct cursor expression; /* the whole of it */
    struct work work;
    size_t n_entries;
    struct entry stack[CONDITION_STACK_MAX];
};

static tsr_status push(struct machine *machine, struct entry entry)
{
    REQUIRE(machine->n_entries < CONDITION_STACK_MAX, STATUS_DATA_ERROR);

    machine->stack[machine->n_entries++] = entry;
    return TSR_OK;
}

static tsr_status push_result(struct machine *machine, enum truth result)
{
    return push(machine, (struct entry){.kind = OPERAND_RESULT, .result = result});
}

/* The claim of a name that counts among @list: the last. */
static bool find_in_list(const struct condition_token *name, const struct claim_list *list,
                         struct work *work, tsr_claim *ret_claim)
{
    for (size_t i = list->n_claims; i > 0; i--) {
        const tsr_claim *claim = &list->claims[i - 1];

        if (!work_spend(work, 1 + claim->n_name)) {
            return false;
        }
        if (upcase_compare(name->bytes, name->n_bytes, claim->name, claim->n_name, false) == 0) {
            *ret_claim = *claim;
            return true;
        }
    }
    return false;
}

static bool is_resource_attribute(const tsr_ace *ace)
{
    return ace->type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE && !(ace->flags & INHERIT_ONLY_ACE) &&
           tsr_encoded_sid_size(ace->sid) == sizeof(encoded_everyone) &&
           memcmp(ace->sid, encoded_everyone, sizeof(encoded_everyone)) == 0;
}

/*
 * The resource attribute of a name that counts: the first. A malformed one before it could have
 * been the one that was meant, so that it makes the search fail instead of being passed over.
 */
static tsr_status find_in_sacl(const struct condition_token *name, const tsr_acl *sacl,
                               struct work *work, bool *ret_is_found, tsr_claim *ret_claim)
{
    size_t offset = 0;
    tsr_claim claim;
    tsr_ace ace;

    while (tsr_acl_next(sacl, &offset, &ace)) {
        REQUIRE(work_spend(work, ace.size), STATUS_DATA_ERROR);
        if (!is_resource_attribute(&ace)) {
            continue;
        }
        TRY(claim_read(ace.data, ace.n_data, &claim));
        if (upcase_compare(name->bytes, name->n_bytes, claim.name, claim.n_name, false) == 0) {
            /* Sorting looks at every value a few times for each doubling of their number. */
            REQUIRE(work_spend(work, 32 * (size_t)ace.size), STATUS_DATA_ERROR);
            REQUIRE(!claim_has_duplicates(&claim), STATUS_DATA_ERROR);
            *ret_is_found = true;
            *ret_claim = claim;
            return TSR_OK;
        }
    }
    return TSR_OK;
}

static tsr_status find_resource_attribute(struct machine *machine,
                                          const struct condition_token *name, bool *ret_is_found,
                                          tsr_claim *ret_claim)
{
    const struct condition_context *context = machine->context;

    if (context->sacl) {
        return find_in_sacl(name, context->sacl, &machine->work, ret_is_found, ret_claim);
    }
    *ret_is_found = find_in_list(name, &context->resource_claims, &machine->work, ret_claim);
    return TSR_OK;
}

static tsr_status find_attribute(struct machine *machine, const struct condition_token *name,
                                 bool *ret_is_found, tsr_claim *ret_claim)
{
    const struct condition_context *context = machine->context;
    const struct claim_list *list;

    if (name->code == CONDITION_RESOURCE) {
        return find_resource_attribute(machine, name, ret_is_found, ret_claim);
    }
    if (name->code == CONDITION_USER) {
        list = &context->user_claims;
    } else if (name->code == CONDITION_DEVICE) {
        list = &context->device_claims;
    } else {
        list = &context->local_claims;
    }
    *ret_is_found = find_in_list(name, list, &machine->work, ret_claim);
    return TSR_OK;
}

static bool is_visible(const tsr_claim *claim, const struct condition_context *context)
{
    return !(claim->flags & TSR_CLAIM_DISABLED) &&
           !(claim->flags & TSR_CLAIM_USE_FOR_DENY_ONLY && context->for_allow);
}

/* Fill in the operand of an attribute's token. */
static tsr_status operand_look_up(struct machine *machine, struct operand *operand)
{
    bool is_found = false;
    tsr_claim claim;

    TRY(find_attribute(machine, &operand->token, &is_found, &claim));
    if (is_found && is_visible(&claim, machine->context)) {
        operand->is_found = true;
        operand->claim = claim;
    }
    return TSR_OK;
}

static tsr_status pop(struct machine *machine, struct operand *ret_operand)
{
    struct operand operand = {0};
    struct cursor cursor;
    struct entry entry;

    REQUIRE(machine->n_entries > 0, STATUS_DATA_ERROR);
    entry = machine->stack[--machine->n_entries];
    operand.kind = entry.kind;
    operand.result = entry.result;
    if (operand.kind != OPERAND_RESULT) {
        cursor = machine->expression;
        TRY(cursor_skip(&cursor, cursor.n_left - entry.n_after));
        TRY(condition_token_take(&cursor, &operand.token));
    }
    if (operand.kind == OPERAND_ATTRIBUTE) {
        TRY(operand_look_up(machine, &operand));
    }

    *ret_operand = operand;
    return TSR_OK;
}

/* What one value says where a result is wanted. */
static enum truth value_truth(const struct value *value)
{
    switch (value->type) {
    case VALUE_INTEGER:
    case VALUE_BOOLEAN:
        return truth_of(value->magnitude != 0);
    case VALUE_STRING:
        return truth_of(value->n_bytes > 0);
    case VALUE_FQBN:
    case VALUE_OCTETS:
    case VALUE_SID:
    case VALUE_SET:
        break;
    }
    return TRUTH_UNKNOWN;
}

/* An attribute is true if any of its values is. */
static enum truth attribute_truth(const struct operand *attribute, struct work *work)
{
    struct value_walk walk = value_walk_over(attribute);
    enum truth truth = TRUTH_FALSE;
    struct value value;

    if (operand_is_missing(attribute)) {
        return TRUTH_UNKNOWN;
    }
    while (truth != TRUTH_TRUE && value_walk_next(&walk, &value)) {
        if (!work_spend(work, sizeof(uint64_t) + value.n_bytes)) {
            return TRUTH_UNKNOWN;
        }
        truth = truth_or(truth, value_truth(&value));
    }
    return truth;
}

/* Take the operand of a logical operator; a literal is none. */
static tsr_status pop_truth(struct machine *machine, enum truth *ret_truth)
{
    struct operand operand;

    TRY(pop(machine, &operand));
    REQUIRE(operand.kind == OPERAND_RESULT || operand.kind == OPERAND_ATTRIBUTE, STATUS_DATA_ERROR);

    *ret_truth =
        operand.kind == OPERAND_RESULT ? operand.result : attribute_truth(&operand, &machine->work);
    return TSR_OK;
}

static tsr_status act_junction(struct machine *machine, const struct condition_token *token)
{
    enum truth right;
    enum truth left;

    TRY(pop_truth(machine, &right));
    TRY(pop_truth(machine, &left));
    return push_result(machine, token->code == CONDITION_AND ? truth_and(left, right)
                                                             : truth_or(left, right));
}

static tsr_status act_negation(struct machine *machine)
{
    enum truth truth;

    TRY(pop_truth(machine, &truth));
    return push_result(machine, truth_not(truth));
}

static tsr_status act_relation(struct machine *machine, const struct condition_token *token)
{
    struct operand right;
    struct operand left;

    TRY(pop(machine, &right));
    TRY(pop(machine, &left));
    REQUIRE(left.kind != OPERAND_RESULT && right.kind != OPERAND_RESULT, STATUS_DATA_ERROR);
    return push_result(machine, condition_relate(token->code, &left, &right, &machine->work));
}

/* An attribute that is there, but has no values, is neither there nor missing. */
static tsr_status act_existence(struct machine *machine, const struct condition_token *token)
{
    struct operand operand;
    enum truth exists;

    TRY(pop(machine, &operand));
    REQUIRE(operand.kind == OPERAND_ATTRIBUTE, STATUS_DATA_ERROR);

    exists = truth_of(operand.is_found);
    if (operand.is_found && operand.claim.n_values == 0) {
        exists = TRUTH_UNKNOWN;
    }
    return push_result(machine, token->code == CONDITION_NOT_EXISTS ? truth_not(exists) : exists);
}

/* Which SIDs an operator of membership asks about, and how. */
struct membership {
    bool is_of_device;
    bool is_any; /* one of the operand's SIDs is enough */
    bool is_negated;
};

static struct membership membership_of(enum condition_code code)
{
    const bool is_negated = code >= CONDITION_NOT_MEMBER_OF;

    if (is_negated) {
        code -= CONDITION_NOT_MEMBER_OF - CONDITION_MEMBER_OF;
    }
    return (struct membership){
        .is_of_device =
            code == CONDITION_DEVICE_MEMBER_OF || code == CONDITION_DEVICE_MEMBER_OF_ANY,
        .is_any = code == CONDITION_MEMBER_OF_ANY || code == CONDITION_DEVICE_MEMBER_OF_ANY,
        .is_negated = is_negated,
    };
}

static bool is_member(const struct value *sid, const struct sid_set *sids, bool for_allow)
{
    const uint8_t wanted = for_allow ? SID_MATCHES_ALLOW : SID_MATCHES_DENY;

    return sids && (sid_set_matches(sids, sid->bytes) & wanted);
}

/* No SIDs at all are all members, and none is one. */
static tsr_status act_membership(struct machine *machine, const struct condition_token *token)
{
    const struct condition_context *context = machine->context;
    const struct membership membership = membership_of(token->code);
    const struct sid_set *sids = membership.is_of_device ? context->device_sids : context->sids;
    struct value_walk walk;
    struct operand operand;
    struct value value;
    bool are_members = !membership.is_any;

    TRY(pop(machine, &operand));
    REQUIRE(operand.kind == OPERAND_LITERAL || operand.kind == OPERAND_SET, STATUS_DATA_ERROR);
    walk = value_walk_over(&operand);
    while (value_walk_next(&walk, &value)) {
        REQUIRE(value.type == VALUE_SID, STATUS_DATA_ERROR);
        if (is_member(&value, sids, context->for_allow) == membership.is_any) {
            are_members = membership.is_any;
        }
    }
    return push_result(machine, truth_of(are_members != membership.is_negated));
}

/* Do what the token says that @n_after bytes of the expression begin with. */
static tsr_status act(struct machine *machine, const struct condition_token *token, size_t n_after)
{
    struct entry entry = {.n_after = (uint32_t)n_after};

    REQUIRE(work_spend(&machine->work, 1 + token->n_bytes), STATUS_DATA_ERROR);
    switch (token->class) {
    case CONDITION_CLASS_NONE:
        break;
    case CONDITION_CLASS_LITERAL:
        entry.kind = token->code == CONDITION_COMPOSITE ? OPERAND_SET : OPERAND_LITERAL;
        return push(machine, entry);
    case CONDITION_CLASS_ATTRIBUTE:
        entry.kind = OPERAND_ATTRIBUTE;
        return push(machine, entry);
    case CONDITION_CLASS_RELATION:
        return act_relation(machine, token);
    case CONDITION_CLASS_EXISTENCE:
        return act_existence(machine, token);
    case CONDITION_CLASS_MEMBERSHIP:
        return act_membership(machine, token);
    case CONDITION_CLASS_JUNCTION:
        return act_junction(machine, token);
    case CONDITION_CLASS_NEGATION:
        return act_negation(machine);
    }
    return tsr_status_of(STATUS_DATA_ERROR);
}

/* Take what an expression begins with. */
static tsr_status magic_take(struct cursor *cursor)
{
    const uint8_t *magic;

    TRY(cursor_bytes(cursor, CONDITION_MAGIC_SIZE, &magic));
    REQUIRE(memcmp(magic, CONDITION_MAGIC, CONDITION_MAGIC_SIZE) == 0, STATUS_DATA_ERROR);
    REQUIRE(cursor->n_left <= UINT32_MAX, STATUS_DATA_ERROR);
    return TSR_OK;
}

static tsr_status run(struct machine *machine, enum truth *ret_truth)
{
    struct condition_token token;
    struct cursor cursor;
    size_t n_after;

    TRY(magic_take(&machine->expression));
    cursor = machine->expression;
    while (!condition_is_at_end(&cursor)) {
        n_after = cursor.n_left;
        TRY(condition_token_take(&cursor, &token));
        TRY(act(machine, &token, n_after));
    }
    TRY(pop_truth(machine, ret_truth));
    REQUIRE(machine->n_entries == 0, STATUS_DATA_ERROR);
    REQUIRE(machine->work.n_left > 0, STATUS_DATA_ERROR);
    return TSR_OK;
}

enum truth condition_evaluate(const uint8_t *data, size_t n_data,
                              const struct condition_context *context)
{
    struct machine machine;
    enum truth truth;

    /* The stack is not zeroed: no more of it is read than was pushed. */
    machine.context = context;
    machine.expression = cursor_over(data, n_data);
    machine.work.n_left = CONDITION_WORK_MAX;
    machine.n_entries = 0;
    return tsr_ok(run(&machine, &truth)) ? truth : TRUTH_UNKNOWN;
}

static tsr_status validate(struct cursor cursor)
{
    struct condition_token token;
    size_t n_entries = 0;
    size_t n_operands;

    TRY(magic_take(&cursor));
    while (!condition_is_at_end(&cursor)) {
        TRY(condition_token_take(&cursor, &token));
        n_operands = condition_class_operands(token.class);
        REQUIRE(n_operands <= n_entries, STATUS_DATA_ERROR);
        n_entries = n_entries - n_operands + 1;
        REQUIRE(n_entries <= CONDITION_STACK_MAX, STATUS_DATA_ERROR);
    }
    REQUIRE(n_entries == 1, STATUS_DATA_ERROR);
    return TSR_OK;
}

bool condition_is_valid(const uint8_t *data, size_t n_data)
{
    return tsr_ok(validate(cursor_over(data, n_data)));
}
