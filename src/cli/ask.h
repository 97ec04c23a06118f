/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Questions to the access check that a command line asks: whose token, which descriptor, what
 * rights
 */

#include "cli/options.h"
#include "cli/question-json.h"
#include "cli/who.h"

/* The values of ASK_OPTIONS. */
struct ask_options {
    const char *sddl;
    const char *sd_hex;
    const char *sd_file;
    const char *domain;
    const char *user;
    const char *pid;
    const char *token;
    const char *desired;
    const char *mapping;
    const char *self;
    struct who_options who;
};

/* Rows of an option table whose options have a struct ask_options as the member @ask_. */
#define ASK_OPTIONS(options_, ask_)                                                           \
    {"sddl", "TEXT", "the descriptor, as SDDL", OPTION_TEXT, offsetof(options_, ask_.sddl)},  \
        {"sd-hex", "HEX", "the descriptor, as hexadecimal bytes", OPTION_TEXT,                \
         offsetof(options_, ask_.sd_hex)},                                                    \
        {"sd-file", "FILE", "the descriptor, as the bytes of a file", OPTION_TEXT,            \
         offsetof(options_, ask_.sd_file)},                                                   \
        {"domain", "SID", "of aliases such as DA in --sddl", OPTION_TEXT,                     \
         offsetof(options_, ask_.domain)},                                                    \
        {"user", "USER", "ask for NAME, UID or UID:GID,GID...", OPTION_TEXT,                  \
         offsetof(options_, ask_.user)},                                                      \
        {"pid", "N", "ask for a running process", OPTION_TEXT, offsetof(options_, ask_.pid)}, \
        {"token", "FILE", "ask for a token written as JSON", OPTION_TEXT,                     \
         offsetof(options_, ask_.token)},                                                     \
        {"desired", "RIGHTS", "what is wanted; default: maximum", OPTION_TEXT,                \
         offsetof(options_, ask_.desired)},                                                   \
        {"mapping", "R,W,X,A", "what generic rights mean; default: file", OPTION_TEXT,        \
         offsetof(options_, ask_.mapping)},                                                   \
        {"self", "SID", "who stands in for PRINCIPAL_SELF", OPTION_TEXT,                      \
         offsetof(options_, ask_.self)},                                                      \
        {"map", "FILE", "map of ids to SIDs; default: arithmetic", OPTION_TEXT,               \
         offsetof(options_, ask_.who.map)},                                                   \
    {                                                                                         \
        "state", "DIR", "where tags are published; default: " TSR_STATE_DIR, OPTION_TEXT,     \
            offsetof(options_, ask_.who.state)                                                \
    }

/* How rights are written, for the help. */
#define ASK_RIGHTS_NOTE                                                                  \
    "RIGHTS is a comma-separated list of read, write, execute, full, delete, maximum,\n" \
    "names such as FILE_READ_DATA or WRITE_DAC, SDDL rights such as FR or RCWD, and numbers.\n\n"

/**
 * Read what was asked. It says itself what is wrong.
 *
 * @param command       for messages
 * @param ret_question  question_deinit() by the caller, also on failure
 * @return the exit status: CLI_OK to go on
 */
int ask_read(const char *command, const struct ask_options *chosen, const struct operands *operands,
             struct question *ret_question);
