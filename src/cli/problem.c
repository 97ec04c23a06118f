/* SPDX-License-Identifier: MIT */
/* Why a piece of input was refused. */

#include "cli/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/message.h"

bool problem_set(struct problem *problem, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(problem->text, sizeof(problem->text), format, arguments);
    va_end(arguments);
    problem->column = 0;
    return false;
}

bool problem_set_status(struct problem *problem, const char *what, tsr_status status)
{
    char buffer[16];

    return problem_set(problem, "%s: %s", what, message_status_name(status.code, buffer));
}
