/* SPDX-License-Identifier: MIT */
/*
 * Compiler of conditional expressions: operator precedence, with the operators that wait for their
 * right side on a stack of its own, so that neither long nor deep text costs more than its length.
 */

#include "sec/sddl-condition.h"

#include <string.h>

#include "base/check.h"
#include "sec/sddl-names.h"
#include "sec/sddl-text.h"

/* What waits on the stack beside tokens of operators. */
#define PARENTHESIS 0

/* Enough for all that condition_format() prints: each byte of an ACE may be a '!' in parentheses.
 */
#define WAITING_MAX (2 * UINT16_MAX + 1)

#define TOO_LARGE "expected a condition that fits into an ACE of 65535 bytes"

struct compiler {
    struct scanner scanner; /* a copy of the caller's */
    struct writer *writer;
    size_t start;          /* of the expression in @writer */
    struct writer waiting; /* a stack of bytes */
    size_t n_values;       /* that the machine holds at this point */
};

static void cleanup_compiler_deinit(struct compiler *compiler)
{
    writer_deinit(&compiler->waiting);
}

static tsr_status check_size(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;

    if (compiler->writer->failed || compiler->waiting.failed) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_NO_MEMORY, "out of memory");
    }
    if (compiler->writer->size - compiler->start > UINT16_MAX) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_INVALID_ACL, TOO_LARGE);
    }
    return TSR_OK;
}

/* Count a value that the machine pushes. */
static tsr_status push_value(struct compiler *compiler)
{
    if (compiler->n_values == CONDITION_STACK_MAX) {
        return scanner_refuse(&compiler->scanner,
                              "expected an expression that compares fewer values at once");
    }
    compiler->n_values++;
    return check_size(compiler);
}

/* What waits on top; a parenthesis is at the bottom as long as anything is. */
static uint8_t waiting_top(const struct compiler *compiler)
{
    return compiler->waiting.bytes[compiler->waiting.size - 1];
}

static tsr_status wait_for_right_side(struct compiler *compiler, uint8_t what)
{
    if (compiler->waiting.size == WAITING_MAX) {
        return scanner_refuse(&compiler->scanner, "expected fewer parentheses");
    }
    writer_u8(&compiler->waiting, what);
    return check_size(compiler);
}

/* Emit the operator on top. */
static void apply_waiting(struct compiler *compiler)
{
    const uint8_t token = waiting_top(compiler);

    writer_u8(compiler->writer, token);
    compiler->n_values -= token == CONDITION_NOT ? 0 : 1;
    compiler->waiting.size--;
}

static unsigned int precedence(uint8_t waiting)
{
    return waiting == CONDITION_NOT   ? 3
           : waiting == CONDITION_AND ? 2
           : waiting == CONDITION_OR  ? 1
                                      : 0;
}

/* Room for the length of what is written until end_sized(). */
static size_t begin_sized(struct writer *writer, uint8_t token)
{
    writer_u8(writer, token);
    writer_le32(writer, 0);
    return writer->size;
}

static void end_sized(struct writer *writer, size_t start)
{
    writer_patch_le32(writer, start - sizeof(uint32_t), (uint32_t)(writer->size - start));
}

/*
 * DEVIATION: Windows takes an unsigned integer for its two's complement, Samba refuses it; only lax
 * reading does as Windows.
 */
static tsr_status read_integer(struct compiler *compiler)
{
    const char *start = compiler->scanner.at;
    struct integer integer;
    bool is_negative;
    bool may_wrap;

    TRY(scanner_integer(&compiler->scanner, &integer));
    is_negative = integer.sign == INTEGER_MINUS;
    may_wrap = integer.sign == INTEGER_UNSIGNED && scanner_is_lax(&compiler->scanner);
    if (!may_wrap && integer.magnitude > (uint64_t)INT64_MAX + is_negative) {
        return scanner_refuse_at(&compiler->scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                 "expected an integer of at most 64 bits with its sign");
    }

    writer_u8(compiler->writer, CONDITION_INT64);
    writer_le64(compiler->writer, is_negative ? -integer.magnitude : integer.magnitude);
    writer_u8(compiler->writer, (uint8_t)integer.sign);
    writer_u8(compiler->writer, (uint8_t)integer.base);
    return TSR_OK;
}

