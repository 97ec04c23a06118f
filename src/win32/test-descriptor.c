/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

#include "base/check.h"

static SECURITY_DESCRIPTOR absolute_empty(void)
{
    SECURITY_DESCRIPTOR descriptor;

    expect_true(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    return descriptor;
}

static void parts_are_set_and_got(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    sid_room owner = sid_bytes("S-1-5-18");
    sid_room group = sid_bytes("S-1-5-32-544");
    acl_room dacl = acl_empty();
    acl_room sacl = acl_empty();
    BOOL defaulted = 42;
    BOOL present = 42;
    PSID sid = NULL;
    PACL acl = NULL;
    (void)state;

    expect_true(SetSecurityDescriptorOwner(&descriptor, &owner, 0x100));
    expect_true(SetSecurityDescriptorGroup(&descriptor, &group, FALSE));
    expect_true(SetSecurityDescriptorDacl(&descriptor, 0x100, &dacl.acl, FALSE));
    expect_true(SetSecurityDescriptorSacl(&descriptor, TRUE, &sacl.acl, TRUE));
    expect_true(GetSecurityDescriptorOwner(&descriptor, &sid, &defaulted));
    assert_ptr_equal(sid, &owner);
    assert_int_equal(defaulted, TRUE);
    expect_true(GetSecurityDescriptorGroup(&descriptor, &sid, &defaulted));
    assert_ptr_equal(sid, &group);
    assert_int_equal(defaulted, FALSE);
    expect_true(GetSecurityDescriptorDacl(&descriptor, &present, &acl, &defaulted));
    assert_ptr_equal(acl, &dacl);
    assert_int_equal(present, TRUE);
    assert_int_equal(defaulted, FALSE);
    expect_true(GetSecurityDescriptorSacl(&descriptor, &present, &acl, &defaulted));
    assert_ptr_equal(acl, &sacl);
    assert_int_equal(present, TRUE);
    assert_int_equal(defaulted, TRUE);
    assert_true(IsValidSecurityDescriptor(&descriptor));
}

static void an_acl_that_is_absent_leaves_its_outputs_alone(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    PACL acl = (PACL)&descriptor;
    BOOL defaulted = 42;
    BOOL present = 42;
    (void)state;

    expect_true(GetSecurityDescriptorDacl(&descriptor, &present, &acl, &defaulted));
    assert_int_equal(present, FALSE);
    expect_true(GetSecurityDescriptorSacl(&descriptor, &present, &acl, &defaulted));

    assert_int_equal(present, FALSE);
    assert_int_equal(defaulted, 42);
    assert_ptr_equal(acl, &descriptor);
}

static void refusals_are_last_errors(void **state)
{
    SECURITY_DESCRIPTOR descriptor = {.Revision = 2};
    SECURITY_DESCRIPTOR_CONTROL control = 42;
    BOOL defaulted = 42;
    BOOL present = 42;
    DWORD size = 42;
    PSID sid = NULL;
    PACL acl = NULL;
    (void)state;

    expect_error(ERROR_UNKNOWN_REVISION, InitializeSecurityDescriptor(&descriptor, 2));
    expect_error(ERROR_UNKNOWN_REVISION, GetSecurityDescriptorOwner(&descriptor, &sid, &defaulted));
    expect_error(ERROR_UNKNOWN_REVISION, GetSecurityDescriptorGroup(&descriptor, &sid, &defaulted));
    expect_error(ERROR_UNKNOWN_REVISION,
                 GetSecurityDescriptorDacl(&descriptor, &present, &acl, &defaulted));
    expect_error(ERROR_UNKNOWN_REVISION,
                 GetSecurityDescriptorSacl(&descriptor, &present, &acl, &defaulted));
    expect_error(ERROR_UNKNOWN_REVISION,
                 GetSecurityDescriptorControl(&descriptor, &control, &size));
    expect_error(ERROR_UNKNOWN_REVISION, SetSecurityDescriptorOwner(&descriptor, NULL, FALSE));
    expect_error(ERROR_UNKNOWN_REVISION, SetSecurityDescriptorGroup(&descriptor, NULL, FALSE));
    expect_error(ERROR_UNKNOWN_REVISION, SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    expect_error(ERROR_UNKNOWN_REVISION, SetSecurityDescriptorSacl(&descriptor, TRUE, NULL, FALSE));
    expect_error(ERROR_INVALID_SECURITY_DESCR, IsValidSecurityDescriptor(&descriptor));
    expect_error(ERROR_INVALID_SECURITY_DESCR, IsValidSecurityDescriptor(NULL));

    assert_int_equal(control, 42);
    assert_int_equal(defaulted, 42);
    assert_int_equal(present, 42);
    assert_int_equal(size, 42);
}

static void control_bits_and_the_resource_managers_byte_are_changed(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision = 0;
    UCHAR byte = 42;
    (void)state;

    assert_int_equal(GetSecurityDescriptorRMControl(&descriptor, &byte), ERROR_INVALID_DATA);
    assert_int_equal(SetSecurityDescriptorRMControl(&descriptor, &byte), ERROR_SUCCESS);
    byte = 0;
    assert_int_equal(GetSecurityDescriptorRMControl(&descriptor, &byte), ERROR_SUCCESS);
    assert_int_equal(byte, 42);
    assert_int_equal(SetSecurityDescriptorRMControl(NULL, &byte), ERROR_INVALID_SECURITY_DESCR);
    assert_int_equal(GetSecurityDescriptorRMControl(NULL, &byte), ERROR_INVALID_DATA);
    expect_true(SetSecurityDescriptorControl(&descriptor, SE_DACL_PROTECTED, SE_DACL_PROTECTED));
    expect_error(ERROR_INVALID_PARAMETER,
                 SetSecurityDescriptorControl(&descriptor, SE_DACL_PRESENT, SE_DACL_PRESENT));
    expect_true(GetSecurityDescriptorControl(&descriptor, &control, &revision));

    assert_int_equal(control, SE_DACL_PROTECTED | SE_RM_CONTROL_VALID);
    assert_int_equal(revision, SECURITY_DESCRIPTOR_REVISION);
}

static void a_descriptor_goes_there_and_back(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    SECURITY_DESCRIPTOR again;
    sid_room owner = sid_bytes("S-1-5-18");
    acl_room dacl = acl_empty();
    acl_room got_dacl = {0};
    sid_room got_owner = {0};
    DWORD packed[128];
    DWORD sizes[5] = {sizeof(again), sizeof(got_dacl), 0, sizeof(got_owner), 0};
    DWORD size = 0;
    (void)state;

    expect_true(SetSecurityDescriptorOwner(&descriptor, &owner, FALSE));
    expect_true(SetSecurityDescriptorDacl(&descriptor, TRUE, &dacl.acl, FALSE));
    expect_error(ERROR_INSUFFICIENT_BUFFER, MakeSelfRelativeSD(&descriptor, NULL, &size));
    assert_int_equal(size, 20 + 12 + 256);
    assert_int_equal(GetSecurityDescriptorLength(&descriptor), size);
    expect_true(MakeSelfRelativeSD(&descriptor, packed, &size));
    expect_error(ERROR_BAD_DESCRIPTOR_FORMAT, MakeSelfRelativeSD(packed, packed, &size));
    sizes[3] = 11;
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 MakeAbsoluteSD(packed, &again, &sizes[0], &got_dacl.acl, &sizes[1], NULL,
                                &sizes[2], &got_owner, &sizes[3], NULL, &sizes[4]));
    assert_int_equal(sizes[3], 12);
    expect_true(MakeAbsoluteSD(packed, &again, &sizes[0], &got_dacl.acl, &sizes[1], NULL, &sizes[2],
                               &got_owner, &sizes[3], NULL, &sizes[4]));

    assert_true(EqualSid(&got_owner, &owner));
    assert_memory_equal(&got_dacl, &dacl, sizeof(dacl));
    assert_ptr_equal(again.Owner, &got_owner);
    assert_null(again.Group);
}

static void masks_are_mapped_and_compared(void **state)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    DWORD mask = GENERIC_READ | GENERIC_WRITE;
    (void)state;

    MapGenericMask(&mask, &mapping);

    assert_int_equal(mask, 3);
    assert_true(AreAllAccessesGranted(7, 5));
    assert_false(AreAllAccessesGranted(4, 5));
    assert_true(AreAnyAccessesGranted(4, 5));
    assert_false(AreAnyAccessesGranted(2, 5));
}

