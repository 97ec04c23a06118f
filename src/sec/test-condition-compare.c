/* SPDX-License-Identifier: MIT */
/* Tests of relations between operands of conditional expressions. */

#include "sec/condition-compare.h"

#include "sec/test-condition.h"

#define F TRUTH_FALSE
#define T TRUTH_TRUE
#define U TRUTH_UNKNOWN

/* The operand that a literal's token is. */
static struct operand operand_of(const struct writer *writer)
{
    struct cursor cursor = cursor_over(writer->bytes, writer->size);
    struct operand operand = {0};

    expect_ok(condition_token_take(&cursor, &operand.token));
    assert_int_equal(cursor.n_left, 0);
    operand.kind = operand.token.code == CONDITION_COMPOSITE ? OPERAND_SET : OPERAND_LITERAL;
    return operand;
}

static struct operand operand_of_claim(const tsr_claim *claim)
{
    return (struct operand){.kind = OPERAND_ATTRIBUTE, .is_found = true, .claim = *claim};
}

static enum truth relate(enum condition_code code, const struct operand *left,
                         const struct operand *right)
{
    struct work work = {CONDITION_WORK_MAX};

    return condition_relate(code, left, right, &work);
}

/* The six comparisons of one pair, in the order of their codes: == != < <= > >=. */
static void expect_comparisons(const struct operand *left, const struct operand *right,
                               const enum truth expected[6])
{
    for (unsigned int i = 0; i < 6; i++) {
        assert_int_equal(relate((enum condition_code)(CONDITION_EQUAL + i), left, right),
                         expected[i]);
    }
}

static const enum truth less[6] = {F, T, T, T, F, F};
static const enum truth equal[6] = {T, F, F, T, F, T};
static const enum truth greater[6] = {F, T, F, F, T, T};
static const enum truth unknown[6] = {U, U, U, U, U, U};
static const enum truth same_without_order[6] = {T, F, U, U, U, U};
static const enum truth other_without_order[6] = {F, T, U, U, U, U};

/* Contains, Not_Contains, Any_of, Not_Any_of. */
static void expect_set_relations(const struct operand *left, const struct operand *right,
                                 enum truth contains, enum truth any_of)
{
    assert_int_equal(relate(CONDITION_CONTAINS, left, right), contains);
    assert_int_equal(relate(CONDITION_NOT_CONTAINS, left, right), truth_not(contains));
    assert_int_equal(relate(CONDITION_ANY_OF, left, right), any_of);
    assert_int_equal(relate(CONDITION_NOT_ANY_OF, left, right), truth_not(any_of));
}

/* One of the literals "", "a", … as a composite; each character of @texts is a string. */
static void put_letters(struct writer *writer, const char *letters)
{
    struct writer elements = {0};

    for (size_t i = 0; letters[i] != '\0'; i++) {
        const char text[] = {letters[i], '\0'};

        put_text(&elements, CONDITION_STRING, text);
    }
    put_composite(writer, &elements);
}

/* A claim of strings, one for each letter. */
static tsr_claim claim_of_letters(const char *letters, uint32_t flags)
{
    tsr_claim_source values[8] = {{0}};
    const size_t n_values = strlen(letters);
    char texts[8][2] = {{0}};

    assert_true(n_values <= ARRAY_SIZE(values));
    for (size_t i = 0; i < n_values; i++) {
        texts[i][0] = letters[i];
        values[i].text = texts[i];
    }
    return claim_of("c", TSR_CLAIM_STRING, flags, values, n_values);
}

/* Covers AC-11-4. */
static void truth_has_three_values(void **state)
{
    static const enum truth conjunction[3][3] = {
        [F] = {[F] = F, [T] = F, [U] = F},
        [T] = {[F] = F, [T] = T, [U] = U},
        [U] = {[F] = F, [T] = U, [U] = U},
    };
    static const enum truth disjunction[3][3] = {
        [F] = {[F] = F, [T] = T, [U] = U},
        [T] = {[F] = T, [T] = T, [U] = T},
        [U] = {[F] = U, [T] = T, [U] = U},
    };
    (void)state;

    for (unsigned int a = 0; a < 3; a++) {
        for (unsigned int b = 0; b < 3; b++) {
            assert_int_equal(truth_and((enum truth)a, (enum truth)b), conjunction[a][b]);
            assert_int_equal(truth_or((enum truth)a, (enum truth)b), disjunction[a][b]);
        }
    }
    assert_int_equal(truth_not(F), T);
    assert_int_equal(truth_not(T), F);
    assert_int_equal(truth_not(U), U);
}

