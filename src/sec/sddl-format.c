/* SPDX-License-Identifier: MIT */
/* SDDL printer. */

#include <tessera/sddl.h>

#include <string.h>

#include "base/check.h"
#include "base/digit.h"
#include "base/writer.h"
#include "sec/sddl-condition.h"
#include "sec/sddl-names.h"

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

static tsr_status write_sid(struct writer *writer, const uint8_t *encoded, const tsr_sid *domain)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_sid sid;

    TRY(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL));
    tsr_sddl_format_sid(&sid, domain, text);
    writer_text(writer, text);
    return TSR_OK;
}

static tsr_status write_last_field(struct writer *writer, const tsr_ace *ace,
                                   enum sddl_last_field field, const tsr_sid *domain)
{
    if (field == SDDL_LAST_NONE) {
        return TSR_OK;
    }
    writer_char(writer, ';');
    return (field == SDDL_LAST_ATTRIBUTE ? attribute_format : condition_format)(
        ace->data, ace->n_data, domain, writer);
}

static tsr_status write_ace(struct writer *writer, const tsr_ace *ace, const tsr_sid *domain)
{
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
    TRY(write_sid(writer, ace->sid, domain));
    TRY(write_last_field(writer, ace, type->last_field, domain));
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

static tsr_status write_dacl(struct writer *writer, const tsr_sd *sd, const tsr_sid *domain)
{
    size_t offset = 0;
    tsr_ace ace;

    writer_text(writer, "D:");
    write_flags(writer, sd->control, sddl_acl_flags);
    writer_text(writer, sd->dacl.bytes ? "" : SDDL_NULL_ACL);
    while (tsr_acl_next(&sd->dacl, &offset, &ace)) {
        TRY(write_ace(writer, &ace, domain));
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

static tsr_status write_sacl(struct writer *writer, const tsr_sd *sd, uint32_t information,
                             const tsr_sid *domain)
{
    size_t offset = 0;
    tsr_ace ace;

    if (!sacl_is_named(sd, information)) {
        return TSR_OK;
    }
    writer_text(writer, "S:");
    write_flags(writer, (uint32_t)sd->control >> SDDL_SACL_CONTROL_SHIFT, sddl_acl_flags);
    while (tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (is_named(information, ace.type)) {
            TRY(write_ace(writer, &ace, domain));
        }
    }
    return TSR_OK;
}

tsr_status tsr_sddl_format(const tsr_sd *sd, uint32_t information, const tsr_sid *domain,
                           char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    if (sd->owner && information & OWNER_SECURITY_INFORMATION) {
        writer_text(&writer, "O:");
        TRY(write_sid(&writer, sd->owner, domain));
    }
    if (sd->group && information & GROUP_SECURITY_INFORMATION) {
        writer_text(&writer, "G:");
        TRY(write_sid(&writer, sd->group, domain));
    }
    if (sd->has_dacl && information & DACL_SECURITY_INFORMATION) {
        TRY(write_dacl(&writer, sd, domain));
    }
    TRY(write_sacl(&writer, sd, information, domain));
    return writer_finish_text(&writer, ret_text);
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
