/* SPDX-License-Identifier: MIT */
/*
 * Printer of conditional expressions
 *
 * Tokens stand in postfix order, so that the operands of an operator are the runs of tokens before
 * it. Two passes make infix text of them in linear time: the first, which keeps a stack as the
 * machine would, notes before which tokens each operator has to open and to write its name; the
 * second goes through the tokens once and writes. What is printed, condition_parse() reads: an
 * expression that has no such text, as one that compares two literals, is refused.
 */

#include "sec/sddl-condition.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "sec/condition-token.h"
#include "sec/sddl-names.h"
#include "sec/sddl-text.h"

#define NO_TOKEN     UINT32_MAX
#define INTEGER_SIZE 10 /* of an integer behind its code: value, sign, base */

/* A token, and what is written before it. */
struct step {
    struct condition_token token;
    const uint8_t *bytes; /* where it begins */
    bool in_parentheses;  /* an attribute used as a truth value */
    uint32_t opened;      /* the outermost operator that opens here; NO_TOKEN: none */
    uint32_t next;        /* of an operator: the one that opens inside it at the same place */
    uint32_t infix;       /* the binary operator that stands here; NO_TOKEN: none */
};

/* A run of tokens that is one operand. */
struct operand {
    uint32_t first;
    uint32_t last;
};

/* How to print. */
struct manner {
    const tsr_sid *domain; /* NULL: none */
    uint32_t flags;
};

/* The machine's stack holds runs of tokens instead of values. */
struct machine {
    struct step *steps; /* owned */
    size_t n_steps;
    struct operand operands[CONDITION_STACK_MAX];
    size_t n_operands;
};

static void cleanup_machine_deinit(struct machine *machine)
{
    free(machine->steps);
}

static tsr_status count_steps(struct cursor cursor, size_t *ret_n)
{
    struct condition_token token;
    size_t n = 0;

    while (!condition_is_at_end(&cursor)) {
        TRY(condition_token_take(&cursor, &token));
        n++;
    }
    *ret_n = n;
    return TSR_OK;
}

static tsr_status push(struct machine *machine, uint32_t first, uint32_t last)
{
    REQUIRE(machine->n_operands < CONDITION_STACK_MAX, STATUS_INVALID_ACL);

    machine->operands[machine->n_operands++] = (struct operand){first, last};
    return TSR_OK;
}

static tsr_status pop(struct machine *machine, struct operand *ret_operand)
{
    REQUIRE(machine->n_operands > 0, STATUS_INVALID_ACL);

    *ret_operand = machine->operands[--machine->n_operands];
    return TSR_OK;
}

/* A literal or attribute is its only token, an operator's result ends with the operator. */
static enum condition_class class_of(const struct machine *machine, const struct operand *operand)
{
    return machine->steps[operand->last].token.class;
}

/* Let the operator at @index open before an operand. */
static void open_at(struct machine *machine, uint32_t index, uint32_t first)
{
    machine->steps[index].next = machine->steps[first].opened;
    machine->steps[first].opened = index;
}

/* Use an operand as a truth value. */
static tsr_status use_truth(struct machine *machine, const struct operand *operand)
{
    const enum condition_class class = class_of(machine, operand);

    REQUIRE(class != CONDITION_CLASS_LITERAL, STATUS_NOT_SUPPORTED);

    machine->steps[operand->last].in_parentheses = class == CONDITION_CLASS_ATTRIBUTE;
    return TSR_OK;
}

/* An operator with one operand, in front of which it is written. */
static tsr_status place_unary(struct machine *machine, uint32_t index, enum condition_class class)
{
    struct operand operand;

    TRY(pop(machine, &operand));
    if (class == CONDITION_CLASS_NEGATION) {
        TRY(use_truth(machine, &operand));
    } else {
        REQUIRE(class_of(machine, &operand) == (class == CONDITION_CLASS_MEMBERSHIP
                                                    ? CONDITION_CLASS_LITERAL
                                                    : CONDITION_CLASS_ATTRIBUTE),
                STATUS_NOT_SUPPORTED);
    }
    open_at(machine, index, operand.first);
    return push(machine, operand.first, index);
}

/* Whether text may have this on the right of a comparison: an attribute with '@', or a literal. */
static bool is_comparable(const struct machine *machine, const struct operand *operand)
{
    return class_of(machine, operand) == CONDITION_CLASS_LITERAL ||
           (class_of(machine, operand) == CONDITION_CLASS_ATTRIBUTE &&
            machine->steps[operand->last].token.code != CONDITION_LOCAL);
}

