/* SPDX-License-Identifier: MIT */

#include "win32/test-acls.h"

static PSECURITY_DESCRIPTOR get(HANDLE handle, SECURITY_INFORMATION information)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;

    assert_int_equal(
        GetSecurityInfo(handle, SE_KERNEL_OBJECT, information, NULL, NULL, NULL, NULL, &descriptor),
        ERROR_SUCCESS);
    return descriptor;
}

static void expect_security(HANDLE handle, SECURITY_INFORMATION information, const char *expected)
{
    PSECURITY_DESCRIPTOR descriptor = get(handle, information);
    LPSTR text = NULL;

    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1,
                                                                     information, &text, NULL));
    assert_string_equal(text, expected);
    LocalFree(text);
    LocalFree(descriptor);
}

static void parts_are_told_where_they_are(void **state)
{
    const SECURITY_INFORMATION information =
        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;
    HANDLE token = win_h(alice(), TOKEN_ALL_ACCESS);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID owner = NULL;
    PSID group = &owner;
    PACL dacl = NULL;
    PACL sacl = NULL;
    (void)state;

    be(alice());
    assert_int_equal(GetSecurityInfo(token, SE_KERNEL_OBJECT, information, &owner, &group, &dacl,
                                     &sacl, &descriptor),
                     ERROR_SUCCESS);

    assert_true(is_sid(owner, ALICE));
    assert_null(group);
    assert_true(IsValidAcl(dacl));
    assert_int_equal(sacl->AceCount, 1);
    assert_int_equal(((PACE_HEADER)(sacl + 1))->AceType, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
    assert_in_range((uintptr_t)owner, (uintptr_t)descriptor,
                    (uintptr_t)descriptor + GetSecurityDescriptorLength(descriptor));
    LocalFree(descriptor);
    expect_true(CloseHandle(token));
}

static void nothing_is_told_without_a_right_or_a_place(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_ALL_ACCESS);
    HANDLE weak = win_h(alice(), TOKEN_QUERY);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID owner = NULL;
    (void)state;

    be(alice());
    assert_int_equal(GetSecurityInfo(weak, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                                     NULL, NULL, NULL, &descriptor),
                     ERROR_ACCESS_DENIED);
    assert_int_equal(GetSecurityInfo(token, SE_KERNEL_OBJECT, SACL_SECURITY_INFORMATION, &owner,
                                     NULL, NULL, NULL, &descriptor),
                     ERROR_ACCESS_DENIED);
    assert_int_equal(GetSecurityInfo(token, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                                     NULL, NULL, NULL, NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(GetSecurityInfo(NULL, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                                     NULL, NULL, NULL, &descriptor),
                     ERROR_INVALID_HANDLE);
    for (int type = SE_UNKNOWN_OBJECT_TYPE; type <= SE_REGISTRY_WOW64_32KEY; type++) {
        if (type != SE_KERNEL_OBJECT) {
            assert_int_equal(GetSecurityInfo(token, (SE_OBJECT_TYPE)type,
                                             OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL,
                                             &descriptor),
                             ERROR_INVALID_PARAMETER);
            assert_int_equal(SetSecurityInfo(token, (SE_OBJECT_TYPE)type, DACL_SECURITY_INFORMATION,
                                             NULL, NULL, NULL, NULL),
                             ERROR_INVALID_PARAMETER);
        }
    }

    assert_null(descriptor);
    assert_null(owner);
    expect_true(CloseHandle(weak));
    expect_true(CloseHandle(token));
}

static void parts_that_are_named_are_set_and_no_others(void **state)
{
    HANDLE token = win_h(alice_with(SE_SECURITY_PRIVILEGE), TOKEN_ALL_ACCESS);
    PSECURITY_DESCRIPTOR given = NULL;
    PACL dacl = dacl_of("D:(A;;GR;;;WD)", &given);
    sid_room bob_sid = sid_bytes(BOB);
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, &bob_sid,
                                     &bob_sid, dacl, (PACL)(void *)&bob_sid),
                     ERROR_SUCCESS);
    expect_security(token, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                    "O:" ALICE "D:(A;;DCSWRPRC;;;WD)");
    assert_int_equal(
        SetSecurityInfo(token, SE_KERNEL_OBJECT,
                        DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, NULL, NULL,
                        dacl, NULL),
        ERROR_SUCCESS);
    expect_security(token, DACL_SECURITY_INFORMATION, "D:P(A;;DCSWRPRC;;;WD)");
    LocalFree(given);
    expect_true(CloseHandle(token));
}

static void parts_that_are_not_named_are_not_looked_at(void **state)
{
    const DWORD rights = TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY;
    HANDLE token = win_h(alice_with(SE_SECURITY_PRIVILEGE), rights);
    DWORD garbage[8] = {0xffffffff, 0xffffffff};
    PACL no_acl = (PACL)(void *)garbage;
    sid_room alice_sid = sid_bytes(ALICE);
    acl_room empty = acl_empty();
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION,
                                     &alice_sid, garbage, no_acl, no_acl),
                     ERROR_SUCCESS);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, garbage,
                                     garbage, &empty.acl, no_acl),
                     ERROR_SUCCESS);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, SACL_SECURITY_INFORMATION, garbage,
                                     garbage, no_acl, &empty.acl),
                     ERROR_SUCCESS);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, GROUP_SECURITY_INFORMATION, garbage,
                                     garbage, &empty.acl, &empty.acl),
                     ERROR_INVALID_SECURITY_DESCR);
    expect_security(token, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, "O:" ALICE "D:");
    expect_true(CloseHandle(token));
}

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

