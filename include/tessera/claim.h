/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims: named, typed, multi-valued statements about a user, a device or a resource
 *
 * A claim is used where it lies: tsr_claim_view() validates a CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1
 * ([MS-DTYP] 2.4.10.1, access-check.md 1.6) once and points into it. Tokens and resource attribute
 * ACEs hold the same bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

typedef enum tsr_claim_type {
    TSR_CLAIM_INT64 = 0x01,
    TSR_CLAIM_UINT64 = 0x02,
    TSR_CLAIM_STRING = 0x03,
    TSR_CLAIM_FQBN = 0x04,
    TSR_CLAIM_SID = 0x05,
    TSR_CLAIM_BOOLEAN = 0x06,
    TSR_CLAIM_OCTETS = 0x10,
} tsr_claim_type;

#define TSR_CLAIM_NON_INHERITABLE     0x0001u
#define TSR_CLAIM_CASE_SENSITIVE      0x0002u
#define TSR_CLAIM_USE_FOR_DENY_ONLY   0x0004u
#define TSR_CLAIM_DISABLED_BY_DEFAULT 0x0008u
#define TSR_CLAIM_DISABLED            0x0010u
#define TSR_CLAIM_MANDATORY           0x0020u
#define TSR_CLAIM_RESERVED_FLAGS      0xff00u

#define TSR_CLAIM_SIZE_MAX 65536

/* A validated claim, used in place. */
typedef struct tsr_claim {
    const uint8_t *bytes; /* borrowed */
    size_t size;          /* bytes that belong to it may be fewer: padding is accepted */
    uint16_t type;        /* a tsr_claim_type */
    uint32_t flags;
    uint32_t n_values;
    const uint8_t *name; /* UTF-16LE, @n_name bytes without the terminator */
    size_t n_name;
} tsr_claim;

/* One value, pointing into its claim. */
typedef struct tsr_claim_value {
    uint64_t number;      /* INT64 (two's complement), UINT64, BOOLEAN */
    const uint8_t *bytes; /* STRING: UTF-16LE without terminator; OCTETS; SID: encoded */
    size_t n_bytes;
} tsr_claim_value;

/**
 * Validate a claim: at most TSR_CLAIM_SIZE_MAX bytes, every offset and value inside, name and
 * strings terminated, values that together fit behind the offsets, a known type, no reserved flag,
 * no value twice (strings compared without case unless CASE_SENSITIVE).
 *
 * @param ret_claim  points into @bytes; untouched on failure
 * @return STATUS_INVALID_PARAMETER
 */
TSR_PUBLIC tsr_status tsr_claim_view(const void *bytes, size_t size, tsr_claim *ret_claim);

/** The n-th value, from 0; @index must be less than n_values. */
TSR_PUBLIC void tsr_claim_get_value(const tsr_claim *claim, uint32_t index,
                                    tsr_claim_value *ret_value);

/* What tsr_claim_encode() makes a claim of. */
typedef struct tsr_claim_source {
    uint64_t number;
    const char *text; /* STRING, FQBN: UTF-8 */
    tsr_sid sid;
    const uint8_t *octets;
    size_t n_octets;
} tsr_claim_source;

/**
 * Encode a claim.
 *
 * @param name       UTF-8, not empty
 * @param ret_bytes  owned by the caller, free(); untouched on failure; tsr_claim_view() accepts it
 * @return STATUS_INVALID_PARAMETER, STATUS_ILLEGAL_CHARACTER, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_claim_encode(const char *name, tsr_claim_type type, uint32_t flags,
                                       const tsr_claim_source *values, size_t n_values,
                                       uint8_t **ret_bytes, size_t *ret_size);

TSR_END_DECLS
