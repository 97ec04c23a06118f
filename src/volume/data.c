/* SPDX-License-Identifier: MIT */
/* What happens on open handles: judged by the rights the handle was opened with. */

#include "volume/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The handle, if it was opened with one of @rights. */
static tsr_status handle_for(fuse_req_t request, const struct fuse_file_info *info, uint32_t rights,
                             const tsr_vfs_handle **ret_handle)
{
    const tsr_vfs_handle *handle = tsr_vfs_handle_find(tsr_vfs_of_request(request), info->fh);

    REQUIRE(handle && handle->fd >= 0, STATUS_INVALID_HANDLE);
    REQUIRE(rights == 0 || handle->granted & rights, STATUS_ACCESS_DENIED);
    *ret_handle = handle;
    return TSR_OK;
}

void op_read(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
             struct fuse_file_info *info)
{
    struct fuse_bufvec buffer = FUSE_BUFVEC_INIT(size);
    const tsr_vfs_handle *handle;
    tsr_status status;

    (void)id;
    /* The kernel reads a program through the handle that execve opened. */
    status = handle_for(request, info, FILE_READ_DATA | FILE_EXECUTE, &handle);
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    buffer.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
    buffer.buf[0].fd = handle->fd;
    buffer.buf[0].pos = offset;
    (void)fuse_reply_data(request, &buffer, 0);
}

/* An append-only handle writes at the end and nowhere else, whatever became of O_APPEND. */
static tsr_status judge_write(const tsr_vfs_handle *handle, off_t offset)
{
    struct stat attributes;

    if (handle->granted & FILE_WRITE_DATA) {
        return TSR_OK;
    }
    TRY(status_of_result(fstat(handle->fd, &attributes)));
    REQUIRE(offset >= attributes.st_size, STATUS_ACCESS_DENIED);
    return TSR_OK;
}

void op_write_buf(fuse_req_t request, fuse_ino_t id, struct fuse_bufvec *buffer, off_t offset,
                  struct fuse_file_info *info)
{
    struct fuse_bufvec to = FUSE_BUFVEC_INIT(fuse_buf_size(buffer));
    const tsr_vfs_handle *handle;
    tsr_status status;
    ssize_t n_written;

    (void)id;
    status = handle_for(request, info, FILE_WRITE_DATA | FILE_APPEND_DATA, &handle);
    if (tsr_ok(status)) {
        status = judge_write(handle, offset);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    to.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
    to.buf[0].fd = handle->fd;
    to.buf[0].pos = offset;
    n_written = fuse_buf_copy(&to, buffer, 0);
    if (n_written < 0) {
        (void)fuse_reply_err(request, (int)-n_written);
        return;
    }
    (void)fuse_reply_write(request, (size_t)n_written);
}

void op_flush(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle;
    tsr_status status;

    (void)id;
    status = handle_for(request, info, 0, &handle);
    if (tsr_ok(status)) {
        /* Closing a duplicate makes the backing file system report what it still holds back. */
        status = status_of_result(close(fcntl(handle->fd, F_DUPFD_CLOEXEC, 0)));
    }
    reply_status(request, status);
}

void op_fsync(fuse_req_t request, fuse_ino_t id, int data_only, struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle;
    tsr_status status;

    (void)id;
    status = handle_for(request, info, 0, &handle);
    if (tsr_ok(status)) {
        status = status_of_result(data_only ? fdatasync(handle->fd) : fsync(handle->fd));
    }
    reply_status(request, status);
}

void op_fsyncdir(fuse_req_t request, fuse_ino_t id, int data_only, struct fuse_file_info *info)
{
    op_fsync(request, id, data_only, info);
}

void op_fallocate(fuse_req_t request, fuse_ino_t id, int mode, off_t offset, off_t length,
                  struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle;
    tsr_status status;

    (void)id;
    status = handle_for(request, info, FILE_WRITE_DATA, &handle);
    if (tsr_ok(status)) {
        status = status_of_result(fallocate(handle->fd, mode, offset, length));
    }
    reply_status(request, status);
}

void op_lseek(fuse_req_t request, fuse_ino_t id, off_t offset, int whence,
              struct fuse_file_info *info)
{
    const tsr_vfs_handle *handle;
    tsr_status status;
    off_t at = 0;

    (void)id;
    status = handle_for(request, info, 0, &handle);
    if (tsr_ok(status)) {
        at = lseek(handle->fd, offset, whence);
        status = status_of_result(at < 0 ? -1 : 0);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_lseek(request, at);
}

void op_copy_file_range(fuse_req_t request, fuse_ino_t from, off_t from_offset,
                        struct fuse_file_info *from_info, fuse_ino_t to, off_t to_offset,
                        struct fuse_file_info *to_info, size_t length, int flags)
{
    const tsr_vfs_handle *source;
    const tsr_vfs_handle *target;
    tsr_status status;
    ssize_t n_copied = 0;

    (void)from;
    (void)to;
    status = handle_for(request, from_info, FILE_READ_DATA, &source);
    if (tsr_ok(status)) {
        status = handle_for(request, to_info, FILE_WRITE_DATA, &target);
    }
    if (tsr_ok(status)) {
        n_copied = copy_file_range(source->fd, &from_offset, target->fd, &to_offset, length,
                                   (unsigned int)flags);
        status = status_of_result(n_copied < 0 ? -1 : 0);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_write(request, (size_t)n_copied);
}
