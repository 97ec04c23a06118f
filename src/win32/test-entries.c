/* SPDX-License-Identifier: MIT */

#include "win32/test-acls.h"

static EXPLICIT_ACCESS_A entry_of(ACCESS_MODE mode, DWORD rights, sid_room *sid)
{
    EXPLICIT_ACCESS_A entry = {.grfAccessPermissions = rights, .grfAccessMode = mode};

    BuildTrusteeWithSidA(&entry.Trustee, sid);
    return entry;
}

static void entries_change_an_acl(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    sid_room users = sid_bytes("S-1-5-32-545");
    EXPLICIT_ACCESS_A entries[] = {
        entry_of(GRANT_ACCESS, 2, &everyone),
        entry_of(DENY_ACCESS, 4, &users),
    };
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL old = dacl_of("D:(A;;CC;;;WD)(A;;FA;;;BA)", &descriptor);
    PACL acl = NULL;
    (void)state;

    assert_int_equal(SetEntriesInAclA(2, entries, old, &acl), ERROR_SUCCESS);

    expect_dacl(acl, "D:(D;;LC;;;BU)(A;;CCDC;;;WD)(A;;FA;;;BA)");
    LocalFree(acl);
    LocalFree(descriptor);
}

static void without_an_acl_entries_make_one(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    EXPLICIT_ACCESS_W entry = {.grfAccessPermissions = FILE_ALL_ACCESS,
                               .grfAccessMode = SET_ACCESS,
                               .grfInheritance = SUB_CONTAINERS_AND_OBJECTS_INHERIT};
    PACL acl = NULL;
    (void)state;

    BuildTrusteeWithSidW(&entry.Trustee, &everyone);
    assert_int_equal(SetEntriesInAclW(1, &entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, "D:(A;OICI;FA;;;WD)");
    LocalFree(acl);
    assert_int_equal(SetEntriesInAclW(0, NULL, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, "D:");
    LocalFree(acl);
}

static void entries_that_are_none_are_refused(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    EXPLICIT_ACCESS_A entry = entry_of(GRANT_ACCESS, 1, &everyone);
    TRUSTEE_A other = entry.Trustee;
    acl_room broken = {0};
    char name[] = "BUILTIN\\somebody";
    PACL acl = NULL;
    (void)state;

    assert_int_equal(SetEntriesInAclA(1, NULL, NULL, &acl), ERROR_INVALID_PARAMETER);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(SetEntriesInAclA(1, &entry, &broken.acl, &acl), ERROR_INVALID_ACL);
    entry.grfInheritance = 0x100;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    entry = entry_of((ACCESS_MODE)7, 1, &everyone);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    entry = entry_of(GRANT_ACCESS, 1, NULL);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_SID);
    entry = entry_of(GRANT_ACCESS, 1, &everyone);
    entry.Trustee.pMultipleTrustee = &other;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    entry = entry_of(GRANT_ACCESS, 1, &everyone);
    entry.Trustee.TrusteeForm = TRUSTEE_BAD_FORM;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    BuildTrusteeWithNameA(&entry.Trustee, name);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_NONE_MAPPED);
    BuildTrusteeWithNameA(&entry.Trustee, NULL);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);

    assert_null(acl);
}

