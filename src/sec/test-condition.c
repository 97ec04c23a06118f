/* SPDX-License-Identifier: MIT */
/* Tests of the evaluation of conditional expressions. */

#include "sec/condition.h"

#include "sec/test-condition.h"

#include "base/bytes.h"
#include "sec/sid-set.h"

#define F TRUTH_FALSE
#define T TRUTH_TRUE
#define U TRUTH_UNKNOWN

#define ALICE  TSR_SID(5, 21, 1, 2, 3, 1001)
#define STAFF  TSR_SID(5, 21, 1, 2, 3, 1104)
#define DENIED TSR_SID(5, 21, 1, 2, 3, 1105)
#define NOBODY TSR_SID(5, 21, 1, 2, 3, 1106)

static const struct condition_context nothing = {.for_allow = true};

static enum truth evaluate(struct writer *expression, const struct condition_context *context)
{
    const enum truth truth = condition_evaluate(expression->bytes, expression->size, context);

    writer_deinit(expression);
    return truth;
}

/* 1 == 1, 1 == 2, and an attribute that nobody has == 1. */
static void put_truth(struct writer *writer, enum truth truth)
{
    if (truth == U) {
        put_text(writer, CONDITION_USER, "missing");
    } else {
        put_integer(writer, truth == T ? 1 : 2);
    }
    put_integer(writer, 1);
    put_operator(writer, CONDITION_EQUAL);
}

static tsr_claim claim_of_number(const char *name, uint32_t flags, uint64_t number)
{
    const tsr_claim_source source = {.number = number};

    return claim_of(name, TSR_CLAIM_UINT64, flags, &source, 1);
}

/* @code's attribute @name, and nothing else. */
static enum truth evaluate_attribute(enum condition_code code, const char *name,
                                     const struct condition_context *context)
{
    struct writer writer = {0};

    put_magic(&writer);
    put_text(&writer, code, name);
    return evaluate(&writer, context);
}

/* @code's attribute @name == @number */
static enum truth evaluate_equality(enum condition_code code, const char *name, int64_t number,
                                    const struct condition_context *context)
{
    struct writer writer = {0};

    put_magic(&writer);
    put_text(&writer, code, name);
    put_integer(&writer, number);
    put_operator(&writer, CONDITION_EQUAL);
    return evaluate(&writer, context);
}

/* Exists or Not_Exists of @code's attribute @name */
static enum truth evaluate_existence(enum condition_code operation, enum condition_code code,
                                     const char *name, const struct condition_context *context)
{
    struct writer writer = {0};

    put_magic(&writer);
    put_text(&writer, code, name);
    put_operator(&writer, operation);
    return evaluate(&writer, context);
}

/* Covers AC-11-4. */
static void connectives_have_three_values(void **state)
{
    static const enum truth conjunction[3][3] = {{F, F, F}, {F, T, U}, {F, U, U}};
    static const enum truth disjunction[3][3] = {{F, T, U}, {T, T, T}, {U, T, U}};
    static const enum truth negation[3] = {[F] = T, [T] = F, [U] = U};
    (void)state;

    for (unsigned int a = 0; a < 3; a++) {
        struct writer writer = {0};

        put_magic(&writer);
        put_truth(&writer, (enum truth)a);
        put_operator(&writer, CONDITION_NOT);
        assert_int_equal(evaluate(&writer, &nothing), negation[a]);

        for (unsigned int b = 0; b < 3; b++) {
            put_magic(&writer);
            put_truth(&writer, (enum truth)a);
            put_truth(&writer, (enum truth)b);
            put_operator(&writer, CONDITION_AND);
            assert_int_equal(evaluate(&writer, &nothing), conjunction[a][b]);

            put_magic(&writer);
            put_truth(&writer, (enum truth)a);
            put_truth(&writer, (enum truth)b);
            put_operator(&writer, CONDITION_OR);
            assert_int_equal(evaluate(&writer, &nothing), disjunction[a][b]);
        }
    }
}

