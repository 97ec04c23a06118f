/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: descriptors under the names that tools know, and the user's own.
 *
 * A descriptor's names are never listed, and never reach the backing file as they are: every read
 * returns the parts that were asked for, every write replaces these and nothing else.
 */

#include "volume/volume.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <tessera/assign.h>

#include "volume/ntacl.h"

#define OWNER_GROUP_DACL \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)
#define WHOLE_SACL                                                                             \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)
#define XATTR_SIZE_LIMIT 65536

enum sd_form {
    SD_FORM_PLAIN, /* a self-relative descriptor */
    SD_FORM_NTACL, /* Samba's blob */
};

/* A name under which a descriptor, or part of it, is read and written. */
struct sd_name {
    const char *name;
    uint32_t get;
    uint32_t set;
    enum sd_form form;
    bool as_present; /* the SACL belongs to it where the caller may see it, or gives one */
};

static const struct sd_name sd_names[] = {
    {.name = "system.cifs_acl", .get = OWNER_GROUP_DACL, .set = DACL_SECURITY_INFORMATION},
    {.name = "system.cifs_ntsd", .get = OWNER_GROUP_DACL, .set = OWNER_GROUP_DACL},
    {.name = "system.cifs_ntsd_full",
     .get = OWNER_GROUP_DACL | WHOLE_SACL,
     .set = OWNER_GROUP_DACL | WHOLE_SACL},
    {.name = "system.ntfs_acl",
     .get = OWNER_GROUP_DACL,
     .set = OWNER_GROUP_DACL,
     .as_present = true},
    {.name = NTACL_XATTR,
     .get = OWNER_GROUP_DACL | WHOLE_SACL,
     .set = OWNER_GROUP_DACL | WHOLE_SACL,
     .form = SD_FORM_NTACL},
};

/* SECURITY_INFORMATION of the letters behind TSR_VOLUME_SD_XATTR; 0 if they are wrong. */
static uint32_t information_of(const char *letters)
{
    static const char known[] = "OGDSL";
    static const uint32_t parts[] = {OWNER_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION,
                                     DACL_SECURITY_INFORMATION, SACL_SECURITY_INFORMATION,
                                     LABEL_SECURITY_INFORMATION};
    uint32_t information = 0;
    const char *at;

    for (; *letters != '\0'; letters++) {
        at = strchr(known, *letters);
        if (!at || information & parts[at - known]) {
            return 0;
        }
        information |= parts[at - known];
    }
    return information;
}

static bool sd_name_find(const char *name, struct sd_name *ret_name)
{
    const size_t n_prefix = strlen(TSR_VOLUME_SD_XATTR);

    for (size_t i = 0; i < ARRAY_SIZE(sd_names); i++) {
        if (strcmp(sd_names[i].name, name) == 0) {
            *ret_name = sd_names[i];
            return true;
        }
    }
    if (strncmp(name, TSR_VOLUME_SD_XATTR, n_prefix) == 0 && information_of(name + n_prefix) != 0) {
        *ret_name = (struct sd_name){
            .name = name,
            .get = information_of(name + n_prefix),
            .set = information_of(name + n_prefix),
        };
        return true;
    }
    return false;
}

static bool is_user_name(const char *name)
{
    return strncmp(name, "user.", 5) == 0;
}

/* The parts of a node's descriptor that a name stands for, in its form. */
static tsr_status sd_get(const struct op *op, struct node *node, const struct sd_name *name,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    uint32_t information = name->get;
    size_t size;

    TRY(sd_load(op->volume, node, &sd));
    if (name->as_present && tsr_ok(judge(op, &sd, tsr_sd_query_rights(WHOLE_SACL)))) {
        information |= WHOLE_SACL;
    }
    TRY(judge(op, &sd, tsr_sd_query_rights(information)));
    /* Samba falls back to the mode by itself where there is no blob. */
    REQUIRE(name->form != SD_FORM_NTACL || sd.stored, STATUS_NO_EAS_ON_FILE);
    TRY(tsr_sd_select(&sd.sd, information, &bytes, &size));
    if (name->form == SD_FORM_NTACL) {
        return sd_encode(node_fd(node), &sd.attributes, bytes, size, ret_bytes, ret_size);
    }

    *ret_bytes = STEAL(bytes);
    *ret_size = size;
    return TSR_OK;
}

/* Whom the backing file is to belong to: the descriptor's owner and group, where they are ids. */
static tsr_status owner_of_sd(const struct op *op, const tsr_sd *sd, uint32_t information,
                              struct stat *attributes)
{
    gid_t gid;
    tsr_sid sid;

    if (information & OWNER_SECURITY_INFORMATION && sd->owner) {
        TRY(tsr_sid_decode(sd->owner, TSR_SID_SIZE_MAX, &sid, NULL));
        (void)tsr_resolver_uid_of_sid(op->volume->resolver, &sid, &attributes->st_uid);
    }
    if (information & GROUP_SECURITY_INFORMATION && sd->group) {
        TRY(tsr_sid_decode(sd->group, TSR_SID_SIZE_MAX, &sid, NULL));
        if (tsr_resolver_gid_of_sid(op->volume->resolver, &sid, &gid) &&
            tsr_ok(judge_group(op, gid))) {
            attributes->st_gid = gid;
        }
    }
    return TSR_OK;
}