/* Covers AC-2.4-10. */
static void integers_compare_by_value_and_sign(void **state)
{
    static const struct {
        uint64_t left;
        uint64_t right;
        uint8_t left_sign;
        uint8_t right_sign;
        const enum truth *expected;
    } cases[] = {
        {7, 8, SIGN_PLUS, SIGN_PLUS, less},
        {8, 7, SIGN_PLUS, SIGN_NONE, greater},
        {7, 7, SIGN_PLUS, SIGN_NONE, equal},
        {(uint64_t)-1, 0, SIGN_MINUS, SIGN_PLUS, less},
        {(uint64_t)-1, (uint64_t)-2, SIGN_MINUS, SIGN_MINUS, greater},
        {(uint64_t)-2, (uint64_t)-1, SIGN_MINUS, SIGN_MINUS, less},
        {1, (uint64_t)-1, SIGN_MINUS, SIGN_MINUS, equal},
        {0, 0, SIGN_MINUS, SIGN_PLUS, equal},
        {UINT64_MAX, 1, SIGN_NONE, SIGN_PLUS, greater},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(writer_deinit) struct writer left = {0};
        CLEANUP(writer_deinit) struct writer right = {0};
        struct operand left_operand;
        struct operand right_operand;

        put_signed(&left, CONDITION_INT64, cases[i].left, cases[i].left_sign);
        put_signed(&right, CONDITION_INT64, cases[i].right, cases[i].right_sign);
        left_operand = operand_of(&left);
        right_operand = operand_of(&right);

        expect_comparisons(&left_operand, &right_operand, cases[i].expected);
    }
}

/* Covers AC-11-11. */
static void claims_of_integers_compare_by_value_whatever_their_type(void **state)
{
    static const tsr_claim_source minus_one = {.number = UINT64_MAX};
    CLEANUP(claim_free) tsr_claim as_signed = claim_of("s", TSR_CLAIM_INT64, 0, &minus_one, 1);
    CLEANUP(claim_free) tsr_claim as_unsigned = claim_of("u", TSR_CLAIM_UINT64, 0, &minus_one, 1);
    const struct operand signed_operand = operand_of_claim(&as_signed);
    const struct operand unsigned_operand = operand_of_claim(&as_unsigned);
    CLEANUP(writer_deinit) struct writer writer = {0};
    struct operand literal;
    (void)state;

    put_integer(&writer, -1);
    literal = operand_of(&writer);

    expect_comparisons(&signed_operand, &unsigned_operand, less);
    expect_comparisons(&signed_operand, &literal, equal);
    expect_comparisons(&literal, &unsigned_operand, less);
}

/* Covers AC-11-14, AC-11-17. */
static void strings_compare_without_case(void **state)
{
    static const struct {
        const char *left;
        const char *right;
        const enum truth *expected;
    } cases[] = {
        {"Foo", "fOO", equal}, {"cat", "dog", less},        {"foo bar", "foo", greater},
        {"", "a", less},       {"\xc3\x9f", "SS", greater}, {"", "", equal},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(writer_deinit) struct writer left = {0};
        CLEANUP(writer_deinit) struct writer right = {0};
        struct operand left_operand;
        struct operand right_operand;

        put_text(&left, CONDITION_STRING, cases[i].left);
        put_text(&right, CONDITION_STRING, cases[i].right);
        left_operand = operand_of(&left);
        right_operand = operand_of(&right);

        expect_comparisons(&left_operand, &right_operand, cases[i].expected);
    }
}

/* Covers AC-11-16. */
static void one_case_sensitive_side_is_enough(void **state)
{
    CLEANUP(claim_free) tsr_claim sensitive = claim_of_letters("a", TSR_CLAIM_CASE_SENSITIVE);
    CLEANUP(claim_free) tsr_claim insensitive = claim_of_letters("A", 0);
    const struct operand a = operand_of_claim(&sensitive);
    const struct operand b = operand_of_claim(&insensitive);
    (void)state;

    expect_comparisons(&a, &b, greater);
    expect_comparisons(&b, &a, less);
    expect_set_relations(&a, &b, F, F);
}

/* Covers AC-11-18. */
static void octets_compare_bytewise(void **state)
{
    static const struct {
        const char *left;
        const char *right;
        const enum truth *expected;
    } cases[] = {
        {"abc", "abc", equal}, {"abc", "abd", less}, {"b", "abc", greater},
        {"ab", "abc", less},   {"", "", equal},      {"a", "A", greater},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(writer_deinit) struct writer left = {0};
        CLEANUP(writer_deinit) struct writer right = {0};
        struct operand left_operand;
        struct operand right_operand;

        put_bytes(&left, CONDITION_OCTETS, cases[i].left, strlen(cases[i].left));
        put_bytes(&right, CONDITION_OCTETS, cases[i].right, strlen(cases[i].right));
        left_operand = operand_of(&left);
        right_operand = operand_of(&right);

        expect_comparisons(&left_operand, &right_operand, cases[i].expected);
    }
}

