/* SPDX-License-Identifier: MIT */
/* Changing parts of a descriptor, and selecting them (access-check.md 14). */

#include "sec/assign.h"

#include <tessera/privilege.h>

#include "base/check.h"
#include "sec/acl-inherit.h"
#include "sec/draft.h"

/* Parts that lie inside the SACL, each with its own ACE type. */
#define SACL_PARTS                                                                             \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)
#define ALL_PARTS                                                                          \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_PARTS)

#define PROTECTIONS                                                                \
    (PROTECTED_DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION | \
     PROTECTED_SACL_SECURITY_INFORMATION | UNPROTECTED_SACL_SECURITY_INFORMATION)

#define CHANGE_FLAGS                                                             \
    (SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT | SEF_AVOID_PRIVILEGE_CHECK | \
     SEF_AVOID_OWNER_CHECK | SEF_AVOID_OWNER_RESTRICTION | SEF_FORCE_USER_MODE)

/* What distinguishes DACL and SACL. */
struct side {
    uint32_t auto_inherit; /* SEF_… */
    uint32_t protect;      /* …_SECURITY_INFORMATION */
    uint32_t unprotect;
    uint16_t control; /* SE_… */
    uint16_t guarded;
    uint16_t requested;
    uint16_t auto_inherited;
};

static const struct side dacl_side = {.auto_inherit = SEF_DACL_AUTO_INHERIT,
                                      .protect = PROTECTED_DACL_SECURITY_INFORMATION,
                                      .unprotect = UNPROTECTED_DACL_SECURITY_INFORMATION,
                                      .control = DACL_CONTROL,
                                      .guarded = SE_DACL_PROTECTED,
                                      .requested = SE_DACL_AUTO_INHERIT_REQ,
                                      .auto_inherited = SE_DACL_AUTO_INHERITED};
static const struct side sacl_side = {.auto_inherit = SEF_SACL_AUTO_INHERIT,
                                      .protect = PROTECTED_SACL_SECURITY_INFORMATION,
                                      .unprotect = UNPROTECTED_SACL_SECURITY_INFORMATION,
                                      .control = SACL_CONTROL,
                                      .guarded = SE_SACL_PROTECTED,
                                      .requested = SE_SACL_AUTO_INHERIT_REQ,
                                      .auto_inherited = SE_SACL_AUTO_INHERITED};

/* One call of sd_change(). */
struct change {
    const struct assigner *assigner;
    const tsr_sd *current;
    const tsr_sd *given;
    uint32_t information; /* the parts and protections asked for */
    uint32_t flags;
    const tsr_generic_mapping *mapping;
};

/* How a given ACL comes together with the current one. */
enum merge {
    MERGE_NONE,     /* the given ACEs as they are */
    MERGE_EXPLICIT, /* the given ACEs, all as the object's own */
    MERGE_INHERITED /* the given ACEs that are the object's own, then what it has inherited */
};

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

/* What becomes of the control bits of a side: PROTECTED as given or asked for, AUTO_INHERITED where
 * both bits are given, or where inheriting automatically. */
static uint16_t side_control(const struct change *change, const struct side *side, uint16_t given)
{
    const uint16_t asked = side->auto_inherited | side->requested;
    uint16_t control = given & side->guarded;

    control |= change->information & side->protect ? side->guarded : 0;
    control &= change->information & side->unprotect ? (uint16_t)~side->guarded : UINT16_MAX;
    if ((given & asked) == asked ||
        (change->flags & side->auto_inherit && !(control & side->guarded))) {
        control |= side->auto_inherited;
    }
    return control;
}

/* The rules of SetPrivateObjectSecurityEx. */
static enum merge merge_of(const struct change *change, const struct side *side, uint16_t control)
{
    if (!(change->flags & side->auto_inherit)) {
        return MERGE_NONE;
    }
    if (control & side->guarded) {
        return MERGE_EXPLICIT;
    }
    return change->current->control & side->guarded ? MERGE_NONE : MERGE_INHERITED;
}

/* Append the ACEs of a given ACL that belong to @parts, mapped. */
static void add_given(tsr_acl_builder *builder, const struct change *change, const tsr_acl *given,
                      uint32_t parts, enum merge merge)
{
    const struct ace_rights rights = {.mapping = change->mapping, .valid = UINT32_MAX};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(given, &offset, &ace)) {
        if (!(part_of(&ace) & parts) || (merge == MERGE_INHERITED && ace.flags & INHERITED_ACE)) {
            continue;
        }
        acl_add_mapped(builder, &ace,
                       ace.flags & (merge == MERGE_EXPLICIT ? (uint8_t)~INHERITED_ACE : 0xff),
                       &rights);
    }
}

