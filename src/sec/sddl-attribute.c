/* SPDX-License-Identifier: MIT */
/*
 * Resource attributes as text, ("name",TI,0x0,value,…), and as claims (access-check.md 1.6, 2.5)
 *
 * Claims are laid out here and not by tsr_claim_encode(): Windows takes an attribute that has a
 * value twice for text like any other, whereas as a claim it is invalid.
 */

#include "sec/sddl-condition.h"

#include <inttypes.h>

#include <tessera/claim.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/claim.h"
#include "sec/sddl-names.h"
#include "sec/sddl-text.h"

#define HEADER_SIZE    16
#define CLAIM_SIZE_MAX (UINT16_MAX & ~3) /* with its padding no larger than an ACE */

#define TOO_LARGE "expected a resource attribute that fits into an ACE of 65535 bytes"

static const struct sddl_name type_names[] = {
    {"TI", TSR_CLAIM_INT64},
    {"TU", TSR_CLAIM_UINT64},
    {"TS", TSR_CLAIM_STRING},
    {"TD", TSR_CLAIM_SID},
    {"TX", TSR_CLAIM_OCTETS},
    {"TB", TSR_CLAIM_BOOLEAN},
    {"", 0},
};

/* A claim as far as it has been read. */
struct draft {
    struct writer name; /* UTF-16LE with its terminator */
    uint32_t type;
    uint32_t flags;
    struct writer offsets; /* of values, 32 bits each, in @values */
    struct writer values;
};

static void cleanup_draft_deinit(struct draft *draft)
{
    writer_deinit(&draft->name);
    writer_deinit(&draft->offsets);
    writer_deinit(&draft->values);
}

static size_t draft_size(const struct draft *draft)
{
    return HEADER_SIZE + draft->offsets.size + draft->name.size + draft->values.size;
}

static tsr_status check_size(struct scanner *scanner, const struct draft *draft)
{
    if (draft->name.failed || draft->offsets.failed || draft->values.failed) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_NO_MEMORY, "out of memory");
    }
    if (draft_size(draft) > CLAIM_SIZE_MAX) {
        return scanner_refuse_at(scanner, scanner->at, STATUS_INVALID_ACL, TOO_LARGE);
    }
    return TSR_OK;
}

static tsr_status read_comma(struct scanner *scanner)
{
    scanner_skip_blanks(scanner);
    TRY(scanner_expect(scanner, ',', "expected ','"));
    scanner_skip_blanks(scanner);
    return TSR_OK;
}

static tsr_status read_name(struct scanner *scanner, struct draft *draft)
{
    TRY(scanner_expect(scanner, '"', "expected a name in double quotes"));
    TRY(scanner_name(scanner, &draft->name));
    TRY(scanner_expect(scanner, '"', "expected '\"' or a character's number as %hhhh"));
    writer_le16(&draft->name, 0);
    return check_size(scanner, draft);
}

static tsr_status read_type(struct scanner *scanner, struct draft *draft)
{
    for (const struct sddl_name *name = type_names; name->text[0] != '\0'; name++) {
        if (scanner_take(scanner, name->text)) {
            draft->type = name->value;
            return TSR_OK;
        }
    }
    return scanner_refuse(scanner, "expected TI, TU, TS, TD, TX or TB");
}

static tsr_status read_flags(struct scanner *scanner, struct draft *draft)
{
    const char *start = scanner->at;
    struct integer integer;

    TRY(scanner_integer(scanner, &integer));
    if (integer.sign != INTEGER_UNSIGNED || integer.magnitude > UINT32_MAX ||
        integer.magnitude & TSR_CLAIM_RESERVED_FLAGS) {
        return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                 "expected flags of 32 bits, none of them in ff00");
    }
    draft->flags = (uint32_t)integer.magnitude;
    return TSR_OK;
}