/* Covers AC-11-5, AC-11-6, AC-11-7. */
static void bare_attribute_is_true_if_one_of_its_values_is(void **state)
{
    static const uint8_t octet[] = {1};
    static const struct {
        tsr_claim_type type;
        tsr_claim_source values[2];
        size_t n_values;
        enum truth expected;
    } cases[] = {
        {TSR_CLAIM_UINT64, {{.number = 7}}, 1, T},
        {TSR_CLAIM_UINT64, {{.number = 0}}, 1, F},
        {TSR_CLAIM_INT64, {{.number = UINT64_MAX}}, 1, T},
        {TSR_CLAIM_INT64, {{.number = 0}, {.number = 1}}, 2, T},
        {TSR_CLAIM_BOOLEAN, {{.number = 0}}, 1, F},
        {TSR_CLAIM_BOOLEAN, {{.number = 2}}, 1, T},
        {TSR_CLAIM_STRING, {{.text = "x"}}, 1, T},
        {TSR_CLAIM_STRING, {{.text = ""}}, 1, F},
        {TSR_CLAIM_STRING, {{.text = ""}, {.text = "0"}}, 2, T},
        {TSR_CLAIM_STRING, {{0}}, 0, U},
        {TSR_CLAIM_SID, {{.sid = {.authority = 1}}}, 1, U},
        {TSR_CLAIM_OCTETS, {{.octets = octet, .n_octets = 1}}, 1, U},
        {TSR_CLAIM_FQBN, {{.text = "x"}}, 1, U},
    };
    (void)state;

    assert_int_equal(evaluate_attribute(CONDITION_USER, "missing", &nothing), U);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(claim_free)
        tsr_claim claim = claim_of("a", cases[i].type, 0, cases[i].values, cases[i].n_values);
        const struct condition_context context = {.user_claims = {&claim, 1}, .for_allow = true};

        assert_int_equal(evaluate_attribute(CONDITION_USER, "a", &context), cases[i].expected);
    }
}

/* Covers AC-11-3, AC-11-8. */
static void literal_is_no_operand_of_a_connective(void **state)
{
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_integer(&writer, 1);
    assert_int_equal(evaluate(&writer, &nothing), U);

    put_magic(&writer);
    put_integer(&writer, 0);
    put_operator(&writer, CONDITION_NOT);
    assert_int_equal(evaluate(&writer, &nothing), U);

    /* A false operand does not rescue it: an error is not a third value. */
    put_magic(&writer);
    put_truth(&writer, F);
    put_integer(&writer, 1);
    put_operator(&writer, CONDITION_AND);
    assert_int_equal(evaluate(&writer, &nothing), U);

    put_magic(&writer);
    put_bytes(&writer, CONDITION_COMPOSITE, NULL, 0);
    put_truth(&writer, T);
    put_operator(&writer, CONDITION_OR);
    assert_int_equal(evaluate(&writer, &nothing), U);
}

/* Covers AC-11-3. */
static void result_is_no_operand_of_a_relation(void **state)
{
    static const enum condition_code relations[] = {CONDITION_EQUAL, CONDITION_LESS,
                                                    CONDITION_CONTAINS, CONDITION_ANY_OF};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(relations); i++) {
        struct writer writer = {0};

        put_magic(&writer);
        put_truth(&writer, T);
        put_truth(&writer, T);
        put_integer(&writer, 1);
        put_operator(&writer, relations[i]);
        put_operator(&writer, CONDITION_OR);
        assert_int_equal(evaluate(&writer, &nothing), U);

        put_magic(&writer);
        put_truth(&writer, T);
        put_integer(&writer, 1);
        put_truth(&writer, T);
        put_operator(&writer, relations[i]);
        put_operator(&writer, CONDITION_OR);
        assert_int_equal(evaluate(&writer, &nothing), U);
    }
}

/* Neither valid, nor evaluated. */
static void expect_malformed(struct writer *writer)
{
    assert_false(condition_is_valid(writer->bytes, writer->size));
    assert_int_equal(evaluate(writer, &nothing), U);
}

