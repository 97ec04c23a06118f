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

/* A class of a token, laid out for @room. */
static void tell(const tsr_token *token, uint32_t token_class, void *room, size_t n_room)
{
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)room};
    ULONG size = 0;

    expect_ok(token_layout(&layout, token_class, token));
    expect_ok(layout_deliver(&layout, room, n_room, &size, STATUS_BUFFER_TOO_SMALL));
}

#define ROOM_SIZE 4096

static void statistics_count_the_level_as_a_group(void **state)
{
    tsr_token *token = alice();
    TOKEN_STATISTICS told;
    (void)state;

    tell(token, TokenStatistics, &told, sizeof(told));
    assert_int_equal(told.GroupCount, N_ALICE_GROUPS + 1);
    assert_int_equal(told.PrivilegeCount, N_ALICE_PRIVILEGES);
    assert_int_equal(told.TokenType, TokenPrimary);
    assert_int_equal(told.AuthenticationId.LowPart, (DWORD)LOGON_SESSION);
    (void)tsr_token_unref(token);
}

static tsr_token *alice_kept_to(const tsr_group *groups, size_t n_groups)
{
    const tsr_token_filter_spec spec = {.restrict_to = groups, .n_restrict_to = n_groups};
    tsr_token *whole = alice();
    tsr_token *restricted = NULL;

    expect_ok(tsr_token_filter(whole, &spec, &restricted));
    (void)tsr_token_unref(whole);
    return restricted;
}

static void what_restricts_is_told_with_its_length(void **state)
{
    const tsr_group groups[] = {{TSR_SID_EVERYONE, 0}, {{5, 1, {12}}, 0}};
    DWORD64 room[ROOM_SIZE / sizeof(DWORD64)];
    const TOKEN_GROUPS_AND_PRIVILEGES *const told = (void *)room;
    sid_room everyone = sid_bytes(EVERYONE);
    sid_room user = sid_bytes(ALICE);
    (void)state;

    for (size_t n = 0; n <= ARRAY_SIZE(groups); n++) {
        tsr_token *token = n > 0 ? alice_kept_to(groups, n) : alice();

        tell(token, TokenGroupsAndPrivileges, room, sizeof(room));
        assert_int_equal(told->SidCount, 1 + N_ALICE_GROUPS + 1);
        assert_true(RtlEqualSid(told->Sids[0].Sid, &user));
        assert_int_equal(told->RestrictedSidCount, n);
        assert_int_equal(told->RestrictedSidLength, n * (sizeof(SID_AND_ATTRIBUTES) + 12));
        assert_true((told->RestrictedSids != NULL) == (n > 0));
        assert_true(n == 0 || RtlEqualSid(told->RestrictedSids[0].Sid, &everyone));
        assert_true(n == 0 || (uintptr_t)told->RestrictedSids % sizeof(void *) == 0);
        assert_int_equal(told->PrivilegeLength, told->PrivilegeCount * sizeof(LUID_AND_ATTRIBUTES));
        (void)tsr_token_unref(token);
    }
}

static void what_restricts_is_told_to_access_checks(void **state)
{
    const tsr_group everyone = {TSR_SID_EVERYONE, 0};
    DWORD64 room[ROOM_SIZE / sizeof(DWORD64)];
    const TOKEN_ACCESS_INFORMATION *const told = (void *)room;
    tsr_token *token = alice_kept_to(&everyone, 1);
    (void)state;

    tell(token, TokenAccessInformation, room, sizeof(room));
    assert_int_equal(told->SidHash->SidCount, 1 + N_ALICE_GROUPS + 1);
    assert_int_equal(told->RestrictedSidHash->SidCount, 1);
    assert_true(RtlValidSid(told->RestrictedSidHash->SidAttr[0].Sid));
    assert_int_equal(told->CapabilitiesHash->SidCount, 0);
    assert_null(told->CapabilitiesHash->SidAttr);
    assert_null(told->PackageSid);
    assert_null(told->TrustLevelSid);
    (void)tsr_token_unref(token);
}

static DWORD number_told(const tsr_token *token, uint32_t token_class)
{
    DWORD number = 42;

    tell(token, token_class, &number, sizeof(number));
    return number;
}