/* Append the ACEs of the current ACL that belong to @parts and were inherited. */
static void keep_inherited(tsr_acl_builder *builder, const tsr_acl *current, uint32_t parts)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(current, &offset, &ace)) {
        if (part_of(&ace) & parts && ace.flags & INHERITED_ACE) {
            tsr_acl_builder_add_encoded(builder, ace.bytes, ace.size);
        }
    }
}

static tsr_status change_owner(const struct change *change, struct draft *draft)
{
    const struct assigner *assigner = change->assigner;
    const uint32_t unchecked = SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK;

    REQUIRE(change->given->owner, STATUS_INVALID_OWNER);
    TRY(draft_set_owner(draft, change->given->owner));
    REQUIRE((change->flags & unchecked) ||
                (assigner->privileges & TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE)) ||
                assigner->may_own(assigner->context, &draft->owner),
            STATUS_INVALID_OWNER);

    draft->parts.control &= (uint16_t)~SE_OWNER_DEFAULTED;
    return TSR_OK;
}

static tsr_status change_group(const struct change *change, struct draft *draft)
{
    REQUIRE(change->given->group, STATUS_INVALID_PRIMARY_GROUP);
    TRY(draft_set_group(draft, change->given->group));

    draft->parts.control &= (uint16_t)~SE_GROUP_DEFAULTED;
    return TSR_OK;
}

static tsr_status change_dacl(const struct change *change, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const uint16_t control = side_control(change, &dacl_side, change->given->control);
    const enum merge merge = merge_of(change, &dacl_side, control);

    /* An absent DACL grants everything; whoever wants that says so with the NULL DACL. */
    REQUIRE(change->given->has_dacl, STATUS_INVALID_PARAMETER);

    draft->parts.control &= (uint16_t)~DACL_CONTROL;
    draft->parts.control |= control;
    draft->parts.has_dacl = true;
    draft->parts.dacl = (tsr_acl){0};
    if (!change->given->dacl.bytes) {
        return TSR_OK;
    }

    add_given(&builder, change, &change->given->dacl, UINT32_MAX, merge);
    if (merge == MERGE_INHERITED) {
        keep_inherited(&builder, &change->current->dacl, UINT32_MAX);
    }
    return draft_take_dacl(draft, &builder);
}

/* Take what was gathered as the SACL; nothing gathered leaves none, unless there is to be one. */
static tsr_status finish_sacl(tsr_acl_builder *builder, struct draft *draft)
{
    const bool present = draft->parts.has_sacl || builder->n_aces > 0;

    draft->parts.sacl = (tsr_acl){0};
    if (!present && builder->failure == STATUS_SUCCESS) {
        return TSR_OK;
    }
    return draft_take_sacl(draft, builder);
}

static tsr_status change_sacl(const struct change *change, uint32_t parts, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const tsr_acl *current = &change->current->sacl;
    const tsr_acl *given = &change->given->sacl;
    const bool whole = parts & SACL_SECURITY_INFORMATION;
    const uint16_t control =
        side_control(change, &sacl_side, whole ? change->given->control : change->current->control);
    const enum merge merge = merge_of(change, &sacl_side, control);

    REQUIRE(!(parts & LABEL_SECURITY_INFORMATION) || assigner_may_label(change->assigner, given),
            STATUS_PRIVILEGE_NOT_HELD);

    if (whole) {
        draft->parts.control &= (uint16_t)~SACL_CONTROL;
        draft->parts.control |= control;
    }
    keep_parts(&builder, current, SACL_PARTS & ~parts);
    add_given(&builder, change, given, parts, merge);
    if (merge == MERGE_INHERITED) {
        keep_inherited(&builder, current, parts);
    }
    draft->parts.has_sacl = whole ? change->given->has_sacl : change->current->has_sacl;
    return finish_sacl(&builder, draft);
}

/* A side whose ACL stays, but for whether it is protected. */
static void protect(const struct change *change, const struct side *side, const tsr_acl *acl,
                    struct draft *draft, tsr_acl_builder *builder)
{
    const uint16_t current = change->current->control;
    /* What is stored was asked for when it was. */
    const uint16_t asked = current & side->auto_inherited ? side->requested : 0;
    const uint16_t control = side_control(change, side, current | asked);

    draft->parts.control &= (uint16_t) ~(side->guarded | side->auto_inherited);
    draft->parts.control |= control;
    if (merge_of(change, side, control) == MERGE_EXPLICIT) {
        acl_add_own(builder, acl);
    }
}

