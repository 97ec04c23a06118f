/* SPDX-License-Identifier: MIT */

#include "win32/test-acls.h"

static void structures_are_built(void **state)
{
    EXPLICIT_ACCESS_A narrow;
    EXPLICIT_ACCESS_W wide;
    TRUSTEE_W trustee;
    char name[] = "x";
    WCHAR wide_name[] = u"x";
    (void)state;

    memset(&narrow, 0xff, sizeof(narrow));
    memset(&wide, 0xff, sizeof(wide));
    memset(&trustee, 0xff, sizeof(trustee));
    BuildExplicitAccessWithNameA(&narrow, name, 1, SET_ACCESS, 2);
    BuildExplicitAccessWithNameW(&wide, wide_name, 1, SET_ACCESS, 2);
    BuildTrusteeWithSidW(&trustee, name);

    assert_ptr_equal(narrow.Trustee.ptstrName, name);
    assert_int_equal(narrow.Trustee.TrusteeForm, TRUSTEE_IS_NAME);
    assert_int_equal(narrow.grfAccessMode, SET_ACCESS);
    assert_ptr_equal(wide.Trustee.ptstrName, wide_name);
    assert_int_equal(wide.grfInheritance, 2);
    assert_null(wide.Trustee.pMultipleTrustee);
    assert_ptr_equal(trustee.ptstrName, name);
    assert_int_equal(trustee.TrusteeForm, TRUSTEE_IS_SID);
    assert_int_equal(trustee.TrusteeType, TRUSTEE_IS_UNKNOWN);
}

static void structures_with_object_types_are_built(void **state)
{
    const GUID none = {0};
    GUID type = {1, 2, 3, {4}};
    GUID inherited = {5, 6, 7, {8}};
    OBJECTS_AND_SID objects;
    TRUSTEE_A narrow;
    TRUSTEE_W wide;
    char sid[] = "x";
    (void)state;

    memset(&objects, 0xff, sizeof(objects));
    memset(&narrow, 0xff, sizeof(narrow));
    memset(&wide, 0xff, sizeof(wide));
    BuildTrusteeWithObjectsAndSidA(&narrow, &objects, &type, NULL, sid);
    assert_int_equal(narrow.TrusteeForm, TRUSTEE_IS_OBJECTS_AND_SID);
    assert_int_equal(narrow.TrusteeType, TRUSTEE_IS_UNKNOWN);
    assert_null(narrow.pMultipleTrustee);
    assert_ptr_equal(narrow.ptstrName, &objects);
    assert_int_equal(objects.ObjectsPresent, ACE_OBJECT_TYPE_PRESENT);
    assert_memory_equal(&objects.ObjectTypeGuid, &type, sizeof(type));
    assert_memory_equal(&objects.InheritedObjectTypeGuid, &none, sizeof(none));
    assert_ptr_equal(objects.pSid, sid);
    BuildTrusteeWithObjectsAndSidW(&wide, &objects, NULL, &inherited, NULL);
    assert_ptr_equal(wide.ptstrName, &objects);
    assert_int_equal(objects.ObjectsPresent, ACE_INHERITED_OBJECT_TYPE_PRESENT);
    assert_memory_equal(&objects.InheritedObjectTypeGuid, &inherited, sizeof(inherited));
    assert_null(objects.pSid);
    BuildTrusteeWithObjectsAndSidW(&wide, &objects, &type, &inherited, sid);
    assert_int_equal(objects.ObjectsPresent,
                     ACE_OBJECT_TYPE_PRESENT | ACE_INHERITED_OBJECT_TYPE_PRESENT);
    assert_memory_equal(&objects.ObjectTypeGuid, &type, sizeof(type));
    assert_memory_equal(&objects.InheritedObjectTypeGuid, &inherited, sizeof(inherited));
    BuildTrusteeWithObjectsAndSidW(&wide, NULL, &type, NULL, sid);
    assert_null(wide.ptstrName);
}

