/* SPDX-License-Identifier: MIT */

#include "table.h"

#include <stdlib.h>
#include <string.h>

static struct entry *find(struct table *table, const char *word, size_t size)
{
    for (size_t i = 0; i < table->n_entries; i++) {
        struct entry *entry = &table->entries[i];

        if (strncmp(entry->word, word, size) == 0 && entry->word[size] == '\0') {
            return entry;
        }
    }
    return NULL;
}

static int grow(struct table *table)
{
    const size_t n_room = table->n_room == 0 ? 8 : 2 * table->n_room;
    struct entry *entries = realloc(table->entries, n_room * sizeof(*entries));

    if (!entries) {
        return -1;
    }
    table->entries = entries;
    table->n_room = n_room;
    return 0;
}

int table_add(struct table *table, const char *word, size_t size)
{
    struct entry *entry = find(table, word, size);
    char *copy;

    if (entry) {
        entry->n_seen++;
        return 0;
    }
    if (table->n_entries == table->n_room && grow(table) != 0) {
        return -1;
    }
    copy = strndup(word, size);
    if (!copy) {
        return -1;
    }
    table->entries[table->n_entries++] = (struct entry){.word = copy, .n_seen = 1};
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    if (a->n_seen != b->n_seen) {
        return a->n_seen < b->n_seen ? 1 : -1;
    }
    return strcmp(a->word, b->word);
}

void table_sort(struct table *table)
{
    if (table->n_entries > 1) {
        qsort(table->entries, table->n_entries, sizeof(*table->entries), compare);
    }
}

void table_deinit(struct table *table)
{
    for (size_t i = 0; i < table->n_entries; i++) {
        free(table->entries[i].word);
    }
    free(table->entries);
    *table = (struct table){0};
}
