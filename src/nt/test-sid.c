/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

static SID_IDENTIFIER_AUTHORITY nt_authority = {SECURITY_NT_AUTHORITY};

static void a_sid_is_initialised_and_filled_in(void **state)
{
    const sid_room expected = sid_bytes("S-1-5-32-544");
    sid_room room;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlInitializeSid(&room, &nt_authority, 2));
    *RtlSubAuthoritySid(&room, 0) = 32;
    *RtlSubAuthoritySid(&room, 1) = 544;

    assert_true(RtlEqualSid(&room, (PSID)&expected));
    assert_int_equal(*RtlSubAuthorityCountSid(&room), 2);
    assert_int_equal(RtlIdentifierAuthoritySid(&room)->Value[5], 5);
    assert_int_equal(RtlLengthSid(&room), 16);
}

static void a_sid_of_sixteen_sub_authorities_is_not_initialised(void **state)
{
    sid_room room = sid_bytes("S-1-1-0");
    const sid_room before = room;
    (void)state;

    expect_nt(STATUS_INVALID_PARAMETER, RtlInitializeSid(&room, &nt_authority, 16));
    expect_nt(STATUS_INVALID_PARAMETER, RtlInitializeSid(&room, NULL, 1));
    expect_nt(STATUS_INVALID_PARAMETER, RtlInitializeSid(NULL, &nt_authority, 1));

    assert_memory_equal(&room, &before, sizeof(room));
    expect_nt(STATUS_SUCCESS, RtlInitializeSid(&room, &nt_authority, 15));
}

static void a_sid_of_up_to_eight_sub_authorities_is_allocated(void **state)
{
    const sid_room expected = sid_bytes("S-1-5-1-2-3-4-5-6-7-8");
    PSID untouched = &nt_authority;
    PSID sid = NULL;
    (void)state;

    expect_nt(STATUS_SUCCESS,
              RtlAllocateAndInitializeSid(&nt_authority, 8, 1, 2, 3, 4, 5, 6, 7, 8, &sid));
    assert_true(RtlEqualSid(sid, (PSID)&expected));
    assert_null(RtlFreeSid(sid));
    expect_nt(STATUS_INVALID_SID,
              RtlAllocateAndInitializeSid(&nt_authority, 9, 1, 2, 3, 4, 5, 6, 7, 8, &untouched));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAllocateAndInitializeSid(NULL, 1, 1, 2, 3, 4, 5, 6, 7, 8, &untouched));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAllocateAndInitializeSid(&nt_authority, 1, 1, 2, 3, 4, 5, 6, 7, 8, NULL));

    assert_ptr_equal(untouched, &nt_authority);
    assert_null(RtlFreeSid(NULL));
}

static void a_sid_is_valid_by_its_revision_and_count(void **state)
{
    sid_room room = sid_bytes("S-1-1-0");
    SID *sid = (SID *)&room;
    (void)state;

    assert_true(RtlValidSid(sid));
    sid->SubAuthorityCount = 15;
    assert_true(RtlValidSid(sid));
    sid->SubAuthorityCount = 16;
    assert_false(RtlValidSid(sid));
    sid->SubAuthorityCount = 0;
    assert_true(RtlValidSid(sid));
    sid->Revision = 2;
    assert_false(RtlValidSid(sid));
    assert_false(RtlValidSid(NULL));
}

static void lengths_count_sub_authorities(void **state)
{
    (void)state;

    assert_int_equal(RtlLengthRequiredSid(0), 8);
    assert_int_equal(RtlLengthRequiredSid(15), SECURITY_MAX_SID_SIZE);
    assert_int_equal(RtlLengthSid(NULL), 0);
}

static void a_copy_needs_a_sid_and_room_for_it(void **state)
{
    sid_room from = sid_bytes("S-1-5-32-544");
    sid_room to = sid_bytes("S-1-1-0");
    const sid_room before = to;
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL, RtlCopySid(15, &to, &from));
    expect_nt(STATUS_BUFFER_TOO_SMALL, RtlCopySid(16, NULL, &from));
    expect_nt(STATUS_INVALID_SID, RtlCopySid(sizeof(to), &to, NULL));
    assert_memory_equal(&to, &before, sizeof(to));
    expect_nt(STATUS_SUCCESS, RtlCopySid(16, &to, &from));

    assert_true(RtlEqualSid(&to, &from));
}

static void equality_is_of_all_and_prefixes_of_all_but_the_last(void **state)
{
    sid_room administrators = sid_bytes("S-1-5-32-544");
    sid_room users = sid_bytes("S-1-5-32-545");
    sid_room other = sid_bytes("S-1-5-33-545");
    sid_room longer = sid_bytes("S-1-5-32-544-1");
    sid_room broken = {.bytes = {0}};
    (void)state;

    assert_true(RtlEqualSid(&users, &users));
    assert_false(RtlEqualSid(&users, &administrators));
    assert_true(RtlEqualPrefixSid(&users, &administrators));
    assert_false(RtlEqualPrefixSid(&users, &other));
    assert_false(RtlEqualPrefixSid(&longer, &administrators));
    assert_false(RtlEqualSid(&broken, &broken));
    assert_false(RtlEqualSid(NULL, NULL));
    assert_false(RtlEqualPrefixSid(NULL, &users));
}

static void nothing_is_equal_to_no_sid(void **state)
{
    sid_room users = sid_bytes("S-1-5-32-545");
    (void)state;

    assert_false(RtlEqualSid(&users, NULL));
    assert_false(RtlEqualSid(NULL, &users));
    assert_false(RtlEqualPrefixSid(&users, NULL));
    assert_false(RtlEqualPrefixSid(NULL, &users));
}

static void a_sid_without_sub_authorities_is_all_prefix(void **state)
{
    sid_room nt = sid_bytes("S-1-5-18");
    sid_room label = sid_bytes("S-1-16-18");
    (void)state;

    *RtlSubAuthorityCountSid(&nt) = 0;
    *RtlSubAuthorityCountSid(&label) = 0;

    assert_true(RtlEqualPrefixSid(&nt, &nt));
    assert_false(RtlEqualPrefixSid(&nt, &label));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sid_is_initialised_and_filled_in),
        cmocka_unit_test(a_sid_of_sixteen_sub_authorities_is_not_initialised),
        cmocka_unit_test(a_sid_of_up_to_eight_sub_authorities_is_allocated),
        cmocka_unit_test(a_sid_is_valid_by_its_revision_and_count),
        cmocka_unit_test(lengths_count_sub_authorities),
        cmocka_unit_test(a_copy_needs_a_sid_and_room_for_it),
        cmocka_unit_test(equality_is_of_all_and_prefixes_of_all_but_the_last),
        cmocka_unit_test(nothing_is_equal_to_no_sid),
        cmocka_unit_test(a_sid_without_sub_authorities_is_all_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
