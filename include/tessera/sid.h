/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Security identifiers
 *
 * A tsr_sid is a value: copied by assignment, at most 68 bytes encoded ([MS-DTYP] 2.4.2).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

#define TSR_SID_SUB_AUTHORITIES_MAX 15
#define TSR_SID_SIZE_MIN            8
#define TSR_SID_SIZE_MAX            68
#define TSR_SID_TEXT_MAX            192 /* longest text with its terminator, rounded up */

typedef struct tsr_sid {
    uint64_t authority; /* 48 bits */
    uint8_t n_sub_authorities;
    uint32_t sub_authorities[TSR_SID_SUB_AUTHORITIES_MAX]; /* unused ones are zero */
} tsr_sid;

/* S-1-AUTHORITY-SUB... as a constant expression of type tsr_sid. */
#define TSR_SID(authority_, ...)                                                      \
    ((tsr_sid){(authority_),                                                          \
               (uint8_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)), \
               {__VA_ARGS__}})

#define TSR_SID_NULL                TSR_SID(0, 0)
#define TSR_SID_EVERYONE            TSR_SID(1, 0)
#define TSR_SID_LOCAL               TSR_SID(2, 0)
#define TSR_SID_CREATOR_OWNER       TSR_SID(3, 0)
#define TSR_SID_CREATOR_GROUP       TSR_SID(3, 1)
#define TSR_SID_OWNER_RIGHTS        TSR_SID(3, 4)
#define TSR_SID_NETWORK             TSR_SID(5, 2)
#define TSR_SID_INTERACTIVE         TSR_SID(5, 4)
#define TSR_SID_ANONYMOUS           TSR_SID(5, 7)
#define TSR_SID_PRINCIPAL_SELF      TSR_SID(5, 10)
#define TSR_SID_AUTHENTICATED_USERS TSR_SID(5, 11)
#define TSR_SID_RESTRICTED          TSR_SID(5, 12)
#define TSR_SID_SYSTEM              TSR_SID(5, 18)
#define TSR_SID_ADMINISTRATORS      TSR_SID(5, 32, 544)
#define TSR_SID_USERS               TSR_SID(5, 32, 545)
#define TSR_SID_GUESTS              TSR_SID(5, 32, 546)
#define TSR_SID_WRITE_RESTRICTED    TSR_SID(5, 33)
#define TSR_SID_UNIX_USER(uid_)     TSR_SID(22, 1, (uid_))
#define TSR_SID_UNIX_GROUP(gid_)    TSR_SID(22, 2, (gid_))
#define TSR_SID_INTEGRITY(level_)   TSR_SID(16, (level_))

#define TSR_INTEGRITY_UNTRUSTED   0u
#define TSR_INTEGRITY_LOW         4096u
#define TSR_INTEGRITY_MEDIUM      8192u
#define TSR_INTEGRITY_MEDIUM_PLUS 8448u
#define TSR_INTEGRITY_HIGH        12288u
#define TSR_INTEGRITY_SYSTEM      16384u

/** Whether both have the same authority and sub-authorities. */
TSR_PUBLIC bool tsr_sid_equal(const tsr_sid *a, const tsr_sid *b);

/** Bytes the encoded form takes: 8 + 4 for each sub-authority. */
TSR_PUBLIC size_t tsr_sid_size(const tsr_sid *sid);

/**
 * Decode the SID at the start of @bytes; what follows it is not looked at.
 *
 * @param ret_sid   untouched on failure
 * @param ret_size  bytes taken; may be NULL
 * @return STATUS_INVALID_SID if cut short, of revision other than 1, or over 15 sub-authorities
 */
TSR_PUBLIC tsr_status tsr_sid_decode(const void *bytes, size_t size, tsr_sid *ret_sid,
                                     size_t *ret_size);

/**
 * Encode into @n_room bytes at @bytes.
 *
 * @param ret_size  bytes needed, also when they do not fit
 * @return STATUS_BUFFER_TOO_SMALL, with nothing written; STATUS_INVALID_SID if the value is none
 * (an authority over 48 bits, over 15 sub-authorities)
 */
TSR_PUBLIC tsr_status tsr_sid_encode(const tsr_sid *sid, void *bytes, size_t n_room,
                                     size_t *ret_size);

/**
 * Read "S-1-5-32-544" from the start of @text.
 *
 * Sub-authorities are decimal or 0x hex of at most 32 bits, the authority at most 48 bits, at least
 * one sub-authority; "s-" is accepted. Strict where Windows saturates (access-check.md 2.2).
 *
 * @param ret_n_taken  characters taken; NULL to require that the whole text is one SID
 * @return STATUS_INVALID_SID
 */
TSR_PUBLIC tsr_status tsr_sid_parse(const char *text, tsr_sid *ret_sid, size_t *ret_n_taken);

/** Write the text form and its terminator. */
TSR_PUBLIC void tsr_sid_format(const tsr_sid *sid, char ret_text[TSR_SID_TEXT_MAX]);

TSR_END_DECLS
