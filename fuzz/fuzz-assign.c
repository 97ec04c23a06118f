/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: descriptors of parents and children from strangers.
 *
 * Input: u32 information, u32 flags, u8 choice, u16 length of the parent's descriptor, that
 * descriptor, then the creator's or child's. What is made of them by assigning, changing,
 * converting and propagating must be valid; propagating must be done in one go, find nothing to do
 * on what was just made, and leave alone what is protected.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/assign.h>

#include "base/check.h"
#include "base/cursor.h"
#include "sec/assign.h"

#define N_TYPES_MAX 4

/* What is known, and a little more. */
#define INFORMATION 0xf00100ffu
#define FLAGS       0x3fffu

#define AUTO_INHERIT (SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What one input says. */
struct family {
    uint32_t information;
    uint32_t flags;
    bool is_container;
    bool has_server;
    bool is_appcontainer;
    bool is_strict; /* the assigner may own nothing, and set no DACL */
    tsr_sd parent;
    tsr_sd child;
    tsr_guid types[N_TYPES_MAX];
    size_t n_types;
};

/* A descriptor that was made. */
struct made {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
};

static const tsr_generic_mapping mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                            FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
static const tsr_sid server = {5, 1, {19}};

static void cleanup_made_deinit(struct made *made)
{
    free(made->bytes);
}

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A result must be whole; a failure must have left the outputs alone. */
static bool is_made(tsr_status status, struct made *made)
{
    if (tsr_failed(status)) {
        expect(!made->bytes && made->size == 0);
        return false;
    }
    expect(tsr_ok(tsr_sd_view(made->bytes, made->size, &made->sd)));
    return true;
}

static bool same_acl(const tsr_acl *a, const tsr_acl *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static bool has_inherited(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (ace.flags & INHERITED_ACE) {
            return true;
        }
    }
    return false;
}

/* The object is of the types that the parent's ACEs speak of, or none would ever match. */
static void collect_types(struct family *family, uint8_t choice)
{
    size_t offset = 0;
    tsr_ace ace;

    while (family->n_types < (choice & 3u) && tsr_acl_next(&family->parent.dacl, &offset, &ace)) {
        if (ace.inherited_object_type) {
            memcpy(family->types[family->n_types++].bytes, ace.inherited_object_type,
                   TSR_GUID_SIZE);
        }
    }
}

static bool read_family(struct cursor *cursor, struct family *ret_family)
{
    const uint8_t *bytes;
    uint16_t n_parent;
    uint8_t choice;

    if (tsr_failed(cursor_le32(cursor, &ret_family->information)) ||
        tsr_failed(cursor_le32(cursor, &ret_family->flags)) ||
        tsr_failed(cursor_u8(cursor, &choice)) || tsr_failed(cursor_le16(cursor, &n_parent)) ||
        tsr_failed(cursor_bytes(cursor, n_parent, &bytes)) ||
        tsr_failed(tsr_sd_view(bytes, n_parent, &ret_family->parent)) ||
        tsr_failed(tsr_sd_view(cursor->at, cursor->n_left, &ret_family->child))) {
        return false;
    }
    ret_family->information &= INFORMATION;
    ret_family->flags &= FLAGS;
    ret_family->is_container = choice & 4;
    ret_family->has_server = choice & 8;
    ret_family->is_appcontainer = choice & 16;
    ret_family->is_strict = choice & 32;
    collect_types(ret_family, choice);
    return true;
}

static bool answer(const void *context, const tsr_sid *sid)
{
    (void)sid;
    return !((const struct family *)context)->is_strict;
}

static bool answer_dac(const void *context, const tsr_sd *sd, const tsr_generic_mapping *rights)
{
    expect(sd->owner && sd->group && sd->dacl.bytes && rights);
    return !((const struct family *)context)->is_strict;
}

static tsr_heritage heritage_of(const struct family *family, const tsr_sd *child)
{
    return (tsr_heritage){.parent = &family->parent,
                          .child = child,
                          .is_container = family->is_container,
                          .types = family->types,
                          .n_types = family->n_types,
                          .mapping = &mapping,
                          .server_owner = family->has_server ? &server : NULL,
                          .server_group = family->has_server ? &server : NULL};
}

