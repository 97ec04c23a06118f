/* SPDX-License-Identifier: MIT */
/* Tests of duplicating (token.md 3.5). */

#include "token/token.h"

#include "token/test-allocation.h"
#include "token/test-fixtures.h"
#include "token/test-random.h"

/* A request to duplicate alice, herself primary or impersonating, and what comes of it. */
struct row {
    const char *id;
    tsr_token_type source;
    tsr_impersonation_level source_level;
    uint32_t type;
    uint32_t level;
    uint32_t status;
};

#define PRIMARY TSR_TOKEN_PRIMARY
#define IMP     TSR_TOKEN_IMPERSONATION

static const struct row rows[] = {
    {"T-DUP-1", PRIMARY, 0, IMP, 0, STATUS_SUCCESS},
    {"T-DUP-2", PRIMARY, 0, PRIMARY, 0, STATUS_SUCCESS},
    {"T-DUP-5", PRIMARY, 0, IMP, 1, STATUS_SUCCESS},
    {"T-DUP-7", PRIMARY, 0, IMP, 1, STATUS_SUCCESS},
    {"primary to delegation", PRIMARY, 0, IMP, 3, STATUS_SUCCESS},
    {"T-DUP-10", IMP, 0, IMP, 1, STATUS_BAD_IMPERSONATION_LEVEL},
    {"T-DUP-11", IMP, 1, PRIMARY, 0, STATUS_BAD_IMPERSONATION_LEVEL},
    {"anonymous to primary", IMP, 0, PRIMARY, 0, STATUS_BAD_IMPERSONATION_LEVEL},
    {"T-DUP-12", IMP, 2, PRIMARY, 0, STATUS_SUCCESS},
    {"T-DUP-13", IMP, 3, IMP, 2, STATUS_SUCCESS},
    {"same level", IMP, 2, IMP, 2, STATUS_SUCCESS},
    {"one level up", IMP, 2, IMP, 3, STATUS_BAD_IMPERSONATION_LEVEL},
    {"level is not compared for a primary", IMP, 2, PRIMARY, 3, STATUS_SUCCESS},
    {"T-DUP-15 type 0", PRIMARY, 0, 0, 0, STATUS_INVALID_PARAMETER},
    {"T-DUP-15 type 3", PRIMARY, 0, 3, 0, STATUS_INVALID_PARAMETER},
    {"type before level", PRIMARY, 0, 3, 4, STATUS_INVALID_PARAMETER},
    {"T-DUP-23", PRIMARY, 0, IMP, 4, STATUS_BAD_IMPERSONATION_LEVEL},
    {"level 4 of a primary", PRIMARY, 0, PRIMARY, 4, STATUS_BAD_IMPERSONATION_LEVEL},
    {"level -1", PRIMARY, 0, IMP, UINT32_MAX, STATUS_BAD_IMPERSONATION_LEVEL},
};

static void expect_row(const struct row *row)
{
    tsr_token *source = row->source == IMP ? impersonating(alice(), row->source_level) : alice();
    tsr_token *copy = NULL;
    const tsr_status status = tsr_token_duplicate(
        source, (tsr_token_type)row->type, (tsr_impersonation_level)row->level, false, &copy);

    if (status.code != row->status || (copy != NULL) != tsr_ok(status)) {
        fail_msg("%s: got %s", row->id, expect_status_name(status.code));
    }
    if (copy &&
        (statistics_of(copy).type != row->type || statistics_of(copy).level != row->level)) {
        fail_msg("%s: type %u, level %u", row->id, statistics_of(copy).type,
                 statistics_of(copy).level);
    }
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void types_and_levels_are_those_of_the_specification(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_row(&rows[i]);
    }
}

static tsr_token *duplicate(const tsr_token *token, bool effective_only)
{
    tsr_token *copy = NULL;

    expect_ok(tsr_token_duplicate(token, PRIMARY, TSR_LEVEL_ANONYMOUS, effective_only, &copy));
    return copy;
}

