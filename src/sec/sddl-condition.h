/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conditional expressions and resource attributes as text (access-check.md 2.3, 2.5)
 */

#include <stddef.h>

#include <tessera/sddl.h>

#include "base/writer.h"
#include "sec/sddl-text.h"

/**
 * Compile the expression where @scanner is, "(…)" with its parentheses, into "artx…" padded to 4.
 *
 * @param scanner  moved behind it; where it was on failure, with its error set
 * @param writer   appended to; as it was on failure
 * @return as tsr_sddl_parse()
 */
tsr_status condition_read(struct scanner *scanner, struct writer *writer);

/** The same for a resource attribute, ("name",TI,0x…,value,…): a claim's bytes, padded to 4. */
tsr_status attribute_read(struct scanner *scanner, struct writer *writer);

/**
 * Strictly compile the expression at the start of @text.
 *
 * @param n_text       bytes of text that may be read
 * @param writer       appended to; as it was on failure
 * @param ret_n_taken  bytes taken; untouched on failure
 * @param ret_error    column counted from the start of @text, 1-based; written on failure only
 * @return as tsr_sddl_parse()
 */
tsr_status condition_parse(const char *text, size_t n_text, const tsr_sid *domain,
                           struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error);

/**
 * Print a binary expression with its outer parentheses, so that condition_read() reads it back.
 *
 * @param flags   TSR_SDDL_WINDOWS_LAX: also what only a lax scanner reads back
 * @param writer  appended to; as it was on failure
 * @return STATUS_INVALID_ACL if malformed, STATUS_NOT_SUPPORTED if no text says it;
 * STATUS_NO_MEMORY
 */
tsr_status condition_print(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                           uint32_t flags, struct writer *writer);

/** The same with no flags. */
tsr_status condition_format(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                            struct writer *writer);

/** Both for a resource attribute. */
tsr_status attribute_parse(const char *text, size_t n_text, const tsr_sid *domain,
                           struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error);
tsr_status attribute_format(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                            struct writer *writer);