/* The DACL that an entry for this name makes, in both forms of text. */
static void expect_trustee(const char *name, const char *expected)
{
    WCHAR wide[64] = {0};
    EXPLICIT_ACCESS_A narrow_entry;
    EXPLICIT_ACCESS_W wide_entry;
    PACL acl = NULL;

    for (size_t i = 0; i < strlen(name); i++) {
        wide[i] = (unsigned char)name[i];
    }
    BuildExplicitAccessWithNameA(&narrow_entry, (LPSTR)(uintptr_t)name, 1, GRANT_ACCESS, 0);
    BuildExplicitAccessWithNameW(&wide_entry, wide, 1, GRANT_ACCESS, 0);

    assert_int_equal(SetEntriesInAclA(1, &narrow_entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, expected);
    LocalFree(acl);
    assert_int_equal(SetEntriesInAclW(1, &wide_entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, expected);
    LocalFree(acl);
}

static void trustees_are_found_by_name(void **state)
{
    (void)state;
    require_accounts();

    expect_trustee("Everyone", "D:(A;;CC;;;WD)");
    expect_trustee("creator owner", "D:(A;;CC;;;CO)");
    expect_trustee("BUILTIN\\Users", "D:(A;;CC;;;BU)");
    expect_trustee("root", "D:(A;;CC;;;SY)");
    expect_trustee("alice", "D:(A;;CC;;;S-1-22-1-61001)");
    expect_trustee("Unix Group\\staff", "D:(A;;CC;;;S-1-22-2-61002)");
}

static int revert_after(void **state)
{
    (void)state;
    expect_true(RevertToSelf());
    return 0;
}

static void the_current_user_is_the_one_the_thread_acts_as(void **state)
{
    (void)state;

    be(alice());
    expect_trustee("CURRENT_USER", "D:(A;;CC;;;" ALICE ")");
    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION));
    expect_trustee("CURRENT_USER", "D:(A;;CC;;;" BOB ")");
}

static void a_name_without_object_types_may_have_room_for_them(void **state)
{
    char name[] = "Everyone";
    OBJECTS_AND_NAME_A objects = {.ptstrName = name};
    EXPLICIT_ACCESS_A entry = {.grfAccessPermissions = 1, .grfAccessMode = GRANT_ACCESS};
    PACL acl = NULL;
    (void)state;

    entry.Trustee.TrusteeForm = TRUSTEE_IS_OBJECTS_AND_NAME;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    entry.Trustee.ptstrName = (LPSTR)(void *)&objects;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, "D:(A;;CC;;;WD)");
    LocalFree(acl);
    acl = NULL;
    objects.ObjectsPresent = ACE_OBJECT_TYPE_PRESENT;
    objects.ObjectTypeName = name;
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_NONE_MAPPED);

    assert_null(acl);
}

static void one_name_that_is_nobodys_spoils_the_list(void **state)
{
    char known[] = "Everyone";
    char unknown[] = "BUILTIN\\somebody";
    EXPLICIT_ACCESS_A entries[2];
    PACL acl = NULL;
    (void)state;

    BuildExplicitAccessWithNameA(&entries[0], known, 1, GRANT_ACCESS, 0);
    BuildExplicitAccessWithNameA(&entries[1], unknown, 1, DENY_ACCESS, 0);
    assert_int_equal(SetEntriesInAclA(2, entries, NULL, &acl), ERROR_NONE_MAPPED);

    assert_null(acl);
}

static void an_acl_is_told_as_entries(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(D;;CC;;;BU)(A;OICIID;FA;;;WD)", &descriptor);
    sid_room users = sid_bytes("S-1-5-32-545");
    EXPLICIT_ACCESS_A *list = NULL;
    ULONG n_entries = 0;
    (void)state;

    assert_int_equal(GetExplicitEntriesFromAclA(dacl, &n_entries, &list), ERROR_SUCCESS);

    assert_int_equal(n_entries, 2);
    assert_int_equal(list[0].grfAccessMode, DENY_ACCESS);
    assert_int_equal(list[0].grfAccessPermissions, 1);
    assert_int_equal(list[0].Trustee.TrusteeForm, TRUSTEE_IS_SID);
    assert_true(EqualSid(list[0].Trustee.ptstrName, &users));
    assert_int_equal(list[1].grfAccessMode, GRANT_ACCESS);
    assert_int_equal(list[1].grfInheritance, 0x13);
    LocalFree(list);
    LocalFree(descriptor);
}

