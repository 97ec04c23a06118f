/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

static void generic_rights_become_what_the_mapping_makes_of_them(void **state)
{
    const GENERIC_MAPPING mapping = {0x1, 0x2, 0x4, 0x7};
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | DELETE;
    (void)state;

    RtlMapGenericMask(&mask, &mapping);
    assert_int_equal(mask, DELETE | 0x5);
    mask = GENERIC_ALL;
    RtlMapGenericMask(&mask, &mapping);
    assert_int_equal(mask, 0x7);
    mask = GENERIC_WRITE;
    RtlMapGenericMask(&mask, &mapping);

    assert_int_equal(mask, 0x2);
}

static void all_and_any_are_told_apart(void **state)
{
    (void)state;

    assert_true(RtlAreAllAccessesGranted(0x7, 0x5));
    assert_false(RtlAreAllAccessesGranted(0x7, 0xd));
    assert_true(RtlAreAllAccessesGranted(0, 0));
    assert_true(RtlAreAnyAccessesGranted(0x7, 0xc));
    assert_false(RtlAreAnyAccessesGranted(0x7, 0x8));
    assert_false(RtlAreAnyAccessesGranted(0x7, 0));
}

static void luids_are_unique_and_out_of_the_way_of_well_known_ones(void **state)
{
    LUID one = {0};
    LUID other = {0};
    (void)state;

    expect_nt(STATUS_SUCCESS, NtAllocateLocallyUniqueId(&one));
    expect_nt(STATUS_SUCCESS, NtAllocateLocallyUniqueId(&other));
    expect_nt(STATUS_INVALID_PARAMETER, NtAllocateLocallyUniqueId(NULL));

    assert_false(RtlEqualLuid(&one, &other));
    assert_true(one.HighPart > 0);
    assert_true(other.HighPart > 0);
}

static void luids_are_copied_and_made_of_numbers(void **state)
{
    LUID from = {1, 2};
    LUID to = RtlConvertUlongToLuid(7);
    (void)state;

    assert_int_equal(to.LowPart, 7);
    assert_int_equal(to.HighPart, 0);
    RtlCopyLuid(&to, &from);

    assert_true(RtlEqualLuid(&to, &from));
    assert_int_equal(RtlConvertLongToLuid(-1).HighPart, -1);
    assert_int_equal(RtlConvertLongToLuid(-1).LowPart, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generic_rights_become_what_the_mapping_makes_of_them),
        cmocka_unit_test(all_and_any_are_told_apart),
        cmocka_unit_test(luids_are_unique_and_out_of_the_way_of_well_known_ones),
        cmocka_unit_test(luids_are_copied_and_made_of_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
