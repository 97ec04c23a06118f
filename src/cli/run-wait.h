/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Waiting for a program, and passing on to it the signals that end us
 */

#include <stdbool.h>
#include <sys/types.h>

/**
 * Catch SIGTERM, SIGINT and SIGHUP from now on, unless they are ignored; what comes before
 * run_wait() is passed on by it.
 *
 * @param shares_terminal  the terminal itself sends its signals to the program too
 */
void run_catch_signals(bool shares_terminal);

/** Wait for the end of a child. @return its exit status; 128 + the signal that ended it */
int run_wait(pid_t pid);
