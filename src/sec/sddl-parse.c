/* SPDX-License-Identifier: MIT */
/* SDDL parser: one pass from left to right, without recursion, over text of any length. */

#include <tessera/sddl.h>

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/digit.h"
#include "base/writer.h"
#include "sec/sddl-condition.h"
#include "sec/sddl-names.h"
#include "sec/sddl-text.h"
#include "sec/sid.h"

#define ACE_N_GUIDS   2
#define NUMERIC_SID   "-0123456789ABCDEFabcdefXx" /* what a numeric SID may hold after its S */
#define NO_ACE_TYPE   0xffu
#define SATURATED     (UINT64_C(1) << 32) /* a number that does not fit, and will not any more */
#define GUID_EXPECTED "expected a GUID as 8-4-4-4-12 hexadecimal digits, or ';'"

/*
 * The last numeric SID. Those of a descriptor are mostly of one domain, so that the next differs in
 * its last number alone, and only that one is read.
 */
struct sibling {
    const char *stem; /* the text up to that number; NULL: there is none */
    size_t stem_size;
    tsr_sid sid;
};

/* Where the parser is, and, once it has refused, where and why. */
struct parser {
    const char *start;
    const char *at;
    const char *end;
    const tsr_sid *domain; /* NULL: none */
    uint32_t flags;
    struct sibling sibling;
    tsr_sddl_error error;
};

/* An ACE as far as it has been read. */
struct ace {
    const struct sddl_ace_type *type;
    uint8_t flags;
    uint32_t mask;
    uint32_t object_flags;
    uint8_t guids[ACE_N_GUIDS * TSR_GUID_SIZE];
    size_t guids_size;
    tsr_sid sid;
    struct writer data; /* the condition or resource attribute; empty in most */
};

/* An ACL section. */
struct acl_section {
    bool is_present;
    bool is_null;
    uint16_t control; /* as bits of the DACL */
    uint8_t *bytes;   /* owned; NULL if absent or NULL */
    tsr_acl acl;
};

/* A descriptor as far as it has been read. */
struct draft {
    bool has_owner;
    bool has_group;
    tsr_sid owner;
    tsr_sid group;
    struct acl_section dacl;
    struct acl_section sacl;
};

static void cleanup_draft_deinit(struct draft *draft)
{
    free(draft->dacl.bytes);
    free(draft->sacl.bytes);
}

/* Only what an ACE may leave out: clearing all of it costs as much as reading a field. */
static void ace_init(struct ace *ace)
{
    ace->flags = 0;
    ace->object_flags = 0;
    ace->guids_size = 0;
    ace->data = (struct writer){0};
}

static void cleanup_ace_deinit(struct ace *ace)
{
    writer_deinit(&ace->data);
}

static void cleanup_tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    tsr_acl_builder_deinit(builder);
}

/* Fail at @at, noting why. */
static tsr_status refuse_at(struct parser *parser, const char *at, uint32_t code,
                            const char *message)
{
    parser->error.column = (size_t)(at - parser->start) + 1;
    parser->error.message = message;
    return tsr_status_of(code);
}

static tsr_status refuse(struct parser *parser, const char *message)
{
    return refuse_at(parser, parser->at, STATUS_INVALID_SECURITY_DESCR, message);
}

static bool is_lax(const struct parser *parser)
{
    return parser->flags & TSR_SDDL_WINDOWS_LAX;
}

/* The blanks that only Windows has no objection to. */
static void skip_lax_blanks(struct parser *parser)
{
    while (is_lax(parser) && *parser->at == ' ') {
        parser->at++;
    }
}

/* The entry of @names at @text, in either case if lax. */
static const struct sddl_name *name_at(const struct parser *parser, const struct sddl_name *names,
                                       const char *text)
{
    char upper[2];

    if (!is_lax(parser)) {
        return sddl_name_at(names, text);
    }
    upper[0] = sddl_upper(text[0]);
    upper[1] = text[0] == '\0' ? '\0' : sddl_upper(text[1]);
    return sddl_name_at(names, upper);
}

