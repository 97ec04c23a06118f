/* SPDX-License-Identifier: MIT */
/* New objects and new names. */

#include "volume/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <tessera/assign.h>

#include "base/fd.h"
#include "volume/posix-acl.h"

/* Set-user-id is never stored; set-group-id only where it means inheriting a directory's group. */
#define MODE_OF_FILE      (S_IRWXU | S_IRWXG | S_IRWXO | S_ISVTX)
#define MODE_OF_DIRECTORY (MODE_OF_FILE | S_ISGID)

#define NOBODYS_GROUP 65534

/* What Linux is to say of the new object: caller's uid, its gid or the set-gid directory's, the
 * mode. */
static void attributes_of_new(const struct op *op, const struct object_sd *parent, mode_t mode,
                              struct stat *attributes)
{
    const bool inherits_group = parent->attributes.st_mode & S_ISGID;
    const struct fuse_ctx *context = fuse_req_ctx(op->request);

    attributes->st_uid = context->uid;
    attributes->st_gid = inherits_group ? parent->attributes.st_gid : context->gid;
    if (tsr_gid_is_tag(attributes->st_gid)) {
        /* A set-gid program can have a tag as its gid; a file must not. */
        attributes->st_gid = NOBODYS_GROUP;
    }
    if (S_ISDIR(mode)) {
        mode = (mode & (S_IFMT | MODE_OF_DIRECTORY)) | (inherits_group ? S_ISGID : 0);
    } else {
        mode &= S_IFMT | MODE_OF_FILE;
    }
    attributes->st_mode = mode;
}

/* Below mode bits, a default ACL of the directory or else the umask has its say about the mode. */
static tsr_status mode_of_new(const struct op *op, const struct node *parent,
                              const struct object_sd *parent_sd, const struct staged *staged,
                              struct stat *attributes)
{
    bool inherited = false;

    if (S_ISLNK(attributes->st_mode)) {
        return TSR_OK;
    }
    if (!parent_sd->stored) {
        TRY(posix_acl_inherit(fd_path(node_fd(parent)).text, fd_path(staged->fd).text, attributes,
                              &inherited));
    }
    if (!inherited) {
        attributes->st_mode &= ~(fuse_req_ctx(op->request)->umask & 0777);
    }
    return TSR_OK;
}

/* Give the new object the descriptor it inherits; below mode bits alone it needs none. */
static tsr_status sd_assign_new(const struct op *op, const struct object_sd *parent,
                                const struct staged *staged, const struct stat *attributes)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint32_t flags = 0;
    size_t size;

    if (!op->volume->enforced || !parent->stored) {
        return TSR_OK;
    }
    /* access-check.md 14: auto-inherit where the parent was made by it. */
    flags |= parent->sd.control & SE_DACL_AUTO_INHERITED ? SEF_DACL_AUTO_INHERIT : 0;
    flags |= parent->sd.control & SE_SACL_AUTO_INHERITED ? SEF_SACL_AUTO_INHERIT : 0;
    TRY(tsr_sd_assign(op->caller.token, &parent->sd, NULL, S_ISDIR(attributes->st_mode), flags,
                      &mapping, &bytes, &size));
    return sd_store(staged->fd, attributes, bytes, size);
}

/* Apply owner and mode to an object nobody sees yet. */
static tsr_status attributes_apply(const struct staged *staged, const struct stat *attributes)
{
    const struct fd_path path = fd_path(staged->fd);

    /* Safe because the object was made by us for this caller; needs CAP_CHOWN and CAP_FOWNER. */
    TRY(status_of_result(
        fchownat(staged->fd, "", attributes->st_uid, attributes->st_gid, AT_EMPTY_PATH)));
    if (S_ISLNK(attributes->st_mode)) {
        return TSR_OK;
    }
    return status_of_result(fchmodat(AT_FDCWD, path.text, attributes->st_mode & 07777, 0));
}

/* Make an object named @name in @parent; one lookup of its node goes to the caller. */
static tsr_status make(const struct op *op, struct node *parent, const char *name, mode_t mode,
                       const char *target, struct node **ret_node,
                       struct fuse_entry_param *ret_entry)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    CLEANUP(staged_deinit) struct staged staged = {.fd = -1};
    struct stat attributes;

    REQUIRE(parent != &op->volume->nodes.root || strcmp(name, STAGE_NAME) != 0,
            STATUS_ACCESS_DENIED);
    TRY(judge_parent(op, parent, S_ISDIR(mode) ? FILE_ADD_SUBDIRECTORY : FILE_ADD_FILE,
                     &parent_sd));

    TRY(stage_make(op->volume, mode, target, &staged));
    TRY(status_of_result(fstatat(staged.fd, "", &attributes, AT_EMPTY_PATH)));
    attributes_of_new(op, &parent_sd, S_ISLNK(mode) ? attributes.st_mode : mode, &attributes);
    TRY(mode_of_new(op, parent, &parent_sd, &staged, &attributes));
    TRY(sd_assign_new(op, &parent_sd, &staged, &attributes));
    TRY(attributes_apply(&staged, &attributes));
    TRY(stage_publish(&staged, parent, name));

    TRY(status_of_result(fstatat(staged.fd, "", &attributes, AT_EMPTY_PATH)));
    TRY(node_ref(op->volume, parent, fd_steal(&staged.fd), &attributes, ret_node));
    entry_fill(op->volume, &parent_sd, *ret_node, &attributes, ret_entry);
    return TSR_OK;
}

