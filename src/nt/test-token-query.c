/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include "nt/token-query.h"
#include "token/test-allocation.h"

static void every_class_that_can_be_asked_for_is_laid_out(void **state)
{
    tsr_token *token = alice_contained(true);
    (void)state;

    for (uint32_t i = 0; i <= TOKEN_CLASS_MAX; i++) {
        const struct token_class_entry *entry = token_class_find(i);
        CLEANUP(layout_deinit) struct layout layout = {0};

        if (!entry || !entry->query_rights || i == TOKEN_CLASS_LINKED_TOKEN) {
            expect_status((uint32_t)STATUS_INVALID_INFO_CLASS, token_layout(&layout, i, token));
            continue;
        }
        expect_ok(token_layout(&layout, i, token));
        if (entry->fixed_size) {
            assert_int_equal(layout_size(&layout), entry->fixed_size);
        }
    }
    (void)tsr_token_unref(token);
}

/* Covers T-QRY-14. */
static void the_class_is_looked_at_first(void **state)
{
    DWORD room[2];
    ULONG size = 42;
    (void)state;

    expect_nt(STATUS_INVALID_INFO_CLASS,
              NtQueryInformationToken(NO_HANDLE, MaxTokenInfoClass, room, 8, NULL));
    expect_nt(STATUS_ACCESS_VIOLATION, /* T-QRY-14 */
              NtQueryInformationToken(NO_HANDLE, TokenUser, room, 8, NULL));
    expect_nt(STATUS_DATATYPE_MISALIGNMENT,
              ZwQueryInformationToken(NO_HANDLE, TokenUser, (BYTE *)room + 2, 4, &size));
    expect_nt(STATUS_INVALID_HANDLE, NtQueryInformationToken(NO_HANDLE, TokenUser, room, 8, &size));
    assert_int_equal(size, 42);
}

/* The classes of which Microsoft documents that they are told by reference, in pool. */
static bool is_in_pool(uint32_t token_class)
{
    return token_class >= TokenUser && token_class <= TokenStatistics;
}

static bool is_number(uint32_t token_class)
{
    return token_class == TokenSessionId || token_class == TokenIntegrityLevel;
}

static void by_reference_the_same_is_told_in_pool(void **state)
{
    struct token_object *token = object_of(impersonating(alice(), TSR_LEVEL_IDENTIFICATION));
    tsr_token *now = token_object_get(token);
    (void)state;

    for (uint32_t i = TokenUser; is_in_pool(i); i++) {
        CLEANUP(layout_deinit) struct layout expected = {0};
        PVOID told = NULL;

        expect_nt(STATUS_SUCCESS,
                  SeQueryInformationToken(token, (TOKEN_INFORMATION_CLASS)i, &told));
        expected.base = (uintptr_t)told;
        expect_ok(token_layout(&expected, i, now));
        assert_memory_equal(told, expected.writer.bytes, layout_size(&expected));
        ExFreePool(told);
    }
    (void)tsr_token_unref(now);
    (void)token_object_unref(token);
}

static void by_reference_a_structure_points_into_itself(void **state)
{
    struct token_object *token = object_of(impersonating(alice(), TSR_LEVEL_IDENTIFICATION));
    SECURITY_IMPERSONATION_LEVEL *level = NULL;
    TOKEN_GROUPS *groups = NULL;
    TOKEN_USER *user = NULL;
    sid_room alice_sid = sid_bytes(ALICE);
    (void)state;

    expect_nt(STATUS_SUCCESS, SeQueryInformationToken(token, TokenUser, (PVOID *)&user));
    expect_nt(STATUS_SUCCESS, SeQueryInformationToken(token, TokenGroups, (PVOID *)&groups));
    expect_nt(STATUS_SUCCESS,
              SeQueryInformationToken(token, TokenImpersonationLevel, (PVOID *)&level));

    assert_ptr_equal(user->User.Sid, user + 1);
    assert_true(RtlEqualSid(user->User.Sid, &alice_sid));
    assert_int_equal(groups->GroupCount, N_ALICE_GROUPS + 1);
    for (DWORD i = 0; i < groups->GroupCount; i++) {
        assert_true(RtlValidSid(groups->Groups[i].Sid));
    }
    assert_int_equal(*level, SecurityIdentification);
    ExFreePool(level);
    ExFreePool(groups);
    ExFreePool(user);
    (void)token_object_unref(token);
}

static void by_reference_two_numbers_stand_where_the_address_would(void **state)
{
    struct token_object *token = object_of(alice());
    ULONG numbers[2] = {42, 43};
    (void)state;

    expect_nt(STATUS_SUCCESS, SeQueryInformationToken(token, TokenSessionId, (PVOID *)numbers));
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[1], 43);
    expect_nt(STATUS_SUCCESS,
              SeQueryInformationToken(token, TokenIntegrityLevel, (PVOID *)numbers));
    assert_int_equal(numbers[0], TSR_INTEGRITY_MEDIUM);
    assert_int_equal(numbers[1], 43);
    (void)token_object_unref(token);
}

static void by_reference_no_other_class_is_told(void **state)
{
    struct token_object *token = object_of(alice());
    PVOID told = token;
    (void)state;

    for (uint32_t i = 0; i <= TOKEN_CLASS_MAX + 1; i++) {
        if (!is_in_pool(i) && !is_number(i)) {
            expect_nt(STATUS_INVALID_INFO_CLASS,
                      SeQueryInformationToken(token, (TOKEN_INFORMATION_CLASS)i, &told));
        }
    }
    expect_nt(STATUS_INVALID_INFO_CLASS,
              SeQueryInformationToken(token, (TOKEN_INFORMATION_CLASS)-1, &told));
    expect_nt(STATUS_INVALID_PARAMETER, /* T-QRY-4 */
              SeQueryInformationToken(token, TokenImpersonationLevel, &told));
    expect_nt(STATUS_INVALID_PARAMETER, SeQueryInformationToken(NULL, TokenUser, &told));
    expect_nt(STATUS_INVALID_PARAMETER, SeQueryInformationToken(token, TokenUser, NULL));
    assert_ptr_equal(told, token);
    (void)token_object_unref(token);
}

static void by_reference_memory_that_is_short_leaves_nothing(void **state)
{
    struct token_object *token = object_of(alice());
    PVOID told = NULL;
    (void)state;

    for (int once = 0; once <= 1; once++) {
        allocation_fails_once = once;
        expect_no_memory_at_each_allocation(
            told, tsr_status_of((uint32_t)SeQueryInformationToken(token, TokenGroups, &told)));
        ExFreePool(told);
        told = NULL;
    }
    (void)token_object_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_that_can_be_asked_for_is_laid_out),
        cmocka_unit_test(the_class_is_looked_at_first),
        cmocka_unit_test(by_reference_the_same_is_told_in_pool),
        cmocka_unit_test(by_reference_a_structure_points_into_itself),
        cmocka_unit_test(by_reference_two_numbers_stand_where_the_address_would),
        cmocka_unit_test(by_reference_no_other_class_is_told),
        cmocka_unit_test(by_reference_memory_that_is_short_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
