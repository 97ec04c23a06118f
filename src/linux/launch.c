/* SPDX-License-Identifier: MIT */
/*
 * Starting a program under a token.
 *
 * Whatever can fail for want of memory, or by the caller's mistake, is done before fork. The child
 * waits until it is held by a pidfd, so that its number is its own till then. It then only makes
 * system calls, each of which must succeed; it reports the status of the first that did not through
 * a socket that exec closes, and ends.
 */

#include "linux/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "linux/command.h"
#include "linux/credentials.h"
#include "linux/landlock.h"

#include "linux/no-setxid.h"

#define GROUPS_MAX    65536
#define FIRST_FREE_FD 3
#define EXIT_FAILED   127

#define NO_ID UINT32_MAX

#define BIT(capability_) (UINT64_C(1) << (capability_))

/* The tag is a group and the token is chosen by uid: these change both. */
#define CHANGES_IDS (BIT(CAP_SETUID) | BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_SETFCAP))

/* Reading and writing the memory of an untagged process, or ending it and taking its place. */
#define CONTROLS_PROCESSES (BIT(CAP_SYS_PTRACE) | BIT(CAP_KILL) | BIT(CAP_CHECKPOINT_RESTORE))

/* Running code in the kernel or reading and writing its memory, devices and configuration. */
#define CONTROLS_KERNEL                                                             \
    (BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO) | BIT(CAP_BPF) | \
     BIT(CAP_PERFMON) | BIT(CAP_NET_ADMIN) | BIT(CAP_SYS_BOOT) | BIT(CAP_MKNOD))

/* Changing the rules of other security modules, or the root that paths are looked up from. */
#define CONTROLS_POLICY (BIT(CAP_MAC_ADMIN) | BIT(CAP_MAC_OVERRIDE) | BIT(CAP_SYS_CHROOT))

/* Writing what root runs or reads, or making set-id programs: each leads to root outside. */
#define CHANGES_ROOTS_FILES \
    (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_CHOWN) | BIT(CAP_FSETID))

#define NEVER_WITH_A_TAG \
    (CHANGES_IDS | CONTROLS_PROCESSES | CONTROLS_KERNEL | CONTROLS_POLICY | CHANGES_ROOTS_FILES)

/* A launch made ready: what the child needs. */
struct launch {
    struct command command;
    struct credentials credentials;
    gid_t *groups; /* owned; where credentials point: the list, and as much room to read it back */
    uint64_t capabilities;
    uint64_t bounding; /* what any exec below may ever have */
    int ruleset;       /* owned; -1: untagged */
    int file;          /* of the program; -1: whatever its path leads to */
    const char *directory;
    bool keeps_credentials;
    bool is_tagged;
    bool new_session;
};

static void launch_deinit(struct launch *launch)
{
    command_deinit(&launch->command);
    free(launch->groups);
    launch->ruleset = fd_close(launch->ruleset);
}

static inline void cleanup_launch_deinit(struct launch *launch)
{
    launch_deinit(launch);
}

/* Who a program is to be. */
static tsr_status check_credentials(const tsr_launch_spec *spec)
{
    REQUIRE(spec->uid != NO_ID && spec->gid != NO_ID, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_groups <= GROUPS_MAX - 2 && (spec->groups || spec->n_groups == 0),
            STATUS_INVALID_PARAMETER);
    REQUIRE(spec->tag == 0 || tsr_gid_is_tag(spec->tag), STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_rules == 0 || (spec->rules && spec->tag != 0), STATUS_INVALID_PARAMETER);
    REQUIRE(!tsr_gid_is_tag(spec->gid), STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < spec->n_groups; i++) {
        REQUIRE(spec->groups[i] != NO_ID && !tsr_gid_is_tag(spec->groups[i]),
                STATUS_INVALID_PARAMETER);
    }

    /* Root needs no capability to write what root owns, and so is not confined by losing them. */
    REQUIRE(spec->tag == 0 || spec->uid != 0, STATUS_NOT_SUPPORTED);
    REQUIRE(geteuid() == 0, STATUS_ACCESS_DENIED);
    return TSR_OK;
}