/*
 * What stands in for a descriptor that is corrupt, or missing where policy denies: one that gives
 * nobody anything. Only a caller with SeRestorePrivilege may replace it, and only whole, so that
 * nothing depends on what is lost.
 */
static tsr_status sd_lost(const struct op *op, struct node *node, uint32_t information,
                          struct object_sd *ret_sd)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {.stored = true};
    const tsr_sid system = TSR_SID_SYSTEM;
    uint8_t nobody[] = {ACL_REVISION, 0, 8, 0, 0, 0, 0, 0};
    const tsr_sd_parts parts = {.owner = &system,
                                .group = &system,
                                .has_dacl = true,
                                .dacl = {.bytes = nobody, .size = sizeof(nobody)}};

    REQUIRE((information & OWNER_GROUP_DACL) == OWNER_GROUP_DACL &&
                tsr_token_enabled_privileges(op->caller.token) &
                    TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE),
            STATUS_ACCESS_DENIED);
    TRY(node_stat(node, &sd.attributes));
    TRY(tsr_sd_build(&parts, &sd.bytes, &sd.size));
    TRY(tsr_sd_view(sd.bytes, sd.size, &sd.sd));

    *ret_sd = sd;
    sd.bytes = NULL;
    return TSR_OK;
}

/* The descriptor that a change starts from, if the caller may make the change. */
static tsr_status sd_for_change(const struct op *op, struct node *node, uint32_t information,
                                struct object_sd *ret_sd)
{
    const tsr_status status = sd_load(op->volume, node, ret_sd);

    if (status.code == STATUS_FILE_CORRUPT_ERROR || status.code == STATUS_ACCESS_DENIED) {
        return sd_lost(op, node, information, ret_sd);
    }
    TRY(status);
    return judge(op, ret_sd, tsr_sd_change_rights(information));
}

tsr_status security_change(const struct op *op, struct node *node, uint32_t information,
                           const tsr_sd *change)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    struct stat owned;
    tsr_sd changed;
    size_t size;

    TRY(sd_for_change(op, node, information, &sd));
    TRY(tsr_sd_change(op->caller.token, &sd.sd, information, change, &mapping, &bytes, &size));
    if (information & DACL_SECURITY_INFORMATION) {
        sd_mark_of_mode(bytes, false);
    }
    TRY(tsr_sd_view(bytes, size, &changed));

    owned = sd.attributes;
    TRY(owner_of_sd(op, &changed, information, &owned));
    /* First what decides, and what the file system may have no room for. */
    TRY(sd_store(node_fd(node), &owned, bytes, size));
    if (owned.st_uid != sd.attributes.st_uid || owned.st_gid != sd.attributes.st_gid) {
        /* Safe because WRITE_OWNER and the new owner were checked; needs CAP_CHOWN. */
        TRY(status_of_result(
            fchownat(node_fd(node), "", owned.st_uid, owned.st_gid, AT_EMPTY_PATH)));
    }

    /* What the kernel remembers of this object was judged by the old descriptor. */
    (void)fuse_lowlevel_notify_inval_inode(tsr_vfs_session(op->volume->vfs),
                                           node_id(op->volume, node), -1, 0);
    return TSR_OK;
}

/* The parts that a write through this name replaces. */
static uint32_t information_given(const struct sd_name *name, const tsr_sd *change)
{
    uint32_t information = name->set;

    if (name->as_present) {
        information &= change->owner ? UINT32_MAX : ~OWNER_SECURITY_INFORMATION;
        information &= change->group ? UINT32_MAX : ~GROUP_SECURITY_INFORMATION;
        information &= change->has_dacl ? UINT32_MAX : ~DACL_SECURITY_INFORMATION;
        information |= change->has_sacl ? WHOLE_SACL : 0;
    }
    return information;
}

static tsr_status sd_set(const struct op *op, struct node *node, const struct sd_name *name,
                         const void *value, size_t size)
{
    CLEANUP(free) uint8_t *decoded = NULL;
    const void *bytes = value;
    uint32_t information;
    tsr_sd change;

    if (name->form == SD_FORM_NTACL) {
        REQUIRE(tsr_ok(ntacl_decode(value, size, &decoded, &size)), STATUS_INVALID_SECURITY_DESCR);
        bytes = decoded;
    }
    TRY(tsr_sd_view(bytes, size, &change));
    information = information_given(name, &change);
    /* Without this, whoever has no right at all could turn mode bits into a stored descriptor. */
    REQUIRE(information != 0, STATUS_INVALID_SECURITY_DESCR);
    return security_change(op, node, information, &change);
}

static tsr_status user_get(const struct op *op, struct node *node, const char *name,
                           uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    ssize_t size;

    TRY(judge_node(op, node, FILE_READ_EA));
    bytes = array_new(1, XATTR_SIZE_LIMIT);
    REQUIRE(bytes, STATUS_NO_MEMORY);
    size = getxattr(fd_path(node_fd(node)).text, name, bytes, XATTR_SIZE_LIMIT);
    TRY(status_of_result((int)size));

    *ret_bytes = STEAL(bytes);
    *ret_size = (size_t)size;
    return TSR_OK;
}