/* Covers AC-2.4-1. */
static void expression_begins_with_artx(void **state)
{
    struct writer writer = {0};
    (void)state;

    assert_false(condition_is_valid(NULL, 0));
    assert_int_equal(condition_evaluate(NULL, 0, &nothing), U);

    put_truth(&writer, T);
    expect_malformed(&writer);

    writer_text(&writer, "artX");
    put_truth(&writer, T);
    expect_malformed(&writer);

    writer_text(&writer, "art");
    expect_malformed(&writer);

    put_magic(&writer);
    expect_malformed(&writer);

    put_magic(&writer);
    writer_zeros(&writer, 4);
    expect_malformed(&writer);
}

/* Covers AC-11-2. */
static void stack_must_hold_operands_and_one_result(void **state)
{
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_integer(&writer, 1);
    put_operator(&writer, CONDITION_EQUAL);
    expect_malformed(&writer);

    put_magic(&writer);
    put_operator(&writer, CONDITION_NOT);
    expect_malformed(&writer);

    put_magic(&writer);
    put_truth(&writer, T);
    put_operator(&writer, CONDITION_AND);
    expect_malformed(&writer);

    put_magic(&writer);
    put_truth(&writer, T);
    put_truth(&writer, T);
    expect_malformed(&writer);
}

/* Covers AC-11-1. */
static void malformed_token_anywhere_makes_it_unknown(void **state)
{
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    writer_u8(&writer, 0xff);
    put_truth(&writer, T);
    expect_malformed(&writer);

    put_magic(&writer);
    put_truth(&writer, T);
    put_signed(&writer, CONDITION_INT8, 1000, SIGN_PLUS);
    put_integer(&writer, 1);
    put_operator(&writer, CONDITION_EQUAL);
    put_operator(&writer, CONDITION_OR);
    expect_malformed(&writer);
}

/* Covers AC-11-1. */
static void every_truncation_is_unknown(void **state)
{
    CLEANUP(writer_deinit) struct writer whole = {0};
    (void)state;

    put_magic(&whole);
    put_truth(&whole, T);
    put_truth(&whole, F);
    put_operator(&whole, CONDITION_OR);

    for (size_t n = 0; n < whole.size; n++) {
        /* What is on the stack alone is an expression: a literal, then the first result. */
        const enum truth expected = n == 4 + 23 ? T : U;
        CLEANUP(free) uint8_t *cut = malloc(n ? n : 1);

        assert_non_null(cut);
        memcpy(cut, whole.bytes, n);
        assert_int_equal(condition_evaluate(cut, n, &nothing), expected);
        assert_int_equal(condition_is_valid(cut, n), n == 4 + 11 || n == 4 + 23);
    }
    assert_int_equal(condition_evaluate(whole.bytes, whole.size, &nothing), T);
}

/* Covers AC-2.4-2. */
static void padding_is_zero(void **state)
{
    (void)state;

    for (size_t n = 0; n < 4; n++) {
        struct writer writer = {0};

        put_magic(&writer);
        put_truth(&writer, T);
        writer_zeros(&writer, n);
        assert_true(condition_is_valid(writer.bytes, writer.size));
        assert_int_equal(evaluate(&writer, &nothing), T);

        put_magic(&writer);
        put_truth(&writer, T);
        writer_zeros(&writer, n);
        writer_u8(&writer, 1);
        writer_u8(&writer, 0);
        expect_malformed(&writer);
    }
}

/* Covers AC-2.4-11. */
static void stack_holds_1024_entries(void **state)
{
    (void)state;

    /* The last of n results takes two entries until it is one. */
    for (size_t n = CONDITION_STACK_MAX - 1; n <= CONDITION_STACK_MAX; n++) {
        struct writer writer = {0};

        put_magic(&writer);
        for (size_t i = 0; i < n; i++) {
            put_truth(&writer, T);
        }
        for (size_t i = 0; i + 1 < n; i++) {
            put_operator(&writer, CONDITION_AND);
        }
        if (n == CONDITION_STACK_MAX) {
            expect_malformed(&writer);
        } else {
            assert_true(condition_is_valid(writer.bytes, writer.size));
            assert_int_equal(evaluate(&writer, &nothing), T);
        }
    }
}

