/* SPDX-License-Identifier: MIT */
/* Editing ACLs: canonical order, adding, removing, and changing what trustees have. */

#include <tessera/acl-edit.h>

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/ace.h"
#include "sec/acl-inherit.h"

#define ACE_AFTER_MASK 8
#define ENTRY_SIZE_MAX (ACE_OBJECT_GUIDS + 2 * TSR_GUID_SIZE + TSR_SID_SIZE_MAX)

#define AUDIT_FLAGS (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)
#define HEIR_FLAGS  (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)
#define SCOPE_FLAGS (HEIR_FLAGS | INHERIT_ONLY_ACE)
#define ENTRY_FLAGS (SCOPE_FLAGS | NO_PROPAGATE_INHERIT_ACE)

/* What an ACE does for the one its SID names. */
enum ace_kind {
    ACE_KIND_OTHER,
    ACE_KIND_ALLOW,
    ACE_KIND_DENY,
    ACE_KIND_AUDIT,
    ACE_KIND_ALARM,
};

/* [MS-DTYP] 2.4.4.1; labels, attributes, policies and filters are of another kind. */
static const uint8_t ace_kinds[] = {
    [ACCESS_ALLOWED_ACE_TYPE] = ACE_KIND_ALLOW,
    [ACCESS_ALLOWED_COMPOUND_ACE_TYPE] = ACE_KIND_ALLOW,
    [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ACE_KIND_ALLOW,
    [ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = ACE_KIND_ALLOW,
    [ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = ACE_KIND_ALLOW,
    [ACCESS_DENIED_ACE_TYPE] = ACE_KIND_DENY,
    [ACCESS_DENIED_OBJECT_ACE_TYPE] = ACE_KIND_DENY,
    [ACCESS_DENIED_CALLBACK_ACE_TYPE] = ACE_KIND_DENY,
    [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = ACE_KIND_DENY,
    [SYSTEM_AUDIT_ACE_TYPE] = ACE_KIND_AUDIT,
    [SYSTEM_AUDIT_OBJECT_ACE_TYPE] = ACE_KIND_AUDIT,
    [SYSTEM_AUDIT_CALLBACK_ACE_TYPE] = ACE_KIND_AUDIT,
    [SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE] = ACE_KIND_AUDIT,
    [SYSTEM_ALARM_ACE_TYPE] = ACE_KIND_ALARM,
    [SYSTEM_ALARM_OBJECT_ACE_TYPE] = ACE_KIND_ALARM,
    [SYSTEM_ALARM_CALLBACK_ACE_TYPE] = ACE_KIND_ALARM,
    [SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE] = ACE_KIND_ALARM,
};

static enum ace_kind ace_kind(const tsr_ace *ace)
{
    return ace->type < ARRAY_SIZE(ace_kinds) ? (enum ace_kind)ace_kinds[ace->type] : ACE_KIND_OTHER;
}

static bool is_inherited(const tsr_ace *ace)
{
    return ace->flags & INHERITED_ACE;
}

/* Groups of ACEs, in canonical order; the inherited ones are in order however they stand. */
enum ace_group {
    EXPLICIT_DENIALS,
    EXPLICIT_OTHERS,
    INHERITED_DENIALS,
    INHERITED_OTHERS,
};

static enum ace_group ace_group(const tsr_ace *ace)
{
    const bool denies = ace_kind(ace) == ACE_KIND_DENY;

    if (is_inherited(ace)) {
        return denies ? INHERITED_DENIALS : INHERITED_OTHERS;
    }
    return denies ? EXPLICIT_DENIALS : EXPLICIT_OTHERS;
}

static bool is_of(const tsr_ace *ace, const tsr_sid *sid)
{
    tsr_sid named;

    return ace->sid &&
           tsr_ok(tsr_sid_decode(ace->sid, tsr_encoded_sid_size(ace->sid), &named, NULL)) &&
           tsr_sid_equal(&named, sid);
}

static bool is_same(const tsr_ace *a, const tsr_ace *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Whether two ACEs of known types agree in what follows their masks: GUIDs, SID, data. */
static bool is_same_body(const tsr_ace *a, const tsr_ace *b)
{
    return a->size == b->size && memcmp(a->bytes + ACE_AFTER_MASK, b->bytes + ACE_AFTER_MASK,
                                        a->size - ACE_AFTER_MASK) == 0;
}

static void keep(tsr_acl_builder *builder, const tsr_ace *ace)
{
    tsr_acl_builder_add_encoded(builder, ace->bytes, ace->size);
}

/* Append an ACE with the flags and the mask it has in @ace, which its bytes need not have yet. */
static void write_ace(tsr_acl_builder *builder, const tsr_ace *ace)
{
    uint8_t *written;

    keep(builder, ace);
    if (builder->failure != STATUS_SUCCESS) {
        return;
    }
    written = builder->bytes + builder->size - ace->size;
    written[1] = ace->flags;
    if (ace->sid) {
        store_le32(written + ACE_MASK, ace->mask);
    }
}

/* An ACL that is made in several steps, each from the one before. Zero-initialise. */
struct draft {
    uint8_t *bytes; /* owned; NULL before the first step */
    tsr_acl acl;    /* borrowed before the first step, then a view of @bytes */
};

static void cleanup_draft_deinit(struct draft *draft)
{
    free(draft->bytes);
}

/* Replace the draft by what was built from it. */
static tsr_status draft_step(struct draft *draft, tsr_acl_builder *builder)
{
    uint8_t *bytes;
    tsr_acl acl;

    TRY(tsr_acl_builder_finish(builder, &bytes, &acl));
    free(draft->bytes);
    *draft = (struct draft){.bytes = bytes, .acl = acl};
    return TSR_OK;
}

static void copy_group(const tsr_acl *acl, enum ace_group first, enum ace_group last,
                       tsr_acl_builder *builder)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        const enum ace_group group = ace_group(&ace);

        if (group >= first && group <= last) {
            keep(builder, &ace);
        }
    }
}

/* A packed copy. */
static tsr_status draft_copy(struct draft *draft, const tsr_acl *acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    copy_group(acl, EXPLICIT_DENIALS, INHERITED_OTHERS, &builder);
    return draft_step(draft, &builder);
}

static void draft_finish(struct draft *draft, uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    *ret_acl = draft->acl;
    *ret_bytes = STEAL(draft->bytes);
}

bool tsr_acl_is_canonical(const tsr_acl *acl)
{
    enum ace_group highest = EXPLICIT_DENIALS;
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        const enum ace_group group = ace_group(&ace);

        if (group < highest && !is_inherited(&ace)) {
            return false;
        }
        highest = group > highest ? group : highest;
    }
    return true;
}

tsr_status tsr_acl_make_canonical(const tsr_acl *acl, uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    copy_group(acl, EXPLICIT_DENIALS, EXPLICIT_DENIALS, &builder);
    copy_group(acl, EXPLICIT_OTHERS, EXPLICIT_OTHERS, &builder);
    copy_group(acl, INHERITED_DENIALS, INHERITED_OTHERS, &builder);
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
}

/* Where an ACE of a group belongs: before the ACE at @end, behind those of its group from @first.
 */
struct place {
    size_t first;
    size_t end;
};

static struct place place_of(const tsr_acl *acl, enum ace_group group)
{
    const enum ace_group last = group == INHERITED_DENIALS ? INHERITED_OTHERS : group;
    struct place place = {0};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace) && ace_group(&ace) <= last) {
        place.end++;
        place.first = ace_group(&ace) == group ? place.first : place.end;
    }
    return place;
}

