/* SPDX-License-Identifier: MIT */
/* The list of open handles, by ioctl. */

#include "volume/volume.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/writer.h"

_Static_assert(sizeof(struct tsr_volume_handles) < 1 << _IOC_SIZEBITS,
               "the answer must fit what an ioctl can carry");

#define SHORT_PATH 1024

/* A listing in progress. */
struct listing {
    const struct op *op;
    bool sees_all;
    struct tsr_volume_handles *page;
};

/* The path of an open file, as seen in the volume. */
static void handle_path(const struct tsr_volume *volume, int fd, char *path, size_t n_room)
{
    const size_t n_source = strlen(volume->source);
    ssize_t size = readlink(fd_path(fd).text, path, n_room - 1);

    path[size < 0 ? 0 : size] = '\0';
    if (strncmp(path, volume->source, n_source) == 0 &&
        (path[n_source] == '/' || path[n_source] == '\0')) {
        memmove(path, path + n_source, strlen(path + n_source) + 1);
    }
    if (path[0] == '\0' && n_room > 1) {
        (void)snprintf(path, n_room, "/");
    }
}

static bool is_own(const struct listing *listing, const tsr_vfs_handle *handle)
{
    tsr_group creator;
    tsr_group caller;

    tsr_token_get_user(handle->creator, &creator);
    tsr_token_get_user(listing->op->caller.token, &caller);
    return tsr_sid_equal(&creator.sid, &caller.sid);
}

/* @n_path: room for the path, which is cut if it is longer. */
static void handle_write(struct writer *writer, const struct tsr_volume *volume,
                         const tsr_vfs_handle *handle, size_t n_path)
{
    tsr_token_statistics statistics;
    char sid[TSR_SID_TEXT_MAX];
    char path[PATH_MAX];
    tsr_group user;

    tsr_token_get_statistics(handle->creator, &statistics);
    tsr_token_get_user(handle->creator, &user);
    tsr_sid_format(&user.sid, sid);
    handle_path(volume, handle->fd, path, n_path);
    writer_format(writer, "{\"id\":\"%016" PRIx64 "\",\"path\":", handle->id);
    writer_json_string(writer, path);
    writer_format(writer, ",\"user\":\"%s\",\"uid\":%u,\"pid\":%d,\"process\":", sid,
                  handle->creator_uid, handle->creator_process_id);
    writer_json_string(writer, handle->creator_name);
    writer_format(writer, ",\"granted\":\"0x%08" PRIx32 "\",\"restricted\":%s}\n", handle->granted,
                  statistics.flags & (TSR_TOKEN_IS_RESTRICTED | TSR_TOKEN_IS_FILTERED) ? "true"
                                                                                       : "false");
}

static bool handle_list(const tsr_vfs_handle *handle, void *context)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    struct listing *listing = context;
    struct tsr_volume_handles *page = listing->page;

    if (!handle->creator || (!listing->sees_all && !is_own(listing, handle))) {
        return true;
    }
    handle_write(&writer, listing->op->volume, handle, PATH_MAX);
    if (writer.size > sizeof(page->text)) {
        /* A name of control characters, each six in JSON, must not hide the handles behind it. */
        writer_deinit(&writer);
        writer = (struct writer){0};
        handle_write(&writer, listing->op->volume, handle, SHORT_PATH);
    }
    if (writer.failed || writer.size > sizeof(page->text) - page->size) {
        return false;
    }
    memcpy(page->text + page->size, writer.bytes, writer.size);
    page->size += (uint32_t)writer.size;
    return true;
}

static tsr_status handles(const struct op *op, const void *in_buffer, size_t n_in,
                          struct tsr_volume_handles *page)
{
    const tsr_sid administrators = TSR_SID_ADMINISTRATORS;
    const tsr_sid system = TSR_SID_SYSTEM;
    struct listing listing = {.op = op, .page = page};

    REQUIRE(op->volume->enforced, STATUS_NOT_SUPPORTED);
    REQUIRE(n_in == sizeof(*page), STATUS_INVALID_PARAMETER);
    memcpy(&page->cursor, in_buffer, sizeof(page->cursor));

    /* Others see their own handles only. */
    listing.sees_all = tsr_token_is_member(op->caller.token, &system) ||
                       tsr_token_is_member(op->caller.token, &administrators);
    tsr_vfs_handle_each(op->volume->vfs, &page->cursor, handle_list, &listing);
    return TSR_OK;
}

void op_ioctl(fuse_req_t request, fuse_ino_t id, unsigned int command, void *argument,
              struct fuse_file_info *info, unsigned int flags, const void *in_buffer, size_t n_in,
              size_t n_out)
{
    CLEANUP(free) struct tsr_volume_handles *page = array_new(1, sizeof(*page));
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    (void)id;
    (void)argument;
    (void)info;
    (void)flags;
    if (tsr_ok(status) && (command != TSR_VOLUME_IOC_HANDLES || n_out != sizeof(*page))) {
        status = tsr_status_of(STATUS_INVALID_DEVICE_REQUEST);
    }
    if (tsr_ok(status)) {
        status = page ? handles(&op, in_buffer, n_in, page) : tsr_status_of(STATUS_NO_MEMORY);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    (void)fuse_reply_ioctl(request, 0, page, sizeof(*page));
}