static tsr_status expect(struct parser *parser, char character, const char *message)
{
    if (*parser->at != character) {
        return refuse(parser, message);
    }
    parser->at++;
    return TSR_OK;
}

/*
 * DEVIATION: Windows takes signs and saturates what is too large (access-check.md 2.1); only lax
 * reading does as Windows.
 */
static tsr_status read_number(struct parser *parser, uint32_t *ret_number)
{
    const bool is_negative = is_lax(parser) && *parser->at == '-';
    const char *at = parser->at + is_negative;
    unsigned int base = 10;
    unsigned int digit;
    uint64_t number = 0;

    if (at[0] == '0') {
        base = at[1] == 'x' ? 16 : 8;
        at += base == 16 ? 2 : 0;
    }
    digit = digit_value(*at);
    if (digit >= base) {
        return refuse_at(parser, at, STATUS_INVALID_SECURITY_DESCR, "expected a digit");
    }
    do {
        number = number * base + digit;
        if (number > UINT32_MAX) {
            if (!is_lax(parser)) {
                return refuse(parser, "expected a number of at most 32 bits");
            }
            number = SATURATED;
        }
        digit = digit_value(*++at);
    } while (digit < base);

    parser->at = at;
    *ret_number = number == SATURATED ? UINT32_MAX : (uint32_t)(is_negative ? 0 - number : number);
    return TSR_OK;
}

/* The right that @text begins with; those of a label are known in a label only. */
static const struct sddl_name *right_at(const struct parser *parser, const char *text,
                                        uint8_t ace_type)
{
    const struct sddl_name *name;

    if (*text == ';') {
        return NULL;
    }
    name = name_at(parser, sddl_rights, text);
    if (!name) {
        name = name_at(parser, sddl_right_sets, text);
    }
    if (!name && ace_type == SYSTEM_MANDATORY_LABEL_ACE_TYPE) {
        name = name_at(parser, sddl_label_rights, text);
    }
    return name;
}

/* Names and numbers in any mixture; blanks before each of them. */
static tsr_status read_lax_rights(struct parser *parser, uint8_t ace_type, uint32_t *ret_mask)
{
    const struct sddl_name *name;
    uint32_t mask = 0;
    const char *at;
    uint32_t number;

    for (;;) {
        at = parser->at + strspn(parser->at, " ");
        name = right_at(parser, at, ace_type);
        if (name) {
            mask |= name->value;
            parser->at = at + sddl_name_size(name->text);
        } else if (*at == '-' || decimal_value(*at) < 10) {
            parser->at = at;
            TRY(read_number(parser, &number));
            mask |= number;
        } else {
            break;
        }
    }

    *ret_mask = mask;
    return TSR_OK;
}

static tsr_status read_rights(struct parser *parser, uint8_t ace_type, uint32_t *ret_mask)
{
    const char *at = parser->at;
    const struct sddl_name *name;
    uint32_t mask = 0;

    if (is_lax(parser)) {
        return read_lax_rights(parser, ace_type, ret_mask);
    }
    if (decimal_value(*at) < 10) {
        return read_number(parser, ret_mask);
    }
    for (name = right_at(parser, at, ace_type); name; name = right_at(parser, at, ace_type)) {
        mask |= name->value;
        at += sddl_name_size(name->text);
        parser->at = at;

        /* The only blanks that Windows and Samba both accept: between two rights. */
        while (*at == ' ') {
            at++;
        }
    }

    *ret_mask = mask;
    return TSR_OK;
}

/*
 * "S-1-5-0x20D:" is a SID and the DACL after it: no SID is followed by a colon, so that a D before
 * one is not the last of the hexadecimal digits.
 */
