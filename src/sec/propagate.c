/* SPDX-License-Identifier: MIT */
/* What becomes of a child when its parent's descriptor has changed (access-check.md 14). */

#include "sec/propagate.h"

#include <string.h>

#include "base/check.h"

tsr_status heritage_check(const tsr_heritage *heritage)
{
    REQUIRE(heritage->child && heritage->mapping, STATUS_INVALID_PARAMETER);
    REQUIRE(heritage->types || heritage->n_types == 0, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

struct heir heritage_heir(const tsr_heritage *heritage, const struct draft *child, uint32_t further)
{
    const tsr_sid *owner = child->parts.owner;
    const tsr_sid *group = child->parts.group;

    return (struct heir){
        .is_container = heritage->is_container,
        .auto_inherit = true,
        .rights = {.mapping = heritage->mapping, .valid = heritage->mapping->all | further},
        .types = heritage->types,
        .n_types = heritage->n_types,
        .creators = {owner, group, heritage->server_owner ? heritage->server_owner : owner,
                     heritage->server_group ? heritage->server_group : group}};
}

tsr_acl heritage_dacl(const tsr_heritage *heritage)
{
    return heritage->parent ? heritage->parent->dacl : (tsr_acl){0};
}

tsr_acl heritage_sacl(const tsr_heritage *heritage)
{
    return heritage->parent ? heritage->parent->sacl : (tsr_acl){0};
}

static bool same_aces(const tsr_acl *a, const tsr_acl *b)
{
    size_t a_offset = 0;
    size_t b_offset = 0;
    tsr_ace a_ace;
    tsr_ace b_ace;

    if (a->n_aces != b->n_aces) {
        return false;
    }
    while (tsr_acl_next(a, &a_offset, &a_ace) && tsr_acl_next(b, &b_offset, &b_ace)) {
        if (a_ace.size != b_ace.size || memcmp(a_ace.bytes, b_ace.bytes, a_ace.size) != 0) {
            return false;
        }
    }
    return true;
}

/* The child's own ACEs, then what it inherits now. @return whether that is anything */
static bool renew(const tsr_acl *current, const tsr_acl *parent, const struct heir *heir,
                  tsr_acl_builder *builder)
{
    size_t n_own;

    acl_add_explicit(builder, current);
    n_own = builder->n_aces;
    acl_inherit(builder, parent, heir);
    return builder->n_aces > n_own;
}

/* Whether the ACL must be written anew: a failure to gather it is for the builder to report. */
static bool is_new(const tsr_acl_builder *builder, const tsr_acl *current)
{
    const tsr_acl renewed = acl_gathered(builder);

    return builder->failure != STATUS_SUCCESS || !same_aces(&renewed, current);
}

static tsr_status propagate_dacl(const tsr_heritage *heritage, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heritage_heir(heritage, draft, 0);
    const tsr_acl parent = heritage_dacl(heritage);
    const tsr_acl *current = &heritage->child->dacl;

    if (draft->parts.control & SE_DACL_PROTECTED) {
        return TSR_OK;
    }
    if (renew(current, &parent, &heir, &builder)) {
        draft->parts.control |= SE_DACL_AUTO_INHERITED;
    }
    return is_new(&builder, current) ? draft_take_dacl(draft, &builder) : TSR_OK;
}

static tsr_status propagate_sacl(const tsr_heritage *heritage, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heritage_heir(heritage, draft, ACCESS_SYSTEM_SECURITY);
    const tsr_acl parent = heritage_sacl(heritage);
    const tsr_acl *current = &heritage->child->sacl;

    if (draft->parts.control & SE_SACL_PROTECTED) {
        return TSR_OK;
    }
    if (renew(current, &parent, &heir, &builder)) {
        draft->parts.control |= SE_SACL_AUTO_INHERITED;
    }
    return is_new(&builder, current) ? draft_take_sacl(draft, &builder) : TSR_OK;
}

tsr_status tsr_sd_propagate(const tsr_heritage *heritage, uint8_t **ret_bytes, size_t *ret_size,
                            bool *ret_changed)
{
    CLEANUP(draft_deinit) struct draft draft = {0};

    TRY(heritage_check(heritage));
    TRY(draft_of(heritage->child, &draft));
    TRY(propagate_dacl(heritage, &draft));
    TRY(propagate_sacl(heritage, &draft));
    TRY(tsr_sd_build(&draft.parts, ret_bytes, ret_size));

    *ret_changed = draft.dacl || draft.sacl || draft.parts.control != heritage->child->control;
    return TSR_OK;
}
