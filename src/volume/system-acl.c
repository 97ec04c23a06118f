/* SPDX-License-Identifier: MIT */
/* The hash of a file's mode and POSIX ACLs: Samba's smb_acl_wrapper in NDR, then SHA-256. */

#include "volume/system-acl.h"

#include <stdbool.h>
#include <stdlib.h>

#include <nettle/sha2.h>

#include "base/check.h"
#include "base/writer.h"
#include "volume/posix-acl.h"

#define ACCESS_REFERENT  0x00020000u
#define DEFAULT_REFERENT 0x00020004u

_Static_assert(NTACL_HASH_SIZE == SHA256_DIGEST_SIZE, "the hash is SHA-256");

/* What Samba calls the tags of acl(5). */
enum samba_tag {
    SAMBA_INVALID = 0,
    SAMBA_USER = 1,
    SAMBA_USER_OBJ = 2,
    SAMBA_GROUP = 3,
    SAMBA_GROUP_OBJ = 4,
    SAMBA_OTHER = 5,
    SAMBA_MASK = 6,
};

static enum samba_tag samba_tag(uint16_t tag)
{
    switch (tag) {
    case ACL_USER_OBJ:
        return SAMBA_USER_OBJ;
    case ACL_USER:
        return SAMBA_USER;
    case ACL_GROUP_OBJ:
        return SAMBA_GROUP_OBJ;
    case ACL_GROUP:
        return SAMBA_GROUP;
    case ACL_MASK:
        return SAMBA_MASK;
    case ACL_OTHER:
        return SAMBA_OTHER;
    }
    return SAMBA_INVALID; /* not reached: posix_acl_decode() knows no other */
}

static void align(struct writer *writer, size_t to)
{
    writer_zeros(writer, -writer->size & (to - 1));
}

static void write_entry(struct writer *writer, const struct posix_acl_entry *entry)
{
    const uint16_t tag = (uint16_t)samba_tag(entry->tag);

    align(writer, 8);
    writer_le16(writer, tag);
    writer_le16(writer, tag); /* of the union that may hold an id */
    if (tag == SAMBA_USER || tag == SAMBA_GROUP) {
        align(writer, 8);
        writer_le64(writer, entry->id);
    }
    writer_le32(writer, entry->perms);
}

static int compare_entries(const void *a, const void *b)
{
    const struct posix_acl_entry *left = a;
    const struct posix_acl_entry *right = b;

    if (left->tag != right->tag) {
        return left->tag < right->tag ? -1 : 1;
    }
    return left->id < right->id ? -1 : left->id > right->id;
}

/* Samba gets its entries from libacl, which sorts users and groups; the tags are in order already.
 */
static void sort_entries(struct posix_acl *acl)
{
    if (acl->n_entries > 0) {
        qsort(acl->entries, acl->n_entries, sizeof(*acl->entries), compare_entries);
    }
}

static void write_acl(struct writer *writer, const struct posix_acl *acl)
{
    align(writer, 4);
    writer_le32(writer, (uint32_t)acl->n_entries);
    align(writer, 8);
    writer_le32(writer, (uint32_t)acl->n_entries);
    writer_le32(writer, 0);
    for (size_t i = 0; i < acl->n_entries; i++) {
        write_entry(writer, &acl->entries[i]);
    }
}

tsr_status system_acl_access(const struct system_acl *acl, struct posix_acl *ret_acl)
{
    if (!acl->access_acl) {
        return posix_acl_of_mode(acl->attributes.st_mode, ret_acl);
    }
    return posix_acl_decode(acl->access_acl, acl->n_access_acl, ret_acl);
}

/* No entries where there is no default ACL: that is how Samba sees a directory without one. */
static tsr_status read_default(const struct system_acl *acl, struct posix_acl *ret_acl)
{
    if (!acl->default_acl) {
        *ret_acl = (struct posix_acl){0};
        return TSR_OK;
    }
    return posix_acl_decode(acl->default_acl, acl->n_default_acl, ret_acl);
}

tsr_status system_acl_hash(const struct system_acl *acl, uint8_t ret_hash[NTACL_HASH_SIZE])
{
    CLEANUP(posix_acl_deinit) struct posix_acl access = {0};
    CLEANUP(posix_acl_deinit) struct posix_acl defaults = {0};
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    struct sha256_ctx context;
    const bool is_directory = S_ISDIR(acl->attributes.st_mode);
    size_t size;

    TRY(system_acl_access(acl, &access));
    TRY(read_default(acl, &defaults));
    sort_entries(&access);
    sort_entries(&defaults);

    writer_le32(&writer, ACCESS_REFERENT);
    writer_le32(&writer, is_directory ? DEFAULT_REFERENT : 0);
    writer_le64(&writer, acl->attributes.st_uid);
    writer_le64(&writer, acl->attributes.st_gid);
    writer_le32(&writer, acl->attributes.st_mode);
    write_acl(&writer, &access);
    if (is_directory) {
        write_acl(&writer, &defaults);
    }
    TRY(writer_finish(&writer, &bytes, &size));

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, NTACL_HASH_SIZE, ret_hash);
    return TSR_OK;
}