static tsr_status parse_numeric_sid(const char *text, uint32_t flags, tsr_sid *ret_sid,
                                    size_t *ret_n_taken)
{
    tsr_status (*const parse)(const char *, tsr_sid *, size_t *) =
        flags & TSR_SDDL_WINDOWS_LAX ? sid_parse_lax : tsr_sid_parse;
    const tsr_status status = parse(text, ret_sid, ret_n_taken);
    char sid_text[TSR_SID_TEXT_MAX];
    size_t n;

    if (tsr_ok(status) && text[*ret_n_taken] != ':') {
        return status;
    }
    n = 1 + strspn(text + 1, NUMERIC_SID);
    if (text[n] != ':' || text[n - 1] != 'D' || n > sizeof(sid_text)) {
        return status;
    }
    memcpy(sid_text, text, n - 1);
    sid_text[n - 1] = '\0';
    return parse(sid_text, ret_sid, ret_n_taken);
}

/* A SID or alias at the start of @text; @ret_message says what is wrong. */
static tsr_status parse_sid(const char *text, const tsr_sid *domain, uint32_t flags,
                            tsr_sid *ret_sid, size_t *ret_n_taken, const char **ret_message)
{
    tsr_status status;

    if ((text[0] == 'S' || text[0] == 's') && text[1] == '-') {
        *ret_message = "expected a SID as S-1-AUTHORITY-NUMBER... that fits its fields";
        return parse_numeric_sid(text, flags, ret_sid, ret_n_taken);
    }
    status = sddl_alias_resolve(text, domain, ret_sid);
    if (tsr_failed(status)) {
        *ret_message = status.code == STATUS_NONE_MAPPED ? "this alias needs the SID of a domain"
                                                         : "expected a SID or the alias of one";
        return tsr_status_of(STATUS_INVALID_SID);
    }

    *ret_n_taken = SDDL_ALIAS_SIZE;
    return TSR_OK;
}

/* Take a SID that begins like the last one, and ends in a plain number and with its field. */
static bool take_sibling(struct parser *parser, tsr_sid *ret_sid)
{
    const struct sibling *sibling = &parser->sibling;
    const char *at = parser->at + sibling->stem_size;
    uint64_t number = 0;
    unsigned int digit;

    if (!sibling->stem || (size_t)(parser->end - parser->at) <= sibling->stem_size ||
        memcmp(parser->at, sibling->stem, sibling->stem_size) != 0) {
        return false;
    }
    digit = decimal_value(*at);
    if (digit >= 10) {
        return false;
    }
    do {
        number = number * 10 + digit;
        if (number > UINT32_MAX) {
            return false;
        }
        digit = decimal_value(*++at);
    } while (digit < 10);
    if (*at != ')' && *at != ';') {
        return false;
    }

    *ret_sid = sibling->sid;
    ret_sid->sub_authorities[sibling->sid.n_sub_authorities - 1] = (uint32_t)number;
    parser->at = at;
    return true;
}

/*
 * Keep what was read of @size characters here, if it is numeric. Of lax reading nothing is kept: it
 * may have changed the base of the last number.
 */
static void note_sibling(struct parser *parser, const tsr_sid *sid, size_t size)
{
    const char *dash = memrchr(parser->at, '-', size);

    if (dash && !is_lax(parser)) {
        parser->sibling.stem = parser->at;
        parser->sibling.stem_size = (size_t)(dash - parser->at) + 1;
        parser->sibling.sid = *sid;
    }
}

static tsr_status read_sid(struct parser *parser, tsr_sid *ret_sid)
{
    const char *message;
    size_t n_taken;
    tsr_status status;

    if (take_sibling(parser, ret_sid)) {
        return TSR_OK;
    }
    skip_lax_blanks(parser);
    status = parse_sid(parser->at, parser->domain, parser->flags, ret_sid, &n_taken, &message);
    if (tsr_failed(status)) {
        return refuse_at(parser, parser->at, status.code, message);
    }

    note_sibling(parser, ret_sid, n_taken);
    parser->at += n_taken;
    if (n_taken == SDDL_ALIAS_SIZE) {
        skip_lax_blanks(parser);
    }
    return TSR_OK;
}

