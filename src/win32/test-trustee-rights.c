/* SPDX-License-Identifier: MIT */

#include "win32/test-acls.h"

/* The SACL of a text, in a descriptor that the caller frees. */
static PACL sacl_of(const char *sddl, PSECURITY_DESCRIPTOR *ret_descriptor)
{
    BOOL present = FALSE;
    BOOL defaulted;
    PACL sacl = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     ret_descriptor, NULL));
    expect_true(GetSecurityDescriptorSacl(*ret_descriptor, &present, &sacl, &defaulted));
    return sacl;
}

static void effective_rights_are_what_the_acl_leaves(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(D;;CC;;;WD)(A;;CCDC;;;WD)(A;;GR;;;BU)(A;;LC;;;BA)", &descriptor);
    sid_room users = sid_bytes("S-1-5-32-545");
    ACCESS_MASK rights = 0;
    TRUSTEE_A trustee;
    TRUSTEE_W wide;
    (void)state;

    BuildTrusteeWithSidA(&trustee, &users);
    assert_int_equal(GetEffectiveRightsFromAclA(dacl, &trustee, &rights), ERROR_SUCCESS);
    assert_int_equal(rights, 2 | GENERIC_READ);
    BuildTrusteeWithSidW(&wide, &users);
    assert_int_equal(GetEffectiveRightsFromAclW(NULL, &wide, &rights), ERROR_SUCCESS);

    assert_int_equal(rights & FILE_ALL_ACCESS, FILE_ALL_ACCESS);
    LocalFree(descriptor);
}

