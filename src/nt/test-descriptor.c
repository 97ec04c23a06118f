/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

#include <tessera/sddl.h>

static SECURITY_DESCRIPTOR absolute_empty(void)
{
    SECURITY_DESCRIPTOR descriptor;

    memset(&descriptor, 0xff, sizeof(descriptor));
    expect_nt(STATUS_SUCCESS,
              RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    return descriptor;
}

static uint8_t *relative_of(const char *sddl, size_t *ret_size)
{
    uint8_t *bytes = NULL;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, ret_size, NULL));
    return bytes;
}

static void a_descriptor_is_created_empty(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    SECURITY_DESCRIPTOR_CONTROL control = 42;
    ULONG revision = 42;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlGetControlSecurityDescriptor(&descriptor, &control, &revision));

    assert_int_equal(control, 0);
    assert_int_equal(revision, 1);
    assert_true(RtlValidSecurityDescriptor(&descriptor));
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), 20);
}

static void other_revisions_are_refused(void **state)
{
    SECURITY_DESCRIPTOR descriptor = {.Revision = 2};
    SECURITY_DESCRIPTOR_CONTROL control = 42;
    BOOLEAN defaulted = 42;
    BOOLEAN present = 42;
    ULONG revision = 42;
    PSID sid = &control;
    PACL acl = NULL;
    (void)state;

    expect_nt(STATUS_UNKNOWN_REVISION, RtlCreateSecurityDescriptor(&descriptor, 2));
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateSecurityDescriptor(NULL, 1));
    expect_nt(STATUS_UNKNOWN_REVISION,
              RtlGetControlSecurityDescriptor(&descriptor, &control, &revision));
    expect_nt(STATUS_UNKNOWN_REVISION,
              RtlGetOwnerSecurityDescriptor(&descriptor, &sid, &defaulted));
    expect_nt(STATUS_UNKNOWN_REVISION,
              RtlGetGroupSecurityDescriptor(&descriptor, &sid, &defaulted));
    expect_nt(STATUS_UNKNOWN_REVISION,
              RtlGetDaclSecurityDescriptor(&descriptor, &present, &acl, &defaulted));
    expect_nt(STATUS_UNKNOWN_REVISION,
              RtlGetSaclSecurityDescriptor(&descriptor, &present, &acl, &defaulted));
    expect_nt(STATUS_UNKNOWN_REVISION, RtlSetOwnerSecurityDescriptor(&descriptor, NULL, FALSE));
    expect_nt(STATUS_UNKNOWN_REVISION, RtlSetControlSecurityDescriptor(&descriptor, 0, 0));
    expect_nt(STATUS_INVALID_SECURITY_DESCR, RtlSetOwnerSecurityDescriptor(NULL, NULL, FALSE));

    assert_int_equal(control, 42);
    assert_int_equal(revision, 42);
    assert_int_equal(present, 42);
    assert_int_equal(defaulted, 42);
    assert_ptr_equal(sid, &control);
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    assert_false(RtlValidSecurityDescriptor(NULL));
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), 0);
}

static void owner_and_group_are_set_and_got(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    sid_room owner = sid_bytes("S-1-5-18");
    sid_room group = sid_bytes("S-1-5-32-544");
    BOOLEAN defaulted = FALSE;
    PSID got = NULL;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlSetOwnerSecurityDescriptor(&descriptor, &owner, TRUE));
    expect_nt(STATUS_SUCCESS, RtlSetGroupSecurityDescriptor(&descriptor, &group, FALSE));
    expect_nt(STATUS_SUCCESS, RtlGetOwnerSecurityDescriptor(&descriptor, &got, &defaulted));
    assert_ptr_equal(got, &owner);
    assert_true(defaulted);
    expect_nt(STATUS_SUCCESS, RtlGetGroupSecurityDescriptor(&descriptor, &got, &defaulted));
    assert_ptr_equal(got, &group);
    assert_false(defaulted);
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), 20 + 12 + 16);
    expect_nt(STATUS_SUCCESS, RtlSetOwnerSecurityDescriptor(&descriptor, NULL, FALSE));

    assert_int_equal(descriptor.Control, 0);
    assert_null(descriptor.Owner);
}

