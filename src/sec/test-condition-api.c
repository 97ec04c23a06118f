/* SPDX-License-Identifier: MIT */
/* Tests of the public face of conditional expressions. */

#include <tessera/condition.h>

#include "base/check.h"

#include "sec/test-condition.h"

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* What the text is, in this context. */
static tsr_truth truth_of_text(const char *text, const tsr_condition_context *context)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_truth truth = TSR_TRUTH_UNKNOWN;
    size_t size = 0;

    expect_ok(tsr_condition_parse(text, &domain, &bytes, &size, NULL));
    expect_ok(tsr_condition_evaluate(bytes, size, context, &truth));
    return truth;
}

static void a_text_is_compiled_and_printed_back(void **state)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) char *text = NULL;
    CLEANUP(free) char *plain = NULL;
    size_t size = 0;
    (void)state;

    expect_ok(tsr_condition_parse("(Member_of{SID(DA)})", &domain, &bytes, &size, NULL));
    expect_ok(tsr_condition_format(bytes, size, &domain, &text));
    expect_ok(tsr_condition_format(bytes, size, NULL, &plain));

    assert_memory_equal(bytes, "artx", 4);
    assert_int_equal(size % 4, 0);
    assert_string_equal(text, "(Member_of {SID(DA)})");
    assert_string_equal(plain, "(Member_of {SID(S-1-5-21-1-2-3-512)})");
}

static void a_text_is_refused_at_its_column_and_outputs_stay(void **state)
{
    static const struct {
        const char *text;
        size_t column;
    } rows[] = {{"", 1},          {"a", 1},         {"(a == )", 7}, {"(a == 1", 8},
                {"(a == 1))", 9}, {"(a == 1) ", 9}, {"(a)x", 4}};
    uint8_t *bytes = (uint8_t *)&rows;
    size_t size = 99;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_sddl_error error = {0};

        expect_status(STATUS_INVALID_SECURITY_DESCR,
                      tsr_condition_parse(rows[i].text, NULL, &bytes, &size, &error));
        assert_int_equal(error.column, rows[i].column);
        assert_non_null(error.message);
        expect_status(STATUS_INVALID_SECURITY_DESCR,
                      tsr_condition_parse(rows[i].text, NULL, &bytes, &size, NULL));
    }

    assert_ptr_equal(bytes, &rows);
    assert_int_equal(size, 99);
}

static void an_alias_of_a_domain_needs_the_domain(void **state)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size;
    (void)state;

    const tsr_status status =
        tsr_condition_parse("(Member_of{SID(DA)})", NULL, &bytes, &size, &error);

    assert_true(tsr_failed(status));
    assert_int_equal(error.column, 16);
    assert_null(bytes);
}

static void what_is_malformed_is_not_printed(void **state)
{
    char *text = NULL;
    (void)state;

    expect_status(STATUS_INVALID_ACL, tsr_condition_format("artx", 4, NULL, &text));
    expect_status(STATUS_INVALID_ACL, tsr_condition_format("", 0, NULL, &text));
    expect_status(STATUS_INVALID_ACL, tsr_condition_format("artx\xff\0\0\0", 8, NULL, &text));

    assert_null(text);
}

static void what_is_malformed_is_unknown(void **state)
{
    static const tsr_condition_context context = {0};
    tsr_truth truth = TSR_TRUTH_TRUE;
    (void)state;

    expect_ok(tsr_condition_evaluate("artx\xff\0\0\0", 8, &context, &truth));
    assert_int_equal(truth, TSR_TRUTH_UNKNOWN);

    truth = TSR_TRUTH_TRUE;
    expect_ok(tsr_condition_evaluate(NULL, 0, &context, &truth));
    assert_int_equal(truth, TSR_TRUTH_UNKNOWN);
}

