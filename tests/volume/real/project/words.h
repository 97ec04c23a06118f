/* SPDX-License-Identifier: MIT */
#pragma once

/* Words: longest runs of letters and digits. */

#include <stddef.h>

#include "table.h"

/* Count the words of a text. @return 0; -1: no memory */
int words_count(const char *text, size_t size, struct table *table);