static void audits_of_both_outcomes_are_two_entries_and_object_types_are_kept(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    GUID type = {1, 2, 3, {4}};
    OBJECTS_AND_SID *objects;
    EXPLICIT_ACCESS_W *list = NULL;
    acl_room room = acl_empty();
    PACL again = NULL;
    ULONG n_entries = 0;
    (void)state;

    expect_true(AddAuditAccessAce(&room.acl, ACL_REVISION, 1, &everyone, TRUE, TRUE));
    expect_true(
        AddAccessAllowedObjectAce(&room.acl, ACL_REVISION_DS, 0, 2, &type, NULL, &everyone));
    assert_int_equal(GetExplicitEntriesFromAclW(&room.acl, &n_entries, &list), ERROR_SUCCESS);
    assert_int_equal(n_entries, 3);
    assert_int_equal(list[0].grfAccessMode, SET_AUDIT_SUCCESS);
    assert_int_equal(list[1].grfAccessMode, SET_AUDIT_FAILURE);
    assert_int_equal(list[2].Trustee.TrusteeForm, TRUSTEE_IS_OBJECTS_AND_SID);
    objects = (OBJECTS_AND_SID *)list[2].Trustee.ptstrName;
    assert_int_equal(objects->ObjectsPresent, ACE_OBJECT_TYPE_PRESENT);
    assert_memory_equal(&objects->ObjectTypeGuid, &type, sizeof(type));
    assert_true(EqualSid(objects->pSid, &everyone));
    assert_int_equal(SetEntriesInAclW(1, &list[2], NULL, &again), ERROR_SUCCESS);
    assert_int_equal(again->AceCount, 1);
    assert_int_equal(((PACE_HEADER)(again + 1))->AceType, ACCESS_ALLOWED_OBJECT_ACE_TYPE);

    LocalFree(again);
    LocalFree(list);
}

static void other_aces_are_no_entries(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(XA;;FA;;;WD;(Title))", &descriptor);
    EXPLICIT_ACCESS_W *list = (EXPLICIT_ACCESS_W *)&descriptor;
    ULONG n_entries = 42;
    acl_room broken = {0};
    (void)state;

    assert_int_equal(GetExplicitEntriesFromAclW(NULL, &n_entries, &list), ERROR_INVALID_PARAMETER);
    assert_int_equal(GetExplicitEntriesFromAclW(dacl, NULL, &list), ERROR_INVALID_PARAMETER);
    assert_int_equal(GetExplicitEntriesFromAclA(dacl, &n_entries, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(GetExplicitEntriesFromAclW(&broken.acl, &n_entries, &list), ERROR_INVALID_ACL);
    assert_int_equal(n_entries, 42);
    assert_int_equal(GetExplicitEntriesFromAclW(dacl, &n_entries, &list), ERROR_SUCCESS);

    assert_int_equal(n_entries, 0);
    assert_null(list);
    LocalFree(descriptor);
}

static void each_outcome_that_is_audited_is_an_entry(void **state)
{
    static const ACCESS_MODE modes[] = {SET_AUDIT_SUCCESS, SET_AUDIT_FAILURE, SET_AUDIT_SUCCESS,
                                        SET_AUDIT_FAILURE};
    static const DWORD masks[] = {1, 2, 4, 4};
    PSECURITY_DESCRIPTOR descriptor = NULL;
    EXPLICIT_ACCESS_A *list = NULL;
    ULONG n_entries = 42;
    PACL sacl = NULL;
    BOOL flag;
    (void)state;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "S:(AU;SA;0x1;;;WD)(AU;FA;0x2;;;WD)(AU;SAFA;0x4;;;WD)", SDDL_REVISION_1, &descriptor,
        NULL));
    expect_true(GetSecurityDescriptorSacl(descriptor, &flag, &sacl, &flag));
    assert_int_equal(GetExplicitEntriesFromAclA(sacl, &n_entries, &list), ERROR_SUCCESS);
    assert_int_equal(n_entries, ARRAY_SIZE(modes));
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        assert_int_equal(list[i].grfAccessMode, modes[i]);
        assert_int_equal(list[i].grfAccessPermissions, masks[i]);
    }
    LocalFree(list);
    LocalFree(descriptor);
}

