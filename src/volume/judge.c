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
    node_fds_release();
}

tsr_status judge(const struct op *op, const struct object_sd *sd, uint32_t rights)
{
    const tsr_access_request request = {.desired = rights, .mapping = TSR_FILE_MAPPING};

    if (!op->volume->enforced || rights == 0) {
        return TSR_OK;
    }
    return tsr_token_open_check(op->caller.token, &sd->sd, &request).status;
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
    if (op->volume->enforced && !directory->of_mode &&
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
    TRY(judge(op, parent, FILE_DELETE_CHILD));
    REQUIRE(!sticky_forbids(op, parent, &sd), STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

/*
 * What else shows an object's attributes: a directory's listing has them under ".", and the kernel
 * asks for the mode of a program before it opens it.
 */
static uint32_t right_beside_stat(const struct node *node)
{
    switch (node->type) {
    case S_IFDIR:
        return FILE_LIST_DIRECTORY;
    case S_IFREG:
        return FILE_EXECUTE;
    default:
        return FILE_READ_ATTRIBUTES;
    }
}

/* The same by right of a directory that holds the object. */
static tsr_status judge_stat_by_parent(const struct op *op, struct node *node)
{
    struct node *parent = node_ref_parent(op->volume, node);
    tsr_status status;

    REQUIRE(parent, STATUS_ACCESS_DENIED);
    status = judge_node(op, parent, FILE_LIST_DIRECTORY);
    node_forget(op->volume, parent, 1);
    return status;
}

tsr_status judge_stat(const struct op *op, struct node *node)
{
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    tsr_status status;

    if (!op->volume->enforced) {
        return TSR_OK;
    }
    status = sd_load(op->volume, node, &sd);
    if (tsr_ok(status)) {
        status = judge(op, &sd, FILE_READ_ATTRIBUTES);
        if (tsr_ok(status) || tsr_ok(judge(op, &sd, right_beside_stat(node)))) {
            return TSR_OK;
        }
    }
    return tsr_ok(judge_stat_by_parent(op, node)) ? TSR_OK : status;
}

tsr_status judge_group(const struct op *op, gid_t gid)
{
    tsr_sid sid;

    REQUIRE(!tsr_gid_is_tag(gid), STATUS_INVALID_PARAMETER);
    tsr_resolver_sid_of_gid(op->volume->resolver, gid, &sid);
    if (tsr_token_enabled_privileges(op->caller.token) & TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE) ||
        tsr_token_is_member(op->caller.token, &sid)) {
        return TSR_OK;
    }
    return tsr_status_of(STATUS_INVALID_PRIMARY_GROUP);
}

/* Whether an entry of the DACL keeps somebody from traversing. */
static bool denies_traverse(const tsr_acl *dacl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(dacl, &offset, &ace)) {
        if (ace.type == ACCESS_DENIED_ACE_TYPE && ace.mask & FILE_TRAVERSE) {
            return true;
        }
    }
    return false;
}

bool is_public_directory(const struct tsr_volume *volume, const struct object_sd *directory)
{
    const tsr_access_request request = {.desired = FILE_TRAVERSE, .mapping = TSR_FILE_MAPPING};

    /* Where SeChangeNotifyPrivilege passes, the default cache modes do not ask who lacks it. */
    if (!directory->of_mode) {
        return true;
    }
    return !denies_traverse(&directory->sd.dacl) &&
           tsr_ok(tsr_token_access_check(volume->anybody, &directory->sd, &request).status);
}
