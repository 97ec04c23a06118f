/* SPDX-License-Identifier: MIT */
/* Opening files: the moment at which rights are checked, and stay with the handle. */

#include "volume/volume.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"

/* In the flags of an OPEN that comes from execve(2); no program can set it by open(2). */
#define FLAG_EXECUTE 040

uint32_t open_rights(int flags)
{
    const int mode = flags & O_ACCMODE;
    uint32_t rights = 0;

    if (mode != O_WRONLY) {
        rights |= flags & FLAG_EXECUTE ? FILE_EXECUTE : FILE_READ_DATA;
    }
    if (mode != O_RDONLY || flags & O_TRUNC) {
        rights |= FILE_WRITE_DATA;
    }
    return rights;
}

/*
 * Whether the kernel gets the backing file. Of an append-only handle every write must reach us, and
 * does, by direct_io; but while other handles of the file pass through, the kernel refuses one that
 * does not, so that it must be given one too. It then serves mappings alone, which need reading.
 */
static bool may_pass_through(const struct tsr_volume *volume, uint32_t granted)
{
    return tsr_vfs_has_passthrough(volume->vfs) &&
           (granted & (FILE_APPEND_DATA | FILE_READ_DATA)) != (FILE_APPEND_DATA | FILE_READ_DATA);
}

/* Whether other handles of the file pass through. */
static bool is_backed(struct tsr_volume *volume, const struct node *node)
{
    bool backed;

    pthread_mutex_lock(&volume->nodes.lock);
    backed = node->n_backed > 0;
    pthread_mutex_unlock(&volume->nodes.lock);
    return backed;
}

/* A backing id for one more open handle of @node; all of them share one. 0: not available. */
static uint32_t backing_ref(struct tsr_volume *volume, struct node *node, int fd)
{
    uint32_t id = 0;

    pthread_mutex_lock(&volume->nodes.lock);
    if (node->n_backed > 0 || tsr_ok(tsr_vfs_backing_open(volume->vfs, fd, &node->backing_id))) {
        node->n_backed++;
        id = node->backing_id;
    }
    pthread_mutex_unlock(&volume->nodes.lock);
    return id;
}

static void backing_unref(struct tsr_volume *volume, struct node *node)
{
    pthread_mutex_lock(&volume->nodes.lock);
    if (--node->n_backed == 0) {
        tsr_vfs_backing_close(volume->vfs, node->backing_id);
        node->backing_id = 0;
    }
    pthread_mutex_unlock(&volume->nodes.lock);
}

/* The flags with which we open the backing file for a handle. */
static int backing_flags(int flags, uint32_t granted)
{
    /* With O_APPEND of our own the kernel keeps an append-only handle to the end of the file. */
    const int append = granted & FILE_APPEND_DATA ? O_APPEND : 0;

    return (flags & (O_ACCMODE | O_TRUNC | O_SYNC | O_DSYNC)) | append | O_NONBLOCK;
}

tsr_status open_granted(const struct op *op, struct node *node, uint32_t granted,
                        struct fuse_file_info *info, uint32_t *ret_backing_id)
{
    CLEANUP(fd_close) int fd = -1;
    tsr_vfs_handle *handle;
    uint32_t backing_id = 0;
    tsr_status status;

    REQUIRE(S_ISREG(node->type), STATUS_INVALID_PARAMETER);
    REQUIRE(may_pass_through(op->volume, granted) || !is_backed(op->volume, node),
            STATUS_SHARING_VIOLATION);
    if (granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) {
        TRY(node_clear_set_id(node));
    }

    /* Safe because @granted was checked for this caller; the object is named by its fd. */
    fd = open(fd_path(node_fd(node)).text, backing_flags(info->flags, granted) | O_CLOEXEC);
    TRY(status_of_result(fd));
    if (may_pass_through(op->volume, granted)) {
        backing_id = backing_ref(op->volume, node, fd);
    }
    status = tsr_vfs_handle_open(op->volume->vfs, &op->caller, granted, fd_steal(&fd),
                                 backing_id ? node : NULL, &handle);
    if (tsr_failed(status)) {
        if (backing_id) {
            backing_unref(op->volume, node);
        }
        return status;
    }

    info->fh = handle->id;
    info->noflush = 1;
    /* Every write of an append-only handle must reach us, with its offset. */
    info->direct_io = granted & FILE_APPEND_DATA ? 1 : 0;
    *ret_backing_id = backing_id;
    return TSR_OK;
}

tsr_status open_checked(const struct op *op, struct node *node, struct fuse_file_info *info,
                        uint32_t *ret_backing_id)
{
    const bool may_append = info->flags & O_APPEND && !(info->flags & O_TRUNC);
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    uint32_t rights = open_rights(info->flags);
    tsr_status status;

    if (op->volume->enforced) {
        TRY(sd_load(op->volume, node, &sd));
        status = judge(op, &sd, rights);
        if (tsr_failed(status) && may_append && rights & FILE_WRITE_DATA) {
            rights = (rights & ~FILE_WRITE_DATA) | FILE_APPEND_DATA;
            status = judge(op, &sd, rights);
        }
        TRY(status);
    }
    return open_granted(op, node, rights, info, ret_backing_id);
}

void handle_end(struct tsr_volume *volume, uint64_t id)
{
    const tsr_vfs_handle *handle = tsr_vfs_handle_find(volume->vfs, id);
    struct node *backed = handle ? handle->data : NULL;

    tsr_vfs_handle_close(volume->vfs, id);
    if (backed) {
        backing_unref(volume, backed);
    }
}

void op_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);
    uint32_t backing_id = 0;
    int error;

    if (tsr_ok(status)) {
        status = open_checked(&op, node_of(op.volume, id), info, &backing_id);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    error = backing_id ? tsr_vfs_reply_open_backed(request, info, backing_id)
                       : fuse_reply_open(request, info);
    if (error != 0) {
        handle_end(op.volume, info->fh);
    }
}

void op_release(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    (void)id;

    handle_end(tsr_vfs_context(request), info->fh);
    reply_status(request, TSR_OK);
}