/* How much of @text comes before a delimiter, or its end. */
static size_t word_size(const char *text)
{
    size_t size = 0;

    while (text[size] != '\0' && text[size] != ';' && text[size] != '(' && text[size] != ')') {
        size++;
    }
    return size;
}

/* The ACE type named by the @size characters here, in either case if lax. */
static const struct sddl_ace_type *ace_type_named(const struct parser *parser, size_t size)
{
    char upper[2];

    if (!is_lax(parser) || size == 0 || size > sizeof(upper)) {
        return sddl_ace_type_by_name(parser->at, size);
    }
    upper[0] = sddl_upper(parser->at[0]);
    upper[1] = sddl_upper(parser->at[1]);
    return sddl_ace_type_by_name(upper, size);
}

static tsr_status read_ace_type(struct parser *parser, bool is_sacl, struct ace *ace)
{
    const size_t size = word_size(parser->at);

    ace->type = ace_type_named(parser, size);
    if (!ace->type) {
        return refuse(parser, "expected an ACE type");
    }
    if (ace->type->in_sacl != is_sacl) {
        return refuse(parser, is_sacl ? "expected an ACE type that belongs in a SACL"
                                      : "expected an ACE type that belongs in a DACL");
    }

    parser->at += size;
    return TSR_OK;
}

static void read_ace_flags(struct parser *parser, struct ace *ace)
{
    const struct sddl_name *flags = sddl_ace_flags(ace->type->type);
    const struct sddl_name *flag;

    if (*parser->at == ';') { /* None, in most. */
        return;
    }
    for (flag = sddl_name_at(flags, parser->at); flag; flag = sddl_name_at(flags, parser->at)) {
        ace->flags |= (uint8_t)flag->value;
        parser->at += sddl_name_size(flag->text);
    }
}

static tsr_status read_guid(struct parser *parser, uint8_t guid[TSR_GUID_SIZE])
{
    const char *at = parser->at;
    unsigned int high;
    unsigned int low;

    for (size_t i = 0; i < TSR_GUID_SIZE; i++) {
        if (sddl_guid_has_dash(i)) {
            if (*at != '-') {
                return refuse_at(parser, at, STATUS_INVALID_SECURITY_DESCR, GUID_EXPECTED);
            }
            at++;
        }
        high = digit_value(at[0]);
        low = high == NOT_A_DIGIT ? NOT_A_DIGIT : digit_value(at[1]);
        if (low == NOT_A_DIGIT) {
            return refuse_at(parser, high == NOT_A_DIGIT ? at : at + 1,
                             STATUS_INVALID_SECURITY_DESCR, GUID_EXPECTED);
        }
        guid[sddl_guid_order[i]] = (uint8_t)(high << 4 | low);
        at += 2;
    }

    parser->at = at;
    return TSR_OK;
}

/* A GUID field that is not plainly empty. */
static tsr_status read_guid_field(struct parser *parser, uint32_t object_flag, struct ace *ace)
{
    /* Windows takes blanks for an empty field, but none beside a GUID. */
    if (is_lax(parser) && parser->at[strspn(parser->at, " ")] == ';') {
        skip_lax_blanks(parser);
        return TSR_OK;
    }
    if (ace->type->type == ace->type->plain_type) {
        return refuse(parser, "expected ';': only an object ACE has GUIDs");
    }
    TRY(read_guid(parser, ace->guids + ace->guids_size));

    ace->guids_size += TSR_GUID_SIZE;
    ace->object_flags |= object_flag;
    return TSR_OK;
}

