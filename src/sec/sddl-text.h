/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The words that conditions and resource attributes share, read and printed (access-check.md 2.3)
 *
 * Every read takes a whole word and moves on, or refuses where the word begins.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sddl.h>

#include "base/digit.h"
#include "base/writer.h"

/* Text being read, and, once it has been refused, where and why. */
struct scanner {
    const char *start;
    const char *at;
    const char *end;
    const tsr_sid *domain; /* NULL: none */
    uint32_t flags;        /* TSR_SDDL_WINDOWS_LAX or 0 */
    tsr_sddl_error error;
};

/* How an integer was written; the values are those that conditions store. */
enum integer_sign {
    INTEGER_PLUS = 1,
    INTEGER_MINUS = 2,
    INTEGER_UNSIGNED = 3,
};

enum integer_base {
    INTEGER_OCTAL = 1,
    INTEGER_DECIMAL = 2,
    INTEGER_HEX = 3,
};

struct integer {
    uint64_t magnitude;
    enum integer_sign sign;
    enum integer_base base;
};

/** Whether this may stand in the name of a local attribute; '@' may, but not first. */
bool is_local_name_character(char character);

/** A strict scanner; a lax one has its flags set by hand. */
static inline struct scanner scanner_over(const char *text, size_t size, const tsr_sid *domain)
{
    return (struct scanner){.start = text, .at = text, .end = text + size, .domain = domain};
}

static inline bool scanner_is_lax(const struct scanner *scanner)
{
    return scanner->flags & TSR_SDDL_WINDOWS_LAX;
}

/** The next character; NUL at the end. */
static inline char scanner_peek(const struct scanner *scanner)
{
    return scanner->at < scanner->end ? *scanner->at : '\0';
}

/** Fail with @code, noting where and why. */
tsr_status scanner_refuse_at(struct scanner *scanner, const char *at, uint32_t code,
                             const char *message);
tsr_status scanner_refuse(struct scanner *scanner, const char *message);

/** Take @word if it is next, in either case. */
bool scanner_take(struct scanner *scanner, const char *word);
tsr_status scanner_expect(struct scanner *scanner, char character, const char *message);
void scanner_skip_blanks(struct scanner *scanner);

/** An integer: a sign or none, then decimal, 0 octal or 0x hexadecimal digits. */
tsr_status scanner_integer(struct scanner *scanner, struct integer *ret_integer);

/**
 * Two digits for each byte, possibly none; the caller judges what follows. A lax scanner completes
 * a last digit by 0.
 */
tsr_status scanner_octets(struct scanner *scanner, unsigned int (*digit)(char),
                          struct writer *writer);

/** "text" without escapes, appended as UTF-16LE. */
tsr_status scanner_string(struct scanner *scanner, struct writer *writer);

/** An attribute's name, some characters as %hhhh, appended as UTF-16LE. */
tsr_status scanner_name(struct scanner *scanner, struct writer *writer);

/** A SID or an alias, appended encoded; '(' ',' ')' '}' or a blank ends it. */
tsr_status scanner_sid(struct scanner *scanner, struct writer *writer);

/** The same as SID(…). */
tsr_status scanner_sid_call(struct scanner *scanner, struct writer *writer);

/** Print an encoded SID, or its alias. @return STATUS_INVALID_ACL unless exactly one fills @size */
tsr_status sid_print(const uint8_t *encoded, size_t size, const tsr_sid *domain,
                     struct writer *writer);

/**
 * Print UTF-16LE as "text".
 *
 * @return STATUS_INVALID_ACL for an odd size; STATUS_NOT_SUPPORTED for what "" cannot hold
 */
tsr_status string_print(const uint8_t *bytes, size_t size, struct writer *writer);

/** Print a UTF-16LE name as scanner_name() reads it. @return as string_print() */
tsr_status name_print(const uint8_t *bytes, size_t size, struct writer *writer);

void octets_print(const uint8_t *bytes, size_t size, struct writer *writer);
