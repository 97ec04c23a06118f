/* SPDX-License-Identifier: MIT */
/* Tests of NtCompareTokens: the rows T-CMP of token.md 3.12. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"
#include "token/test-random.h"

static bool equal(const tsr_token *a, const tsr_token *b)
{
    bool one_way = false;
    bool other_way = false;

    expect_ok(tsr_token_compare(a, b, &one_way));
    expect_ok(tsr_token_compare(b, a, &other_way));
    assert_int_equal(one_way, other_way);
    return one_way;
}

/* Whether alice equals @take_token. */
static bool equals_alice(tsr_token *take_token)
{
    tsr_token *token = alice();
    const bool same = equal(token, take_token);

    tsr_token_unref(take_token);
    tsr_token_unref(token);
    return same;
}

static tsr_token *a_copy(void)
{
    return impersonating(alice(), TSR_LEVEL_DELEGATION);
}

static tsr_token *shutdown_enabled(void)
{
    return with_privilege(a_copy(), SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED);
}

static tsr_token *filtered_by_nothing(void)
{
    return filtered(alice(), &(tsr_token_filter_spec){0});
}

static tsr_token *restricted(void)
{
    return restricted_to(alice(), EVERYONE, NULL, 0);
}

static tsr_token *identifying(void)
{
    return impersonating(alice(), TSR_LEVEL_IDENTIFICATION);
}

static tsr_token *without_default_dacl(void)
{
    tsr_token_spec spec = alice_spec();

    spec.default_dacl = NULL;
    return token_of_spec(&spec);
}

static tsr_token *group_disabled(void)
{
    return with_group(alice(), G1, 0);
}

static tsr_token *privilege_removed(void)
{
    return with_privilege(alice(), SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_REMOVED);
}

static tsr_token *another_user(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user.sub_authorities[4]++;
    return token_of_spec(&spec);
}

static tsr_token *denied_user(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user_attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    return token_of_spec(&spec);
}

static tsr_token *another_level(void)
{
    tsr_token_spec spec = alice_spec();

    spec.integrity = &fixture_high;
    return token_of_spec(&spec);
}

static tsr_token *no_level(void)
{
    tsr_token_spec spec = alice_spec();

    spec.integrity = NULL;
    return token_of_spec(&spec);
}

static tsr_token *another_policy(void)
{
    tsr_token_spec spec = alice_spec();

    spec.mandatory_policy = TSR_POLICY_NEW_PROCESS_MIN;
    return token_of_spec(&spec);
}

static tsr_token *trusted(void)
{
    tsr_token_spec spec = alice_spec();

    spec.process_trust_type = 512;
    return token_of_spec(&spec);
}

static tsr_token *contained(void)
{
    tsr_token_spec spec = alice_spec();

    add_package(&spec);
    return token_of_spec(&spec);
}

static tsr_token *with_claims(void)
{
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();

    spec.local_claims = &claim;
    spec.n_local_claims = 1;
    return token_of_spec(&spec);
}

static tsr_token *with_device(void)
{
    tsr_token_spec spec = alice_spec();

    spec.device_groups = fixture_device_groups;
    spec.n_device_groups = 1;
    return token_of_spec(&spec);
}

static tsr_token *backwards(void)
{
    tsr_privilege_state privileges[N_ALICE_PRIVILEGES];
    tsr_group groups[N_ALICE_GROUPS];
    tsr_token_spec spec = alice_spec();

    for (size_t i = 0; i < N_ALICE_GROUPS; i++) {
        groups[i] = fixture_groups[N_ALICE_GROUPS - 1 - i];
    }
    for (size_t i = 0; i < N_ALICE_PRIVILEGES; i++) {
        privileges[i] = fixture_privileges[N_ALICE_PRIVILEGES - 1 - i];
    }
    spec.groups = groups;
    spec.privileges = privileges;
    return token_of_spec(&spec);
}