/* The condition or resource attribute that follows the SID in types that carry one. */
static tsr_status read_last_field(struct parser *parser, struct ace *ace)
{
    const bool is_attribute = ace->type->last_field == SDDL_LAST_ATTRIBUTE;
    struct scanner scanner;
    tsr_status status;

    TRY(expect(parser, ';',
               is_attribute ? "expected ';' and a resource attribute"
                            : "expected ';' and a condition"));
    skip_lax_blanks(parser);
    scanner = scanner_over(parser->at, (size_t)(parser->end - parser->at), parser->domain);
    scanner.flags = parser->flags;
    status = (is_attribute ? attribute_read : condition_read)(&scanner, &ace->data);
    if (tsr_failed(status)) {
        parser->error = scanner.error;
        parser->error.column += (size_t)(parser->at - parser->start);
        return status;
    }

    parser->at = scanner.at;
    return expect(parser, ')', "expected ')' at the end of the ACE");
}

/* An attribute belongs to everyone ([MS-DTYP] 2.4.4.15); for another it would mean nothing. */
static tsr_status read_trustee(struct parser *parser, struct ace *ace)
{
    const char *start = parser->at;

    TRY(read_sid(parser, &ace->sid));
    if (ace->type->last_field == SDDL_LAST_ATTRIBUTE &&
        !tsr_sid_equal(&ace->sid, &TSR_SID_EVERYONE)) {
        return refuse_at(parser, start, STATUS_INVALID_SECURITY_DESCR,
                         "expected WD, whom every resource attribute is for");
    }
    return TSR_OK;
}

/* The two GUID fields, which may be empty. */
static tsr_status read_guid_fields(struct parser *parser, struct ace *ace)
{
    if (*parser->at != ';') {
        TRY(read_guid_field(parser, ACE_OBJECT_TYPE_PRESENT, ace));
    }
    TRY(expect(parser, ';', "expected ';' after the object GUID"));
    if (*parser->at != ';') {
        TRY(read_guid_field(parser, ACE_INHERITED_OBJECT_TYPE_PRESENT, ace));
    }
    return expect(parser, ';', "expected ';' after the inherited object GUID");
}

static tsr_status read_ace(struct parser *parser, bool is_sacl, struct ace *ace)
{
    TRY(expect(parser, '(', "expected an ACE"));
    skip_lax_blanks(parser);
    TRY(read_ace_type(parser, is_sacl, ace));
    TRY(expect(parser, ';', "expected ';' after the ACE type"));
    skip_lax_blanks(parser);
    read_ace_flags(parser, ace);
    TRY(expect(parser, ';', "expected another ACE flag or ';'"));
    TRY(read_rights(parser, ace->type->type, &ace->mask));
    TRY(expect(parser, ';', "expected another right or ';'"));
    TRY(read_guid_fields(parser, ace));
    TRY(read_trustee(parser, ace));
    if (ace->type->last_field != SDDL_LAST_NONE) {
        return read_last_field(parser, ace);
    }
    return expect(parser, ')', "expected ')' after the SID");
}

/* Encode an ACE; an object type that has no GUID becomes the plain one (access-check.md 2.1). */
static tsr_status ace_encode(const struct ace *ace, struct writer *writer)
{
    uint8_t sid[TSR_SID_SIZE_MAX];
    size_t sid_size;

    TRY(tsr_sid_encode(&ace->sid, sid, sizeof(sid), &sid_size));

    writer_u8(writer, ace->object_flags ? ace->type->type : ace->type->plain_type);
    writer_u8(writer, ace->flags);
    writer_le16(writer, 0);
    writer_le32(writer, ace->mask);
    if (ace->object_flags) {
        writer_le32(writer, ace->object_flags);
        writer_bytes(writer, ace->guids, ace->guids_size);
    }
    writer_bytes(writer, sid, sid_size);
    writer_bytes(writer, ace->data.bytes, ace->data.size);
    REQUIRE(!writer->failed && !ace->data.failed, STATUS_NO_MEMORY);
    REQUIRE(writer->size <= UINT16_MAX, STATUS_INVALID_ACL);

    writer_patch_le16(writer, 2, (uint16_t)writer->size);
    return TSR_OK;
}

