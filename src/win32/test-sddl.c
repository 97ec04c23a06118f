/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

#include <sddl.h>

#define ALL                                                                                \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

static void text_becomes_a_descriptor_and_text_again(void **state)
{
    static const char text[] = "O:SYG:BAD:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)";
    PSECURITY_DESCRIPTOR descriptor = NULL;
    LPSTR again = NULL;
    ULONG length = 0;
    ULONG size = 0;
    (void)state;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1,
                                                                     &descriptor, &size));
    assert_int_equal(GetSecurityDescriptorLength(descriptor), size);
    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1,
                                                                     ALL, &again, &length));

    assert_string_equal(again, text);
    assert_int_equal(length, sizeof(text));
    LocalFree(again);
    LocalFree(descriptor);
}

static void wide_text_does_the_same(void **state)
{
    static const WCHAR text[] = u"O:SYD:(A;;FA;;;WD)";
    PSECURITY_DESCRIPTOR descriptor = NULL;
    LPWSTR again = NULL;
    ULONG length = 0;
    (void)state;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1,
                                                                     &descriptor, NULL));
    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1,
                                                                     ALL, &again, &length));
    assert_memory_equal(again, text, sizeof(text));
    assert_int_equal(length, sizeof(text) / sizeof(text[0]));
    LocalFree(again);
    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION, &again, NULL));
    assert_memory_equal(again, u"O:SY", 10);
    LocalFree(again);
    LocalFree(descriptor);
}

static void an_absolute_descriptor_is_printed(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    sid_room system = sid_bytes("S-1-5-18");
    LPSTR text = NULL;
    (void)state;

    expect_true(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    expect_true(SetSecurityDescriptorOwner(&descriptor, &system, FALSE));
    expect_true(SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(&descriptor, SDDL_REVISION_1,
                                                                     ALL, &text, NULL));

    assert_string_equal(text, "O:SYD:NO_ACCESS_CONTROL");
    LocalFree(text);
}

static void text_is_read_as_windows_reads_it(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    (void)state;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "O:SY D:(a;;0x1ffffffff;;;WD)", SDDL_REVISION_1, &descriptor, NULL));
    LocalFree(descriptor);
}

static void what_is_no_descriptor_is_refused(void **state)
{
    SECURITY_DESCRIPTOR broken = {.Revision = 2};
    PSECURITY_DESCRIPTOR descriptor = NULL;
    LPSTR text = NULL;
    LPWSTR wide = NULL;
    ULONG size = 42;
    (void)state;

    expect_error(ERROR_UNKNOWN_REVISION, ConvertStringSecurityDescriptorToSecurityDescriptorA(
                                             "O:SY", 2, &descriptor, &size));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSecurityDescriptorToSecurityDescriptorA(
                                              NULL, SDDL_REVISION_1, &descriptor, &size));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSecurityDescriptorToSecurityDescriptorW(
                                              NULL, SDDL_REVISION_1, &descriptor, &size));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSecurityDescriptorToSecurityDescriptorA(
                                              "O:SY", SDDL_REVISION_1, NULL, &size));
    expect_error(ERROR_INVALID_SID, ConvertStringSecurityDescriptorToSecurityDescriptorA(
                                        "O:XX", SDDL_REVISION_1, &descriptor, &size));
    expect_error(ERROR_INVALID_SECURITY_DESCR, ConvertSecurityDescriptorToStringSecurityDescriptorA(
                                                   &broken, SDDL_REVISION_1, ALL, &text, &size));
    expect_error(ERROR_INVALID_SECURITY_DESCR, ConvertSecurityDescriptorToStringSecurityDescriptorW(
                                                   NULL, SDDL_REVISION_1, ALL, &wide, &size));
    expect_error(ERROR_UNKNOWN_REVISION, ConvertSecurityDescriptorToStringSecurityDescriptorA(
                                             &broken, 2, ALL, &text, &size));
    expect_error(ERROR_INVALID_PARAMETER, ConvertSecurityDescriptorToStringSecurityDescriptorA(
                                              &broken, SDDL_REVISION_1, ALL, NULL, &size));

    assert_null(descriptor);
    assert_null(text);
    assert_null(wide);
    assert_int_equal(size, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_a_descriptor_and_text_again),
        cmocka_unit_test(wide_text_does_the_same),
        cmocka_unit_test(an_absolute_descriptor_is_printed),
        cmocka_unit_test(text_is_read_as_windows_reads_it),
        cmocka_unit_test(what_is_no_descriptor_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
