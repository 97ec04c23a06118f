/* SPDX-License-Identifier: MIT */
/* `tessera acl`: finds the action and hands over to it. */

#include "cli/acl.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "cli/cli.h"
#include "cli/message.h"

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} actions[] = {
    {"show", "show descriptors: as a table, SDDL or JSON", acl_show},
    {"set", "replace parts of a descriptor", acl_set},
    {"edit", "add and remove entries, change owner and group", acl_edit},
    {"propagate", "hand down to what is below a directory", acl_propagate},
};

static void print_help(void)
{
    (void)printf("Usage: tessera acl ACTION [OPTION]... FILE...\n\n"
                 "Show and change the NT security descriptors of files.\n\n"
                 "Actions:\n");
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        (void)printf("  %-9s %s\n", actions[i].name, actions[i].summary);
    }
    (void)printf("\n'tessera acl ACTION --help' explains an action.\n\n"
                 "Exit status:\n"
                 "  0  done\n"
                 "  1  a file has no descriptor, or access to it is denied\n"
                 "  2  the command line was not understood\n");
}

int cli_acl(int argc, char **argv)
{
    if (argc < 2) {
        return message_usage("acl", "an action is missing: show, set, edit or propagate");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return CLI_OK;
    }
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (strcmp(actions[i].name, argv[1]) == 0) {
            return actions[i].run(argc - 1, argv + 1);
        }
    }
    return message_usage("acl", "there is no action '%s': use show, set, edit or propagate",
                         argv[1]);
}
