/* SPDX-License-Identifier: MIT */
/*
 * Descriptors for new objects (access-check.md 14).
 *
 * DACL and SACL are chosen by one table; what differs between them is in struct side, and in what
 * the SACL holds besides auditing.
 */

#include "sec/assign.h"

#include <tessera/privilege.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/acl-inherit.h"

#define KNOWN_FLAGS                                                                      \
    (SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT | SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT | \
     SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK | SEF_DEFAULT_OWNER_FROM_PARENT | \
     SEF_DEFAULT_GROUP_FROM_PARENT | SEF_MACL_NO_WRITE_UP | SEF_MACL_NO_READ_UP |        \
     SEF_MACL_NO_EXECUTE_UP | SEF_AVOID_OWNER_RESTRICTION | SEF_FORCE_USER_MODE)

#define INTEGRITY_AUTHORITY 16

/* What distinguishes DACL and SACL. */
struct side {
    uint32_t auto_inherit; /* SEF_… */
    uint16_t defaulted;    /* SE_… */
    uint16_t guarded;
    uint16_t auto_inherited;
};

static const struct side dacl_side = {.auto_inherit = SEF_DACL_AUTO_INHERIT,
                                      .defaulted = SE_DACL_DEFAULTED,
                                      .guarded = SE_DACL_PROTECTED,
                                      .auto_inherited = SE_DACL_AUTO_INHERITED};
static const struct side sacl_side = {.auto_inherit = SEF_SACL_AUTO_INHERIT,
                                      .defaulted = SE_SACL_DEFAULTED,
                                      .guarded = SE_SACL_PROTECTED,
                                      .auto_inherited = SE_SACL_AUTO_INHERITED};

static const tsr_acl no_acl = {0};

/* One call of sd_assign(). */
struct assignment {
    const struct assigner *assigner;
    const tsr_assign_request *request;
    const tsr_sd *parent;
    const tsr_sd *creator;
    uint16_t creator_control; /* 0 without a creator's descriptor */
    uint32_t flags;
    tsr_sid owner;
    tsr_sid group;
};

/* An ACL of the new object. */
struct new_acl {
    uint8_t *bytes; /* owned; NULL: absent, or the NULL DACL */
    bool present;
    tsr_acl acl;
    uint16_t control;
};

static void new_acl_deinit(struct new_acl *acl)
{
    free(acl->bytes);
    *acl = (struct new_acl){0};
}

static void cleanup_new_acl_deinit(struct new_acl *acl)
{
    new_acl_deinit(acl);
}

static bool type_is_label(uint8_t type)
{
    return type == SYSTEM_MANDATORY_LABEL_ACE_TYPE;
}

/* What a protected SACL still takes from the parent's. */
static bool type_is_policy(uint8_t type)
{
    return type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE || type == SYSTEM_SCOPED_POLICY_ID_ACE_TYPE;
}

static bool may_own(const struct assignment *assignment, const tsr_sid *owner)
{
    const struct assigner *assigner = assignment->assigner;

    return (assignment->flags & SEF_AVOID_OWNER_CHECK) ||
           (assigner->privileges & TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE)) ||
           assigner->may_own(assigner->context, owner);
}

static tsr_status decode(const uint8_t *sid, tsr_sid *ret_sid)
{
    return tsr_sid_decode(sid, tsr_encoded_sid_size(sid), ret_sid, NULL);
}

static tsr_status choose_owner(const struct assignment *assignment, tsr_sid *ret_owner)
{
    const uint8_t *given = assignment->creator ? assignment->creator->owner : NULL;
    tsr_sid owner;

    if (!given && !(assignment->flags & SEF_DEFAULT_OWNER_FROM_PARENT)) {
        REQUIRE(assignment->assigner->owner, STATUS_INVALID_OWNER);
        *ret_owner = *assignment->assigner->owner;
        return TSR_OK;
    }
    if (!given) {
        given = assignment->parent ? assignment->parent->owner : NULL;
    }
    REQUIRE(given, STATUS_INVALID_OWNER);
    TRY(decode(given, &owner));
    REQUIRE(may_own(assignment, &owner), STATUS_INVALID_OWNER);

    *ret_owner = owner;
    return TSR_OK;
}

static tsr_status choose_group(const struct assignment *assignment, tsr_sid *ret_group)
{
    const uint8_t *given = assignment->creator ? assignment->creator->group : NULL;

    if (!given && !(assignment->flags & SEF_DEFAULT_GROUP_FROM_PARENT)) {
        REQUIRE(assignment->assigner->primary_group, STATUS_INVALID_PRIMARY_GROUP);
        *ret_group = *assignment->assigner->primary_group;
        return TSR_OK;
    }
    if (!given) {
        given = assignment->parent ? assignment->parent->group : NULL;
    }
    REQUIRE(given, STATUS_INVALID_PRIMARY_GROUP);
    return decode(given, ret_group);
}

