/* SPDX-License-Identifier: MIT */
/* Tests of AdjustTokenGroups: the rows T-AGR of token.md 3.8. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"

#define ENABLED SE_GROUP_ENABLED
#define MEDIUM  "S-1-16-8192"

struct change {
    const char *sid;
    uint32_t attributes;
};

/* What a list of changes makes of the groups of a token. */
struct row {
    const char *id;
    tsr_token *(*token)(void);
    struct change changes[2];
    size_t n_changes;
    uint32_t status;
    const char *looked_at; /* a group, and its attributes afterwards */
    uint32_t attributes;
    size_t n_previous;
};

static tsr_token *everyone_denied(void)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;

    return filtered(alice(), &(tsr_token_filter_spec){.disable = &everyone, .n_disable = 1});
}

static tsr_token *alice_denied(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user_attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    return token_of_spec(&spec);
}

static tsr_token *with_integrity_entry(void)
{
    static const tsr_group group = {{16, 1, {8192}},
                                    SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED};
    tsr_token_spec spec = alice_spec();

    spec.groups = &group;
    spec.n_groups = 1;
    spec.primary_group = NULL;
    spec.integrity = NULL;
    return token_of_spec(&spec);
}

static const struct row rows[] = {
    {"T-AGR-1", alice, {{G1, 0}}, 1, STATUS_SUCCESS, G1, 0x2, 1},
    {"T-AGR-2", alice, {{G2, ENABLED}}, 1, STATUS_SUCCESS, G2, 0x4, 1},
    {"T-AGR-6", alice_limited, {{ADMINS, 0}}, 1, STATUS_SUCCESS, ADMINS, 0x10, 0},
    {"T-AGR-7", alice, {{STRANGER, 0}, {G1, 0}}, 2, STATUS_NOT_ALL_ASSIGNED, G1, 0x2, 1},
    {"T-AGR-11", alice, {{EVERYONE, ENABLED}}, 1, STATUS_SUCCESS, EVERYONE, 0x7, 0},
    {"nothing", alice, {{NULL, 0}}, 0, STATUS_SUCCESS, G1, 0x6, 0},
    {"nothing found", alice, {{STRANGER, ENABLED}}, 1, STATUS_NOT_ALL_ASSIGNED, G1, 0x6, 0},
    {"the first wins", alice, {{G1, 0}, {G1, ENABLED}}, 2, STATUS_NOT_ALL_ASSIGNED, G1, 0x2, 1},
    {"a later one is not looked at",
     alice,
     {{EVERYONE, ENABLED}, {EVERYONE, 0}},
     2,
     STATUS_NOT_ALL_ASSIGNED,
     EVERYONE,
     0x7,
     0},
    {"only ENABLED counts", alice, {{G2, UINT32_MAX}}, 1, STATUS_SUCCESS, G2, 0x4, 1},
    {"enabling the user", alice, {{ALICE, ENABLED}}, 1, STATUS_SUCCESS, G1, 0x6, 0},
    {"enabling the level", alice, {{MEDIUM, ENABLED}}, 1, STATUS_SUCCESS, G1, 0x6, 0},
    {"enabling a level that is listed",
     with_integrity_entry,
     {{MEDIUM, ENABLED}},
     1,
     STATUS_SUCCESS,
     MEDIUM,
     0x60,
     0},
    {"an owner keeps its bit", alice, {{G3, 0}}, 1, STATUS_SUCCESS, G3, 0xa, 1},
};

static size_t list_of(const struct row *row, tsr_group list[2])
{
    for (size_t i = 0; i < row->n_changes; i++) {
        list[i] = (tsr_group){sid_of(row->changes[i].sid), row->changes[i].attributes};
    }
    return row->n_changes;
}

static void check_row(const struct row *row)
{
    tsr_group room[2] = {{.attributes = 42}};
    tsr_previous_groups previous = {.groups = room, .n_max = ARRAY_SIZE(room), .n = 42};
    tsr_token *before = row->token();
    tsr_group list[2] = {{.attributes = 0}};
    const size_t n = list_of(row, list);
    tsr_token *after = NULL;

    expect_status(row->status, tsr_token_adjust_groups(before, false, list, n, &previous, &after));

    assert_non_null(after);
    assert_int_equal(attributes_of(after, row->looked_at), row->attributes);
    assert_int_equal(previous.n, row->n_previous);
    if (row->n_previous > 0) {
        expect_sid(row->looked_at, &room[0].sid);
        assert_int_equal(room[0].attributes, attributes_of(before, row->looked_at));
        expect_modified(before, after);
    } else {
        assert_int_equal(room[0].attributes, 42);
        assert_ptr_equal(before, after);
    }
    tsr_token_unref(after);
    tsr_token_unref(before);
}

