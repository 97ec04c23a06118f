/* SPDX-License-Identifier: MIT */

#include "win32/test-acls.h"

#define ALL_PARTS                                                                          \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION)

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     &descriptor, NULL));
    return descriptor;
}

/* Takes the descriptor. */
static void expect_text(PSECURITY_DESCRIPTOR descriptor, const char *expected)
{
    LPSTR text = NULL;

    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1,
                                                                     ALL_PARTS, &text, NULL));
    assert_string_equal(text, expected);
    LocalFree(text);
    LocalFree(descriptor);
}

static EXPLICIT_ACCESS_A entry_of(ACCESS_MODE mode, DWORD rights, LPSTR name)
{
    EXPLICIT_ACCESS_A entry;

    BuildExplicitAccessWithNameA(&entry, name, rights, mode, NO_INHERITANCE);
    return entry;
}

static void a_descriptor_is_built_of_nothing_or_of_names(void **state)
{
    char everyone[] = "Everyone";
    char users[] = "BUILTIN\\Users";
    EXPLICIT_ACCESS_A access[] = {entry_of(GRANT_ACCESS, 1, everyone),
                                  entry_of(DENY_ACCESS, 2, users)};
    EXPLICIT_ACCESS_A audit = entry_of(SET_AUDIT_FAILURE, 4, everyone);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    TRUSTEE_A owner;
    TRUSTEE_A group;
    ULONG size = 0;
    (void)state;

    assert_int_equal(
        BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 0, NULL, NULL, &size, &descriptor),
        ERROR_SUCCESS);
    assert_int_equal(size, 20);
    expect_text(descriptor, "");
    BuildTrusteeWithNameA(&owner, users);
    BuildTrusteeWithNameA(&group, everyone);
    assert_int_equal(
        BuildSecurityDescriptorA(&owner, &group, 2, access, 1, &audit, NULL, &size, &descriptor),
        ERROR_SUCCESS);
    assert_int_equal(size, GetSecurityDescriptorLength(descriptor));
    expect_text(descriptor, "O:BUG:WDD:(D;;DC;;;BU)(A;;CC;;;WD)S:(AU;FA;LC;;;WD)");
}

static void what_is_not_given_is_that_of_the_old_descriptor(void **state)
{
    const char *const text = "O:SYG:BAD:PAI(A;;CC;;;WD)S:(AU;SA;DC;;;WD)(ML;;NW;;;HI)";
    PSECURITY_DESCRIPTOR old = descriptor_of(text);
    sid_room users = sid_bytes("S-1-5-32-545");
    EXPLICIT_ACCESS_W access = {.grfAccessPermissions = 2, .grfAccessMode = GRANT_ACCESS};
    EXPLICIT_ACCESS_W revoked = {.grfAccessMode = REVOKE_ACCESS};
    sid_room everyone = sid_bytes("S-1-1-0");
    PSECURITY_DESCRIPTOR descriptor = NULL;
    TRUSTEE_W owner;
    ULONG size = 0;
    (void)state;

    assert_int_equal(
        BuildSecurityDescriptorW(NULL, NULL, 0, NULL, 0, NULL, old, &size, &descriptor),
        ERROR_SUCCESS);
    expect_text(descriptor, text);
    BuildTrusteeWithSidW(&owner, &users);
    BuildTrusteeWithSidW(&access.Trustee, &users);
    BuildTrusteeWithSidW(&revoked.Trustee, &everyone);
    assert_int_equal(
        BuildSecurityDescriptorW(&owner, NULL, 1, &access, 1, &revoked, old, &size, &descriptor),
        ERROR_SUCCESS);
    expect_text(descriptor, "O:BUG:BAD:PAI(A;;DC;;;BU)(A;;CC;;;WD)S:(ML;;NW;;;HI)");
    LocalFree(old);
}

static SECURITY_DESCRIPTOR_CONTROL control_of(PSECURITY_DESCRIPTOR descriptor)
{
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision;

    expect_true(GetSecurityDescriptorControl(descriptor, &control, &revision));
    return control;
}

