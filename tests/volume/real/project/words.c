/* SPDX-License-Identifier: MIT */

#include "words.h"

#include <ctype.h>

int words_count(const char *text, size_t size, struct table *table)
{
    size_t start = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i < size && isalnum((unsigned char)text[i])) {
            continue;
        }
        if (i > start && table_add(table, text + start, i - start) != 0) {
            return -1;
        }
        start = i + 1;
    }
    return 0;
}
