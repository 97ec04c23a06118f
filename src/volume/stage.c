/* SPDX-License-Identifier: MIT */
/*
 * Making objects out of sight.
 *
 * A new object gets its owner, mode and descriptor in a directory that only root can enter, and
 * then its name, in one step that replaces nothing. So nobody ever sees an object without its
 * descriptor, a daemon killed half-way leaves nothing under a name, and nobody can put another
 * object in the new one's place while it is being made.
 */

#include "volume/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"

#define STAGE_TRIES 1000

/* Open the staging directory; it must be ours alone. */
static tsr_status stage_open(int root_fd, int *ret_fd)
{
    CLEANUP(fd_close) int fd = -1;
    struct stat attributes;

    fd = openat(root_fd, STAGE_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    TRY(status_of_result(fd));
    TRY(status_of_result(fstat(fd, &attributes)));
    REQUIRE(attributes.st_uid == geteuid() && (attributes.st_mode & 07777) == 0700,
            STATUS_ACCESS_DENIED);

    *ret_fd = fd_steal(&fd);
    return TSR_OK;
}

void stage_clean(struct tsr_volume *volume)
{
    struct dirent *entry;
    DIR *directory;
    int fd;

    if (tsr_failed(stage_open(volume->nodes.root.fd, &fd))) {
        return;
    }
    /* Another daemon that serves the same directory holds a shared lock. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)fd_close(fd);
        return;
    }
    directory = fdopendir(fd);
    if (!directory) {
        (void)fd_close(fd);
        return;
    }
    while ((entry = readdir(directory))) {
        if (unlinkat(dirfd(directory), entry->d_name, 0) != 0) {
            (void)unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
        }
    }
    (void)unlinkat(volume->nodes.root.fd, STAGE_NAME, AT_REMOVEDIR);
    (void)closedir(directory);
}

/* What the directory above hands down, a set-group-id bit or a default ACL, is not for us. */
static tsr_status stage_make_directory(int root_fd)
{
    CLEANUP(fd_close) int fd = -1;
    struct stat attributes;

    if (mkdirat(root_fd, STAGE_NAME, 0700) != 0 && errno != EEXIST) {
        return tsr_status_of_errno(errno);
    }
    fd = openat(root_fd, STAGE_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    TRY(status_of_result(fd));
    TRY(status_of_result(fstat(fd, &attributes)));
    REQUIRE(attributes.st_uid == geteuid(), STATUS_ACCESS_DENIED);
    if (fremovexattr(fd, "system.posix_acl_default") != 0 && errno != ENODATA &&
        errno != EOPNOTSUPP) {
        return tsr_status_of_errno(errno);
    }
    return status_of_result(fchmod(fd, 0700));
}

/* The staging directory, made when the first object is. */
static tsr_status stage_fd(struct tsr_volume *volume, int *ret_fd)
{
    tsr_status status = TSR_OK;

    pthread_mutex_lock(&volume->stage_lock);
    if (volume->stage_fd < 0) {
        status = stage_make_directory(volume->nodes.root.fd);
        if (tsr_ok(status)) {
            status = stage_open(volume->nodes.root.fd, &volume->stage_fd);
        }
        if (tsr_ok(status)) {
            (void)flock(volume->stage_fd, LOCK_SH | LOCK_NB);
        }
    }
    *ret_fd = volume->stage_fd;
    pthread_mutex_unlock(&volume->stage_lock);
    return status;
}

static int make_at(int fd, const char *name, mode_t mode, const char *target)
{
    int file;

    if (S_ISDIR(mode)) {
        return mkdirat(fd, name, 0700);
    }
    if (S_ISLNK(mode)) {
        return symlinkat(target, fd, name);
    }
    if (S_ISREG(mode)) {
        file = openat(fd, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
        return file < 0 ? -1 : close(file);
    }
    return mknodat(fd, name, (mode & S_IFMT) | 0600, 0);
}

void staged_deinit(struct staged *staged)
{
    if (staged->name[0] != '\0' && unlinkat(staged->volume->stage_fd, staged->name, 0) != 0) {
        (void)unlinkat(staged->volume->stage_fd, staged->name, AT_REMOVEDIR);
    }
    staged->name[0] = '\0';
    staged->fd = fd_close(staged->fd);
}

tsr_status stage_make(struct tsr_volume *volume, mode_t mode, const char *target,
                      struct staged *ret_staged)
{
    struct staged staged = {.volume = volume, .fd = -1};
    int made = -1;
    int fd;

    TRY(stage_fd(volume, &fd));
    for (int i = 0; i < STAGE_TRIES && made != 0; i++) {
        (void)snprintf(staged.name, sizeof(staged.name), "%016" PRIx64,
                       atomic_fetch_add(&volume->stage_counter, 1));
        made = make_at(fd, staged.name, mode, target);
        REQUIRE(made == 0 || errno == EEXIST, tsr_status_of_errno(errno).code);
    }
    REQUIRE(made == 0, STATUS_OBJECT_NAME_COLLISION);

    staged.fd = openat(fd, staged.name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    *ret_staged = staged;
    return status_of_result(staged.fd);
}

tsr_status stage_publish(struct staged *staged, const struct node *parent, const char *name)
{
    /* Safe because the caller's right to add to @parent was checked; NOREPLACE takes nothing away.
     */
    if (syscall(SYS_renameat2, staged->volume->stage_fd, staged->name, node_fd(parent), name,
                RENAME_NOREPLACE) != 0) {
        return tsr_status_of_errno(errno);
    }
    staged->name[0] = '\0';
    return TSR_OK;
}