static void what_is_given_is_not_there_by_default_any_more(void **state)
{
    static const SECURITY_DESCRIPTOR_CONTROL given[] = {0, SE_OWNER_DEFAULTED, SE_GROUP_DEFAULTED,
                                                        SE_DACL_DEFAULTED, SE_SACL_DEFAULTED};
    const SECURITY_DESCRIPTOR_CONTROL defaulted =
        SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED | SE_DACL_DEFAULTED | SE_SACL_DEFAULTED;
    PSECURITY_DESCRIPTOR old = descriptor_of("O:SYG:BAD:(A;;CC;;;WD)S:(AU;SA;DC;;;WD)");
    char everyone[] = "Everyone";
    EXPLICIT_ACCESS_A access = entry_of(GRANT_ACCESS, 1, everyone);
    EXPLICIT_ACCESS_A audit = entry_of(SET_AUDIT_FAILURE, 4, everyone);
    PSECURITY_DESCRIPTOR made = NULL;
    ULONG size = 0;
    (void)state;

    ((SECURITY_DESCRIPTOR_RELATIVE *)old)->Control |= defaulted;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        assert_int_equal(BuildSecurityDescriptorA(
                             given[i] == SE_OWNER_DEFAULTED ? &access.Trustee : NULL,
                             given[i] == SE_GROUP_DEFAULTED ? &access.Trustee : NULL,
                             given[i] == SE_DACL_DEFAULTED,
                             given[i] == SE_DACL_DEFAULTED ? &access : NULL,
                             given[i] == SE_SACL_DEFAULTED,
                             given[i] == SE_SACL_DEFAULTED ? &audit : NULL, old, &size, &made),
                         ERROR_SUCCESS);
        assert_int_equal(control_of(made) & defaulted, defaulted & ~given[i]);
        LocalFree(made);
    }
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 0, NULL, NULL, &size, &made),
                     ERROR_SUCCESS);
    assert_int_equal(control_of(made), SE_SELF_RELATIVE);
    LocalFree(made);
    LocalFree(old);
}

static void each_entry_of_a_list_is_of_its_kind(void **state)
{
    char everyone[] = "Everyone";
    EXPLICIT_ACCESS_A grant = entry_of(GRANT_ACCESS, 1, everyone);
    EXPLICIT_ACCESS_A audit = entry_of(SET_AUDIT_SUCCESS, 1, everyone);
    EXPLICIT_ACCESS_A access[] = {grant, grant, audit};
    EXPLICIT_ACCESS_A audits[] = {audit, audit, grant};
    PSECURITY_DESCRIPTOR made = NULL;
    ULONG size = 42;
    (void)state;

    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 3, access, 0, NULL, NULL, &size, &made),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 3, audits, NULL, &size, &made),
                     ERROR_INVALID_PARAMETER);

    assert_null(made);
    assert_int_equal(size, 42);
}

static void what_no_descriptor_can_be_built_of_is_refused(void **state)
{
    char everyone[] = "Everyone";
    char nobody[] = "BUILTIN\\somebody";
    EXPLICIT_ACCESS_A access = entry_of(GRANT_ACCESS, 1, everyone);
    EXPLICIT_ACCESS_A audit = entry_of(SET_AUDIT_SUCCESS, 1, everyone);
    SECURITY_DESCRIPTOR absolute;
    PSECURITY_DESCRIPTOR made = NULL;
    OBJECTS_AND_SID objects;
    GUID type = {1, 2, 3, {4}};
    sid_room users = sid_bytes("S-1-5-32-545");
    TRUSTEE_A owner;
    ULONG size = 42;
    (void)state;

    expect_true(InitializeSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION));
    assert_int_equal(
        BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 0, NULL, &absolute, &size, &made),
        ERROR_BAD_DESCRIPTOR_FORMAT);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 1, NULL, 0, NULL, NULL, &size, &made),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 1, &audit, 0, NULL, NULL, &size, &made),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 1, &access, NULL, &size, &made),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, &made),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(BuildSecurityDescriptorA(NULL, NULL, 0, NULL, 0, NULL, NULL, &size, NULL),
                     ERROR_INVALID_PARAMETER);
    BuildTrusteeWithNameA(&owner, nobody);
    assert_int_equal(
        BuildSecurityDescriptorA(&owner, NULL, 1, &access, 0, NULL, NULL, &size, &made),
        ERROR_NONE_MAPPED);
    BuildTrusteeWithObjectsAndSidA(&owner, &objects, &type, NULL, &users);
    assert_int_equal(
        BuildSecurityDescriptorA(NULL, &owner, 1, &access, 0, NULL, NULL, &size, &made),
        ERROR_INVALID_PARAMETER);
    access = entry_of(GRANT_ACCESS, 1, nobody);
    assert_int_equal(
        BuildSecurityDescriptorA(NULL, NULL, 1, &access, 1, &audit, NULL, &size, &made),
        ERROR_NONE_MAPPED);

    assert_null(made);
    assert_int_equal(size, 42);
}