static void acls_are_set_and_got(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    acl_room dacl = acl_empty();
    acl_room sacl = acl_empty();
    BOOLEAN defaulted = FALSE;
    BOOLEAN present = FALSE;
    PACL got = NULL;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, TRUE));
    expect_nt(STATUS_SUCCESS, RtlSetSaclSecurityDescriptor(&descriptor, TRUE, &sacl.acl, FALSE));
    expect_nt(STATUS_SUCCESS,
              RtlGetDaclSecurityDescriptor(&descriptor, &present, &got, &defaulted));
    assert_true(present);
    assert_ptr_equal(got, &dacl);
    assert_true(defaulted);
    expect_nt(STATUS_SUCCESS,
              RtlGetSaclSecurityDescriptor(&descriptor, &present, &got, &defaulted));
    assert_true(present);
    assert_ptr_equal(got, &sacl);
    assert_false(defaulted);
    expect_nt(STATUS_SUCCESS, RtlSetSaclSecurityDescriptor(&descriptor, FALSE, &sacl.acl, TRUE));
    expect_nt(STATUS_SUCCESS,
              RtlGetSaclSecurityDescriptor(&descriptor, &present, &got, &defaulted));

    assert_false(present);
    assert_int_equal(descriptor.Control, SE_DACL_PRESENT | SE_DACL_DEFAULTED);
}

static void the_null_dacl_is_present_and_null(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    BOOLEAN defaulted = TRUE;
    BOOLEAN present = FALSE;
    PACL got = (PACL)&descriptor;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE));
    expect_nt(STATUS_SUCCESS,
              RtlGetDaclSecurityDescriptor(&descriptor, &present, &got, &defaulted));

    assert_true(present);
    assert_null(got);
    assert_false(defaulted);
    assert_true(RtlValidSecurityDescriptor(&descriptor));
}

static void parts_of_a_self_relative_descriptor_are_got_and_not_set(void **state)
{
    size_t size;
    uint8_t *bytes = relative_of("O:SYG:BAD:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)", &size);
    sid_room system = sid_bytes("S-1-5-18");
    acl_room acl = acl_empty();
    BOOLEAN defaulted = TRUE;
    BOOLEAN present = FALSE;
    PSID owner = NULL;
    PACL dacl = NULL;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlGetOwnerSecurityDescriptor(bytes, &owner, &defaulted));
    assert_true(RtlEqualSid(owner, &system));
    expect_nt(STATUS_SUCCESS, RtlGetDaclSecurityDescriptor(bytes, &present, &dacl, &defaulted));
    assert_int_equal(dacl->AceCount, 1);
    assert_int_equal(RtlLengthSecurityDescriptor(bytes), size);
    expect_nt(STATUS_INVALID_SECURITY_DESCR, RtlSetOwnerSecurityDescriptor(bytes, &system, FALSE));
    expect_nt(STATUS_INVALID_SECURITY_DESCR, RtlSetGroupSecurityDescriptor(bytes, &system, FALSE));
    expect_nt(STATUS_INVALID_SECURITY_DESCR,
              RtlSetDaclSecurityDescriptor(bytes, TRUE, &acl.acl, FALSE));
    expect_nt(STATUS_INVALID_SECURITY_DESCR,
              RtlSetSaclSecurityDescriptor(bytes, TRUE, &acl.acl, FALSE));

    assert_true(RtlValidSecurityDescriptor(bytes));
    free(bytes);
}

