/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims and single values a second time (access-check.md 1.6, 11), for ref-condition.h
 *
 * Of the other implementation nothing but the data of the upcase table is used.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sid.h>

enum ref_truth {
    REF_FALSE,
    REF_TRUE,
    REF_UNKNOWN,
};

enum ref_value_type {
    REF_INTEGER, /* signed or not */
    REF_BOOLEAN,
    REF_STRING,
    REF_FQBN,
    REF_OCTETS,
    REF_SID,
    REF_SET, /* a composite inside a composite */
};

/* One value of a claim or a literal. */
struct ref_value {
    enum ref_value_type type;
    bool is_literal;
    bool is_case_sensitive;
    bool is_negative;
    uint64_t magnitude;   /* integers, booleans */
    const uint8_t *bytes; /* text (UTF-16LE, no terminator), octets, an encoded SID */
    size_t n_bytes;
};

/* The bytes of a claim. */
struct ref_bytes {
    const uint8_t *bytes; /* borrowed */
    size_t size;
};

struct ref_claims {
    const struct ref_bytes *list;
    size_t n;
};

/* A claim that has been read. */
struct ref_claim {
    struct ref_bytes whole;
    uint16_t type;
    uint32_t flags;
    uint32_t n_values;
    const uint8_t *name; /* UTF-16LE, no terminator */
    size_t n_name;
};

enum ref_order {
    REF_LESS,
    REF_EQUAL,
    REF_GREATER,
    REF_OTHER,        /* not equal, and in no order */
    REF_INCOMPARABLE, /* "different types -> U" */
};

/** Read CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1. @return false if it is malformed */
bool ref_claim_read(const uint8_t *bytes, size_t size, struct ref_claim *ret_claim);

/** Whether a value occurs twice: then it is "invalid as a whole". */
bool ref_claim_has_twins(const struct ref_claim *claim);

/** The value at @index, which is below n_values. */
struct ref_value ref_claim_value(const struct ref_claim *claim, size_t index);

/** "Names compare without case." */
bool ref_same_name(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b);

enum ref_order ref_compare(const struct ref_value *a, const struct ref_value *b);

/** Whether both have the same authority and sub-authorities. */
bool ref_same_sid(const tsr_sid *a, const tsr_sid *b);

/** Read a SID that fills all of the bytes. */
bool ref_sid_read(const uint8_t *bytes, size_t size, tsr_sid *ret_sid);

/** The little-endian number of @n_bytes bytes. */
uint64_t ref_number(const uint8_t *bytes, size_t n_bytes);