/* Covers T-AGR-2, T-AGR-6, T-AGR-7, T-AGR-11. */
static void t_agr_rows_come_out_as_written(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("# %s\n", rows[i].id);
        check_row(&rows[i]);
    }
}

static const struct row refusals[] = {
    {"T-AGR-3", alice, {{EVERYONE, 0}}, 1, STATUS_CANT_DISABLE_MANDATORY, NULL, 0, 0},
    {"T-AGR-4", alice, {{G1, 0}, {EVERYONE, 0}}, 2, STATUS_CANT_DISABLE_MANDATORY, NULL, 0, 0},
    {"T-AGR-5", alice_limited, {{ADMINS, ENABLED}}, 1, STATUS_CANT_ENABLE_DENY_ONLY, NULL, 0, 0},
    {"T-FLT-25", everyone_denied, {{EVERYONE, 0x7}}, 1, STATUS_CANT_ENABLE_DENY_ONLY, NULL, 0, 0},
    {"T-AGR-12", alice, {{ALICE, 0}}, 1, STATUS_CANT_DISABLE_MANDATORY, NULL, 0, 0},
    {"mandatory and deny-only",
     everyone_denied,
     {{EVERYONE, 0}},
     1,
     STATUS_CANT_DISABLE_MANDATORY,
     NULL,
     0,
     0},
    {"the level", alice, {{MEDIUM, 0}}, 1, STATUS_CANT_DISABLE_MANDATORY, NULL, 0, 0},
    {"a level that is listed",
     with_integrity_entry,
     {{MEDIUM, 0}},
     1,
     STATUS_CANT_DISABLE_MANDATORY,
     NULL,
     0,
     0},
    {"a deny-only user",
     alice_denied,
     {{ALICE, ENABLED}},
     1,
     STATUS_CANT_ENABLE_DENY_ONLY,
     NULL,
     0,
     0},
    {"a refusal behind a stranger",
     alice,
     {{STRANGER, 0}, {EVERYONE, 0}},
     2,
     STATUS_CANT_DISABLE_MANDATORY,
     NULL,
     0,
     0},
};

/* Covers T-AGR-3, T-AGR-4, T-AGR-5, T-AGR-12, T-FLT-25. */
static void t_agr_refusals_change_nothing(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        tsr_group room[2] = {{.attributes = 42}};
        tsr_previous_groups previous = {.groups = room, .n_max = ARRAY_SIZE(room), .n = 42};
        tsr_token *token = refusals[i].token();
        tsr_group list[2] = {{.attributes = 0}};
        const size_t n = list_of(&refusals[i], list);
        tsr_token *after = NULL;

        print_message("# %s\n", refusals[i].id);
        expect_refused(refusals[i].status, token, after,
                       tsr_token_adjust_groups(token, false, list, n, &previous, &after));
        assert_int_equal(previous.n, 42);
        assert_int_equal(room[0].attributes, 42);
        tsr_token_unref(token);
    }
}

/* Covers T-AGR-1. */
static void t_agr_1_a_disabled_group_is_no_membership(void **state)
{
    tsr_token *token = with_group(alice(), G1, 0);

    (void)state;

    assert_false(is_member(token, G1));
    token = with_group(token, G1, ENABLED);
    assert_true(is_member(token, G1));
    tsr_token_unref(token);
}