static struct heir heir_of(const struct assignment *assignment, const struct side *side)
{
    const struct assigner *assigner = assignment->assigner;
    const tsr_assign_request *request = assignment->request;
    const uint32_t system = side == &sacl_side ? ACCESS_SYSTEM_SECURITY : 0;

    return (struct heir){
        .is_container = request->is_container,
        .auto_inherit = assignment->flags & side->auto_inherit,
        .rights = {.mapping = request->mapping, .valid = request->mapping->all | system},
        .types = request->types,
        .n_types = request->n_types,
        .creators = {&assignment->owner, &assignment->group,
                     request->server_owner ? request->server_owner : assigner->owner,
                     request->server_group ? request->server_group : assigner->primary_group}};
}

/* What even a protected SACL takes from the parent's. */
static void inherit_policies(tsr_acl_builder *builder, const tsr_acl *parent,
                             const struct heir *heir)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(parent, &offset, &ace)) {
        if (type_is_policy(ace.type)) {
            ace_inherit(builder, &ace, heir);
        }
    }
}

/* The ACEs of a given ACL, mapped; @guarded and @merging say what becomes of those it had
 * inherited. */
static void adopt(tsr_acl_builder *builder, const tsr_acl *given, const struct ace_rights *rights,
                  bool guarded, bool merging)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(given, &offset, &ace)) {
        const uint8_t kept = guarded ? (uint8_t)~INHERITED_ACE : 0xff;

        /* The parent's ACEs follow afresh. */
        if (merging && (ace.flags & INHERITED_ACE)) {
            continue;
        }
        acl_add_mapped(builder, &ace, ace.flags & kept, rights);
    }
}

/* Whether the parent's ACEs take the place of the creator's. */
static bool is_superseded(const struct assignment *assignment, const struct side *side,
                          const tsr_acl *parent)
{
    const struct heir heir = heir_of(assignment, side);

    return ((assignment->creator_control & side->defaulted) ||
            (assignment->flags & SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT)) &&
           acl_is_inheritable(parent, &heir);
}

/* The creator's ACL, with the parent's ACEs behind it when inheriting automatically. */
static uint16_t compose_given(const struct assignment *assignment, const struct side *side,
                              const tsr_acl *given, const tsr_acl *parent, tsr_acl_builder *builder)
{
    const struct heir heir = heir_of(assignment, side);
    const bool guarded = assignment->creator_control & side->guarded;
    const bool merging = heir.auto_inherit && !guarded;

    adopt(builder, given, &heir.rights, guarded, merging);
    if (merging) {
        acl_inherit(builder, parent, &heir);
    } else if (heir.auto_inherit && side == &sacl_side) {
        inherit_policies(builder, parent, &heir);
    }
    return merging ? side->auto_inherited : 0;
}

static uint16_t compose_inherited(const struct assignment *assignment, const struct side *side,
                                  const tsr_acl *parent, tsr_acl_builder *builder)
{
    const struct heir heir = heir_of(assignment, side);

    acl_inherit(builder, parent, &heir);
    return heir.auto_inherit ? side->auto_inherited : 0;
}

/* Whether an ACE that acts on the object itself names @sid. */
static bool has_sid(const tsr_acl *acl, const tsr_sid *sid)
{
    size_t offset = 0;
    tsr_sid named;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (ace.sid && !(ace.flags & INHERIT_ONLY_ACE) && tsr_ok(decode(ace.sid, &named)) &&
            tsr_sid_equal(&named, sid)) {
            return true;
        }
    }
    return false;
}

/* Section 10: an AppContainer may use what it makes. */
static void compose_default(const struct assignment *assignment, tsr_acl_builder *builder)
{
    const struct heir heir = heir_of(assignment, &dacl_side);
    const tsr_acl *given = assignment->assigner->default_dacl;
    const tsr_sid *package = assignment->assigner->package;

    adopt(builder, given, &heir.rights, false, false);
    if (package && !has_sid(given, package)) {
        tsr_acl_builder_add(builder, ACCESS_ALLOWED_ACE_TYPE, 0, assignment->request->mapping->all,
                            package);
    }
}

/* Whether what is handed down speaks of the rights that the object's owner has as such. */
static bool restricts_owners(const struct assignment *assignment, const tsr_acl *parent)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heir_of(assignment, &dacl_side);
    const tsr_sid owner_rights = TSR_SID_OWNER_RIGHTS;
    tsr_acl inherited;
    size_t offset = 0;
    tsr_sid named;
    tsr_ace ace;

    while (tsr_acl_next(parent, &offset, &ace)) {
        if (ace.sid && tsr_ok(decode(ace.sid, &named)) && tsr_sid_equal(&named, &owner_rights)) {
            ace_inherit(&builder, &ace, &heir);
        }
    }
    inherited = acl_gathered(&builder);
    return builder.failure != STATUS_SUCCESS || has_sid(&inherited, &owner_rights);
}

