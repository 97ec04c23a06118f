/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * JSON lines: one object in, one object out, in order and without delay
 *
 * A line that is refused is answered with "error" (and "column" where it is known); the stream goes
 * on.
 */

#include <stdbool.h>

#include <jansson.h>

#include "cli/problem.h"

/** Answer one object by adding members to @answer. @return whether it could be answered */
typedef bool (*jsonl_answer)(void *context, const json_t *question, json_t *answer,
                             struct problem *ret_problem);

/**
 * Answer a stream.
 *
 * @param path  NULL or "-": standard input
 * @return the exit status: CLI_OK once everything is answered, however
 */
int jsonl_run(const char *path, jsonl_answer answer, void *context);
