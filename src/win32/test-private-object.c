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

/* TOKEN_ALL_ACCESS in SDDL. */
#define ALL "CCDCLCSWRPWPDTLOCRSDRCWDWO"

/* A duplicate with the descriptor that is given, or with none. */
static HANDLE duplicate_with(HANDLE token, PSECURITY_DESCRIPTOR descriptor)
{
    SECURITY_ATTRIBUTES attributes = {sizeof(attributes), descriptor, FALSE};
    HANDLE copy = NULL;

    expect_true(DuplicateTokenEx(token, MAXIMUM_ALLOWED, descriptor ? &attributes : NULL,
                                 SecurityAnonymous, TokenPrimary, &copy));
    return copy;
}

static void expect_dacl(const char *expected, HANDLE token)
{
    BOOL defaulted = 42;
    BOOL present = 42;
    PACL dacl = NULL;
    DWORD room[128];
    DWORD size = 0;

    expect_true(
        GetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, room, sizeof(room), &size));
    expect_sddl(expected, room);
    expect_true(GetSecurityDescriptorDacl(room, &present, &dacl, &defaulted));
    assert_int_equal(present, TRUE);
    assert_int_equal(defaulted, FALSE);
}

/* Covers T-OBJ-3, T-OBJ-4. */
static void the_descriptor_of_a_token_is_given_and_not_copied(void **state)
{
    PSECURITY_DESCRIPTOR services = descriptor_of("D:(A;NP;GA;;;SU)");
    HANDLE token = win_h(alice(), TOKEN_DUPLICATE);
    HANDLE given;
    HANDLE copy;
    (void)state;

    be(alice());
    given = duplicate_with(token, services);
    expect_dacl("D:(A;NP;" ALL ";;;SU)", given);
    copy = duplicate_with(given, NULL);
    expect_dacl("D:(A;;" ALL ";;;SY)(A;;" ALL ";;;" ALICE ")", copy);
    expect_true(CloseHandle(copy));
    expect_true(CloseHandle(given));
    expect_true(CloseHandle(token));
    LocalFree(services);
}

/* The label is all that is told, and that of alice's level. */
static void expect_label_of_alice(HANDLE token)
{
    SYSTEM_MANDATORY_LABEL_ACE *ace = NULL;
    BOOL defaulted = 42;
    BOOL present = 42;
    PACL acl = NULL;
    PSID sid = NULL;
    DWORD room[64];
    DWORD size = 0;

    expect_true(
        GetKernelObjectSecurity(token, LABEL_SECURITY_INFORMATION, room, sizeof(room), &size));
    expect_true(GetSecurityDescriptorSacl(room, &present, &acl, &defaulted));
    assert_int_equal(present, TRUE);
    assert_int_equal(acl->AceCount, 1);
    expect_true(GetAce(acl, 0, (LPVOID *)&ace));
    assert_int_equal(ace->Header.AceType, 0x11);
    assert_int_equal(ace->Header.AceFlags, 0);
    assert_int_equal(ace->Mask, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP);
    assert_true(is_sid(&ace->SidStart, "S-1-16-8192"));
    expect_true(GetSecurityDescriptorOwner(room, &sid, &defaulted));
    assert_null(sid);
    expect_true(GetSecurityDescriptorGroup(room, &sid, &defaulted));
    assert_null(sid);
    expect_true(GetSecurityDescriptorDacl(room, &present, &acl, &defaulted));
    assert_int_equal(present, FALSE);
}

/* Covers T-OBJ-6, T-OBJ-7, T-OBJ-8. */
static void the_label_of_a_token_is_neither_given_nor_set(void **state)
{
    PSECURITY_DESCRIPTOR low = descriptor_of("S:(ML;;NW;;;LW)");
    HANDLE token = win_h(alice(), TOKEN_ALL_ACCESS);
    HANDLE copy;
    (void)state;

    be(alice());
    expect_label_of_alice(token);
    expect_true(SetKernelObjectSecurity(token, LABEL_SECURITY_INFORMATION, low));
    expect_label_of_alice(token);
    copy = duplicate_with(token, low);
    expect_label_of_alice(copy);
    expect_true(CloseHandle(copy));
    expect_true(CloseHandle(token));
    LocalFree(low);
}

#define ONE "00000001-0000-0000-0000-000000000000"
#define TWO "00000002-0000-0000-0000-000000000000"

static void what_is_for_other_types_is_not_inherited(void **state)
{
    PSECURITY_DESCRIPTOR parent =
        descriptor_of("O:SYG:SYD:(OA;OI;FR;;" ONE ";WD)(OA;OI;FW;;" TWO ";WD)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    GUID *types[] = {&one, &two};
    const struct {
        ULONG n_types;
        const char *expected;
    } rows[] = {
        {1, "O:" ALICE "G:" DOMAIN_USERS "D:(A;;FR;;;WD)"},
        {2, "O:" ALICE "G:" DOMAIN_USERS "D:(A;;FR;;;WD)(A;;FW;;;WD)"},
    };
    PSECURITY_DESCRIPTOR made = NULL;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_true(CreatePrivateObjectSecurityWithMultipleInheritance(
            parent, NULL, &made, types, rows[i].n_types, FALSE, 0, token, &file_mapping));
        expect_sddl(rows[i].expected, made);
        expect_true(DestroyPrivateObjectSecurity(&made));
    }
    expect_true(
        CreatePrivateObjectSecurityEx(parent, NULL, &made, &two, FALSE, 0, token, &file_mapping));
    expect_sddl("O:" ALICE "G:" DOMAIN_USERS "D:(A;;FW;;;WD)", made);
    expect_true(DestroyPrivateObjectSecurity(&made));
    expect_true(CloseHandle(token));
    LocalFree(parent);
}