static void sids_and_names_of_binaries_are_equal_or_not(void **state)
{
    static const tsr_claim_source name = {.text = "O=X"};
    static const tsr_claim_source same_name = {.text = "o=x"};
    CLEANUP(claim_free) tsr_claim binary = claim_of("b", TSR_CLAIM_FQBN, 0, &name, 1);
    CLEANUP(claim_free) tsr_claim same_binary = claim_of("b", TSR_CLAIM_FQBN, 0, &same_name, 1);
    const struct operand binary_operand = operand_of_claim(&binary);
    const struct operand same_binary_operand = operand_of_claim(&same_binary);
    CLEANUP(writer_deinit) struct writer everyone = {0};
    CLEANUP(writer_deinit) struct writer local = {0};
    struct operand everyone_operand;
    struct operand local_operand;
    (void)state;

    put_sid(&everyone, TSR_SID_EVERYONE);
    put_sid(&local, TSR_SID_LOCAL);
    everyone_operand = operand_of(&everyone);
    local_operand = operand_of(&local);

    expect_comparisons(&everyone_operand, &everyone_operand, same_without_order);
    expect_comparisons(&everyone_operand, &local_operand, other_without_order);
    expect_comparisons(&binary_operand, &same_binary_operand, same_without_order);
}

/* Covers AC-11-10. */
static void claims_of_sids_and_octets_compare_with_literals(void **state)
{
    static const uint8_t bytes[] = {'a', 'b'};
    const tsr_claim_source sid = {.sid = TSR_SID_EVERYONE};
    const tsr_claim_source octets = {.octets = bytes, .n_octets = sizeof(bytes)};
    CLEANUP(claim_free) tsr_claim sid_claim = claim_of("s", TSR_CLAIM_SID, 0, &sid, 1);
    CLEANUP(claim_free) tsr_claim octets_claim = claim_of("o", TSR_CLAIM_OCTETS, 0, &octets, 1);
    const struct operand sid_operand = operand_of_claim(&sid_claim);
    const struct operand octets_operand = operand_of_claim(&octets_claim);
    CLEANUP(writer_deinit) struct writer everyone = {0};
    CLEANUP(writer_deinit) struct writer abc = {0};
    struct operand everyone_operand;
    struct operand abc_operand;
    (void)state;

    put_sid(&everyone, TSR_SID_EVERYONE);
    put_bytes(&abc, CONDITION_OCTETS, "abc", 3);
    everyone_operand = operand_of(&everyone);
    abc_operand = operand_of(&abc);

    expect_comparisons(&sid_operand, &everyone_operand, same_without_order);
    expect_comparisons(&octets_operand, &abc_operand, less);
    expect_comparisons(&sid_operand, &octets_operand, unknown);
}

/* access-check.md 11: with 0 and 1 as literals, with booleans, and only for the values 0 and 1. */
/* Covers AC-11-12, AC-11-13. */
static void booleans_compare_with_booleans_and_literal_0_and_1(void **state)
{
    static const tsr_claim_source numbers[] = {{.number = 0}, {.number = 1}, {.number = 2}};
    tsr_claim booleans[3];
    tsr_claim integers[3];
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        booleans[i] = claim_of("b", TSR_CLAIM_BOOLEAN, 0, &numbers[i], 1);
        integers[i] = claim_of("i", TSR_CLAIM_INT64, 0, &numbers[i], 1);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct operand boolean = operand_of_claim(&booleans[i]);

        for (size_t j = 0; j < 3; j++) {
            const struct operand other = operand_of_claim(&booleans[j]);
            const struct operand integer = operand_of_claim(&integers[j]);
            const enum truth *expected = i == j ? same_without_order : other_without_order;
            CLEANUP(writer_deinit) struct writer writer = {0};
            struct operand literal;

            put_integer(&writer, (int64_t)numbers[j].number);
            literal = operand_of(&writer);
            expected = i == 2 || j == 2 ? unknown : expected;

            expect_comparisons(&boolean, &other, expected);
            expect_comparisons(&boolean, &literal, expected);
            expect_comparisons(&literal, &boolean, expected);
            expect_comparisons(&boolean, &integer, unknown);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        claim_free(booleans[i]);
        claim_free(integers[i]);
    }
}