static void check_propagate(const struct family *family, const tsr_sd *child)
{
    const tsr_heritage heritage = heritage_of(family, child);
    CLEANUP(made_deinit) struct made once = {0};
    CLEANUP(made_deinit) struct made twice = {0};
    tsr_heritage again = heritage;
    bool changed;

    if (!is_made(tsr_sd_propagate(&heritage, &once.bytes, &once.size, &changed), &once)) {
        return;
    }
    expect(!(child->control & SE_DACL_PROTECTED) || same_acl(&child->dacl, &once.sd.dacl));
    expect(!(child->control & SE_SACL_PROTECTED) || same_acl(&child->sacl, &once.sd.sacl));
    expect(changed ||
           (same_acl(&child->dacl, &once.sd.dacl) && same_acl(&child->sacl, &once.sd.sacl)));

    again.child = &once.sd;
    expect(is_made(tsr_sd_propagate(&again, &twice.bytes, &twice.size, &changed), &twice));
    expect(!changed && once.size == twice.size && memcmp(once.bytes, twice.bytes, once.size) == 0);
}

/* What was just made by auto-inheritance, or converted to it, is up to date; but for ACLs that are
 * not there: a creator may ask for the NULL DACL, and conversion makes no ACL. */
static void check_newborn(const struct family *family, const tsr_sd *born, bool converted)
{
    const tsr_heritage heritage = heritage_of(family, born);
    CLEANUP(made_deinit) struct made made = {0};
    bool changed;

    if (is_made(tsr_sd_propagate(&heritage, &made.bytes, &made.size, &changed), &made)) {
        expect(!changed || !born->dacl.bytes || (converted && !born->sacl.bytes));
    }
}

static void check_assign(const struct family *family)
{
    const tsr_sid user = TSR_SID(5, 21, 1, 2, 3, 1000);
    const tsr_sid level = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const tsr_sid package = TSR_SID(15, 2, 1, 2, 3, 4, 5, 6, 7);
    const struct assigner assigner = {.user = &user,
                                      .owner = &user,
                                      .primary_group = &user,
                                      .integrity = &level,
                                      .package = family->is_appcontainer ? &package : NULL,
                                      .may_own = answer,
                                      .may_write_dac = answer_dac,
                                      .context = family};
    const tsr_change_request change = {.information = family->information,
                                       .change = &family->child,
                                       .flags = family->flags,
                                       .mapping = &mapping};
    const tsr_assign_request request = {.parent = &family->parent,
                                        .creator = &family->child,
                                        .is_container = family->is_container,
                                        .types = family->types,
                                        .n_types = family->n_types,
                                        .flags = family->flags,
                                        .mapping = &mapping,
                                        .server_owner = &server,
                                        .server_group = &server};
    CLEANUP(made_deinit) struct made assigned = {0};
    CLEANUP(made_deinit) struct made changed = {0};

    if (is_made(sd_assign(&assigner, &request, &assigned.bytes, &assigned.size), &assigned) &&
        (family->flags & AUTO_INHERIT) == AUTO_INHERIT && family->has_server) {
        check_newborn(family, &assigned.sd, false);
    }
    (void)is_made(sd_change(&assigner, &family->parent, &change, &changed.bytes, &changed.size),
                  &changed);
}

static void check_convert(const struct family *family)
{
    const uint32_t both = DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    const tsr_heritage heritage = heritage_of(family, &family->child);
    CLEANUP(made_deinit) struct made converted = {0};
    CLEANUP(made_deinit) struct made flat = {0};

    if (is_made(tsr_sd_convert_to_auto_inherit(&heritage, both, &converted.bytes, &converted.size),
                &converted)) {
        expect(converted.sd.dacl.n_aces == family->child.dacl.n_aces);
        expect(converted.sd.sacl.n_aces == family->child.sacl.n_aces);
        expect(!converted.sd.has_dacl || converted.sd.control & SE_DACL_AUTO_INHERITED);
        check_newborn(family, &converted.sd, true);
    }
    expect(is_made(tsr_sd_make_explicit(&family->child, both, &flat.bytes, &flat.size), &flat));
    expect(!has_inherited(&flat.sd.dacl) && !has_inherited(&flat.sd.sacl));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor cursor = cursor_over(data, size);
    struct family family = {0};

    if (read_family(&cursor, &family)) {
        check_assign(&family);
        check_propagate(&family, &family.child);
        check_convert(&family);
    }
    return 0;
}
