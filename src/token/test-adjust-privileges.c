/* SPDX-License-Identifier: MIT */
/* Tests of AdjustTokenPrivileges: the rows T-APR of token.md 3.7. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"

#define ENABLED SE_PRIVILEGE_ENABLED
#define REMOVED SE_PRIVILEGE_REMOVED

#define CHANGES_MAX 3

/* What alice's privileges become by a list of changes, and what is told of it. */
struct row {
    const char *id;
    tsr_privilege_state changes[CHANGES_MAX];
    size_t n_changes;
    uint32_t status;
    tsr_privilege_state result; /* one that is looked at afterwards */
    size_t n_privileges;
    size_t n_previous;
    tsr_privilege_state previous; /* the first */
    bool modifies;
};

static const struct row rows[] = {
    {"T-APR-1", {{17, ENABLED}}, 1, STATUS_NOT_ALL_ASSIGNED, {17, ABSENT}, 5, 0, {0}, false},
    {"T-APR-2", {{19, ENABLED}}, 1, STATUS_SUCCESS, {19, 2}, 5, 1, {19, 0}, true},
    {"T-APR-3", {{23, ENABLED}}, 1, STATUS_SUCCESS, {23, 3}, 5, 0, {0}, false},
    {"disabling leaves the default", {{23, 0}}, 1, STATUS_SUCCESS, {23, 1}, 5, 1, {23, 3}, true},
    {"T-APR-9", {{23, REMOVED | ENABLED}}, 1, STATUS_SUCCESS, {23, ABSENT}, 4, 0, {0}, true},
    {"T-APR-10",
     {{19, ENABLED}, {17, ENABLED}},
     2,
     STATUS_NOT_ALL_ASSIGNED,
     {19, 2},
     5,
     1,
     {19, 0},
     true},
    {"T-APR-12",
     {{19, ENABLED}, {19, 0}},
     2,
     STATUS_NOT_ALL_ASSIGNED,
     {19, 2},
     5,
     1,
     {19, 0},
     true},
    {"T-APR-13", {{0}}, 0, STATUS_SUCCESS, {23, 3}, 5, 0, {0}, false},
    {"removing what is not held",
     {{17, REMOVED}},
     1,
     STATUS_NOT_ALL_ASSIGNED,
     {17, ABSENT},
     5,
     0,
     {0},
     false},
    {"other attributes are ignored",
     {{19, ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_USED_FOR_ACCESS | 0x70}},
     1,
     STATUS_SUCCESS,
     {19, 2},
     5,
     1,
     {19, 0},
     true},
    {"LUID 0", {{0, ENABLED}}, 1, STATUS_NOT_ALL_ASSIGNED, {0, ABSENT}, 5, 0, {0}, false},
    {"LUID 64", {{64, ENABLED}}, 1, STATUS_NOT_ALL_ASSIGNED, {23, 3}, 5, 0, {0}, false},
    {"the largest LUID",
     {{UINT32_MAX, REMOVED}, {19, ENABLED}},
     2,
     STATUS_NOT_ALL_ASSIGNED,
     {19, 2},
     5,
     1,
     {19, 0},
     true},
};

static void check_row(const struct row *row)
{
    tsr_privilege_state room[N_ALICE_PRIVILEGES] = {{0}};
    tsr_previous_privileges previous = {.states = room, .n_max = ARRAY_SIZE(room), .n = 42};
    tsr_token *before = alice();
    char *const dump = dump_of(before);
    tsr_token *after = NULL;
    char *again;

    expect_status(row->status, tsr_token_adjust_privileges(before, false, row->changes,
                                                           row->n_changes, &previous, &after));

    assert_non_null(after);
    assert_int_equal(privilege_of(after, row->result.luid), row->result.attributes);
    assert_int_equal(statistics_of(after).n_privileges, row->n_privileges);
    assert_int_equal(previous.n, row->n_previous);
    assert_int_equal(room[0].luid, row->previous.luid);
    assert_int_equal(room[0].attributes, row->previous.attributes);
    if (row->modifies) {
        expect_modified(before, after);
    } else {
        assert_ptr_equal(before, after);
    }
    again = dump_of(before);
    assert_string_equal(dump, again);
    free(again);
    free(dump);
    tsr_token_unref(after);
    tsr_token_unref(before);
}

/* Covers T-APR-2, T-APR-3, T-APR-9, T-APR-10, T-APR-12, T-APR-13. */
static void t_apr_rows_come_out_as_written(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("# %s\n", rows[i].id);
        check_row(&rows[i]);
    }
}

