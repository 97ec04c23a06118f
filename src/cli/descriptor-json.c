/* SPDX-License-Identifier: MIT */
/* Descriptors written as JSON, in the form of the inheritance vectors. */

#include "cli/descriptor-json.h"

#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/json-read.h"
#include "cli/own.h"
#include "cli/text.h"

#define NULL_ACL "NULL"

static const struct json_bit control_bits[] = {
    {"OWNER_DEFAULTED", SE_OWNER_DEFAULTED},
    {"GROUP_DEFAULTED", SE_GROUP_DEFAULTED},
    {"DACL_PRESENT", SE_DACL_PRESENT},
    {"DACL_DEFAULTED", SE_DACL_DEFAULTED},
    {"SACL_PRESENT", SE_SACL_PRESENT},
    {"SACL_DEFAULTED", SE_SACL_DEFAULTED},
    {"DACL_TRUSTED", SE_DACL_TRUSTED},
    {"SERVER_SECURITY", SE_SERVER_SECURITY},
    {"DACL_AUTO_INHERIT_REQ", SE_DACL_AUTO_INHERIT_REQ},
    {"SACL_AUTO_INHERIT_REQ", SE_SACL_AUTO_INHERIT_REQ},
    {"DACL_AUTO_INHERITED", SE_DACL_AUTO_INHERITED},
    {"SACL_AUTO_INHERITED", SE_SACL_AUTO_INHERITED},
    {"DACL_PROTECTED", SE_DACL_PROTECTED},
    {"SACL_PROTECTED", SE_SACL_PROTECTED},
    {"RM_CONTROL_VALID", SE_RM_CONTROL_VALID},
    {"SELF_RELATIVE", SE_SELF_RELATIVE},
    {NULL, 0},
};

/* The types whose entries are a mask and a SID, and nothing more. */
static const struct {
    const char *name;
    tsr_ace_type type;
} ace_types[] = {
    {"A", ACCESS_ALLOWED_ACE_TYPE},
    {"D", ACCESS_DENIED_ACE_TYPE},
    {"AU", SYSTEM_AUDIT_ACE_TYPE},
    {"AL", SYSTEM_ALARM_ACE_TYPE},
    {"ML", SYSTEM_MANDATORY_LABEL_ACE_TYPE},
    {"SP", SYSTEM_SCOPED_POLICY_ID_ACE_TYPE},
    {"TL", SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE},
};

const json_t *json_member(const json_t *object, const char *name)
{
    const json_t *const value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}

static bool find_bit(const struct json_bit *bits, const char *name, uint32_t *ret_bit)
{
    for (; bits->name; bits++) {
        if (strcmp(bits->name, name) == 0) {
            *ret_bit = bits->bit;
            return true;
        }
    }
    return false;
}

bool json_read_bits(const json_t *object, const char *name, const struct json_bit *bits,
                    uint32_t *ret_bits, struct problem *ret_problem)
{
    const json_t *array = NULL;
    uint32_t all = 0;
    uint32_t bit;

    if (json_member(object, name) && !json_read_array(object, name, &array, ret_problem)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *const text = json_string_value(json_array_get(array, i));

        if (!text) {
            return problem_set(ret_problem, "%s: an item is not a string", name);
        }
        if (!find_bit(bits, text, &bit)) {
            return problem_set(ret_problem, "%s: there is no '%.60s'", name, text);
        }
        all |= bit;
    }
    *ret_bits = all;
    return true;
}

static bool find_ace_type(const char *name, tsr_ace_type *ret_type)
{
    for (size_t i = 0; i < ARRAY_SIZE(ace_types); i++) {
        if (strcmp(ace_types[i].name, name) == 0) {
            *ret_type = ace_types[i].type;
            return true;
        }
    }
    return false;
}

static const char *ace_type_name(uint8_t type)
{
    for (size_t i = 0; i < ARRAY_SIZE(ace_types); i++) {
        if (ace_types[i].type == type) {
            return ace_types[i].name;
        }
    }
    return NULL;
}

