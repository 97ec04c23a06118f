/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an access check did, worked out from what it told its sink
 *
 * The decision is worked out again from the request and the events alone; it must come to the same
 * as the check's own, or there is no model.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>

#include "cli/problem.h"
#include "cli/question-json.h"

#define MODEL_N_BITS  32
#define MODEL_NO_STEP SIZE_MAX

/* What became of one right of the object itself. */
enum right_end {
    RIGHT_UNTOUCHED, /* nothing spoke about it before the check ended */
    RIGHT_GRANTED,   /* though the request may be refused for another right's sake */
    RIGHT_REFUSED,
};

enum model_kind {
    MODEL_EVENT,
    MODEL_NOT_REACHED, /* an ACE that the check did not come to */
    MODEL_NOT_HELD,    /* the privilege that ACCESS_SYSTEM_SECURITY needs is missing */
};

struct model_step {
    enum model_kind kind;
    tsr_trace_event event;
    uint32_t allowed; /* rights of the object itself that this step settled so */
    uint32_t denied;
    size_t n_types; /* object types below it of which it settled rights */
    size_t rule;    /* the CENTRAL_RULE or CENTRAL_POLICY step it is part of; MODEL_NO_STEP: none */
};

/* A pass, or several, over one DACL: what it did to each right. */
struct model_judgement {
    uint32_t asked; /* by the present pass */
    uint32_t open;
    uint32_t allowed;
    uint32_t granted;
    bool is_cut; /* a deny ACE ended the walk */
    enum right_end ends[MODEL_N_BITS];
    size_t by[MODEL_N_BITS]; /* the step that settled it */
    /* Restricting SIDs and packages must allow it too: the steps that did. */
    size_t also[TSR_PASS_PACKAGE + 1][MODEL_N_BITS];
};

/* Zero-initialise, and do not move. */
struct model {
    const struct question *question; /* borrowed */
    tsr_access_result result;        /* the check's own decision */
    struct model_step *steps;        /* owned */
    size_t n_steps;
    size_t n_room;
    uint32_t required; /* rights asked for by name */
    uint32_t possible; /* all that could come of the request */
    uint32_t permitted;
    uint32_t supplied;
    uint32_t granted;
    bool is_granted;
    size_t decisive; /* the step that settled the request; MODEL_NO_STEP: none did */
    struct model_judgement own;
    struct model_judgement of_rule; /* of the central rule in progress */
    uint32_t limit;                 /* what all rules leave */
    size_t rule;                    /* the step that began it; MODEL_NO_STEP: none is */
    uint32_t *open_of;              /* owned; of each object type */
    uint32_t *granted_of;           /* owned; what each is left with */
    size_t n_types;
    bool has_failed; /* for lack of memory, or of sense */
};

void model_deinit(struct model *model);

static inline void cleanup_model_deinit(struct model *model)
{
    model_deinit(model);
}

/**
 * Judge a question and keep what the check did.
 *
 * @param question   borrowed as long as the model is used
 * @param ret_model  model_deinit() by the caller, also on failure
 * @return false where there is no memory, or where the events do not add up to the decision, which
 *         is a defect of ours
 */
bool model_ask(struct question *question, struct model *ret_model, struct problem *ret_problem);

/** What a step says of a right: 'a' allows, 'd' denies, 'n' names it without effect, ' ' nothing.
 */
char model_cell(const struct model *model, size_t step, uint32_t right);

/** The rights to tell about: those asked for by name, and under MAXIMUM_ALLOWED all there are. */
uint32_t model_rights(const struct model *model);

/** The DACL that a step is about: the object's own, a central rule's, or that of recovery. */
const tsr_acl *model_dacl(const struct model *model, size_t step);
