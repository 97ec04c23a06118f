/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * UTF-8 and UTF-16LE, strictly: no surrogates in UTF-8, no overlong forms, no lone surrogates
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>

#include "base/writer.h"

/** Decode one code point from @n_left bytes. @return bytes taken; 0 if they are not UTF-8. */
size_t utf8_decode(const char *text, size_t n_left, uint32_t *ret_code_point);

/** Append one code point, a Unicode scalar value, as UTF-8. */
void utf8_encode(struct writer *writer, uint32_t code_point);

/**
 * Append UTF-8 text as UTF-16LE, without a terminator.
 *
 * @return STATUS_ILLEGAL_CHARACTER where the text is not UTF-8; @writer then holds what came before
 */
tsr_status utf8_to_utf16le(const char *text, size_t size, struct writer *writer);

/**
 * Append UTF-16LE bytes as UTF-8, without a terminator.
 *
 * @return STATUS_UNMAPPABLE_CHARACTER for a lone surrogate or an odd size
 */
tsr_status utf16le_to_utf8(const uint8_t *bytes, size_t size, struct writer *writer);
