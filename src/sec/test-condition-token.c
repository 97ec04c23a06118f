/* SPDX-License-Identifier: MIT */
/* Tests of the tokens of conditional expressions. */

#include "sec/test-condition.h"

/* The token is taken whole, and it is all there is. */
static struct condition_token take(const struct writer *writer)
{
    struct cursor cursor = cursor_over(writer->bytes, writer->size);
    struct condition_token token = {0};

    expect_ok(condition_token_take(&cursor, &token));
    assert_int_equal(cursor.n_left, 0);
    return token;
}

/* Neither whole nor cut short is it a token, and nothing changes. */
static void expect_malformed(struct writer *writer)
{
    struct cursor cursor = cursor_over(writer->bytes, writer->size);
    struct condition_token token = {.magnitude = 42};

    expect_status(STATUS_DATA_ERROR, condition_token_take(&cursor, &token));
    assert_int_equal(cursor.n_left, writer->size);
    assert_int_equal(token.magnitude, 42);
    writer_deinit(writer);
}

static void expect_cut_short(const struct writer *writer)
{
    for (size_t n = 0; n < writer->size; n++) {
        CLEANUP(writer_deinit) struct writer cut = {0};

        writer_bytes(&cut, writer->bytes, n);
        expect_malformed(&cut);
    }
}

/* Covers AC-2.4-3, AC-2.4-10. */
static void integers_have_a_sign_and_a_magnitude(void **state)
{
    static const struct {
        enum condition_code code;
        uint64_t value;
        uint8_t sign;
        bool is_negative;
        uint64_t magnitude;
    } cases[] = {
        {CONDITION_INT64, 7, SIGN_PLUS, false, 7},
        {CONDITION_INT64, 7, SIGN_NONE, false, 7},
        {CONDITION_INT64, UINT64_MAX, SIGN_MINUS, true, 1},
        {CONDITION_INT64, 7, SIGN_MINUS, true, 7},
        {CONDITION_INT64, 0, SIGN_MINUS, false, 0},
        {CONDITION_INT64, UINT64_MAX, SIGN_NONE, false, UINT64_MAX},
        {CONDITION_INT64, UINT64_C(1) << 63, SIGN_MINUS, true, UINT64_C(1) << 63},
        {CONDITION_INT8, 127, SIGN_PLUS, false, 127},
        {CONDITION_INT8, 128, SIGN_MINUS, true, 128},
        {CONDITION_INT8, (uint64_t)-128, SIGN_MINUS, true, 128},
        {CONDITION_INT16, 32767, SIGN_PLUS, false, 32767},
        {CONDITION_INT16, (uint64_t)-32768, SIGN_MINUS, true, 32768},
        {CONDITION_INT32, INT32_MAX, SIGN_PLUS, false, INT32_MAX},
        {CONDITION_INT32, (uint64_t)INT32_MIN, SIGN_MINUS, true, UINT64_C(1) << 31},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        struct condition_token token;

        put_signed(&writer, cases[i].code, cases[i].value, cases[i].sign);
        token = take(&writer);

        assert_int_equal(token.class, CONDITION_CLASS_LITERAL);
        assert_int_equal(token.code, cases[i].code);
        assert_int_equal(token.is_negative, cases[i].is_negative);
        assert_true(token.magnitude == cases[i].magnitude);
        expect_cut_short(&writer);
    }
}

/* Covers AC-2.4-3. */
static void integers_that_do_not_fit_are_malformed(void **state)
{
    static const struct {
        enum condition_code code;
        uint64_t value;
        uint8_t sign;
    } cases[] = {
        {CONDITION_INT8, 128, SIGN_PLUS},
        {CONDITION_INT8, 129, SIGN_MINUS},
        {CONDITION_INT8, UINT64_MAX, SIGN_NONE},
        {CONDITION_INT16, 32768, SIGN_NONE},
        {CONDITION_INT16, (uint64_t)-32769, SIGN_MINUS},
        {CONDITION_INT32, UINT64_C(1) << 31, SIGN_PLUS},
        {CONDITION_INT32, (UINT64_C(1) << 31) + 1, SIGN_MINUS},
        {CONDITION_INT64, 1, 0},
        {CONDITION_INT64, 1, 4},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct writer writer = {0};

        put_signed(&writer, cases[i].code, cases[i].value, cases[i].sign);
        expect_malformed(&writer);
    }
}

/* Covers AC-2.4-3. */
static void integers_have_base_8_10_or_16(void **state)
{
    (void)state;

    for (uint8_t base = 0; base <= 4; base++) {
        struct writer writer = {0};

        put_integer(&writer, 1);
        writer.bytes[writer.size - 1] = base;
        if (base == 0 || base == 4) {
            expect_malformed(&writer);
        } else {
            assert_int_equal(take(&writer).magnitude, 1);
            writer_deinit(&writer);
        }
    }
}