/* Behind the first '#', one more stands for the digit 0. */
static unsigned int octet_digit(char character)
{
    return character == '#' ? 0 : digit_value(character);
}

static tsr_status read_literal(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;
    struct writer *writer = compiler->writer;
    const char next = scanner_peek(scanner);
    size_t start;

    if (digit_value(next) < 10 || next == '+' || next == '-') {
        return read_integer(compiler);
    }
    if (next == '"') {
        start = begin_sized(writer, CONDITION_STRING);
        TRY(scanner_string(scanner, writer));
    } else if (scanner_take(scanner, "#")) {
        start = begin_sized(writer, CONDITION_OCTETS);
        TRY(scanner_octets(scanner, octet_digit, writer));
    } else if (next == 'S' || next == 's') {
        start = begin_sized(writer, CONDITION_SID);
        TRY(scanner_sid_call(scanner, writer));
    } else {
        return scanner_refuse(scanner, "expected an integer, \"string\", #octets or SID(...)");
    }
    end_sized(writer, start);
    return TSR_OK;
}

/* Literals behind the opening brace. */
static tsr_status read_set(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;
    const size_t start = begin_sized(compiler->writer, CONDITION_COMPOSITE);

    scanner_skip_blanks(scanner);
    if (!scanner_take(scanner, "}")) {
        do {
            scanner_skip_blanks(scanner);
            TRY(read_literal(compiler));
            TRY(check_size(compiler));
            scanner_skip_blanks(scanner);
        } while (scanner_take(scanner, ","));
        TRY(scanner_expect(scanner, '}', "expected ',' or '}'"));
    }
    end_sized(compiler->writer, start);
    return TSR_OK;
}

static tsr_status read_literal_or_set(struct compiler *compiler)
{
    return scanner_take(&compiler->scanner, "{") ? read_set(compiler) : read_literal(compiler);
}

/* An attribute with '@'. */
static tsr_status read_scoped_attribute(struct compiler *compiler)
{
    const struct sddl_attribute_scope *scope = sddl_attribute_scopes;
    size_t start;

    while (scope->code != CONDITION_LOCAL && !scanner_take(&compiler->scanner, scope->text)) {
        scope++;
    }
    if (scope->code == CONDITION_LOCAL) {
        return scanner_refuse(&compiler->scanner, "expected @User., @Device. or @Resource.");
    }

    start = begin_sized(compiler->writer, scope->code);
    TRY(scanner_name(&compiler->scanner, compiler->writer));
    end_sized(compiler->writer, start);
    return TSR_OK;
}

/* How many characters from here may be a local attribute's name, or a word. */
static size_t word_size(const struct scanner *scanner)
{
    size_t size = 0;

    while (scanner->at + size < scanner->end && is_local_name_character(scanner->at[size])) {
        size++;
    }
    return size;
}

/* A local attribute, whose name is the word of @size here. */
static tsr_status read_local_attribute(struct compiler *compiler, size_t size)
{
    struct scanner *scanner = &compiler->scanner;
    const char *at_sign = memchr(scanner->at, '@', size);
    size_t start;

    if (size == 0) {
        return scanner_refuse(scanner, "expected an attribute");
    }
    /* "Exists@User.a" is an operator to Samba, an attribute to Windows. */
    if (at_sign && sddl_operator_by_word(scanner->at, (size_t)(at_sign - scanner->at))) {
        return scanner_refuse_at(scanner, at_sign, STATUS_INVALID_SECURITY_DESCR,
                                 "expected a blank after the operator");
    }

    start = begin_sized(compiler->writer, CONDITION_LOCAL);
    for (size_t i = 0; i < size; i++) {
        writer_le16(compiler->writer, (uint8_t)scanner->at[i]);
    }
    end_sized(compiler->writer, start);
    scanner->at += size;
    return TSR_OK;
}

