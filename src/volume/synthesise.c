/* SPDX-License-Identifier: MIT */
/*
 * The descriptor that mode bits and POSIX ACLs amount to.
 *
 * POSIX picks one class for a process and asks only that; an access check lets the first ACE that
 * speaks of a right decide it. The same answers come out of ACEs in the order of the classes, if
 * whoever is in a class is also denied what it lacks and a later class would give:
 *
 *     SYSTEM
 *     the owner, each named user: denied, allowed
 *     all groups: allowed      whichever group allows, it does (acl(5), ACCESS CHECK ALGORITHM)
 *     all groups: denied       no member of any falls through to Everyone
 *     Everyone: allowed
 */

#include "volume/system-acl.h"

#include <stdbool.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>

#include "base/check.h"

/* stat(2) asks for nothing of the file itself. */
#define RIGHTS_OF_ALL (READ_CONTROL | FILE_READ_ATTRIBUTES | SYNCHRONIZE)
/* chmod, chgrp, utimes: whoever owns it, whatever the mode. */
#define RIGHTS_OF_OWNER (WRITE_DAC | WRITE_OWNER | FILE_WRITE_ATTRIBUTES | READ_CONTROL)
/* readlink(2) does not look at the mode. */
#define RIGHTS_ON_LINK (FILE_READ_DATA | FILE_READ_EA)

#define PERMS_ALL (ACL_READ | ACL_WRITE | ACL_EXECUTE)

/* What the permission bits of one type of file stand for; no right belongs to two of them. */
struct perm_rights {
    uint32_t read;
    uint32_t write;
    uint32_t execute;
};

static const struct perm_rights file_rights = {
    .read = FILE_READ_DATA | FILE_READ_EA,
    .write = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA,
    .execute = FILE_EXECUTE,
};

/* Entries are removed by whoever may write the directory, so no file's mode says DELETE. */
static const struct perm_rights directory_rights = {
    .read = FILE_LIST_DIRECTORY | FILE_READ_EA,
    .write = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_EA,
    .execute = FILE_TRAVERSE,
};

/* A descriptor being made. */
struct synthesis {
    const struct stat *attributes;
    const tsr_resolver *resolver;
    struct posix_acl acl; /* owned; entries masked, and all with their ids */
    unsigned int other;   /* what Everyone may get */
    unsigned int below;   /* what a user might get as a member of groups, or as Everyone */
    tsr_acl_builder dacl;
};

static void synthesis_deinit(struct synthesis *synthesis)
{
    posix_acl_deinit(&synthesis->acl);
    tsr_acl_builder_deinit(&synthesis->dacl);
}

static inline void cleanup_synthesis_deinit(struct synthesis *synthesis)
{
    synthesis_deinit(synthesis);
}

static uint32_t rights_of(const struct synthesis *synthesis, unsigned int perms)
{
    const struct perm_rights *rights =
        S_ISDIR(synthesis->attributes->st_mode) ? &directory_rights : &file_rights;
    uint32_t mask = 0;

    mask |= perms & ACL_READ ? rights->read : 0;
    mask |= perms & ACL_WRITE ? rights->write : 0;
    mask |= perms & ACL_EXECUTE ? rights->execute : 0;
    return mask;
}

/* An ACE, unless it would change nothing: SYSTEM has everything already, and nobody is S-1-0-0. */
static void add(struct synthesis *synthesis, tsr_ace_type type, uint32_t mask, const tsr_sid *sid)
{
    const tsr_sid nobody = TSR_SID_NULL;
    const tsr_sid system = TSR_SID_SYSTEM;

    if (mask != 0 && !tsr_sid_equal(sid, &system) && !tsr_sid_equal(sid, &nobody)) {
        tsr_acl_builder_add(&synthesis->dacl, type, 0, mask, sid);
    }
}

static bool is_user(const struct posix_acl_entry *entry)
{
    return entry->tag == ACL_USER_OBJ || entry->tag == ACL_USER;
}

static bool is_group(const struct posix_acl_entry *entry)
{
    return entry->tag == ACL_GROUP_OBJ || entry->tag == ACL_GROUP;
}

/* Whether the user of an entry is decided by an earlier one: he is the owner, or named again. */
static bool is_shadowed(const struct posix_acl *acl, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_user(&acl->entries[i]) && acl->entries[i].id == acl->entries[index].id) {
            return true;
        }
    }
    return false;
}

static void add_user(struct synthesis *synthesis, const struct posix_acl_entry *entry)
{
    const uint32_t own = entry->tag == ACL_USER_OBJ ? RIGHTS_OF_OWNER : 0;
    const unsigned int lacks = synthesis->below & ~(unsigned int)entry->perms;
    tsr_sid sid;

    tsr_resolver_sid_of_uid(synthesis->resolver, entry->id, &sid);
    add(synthesis, ACCESS_DENIED_ACE_TYPE, rights_of(synthesis, lacks), &sid);
    add(synthesis, ACCESS_ALLOWED_ACE_TYPE, rights_of(synthesis, entry->perms) | own, &sid);
}

static void add_group(struct synthesis *synthesis, const struct posix_acl_entry *entry,
                      tsr_ace_type type, unsigned int perms)
{
    tsr_sid sid;

    tsr_resolver_sid_of_gid(synthesis->resolver, entry->id, &sid);
    add(synthesis, type, rights_of(synthesis, perms), &sid);
}

