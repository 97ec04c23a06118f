/* SPDX-License-Identifier: MIT */
/* The words that conditions and resource attributes share. */

#include "sec/sddl-text.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/utf.h"
#include "sec/sddl-names.h"

#define BLANKS           "\t\n\v\f\r "
#define NAME_PUNCTUATION "#$'*+-./:;?@[\\]^_`{}~"
#define SID_CALL         "SID("
#define ASCII_END        0x80u

static bool is_alphanumeric(unsigned int character)
{
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
}

/* Whether a name is written with this character itself, not with its number. */
static bool is_plain_in_name(unsigned int character)
{
    return is_alphanumeric(character) ||
           (character != '\0' && character < ASCII_END && strchr(NAME_PUNCTUATION, (int)character));
}

bool is_local_name_character(char character)
{
    return is_alphanumeric((unsigned char)character) ||
           (character != '\0' && strchr(":./_@", character));
}

tsr_status scanner_refuse_at(struct scanner *scanner, const char *at, uint32_t code,
                             const char *message)
{
    scanner->error.column = (size_t)(at - scanner->start) + 1;
    scanner->error.message = message;
    return tsr_status_of(code);
}

tsr_status scanner_refuse(struct scanner *scanner, const char *message)
{
    return scanner_refuse_at(scanner, scanner->at, STATUS_INVALID_SECURITY_DESCR, message);
}

bool scanner_take(struct scanner *scanner, const char *word)
{
    const size_t size = strlen(word);

    if ((size_t)(scanner->end - scanner->at) < size || !sddl_is_word(scanner->at, size, word)) {
        return false;
    }
    scanner->at += size;
    return true;
}

tsr_status scanner_expect(struct scanner *scanner, char character, const char *message)
{
    if (scanner_peek(scanner) != character) {
        return scanner_refuse(scanner, message);
    }
    scanner->at++;
    return TSR_OK;
}

void scanner_skip_blanks(struct scanner *scanner)
{
    while (scanner_peek(scanner) != '\0' && strchr(BLANKS, scanner_peek(scanner))) {
        scanner->at++;
    }
}

static unsigned int digits_per(enum integer_base base)
{
    return base == INTEGER_HEX ? 16 : base == INTEGER_OCTAL ? 8 : 10;
}

/* Sign and base, both before the first digit. A lone 0 is decimal. */
static struct integer take_integer_prefix(struct scanner *scanner)
{
    struct integer integer = {.sign = INTEGER_UNSIGNED, .base = INTEGER_DECIMAL};

    if (scanner_take(scanner, "-")) {
        integer.sign = INTEGER_MINUS;
    } else if (scanner_take(scanner, "+")) {
        integer.sign = INTEGER_PLUS;
    }
    if (scanner_take(scanner, "0x")) {
        integer.base = INTEGER_HEX;
    } else if (scanner_take(scanner, "0")) {
        if (digit_value(scanner_peek(scanner)) < 10) {
            integer.base = INTEGER_OCTAL;
        } else {
            scanner->at--;
        }
    }
    return integer;
}

tsr_status scanner_integer(struct scanner *scanner, struct integer *ret_integer)
{
    const char *start = scanner->at;
    struct integer integer = take_integer_prefix(scanner);
    const unsigned int base = digits_per(integer.base);
    unsigned int digit = digit_value(scanner_peek(scanner));

    if (digit >= base) {
        return scanner_refuse(scanner, "expected a digit");
    }
    for (; digit < base; digit = digit_value(scanner_peek(scanner))) {
        if (__builtin_mul_overflow(integer.magnitude, base, &integer.magnitude) ||
            __builtin_add_overflow(integer.magnitude, digit, &integer.magnitude)) {
            return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                     "expected an integer of at most 64 bits");
        }
        scanner->at++;
    }
    if (is_local_name_character(scanner_peek(scanner))) {
        return scanner_refuse(scanner, "expected a digit or the end of the integer");
    }

    *ret_integer = integer;
    return TSR_OK;
}

