/* SPDX-License-Identifier: MIT */
/* Tests of PrivilegeCheck: the rows T-PRV of token.md 3.11; and of what goes with a level. */

#include "token/token.h"

#include "token/test-adjust.h"

#define USED SE_PRIVILEGE_USED_FOR_ACCESS
#define ALL  PRIVILEGE_SET_ALL_NECESSARY

/* Covers T-PRV-3, T-PRV-4, T-PRV-5. */
static void t_prv_rows_come_out_as_written(void **state)
{
    static const struct {
        const char *id;
        tsr_privilege_state set[2];
        size_t n;
        uint32_t control;
        bool is_held;
        uint32_t marked[2];
    } rows[] = {
        {"T-PRV-3", {{23, 2}}, 1, ALL, true, {USED | 2, 0}},
        {"T-PRV-4", {{19, 0}}, 1, ALL, false, {0, 0}},
        {"T-PRV-5, any", {{23, 0}, {19, 0}}, 2, 0, true, {USED, 0}},
        {"T-PRV-5, all", {{23, 0}, {19, 0}}, 2, ALL, false, {USED, 0}},
        {"the other way round", {{19, 0}, {23, 0}}, 2, ALL, false, {0, USED}},
        {"twice", {{23, 0}, {23, 1}}, 2, ALL, true, {USED, USED | 1}},
        {"all of none", {{0}}, 0, ALL, true, {0, 0}},
        {"any of none", {{0}}, 0, 0, false, {0, 0}},
        {"not in the token", {{17, 0}}, 1, 0, false, {0, 0}},
        {"LUID 64", {{64, 0}}, 1, 0, false, {0, 0}},
        {"LUID 87, as bits go 23", {{87, 0}}, 1, 0, false, {0, 0}},
        {"the largest LUID", {{UINT32_MAX, 0}}, 1, 0, false, {0, 0}},
        {"marked before", {{19, USED}}, 1, ALL, false, {USED, 0}},
        {"unknown control bits", {{23, 0}, {19, 0}}, 2, ~ALL, true, {USED, 0}},
    };
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_privilege_state set[2] = {rows[i].set[0], rows[i].set[1]};
        bool is_held = !rows[i].is_held;

        print_message("# %s\n", rows[i].id);
        expect_ok(tsr_token_privilege_check(token, rows[i].control, set, rows[i].n, &is_held));
        assert_int_equal(is_held, rows[i].is_held);
        assert_int_equal(set[0].attributes, rows[i].marked[0]);
        assert_int_equal(set[1].attributes, rows[i].marked[1]);
    }
    tsr_token_unref(token);
}

static void t_prv_1_an_anonymous_level_is_refused(void **state)
{
    tsr_privilege_state set = {SE_CHANGE_NOTIFY_PRIVILEGE, 0};
    tsr_token *token = impersonating(alice(), TSR_LEVEL_ANONYMOUS);
    bool is_held = true;

    (void)state;

    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  tsr_token_privilege_check(token, ALL, &set, 1, &is_held));

    assert_false(is_held);
    assert_int_equal(set.attributes, 0);
    tsr_token_unref(token);
}

/* Covers T-PRV-2. */
static void t_prv_2_higher_levels_are_answered(void **state)
{
    (void)state;

    for (unsigned int level = TSR_LEVEL_IDENTIFICATION; level <= TSR_LEVEL_DELEGATION; level++) {
        tsr_privilege_state set = {SE_CHANGE_NOTIFY_PRIVILEGE, 0};
        tsr_token *token = impersonating(alice(), (tsr_impersonation_level)level);
        bool is_held = false;

        expect_ok(tsr_token_privilege_check(token, ALL, &set, 1, &is_held));
        assert_true(is_held);
        tsr_token_unref(token);
    }
}

static void t_prv_7_t_apr_17_a_removed_privilege_is_not_held(void **state)
{
    tsr_privilege_state set = {SE_CHANGE_NOTIFY_PRIVILEGE, 0};
    tsr_token *token = with_privilege(alice(), SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_REMOVED);
    bool is_held = true;

    (void)state;

    expect_ok(tsr_token_privilege_check(token, ALL, &set, 1, &is_held));

    assert_false(is_held);
    assert_int_equal(set.attributes, 0);
    tsr_token_unref(token);
}

static void no_privileges_where_some_are_counted_are_refused(void **state)
{
    tsr_token *token = alice();
    bool is_held = true;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_token_privilege_check(token, ALL, NULL, 1, &is_held));
    assert_false(is_held);
    expect_ok(tsr_token_privilege_check(token, ALL, NULL, 0, &is_held));
    assert_true(is_held);
    tsr_token_unref(token);
}

/* Unverified: the high privileges of token.md 1.8 by 7.4. */
static void an_administrators_privileges_need_a_high_level(void **state)
{
    static const uint32_t high[] = {2, 7, 9, 10, 17, 18, 20, 29, 32, 36};
    const tsr_sid below = TSR_SID_INTEGRITY(TSR_INTEGRITY_HIGH - 1);
    uint64_t lost = 0;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(high); i++) {
        lost |= TSR_PRIVILEGE_BIT(high[i]);
    }
    assert_true(token_privileges_usable(&below) == ~lost);
    assert_true(token_privileges_usable(&fixture_high) == UINT64_MAX);
    assert_true(token_privileges_usable(NULL) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_prv_rows_come_out_as_written),
        cmocka_unit_test(t_prv_1_an_anonymous_level_is_refused),
        cmocka_unit_test(t_prv_2_higher_levels_are_answered),
        cmocka_unit_test(t_prv_7_t_apr_17_a_removed_privilege_is_not_held),
        cmocka_unit_test(no_privileges_where_some_are_counted_are_refused),
        cmocka_unit_test(an_administrators_privileges_need_a_high_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
