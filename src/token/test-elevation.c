/* SPDX-License-Identifier: MIT */
/* Tests of elevation and of splitting: the rows T-UAC of token.md 6. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"

#define LIMITED_LOGON UINT64_C(0x5ca1ab1e1)

static tsr_token *elevated_filtered(void)
{
    return filtered(alice_elevated(), &(tsr_token_filter_spec){0});
}

static tsr_token *elevated_without_group(void)
{
    const tsr_sid admins = TSR_SID_ADMINISTRATORS;

    return filtered(alice_elevated(), &(tsr_token_filter_spec){.disable = &admins, .n_disable = 1});
}

static tsr_token *limited_copy(void)
{
    return impersonating(alice_limited(), TSR_LEVEL_IMPERSONATION);
}

static tsr_token *elevated_copy(void)
{
    return impersonating(alice_elevated(), TSR_LEVEL_IMPERSONATION);
}

static tsr_token *limited_of(const tsr_token *full)
{
    tsr_token *limited = NULL;

    expect_ok(tsr_token_split(full, LIMITED_LOGON, &limited));
    return limited;
}

static tsr_token *split_of_elevated(void)
{
    tsr_token *full = alice_elevated();
    tsr_token *limited = limited_of(full);

    tsr_token_unref(full);
    return limited;
}

/* Covers T-DUP-22, T-UAC-13. */
static void t_uac_elevation_is_told_by_type_and_group(void **state)
{
    static const struct {
        const char *id;
        tsr_token *(*token)(void);
        tsr_elevation_type type;
        bool is_elevated;
    } rows[] = {
        {"T-UAC-1", alice_limited, TSR_ELEVATION_LIMITED, false},
        {"AF", alice_elevated, TSR_ELEVATION_FULL, true},
        {"T-UAC-5", split_of_elevated, TSR_ELEVATION_LIMITED, false},
        {"T-UAC-8, T-FLT-6", elevated_filtered, TSR_ELEVATION_FULL, true},
        {"T-UAC-13, T-QRY-15", system_administrator, TSR_ELEVATION_DEFAULT, true},
        {"T-DUP-22", limited_copy, TSR_ELEVATION_LIMITED, false},
        {"T-DUP-22", elevated_copy, TSR_ELEVATION_FULL, true},
        {"A", alice, TSR_ELEVATION_DEFAULT, false},
        {"full by type alone", elevated_without_group, TSR_ELEVATION_FULL, true},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_token *token = rows[i].token();

        print_message("# %s\n", rows[i].id);
        assert_int_equal(statistics_of(token).elevation, rows[i].type);
        assert_int_equal(tsr_token_is_elevated(token), rows[i].is_elevated);
        tsr_token_unref(token);
    }
}

/* Unverified: what LUA_TOKEN takes away. */
static void a_limited_token_is_that_of_no_administrator(void **state)
{
    tsr_token *full = alice_elevated();
    tsr_token *limited = limited_of(full);
    const tsr_token_statistics of_full = statistics_of(full);
    const tsr_token_statistics statistics = statistics_of(limited);
    tsr_sid integrity;

    (void)state;

    assert_int_equal(attributes_of(limited, ADMINS) &
                         (SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED),
                     SE_GROUP_USE_FOR_DENY_ONLY);
    assert_int_equal(attributes_of(limited, G1), 0x6);
    assert_int_equal(statistics.n_privileges, N_ALICE_PRIVILEGES);
    assert_int_equal(privilege_of(limited, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    assert_true(tsr_token_get_integrity(limited, &integrity));
    assert_int_equal(integrity.sub_authorities[0], TSR_INTEGRITY_MEDIUM);
    assert_int_equal(statistics.mandatory_policy, 3);
    expect_owner(limited, ALICE);
    assert_true(statistics.authentication_id == LIMITED_LOGON);
    assert_true(statistics.token_id != of_full.token_id);
    assert_true(statistics.modified_id != of_full.modified_id);
    assert_true(statistics.parent_token_id == of_full.token_id);
    assert_int_equal(statistics.session_id, of_full.session_id);
    assert_true(tsr_token_has_restrictions(limited));
    assert_false(tsr_token_is_restricted(limited));
    tsr_token_unref(limited);
    tsr_token_unref(full);
}

static void a_limited_token_has_both_policies(void **state)
{
    tsr_token *elevated = alice_elevated();
    tsr_token *full = NULL;
    tsr_token *limited;

    (void)state;

    expect_ok(tsr_token_set_mandatory_policy(elevated, 0, TCB, &full));
    limited = limited_of(full);

    assert_int_equal(statistics_of(limited).mandatory_policy, 3);
    tsr_token_unref(limited);
    tsr_token_unref(full);
    tsr_token_unref(elevated);
}

static void only_a_full_token_is_split(void **state)
{
    tsr_token *tokens[] = {alice(), alice_limited(), system_administrator()};
    tsr_token *limited = NULL;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        expect_refused(STATUS_INVALID_PARAMETER, tokens[i], limited,
                       tsr_token_split(tokens[i], LIMITED_LOGON, &limited));
        tsr_token_unref(tokens[i]);
    }
}

static void t_uac_12_what_is_linked_for_looking_at_does_not_act(void **state)
{
    tsr_token *linked = impersonating(alice_elevated(), TSR_LEVEL_IDENTIFICATION);
    tsr_token *acting = NULL;

    (void)state;

    assert_true(tsr_token_is_elevated(linked));
    expect_refused(STATUS_BAD_IMPERSONATION_LEVEL, linked, acting,
                   tsr_token_duplicate(linked, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION,
                                       false, &acting));
    tsr_token_unref(linked);
}

static void running_out_of_memory_makes_no_token(void **state)
{
    tsr_token *full = alice_elevated();
    tsr_token *limited = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(limited, tsr_token_split(full, LIMITED_LOGON, &limited));
    tsr_token_unref(limited);
    tsr_token_unref(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_uac_elevation_is_told_by_type_and_group),
        cmocka_unit_test(a_limited_token_is_that_of_no_administrator),
        cmocka_unit_test(a_limited_token_has_both_policies),
        cmocka_unit_test(only_a_full_token_is_split),
        cmocka_unit_test(t_uac_12_what_is_linked_for_looking_at_does_not_act),
        cmocka_unit_test(running_out_of_memory_makes_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
