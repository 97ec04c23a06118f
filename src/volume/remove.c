/* SPDX-License-Identifier: MIT */
/* Taking names away: unlink, rmdir, rename. */

#include "volume/volume.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A node found by name, held for the length of an operation. */
struct found {
    struct tsr_volume *volume;
    struct node *node;
};

static void found_deinit(struct found *found)
{
    if (found->node) {
        node_forget(found->volume, found->node, 1);
    }
}

static inline void cleanup_found_deinit(struct found *found)
{
    found_deinit(found);
}

static tsr_status find(struct tsr_volume *volume, struct node *parent, const char *name,
                       struct found *ret_found)
{
    struct stat attributes;

    ret_found->volume = volume;
    return entry_find(volume, parent, name, &ret_found->node, &attributes);
}

static tsr_status remove_name(const struct op *op, struct node *parent, const char *name, int flags)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    CLEANUP(found_deinit) struct found child = {0};

    TRY(judge_parent(op, parent, 0, &parent_sd));
    TRY(find(op->volume, parent, name, &child));
    TRY(judge_remove(op, &parent_sd, child.node));

    /* Safe because the right was checked, and the kernel holds the directory locked meanwhile. */
    return status_of_result(unlinkat(node_fd(parent), name, flags));
}

static void remove_and_reply(fuse_req_t request, fuse_ino_t parent, const char *name, int flags)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = remove_name(&op, node_of(op.volume, parent), name, flags);
    }
    reply_status(request, status);
}

void op_unlink(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    remove_and_reply(request, parent, name, 0);
}

void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    remove_and_reply(request, parent, name, AT_REMOVEDIR);
}

/* What a directory must allow to take in @node. */
static uint32_t add_right(const struct node *node)
{
    return S_ISDIR(node->type) ? FILE_ADD_SUBDIRECTORY : FILE_ADD_FILE;
}

/* By mode bits a directory's ".." is its own to write: moving it elsewhere takes that right too. */
static tsr_status judge_move(const struct op *op, struct node *node, const struct node *parent,
                             const struct node *new_parent)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};

    if (!op->volume->enforced || !S_ISDIR(node->type) || parent == new_parent ||
        tsr_failed(sd_load(op->volume, node, &sd)) || !sd.of_mode) {
        return TSR_OK;
    }
    return judge(op, &sd, FILE_ADD_SUBDIRECTORY);
}

static tsr_status rename_entry(const struct op *op, struct node *parent, const char *name,
                               struct node *new_parent, const char *new_name, unsigned int flags)
{
    CLEANUP(object_sd_deinit) struct object_sd parent_sd = {0};
    CLEANUP(object_sd_deinit) struct object_sd new_parent_sd = {0};
    CLEANUP(found_deinit) struct found moved = {0};
    CLEANUP(found_deinit) struct found target = {0};
    const bool exchange = flags & RENAME_EXCHANGE;
    tsr_status status;

    REQUIRE((flags & ~(unsigned int)(RENAME_NOREPLACE | RENAME_EXCHANGE)) == 0,
            STATUS_INVALID_PARAMETER);
    REQUIRE(new_parent != &op->volume->nodes.root || strcmp(new_name, STAGE_NAME) != 0,
            STATUS_ACCESS_DENIED);
    TRY(judge_parent(op, parent, 0, &parent_sd));
    TRY(find(op->volume, parent, name, &moved));
    TRY(judge_remove(op, &parent_sd, moved.node));
    TRY(judge_parent(op, new_parent, add_right(moved.node), &new_parent_sd));
    TRY(judge_move(op, moved.node, parent, new_parent));

    status = find(op->volume, new_parent, new_name, &target);
    if (tsr_ok(status) && !(flags & RENAME_NOREPLACE)) {
        TRY(judge_remove(op, &new_parent_sd, target.node));
    } else {
        REQUIRE(tsr_ok(status) || status.code == STATUS_OBJECT_NAME_NOT_FOUND, status.code);
    }
    if (exchange && target.node) {
        TRY(judge(op, &parent_sd, add_right(target.node)));
        TRY(judge_move(op, target.node, new_parent, parent));
    }

    /* Safe because every right this takes was checked; the kernel holds both directories locked. */
    TRY(status_of_result(
        (int)syscall(SYS_renameat2, node_fd(parent), name, node_fd(new_parent), new_name, flags)));
    atomic_store(&moved.node->parent_inode, new_parent->inode);
    if (exchange && target.node) {
        atomic_store(&target.node->parent_inode, parent->inode);
    }
    return TSR_OK;
}

void op_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
               const char *new_name, unsigned int flags)
{
    CLEANUP(op_deinit) struct op op = {0};
    tsr_status status = op_begin(request, &op);

    if (tsr_ok(status)) {
        status = rename_entry(&op, node_of(op.volume, parent), name, node_of(op.volume, new_parent),
                              new_name, flags);
    }
    reply_status(request, status);
}
