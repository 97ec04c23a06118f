/* SPDX-License-Identifier: MIT */
/* Changing parts of a descriptor, and selecting them (access-check.md 14). */

#include "sec/assign.h"

#include <tessera/privilege.h>

#include "base/check.h"
#include "sec/acl-inherit.h"

/* Parts that lie inside the SACL, each with its own ACE type. */
#define SACL_PARTS                                                                             \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)
#define ALL_PARTS                                                                          \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_PARTS)

#define DACL_CONTROL                                                                           \
    (SE_DACL_DEFAULTED | SE_DACL_TRUSTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | \
     SE_DACL_PROTECTED)
#define SACL_CONTROL \
    (SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)

/* A descriptor being put together. */
struct draft {
    tsr_sd_parts parts;
    tsr_sid owner;
    tsr_sid group;
    uint8_t *dacl; /* owned; NULL where the ACL is borrowed from a descriptor */
    uint8_t *sacl; /* owned; likewise */
};

static void draft_deinit(struct draft *draft)
{
    free(draft->dacl);
    free(draft->sacl);
    *draft = (struct draft){0};
}

static void cleanup_draft_deinit(struct draft *draft)
{
    draft_deinit(draft);
}

/* The part of the SACL that an ACE belongs to. */
static uint32_t part_of(const tsr_ace *ace)
{
    switch (ace->type) {
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
        return LABEL_SECURITY_INFORMATION;
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
        return ATTRIBUTE_SECURITY_INFORMATION;
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
        return SCOPE_SECURITY_INFORMATION;
    default:
        return SACL_SECURITY_INFORMATION;
    }
}

static tsr_status set_owner(struct draft *draft, const uint8_t *sid)
{
    if (!sid) {
        return TSR_OK;
    }
    TRY(tsr_sid_decode(sid, tsr_encoded_sid_size(sid), &draft->owner, NULL));
    draft->parts.owner = &draft->owner;
    return TSR_OK;
}

static tsr_status set_group(struct draft *draft, const uint8_t *sid)
{
    if (!sid) {
        return TSR_OK;
    }
    TRY(tsr_sid_decode(sid, tsr_encoded_sid_size(sid), &draft->group, NULL));
    draft->parts.group = &draft->group;
    return TSR_OK;
}

/* Append the ACEs of @acl that belong to @parts. */
static void keep_parts(tsr_acl_builder *builder, const tsr_acl *acl, uint32_t parts)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (part_of(&ace) & parts) {
            tsr_acl_builder_add_encoded(builder, ace.bytes, ace.size);
        }
    }
}

/* Append the ACEs of @acl that belong to @parts, mapped. */
static void map_parts(tsr_acl_builder *builder, const tsr_acl *acl, uint32_t parts,
                      const tsr_generic_mapping *mapping)
{
    const struct ace_rights rights = {.mapping = mapping, .valid = UINT32_MAX};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (part_of(&ace) & parts) {
            acl_add_mapped(builder, &ace, ace.flags, &rights);
        }
    }
}

static tsr_status change_owner(const struct assigner *assigner, const tsr_sd *change,
                               struct draft *draft)
{
    REQUIRE(change->owner, STATUS_INVALID_OWNER);
    TRY(set_owner(draft, change->owner));
    REQUIRE((assigner->privileges & TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE)) ||
                assigner->may_own(assigner->context, &draft->owner),
            STATUS_INVALID_OWNER);

    draft->parts.control &= (uint16_t)~SE_OWNER_DEFAULTED;
    return TSR_OK;
}

static tsr_status change_group(const tsr_sd *change, struct draft *draft)
{
    REQUIRE(change->group, STATUS_INVALID_PRIMARY_GROUP);
    TRY(set_group(draft, change->group));

    draft->parts.control &= (uint16_t)~SE_GROUP_DEFAULTED;
    return TSR_OK;
}

static tsr_status change_dacl(const tsr_sd *change, const tsr_generic_mapping *mapping,
                              struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const uint16_t asked = SE_DACL_AUTO_INHERITED | SE_DACL_AUTO_INHERIT_REQ;

    /* An absent DACL grants everything; whoever wants that says so with the NULL DACL. */
    REQUIRE(change->has_dacl, STATUS_INVALID_PARAMETER);

    draft->parts.control &= (uint16_t)~DACL_CONTROL;
    draft->parts.control |= change->control & SE_DACL_PROTECTED;
    draft->parts.control |= (change->control & asked) == asked ? SE_DACL_AUTO_INHERITED : 0;
    draft->parts.has_dacl = true;
    draft->parts.dacl = (tsr_acl){0};
    if (!change->dacl.bytes) {
        return TSR_OK;
    }

    map_parts(&builder, &change->dacl, UINT32_MAX, mapping);
    return tsr_acl_builder_finish(&builder, &draft->dacl, &draft->parts.dacl);
}

static void change_sacl_control(const tsr_sd *change, struct draft *draft)
{
    const uint16_t asked = SE_SACL_AUTO_INHERITED | SE_SACL_AUTO_INHERIT_REQ;

    draft->parts.control &= (uint16_t)~SACL_CONTROL;
    draft->parts.control |= change->control & SE_SACL_PROTECTED;
    draft->parts.control |= (change->control & asked) == asked ? SE_SACL_AUTO_INHERITED : 0;
}