static void a_descriptor_with_a_broken_part_is_not_valid(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    sid_room sid = {0};
    acl_room acl = {0};
    (void)state;

    descriptor.Owner = &sid;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    descriptor = absolute_empty();
    descriptor.Group = &sid;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    descriptor = absolute_empty();
    descriptor.Dacl = &acl.acl;
    assert_true(RtlValidSecurityDescriptor(&descriptor));
    descriptor.Control = SE_DACL_PRESENT;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    descriptor = absolute_empty();
    descriptor.Sacl = &acl.acl;
    descriptor.Control = SE_SACL_PRESENT;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
}

static void untrusted_bytes_are_valid_when_whole_and_with_what_is_required(void **state)
{
    size_t size;
    uint8_t *bytes = relative_of("O:SYD:(A;;FA;;;WD)", &size);
    (void)state;

    assert_true(RtlValidRelativeSecurityDescriptor(bytes, (ULONG)size, 0));
    assert_true(RtlValidRelativeSecurityDescriptor(
        bytes, (ULONG)size, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION));
    assert_false(
        RtlValidRelativeSecurityDescriptor(bytes, (ULONG)size, GROUP_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(bytes, (ULONG)size, SACL_SECURITY_INFORMATION));
    for (ULONG cut = 0; cut < size; cut++) {
        assert_false(RtlValidRelativeSecurityDescriptor(bytes, cut, 0));
    }
    assert_false(RtlValidRelativeSecurityDescriptor(NULL, (ULONG)size, 0));
    free(bytes);
}

static void control_bits_of_inheritance_are_changed_alone(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    (void)state;

    descriptor.Control = SE_OWNER_DEFAULTED | SE_SACL_PROTECTED;
    expect_nt(STATUS_SUCCESS,
              RtlSetControlSecurityDescriptor(&descriptor, SE_DACL_PROTECTED | SE_SACL_PROTECTED,
                                              SE_DACL_PROTECTED));
    assert_int_equal(descriptor.Control, SE_OWNER_DEFAULTED | SE_DACL_PROTECTED);
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlSetControlSecurityDescriptor(&descriptor, SE_SELF_RELATIVE, SE_SELF_RELATIVE));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlSetControlSecurityDescriptor(&descriptor, SE_DACL_PROTECTED, SE_SACL_PROTECTED));

    assert_int_equal(descriptor.Control, SE_OWNER_DEFAULTED | SE_DACL_PROTECTED);
}

static void the_resource_managers_byte_comes_and_goes(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    UCHAR byte = 42;
    (void)state;

    assert_false(RtlGetSecurityDescriptorRMControl(&descriptor, &byte));
    assert_int_equal(byte, 42);
    RtlSetSecurityDescriptorRMControl(&descriptor, &byte);
    byte = 0;
    assert_true(RtlGetSecurityDescriptorRMControl(&descriptor, &byte));
    assert_int_equal(byte, 42);
    RtlSetSecurityDescriptorRMControl(&descriptor, NULL);

    assert_false(RtlGetSecurityDescriptorRMControl(&descriptor, &byte));
    assert_int_equal(descriptor.Sbz1, 0);
    RtlSetSecurityDescriptorRMControl(NULL, &byte);
    assert_false(RtlGetSecurityDescriptorRMControl(NULL, &byte));
    descriptor.Revision = 2;
    RtlSetSecurityDescriptorRMControl(&descriptor, &byte);
    assert_int_equal(descriptor.Sbz1, 0);
}

static void a_self_relative_descriptor_begins_without_parts(void **state)
{
    SECURITY_DESCRIPTOR_RELATIVE descriptor;
    BOOLEAN present = TRUE;
    BOOLEAN defaulted;
    PACL dacl = NULL;
    (void)state;

    memset(&descriptor, 0xff, sizeof(descriptor));
    expect_nt(STATUS_UNKNOWN_REVISION, RtlCreateSecurityDescriptorRelative(&descriptor, 2));
    assert_int_equal(descriptor.Revision, 0xff);
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateSecurityDescriptorRelative(NULL, 1));
    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptorRelative(&descriptor, 1));
    assert_true(RtlValidRelativeSecurityDescriptor(&descriptor, sizeof(descriptor), 0));
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), sizeof(descriptor));
    expect_nt(STATUS_SUCCESS,
              RtlGetDaclSecurityDescriptor(&descriptor, &present, &dacl, &defaulted));
    assert_false(present);
}

