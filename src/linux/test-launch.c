/* SPDX-License-Identifier: MIT */
/*
 * Tests of starting programs under a token.
 *
 * What a launched program can do is tried by this test program itself, which is copied to where
 * every user may run it: with a probe's name as argument it runs that, and exits with the errno it
 * met.
 */

#include "linux/launch.h"

#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <tessera/privilege.h>

#include "linux/test-support.h"

#define BIT(capability_) (UINT64_C(1) << (capability_))

#define USER "S-1-5-21-1-2-3-1104"

#define SECRET "the victim's memory"

/*
 * Probes
 */

static int probe_stop(const char *argument)
{
    (void)argument;
    return raise(SIGSTOP) == 0 ? 0 : errno;
}

static int probe_kill(const char *argument)
{
    return kill(atoi(argument), SIGTERM) == 0 ? 0 : errno;
}

static int probe_trace(const char *argument)
{
    return ptrace(PTRACE_ATTACH, atoi(argument), NULL, NULL) == 0 ? 0 : errno;
}

/* "PID:ADDRESS" of a secret that is to be overwritten. */
static int probe_write_memory(const char *argument)
{
    char text[] = "changed";
    unsigned long long address = 0;
    struct iovec local = {.iov_base = text, .iov_len = sizeof(text)};
    struct iovec remote = {.iov_len = sizeof(text)};
    int pid = 0;

    if (sscanf(argument, "%d:%llx", &pid, &address) != 2) {
        return EINVAL;
    }
    remote.iov_base = (void *)(uintptr_t)address;
    return process_vm_writev(pid, &local, 1, &remote, 1, 0) >= 0 ? 0 : errno;
}

static int probe_abstract_socket(const char *argument)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argument);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(&address.sun_path[1], argument, strlen(argument));
    return connect(fd, (const struct sockaddr *)&address, (socklen_t)size) == 0 ? 0 : errno;
}

static int probe_read(const char *argument)
{
    return open(argument, O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}

static int probe_write(const char *argument)
{
    return open(argument, O_WRONLY | O_CREAT | O_CLOEXEC, 0644) >= 0 ? 0 : errno;
}

static int probe_drop_groups(const char *argument)
{
    (void)argument;
    return syscall(SYS_setgroups, 0, NULL) == 0 ? 0 : errno;
}

static int probe_forge(const char *argument)
{
    const gid_t tag = (gid_t)strtoul(argument, NULL, 10);

    if (syscall(SYS_setgroups, 1, &tag) == 0 || syscall(SYS_setresgid, -1, tag, -1) == 0) {
        return 0;
    }
    return errno;
}

/* Try all that could shed the groups, then stand still to be looked at. */
static int probe_shed_and_stop(const char *argument)
{
    (void)syscall(SYS_setresuid, 0, 0, 0);
    (void)syscall(SYS_setgroups, 0, NULL);
    return probe_stop(argument);
}

static int probe_fork_and_stop(const char *argument)
{
    const pid_t pid = fork();

    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(probe_stop(argument));
    }
    return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : errno;
}

static int probe_new_namespace_and_stop(const char *argument)
{
    if (unshare(CLONE_NEWUSER) < 0) {
        return errno;
    }
    return probe_shed_and_stop(argument);
}

/*
 * What newgidmap does for whoever has subordinate gids: as a set-id program, map into a namespace a
 * gid that is not the caller's.
 */
static int probe_map_gids(const char *argument)
{
    const char map[] = "0 100000 1";
    char path[64];
    int fd;

    (void)snprintf(path, sizeof(path), "/proc/%s/gid_map", argument);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    return write(fd, map, strlen(map)) == (ssize_t)strlen(map) ? 0 : errno;
}

/* Make a namespace and have the set-id program @argument map gids in it; then shed groups there. */
static int probe_shed_by_helper(const char *argument)
{
    char ready;
    char self[16];
    int status = -1;
    int ends[2];
    pid_t helper;

    (void)snprintf(self, sizeof(self), "%d", getpid());
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return errno;
    }
    helper = fork();
    if (helper == 0) {
        (void)!read(ends[0], &ready, 1);
        (void)execl(argument, "helper", "map-gids", self, NULL);
        _exit(errno);
    }
    if (unshare(CLONE_NEWUSER) < 0 || write(ends[1], "", 1) != 1) {
        return errno;
    }
    (void)waitpid(helper, &status, 0);
    if (WEXITSTATUS(status) != 0) {
        return WEXITSTATUS(status);
    }
    return syscall(SYS_setgroups, 0, NULL) == 0 ? 0 : errno;
}

static int probe_session(const char *argument)
{
    (void)argument;
    return getsid(0) == getpid() ? 1 : 2;
}