static void a_descriptor_is_told_by_names(void **state)
{
    PSECURITY_DESCRIPTOR descriptor =
        descriptor_of("O:SYG:BAD:(D;;CC;;;BU)(A;OICI;DC;;;WD)S:(AU;SAFA;LC;;;WD)(ML;;NW;;;HI)");
    EXPLICIT_ACCESS_A *access = NULL;
    EXPLICIT_ACCESS_A *audits = NULL;
    TRUSTEE_A *owner = NULL;
    TRUSTEE_A *group = NULL;
    ULONG n_access = 0;
    ULONG n_audits = 0;
    (void)state;

    assert_int_equal(LookupSecurityDescriptorPartsA(&owner, &group, &n_access, &access, &n_audits,
                                                    &audits, descriptor),
                     ERROR_SUCCESS);

    assert_int_equal(GetTrusteeFormA(owner), TRUSTEE_IS_NAME);
    assert_string_equal(GetTrusteeNameA(owner), "NT AUTHORITY\\SYSTEM");
    assert_string_equal(GetTrusteeNameA(group), "BUILTIN\\Administrators");
    assert_int_equal(n_access, 2);
    assert_string_equal(GetTrusteeNameA(&access[0].Trustee), "BUILTIN\\Users");
    assert_int_equal(access[0].grfAccessMode, DENY_ACCESS);
    assert_int_equal(access[0].grfAccessPermissions, 1);
    assert_string_equal(GetTrusteeNameA(&access[1].Trustee), "Everyone");
    assert_int_equal(access[1].grfInheritance, SUB_CONTAINERS_AND_OBJECTS_INHERIT);
    assert_int_equal(n_audits, 2);
    assert_int_equal(audits[0].grfAccessMode, SET_AUDIT_SUCCESS);
    assert_int_equal(audits[1].grfAccessMode, SET_AUDIT_FAILURE);
    assert_string_equal(GetTrusteeNameA(&audits[1].Trustee), "Everyone");
    LocalFree(owner);
    LocalFree(group);
    LocalFree(access);
    LocalFree(audits);
    LocalFree(descriptor);
}

static void what_was_told_builds_the_same_again(void **state)
{
    const char *const text = "O:SYG:S-1-22-2-61002D:(D;;CC;;;BU)(A;OICI;DC;;;S-1-22-1-61001)";
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(text);
    EXPLICIT_ACCESS_W *access = NULL;
    PSECURITY_DESCRIPTOR again = NULL;
    TRUSTEE_W *owner = NULL;
    TRUSTEE_W *group = NULL;
    ULONG n_access = 0;
    ULONG size = 0;
    (void)state;
    require_accounts();

    assert_int_equal(
        LookupSecurityDescriptorPartsW(&owner, &group, &n_access, &access, NULL, NULL, descriptor),
        ERROR_SUCCESS);
    assert_int_equal(
        BuildSecurityDescriptorW(owner, group, n_access, access, 0, NULL, NULL, &size, &again),
        ERROR_SUCCESS);
    expect_text(again, text);
    LocalFree(owner);
    LocalFree(group);
    LocalFree(access);
    LocalFree(descriptor);
}

