/* SPDX-License-Identifier: MIT */
/* Sessions: mounting, serving, and whose request this is. */

#include "vfs/vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "base/check.h"
#include "base/fd.h"

#define THREADS_DEFAULT 10u

DEFINE_CLEANUP(tsr_vfs *, tsr_vfs_free);

tsr_vfs *tsr_vfs_of_request(fuse_req_t request)
{
    return fuse_req_userdata(request);
}

void *tsr_vfs_context(fuse_req_t request)
{
    return tsr_vfs_of_request(request)->context;
}

struct fuse_session *tsr_vfs_session(tsr_vfs *vfs)
{
    return vfs->session;
}

tsr_status tsr_vfs_get_originator(fuse_req_t request, tsr_caller *ret_caller)
{
    const struct fuse_ctx *context = fuse_req_ctx(request);

    return tsr_resolver_caller(tsr_vfs_of_request(request)->resolver, context->pid, context->uid,
                               context->gid, ret_caller);
}

/* The kit's part of INIT: what it wants before the file system's own, what it refuses after. */
static void session_init(void *userdata, struct fuse_conn_info *connection)
{
    /* libfuse itself asks for what goes with an operation, such as readdirplus. */
    const unsigned int wanted = FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_IOCTL_DIR |
                                FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_ASYNC_DIO |
                                FUSE_CAP_HANDLE_KILLPRIV;
    /* Write-back has no caller and breaks append; POSIX ACLs would let the kernel judge by mode. */
    const unsigned int unwanted = FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_POSIX_ACL;
    tsr_vfs *vfs = userdata;

    connection->want |= wanted & connection->capable;
    if (vfs->init) {
        vfs->init(vfs->context, connection);
    }
    connection->want &= ~unwanted;
}

static void session_destroy(void *userdata)
{
    tsr_vfs *vfs = userdata;

    if (vfs->destroy) {
        vfs->destroy(vfs->context);
    }
}

/*
 * A mount whose daemon is gone answers nothing but ENOTCONN. Asked for its space, that is: its
 * attributes the kernel may still remember.
 */
static bool is_dead_mount(const char *mount_point)
{
    struct statfs space;

    return statfs(mount_point, &space) != 0 && errno == ENOTCONN;
}

void tsr_vfs_remove_dead_mounts(const char *mount_point)
{
    while (is_dead_mount(mount_point) && umount2(mount_point, MNT_DETACH) == 0) {
    }
}

static tsr_status mount_at(const tsr_vfs_options *options, const char *mount_point, int fd)
{
    char type[64];
    char data[128];

    REQUIRE((size_t)snprintf(type, sizeof(type), "fuse.%s", options->type) < sizeof(type),
            STATUS_INVALID_PARAMETER);
    (void)snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);

    /*
     * Safe because every request is judged by us; nosuid and nodev because a file system served by
     * rules other than mode bits must not hand out set-id programs or devices. Needs CAP_SYS_ADMIN.
     */
    if (mount(options->source, mount_point, type, MS_NOSUID | MS_NODEV, data) != 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

static tsr_status device_open(int *ret_fd)
{
    const int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    if (fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
        return tsr_status_of(STATUS_NO_SUCH_DEVICE);
    }
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }

    *ret_fd = fd;
    return TSR_OK;
}

static tsr_status session_new(tsr_vfs *vfs, const struct fuse_lowlevel_ops *operations)
{
    char name[] = "tessera";
    char *argv[] = {name, NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(1, argv);
    struct fuse_lowlevel_ops wrapped = *operations;

    vfs->init = operations->init;
    vfs->destroy = operations->destroy;
    wrapped.init = session_init;
    wrapped.destroy = session_destroy;
    vfs->session = fuse_session_new(&arguments, &wrapped, sizeof(wrapped), vfs);
    fuse_opt_free_args(&arguments);
    REQUIRE(vfs->session, STATUS_NO_MEMORY);
    return TSR_OK;
}

tsr_status tsr_vfs_mount(const tsr_vfs_options *options, const struct fuse_lowlevel_ops *operations,
                         void *context, tsr_vfs **ret_vfs)
{
    CLEANUP(tsr_vfs_free) tsr_vfs *vfs = NULL;
    CLEANUP(fd_close) int fd = -1;

    TRY(device_open(&fd));
    vfs = calloc(1, sizeof(*vfs));
    REQUIRE(vfs, STATUS_NO_MEMORY);
    handle_table_init(&vfs->handles);
    vfs->resolver = options->resolver;
    vfs->context = context;
    vfs->n_threads = options->n_threads ? options->n_threads : THREADS_DEFAULT;
    vfs->transport.want_passthrough = options->passthrough;
    vfs->transport.fd = fd;

    tsr_vfs_remove_dead_mounts(options->mount_point);
    vfs->mount_point = realpath(options->mount_point, NULL);
    if (!vfs->mount_point) {
        return tsr_status_of_errno(errno);
    }
    TRY(session_new(vfs, operations));
    TRY(mount_at(options, vfs->mount_point, fd));
    atomic_store(&vfs->mounted, true);
    REQUIRE(fuse_session_custom_io(vfs->session, &transport_io, fd) == 0, STATUS_INTERNAL_ERROR);
    (void)fd_steal(&fd);

    *ret_vfs = STEAL(vfs);
    return TSR_OK;
}

tsr_status tsr_vfs_run(tsr_vfs *vfs)
{
    struct fuse_loop_config *config = fuse_loop_cfg_create();
    int result;

    REQUIRE(config, STATUS_NO_MEMORY);
    fuse_loop_cfg_set_max_threads(config, vfs->n_threads);
    fuse_loop_cfg_set_idle_threads(config, vfs->n_threads);
    fuse_loop_cfg_set_clone_fd(config, 0);
    if (fuse_set_signal_handlers(vfs->session) != 0) {
        fuse_loop_cfg_destroy(config);
        return tsr_status_of(STATUS_INTERNAL_ERROR);
    }

    result = fuse_session_loop_mt(vfs->session, config);
    fuse_remove_signal_handlers(vfs->session);
    fuse_loop_cfg_destroy(config);

    /* 0: the kernel ended the session. It was unmounted; or aborted, and then it is still there. */
    if (result == 0 && !atomic_load(&vfs->stopped)) {
        atomic_store(&vfs->mounted, false);
        tsr_vfs_remove_dead_mounts(vfs->mount_point);
    }
    return result < 0 ? tsr_status_of_errno(-result) : TSR_OK;
}

void tsr_vfs_stop(tsr_vfs *vfs)
{
    atomic_store(&vfs->stopped, true);
    fuse_session_exit(vfs->session);
    /*
     * Aborting wakes the threads that wait for a request; detaching alone does not while a file is
     * open or the file system is mounted elsewhere too.
     */
    if (atomic_exchange(&vfs->mounted, false)) {
        (void)umount2(vfs->mount_point, MNT_FORCE | MNT_DETACH);
    }
}

tsr_vfs *tsr_vfs_free(tsr_vfs *vfs)
{
    if (!vfs) {
        return NULL;
    }
    if (atomic_load(&vfs->mounted)) {
        (void)umount2(vfs->mount_point, MNT_DETACH);
    }
    if (vfs->session) {
        fuse_session_destroy(vfs->session);
    }
    handle_table_deinit(&vfs->handles);
    free(vfs->mount_point);
    free(vfs);
    return NULL;
}
