/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Numbers, bytes and lines as text
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/writer.h"

/* A line of a stream that is longer is refused, not stored. */
#define TEXT_LINE_MAX (1u << 20)

/** Read a whole text as a number of at most 32 bits: decimal, or hexadecimal after "0x". */
bool text_to_u32(const char *text, uint32_t *ret_value);

/**
 * Read a whole text as hexadecimal bytes.
 *
 * @param ret_bytes   owned by the caller, free(); untouched on failure
 * @param ret_column  on failure: 1-based, 0 for lack of memory
 */
bool text_to_bytes(const char *text, uint8_t **ret_bytes, size_t *ret_size, size_t *ret_column);

/** Append bytes as lower-case hexadecimal. */
void text_write_hex(struct writer *writer, const uint8_t *bytes, size_t size);

/**
 * Append text that may come from a stranger: what steers terminals, or turns the direction of
 * writing, becomes "\\u001b", and bytes that are not UTF-8 become U+FFFD.
 */
void text_write_printable(struct writer *writer, const char *text);

enum text_line {
    TEXT_LINE,
    TEXT_LINE_TOO_LONG, /* skipped up to and with its end */
    TEXT_LINE_NO_MEMORY,
    TEXT_END,
};

/** Read one line, without its end, into @line, which is emptied first. The last may lack its end.
 */
enum text_line text_read_line(FILE *file, struct writer *line);

/** Read a whole file of at most @size_max bytes into @content. @return 0, or an errno. */
int text_read_file(const char *path, size_t size_max, struct writer *content);
