/* SPDX-License-Identifier: MIT */
/* Tests of other processes: children that fork() made, and what is known of them. */

#include "object/other-process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "object/session.h"
#include "object/test-services.h"

/* A child that waits to be ended. */
static pid_t sleeper(void)
{
    const pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (pause() < 0) {
        }
    }
    return pid;
}

static struct other_process *child_of_ours(pid_t id)
{
    struct other_process *process = NULL;

    expect_ok(other_process_new(alice(), &process));
    other_process_begin(process, id, pidfd_open(id, 0));
    return process;
}

static void wait_for(const struct other_process *process)
{
    bool has_ended = false;

    expect_ok(other_process_wait(process, -1, &has_ended));
    assert_true(has_ended);
}

static void a_process_runs_until_it_has_ended(void **state)
{
    struct other_process *process = child_of_ours(sleeper());
    bool has_ended = true;
    uint32_t code = 0;

    (void)state;

    expect_ok(other_process_wait(process, 0, &has_ended));
    assert_false(has_ended);
    expect_ok(other_process_wait(process, 5, &has_ended));
    assert_false(has_ended);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, PROCESS_RUNS);
    expect_ok(other_process_end(process, 77));
    wait_for(process);
    expect_ok(other_process_wait(process, UINT32_MAX - 1, &has_ended));
    assert_true(has_ended);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, 77);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, 77);
    expect_status(STATUS_ACCESS_DENIED, other_process_end(process, 78));
    (void)other_process_unref(process);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0);
}

static volatile sig_atomic_t n_alarms;

static void count_alarm(int number)
{
    (void)number;
    n_alarms = n_alarms + 1;
}

static void a_signal_of_ours_does_not_end_the_waiting(void **state)
{
    const struct sigaction counting = {.sa_handler = count_alarm};
    struct other_process *process = child_of_ours(sleeper());
    struct sigaction before;
    bool has_ended = true;

    (void)state;

    assert_int_equal(sigaction(SIGALRM, &counting, &before), 0);
    (void)ualarm(2000, 2000);
    while (n_alarms == 0) {
        expect_ok(other_process_wait(process, 20, &has_ended));
        assert_false(has_ended);
    }
    (void)ualarm(0, 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    expect_ok(other_process_end(process, 0));
    wait_for(process);
    (void)other_process_unref(process);
}

/* How long @process is waited for, which runs on. */
static int64_t milliseconds_of(const struct other_process *process, int64_t asked_for)
{
    struct timespec begin;
    struct timespec end;
    bool has_ended = true;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
    expect_ok(other_process_wait(process, asked_for, &has_ended));
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &end), 0);
    assert_false(has_ended);
    return (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
}

/* Longer than a second, so that one begins meanwhile. */
static void waiting_takes_the_time_that_was_asked_for_whatever_signals_come(void **state)
{
    const struct sigaction counting = {.sa_handler = count_alarm};
    struct other_process *process = child_of_ours(sleeper());
    struct sigaction before;

    (void)state;

    assert_in_range(milliseconds_of(process, 20), 20, 1000);
    assert_in_range(milliseconds_of(process, 1001), 1001, 5000);
    assert_int_equal(sigaction(SIGALRM, &counting, &before), 0);
    (void)ualarm(50000, 50000);
    assert_in_range(milliseconds_of(process, 1100), 1098, 5000);
    (void)ualarm(0, 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    expect_ok(other_process_end(process, 0));
    wait_for(process);
    (void)other_process_unref(process);
}

/* A program that closed its standard input has that number to give. */
static void a_pidfd_may_be_fd_0(void **state)
{
    const int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    const pid_t pid = sleeper();
    struct other_process *process = NULL;
    struct other_process *child = NULL;
    int left;

    (void)state;

    assert_true(before >= 0);
    assert_int_equal(close(STDIN_FILENO), 0);
    expect_ok(other_process_find(pid, &process));
    assert_int_equal(process->fd, 0);
    (void)other_process_unref(process);
    child = child_of_ours(pid);
    assert_int_equal(child->fd, 0);
    (void)other_process_unref(child);
    /* Somebody still has to wait for it, as soon as it has ended. */
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    expect_ok(other_process_new(alice(), &child));
    (void)other_process_unref(child);
    left = waitpid(pid, NULL, WNOHANG);
    assert_int_equal(dup3(before, STDIN_FILENO, 0), STDIN_FILENO);
    assert_int_equal(close(before), 0);
    assert_int_equal(left, -1);
}

static void exit_codes_are_those_of_the_program_or_tell_the_signal(void **state)
{
    const pid_t pid = fork();
    struct other_process *process;
    uint32_t code = 0;
    pid_t killed;

    (void)state;

    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(9);
    }
    process = child_of_ours(pid);
    wait_for(process);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, 9);
    (void)other_process_unref(process);
    killed = sleeper();
    process = child_of_ours(killed);
    assert_int_equal(kill(killed, SIGTERM), 0);
    wait_for(process);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, 128 + SIGTERM);
    (void)other_process_unref(process);
}

