/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Access rights as people write and read them
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <tessera/access.h>

#include "base/writer.h"
#include "cli/problem.h"

/**
 * Read a comma-separated list: words (read, full), names (FILE_READ_DATA, WRITE_DAC), SDDL rights
 * (FR, RCWD), numbers.
 *
 * @param ret_mask  untouched on failure
 */
bool rights_parse(const char *text, uint32_t *ret_mask, struct problem *ret_problem);

/** Read "file", or four numbers "READ,WRITE,EXECUTE,ALL". */
bool rights_parse_mapping(const char *text, tsr_generic_mapping *ret_mapping);

/* What the lower 16 bits of a mask mean. */
enum rights_of {
    RIGHTS_OF_FILES,
    RIGHTS_OF_OTHERS, /* unknown: printed as a number */
};

/** Append the constants that make up @mask, joined by " | "; "none" for 0. */
void rights_write_names(struct writer *writer, uint32_t mask, enum rights_of of);

/** Append the rights in words, joined by ", "; "none" for 0. Files only. */
void rights_write_words(struct writer *writer, uint32_t mask);

/** The same of rights that may not be those of files. */
void rights_write_phrase(struct writer *writer, uint32_t mask, enum rights_of of);

/** The constants that make up @mask as a JSON array; NULL if there is no memory. */
json_t *rights_to_json(uint32_t mask, enum rights_of of);
