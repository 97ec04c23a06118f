/* SPDX-License-Identifier: MIT */
/* The ready-made volume: mounting and serving. */

#include "volume/volume.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"

#define FDS_WANTED (1u << 20) /* what fs.nr_open allows unless it was changed */

DEFINE_CLEANUP(tsr_volume *, tsr_volume_free);

/* Modes come without umask, which does not apply below a default ACL. */
static void volume_init(void *context, struct fuse_conn_info *connection)
{
    (void)context;

    connection->want |= FUSE_CAP_DONT_MASK & connection->capable;
}

static const struct fuse_lowlevel_ops operations = {
    .init = volume_init,
    .lookup = op_lookup,
    .forget = op_forget,
    .forget_multi = op_forget_multi,
    .getattr = op_getattr,
    .setattr = op_setattr,
    .access = op_access,
    .readlink = op_readlink,
    .statfs = op_statfs,
    .mkdir = op_mkdir,
    .mknod = op_mknod,
    .symlink = op_symlink,
    .link = op_link,
    .create = op_create,
    .unlink = op_unlink,
    .rmdir = op_rmdir,
    .rename = op_rename,
    .open = op_open,
    .release = op_release,
    .read = op_read,
    .write_buf = op_write_buf,
    .flush = op_flush,
    .fsync = op_fsync,
    .fallocate = op_fallocate,
    .lseek = op_lseek,
    .copy_file_range = op_copy_file_range,
    .opendir = op_opendir,
    .readdir = op_readdir,
    .readdirplus = op_readdirplus,
    .releasedir = op_releasedir,
    .fsyncdir = op_fsyncdir,
    .getxattr = op_getxattr,
    .setxattr = op_setxattr,
    .listxattr = op_listxattr,
    .removexattr = op_removexattr,
    .ioctl = op_ioctl,
    /* Locks are the kernel's own: it knows every process that reaches these files. */
};

/*
 * Inodes that the kernel remembers take one fd each, up to half of what may be open. Raising the
 * hard limit needs CAP_SYS_RESOURCE; without it we make do. @return how many may be open
 */
static size_t raise_fd_limit(void)
{
    struct rlimit limit = {.rlim_cur = 0};
    struct rlimit raised;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    raised.rlim_max = limit.rlim_max < FDS_WANTED ? FDS_WANTED : limit.rlim_max;
    raised.rlim_cur = raised.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
        return raised.rlim_cur;
    }
    raised.rlim_max = limit.rlim_max;
    raised.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

/* Hold the root of the tree: it stays reachable when it is mounted over. */
static tsr_status root_open(struct tsr_volume *volume, const char *source)
{
    struct node *root = &volume->nodes.root;
    struct stat attributes;

    root->fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
    TRY(status_of_result(root->fd));
    volume->nodes.mount_fd = open(source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    TRY(status_of_result(volume->nodes.mount_fd));
    TRY(node_stat(root, &attributes));
    root->device = attributes.st_dev;
    root->inode = attributes.st_ino;
    volume->source = realpath(source, NULL);
    REQUIRE(volume->source, STATUS_OBJECT_NAME_NOT_FOUND);
    return TSR_OK;
}

/* The token of nobody in particular. */
static tsr_status anybody_new(tsr_token **ret_token)
{
    const tsr_group everyone = {.sid = TSR_SID_EVERYONE, .attributes = TSR_GROUP_ORDINARY};
    const tsr_token_spec spec = {.user = TSR_SID_NULL, .groups = &everyone, .n_groups = 1};

    return tsr_token_new(&spec, ret_token);
}

tsr_status tsr_volume_mount(const tsr_volume_options *options, tsr_volume **ret_volume)
{
    const tsr_vfs_options vfs_options = {
        .mount_point = options->mount_point,
        .type = "tessera",
        .source = options->source,
        .resolver = options->resolver,
        .n_threads = options->n_threads,
        .passthrough = !options->no_passthrough,
    };
    CLEANUP(tsr_volume_free) tsr_volume *volume = NULL;

    volume = array_new(1, sizeof(*volume));
    REQUIRE(volume, STATUS_NO_MEMORY);
    node_table_init(&volume->nodes);
    pthread_mutex_init(&volume->stage_lock, NULL);
    volume->stage_fd = -1;
    volume->resolver = options->resolver;
    volume->policy = options->policy;
    volume->cache = options->cache;
    volume->enforced = !options->unenforced;
    volume->report_corrupt = options->report_corrupt;

    TRY(anybody_new(&volume->anybody));
    volume->nodes.n_fds_max = raise_fd_limit() / 2;
    /* Where the volume lies over its own source, a dead one hides it. */
    tsr_vfs_remove_dead_mounts(options->mount_point);
    TRY(root_open(volume, options->source));
    stage_clean(volume);
    TRY(tsr_vfs_mount(&vfs_options, &operations, volume, &volume->vfs));

    *ret_volume = STEAL(volume);
    return TSR_OK;
}

tsr_status tsr_volume_run(tsr_volume *volume)
{
    return tsr_vfs_run(volume->vfs);
}

tsr_volume *tsr_volume_free(tsr_volume *volume)
{
    if (!volume) {
        return NULL;
    }
    volume->vfs = tsr_vfs_free(volume->vfs);
    volume->anybody = tsr_token_unref(volume->anybody);
    if (volume->stage_fd >= 0) {
        volume->stage_fd = fd_close(volume->stage_fd);
        stage_clean(volume);
    }
    pthread_mutex_destroy(&volume->stage_lock);
    node_table_deinit(&volume->nodes);
    free(volume->source);
    free(volume);
    return NULL;
}