static void types_are_as_many_as_there_are(void **state)
{
    static GUID *many[65537];
    GUID one = {1, 0, 0, {0}};
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    const struct {
        GUID **types;
        ULONG n_types;
        bool is_good;
    } rows[] = {{NULL, 0, true}, {NULL, 1, false}, {many, 65536, true}, {many, 65537, false}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
        many[i] = &one;
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        PSECURITY_DESCRIPTOR made = NULL;
        const BOOL is_made = CreatePrivateObjectSecurityWithMultipleInheritance(
            NULL, NULL, &made, rows[i].types, rows[i].n_types, FALSE, 0, token, &file_mapping);

        assert_int_equal(is_made, rows[i].is_good);
        assert_true((made != NULL) == rows[i].is_good);
        if (!is_made) {
            assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
        }
        expect_true(DestroyPrivateObjectSecurity(&made));
    }
    expect_true(CloseHandle(token));
}

static void a_dacl_that_is_set_is_not_marked_inherited(void **state)
{
    PSECURITY_DESCRIPTOR object = descriptor_of("O:SYG:SYD:(A;;FR;;;WD)");
    PSECURITY_DESCRIPTOR change = descriptor_of("D:(A;;GA;;;SY)");
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    (void)state;

    expect_true(
        SetPrivateObjectSecurity(DACL_SECURITY_INFORMATION, change, &object, &file_mapping, token));
    expect_sddl("O:SYG:SYD:(A;;FA;;;SY)", object);
    expect_true(SetPrivateObjectSecurityEx(DACL_SECURITY_INFORMATION, change, &object,
                                           SEF_DACL_AUTO_INHERIT, &file_mapping, token));
    expect_sddl("O:SYG:SYD:AI(A;;FA;;;SY)", object);
    expect_true(DestroyPrivateObjectSecurity(&object));
    expect_true(CloseHandle(token));
    LocalFree(change);
}

static void a_part_needs_a_descriptor_and_two_places(void **state)
{
    PSECURITY_DESCRIPTOR object = descriptor_of("O:SY");
    SECURITY_DESCRIPTOR later = {.Revision = 2};
    BYTE part[64];
    DWORD size = 42;
    (void)state;

    expect_error(ERROR_INVALID_PARAMETER,
                 GetPrivateObjectSecurity(NULL, OWNER_SECURITY_INFORMATION, part, 64, &size));
    expect_error(ERROR_INVALID_PARAMETER,
                 GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, part, 64, NULL));
    expect_error(ERROR_INVALID_SECURITY_DESCR,
                 GetPrivateObjectSecurity(&later, OWNER_SECURITY_INFORMATION, part, 64, &size));
    assert_int_equal(size, 42);
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, NULL, 64, &size));
    assert_int_equal(size, 32);
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, part, 31, &size));
    expect_true(GetPrivateObjectSecurity(object, OWNER_SECURITY_INFORMATION, part, 32, &size));
    LocalFree(object);
}

static void what_is_marked_is_for_the_type(void **state)
{
    PSECURITY_DESCRIPTOR parent = descriptor_of("O:SYG:SYD:(OA;OI;FR;;" ONE ";WD)");
    PSECURITY_DESCRIPTOR child = descriptor_of("O:SYG:SYD:(A;;FA;;;SY)(A;;FR;;;WD)");
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    PSECURITY_DESCRIPTOR converted = NULL;
    (void)state;

    expect_true(ConvertToAutoInheritPrivateObjectSecurity(parent, child, &converted, &one, FALSE,
                                                          &file_mapping));
    expect_sddl("O:SYG:SYD:AI(A;;FA;;;SY)(A;ID;FR;;;WD)", converted);
    expect_true(DestroyPrivateObjectSecurity(&converted));
    expect_true(ConvertToAutoInheritPrivateObjectSecurity(parent, child, &converted, &two, FALSE,
                                                          &file_mapping));
    expect_sddl("O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FR;;;WD)", converted);
    expect_true(DestroyPrivateObjectSecurity(&converted));
    LocalFree(child);
    LocalFree(parent);
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
        cmocka_unit_test(the_descriptor_of_a_token_is_given_and_not_copied),
        cmocka_unit_test(the_label_of_a_token_is_neither_given_nor_set),
        cmocka_unit_test(what_is_for_other_types_is_not_inherited),
        cmocka_unit_test(types_are_as_many_as_there_are),
        cmocka_unit_test(a_dacl_that_is_set_is_not_marked_inherited),
        cmocka_unit_test(a_part_needs_a_descriptor_and_two_places),
        cmocka_unit_test(what_is_marked_is_for_the_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