/* Covers AC-11-10. */
static void values_of_different_types_do_not_compare(void **state)
{
    struct writer writers[5] = {{0}};
    struct operand operands[5];
    struct writer elements = {0};
    (void)state;

    put_integer(&writers[0], 1);
    put_text(&writers[1], CONDITION_STRING, "1");
    put_bytes(&writers[2], CONDITION_OCTETS, "1\0", 2);
    put_sid(&writers[3], TSR_SID_EVERYONE);
    put_composite(&elements, &(struct writer){0});
    put_composite(&writers[4], &elements);
    for (size_t i = 0; i < 5; i++) {
        operands[i] = operand_of(&writers[i]);
    }

    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            if (i != j) {
                expect_comparisons(&operands[i], &operands[j], unknown);
                expect_set_relations(&operands[i], &operands[j], U, U);
            }
        }
    }
    expect_comparisons(&operands[4], &operands[4], unknown); /* composites inside composites */
    for (size_t i = 0; i < 5; i++) {
        writer_deinit(&writers[i]);
    }
}

/* Covers AC-11-19, AC-11-20, AC-11-22, AC-15-12. */
static void sets_are_equal_in_any_order_and_have_none(void **state)
{
    static const struct {
        const char *claim;
        const char *literal;
        const enum truth *expected;
    } cases[] = {
        {"ab", "BA", same_without_order},   {"ab", "ac", other_without_order},
        {"ab", "abc", other_without_order}, {"abc", "ab", other_without_order},
        {"a", "a", same_without_order},     {"ab", "aba", other_without_order},
        {"ab", "aa", other_without_order},  {"ab", "", other_without_order},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(claim_free) tsr_claim claim = claim_of_letters(cases[i].claim, 0);
        const struct operand attribute = operand_of_claim(&claim);
        CLEANUP(writer_deinit) struct writer writer = {0};
        struct operand literal;

        put_letters(&writer, cases[i].literal);
        literal = operand_of(&writer);

        expect_comparisons(&attribute, &literal, cases[i].expected);
        expect_comparisons(&literal, &attribute, cases[i].expected);
    }
}

/* Covers AC-11-21, AC-11-22. */
static void single_value_equals_a_set_of_one(void **state)
{
    CLEANUP(claim_free) tsr_claim two = claim_of_letters("ab", 0);
    const struct operand attribute = operand_of_claim(&two);
    CLEANUP(writer_deinit) struct writer single = {0};
    CLEANUP(writer_deinit) struct writer set = {0};
    struct operand single_operand;
    struct operand set_operand;
    (void)state;

    put_text(&single, CONDITION_STRING, "a");
    put_letters(&set, "a");
    single_operand = operand_of(&single);
    set_operand = operand_of(&set);

    expect_comparisons(&single_operand, &set_operand, same_without_order);
    expect_comparisons(&set_operand, &single_operand, same_without_order);
    expect_comparisons(&attribute, &single_operand, other_without_order);
}

/* Covers AC-11-23, AC-11-25, AC-11-26, AC-11-28, AC-11-29. */
static void contains_wants_all_and_any_of_some(void **state)
{
    static const struct {
        const char *claim;
        const char *literal;
        enum truth contains;
        enum truth any_of;
    } cases[] = {
        {"ab", "A", T, T},  {"ab", "bab", T, T}, {"ab", "ac", F, T},
        {"ab", "cd", F, F}, {"ab", "", F, F},    {"a", "ab", F, T},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(claim_free) tsr_claim claim = claim_of_letters(cases[i].claim, 0);
        const struct operand attribute = operand_of_claim(&claim);
        CLEANUP(writer_deinit) struct writer writer = {0};
        struct operand literal;

        put_letters(&writer, cases[i].literal);
        literal = operand_of(&writer);

        expect_set_relations(&attribute, &literal, cases[i].contains, cases[i].any_of);
    }
}

/* Contains takes a single literal on its right, Any_of does not. */
/* Covers AC-11-23, AC-11-27, AC-15-12. */
static void single_literal_on_the_right(void **state)
{
    CLEANUP(claim_free) tsr_claim claim = claim_of_letters("ab", 0);
    CLEANUP(claim_free) tsr_claim other = claim_of_letters("b", 0);
    const struct operand attribute = operand_of_claim(&claim);
    const struct operand other_attribute = operand_of_claim(&other);
    CLEANUP(writer_deinit) struct writer writer = {0};
    struct operand literal;
    (void)state;

    put_text(&writer, CONDITION_STRING, "b");
    literal = operand_of(&writer);

    expect_set_relations(&attribute, &literal, T, U);
    expect_set_relations(&attribute, &other_attribute, T, T);
}