/*
 * DEVIATION: Windows completes an odd digit with a zero, Samba refuses it (access-check.md 2.3);
 * only lax reading does as Windows.
 */
tsr_status scanner_octets(struct scanner *scanner, unsigned int (*digit)(char),
                          struct writer *writer)
{
    unsigned int high = digit(scanner_peek(scanner));
    unsigned int low;

    for (; high != NOT_A_DIGIT; high = digit(scanner_peek(scanner))) {
        scanner->at++;
        low = digit(scanner_peek(scanner));
        if (low == NOT_A_DIGIT && scanner_is_lax(scanner)) {
            writer_u8(writer, (uint8_t)(high << 4));
            return TSR_OK;
        }
        if (low == NOT_A_DIGIT) {
            return scanner_refuse(scanner, "expected two hexadecimal digits for each byte");
        }
        scanner->at++;
        writer_u8(writer, (uint8_t)(high << 4 | low));
    }
    return TSR_OK;
}

tsr_status scanner_string(struct scanner *scanner, struct writer *writer)
{
    const char *start = scanner->at + 1;
    const char *end;

    TRY(scanner_expect(scanner, '"', "expected a string in double quotes"));
    end = memchr(start, '"', (size_t)(scanner->end - start));
    if (!end) {
        return scanner_refuse_at(scanner, scanner->end, STATUS_INVALID_SECURITY_DESCR,
                                 "expected '\"' at the end of the string");
    }
    if (memchr(start, '\0', (size_t)(end - start)) ||
        tsr_failed(utf8_to_utf16le(start, (size_t)(end - start), writer))) {
        return scanner_refuse(scanner, "expected UTF-8 in the string");
    }

    scanner->at = end + 1;
    return TSR_OK;
}

/* A character as %hhhh, which only those that need it may be. */
static tsr_status take_numbered_character(struct scanner *scanner, struct writer *writer)
{
    unsigned int character = 0;
    unsigned int digit;

    for (size_t i = 1; i <= 4; i++) {
        digit =
            scanner->end - scanner->at > (ptrdiff_t)i ? digit_value(scanner->at[i]) : NOT_A_DIGIT;
        if (digit == NOT_A_DIGIT) {
            return scanner_refuse(scanner, "expected four hexadecimal digits after '%'");
        }
        character = character << 4 | digit;
    }
    if (character == '\0' || is_plain_in_name(character)) {
        return scanner_refuse(scanner, "expected the number of a character that needs one");
    }

    scanner->at += 5;
    writer_le16(writer, (uint16_t)character);
    return TSR_OK;
}

/* A character beyond ASCII. */
static tsr_status take_utf8_character(struct scanner *scanner, struct writer *writer)
{
    uint32_t code_point;
    const size_t n_taken =
        utf8_decode(scanner->at, (size_t)(scanner->end - scanner->at), &code_point);

    if (n_taken == 0 || tsr_failed(utf8_to_utf16le(scanner->at, n_taken, writer))) {
        return scanner_refuse(scanner, "expected UTF-8 in the name");
    }
    scanner->at += n_taken;
    return TSR_OK;
}

/* Whether every surrogate of UTF-16LE has its other half. */
static bool is_utf16(const uint8_t *bytes, size_t size)
{
    CLEANUP(writer_deinit) struct writer utf8 = {0};

    return tsr_ok(utf16le_to_utf8(bytes, size, &utf8));
}

tsr_status scanner_name(struct scanner *scanner, struct writer *writer)
{
    const size_t n_before = writer->size;
    const char *start = scanner->at;

    for (;;) {
        const unsigned char next = (unsigned char)scanner_peek(scanner);

        if (is_plain_in_name(next)) {
            writer_le16(writer, next);
            scanner->at++;
        } else if (next == '%') {
            TRY(take_numbered_character(scanner, writer));
        } else if (next >= ASCII_END) {
            TRY(take_utf8_character(scanner, writer));
        } else {
            break;
        }
    }
    if (scanner->at == start) {
        return scanner_refuse(scanner, "expected an attribute's name");
    }
    if (!writer->failed && !is_utf16(writer->bytes + n_before, writer->size - n_before)) {
        return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                 "expected a name whose surrogates stand in pairs");
    }
    return TSR_OK;
}

