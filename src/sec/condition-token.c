/* SPDX-License-Identifier: MIT */
/* Tokens of binary conditional expressions. */

#include "sec/condition-token.h"

#include "base/bytes.h"
#include "sec/sid.h"

/* [MS-DTYP] 2.4.4.17.5: the bytes behind an integer's value. */
#define SIGN_PLUS    1
#define SIGN_MINUS   2
#define SIGN_NONE    3
#define BASE_OCTAL   1
#define BASE_HEX     3
#define INTEGER_SIZE 8 /* of the value, whatever the width */

#define SURROGATE_HIGH 0xd800u
#define SURROGATE_LOW  0xdc00u
#define SURROGATE_END  0xe000u

static enum condition_class class_of(uint8_t code)
{
    switch ((enum condition_code)code) {
    case CONDITION_INT8:
    case CONDITION_INT16:
    case CONDITION_INT32:
    case CONDITION_INT64:
    case CONDITION_STRING:
    case CONDITION_OCTETS:
    case CONDITION_COMPOSITE:
    case CONDITION_SID:
        return CONDITION_CLASS_LITERAL;
    case CONDITION_EQUAL:
    case CONDITION_NOT_EQUAL:
    case CONDITION_LESS:
    case CONDITION_LESS_OR_EQUAL:
    case CONDITION_GREATER:
    case CONDITION_GREATER_OR_EQUAL:
    case CONDITION_CONTAINS:
    case CONDITION_ANY_OF:
    case CONDITION_NOT_CONTAINS:
    case CONDITION_NOT_ANY_OF:
        return CONDITION_CLASS_RELATION;
    case CONDITION_EXISTS:
    case CONDITION_NOT_EXISTS:
        return CONDITION_CLASS_EXISTENCE;
    case CONDITION_MEMBER_OF:
    case CONDITION_DEVICE_MEMBER_OF:
    case CONDITION_MEMBER_OF_ANY:
    case CONDITION_DEVICE_MEMBER_OF_ANY:
    case CONDITION_NOT_MEMBER_OF:
    case CONDITION_NOT_DEVICE_MEMBER_OF:
    case CONDITION_NOT_MEMBER_OF_ANY:
    case CONDITION_NOT_DEVICE_MEMBER_OF_ANY:
        return CONDITION_CLASS_MEMBERSHIP;
    case CONDITION_AND:
    case CONDITION_OR:
        return CONDITION_CLASS_JUNCTION;
    case CONDITION_NOT:
        return CONDITION_CLASS_NEGATION;
    case CONDITION_LOCAL:
    case CONDITION_USER:
    case CONDITION_RESOURCE:
    case CONDITION_DEVICE:
        return CONDITION_CLASS_ATTRIBUTE;
    }
    return CONDITION_CLASS_NONE;
}

size_t condition_class_operands(enum condition_class class)
{
    switch (class) {
    case CONDITION_CLASS_NONE:
    case CONDITION_CLASS_LITERAL:
    case CONDITION_CLASS_ATTRIBUTE:
        return 0;
    case CONDITION_CLASS_EXISTENCE:
    case CONDITION_CLASS_MEMBERSHIP:
    case CONDITION_CLASS_NEGATION:
        return 1;
    case CONDITION_CLASS_RELATION:
    case CONDITION_CLASS_JUNCTION:
        return 2;
    }
    return 0;
}

/* The largest magnitude of a negative integer literal that is @code wide; UINT64_MAX: any. */
static uint64_t integer_limit(enum condition_code code)
{
    if (code == CONDITION_INT64) {
        return UINT64_MAX;
    }
    return UINT64_C(1) << (code == CONDITION_INT8 ? 7 : code == CONDITION_INT16 ? 15 : 31);
}

/*
 * Where the sign byte and the value disagree, the sign byte decides ([MS-DTYP] 2.4.4.17.5): a minus
 * makes a positive value negative, and without one the value has no sign bit.
 */
static tsr_status integer_take(struct cursor *cursor, struct condition_token *token)
{
    const uint64_t limit = integer_limit(token->code);
    uint64_t value;
    uint8_t sign;
    uint8_t base;

    TRY(cursor_le64(cursor, &value));
    TRY(cursor_u8(cursor, &sign));
    TRY(cursor_u8(cursor, &base));
    REQUIRE(sign >= SIGN_PLUS && sign <= SIGN_NONE, STATUS_DATA_ERROR);
    REQUIRE(base >= BASE_OCTAL && base <= BASE_HEX, STATUS_DATA_ERROR);

    token->is_negative = sign == SIGN_MINUS && value != 0;
    token->magnitude = token->is_negative && value > INT64_MAX ? 0 - value : value;
    REQUIRE(limit == UINT64_MAX || token->magnitude < limit + token->is_negative,
            STATUS_DATA_ERROR);
    return TSR_OK;
}