/* Covers T-CMP-1, T-CMP-2, T-CMP-3, T-CMP-4, T-CMP-5, T-CMP-6. */
static void t_cmp_rows_come_out_as_written(void **state)
{
    static const struct {
        const char *id;
        tsr_token *(*token)(void);
        bool is_equal;
    } rows[] = {
        {"T-CMP-1", a_copy, true},
        {"T-CMP-2", shutdown_enabled, false},
        {"T-CMP-3", filtered_by_nothing, true},
        {"T-CMP-4", restricted, false},
        {"T-CMP-5", identifying, true},
        {"T-CMP-6", without_default_dacl, true},
        {"another with the same", alice, true},
        {"in another order", backwards, true},
        {"a group disabled", group_disabled, false},
        {"a privilege removed", privilege_removed, false},
        {"another user", another_user, false},
        {"a deny-only user", denied_user, false},
        {"another level", another_level, false},
        {"no level", no_level, false},
        {"another policy", another_policy, false},
        {"process trust", trusted, false},
        {"an AppContainer", contained, false},
        {"claims", with_claims, false},
        {"a device", with_device, false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("# %s\n", rows[i].id);
        assert_int_equal(equals_alice(rows[i].token()), rows[i].is_equal);
    }
}

static void restricted_tokens_are_compared_by_their_lists(void **state)
{
    tsr_token *both = restricted_to(alice(), EVERYONE, G1, 0);
    tsr_token *turned = restricted_to(alice(), G1, EVERYONE, 0);
    tsr_token *other = restricted_to(alice(), G1, G2, 0);
    tsr_token *for_writing = restricted_to(alice(), EVERYONE, G1, WRITE_RESTRICTED);

    (void)state;

    assert_true(equal(both, turned));
    assert_false(equal(both, other));
    assert_false(equal(both, for_writing));
    tsr_token_unref(for_writing);
    tsr_token_unref(other);
    tsr_token_unref(turned);
    tsr_token_unref(both);
}

static void an_empty_list_is_not_no_list(void **state)
{
    const tsr_sid none[1] = {{0, 0, {0}}};
    tsr_token_spec spec = alice_spec();

    (void)state;

    spec.restricting = none;
    assert_false(equals_alice(token_of_spec(&spec)));
}

static void appcontainers_are_compared_by_all_they_are(void **state)
{
    tsr_token *token = contained();
    tsr_token_spec spec = alice_spec();
    tsr_sid package = fixture_package;
    tsr_token *other;

    (void)state;

    add_package(&spec);
    spec.less_privileged = true;
    other = token_of_spec(&spec);
    assert_false(equal(token, other));
    tsr_token_unref(other);

    spec.less_privileged = false;
    spec.n_capabilities--;
    other = token_of_spec(&spec);
    assert_false(equal(token, other));
    tsr_token_unref(other);

    spec.n_capabilities++;
    package.sub_authorities[7]++;
    spec.package = &package;
    other = token_of_spec(&spec);
    assert_false(equal(token, other));
    tsr_token_unref(other);
    tsr_token_unref(token);
}

/* {a, a, b} has everything {a, b, b} has, and yet is not the same. */
static void groups_that_stand_twice_are_counted(void **state)
{
    const tsr_group groups[] = {
        {IN_DOMAIN(1), 7}, {IN_DOMAIN(1), 7}, {IN_DOMAIN(2), 7}, {IN_DOMAIN(2), 7}};
    tsr_token_spec spec = alice_spec();
    tsr_token *other;
    tsr_token *token;

    (void)state;

    spec.primary_group = NULL;
    spec.groups = groups;
    spec.n_groups = 3;
    token = token_of_spec(&spec);
    spec.groups = groups + 1;
    other = token_of_spec(&spec);

    assert_false(equal(token, other));
    tsr_token_unref(other);
    tsr_token_unref(token);
}

/* Equal tokens are those that no access check tells apart. */
static void equal_tokens_are_granted_the_same(void **state)
{
    size_t n_equal = 0;

    (void)state;

    for (size_t i = 0; i < N_PROPERTY_RUNS; i++) {
        tsr_token *a = random_token();
        tsr_token *b = random_below(2) ? random_token()
                                       : filtered(tsr_token_ref(a), &(tsr_token_filter_spec){0});
        tsr_sid self;
        const tsr_access_request request = random_request(&self);
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(true, &bytes);

        if (equal(a, b)) {
            const tsr_access_result of_a = tsr_token_access_check(a, &sd, &request);
            const tsr_access_result of_b = tsr_token_access_check(b, &sd, &request);

            assert_int_equal(of_a.status.code, of_b.status.code);
            assert_int_equal(of_a.granted, of_b.granted);
            n_equal++;
        }
        free(bytes);
        tsr_token_unref(b);
        tsr_token_unref(a);
    }
    assert_true(n_equal > N_PROPERTY_RUNS / 10);
}

static void running_out_of_memory_is_not_equal(void **state)
{
    tsr_token *a = alice_contained(false);
    tsr_token *b = alice_contained(false);
    tsr_status status;
    bool same;

    (void)state;

    for (size_t n = 0;; n++) {
        same = true;
        n_allocations_left = n;
        status = tsr_token_compare(a, b, &same);
        n_allocations_left = SIZE_MAX;
        if (tsr_ok(status)) {
            break;
        }
        expect_status(STATUS_NO_MEMORY, status);
        assert_false(same);
    }
    assert_true(same);
    tsr_token_unref(b);
    tsr_token_unref(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_cmp_rows_come_out_as_written),
        cmocka_unit_test(restricted_tokens_are_compared_by_their_lists),
        cmocka_unit_test(an_empty_list_is_not_no_list),
        cmocka_unit_test(appcontainers_are_compared_by_all_they_are),
        cmocka_unit_test(groups_that_stand_twice_are_counted),
        cmocka_unit_test(equal_tokens_are_granted_the_same),
        cmocka_unit_test(running_out_of_memory_is_not_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