static tsr_status place_binary(struct machine *machine, uint32_t index, enum condition_class class)
{
    struct operand right;
    struct operand left;

    TRY(pop(machine, &right));
    TRY(pop(machine, &left));
    if (class == CONDITION_CLASS_JUNCTION) {
        TRY(use_truth(machine, &left));
        TRY(use_truth(machine, &right));
    } else {
        REQUIRE(class_of(machine, &left) != CONDITION_CLASS_LITERAL, STATUS_NOT_SUPPORTED);
        REQUIRE(is_comparable(machine, &right), STATUS_NOT_SUPPORTED);
    }
    open_at(machine, index, left.first);
    machine->steps[right.first].infix = index;
    return push(machine, left.first, index);
}

static tsr_status place(struct machine *machine, uint32_t index)
{
    const enum condition_class class = machine->steps[index].token.class;

    switch (condition_class_operands(class)) {
    case 0:
        return push(machine, index, index);
    case 1:
        return place_unary(machine, index, class);
    default:
        return place_binary(machine, index, class);
    }
}

/* First pass: read the tokens and note what is written before each. */
static tsr_status arrange(struct cursor cursor, struct machine *machine)
{
    struct operand whole;

    TRY(count_steps(cursor, &machine->n_steps));
    machine->steps = array_new(machine->n_steps, sizeof(*machine->steps));
    REQUIRE(machine->steps, STATUS_NO_MEMORY);

    for (uint32_t i = 0; i < machine->n_steps; i++) {
        machine->steps[i] = (struct step){
            .bytes = cursor.at, .opened = NO_TOKEN, .next = NO_TOKEN, .infix = NO_TOKEN};
        TRY(condition_token_take(&cursor, &machine->steps[i].token));
        TRY(place(machine, i));
    }
    TRY(pop(machine, &whole));
    REQUIRE(machine->n_operands == 0, STATUS_INVALID_ACL);
    return use_truth(machine, &whole);
}

/*
 * An integer as it was written; one whose sign byte belies its value has no text, save that lax
 * reading takes an unsigned one for its two's complement.
 */
static tsr_status write_integer(const uint8_t *bytes, uint32_t flags, struct writer *writer)
{
    struct cursor cursor = cursor_over(bytes + 1, INTEGER_SIZE);
    uint64_t magnitude;
    bool is_negative;
    bool is_wrapped;
    uint64_t value;
    uint8_t sign;
    uint8_t base;

    TRY(cursor_le64(&cursor, &value));
    TRY(cursor_u8(&cursor, &sign));
    TRY(cursor_u8(&cursor, &base));
    is_wrapped = sign == INTEGER_UNSIGNED && flags & TSR_SDDL_WINDOWS_LAX;
    is_negative = value > INT64_MAX && !is_wrapped;
    magnitude = is_negative ? 0 - value : value;
    REQUIRE(value == 0 || is_negative == (sign == INTEGER_MINUS), STATUS_NOT_SUPPORTED);

    writer_text(writer, sign == INTEGER_MINUS ? "-" : sign == INTEGER_PLUS ? "+" : "");
    if (base == INTEGER_DECIMAL) {
        writer_format(writer, "%" PRIu64, magnitude);
    } else {
        writer_format(writer, base == INTEGER_HEX ? "0x%" PRIx64 : "0%" PRIo64, magnitude);
    }
    return TSR_OK;
}

/* A literal that is no set; @bytes is where it begins. */
static tsr_status write_literal(const struct condition_token *token, const uint8_t *bytes,
                                const struct manner *manner, struct writer *writer)
{
    if (token->code == CONDITION_STRING) {
        return string_print(token->bytes, token->n_bytes, writer);
    }
    if (token->code == CONDITION_OCTETS) {
        writer_char(writer, '#');
        octets_print(token->bytes, token->n_bytes, writer);
        return TSR_OK;
    }
    if (token->code == CONDITION_SID) {
        writer_text(writer, "SID(");
        TRY(sid_print(token->bytes, token->n_bytes, manner->domain, writer));
        writer_char(writer, ')');
        return TSR_OK;
    }
    return write_integer(bytes, manner->flags, writer);
}

static tsr_status write_set(const struct condition_token *set, const struct manner *manner,
                            struct writer *writer)
{
    struct cursor cursor = cursor_over(set->bytes, set->n_bytes);
    const char *separator = "";
    struct condition_token token;
    const uint8_t *bytes;

    writer_char(writer, '{');
    while (cursor.n_left > 0) {
        bytes = cursor.at;
        TRY(condition_token_take(&cursor, &token));
        REQUIRE(token.code != CONDITION_COMPOSITE, STATUS_NOT_SUPPORTED);
        writer_text(writer, separator);
        TRY(write_literal(&token, bytes, manner, writer));
        separator = ", ";
    }
    writer_char(writer, '}');
    return TSR_OK;
}