static void expressions_may_be_long(void **state)
{
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_truth(&writer, T);
    for (size_t i = 0; i < 60000; i++) {
        put_operator(&writer, CONDITION_NOT);
    }

    assert_int_equal(evaluate(&writer, &nothing), T);
}

/* Covers AC-11-3. */
static void wrong_kinds_of_operands_are_valid_but_unknown(void **state)
{
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_integer(&writer, 1);
    put_operator(&writer, CONDITION_EXISTS);

    assert_true(condition_is_valid(writer.bytes, writer.size));
    assert_int_equal(evaluate(&writer, &nothing), U);
}

/* Covers AC-11-40. */
static void each_name_space_has_its_own_claims(void **state)
{
    static const enum condition_code codes[4] = {CONDITION_LOCAL, CONDITION_USER,
                                                 CONDITION_RESOURCE, CONDITION_DEVICE};
    tsr_claim claims[4];
    struct condition_context context = {.for_allow = true};
    (void)state;

    for (size_t i = 0; i < 4; i++) {
        claims[i] = claim_of_number("n", 0, i);
    }
    context.local_claims = (struct claim_list){&claims[0], 1};
    context.user_claims = (struct claim_list){&claims[1], 1};
    context.resource_claims = (struct claim_list){&claims[2], 1};
    context.device_claims = (struct claim_list){&claims[3], 1};

    for (size_t i = 0; i < 4; i++) {
        for (int64_t j = 0; j < 4; j++) {
            assert_int_equal(evaluate_equality(codes[i], "n", j, &context),
                             (int64_t)i == j ? T : F);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        claim_free(claims[i]);
    }
}

/* Covers AC-11-36, AC-11-37. */
static void last_claim_of_a_name_counts_and_names_have_no_case(void **state)
{
    tsr_claim claims[] = {
        claim_of_number("Name", 0, 1),
        claim_of_number("NAME", 0, 2),
        claim_of_number("other", 0, 3),
        claim_of_number("nam", 0, 4),
    };
    const struct condition_context context = {.user_claims = {claims, 4}, .for_allow = true};
    (void)state;

    assert_int_equal(evaluate_equality(CONDITION_USER, "nAmE", 2, &context), T);
    assert_int_equal(evaluate_equality(CONDITION_USER, "NAM", 4, &context), T);
    assert_int_equal(evaluate_equality(CONDITION_USER, "names", 1, &context), U);

    for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
        claim_free(claims[i]);
    }
}

/* Covers AC-11-38. */
static void disabled_claims_are_missing(void **state)
{
    CLEANUP(claim_free) tsr_claim disabled = claim_of_number("n", TSR_CLAIM_DISABLED, 1);
    CLEANUP(claim_free)
    tsr_claim by_default = claim_of_number("n", TSR_CLAIM_DISABLED_BY_DEFAULT, 1);
    struct condition_context context = {.user_claims = {&disabled, 1}};
    (void)state;

    for (int for_allow = 0; for_allow < 2; for_allow++) {
        context.for_allow = for_allow;
        context.user_claims.claims = &disabled;
        assert_int_equal(evaluate_equality(CONDITION_USER, "n", 1, &context), U);
        assert_int_equal(evaluate_existence(CONDITION_EXISTS, CONDITION_USER, "n", &context), F);
        context.user_claims.claims = &by_default;
        assert_int_equal(evaluate_equality(CONDITION_USER, "n", 1, &context), T);
    }
}

/* Covers AC-11-39. */
static void claims_for_denying_count_only_there(void **state)
{
    CLEANUP(claim_free) tsr_claim claim = claim_of_number("n", TSR_CLAIM_USE_FOR_DENY_ONLY, 1);
    struct condition_context context = {.user_claims = {&claim, 1}};
    (void)state;

    assert_int_equal(evaluate_equality(CONDITION_USER, "n", 1, &context), T);
    context.for_allow = true;
    assert_int_equal(evaluate_equality(CONDITION_USER, "n", 1, &context), U);
}

