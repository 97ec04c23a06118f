/* SPDX-License-Identifier: MIT */
/* The Landlock domain of a tagged process. */

#include "linux/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tessera/linux.h>

#include "base/check.h"
#include "base/fd.h"

/*
 * The kernel's interface, spelled here because the headers of Debian 12 end at ABI 2: the numbers
 * are those of linux/landlock.h.
 */
#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH      1

#define FS_EXECUTE     (UINT64_C(1) << 0)
#define FS_WRITE_FILE  (UINT64_C(1) << 1)
#define FS_READ_FILE   (UINT64_C(1) << 2)
#define FS_READ_DIR    (UINT64_C(1) << 3)
#define FS_REMOVE_DIR  (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_CHAR   (UINT64_C(1) << 6)
#define FS_MAKE_DIR    (UINT64_C(1) << 7)
#define FS_MAKE_REG    (UINT64_C(1) << 8)
#define FS_MAKE_SOCK   (UINT64_C(1) << 9)
#define FS_MAKE_FIFO   (UINT64_C(1) << 10)
#define FS_MAKE_BLOCK  (UINT64_C(1) << 11)
#define FS_MAKE_SYM    (UINT64_C(1) << 12)
#define FS_REFER       (UINT64_C(1) << 13)
#define FS_TRUNCATE    (UINT64_C(1) << 14)
#define FS_IOCTL_DEV   (UINT64_C(1) << 15)

#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL               (UINT64_C(1) << 1)

/* The first ABI that scopes signals and abstract sockets; it knows all of the above. */
#define ABI_NEEDED 6

#define READ_RIGHTS    (FS_READ_FILE | FS_READ_DIR)
#define EXECUTE_RIGHTS FS_EXECUTE
#define WRITE_RIGHTS                                                                             \
    (FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | \
     FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_SYM | FS_REFER)

/* Device nodes can be made by nobody: no rule gives these. */
#define HANDLED_RIGHTS (READ_RIGHTS | WRITE_RIGHTS | EXECUTE_RIGHTS | FS_MAKE_CHAR | FS_MAKE_BLOCK)

/* What means something for a path that is not a directory; the kernel refuses the rest there. */
#define FILE_RIGHTS (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define KNOWN_ACCESS ((unsigned int)(TSR_PATH_READ | TSR_PATH_WRITE | TSR_PATH_EXECUTE))

struct ruleset_attr {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

struct path_beneath_attr {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

static uint64_t rights_of_access(unsigned int access)
{
    uint64_t rights = 0;

    rights |= access & TSR_PATH_READ ? READ_RIGHTS : 0;
    rights |= access & TSR_PATH_WRITE ? WRITE_RIGHTS : 0;
    rights |= access & TSR_PATH_EXECUTE ? EXECUTE_RIGHTS : 0;
    return rights;
}

static tsr_status add_rule(int ruleset, const tsr_path_rule *rule)
{
    CLEANUP(fd_close) int fd = -1;
    struct path_beneath_attr attr;
    struct stat stat;

    REQUIRE(rule->path && rule->access != 0 && (rule->access & ~KNOWN_ACCESS) == 0,
            STATUS_INVALID_PARAMETER);

    /* safe because O_PATH neither reads nor gives access, and the child never has this fd; needs
     * that the caller may look the path up. */
    fd = open(rule->path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) < 0) {
        return tsr_status_of_errno(errno);
    }
    attr = (struct path_beneath_attr){.allowed = rights_of_access(rule->access), .parent_fd = fd};
    if (!S_ISDIR(stat.st_mode)) {
        attr.allowed &= FILE_RIGHTS;
    }
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0) < 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

tsr_status landlock_ruleset_new(const tsr_path_rule *rules, size_t n_rules, int *ret_fd)
{
    const struct ruleset_attr attr = {
        .handled_fs = n_rules > 0 ? HANDLED_RIGHTS : 0,
        .scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL,
    };
    CLEANUP(fd_close) int fd = -1;

    REQUIRE(syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION) >= ABI_NEEDED,
            STATUS_NOT_SUPPORTED);

    fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    for (size_t i = 0; i < n_rules; i++) {
        TRY(add_rule(fd, &rules[i]));
    }

    *ret_fd = fd_steal(&fd);
    return TSR_OK;
}

tsr_status landlock_enter(int ruleset)
{
    /* safe because it only takes away, and cannot be undone; needs no_new_privs, or CAP_SYS_ADMIN.
     */
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}