/* Whether the flags a merge may change are all that differs. */
static bool differs_in_flags(const tsr_ace *a, const tsr_ace *b, uint8_t flags)
{
    return a->type == b->type && a->mask == b->mask && is_same_body(a, b) &&
           ((a->flags ^ b->flags) & ~flags) == 0;
}

/* The same rights for others: on this object, its containers, its other children. */
static bool merge_scope(tsr_ace *ace, const tsr_ace *other)
{
    if (!differs_in_flags(ace, other, SCOPE_FLAGS)) {
        return false;
    }
    ace->flags = (uint8_t)((ace->flags & ~INHERIT_ONLY_ACE) | (other->flags & HEIR_FLAGS) |
                           (ace->flags & other->flags & INHERIT_ONLY_ACE));
    return true;
}

static bool merge_audited(tsr_ace *ace, const tsr_ace *other)
{
    if (ace->type != SYSTEM_AUDIT_ACE_TYPE || !differs_in_flags(ace, other, AUDIT_FLAGS)) {
        return false;
    }
    ace->flags |= other->flags;
    return true;
}

static bool merge_rights(tsr_ace *ace, const tsr_ace *other)
{
    if (ace_kind(ace) == ACE_KIND_OTHER || ace->type != other->type || ace->flags != other->flags ||
        !is_same_body(ace, other)) {
        return false;
    }
    ace->mask |= other->mask;
    return true;
}

static bool is_plain(const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_ACE_TYPE || ace->type == ACCESS_DENIED_ACE_TYPE ||
           ace->type == SYSTEM_AUDIT_ACE_TYPE;
}

