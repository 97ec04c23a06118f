/* SPDX-License-Identifier: MIT */
/* Attributes: stat, chmod, chown, truncate, utimes, access, readlink, statfs. */

#include "volume/volume.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <tessera/assign.h>

#define SET_TIMES \
    (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_ATIME_NOW | FUSE_SET_ATTR_MTIME_NOW)

void op_getattr(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);
    struct stat attributes;
    struct node *node;

    (void)info;
    if (tsr_ok(status)) {
        node = node_of(op.volume, id);
        status = judge_stat(&op, node);
        if (tsr_ok(status)) {
            status = node_stat(node, &attributes);
        }
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_attr(request, &attributes, attributes_timeout(op.volume));
}

/* The rights that the changes in @which need on the object itself. */
static uint32_t change_rights(int which)
{
    const bool to_now = (which & SET_TIMES) != 0 &&
                        !(which & FUSE_SET_ATTR_ATIME && !(which & FUSE_SET_ATTR_ATIME_NOW)) &&
                        !(which & FUSE_SET_ATTR_MTIME && !(which & FUSE_SET_ATTR_MTIME_NOW));
    uint32_t rights = 0;

    rights |= which & FUSE_SET_ATTR_MODE ? WRITE_DAC : 0;
    rights |= which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID) ? WRITE_OWNER : 0;
    rights |= which & SET_TIMES && !to_now ? FILE_WRITE_ATTRIBUTES : 0;
    return rights;
}

/* Setting times to now takes either right; truncating takes the handle's or the object's. */
static tsr_status judge_change(const struct op *op, const struct object_sd *sd, int which,
                               const struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle = info ? tsr_vfs_handle_find(op->volume->vfs, info->fh) : NULL;
    const uint32_t rights = change_rights(which);

    /* As chmod(2), chown(2) and utimensat(2) have it; cp -p depends on it. */
    REQUIRE(tsr_ok(judge(op, sd, rights)), STATUS_PRIVILEGE_NOT_HELD);
    if (which & SET_TIMES && !(rights & FILE_WRITE_ATTRIBUTES) &&
        tsr_failed(judge(op, sd, FILE_WRITE_ATTRIBUTES))) {
        TRY(judge(op, sd, FILE_WRITE_DATA));
    }
    if (which & FUSE_SET_ATTR_SIZE && op->volume->enforced) {
        if (handle) {
            REQUIRE(handle->granted & FILE_WRITE_DATA, STATUS_ACCESS_DENIED);
        } else {
            TRY(judge(op, sd, FILE_WRITE_DATA));
        }
    }
    return TSR_OK;
}

/* The descriptor with the new owner and group; an owner that the caller may not give fails. */
static tsr_status sd_with_owner(const struct op *op, const struct object_sd *sd,
                                const struct stat *attributes, int which, uint8_t **ret_bytes,
                                size_t *ret_size)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd_parts parts = {0};
    uint32_t information = 0;
    tsr_sid owner;
    tsr_sid group;
    tsr_sd change;
    size_t size;

    if (which & FUSE_SET_ATTR_UID) {
        tsr_resolver_sid_of_uid(op->volume->resolver, attributes->st_uid, &owner);
        parts.owner = &owner;
        information |= OWNER_SECURITY_INFORMATION;
    }
    if (which & FUSE_SET_ATTR_GID) {
        if (attributes->st_gid != sd->attributes.st_gid) {
            TRY(judge_group(op, attributes->st_gid));
        }
        tsr_resolver_sid_of_gid(op->volume->resolver, attributes->st_gid, &group);
        parts.group = &group;
        information |= GROUP_SECURITY_INFORMATION;
    }
    TRY(tsr_sd_build(&parts, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, &change));
    return tsr_sd_change(op->caller.token, &sd->sd, information, &change, &mapping, ret_bytes,
                         ret_size);
}

/* Owner, group and mode; a stored descriptor follows, and stays trusted by Samba. */
static tsr_status apply_security(const struct op *op, struct node *node, const struct object_sd *sd,
                                 const struct stat *attributes, int which)
{
    const bool owns = which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID);
    const mode_t mode_mask = S_ISDIR(node->type) ? 03777 : 01777;
    const struct fd_path path = fd_path(node_fd(node));
    CLEANUP(free) uint8_t *bytes = NULL;
    struct stat now = sd->attributes;
    size_t size = 0;

    if (owns && op->volume->enforced) {
        TRY(sd_with_owner(op, sd, attributes, which, &bytes, &size));
    }

    if (owns) {
        now.st_uid = which & FUSE_SET_ATTR_UID ? attributes->st_uid : now.st_uid;
        now.st_gid = which & FUSE_SET_ATTR_GID ? attributes->st_gid : now.st_gid;
    }
    if (which & FUSE_SET_ATTR_MODE) {
        now.st_mode = (now.st_mode & S_IFMT) | (attributes->st_mode & mode_mask);
    }
    /* First what decides, and what the file system may have no room for. */
    if (sd->stored && op->volume->enforced) {
        TRY(sd_store(node_fd(node), &now, bytes ? bytes : sd->bytes, bytes ? size : sd->size));
    }

    /* Safe because WRITE_OWNER, WRITE_DAC and the new owner were checked; needs CAP_CHOWN,
     * CAP_FOWNER. */
    if (owns) {
        TRY(status_of_result(fchownat(node_fd(node), "", now.st_uid, now.st_gid, AT_EMPTY_PATH)));
    }
    if (which & FUSE_SET_ATTR_MODE) {
        TRY(status_of_result(fchmodat(AT_FDCWD, path.text, now.st_mode & 07777, 0)));
    }
    return TSR_OK;
}

