/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The token and the descriptor of an explanation, as names and values
 */

#include <stddef.h>

#include "cli/explain-words.h"

#define FACTS_MAX 20

/* What is known under one name. */
struct fact {
    const char *name; /* static text */
    char *value;      /* owned; printable, one value a line */
};

/* Zero-initialise. */
struct facts {
    struct fact items[FACTS_MAX];
    size_t n;
};

void facts_deinit(struct facts *facts);

static inline void cleanup_facts_deinit(struct facts *facts)
{
    facts_deinit(facts);
}

/** Whose rights were asked. */
void facts_of_token(const struct words *words, struct facts *ret_facts);

/** What was asked about, but for the entries of its DACL. */
void facts_of_descriptor(const struct words *words, struct facts *ret_facts);