/* Let @ace say what @other says as well, if one ACE can. */
static bool merge(tsr_ace *ace, const tsr_ace *other)
{
    return is_same(ace, other) || merge_rights(ace, other) ||
           (is_plain(ace) && (merge_scope(ace, other) || merge_audited(ace, other)));
}

/* Merge @ace with the first at its place that it can be merged with. @return its index */
static bool find_partner(const tsr_acl *acl, const struct place *place, tsr_ace *ace,
                         size_t *ret_index)
{
    size_t offset = 0;
    tsr_ace other;

    for (size_t i = 0; i < place->end && tsr_acl_next(acl, &offset, &other); i++) {
        if (i >= place->first && merge(ace, &other)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static tsr_status add_ace(struct draft *draft, tsr_ace ace)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct place place = place_of(&draft->acl, ace_group(&ace));
    size_t at = place.end;
    const bool replaces = find_partner(&draft->acl, &place, &ace, &at);
    size_t offset = 0;
    size_t i = 0;
    tsr_ace old;

    for (; tsr_acl_next(&draft->acl, &offset, &old); i++) {
        if (i == at) {
            write_ace(&builder, &ace);
        }
        if (i != at || !replaces) {
            keep(&builder, &old);
        }
    }
    if (at == i) {
        write_ace(&builder, &ace);
    }
    return draft_step(draft, &builder);
}

tsr_status tsr_acl_add(const tsr_acl *acl, const tsr_acl *added, uint8_t **ret_bytes,
                       tsr_acl *ret_acl)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    size_t offset = 0;
    tsr_ace ace;

    TRY(draft_copy(&draft, acl));
    while (tsr_acl_next(added, &offset, &ace)) {
        TRY(add_ace(&draft, ace));
    }

    draft_finish(&draft, ret_bytes, ret_acl);
    return TSR_OK;
}

tsr_status tsr_acl_remove_at(const tsr_acl *acl, size_t index, uint8_t **ret_bytes,
                             tsr_acl *ret_acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace ace;

    REQUIRE(acl->bytes && index < acl->n_aces, STATUS_INVALID_PARAMETER);

    for (size_t i = 0; tsr_acl_next(acl, &offset, &ace); i++) {
        if (i != index) {
            keep(&builder, &ace);
        }
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
}

tsr_status tsr_acl_remove_sid(const tsr_acl *acl, const tsr_sid *sid, uint32_t flags,
                              uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace ace;

    REQUIRE((flags & ~TSR_REMOVE_INHERITED) == 0, STATUS_INVALID_PARAMETER);

    while (tsr_acl_next(acl, &offset, &ace)) {
        const bool stays = is_inherited(&ace) && !(flags & TSR_REMOVE_INHERITED);

        if (stays || ace_kind(&ace) == ACE_KIND_OTHER || !is_of(&ace, sid)) {
            keep(&builder, &ace);
        }
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
}

tsr_status tsr_acl_remove_ace(const tsr_acl *acl, const tsr_ace *ace, uint8_t **ret_bytes,
                              tsr_acl *ret_acl)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace other;

    while (tsr_acl_next(acl, &offset, &other)) {
        if (!is_same(&other, ace)) {
            keep(&builder, &other);
        }
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_acl);
}

static bool is_object_entry(const tsr_explicit_access *entry)
{
    return entry->object_type || entry->inherited_object_type;
}

static bool is_audit_entry(const tsr_explicit_access *entry)
{
    return entry->mode == SET_AUDIT_SUCCESS || entry->mode == SET_AUDIT_FAILURE;
}

/* The type of an ACE for the scope of @entry that allows, denies or audits as @mode says. */
static uint8_t type_for(const tsr_explicit_access *entry, tsr_access_mode mode)
{
    const bool is_object = is_object_entry(entry);

    if (mode == SET_AUDIT_SUCCESS || mode == SET_AUDIT_FAILURE) {
        return is_object ? SYSTEM_AUDIT_OBJECT_ACE_TYPE : SYSTEM_AUDIT_ACE_TYPE;
    }
    if (mode == DENY_ACCESS) {
        return is_object ? ACCESS_DENIED_OBJECT_ACE_TYPE : ACCESS_DENIED_ACE_TYPE;
    }
    return is_object ? ACCESS_ALLOWED_OBJECT_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE;
}

static uint8_t entry_flags(const tsr_explicit_access *entry)
{
    const uint8_t success = entry->mode == SET_AUDIT_SUCCESS ? SUCCESSFUL_ACCESS_ACE_FLAG : 0;
    const uint8_t failure = entry->mode == SET_AUDIT_FAILURE ? FAILED_ACCESS_ACE_FLAG : 0;

    return entry->inheritance | success | failure;
}

/* @return the end of the GUID, or @at if there is none */
static uint8_t *put_guid(uint8_t *at, const uint8_t *guid)
{
    if (!guid) {
        return at;
    }
    memcpy(at, guid, TSR_GUID_SIZE);
    return at + TSR_GUID_SIZE;
}

/* @return where the SID belongs */
static uint8_t *put_object_types(uint8_t *bytes, const tsr_explicit_access *entry)
{
    uint8_t *at = bytes + ACE_OBJECT_GUIDS;

    if (!is_object_entry(entry)) {
        return bytes + ACE_BASIC_SID;
    }
    store_le32(bytes + ACE_OBJECT_FLAGS,
               (entry->object_type ? ACE_OBJECT_TYPE_PRESENT : 0) |
                   (entry->inherited_object_type ? ACE_INHERITED_OBJECT_TYPE_PRESENT : 0));
    return put_guid(put_guid(at, entry->object_type), entry->inherited_object_type);
}

/* The ACE that an entry makes; the result points into @bytes. */
static tsr_status entry_encode(const tsr_explicit_access *entry, uint8_t bytes[ENTRY_SIZE_MAX],
                               tsr_ace *ret_ace)
{
    uint8_t *sid = put_object_types(bytes, entry);
    tsr_ace ace = {.bytes = bytes,
                   .type = type_for(entry, entry->mode),
                   .flags = entry_flags(entry),
                   .mask = entry->mask,
                   .sid = sid};
    size_t n_sid;

    TRY(tsr_sid_encode(&entry->sid, sid, TSR_SID_SIZE_MAX, &n_sid));
    ace.size = (uint16_t)((size_t)(sid - bytes) + n_sid);
    bytes[0] = ace.type;
    bytes[1] = ace.flags;
    store_le16(bytes + 2, ace.size);
    store_le32(bytes + ACE_MASK, ace.mask);

    *ret_ace = ace;
    return TSR_OK;
}

static tsr_status entry_check(const tsr_explicit_access *entry)
{
    uint8_t bytes[ENTRY_SIZE_MAX];
    tsr_ace ace;

    /* As a number: the caller's may be none of the enumeration. */
    REQUIRE((unsigned int)entry->mode >= GRANT_ACCESS &&
                (unsigned int)entry->mode <= SET_AUDIT_FAILURE,
            STATUS_INVALID_PARAMETER);
    REQUIRE((entry->inheritance & ~ENTRY_FLAGS) == 0, STATUS_INVALID_PARAMETER);
    return entry_encode(entry, bytes, &ace);
}

static bool is_same_guid(const uint8_t *a, const uint8_t *b)
{
    return a && b ? memcmp(a, b, TSR_GUID_SIZE) == 0 : a == b;
}

/* What an entry does to the ACL: the ACE it makes, and how it treats those that are there. */
struct change {
    const tsr_explicit_access *entry; /* borrowed */
    tsr_ace ace;                      /* with the rights of those that differ in nothing else */
};

static bool removes(const tsr_explicit_access *entry, const tsr_ace *old)
{
    const enum ace_kind kind = ace_kind(old);
    const enum ace_kind as_well = entry->mode == SET_ACCESS ? ACE_KIND_DENY : ACE_KIND_AUDIT;

    if ((entry->mode != SET_ACCESS && entry->mode != REVOKE_ACCESS) || is_inherited(old) ||
        (kind != ACE_KIND_ALLOW && kind != as_well) || !is_of(old, &entry->sid)) {
        return false;
    }
    return !is_object_entry(entry) ||
           (is_same_guid(entry->object_type, old->object_type) &&
            is_same_guid(entry->inherited_object_type, old->inherited_object_type));
}

static bool adds(const tsr_explicit_access *entry)
{
    return entry->mode != REVOKE_ACCESS && entry->mask != 0;
}

/* Whether one ACE can audit what @made and @old, which differ in the outcome, audit: they are about
 * the same rights, or @old covers @made. */
static bool audits_with(const tsr_ace *made, const tsr_ace *old)
{
    return made->mask == old->mask ||
           ((made->mask & ~old->mask) == 0 && (made->flags & ~old->flags) == 0);
}

/* Whether the ACE of @change takes the place of @old. */
static bool replaces(const struct change *change, const tsr_ace *old)
{
    const uint8_t differing = change->ace.flags ^ old->flags;

    if (!adds(change->entry) || change->entry->mode == SET_ACCESS ||
        old->type != change->ace.type || !is_same_body(old, &change->ace)) {
        return false;
    }
    return differing == 0 || (is_audit_entry(change->entry) && (differing & ~AUDIT_FLAGS) == 0 &&
                              audits_with(&change->ace, old));
}

/* Whether @old denies what @change grants, or the other way round, to the same SID and scope. */
static bool opposes(const struct change *change, const tsr_ace *old)
{
    const tsr_access_mode mode = change->entry->mode;
    const tsr_access_mode opposite = mode == GRANT_ACCESS ? DENY_ACCESS : GRANT_ACCESS;

    return (mode == GRANT_ACCESS || mode == DENY_ACCESS) &&
           old->type == type_for(change->entry, opposite) && old->flags == change->ace.flags &&
           is_same_body(old, &change->ace);
}

/* Whether @change leaves anything of @old, and what. */
static bool leaves(const struct change *change, const tsr_ace *old, tsr_ace *ret_rest)
{
    tsr_ace rest = *old;

    if (removes(change->entry, old) || replaces(change, old)) {
        return false;
    }
    if (opposes(change, old)) {
        rest.mask &= ~change->entry->mask;
    }
    if (rest.mask == 0 && old->mask != 0) {
        return false;
    }

    *ret_rest = rest;
    return true;
}

/* The rights of the ACEs that differ from the new one in nothing else. */
static uint32_t replaced_rights(const struct change *change, const tsr_acl *acl)
{
    uint32_t rights = 0;
    size_t offset = 0;
    tsr_ace old;

    while (tsr_acl_next(acl, &offset, &old)) {
        if (replaces(change, &old) && old.flags == change->ace.flags) {
            rights |= old.mask;
        }
    }
    return rights;
}

/* The new ACE, with all that those it replaces said. */
static tsr_ace made_ace(const struct change *change, const tsr_acl *acl)
{
    tsr_ace made = change->ace;
    size_t offset = 0;
    tsr_ace old;

    while (tsr_acl_next(acl, &offset, &old)) {
        if (replaces(change, &old)) {
            made.mask |= old.mask;
            made.flags |= old.flags;
        }
    }
    return made;
}

/* Before which ACE the new one belongs. A denial that goes does not count, or doing the same again
 * would find another place. */
static size_t new_index(const struct change *change, const tsr_acl *acl)
{
    const tsr_access_mode mode = change->entry->mode;
    size_t index = 0;
    size_t offset = 0;
    tsr_ace rest;
    tsr_ace ace;

    for (size_t i = 1; tsr_acl_next(acl, &offset, &ace); i++) {
        if ((mode == GRANT_ACCESS || mode == SET_ACCESS) && ace_group(&ace) == EXPLICIT_DENIALS &&
            leaves(change, &ace, &rest)) {
            index = i;
        }
    }
    return index;
}

/* Write what @change makes of @acl, with its new ACE as @made. */
static void write_changed(const struct change *change, const tsr_ace *made, const tsr_acl *acl,
                          tsr_acl_builder *builder)
{
    const size_t index = adds(change->entry) ? new_index(change, acl) : SIZE_MAX;
    size_t offset = 0;
    size_t i = 0;
    tsr_ace rest;
    tsr_ace old;

    for (; tsr_acl_next(acl, &offset, &old); i++) {
        if (i == index) {
            write_ace(builder, made);
        }
        if (leaves(change, &old, &rest)) {
            write_ace(builder, &rest);
        }
    }
    if (i == index) {
        write_ace(builder, made);
    }
}

static tsr_status apply(struct draft *draft, const tsr_explicit_access *entry)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    struct change change = {.entry = entry};
    uint8_t bytes[ENTRY_SIZE_MAX];
    tsr_ace made;

    TRY(entry_encode(entry, bytes, &change.ace));
    change.ace.mask |= replaced_rights(&change, &draft->acl);
    made = made_ace(&change, &draft->acl);
    write_changed(&change, &made, &draft->acl, &builder);
    return draft_step(draft, &builder);
}

tsr_status tsr_acl_set_entries(const tsr_acl *acl, const tsr_explicit_access *entries,
                               size_t n_entries, uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    const tsr_acl empty = {0};

    for (size_t i = 0; i < n_entries; i++) {
        TRY(entry_check(&entries[i]));
    }
    TRY(draft_copy(&draft, acl ? acl : &empty));
    for (size_t i = 0; i < n_entries; i++) {
        TRY(apply(&draft, &entries[i]));
    }

    draft_finish(&draft, ret_bytes, ret_acl);
    return TSR_OK;
}