/*
 * DEVIATION: how a parent restricts the owners of its children is documented by a flag's name only.
 * Where it hands down ACEs for OWNER RIGHTS, a creator gives a DACL of its own only if it could
 * give it afterwards.
 */
static tsr_status check_owner_restriction(const struct assignment *assignment,
                                          const tsr_acl *parent)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    const struct assigner *assigner = assignment->assigner;
    tsr_sd_parts parts = {
        .owner = &assignment->owner, .group = &assignment->group, .has_dacl = true};
    tsr_sd inherited;
    size_t size;

    if (assignment->flags & SEF_AVOID_OWNER_RESTRICTION || !restricts_owners(assignment, parent)) {
        return TSR_OK;
    }
    (void)compose_inherited(assignment, &dacl_side, parent, &builder);
    TRY(tsr_acl_builder_finish(&builder, &dacl, &parts.dacl));
    TRY(tsr_sd_build(&parts, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, &inherited));
    REQUIRE(assigner->may_write_dac && assigner->may_write_dac(assigner->context, &inherited,
                                                               assignment->request->mapping),
            STATUS_ACCESS_DENIED);
    return TSR_OK;
}

static tsr_status choose_dacl(const struct assignment *assignment, struct new_acl *ret_dacl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heir_of(assignment, &dacl_side);
    const tsr_acl *parent = assignment->parent ? &assignment->parent->dacl : &no_acl;
    const bool given = assignment->creator && assignment->creator->has_dacl &&
                       !is_superseded(assignment, &dacl_side, parent);
    struct new_acl dacl = {.present = true,
                           .control = assignment->creator_control & SE_DACL_PROTECTED};

    if (given) {
        TRY(check_owner_restriction(assignment, parent));
    }
    if (given && !assignment->creator->dacl.bytes) {
        *ret_dacl = dacl;
        return TSR_OK;
    }
    if (given) {
        dacl.control |=
            compose_given(assignment, &dacl_side, &assignment->creator->dacl, parent, &builder);
    } else if (acl_is_inheritable(parent, &heir)) {
        dacl.control |= compose_inherited(assignment, &dacl_side, parent, &builder);
    } else if (assignment->assigner->default_dacl) {
        compose_default(assignment, &builder);
    } else {
        dacl.present = false;
        *ret_dacl = dacl;
        return TSR_OK;
    }
    TRY(tsr_acl_builder_finish(&builder, &dacl.bytes, &dacl.acl));

    *ret_dacl = dacl;
    return TSR_OK;
}

/* Whether an ACL holds labels and nothing else. */
static bool is_label_only(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (!type_is_label(ace.type)) {
            return false;
        }
    }
    return acl->n_aces > 0;
}

/* A SACL is for SeSecurityPrivilege to set; a label within the assigner's level for everybody. */
static tsr_status check_sacl(const struct assignment *assignment, const tsr_acl *sacl)
{
    const struct assigner *assigner = assignment->assigner;

    REQUIRE((assignment->flags & SEF_AVOID_PRIVILEGE_CHECK) || is_label_only(sacl) ||
                (assigner->privileges & TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE)),
            STATUS_PRIVILEGE_NOT_HELD);
    REQUIRE(assigner_may_label(assigner, sacl), STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

/* Whether a label acts on the object itself. */
static bool has_label(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (type_is_label(ace.type) && !(ace.flags & INHERIT_ONLY_ACE)) {
            return true;
        }
    }
    return false;
}

static uint32_t label_policy(uint32_t flags)
{
    uint32_t policy = 0;

    policy |= flags & SEF_MACL_NO_WRITE_UP ? SYSTEM_MANDATORY_LABEL_NO_WRITE_UP : 0;
    policy |= flags & SEF_MACL_NO_READ_UP ? SYSTEM_MANDATORY_LABEL_NO_READ_UP : 0;
    policy |= flags & SEF_MACL_NO_EXECUTE_UP ? SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP : 0;
    return policy ? policy : SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
}

/* The level that an object needs a label for: an unlabelled one counts as medium, and what a lower
 * subject makes must not. Section 10: what an AppContainer makes is low at most. */
static bool needs_label(const struct assigner *assigner, tsr_sid *ret_level)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const tsr_sid *level = assigner->integrity;

    if (assigner->package && (!level || level->sub_authorities[0] > TSR_INTEGRITY_LOW)) {
        level = &low;
    }
    if (!level || level->sub_authorities[0] >= TSR_INTEGRITY_MEDIUM) {
        return false;
    }
    *ret_level = *level;
    return true;
}