/*
 * What a membership operator takes: a literal or set, which may stand in parentheses. DEVIATION:
 * in several on Windows; only lax reading does as Windows.
 */
static tsr_status read_membership(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;
    const size_t n_max = scanner_is_lax(scanner) ? SIZE_MAX : 1;
    size_t n_open = 0;

    scanner_skip_blanks(scanner);
    while (n_open < n_max && scanner_take(scanner, "(")) {
        scanner_skip_blanks(scanner);
        n_open++;
    }
    TRY(read_literal_or_set(compiler));
    for (; n_open > 0; n_open--) {
        scanner_skip_blanks(scanner);
        TRY(scanner_expect(scanner, ')', "expected ')' after the SIDs"));
    }
    return TSR_OK;
}

/* What Exists takes: an attribute of any scope. */
static tsr_status read_existence(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;

    scanner_skip_blanks(scanner);
    if (scanner_peek(scanner) == '@') {
        return read_scoped_attribute(compiler);
    }
    if (sddl_operator_by_word(scanner->at, word_size(scanner))) {
        return scanner_refuse(scanner, "expected an attribute, which no operator can be");
    }
    return read_local_attribute(compiler, word_size(scanner));
}

/* An operand with its operator in front, or an attribute. @ret_may_compare: the latter */
static tsr_status read_term(struct compiler *compiler, bool *ret_may_compare)
{
    struct scanner *scanner = &compiler->scanner;
    const size_t size = word_size(scanner);
    const struct sddl_operator *word = sddl_operator_by_word(scanner->at, size);

    *ret_may_compare = !word;
    if (scanner_peek(scanner) == '@') {
        TRY(read_scoped_attribute(compiler));
    } else if (!word) {
        TRY(read_local_attribute(compiler, size));
    } else if (word->class == CONDITION_CLASS_MEMBERSHIP ||
               word->class == CONDITION_CLASS_EXISTENCE) {
        scanner->at += size;
        TRY(word->class == CONDITION_CLASS_MEMBERSHIP ? read_membership(compiler)
                                                      : read_existence(compiler));
        writer_u8(compiler->writer, word->code);
    } else {
        return scanner_refuse(scanner, "expected an attribute on the left of the operator");
    }
    return push_value(compiler);
}

/* Whatever may stand in front of a term. */
static tsr_status read_prefixes(struct compiler *compiler)
{
    struct scanner *scanner = &compiler->scanner;

    for (;;) {
        scanner_skip_blanks(scanner);
        if (scanner_take(scanner, "(")) {
            TRY(wait_for_right_side(compiler, PARENTHESIS));
        } else if (scanner_take(scanner, "!")) {
            TRY(wait_for_right_side(compiler, CONDITION_NOT));
            scanner_skip_blanks(scanner);
            if (scanner_peek(scanner) != '(' && scanner_peek(scanner) != '@') {
                return scanner_refuse(scanner, "expected '(' or an attribute with '@' after '!'");
            }
        } else {
            return TSR_OK;
        }
    }
}

/* The symbol or word of a binary operator here; NULL if there is none. */
static const struct sddl_operator *take_operator(struct scanner *scanner)
{
    const size_t size = word_size(scanner);
    const struct sddl_operator *word = sddl_operator_by_word(scanner->at, size);

    if (size > 0) {
        scanner->at += word && word->class == CONDITION_CLASS_RELATION ? size : 0;
        return word && word->class == CONDITION_CLASS_RELATION ? word : NULL;
    }
    for (word = sddl_operators; word->text; word++) {
        if (word->class != CONDITION_CLASS_NEGATION && scanner_take(scanner, word->text)) {
            return word;
        }
    }
    return NULL;
}