/* Whoever waits for our child in another way has the exit code. */
static void an_exit_code_that_somebody_else_took_is_not_guessed(void **state)
{
    const pid_t pid = sleeper();
    struct other_process *process = child_of_ours(pid);
    uint32_t code = 42;

    (void)state;

    expect_ok(other_process_end(process, 77));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    expect_status(STATUS_NOT_SUPPORTED, other_process_exit_code(process, &code));
    assert_int_equal(code, 42);
    (void)other_process_unref(process);
}

static void a_process_is_found_by_its_number_and_not_by_a_stale_one(void **state)
{
    const pid_t pid = sleeper();
    struct other_process *process = NULL;
    struct other_process *none = NULL;
    uint32_t code = 42;

    (void)state;

    expect_ok(other_process_find(pid, &process));
    assert_int_equal(process->id, pid);
    expect_ok(other_process_exit_code(process, &code));
    assert_int_equal(code, PROCESS_RUNS);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    wait_for(process);
    code = 42;
    expect_status(STATUS_NOT_SUPPORTED, other_process_exit_code(process, &code));
    assert_int_equal(code, 42);
    (void)other_process_unref(process);
    expect_status(STATUS_INVALID_CID, other_process_find(pid, &none));
    expect_status(STATUS_INVALID_CID, other_process_find(0, &none));
    expect_status(STATUS_INVALID_CID, other_process_find(-1, &none));
    assert_null(none);
}

/* Only who could look may say that there is none. */
static void without_fds_no_process_is_missing(void **state)
{
    const pid_t pid = fork();
    int status = -1;

    (void)state;

    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit none = {0, 0};
        struct other_process *process = NULL;

        if (setrlimit(RLIMIT_NOFILE, &none) < 0) {
            _exit(1);
        }
        _exit(other_process_find(getppid(), &process).code == STATUS_TOO_MANY_OPENED_FILES ? 0 : 2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void the_token_of_a_program_is_in_use(void **state)
{
    struct other_process *process = NULL;
    handle_t token = HANDLE_NONE;

    (void)state;

    be(alice_with(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE));
    expect_ok(other_process_new(bob(), &process));
    expect_ok(handle_open(object_ref(&process->token->object), TOKEN_ASSIGN_PRIMARY, 0, &token));
    expect_status(STATUS_TOKEN_ALREADY_IN_USE,
                  service_assign_process_token(HANDLE_CURRENT_PROCESS, token));
    expect_ok(handle_close(token));
    (void)other_process_unref(process);
}

#define LAST_SESSION (LOGON_SESSION + 77)

static size_t n_told;

/* Whoever is told that a session has ended may do what he likes, starting programs too. */
static void start_another(void *context, uint64_t id)
{
    struct other_process *process = NULL;

    (void)context;
    if (id == LAST_SESSION) {
        n_told++;
        expect_ok(other_process_new(alice(), &process));
        (void)other_process_unref(process);
    }
}

static void a_child_that_was_left_may_be_the_last_of_its_session(void **state)
{
    const pid_t pid = sleeper();
    struct other_process *process = NULL;
    tsr_token_spec spec = alice_spec();

    (void)state;

    spec.authentication_id = LAST_SESSION;
    expect_ok(tsr_session_add_routine(start_another, NULL));
    expect_ok(other_process_new(token_of_spec(&spec), &process));
    other_process_begin(process, pid, pidfd_open(pid, 0));
    expect_ok(tsr_session_mark(LAST_SESSION));
    (void)other_process_unref(process);
    assert_int_equal(n_told, 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    (void)alarm(20);
    expect_ok(other_process_new(alice(), &process));
    (void)alarm(0);
    assert_int_equal(n_told, 1);
    (void)other_process_unref(process);
    expect_ok(tsr_session_remove_routine(start_another, NULL));
}

static void the_process_we_are_is_no_other(void **state)
{
    struct object *ours = process_object();

    (void)state;

    assert_null(other_process_of(ours));
    (void)object_unref(ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_runs_until_it_has_ended),
        cmocka_unit_test(a_signal_of_ours_does_not_end_the_waiting),
        cmocka_unit_test(waiting_takes_the_time_that_was_asked_for_whatever_signals_come),
        cmocka_unit_test(a_pidfd_may_be_fd_0),
        cmocka_unit_test(exit_codes_are_those_of_the_program_or_tell_the_signal),
        cmocka_unit_test(an_exit_code_that_somebody_else_took_is_not_guessed),
        cmocka_unit_test(a_process_is_found_by_its_number_and_not_by_a_stale_one),
        cmocka_unit_test(without_fds_no_process_is_missing),
        cmocka_unit_test(the_token_of_a_program_is_in_use),
        cmocka_unit_test(a_child_that_was_left_may_be_the_last_of_its_session),
        cmocka_unit_test(the_process_we_are_is_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