static void the_rights_to_parts_of_a_descriptor_are_told(void **state)
{
    static const struct {
        SECURITY_INFORMATION information;
        DWORD to_query;
        DWORD to_set;
    } rows[] = {
        {0, 0, 0},
        {OWNER_SECURITY_INFORMATION, READ_CONTROL, WRITE_OWNER},
        {GROUP_SECURITY_INFORMATION, READ_CONTROL, WRITE_OWNER},
        {DACL_SECURITY_INFORMATION, READ_CONTROL, WRITE_DAC},
        {SACL_SECURITY_INFORMATION, ACCESS_SYSTEM_SECURITY, ACCESS_SYSTEM_SECURITY},
        {LABEL_SECURITY_INFORMATION, READ_CONTROL, WRITE_OWNER},
        {OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION,
         READ_CONTROL | ACCESS_SYSTEM_SECURITY, WRITE_OWNER | WRITE_DAC | ACCESS_SYSTEM_SECURITY},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        DWORD rights = 42;

        QuerySecurityAccessMask(rows[i].information, &rights);
        assert_int_equal(rights, rows[i].to_query);
        SetSecurityAccessMask(rows[i].information, &rights);
        assert_int_equal(rights, rows[i].to_set);
    }
}

static void luids_are_allocated(void **state)
{
    LUID one = {0};
    LUID other = {0};
    (void)state;

    expect_true(AllocateLocallyUniqueId(&one));
    expect_true(AllocateLocallyUniqueId(&other));
    assert_memory_not_equal(&one, &other, sizeof(one));
    expect_error(ERROR_INVALID_PARAMETER, AllocateLocallyUniqueId(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_set_and_got),
        cmocka_unit_test(an_acl_that_is_absent_leaves_its_outputs_alone),
        cmocka_unit_test(refusals_are_last_errors),
        cmocka_unit_test(control_bits_and_the_resource_managers_byte_are_changed),
        cmocka_unit_test(a_descriptor_goes_there_and_back),
        cmocka_unit_test(masks_are_mapped_and_compared),
        cmocka_unit_test(the_rights_to_parts_of_a_descriptor_are_told),
        cmocka_unit_test(luids_are_allocated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