/* Covers AC-11-29, AC-11-34, AC-11-35, AC-15-13. */
static void attributes_exist_with_values(void **state)
{
    static const enum condition_code codes[] = {CONDITION_LOCAL, CONDITION_USER, CONDITION_RESOURCE,
                                                CONDITION_DEVICE};
    CLEANUP(claim_free) tsr_claim some = claim_of_number("some", 0, 0);
    CLEANUP(claim_free) tsr_claim none = claim_of("none", TSR_CLAIM_STRING, 0, NULL, 0);
    const tsr_claim claims[] = {some, none};
    const struct claim_list list = {claims, 2};
    const struct condition_context context = {.user_claims = list,
                                              .device_claims = list,
                                              .local_claims = list,
                                              .resource_claims = list,
                                              .for_allow = true};
    static const struct {
        const char *name;
        enum truth exists;
    } cases[] = {{"some", T}, {"none", U}, {"missing", F}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
            const enum truth absent = cases[j].exists == U ? U : cases[j].exists == T ? F : T;

            assert_int_equal(
                evaluate_existence(CONDITION_EXISTS, codes[i], cases[j].name, &context),
                cases[j].exists);
            assert_int_equal(
                evaluate_existence(CONDITION_NOT_EXISTS, codes[i], cases[j].name, &context),
                absent);
        }
    }
}

/* A composite of SIDs, then the operator. */
static enum truth evaluate_membership(enum condition_code code, const tsr_sid *sids, size_t n_sids,
                                      const struct condition_context *context)
{
    struct writer elements = {0};
    struct writer writer = {0};

    for (size_t i = 0; i < n_sids; i++) {
        put_sid(&elements, sids[i]);
    }
    put_magic(&writer);
    put_composite(&writer, &elements);
    put_operator(&writer, code);
    return evaluate(&writer, context);
}

/* Member_of and Member_of_Any, of the subject or of the device, and what is contrary to them. */
static void expect_membership(bool is_of_device, const tsr_sid *sids, size_t n_sids,
                              const struct condition_context *context, bool all, bool any)
{
    const unsigned int device = is_of_device ? 1 : 0;
    const enum condition_code all_code = (enum condition_code)(CONDITION_MEMBER_OF + device);
    const enum condition_code any_code = (enum condition_code)(CONDITION_MEMBER_OF_ANY + device);
    const unsigned int negated = CONDITION_NOT_MEMBER_OF - CONDITION_MEMBER_OF;

    assert_int_equal(evaluate_membership(all_code, sids, n_sids, context), all ? T : F);
    assert_int_equal(evaluate_membership(any_code, sids, n_sids, context), any ? T : F);
    assert_int_equal(
        evaluate_membership((enum condition_code)(all_code + negated), sids, n_sids, context),
        all ? F : T);
    assert_int_equal(
        evaluate_membership((enum condition_code)(any_code + negated), sids, n_sids, context),
        any ? F : T);
}

static struct sid_set *make_sids(void)
{
    const struct sid_set_entry entries[] = {
        {ALICE, SID_MATCHES_ALLOW | SID_MATCHES_DENY},
        {STAFF, SID_MATCHES_ALLOW | SID_MATCHES_DENY},
        {DENIED, SID_MATCHES_DENY},
    };
    struct sid_set *set = NULL;

    expect_ok(sid_set_new(entries, ARRAY_SIZE(entries), &set));
    return set;
}

/* Covers AC-11-29, AC-11-30, AC-11-32, AC-11-33. */
static void membership_is_of_all_or_of_any(void **state)
{
    const tsr_sid sids[] = {ALICE, STAFF, NOBODY};
    struct sid_set *set = make_sids();
    const struct condition_context user = {.sids = set, .for_allow = true};
    const struct condition_context device = {.device_sids = set, .for_allow = true};
    (void)state;

    for (int is_of_device = 0; is_of_device < 2; is_of_device++) {
        const struct condition_context *has = is_of_device ? &device : &user;
        const struct condition_context *lacks = is_of_device ? &user : &device;

        expect_membership(is_of_device, sids, 0, has, true, false);
        expect_membership(is_of_device, sids, 1, has, true, true);
        expect_membership(is_of_device, sids, 2, has, true, true);
        expect_membership(is_of_device, sids, 3, has, false, true);
        expect_membership(is_of_device, sids + 2, 1, has, false, false);
        expect_membership(is_of_device, sids, 2, lacks, false, false);
        expect_membership(is_of_device, sids, 0, lacks, true, false);
    }
    set = sid_set_free(set);
}

