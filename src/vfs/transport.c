/* SPDX-License-Identifier: MIT */
/*
 * What libfuse 3.14 cannot say to the kernel: FUSE passthrough.
 *
 * Our reads and writes of /dev/fuse stand between libfuse and the kernel. They note what the INIT
 * request offers, add passthrough to its answer, and put the backing id into the answer of an open.
 * Layouts are those of the kernel's <linux/fuse.h>, protocol 7.40 and later.
 */

#include "vfs/vfs.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/check.h"

/* Newer than Debian 12's <linux/fuse.h>. */
#define OPEN_FLAG_PASSTHROUGH  (1u << 7)
#define INIT_FLAG2_PASSTHROUGH (1u << 5) /* FUSE_PASSTHROUGH is bit 37 of both words */
#define INIT_FLAGS2_OFFSET     32
#define INIT_STACK_OFFSET      36
#define INIT_REPLY_SIZE        64
#define STACK_DEPTH            1

struct backing_map {
    int32_t fd;
    uint32_t flags;
    uint64_t padding;
};

#define BACKING_OPEN  _IOW(229, 1, struct backing_map)
#define BACKING_CLOSE _IOW(229, 2, uint32_t)

/* The backing id for the open that this thread is answering; 0: none. */
static _Thread_local uint32_t reply_backing_id;

static void init_request_note(struct transport *transport, const uint8_t *request, size_t size)
{
    struct fuse_in_header header;
    struct fuse_init_in init = {0};

    if (size < sizeof(header)) {
        return;
    }
    memcpy(&header, request, sizeof(header));
    if (header.opcode != FUSE_INIT) {
        return;
    }
    size -= sizeof(header);
    memcpy(&init, request + sizeof(header), size < sizeof(init) ? size : sizeof(init));
    transport->init_flags = init.flags;
    if (init.flags & FUSE_INIT_EXT) {
        transport->init_flags |= (uint64_t)init.flags2 << 32;
    }
    atomic_store(&transport->init_unique, header.unique);
}

/* Add to libfuse's INIT answer what the kernel offered and libfuse does not know. */
static void init_reply_patch(struct transport *transport, uint8_t *reply, size_t size)
{
    const uint32_t offered = (uint32_t)(transport->init_flags >> 32);
    const uint32_t stack_depth = STACK_DEPTH;
    struct fuse_init_out out;
    uint32_t flags2;

    if (size < INIT_REPLY_SIZE) {
        return;
    }
    memcpy(&out, reply, sizeof(out));
    /* Safe because the file system takes set-id bits away itself, as <tessera/vfs.h> tells it to.
     */
    out.flags |= transport->init_flags & FUSE_HANDLE_KILLPRIV_V2;
    if (transport->want_passthrough && offered & INIT_FLAG2_PASSTHROUGH) {
        out.flags |= FUSE_INIT_EXT;
    }
    memcpy(reply, &out, sizeof(out));
    if (transport->want_passthrough && offered & INIT_FLAG2_PASSTHROUGH) {
        memcpy(&flags2, reply + INIT_FLAGS2_OFFSET, sizeof(flags2));
        flags2 |= INIT_FLAG2_PASSTHROUGH;
        memcpy(reply + INIT_FLAGS2_OFFSET, &flags2, sizeof(flags2));
        memcpy(reply + INIT_STACK_OFFSET, &stack_depth, sizeof(stack_depth));
        atomic_store(&transport->has_passthrough, true);
    }
}

/* The answer of an open or create ends with a struct fuse_open_out. */
static void open_reply_patch(struct iovec *last)
{
    struct fuse_open_out out;
    uint8_t *at;

    if (last->iov_len < sizeof(out)) {
        return;
    }
    at = (uint8_t *)last->iov_base + last->iov_len - sizeof(out);
    memcpy(&out, at, sizeof(out));
    out.open_flags |= OPEN_FLAG_PASSTHROUGH;
    out.padding = reply_backing_id;
    memcpy(at, &out, sizeof(out));
}

static ssize_t transport_read(int fd, void *buffer, size_t size, void *userdata)
{
    tsr_vfs *vfs = userdata;
    const ssize_t n_read = read(fd, buffer, size);

    if (n_read > 0) {
        init_request_note(&vfs->transport, buffer, (size_t)n_read);
    }
    return n_read;
}

static ssize_t transport_writev(int fd, struct iovec *iov, int n_iov, void *userdata)
{
    tsr_vfs *vfs = userdata;
    struct transport *transport = &vfs->transport;
    struct fuse_out_header header;
    uint64_t init_unique;

    if (n_iov >= 2 && iov[0].iov_len == sizeof(header)) {
        memcpy(&header, iov[0].iov_base, sizeof(header));
        init_unique = atomic_load(&transport->init_unique);
        if (init_unique != 0 && header.unique == init_unique) {
            init_reply_patch(transport, iov[1].iov_base, iov[1].iov_len);
            atomic_store(&transport->init_unique, 0);
        } else if (reply_backing_id != 0) {
            open_reply_patch(&iov[n_iov - 1]);
        }
    }
    return writev(fd, iov, n_iov);
}

const struct fuse_custom_io transport_io = {
    .read = transport_read,
    .writev = transport_writev,
};

bool tsr_vfs_has_passthrough(const tsr_vfs *vfs)
{
    return atomic_load(&vfs->transport.has_passthrough);
}

tsr_status tsr_vfs_backing_open(tsr_vfs *vfs, int fd, uint32_t *ret_backing_id)
{
    struct backing_map map = {.fd = fd};
    int id;

    REQUIRE(tsr_vfs_has_passthrough(vfs), STATUS_NOT_SUPPORTED);

    /* Safe because the right to this data was checked when the handle was opened; needs
     * CAP_SYS_ADMIN. */
    id = ioctl(vfs->transport.fd, BACKING_OPEN, &map);
    if (id <= 0) {
        return tsr_status_of_errno(errno);
    }

    *ret_backing_id = (uint32_t)id;
    return TSR_OK;
}

void tsr_vfs_backing_close(tsr_vfs *vfs, uint32_t backing_id)
{
    (void)ioctl(vfs->transport.fd, BACKING_CLOSE, &backing_id);
}

int tsr_vfs_reply_open_backed(fuse_req_t request, const struct fuse_file_info *info,
                              uint32_t backing_id)
{
    int error;

    reply_backing_id = backing_id;
    error = fuse_reply_open(request, info);
    reply_backing_id = 0;
    return error;
}

int tsr_vfs_reply_create_backed(fuse_req_t request, const struct fuse_entry_param *entry,
                                const struct fuse_file_info *info, uint32_t backing_id)
{
    int error;

    reply_backing_id = backing_id;
    error = fuse_reply_create(request, entry, info);
    reply_backing_id = 0;
    return error;
}