static void what_is_absent_is_null(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("D:NO_ACCESS_CONTROL");
    EXPLICIT_ACCESS_A entry;
    EXPLICIT_ACCESS_A *access = &entry;
    EXPLICIT_ACCESS_A *audits = &entry;
    TRUSTEE_A *owner = &entry.Trustee;
    ULONG n_access = 42;
    ULONG n_audits = 42;
    (void)state;

    assert_int_equal(LookupSecurityDescriptorPartsA(&owner, NULL, &n_access, &access, &n_audits,
                                                    &audits, descriptor),
                     ERROR_SUCCESS);

    assert_null(owner);
    assert_int_equal(n_access, 0);
    assert_null(access);
    assert_int_equal(n_audits, 0);
    assert_null(audits);
    LocalFree(descriptor);
}

static void what_has_no_name_is_not_told_and_nothing_with_it(void **state)
{
    static const char *const texts[] = {
        "O:SYD:(A;;CC;;;WD)(A;;CC;;;S-1-5-21-1-2-3-1001)",
        "O:SYD:(A;;CC;;;WD)(OA;;CC;f30e3bc2-9ff0-11d1-b603-0000f80367c1;;WD)",
        "O:S-1-5-21-1-2-3-1001D:(A;;CC;;;WD)",
    };
    (void)state;
    require_accounts();

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        PSECURITY_DESCRIPTOR descriptor = descriptor_of(texts[i]);
        EXPLICIT_ACCESS_A *access = NULL;
        TRUSTEE_A *owner = NULL;
        ULONG n_access = 42;

        assert_int_equal(LookupSecurityDescriptorPartsA(&owner, NULL, &n_access, &access, NULL,
                                                        NULL, descriptor),
                         ERROR_NONE_MAPPED);
        assert_null(owner);
        assert_null(access);
        assert_int_equal(n_access, 42);
        LocalFree(descriptor);
    }
}

static void lists_come_with_their_counts_and_of_one_block(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SY");
    EXPLICIT_ACCESS_A *list = NULL;
    SECURITY_DESCRIPTOR absolute;
    TRUSTEE_A *owner = NULL;
    ULONG n = 42;
    (void)state;

    expect_true(InitializeSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION));
    assert_int_equal(LookupSecurityDescriptorPartsA(&owner, NULL, &n, NULL, NULL, NULL, descriptor),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(
        LookupSecurityDescriptorPartsA(&owner, NULL, NULL, NULL, NULL, &list, descriptor),
        ERROR_INVALID_PARAMETER);
    assert_int_equal(
        LookupSecurityDescriptorPartsA(&owner, NULL, NULL, NULL, NULL, NULL, &absolute),
        ERROR_BAD_DESCRIPTOR_FORMAT);
    assert_int_equal(LookupSecurityDescriptorPartsA(&owner, NULL, NULL, NULL, NULL, NULL, NULL),
                     ERROR_INVALID_SECURITY_DESCR);

    assert_null(owner);
    assert_null(list);
    assert_int_equal(n, 42);
    LocalFree(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_descriptor_is_built_of_nothing_or_of_names),
        cmocka_unit_test(what_is_not_given_is_that_of_the_old_descriptor),
        cmocka_unit_test(what_is_given_is_not_there_by_default_any_more),
        cmocka_unit_test(each_entry_of_a_list_is_of_its_kind),
        cmocka_unit_test(what_no_descriptor_can_be_built_of_is_refused),
        cmocka_unit_test(a_descriptor_is_told_by_names),
        cmocka_unit_test(what_was_told_builds_the_same_again),
        cmocka_unit_test(what_is_absent_is_null),
        cmocka_unit_test(what_has_no_name_is_not_told_and_nothing_with_it),
        cmocka_unit_test(lists_come_with_their_counts_and_of_one_block),
    };

    return cmocka_run_group_tests(tests, make_accounts, NULL);
}