static void sids_are_members_where_they_are_listed(void **state)
{
    static const tsr_sid sids[] = {TSR_SID_EVERYONE, TSR_SID(5, 32, 544)};
    const tsr_condition_context of_user = {.sids = sids, .n_sids = ARRAY_SIZE(sids)};
    const tsr_condition_context of_device = {.device_sids = sids,
                                             .n_device_sids = ARRAY_SIZE(sids)};
    const tsr_condition_context of_nobody = {0};
    (void)state;

    assert_int_equal(truth_of_text("(Member_of{SID(BA), SID(WD)})", &of_user), TSR_TRUTH_TRUE);
    assert_int_equal(truth_of_text("(Member_of SID(BU))", &of_user), TSR_TRUTH_FALSE);
    assert_int_equal(truth_of_text("(Device_Member_of SID(BA))", &of_user), TSR_TRUTH_FALSE);
    assert_int_equal(truth_of_text("(Device_Member_of SID(BA))", &of_device), TSR_TRUTH_TRUE);
    assert_int_equal(truth_of_text("(Member_of SID(BA))", &of_device), TSR_TRUTH_FALSE);
    assert_int_equal(truth_of_text("(Member_of SID(WD))", &of_nobody), TSR_TRUTH_FALSE);
}

static void each_list_of_claims_answers_its_own_names(void **state)
{
    static const char *const texts[] = {"(@User.a == 1)", "(@Device.a == 1)", "(a == 1)",
                                        "(@Resource.a == 1)"};
    CLEANUP(claim_free)
    tsr_claim claim = claim_of("a", TSR_CLAIM_INT64, 0, &(tsr_claim_source){.number = 1}, 1);
    const tsr_claim_list list = {&claim, 1};
    const tsr_condition_context contexts[] = {{.user_claims = list},
                                              {.device_claims = list},
                                              {.local_claims = list},
                                              {.resource_claims = list}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(contexts); j++) {
            assert_int_equal(truth_of_text(texts[i], &contexts[j]),
                             i == j ? TSR_TRUTH_TRUE : TSR_TRUTH_UNKNOWN);
        }
    }
}

static void a_claim_for_deny_only_takes_part_in_a_deny(void **state)
{
    CLEANUP(claim_free)
    tsr_claim claim = claim_of("a", TSR_CLAIM_INT64, TSR_CLAIM_USE_FOR_DENY_ONLY,
                               &(tsr_claim_source){.number = 1}, 1);
    tsr_condition_context context = {.user_claims = {&claim, 1}};
    (void)state;

    assert_int_equal(truth_of_text("(@User.a == 1)", &context), TSR_TRUTH_UNKNOWN);
    context.for_deny = true;
    assert_int_equal(truth_of_text("(@User.a == 1)", &context), TSR_TRUTH_TRUE);
}

static void a_sid_that_is_none_is_refused_and_the_output_stays(void **state)
{
    static const tsr_sid bad = {.authority = UINT64_C(1) << 48, .n_sub_authorities = 1};
    const tsr_condition_context of_user = {.sids = &bad, .n_sids = 1};
    const tsr_condition_context of_device = {.device_sids = &bad, .n_device_sids = 1};
    tsr_truth truth = TSR_TRUTH_TRUE;
    (void)state;

    expect_status(STATUS_INVALID_SID, tsr_condition_evaluate("artx", 4, &of_user, &truth));
    expect_status(STATUS_INVALID_SID, tsr_condition_evaluate("artx", 4, &of_device, &truth));

    assert_int_equal(truth, TSR_TRUTH_TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_compiled_and_printed_back),
        cmocka_unit_test(a_text_is_refused_at_its_column_and_outputs_stay),
        cmocka_unit_test(an_alias_of_a_domain_needs_the_domain),
        cmocka_unit_test(what_is_malformed_is_not_printed),
        cmocka_unit_test(what_is_malformed_is_unknown),
        cmocka_unit_test(sids_are_members_where_they_are_listed),
        cmocka_unit_test(each_list_of_claims_answers_its_own_names),
        cmocka_unit_test(a_claim_for_deny_only_takes_part_in_a_deny),
        cmocka_unit_test(a_sid_that_is_none_is_refused_and_the_output_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