/* How many characters from here may belong to a SID. */
static size_t sid_text_size(const struct scanner *scanner)
{
    size_t size = 0;

    while (scanner->at + size < scanner->end && scanner->at[size] != '\0' &&
           !strchr("(,)}" BLANKS, scanner->at[size])) {
        size++;
    }
    return size;
}

tsr_status scanner_sid(struct scanner *scanner, struct writer *writer)
{
    const size_t n = sid_text_size(scanner);
    uint8_t encoded[TSR_SID_SIZE_MAX];
    char text[TSR_SID_TEXT_MAX] = "";
    tsr_sddl_error error;
    tsr_sid sid;
    size_t size;

    /* Longer than any SID's text, if not for leading zeros. */
    if (n >= sizeof(text)) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_INVALID_SID,
                                 "expected a SID without leading zeros");
    }
    memcpy(text, scanner->at, n);
    if (tsr_failed(
            tsr_sddl_parse_sid_ex(text, scanner->domain, scanner->flags, &sid, NULL, &error))) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_INVALID_SID, error.message);
    }
    TRY(tsr_sid_encode(&sid, encoded, sizeof(encoded), &size));

    scanner->at += n;
    writer_bytes(writer, encoded, size);
    return TSR_OK;
}

tsr_status scanner_sid_call(struct scanner *scanner, struct writer *writer)
{
    if (!scanner_take(scanner, SID_CALL)) {
        return scanner_refuse(scanner, "expected SID(...)");
    }
    TRY(scanner_sid(scanner, writer));
    return scanner_expect(scanner, ')', "expected ')' after the SID");
}

tsr_status sid_print(const uint8_t *encoded, size_t size, const tsr_sid *domain,
                     struct writer *writer)
{
    char text[TSR_SID_TEXT_MAX];
    size_t n_taken;
    tsr_sid sid;

    REQUIRE(tsr_ok(tsr_sid_decode(encoded, size, &sid, &n_taken)), STATUS_INVALID_ACL);
    REQUIRE(n_taken == size, STATUS_INVALID_ACL);
    /* Valid in binary, but no text says it (access-check.md 1.1). */
    REQUIRE(sid.n_sub_authorities > 0, STATUS_NOT_SUPPORTED);

    tsr_sddl_format_sid(&sid, domain, text);
    writer_text(writer, text);
    return TSR_OK;
}

tsr_status string_print(const uint8_t *bytes, size_t size, struct writer *writer)
{
    REQUIRE(size % 2 == 0, STATUS_INVALID_ACL);
    for (size_t i = 0; i < size; i += 2) {
        REQUIRE(load_le16(bytes + i) != '"' && load_le16(bytes + i) != '\0', STATUS_NOT_SUPPORTED);
    }

    writer_char(writer, '"');
    REQUIRE(tsr_ok(utf16le_to_utf8(bytes, size, writer)), STATUS_NOT_SUPPORTED);
    writer_char(writer, '"');
    return TSR_OK;
}

tsr_status name_print(const uint8_t *bytes, size_t size, struct writer *writer)
{
    unsigned int character;

    REQUIRE(size > 0 && size % 2 == 0, STATUS_INVALID_ACL);
    REQUIRE(is_utf16(bytes, size), STATUS_NOT_SUPPORTED);
    for (size_t i = 0; i < size; i += 2) {
        character = load_le16(bytes + i);
        REQUIRE(character != '\0', STATUS_NOT_SUPPORTED);
        if (is_plain_in_name(character)) {
            writer_char(writer, (char)character);
        } else {
            writer_format(writer, "%%%04x", character);
        }
    }
    return TSR_OK;
}

void octets_print(const uint8_t *bytes, size_t size, struct writer *writer)
{
    for (size_t i = 0; i < size; i++) {
        writer_format(writer, "%02x", bytes[i]);
    }
}
