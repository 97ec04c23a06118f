/* SPDX-License-Identifier: MIT */
/* SDDL printer. */

#include <tessera/sddl.h>

#include <string.h>

#include "base/check.h"
#include "base/digit.h"
#include "base/writer.h"
#include "sec/sddl-condition.h"
#include "sec/sddl-names.h"

#define OWNER_CONTROL SE_OWNER_DEFAULTED
#define GROUP_CONTROL SE_GROUP_DEFAULTED
#define DACL_CONTROL                                                                           \
    (SE_DACL_DEFAULTED | SE_DACL_TRUSTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | \
     SE_DACL_PROTECTED)
#define SACL_CONTROL \
    (SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)

/* Text being printed. */
struct printer {
    struct writer writer;
    const tsr_sid *domain; /* NULL: none */
    uint32_t flags;
};

static void cleanup_printer_deinit(struct printer *printer)
{
    writer_deinit(&printer->writer);
}

static void cleanup_tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    tsr_acl_builder_deinit(builder);
}

/* Concatenate the names of the bits in @mask. @return whether each of them has one */
static bool format_names(uint32_t mask, const struct sddl_name *names,
                         char ret_text[TSR_SDDL_RIGHTS_MAX])
{
    uint32_t left = mask;
    size_t at = 0;

    for (; names->text[0] != '\0'; names++) {
        if (left & names->value) {
            memcpy(ret_text + at, names->text, sizeof(names->text));
            at += sddl_name_size(names->text);
            left &= ~names->value;
        }
    }
    ret_text[at] = '\0';
    return left == 0;
}

static void write_guid(struct writer *writer, const uint8_t *guid)
{
    char text[SDDL_GUID_TEXT_SIZE];
    size_t at = 0;

    if (!guid) {
        return;
    }
    for (size_t i = 0; i < TSR_GUID_SIZE; i++) {
        if (sddl_guid_has_dash(i)) {
            text[at++] = '-';
        }
        text[at++] = digit_of(guid[sddl_guid_order[i]] >> 4);
        text[at++] = digit_of(guid[sddl_guid_order[i]] & 0xf);
    }
    writer_bytes(writer, text, at);
}

static void write_flags(struct writer *writer, uint32_t flags, const struct sddl_name *names)
{
    for (; names->text[0] != '\0'; names++) {
        if (flags & names->value) {
            writer_text(writer, names->text);
        }
    }
}

static void write_rights(struct writer *writer, const tsr_ace *ace)
{
    char text[TSR_SDDL_RIGHTS_MAX];

    if (ace->type != SYSTEM_MANDATORY_LABEL_ACE_TYPE ||
        !format_names(ace->mask, sddl_label_rights, text)) {
        tsr_sddl_format_rights(ace->mask, text);
    }
    writer_text(writer, text);
}

static tsr_status write_sid(struct printer *printer, const uint8_t *encoded)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_sid sid;

    TRY(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL));
    tsr_sddl_format_sid(&sid, printer->domain, text);
    writer_text(&printer->writer, text);
    return TSR_OK;
}

static tsr_status write_last_field(struct printer *printer, const tsr_ace *ace,
                                   enum sddl_last_field field)
{
    struct writer *writer = &printer->writer;

    if (field == SDDL_LAST_NONE) {
        return TSR_OK;
    }
    writer_char(writer, ';');
    if (field == SDDL_LAST_ATTRIBUTE) {
        return attribute_format(ace->data, ace->n_data, printer->domain, writer);
    }
    return condition_print(ace->data, ace->n_data, printer->domain, printer->flags, writer);
}

static tsr_status write_ace(struct printer *printer, const tsr_ace *ace)
{
    struct writer *writer = &printer->writer;
    const struct sddl_ace_type *type = sddl_ace_type_by_type(ace->type);

    REQUIRE(type, STATUS_NOT_SUPPORTED);

    writer_char(writer, '(');
    writer_text(writer, type->text);
    writer_char(writer, ';');
    write_flags(writer, ace->flags, sddl_ace_flags(ace->type));
    writer_char(writer, ';');
    write_rights(writer, ace);
    writer_char(writer, ';');
    write_guid(writer, ace->object_type);
    writer_char(writer, ';');
    write_guid(writer, ace->inherited_object_type);
    writer_char(writer, ';');
    TRY(write_sid(printer, ace->sid));
    TRY(write_last_field(printer, ace, type->last_field));
    writer_char(writer, ')');
    return TSR_OK;
}

