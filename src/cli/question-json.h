/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Questions to the access check written as JSON, in the form of the access_check vectors
 */

#include <stdbool.h>

#include <jansson.h>

#include <tessera/audit.h>
#include <tessera/token.h>

#include "cli/descriptor.h"
#include "cli/problem.h"
#include "cli/request-json.h"

/* Who asks, of what, for what. Zero-initialise, and do not move once it is read. */
struct question {
    tsr_token *token; /* owned */
    struct descriptor descriptor;
    tsr_access_request request; /* points into what follows */
    struct types types;
    struct policies policies;
    tsr_sid self;
    uint32_t audit_policy; /* TSR_AUDIT_… */
    bool is_api; /* the system call is meant, with its own rules, and not the inner check */
};

void question_deinit(struct question *question);

static inline void cleanup_question_deinit(struct question *question)
{
    question_deinit(question);
}

/** Read an object. @param ret_question  question_deinit() by the caller, also on failure */
bool question_of_json(const json_t *json, struct question *ret_question,
                      struct problem *ret_problem);

/** Judge it. @param trace  told every step; NULL: nobody asks */
tsr_access_result question_ask(struct question *question, const tsr_trace *trace);

/** What JSON calls a pass: "normal", "restricted" or "package"; static text. */
const char *question_pass_name(tsr_access_pass pass);