/* Covers T-AGR-8. */
static void t_agr_8_a_reset_goes_back_to_the_defaults(void **state)
{
    tsr_token *token = with_group(with_group(alice_limited(), G1, 0), G2, ENABLED);
    tsr_group room[2];
    tsr_previous_groups previous = {.groups = room, .n_max = ARRAY_SIZE(room)};
    tsr_token *after = NULL;

    (void)state;

    expect_ok(tsr_token_adjust_groups(token, true, NULL, 0, &previous, &after));

    assert_int_equal(attributes_of(after, G1), 0x6);
    assert_int_equal(attributes_of(after, G2), 0x0);
    assert_int_equal(attributes_of(after, ADMINS), 0x10);
    assert_int_equal(attributes_of(after, EVERYONE), 0x7);
    assert_int_equal(previous.n, 2);
    assert_int_equal(room[0].attributes, 0x2);
    assert_int_equal(room[1].attributes, 0x4);
    expect_modified(token, after);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void a_reset_to_what_is_there_changes_nothing(void **state)
{
    const tsr_group garbage = {{0, 0, {0}}, 0};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_ok(tsr_token_adjust_groups(token, true, &garbage, SIZE_MAX, NULL, &after));

    assert_ptr_equal(token, after);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void t_agr_9_faulty_lists_are_refused(void **state)
{
    const tsr_group faulty = {{5, 0, {0}}, ENABLED};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_adjust_groups(token, false, NULL, 0, NULL, &after));
    expect_refused(
        STATUS_INVALID_PARAMETER, token, after,
        tsr_token_adjust_groups(token, false, &faulty, TSR_TOKEN_GROUPS_MAX + 1, NULL, &after));
    expect_refused(STATUS_INVALID_SID, token, after,
                   tsr_token_adjust_groups(token, false, &faulty, 1, NULL, &after));
    tsr_token_unref(token);
}

static void without_room_the_number_is_told_and_nothing_changes(void **state)
{
    const tsr_group changes[] = {{sid_of(G1), 0}, {sid_of(G2), ENABLED}};
    tsr_group old = {.attributes = 42};
    tsr_previous_groups previous = {.groups = &old, .n_max = 1};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_BUFFER_TOO_SMALL, token, after,
                   tsr_token_adjust_groups(token, false, changes, 2, &previous, &after));
    assert_int_equal(previous.n, 2);
    assert_int_equal(old.attributes, 42);

    previous = (tsr_previous_groups){.groups = NULL, .n_max = 2};
    expect_refused(STATUS_BUFFER_TOO_SMALL, token, after,
                   tsr_token_adjust_groups(token, false, changes, 2, &previous, &after));
    tsr_token_unref(token);
}

/* The product of these lists would take minutes. */
static void lists_of_the_largest_size_are_handled_quickly(void **state)
{
    tsr_group *groups = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*groups));
    tsr_token_spec spec = alice_spec();
    tsr_token *after = NULL;
    tsr_token *token;

    (void)state;

    for (uint32_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        groups[i] = (tsr_group){.sid = TSR_SID(5, 21, 7, 7, 7, i), .attributes = ENABLED};
    }
    spec.groups = groups;
    spec.n_groups = TSR_TOKEN_GROUPS_MAX;
    spec.primary_group = NULL;
    token = token_of_spec(&spec);
    for (uint32_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        groups[i].attributes = i % 2 ? ENABLED : 0;
    }

    expect_ok(tsr_token_adjust_groups(token, false, groups, TSR_TOKEN_GROUPS_MAX, NULL, &after));

    assert_false(is_member(after, "S-1-5-21-7-7-7-65534"));
    assert_true(is_member(after, "S-1-5-21-7-7-7-65535"));
    tsr_token_unref(after);
    tsr_token_unref(token);
    free(groups);
}

static void running_out_of_memory_makes_no_token(void **state)
{
    const tsr_group change = {sid_of(G1), 0};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(
        after, tsr_token_adjust_groups(token, false, &change, 1, NULL, &after));
    tsr_token_unref(after);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_agr_rows_come_out_as_written),
        cmocka_unit_test(t_agr_refusals_change_nothing),
        cmocka_unit_test(t_agr_1_a_disabled_group_is_no_membership),
        cmocka_unit_test(t_agr_8_a_reset_goes_back_to_the_defaults),
        cmocka_unit_test(a_reset_to_what_is_there_changes_nothing),
        cmocka_unit_test(t_agr_9_faulty_lists_are_refused),
        cmocka_unit_test(without_room_the_number_is_told_and_nothing_changes),
        cmocka_unit_test(lists_of_the_largest_size_are_handled_quickly),
        cmocka_unit_test(running_out_of_memory_makes_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
