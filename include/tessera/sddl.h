/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Security descriptor definition language: descriptors as text
 *
 * Strict (access-check.md 2): what both Windows and Samba accept. Sections in any order; SIDs and
 * aliases in either case, but nothing else in lower case; no blanks except between two rights of an
 * ACE; numbers of at most 32 bits. Inside a condition or resource attribute words are read in
 * either case, blanks may stand between them, and integers have at most 64 bits with their sign.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/* Where and why a text was refused. */
typedef struct tsr_sddl_error {
    size_t column;       /* 1-based, in bytes; length + 1 when the text ends too early */
    const char *message; /* static text: what was expected */
} tsr_sddl_error;

/**
 * Parse SDDL into a packed self-relative descriptor.
 *
 * @param domain     for DA, LA …; NULL: such an alias is an error
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @param ret_error  written on failure only; may be NULL
 * @return STATUS_INVALID_SECURITY_DESCR, STATUS_INVALID_ACL (too large), STATUS_INVALID_SID,
 *         STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sddl_parse(const char *text, const tsr_sid *domain, uint8_t **ret_bytes,
                                     size_t *ret_size, tsr_sddl_error *ret_error);

/**
 * Print a descriptor, or the sections of it that @information names. SACL names all ACEs of the
 * SACL; without it LABEL, ATTRIBUTE and SCOPE name theirs. What SDDL cannot say is not printed: the
 * DEFAULTED bits, a NULL SACL, slack.
 *
 * @param domain    aliases such as DA are printed only for SIDs of this domain; NULL: never
 * @param ret_text  owned by the caller, free(); untouched on failure
 * @return STATUS_NOT_SUPPORTED if it holds what has no text, as some ACE types, a string with a
 * quotation mark, or a condition that compares two literals; STATUS_INVALID_ACL if a condition or
 * resource attribute is malformed; STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sddl_format(const tsr_sd *sd, uint32_t information, const tsr_sid *domain,
                                      char **ret_text);

/**
 * Parse a SID or a two-letter alias, from the start of @text.
 *
 * @param ret_n_taken  characters taken; NULL to require that the whole text is one SID
 * @return STATUS_INVALID_SID
 */
TSR_PUBLIC tsr_status tsr_sddl_parse_sid(const char *text, const tsr_sid *domain, tsr_sid *ret_sid,
                                         size_t *ret_n_taken);

/** The alias of a SID, or its text where it has none. */
TSR_PUBLIC void tsr_sddl_format_sid(const tsr_sid *sid, const tsr_sid *domain,
                                    char ret_text[TSR_SID_TEXT_MAX]);

/**
 * Parse access rights: names ("FR", "RCWD") or a number, without blanks.
 *
 * @return STATUS_INVALID_PARAMETER
 */
TSR_PUBLIC tsr_status tsr_sddl_parse_rights(const char *text, uint32_t *ret_mask);

#define TSR_SDDL_RIGHTS_MAX 40

/** Print access rights as SDDL does: one file name, names, or hex. */
TSR_PUBLIC void tsr_sddl_format_rights(uint32_t mask, char ret_text[TSR_SDDL_RIGHTS_MAX]);

TSR_END_DECLS