static void each_part_of_a_sacl_is_set_by_its_own_name(void **state)
{
    static const struct {
        SECURITY_INFORMATION information;
        const char *sacl;
    } parts[] = {
        {SACL_SECURITY_INFORMATION, "S:(AU;SA;CC;;;WD)"},
        {ATTRIBUTE_SECURITY_INFORMATION, "S:(RA;;;;;WD;(\"x\",TI,0x0,1))"},
        {SCOPE_SECURITY_INFORMATION, "S:(SP;;;;;S-1-17-1)"},
    };
    const DWORD rights = TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY;
    HANDLE token = win_h(alice_with(SE_SECURITY_PRIVILEGE), rights);
    PSECURITY_DESCRIPTOR given = NULL;
    (void)state;

    be(alice());
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        PACL sacl = sacl_of(parts[i].sacl, &given);

        assert_int_equal(
            SetSecurityInfo(token, SE_KERNEL_OBJECT, parts[i].information, NULL, NULL, NULL, sacl),
            ERROR_SUCCESS);
        LocalFree(given);
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        expect_security(token, parts[i].information, parts[i].sacl);
    }
    expect_true(CloseHandle(token));
}

/* A thread's: that of a token stays what it is. */
static void a_label_alone_is_set_as_one(void **state)
{
    HANDLE thread = GetCurrentThread();
    PSECURITY_DESCRIPTOR given = NULL;
    PACL sacl = sacl_of("S:(ML;;NW;;;LW)", &given);
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(thread, SE_KERNEL_OBJECT, LABEL_SECURITY_INFORMATION, NULL,
                                     NULL, NULL, sacl),
                     ERROR_SUCCESS);
    expect_security(thread, LABEL_SECURITY_INFORMATION, "S:(ML;;NW;;;LW)");
    LocalFree(given);
}

static void a_dacl_and_a_sacl_are_set_together(void **state)
{
    const SECURITY_INFORMATION both = DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    const DWORD rights = TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY;
    HANDLE token = win_h(alice_with(SE_SECURITY_PRIVILEGE), rights);
    PSECURITY_DESCRIPTOR with_dacl = NULL;
    PSECURITY_DESCRIPTOR with_sacl = NULL;
    PACL dacl = dacl_of("D:(A;;CC;;;WD)", &with_dacl);
    PACL sacl = sacl_of("S:(AU;SA;DC;;;WD)", &with_sacl);
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, both, NULL, NULL, dacl, sacl),
                     ERROR_SUCCESS);
    expect_security(token, both, "D:(A;;CC;;;WD)S:(AU;SA;DC;;;WD)");
    LocalFree(with_dacl);
    LocalFree(with_sacl);
    expect_true(CloseHandle(token));
}

static void what_is_refused_changes_nothing(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_ALL_ACCESS);
    HANDLE weak = win_h(alice(), TOKEN_ALL_ACCESS & ~WRITE_DAC);
    sid_room bob_sid = sid_bytes(BOB);
    acl_room empty = acl_empty();
    acl_room broken = {0};
    PSECURITY_DESCRIPTOR before =
        get(token, DACL_SECURITY_INFORMATION | OWNER_SECURITY_INFORMATION);
    PSECURITY_DESCRIPTOR after;
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(weak, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                     &empty.acl, NULL),
                     ERROR_ACCESS_DENIED);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                     &broken.acl, NULL),
                     ERROR_INVALID_SECURITY_DESCR);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &bob_sid,
                                     NULL, NULL, NULL),
                     ERROR_INVALID_OWNER);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, NULL,
                                     NULL, NULL, NULL),
                     ERROR_INVALID_OWNER);
    assert_int_equal(SetSecurityInfo(token, SE_KERNEL_OBJECT, SACL_SECURITY_INFORMATION, NULL, NULL,
                                     NULL, &empty.acl),
                     ERROR_ACCESS_DENIED);
    after = get(token, DACL_SECURITY_INFORMATION | OWNER_SECURITY_INFORMATION);
    assert_memory_equal(before, after, GetSecurityDescriptorLength(before));
    LocalFree(before);
    LocalFree(after);
    expect_true(CloseHandle(weak));
    expect_true(CloseHandle(token));
}

static void without_a_dacl_everybody_may_do_everything(void **state)
{
    HANDLE thread = GetCurrentThread();
    PSECURITY_DESCRIPTOR descriptor;
    BOOL defaulted = TRUE;
    BOOL present = FALSE;
    PACL dacl = (PACL)&present;
    (void)state;

    be(alice());
    assert_int_equal(SetSecurityInfo(thread, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                     NULL, NULL, NULL),
                     ERROR_SUCCESS);
    descriptor = get(thread, DACL_SECURITY_INFORMATION);
    expect_true(GetSecurityDescriptorDacl(descriptor, &present, &dacl, &defaulted));
    assert_int_equal(present, TRUE);
    assert_null(dacl);
    LocalFree(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_told_where_they_are),
        cmocka_unit_test(nothing_is_told_without_a_right_or_a_place),
        cmocka_unit_test(parts_that_are_named_are_set_and_no_others),
        cmocka_unit_test(parts_that_are_not_named_are_not_looked_at),
        cmocka_unit_test(each_part_of_a_sacl_is_set_by_its_own_name),
        cmocka_unit_test(a_label_alone_is_set_as_one),
        cmocka_unit_test(a_dacl_and_a_sacl_are_set_together),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(without_a_dacl_everybody_may_do_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
