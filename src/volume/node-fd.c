/* SPDX-License-Identifier: MIT */
/*
 * The fds of nodes: held by the node, or opened by its file handle for the length of an operation.
 *
 * An operation runs on one thread from beginning to end and touches few nodes, so the fds it opened
 * are kept with the thread until it ends. They are known by the node's generation, which is never
 * used again, as its address may be.
 */

#include "volume/node-fd.h"

#include <string.h>

#include "base/fd.h"
#include "volume/volume.h"

#define BORROWED_MAX 16

struct borrowed {
    uint64_t generation;
    int fd;
};

static _Thread_local struct borrowed borrowed[BORROWED_MAX];
static _Thread_local size_t n_borrowed;

struct file_handle *node_handle_of(int fd)
{
    CLEANUP(free) struct file_handle *handle = calloc(1, sizeof(*handle) + MAX_HANDLE_SZ);
    int mount_id;

    if (!handle) {
        return NULL;
    }
    handle->handle_bytes = MAX_HANDLE_SZ;
    if (name_to_handle_at(fd, "", handle, &mount_id, AT_EMPTY_PATH) != 0) {
        return NULL;
    }
    return STEAL(handle);
}

bool node_handle_names(const struct file_handle *handle, int fd)
{
    CLEANUP(free) struct file_handle *other = node_handle_of(fd);

    return other && other->handle_type == handle->handle_type &&
           other->handle_bytes == handle->handle_bytes &&
           memcmp(other->f_handle, handle->f_handle, handle->handle_bytes) == 0;
}

int node_fd(const struct node *node)
{
    int fd;

    if (node->fd >= 0) {
        return node->fd;
    }
    for (size_t i = 0; i < n_borrowed; i++) {
        if (borrowed[i].generation == node->generation) {
            return borrowed[i].fd;
        }
    }
    if (n_borrowed == BORROWED_MAX) {
        errno = EMFILE;
        return -1;
    }

    /*
     * Safe because the handle was taken from an object reached below the root and names nothing
     * else; needs CAP_DAC_READ_SEARCH.
     */
    fd = open_by_handle_at(node->table->mount_fd, node->handle, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        borrowed[n_borrowed++] = (struct borrowed){.generation = node->generation, .fd = fd};
    }
    return fd;
}

void node_fds_release(void)
{
    while (n_borrowed > 0) {
        (void)fd_close(borrowed[--n_borrowed].fd);
    }
}