/* The number of open fds above 2, and 100 if a signal is blocked or ignored. */
static int probe_leftovers(const char *argument)
{
    struct sigaction action;
    sigset_t blocked;
    int n_found = 0;

    (void)argument;
    for (int fd = 3; fd < 100; fd++) {
        n_found += fcntl(fd, F_GETFD) >= 0;
    }
    if (sigprocmask(SIG_BLOCK, NULL, &blocked) < 0 || sigismember(&blocked, SIGUSR1) ||
        sigaction(SIGUSR2, NULL, &action) < 0 || action.sa_handler != SIG_DFL) {
        return 100;
    }
    return n_found;
}

/* 0 if it is where it was told to be. */
static int probe_directory(const char *argument)
{
    char directory[256];

    return getcwd(directory, sizeof(directory)) && strcmp(directory, argument) == 0 ? 0 : 1;
}

/* 0 if the environment has DISPLAY. */
static int probe_display(const char *argument)
{
    (void)argument;
    return getenv("DISPLAY") ? 0 : 1;
}

static int probe_find_key(const char *argument)
{
    return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", argument, 0) >= 0
               ? 0
               : errno;
}

static const struct {
    const char *name;
    int (*run)(const char *argument);
} probes[] = {
    {"stop", probe_stop},
    {"directory", probe_directory},
    {"kill", probe_kill},
    {"trace", probe_trace},
    {"write-memory", probe_write_memory},
    {"abstract-socket", probe_abstract_socket},
    {"read", probe_read},
    {"write", probe_write},
    {"drop-groups", probe_drop_groups},
    {"forge", probe_forge},
    {"shed-and-stop", probe_shed_and_stop},
    {"fork-and-stop", probe_fork_and_stop},
    {"new-namespace-and-stop", probe_new_namespace_and_stop},
    {"map-gids", probe_map_gids},
    {"shed-by-helper", probe_shed_by_helper},
    {"session", probe_session},
    {"leftovers", probe_leftovers},
    {"display", probe_display},
    {"find-key", probe_find_key},
};

static int run_probe(const char *name, const char *argument)
{
    /* Also a test that fails leaves nobody behind. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        if (strcmp(probes[i].name, name) == 0) {
            return probes[i].run(argument);
        }
    }
    return 98;
}

/*
 * Launching them
 */

struct fixture {
    struct test_directory directory;
    struct test_path program;
    struct test_path state_dir;
    tsr_token *token;
    gid_t tag;
};

static void copy_program(const char *path, mode_t mode)
{
    size_t size;
    char *bytes = NULL;
    FILE *from = fopen("/proc/self/exe", "re");

    assert_non_null(from);
    assert_int_equal(fseek(from, 0, SEEK_END), 0);
    size = (size_t)ftell(from);
    rewind(from);
    bytes = malloc(size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, from), size);
    assert_int_equal(fclose(from), 0);
    test_file_write(path, bytes, size, mode);
    free(bytes);
}