static bool add_hex(const char *hex, tsr_acl_builder *builder, struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t column;
    size_t size;

    if (!text_to_bytes(hex, &bytes, &size, &column)) {
        (void)problem_set(ret_problem, "hex: a hexadecimal digit is missing");
        ret_problem->column = column;
        return false;
    }
    tsr_acl_builder_add_encoded(builder, bytes, size);
    return true;
}

static bool add_ace(const json_t *item, tsr_acl_builder *builder, struct problem *ret_problem)
{
    const char *type_name = NULL;
    const char *hex = NULL;
    tsr_ace_type type;
    uint32_t flags;
    uint32_t mask;
    tsr_sid sid;

    if (!json_is_object(item)) {
        return problem_set(ret_problem, "an entry is not an object");
    }
    if (!json_read_text(item, "hex", &hex, ret_problem) ||
        !json_read_text(item, "type", &type_name, ret_problem)) {
        return false;
    }
    if (hex) {
        return add_hex(hex, builder, ret_problem);
    }
    if (!type_name || !find_ace_type(type_name, &type)) {
        return problem_set(ret_problem, "'%.60s' is no type of an entry that needs no hex",
                           type_name ? type_name : "");
    }
    if (!json_value_u32(json_object_get(item, "flags"), "flags", &flags, ret_problem) ||
        !json_value_u32(json_object_get(item, "mask"), "mask", &mask, ret_problem) ||
        !json_value_sid(json_object_get(item, "sid"), "sid", &sid, ret_problem)) {
        return false;
    }
    if (flags > UINT8_MAX) {
        return problem_set(ret_problem, "flags is not a number of 8 bits");
    }
    tsr_acl_builder_add(builder, type, (uint8_t)flags, mask, &sid);
    return true;
}

bool acl_of_json(const json_t *array, const char *what, uint8_t **ret_bytes, tsr_acl *ret_acl,
                 struct problem *ret_problem)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    tsr_status status;

    if (!json_is_array(array)) {
        return problem_set(ret_problem, "%s is not an array", what);
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!add_ace(json_array_get(array, i), &builder, ret_problem)) {
            return false;
        }
    }
    status = tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
    return tsr_ok(status) || problem_set_status(ret_problem, what, status);
}

/* An ACL of a descriptor: absent, NULL, or a list. */
static bool read_acl(const json_t *json, const char *name, bool *ret_present, uint8_t **ret_bytes,
                     tsr_acl *ret_acl, struct problem *ret_problem)
{
    const json_t *const value = json_member(json, name);
    const char *const text = json_string_value(value);

    *ret_present = value;
    return !value || (text && strcmp(text, NULL_ACL) == 0) ||
           acl_of_json(value, name, ret_bytes, ret_acl, ret_problem);
}

static bool read_sid(const json_t *json, const char *name, tsr_sid *sid, const tsr_sid **ret_sid,
                     struct problem *ret_problem)
{
    const json_t *const value = json_member(json, name);

    if (value && !json_value_sid(value, name, sid, ret_problem)) {
        return false;
    }
    *ret_sid = value ? sid : NULL;
    return true;
}

