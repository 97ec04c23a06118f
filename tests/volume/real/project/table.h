/* SPDX-License-Identifier: MIT */
#pragma once

/* A table of words and how often each was seen. */

#include <stddef.h>

struct table {
    struct entry {
        char *word; /* owned */
        size_t n_seen;
    } * entries;
    size_t n_entries;
    size_t n_room;
};

/* Count one more of a word. @return 0; -1: no memory */
int table_add(struct table *table, const char *word, size_t size);

/* Order by how often a word was seen, then by the word. */
void table_sort(struct table *table);

void table_deinit(struct table *table);
