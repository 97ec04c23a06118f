/* SPDX-License-Identifier: MIT */
/* Tests of group lists. */

#include "token/group-list.h"

#include "base/check.h"
#include "token/test-allocation.h"

#define LISTED     TSR_SID(5, 21, 1, 2, 3, 1001)
#define DISABLED   TSR_SID(5, 21, 1, 2, 3, 1002)
#define BOTH       (SID_MATCHES_ALLOW | SID_MATCHES_DENY)
#define BY_DEFAULT (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

static struct group_list *list_of(const tsr_group *groups, size_t n_groups)
{
    const tsr_sid *sids[8];
    struct group_list *list = NULL;

    assert_true(n_groups <= ARRAY_SIZE(sids));
    for (size_t i = 0; i < n_groups; i++) {
        sids[i] = &groups[i].sid;
    }
    expect_ok(group_list_new(sids, n_groups, &list));
    for (size_t i = 0; i < n_groups; i++) {
        assert_int_equal(list->attributes[i], 0);
        list->attributes[i] = groups[i].attributes;
    }
    group_list_settle(list);
    return list;
}

static uint8_t matches(const struct group_list *list, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    expect_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &size));
    return sid_set_matches(&list->set, encoded);
}

static void attributes_are_settled_and_tell_who_takes_part(void **state)
{
    static const struct {
        uint32_t given;
        uint32_t settled;
        uint8_t matches;
    } rows[] = {
        {0, 0, 0},
        {SE_GROUP_ENABLED, SE_GROUP_ENABLED, BOTH},
        {SE_GROUP_ENABLED_BY_DEFAULT, SE_GROUP_ENABLED_BY_DEFAULT, 0},
        {SE_GROUP_MANDATORY, SE_GROUP_MANDATORY | BY_DEFAULT, BOTH},
        {SE_GROUP_USE_FOR_DENY_ONLY, SE_GROUP_USE_FOR_DENY_ONLY, SID_MATCHES_DENY},
        {SE_GROUP_USE_FOR_DENY_ONLY | TSR_GROUP_ORDINARY,
         SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_MANDATORY, SID_MATCHES_DENY},
        {SE_GROUP_LOGON_ID | SE_GROUP_INTEGRITY, SE_GROUP_LOGON_ID | SE_GROUP_INTEGRITY, 0},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_group group = {LISTED, rows[i].given};
        CLEANUP(group_list_unref) struct group_list *list = list_of(&group, 1);

        assert_int_equal(list->attributes[0], rows[i].settled);
        assert_int_equal(matches(list, &LISTED), rows[i].matches);
    }
}

static void a_list_keeps_its_order_and_what_is_repeated(void **state)
{
    const tsr_group groups[] = {{DISABLED, 0},
                                {LISTED, SE_GROUP_ENABLED},
                                {DISABLED, SE_GROUP_OWNER},
                                {TSR_SID_EVERYONE, TSR_GROUP_ORDINARY}};
    CLEANUP(group_list_unref) struct group_list *list = list_of(groups, ARRAY_SIZE(groups));
    uint32_t index = 42;

    (void)state;

    assert_int_equal(list->n, ARRAY_SIZE(groups));
    for (uint32_t i = 0; i < list->n; i++) {
        const tsr_group group = group_range_get((struct group_range){list, 0, list->n}, i);

        assert_true(tsr_sid_equal(&group.sid, &groups[i].sid));
        assert_int_equal(group.attributes, groups[i].attributes);
    }
    assert_true(group_list_find(list, &DISABLED, &index));
    assert_int_equal(index, 0);
    assert_false(group_list_find(list, &TSR_SID_SYSTEM, &index));
    assert_int_equal(index, 0);
}

