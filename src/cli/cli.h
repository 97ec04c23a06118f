/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tessera program: entry points of its subcommands, and what they exit with
 *
 * Each entry point is given its own name as argv[0] and its arguments after it, and returns the
 * exit status of the program.
 */

#define CLI_OK     0
#define CLI_FAILED 1 /* access denied, or the command could not do its work */
#define CLI_USAGE  2 /* the command line was not understood */

/* Of `tessera explain --replay`: the decision is not the one that was recorded. */
#define CLI_DIFFERS 3

/* `tessera run` leaves the low numbers to the program it runs, as env(1) does. */
#define CLI_RUN_FAILED         125
#define CLI_RUN_CANNOT_EXECUTE 126
#define CLI_RUN_NOT_FOUND      127

int cli_whoami(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_condition(int argc, char **argv);
int cli_inherit(int argc, char **argv);
int cli_sddl(int argc, char **argv);
int cli_acl(int argc, char **argv);
int cli_run(int argc, char **argv);
int cli_mount(int argc, char **argv);
int cli_umount(int argc, char **argv);
int cli_handles(int argc, char **argv);
