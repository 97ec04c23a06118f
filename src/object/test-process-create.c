/* SPDX-License-Identifier: MIT */
/*
 * Tests of starting programs where memory is short and from many threads at once; what they are is
 * in win32/test-process.c
 */

#include "object/services.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "object/default-token.h"
#include "object/test-services.h"
#include "token/test-allocation.h"

#define N_THREADS 4
#define N_STARTS  16

/* As whom every process may start programs: itself. */
static void be_oneself(void)
{
    tsr_token *token = NULL;

    expect_ok(default_token(getpid(), &token));
    be(token);
}

static tsr_status start_true(struct process_handles *ret_handles)
{
    char *argv[] = {(char[]){"/bin/true"}, NULL};

    return service_create_process(HANDLE_NONE, &(struct process_request){.argv = argv},
                                  ret_handles);
}

static size_t count_fds(void)
{
    DIR *const directory = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(directory);
    while (readdir(directory)) {
        n++;
    }
    (void)closedir(directory);
    return n;
}

/* Let the children end whose handles are closed; whoever starts another waits for them. */
static void reap_all(void)
{
    while (waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOWAIT) == 0) {
        struct other_process *process = NULL;

        expect_ok(other_process_new(alice(), &process));
        (void)other_process_unref(process);
    }
}

static void where_memory_is_short_nothing_is_left_behind(void **state)
{
    const struct process_handles none = {0};
    struct process_handles handles = none;
    tsr_status status;
    size_t n_fds;
    size_t n = 0;

    (void)state;

    be_oneself();
    n_fds = count_fds();
    do {
        n_allocations_left = n++;
        status = start_true(&handles);
        n_allocations_left = SIZE_MAX;
        if (tsr_failed(status)) {
            expect_status(STATUS_NO_MEMORY, status);
            assert_memory_equal(&handles, &none, sizeof(handles));
        }
    } while (tsr_failed(status));
    assert_true(n > 20);
    expect_ok(handle_close(handles.process));
    expect_ok(handle_close(handles.thread));
    reap_all();
    assert_int_equal(count_fds(), n_fds);
}

static atomic_size_t n_wrong;

/* Every other program is waited for, the rest is left alone. */
static void *start_many(void *argument)
{
    (void)argument;
    for (int i = 0; i < N_STARTS; i++) {
        struct process_handles handles = {0};
        uint32_t code = 42;
        bool has_ended = false;

        if (tsr_failed(start_true(&handles))) {
            n_wrong++;
            continue;
        }
        if (i % 2 == 0) {
            n_wrong += tsr_failed(service_wait_process(handles.process, -1, &has_ended)) ||
                       tsr_failed(service_query_exit_code(handles.process, &code)) || code != 0;
        }
        n_wrong += tsr_failed(handle_close(handles.process));
        n_wrong += tsr_failed(handle_close(handles.thread));
    }
    return NULL;
}

static void threads_start_programs_at_once(void **state)
{
    pthread_t threads[N_THREADS];
    size_t n_fds;

    (void)state;

    be_oneself();
    n_fds = count_fds();
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, start_many, NULL), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(n_wrong, 0);
    reap_all();
    assert_int_equal(count_fds(), n_fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_memory_is_short_nothing_is_left_behind),
        cmocka_unit_test(threads_start_programs_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