/* Whether @information names an ACE of the SACL by its type, or the SACL as a whole. */
static bool is_named(uint32_t information, uint8_t ace_type)
{
    uint32_t wanted = SACL_SECURITY_INFORMATION;

    if (ace_type == SYSTEM_MANDATORY_LABEL_ACE_TYPE) {
        wanted |= LABEL_SECURITY_INFORMATION;
    }
    if (ace_type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE) {
        wanted |= ATTRIBUTE_SECURITY_INFORMATION;
    }
    if (ace_type == SYSTEM_SCOPED_POLICY_ID_ACE_TYPE) {
        wanted |= SCOPE_SECURITY_INFORMATION;
    }
    return information & wanted;
}

static tsr_status write_dacl(struct printer *printer, const tsr_sd *sd)
{
    struct writer *writer = &printer->writer;
    size_t offset = 0;
    tsr_ace ace;

    writer_text(writer, "D:");
    write_flags(writer, sd->control, sddl_acl_flags);
    writer_text(writer, sd->dacl.bytes ? "" : SDDL_NULL_ACL);
    while (tsr_acl_next(&sd->dacl, &offset, &ace)) {
        TRY(write_ace(printer, &ace));
    }
    return TSR_OK;
}

/* Whether there is anything to print; a selection of ACEs that finds none leaves the SACL out. */
static bool sacl_is_named(const tsr_sd *sd, uint32_t information)
{
    size_t offset = 0;
    tsr_ace ace;

    if (!sd->sacl.bytes || information & SACL_SECURITY_INFORMATION) {
        return sd->sacl.bytes;
    }
    while (tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (is_named(information, ace.type)) {
            return true;
        }
    }
    return false;
}

static tsr_status write_sacl(struct printer *printer, const tsr_sd *sd, uint32_t information)
{
    struct writer *writer = &printer->writer;
    size_t offset = 0;
    tsr_ace ace;

    if (!sacl_is_named(sd, information)) {
        return TSR_OK;
    }
    writer_text(writer, "S:");
    write_flags(writer, (uint32_t)sd->control >> SDDL_SACL_CONTROL_SHIFT, sddl_acl_flags);
    while (tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (is_named(information, ace.type)) {
            TRY(write_ace(printer, &ace));
        }
    }
    return TSR_OK;
}

static tsr_status print(struct printer *printer, const tsr_sd *sd, uint32_t information)
{
    if (sd->owner && information & OWNER_SECURITY_INFORMATION) {
        writer_text(&printer->writer, "O:");
        TRY(write_sid(printer, sd->owner));
    }
    if (sd->group && information & GROUP_SECURITY_INFORMATION) {
        writer_text(&printer->writer, "G:");
        TRY(write_sid(printer, sd->group));
    }
    if (sd->has_dacl && information & DACL_SECURITY_INFORMATION) {
        TRY(write_dacl(printer, sd));
    }
    return write_sacl(printer, sd, information);
}

/* The sections of a descriptor that are named; those that name ACEs of the SACL name it too. */
static uint32_t named_sections(const tsr_sd *sd, uint32_t information)
{
    const uint32_t others =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    const bool has_sacl = information & SACL_SECURITY_INFORMATION || sacl_is_named(sd, information);

    return (information & others) | (has_sacl ? SACL_SECURITY_INFORMATION : 0);
}

/* The control bits of a descriptor that belong to no section, or to one of these. */
static uint16_t named_control(const tsr_sd *sd, uint32_t sections)
{
    uint32_t unnamed = 0;

    unnamed |= sections & OWNER_SECURITY_INFORMATION ? 0 : OWNER_CONTROL;
    unnamed |= sections & GROUP_SECURITY_INFORMATION ? 0 : GROUP_CONTROL;
    unnamed |= sections & DACL_SECURITY_INFORMATION ? 0 : DACL_CONTROL;
    unnamed |= sections & SACL_SECURITY_INFORMATION ? 0 : SACL_CONTROL;
    return (uint16_t)(sd->control & ~unnamed);
}

/* An ACL of the named ACEs of the SACL. */
static tsr_status select_aces(const tsr_sd *sd, uint32_t information, uint8_t **ret_bytes,
                              tsr_acl *ret_acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (is_named(information, ace.type)) {
            tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
        }
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
}