static tsr_token *token_with(const uint32_t *privileges, size_t n_privileges)
{
    tsr_privilege_state states[TSR_PRIVILEGE_LAST + 1];
    const tsr_token_spec spec = {
        .user = sid_of(USER), .privileges = states, .n_privileges = n_privileges};
    tsr_token *token = NULL;

    for (size_t i = 0; i < n_privileges; i++) {
        states[i] = (tsr_privilege_state){privileges[i], SE_PRIVILEGE_ENABLED};
    }
    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

static struct fixture fixture_new(void)
{
    struct fixture fixture = {.directory = test_directory_new()};

    fixture.program = test_path_in(&fixture.directory, "probe");
    fixture.state_dir = test_path_in(&fixture.directory, "state");
    fixture.token = token_with(NULL, 0);
    copy_program(fixture.program.text, 0755);
    expect_ok(tsr_tag_lease(fixture.state_dir.text, fixture.token, TEST_UID, &fixture.tag));
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    tsr_token_unref(fixture->token);
    test_directory_remove(&fixture->directory);
}

/* What is launched if nothing is changed: a tagged probe of TEST_UID. */
static tsr_launch_spec spec_of(const struct fixture *fixture, char *const *argv)
{
    static const gid_t groups[] = {61007, 4};

    return (tsr_launch_spec){
        .token = fixture->token,
        .uid = TEST_UID,
        .gid = TEST_GID,
        .groups = groups,
        .n_groups = 2,
        .tag = fixture->tag,
        .argv = argv,
    };
}

static pid_t launch(const tsr_launch_spec *spec)
{
    pid_t pid = 0;

    expect_ok(tsr_launch(spec, &pid));
    assert_true(pid > 0);
    return pid;
}

/* The errno that a probe meets under a specification. */
static int errno_of(const struct fixture *fixture, tsr_launch_spec spec, const char *probe,
                    const char *argument)
{
    char *argv[] = {(char *)fixture->program.text, (char *)probe, (char *)argument, NULL};

    spec.argv = argv;
    return test_exit_code(launch(&spec));
}

static int errno_of_tagged(const struct fixture *fixture, const char *probe, const char *argument)
{
    return errno_of(fixture, spec_of(fixture, NULL), probe, argument);
}

/* A launched probe that stands still. */
static pid_t launch_stopped(const struct fixture *fixture, tsr_launch_spec spec, const char *probe,
                            const char *argument)
{
    char *argv[] = {(char *)fixture->program.text, (char *)probe, (char *)argument, NULL};
    int status;
    pid_t pid;

    spec.argv = argv;
    pid = launch(&spec);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    return pid;
}

static tsr_identity identity_of(pid_t pid)
{
    tsr_identity identity = {0};

    expect_ok(tsr_identity_of_thread(pid, &identity));
    return identity;
}

/* A line of the process's status file, "NoNewPrivs:\t1". */
static bool has_status_line(pid_t pid, const char *line)
{
    char path[64];
    char wanted[64];
    char *text;
    bool found;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
    (void)snprintf(wanted, sizeof(wanted), "\n%s\n", line);
    text = test_file_read(path, NULL);
    found = strstr(text, wanted) != NULL;
    free(text);
    return found;
}

/* The process is tagged, of its own uid, and can gain nothing. */
static void expect_confined(const struct fixture *fixture, pid_t pid)
{
    const tsr_resolver_options options = {.state_dir = fixture->state_dir.text};
    tsr_identity identity = identity_of(pid);
    tsr_origin origin = TSR_ORIGIN_NONE;
    tsr_resolver *resolver = NULL;
    tsr_token *token = NULL;

    expect_ok(tsr_resolver_new(&options, &resolver, NULL));
    expect_ok(tsr_resolver_token(resolver, &identity, &token, &origin));
    assert_int_equal(origin, TSR_ORIGIN_TAGGED);
    expect_user(USER, token);
    assert_int_equal(identity.uid, TEST_UID);
    assert_int_equal(identity.capabilities, 0);
    assert_true(has_status_line(pid, "NoNewPrivs:\t1"));
    tsr_token_unref(token);
    tsr_resolver_free(resolver);
    tsr_identity_deinit(&identity);
}

static void a_tagged_program_is_what_was_asked_for(void **state)
{
    static const gid_t expected[] = {4, TEST_GID, 61007};
    struct fixture fixture;
    tsr_identity identity;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();

    pid = launch_stopped(&fixture, spec_of(&fixture, NULL), "stop", NULL);

    expect_confined(&fixture, pid);
    identity = identity_of(pid);
    assert_int_equal(identity.real_uid, TEST_UID);
    assert_int_equal(identity.gid, TEST_GID);
    assert_int_equal(identity.n_groups, 4);
    assert_memory_equal(identity.groups, expected, sizeof(expected));
    assert_int_equal(identity.groups[3], fixture.tag);
    assert_true(has_status_line(pid, "CapEff:\t0000000000000000"));
    assert_true(has_status_line(pid, "CapPrm:\t0000000000000000"));
    assert_true(has_status_line(pid, "CapInh:\t0000000000000000"));
    assert_true(has_status_line(pid, "CapBnd:\t0000000000000000"));
    assert_true(has_status_line(pid, "CapAmb:\t0000000000000000"));
    tsr_identity_deinit(&identity);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void the_tag_survives_a_user_namespace(void **state)
{
    struct fixture fixture;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();

    pid = launch_stopped(&fixture, spec_of(&fixture, NULL), "new-namespace-and-stop", NULL);

    expect_confined(&fixture, pid);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void the_tag_survives_set_id_programs(void **state)
{
    struct fixture fixture;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    assert_int_equal(chmod(fixture.program.text, 06755), 0);

    pid = launch_stopped(&fixture, spec_of(&fixture, NULL), "shed-and-stop", NULL);

    expect_confined(&fixture, pid);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void without_a_tag_the_same_program_does_shed_its_groups(void **state)
{
    struct fixture fixture;
    tsr_launch_spec spec;
    tsr_identity identity;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    assert_int_equal(chmod(fixture.program.text, 06755), 0);
    spec = spec_of(&fixture, NULL);
    spec.tag = 0;

    pid = launch_stopped(&fixture, spec, "shed-and-stop", NULL);

    identity = identity_of(pid);
    assert_int_equal(identity.uid, 0);
    assert_int_equal(identity.n_groups, 0);
    tsr_identity_deinit(&identity);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void the_tag_survives_set_id_helpers_that_map_gids(void **state)
{
    struct fixture fixture;
    struct test_path helper;
    tsr_launch_spec spec;

    (void)state;
    require_root();
    fixture = fixture_new();
    helper = test_path_in(&fixture.directory, "helper");
    copy_program(helper.text, 04755);

    assert_int_not_equal(errno_of_tagged(&fixture, "shed-by-helper", helper.text), 0);
    /* It is no_new_privs that makes the difference. */
    spec = spec_of(&fixture, NULL);
    spec.tag = 0;
    assert_int_equal(errno_of(&fixture, spec, "shed-by-helper", helper.text), 0);

    fixture_free(&fixture);
}

/* The only child of a process; 0 while it has none. */
static pid_t child_of(pid_t pid)
{
    char path[64];
    char *text;
    pid_t child;

    (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    text = test_file_read(path, NULL);
    child = (pid_t)atoi(text);
    free(text);
    return child;
}

static void the_tag_survives_fork(void **state)
{
    struct fixture fixture;
    tsr_launch_spec spec;
    pid_t child = 0;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    spec = spec_of(&fixture, NULL);
    spec.argv = (char *[]){fixture.program.text, (char[]){"fork-and-stop"}, NULL};

    pid = launch(&spec);
    while (child == 0 || !has_status_line(child, "State:\tT (stopped)")) {
        child = child_of(pid);
    }

    expect_confined(&fixture, child);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void the_tag_survives_exec(void **state)
{
    struct fixture fixture;
    tsr_launch_spec spec;
    char script[256];
    int status;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    (void)snprintf(script, sizeof(script), "exec %s shed-and-stop", fixture.program.text);
    spec = spec_of(&fixture, NULL);
    spec.argv = (char *[]){(char[]){"sh"}, (char[]){"-c"}, script, NULL};

    pid = launch(&spec);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);

    assert_true(WIFSTOPPED(status));
    expect_confined(&fixture, pid);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void real_set_id_programs_do_not_help(void **state)
{
    static const char *const scripts[] = {
        "echo | su root -c 'kill -STOP $$' >&2",
        "su nobody -s /bin/sh -c true </dev/null",
        "newgrp </dev/null",
    };
    struct fixture fixture;
    char script[512];
    int status;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();

    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        tsr_launch_spec spec = spec_of(&fixture, NULL);

        (void)snprintf(script, sizeof(script), "exec 2>/dev/null; %s; exec %s shed-and-stop",
                       scripts[i], fixture.program.text);
        spec.argv = (char *[]){(char[]){"sh"}, (char[]){"-c"}, script, NULL};
        pid = launch(&spec);
        assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
        assert_true(WIFSTOPPED(status));
        expect_confined(&fixture, pid);
        test_child_end(pid);
    }
    fixture_free(&fixture);
}

static void a_tagged_program_can_neither_drop_nor_forge_a_tag(void **state)
{
    struct fixture fixture;
    char other[16];

    (void)state;
    require_root();
    fixture = fixture_new();
    (void)snprintf(other, sizeof(other), "%u", fixture.tag + 1);

    assert_int_equal(errno_of_tagged(&fixture, "drop-groups", NULL), EPERM);
    assert_int_equal(errno_of_tagged(&fixture, "forge", other), EPERM);

    fixture_free(&fixture);
}

/* An untagged process of the same uid, with a secret in its memory. */
static pid_t victim_start(char *secret)
{
    const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
    char ready;
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        test_become(&credentials);
        CHILD_REQUIRE(prctl(PR_SET_DUMPABLE, 1) == 0);
        CHILD_REQUIRE(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        CHILD_REQUIRE(signal(SIGTERM, SIG_IGN) != SIG_ERR);
        CHILD_REQUIRE(write(ends[1], "", 1) == 1);
        while (strcmp(secret, SECRET) == 0) {
            usleep(1000);
        }
        _exit(1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    return pid;
}

static void a_tagged_program_cannot_reach_an_untagged_sibling(void **state)
{
    char secret[] = SECRET;
    struct fixture fixture;
    tsr_launch_spec untagged;
    char pid_text[16];
    char memory[64];
    pid_t victim;

    (void)state;
    require_root();
    fixture = fixture_new();
    untagged = spec_of(&fixture, NULL);
    untagged.tag = 0;
    victim = victim_start(secret);
    (void)snprintf(pid_text, sizeof(pid_text), "%d", victim);
    (void)snprintf(memory, sizeof(memory), "%d:%llx", victim,
                   (unsigned long long)(uintptr_t)secret);

    assert_int_equal(errno_of_tagged(&fixture, "kill", pid_text), EPERM);
    assert_int_equal(errno_of_tagged(&fixture, "trace", pid_text), EPERM);
    assert_int_equal(errno_of_tagged(&fixture, "write-memory", memory), EPERM);
    /* Without the tag they can: it is not something else that keeps them apart. */
    assert_int_equal(errno_of(&fixture, untagged, "kill", pid_text), 0);
    assert_int_equal(errno_of(&fixture, untagged, "write-memory", memory), 0);

    assert_int_equal(test_exit_code(victim), 1);
    fixture_free(&fixture);
}

static void a_tagged_program_cannot_reach_an_abstract_socket(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct fixture fixture;
    tsr_launch_spec untagged;
    char name[64];
    size_t size;
    int server;

    (void)state;
    require_root();
    fixture = fixture_new();
    untagged = spec_of(&fixture, NULL);
    untagged.tag = 0;
    (void)snprintf(name, sizeof(name), "tessera-test-%d", getpid());
    memcpy(&address.sun_path[1], name, strlen(name));
    size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server, (const struct sockaddr *)&address, (socklen_t)size), 0);
    assert_int_equal(listen(server, 5), 0);

    assert_int_equal(errno_of_tagged(&fixture, "abstract-socket", name), EPERM);
    assert_int_equal(errno_of(&fixture, untagged, "abstract-socket", name), 0);

    close(server);
    fixture_free(&fixture);
}

static void path_rules_are_enforced(void **state)
{
    struct fixture fixture;
    struct test_path data;
    struct test_path file;
    struct test_path made;
    struct test_path other;
    tsr_path_rule rules[5];
    tsr_launch_spec spec;

    (void)state;
    require_root();
    fixture = fixture_new();
    data = test_path_in(&fixture.directory, "data");
    file = test_path_in(&fixture.directory, "data/file");
    made = test_path_in(&fixture.directory, "data/made");
    other = test_path_in(&fixture.directory, "other");
    assert_int_equal(mkdir(data.text, 0777), 0);
    assert_int_equal(chmod(data.text, 0777), 0);
    test_file_write(file.text, "x", 1, 0644);
    test_file_write(other.text, "x", 1, 0666);
    rules[0] = (tsr_path_rule){"/usr", TSR_PATH_READ | TSR_PATH_EXECUTE};
    rules[1] = (tsr_path_rule){"/etc/ld.so.cache", TSR_PATH_READ};
    rules[2] = (tsr_path_rule){fixture.program.text, TSR_PATH_READ | TSR_PATH_EXECUTE};
    rules[3] = (tsr_path_rule){"/proc", TSR_PATH_READ};
    rules[4] = (tsr_path_rule){data.text, TSR_PATH_READ};
    spec = spec_of(&fixture, NULL);
    spec.rules = rules;
    spec.n_rules = 5;

    assert_int_equal(errno_of(&fixture, spec, "read", file.text), 0);
    assert_int_equal(errno_of(&fixture, spec, "write", made.text), EACCES);
    assert_int_equal(errno_of(&fixture, spec, "read", other.text), EACCES);
    assert_int_equal(errno_of(&fixture, spec, "write", other.text), EACCES);
    rules[4].access = TSR_PATH_READ | TSR_PATH_WRITE;
    assert_int_equal(errno_of(&fixture, spec, "write", made.text), 0);
    /* Without rules Linux alone decides. */
    assert_int_equal(errno_of_tagged(&fixture, "write", other.text), 0);

    fixture_free(&fixture);
}

static void failures_are_reported_and_start_nothing(void **state)
{
    struct fixture fixture;
    tsr_path_rule rule = {"/nonexistent", TSR_PATH_READ};
    char *missing[] = {(char[]){"/nonexistent/program"}, NULL};
    char *unknown[] = {(char[]){"tessera-no-such-program"}, NULL};
    char *plain_file[] = {(char[]){"/etc/passwd"}, NULL};
    char *true_program[] = {(char[]){"true"}, NULL};
    tsr_launch_spec spec;
    pid_t pid = 42;

    (void)state;
    require_root();
    fixture = fixture_new();

    spec = spec_of(&fixture, missing);
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_launch(&spec, &pid));
    spec.argv = unknown;
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_launch(&spec, &pid));
    spec.argv = plain_file;
    expect_status(STATUS_ACCESS_DENIED, tsr_launch(&spec, &pid));
    spec.argv = true_program;
    spec.rules = &rule;
    spec.n_rules = 1;
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_launch(&spec, &pid));
    rule = (tsr_path_rule){"/usr", 8};
    expect_status(STATUS_INVALID_PARAMETER, tsr_launch(&spec, &pid));
    /* The rules leave no program to be run. */
    rule = (tsr_path_rule){"/etc", TSR_PATH_READ};
    expect_status(STATUS_ACCESS_DENIED, tsr_launch(&spec, &pid));

    assert_int_equal(pid, 42);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    fixture_free(&fixture);
}

static void wrong_specifications_are_refused(void **state)
{
    static const gid_t tag_group[] = {TSR_TAG_FIRST + 5};
    static const gid_t no_group[] = {UINT32_MAX};
    const tsr_path_rule rule = {"/", TSR_PATH_READ};
    char *argv[] = {(char[]){"true"}, NULL};
    char *none[] = {NULL};
    tsr_token *token = test_token_new(USER);
    const tsr_launch_spec good = {
        .token = token, .uid = TEST_UID, .gid = TEST_GID, .tag = TSR_TAG_FIRST, .argv = argv};
    tsr_launch_spec specs[11];
    tsr_launch_spec as_root = good;
    pid_t pid = 42;

    (void)state;
    require_root();
    for (size_t i = 0; i < 11; i++) {
        specs[i] = good;
    }
    specs[0].token = NULL;
    specs[1].uid = UINT32_MAX;
    specs[2].gid = UINT32_MAX;
    specs[3].gid = TSR_TAG_FIRST + 5;
    specs[4].groups = tag_group;
    specs[4].n_groups = 1;
    specs[5].groups = no_group;
    specs[5].n_groups = 1;
    specs[6].n_groups = 1;
    specs[7].tag = 1000;
    specs[8].tag = 0;
    specs[8].rules = &rule;
    specs[8].n_rules = 1;
    specs[9].argv = none;
    specs[10].groups = tag_group;
    specs[10].n_groups = 65535;
    as_root.uid = 0;

    for (size_t i = 0; i < 11; i++) {
        expect_status(STATUS_INVALID_PARAMETER, tsr_launch(&specs[i], &pid));
    }
    expect_status(STATUS_NOT_SUPPORTED, tsr_launch(&as_root, &pid));

    assert_int_equal(pid, 42);
    tsr_token_unref(token);
}

static void only_root_launches(void **state)
{
    char *argv[] = {(char[]){"true"}, NULL};
    tsr_token *token = test_token_new(USER);
    pid_t pid;

    (void)state;
    require_root();

    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
        const tsr_launch_spec spec = {
            .token = token, .uid = TEST_UID, .gid = TEST_GID, .argv = argv};
        pid_t launched = 42;

        test_become(&credentials);
        CHILD_REQUIRE(tsr_launch(&spec, &launched).code == STATUS_ACCESS_DENIED);
        CHILD_REQUIRE(launched == 42);
        _exit(0);
    }

    assert_int_equal(test_exit_code(pid), 0);
    tsr_token_unref(token);
}

static void privileges_become_capabilities_but_with_a_tag_none_that_undo_it(void **state)
{
    static const uint32_t privileges[] = {SE_BACKUP_PRIVILEGE,      SE_RESTORE_PRIVILEGE,
                                          SE_SYSTEMTIME_PRIVILEGE,  SE_DEBUG_PRIVILEGE,
                                          SE_IMPERSONATE_PRIVILEGE, SE_TCB_PRIVILEGE};
    const uint64_t kept = BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SYS_TIME);
    struct fixture fixture;
    tsr_launch_spec spec;
    tsr_identity identity;
    tsr_token *token;
    char line[64];
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    token = token_with(privileges, sizeof(privileges) / sizeof(privileges[0]));
    spec = spec_of(&fixture, NULL);
    spec.token = token;

    pid = launch_stopped(&fixture, spec, "stop", NULL);
    identity = identity_of(pid);
    (void)snprintf(line, sizeof(line), "CapBnd:\t%016llx", (unsigned long long)kept);
    assert_int_equal(identity.capabilities, kept);
    assert_true(has_status_line(pid, line));
    tsr_identity_deinit(&identity);
    test_child_end(pid);

    spec.tag = 0;
    pid = launch_stopped(&fixture, spec, "stop", NULL);
    identity = identity_of(pid);
    assert_int_equal(identity.uid, TEST_UID);
    assert_int_equal(identity.capabilities,
                     tsr_capabilities_of_privileges(tsr_token_enabled_privileges(token)));
    assert_true(has_status_line(pid, "NoNewPrivs:\t0"));
    tsr_identity_deinit(&identity);
    test_child_end(pid);
    tsr_token_unref(token);
    fixture_free(&fixture);
}

static void root_without_a_privilege_is_without_its_capability(void **state)
{
    static const uint32_t privileges[] = {SE_BACKUP_PRIVILEGE, SE_IMPERSONATE_PRIVILEGE};
    struct fixture fixture;
    tsr_launch_spec spec;
    tsr_identity identity;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    tsr_token_unref(fixture.token);
    fixture.token = token_with(privileges, 2);
    spec = spec_of(&fixture, NULL);
    spec.uid = 0;
    spec.tag = 0;

    pid = launch_stopped(&fixture, spec, "stop", NULL);

    identity = identity_of(pid);
    assert_int_equal(identity.uid, 0);
    assert_int_not_equal(identity.capabilities & BIT(CAP_DAC_READ_SEARCH), 0);
    assert_int_not_equal(identity.capabilities & BIT(CAP_SETUID), 0);
    assert_int_not_equal(identity.capabilities & BIT(CAP_NET_ADMIN), 0);
    assert_int_equal(identity.capabilities & (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_SYS_ADMIN) |
                                              BIT(CAP_SYS_PTRACE) | BIT(CAP_SYS_MODULE)),
                     0);
    tsr_identity_deinit(&identity);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void nothing_of_ours_is_left_to_the_program(void **state)
{
    struct fixture fixture;
    sigset_t blocked;
    sigset_t before;
    int fd;

    (void)state;
    require_root();
    fixture = fixture_new();
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(fd > 2);
    assert_int_equal(fcntl(fd, F_SETFD, 0), 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    assert_true(signal(SIGUSR2, SIG_IGN) != SIG_ERR);

    assert_int_equal(errno_of_tagged(&fixture, "leftovers", NULL), 0);

    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &blocked), 0);
    assert_true(sigismember(&blocked, SIGUSR1));
    assert_false(sigismember(&blocked, SIGTERM));
    assert_true(signal(SIGUSR2, SIG_DFL) == SIG_IGN);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    close(fd);
    fixture_free(&fixture);
}