/* A local attribute; one that would be read as something else has no text. */
static tsr_status write_local_name(const struct condition_token *token, struct writer *writer)
{
    const size_t start = writer->size;
    const size_t n = token->n_bytes / 2;
    const char *at_sign;
    const char *name;
    uint16_t unit;

    for (size_t i = 0; i < n; i++) {
        unit = load_le16(token->bytes + 2 * i);
        REQUIRE(unit <= SCHAR_MAX && is_local_name_character((char)unit), STATUS_NOT_SUPPORTED);
        writer_char(writer, (char)unit);
    }
    REQUIRE(!writer->failed, STATUS_NO_MEMORY);

    name = (const char *)writer->bytes + start;
    at_sign = memchr(name, '@', n);
    REQUIRE(at_sign != name, STATUS_NOT_SUPPORTED);
    REQUIRE(!sddl_operator_by_word(name, at_sign ? (size_t)(at_sign - name) : n),
            STATUS_NOT_SUPPORTED);
    return TSR_OK;
}

static tsr_status write_attribute(const struct condition_token *token, struct writer *writer)
{
    const struct sddl_attribute_scope *scope = sddl_attribute_scopes;

    if (token->code == CONDITION_LOCAL) {
        return write_local_name(token, writer);
    }
    while (scope->code != token->code) {
        scope++;
    }
    writer_text(writer, scope->text);
    return name_print(token->bytes, token->n_bytes, writer);
}

/* A token itself; an operator ends here, because it was written before its operands. */
static tsr_status write_token(const struct step *step, const struct manner *manner,
                              struct writer *writer)
{
    const struct condition_token *token = &step->token;

    if (condition_class_operands(token->class) > 0) {
        writer_char(writer, ')');
        return TSR_OK;
    }
    if (token->class == CONDITION_CLASS_ATTRIBUTE) {
        writer_text(writer, step->in_parentheses ? "(" : "");
        TRY(write_attribute(token, writer));
        writer_text(writer, step->in_parentheses ? ")" : "");
        return TSR_OK;
    }
    return token->code == CONDITION_COMPOSITE ? write_set(token, manner, writer)
                                              : write_literal(token, step->bytes, manner, writer);
}

/* What stands before a token: a binary operator, and what opens here, from the outside inwards. */
static void write_before(const struct machine *machine, const struct step *step,
                         struct writer *writer)
{
    const struct sddl_operator *operation;

    if (step->infix != NO_TOKEN) {
        operation = sddl_operator_by_code(machine->steps[step->infix].token.code);
        writer_format(writer, " %s ", operation->text);
    }
    for (uint32_t i = step->opened; i != NO_TOKEN; i = machine->steps[i].next) {
        operation = sddl_operator_by_code(machine->steps[i].token.code);
        writer_char(writer, '(');
        if (condition_class_operands(operation->class) == 1) {
            writer_text(writer, operation->text);
            writer_text(writer, operation->class == CONDITION_CLASS_NEGATION ? "" : " ");
        }
    }
}

static tsr_status format(struct cursor cursor, const struct manner *manner, struct writer *writer)
{
    CLEANUP(machine_deinit) struct machine machine = {0};
    const uint8_t *magic;

    REQUIRE(cursor.n_left <= UINT16_MAX, STATUS_INVALID_ACL); /* No ACE holds more. */
    TRY(cursor_bytes(&cursor, CONDITION_MAGIC_SIZE, &magic));
    REQUIRE(memcmp(magic, CONDITION_MAGIC, CONDITION_MAGIC_SIZE) == 0, STATUS_INVALID_ACL);

    TRY(arrange(cursor, &machine));
    for (size_t i = 0; i < machine.n_steps; i++) {
        write_before(&machine, &machine.steps[i], writer);
        TRY(write_token(&machine.steps[i], manner, writer));
    }
    return TSR_OK;
}

tsr_status condition_print(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                           uint32_t flags, struct writer *writer)
{
    const struct manner manner = {.domain = domain, .flags = flags};
    const size_t start = writer->size;
    const tsr_status status = format(cursor_over(data, n_data), &manner, writer);

    if (tsr_failed(status)) {
        writer->size = start;
        return status.code == STATUS_DATA_ERROR ? tsr_status_of(STATUS_INVALID_ACL) : status;
    }
    return TSR_OK;
}

tsr_status condition_format(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                            struct writer *writer)
{
    return condition_print(data, n_data, domain, 0, writer);
}