/* Covers AC-11-31. */
static void sids_for_denying_count_only_there(void **state)
{
    const tsr_sid sids[] = {STAFF, DENIED};
    struct sid_set *set = make_sids();
    struct condition_context context = {.sids = set, .device_sids = set};
    (void)state;

    for (int is_of_device = 0; is_of_device < 2; is_of_device++) {
        context.for_allow = false;
        expect_membership(is_of_device, sids, 2, &context, true, true);
        context.for_allow = true;
        expect_membership(is_of_device, sids, 2, &context, false, true);
        expect_membership(is_of_device, sids + 1, 1, &context, false, false);
    }
    set = sid_set_free(set);
}

/* Covers AC-11-30. */
static void single_sid_may_be_asked_for(void **state)
{
    struct sid_set *set = make_sids();
    const struct condition_context context = {.sids = set, .for_allow = true};
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_sid(&writer, STAFF);
    put_operator(&writer, CONDITION_MEMBER_OF);
    assert_int_equal(evaluate(&writer, &context), T);

    put_magic(&writer);
    put_sid(&writer, NOBODY);
    put_operator(&writer, CONDITION_MEMBER_OF_ANY);
    assert_int_equal(evaluate(&writer, &context), F);

    set = sid_set_free(set);
}

/* Covers AC-11-3. */
static void membership_is_of_sids_alone(void **state)
{
    struct sid_set *set = make_sids();
    const tsr_claim_source staff = {.sid = STAFF};
    CLEANUP(claim_free) tsr_claim claim = claim_of("sid", TSR_CLAIM_SID, 0, &staff, 1);
    const struct condition_context context = {
        .sids = set, .user_claims = {&claim, 1}, .for_allow = true};
    struct writer elements = {0};
    struct writer writer = {0};
    (void)state;

    put_magic(&writer);
    put_text(&writer, CONDITION_STRING, "S-1-1-0");
    put_operator(&writer, CONDITION_MEMBER_OF);
    assert_int_equal(evaluate(&writer, &context), U);

    put_magic(&writer);
    put_text(&writer, CONDITION_USER, "sid");
    put_operator(&writer, CONDITION_MEMBER_OF);
    assert_int_equal(evaluate(&writer, &context), U);

    put_magic(&writer);
    put_truth(&writer, T);
    put_operator(&writer, CONDITION_MEMBER_OF);
    assert_int_equal(evaluate(&writer, &context), U);

    put_sid(&elements, NOBODY);
    put_integer(&elements, 1);
    put_magic(&writer);
    put_composite(&writer, &elements);
    put_operator(&writer, CONDITION_MEMBER_OF);
    assert_int_equal(evaluate(&writer, &context), U);

    set = sid_set_free(set);
}

/* Append an RA ACE that holds @n_bytes of a claim. */
static void add_attribute(tsr_acl_builder *builder, uint8_t flags, const tsr_sid *sid,
                          const uint8_t *bytes, size_t n_bytes)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t n_sid;

    expect_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &n_sid));
    writer_u8(&writer, SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE);
    writer_u8(&writer, flags);
    writer_le16(&writer, 0);
    writer_le32(&writer, 0);
    writer_bytes(&writer, encoded, n_sid);
    writer_bytes(&writer, bytes, n_bytes);
    writer_zeros(&writer, -writer.size & 3);
    writer_patch_le16(&writer, 2, (uint16_t)writer.size);
    tsr_acl_builder_add_encoded(builder, writer.bytes, writer.size);
}