/* Covers T-OBJ-1. */
static void t_obj_1_a_duplicate_has_an_id_of_its_own_and_the_rest_of_its_source(void **state)
{
    tsr_token *source = filtered(alice(), &(tsr_token_filter_spec){0});
    tsr_token_statistics copied;
    tsr_token_statistics given;
    tsr_token *copy;

    (void)state;

    copy = duplicate(source, false);
    given = statistics_of(source);
    copied = statistics_of(copy);

    assert_int_not_equal(copied.token_id, given.token_id);
    assert_int_equal(copied.modified_id, given.modified_id);
    assert_int_equal(copied.parent_token_id, given.parent_token_id);
    assert_int_not_equal(copied.parent_token_id, 0);
    assert_int_equal(copied.authentication_id, LOGON_SESSION);
    assert_int_equal(copied.flags, given.flags);
    assert_int_equal(copied.session_id, 1);
    assert_memory_equal(&copied.source, &given.source, sizeof(given.source));
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void a_duplicate_shares_the_state_and_outlives_its_source(void **state)
{
    tsr_token *source = alice();
    tsr_token *copy;

    (void)state;

    copy = duplicate(source, false);
    assert_ptr_equal(copy->state, source->state);
    tsr_token_unref(source);

    expect_owner(copy, ALICE);
    assert_int_equal(attributes_of(copy, G2), 0);
    tsr_token_unref(copy);
}

/* alice with SeChangeNotify present but off. */
static tsr_token *without_change_notify(void)
{
    const tsr_privilege_state privileges[] = {
        {SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT},
    };
    tsr_token_spec spec = alice_spec();

    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    return token_of_spec(&spec);
}

static void t_dup_8_a_disabled_privilege_keeps_its_attributes(void **state)
{
    tsr_token *source = without_change_notify();
    tsr_token *copy = duplicate(source, false);

    (void)state;

    assert_int_equal(privilege_of(copy, SE_CHANGE_NOTIFY_PRIVILEGE), 1);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void t_dup_9_effective_only_drops_a_disabled_privilege(void **state)
{
    tsr_token *source = without_change_notify();
    tsr_token *copy = duplicate(source, true);

    (void)state;

    assert_int_equal(privilege_of(copy, SE_CHANGE_NOTIFY_PRIVILEGE), ABSENT);
    assert_int_equal(statistics_of(copy).n_privileges, 0);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

/* Covers T-DUP-19. */
static void t_dup_19_effective_only_drops_what_is_disabled_and_keeps_the_user(void **state)
{
    tsr_token *source = alice();
    tsr_token *copy = duplicate(source, true);
    tsr_group user;

    (void)state;

    tsr_token_get_user(copy, &user);

    expect_sid(ALICE, &user.sid);
    assert_int_equal(user.attributes, 0);
    assert_int_equal(attributes_of(copy, G2), ABSENT);
    assert_int_equal(attributes_of(copy, G1), 0x6);
    assert_int_equal(statistics_of(copy).n_groups, N_ALICE_GROUPS - 1);
    assert_int_equal(statistics_of(copy).n_privileges, 1);
    assert_int_equal(privilege_of(copy, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    assert_int_equal(statistics_of(copy).modified_id, statistics_of(source).modified_id);
    assert_int_not_equal(statistics_of(copy).token_id, statistics_of(source).token_id);
    assert_int_not_equal(copy->state->state_id, source->state->state_id);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

/* Covers T-DUP-20. */
static void t_dup_20_effective_only_keeps_deny_only_groups(void **state)
{
    tsr_token *source = alice_limited();
    tsr_token *copy = duplicate(source, true);

    (void)state;

    assert_int_equal(attributes_of(copy, ADMINS), 0x10);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void effective_only_keeps_the_integrity_entry(void **state)
{
    const tsr_group groups[] = {
        {{16, 1, {8192}}, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED},
        {IN_DOMAIN(2002), 0},
    };
    tsr_token_spec spec = alice_spec();
    tsr_token *source;
    tsr_token *copy;

    (void)state;

    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.primary_group = NULL;
    source = token_of_spec(&spec);
    copy = duplicate(source, true);

    assert_int_equal(attributes_of(copy, "S-1-16-8192"), 0x60);
    assert_int_equal(statistics_of(copy).n_groups, 1);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void effective_only_with_nothing_to_drop_shares_the_state(void **state)
{
    tsr_token *source = alice();
    tsr_token *first = duplicate(source, true);
    tsr_token *second = duplicate(first, true);

    (void)state;

    assert_ptr_not_equal(first->state, source->state);
    assert_ptr_equal(second->state, first->state);
    tsr_token_unref(second);
    tsr_token_unref(first);
    tsr_token_unref(source);
}

static void effective_only_resets_an_owner_that_is_dropped(void **state)
{
    const tsr_group groups[] = {
        {IN_DOMAIN(2003), SE_GROUP_OWNER},
        {IN_DOMAIN(2003), SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY},
    };
    tsr_token_spec spec = alice_spec();
    tsr_token *source;
    tsr_token *copy;

    (void)state;

    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.primary_group = NULL;
    spec.owner = &groups[0].sid;
    source = token_of_spec(&spec);
    copy = duplicate(source, true);

    expect_owner(source, G3);
    expect_owner(copy, ALICE);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

static void effective_only_keeps_an_enabled_owner_and_a_dropped_primary_group(void **state)
{
    const tsr_sid primary_group = sid_of(G2);
    const tsr_sid owner = sid_of(G3);
    tsr_token_spec spec = alice_spec();
    tsr_token *source;
    tsr_token *copy;
    tsr_sid kept;

    (void)state;

    spec.owner = &owner;
    spec.primary_group = &primary_group;
    source = token_of_spec(&spec);
    copy = duplicate(source, true);
    tsr_token_get_primary_group(copy, &kept);

    expect_owner(copy, G3);
    expect_sid(G2, &kept);
    tsr_token_unref(copy);
    tsr_token_unref(source);
}

/* Covers T-DUP-21. */
static void t_dup_21_a_duplicate_of_a_restricted_token_is_restricted_alike(void **state)
{
    tsr_token *source = restricted_to(alice(), G1, EVERYONE, WRITE_RESTRICTED);
    tsr_token *plain = duplicate(source, false);
    tsr_token *effective = duplicate(source, true);

    (void)state;

    assert_int_equal(statistics_of(plain).flags, statistics_of(source).flags);
    assert_int_equal(statistics_of(effective).flags, statistics_of(source).flags);
    assert_true(statistics_of(plain).flags & TSR_TOKEN_IS_RESTRICTED);
    expect_restricting(plain, G1 " " EVERYONE);
    expect_restricting(effective, G1 " " EVERYONE);
    tsr_token_unref(effective);
    tsr_token_unref(plain);
    tsr_token_unref(source);
}

static void t_dup_22_elevated_and_limited_tokens_keep_what_makes_them_so(void **state)
{
    tsr_token *elevated = alice_elevated();
    tsr_token *limited = alice_limited();
    tsr_token *copy;
    tsr_sid integrity;

    (void)state;

    copy = duplicate(elevated, false);
    assert_true(tsr_token_get_integrity(copy, &integrity));
    expect_sid("S-1-16-12288", &integrity);
    expect_owner(copy, ADMINS);
    tsr_token_unref(copy);

    copy = duplicate(limited, false);
    assert_true(tsr_token_get_integrity(copy, &integrity));
    expect_sid("S-1-16-8192", &integrity);
    assert_int_equal(attributes_of(copy, ADMINS), 0x10);
    tsr_token_unref(copy);
    tsr_token_unref(limited);
    tsr_token_unref(elevated);
}

static void
a_duplicate_answers_every_check_as_its_source_and_an_effective_one_never_more(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_PROPERTY_RUNS; i++) {
        tsr_token *source = random_token();
        tsr_token *plain = duplicate(source, false);
        tsr_token *effective = duplicate(source, true);
        tsr_sid principal_self;
        const tsr_access_request request = random_request(&principal_self);
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(true, &bytes);
        const tsr_access_result of_source = tsr_token_access_check(source, &sd, &request);
        const tsr_access_result of_plain = tsr_token_access_check(plain, &sd, &request);
        const tsr_access_result of_effective = tsr_token_access_check(effective, &sd, &request);

        assert_memory_equal(&of_plain, &of_source, sizeof(of_source));
        assert_int_equal(of_effective.granted & ~of_source.granted, 0);
        free(bytes);
        tsr_token_unref(effective);
        tsr_token_unref(plain);
        tsr_token_unref(source);
    }
}

static void an_effective_duplicate_keeps_claims_device_and_package(void **state)
{
    static const char *const open[] = {
        "D:(XA;;FR;;;WD;(@User.a == 7 && @Device.a == 7 && a == 7))(A;;FR;;;S-1-15-3-1)",
        "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-1)}))(A;;FR;;;S-1-15-2-2)",
    };
    static const char *const closed[] = {
        "D:(A;;FR;;;WD)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-2)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-3)",
        "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-2)}))(A;;FR;;;S-1-15-2-2)",
    };
    tsr_token *source = alice_contained(true);
    tsr_token *token = duplicate(source, true);

    (void)state;

    tsr_token_unref(source);
    for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
        assert_int_equal(check_file(token, open[i], FILE_READ_DATA).granted, FILE_READ_DATA);
    }
    for (size_t i = 0; i < ARRAY_SIZE(closed); i++) {
        assert_int_equal(check_file(token, closed[i], FILE_READ_DATA).granted, 0);
    }
    tsr_token_unref(token);
}

static void running_out_of_memory_at_any_step_makes_no_duplicate(void **state)
{
    tsr_token *source = restricted_to(alice(), G1, NULL, 0);
    tsr_token *effective = NULL;
    tsr_token *plain = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(plain, tsr_token_duplicate(source, IMP, 0, false, &plain));
    expect_no_memory_at_each_allocation(effective,
                                        tsr_token_duplicate(source, IMP, 0, true, &effective));

    tsr_token_unref(plain);
    tsr_token_unref(effective);
    tsr_token_unref(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_levels_are_those_of_the_specification),
        cmocka_unit_test(t_obj_1_a_duplicate_has_an_id_of_its_own_and_the_rest_of_its_source),
        cmocka_unit_test(a_duplicate_shares_the_state_and_outlives_its_source),
        cmocka_unit_test(t_dup_8_a_disabled_privilege_keeps_its_attributes),
        cmocka_unit_test(t_dup_9_effective_only_drops_a_disabled_privilege),
        cmocka_unit_test(t_dup_19_effective_only_drops_what_is_disabled_and_keeps_the_user),
        cmocka_unit_test(t_dup_20_effective_only_keeps_deny_only_groups),
        cmocka_unit_test(effective_only_keeps_the_integrity_entry),
        cmocka_unit_test(effective_only_with_nothing_to_drop_shares_the_state),
        cmocka_unit_test(effective_only_resets_an_owner_that_is_dropped),
        cmocka_unit_test(effective_only_keeps_an_enabled_owner_and_a_dropped_primary_group),
        cmocka_unit_test(t_dup_21_a_duplicate_of_a_restricted_token_is_restricted_alike),
        cmocka_unit_test(t_dup_22_elevated_and_limited_tokens_keep_what_makes_them_so),
        cmocka_unit_test(
            a_duplicate_answers_every_check_as_its_source_and_an_effective_one_never_more),
        cmocka_unit_test(running_out_of_memory_at_any_step_makes_no_duplicate),
        cmocka_unit_test(an_effective_duplicate_keeps_claims_device_and_package),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
