/* SPDX-License-Identifier: MIT */
/* ACEs on their way into the ACL of an object. */

#include "sec/acl-inherit.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/writer.h"
#include "sec/ace.h"

#define ACE_FLAGS_AT 0 /* with the type, as one number */
#define ACE_SIZE_AT  2

#define INHERIT_FLAGS (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)

/* The flags that inheritance decides; the others go with the ACE. */
#define INHERITANCE_FLAGS \
    (INHERIT_FLAGS | NO_PROPAGATE_INHERIT_ACE | INHERIT_ONLY_ACE | INHERITED_ACE)

/* An ACE as it is to be written: SIDs that are NULL stay as stored. */
struct ace_edit {
    uint8_t flags;
    uint32_t mask;
    bool untyped; /* the inherited type goes: it has been met */
    const tsr_sid *sid;
    const tsr_sid *server_sid;
};

/* Whether the mask speaks of the object's rights; elsewhere it is a policy, or without meaning. */
static bool has_access_mask(const tsr_ace *ace)
{
    switch ((tsr_ace_type)ace->type) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_ALARM_ACE_TYPE:
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE:
        return true;
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
    case SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE:
    case SYSTEM_ACCESS_FILTER_ACE_TYPE:
        return false;
    }
    return false;
}

static uint32_t effective_mask(const tsr_ace *ace, const struct ace_rights *rights)
{
    if (!has_access_mask(ace)) {
        return ace->mask;
    }
    return tsr_map_generic(ace->mask, rights->mapping) & rights->valid;
}

static void write_sid(struct writer *writer, const uint8_t *stored, const tsr_sid *instead)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (!instead) {
        writer_bytes(writer, stored, tsr_encoded_sid_size(stored));
    } else if (tsr_ok(tsr_sid_encode(instead, encoded, sizeof(encoded), &size))) {
        writer_bytes(writer, encoded, size);
    } else {
        writer->failed = true;
    }
}