static void session_and_desktop_are_new_unless_kept(void **state)
{
    struct fixture fixture;
    char *environment[] = {(char[]){"DISPLAY=:0"}, (char[]){"HOME=/"}, NULL};
    tsr_launch_spec spec;

    (void)state;
    require_root();
    fixture = fixture_new();
    spec = spec_of(&fixture, NULL);
    spec.environment = environment;

    assert_int_equal(errno_of(&fixture, spec, "session", NULL), 1);
    assert_int_equal(errno_of(&fixture, spec, "display", NULL), 1);
    spec.keep_terminal = true;
    spec.keep_desktop = true;
    assert_int_equal(errno_of(&fixture, spec, "session", NULL), 2);
    assert_int_equal(errno_of(&fixture, spec, "display", NULL), 0);

    fixture_free(&fixture);
}

/* Who possesses a session's keyring may read its keys as whatever user. */
static void the_keys_of_our_session_are_left_to_nobody_else(void **state)
{
    const char name[] = "tessera-test-key";
    struct fixture fixture;
    tsr_launch_spec spec;

    (void)state;
    require_root();
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", name, "x", 1, KEY_SPEC_SESSION_KEYRING) < 0) {
        skip();
    }
    fixture = fixture_new();
    spec = spec_of(&fixture, NULL);

    assert_int_equal(errno_of(&fixture, spec, "find-key", name), ENOKEY);
    spec.tag = 0;
    assert_int_equal(errno_of(&fixture, spec, "find-key", name), ENOKEY);
    spec.uid = 0;
    assert_int_equal(errno_of(&fixture, spec, "find-key", name), 0);
    assert_true(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0);

    fixture_free(&fixture);
}