static tsr_status read_signed(struct scanner *scanner, struct writer *values)
{
    const char *start = scanner->at;
    struct integer integer;
    bool is_negative;

    TRY(scanner_integer(scanner, &integer));
    is_negative = integer.sign == INTEGER_MINUS;
    if (integer.magnitude > (uint64_t)INT64_MAX + is_negative) {
        return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR,
                                 "expected an integer of at most 64 bits with its sign");
    }
    writer_le64(values, is_negative ? -integer.magnitude : integer.magnitude);
    return TSR_OK;
}

static tsr_status read_unsigned(struct scanner *scanner, uint64_t max, const char *message,
                                struct writer *values)
{
    const char *start = scanner->at;
    struct integer integer;

    TRY(scanner_integer(scanner, &integer));
    if (integer.sign != INTEGER_UNSIGNED || integer.magnitude > max) {
        return scanner_refuse_at(scanner, start, STATUS_INVALID_SECURITY_DESCR, message);
    }
    writer_le64(values, integer.magnitude);
    return TSR_OK;
}

/* Octets; of an odd number of digits the first is a byte of its own. */
static tsr_status read_octets(struct scanner *scanner, struct writer *values)
{
    size_t n_digits = 0;

    while (scanner->at + n_digits < scanner->end &&
           digit_value(scanner->at[n_digits]) != NOT_A_DIGIT) {
        n_digits++;
    }
    if (n_digits % 2 == 1) {
        writer_u8(values, (uint8_t)digit_value(*scanner->at));
        scanner->at++;
    }
    return scanner_octets(scanner, digit_value, values);
}

/* A SID or octets, with its length before it. */
static tsr_status read_sized(struct scanner *scanner, uint32_t type, struct writer *values)
{
    const size_t start = values->size;

    writer_le32(values, 0);
    TRY(type == TSR_CLAIM_SID ? scanner_sid(scanner, values) : read_octets(scanner, values));
    writer_patch_le32(values, start, (uint32_t)(values->size - start - sizeof(uint32_t)));
    return TSR_OK;
}

static tsr_status read_value(struct scanner *scanner, uint32_t type, struct writer *values)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
        return read_signed(scanner, values);
    case TSR_CLAIM_UINT64:
        return read_unsigned(scanner, UINT64_MAX, "expected an integer without a sign", values);
    case TSR_CLAIM_BOOLEAN:
        return read_unsigned(scanner, 1, "expected 0 or 1", values);
    case TSR_CLAIM_STRING:
        TRY(scanner_string(scanner, values));
        writer_le16(values, 0);
        return TSR_OK;
    case TSR_CLAIM_SID:
    case TSR_CLAIM_OCTETS:
        return read_sized(scanner, type, values);
    case TSR_CLAIM_FQBN:
        break; /* has no text */
    }
    return tsr_status_of(STATUS_INTERNAL_ERROR);
}

static tsr_status read(struct scanner *scanner, struct draft *draft)
{
    TRY(scanner_expect(scanner, '(', "expected a resource attribute in parentheses"));
    scanner_skip_blanks(scanner);
    TRY(read_name(scanner, draft));
    TRY(read_comma(scanner));
    TRY(read_type(scanner, draft));
    TRY(read_comma(scanner));
    TRY(read_flags(scanner, draft));

    scanner_skip_blanks(scanner);
    while (scanner_take(scanner, ",")) {
        scanner_skip_blanks(scanner);
        writer_le32(&draft->offsets, (uint32_t)draft->values.size);
        TRY(read_value(scanner, draft->type, &draft->values));
        TRY(check_size(scanner, draft));
        scanner_skip_blanks(scanner);
    }
    return scanner_expect(scanner, ')', "expected ',' and another value, or ')'");
}