static void add_classes(struct synthesis *synthesis)
{
    const struct posix_acl *acl = &synthesis->acl;
    const struct posix_acl_entry *entry;

    for (size_t i = 0; i < acl->n_entries; i++) {
        if (is_user(&acl->entries[i]) && !is_shadowed(acl, i)) {
            add_user(synthesis, &acl->entries[i]);
        }
    }
    for (size_t i = 0; i < acl->n_entries; i++) {
        entry = &acl->entries[i];
        if (is_group(entry)) {
            add_group(synthesis, entry, ACCESS_ALLOWED_ACE_TYPE, entry->perms);
        }
    }
    for (size_t i = 0; i < acl->n_entries; i++) {
        entry = &acl->entries[i];
        if (is_group(entry)) {
            add_group(synthesis, entry, ACCESS_DENIED_ACE_TYPE, synthesis->other & ~entry->perms);
        }
    }
}

static unsigned int mask_of(const struct posix_acl *acl)
{
    for (size_t i = 0; i < acl->n_entries; i++) {
        if (acl->entries[i].tag == ACL_MASK) {
            return acl->entries[i].perms;
        }
    }
    return PERMS_ALL;
}

/* Masked, and with ids also where the tag alone says whose the entry is. */
static void settle_entry(struct posix_acl_entry *entry, unsigned int mask,
                         const struct stat *attributes)
{
    if (entry->tag == ACL_USER_OBJ) {
        entry->id = attributes->st_uid;
    }
    if (entry->tag == ACL_GROUP_OBJ) {
        entry->id = attributes->st_gid;
    }
    if (entry->tag == ACL_USER || is_group(entry)) {
        entry->perms &= (uint16_t)mask;
    }
}

/*
 * A tag may be a file's group, but it has no SID by which a process with it could be told from the
 * others: so nobody gets more than that group would.
 */
static void narrow_other(struct synthesis *synthesis)
{
    const struct posix_acl *acl = &synthesis->acl;
    const tsr_sid nobody = TSR_SID_NULL;
    tsr_sid sid;

    for (size_t i = 0; i < acl->n_entries; i++) {
        if (!is_group(&acl->entries[i])) {
            continue;
        }
        tsr_resolver_sid_of_gid(synthesis->resolver, acl->entries[i].id, &sid);
        if (tsr_sid_equal(&sid, &nobody)) {
            synthesis->other &= acl->entries[i].perms;
        }
    }
}

/* The classes of a file that is no symbolic link. */
static tsr_status read_classes(struct synthesis *synthesis, const struct system_acl *acl)
{
    struct posix_acl *classes = &synthesis->acl;
    unsigned int mask;

    TRY(system_acl_access(acl, classes));
    mask = mask_of(classes);
    for (size_t i = 0; i < classes->n_entries; i++) {
        settle_entry(&classes->entries[i], mask, synthesis->attributes);
    }

    synthesis->other = classes->entries[classes->n_entries - 1].perms;
    narrow_other(synthesis);
    synthesis->below = synthesis->other;
    for (size_t i = 0; i < classes->n_entries; i++) {
        synthesis->below |= is_group(&classes->entries[i]) ? classes->entries[i].perms : 0;
    }
    return TSR_OK;
}

static tsr_status build_dacl(struct synthesis *synthesis, const struct system_acl *acl,
                             const tsr_sid *owner)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_sid system = TSR_SID_SYSTEM;

    tsr_acl_builder_add(&synthesis->dacl, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_ALL_ACCESS, &system);
    if (S_ISLNK(synthesis->attributes->st_mode)) {
        add(synthesis, ACCESS_ALLOWED_ACE_TYPE, RIGHTS_OF_OWNER, owner);
        add(synthesis, ACCESS_ALLOWED_ACE_TYPE, RIGHTS_ON_LINK | RIGHTS_OF_ALL, &everyone);
        return TSR_OK;
    }

    TRY(read_classes(synthesis, acl));
    add_classes(synthesis);
    add(synthesis, ACCESS_ALLOWED_ACE_TYPE, rights_of(synthesis, synthesis->other) | RIGHTS_OF_ALL,
        &everyone);
    return TSR_OK;
}

tsr_status system_acl_descriptor(const struct system_acl *acl, const tsr_resolver *resolver,
                                 uint8_t **ret_sd, size_t *ret_size)
{
    CLEANUP(synthesis_deinit)
    struct synthesis synthesis = {.attributes = &acl->attributes, .resolver = resolver};
    CLEANUP(free) uint8_t *dacl = NULL;
    tsr_sd_parts parts = {.has_dacl = true};
    tsr_sid owner;
    tsr_sid group;

    tsr_resolver_sid_of_uid(resolver, acl->attributes.st_uid, &owner);
    tsr_resolver_sid_of_gid(resolver, acl->attributes.st_gid, &group);
    TRY(build_dacl(&synthesis, acl, &owner));
    TRY(tsr_acl_builder_finish(&synthesis.dacl, &dacl, &parts.dacl));

    parts.owner = &owner;
    parts.group = &group;
    return tsr_sd_build(&parts, ret_sd, ret_size);
}