/* One that compares can decide; where none does, those that do not compare leave it open. */
static void sets_of_mixed_types_are_searched_to_the_end(void **state)
{
    CLEANUP(writer_deinit) struct writer mixed = {0};
    CLEANUP(writer_deinit) struct writer there = {0};
    CLEANUP(writer_deinit) struct writer elsewhere = {0};
    struct writer elements = {0};
    struct operand mixed_operand;
    struct operand there_operand;
    struct operand elsewhere_operand;
    (void)state;

    put_integer(&elements, 7);
    put_text(&elements, CONDITION_STRING, "b");
    put_composite(&mixed, &elements);
    put_letters(&there, "b");
    put_letters(&elsewhere, "c");
    mixed_operand = operand_of(&mixed);
    there_operand = operand_of(&there);
    elsewhere_operand = operand_of(&elsewhere);

    expect_set_relations(&mixed_operand, &there_operand, T, T);
    expect_set_relations(&mixed_operand, &elsewhere_operand, U, U);
}

/* Covers AC-11-9, AC-11-24, AC-11-28, AC-11-29. */
static void missing_attributes_relate_to_nothing(void **state)
{
    CLEANUP(claim_free) tsr_claim none = claim_of_letters("", 0);
    CLEANUP(claim_free) tsr_claim some = claim_of_letters("a", 0);
    const struct operand missing[] = {operand_of_claim(&none), {.kind = OPERAND_ATTRIBUTE}};
    const struct operand present = operand_of_claim(&some);
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(writer_deinit) struct writer no_letters = {0};
    struct operand empty_set;
    struct operand set;
    (void)state;

    put_letters(&writer, "a");
    put_letters(&no_letters, "");
    set = operand_of(&writer);
    empty_set = operand_of(&no_letters);

    for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
        assert_true(operand_is_missing(&missing[i]));
        expect_comparisons(&missing[i], &set, unknown);
        expect_comparisons(&present, &missing[i], unknown);
        expect_comparisons(&missing[i], &missing[i], unknown);
        expect_set_relations(&missing[i], &set, U, U);
        expect_set_relations(&present, &missing[i], U, U);
        expect_set_relations(&missing[i], &empty_set, F, U); /* as on Windows */
    }
}

/* Covers AC-11-46. */
static void exhausted_work_is_unknown(void **state)
{
    CLEANUP(claim_free) tsr_claim claim = claim_of_letters("abcdefgh", 0);
    const struct operand attribute = operand_of_claim(&claim);
    CLEANUP(writer_deinit) struct writer writer = {0};
    struct operand literal;
    (void)state;

    put_letters(&writer, "hgfedcba");
    literal = operand_of(&writer);

    for (size_t n = 0; n < 64 * 10; n += 10) {
        struct work work = {n};

        assert_int_equal(condition_relate(CONDITION_EQUAL, &attribute, &literal, &work), U);
        assert_int_equal(work.n_left, 0);
    }
    assert_int_equal(relate(CONDITION_EQUAL, &attribute, &literal), T);
}

static void work_is_spent_once(void **state)
{
    struct work work = {10};
    (void)state;

    assert_true(work_spend(&work, 9));
    assert_int_equal(work.n_left, 1);
    assert_false(work_spend(&work, 1));
    assert_false(work_spend(&work, 0));
    work.n_left = 5;
    assert_false(work_spend(&work, SIZE_MAX));
    assert_int_equal(work.n_left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_has_three_values),
        cmocka_unit_test(integers_compare_by_value_and_sign),
        cmocka_unit_test(claims_of_integers_compare_by_value_whatever_their_type),
        cmocka_unit_test(strings_compare_without_case),
        cmocka_unit_test(one_case_sensitive_side_is_enough),
        cmocka_unit_test(octets_compare_bytewise),
        cmocka_unit_test(sids_and_names_of_binaries_are_equal_or_not),
        cmocka_unit_test(claims_of_sids_and_octets_compare_with_literals),
        cmocka_unit_test(booleans_compare_with_booleans_and_literal_0_and_1),
        cmocka_unit_test(values_of_different_types_do_not_compare),
        cmocka_unit_test(sets_are_equal_in_any_order_and_have_none),
        cmocka_unit_test(single_value_equals_a_set_of_one),
        cmocka_unit_test(contains_wants_all_and_any_of_some),
        cmocka_unit_test(single_literal_on_the_right),
        cmocka_unit_test(sets_of_mixed_types_are_searched_to_the_end),
        cmocka_unit_test(missing_attributes_relate_to_nothing),
        cmocka_unit_test(exhausted_work_is_unknown),
        cmocka_unit_test(work_is_spent_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