static void groups_may_be_given_twice_and_in_any_order(void **state)
{
    static const gid_t groups[] = {9, TEST_GID, 5, 9, 7};
    static const gid_t expected[] = {5, 7, 9, TEST_GID};
    struct fixture fixture;
    tsr_launch_spec spec;
    tsr_identity identity;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    spec = spec_of(&fixture, NULL);
    spec.groups = groups;
    spec.n_groups = 5;

    pid = launch_stopped(&fixture, spec, "stop", NULL);

    identity = identity_of(pid);
    assert_int_equal(identity.n_groups, 5);
    assert_memory_equal(identity.groups, expected, sizeof(expected));
    tsr_identity_deinit(&identity);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void a_program_without_a_token_is_who_the_caller_is(void **state)
{
    struct fixture fixture;
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();

    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
        char *argv[] = {fixture.program.text, (char[]){"stop"}, NULL};
        const tsr_launch_spec spec = {.argv = argv};
        tsr_identity identity = {0};
        pid_t launched = 0;
        int status = 0;

        test_become(&credentials);
        CHILD_REQUIRE(tsr_ok(tsr_launch(&spec, &launched)));
        CHILD_REQUIRE(waitpid(launched, &status, WUNTRACED) == launched && WIFSTOPPED(status));
        CHILD_REQUIRE(tsr_ok(tsr_identity_of_thread(launched, &identity)));
        CHILD_REQUIRE(identity.uid == TEST_UID && identity.gid == TEST_GID);
        CHILD_REQUIRE(has_status_line(launched, "NoNewPrivs:\t0"));
        CHILD_REQUIRE(kill(launched, SIGKILL) == 0 && waitpid(launched, NULL, 0) == launched);
        _exit(0);
    }

    assert_int_equal(test_exit_code(pid), 0);
    fixture_free(&fixture);
}