/* Append an ACE; most are a mask and a SID, and need no bytes of their own. */
static tsr_status ace_append(const struct ace *ace, tsr_acl_builder *builder)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    if (!ace->object_flags && ace->type->last_field == SDDL_LAST_NONE) {
        tsr_acl_builder_add(builder, (tsr_ace_type)ace->type->plain_type, ace->flags, ace->mask,
                            &ace->sid);
    } else {
        TRY(ace_encode(ace, &writer));
        tsr_acl_builder_add_encoded(builder, writer.bytes, writer.size);
    }
    return tsr_status_of(builder->failure);
}

static tsr_status add_ace(struct parser *parser, bool is_sacl, tsr_acl_builder *builder)
{
    CLEANUP(ace_deinit) struct ace ace;
    const char *start = parser->at;
    tsr_status status;

    ace_init(&ace);
    TRY(read_ace(parser, is_sacl, &ace));
    status = ace_append(&ace, builder);
    return tsr_ok(status) ? status
                          : refuse_at(parser, start, status.code,
                                      "expected an ACL that fits into 65532 bytes and into memory");
}

/* The flags of an ACL, in any order and number. */
static void read_acl_flags(struct parser *parser, bool is_sacl, struct acl_section *section)
{
    const struct sddl_name *flag;

    for (;;) {
        flag = sddl_name_at(sddl_acl_flags, parser->at);
        if (flag) {
            section->control |= (uint16_t)flag->value;
            parser->at += sddl_name_size(flag->text);
        } else if (!is_sacl && strncmp(parser->at, SDDL_NULL_ACL, strlen(SDDL_NULL_ACL)) == 0) {
            section->is_null = true;
            parser->at += strlen(SDDL_NULL_ACL);
        } else {
            return;
        }
    }
}

static tsr_status read_acl(struct parser *parser, bool is_sacl, struct acl_section *section)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    tsr_status status;

    section->is_present = true;
    skip_lax_blanks(parser);
    read_acl_flags(parser, is_sacl, section);
    skip_lax_blanks(parser);
    if (section->is_null) {
        return *parser->at == '(' ? refuse(parser, "expected no ACE after " SDDL_NULL_ACL) : TSR_OK;
    }
    while (*parser->at == '(') {
        TRY(add_ace(parser, is_sacl, &builder));
        skip_lax_blanks(parser);
    }

    status = tsr_acl_builder_finish(&builder, &section->bytes, &section->acl);
    return tsr_ok(status) ? status : refuse_at(parser, parser->at, status.code, "out of memory");
}

static tsr_status read_section(struct parser *parser, struct draft *draft)
{
    const char letter = parser->at[0];
    const bool is_repeated =
        (letter == 'O' && draft->has_owner) || (letter == 'G' && draft->has_group) ||
        (letter == 'D' && draft->dacl.is_present) || (letter == 'S' && draft->sacl.is_present);

    if (letter == '\0' || !strchr("OGDS", letter) || parser->at[1] != ':') {
        return refuse(parser, "expected a section: O:, G:, D: or S:");
    }
    if (is_repeated) {
        return refuse(parser, "expected each section once at most");
    }

    parser->at += 2;
    if (letter == 'O') {
        draft->has_owner = true;
        return read_sid(parser, &draft->owner);
    }
    if (letter == 'G') {
        draft->has_group = true;
        return read_sid(parser, &draft->group);
    }
    return letter == 'D' ? read_acl(parser, false, &draft->dacl)
                         : read_acl(parser, true, &draft->sacl);
}