static void add_number(tsr_acl_builder *builder, uint8_t flags, const tsr_sid *sid,
                       const char *name, uint64_t number)
{
    CLEANUP(claim_free) tsr_claim claim = claim_of_number(name, 0, number);

    add_attribute(builder, flags, sid, claim.bytes, claim.size);
}

/* Covers AC-11-42, AC-11-43. */
static void first_resource_attribute_for_everyone_counts(void **state)
{
    CLEANUP(claim_free) tsr_claim listed = claim_of_number("n", 0, 6);
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl_builder builder = {0};
    tsr_acl sacl;
    const struct condition_context context = {
        .sacl = &sacl, .resource_claims = {&listed, 1}, .for_allow = true};
    (void)state;

    tsr_acl_builder_add(&builder, SYSTEM_AUDIT_ACE_TYPE, 0, 1, &TSR_SID_EVERYONE);
    add_number(&builder, INHERIT_ONLY_ACE, &TSR_SID_EVERYONE, "n", 1);
    add_number(&builder, 0, &TSR_SID_SYSTEM, "n", 2);
    add_number(&builder, 0, &TSR_SID(1, 1), "n", 2);
    add_number(&builder, CONTAINER_INHERIT_ACE, &TSR_SID_EVERYONE, "other", 3);
    add_number(&builder, INHERITED_ACE, &TSR_SID_EVERYONE, "N", 4);
    add_number(&builder, 0, &TSR_SID_EVERYONE, "n", 5);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &sacl));

    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "n", 4, &context), T);
    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "other", 3, &context), T);
    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "missing", 1, &context), U);
    assert_int_equal(evaluate_equality(CONDITION_USER, "n", 4, &context), U);
}

static void sacl_without_aces_has_no_attributes(void **state)
{
    CLEANUP(claim_free) tsr_claim listed = claim_of_number("n", 0, 6);
    const tsr_acl sacl = {0};
    const struct condition_context context = {
        .sacl = &sacl, .resource_claims = {&listed, 1}, .for_allow = true};
    (void)state;

    assert_int_equal(evaluate_existence(CONDITION_EXISTS, CONDITION_RESOURCE, "n", &context), F);
}

/* Skipping it could hide the attribute that a deny ACE asks for. */
/* Covers AC-11-44. */
static void malformed_resource_attribute_stops_the_search(void **state)
{
    CLEANUP(claim_free) tsr_claim claim = claim_of_number("n", 0, 1);
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl_builder builder = {0};
    tsr_acl sacl;
    const struct condition_context context = {.sacl = &sacl, .for_allow = true};
    (void)state;

    add_number(&builder, 0, &TSR_SID_EVERYONE, "before", 1);
    add_attribute(&builder, 0, &TSR_SID_EVERYONE, claim.bytes, claim.size - 8);
    add_number(&builder, 0, &TSR_SID_EVERYONE, "after", 1);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &sacl));

    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "before", 1, &context), T);
    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "after", 1, &context), U);
    assert_int_equal(evaluate_existence(CONDITION_EXISTS, CONDITION_RESOURCE, "n", &context), U);
    assert_int_equal(evaluate_existence(CONDITION_NOT_EXISTS, CONDITION_RESOURCE, "n", &context),
                     U);
}

/* Covers AC-11-45. */
static void resource_attribute_with_a_value_twice_is_unknown(void **state)
{
    static const tsr_claim_source values[] = {{.number = 1}, {.number = 2}};
    CLEANUP(claim_free) tsr_claim claim = claim_of("n", TSR_CLAIM_UINT64, 0, values, 2);
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl_builder builder = {0};
    tsr_acl sacl;
    const struct condition_context context = {.sacl = &sacl, .for_allow = true};
    (void)state;

    store_le32((uint8_t *)claim.bytes + 20, load_le32(claim.bytes + 16));
    add_attribute(&builder, 0, &TSR_SID_EVERYONE, claim.bytes, claim.size);
    add_number(&builder, 0, &TSR_SID_EVERYONE, "after", 1);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &sacl));

    assert_int_equal(evaluate_existence(CONDITION_EXISTS, CONDITION_RESOURCE, "n", &context), U);
    assert_int_equal(evaluate_equality(CONDITION_RESOURCE, "after", 1, &context), T);
}

