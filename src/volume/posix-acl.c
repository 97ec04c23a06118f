/* SPDX-License-Identifier: MIT */
/* POSIX ACLs as their xattrs hold them. */

#include "volume/posix-acl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include <linux/posix_acl_xattr.h>

#include <tessera/linux.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/writer.h"
#include "volume/xattr.h"

#define PERMS_ALL (ACL_READ | ACL_WRITE | ACL_EXECUTE)

void posix_acl_deinit(struct posix_acl *acl)
{
    free(acl->entries);
    *acl = (struct posix_acl){0};
}

/* Step over one entry of this tag, if it is next. */
static bool take(const struct posix_acl *acl, uint16_t tag, size_t *index)
{
    if (*index == acl->n_entries || acl->entries[*index].tag != tag) {
        return false;
    }
    (*index)++;
    return true;
}

static size_t take_all(const struct posix_acl *acl, uint16_t tag, size_t *index)
{
    const size_t first = *index;

    while (take(acl, tag, index)) {
    }
    return *index - first;
}

/* The order that the kernel insists on, and what acl(5) calls a valid ACL. */
static tsr_status check_order(const struct posix_acl *acl)
{
    size_t n_named = 0;
    size_t index = 0;

    REQUIRE(take(acl, ACL_USER_OBJ, &index), STATUS_DATA_ERROR);
    n_named += take_all(acl, ACL_USER, &index);
    REQUIRE(take(acl, ACL_GROUP_OBJ, &index), STATUS_DATA_ERROR);
    n_named += take_all(acl, ACL_GROUP, &index);
    REQUIRE(take(acl, ACL_MASK, &index) || n_named == 0, STATUS_DATA_ERROR);
    REQUIRE(take(acl, ACL_OTHER, &index), STATUS_DATA_ERROR);
    REQUIRE(index == acl->n_entries, STATUS_DATA_ERROR);
    return TSR_OK;
}

static tsr_status read_entry(struct cursor *cursor, struct posix_acl_entry *ret_entry)
{
    TRY(cursor_le16(cursor, &ret_entry->tag));
    TRY(cursor_le16(cursor, &ret_entry->perms));
    TRY(cursor_le32(cursor, &ret_entry->id));
    REQUIRE((ret_entry->perms & ~PERMS_ALL) == 0, STATUS_DATA_ERROR);
    return TSR_OK;
}

tsr_status posix_acl_decode(const void *bytes, size_t size, struct posix_acl *ret_acl)
{
    CLEANUP(posix_acl_deinit) struct posix_acl acl = {0};
    struct cursor cursor = cursor_over(bytes, size);
    uint32_t version;

    TRY(cursor_le32(&cursor, &version));
    REQUIRE(version == POSIX_ACL_XATTR_VERSION, STATUS_DATA_ERROR);
    acl.n_entries = cursor.n_left / sizeof(struct posix_acl_xattr_entry);
    acl.entries = array_new(acl.n_entries, sizeof(*acl.entries));
    REQUIRE(acl.entries, STATUS_NO_MEMORY);
    for (size_t i = 0; i < acl.n_entries; i++) {
        TRY(read_entry(&cursor, &acl.entries[i]));
    }
    REQUIRE(cursor.n_left == 0, STATUS_DATA_ERROR);
    TRY(check_order(&acl));

    *ret_acl = acl;
    acl.entries = NULL;
    return TSR_OK;
}

tsr_status posix_acl_of_mode(mode_t mode, struct posix_acl *ret_acl)
{
    struct posix_acl_entry *entries = array_new(3, sizeof(*entries));

    REQUIRE(entries, STATUS_NO_MEMORY);

    entries[0] = (struct posix_acl_entry){.tag = ACL_USER_OBJ, .perms = mode >> 6 & PERMS_ALL};
    entries[1] = (struct posix_acl_entry){.tag = ACL_GROUP_OBJ, .perms = mode >> 3 & PERMS_ALL};
    entries[2] = (struct posix_acl_entry){.tag = ACL_OTHER, .perms = mode & PERMS_ALL};
    *ret_acl = (struct posix_acl){.entries = entries, .n_entries = 3};
    return TSR_OK;
}

/* The entry that the middle digit of a mode shows: the mask, or the owning group's without one. */
static struct posix_acl_entry *entry_of_group_bits(struct posix_acl *acl)
{
    struct posix_acl_entry *found = NULL;

    for (size_t i = 0; i < acl->n_entries; i++) {
        if (acl->entries[i].tag == ACL_MASK || (acl->entries[i].tag == ACL_GROUP_OBJ && !found)) {
            found = &acl->entries[i];
        }
    }
    return found;
}

/* Take from a valid ACL what @mode does not ask for. @return the permission bits it then shows */
static mode_t limit_to_mode(struct posix_acl *acl, mode_t mode)
{
    struct posix_acl_entry *user = &acl->entries[0];
    struct posix_acl_entry *group = entry_of_group_bits(acl);
    struct posix_acl_entry *other = &acl->entries[acl->n_entries - 1];

    user->perms &= mode >> 6 & PERMS_ALL;
    group->perms &= mode >> 3 & PERMS_ALL;
    other->perms &= mode & PERMS_ALL;
    return (mode_t)(user->perms << 6 | group->perms << 3 | other->perms);
}

static tsr_status acl_set(const char *path, const char *name, const struct posix_acl *acl)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    writer_le32(&writer, POSIX_ACL_XATTR_VERSION);
    for (size_t i = 0; i < acl->n_entries; i++) {
        writer_le16(&writer, acl->entries[i].tag);
        writer_le16(&writer, acl->entries[i].perms);
        writer_le32(&writer, acl->entries[i].id);
    }
    TRY(writer_finish(&writer, &bytes, &size));
    /* Safe because the object was made by us for its caller; needs CAP_FOWNER. */
    return setxattr(path, name, bytes, size, 0) == 0 ? TSR_OK : tsr_status_of_errno(errno);
}

tsr_status posix_acl_inherit(const char *directory, const char *object, struct stat *attributes,
                             bool *ret_inherited)
{
    CLEANUP(xattr_value_deinit) struct xattr_value value = {0};
    CLEANUP(posix_acl_deinit) struct posix_acl acl = {0};
    const tsr_status status = xattr_read(directory, "system.posix_acl_default", &value);

    if (status.code == STATUS_NO_EAS_ON_FILE) {
        *ret_inherited = false;
        return TSR_OK;
    }
    TRY(status);
    TRY(posix_acl_decode(xattr_value_bytes(&value), value.size, &acl));
    if (S_ISDIR(attributes->st_mode)) {
        TRY(acl_set(object, "system.posix_acl_default", &acl));
    }
    attributes->st_mode =
        (attributes->st_mode & ~(mode_t)0777) | limit_to_mode(&acl, attributes->st_mode);
    TRY(acl_set(object, "system.posix_acl_access", &acl));

    *ret_inherited = true;
    return TSR_OK;
}