static bool descriptor_of_members(const json_t *json, struct descriptor *ret_descriptor,
                                  struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *sacl = NULL;
    tsr_sd_parts parts = {0};
    uint8_t *bytes;
    tsr_status status;
    uint32_t control;
    tsr_sid owner;
    tsr_sid group;
    size_t size;

    if (!json_read_bits(json, "control", control_bits, &control, ret_problem) ||
        !read_sid(json, "owner", &owner, &parts.owner, ret_problem) ||
        !read_sid(json, "group", &group, &parts.group, ret_problem) ||
        !read_acl(json, "dacl", &parts.has_dacl, &dacl, &parts.dacl, ret_problem) ||
        !read_acl(json, "sacl", &parts.has_sacl, &sacl, &parts.sacl, ret_problem)) {
        return false;
    }
    if ((control & SE_DACL_PRESENT && !parts.has_dacl) ||
        (control & SE_SACL_PRESENT && !parts.has_sacl)) {
        return problem_set(ret_problem, "control names an ACL that is missing");
    }
    parts.control = (uint16_t)control;
    status = tsr_sd_build(&parts, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "the descriptor cannot be built", status);
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

bool descriptor_of_json(const json_t *json, const char *what, struct descriptor *ret_descriptor,
                        struct problem *ret_problem)
{
    const char *hex = NULL;

    if (!json_is_object(json)) {
        return problem_set(ret_problem, "%s is not an object", what);
    }
    if (!json_read_text(json, "sd_hex", &hex, ret_problem)) {
        return false;
    }
    return hex ? descriptor_of_hex(hex, ret_descriptor, ret_problem)
               : descriptor_of_members(json, ret_descriptor, ret_problem);
}

static json_t *sid_to_json(const uint8_t *encoded)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_sid sid;

    if (tsr_failed(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        return NULL;
    }
    tsr_sid_format(&sid, text);
    return json_string(text);
}

static json_t *hex_to_json(const uint8_t *bytes, size_t size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;

    text_write_hex(&writer, bytes, size);
    return tsr_ok(writer_finish_text(&writer, &text)) ? json_string(text) : NULL;
}

static json_t *ace_to_json(const tsr_ace *ace)
{
    const char *const type = ace_type_name(ace->type);
    CLEANUP(json_decref) json_t *json = json_object();
    int failed;

    if (!type || ace->n_data > 0) {
        failed = json_object_set_new(json, "hex", hex_to_json(ace->bytes, ace->size));
    } else {
        failed = json_object_set_new(json, "type", json_string(type)) |
                 json_object_set_new(json, "flags", json_sprintf("0x%02x", ace->flags)) |
                 json_object_set_new(json, "mask", json_sprintf("0x%08x", ace->mask)) |
                 json_object_set_new(json, "sid", sid_to_json(ace->sid));
    }
    return failed ? NULL : STEAL(json);
}

static json_t *acl_to_json(const tsr_acl *acl)
{
    CLEANUP(json_decref) json_t *json = NULL;
    size_t offset = 0;
    tsr_ace ace;

    if (!acl->bytes) {
        return json_string(NULL_ACL);
    }
    json = json_array();
    while (tsr_acl_next(acl, &offset, &ace)) {
        if (json_array_append_new(json, ace_to_json(&ace)) != 0) {
            return NULL;
        }
    }
    return STEAL(json);
}

static json_t *control_to_json(uint16_t control)
{
    CLEANUP(json_decref) json_t *json = json_array();

    for (const struct json_bit *bit = control_bits; bit->name; bit++) {
        if (control & bit->bit && json_array_append_new(json, json_string(bit->name)) != 0) {
            return NULL;
        }
    }
    return STEAL(json);
}

/* @return 0, or not, as jansson does */
static int add_acl(json_t *object, const char *name, const char *absent, bool present,
                   const tsr_acl *acl)
{
    return present ? json_object_set_new(object, name, acl_to_json(acl))
                   : json_object_set_new(object, absent, json_true());
}

bool descriptor_to_json(const tsr_sd *sd, json_t *object, struct problem *ret_problem)
{
    int failed = 0;

    if (sd->owner) {
        failed |= json_object_set_new(object, "owner", sid_to_json(sd->owner));
    }
    if (sd->group) {
        failed |= json_object_set_new(object, "group", sid_to_json(sd->group));
    }
    failed |= add_acl(object, "dacl", "dacl_absent", sd->has_dacl, &sd->dacl);
    failed |= add_acl(object, "sacl", "sacl_absent", sd->has_sacl, &sd->sacl);
    failed |= json_object_set_new(object, "control", control_to_json(sd->control));
    failed |= json_object_set_new(object, "sd_hex", hex_to_json(sd->bytes, sd->size));
    return !failed || problem_set(ret_problem, "out of memory");
}
