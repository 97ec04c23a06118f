/* SPDX-License-Identifier: MIT */
/* JSON lines: one object in, one object out, in order and without delay. */

#include "cli/jsonl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/json-read.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/text.h"

/* A problem's text may quote input and end inside a character of it. */
static json_t *text_to_json(char *text)
{
    json_t *json = json_string(text);

    for (size_t n = strlen(text); !json && n > 0; n--) {
        text[n - 1] = '\0';
        json = json_string(text);
    }
    return json;
}

static json_t *new_answer(const json_t *question)
{
    json_t *const answer = json_object();
    json_t *const id = json_object_get(question, "id");

    /* An id that is a tree is nothing to tell answers apart by, and could be of any size. */
    if (json_is_string(id) || json_is_number(id)) {
        (void)json_object_set(answer, "id", id);
    } else {
        (void)json_object_set_new(answer, "id", json_null());
    }
    return answer;
}

static bool parse_line(const struct writer *line, json_t **ret_json, struct problem *ret_problem)
{
    CLEANUP(json_decref) json_t *json = NULL;
    json_error_t error;

    json = json_loadb((const char *)line->bytes, line->size, JSON_READ_FLAGS, &error);
    if (!json) {
        (void)problem_set(ret_problem, "JSON: %s", error.text);
        ret_problem->column = error.column > 0 ? (size_t)error.column : 0;
        return false;
    }
    if (!json_is_object(json)) {
        return problem_set(ret_problem, "JSON: the line is not an object");
    }
    *ret_json = STEAL(json);
    return true;
}

/* @return whether it could be written */
static bool print_answer(json_t *answer)
{
    bool printed = answer && json_dumpf(answer, stdout, 0) == 0;

    printed = putc('\n', stdout) != EOF && printed;
    return fflush(stdout) == 0 && printed;
}

static bool print_refusal(const json_t *question, struct problem *problem)
{
    CLEANUP(json_decref) json_t *refusal = new_answer(question);

    (void)json_object_set_new(refusal, "error", text_to_json(problem->text));
    if (problem->column > 0) {
        (void)json_object_set_new(refusal, "column", json_integer((json_int_t)problem->column));
    }
    return print_answer(refusal);
}

static bool answer_line(const struct writer *line, jsonl_answer answer_question, void *context)
{
    CLEANUP(json_decref) json_t *question = NULL;
    CLEANUP(json_decref) json_t *answer = NULL;
    struct problem problem = {0};

    if (!parse_line(line, &question, &problem)) {
        return print_refusal(NULL, &problem);
    }
    answer = new_answer(question);
    if (!answer_question(context, question, answer, &problem)) {
        return print_refusal(question, &problem);
    }
    return print_answer(answer);
}

static int answer_stream(FILE *file, jsonl_answer answer, void *context)
{
    CLEANUP(writer_deinit) struct writer line = {0};
    struct problem too_long = {.text = "the line is longer than 1 MiB"};
    bool printed = true;

    while (printed) {
        switch (text_read_line(file, &line)) {
        case TEXT_LINE:
            printed = answer_line(&line, answer, context);
            break;
        case TEXT_LINE_TOO_LONG:
            printed = print_refusal(NULL, &too_long);
            break;
        case TEXT_LINE_NO_MEMORY:
            message("out of memory");
            return CLI_FAILED;
        case TEXT_END:
            if (ferror(file)) {
                message("cannot read the lines: %s", strerror(errno));
                return CLI_FAILED;
            }
            return CLI_OK;
        }
    }
    return CLI_FAILED;
}

int jsonl_run(const char *path, jsonl_answer answer, void *context)
{
    CLEANUP(fclose) FILE *file = NULL;

    if (!path || strcmp(path, "-") == 0) {
        return answer_stream(stdin, answer, context);
    }
    file = fopen(path, "re");
    if (!file) {
        message("cannot read %s: %s", path, strerror(errno));
        return CLI_FAILED;
    }
    return answer_stream(file, answer, context);
}