static void a_directory_is_entered_as_the_programs_user(void **state)
{
    struct fixture fixture;
    struct test_path theirs;
    tsr_launch_spec spec;
    char *argv[] = {(char[]){"true"}, NULL};
    pid_t pid = 42;

    (void)state;
    require_root();
    fixture = fixture_new();
    theirs = test_path_in(&fixture.directory, "theirs");
    assert_int_equal(mkdir(theirs.text, 0700), 0);
    spec = spec_of(&fixture, argv);

    spec.directory = theirs.text;
    expect_status(STATUS_ACCESS_DENIED, tsr_launch(&spec, &pid));
    spec.directory = "/nonexistent";
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_launch(&spec, &pid));
    assert_int_equal(pid, 42);
    spec.directory = fixture.directory.path;
    assert_int_equal(errno_of(&fixture, spec, "directory", fixture.directory.path), 0);

    fixture_free(&fixture);
}

static void a_programs_file_may_have_another_name(void **state)
{
    struct fixture fixture;
    tsr_launch_spec spec;
    char *argv[] = {(char[]){"tessera-no-such-program"}, (char[]){"directory"}, (char[]){"/"},
                    NULL};

    (void)state;
    require_root();
    fixture = fixture_new();
    spec = spec_of(&fixture, argv);
    spec.program = fixture.program.text;
    spec.directory = "/";

    assert_int_equal(test_exit_code(launch(&spec)), 0);
    fixture_free(&fixture);
}

