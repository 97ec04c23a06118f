/* SPDX-License-Identifier: MIT */
/* Tests of CheckTokenMembership and its kin: the rows T-MEM of token.md 3.13. */

#include "token/token.h"

#include "token/test-adjust.h"

static tsr_token *impersonated(void)
{
    return impersonating(alice(), TSR_LEVEL_IDENTIFICATION);
}

static tsr_token *limited(void)
{
    return impersonating(alice_limited(), TSR_LEVEL_IMPERSONATION);
}

static tsr_token *restricted(void)
{
    return impersonating(restricted_to(alice(), EVERYONE, NULL, 0), TSR_LEVEL_IMPERSONATION);
}

static tsr_token *write_restricted(void)
{
    return impersonating(restricted_to(alice(), EVERYONE, NULL, WRITE_RESTRICTED),
                         TSR_LEVEL_IMPERSONATION);
}

static tsr_token *contained(void)
{
    return impersonating(alice_contained(false), TSR_LEVEL_IMPERSONATION);
}

/* Covers T-MEM-1, T-MEM-4, T-MEM-5, T-MEM-6 [U], T-MEM-7 [U]. */
static void t_mem_rows_come_out_as_written(void **state)
{
    static const struct {
        const char *id;
        tsr_token *(*token)(void);
        const char *sid;
        bool is_member;
    } rows[] = {
        {"T-MEM-1", impersonated, G1, true},
        {"T-MEM-4", limited, ADMINS, false},
        {"T-MEM-5", impersonated, G2, false},
        {"T-MEM-6, unverified", impersonated, ALICE, true},
        {"T-MEM-7, unverified", restricted, ALICE, false},
        {"T-MEM-7, unverified", restricted, EVERYONE, true},
        {"for writing only, unverified", write_restricted, ALICE, false},
        {"restricted to what it is not", restricted, STRANGER, false},
        {"a stranger", impersonated, STRANGER, false},
        {"an AppContainer", contained, ALICE, false},
        {"its package", contained, PACKAGE, false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_sid sid = sid_of(rows[i].sid);
        tsr_token *token = rows[i].token();
        bool is_member = !rows[i].is_member;

        print_message("# %s\n", rows[i].id);
        expect_ok(tsr_token_check_membership(token, &sid, &is_member));
        assert_int_equal(is_member, rows[i].is_member);
        tsr_token_unref(token);
    }
}

static void expect_no_answer(uint32_t code, tsr_token *take_token, const tsr_sid *sid)
{
    bool is_member = true;

    expect_status(code, tsr_token_check_membership(take_token, sid, &is_member));

    assert_false(is_member);
    tsr_token_unref(take_token);
}

static void t_mem_3_a_refusal_clears_the_answer(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_sid malformed = {1, 0, {0}};

    (void)state;

    expect_no_answer(STATUS_NO_IMPERSONATION_TOKEN, alice(), &everyone);
    expect_no_answer(STATUS_NO_IMPERSONATION_TOKEN, alice(), &malformed);
    expect_no_answer(STATUS_BAD_IMPERSONATION_LEVEL, impersonating(alice(), TSR_LEVEL_ANONYMOUS),
                     &everyone);
    expect_no_answer(STATUS_INVALID_SID, impersonated(), &malformed);
}

/* Covers T-FLT-1. */
static void t_flt_1_a_disabled_sid_is_no_membership(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_token_filter_spec spec = {.disable = &everyone, .n_disable = 1};
    tsr_token *token = filtered(impersonated(), &spec);
    bool is_member = true;

    (void)state;

    expect_ok(tsr_token_check_membership(token, &everyone, &is_member));

    assert_false(is_member);
    tsr_token_unref(token);
}

static void an_administrator_is_one_whose_group_is_enabled(void **state)
{
    tsr_token *tokens[] = {alice_elevated(), alice_limited(), alice()};

    (void)state;

    assert_true(tsr_token_is_admin(tokens[0]));
    assert_false(tsr_token_is_admin(tokens[1]));
    assert_false(tsr_token_is_admin(tokens[2]));
    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        tsr_token_unref(tokens[i]);
    }
}

static void t_flt_24_filtering_alone_does_not_restrict(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_token_filter_spec spec = {.disable = &everyone, .n_disable = 1};
    tsr_token *fresh = alice();
    tsr_token *denied = filtered(alice(), &spec);
    tsr_token *tokens[] = {restricted(), write_restricted()};

    (void)state;

    assert_false(tsr_token_is_restricted(fresh));
    assert_false(tsr_token_has_restrictions(fresh));
    assert_false(tsr_token_is_restricted(denied));
    assert_true(tsr_token_has_restrictions(denied));
    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        assert_true(tsr_token_is_restricted(tokens[i]));
        assert_true(tsr_token_has_restrictions(tokens[i]));
        tsr_token_unref(tokens[i]);
    }
    tsr_token_unref(denied);
    tsr_token_unref(fresh);
}