static tsr_status check_spec(const tsr_launch_spec *spec)
{
    if (spec->token) {
        return check_credentials(spec);
    }
    REQUIRE(spec->tag == 0 && spec->n_rules == 0, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

static int compare_gids(const void *a, const void *b)
{
    const gid_t left = *(const gid_t *)a;
    const gid_t right = *(const gid_t *)b;

    return (left > right) - (left < right);
}

/*
 * The groups, the gid and the tag in ascending order, each once. The gid is among them so that a
 * set-gid program cannot be used to be rid of it (linux.md 2.2).
 */
static tsr_status choose_groups(struct launch *launch, const tsr_launch_spec *spec)
{
    const size_t n_max = spec->n_groups + 2;
    size_t n_all = spec->n_groups;
    size_t n_kept = 0;

    launch->groups = array_new(2 * n_max + 1, sizeof(*launch->groups));
    REQUIRE(launch->groups, STATUS_NO_MEMORY);

    if (spec->n_groups > 0) {
        memcpy(launch->groups, spec->groups, spec->n_groups * sizeof(*launch->groups));
    }
    launch->groups[n_all++] = spec->gid;
    if (spec->tag != 0) {
        launch->groups[n_all++] = spec->tag;
    }
    qsort(launch->groups, n_all, sizeof(*launch->groups), compare_gids);
    for (size_t i = 0; i < n_all; i++) {
        if (n_kept == 0 || launch->groups[n_kept - 1] != launch->groups[i]) {
            launch->groups[n_kept++] = launch->groups[i];
        }
    }

    launch->credentials = (struct credentials){
        .uid = spec->uid,
        .gid = spec->gid,
        .groups = launch->groups,
        .n_groups = n_kept,
        .read_back = launch->groups + n_max,
    };
    return TSR_OK;
}

/*
 * What the token's privileges stand for, as far as we have it ourselves. Root gets back at exec
 * whatever is in the bounding set, so there the capabilities of missing privileges are taken out;
 * those that stand for no privilege are no business of the token. Other users' set-id programs are
 * left what they need, unless there is a tag.
 */
static tsr_status choose_capabilities(struct launch *launch, const tsr_launch_spec *spec)
{
    const uint64_t named = tsr_capabilities_of_privileges(UINT64_MAX);
    uint64_t wanted = tsr_capabilities_of_privileges(tsr_token_enabled_privileges(spec->token));
    uint64_t ours;

    TRY(credentials_capabilities(&ours));
    if (spec->tag != 0) {
        wanted &= ~NEVER_WITH_A_TAG;
    }
    launch->capabilities = wanted & ours;
    launch->bounding = UINT64_MAX;
    if (spec->uid == 0) {
        launch->capabilities |= ours & ~named;
        launch->bounding = launch->capabilities;
    }
    if (spec->tag != 0) {
        launch->bounding = launch->capabilities;
    }
    return TSR_OK;
}

static tsr_status launch_init(struct launch *launch, const tsr_launch_spec *spec)
{
    launch->is_tagged = spec->tag != 0;
    launch->new_session = !spec->keep_terminal;
    launch->directory = spec->directory;
    launch->keeps_credentials = !spec->token;
    if (launch->is_tagged) {
        TRY(landlock_ruleset_new(spec->rules, spec->n_rules, &launch->ruleset));
    }
    if (spec->token) {
        TRY(choose_groups(launch, spec));
        TRY(choose_capabilities(launch, spec));
    }
    return command_init(spec->program, spec->argv, spec->environment, spec->keep_desktop,
                        &launch->command);
}

/* Handlers end at exec by themselves, what is ignored does not; some numbers cannot be set at all.
 */
static void reset_signals(void)
{
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &by_default, NULL);
    }
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* Every step narrows what the next one may do. */
static tsr_status become(const struct launch *launch)
{
    TRY(credentials_limit_capabilities(launch->bounding));
    /* Before the change of ids: so the keyring is not one of the few that the user may have. */
    if (launch->credentials.uid != 0) {
        TRY(credentials_leave_keys());
    }
    TRY(credentials_become(&launch->credentials));
    TRY(credentials_set_capabilities(launch->capabilities));
    if (launch->is_tagged) {
        TRY(credentials_renounce());
        TRY(landlock_enter(launch->ruleset));
    }
    return TSR_OK;
}

/* The child: from fork to exec. */
static tsr_status start(const struct launch *launch)
{
    if (launch->new_session && setsid() < 0) {
        return tsr_status_of_errno(errno);
    }
    reset_signals();
    /* safe because exec then closes every fd of ours, of which only 0, 1 and 2 are meant for the
     * program; needs nothing. */
    if (syscall(SYS_close_range, FIRST_FREE_FD, ~0u, CLOSE_RANGE_CLOEXEC) < 0) {
        return tsr_status_of_errno(errno);
    }

    if (!launch->keeps_credentials) {
        TRY(become(launch));
    }
    if (launch->directory && chdir(launch->directory) < 0) {
        return tsr_status_of_errno(errno);
    }
    return launch->file >= 0 ? command_exec_file(&launch->command, launch->file)
                             : command_exec(&launch->command);
}

static _Noreturn void child(const struct launch *launch, int end)
{
    tsr_status status;
    char go;

    /* Nobody holds it: the parent could not, or is gone. */
    if (read(end, &go, sizeof(go)) != sizeof(go)) {
        _exit(EXIT_FAILED);
    }
    status = start(launch);
    /* Nobody could be told that this failed; the parent takes the missing report for a success, and
     * its wait for what it is. */
    (void)!write(end, &status.code, sizeof(status.code));
    _exit(EXIT_FAILED);
}

/* What the child reports: nothing if it became the program. */
static tsr_status read_report(int end)
{
    uint32_t code;
    ssize_t n_read;

    do {
        n_read = read(end, &code, sizeof(code));
    } while (n_read < 0 && errno == EINTR);
    if (n_read == 0) {
        return TSR_OK;
    }
    return n_read == (ssize_t)sizeof(code) ? tsr_status_of(code)
                                           : tsr_status_of(STATUS_INTERNAL_ERROR);
}

static void reap(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* Fork with all signals blocked, so that no handler of ours runs in the child. */
static pid_t fork_quietly(void)
{
    sigset_t all;
    sigset_t before;
    pid_t pid;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = fork();
    error = errno;
    if (pid != 0) {
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    errno = error;
    return pid;
}

/* Hold the child, let it go on, and hear what becomes of it. */
static tsr_status let_go(pid_t pid, int end, int *ret_fd)
{
    CLEANUP(fd_close) int fd = pidfd_open(pid, 0);

    if (fd < 0 || send(end, "", 1, MSG_NOSIGNAL) < 0) {
        return tsr_status_of_errno(errno);
    }
    TRY(read_report(end));
    *ret_fd = fd_steal(&fd);
    return TSR_OK;
}

static tsr_status run(const struct launch *launch, struct launched *ret_launched)
{
    CLEANUP(fd_close) int end = -1;
    CLEANUP(fd_close) int end_of_child = -1;
    struct launched launched;
    tsr_status status;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        return tsr_status_of_errno(errno);
    }
    end = ends[0];
    end_of_child = ends[1];
    launched.id = fork_quietly();
    if (launched.id < 0) {
        return tsr_status_of_errno(errno);
    }
    if (launched.id == 0) {
        (void)fd_close(end);
        child(launch, end_of_child);
    }

    end_of_child = fd_close(end_of_child);
    status = let_go(launched.id, end, &launched.fd);
    if (tsr_failed(status)) {
        end = fd_close(end); /* A child that still waits ends by that. */
        reap(launched.id);
        return status;
    }
    *ret_launched = launched;
    return TSR_OK;
}

tsr_status launch_held(const tsr_launch_spec *spec, int file, struct launched *ret_launched)
{
    CLEANUP(launch_deinit) struct launch launch = {.ruleset = -1, .file = file};

    TRY(check_spec(spec));
    TRY(launch_init(&launch, spec));
    return run(&launch, ret_launched);
}

tsr_status tsr_launch(const tsr_launch_spec *spec, pid_t *ret_pid)
{
    struct launched launched;

    TRY(launch_held(spec, -1, &launched));
    (void)fd_close(launched.fd);
    *ret_pid = launched.id;
    return TSR_OK;
}