/* Header, offsets, name, values, padding: Windows' layout, in which nothing else is aligned. */
static void write_claim(const struct draft *draft, struct writer *writer)
{
    const size_t name_offset = HEADER_SIZE + draft->offsets.size;
    const size_t values_offset = name_offset + draft->name.size;

    writer_le32(writer, (uint32_t)name_offset);
    writer_le16(writer, (uint16_t)draft->type);
    writer_le16(writer, 0);
    writer_le32(writer, draft->flags);
    writer_le32(writer, (uint32_t)(draft->offsets.size / sizeof(uint32_t)));
    for (size_t i = 0; i < draft->offsets.size; i += sizeof(uint32_t)) {
        writer_le32(writer, (uint32_t)values_offset + load_le32(draft->offsets.bytes + i));
    }
    writer_bytes(writer, draft->name.bytes, draft->name.size);
    writer_bytes(writer, draft->values.bytes, draft->values.size);
    writer_zeros(writer, -draft_size(draft) % 4);
}

tsr_status attribute_read(struct scanner *scanner, struct writer *writer)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    const char *start = scanner->at;
    const tsr_status status = read(scanner, &draft);

    if (tsr_failed(status)) {
        scanner->at = start;
        return status;
    }
    write_claim(&draft, writer);
    return TSR_OK;
}

tsr_status attribute_parse(const char *text, size_t n_text, const tsr_sid *domain,
                           struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error)
{
    struct scanner scanner = scanner_over(text, n_text, domain);
    const tsr_status status = attribute_read(&scanner, writer);

    if (tsr_failed(status)) {
        *ret_error = scanner.error;
        return status;
    }
    *ret_n_taken = (size_t)(scanner.at - text);
    return TSR_OK;
}

static tsr_status write_number(uint32_t type, uint64_t value, struct writer *writer)
{
    REQUIRE(type != TSR_CLAIM_BOOLEAN || value <= 1, STATUS_NOT_SUPPORTED);

    if (type == TSR_CLAIM_INT64 && value > INT64_MAX) {
        writer_char(writer, '-');
        value = 0 - value;
    }
    writer_format(writer, "%" PRIu64, value);
    return TSR_OK;
}

static tsr_status write_value(uint32_t type, const tsr_claim_value *value, const tsr_sid *domain,
                              struct writer *writer)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        return write_number(type, value->number, writer);
    case TSR_CLAIM_STRING:
        return string_print(value->bytes, value->n_bytes, writer);
    case TSR_CLAIM_SID:
        return sid_print(value->bytes, value->n_bytes, domain, writer);
    case TSR_CLAIM_OCTETS:
        octets_print(value->bytes, value->n_bytes, writer);
        return TSR_OK;
    case TSR_CLAIM_FQBN:
        break; /* has no text */
    }
    return tsr_status_of(STATUS_NOT_SUPPORTED);
}

/* The name of a type; NULL if it has none. */
static const char *type_name(uint32_t type)
{
    for (const struct sddl_name *name = type_names; name->text[0] != '\0'; name++) {
        if (name->value == type) {
            return name->text;
        }
    }
    return NULL;
}

static tsr_status write_attribute(const tsr_claim *claim, const tsr_sid *domain,
                                  struct writer *writer)
{
    const char *type = type_name(claim->type);
    tsr_claim_value value;

    REQUIRE(type, STATUS_NOT_SUPPORTED);

    writer_text(writer, "(\"");
    TRY(name_print(claim->name, claim->n_name, writer));
    writer_format(writer, "\",%s,0x%" PRIx32, type, claim->flags);
    for (uint32_t i = 0; i < claim->n_values; i++) {
        tsr_claim_get_value(claim, i, &value);
        writer_char(writer, ',');
        TRY(write_value(claim->type, &value, domain, writer));
    }
    writer_char(writer, ')');
    return TSR_OK;
}

tsr_status attribute_format(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                            struct writer *writer)
{
    const size_t start = writer->size;
    tsr_status status;
    tsr_claim claim;

    REQUIRE(n_data <= UINT16_MAX, STATUS_INVALID_ACL); /* No ACE holds more. */
    REQUIRE(tsr_ok(claim_read(data, n_data, &claim)), STATUS_INVALID_ACL);

    status = write_attribute(&claim, domain, writer);
    if (tsr_failed(status)) {
        writer->size = start;
    }
    return status;
}