static tsr_status counted_take(struct cursor *cursor, struct condition_token *token)
{
    uint32_t n_bytes;

    TRY(cursor_le32(cursor, &n_bytes));
    TRY(cursor_bytes(cursor, n_bytes, &token->bytes));
    token->n_bytes = n_bytes;
    return TSR_OK;
}

/* Whole units, every surrogate in a pair. */
static bool is_utf16(const uint8_t *bytes, size_t n_bytes)
{
    bool wants_low = false;

    for (size_t i = 0; i + 1 < n_bytes; i += 2) {
        const uint16_t unit = load_le16(bytes + i);
        const bool is_low = unit >= SURROGATE_LOW && unit < SURROGATE_END;

        if (is_low != wants_low) {
            return false;
        }
        wants_low = unit >= SURROGATE_HIGH && unit < SURROGATE_LOW;
    }
    return n_bytes % 2 == 0 && !wants_low;
}

static bool is_sid(const uint8_t *bytes, size_t n_bytes)
{
    struct cursor cursor = cursor_over(bytes, n_bytes);
    const uint8_t *sid;

    return tsr_ok(sid_take(&cursor, &sid)) && cursor.n_left == 0;
}

static tsr_status body_take(struct cursor *cursor, struct condition_token *token)
{
    if (token->class != CONDITION_CLASS_LITERAL && token->class != CONDITION_CLASS_ATTRIBUTE) {
        return TSR_OK;
    }
    if (token->code <= CONDITION_INT64) {
        return integer_take(cursor, token);
    }

    TRY(counted_take(cursor, token));
    if (token->class == CONDITION_CLASS_ATTRIBUTE) {
        REQUIRE(token->n_bytes > 0 && is_utf16(token->bytes, token->n_bytes), STATUS_DATA_ERROR);
    }
    if (token->code == CONDITION_STRING) {
        REQUIRE(is_utf16(token->bytes, token->n_bytes), STATUS_DATA_ERROR);
    }
    if (token->code == CONDITION_SID) {
        REQUIRE(is_sid(token->bytes, token->n_bytes), STATUS_DATA_ERROR);
    }
    return TSR_OK;
}

/* One token; a composite's elements are not looked at. */
static tsr_status shallow_take(struct cursor *cursor, struct condition_token *ret_token)
{
    struct condition_token token = {0};
    uint8_t code;

    TRY(cursor_u8(cursor, &code));
    token.code = (enum condition_code)code;
    token.class = class_of(code);
    REQUIRE(token.class != CONDITION_CLASS_NONE, STATUS_DATA_ERROR);
    TRY(body_take(cursor, &token));

    *ret_token = token;
    return TSR_OK;
}

/* Composites may hold composites; the open ones are kept here, not on the call stack. */
static tsr_status elements_check(const struct condition_token *composite)
{
    struct cursor open[CONDITION_COMPOSITE_DEPTH_MAX];
    struct condition_token element;
    size_t n_open = 1;

    open[0] = cursor_over(composite->bytes, composite->n_bytes);
    while (n_open > 0) {
        struct cursor *innermost = &open[n_open - 1];

        if (innermost->n_left == 0) {
            n_open--;
            continue;
        }
        TRY(shallow_take(innermost, &element));
        REQUIRE(element.class == CONDITION_CLASS_LITERAL, STATUS_DATA_ERROR);
        if (element.code == CONDITION_COMPOSITE) {
            REQUIRE(n_open < CONDITION_COMPOSITE_DEPTH_MAX, STATUS_DATA_ERROR);
            open[n_open++] = cursor_over(element.bytes, element.n_bytes);
        }
    }
    return TSR_OK;
}

tsr_status condition_token_take(struct cursor *cursor, struct condition_token *ret_token)
{
    struct cursor ahead = *cursor;
    struct condition_token token;

    TRY(shallow_take(&ahead, &token));
    if (token.code == CONDITION_COMPOSITE) {
        TRY(elements_check(&token));
    }

    *cursor = ahead;
    *ret_token = token;
    return TSR_OK;
}

bool condition_is_at_end(const struct cursor *cursor)
{
    for (size_t i = 0; i < cursor->n_left; i++) {
        if (cursor->at[i] != 0) {
            return false;
        }
    }
    return true;
}
