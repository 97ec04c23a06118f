/* SPDX-License-Identifier: MIT */
/* Capsules with one thing changed. */

#include "cli/explain-change.h"

#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/check.h"
#include "cli/capsule.h"
#include "cli/own.h"

#define ACE_MASK_OFFSET 4

/* The part of a capsule that a place means; the model's question was read from an equal one. */
static const tsr_acl *acl_at(const struct model *model, struct acl_place place)
{
    const tsr_sd *const sd = &model->question->descriptor.sd;
    const tsr_trace_event *event;

    if (place.rule == MODEL_NO_STEP) {
        return place.is_sacl ? &sd->sacl : &sd->dacl;
    }
    event = &model->steps[place.rule].event;
    return event->step == TSR_TRACE_CENTRAL_RULE
               ? &model->question->request.policies[event->policy].rules[event->rule].dacl
               : NULL;
}

/* The descriptor of a question with other parts. */
static json_t *with_descriptor(const json_t *capsule, const tsr_sd *sd, const tsr_acl *dacl,
                               const tsr_acl *sacl, const tsr_sid *new_owner)
{
    CLEANUP(json_decref) json_t *copy = json_copy((json_t *)capsule);
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd_parts parts = {.control = sd->control,
                          .resource_manager_control = sd->resource_manager_control,
                          .has_dacl = sd->has_dacl,
                          .has_sacl = sd->has_sacl || sacl->bytes,
                          .dacl = *dacl,
                          .sacl = *sacl};
    tsr_sid owner;
    tsr_sid group;
    size_t size;

    if (sd->owner && tsr_ok(tsr_sid_decode(sd->owner, TSR_SID_SIZE_MAX, &owner, NULL))) {
        parts.owner = &owner;
    }
    if (sd->group && tsr_ok(tsr_sid_decode(sd->group, TSR_SID_SIZE_MAX, &group, NULL))) {
        parts.group = &group;
    }
    parts.owner = new_owner ? new_owner : parts.owner;
    if (!copy || tsr_failed(tsr_sd_build(&parts, &bytes, &size)) ||
        json_object_set_new(copy, "sd", json_pack("{s:o}", "sd_hex", capsule_hex(bytes, size))) !=
            0) {
        return NULL;
    }
    return STEAL(copy);
}

static json_t *with_rule(const json_t *capsule, const tsr_trace_event *rule, const tsr_acl *dacl)
{
    CLEANUP(json_decref) json_t *copy = json_deep_copy(capsule);
    json_t *const policy = json_array_get(json_object_get(copy, "central_policies"), rule->policy);
    json_t *const member = json_array_get(json_object_get(policy, "rules"), rule->rule);

    if (json_object_set_new(member, "effective_dacl", capsule_hex(dacl->bytes, dacl->size)) != 0) {
        return NULL;
    }
    return STEAL(copy);
}

static json_t *with_acl(const json_t *capsule, const struct model *model, struct acl_place place,
                        const tsr_acl *acl)
{
    const tsr_sd *const sd = &model->question->descriptor.sd;

    if (place.rule != MODEL_NO_STEP) {
        return with_rule(capsule, &model->steps[place.rule].event, acl);
    }
    return place.is_sacl ? with_descriptor(capsule, sd, &sd->dacl, acl, NULL)
                         : with_descriptor(capsule, sd, acl, &sd->sacl, NULL);
}

json_t *change_acl(const json_t *capsule, const struct model *model, struct acl_place place,
                   uint32_t at, uint32_t n_removed, const uint8_t *ace, size_t ace_size)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    const tsr_acl *const acl = acl_at(model, place);
    size_t offset = 0;
    uint32_t i = 0;
    tsr_acl changed;
    tsr_ace old;

    if (!acl || (!acl->bytes && !place.is_sacl)) {
        return NULL;
    }
    while (acl->bytes && tsr_acl_next(acl, &offset, &old)) {
        if (i == at && ace) {
            tsr_acl_builder_add_encoded(&builder, ace, ace_size);
        }
        if (i < at || i >= at + n_removed) {
            tsr_acl_builder_add_encoded(&builder, old.bytes, old.size);
        }
        i++;
    }
    if (i <= at && ace) {
        tsr_acl_builder_add_encoded(&builder, ace, ace_size);
    }
    return tsr_ok(tsr_acl_builder_finish(&builder, &bytes, &changed))
               ? with_acl(capsule, model, place, &changed)
               : NULL;
}

