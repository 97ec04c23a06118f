/* SPDX-License-Identifier: MIT */
/* Tests of who a thread is. */

#include "linux/identity.h"

#include "linux/test-support.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

static void i_am_who_i_am(void **state)
{
    tsr_identity identity;
    gid_t groups[65536];
    const int n_groups = getgroups(65536, groups);

    (void)state;

    expect_ok(tsr_identity_of_thread(getpid(), &identity));

    assert_int_equal(identity.thread_id, getpid());
    assert_int_equal(identity.process_id, getpid());
    assert_int_equal(identity.real_uid, getuid());
    assert_int_equal(identity.uid, geteuid());
    assert_int_equal(identity.gid, getegid());
    assert_int_equal(identity.n_groups, n_groups);
    assert_true(identity.start_time > 0);
    assert_false(identity.is_kernel_thread);
    assert_true(strlen(identity.name) > 0);
    tsr_identity_deinit(&identity);
    assert_null(identity.groups);
}

static void nobody_has_these_numbers(void **state)
{
    tsr_identity identity = {.uid = 42};
    struct proc proc;

    (void)state;
    expect_ok(proc_init(&proc));

    expect_status(STATUS_NOT_FOUND, tsr_identity_of_thread(0, &identity));
    expect_status(STATUS_NOT_FOUND, tsr_identity_of_thread(-1, &identity));
    expect_status(STATUS_NOT_FOUND, tsr_identity_of_thread(INT32_MAX, &identity));
    expect_status(STATUS_NOT_FOUND, identity_read(&proc, 0, &identity));
    expect_status(STATUS_NOT_FOUND, identity_read(&proc, INT32_MAX, &identity));

    assert_int_equal(identity.uid, 42);
    assert_null(identity.groups);
    proc_deinit(&proc);
    proc_deinit(&proc);
}

static void a_process_that_ended_is_not_found(void **state)
{
    tsr_identity identity = {.uid = 42};
    const pid_t pid = fork();
    siginfo_t info;

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(0);
    }

    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    expect_status(STATUS_NOT_FOUND, tsr_identity_of_thread(pid, &identity));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    expect_status(STATUS_NOT_FOUND, tsr_identity_of_thread(pid, &identity));

    assert_int_equal(identity.uid, 42);
}

static void every_supplementary_group_is_read(void **state)
{
    static const size_t counts[] = {0, 1, 32, 65, 5000, 65536};
    gid_t *groups = calloc(65536, sizeof(*groups));

    (void)state;
    require_root();
    assert_non_null(groups);
    for (size_t i = 0; i < 65536; i++) {
        groups[i] = (gid_t)(1000000000 + 3 * i);
    }

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const struct test_credentials credentials = {TEST_UID, TEST_GID, groups, counts[i]};
        const pid_t pid = test_child_start(&credentials);
        tsr_identity identity;

        expect_ok(tsr_identity_of_thread(pid, &identity));
        test_child_end(pid);
        assert_int_equal(identity.uid, TEST_UID);
        assert_int_equal(identity.gid, TEST_GID);
        assert_int_equal(identity.capabilities, 0);
        assert_int_equal(identity.n_groups, counts[i]);
        assert_memory_equal(identity.groups, groups, counts[i] * sizeof(*groups));
        tsr_identity_deinit(&identity);
    }
    free(groups);
}

struct impersonation {
    pid_t thread_id;
    pthread_barrier_t begun;
    pthread_barrier_t ended;
};

static void *impersonate(void *argument)
{
    struct impersonation *impersonation = argument;

    impersonation->thread_id = (pid_t)syscall(SYS_gettid);
    (void)syscall(SYS_setfsgid, TEST_GID);
    (void)syscall(SYS_setfsuid, TEST_UID);
    (void)pthread_barrier_wait(&impersonation->begun);
    (void)pthread_barrier_wait(&impersonation->ended);
    return NULL;
}