static void an_empty_acl_leaves_nothing_and_nobody_has_no_rights(void **state)
{
    sid_room users = sid_bytes("S-1-5-32-545");
    acl_room empty = acl_empty();
    acl_room broken = {0};
    ACCESS_MASK rights = 42;
    TRUSTEE_A trustee;
    char name[] = "BUILTIN\\somebody";
    (void)state;

    BuildTrusteeWithNameA(&trustee, name);
    assert_int_equal(GetEffectiveRightsFromAclA(&empty.acl, &trustee, &rights), ERROR_NONE_MAPPED);
    BuildTrusteeWithSidA(&trustee, NULL);
    assert_int_equal(GetEffectiveRightsFromAclA(&empty.acl, &trustee, &rights), ERROR_INVALID_SID);
    BuildTrusteeWithSidA(&trustee, &users);
    assert_int_equal(GetEffectiveRightsFromAclA(&broken.acl, &trustee, &rights), ERROR_INVALID_ACL);
    assert_int_equal(GetEffectiveRightsFromAclA(&empty.acl, NULL, &rights),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(GetEffectiveRightsFromAclA(&empty.acl, &trustee, NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(rights, 42);
    assert_int_equal(GetEffectiveRightsFromAclA(&empty.acl, &trustee, &rights), ERROR_SUCCESS);

    assert_int_equal(rights, 0);
}

static void effective_rights_are_not_told_of_an_inherited_denial(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(A;;FA;;;WD)(D;ID;CC;;;BA)", &descriptor);
    sid_room users = sid_bytes("S-1-5-32-545");
    ACCESS_MASK rights = 42;
    TRUSTEE_A trustee;
    (void)state;

    BuildTrusteeWithSidA(&trustee, &users);
    assert_int_equal(GetEffectiveRightsFromAclA(dacl, &trustee, &rights), ERROR_INVALID_ACL);

    assert_int_equal(rights, 42);
    LocalFree(descriptor);
}

static ACCESS_MASK rights_of_name(PACL dacl, const char *name)
{
    ACCESS_MASK rights = 0;
    TRUSTEE_A trustee;

    BuildTrusteeWithNameA(&trustee, (LPSTR)(uintptr_t)name);
    assert_int_equal(GetEffectiveRightsFromAclA(dacl, &trustee, &rights), ERROR_SUCCESS);
    return rights;
}

static void effective_rights_are_those_of_the_groups_of_a_user(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(D;;0x1;;;S-1-22-2-61013)(A;;0x1;;;WD)(A;;0x2;;;S-1-22-2-61013)"
                        "(A;;0x4;;;S-1-22-2-61002)(A;;0x8;;;BU)(A;;0x10;;;BA)"
                        "(A;;0x20;;;S-1-22-1-61001)(A;;0x40;;;AU)(A;;0x80;;;S-1-2-0)",
                        &descriptor);
    (void)state;
    require_accounts();

    assert_int_equal(rights_of_name(dacl, "alice"), 0x2e);
    assert_int_equal(rights_of_name(dacl, "bob"), 0xd);
    assert_int_equal(rights_of_name(dacl, "root"), 0x11);
    assert_int_equal(rights_of_name(dacl, "Unix Group\\team"), 0x2);
    assert_int_equal(rights_of_name(dacl, "Unix Group\\staff"), 0x5);
    LocalFree(descriptor);
}

static void effective_rights_of_a_user_without_an_account_are_everyones(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL dacl = dacl_of("D:(A;;0x1;;;WD)(A;;0x2;;;S-1-22-1-61999)(A;;0x8;;;BU)", &descriptor);
    sid_room nobody = sid_bytes("S-1-22-1-61999");
    ACCESS_MASK rights = 0;
    TRUSTEE_W trustee;
    (void)state;
    require_accounts();

    BuildTrusteeWithSidW(&trustee, &nobody);
    assert_int_equal(GetEffectiveRightsFromAclW(dacl, &trustee, &rights), ERROR_SUCCESS);

    assert_int_equal(rights, 3);
    LocalFree(descriptor);
}

static void expect_audited(PACL acl, const char *sid_text, ACCESS_MASK successes,
                           ACCESS_MASK failures)
{
    sid_room sid = sid_bytes(sid_text);
    ACCESS_MASK success = 42;
    ACCESS_MASK failure = 42;
    TRUSTEE_A narrow;
    TRUSTEE_W wide;

    BuildTrusteeWithSidA(&narrow, &sid);
    BuildTrusteeWithSidW(&wide, &sid);
    assert_int_equal(GetAuditedPermissionsFromAclA(acl, &narrow, &success, &failure),
                     ERROR_SUCCESS);
    assert_int_equal(success, successes);
    assert_int_equal(failure, failures);
    success = 42;
    assert_int_equal(GetAuditedPermissionsFromAclW(acl, &wide, &success, &failure), ERROR_SUCCESS);
    assert_int_equal(success, successes);
}

static void what_is_audited_is_told_by_outcome(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL sacl = sacl_of("S:(AU;SA;0x1;;;WD)(AU;FA;0x2;;;BU)(AU;SAFA;0x4;;;BU)(AU;SA;0x8;;;BA)"
                        "(AU;OICIIOSA;0x10;;;WD)(XU;SAFA;0x20;;;WD;(Title))"
                        "(OU;SA;0x40;f30e3bc2-9ff0-11d1-b603-0000f80367c1;;WD)(ML;;NW;;;HI)",
                        &descriptor);
    acl_room empty = acl_empty();
    (void)state;

    expect_audited(sacl, "S-1-5-32-545", 0x5, 0x6);
    expect_audited(sacl, "S-1-5-32-544", 0x9, 0);
    expect_audited(sacl, "S-1-22-1-61999", 0x1, 0);
    expect_audited(&empty.acl, "S-1-5-32-545", 0, 0);
    LocalFree(descriptor);
}

static void audits_of_a_users_groups_are_his(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL sacl = sacl_of("S:(AU;SA;0x4;;;S-1-22-2-61013)(AU;FA;0x2;;;S-1-22-1-61001)", &descriptor);
    (void)state;
    require_accounts();

    expect_audited(sacl, "S-1-22-1-61001", 0x4, 0x2);
    expect_audited(sacl, "S-1-22-1-61005", 0, 0);
    LocalFree(descriptor);
}

static void audits_of_nobody_are_not_told(void **state)
{
    sid_room users = sid_bytes("S-1-5-32-545");
    acl_room empty = acl_empty();
    acl_room broken = {0};
    ACCESS_MASK successes = 42;
    ACCESS_MASK failures = 42;
    TRUSTEE_A trustee;
    char name[] = "BUILTIN\\somebody";
    PACL acl = &empty.acl;
    (void)state;

    BuildTrusteeWithNameA(&trustee, name);
    assert_int_equal(GetAuditedPermissionsFromAclA(acl, &trustee, &successes, &failures),
                     ERROR_NONE_MAPPED);
    BuildTrusteeWithSidA(&trustee, &users);
    assert_int_equal(GetAuditedPermissionsFromAclA(NULL, &trustee, &successes, &failures),
                     ERROR_INVALID_ACL);
    assert_int_equal(GetAuditedPermissionsFromAclA(&broken.acl, &trustee, &successes, &failures),
                     ERROR_INVALID_ACL);
    assert_int_equal(GetAuditedPermissionsFromAclA(acl, NULL, &successes, &failures),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(GetAuditedPermissionsFromAclA(acl, &trustee, NULL, &failures),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(GetAuditedPermissionsFromAclA(acl, &trustee, &successes, NULL),
                     ERROR_INVALID_PARAMETER);

    assert_int_equal(successes, 42);
    assert_int_equal(failures, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effective_rights_are_what_the_acl_leaves),
        cmocka_unit_test(effective_rights_are_not_told_of_an_inherited_denial),
        cmocka_unit_test(an_empty_acl_leaves_nothing_and_nobody_has_no_rights),
        cmocka_unit_test(effective_rights_are_those_of_the_groups_of_a_user),
        cmocka_unit_test(effective_rights_of_a_user_without_an_account_are_everyones),
        cmocka_unit_test(what_is_audited_is_told_by_outcome),
        cmocka_unit_test(audits_of_a_users_groups_are_his),
        cmocka_unit_test(audits_of_nobody_are_not_told),
    };

    return cmocka_run_group_tests(tests, make_accounts, NULL);
}
