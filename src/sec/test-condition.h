/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Binary conditional expressions put together token by token, for tests
 */

#include <support/expect.h>

#include <tessera/claim.h>

#include "base/check.h"
#include "base/utf.h"
#include "base/writer.h"
#include "sec/condition-token.h"

#define SIGN_PLUS  1
#define SIGN_MINUS 2
#define SIGN_NONE  3
#define BASE_10    2

static inline void put_magic(struct writer *writer)
{
    writer_text(writer, CONDITION_MAGIC);
}

static inline void put_signed(struct writer *writer, enum condition_code code, uint64_t value,
                              uint8_t sign)
{
    writer_u8(writer, (uint8_t)code);
    writer_le64(writer, value);
    writer_u8(writer, sign);
    writer_u8(writer, BASE_10);
}

static inline void put_integer(struct writer *writer, int64_t value)
{
    put_signed(writer, CONDITION_INT64, (uint64_t)value, value < 0 ? SIGN_MINUS : SIGN_PLUS);
}

/** A token with a length: octets, a composite of elements already put together. */
static inline void put_bytes(struct writer *writer, enum condition_code code, const void *bytes,
                             size_t n_bytes)
{
    writer_u8(writer, (uint8_t)code);
    writer_le32(writer, (uint32_t)n_bytes);
    writer_bytes(writer, bytes, n_bytes);
}

/** A string literal or an attribute, from UTF-8. */
static inline void put_text(struct writer *writer, enum condition_code code, const char *text)
{
    CLEANUP(writer_deinit) struct writer utf16 = {0};

    expect_ok(utf8_to_utf16le(text, strlen(text), &utf16));
    put_bytes(writer, code, utf16.bytes, utf16.size);
}

static inline void put_sid(struct writer *writer, tsr_sid sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(&sid, encoded, sizeof(encoded), &size));
    put_bytes(writer, CONDITION_SID, encoded, size);
}

/** What is in @elements as one composite; it is empty afterwards. */
static inline void put_composite(struct writer *writer, struct writer *elements)
{
    put_bytes(writer, CONDITION_COMPOSITE, elements->bytes, elements->size);
    writer_deinit(elements);
}

static inline void put_operator(struct writer *writer, enum condition_code code)
{
    writer_u8(writer, (uint8_t)code);
}

/** Encode and view a claim; the caller frees its bytes by claim_free(). */
static inline tsr_claim claim_of(const char *name, tsr_claim_type type, uint32_t flags,
                                 const tsr_claim_source *values, size_t n_values)
{
    uint8_t *bytes = NULL;
    tsr_claim claim = {0};
    size_t size = 0;

    expect_ok(tsr_claim_encode(name, type, flags, values, n_values, &bytes, &size));
    expect_ok(tsr_claim_view(bytes, size, &claim));
    return claim;
}

static inline void claim_free(tsr_claim claim)
{
    free((void *)claim.bytes);
}

DEFINE_CLEANUP(tsr_claim, claim_free);
