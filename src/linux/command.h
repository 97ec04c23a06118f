/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A program, its arguments and its environment, made ready for exec
 *
 * All that needs memory is done before fork; command_exec() only makes system calls. PATH is that
 * of the environment the program gets, not that of ours.
 */

#include <stdbool.h>
#include <stddef.h>

#include <tessera/status.h>

struct command {
    char *const *argv;  /* borrowed */
    char **environment; /* owned; its strings are borrowed */
    char *paths;        /* owned; to be tried in turn, each terminated */
    size_t n_paths;
};

/**
 * @param program       its file; NULL: argv[0], looked up unless it has a slash
 * @param environment   NULL: our own
 * @param keep_desktop  leave the variables that lead to the user's desktop
 * @param ret_command   command_deinit() by the caller; untouched on failure
 * @return STATUS_INVALID_PARAMETER (no argv[0]), STATUS_OBJECT_NAME_NOT_FOUND (an empty one),
 *         STATUS_NO_MEMORY
 */
tsr_status command_init(const char *program, char *const *argv, char *const *environment,
                        bool keep_desktop, struct command *ret_command);
void command_deinit(struct command *command);

/**
 * The file that a program is here: @program in our directory, or argv[0] looked up in our PATH.
 *
 * @param ret_path  absolute; owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_PARAMETER (neither is given), STATUS_OBJECT_NAME_NOT_FOUND,
 *         STATUS_ACCESS_DENIED (nobody may execute it, or a directory), STATUS_NO_MEMORY, and what
 *         looking for it returns
 */
tsr_status command_find(const char *program, char *const *argv, char **ret_path);

/** Become the program. @return only on failure, with the status of the path that came nearest */
tsr_status command_exec(const struct command *command);

/**
 * Become the program, whose path was given, if that still leads to the file of @fd. A script is
 * known to its interpreter by a number in /dev/fd, which stays open.
 *
 * @return only on failure: STATUS_ACCESS_DENIED (it leads to another)
 */
tsr_status command_exec_file(const struct command *command, int fd);