static void t_apr_1_without_previous_nothing_is_told(void **state)
{
    const tsr_privilege_state change = {SE_BACKUP_PRIVILEGE, ENABLED};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_status(STATUS_NOT_ALL_ASSIGNED,
                  tsr_token_adjust_privileges(token, false, &change, 1, NULL, &after));

    assert_ptr_equal(after, token);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void t_apr_4_11_what_was_before_fits_exactly_and_restores_it(void **state)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, ENABLED};
    tsr_privilege_state old = {0};
    tsr_previous_privileges previous = {.states = &old, .n_max = 1};
    tsr_token *token = alice();
    tsr_token *enabled = NULL;
    tsr_token *restored = NULL;

    (void)state;

    expect_ok(tsr_token_adjust_privileges(token, false, &change, 1, &previous, &enabled));
    assert_int_equal(previous.n, 1);
    assert_int_equal(old.luid, SE_SHUTDOWN_PRIVILEGE);
    assert_int_equal(old.attributes, 0);

    expect_ok(tsr_token_adjust_privileges(enabled, false, &old, previous.n, NULL, &restored));
    assert_int_equal(privilege_of(restored, SE_SHUTDOWN_PRIVILEGE), 0);
    expect_modified(enabled, restored);
    tsr_token_unref(restored);
    tsr_token_unref(enabled);
    tsr_token_unref(token);
}

static void t_apr_5_without_room_the_number_is_told_and_nothing_changes(void **state)
{
    const tsr_privilege_state changes[] = {{19, ENABLED}, {23, 0}};
    tsr_privilege_state old = {42, 42};
    tsr_previous_privileges previous = {.states = &old, .n_max = 1};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_BUFFER_TOO_SMALL, token, after,
                   tsr_token_adjust_privileges(token, false, changes, 2, &previous, &after));
    assert_int_equal(previous.n, 2);
    assert_int_equal(old.luid, 42);

    previous = (tsr_previous_privileges){.states = NULL, .n_max = 2};
    expect_refused(STATUS_BUFFER_TOO_SMALL, token, after,
                   tsr_token_adjust_privileges(token, false, changes, 2, &previous, &after));
    assert_int_equal(previous.n, 2);
    tsr_token_unref(token);
}

static void t_apr_7_no_changes_or_too_many_are_refused(void **state)
{
    const tsr_privilege_state change = {19, ENABLED};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_adjust_privileges(token, false, NULL, 0, NULL, &after));
    expect_refused(
        STATUS_INVALID_PARAMETER, token, after,
        tsr_token_adjust_privileges(token, false, &change, TSR_TOKEN_GROUPS_MAX + 1, NULL, &after));
    tsr_token_unref(token);
}

/* Covers T-APR-8. */
static void t_apr_8_disabling_all_ignores_the_changes(void **state)
{
    const tsr_privilege_state garbage = {UINT32_MAX, UINT32_MAX};
    tsr_privilege_state room[ARRAY_SIZE(fixture_privileges)];
    tsr_previous_privileges previous = {.states = room, .n_max = ARRAY_SIZE(room)};
    tsr_token *token = alice_elevated();
    tsr_token *again = NULL;
    tsr_token *after = NULL;

    (void)state;

    expect_ok(tsr_token_adjust_privileges(token, true, &garbage, SIZE_MAX, &previous, &after));
    assert_true(tsr_token_enabled_privileges(after) == 0);
    assert_int_equal(statistics_of(after).n_privileges, ARRAY_SIZE(fixture_privileges));
    assert_int_equal(privilege_of(after, SE_CHANGE_NOTIFY_PRIVILEGE), 1);
    assert_int_equal(previous.n, 3);
    expect_modified(token, after);

    expect_ok(tsr_token_adjust_privileges(after, true, NULL, 0, NULL, &again));
    assert_ptr_equal(again, after);
    tsr_token_unref(again);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

/* Covers T-APR-9. */
static void t_apr_9_what_was_removed_is_not_enabled_again(void **state)
{
    const tsr_privilege_state change = {SE_CHANGE_NOTIFY_PRIVILEGE, ENABLED};
    tsr_token *token = with_privilege(alice(), SE_CHANGE_NOTIFY_PRIVILEGE, REMOVED | ENABLED);
    tsr_token *after = NULL;

    (void)state;

    expect_status(STATUS_NOT_ALL_ASSIGNED,
                  tsr_token_adjust_privileges(token, false, &change, 1, NULL, &after));

    assert_int_equal(privilege_of(after, SE_CHANGE_NOTIFY_PRIVILEGE), ABSENT);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void t_apr_14_15_the_flag_for_impersonating_follows(void **state)
{
    static const uint32_t ways[] = {REMOVED, 0};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        tsr_token *token = alice_elevated();

        assert_true(tsr_token_access_flags(token) & TSR_TOKEN_HAS_IMPERSONATE);
        token = with_privilege(token, SE_IMPERSONATE_PRIVILEGE, ways[i]);
        assert_false(tsr_token_access_flags(token) & TSR_TOKEN_HAS_IMPERSONATE);
        tsr_token_unref(token);
    }
}

static void t_apr_16_a_duplicate_is_not_affected(void **state)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, ENABLED};
    tsr_token *token = alice();
    tsr_token *copy = impersonating(tsr_token_ref(token), TSR_LEVEL_IMPERSONATION);
    tsr_token *after = NULL;

    (void)state;

    expect_ok(tsr_token_adjust_privileges(token, false, &change, 1, NULL, &after));

    assert_int_equal(privilege_of(copy, SE_SHUTDOWN_PRIVILEGE), 0);
    tsr_token_unref(after);
    tsr_token_unref(copy);
    tsr_token_unref(token);
}

