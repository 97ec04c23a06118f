/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An explanation, and its three forms
 */

#include <stdbool.h>

#include <jansson.h>

#include "base/writer.h"
#include "cli/explain-advice.h"
#include "cli/explain-words.h"
#include "cli/problem.h"

/* Everything is borrowed. */
struct explanation {
    const struct model *model;
    const struct words *words;
    const struct advices *advices;
    const json_t *capsule;
    bool wants_advice;
    bool is_replay; /* the capsule has a recorded decision */
    bool agrees;    /* it is today's, too */
    const struct problem *difference;
};

/** For a terminal of 100 columns. */
void explain_text(const struct explanation *explanation, struct writer *writer);

/** @return owned by the caller; NULL: no memory */
json_t *explain_json(const struct explanation *explanation);

/** One page that needs nothing else. */
void explain_html(const struct explanation *explanation, struct writer *writer);

/** What the advice is for: a heading. */
const char *explain_advice_title(const struct explanation *explanation);

/** What to say where there is no advice; NULL: there is some. */
const char *explain_no_advice(const struct explanation *explanation);

/** What became of the recorded decision. */
void explain_replay(const struct explanation *explanation, struct writer *writer);