/* What an object ACE is that says nothing of object types. */
static uint8_t plain_type(uint8_t type)
{
    static const uint8_t plain_types[] = {
        [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ACCESS_ALLOWED_ACE_TYPE,
        [ACCESS_DENIED_OBJECT_ACE_TYPE] = ACCESS_DENIED_ACE_TYPE,
        [SYSTEM_AUDIT_OBJECT_ACE_TYPE] = SYSTEM_AUDIT_ACE_TYPE,
        [SYSTEM_ALARM_OBJECT_ACE_TYPE] = SYSTEM_ALARM_ACE_TYPE,
        [ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
        [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = ACCESS_DENIED_CALLBACK_ACE_TYPE,
        [SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE] = SYSTEM_AUDIT_CALLBACK_ACE_TYPE,
        [SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE] = SYSTEM_ALARM_CALLBACK_ACE_TYPE,
    };

    return plain_types[type];
}

/* Header and mask, and what stands between them and the first SID; all but mask and size is done.
 */
static void write_front(struct writer *writer, const tsr_ace *ace, const struct ace_edit *edit)
{
    const uint8_t *const first_sid = ace->server_sid ? ace->server_sid : ace->sid;
    const bool untyped = edit->untyped && ace->inherited_object_type;
    const uint8_t type = untyped && !ace->object_type ? plain_type(ace->type) : ace->type;

    writer_bytes(writer, ace->bytes, untyped ? ACE_BASIC_SID : (size_t)(first_sid - ace->bytes));
    if (untyped && ace->object_type) {
        writer_le32(writer, ACE_OBJECT_TYPE_PRESENT);
        writer_bytes(writer, ace->object_type, TSR_GUID_SIZE);
    }
    writer_patch_le16(writer, ACE_FLAGS_AT, (uint16_t)(type | edit->flags << 8));
}

static void write_ace(struct writer *writer, const tsr_ace *ace, const struct ace_edit *edit)
{
    if (!ace->sid) {
        /* Of an unknown type only the header is understood. */
        writer_bytes(writer, ace->bytes, ace->size);
        writer_patch_le16(writer, ACE_FLAGS_AT, (uint16_t)(ace->type | edit->flags << 8));
        return;
    }

    write_front(writer, ace, edit);
    if (ace->server_sid) {
        write_sid(writer, ace->server_sid, edit->server_sid);
    }
    write_sid(writer, ace->sid, edit->sid);
    writer_bytes(writer, ace->data, ace->n_data);
    writer_patch_le32(writer, ACE_MASK, edit->mask);

    /* Past 64 KiB the number wraps, and the builder refuses an ACE that is not of the size it says.
     */
    writer_patch_le16(writer, ACE_SIZE_AT, (uint16_t)writer->size);
}

static void add_edited(tsr_acl_builder *builder, const tsr_ace *ace, const struct ace_edit *edit)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    write_ace(&writer, ace, edit);
    if (tsr_ok(writer_finish(&writer, &bytes, &size))) {
        tsr_acl_builder_add_encoded(builder, bytes, size);
    } else if (builder->failure == STATUS_SUCCESS) {
        builder->failure = STATUS_NO_MEMORY;
    }
}

/* Who stands in for a stored SID, if it is one of the CREATOR SIDs. */
static const tsr_sid *stand_in(const struct heir *heir, const uint8_t *sid)
{
    static const uint8_t creator_authority[] = {1, 1, 0, 0, 0, 0, 0, 3};
    uint32_t which;

    if (!sid || memcmp(sid, creator_authority, sizeof(creator_authority)) != 0) {
        return NULL;
    }
    which = load_le32(sid + sizeof(creator_authority));
    return which < ARRAY_SIZE(heir->creators) ? heir->creators[which] : NULL;
}

/* Whether the effective copy would lose what the child's own children need. */
static bool must_split(const tsr_ace *ace, const struct heir *heir)
{
    return (has_access_mask(ace) && (ace->mask & GENERIC_RIGHTS)) || stand_in(heir, ace->sid) ||
           stand_in(heir, ace->server_sid);
}

/* Append the copy that acts on the heir. With inheritance @flags it is also what is passed on, and
 * then keeps the type that the heir's own children are asked for. */
static void add_effective(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags,
                          const struct heir *heir)
{
    const struct ace_edit edit = {.flags = flags,
                                  .mask = effective_mask(ace, &heir->rights),
                                  .untyped = !(flags & INHERIT_FLAGS),
                                  .sid = stand_in(heir, ace->sid),
                                  .server_sid = stand_in(heir, ace->server_sid)};

    add_edited(builder, ace, &edit);
}

static bool is_of_type(const struct heir *heir, const uint8_t *type)
{
    for (size_t i = 0; i < heir->n_types; i++) {
        if (memcmp(heir->types[i].bytes, type, TSR_GUID_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_effective(const tsr_ace *ace, const struct heir *heir)
{
    const uint8_t needed = heir->is_container ? CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE;

    return (ace->flags & needed) &&
           (!ace->inherited_object_type || is_of_type(heir, ace->inherited_object_type));
}

/* Whether the heir hands the ACE on to its own children. */
static bool is_passed_on(const tsr_ace *ace, const struct heir *heir)
{
    return heir->is_container && (ace->flags & INHERIT_FLAGS) &&
           !(ace->flags & NO_PROPAGATE_INHERIT_ACE);
}

void acl_add_mapped(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags,
                    const struct ace_rights *rights)
{
    const bool inherit_only = flags & INHERIT_ONLY_ACE;
    const struct ace_edit edit = {.flags = flags,
                                  .mask = inherit_only ? ace->mask : effective_mask(ace, rights)};

    add_edited(builder, ace, &edit);
}

void acl_add_flagged(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags)
{
    const struct ace_edit edit = {.flags = flags, .mask = ace->mask};

    add_edited(builder, ace, &edit);
}

void acl_add_own(tsr_acl_builder *builder, const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        acl_add_flagged(builder, &ace, ace.flags & (uint8_t)~INHERITED_ACE);
    }
}

void acl_add_explicit(tsr_acl_builder *builder, const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (!(ace.flags & INHERITED_ACE)) {
            tsr_acl_builder_add_encoded(builder, ace.bytes, ace.size);
        }
    }
}

bool acl_is_inheritable(const tsr_acl *parent, const struct heir *heir)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(parent, &offset, &ace)) {
        if (is_effective(&ace, heir) || is_passed_on(&ace, heir)) {
            return true;
        }
    }
    return false;
}

void ace_inherit(tsr_acl_builder *builder, const tsr_ace *ace, const struct heir *heir)
{
    const bool effective = is_effective(ace, heir);
    const bool passed_on = is_passed_on(ace, heir);
    const uint8_t inheritance = ace->flags & INHERIT_FLAGS;
    uint8_t flags = ace->flags & (uint8_t)~INHERITANCE_FLAGS;

    flags |= heir->auto_inherit ? INHERITED_ACE : 0;
    if (effective && passed_on && !must_split(ace, heir)) {
        add_effective(builder, ace, flags | inheritance, heir);
        return;
    }
    if (effective) {
        add_effective(builder, ace, flags, heir);
    }
    if (passed_on) {
        const struct ace_edit edit = {.flags = flags | inheritance | INHERIT_ONLY_ACE,
                                      .mask = ace->mask};

        add_edited(builder, ace, &edit);
    }
}

void acl_inherit(tsr_acl_builder *builder, const tsr_acl *parent, const struct heir *heir)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(parent, &offset, &ace)) {
        ace_inherit(builder, &ace, heir);
    }
}