/* Two sets of thousands of values that have none in common, asked about a thousand times. */
/* Covers AC-11-46. */
static void costly_expressions_are_given_up(void **state)
{
    enum { N = 5000 };
    CLEANUP(free) tsr_claim_source *values = calloc(2 * N, sizeof(*values));
    tsr_claim claims[2];
    struct condition_context context = {.for_allow = true};
    struct writer writer = {0};
    (void)state;

    assert_non_null(values);
    for (size_t i = 0; i < 2 * N; i++) {
        values[i].number = i;
    }
    claims[0] = claim_of("a", TSR_CLAIM_UINT64, 0, values, N);
    claims[1] = claim_of("b", TSR_CLAIM_UINT64, 0, values + N, N);
    context.user_claims = (struct claim_list){claims, 2};

    put_magic(&writer);
    put_truth(&writer, T);
    for (size_t i = 0; i < 1000; i++) {
        put_text(&writer, CONDITION_USER, "a");
        put_text(&writer, CONDITION_USER, "b");
        put_operator(&writer, CONDITION_ANY_OF);
        put_operator(&writer, CONDITION_OR);
    }

    assert_int_equal(evaluate(&writer, &context), U);
    claim_free(claims[0]);
    claim_free(claims[1]);
}

/* A thousand values are not too many. */
static void large_sets_are_compared(void **state)
{
    enum { N = 1000 };
    CLEANUP(free) tsr_claim_source *values = calloc(N, sizeof(*values));
    struct condition_context context = {.for_allow = true};
    struct writer elements = {0};
    struct writer writer = {0};
    tsr_claim claim;
    (void)state;

    assert_non_null(values);
    for (size_t i = 0; i < N; i++) {
        values[i].number = i;
        put_integer(&elements, (int64_t)(N - 1 - i));
    }
    claim = claim_of("a", TSR_CLAIM_UINT64, 0, values, N);
    context.user_claims = (struct claim_list){&claim, 1};

    put_magic(&writer);
    put_text(&writer, CONDITION_USER, "a");
    put_composite(&writer, &elements);
    put_operator(&writer, CONDITION_EQUAL);

    assert_int_equal(evaluate(&writer, &context), T);
    claim_free(claim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connectives_have_three_values),
        cmocka_unit_test(bare_attribute_is_true_if_one_of_its_values_is),
        cmocka_unit_test(literal_is_no_operand_of_a_connective),
        cmocka_unit_test(result_is_no_operand_of_a_relation),
        cmocka_unit_test(expression_begins_with_artx),
        cmocka_unit_test(stack_must_hold_operands_and_one_result),
        cmocka_unit_test(malformed_token_anywhere_makes_it_unknown),
        cmocka_unit_test(every_truncation_is_unknown),
        cmocka_unit_test(padding_is_zero),
        cmocka_unit_test(stack_holds_1024_entries),
        cmocka_unit_test(expressions_may_be_long),
        cmocka_unit_test(wrong_kinds_of_operands_are_valid_but_unknown),
        cmocka_unit_test(each_name_space_has_its_own_claims),
        cmocka_unit_test(last_claim_of_a_name_counts_and_names_have_no_case),
        cmocka_unit_test(disabled_claims_are_missing),
        cmocka_unit_test(claims_for_denying_count_only_there),
        cmocka_unit_test(attributes_exist_with_values),
        cmocka_unit_test(membership_is_of_all_or_of_any),
        cmocka_unit_test(sids_for_denying_count_only_there),
        cmocka_unit_test(single_sid_may_be_asked_for),
        cmocka_unit_test(membership_is_of_sids_alone),
        cmocka_unit_test(first_resource_attribute_for_everyone_counts),
        cmocka_unit_test(sacl_without_aces_has_no_attributes),
        cmocka_unit_test(malformed_resource_attribute_stops_the_search),
        cmocka_unit_test(resource_attribute_with_a_value_twice_is_unknown),
        cmocka_unit_test(costly_expressions_are_given_up),
        cmocka_unit_test(large_sets_are_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
