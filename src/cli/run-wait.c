/* SPDX-License-Identifier: MIT */
/* Waiting for a program, and passing on to it the signals that end us. */

#include "cli/run-wait.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/cli.h"
#include "cli/message.h"

static const int passed_on[] = {SIGTERM, SIGINT, SIGHUP};

/* Signal handlers see nothing but these. */
static volatile sig_atomic_t
    target; /* what to signal, a pid or minus a process group; 0: nothing yet */
static volatile sig_atomic_t pending; /* a signal that came before there was a target */
static volatile sig_atomic_t terminal_is_shared;

static void pass_on(int signal_number, siginfo_t *information, void *context)
{
    const int saved = errno;

    (void)context;
    if (terminal_is_shared && information->si_code == SI_KERNEL) {
        return;
    }
    if (target != 0) {
        (void)kill((pid_t)target, signal_number);
    } else {
        pending = signal_number;
    }
    errno = saved;
}

void run_catch_signals(bool shares_terminal)
{
    struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction current;

    terminal_is_shared = shares_terminal;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++) {
        /* What is ignored, as nohup(1) has it, is not passed on either. */
        if (sigaction(passed_on[i], NULL, &current) == 0 && current.sa_handler != SIG_IGN) {
            (void)sigaction(passed_on[i], &action, NULL);
        }
    }
}

int run_wait(pid_t pid)
{
    siginfo_t information = {0};
    int result;

    /* In a session of its own the program leads a process group, and may have children in it. */
    target = getpgid(pid) == pid ? -pid : pid;
    if (pending != 0) {
        (void)kill((pid_t)target, pending);
    }

    /* Left unreaped until no handler can signal it, so that its number cannot become another's. */
    do {
        result = waitid(P_PID, (id_t)pid, &information, WEXITED | WNOWAIT);
    } while (result < 0 && errno == EINTR);
    target = 0;
    if (result < 0) {
        message("cannot wait for the program: %s", strerror(errno));
        return CLI_RUN_FAILED;
    }
    (void)waitpid(pid, NULL, 0);
    return information.si_code == CLD_EXITED ? information.si_status : 128 + information.si_status;
}
