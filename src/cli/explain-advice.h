/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What must change for a decision to turn
 *
 * Whatever is proposed has been tried: the changed question was judged again.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "cli/explain-words.h"

#define ADVICE_MAX         5
#define ADVICE_CHANGES_MAX 4

struct advice_change {
    const char *kind; /* static text */
    char *text;       /* owned */
};

/* Changes that together turn the decision. */
struct advice {
    struct advice_change changes[ADVICE_CHANGES_MAX];
    size_t n_changes;
    unsigned int weight; /* of several that are as many, the lightest comes first */
    json_t *capsule;     /* owned; the changed question */
};

/* Zero-initialise. */
struct advices {
    struct advice items[ADVICE_MAX];
    size_t n;
};

void advices_deinit(struct advices *advices);

static inline void cleanup_advices_deinit(struct advices *advices)
{
    advices_deinit(advices);
}

/**
 * Look for what would grant a request that is refused, or refuse one that is granted.
 *
 * @param capsule  the question as the model has it
 * @return false where there is no memory; finding nothing is no failure
 */
bool advice_find(const json_t *capsule, const struct words *words, struct advices *ret_advices,
                 struct problem *ret_problem);