/* Covers AC-2.4-5. */
static void strings_octets_and_sids_are_pointed_at(void **state)
{
    CLEANUP(writer_deinit) struct writer string = {0};
    CLEANUP(writer_deinit) struct writer octets = {0};
    CLEANUP(writer_deinit) struct writer sid = {0};
    (void)state;

    put_text(&string, CONDITION_STRING, "a\xf0\x90\x80\x80");
    put_bytes(&octets, CONDITION_OCTETS, "abc", 3);
    put_sid(&sid, TSR_SID_EVERYONE);

    assert_int_equal(take(&string).n_bytes, 6);
    assert_ptr_equal(take(&string).bytes, string.bytes + 5);
    assert_int_equal(take(&octets).n_bytes, 3);
    assert_memory_equal(take(&octets).bytes, "abc", 3);
    assert_int_equal(take(&sid).n_bytes, 12);
    expect_cut_short(&string);
    expect_cut_short(&octets);
    expect_cut_short(&sid);
}

/* Covers AC-2.4-5. */
static void empty_strings_octets_and_composites_are_literals(void **state)
{
    static const enum condition_code codes[] = {CONDITION_STRING, CONDITION_OCTETS,
                                                CONDITION_COMPOSITE};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        CLEANUP(writer_deinit) struct writer writer = {0};

        put_bytes(&writer, codes[i], NULL, 0);
        assert_int_equal(take(&writer).class, CONDITION_CLASS_LITERAL);
        assert_int_equal(take(&writer).n_bytes, 0);
    }
}

/* Covers AC-2.4-6. */
static void text_must_be_utf_16(void **state)
{
    static const struct {
        const char *bytes;
        size_t n_bytes;
    } cases[] = {
        {"a", 1},
        {"a\0b", 3},
        {"\x00\xd8", 2},         /* a high half alone */
        {"\x00\xdc", 2},         /* a low half alone */
        {"\x00\xd8x\0", 4},      /* a high half before something else */
        {"\x00\xd8\x00\xd8", 4}, /* two high halves */
        {"\x00\xdc\x00\xd8", 4}, /* the wrong way round */
    };
    static const enum condition_code codes[] = {CONDITION_STRING, CONDITION_LOCAL, CONDITION_USER,
                                                CONDITION_RESOURCE, CONDITION_DEVICE};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
            struct writer writer = {0};

            put_bytes(&writer, codes[i], cases[j].bytes, cases[j].n_bytes);
            expect_malformed(&writer);
        }
    }
}

