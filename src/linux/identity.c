/* SPDX-License-Identifier: MIT */
/*
 * Who a thread is, as /proc tells.
 *
 * Capabilities are relative to a user namespace, which anybody may make for himself: there he has
 * all of them, and /proc shows them like anyone's. They count only in our own namespace.
 */

#include "linux/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tessera/linux.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/writer.h"
#include "linux/file.h"
#include "linux/proc-text.h"

#define PIDFD_THREAD_FLAG O_EXCL /* PIDFD_THREAD, which older headers lack */

#define PROC_NAME_MAX 32 /* "TID/ns/user" and its terminator */

/* A status file is about 1.4 KiB, and 65,536 groups of ten digits add 720 KiB. */
#define STATUS_SIZE_USUAL 6144
#define STATUS_SIZE_MAX   (4u << 20)
#define STAT_SIZE_MAX     4096

void tsr_identity_deinit(tsr_identity *identity)
{
    free(identity->groups);
    *identity = (tsr_identity){0};
}

/* Whether this /proc counts processes as we do; one of another pid namespace names others by our
 * numbers. */
static bool is_own_proc(int fd)
{
    char own[PROC_NAME_MAX];
    char target[PROC_NAME_MAX];
    ssize_t size = readlinkat(fd, "self", target, sizeof(target) - 1);

    target[size < 0 ? 0 : size] = '\0';
    (void)snprintf(own, sizeof(own), "%d", (int)getpid());
    return strcmp(own, target) == 0;
}

tsr_status proc_init(struct proc *ret_proc)
{
    CLEANUP(fd_close) int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat stat;

    if (fd < 0 || fstatat(fd, "self/ns/user", &stat, 0) < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(is_own_proc(fd), STATUS_NOT_SUPPORTED);

    *ret_proc = (struct proc){
        .fd = fd_steal(&fd),
        .namespace_device = stat.st_dev,
        .namespace_inode = stat.st_ino,
    };
    return TSR_OK;
}

void proc_deinit(struct proc *proc)
{
    proc->fd = fd_close(proc->fd);
}

/* Reading from a thread that just ended fails with ESRCH, opening with ENOENT. */
static tsr_status status_of_proc_errno(int error)
{
    return error == ENOENT ? tsr_status_of(STATUS_NOT_FOUND) : tsr_status_of_errno(error);
}

static tsr_status proc_open(const struct proc *proc, pid_t thread_id, const char *name, int *ret_fd)
{
    char path[PROC_NAME_MAX];
    int fd;

    (void)snprintf(path, sizeof(path), "%d/%s", (int)thread_id, name);
    fd = openat(proc->fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return status_of_proc_errno(errno);
    }

    *ret_fd = fd;
    return TSR_OK;
}

/* Whether the thread is in our user namespace; one that cannot be asked is not. */
static bool is_in_our_namespace(const struct proc *proc, pid_t thread_id)
{
    char path[PROC_NAME_MAX];
    struct stat stat;

    (void)snprintf(path, sizeof(path), "%d/ns/user", (int)thread_id);
    return fstatat(proc->fd, path, &stat, 0) == 0 && stat.st_dev == proc->namespace_device &&
           stat.st_ino == proc->namespace_inode;
}

/* The kernel hands out a status file in one piece if there is room for it; a full buffer is not. */
static tsr_status read_status(int fd, tsr_identity *ret_identity)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *rest = NULL;
    char usual[STATUS_SIZE_USUAL];
    const ssize_t n_read = read(fd, usual, sizeof(usual));
    size_t n_rest;

    if (n_read < 0) {
        return tsr_status_of_errno(errno);
    }
    if ((size_t)n_read < sizeof(usual)) {
        return proc_text_status(usual, (size_t)n_read, ret_identity);
    }

    TRY(file_read(fd, STATUS_SIZE_MAX, &rest, &n_rest));
    writer_bytes(&writer, usual, sizeof(usual));
    writer_bytes(&writer, rest, n_rest);
    REQUIRE(!writer.failed, STATUS_NO_MEMORY);
    return proc_text_status((const char *)writer.bytes, writer.size, ret_identity);
}

tsr_status identity_read(const struct proc *proc, pid_t thread_id, tsr_identity *ret_identity)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(fd_close) int fd = -1;

    REQUIRE(thread_id > 0, STATUS_NOT_FOUND);

    TRY(proc_open(proc, thread_id, "status", &fd));
    TRY(read_status(fd, &identity));
    if (identity.capabilities != 0 && !is_in_our_namespace(proc, thread_id)) {
        identity.capabilities = 0;
    }

    *ret_identity = identity;
    identity = (tsr_identity){0};
    return TSR_OK;
}

static tsr_status read_start_time(const struct proc *proc, pid_t thread_id,
                                  uint64_t *ret_start_time)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(fd_close) int fd = -1;
    size_t size;

    TRY(proc_open(proc, thread_id, "stat", &fd));
    TRY(file_read(fd, STAT_SIZE_MAX, &bytes, &size));
    return proc_text_start_time((const char *)bytes, size, ret_start_time);
}

/*
 * A pidfd of the process, or of the thread where that does not lead its process: a process may live
 * on without its first thread.
 *
 * @param ret_pidfd  -1 where this kernel cannot give one
 */
static tsr_status open_pidfd(pid_t thread_id, int *ret_pidfd)
{
    int pidfd = (int)syscall(SYS_pidfd_open, thread_id, 0);

    if (pidfd < 0 && (errno == EINVAL || errno == ENOENT)) {
        pidfd = (int)syscall(SYS_pidfd_open, thread_id, PIDFD_THREAD_FLAG);
    }
    if (pidfd < 0 && errno != EINVAL && errno != ENOSYS && errno != EPERM) {
        return tsr_status_of_errno(errno);
    }

    *ret_pidfd = pidfd;
    return TSR_OK;
}

/* Whether the thread is still the one it was when @pidfd was opened or @start_time was read. */
static tsr_status expect_unchanged(const struct proc *proc, pid_t thread_id, int pidfd,
                                   uint64_t start_time)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    uint64_t start_time_now;

    if (pidfd < 0) {
        TRY(read_start_time(proc, thread_id, &start_time_now));
        REQUIRE(start_time_now == start_time, STATUS_NOT_FOUND);
        return TSR_OK;
    }
    REQUIRE(poll(&end, 1, 0) == 0, STATUS_NOT_FOUND);
    return TSR_OK;
}

tsr_status tsr_identity_of_thread(pid_t thread_id, tsr_identity *ret_identity)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(proc_deinit) struct proc proc = {.fd = -1};
    CLEANUP(fd_close) int pidfd = -1;
    uint64_t start_time;

    REQUIRE(thread_id > 0, STATUS_NOT_FOUND);

    TRY(proc_init(&proc));
    TRY(open_pidfd(thread_id, &pidfd));
    TRY(read_start_time(&proc, thread_id, &start_time));
    TRY(identity_read(&proc, thread_id, &identity));
    TRY(expect_unchanged(&proc, thread_id, pidfd, start_time));

    identity.start_time = start_time;
    *ret_identity = identity;
    identity = (tsr_identity){0};
    return TSR_OK;
}