static tsr_status xattr_get(const struct op *op, struct node *node, const char *name,
                            uint8_t **ret_bytes, size_t *ret_size)
{
    struct sd_name sd_name;

    if (op->volume->enforced && sd_name_find(name, &sd_name)) {
        return sd_get(op, node, &sd_name, ret_bytes, ret_size);
    }
    if (is_user_name(name)) {
        return user_get(op, node, name, ret_bytes, ret_size);
    }
    /* Safe to answer to anybody: there is none. */
    return tsr_status_of(strncmp(name, "security.", 9) == 0 ? STATUS_NO_EAS_ON_FILE
                                                            : STATUS_NOT_SUPPORTED);
}

/* A value, its size, or that it does not fit. */
static void reply_value(fuse_req_t request, tsr_status status, const uint8_t *bytes, size_t n_bytes,
                        size_t n_room)
{
    if (tsr_failed(status)) {
        reply_status(request, status);
    } else if (n_room == 0) {
        (void)fuse_reply_xattr(request, n_bytes);
    } else if (n_bytes > n_room) {
        reply_status(request, tsr_status_of(STATUS_BUFFER_TOO_SMALL));
    } else {
        (void)fuse_reply_buf(request, (const char *)bytes, n_bytes);
    }
}

void op_getxattr(fuse_req_t request, fuse_ino_t id, const char *name, size_t size)
{
    CLEANUP(op_deinit) struct op op = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_status status = op_begin(request, &op);
    size_t n_bytes = 0;

    if (tsr_ok(status)) {
        status = xattr_get(&op, node_of(op.volume, id), name, &bytes, &n_bytes);
    }
    reply_value(request, status, bytes, n_bytes, size);
}

static tsr_status xattr_set(const struct op *op, struct node *node, const char *name,
                            const char *value, size_t size, int flags)
{
    struct sd_name sd_name;

    if (op->volume->enforced && sd_name_find(name, &sd_name)) {
        /* Every object has a descriptor, so there is nothing that could be created. */
        REQUIRE(!(flags & XATTR_CREATE), STATUS_OBJECT_NAME_COLLISION);
        return sd_set(op, node, &sd_name, value, size);
    }
    REQUIRE(is_user_name(name), STATUS_NOT_SUPPORTED);
    TRY(judge_node(op, node, FILE_WRITE_EA));
    return status_of_result(setxattr(fd_path(node_fd(node)).text, name, value, size, flags));
}

void op_setxattr(fuse_req_t request, fuse_ino_t id, const char *name, const char *value,
                 size_t size, int flags)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = xattr_set(&op, node_of(op.volume, id), name, value, size, flags);
    }
    reply_status(request, status);
}

/* The user's own names; those of descriptors are not listed. */
static tsr_status user_list(const struct op *op, struct node *node, uint8_t **ret_names,
                            size_t *ret_size)
{
    CLEANUP(free) char *names = NULL;
    size_t n_kept = 0;
    size_t n_name;
    ssize_t size;

    TRY(judge_node(op, node, FILE_READ_EA));
    names = array_new(1, XATTR_SIZE_LIMIT);
    REQUIRE(names, STATUS_NO_MEMORY);
    size = listxattr(fd_path(node_fd(node)).text, names, XATTR_SIZE_LIMIT);
    TRY(status_of_result((int)size));
    for (ssize_t at = 0; at < size; at += (ssize_t)n_name) {
        n_name = strlen(names + at) + 1;
        if (is_user_name(names + at)) {
            memmove(names + n_kept, names + at, n_name);
            n_kept += n_name;
        }
    }

    *ret_names = (uint8_t *)STEAL(names);
    *ret_size = n_kept;
    return TSR_OK;
}

void op_listxattr(fuse_req_t request, fuse_ino_t id, size_t size)
{
    CLEANUP(op_deinit) struct op op = {0};
    CLEANUP(free) uint8_t *names = NULL;
    tsr_status status = op_begin(request, &op);
    size_t n_names = 0;

    if (tsr_ok(status)) {
        status = user_list(&op, node_of(op.volume, id), &names, &n_names);
    }
    reply_value(request, status, names, n_names, size);
}

static tsr_status xattr_remove(const struct op *op, struct node *node, const char *name)
{
    struct sd_name sd_name;

    /* A descriptor is replaced, never taken away: without one the file would be judged by its mode.
     */
    REQUIRE(!sd_name_find(name, &sd_name), STATUS_PRIVILEGE_NOT_HELD);
    REQUIRE(is_user_name(name), STATUS_NOT_SUPPORTED);
    TRY(judge_node(op, node, FILE_WRITE_EA));
    return status_of_result(removexattr(fd_path(node_fd(node)).text, name));
}

void op_removexattr(fuse_req_t request, fuse_ino_t id, const char *name)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = xattr_remove(&op, node_of(op.volume, id), name);
    }
    reply_status(request, status);
}