/* Like every ACE that was not inherited, the default label stands before those that were. */
static void add_default_label(const struct assignment *assignment, tsr_acl_builder *builder)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder labelled = {.failure = builder->failure};
    const tsr_acl others = acl_gathered(builder);
    size_t offset = 0;
    tsr_sid level;
    tsr_ace ace;

    if (has_label(&others) || !needs_label(assignment->assigner, &level)) {
        return;
    }
    tsr_acl_builder_add(&labelled, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0,
                        label_policy(assignment->flags), &level);
    while (tsr_acl_next(&others, &offset, &ace)) {
        tsr_acl_builder_add_encoded(&labelled, ace.bytes, ace.size);
    }
    tsr_acl_builder_deinit(builder);
    *builder = labelled;
    labelled = (tsr_acl_builder){0};
}

static tsr_status choose_sacl(const struct assignment *assignment, struct new_acl *ret_sacl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heir_of(assignment, &sacl_side);
    const tsr_acl *parent = assignment->parent ? &assignment->parent->sacl : &no_acl;
    const tsr_acl *creator = assignment->creator ? &assignment->creator->sacl : &no_acl;
    const bool given = creator->bytes && !is_superseded(assignment, &sacl_side, parent);
    const bool guarded = assignment->creator_control & SE_SACL_PROTECTED;
    struct new_acl sacl = {.control = assignment->creator_control & SE_SACL_PROTECTED};

    if (given) {
        TRY(check_sacl(assignment, creator));
    }
    if (given && !is_label_only(creator)) {
        sacl.control |= compose_given(assignment, &sacl_side, creator, parent, &builder);
    } else {
        /* DEVIATION: a label needs no privilege, so it must not cost the parent's auditing. */
        adopt(&builder, given ? creator : &no_acl, &heir.rights, guarded,
              heir.auto_inherit && !guarded);
        if (acl_is_inheritable(parent, &heir)) {
            sacl.control |= compose_inherited(assignment, &sacl_side, parent, &builder);
        }
    }
    add_default_label(assignment, &builder);

    sacl.present = given || builder.n_aces > 0;
    if (sacl.present || builder.failure != STATUS_SUCCESS) {
        TRY(tsr_acl_builder_finish(&builder, &sacl.bytes, &sacl.acl));
    }
    *ret_sacl = sacl;
    return TSR_OK;
}

bool assigner_may_label(const struct assigner *assigner, const tsr_acl *sacl)
{
    const tsr_sid untrusted = TSR_SID_INTEGRITY(TSR_INTEGRITY_UNTRUSTED);
    const tsr_sid *level = assigner->integrity ? assigner->integrity : &untrusted;
    size_t offset = 0;
    tsr_ace ace;

    if (assigner->privileges & TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE)) {
        return true;
    }
    while (tsr_acl_next(sacl, &offset, &ace)) {
        tsr_sid label;

        if (!type_is_label(ace.type)) {
            continue;
        }
        if (tsr_failed(decode(ace.sid, &label)) || label.authority != INTEGRITY_AUTHORITY ||
            label.n_sub_authorities == 0 || label.n_sub_authorities > level->n_sub_authorities ||
            label.sub_authorities[0] > level->sub_authorities[0]) {
            return false;
        }
    }
    return true;
}

tsr_status sd_assign(const struct assigner *assigner, const tsr_assign_request *request,
                     uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(new_acl_deinit) struct new_acl dacl = {0};
    CLEANUP(new_acl_deinit) struct new_acl sacl = {0};
    struct assignment assignment = {.assigner = assigner,
                                    .request = request,
                                    .parent = request->parent,
                                    .creator = request->creator,
                                    .creator_control =
                                        request->creator ? request->creator->control : 0,
                                    .flags = request->flags};
    tsr_sd_parts parts;

    REQUIRE(!(request->flags & SEF_AI_USE_EXTRA_PARAMS), STATUS_NOT_SUPPORTED);
    REQUIRE(!(request->flags & ~KNOWN_FLAGS), STATUS_INVALID_PARAMETER);
    REQUIRE(request->mapping && (request->types || request->n_types == 0),
            STATUS_INVALID_PARAMETER);
    TRY(choose_owner(&assignment, &assignment.owner));
    TRY(choose_group(&assignment, &assignment.group));
    TRY(choose_sacl(&assignment, &sacl));
    TRY(choose_dacl(&assignment, &dacl));

    parts = (tsr_sd_parts){.control = dacl.control | sacl.control,
                           .owner = &assignment.owner,
                           .group = &assignment.group,
                           .has_dacl = dacl.present,
                           .has_sacl = sacl.present,
                           .dacl = dacl.acl,
                           .sacl = sacl.acl};
    return tsr_sd_build(&parts, ret_bytes, ret_size);
}