/* The right side of a comparison. */
static tsr_status read_comparison(struct compiler *compiler, const struct sddl_operator *operation)
{
    struct scanner *scanner = &compiler->scanner;
    const char *start = scanner->at;

    scanner_skip_blanks(scanner);
    /* DEVIATION: Samba does not insist on this blank. */
    if (scanner->at == start && is_local_name_character(operation->text[0])) {
        return scanner_refuse(scanner, "expected a blank after the operator");
    }
    TRY(scanner_peek(scanner) == '@' ? read_scoped_attribute(compiler)
                                     : read_literal_or_set(compiler));
    TRY(push_value(compiler));

    writer_u8(compiler->writer, operation->code);
    compiler->n_values--;
    return TSR_OK;
}

/* Emit what binds at least as tightly as an operator that follows, and let that one wait. */
static tsr_status read_logical(struct compiler *compiler, uint8_t token)
{
    while (precedence(waiting_top(compiler)) >= precedence(token)) {
        apply_waiting(compiler);
    }
    return wait_for_right_side(compiler, token);
}

/* Behind a ')': emit all that waits inside. @ret_may_compare: whether no '!' stands before it */
static void close_parenthesis(struct compiler *compiler, bool *ret_may_compare)
{
    while (waiting_top(compiler) != PARENTHESIS) {
        apply_waiting(compiler);
    }
    compiler->waiting.size--;

    *ret_may_compare = true;
    if (compiler->waiting.size > 0 && waiting_top(compiler) == CONDITION_NOT) {
        apply_waiting(compiler);
        *ret_may_compare = false;
    }
}

/* What follows a term, up to where another is needed or to the last parenthesis. */
static tsr_status read_suffixes(struct compiler *compiler, bool may_compare)
{
    struct scanner *scanner = &compiler->scanner;
    const struct sddl_operator *operation;
    const char *start;

    while (compiler->waiting.size > 0) {
        scanner_skip_blanks(scanner);
        if (scanner_take(scanner, ")")) {
            close_parenthesis(compiler, &may_compare);
            continue;
        }
        start = scanner->at;
        operation = take_operator(scanner);
        if (operation && operation->class == CONDITION_CLASS_JUNCTION) {
            return read_logical(compiler, operation->code);
        }
        if (!operation || !may_compare) {
            return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                     may_compare ? "expected an operator or ')'"
                                                 : "expected '&&', '||' or ')'");
        }
        TRY(read_comparison(compiler, operation));
    }
    return TSR_OK;
}

static tsr_status compile(struct compiler *compiler)
{
    bool may_compare;

    if (scanner_peek(&compiler->scanner) != '(') {
        return scanner_refuse(&compiler->scanner, "expected a condition in parentheses");
    }
    writer_bytes(compiler->writer, CONDITION_MAGIC, CONDITION_MAGIC_SIZE);
    do {
        TRY(read_prefixes(compiler));
        TRY(read_term(compiler, &may_compare));
        TRY(read_suffixes(compiler, may_compare));
    } while (compiler->waiting.size > 0);

    writer_zeros(compiler->writer, -(compiler->writer->size - compiler->start) % 4);
    return check_size(compiler);
}

tsr_status condition_read(struct scanner *scanner, struct writer *writer)
{
    CLEANUP(compiler_deinit)
    struct compiler compiler = {.scanner = *scanner, .writer = writer, .start = writer->size};
    const tsr_status status = compile(&compiler);

    if (tsr_failed(status)) {
        writer->size = compiler.start;
        scanner->error = compiler.scanner.error;
        return status;
    }
    scanner->at = compiler.scanner.at;
    return TSR_OK;
}

tsr_status condition_parse(const char *text, size_t n_text, const tsr_sid *domain,
                           struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error)
{
    struct scanner scanner = scanner_over(text, n_text, domain);
    const tsr_status status = condition_read(&scanner, writer);

    if (tsr_failed(status)) {
        *ret_error = scanner.error;
        return status;
    }
    *ret_n_taken = (size_t)(scanner.at - text);
    return TSR_OK;
}
