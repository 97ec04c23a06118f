/* SPDX-License-Identifier: MIT */

#include "nt/layout.h"

#include "nt/test-support.h"

static void what_is_pointed_to_stands_behind_the_structure(void **state)
{
    const tsr_group groups[] = {{TSR_SID_EVERYONE, 7}, {TSR_SID_ADMINISTRATORS, 15}};
    DWORD64 room[16];
    TOKEN_GROUPS *told = (void *)room;
    SID_AND_ATTRIBUTES *entries = told->Groups;
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)room};
    ULONG size = 0;
    (void)state;

    layout_groups(&layout, groups, 2);
    assert_int_equal(layout_size(&layout), 8 + 2 * 16 + 12 + 16);
    expect_ok(layout_deliver(&layout, room, sizeof(room), &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(size, 68);
    assert_int_equal(told->GroupCount, 2);
    assert_ptr_equal(entries[0].Sid, (BYTE *)room + 40);
    assert_ptr_equal(entries[1].Sid, (BYTE *)room + 52);
    assert_int_equal(entries[1].Attributes, 15);
    assert_true(RtlValidSid(entries[1].Sid));
}

/* What a call before left where the next one finds its variables. */
__attribute__((noinline)) static void dirty_the_stack(void)
{
    volatile BYTE dirt[4096];

    for (size_t i = 0; i < sizeof(dirt); i++) {
        dirt[i] = 0xcc;
    }
}

static void what_pads_a_structure_is_nothing_of_ours(void **state)
{
    const tsr_group group = {TSR_SID_EVERYONE, 7};
    BYTE room[64];
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)room};
    const BYTE zeros[4] = {0};
    ULONG size = 0;
    (void)state;

    dirty_the_stack();
    layout_groups(&layout, &group, 1);
    expect_ok(layout_deliver(&layout, room, sizeof(room), &size, STATUS_BUFFER_TOO_SMALL));
    assert_memory_equal(room + 4, zeros, 4);
    assert_memory_equal(room + 20, zeros, 4);
}

static void what_does_not_fit_is_not_written(void **state)
{
    const tsr_privilege_state privilege = {17, 2};
    BYTE room[16];
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)room};
    ULONG size = 0;
    (void)state;

    memset(room, 0xcc, sizeof(room));
    (void)layout_token_privileges(&layout, &privilege, 1);
    expect_status((uint32_t)STATUS_BUFFER_TOO_SMALL,
                  layout_deliver(&layout, room, 15, &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(size, 16);
    assert_int_equal(room[0], 0xcc);
    expect_status((uint32_t)STATUS_INFO_LENGTH_MISMATCH,
                  layout_deliver(&layout, NULL, 16, &size, STATUS_INFO_LENGTH_MISMATCH));
    expect_ok(layout_deliver(&layout, room, 16, &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(room[4], 17);
}

static void what_is_reserved_is_aligned_for_pointers(void **state)
{
    CLEANUP(layout_deinit) struct layout layout = {0};
    (void)state;

    assert_int_equal(layout_reserve(&layout, 1), 0);
    assert_int_equal(layout_reserve(&layout, 8), 8);
    assert_int_equal(layout_reserve(&layout, 9), 16);
    assert_int_equal(layout_reserve(&layout, 0), 32);
    assert_int_equal(layout_size(&layout), 32);
}

static void what_is_no_sid_is_not_laid_out(void **state)
{
    const tsr_sid no_sid = {.n_sub_authorities = TSR_SID_SUB_AUTHORITIES_MAX + 1};
    CLEANUP(layout_deinit) struct layout layout = {0};
    BYTE room[64];
    ULONG size = 42;
    (void)state;

    assert_null(layout_sid(&layout, &no_sid));
    expect_status(STATUS_NO_MEMORY,
                  layout_deliver(&layout, room, sizeof(room), &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(size, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pointed_to_stands_behind_the_structure),
        cmocka_unit_test(what_pads_a_structure_is_nothing_of_ours),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(what_is_reserved_is_aligned_for_pointers),
        cmocka_unit_test(what_is_no_sid_is_not_laid_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