static tsr_status draft_build(const struct draft *draft, uint8_t **ret_bytes, size_t *ret_size)
{
    const tsr_sd_parts parts = {
        .control = (uint16_t)(draft->dacl.control | draft->sacl.control << SDDL_SACL_CONTROL_SHIFT),
        .owner = draft->has_owner ? &draft->owner : NULL,
        .group = draft->has_group ? &draft->group : NULL,
        .has_dacl = draft->dacl.is_present,
        .has_sacl = draft->sacl.is_present,
        .dacl = draft->dacl.acl,
        .sacl = draft->sacl.acl,
    };

    return tsr_sd_build(&parts, ret_bytes, ret_size);
}

static tsr_status parse(struct parser *parser, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    tsr_status status;

    skip_lax_blanks(parser);
    while (*parser->at != '\0') {
        TRY(read_section(parser, &draft));
    }

    status = draft_build(&draft, ret_bytes, ret_size);
    return tsr_ok(status) ? status : refuse_at(parser, parser->at, status.code, "out of memory");
}

tsr_status tsr_sddl_parse(const char *text, const tsr_sid *domain, uint8_t **ret_bytes,
                          size_t *ret_size, tsr_sddl_error *ret_error)
{
    return tsr_sddl_parse_ex(text, domain, 0, ret_bytes, ret_size, ret_error);
}

tsr_status tsr_sddl_parse_ex(const char *text, const tsr_sid *domain, uint32_t flags,
                             uint8_t **ret_bytes, size_t *ret_size, tsr_sddl_error *ret_error)
{
    struct parser parser = {
        .start = text, .at = text, .end = text + strlen(text), .domain = domain, .flags = flags};
    tsr_status status;

    REQUIRE(!(flags & ~TSR_SDDL_WINDOWS_LAX), STATUS_INVALID_PARAMETER);

    status = parse(&parser, ret_bytes, ret_size);
    if (tsr_failed(status) && ret_error) {
        *ret_error = parser.error;
    }
    return status;
}

tsr_status tsr_sddl_parse_sid(const char *text, const tsr_sid *domain, tsr_sid *ret_sid,
                              size_t *ret_n_taken)
{
    return tsr_sddl_parse_sid_ex(text, domain, 0, ret_sid, ret_n_taken, NULL);
}

tsr_status tsr_sddl_parse_sid_ex(const char *text, const tsr_sid *domain, uint32_t flags,
                                 tsr_sid *ret_sid, size_t *ret_n_taken, tsr_sddl_error *ret_error)
{
    tsr_sddl_error error = {.column = 1};
    size_t n_taken;
    tsr_status status;
    tsr_sid sid;

    REQUIRE(!(flags & ~TSR_SDDL_WINDOWS_LAX), STATUS_INVALID_PARAMETER);

    status = parse_sid(text, domain, flags, &sid, &n_taken, &error.message);
    if (tsr_ok(status) && !ret_n_taken && text[n_taken] != '\0') {
        error = (tsr_sddl_error){.column = n_taken + 1,
                                 .message =
                                     "expected a SID or the alias of one, and nothing behind it"};
        status = tsr_status_of(STATUS_INVALID_SID);
    }
    if (tsr_failed(status)) {
        if (ret_error) {
            *ret_error = error;
        }
        return status;
    }

    if (ret_n_taken) {
        *ret_n_taken = n_taken;
    }
    *ret_sid = sid;
    return TSR_OK;
}

tsr_status tsr_sddl_parse_rights(const char *text, uint32_t *ret_mask)
{
    struct parser parser = {.start = text, .at = text};
    uint32_t mask;

    REQUIRE(!strchr(text, ' '), STATUS_INVALID_PARAMETER);
    REQUIRE(tsr_ok(read_rights(&parser, NO_ACE_TYPE, &mask)), STATUS_INVALID_PARAMETER);
    REQUIRE(*parser.at == '\0', STATUS_INVALID_PARAMETER);

    *ret_mask = mask;
    return TSR_OK;
}
