/* SPDX-License-Identifier: MIT */
/* The tessera program: finds the subcommand and hands over to it. */

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "cli/cli.h"
#include "cli/message.h"

#ifndef TESSERA_VERSION
#define TESSERA_VERSION "0.1.0"
#endif

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"whoami", "show the token of a process", cli_whoami},
    {"check", "ask whether access would be granted, and why", cli_check},
    {"explain", "tell step by step why, and what would change it", cli_explain},
    {"acl", "show and change the descriptors of files", cli_acl},
    {"run", "run a program under a token, restricted if asked", cli_run},
    {"mount", "serve a directory under NT access control", cli_mount},
    {"umount", "stop serving a directory", cli_umount},
    {"handles", "list the open handles of a volume", cli_handles},
    {"sddl", "convert descriptors between text and bytes", cli_sddl},
    {"condition", "evaluate conditions, given claims and groups", cli_condition},
    {"inherit", "compute the descriptors of new objects", cli_inherit},
};

static void print_help(void)
{
    (void)printf("Usage: tessera COMMAND [ARGUMENT]...\n\n"
                 "NT access tokens and access control lists on Linux.\n\n"
                 "Commands:\n");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        (void)printf("  %-9s %s\n", commands[i].name, commands[i].summary);
    }
    (void)printf("\nOptions:\n"
                 "  --help     show this help\n"
                 "  --version  show the version\n\n"
                 "'tessera COMMAND --help' explains a command.\n\n"
                 "Exit status:\n"
                 "  0  done; for check and explain: access would be granted\n"
                 "  1  the command failed; for check and explain: access would be denied\n"
                 "  2  the command line was not understood\n"
                 "  125 and above: see 'tessera run --help'\n");
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static int run_command(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        return message_usage(NULL, "a command is missing");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return CLI_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("tessera %s\n", TESSERA_VERSION);
        return CLI_OK;
    }

    command = find_command(argv[1]);
    if (!command) {
        return message_usage(NULL, "there is no command '%s'", argv[1]);
    }
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    const int status = run_command(argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        message("cannot write the answer: the output is closed or full");
        return status == CLI_OK ? CLI_FAILED : status;
    }
    return status;
}