static void each_bit_of_inheritance_is_set_and_no_other(void **state)
{
    const WORD allowed = SE_DACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERIT_REQ |
                         SE_DACL_AUTO_INHERITED | SE_SACL_AUTO_INHERITED | SE_DACL_PROTECTED |
                         SE_SACL_PROTECTED;
    (void)state;

    for (WORD bit = 1; bit; bit = (WORD)(bit << 1)) {
        SECURITY_DESCRIPTOR descriptor = absolute_empty();

        expect_nt(bit & allowed ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER,
                  RtlSetControlSecurityDescriptor(&descriptor, bit, bit));
        assert_int_equal(descriptor.Control, bit & allowed);
    }
}

static void an_acl_that_is_not_present_is_not_looked_at(void **state)
{
    SECURITY_DESCRIPTOR descriptor = absolute_empty();
    ACL broken = {0};
    (void)state;

    descriptor.Dacl = &broken;
    descriptor.Sacl = &broken;
    assert_true(RtlValidSecurityDescriptor(&descriptor));
    assert_int_equal(RtlLengthSecurityDescriptor(&descriptor), 20);
    descriptor.Control = SE_SACL_PRESENT;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
    descriptor.Control = SE_DACL_PRESENT;
    assert_false(RtlValidSecurityDescriptor(&descriptor));
}

/* Each part, in descriptors that consist of that part alone. */
static void what_is_required_is_there_or_the_descriptor_is_not_valid(void **state)
{
    static const SECURITY_INFORMATION parts[] = {
        OWNER_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, DACL_SECURITY_INFORMATION,
        SACL_SECURITY_INFORMATION};
    sid_room sid = sid_bytes("S-1-5-18");
    acl_room acl = acl_empty();
    (void)state;

    for (size_t i = 0; i < 4; i++) {
        SECURITY_DESCRIPTOR descriptor = absolute_empty();
        DWORD relative[128];
        ULONG size = sizeof(relative);

        descriptor.Owner = i == 0 ? &sid : NULL;
        descriptor.Group = i == 1 ? &sid : NULL;
        expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, i == 2, &acl.acl, 0));
        expect_nt(STATUS_SUCCESS, RtlSetSaclSecurityDescriptor(&descriptor, i == 3, &acl.acl, 0));
        expect_nt(STATUS_SUCCESS, RtlMakeSelfRelativeSD(&descriptor, relative, &size));
        assert_true(RtlValidRelativeSecurityDescriptor(relative, size, 0));
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(RtlValidRelativeSecurityDescriptor(relative, size, parts[k]), k == i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_descriptor_is_created_empty),
        cmocka_unit_test(other_revisions_are_refused),
        cmocka_unit_test(owner_and_group_are_set_and_got),
        cmocka_unit_test(acls_are_set_and_got),
        cmocka_unit_test(the_null_dacl_is_present_and_null),
        cmocka_unit_test(parts_of_a_self_relative_descriptor_are_got_and_not_set),
        cmocka_unit_test(a_descriptor_with_a_broken_part_is_not_valid),
        cmocka_unit_test(untrusted_bytes_are_valid_when_whole_and_with_what_is_required),
        cmocka_unit_test(control_bits_of_inheritance_are_changed_alone),
        cmocka_unit_test(the_resource_managers_byte_comes_and_goes),
        cmocka_unit_test(a_self_relative_descriptor_begins_without_parts),
        cmocka_unit_test(each_bit_of_inheritance_is_set_and_no_other),
        cmocka_unit_test(an_acl_that_is_not_present_is_not_looked_at),
        cmocka_unit_test(what_is_required_is_there_or_the_descriptor_is_not_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
