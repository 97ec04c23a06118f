/* SPDX-License-Identifier: MIT */
/* Reading directories. */

#include "volume/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"

/* An open directory stream, kept as the data of its handle. */
struct stream {
    DIR *directory; /* owned */
    off_t offset;   /* of @pending, or of what readdir() yields next */
    struct dirent *pending;
};

static struct stream *stream_free(struct stream *stream)
{
    if (stream && stream->directory) {
        (void)closedir(stream->directory);
    }
    free(stream);
    return NULL;
}

DEFINE_CLEANUP(struct stream *, stream_free);

static tsr_status opendir_checked(const struct op *op, struct node *node,
                                  struct fuse_file_info *info)
{
    CLEANUP(stream_free) struct stream *stream = NULL;
    CLEANUP(fd_close) int fd = -1;
    CLEANUP(fd_close) int own = -1;
    tsr_vfs_handle *handle;

    TRY(judge_node(op, node, FILE_LIST_DIRECTORY));

    stream = array_new(1, sizeof(*stream));
    REQUIRE(stream, STATUS_NO_MEMORY);
    /* Safe because the right to list was checked; the object is named by its fd. */
    fd = open(fd_path(node_fd(node)).text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    TRY(status_of_result(fd));
    own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    TRY(status_of_result(own));
    stream->directory = fdopendir(own);
    REQUIRE(stream->directory, STATUS_NO_MEMORY);
    (void)fd_steal(&own);

    TRY(tsr_vfs_handle_open(op->volume->vfs, &op->caller, FILE_LIST_DIRECTORY, fd_steal(&fd),
                            stream, &handle));
    stream = NULL;
    info->fh = handle->id;
    return TSR_OK;
}

static void stream_end(struct tsr_volume *volume, uint64_t id)
{
    const tsr_vfs_handle *handle = tsr_vfs_handle_find(volume->vfs, id);
    struct stream *stream = handle ? handle->data : NULL;

    tsr_vfs_handle_close(volume->vfs, id);
    (void)stream_free(stream);
}

void op_opendir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = opendir_checked(&op, node_of(op.volume, id), info);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    if (fuse_reply_open(request, info) != 0) {
        stream_end(op.volume, info->fh);
    }
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* One name of a listing with its attributes; @parent_sd NULL for names alone. */
static size_t entry_add(struct tsr_volume *volume, fuse_req_t request, struct node *parent,
                        const struct object_sd *parent_sd, const struct dirent *dirent, char *room,
                        size_t n_room)
{
    struct fuse_entry_param entry = {
        .attr = {.st_ino = dirent->d_ino, .st_mode = (mode_t)dirent->d_type << 12}};
    struct stat attributes;
    struct node *node = NULL;
    size_t size;

    if (!parent_sd) {
        return fuse_add_direntry(request, room, n_room, dirent->d_name, &entry.attr, dirent->d_off);
    }
    /* A name that is gone by now, or cannot be followed, is still listed. */
    if (!is_dot(dirent->d_name) &&
        tsr_ok(entry_find(volume, parent, dirent->d_name, &node, &attributes))) {
        entry_fill(volume, parent_sd, node, &attributes, &entry);
    }
    size = fuse_add_direntry_plus(request, room, n_room, dirent->d_name, &entry, dirent->d_off);
    if (size > n_room && node) {
        node_forget(volume, node, 1);
    }
    return size;
}

/* Fill a buffer with names from @offset on. */
static tsr_status stream_read(struct tsr_volume *volume, fuse_req_t request, struct node *parent,
                              const struct object_sd *parent_sd, struct stream *stream,
                              off_t offset, char *buffer, size_t size, size_t *ret_size)
{
    size_t n_used = 0;
    size_t n_entry;

    if (offset != stream->offset) {
        seekdir(stream->directory, offset);
        stream->pending = NULL;
        stream->offset = offset;
    }
    for (;;) {
        if (!stream->pending) {
            errno = 0;
            stream->pending = readdir(stream->directory);
            if (!stream->pending && errno != 0 && n_used == 0) {
                return tsr_status_of_errno(errno);
            }
            if (!stream->pending) {
                break;
            }
        }
        if (parent != &volume->nodes.root || strcmp(stream->pending->d_name, STAGE_NAME) != 0) {
            n_entry = entry_add(volume, request, parent, parent_sd, stream->pending,
                                buffer + n_used, size - n_used);
            if (n_entry > size - n_used) {
                break;
            }
            n_used += n_entry;
        }
        stream->offset = stream->pending->d_off;
        stream->pending = NULL;
    }

    *ret_size = n_used;
    return TSR_OK;
}

static void readdir_and_reply(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                              const struct fuse_file_info *info, bool plus)
{
    struct tsr_volume *volume = tsr_vfs_context(request);
    const tsr_vfs_handle *handle = tsr_vfs_handle_find(volume->vfs, info->fh);
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    CLEANUP(free) char *buffer = array_new(1, size);
    struct node *parent = node_of(volume, id);
    tsr_status status = TSR_OK;

    if (!handle || !handle->data) {
        status = tsr_status_of(STATUS_INVALID_HANDLE);
    } else if (!buffer) {
        status = tsr_status_of(STATUS_NO_MEMORY);
    } else if (plus && volume->enforced) {
        status = sd_load(volume, parent, &parent_sd);
    }
    if (tsr_ok(status)) {
        status = stream_read(volume, request, parent, plus ? &parent_sd : NULL, handle->data,
                             offset, buffer, size, &size);
    }
    node_fds_release();
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_buf(request, buffer, size);
}

void op_readdir(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                struct fuse_file_info *info)
{
    readdir_and_reply(request, id, size, offset, info, false);
}

void op_readdirplus(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    readdir_and_reply(request, id, size, offset, info, true);
}

void op_releasedir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    (void)id;

    stream_end(tsr_vfs_context(request), info->fh);
    reply_status(request, TSR_OK);
}