/* Unverified: token.md 7.4 (b). */
static void below_high_an_administrators_privilege_is_not_enabled(void **state)
{
    static const struct {
        const char *what;
        uint32_t level;
        uint32_t attributes;
        uint32_t status;
        uint32_t result;
    } cases[] = {
        {"medium", TSR_INTEGRITY_MEDIUM, ENABLED, STATUS_NOT_ALL_ASSIGNED, 0},
        {"just below", TSR_INTEGRITY_HIGH - 1, ENABLED, STATUS_NOT_ALL_ASSIGNED, 0},
        {"high", TSR_INTEGRITY_HIGH, ENABLED, STATUS_SUCCESS, 2},
        {"disabling", TSR_INTEGRITY_MEDIUM, 0, STATUS_SUCCESS, 0},
        {"removing", TSR_INTEGRITY_MEDIUM, REMOVED | ENABLED, STATUS_SUCCESS, ABSENT},
    };
    static const tsr_privilege_state debug = {SE_DEBUG_PRIVILEGE, 0};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const tsr_sid level = TSR_SID_INTEGRITY(cases[i].level);
        const tsr_privilege_state change = {SE_DEBUG_PRIVILEGE, cases[i].attributes};
        tsr_token_spec spec = alice_spec();
        tsr_token *after = NULL;
        tsr_token *token;

        print_message("# %s\n", cases[i].what);
        spec.integrity = &level;
        spec.privileges = &debug;
        spec.n_privileges = 1;
        token = token_of_spec(&spec);
        expect_status(cases[i].status,
                      tsr_token_adjust_privileges(token, false, &change, 1, NULL, &after));
        assert_int_equal(privilege_of(after, SE_DEBUG_PRIVILEGE), cases[i].result);
        tsr_token_unref(after);
        tsr_token_unref(token);
    }
}

static void removal_keeps_the_order_of_the_rest(void **state)
{
    tsr_token *token = with_privilege(alice(), SE_SHUTDOWN_PRIVILEGE, REMOVED);
    tsr_privilege_state privilege;

    (void)state;

    assert_true(tsr_token_get_privilege(token, 0, &privilege));
    assert_int_equal(privilege.luid, SE_CHANGE_NOTIFY_PRIVILEGE);
    assert_true(tsr_token_get_privilege(token, 1, &privilege));
    assert_int_equal(privilege.luid, SE_UNDOCK_PRIVILEGE);
    tsr_token_unref(token);
}

static void running_out_of_memory_makes_no_token_and_tells_nothing(void **state)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, ENABLED};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(
        after, tsr_token_adjust_privileges(token, false, &change, 1, NULL, &after));
    tsr_token_unref(after);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_apr_rows_come_out_as_written),
        cmocka_unit_test(t_apr_1_without_previous_nothing_is_told),
        cmocka_unit_test(t_apr_4_11_what_was_before_fits_exactly_and_restores_it),
        cmocka_unit_test(t_apr_5_without_room_the_number_is_told_and_nothing_changes),
        cmocka_unit_test(t_apr_7_no_changes_or_too_many_are_refused),
        cmocka_unit_test(t_apr_8_disabling_all_ignores_the_changes),
        cmocka_unit_test(t_apr_9_what_was_removed_is_not_enabled_again),
        cmocka_unit_test(t_apr_14_15_the_flag_for_impersonating_follows),
        cmocka_unit_test(t_apr_16_a_duplicate_is_not_affected),
        cmocka_unit_test(below_high_an_administrators_privilege_is_not_enabled),
        cmocka_unit_test(removal_keeps_the_order_of_the_rest),
        cmocka_unit_test(running_out_of_memory_makes_no_token_and_tells_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
