/* SPDX-License-Identifier: MIT */
/* Other processes. */

#include "object/other-process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>

#include <tessera/linux.h>

#include "base/fd.h"
#include "object/default-token.h"
#include "object/process.h"
#include "token/token.h"

#define NOT_ENDED UINT64_MAX

/* Children that run, and whose objects nobody holds any more: somebody has to wait for them. */
static struct {
    pthread_mutex_t lock;
    struct other_process *first;
} left = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct other_process *other_process_of(struct object *object)
{
    return process_is_ours(object) ? NULL : (struct other_process *)object;
}

static void destroy(struct other_process *process)
{
    process->fd = fd_close(process->fd);
    process->token = token_object_unref(process->token);
    object_deinit(&process->object);
    free(process);
}

/* Whether a child that has ended was waited for, or there is nothing to wait for. */
static bool is_reaped(const struct other_process *process)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PIDFD, (id_t)process->fd, &info, WEXITED | WNOHANG) < 0 || info.si_pid != 0;
}

/* Those that were left and have ended, no longer on the list. */
static struct other_process *take_ended(void)
{
    struct other_process **link = &left.first;
    struct other_process *ended = NULL;

    (void)pthread_mutex_lock(&left.lock);
    while (*link) {
        struct other_process *process = *link;

        if (is_reaped(process)) {
            *link = process->next;
            process->next = ended;
            ended = process;
        } else {
            link = &process->next;
        }
    }
    (void)pthread_mutex_unlock(&left.lock);
    return ended;
}

/* Without the lock: with a token its session may end, and who is told of that may come here. */
static void reap_left(void)
{
    struct other_process *process = take_ended();

    while (process) {
        struct other_process *const next = process->next;

        destroy(process);
        process = next;
    }
}

static void leave(struct other_process *process)
{
    (void)pthread_mutex_lock(&left.lock);
    process->next = left.first;
    left.first = process;
    (void)pthread_mutex_unlock(&left.lock);
}

void other_process_free(struct object *object)
{
    struct other_process *process = (struct other_process *)object;

    if (process->is_child && process->fd >= 0 && !is_reaped(process)) {
        leave(process);
    } else {
        destroy(process);
    }
}

static tsr_status object_new(tsr_token *token, struct other_process **ret_process)
{
    CLEANUP(token_object_unref) struct token_object *of_process = NULL;
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    struct other_process *process;

    TRY(token_object_new_private(tsr_token_ref(token), token, true, &of_process));
    TRY(private_sd(&object_type_process, token, token, &sd));
    process = zeroed_new(sizeof(*process));
    REQUIRE(process, STATUS_NO_MEMORY);
    atomic_store_explicit(&of_process->in_use, true, memory_order_relaxed);
    object_init(&process->object, &object_type_process, sd);
    process->fd = -1;
    process->ended_with = NOT_ENDED;
    process->token = STEAL(of_process);
    *ret_process = process;
    return TSR_OK;
}

tsr_status other_process_new(tsr_token *take_token, struct other_process **ret_process)
{
    CLEANUP(tsr_token_unref) tsr_token *token = take_token;

    reap_left();
    TRY(object_new(token, ret_process));
    (*ret_process)->is_child = true;
    return TSR_OK;
}

void other_process_begin(struct other_process *process, pid_t id, int take_fd)
{
    process->id = id;
    process->fd = take_fd;
}

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* poll(), for as long as anybody may ask for. */
static int poll_for(struct pollfd *waiting, int64_t milliseconds)
{
    const struct timespec time = {
        .tv_sec = milliseconds / 1000,
        .tv_nsec = milliseconds % 1000 * 1000000,
    };

    return ppoll(waiting, 1, milliseconds < 0 ? NULL : &time, NULL);
}

/* What is left of the time when a signal interrupts. */
static int64_t time_left(int64_t end)
{
    const int64_t left_over = end - now();

    return left_over > 0 ? left_over : 0;
}

static tsr_status has_ended(int fd, int64_t milliseconds, bool *ret_has_ended)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    const int64_t end = now() + milliseconds;
    int n_ready;

    while ((n_ready = poll_for(&waiting, milliseconds)) < 0) {
        if (errno != EINTR) {
            return tsr_status_of_errno(errno);
        }
        milliseconds = milliseconds < 0 ? milliseconds : time_left(end);
    }
    *ret_has_ended = n_ready > 0;
    return TSR_OK;
}

/* A pidfd of a process; the number of a thread is refused in one way or the other, and so is what
 * is no number of anything. */
static tsr_status hold(pid_t id, int *ret_fd)
{
    const int fd = pidfd_open(id, 0);

    if (fd < 0) {
        REQUIRE(errno != ESRCH && errno != EINVAL && errno != ENOENT, STATUS_INVALID_CID);
        return tsr_status_of_errno(errno);
    }
    *ret_fd = fd;
    return TSR_OK;
}

tsr_status other_process_find(pid_t id, struct other_process **ret_process)
{
    CLEANUP(other_process_unref) struct other_process *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(fd_close) int fd = -1;
    tsr_status status;
    bool ended;

    TRY(hold(id, &fd));
    status = default_token(id, &token);
    /* It still runs, so the number was its own while the identity was read. */
    TRY(has_ended(fd, 0, &ended));
    REQUIRE(!ended, STATUS_INVALID_CID);
    TRY(status);
    TRY(object_new(token, &process));
    process->id = id;
    process->fd = fd_steal(&fd);
    *ret_process = STEAL(process);
    return TSR_OK;
}

tsr_status other_process_wait(const struct other_process *process, int64_t milliseconds,
                              bool *ret_has_ended)
{
    return has_ended(process->fd, milliseconds, ret_has_ended);
}

static uint32_t code_of(const struct other_process *process, const siginfo_t *info)
{
    const uint64_t chosen = process->ended_with;

    if (info->si_code == CLD_EXITED) {
        return (uint32_t)info->si_status;
    }
    return chosen == NOT_ENDED ? 128 + (uint32_t)info->si_status : (uint32_t)chosen;
}

tsr_status other_process_exit_code(struct other_process *process, uint32_t *ret_code)
{
    siginfo_t info = {.si_pid = 0};
    bool ended;

    TRY(has_ended(process->fd, 0, &ended));
    if (!ended) {
        *ret_code = PROCESS_RUNS;
        return TSR_OK;
    }
    REQUIRE(process->is_child &&
                waitid(P_PIDFD, (id_t)process->fd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                info.si_pid == process->id,
            STATUS_NOT_SUPPORTED);
    *ret_code = code_of(process, &info);
    return TSR_OK;
}

tsr_status other_process_end(struct other_process *process, uint32_t exit_code)
{
    bool ended;

    TRY(has_ended(process->fd, 0, &ended));
    REQUIRE(!ended, STATUS_ACCESS_DENIED);
    process->ended_with = exit_code;
    /* safe because the handle was granted to end it, and Linux judges the signal besides. */
    if (pidfd_send_signal(process->fd, SIGKILL, NULL, 0) < 0) {
        process->ended_with = NOT_ENDED;
        return tsr_status_of(STATUS_ACCESS_DENIED);
    }
    return TSR_OK;
}