json_t *change_acl_add(const json_t *capsule, const struct model *model, struct acl_place place,
                       uint32_t at, uint32_t n_removed, tsr_ace_type type, uint32_t mask,
                       const tsr_sid *sid)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t offset = 0;
    tsr_acl of_one;
    tsr_ace ace;

    tsr_acl_builder_add(&builder, type, 0, mask, sid);
    if (tsr_failed(tsr_acl_builder_finish(&builder, &bytes, &of_one)) ||
        !tsr_acl_next(&of_one, &offset, &ace)) {
        return NULL;
    }
    return change_acl(capsule, model, place, at, n_removed, ace.bytes, ace.size);
}

json_t *change_ace(const json_t *capsule, const struct model *model, struct acl_place place,
                   uint32_t at, uint8_t type, uint8_t flags, uint32_t mask)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    const tsr_acl *const acl = acl_at(model, place);
    tsr_ace ace;

    if (!acl || !descriptor_ace_at(acl, at, &ace)) {
        return NULL;
    }
    bytes = array_new(ace.size, 1);
    if (!bytes) {
        return NULL;
    }
    memcpy(bytes, ace.bytes, ace.size);
    bytes[0] = type;
    bytes[1] = flags;
    store_le32(bytes + ACE_MASK_OFFSET, mask);
    return change_acl(capsule, model, place, at, 1, bytes, ace.size);
}

json_t *change_owner(const json_t *capsule, const struct model *model, const tsr_sid *owner)
{
    const tsr_sd *const sd = &model->question->descriptor.sd;

    return with_descriptor(capsule, sd, &sd->dacl, &sd->sacl, owner);
}

json_t *change_token(const json_t *capsule, const struct model *model, json_t **ret_token)
{
    CLEANUP(json_decref) json_t *copy = json_copy((json_t *)capsule);
    json_t *const token = capsule_token(model->question->token);

    if (json_object_set_new(copy, "token", token) != 0) {
        return NULL;
    }
    *ret_token = token;
    return STEAL(copy);
}

bool change_group(json_t *token, const char *name, const tsr_sid *sid, uint32_t attributes)
{
    json_t *groups = json_object_get(token, name);
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    if (!groups && json_object_set_new(token, name, json_array()) == 0) {
        groups = json_object_get(token, name);
    }
    for (size_t i = 0; i < json_array_size(groups); i++) {
        json_t *const group = json_array_get(groups, i);
        const char *const other = json_string_value(json_object_get(group, "sid"));

        if (other && strcmp(other, text) == 0) {
            return json_object_set_new(group, "attributes", json_sprintf("0x%08x", attributes)) ==
                   0;
        }
    }
    return json_array_append_new(groups, json_pack("{s:s, s:o}", "sid", text, "attributes",
                                                   json_sprintf("0x%08x", attributes))) == 0;
}

bool change_privilege(json_t *token, uint32_t luid, uint32_t attributes)
{
    json_t *const privileges = json_object_get(token, "privileges");
    const char *const name = tsr_privilege_name(luid);

    for (size_t i = json_array_size(privileges); i > 0; i--) {
        const char *const other =
            json_string_value(json_object_get(json_array_get(privileges, i - 1), "name"));

        if (other && strcasecmp(other, name) == 0) {
            (void)json_array_remove(privileges, i - 1);
        }
    }
    return attributes == 0 ||
           json_array_append_new(privileges, json_pack("{s:s, s:o}", "name", name, "attributes",
                                                       json_sprintf("0x%08x", attributes))) == 0;
}