static void an_app_container_has_the_number_of_its_package(void **state)
{
    const struct {
        uint32_t hash;
        DWORD expected;
    } rows[] = {{77, 77}, {0, 1}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_sid package = {15, 8, {2, rows[i].hash, 20, 30, 40, 50, 60, 70}};
        tsr_token_spec spec = alice_spec();
        tsr_token *token;

        spec.package = &package;
        token = token_of_spec(&spec);
        assert_int_equal(number_told(token, TokenAppContainerNumber), rows[i].expected);
        (void)tsr_token_unref(token);
    }
}

static void a_sandbox_is_an_app_container_or_a_restriction(void **state)
{
    const tsr_group everyone = {TSR_SID_EVERYONE, 0};
    const struct {
        tsr_token *token;
        DWORD is_sandboxed;
        DWORD is_less_privileged;
    } rows[] = {
        {alice(), FALSE, FALSE},
        {alice_kept_to(&everyone, 1), TRUE, FALSE},
        {alice_contained(false), TRUE, FALSE},
        {alice_contained(true), TRUE, TRUE},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(number_told(rows[i].token, TokenIsSandboxed), rows[i].is_sandboxed);
        assert_int_equal(number_told(rows[i].token, TokenIsLessPrivilegedAppContainer),
                         rows[i].is_less_privileged);
        (void)tsr_token_unref(rows[i].token);
    }
}

static void a_trust_level_is_told_where_there_is_one(void **state)
{
    const struct {
        uint32_t type;
        uint32_t level;
        const char *expected;
    } rows[] = {{0, 0, NULL},
                {1024, 0, "S-1-19-1024-0"},
                {0, 8192, "S-1-19-0-8192"},
                {512, 4096, "S-1-19-512-4096"}};
    DWORD64 room[ROOM_SIZE / sizeof(DWORD64)];
    const PSID *const told = (void *)room; /* TOKEN_PROCESS_TRUST_LEVEL */
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_token_spec spec = alice_spec();
        tsr_token *token;

        spec.process_trust_type = rows[i].type;
        spec.process_trust_level = rows[i].level;
        token = token_of_spec(&spec);
        tell(token, TokenProcessTrustLevel, room, sizeof(room));
        if (rows[i].expected) {
            sid_room expected = sid_bytes(rows[i].expected);

            assert_true(RtlEqualSid(*told, &expected));
        } else {
            assert_null(*told);
        }
        (void)tsr_token_unref(token);
    }
}

/* The first group and the last. */
static void every_logon_sid_is_told(void **state)
{
    static const tsr_group groups[] = {
        {{5, 3, {5, 0, 1}}, TSR_GROUP_ORDINARY | SE_GROUP_LOGON_ID},
        {{5, 1, {11}}, TSR_GROUP_ORDINARY},
        {{5, 3, {5, 0, 2}}, TSR_GROUP_ORDINARY | SE_GROUP_LOGON_ID},
    };
    DWORD64 room[ROOM_SIZE / sizeof(DWORD64)];
    const TOKEN_GROUPS *const told = (void *)room;
    sid_room first = sid_bytes("S-1-5-5-0-1");
    tsr_token_spec spec = alice_spec();
    tsr_token *token;
    (void)state;

    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.primary_group = &groups[1].sid;
    token = token_of_spec(&spec);
    tell(token, TokenLogonSid, room, sizeof(room));
    assert_int_equal(told->GroupCount, 2);
    assert_true(RtlEqualSid(told->Groups[0].Sid, &first));
    (void)tsr_token_unref(token);
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
        cmocka_unit_test(statistics_count_the_level_as_a_group),
        cmocka_unit_test(what_restricts_is_told_with_its_length),
        cmocka_unit_test(what_restricts_is_told_to_access_checks),
        cmocka_unit_test(an_app_container_has_the_number_of_its_package),
        cmocka_unit_test(a_sandbox_is_an_app_container_or_a_restriction),
        cmocka_unit_test(a_trust_level_is_told_where_there_is_one),
        cmocka_unit_test(every_logon_sid_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
