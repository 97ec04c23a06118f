/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Why a piece of input was refused: a text for the user, and where it is wrong
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>

struct problem {
    char text[256];
    size_t column; /* 1-based; 0: does not apply */
};

/** Describe a problem. @return false, always: "return problem_set(…);" refuses. */
bool problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Describe a failed call: "WHAT: STATUS_…". @return false, always. */
bool problem_set_status(struct problem *problem, const char *what, tsr_status status);
