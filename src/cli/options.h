/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Command lines as tables: one table per subcommand both reads its options and writes its help
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

enum option_kind {
    OPTION_SWITCH, /* bool */
    OPTION_TEXT,   /* const char *; may be given once */
    OPTION_TEXTS,  /* struct option_texts */
};

/* The values of an option that may be repeated. Zero-initialise. */
struct option_texts {
    const char **texts; /* the array is owned, the texts are those of argv */
    size_t n;
};

void option_texts_deinit(struct option_texts *texts);

static inline void cleanup_option_texts_deinit(struct option_texts *texts)
{
    option_texts_deinit(texts);
}

struct option {
    const char *name;  /* without the dashes */
    const char *value; /* what the help calls its value; NULL for a switch */
    const char *help;
    enum option_kind kind;
    size_t offset; /* of the member that receives it */
};

struct syntax {
    const char *command;  /* "check" */
    const char *synopsis; /* what follows the command's name */
    const char *purpose;
    const struct option *options;
    size_t n_options;
    const char *notes;     /* the rest of the help: operands, exit statuses */
    bool stops_at_operand; /* options after the first operand belong to it */
};

/* What is left of a command line. */
struct operands {
    char **texts; /* borrowed from argv; NULL-terminated */
    size_t n;
};

/**
 * Read a command line: "--name VALUE" or "--name=VALUE", "--" ends the options, "--help" prints the
 * help.
 *
 * @param into      the struct whose members the options name, zeroed; option_texts are owned by it,
 *                  also when reading fails
 * @param ret_exit  where false is returned: the exit status, everything having been said
 * @return whether to go on
 */
bool options_read(const struct syntax *syntax, int argc, char **argv, void *into,
                  struct operands *ret_operands, int *ret_exit);
