/* SPDX-License-Identifier: MIT */

#include <sddl.h>

#include "win32/test-tokens.h"

static GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                       FILE_ALL_ACCESS};

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     &descriptor, NULL));
    return descriptor;
}

static void expect_sddl(const char *expected, PSECURITY_DESCRIPTOR descriptor)
{
    char *text = NULL;

    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(
        descriptor, SDDL_REVISION_1,
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &text,
        NULL));
    assert_string_equal(text, expected);
    LocalFree(text);
}

static void an_object_inherits_from_its_parent(void **state)
{
    PSECURITY_DESCRIPTOR parent = descriptor_of("O:SYG:SYD:(A;OI;FR;;;WD)(A;CI;FW;;;WD)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    PSECURITY_DESCRIPTOR made = NULL;
    (void)state;

    expect_true(CreatePrivateObjectSecurity(parent, NULL, &made, FALSE, token, &file_mapping));
    expect_sddl("O:" ALICE "G:" DOMAIN_USERS "D:(A;;FR;;;WD)", made);
    expect_true(DestroyPrivateObjectSecurity(&made));
    assert_null(made);
    expect_true(CreatePrivateObjectSecurityEx(parent, NULL, &made, NULL, FALSE,
                                              SEF_DACL_AUTO_INHERIT, token, &file_mapping));
    expect_sddl("O:" ALICE "G:" DOMAIN_USERS "D:AI(A;ID;FR;;;WD)", made);
    expect_true(DestroyPrivateObjectSecurity(&made));
    expect_true(CloseHandle(token));
    LocalFree(parent);
}

static void an_object_may_have_several_types(void **state)
{
    PSECURITY_DESCRIPTOR parent =
        descriptor_of("O:SYG:SYD:(OA;CI;FR;;00000001-0000-0000-0000-000000000000;WD)"
                      "(OA;CI;FW;;00000002-0000-0000-0000-000000000000;WD)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    GUID *types[] = {&one, &two};
    GUID *missing[] = {NULL};
    PSECURITY_DESCRIPTOR made = NULL;
    PACL acl = NULL;
    BOOL flag;
    (void)state;

    expect_true(CreatePrivateObjectSecurityWithMultipleInheritance(parent, NULL, &made, types, 2,
                                                                   TRUE, 0, token, &file_mapping));
    expect_true(GetSecurityDescriptorDacl(made, &flag, &acl, &flag));
    assert_true(acl->AceCount >= 2);
    expect_true(DestroyPrivateObjectSecurity(&made));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreatePrivateObjectSecurityWithMultipleInheritance(parent, NULL, &made, missing, 1,
                                                                    TRUE, 0, token, &file_mapping));
    assert_null(made);
    expect_true(CloseHandle(token));
    LocalFree(parent);
}

static void who_may_not_make_it_does_not(void **state)
{
    PSECURITY_DESCRIPTOR foreign = descriptor_of("O:" BOB "G:SYD:");
    PSECURITY_DESCRIPTOR audited = descriptor_of("S:(AU;SA;FA;;;WD)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    HANDLE blind = win_h(alice(), TOKEN_DUPLICATE);
    HANDLE anonymous = win_h(impersonating(alice(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    const struct {
        PSECURITY_DESCRIPTOR creator;
        HANDLE token;
        PGENERIC_MAPPING mapping;
        DWORD error;
    } rows[] = {
        {foreign, token, &file_mapping, ERROR_INVALID_OWNER},
        {audited, token, &file_mapping, ERROR_PRIVILEGE_NOT_HELD},
        {NULL, blind, &file_mapping, ERROR_ACCESS_DENIED},
        {NULL, anonymous, &file_mapping, ERROR_BAD_IMPERSONATION_LEVEL},
        {NULL, NULL, &file_mapping, ERROR_NO_TOKEN},
        {NULL, token, NULL, ERROR_INVALID_PARAMETER},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        PSECURITY_DESCRIPTOR made = NULL;

        expect_error(rows[i].error, CreatePrivateObjectSecurity(NULL, rows[i].creator, &made, FALSE,
                                                                rows[i].token, rows[i].mapping));
        assert_null(made);
    }
    expect_true(CloseHandle(anonymous));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(token));
    LocalFree(audited);
    LocalFree(foreign);
}

static void parts_are_got_and_replaced(void **state)
{
    PSECURITY_DESCRIPTOR object = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    PSECURITY_DESCRIPTOR change = descriptor_of("O:" BOB "D:(A;;GA;;;SY)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    BYTE part[256];
    DWORD size = 0;
    (void)state;

    expect_true(
        SetPrivateObjectSecurity(DACL_SECURITY_INFORMATION, change, &object, &file_mapping, NULL));
    expect_sddl("O:SYG:SYD:(A;;FA;;;SY)", object);
    expect_error(ERROR_NO_TOKEN, SetPrivateObjectSecurity(OWNER_SECURITY_INFORMATION, change,
                                                          &object, &file_mapping, NULL));
    expect_error(ERROR_INVALID_OWNER, SetPrivateObjectSecurity(OWNER_SECURITY_INFORMATION, change,
                                                               &object, &file_mapping, token));
    expect_sddl("O:SYG:SYD:(A;;FA;;;SY)", object);
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, NULL, 0, &size));
    expect_true(GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, part, size, &size));
    expect_sddl("O:SY", part);
    expect_error(ERROR_INVALID_PARAMETER, DestroyPrivateObjectSecurity(NULL));
    expect_true(DestroyPrivateObjectSecurity(&object));
    expect_error(ERROR_INVALID_PARAMETER,
                 SetPrivateObjectSecurityEx(DACL_SECURITY_INFORMATION, change, &object, 0,
                                            &file_mapping, token));
    expect_true(CloseHandle(token));
    LocalFree(change);
}

static void what_came_from_the_parent_is_marked(void **state)
{
    PSECURITY_DESCRIPTOR parent = descriptor_of("O:SYG:SYD:(A;OI;FR;;;WD)");
    PSECURITY_DESCRIPTOR child = descriptor_of("O:SYG:SYD:(A;;FA;;;SY)(A;;FR;;;WD)");
    PSECURITY_DESCRIPTOR converted = NULL;
    (void)state;

    expect_true(ConvertToAutoInheritPrivateObjectSecurity(parent, child, &converted, NULL, FALSE,
                                                          &file_mapping));
    expect_sddl("O:SYG:SYD:AI(A;;FA;;;SY)(A;ID;FR;;;WD)", converted);
    expect_true(DestroyPrivateObjectSecurity(&converted));
    expect_error(ERROR_INVALID_PARAMETER,
                 ConvertToAutoInheritPrivateObjectSecurity(parent, NULL, &converted, NULL, FALSE,
                                                           &file_mapping));
    LocalFree(child);
    LocalFree(parent);
}

static void a_kernel_object_has_a_descriptor(void **state)
{
    PSECURITY_DESCRIPTOR change = descriptor_of("D:(A;;GA;;;SY)");
    HANDLE token = win_h(alice(), TOKEN_ALL_ACCESS);
    HANDLE blind = win_h(alice(), TOKEN_QUERY);
    BYTE buffer[512];
    DWORD size = 0;
    (void)state;

    be(alice());
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 GetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, NULL, 0, &size));
    expect_true(SetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, change));
    expect_true(
        GetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, buffer, sizeof(buffer), &size));
    expect_sddl("D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)", buffer);
    expect_error(ERROR_ACCESS_DENIED,
                 SetKernelObjectSecurity(blind, DACL_SECURITY_INFORMATION, change));
    expect_error(ERROR_ACCESS_DENIED, GetKernelObjectSecurity(blind, DACL_SECURITY_INFORMATION,
                                                              buffer, sizeof(buffer), &size));
    expect_error(ERROR_NOACCESS, SetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, NULL));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(token));
    LocalFree(change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_inherits_from_its_parent),
        cmocka_unit_test(an_object_may_have_several_types),
        cmocka_unit_test(who_may_not_make_it_does_not),
        cmocka_unit_test(parts_are_got_and_replaced),
        cmocka_unit_test(what_came_from_the_parent_is_marked),
        cmocka_unit_test(a_kernel_object_has_a_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