static tsr_status protect_dacl(const struct change *change, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    protect(change, &dacl_side, &change->current->dacl, draft, &builder);
    return builder.n_aces > 0 || builder.failure != STATUS_SUCCESS
               ? draft_take_dacl(draft, &builder)
               : TSR_OK;
}

/* Behind a change of some of its ACEs, which the draft holds by now. */
static tsr_status protect_sacl(const struct change *change, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const tsr_acl acl = draft->parts.sacl;

    protect(change, &sacl_side, &acl, draft, &builder);
    return builder.n_aces > 0 || builder.failure != STATUS_SUCCESS
               ? draft_take_sacl(draft, &builder)
               : TSR_OK;
}

static tsr_status change_acls(const struct change *change, struct draft *draft)
{
    const uint32_t information = change->information;

    if (information & DACL_SECURITY_INFORMATION) {
        TRY(change_dacl(change, draft));
    } else if (information & (dacl_side.protect | dacl_side.unprotect)) {
        TRY(protect_dacl(change, draft));
    }
    if (information & SACL_PARTS) {
        TRY(change_sacl(change, information & SACL_PARTS, draft));
    }
    if (information & (sacl_side.protect | sacl_side.unprotect) &&
        !(information & SACL_SECURITY_INFORMATION)) {
        TRY(protect_sacl(change, draft));
    }
    return TSR_OK;
}

/* Both of a pair, or what we do not know. */
static bool is_contradictory(uint32_t information)
{
    const uint32_t dacl = dacl_side.protect | dacl_side.unprotect;
    const uint32_t sacl = sacl_side.protect | sacl_side.unprotect;

    return (information & dacl) == dacl || (information & sacl) == sacl ||
           information & ~(ALL_PARTS | PROTECTIONS);
}

/* The parts that are meant by the bit for all of them. */
static uint32_t spelled_out(uint32_t information)
{
    return information & BACKUP_SECURITY_INFORMATION
               ? (information & ~BACKUP_SECURITY_INFORMATION) | ALL_PARTS
               : information;
}

tsr_status sd_change(const struct assigner *assigner, const tsr_sd *current,
                     const tsr_change_request *request, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    const struct change change = {.assigner = assigner,
                                  .current = current,
                                  .given = request->change,
                                  .information = spelled_out(request->information),
                                  .flags = request->flags,
                                  .mapping = request->mapping};

    REQUIRE(!(request->flags & SEF_AI_USE_EXTRA_PARAMS), STATUS_NOT_SUPPORTED);
    REQUIRE(!(request->flags & ~CHANGE_FLAGS), STATUS_INVALID_PARAMETER);
    REQUIRE(!is_contradictory(change.information), STATUS_INVALID_PARAMETER);
    REQUIRE(request->mapping && (request->change || !(change.information & ALL_PARTS)),
            STATUS_INVALID_PARAMETER);
    TRY(draft_of(current, &draft));
    if (change.information & OWNER_SECURITY_INFORMATION) {
        TRY(change_owner(&change, &draft));
    }
    if (change.information & GROUP_SECURITY_INFORMATION) {
        TRY(change_group(&change, &draft));
    }
    TRY(change_acls(&change, &draft));

    return tsr_sd_build(&draft.parts, ret_bytes, ret_size);
}

uint32_t tsr_sd_query_rights(uint32_t information)
{
    const uint32_t parts = spelled_out(information);
    uint32_t rights = 0;

    rights |= parts & (ALL_PARTS & ~SACL_SECURITY_INFORMATION) ? READ_CONTROL : 0;
    rights |= parts & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0;
    return rights;
}

uint32_t tsr_sd_change_rights(uint32_t information)
{
    const uint32_t parts = spelled_out(information);
    const uint32_t owner =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;
    const uint32_t dacl = DACL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION |
                          dacl_side.protect | dacl_side.unprotect;
    const uint32_t sacl = SACL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION |
                          sacl_side.protect | sacl_side.unprotect;
    uint32_t rights = 0;

    rights |= parts & owner ? WRITE_OWNER : 0;
    rights |= parts & dacl ? WRITE_DAC : 0;
    rights |= parts & sacl ? ACCESS_SYSTEM_SECURITY : 0;
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

    information = spelled_out(information);
    draft.parts.control = sd->control & SE_RM_CONTROL_VALID;
    draft.parts.resource_manager_control = sd->resource_manager_control;
    if (information & OWNER_SECURITY_INFORMATION) {
        draft.parts.control |= sd->control & SE_OWNER_DEFAULTED;
        TRY(draft_set_owner(&draft, sd->owner));
    }
    if (information & GROUP_SECURITY_INFORMATION) {
        draft.parts.control |= sd->control & SE_GROUP_DEFAULTED;
        TRY(draft_set_group(&draft, sd->group));
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