/* Covers AC-2.4-5. */
static void sid_must_fill_its_token(void **state)
{
    static const uint8_t everyone[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    static const uint8_t revision_2[] = {2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    struct writer writer = {0};
    (void)state;

    put_bytes(&writer, CONDITION_SID, everyone, 11);
    expect_malformed(&writer);
    put_bytes(&writer, CONDITION_SID, everyone, 13);
    expect_malformed(&writer);
    put_bytes(&writer, CONDITION_SID, revision_2, sizeof(revision_2));
    expect_malformed(&writer);
    put_bytes(&writer, CONDITION_SID, NULL, 0);
    expect_malformed(&writer);
}

/* Covers AC-2.4-7. */
static void attributes_have_a_name(void **state)
{
    static const enum condition_code codes[] = {CONDITION_LOCAL, CONDITION_USER, CONDITION_RESOURCE,
                                                CONDITION_DEVICE};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        CLEANUP(writer_deinit) struct writer named = {0};
        struct writer nameless = {0};

        put_text(&named, codes[i], "n");
        put_bytes(&nameless, codes[i], NULL, 0);

        assert_int_equal(take(&named).class, CONDITION_CLASS_ATTRIBUTE);
        assert_int_equal(take(&named).code, codes[i]);
        assert_int_equal(take(&named).n_bytes, 2);
        expect_malformed(&nameless);
        expect_cut_short(&named);
    }
}

/* Covers AC-2.4-8. */
static void operators_are_one_byte_with_their_operands_before_them(void **state)
{
    (void)state;

    for (unsigned int code = 0x80; code <= 0xa2; code++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        size_t n_expected = 2;

        if (code >= 0x94 && code <= 0x9f) {
            continue;
        }
        if (code == 0x87 || code == 0x8d || (code >= 0x89 && code <= 0x8c) ||
            (code >= 0x90 && code <= 0x93) || code == 0xa2) {
            n_expected = 1;
        }
        put_operator(&writer, (enum condition_code)code);
        assert_int_equal(condition_class_operands(take(&writer).class), n_expected);
    }
    assert_int_equal(condition_class_operands(CONDITION_CLASS_LITERAL), 0);
    assert_int_equal(condition_class_operands(CONDITION_CLASS_ATTRIBUTE), 0);
}

static bool is_assigned(unsigned int code)
{
    return (code >= 0x01 && code <= 0x04) || code == 0x10 || code == 0x18 || code == 0x50 ||
           code == 0x51 || (code >= 0x80 && code <= 0x93) || (code >= 0xa0 && code <= 0xa2) ||
           (code >= 0xf8 && code <= 0xfb);
}

/* Covers AC-2.4-9. */
static void other_bytes_are_no_tokens(void **state)
{
    size_t n_rejected = 0;
    (void)state;

    for (unsigned int code = 0; code <= UINT8_MAX; code++) {
        struct writer writer = {0};

        if (is_assigned(code)) {
            continue;
        }
        writer_u8(&writer, (uint8_t)code);
        writer_zeros(&writer, 16);
        expect_malformed(&writer);
        n_rejected++;
    }

    assert_int_equal(n_rejected, 256 - 35);
}

/* Covers AC-2.4-13. */
static void composites_hold_literals_alone(void **state)
{
    CLEANUP(writer_deinit) struct writer good = {0};
    struct writer elements = {0};
    struct writer bad = {0};
    (void)state;

    put_integer(&elements, 1);
    put_text(&elements, CONDITION_STRING, "x");
    put_composite(&good, &elements);
    assert_int_equal(take(&good).n_bytes, 11 + 7);
    expect_cut_short(&good);

    put_text(&elements, CONDITION_USER, "x");
    put_composite(&bad, &elements);
    expect_malformed(&bad);

    put_integer(&elements, 1);
    put_operator(&elements, CONDITION_NOT);
    put_composite(&bad, &elements);
    expect_malformed(&bad);

    put_bytes(&bad, CONDITION_COMPOSITE, "\x04", 1);
    expect_malformed(&bad);

    put_bytes(&bad, CONDITION_COMPOSITE, "\0\0\0", 3);
    expect_malformed(&bad);
}

/* The element's length reaches over the end of its composite, into what follows that. */
/* Covers AC-2.4-13. */
static void element_may_not_leave_its_composite(void **state)
{
    struct writer elements = {0};
    struct writer bad = {0};
    (void)state;

    put_bytes(&elements, CONDITION_OCTETS, "abcd", 4);
    elements.bytes[1] = 5;
    put_composite(&bad, &elements);
    writer_zeros(&bad, 8);
    expect_malformed(&bad);
}

/* Covers AC-2.4-12. */
static void composites_nest_64_deep(void **state)
{
    struct writer inner = {0};
    struct writer outer = {0};
    (void)state;

    for (size_t depth = 1; depth <= CONDITION_COMPOSITE_DEPTH_MAX; depth++) {
        put_composite(&outer, &inner);
        assert_int_equal(take(&outer).class, CONDITION_CLASS_LITERAL);
        inner = outer;
        outer = (struct writer){0};
    }
    put_composite(&outer, &inner);
    expect_malformed(&outer);
}

/* Covers AC-2.4-2. */
static void only_zeros_are_the_end(void **state)
{
    static const uint8_t bytes[] = {0, 0, 0, 1};
    struct cursor cursor = cursor_over(bytes, 3);
    (void)state;

    assert_true(condition_is_at_end(&cursor));
    cursor = cursor_over(NULL, 0);
    assert_true(condition_is_at_end(&cursor));
    cursor = cursor_over(bytes, 4);
    assert_false(condition_is_at_end(&cursor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_have_a_sign_and_a_magnitude),
        cmocka_unit_test(integers_that_do_not_fit_are_malformed),
        cmocka_unit_test(integers_have_base_8_10_or_16),
        cmocka_unit_test(strings_octets_and_sids_are_pointed_at),
        cmocka_unit_test(empty_strings_octets_and_composites_are_literals),
        cmocka_unit_test(text_must_be_utf_16),
        cmocka_unit_test(sid_must_fill_its_token),
        cmocka_unit_test(attributes_have_a_name),
        cmocka_unit_test(operators_are_one_byte_with_their_operands_before_them),
        cmocka_unit_test(other_bytes_are_no_tokens),
        cmocka_unit_test(composites_hold_literals_alone),
        cmocka_unit_test(element_may_not_leave_its_composite),
        cmocka_unit_test(composites_nest_64_deep),
        cmocka_unit_test(only_zeros_are_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
