/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the tests of this layer share: root, directories, children with chosen credentials
 */

#include <support/expect.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tessera/linux.h>

#define TEST_UID 61001
#define TEST_GID 61002

/* Skip the test without root, or fail it where nothing may be skipped. */
static inline void require_root(void)
{
    if (geteuid() == 0) {
        return;
    }
    if (getenv("TESSERA_REQUIRE_ALL")) {
        fail_msg("this test needs root, and TESSERA_REQUIRE_ALL is set");
    }
    print_message("skipped: needs root\n");
    skip();
}

struct test_directory {
    char path[64];
};

static inline int test_directory_remove_entry(const char *path, const struct stat *stat, int type,
                                              struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

/* The directories of this process, so that a test that skips or fails leaves none behind. */
static struct {
    pid_t owner;
    size_t n_directories;
    struct test_directory directories[64];
} test_directories;

static inline void test_directories_remove(void)
{
    if (getpid() == test_directories.owner) {
        for (size_t i = 0; i < test_directories.n_directories; i++) {
            (void)nftw(test_directories.directories[i].path, test_directory_remove_entry, 8,
                       FTW_DEPTH | FTW_PHYS);
        }
    }
}

static inline void test_directory_remember(const struct test_directory *directory)
{
    if (test_directories.owner == 0) {
        test_directories.owner = getpid();
        assert_int_equal(atexit(test_directories_remove), 0);
    }
    assert_true(test_directories.n_directories < 64);
    test_directories.directories[test_directories.n_directories++] = *directory;
}

/* A new directory that everybody may look into. */
static inline struct test_directory test_directory_new(void)
{
    struct test_directory directory = {"/tmp/tessera-linux-XXXXXX"};

    assert_non_null(mkdtemp(directory.path));
    test_directory_remember(&directory);
    assert_int_equal(chmod(directory.path, 0755), 0);
    return directory;
}

static inline void test_directory_remove(const struct test_directory *directory)
{
    assert_int_equal(nftw(directory->path, test_directory_remove_entry, 8, FTW_DEPTH | FTW_PHYS),
                     0);
}

struct test_path {
    char text[128];
};

static inline struct test_path test_path_in(const struct test_directory *directory,
                                            const char *name)
{
    struct test_path path;

    (void)snprintf(path.text, sizeof(path.text), "%s/%s", directory->path, name);
    return path;
}

static inline void test_file_write(const char *path, const void *bytes, size_t size, mode_t mode)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

/* A file's bytes and a terminator; the caller frees them. */
static inline char *test_file_read(const char *path, size_t *ret_size)
{
    const size_t room = 1u << 22;
    char *text = malloc(room);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t n_read;

    assert_non_null(text);
    assert_true(fd >= 0);
    while ((n_read = read(fd, text + size, room - 1 - size)) > 0) {
        size += (size_t)n_read;
    }
    assert_int_equal(n_read, 0);
    assert_int_equal(close(fd), 0);
    text[size] = '\0';
    if (ret_size) {
        *ret_size = size;
    }
    return text;
}

/* In a child: end with a failure unless the condition holds. */
#define CHILD_REQUIRE(cond_)                                                    \
    do {                                                                        \
        if (!(cond_)) {                                                         \
            fprintf(stderr, "child: %s failed: %s\n", #cond_, strerror(errno)); \
            _exit(99);                                                          \
        }                                                                       \
    } while (0)

/* The credentials of a child. */
struct test_credentials {
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t n_groups;
};

/* Raw calls: also right for one thread of many. */
static inline void test_become(const struct test_credentials *credentials)
{
    const gid_t gid = credentials->gid;
    const uid_t uid = credentials->uid;

    CHILD_REQUIRE(syscall(SYS_setgroups, credentials->n_groups, credentials->groups) == 0);
    CHILD_REQUIRE(syscall(SYS_setresgid, gid, gid, gid) == 0);
    CHILD_REQUIRE(syscall(SYS_setresuid, uid, uid, uid) == 0);
}

/* A child that stands still with these credentials, and ends at the latest with the test. */
static inline pid_t test_child_start(const struct test_credentials *credentials)
{
    char ready;
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        test_become(credentials);
        CHILD_REQUIRE(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        CHILD_REQUIRE(write(ends[1], "", 1) == 1);
        for (;;) {
            pause();
        }
    }

    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    assert_int_equal(close(ends[0]), 0);
    return pid;
}

static inline void test_child_end(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The exit code of a child; fails the test if it ended otherwise. */
static inline int test_exit_code(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* A token of Everyone and a user, to be told apart by the user. */
static inline tsr_token *test_token_new(const char *user)
{
    const tsr_group everyone = {.sid = TSR_SID_EVERYONE, .attributes = TSR_GROUP_ORDINARY};
    const tsr_token_spec spec = {.user = sid_of(user), .groups = &everyone, .n_groups = 1};
    tsr_token *token = NULL;

    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

/* The user of a token is this SID. */
static inline void expect_user(const char *expected, const tsr_token *token)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_group user;

    tsr_token_get_user(token, &user);
    tsr_sid_format(&user.sid, text);
    assert_string_equal(text, expected);
}
