/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Accounts for tests: a user and a group file that only the test program sees
 *
 * They lie over those of the machine in a mount namespace of the program's own, for which it needs
 * root. The machine's files are neither read nor written.
 */

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <support/expect.h>

static struct {
    bool are_there;
    int users; /* the user file, which has no name any more */
} accounts;

static inline void accounts_fill(int fd, const char *text)
{
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

/* Lay a file with this text over another, where there is one. @return the new file, never closed */
static inline int accounts_cover(const char *path, const char *text)
{
    char name[] = "/tmp/tessera-accounts-XXXXXX";
    const int fd = mkostemp(name, O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0644), 0);
    accounts_fill(fd, text);
    if (access(path, F_OK) == 0) {
        assert_int_equal(mount(name, path, NULL, MS_BIND, NULL), 0);
    }
    assert_int_equal(unlink(name), 0);
    return fd;
}

/* A cache of names would answer for the machine: nobody listens where it is looked for. */
static inline void accounts_hide_cache(void)
{
    char name[] = "/tmp/tessera-accounts-XXXXXX";

    assert_non_null(mkdtemp(name));
    if (access("/run/nscd", F_OK) == 0) {
        assert_int_equal(mount(name, "/run/nscd", NULL, MS_BIND, NULL), 0);
    }
    assert_int_equal(rmdir(name), 0);
}

/* The group setup of a test program: before anything asks NSS. Text is written as it is. */
static inline void accounts_init(const char *users, const char *groups)
{
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return;
    }
    accounts_hide_cache();
    (void)accounts_cover("/etc/nsswitch.conf", "passwd: files\ngroup: files\ninitgroups: files\n");
    (void)accounts_cover("/etc/group", groups);
    accounts.users = accounts_cover("/etc/passwd", users);
    accounts.are_there = true;
}

/* Write the user file anew. */
static inline void accounts_set_users(const char *users)
{
    accounts_fill(accounts.users, users);
}

/* Skip the test where they are not, or fail it where nothing may be skipped. */
static inline void require_accounts(void)
{
    if (accounts.are_there) {
        return;
    }
    if (getenv("TESSERA_REQUIRE_ALL")) {
        fail_msg("this test needs root and mounts, and TESSERA_REQUIRE_ALL is set");
    }
    print_message("skipped: needs root and mounts\n");
    skip();
}
