/* SPDX-License-Identifier: MIT */
/* Command lines as tables. */

#include "cli/options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/message.h"

#define HELP_COLUMN 27u
#define HELP_WIDTH  80u

/* One command line being read. */
struct reading {
    const struct syntax *syntax;
    char **argv;
    int argc;
    int at;
    void *into;
    size_t n_operands;
};

void option_texts_deinit(struct option_texts *texts)
{
    free(texts->texts);
    *texts = (struct option_texts){0};
}

static bool option_texts_add(struct option_texts *texts, const char *text)
{
    const char **grown = reallocarray(texts->texts, texts->n + 1, sizeof(*grown));

    if (!grown) {
        return false;
    }
    texts->texts = grown;
    texts->texts[texts->n++] = text;
    return true;
}

/* Print words from the help column to the width of a terminal, beginning at column @at. */
static void print_wrapped(const char *text, size_t at)
{
    while (*text) {
        const size_t size = strcspn(text, " ");

        if (at > HELP_COLUMN && at + 1 + size > HELP_WIDTH) {
            (void)putchar('\n');
            at = 0;
        }
        (void)printf("%*s%.*s", at < HELP_COLUMN ? (int)(HELP_COLUMN - at) : 1, "", (int)size,
                     text);
        at = (at < HELP_COLUMN ? HELP_COLUMN : at + 1) + size;
        text += size;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

static void print_option(const struct option *option)
{
    char left[64];

    (void)snprintf(left, sizeof(left), "  --%s%s%s", option->name, option->value ? " " : "",
                   option->value ? option->value : "");
    (void)printf("%s", left);
    if (strlen(left) >= HELP_COLUMN) {
        (void)putchar('\n');
        left[0] = '\0';
    }
    print_wrapped(option->help, strlen(left));
}

static void print_help(const struct syntax *syntax)
{
    const struct option help = {"help", NULL, "show this help", OPTION_SWITCH, 0};

    (void)printf("Usage: tessera %s %s\n\n%s\n\nOptions:\n", syntax->command, syntax->synopsis,
                 syntax->purpose);
    for (size_t i = 0; i < syntax->n_options; i++) {
        print_option(&syntax->options[i]);
    }
    print_option(&help);
    (void)printf("\n%s", syntax->notes);
}

static const struct option *find_option(const struct syntax *syntax, const char *name, size_t size)
{
    for (size_t i = 0; i < syntax->n_options; i++) {
        if (strncmp(syntax->options[i].name, name, size) == 0 && !syntax->options[i].name[size]) {
            return &syntax->options[i];
        }
    }
    return NULL;
}

/* The value of @option: what follows "=", or the next argument. NULL: there is none. */
static const char *take_value(struct reading *reading, const char *equals)
{
    if (equals) {
        return equals + 1;
    }
    if (reading->at + 1 >= reading->argc) {
        return NULL;
    }
    return reading->argv[++reading->at];
}

static int store_text(struct reading *reading, const struct option *option, const char *value)
{
    void *const member = (uint8_t *)reading->into + option->offset;

    if (option->kind == OPTION_TEXTS) {
        if (!option_texts_add(member, value)) {
            message("out of memory");
            return CLI_FAILED;
        }
        return CLI_OK;
    }
    if (*(const char **)member) {
        return message_usage(reading->syntax->command, "option --%s was given twice", option->name);
    }
    *(const char **)member = value;
    return CLI_OK;
}

static int read_option(struct reading *reading, const char *text)
{
    const char *const name = text + 2;
    const char *const equals = strchr(name, '=');
    const size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const struct option *const option = find_option(reading->syntax, name, size);
    const char *value;

    if (!option) {
        return message_usage(reading->syntax->command, "unknown option '%s'", text);
    }
    if (option->kind == OPTION_SWITCH) {
        if (equals) {
            return message_usage(reading->syntax->command, "option --%s takes no value",
                                 option->name);
        }
        *(bool *)((uint8_t *)reading->into + option->offset) = true;
        return CLI_OK;
    }

    value = take_value(reading, equals);
    if (!value) {
        return message_usage(reading->syntax->command, "option --%s needs a value: %s",
                             option->name, option->value);
    }
    return store_text(reading, option, value);
}

/* Operands gather at the front of argv, whose places have been read already. */
static void keep_operands(struct reading *reading, int n)
{
    memmove(&reading->argv[reading->n_operands], &reading->argv[reading->at],
            (size_t)n * sizeof(*reading->argv));
    reading->n_operands += (size_t)n;
    reading->at += n - 1;
}

static bool is_help(const char *text)
{
    return strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0;
}

/* @return whether to go on with the next argument */
static bool read_argument(struct reading *reading, int *ret_exit)
{
    const char *const text = reading->argv[reading->at];

    if (is_help(text)) {
        print_help(reading->syntax);
        *ret_exit = CLI_OK;
        return false;
    }
    if (strcmp(text, "--") == 0) {
        reading->at++;
        keep_operands(reading, reading->argc - reading->at);
        return true;
    }
    if (text[0] != '-' || !text[1]) {
        keep_operands(reading, reading->syntax->stops_at_operand ? reading->argc - reading->at : 1);
        return true;
    }
    if (text[1] != '-') {
        *ret_exit = message_usage(reading->syntax->command, "unknown option '%s'", text);
        return false;
    }
    *ret_exit = read_option(reading, text);
    return *ret_exit == CLI_OK;
}

bool options_read(const struct syntax *syntax, int argc, char **argv, void *into,
                  struct operands *ret_operands, int *ret_exit)
{
    struct reading reading = {.syntax = syntax, .argv = argv, .argc = argc, .into = into};

    for (reading.at = 1; reading.at < argc; reading.at++) {
        if (!read_argument(&reading, ret_exit)) {
            return false;
        }
    }

    argv[reading.n_operands] = NULL;
    *ret_operands = (struct operands){.texts = argv, .n = reading.n_operands};
    return true;
}