static void types_that_are_not_present_are_not_told(void **state)
{
    GUID type = {1, 2, 3, {4}};
    GUID inherited = {5, 6, 7, {8}};
    const struct {
        GUID *type;
        GUID *inherited;
        DWORD present;
    } rows[] = {
        {&type, NULL, ACE_OBJECT_TYPE_PRESENT},
        {NULL, &inherited, ACE_INHERITED_OBJECT_TYPE_PRESENT},
        {&type, &inherited, ACE_OBJECT_TYPE_PRESENT | ACE_INHERITED_OBJECT_TYPE_PRESENT},
    };
    sid_room everyone = sid_bytes("S-1-1-0");
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        EXPLICIT_ACCESS_W *list = NULL;
        const OBJECTS_AND_SID *objects;
        acl_room room = acl_empty();
        ULONG n_entries = 42;
        PACL again = NULL;
        PVOID ace = NULL;
        PVOID ace_again = NULL;

        expect_true(AddAccessAllowedObjectAce(&room.acl, ACL_REVISION_DS, OBJECT_INHERIT_ACE, 1,
                                              rows[i].type, rows[i].inherited, &everyone));
        assert_int_equal(GetExplicitEntriesFromAclW(&room.acl, &n_entries, &list), ERROR_SUCCESS);
        assert_int_equal(n_entries, 1);
        objects = (const OBJECTS_AND_SID *)list[0].Trustee.ptstrName;
        assert_int_equal(objects->ObjectsPresent, rows[i].present);
        assert_int_equal(SetEntriesInAclW(1, list, NULL, &again), ERROR_SUCCESS);
        expect_true(GetAce(&room.acl, 0, &ace));
        expect_true(GetAce(again, 0, &ace_again));
        assert_memory_equal(ace_again, ace, ((PACE_HEADER)ace)->AceSize);
        LocalFree(again);
        LocalFree(list);
    }
}

static void what_no_entry_can_say_is_passed_over(void **state)
{
    BYTE unknown[4] = {0xf0, 0, sizeof(unknown), 0};
    EXPLICIT_ACCESS_W *list = (EXPLICIT_ACCESS_W *)unknown;
    acl_room room = acl_empty();
    ULONG n_entries = 42;
    (void)state;

    expect_true(AddAce(&room.acl, ACL_REVISION, 0, unknown, sizeof(unknown)));
    assert_int_equal(GetExplicitEntriesFromAclW(&room.acl, &n_entries, &list), ERROR_SUCCESS);
    assert_int_equal(n_entries, 0);
    assert_null(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_change_an_acl),
        cmocka_unit_test(without_an_acl_entries_make_one),
        cmocka_unit_test(entries_that_are_none_are_refused),
        cmocka_unit_test(trustees_are_found_by_name),
        cmocka_unit_test_teardown(the_current_user_is_the_one_the_thread_acts_as, revert_after),
        cmocka_unit_test(a_name_without_object_types_may_have_room_for_them),
        cmocka_unit_test(one_name_that_is_nobodys_spoils_the_list),
        cmocka_unit_test(an_acl_is_told_as_entries),
        cmocka_unit_test(audits_of_both_outcomes_are_two_entries_and_object_types_are_kept),
        cmocka_unit_test(other_aces_are_no_entries),
        cmocka_unit_test(each_outcome_that_is_audited_is_an_entry),
        cmocka_unit_test(types_that_are_not_present_are_not_told),
        cmocka_unit_test(what_no_entry_can_say_is_passed_over),
    };

    return cmocka_run_group_tests(tests, make_accounts, NULL);
}
