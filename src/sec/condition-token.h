/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tokens of binary conditional expressions (access-check.md 2.4)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>

#include "base/cursor.h"

/* What an expression begins with. */
#define CONDITION_MAGIC      "artx"
#define CONDITION_MAGIC_SIZE 4

#define CONDITION_STACK_MAX           1024
#define CONDITION_COMPOSITE_DEPTH_MAX 64

/* [MS-DTYP] 2.4.4.17.4-2.4.4.17.8 */
enum condition_code {
    CONDITION_INT8 = 0x01,
    CONDITION_INT16 = 0x02,
    CONDITION_INT32 = 0x03,
    CONDITION_INT64 = 0x04,
    CONDITION_STRING = 0x10,
    CONDITION_OCTETS = 0x18,
    CONDITION_COMPOSITE = 0x50,
    CONDITION_SID = 0x51,

    CONDITION_EQUAL = 0x80,
    CONDITION_NOT_EQUAL = 0x81,
    CONDITION_LESS = 0x82,
    CONDITION_LESS_OR_EQUAL = 0x83,
    CONDITION_GREATER = 0x84,
    CONDITION_GREATER_OR_EQUAL = 0x85,
    CONDITION_CONTAINS = 0x86,
    CONDITION_EXISTS = 0x87,
    CONDITION_ANY_OF = 0x88,
    CONDITION_MEMBER_OF = 0x89,
    CONDITION_DEVICE_MEMBER_OF = 0x8a,
    CONDITION_MEMBER_OF_ANY = 0x8b,
    CONDITION_DEVICE_MEMBER_OF_ANY = 0x8c,
    CONDITION_NOT_EXISTS = 0x8d,
    CONDITION_NOT_CONTAINS = 0x8e,
    CONDITION_NOT_ANY_OF = 0x8f,
    CONDITION_NOT_MEMBER_OF = 0x90,
    CONDITION_NOT_DEVICE_MEMBER_OF = 0x91,
    CONDITION_NOT_MEMBER_OF_ANY = 0x92,
    CONDITION_NOT_DEVICE_MEMBER_OF_ANY = 0x93,

    CONDITION_AND = 0xa0,
    CONDITION_OR = 0xa1,
    CONDITION_NOT = 0xa2,

    CONDITION_LOCAL = 0xf8,
    CONDITION_USER = 0xf9,
    CONDITION_RESOURCE = 0xfa,
    CONDITION_DEVICE = 0xfb,
};

/* What a token does to the stack. */
enum condition_class {
    CONDITION_CLASS_NONE, /* no such token */
    CONDITION_CLASS_LITERAL,
    CONDITION_CLASS_ATTRIBUTE,
    CONDITION_CLASS_RELATION,   /* of two operands */
    CONDITION_CLASS_EXISTENCE,  /* of one attribute */
    CONDITION_CLASS_MEMBERSHIP, /* of one SID or composite */
    CONDITION_CLASS_JUNCTION,   /* && and || */
    CONDITION_CLASS_NEGATION,
};

struct condition_token {
    enum condition_code code;
    enum condition_class class;
    bool is_negative;     /* integers: by the sign byte, which goes before the value */
    uint64_t magnitude;   /* integers */
    const uint8_t *bytes; /* string, octets, SID, a composite's elements, an attribute's name */
    size_t n_bytes;
};

/** How many operands a token of this class takes off the stack before it puts one there. */
size_t condition_class_operands(enum condition_class class);

/**
 * Take one token, whole and valid with everything inside a composite.
 *
 * @param ret_token  points into the cursor's bytes; untouched on failure
 * @return STATUS_DATA_ERROR
 */
tsr_status condition_token_take(struct cursor *cursor, struct condition_token *ret_token);

/** Whether nothing is left but padding, which is zero. */
bool condition_is_at_end(const struct cursor *cursor);
