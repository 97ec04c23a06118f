/* SPDX-License-Identifier: MIT */
/* Who asks, and whether they may. */

#include "volume/volume.h"

tsr_status op_begin(fuse_req_t request, struct op *ret_op)
{
    struct op op = {.volume = tsr_vfs_context(request), .request = request};

    if (op.volume->enforced) {
        TRY(tsr_vfs_get_originator(request, &op.caller));
    }
    *ret_op = op;
    return TSR_OK;
}

void op_deinit(struct op *op)
{
    tsr_caller_deinit(&op->caller);
}

tsr_status judge(const struct op *op, const struct object_sd *sd, uint32_t rights)
{
    const tsr_access_request request = {.desired = rights, .mapping = TSR_FILE_MAPPING};

    if (!op->volume->enforced || rights == 0) {
        return TSR_OK;
    }
    return tsr_token_access_check(op->caller.token, &sd->sd, &request).status;
}

tsr_status judge_node(const struct op *op, struct node *node, uint32_t rights)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};

    if (!op->volume->enforced) {
        return TSR_OK;
    }
    TRY(sd_load(op->volume, node, &sd));
    return judge(op, &sd, rights);
}

tsr_status judge_traverse(const struct op *op, const struct object_sd *directory)
{
    /*
     * SeChangeNotifyPrivilege passes through directories with an NT descriptor, as on Windows.
     * Where there are only mode bits it does not: a 0700 directory has always protected what is
     * below it.
     */
    if (op->volume->enforced && directory->stored &&
        tsr_token_enabled_privileges(op->caller.token) &
            TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE)) {
        return TSR_OK;
    }
    return judge(op, directory, FILE_TRAVERSE);
}

tsr_status judge_parent(const struct op *op, struct node *parent, uint32_t rights,
                        struct object_sd *ret_sd)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};

    if (!op->volume->enforced) {
        *ret_sd = sd;
        return node_stat(parent, &ret_sd->attributes);
    }
    TRY(sd_load(op->volume, parent, &sd));
    TRY(judge_traverse(op, &sd));
    TRY(judge(op, &sd, rights));

    *ret_sd = sd;
    sd.bytes = NULL;
    return TSR_OK;
}

/* In a sticky directory without NT descriptor, only the owner of the file or the directory removes.
 */
static bool sticky_forbids(const struct op *op, const struct object_sd *parent,
                           const struct object_sd *child)
{
    const tsr_sid system = TSR_SID_SYSTEM;

    return !parent->stored && parent->attributes.st_mode & S_ISVTX &&
           op->caller.uid != parent->attributes.st_uid &&
           op->caller.uid != child->attributes.st_uid &&
           !tsr_token_is_member(op->caller.token, &system);
}

tsr_status judge_remove(const struct op *op, const struct object_sd *parent, struct node *child)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    tsr_status status;

    if (!op->volume->enforced) {
        return TSR_OK;
    }

    /* A child without readable descriptor can still be removed by right of the parent. */
    status = sd_load(op->volume, child, &sd);
    if (tsr_ok(status) && tsr_ok(judge(op, &sd, DELETE))) {
        return TSR_OK;
    }
    if (tsr_failed(status)) {
        TRY(node_stat(child, &sd.attributes));
    }
    REQUIRE(!sticky_forbids(op, parent, &sd), STATUS_PRIVILEGE_NOT_HELD);
    return judge(op, parent, FILE_DELETE_CHILD);
}

tsr_status judge_stat(const struct op *op, struct node *node)
{
    const tsr_status status = judge_node(op, node, FILE_READ_ATTRIBUTES);
    struct node *parent;

    if (tsr_ok(status)) {
        return TSR_OK;
    }
    parent = node == &op->volume->nodes.root ? NULL : node_parent(op->volume, node);
    return parent && tsr_ok(judge_node(op, parent, FILE_LIST_DIRECTORY)) ? TSR_OK : status;
}

bool is_public_directory(const struct object_sd *directory)
{
    const mode_t everybody = S_IXUSR | S_IXGRP | S_IXOTH;

    /* Named users of a POSIX ACL show as deny ACEs; without any, the mode says it all. */
    if (directory->stored) {
        return true;
    }
    if ((directory->attributes.st_mode & everybody) != everybody) {
        return false;
    }
    for (size_t offset = 0;;) {
        tsr_ace ace;

        if (!tsr_acl_next(&directory->sd.dacl, &offset, &ace)) {
            return true;
        }
        if (ace.type == ACCESS_DENIED_ACE_TYPE && ace.mask & FILE_TRAVERSE) {
            return false;
        }
    }
}