static tsr_token *contained_less(void)
{
    return impersonating(alice_contained(true), TSR_LEVEL_IMPERSONATION);
}

static void an_app_container_is_a_member_where_it_is_asked_for(void **state)
{
    static const struct {
        tsr_token *(*token)(void);
        const char *sid;
        uint32_t flags;
        bool is_member;
    } rows[] = {
        {contained, ALICE, 0, false},
        {contained, ALICE, TSR_MEMBERSHIP_OF_PACKAGES, true},
        {contained, ALICE, TSR_MEMBERSHIP_OF_LPACS, true},
        {contained, STRANGER, TSR_MEMBERSHIP_OF_PACKAGES, false},
        {contained, PACKAGE, TSR_MEMBERSHIP_OF_PACKAGES, false},
        {contained_less, ALICE, 0, false},
        {contained_less, ALICE, TSR_MEMBERSHIP_OF_PACKAGES, false},
        {contained_less, ALICE, TSR_MEMBERSHIP_OF_LPACS, true},
        {contained_less, G2, TSR_MEMBERSHIP_OF_PACKAGES | TSR_MEMBERSHIP_OF_LPACS, false},
        {impersonated, G1, TSR_MEMBERSHIP_OF_PACKAGES, true},
        {restricted, ALICE, TSR_MEMBERSHIP_OF_PACKAGES | TSR_MEMBERSHIP_OF_LPACS, false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_sid sid = sid_of(rows[i].sid);
        tsr_token *token = rows[i].token();
        bool is_member = !rows[i].is_member;

        print_message("# row %zu\n", i);
        expect_ok(tsr_token_check_membership_ex(token, &sid, rows[i].flags, &is_member));
        assert_int_equal(is_member, rows[i].is_member);
        tsr_token_unref(token);
    }
}

static void unknown_ways_of_being_a_member_are_refused(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    tsr_token *token = impersonated();
    bool is_member = true;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_token_check_membership_ex(token, &everyone, 0x4, &is_member));

    assert_false(is_member);
    tsr_token_unref(token);
}

static void a_capability_is_an_enabled_one_of_an_app_container(void **state)
{
    static const struct {
        tsr_token *(*token)(void);
        const char *sid;
        bool has_capability;
    } rows[] = {
        {contained, "S-1-15-3-1", true},      {contained, "S-1-15-3-2", false},
        {contained, "S-1-15-3-3", false},     {contained, "S-1-15-3-4", false},
        {contained_less, "S-1-15-3-1", true}, {impersonated, "S-1-15-3-1", false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_sid sid = sid_of(rows[i].sid);
        tsr_token *token = rows[i].token();
        bool has_capability = !rows[i].has_capability;

        print_message("# row %zu\n", i);
        expect_ok(tsr_token_check_capability(token, &sid, &has_capability));
        assert_int_equal(has_capability, rows[i].has_capability);
        tsr_token_unref(token);
    }
}

static void expect_no_capability(uint32_t code, tsr_token *take_token, const tsr_sid *sid)
{
    bool has_capability = true;

    expect_status(code, tsr_token_check_capability(take_token, sid, &has_capability));

    assert_false(has_capability);
    tsr_token_unref(take_token);
}

static void what_is_no_capability_cannot_be_asked_for(void **state)
{
    const tsr_sid capability = sid_of("S-1-15-3-1");
    const tsr_sid package = sid_of(PACKAGE);
    const tsr_sid base = sid_of("S-1-15-3");
    const tsr_sid malformed = {1, 0, {0}};

    (void)state;

    expect_no_capability(STATUS_NO_IMPERSONATION_TOKEN, alice_contained(false), &capability);
    expect_no_capability(STATUS_BAD_IMPERSONATION_LEVEL,
                         impersonating(alice_contained(false), TSR_LEVEL_ANONYMOUS), &capability);
    expect_no_capability(STATUS_INVALID_SID, contained(), &malformed);
    expect_no_capability(STATUS_INVALID_PARAMETER, contained(), &package);
    expect_no_capability(STATUS_INVALID_PARAMETER, contained(), &base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_mem_rows_come_out_as_written),
        cmocka_unit_test(t_mem_3_a_refusal_clears_the_answer),
        cmocka_unit_test(t_flt_1_a_disabled_sid_is_no_membership),
        cmocka_unit_test(an_administrator_is_one_whose_group_is_enabled),
        cmocka_unit_test(t_flt_24_filtering_alone_does_not_restrict),
        cmocka_unit_test(an_app_container_is_a_member_where_it_is_asked_for),
        cmocka_unit_test(unknown_ways_of_being_a_member_are_refused),
        cmocka_unit_test(a_capability_is_an_enabled_one_of_an_app_container),
        cmocka_unit_test(what_is_no_capability_cannot_be_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