/* The named sections as a packed descriptor: what lossless text parses to. */
static tsr_status pack(const tsr_sd *sd, uint32_t information, uint8_t **ret_bytes,
                       size_t *ret_size)
{
    const uint32_t sections = named_sections(sd, information);
    CLEANUP(free) uint8_t *selected = NULL;
    tsr_sid owner;
    tsr_sid group;
    tsr_sd_parts parts = {
        .control = named_control(sd, sections),
        .resource_manager_control = sd->resource_manager_control,
        .has_dacl = sd->has_dacl && sections & DACL_SECURITY_INFORMATION,
        .has_sacl = sd->has_sacl && sections & SACL_SECURITY_INFORMATION,
        .dacl = sd->dacl,
        .sacl = sd->sacl,
    };

    if (sd->owner && sections & OWNER_SECURITY_INFORMATION) {
        TRY(tsr_sid_decode(sd->owner, tsr_encoded_sid_size(sd->owner), &owner, NULL));
        parts.owner = &owner;
    }
    if (sd->group && sections & GROUP_SECURITY_INFORMATION) {
        TRY(tsr_sid_decode(sd->group, tsr_encoded_sid_size(sd->group), &group, NULL));
        parts.group = &group;
    }
    if (parts.has_sacl && !(information & SACL_SECURITY_INFORMATION)) {
        TRY(select_aces(sd, information, &selected, &parts.sacl));
    }
    return tsr_sd_build(&parts, ret_bytes, ret_size);
}

/* Whether parsing the text gives back all that is named. */
static tsr_status judge_loss(const tsr_sd *sd, uint32_t information, const struct printer *printer,
                             const char *text, bool *ret_is_lossless)
{
    const uint32_t parse_flags = printer->flags & TSR_SDDL_WINDOWS_LAX;
    CLEANUP(free) uint8_t *packed = NULL;
    CLEANUP(free) uint8_t *parsed = NULL;
    size_t n_packed;
    size_t n_parsed;
    tsr_status status;

    TRY(pack(sd, information, &packed, &n_packed));
    status = tsr_sddl_parse_ex(text, printer->domain, parse_flags, &parsed, &n_parsed, NULL);
    REQUIRE(status.code != STATUS_NO_MEMORY, STATUS_NO_MEMORY);

    *ret_is_lossless =
        tsr_ok(status) && n_parsed == n_packed && memcmp(parsed, packed, n_packed) == 0;
    return TSR_OK;
}

tsr_status tsr_sddl_format(const tsr_sd *sd, uint32_t information, const tsr_sid *domain,
                           char **ret_text)
{
    return tsr_sddl_format_ex(sd, information, domain, 0, ret_text, NULL);
}

tsr_status tsr_sddl_format_ex(const tsr_sd *sd, uint32_t information, const tsr_sid *domain,
                              uint32_t flags, char **ret_text, bool *ret_is_lossless)
{
    CLEANUP(printer_deinit) struct printer printer = {.domain = domain, .flags = flags};
    CLEANUP(free) char *text = NULL;
    bool is_lossless = false;

    REQUIRE(!(flags & ~(TSR_SDDL_WINDOWS_LAX | TSR_SDDL_LOSSLESS)), STATUS_INVALID_PARAMETER);

    TRY(print(&printer, sd, information));
    TRY(writer_finish_text(&printer.writer, &text));
    if (ret_is_lossless || flags & TSR_SDDL_LOSSLESS) {
        TRY(judge_loss(sd, information, &printer, text, &is_lossless));
    }
    REQUIRE(is_lossless || !(flags & TSR_SDDL_LOSSLESS), STATUS_DATA_ERROR);

    if (ret_is_lossless) {
        *ret_is_lossless = is_lossless;
    }
    *ret_text = STEAL(text);
    return TSR_OK;
}

void tsr_sddl_format_sid(const tsr_sid *sid, const tsr_sid *domain, char ret_text[TSR_SID_TEXT_MAX])
{
    const char *alias = sddl_alias_of(sid, domain);

    if (alias) {
        memcpy(ret_text, alias, strlen(alias) + 1);
        return;
    }
    tsr_sid_format(sid, ret_text);
}

/* As printf("0x%x") would. */
static void format_hex(uint32_t mask, char ret_text[TSR_SDDL_RIGHTS_MAX])
{
    unsigned int n_bits = 28;
    size_t at = 2;

    memcpy(ret_text, "0x", at);
    while (n_bits > 0 && mask >> n_bits == 0) {
        n_bits -= 4;
    }
    for (; n_bits > 0; n_bits -= 4) {
        ret_text[at++] = digit_of(mask >> n_bits & 0xf);
    }
    ret_text[at++] = digit_of(mask & 0xf);
    ret_text[at] = '\0';
}

void tsr_sddl_format_rights(uint32_t mask, char ret_text[TSR_SDDL_RIGHTS_MAX])
{
    for (const struct sddl_name *set = sddl_right_sets; set->text[0] != '\0'; set++) {
        if (mask == set->value) {
            memcpy(ret_text, set->text, sizeof(set->text));
            return;
        }
    }
    if (!format_names(mask, sddl_rights, ret_text)) {
        format_hex(mask, ret_text);
    }
}