/* Whether the program runs if its path has to lead to a file. */
static tsr_status launch_file(const tsr_launch_spec *spec, const char *file)
{
    const int fd = open(file, O_PATH | O_CLOEXEC);
    struct launched launched = {.id = 42};
    const tsr_status status = launch_held(spec, fd, &launched);

    (void)close(fd);
    if (tsr_failed(status)) {
        assert_int_equal(launched.id, 42);
        return status;
    }
    assert_int_equal(test_exit_code(launched.id), 0);
    (void)close(launched.fd);
    return status;
}

/* What was looked at is what runs, whatever became of the path meanwhile. */
static void a_program_may_be_bound_to_its_file(void **state)
{
    const char script[] = "#!/bin/sh\ntest \"$1\" = directory\n";
    struct fixture fixture;
    struct test_path path;
    struct test_path script_path;
    tsr_launch_spec spec;
    char *argv[] = {(char[]){"probe"}, (char[]){"directory"}, (char[]){"/"}, NULL};

    (void)state;
    require_root();
    fixture = fixture_new();
    path = test_path_in(&fixture.directory, "path");
    script_path = test_path_in(&fixture.directory, "script");
    test_file_write(script_path.text, script, strlen(script), 0755);
    spec = spec_of(&fixture, argv);
    spec.program = path.text;
    spec.directory = "/";

    assert_int_equal(symlink("probe", path.text), 0);
    expect_ok(launch_file(&spec, fixture.program.text));
    expect_status(STATUS_ACCESS_DENIED, launch_file(&spec, "/bin/true"));
    assert_int_equal(unlink(path.text), 0);
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, launch_file(&spec, fixture.program.text));
    assert_int_equal(symlink("/bin/true", path.text), 0);
    expect_status(STATUS_ACCESS_DENIED, launch_file(&spec, fixture.program.text));
    spec.program = script_path.text;
    expect_ok(launch_file(&spec, script_path.text));
    /* Who may not go there does not run what was found there. */
    assert_int_equal(chmod(fixture.directory.path, 0700), 0);
    expect_status(STATUS_ACCESS_DENIED, launch_file(&spec, script_path.text));

    fixture_free(&fixture);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tagged_program_is_what_was_asked_for),
        cmocka_unit_test(the_tag_survives_fork),
        cmocka_unit_test(the_tag_survives_exec),
        cmocka_unit_test(the_tag_survives_a_user_namespace),
        cmocka_unit_test(the_tag_survives_set_id_programs),
        cmocka_unit_test(without_a_tag_the_same_program_does_shed_its_groups),
        cmocka_unit_test(the_tag_survives_set_id_helpers_that_map_gids),
        cmocka_unit_test(real_set_id_programs_do_not_help),
        cmocka_unit_test(a_tagged_program_can_neither_drop_nor_forge_a_tag),
        cmocka_unit_test(a_tagged_program_cannot_reach_an_untagged_sibling),
        cmocka_unit_test(a_tagged_program_cannot_reach_an_abstract_socket),
        cmocka_unit_test(path_rules_are_enforced),
        cmocka_unit_test(failures_are_reported_and_start_nothing),
        cmocka_unit_test(wrong_specifications_are_refused),
        cmocka_unit_test(only_root_launches),
        cmocka_unit_test(privileges_become_capabilities_but_with_a_tag_none_that_undo_it),
        cmocka_unit_test(root_without_a_privilege_is_without_its_capability),
        cmocka_unit_test(nothing_of_ours_is_left_to_the_program),
        cmocka_unit_test(session_and_desktop_are_new_unless_kept),
        cmocka_unit_test(the_keys_of_our_session_are_left_to_nobody_else),
        cmocka_unit_test(groups_may_be_given_twice_and_in_any_order),
        cmocka_unit_test(a_program_without_a_token_is_who_the_caller_is),
        cmocka_unit_test(a_directory_is_entered_as_the_programs_user),
        cmocka_unit_test(a_programs_file_may_have_another_name),
        cmocka_unit_test(a_program_may_be_bound_to_its_file),
    };

    if (argc > 1) {
        return run_probe(argv[1], argv[2]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