static void make_and_reply(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
                           const char *target)
{
    CLEANUP(op_deinit) struct op op = {0};
    struct fuse_entry_param entry;
    tsr_status status = op_begin(request, &op);
    struct node *node;

    if (tsr_ok(status)) {
        status = make(&op, node_of(op.volume, parent), name, mode, target, &node, &entry);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    if (fuse_reply_entry(request, &entry) != 0) {
        node_forget(op.volume, node, 1);
    }
}

void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode)
{
    make_and_reply(request, parent, name, (mode & ~(mode_t)S_IFMT) | S_IFDIR, NULL);
}

void op_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
    (void)device;

    /* A device node would give access to what no descriptor on the volume judges. */
    if (!S_ISREG(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode)) {
        reply_status(request, tsr_status_of(STATUS_PRIVILEGE_NOT_HELD));
        return;
    }
    make_and_reply(request, parent, name, mode, NULL);
}

void op_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name)
{
    make_and_reply(request, parent, name, S_IFLNK | 0777, target);
}

static tsr_status link_node(const struct op *op, struct node *node, struct node *parent,
                            const char *name, struct fuse_entry_param *ret_entry)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    struct stat attributes;
    struct node *found;

    REQUIRE(parent != &op->volume->nodes.root || strcmp(name, STAGE_NAME) != 0,
            STATUS_ACCESS_DENIED);
    TRY(judge_node(op, node, FILE_WRITE_ATTRIBUTES));
    TRY(judge_parent(op, parent, FILE_ADD_FILE, &parent_sd));

    /* Safe because both rights were checked; the object is named by its fd, not by a path. */
    TRY(status_of_result(
        linkat(AT_FDCWD, fd_path(node_fd(node)).text, node_fd(parent), name, AT_SYMLINK_FOLLOW)));
    TRY(entry_find(op->volume, parent, name, &found, &attributes));
    entry_fill(op->volume, &parent_sd, found, &attributes, ret_entry);
    return TSR_OK;
}

void op_link(fuse_req_t request, fuse_ino_t id, fuse_ino_t parent, const char *name)
{
    CLEANUP(op_deinit) struct op op = {0};
    struct fuse_entry_param entry;
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = link_node(&op, node_of(op.volume, id), node_of(op.volume, parent), name, &entry);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    if (fuse_reply_entry(request, &entry) != 0) {
        node_forget(op.volume, node_of(op.volume, entry.ino), 1);
    }
}

/* Somebody else made the file meanwhile: open it as it is, with all that this takes. */
static tsr_status open_existing(const struct op *op, struct node *parent, const char *name,
                                struct fuse_file_info *info, struct node **ret_node,
                                struct fuse_entry_param *ret_entry, uint32_t *ret_backing_id)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    struct stat attributes;
    struct node *node;
    tsr_status status;

    TRY(judge_parent(op, parent, 0, &parent_sd));
    TRY(entry_find(op->volume, parent, name, &node, &attributes));
    status = open_checked(op, node, info, ret_backing_id);
    if (tsr_failed(status)) {
        node_forget(op->volume, node, 1);
        return status;
    }

    *ret_node = node;
    entry_fill(op->volume, &parent_sd, node, &attributes, ret_entry);
    return TSR_OK;
}

static tsr_status create(const struct op *op, struct node *parent, const char *name, mode_t mode,
                         struct fuse_file_info *info, struct node **ret_node,
                         struct fuse_entry_param *ret_entry, uint32_t *ret_backing_id)
{
    tsr_status status;

    status = make(op, parent, name, (mode & ~(mode_t)S_IFMT) | S_IFREG, NULL, ret_node, ret_entry);
    if (status.code == STATUS_OBJECT_NAME_COLLISION && !(info->flags & O_EXCL)) {
        return open_existing(op, parent, name, info, ret_node, ret_entry, ret_backing_id);
    }
    TRY(status);

    /* The creator gets what it asked for, whatever the descriptor that it inherits (vfs.md 2.3). */
    status = open_granted(op, *ret_node, open_rights(info->flags), info, ret_backing_id);
    if (tsr_failed(status)) {
        node_forget(op->volume, *ret_node, 1);
    }
    return status;
}

void op_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
               struct fuse_file_info *info)
{
    CLEANUP(op_deinit) struct op op = {0};
    struct fuse_entry_param entry;
    tsr_status status = op_begin(request, &op);
    uint32_t backing_id = 0;
    struct node *node;
    int error;

    if (tsr_ok(status)) {
        status =
            create(&op, node_of(op.volume, parent), name, mode, info, &node, &entry, &backing_id);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    error = backing_id ? tsr_vfs_reply_create_backed(request, &entry, info, backing_id)
                       : fuse_reply_create(request, &entry, info);
    if (error != 0) {
        handle_end(op.volume, info->fh);
        node_forget(op.volume, node, 1);
    }
}