static void structures_with_names_of_object_types_are_built(void **state)
{
    OBJECTS_AND_NAME_A narrow_names;
    OBJECTS_AND_NAME_W wide_names;
    TRUSTEE_A narrow;
    TRUSTEE_W wide;
    char name[] = "x";
    WCHAR wide_name[] = u"x";
    (void)state;

    memset(&narrow_names, 0xff, sizeof(narrow_names));
    memset(&narrow, 0xff, sizeof(narrow));
    BuildTrusteeWithObjectsAndNameA(&narrow, &narrow_names, SE_DS_OBJECT, name, NULL, name);
    assert_int_equal(narrow.TrusteeForm, TRUSTEE_IS_OBJECTS_AND_NAME);
    assert_ptr_equal(narrow.ptstrName, &narrow_names);
    assert_int_equal(narrow_names.ObjectsPresent, ACE_OBJECT_TYPE_PRESENT);
    assert_int_equal(narrow_names.ObjectType, SE_DS_OBJECT);
    assert_ptr_equal(narrow_names.ObjectTypeName, name);
    assert_null(narrow_names.InheritedObjectTypeName);
    assert_ptr_equal(narrow_names.ptstrName, name);
    BuildTrusteeWithObjectsAndNameW(&wide, &wide_names, SE_DS_OBJECT, NULL, wide_name, NULL);
    assert_int_equal(wide_names.ObjectsPresent, ACE_INHERITED_OBJECT_TYPE_PRESENT);
    assert_null(wide_names.ptstrName);
    BuildTrusteeWithObjectsAndNameW(&wide, NULL, SE_DS_OBJECT, NULL, NULL, wide_name);
    assert_null(wide.ptstrName);
}

static void what_was_built_is_read(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    GUID type = {1, 2, 3, {4}};
    EXPLICIT_ACCESS_A entry = {.grfAccessPermissions = 1, .grfAccessMode = GRANT_ACCESS};
    OBJECTS_AND_NAME_A names;
    OBJECTS_AND_SID objects;
    char name[] = "Everyone";
    PACL acl = NULL;
    (void)state;

    BuildTrusteeWithObjectsAndSidA(&entry.Trustee, &objects, &type, NULL, &everyone);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, "D:(OA;;CC;00000001-0002-0003-0400-000000000000;;WD)");
    LocalFree(acl);
    BuildTrusteeWithObjectsAndNameA(&entry.Trustee, &names, SE_DS_OBJECT, NULL, NULL, name);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_SUCCESS);
    expect_dacl(acl, "D:(A;;CC;;;WD)");
    LocalFree(acl);
    acl = NULL;
    BuildTrusteeWithObjectsAndNameA(&entry.Trustee, &names, SE_DS_OBJECT, name, NULL, name);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_NONE_MAPPED);
    BuildTrusteeWithObjectsAndSidA(&entry.Trustee, NULL, &type, NULL, &everyone);
    assert_int_equal(SetEntriesInAclA(1, &entry, NULL, &acl), ERROR_INVALID_PARAMETER);
    assert_null(acl);
}

static void form_type_and_name_are_told(void **state)
{
    TRUSTEE_A narrow;
    TRUSTEE_W wide;
    char name[] = "x";
    WCHAR wide_name[] = u"x";
    (void)state;

    BuildTrusteeWithNameA(&narrow, name);
    narrow.TrusteeType = TRUSTEE_IS_GROUP;
    assert_int_equal(GetTrusteeFormA(&narrow), TRUSTEE_IS_NAME);
    assert_int_equal(GetTrusteeTypeA(&narrow), TRUSTEE_IS_GROUP);
    assert_ptr_equal(GetTrusteeNameA(&narrow), name);
    BuildTrusteeWithNameW(&wide, wide_name);
    wide.TrusteeType = TRUSTEE_IS_USER;
    assert_int_equal(GetTrusteeTypeW(&wide), TRUSTEE_IS_USER);
    assert_ptr_equal(GetTrusteeNameW(&wide), wide_name);
    BuildTrusteeWithSidA(&narrow, name);
    BuildTrusteeWithSidW(&wide, name);
    assert_int_equal(GetTrusteeFormW(&wide), TRUSTEE_IS_SID);
    assert_null(GetTrusteeNameA(&narrow));
    assert_null(GetTrusteeNameW(&wide));
    assert_int_equal(GetTrusteeFormA(NULL), TRUSTEE_BAD_FORM);
    assert_int_equal(GetTrusteeFormW(NULL), TRUSTEE_BAD_FORM);
    assert_int_equal(GetTrusteeTypeA(NULL), TRUSTEE_IS_UNKNOWN);
    assert_int_equal(GetTrusteeTypeW(NULL), TRUSTEE_IS_UNKNOWN);
    assert_null(GetTrusteeNameA(NULL));
    assert_null(GetTrusteeNameW(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_are_built),
        cmocka_unit_test(structures_with_object_types_are_built),
        cmocka_unit_test(structures_with_names_of_object_types_are_built),
        cmocka_unit_test(what_was_built_is_read),
        cmocka_unit_test(form_type_and_name_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