static struct timespec time_to_set(int which, int set, int set_now, struct timespec time)
{
    if (which & set_now) {
        return (struct timespec){.tv_nsec = UTIME_NOW};
    }
    return which & set ? time : (struct timespec){.tv_nsec = UTIME_OMIT};
}

static tsr_status apply_times(struct node *node, const struct stat *attributes, int which)
{
    const struct timespec times[] = {
        time_to_set(which, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, attributes->st_atim),
        time_to_set(which, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, attributes->st_mtim),
    };

    return status_of_result(utimensat(AT_FDCWD, fd_path(node_fd(node)).text, times, 0));
}

static tsr_status apply_size(const struct op *op, struct node *node, off_t size,
                             const struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle = info ? tsr_vfs_handle_find(op->volume->vfs, info->fh) : NULL;

    TRY(node_clear_set_id(node));
    if (handle && handle->granted & FILE_WRITE_DATA) {
        return status_of_result(ftruncate(handle->fd, size));
    }
    return status_of_result(truncate(fd_path(node_fd(node)).text, size));
}

static tsr_status setattr(const struct op *op, struct node *node, const struct stat *attributes,
                          int which, const struct fuse_file_info *info, struct stat *ret_attributes)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};

    if (op->volume->enforced) {
        TRY(sd_load(op->volume, node, &sd));
        TRY(judge_change(op, &sd, which, info));
    } else {
        TRY(node_stat(node, &sd.attributes));
    }

    if (which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID | FUSE_SET_ATTR_MODE)) {
        TRY(apply_security(op, node, &sd, attributes, which));
    }
    if (which & FUSE_SET_ATTR_SIZE) {
        TRY(apply_size(op, node, attributes->st_size, info));
    }
    if (which & SET_TIMES) {
        TRY(apply_times(node, attributes, which));
    }
    return node_stat(node, ret_attributes);
}

void op_setattr(fuse_req_t request, fuse_ino_t id, struct stat *attributes, int which,
                struct fuse_file_info *info)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);
    struct stat changed;

    if (tsr_ok(status)) {
        status = setattr(&op, node_of(op.volume, id), attributes, which, info, &changed);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_attr(request, &changed, attributes_timeout(op.volume));
}

static tsr_status judge_access(const struct op *op, struct node *node, int mask)
{
    struct stat attributes;
    uint32_t rights = 0;

    /* The data rights of a file and the listing, adding and traversing of a directory are one bit
     * each. */
    rights |= mask & R_OK ? FILE_READ_DATA : 0;
    rights |= mask & W_OK ? FILE_WRITE_DATA : 0;
    rights |= mask & X_OK ? FILE_EXECUTE : 0;
    TRY(judge_node(op, node, rights));
    if (mask & X_OK && S_ISREG(node->type)) {
        /* The kernel executes nothing whose mode has no x at all, so say so here too. */
        TRY(node_stat(node, &attributes));
        REQUIRE(attributes.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH), STATUS_ACCESS_DENIED);
    }
    return TSR_OK;
}

void op_access(fuse_req_t request, fuse_ino_t id, int mask)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = judge_access(&op, node_of(op.volume, id), mask);
    }
    reply_status(request, status);
}

static tsr_status readlink_checked(const struct op *op, struct node *node, char *target,
                                   size_t n_room)
{
    ssize_t size;

    TRY(judge_node(op, node, FILE_READ_ATTRIBUTES));
    size = readlinkat(node_fd(node), "", target, n_room);
    TRY(status_of_result((int)size));
    REQUIRE((size_t)size < n_room, STATUS_NAME_TOO_LONG);

    target[size] = '\0';
    return TSR_OK;
}

void op_readlink(fuse_req_t request, fuse_ino_t id)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);
    char target[PATH_MAX + 1];

    if (tsr_ok(status)) {
        status = readlink_checked(&op, node_of(op.volume, id), target, sizeof(target));
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_readlink(request, target);
}

void op_statfs(fuse_req_t request, fuse_ino_t id)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);
    struct statvfs totals;

    if (tsr_ok(status)) {
        status = judge_node(&op, &op.volume->nodes.root, FILE_READ_ATTRIBUTES);
    }
    if (tsr_ok(status)) {
        status = status_of_result(fstatvfs(node_fd(node_of(op.volume, id)), &totals));
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_statfs(request, &totals);
}
