/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Command lines and environment blocks, which Linux has as lists
 */

#include <stdlib.h>

#include <winnt.h>

#include <tessera/status.h>

/* Strings, and where they stand. Zero-initialise. */
struct text_list {
    char **items; /* owned; NULL behind the last */
    char *text;   /* owned; what they point into */
};

static inline void cleanup_text_list_deinit(struct text_list *list)
{
    free(list->items);
    free(list->text);
}

/**
 * Split a command line as programs on Windows do: at blanks outside quotation marks; a backslash
 * means something before quotation marks only, and nothing in the program's name.
 *
 * @param ret_arguments  zeroed by the caller, who releases it, also on failure
 * @return STATUS_INVALID_PARAMETER (there is not even a program), STATUS_NO_MEMORY
 */
tsr_status command_line_split(const char *line, struct text_list *ret_arguments);

/** Variables, each terminated, and an empty one behind the last. @return STATUS_NO_MEMORY */
tsr_status environment_of_block(const char *block, struct text_list *ret_environment);

/** The same in UTF-16. @return also STATUS_UNMAPPABLE_CHARACTER */
tsr_status environment_of_wide_block(const WCHAR *block, struct text_list *ret_environment);
