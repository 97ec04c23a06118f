/* SPDX-License-Identifier: MIT */
/* Names: looking up and forgetting. */

#include "volume/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"

#define OPEN_CHECKED_TIMEOUT 1.0
#define TRUSTED_TIMEOUT      60.0

double attributes_timeout(const struct tsr_volume *volume)
{
    switch (volume->cache) {
    case TSR_VOLUME_STRICT:
        return 0.0;
    case TSR_VOLUME_OPEN_CHECKED:
        return OPEN_CHECKED_TIMEOUT;
    case TSR_VOLUME_TRUSTED:
        return TRUSTED_TIMEOUT;
    }
    return 0.0;
}

/* FIFOs and sockets are the kernel's own: it opens them, and connects, without asking us again. */
static bool is_judged_by_name(const struct node *node)
{
    return S_ISFIFO(node->type) || S_ISSOCK(node->type);
}

void entry_fill(struct tsr_volume *volume, const struct object_sd *parent, struct node *node,
                const struct stat *attributes, struct fuse_entry_param *ret_entry)
{
    const double timeout = attributes_timeout(volume);

    /* A remembered name is not looked up again, by anybody: only where everybody may. */
    *ret_entry = (struct fuse_entry_param){
        .ino = node_id(volume, node),
        .generation = node->generation,
        .attr = *attributes,
        .attr_timeout = timeout,
        .entry_timeout =
            !volume->enforced || (is_public_directory(volume, parent) && !is_judged_by_name(node))
                ? timeout
                : 0.0,
    };
}

tsr_status entry_find(struct tsr_volume *volume, struct node *parent, const char *name,
                      struct node **ret_node, struct stat *ret_attributes)
{
    CLEANUP(fd_close) int fd = -1;
    struct stat attributes;

    REQUIRE(parent != &volume->nodes.root || strcmp(name, STAGE_NAME) != 0,
            STATUS_OBJECT_NAME_NOT_FOUND);
    TRY(node_open_child(parent, name, &fd));
    TRY(status_of_result(fstatat(fd, "", &attributes, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)));
    TRY(node_ref(volume, parent, fd_steal(&fd), &attributes, ret_node));

    *ret_attributes = attributes;
    return TSR_OK;
}

/*
 * Whether the caller may have the name, where having it is opening. Whoever may change the
 * descriptor could let himself in; without this an owner could not even remove his FIFO of mode
 * 0400.
 */
static tsr_status judge_name(const struct op *op, struct node *node)
{
    tsr_status status;

    if (!is_judged_by_name(node)) {
        return TSR_OK;
    }
    status = judge_node(op, node, FILE_READ_DATA | FILE_WRITE_DATA);
    return tsr_failed(status) && tsr_ok(judge_node(op, node, WRITE_DAC)) ? TSR_OK : status;
}

static tsr_status lookup(const struct op *op, struct node *parent, const char *name,
                         struct fuse_entry_param *ret_entry)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    struct stat attributes;
    tsr_status status;
    struct node *node;

    TRY(judge_parent(op, parent, 0, &parent_sd));
    TRY(entry_find(op->volume, parent, name, &node, &attributes));
    status = judge_name(op, node);
    if (tsr_failed(status)) {
        node_forget(op->volume, node, 1);
        return status;
    }

    entry_fill(op->volume, &parent_sd, node, &attributes, ret_entry);
    return TSR_OK;
}

void op_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    CLEANUP(op_deinit) struct op op = {0};
    struct fuse_entry_param entry;
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = lookup(&op, node_of(op.volume, parent), name, &entry);
    }
    if (tsr_failed(status)) {
        reply_status(request, status);
        return;
    }
    if (fuse_reply_entry(request, &entry) != 0) {
        node_forget(op.volume, node_of(op.volume, entry.ino), 1);
    }
}

void op_forget(fuse_req_t request, fuse_ino_t id, uint64_t n_lookups)
{
    struct tsr_volume *volume = tsr_vfs_context(request);

    node_forget(volume, node_of(volume, id), n_lookups);
    fuse_reply_none(request);
}

void op_forget_multi(fuse_req_t request, size_t n_forgets, struct fuse_forget_data *forgets)
{
    struct tsr_volume *volume = tsr_vfs_context(request);

    for (size_t i = 0; i < n_forgets; i++) {
        node_forget(volume, node_of(volume, forgets[i].ino), forgets[i].nlookup);
    }
    fuse_reply_none(request);
}