/* Take what was gathered as the SACL; nothing gathered leaves none, unless there is to be one. */
static tsr_status finish_sacl(tsr_acl_builder *builder, struct draft *draft)
{
    const bool present = draft->parts.has_sacl || builder->n_aces > 0;

    draft->parts.sacl = (tsr_acl){0};
    if (!present && builder->failure == STATUS_SUCCESS) {
        return TSR_OK;
    }

    draft->parts.has_sacl = true;
    return tsr_acl_builder_finish(builder, &draft->sacl, &draft->parts.sacl);
}

static tsr_status change_sacl(const struct assigner *assigner, const tsr_sd *current,
                              uint32_t parts, const tsr_sd *change,
                              const tsr_generic_mapping *mapping, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const bool whole = parts & SACL_SECURITY_INFORMATION;

    REQUIRE(!(parts & LABEL_SECURITY_INFORMATION) || assigner_may_label(assigner, &change->sacl),
            STATUS_PRIVILEGE_NOT_HELD);

    if (whole) {
        change_sacl_control(change, draft);
    }
    keep_parts(&builder, &current->sacl, SACL_PARTS & ~parts);
    map_parts(&builder, &change->sacl, parts, mapping);
    draft->parts.has_sacl = whole ? change->has_sacl : current->has_sacl;
    return finish_sacl(&builder, draft);
}

/* The draft that would build @sd again. */
static tsr_status draft_of(const tsr_sd *sd, struct draft *draft)
{
    TRY(set_owner(draft, sd->owner));
    TRY(set_group(draft, sd->group));
    draft->parts.control = sd->control;
    draft->parts.resource_manager_control = sd->resource_manager_control;
    draft->parts.has_dacl = sd->has_dacl;
    draft->parts.has_sacl = sd->has_sacl;
    draft->parts.dacl = sd->dacl;
    draft->parts.sacl = sd->sacl;
    return TSR_OK;
}

tsr_status sd_change(const struct assigner *assigner, const tsr_sd *current, uint32_t information,
                     const tsr_sd *change, const tsr_generic_mapping *mapping, uint8_t **ret_bytes,
                     size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};

    REQUIRE(!(information & ~ALL_PARTS), STATUS_INVALID_PARAMETER);
    TRY(draft_of(current, &draft));
    if (information & OWNER_SECURITY_INFORMATION) {
        TRY(change_owner(assigner, change, &draft));
    }
    if (information & GROUP_SECURITY_INFORMATION) {
        TRY(change_group(change, &draft));
    }
    if (information & DACL_SECURITY_INFORMATION) {
        TRY(change_dacl(change, mapping, &draft));
    }
    if (information & SACL_PARTS) {
        TRY(change_sacl(assigner, current, information & SACL_PARTS, change, mapping, &draft));
    }

    return tsr_sd_build(&draft.parts, ret_bytes, ret_size);
}

uint32_t tsr_sd_query_rights(uint32_t information)
{
    uint32_t rights = 0;

    rights |= information & (ALL_PARTS & ~SACL_SECURITY_INFORMATION) ? READ_CONTROL : 0;
    rights |= information & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0;
    return rights;
}

uint32_t tsr_sd_change_rights(uint32_t information)
{
    const uint32_t owner =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;
    const uint32_t dacl = DACL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION;
    const uint32_t sacl = SACL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION;
    uint32_t rights = 0;

    rights |= information & owner ? WRITE_OWNER : 0;
    rights |= information & dacl ? WRITE_DAC : 0;
    rights |= information & sacl ? ACCESS_SYSTEM_SECURITY : 0;
    return rights;
}

/* Take the parts of the SACL that @parts names into @draft. */
static tsr_status select_sacl(const tsr_sd *sd, uint32_t parts, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    if (parts & SACL_SECURITY_INFORMATION) {
        draft->parts.control |= sd->control & SACL_CONTROL;
        draft->parts.has_sacl = sd->has_sacl;
    }
    if (parts == SACL_PARTS || !sd->sacl.bytes) {
        draft->parts.sacl = sd->sacl;
        return TSR_OK;
    }

    keep_parts(&builder, &sd->sacl, parts);
    return finish_sacl(&builder, draft);
}

tsr_status tsr_sd_select(const tsr_sd *sd, uint32_t information, uint8_t **ret_bytes,
                         size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};

    draft.parts.control = sd->control & SE_RM_CONTROL_VALID;
    draft.parts.resource_manager_control = sd->resource_manager_control;
    if (information & OWNER_SECURITY_INFORMATION) {
        draft.parts.control |= sd->control & SE_OWNER_DEFAULTED;
        TRY(set_owner(&draft, sd->owner));
    }
    if (information & GROUP_SECURITY_INFORMATION) {
        draft.parts.control |= sd->control & SE_GROUP_DEFAULTED;
        TRY(set_group(&draft, sd->group));
    }
    if (information & DACL_SECURITY_INFORMATION) {
        draft.parts.control |= sd->control & DACL_CONTROL;
        draft.parts.has_dacl = sd->has_dacl;
        draft.parts.dacl = sd->dacl;
    }
    if (information & SACL_PARTS) {
        TRY(select_sacl(sd, information & SACL_PARTS, &draft));
    }

    return tsr_sd_build(&draft.parts, ret_bytes, ret_size);
}
