/* SPDX-License-Identifier: MIT */
/* Command lines and environment blocks. */

#include "win32/command-line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "win32/text.h"

/* Where a line is read, and where its arguments are written: never ahead of the former. */
struct split {
    const char *from;
    char *to;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void put(struct split *split, char c, size_t n)
{
    memset(split->to, c, n);
    split->to += n;
}

/* A program's name: quotation marks hold it together, and a backslash is an ordinary character. */
static void take_program(struct split *split)
{
    bool is_quoted = false;

    for (; *split->from && (is_quoted || !is_blank(*split->from)); split->from++) {
        if (*split->from == '"') {
            is_quoted = !is_quoted;
        } else {
            put(split, *split->from, 1);
        }
    }
    put(split, '\0', 1);
}

/* Quotation marks, with what stands before them; two within a quotation are one of the text. */
static bool take_quotation_mark(struct split *split, size_t n_backslashes, bool is_quoted)
{
    put(split, '\\', n_backslashes / 2);
    split->from++;
    if (n_backslashes % 2 == 1) {
        put(split, '"', 1);
        return is_quoted;
    }
    if (is_quoted && *split->from == '"') {
        put(split, '"', 1);
        split->from++;
        return true;
    }
    return !is_quoted;
}

static void take_argument(struct split *split)
{
    bool is_quoted = false;

    while (*split->from && (is_quoted || !is_blank(*split->from))) {
        const size_t n_backslashes = strspn(split->from, "\\");

        split->from += n_backslashes;
        if (*split->from == '"') {
            is_quoted = take_quotation_mark(split, n_backslashes, is_quoted);
        } else {
            put(split, '\\', n_backslashes);
            if (n_backslashes == 0) {
                put(split, *split->from++, 1);
            }
        }
    }
    put(split, '\0', 1);
}

static void skip_blanks(struct split *split)
{
    while (is_blank(*split->from)) {
        split->from++;
    }
}

tsr_status command_line_split(const char *line, struct text_list *ret_arguments)
{
    const size_t length = strlen(line);
    struct split split = {.from = line};
    size_t n = 0;

    /* An argument takes a unit and a blank at least, and the program may be empty. */
    ret_arguments->items = array_new(length / 2 + 3, sizeof(*ret_arguments->items));
    ret_arguments->text = malloc(length + 2);
    REQUIRE(ret_arguments->items && ret_arguments->text, STATUS_NO_MEMORY);

    split.to = ret_arguments->text;
    skip_blanks(&split);
    REQUIRE(*split.from, STATUS_INVALID_PARAMETER);
    ret_arguments->items[n++] = split.to;
    take_program(&split);
    for (skip_blanks(&split); *split.from; skip_blanks(&split)) {
        ret_arguments->items[n++] = split.to;
        take_argument(&split);
    }
    return TSR_OK;
}

/* ---- Environments ---- */

static size_t block_size(const char *block)
{
    const char *at = block;

    while (*at) {
        at += strlen(at) + 1;
    }
    return (size_t)(at - block) + 1;
}

/* Variables without a name, with which Windows remembers directories of drives, are left out. */
static void point_to_variables(struct text_list *list)
{
    size_t n = 0;

    for (char *at = list->text; *at; at += strlen(at) + 1) {
        if (*at != '=') {
            list->items[n++] = at;
        }
    }
}

tsr_status environment_of_block(const char *block, struct text_list *ret_environment)
{
    const size_t size = block_size(block);

    ret_environment->items = array_new(size / 2 + 1, sizeof(*ret_environment->items));
    ret_environment->text = malloc(size);
    REQUIRE(ret_environment->items && ret_environment->text, STATUS_NO_MEMORY);
    memcpy(ret_environment->text, block, size);
    point_to_variables(ret_environment);
    return TSR_OK;
}

tsr_status environment_of_wide_block(const WCHAR *block, struct text_list *ret_environment)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *all = NULL;

    for (const WCHAR *at = block; *at; at += wide_length(at) + 1) {
        CLEANUP(free) char *variable = NULL;

        TRY(text_of_wide(at, &variable));
        writer_bytes(&writer, variable, strlen(variable) + 1);
    }
    TRY(writer_finish_text(&writer, &all));
    return environment_of_block(all, ret_environment);
}
