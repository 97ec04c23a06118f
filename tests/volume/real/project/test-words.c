/* SPDX-License-Identifier: MIT */
/* Tests of counting words; TAP. */

#include <stdio.h>
#include <string.h>

#include "words.h"

static int n_tests;
static int n_failed;

static void expect(const char *name, const char *text, const char *first, size_t n_seen, size_t n)
{
    struct table table = {0};
    int good = words_count(text, strlen(text), &table) == 0 && table.n_entries == n;

    table_sort(&table);
    if (good && n > 0) {
        good = strcmp(table.entries[0].word, first) == 0 && table.entries[0].n_seen == n_seen;
    }
    printf("%sok %d - %s\n", good ? "" : "not ", ++n_tests, name);
    n_failed += !good;
    table_deinit(&table);
}

int main(void)
{
    expect("no words in no text", "", NULL, 0, 0);
    expect("no words between blanks", " .,\n", NULL, 0, 0);
    expect("a word ends with the text", "one", "one", 1, 1);
    expect("the most frequent word is first", "b a b c", "b", 2, 3);
    expect("equally frequent words stand in order", "b a", "a", 1, 2);
    expect("a word is not the beginning of another", "aa a aa", "aa", 2, 2);
    printf("1..%d\n", n_tests);
    return n_failed != 0;
}
