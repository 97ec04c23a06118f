/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void a_refusal_is_an_answer(void **state)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    HANDLE token = nt_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    sid_room owner = sid_bytes("S-1-5-18");
    acl_room dacl = acl_empty();
    SECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET privileges;
    ULONG size = sizeof(privileges);
    NTSTATUS answer = 42;
    ACCESS_MASK granted = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&descriptor, 1));
    expect_nt(STATUS_SUCCESS, RtlSetOwnerSecurityDescriptor(&descriptor, &owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlSetGroupSecurityDescriptor(&descriptor, &owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, FALSE));
    expect_nt(STATUS_SUCCESS, NtAccessCheck(&descriptor, token, 1, &mapping, &privileges, &size,
                                            &granted, &answer));
    assert_int_equal(answer, STATUS_ACCESS_DENIED);
    assert_int_equal(granted, 0);
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE));
    expect_nt(STATUS_SUCCESS, ZwAccessCheck(&descriptor, token, 1, &mapping, &privileges, &size,
                                            &granted, &answer));
    assert_int_equal(answer, STATUS_SUCCESS);
    assert_int_equal(granted, 1);
    size = 0;
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              NtAccessCheck(&descriptor, token, 1, &mapping, NULL, &size, &granted, &answer));
    assert_int_equal(size, sizeof(privileges));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtAccessCheck(&descriptor, token, 1, &mapping, NULL, &size, &granted, &answer));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

#define GUARD 42

/* A descriptor of the system that grants 1 to everyone, and a token of someone else. */
struct scene {
    SECURITY_DESCRIPTOR descriptor;
    sid_room owner;
    acl_room dacl;
    HANDLE token;
};

static void scene_begin(struct scene *scene, tsr_token *take_token)
{
    sid_room everyone = sid_bytes(EVERYONE);

    scene->owner = sid_bytes("S-1-5-18");
    scene->dacl = acl_empty();
    scene->token = nt_h(take_token, TOKEN_QUERY);
    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&scene->descriptor, 1));
    expect_nt(STATUS_SUCCESS,
              RtlSetOwnerSecurityDescriptor(&scene->descriptor, &scene->owner, FALSE));
    expect_nt(STATUS_SUCCESS,
              RtlSetGroupSecurityDescriptor(&scene->descriptor, &scene->owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAce(&scene->dacl.acl, ACL_REVISION, 1, &everyone));
    expect_nt(STATUS_SUCCESS,
              RtlSetDaclSecurityDescriptor(&scene->descriptor, TRUE, &scene->dacl.acl, FALSE));
}

static tsr_token *one_with_two_privileges(void)
{
    const tsr_privilege_state privileges[] = {{SE_SECURITY_PRIVILEGE, HELD},
                                              {SE_TAKE_OWNERSHIP_PRIVILEGE, HELD}};
    tsr_token_spec spec = alice_spec();

    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    spec.integrity = &fixture_high;
    spec.type = TSR_TOKEN_IMPERSONATION;
    spec.level = TSR_LEVEL_IDENTIFICATION;
    return token_of_spec(&spec);
}

static void both_privileges_that_were_used_are_told_or_nothing(void **state)
{
    const ACCESS_MASK desired = ACCESS_SYSTEM_SECURITY | WRITE_OWNER;
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    union {
        PRIVILEGE_SET set;
        DWORD words[9];
    } told;
    const LUID_AND_ATTRIBUTES *const entries = told.set.Privilege;
    ACCESS_MASK granted = GUARD;
    NTSTATUS answer = GUARD;
    struct scene scene;
    ULONG size = sizeof(told.set);
    (void)state;

    scene_begin(&scene, one_with_two_privileges());
    memset(&told, 0xff, sizeof(told));
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              NtAccessCheck(&scene.descriptor, scene.token, desired, &mapping, &told.set, &size,
                            &granted, &answer));
    assert_int_equal(size, 8 + 2 * sizeof(*entries));
    assert_int_equal(told.set.PrivilegeCount, MAXDWORD);
    assert_int_equal(granted, GUARD);
    assert_int_equal(answer, GUARD);

    expect_nt(STATUS_SUCCESS, NtAccessCheck(&scene.descriptor, scene.token, desired, &mapping,
                                            &told.set, &size, &granted, &answer));
    assert_int_equal(granted, desired);
    assert_int_equal(told.set.PrivilegeCount, 2);
    assert_int_equal(told.set.Control, 0);
    assert_int_equal(entries[0].Luid.LowPart, SE_SECURITY_PRIVILEGE);
    assert_int_equal(entries[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(entries[1].Luid.LowPart, SE_TAKE_OWNERSHIP_PRIVILEGE);
    assert_int_equal(entries[1].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(told.words[8], MAXDWORD);
    expect_nt(STATUS_SUCCESS, NtClose(scene.token));
}

static void as_many_types_are_answered_as_are_given(void **state)
{
    static GUID guids[TSR_OBJECT_TYPES_MAX];
    static OBJECT_TYPE_LIST types[TSR_OBJECT_TYPES_MAX + 1];
    static ACCESS_MASK granted[TSR_OBJECT_TYPES_MAX + 1];
    static NTSTATUS answers[TSR_OBJECT_TYPES_MAX + 1];
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    PRIVILEGE_SET privileges;
    ULONG size = sizeof(privileges);
    struct scene scene;
    const struct {
        ULONG n_types;
        NTSTATUS expected;
    } rows[] = {
        {0, STATUS_INVALID_PARAMETER},
        {1, STATUS_SUCCESS},
        {TSR_OBJECT_TYPES_MAX, STATUS_SUCCESS},
        {TSR_OBJECT_TYPES_MAX + 1, STATUS_INVALID_PARAMETER},
    };
    (void)state;

    scene_begin(&scene, impersonating(alice(), TSR_LEVEL_IDENTIFICATION));
    for (size_t i = 0; i < TSR_OBJECT_TYPES_MAX; i++) {
        guids[i].Data1 = (DWORD)i + 1;
        types[i] = (OBJECT_TYPE_LIST){.Level = i > 0, .ObjectType = &guids[i]};
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const size_t n_told = rows[i].expected == STATUS_SUCCESS ? rows[i].n_types : 0;

        memset(granted, GUARD, sizeof(granted));
        expect_nt(rows[i].expected,
                  NtAccessCheckByTypeResultList(&scene.descriptor, NULL, scene.token, 1, types,
                                                rows[i].n_types, &mapping, &privileges, &size,
                                                granted, answers));
        for (size_t k = 0; k < ARRAY_SIZE(granted); k++) {
            assert_int_equal(granted[k], k < n_told ? 1 : GUARD * 0x01010101u);
        }
    }
    expect_nt(STATUS_SUCCESS, NtClose(scene.token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_an_answer),
        cmocka_unit_test(both_privileges_that_were_used_are_told_or_nothing),
        cmocka_unit_test(as_many_types_are_answered_as_are_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
