/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Security descriptor definition language: descriptors as text
 *
 * Strict (access-check.md 2): what both Windows and Samba accept. Sections in any order; SIDs and
 * aliases in either case, but nothing else in lower case; no blanks except between two rights of an
 * ACE; numbers of at most 32 bits. Inside a condition or resource attribute words are read in
 * either case, blanks may stand between them, and integers have at most 64 bits with their sign.
 *
 * Text that is parsed and printed is canonical: printing what was parsed from it changes nothing
 * more. The other way, SDDL cannot say all that bytes can, and tsr_sddl_format() leaves that out:
 * slack behind the ACEs of an ACL and behind the SID of an ACE, ACL revisions and reserved bytes,
 * the DEFAULTED and other control bits, the resource manager's byte, a NULL SACL, object ACEs
 * without a GUID, and conditions and attributes that are laid out otherwise than ours. There is no
 * second spelling that would keep these. tsr_sddl_format_ex() tells whether anything was left out,
 * or refuses. Where the parts lie in a descriptor, and gaps between them, are not counted: lossless
 * text parses to what tsr_sd_build() makes of the same parts, byte for byte.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/*
 * Flag: read besides what Windows reads and Samba refuses (access-check.md 2.1-2.3), as far as it
 * was observed. Blanks before a section, the flags of an ACL, an ACE and a field that is no GUID,
 * and behind an alias; ACE types and rights in lower case; names and numbers of rights in any
 * mixture; "-99"; too large a number for its field's maximum. In SIDs blanks behind a dash, too
 * large a sub-authority for the largest, and every number as hexadecimal behind "S-0x1-". In
 * conditions octets of an odd number of digits, unsigned integers for their two's complement, and
 * the operand of a membership operator in several parentheses.
 */
#define TSR_SDDL_WINDOWS_LAX 0x1u

/* Flag: print nothing where the text would leave bytes out. */
#define TSR_SDDL_LOSSLESS 0x2u

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
 * Parse SDDL as tsr_sddl_parse() does, or as Windows does.
 *
 * @param flags  TSR_SDDL_WINDOWS_LAX or 0
 * @return as tsr_sddl_parse(); STATUS_INVALID_PARAMETER for another flag, of which @ret_error says
 * nothing
 */
TSR_PUBLIC tsr_status tsr_sddl_parse_ex(const char *text, const tsr_sid *domain, uint32_t flags,
                                        uint8_t **ret_bytes, size_t *ret_size,
                                        tsr_sddl_error *ret_error);

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
 * Print as tsr_sddl_format() does, and tell whether parsing the text with the same @domain and
 * @flags gives back the named sections byte for byte.
 *
 * @param flags            TSR_SDDL_WINDOWS_LAX: print also what only lax parsing reads back, as an
 *                         unsigned integer of 64 bits in a condition; TSR_SDDL_LOSSLESS
 * @param ret_is_lossless  may be NULL; untouched on failure
 * @return as tsr_sddl_format(); STATUS_DATA_ERROR with TSR_SDDL_LOSSLESS if the text would leave
 * bytes out; STATUS_INVALID_PARAMETER for another flag
 */
TSR_PUBLIC tsr_status tsr_sddl_format_ex(const tsr_sd *sd, uint32_t information,
                                         const tsr_sid *domain, uint32_t flags, char **ret_text,
                                         bool *ret_is_lossless);

/**
 * Parse a SID or a two-letter alias, from the start of @text.
 *
 * @param ret_n_taken  characters taken; NULL to require that the whole text is one SID
 * @return STATUS_INVALID_SID
 */
TSR_PUBLIC tsr_status tsr_sddl_parse_sid(const char *text, const tsr_sid *domain, tsr_sid *ret_sid,
                                         size_t *ret_n_taken);

/**
 * Parse a SID or alias as tsr_sddl_parse_sid() does, or as Windows does.
 *
 * @param flags      TSR_SDDL_WINDOWS_LAX or 0
 * @param ret_error  written on failure only; may be NULL
 * @return STATUS_INVALID_SID; STATUS_INVALID_PARAMETER for another flag, of which @ret_error says
 * nothing
 */
TSR_PUBLIC tsr_status tsr_sddl_parse_sid_ex(const char *text, const tsr_sid *domain, uint32_t flags,
                                            tsr_sid *ret_sid, size_t *ret_n_taken,
                                            tsr_sddl_error *ret_error);

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