static void a_thread_is_judged_by_its_own_file_system_ids(void **state)
{
    struct impersonation impersonation;
    tsr_identity of_thread;
    tsr_identity of_process;
    pthread_t thread;

    (void)state;
    require_root();
    assert_int_equal(pthread_barrier_init(&impersonation.begun, NULL, 2), 0);
    assert_int_equal(pthread_barrier_init(&impersonation.ended, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, impersonate, &impersonation), 0);

    (void)pthread_barrier_wait(&impersonation.begun);
    expect_ok(tsr_identity_of_thread(impersonation.thread_id, &of_thread));
    expect_ok(tsr_identity_of_thread(getpid(), &of_process));
    (void)pthread_barrier_wait(&impersonation.ended);
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_int_equal(of_thread.thread_id, impersonation.thread_id);
    assert_int_equal(of_thread.process_id, getpid());
    assert_int_equal(of_thread.uid, TEST_UID);
    assert_int_equal(of_thread.real_uid, 0);
    assert_int_equal(of_thread.gid, TEST_GID);
    assert_int_equal(of_process.uid, 0);
    tsr_identity_deinit(&of_thread);
    tsr_identity_deinit(&of_process);
}

static void a_name_cannot_be_taken_for_ids(void **state)
{
    tsr_identity identity;
    const pid_t pid = fork();
    int status;

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        CHILD_REQUIRE(prctl(PR_SET_NAME, "x)\nUid:\t7 7 7 7") == 0);
        CHILD_REQUIRE(raise(SIGSTOP) == 0);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);

    expect_ok(tsr_identity_of_thread(pid, &identity));
    test_child_end(pid);

    assert_int_equal(identity.uid, geteuid());
    assert_int_equal(identity.process_id, pid);
    assert_true(identity.start_time > 0);
    tsr_identity_deinit(&identity);
}

static void capabilities_of_another_user_namespace_do_not_count(void **state)
{
    tsr_identity identity;
    const pid_t pid = fork();
    int status;

    (void)state;
    require_root();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};

        test_become(&credentials);
        CHILD_REQUIRE(unshare(CLONE_NEWUSER) == 0);
        CHILD_REQUIRE(raise(SIGSTOP) == 0);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));

    expect_ok(tsr_identity_of_thread(pid, &identity));
    test_child_end(pid);

    assert_int_equal(identity.capabilities, 0);
    assert_int_equal(identity.uid, TEST_UID);
    tsr_identity_deinit(&identity);
}

static void capabilities_of_our_own_namespace_count(void **state)
{
    tsr_identity identity;

    (void)state;
    require_root();

    expect_ok(tsr_identity_of_thread(getpid(), &identity));

    assert_int_not_equal(identity.capabilities, 0);
    tsr_identity_deinit(&identity);
}

/* From now on pidfd_open fails like this. */
static void forbid_pidfds(int error)
{
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof(instructions) / sizeof(instructions[0]),
                                       .filter = instructions};

    CHILD_REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHILD_REQUIRE(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void without_pidfds_the_start_time_tells(void **state)
{
    static const int errors[] = {ENOSYS, EINVAL};

    (void)state;

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        const pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
            tsr_identity identity = {0};

            forbid_pidfds(errors[i]);
            CHILD_REQUIRE(syscall(SYS_pidfd_open, getpid(), 0) < 0 && errno == errors[i]);
            CHILD_REQUIRE(tsr_ok(tsr_identity_of_thread(getppid(), &identity)));
            CHILD_REQUIRE(identity.process_id == getppid());
            tsr_identity_deinit(&identity);
            CHILD_REQUIRE(tsr_identity_of_thread(INT32_MAX, &identity).code == STATUS_NOT_FOUND);
            _exit(0);
        }
        assert_int_equal(test_exit_code(pid), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(i_am_who_i_am),
        cmocka_unit_test(nobody_has_these_numbers),
        cmocka_unit_test(a_process_that_ended_is_not_found),
        cmocka_unit_test(every_supplementary_group_is_read),
        cmocka_unit_test(a_thread_is_judged_by_its_own_file_system_ids),
        cmocka_unit_test(a_name_cannot_be_taken_for_ids),
        cmocka_unit_test(capabilities_of_another_user_namespace_do_not_count),
        cmocka_unit_test(capabilities_of_our_own_namespace_count),
        cmocka_unit_test(without_pidfds_the_start_time_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