static void changing_a_copy_leaves_the_original_alone(void **state)
{
    const tsr_group groups[] = {
        {LISTED, SE_GROUP_ENABLED}, {LISTED, SE_GROUP_ENABLED}, {DISABLED, 0}};
    CLEANUP(group_list_unref) struct group_list *list = list_of(groups, ARRAY_SIZE(groups));
    CLEANUP(group_list_unref) struct group_list *copy = NULL;

    (void)state;

    expect_ok(group_list_copy(list, &copy));
    copy->attributes[1] |= SE_GROUP_USE_FOR_DENY_ONLY;
    copy->attributes[2] |= SE_GROUP_ENABLED;
    group_list_settle(copy);

    assert_ptr_equal(copy->set.table, list->set.table);
    assert_int_equal(matches(copy, &LISTED), SID_MATCHES_DENY);
    assert_int_equal(matches(copy, &DISABLED), BOTH);
    assert_int_equal(matches(list, &LISTED), BOTH);
    assert_int_equal(matches(list, &DISABLED), 0);
    assert_int_equal(list->attributes[1], SE_GROUP_ENABLED);
}

static void a_copy_outlives_the_original(void **state)
{
    const tsr_group group = {LISTED, SE_GROUP_ENABLED};
    struct group_list *list = list_of(&group, 1);
    CLEANUP(group_list_unref) struct group_list *copy = NULL;

    (void)state;

    expect_ok(group_list_copy(list, &copy));
    group_list_settle(copy);
    assert_ptr_equal(group_list_ref(list), list);
    assert_null(group_list_unref(list));
    assert_null(group_list_unref(list));

    assert_int_equal(matches(copy, &LISTED), BOTH);
}

static void an_empty_list_matches_nothing(void **state)
{
    CLEANUP(group_list_unref) struct group_list *list = list_of(NULL, 0);

    (void)state;

    assert_int_equal(list->n, 0);
    assert_int_equal(matches(list, &LISTED), 0);
    assert_null(group_list_ref(NULL));
    assert_null(group_list_unref(NULL));
}

static void part_of_a_list_is_copied_out(void **state)
{
    const tsr_group groups[] = {{LISTED, SE_GROUP_ENABLED},
                                {DISABLED, SE_GROUP_OWNER},
                                {TSR_SID_EVERYONE, TSR_GROUP_ORDINARY}};
    CLEANUP(group_list_unref) struct group_list *list = list_of(groups, ARRAY_SIZE(groups));
    CLEANUP(free) tsr_group *part = group_range_dup((struct group_range){list, 1, 2});

    (void)state;

    assert_non_null(part);
    assert_true(tsr_sid_equal(&part[0].sid, &DISABLED));
    assert_int_equal(part[0].attributes, SE_GROUP_OWNER);
    assert_true(tsr_sid_equal(&part[1].sid, &TSR_SID_EVERYONE));
}

static void what_is_no_sid_is_refused(void **state)
{
    const tsr_sid wrong = {.authority = 5, .n_sub_authorities = 16};
    const tsr_sid *const sids[] = {&wrong};
    struct group_list *list = NULL;

    (void)state;

    expect_status(STATUS_INVALID_SID, group_list_new(sids, 1, &list));

    assert_null(list);
}

static void running_out_of_memory_leaves_nothing(void **state)
{
    const tsr_group group = {LISTED, SE_GROUP_ENABLED};
    const tsr_sid *const sids[] = {&group.sid};
    CLEANUP(group_list_unref) struct group_list *source = list_of(&group, 1);
    CLEANUP(group_list_unref) struct group_list *list = NULL;
    CLEANUP(group_list_unref) struct group_list *copy = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(list, group_list_new(sids, 1, &list));
    expect_no_memory_at_each_allocation(copy, group_list_copy(source, &copy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_settled_and_tell_who_takes_part),
        cmocka_unit_test(a_list_keeps_its_order_and_what_is_repeated),
        cmocka_unit_test(changing_a_copy_leaves_the_original_alone),
        cmocka_unit_test(a_copy_outlives_the_original),
        cmocka_unit_test(an_empty_list_matches_nothing),
        cmocka_unit_test(part_of_a_list_is_copied_out),
        cmocka_unit_test(what_is_no_sid_is_refused),
        cmocka_unit_test(running_out_of_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
