/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/sddl.h>

#define ALL_PARTS                                                                          \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

static GENERIC_MAPPING mapping = {1, 2, 4, 0x7};

/* @return ExFreePool() by the caller */
static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    uint8_t *bytes = NULL;
    size_t size = 0;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    return bytes;
}

static void expect_sddl(PSECURITY_DESCRIPTOR descriptor, const char *expected)
{
    char *text = NULL;
    tsr_sd sd;

    expect_ok(tsr_sd_view(descriptor, RtlLengthSecurityDescriptor(descriptor), &sd));
    expect_ok(tsr_sddl_format(&sd, ALL_PARTS, NULL, &text));
    assert_string_equal(text, expected);
    free(text);
}

static void what_can_be_read_is_valid(void **state)
{
    BYTE shifted[256] __attribute__((aligned(8))) = {0};
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:SYD:(A;;CC;;;WD)");
    PSECURITY_DESCRIPTOR ownerless = descriptor_of("D:(A;;CC;;;WD)");
    const ULONG size = RtlLengthSecurityDescriptor(descriptor);
    SECURITY_DESCRIPTOR_RELATIVE *header = (void *)shifted;
    (void)state;

    assert_true(SeValidSecurityDescriptor(size, descriptor));
    assert_false(SeValidSecurityDescriptor(size - 1, descriptor));
    assert_false(SeValidSecurityDescriptor(8, descriptor));
    assert_false(SeValidSecurityDescriptor(size, NULL));
    assert_false(SeValidSecurityDescriptor(RtlLengthSecurityDescriptor(ownerless), ownerless));
    memcpy(shifted + 2, descriptor, size);
    assert_false(SeValidSecurityDescriptor(size, shifted + 2));
    memcpy(shifted, descriptor, size);
    assert_true(SeValidSecurityDescriptor(size, shifted));
    memmove(shifted + header->Owner + 2, shifted + header->Owner, size - header->Owner);
    header->Owner += 2;
    header->Group += 2;
    assert_true(RtlValidRelativeSecurityDescriptor(shifted, size + 2, 0));
    assert_false(SeValidSecurityDescriptor(size + 2, shifted));
    ExFreePool(descriptor);
    ExFreePool(ownerless);
}

/* Copy a part to the end, where it is not aligned. */
static ULONG part_shift(BYTE *bytes, ULONG size, DWORD *part)
{
    const ULONG n = size - *part;

    memcpy(bytes + size + 2, bytes + *part, n);
    *part = size + 2;
    return size + 2 + n;
}

static void no_part_of_what_is_valid_is_misaligned(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("O:SYG:BAD:(A;;CC;;;WD)S:(AU;SA;CC;;;WD)");
    const ULONG size = RtlLengthSecurityDescriptor(descriptor);
    (void)state;

    for (size_t i = 0; i < 4; i++) {
        BYTE bytes[512] __attribute__((aligned(8))) = {0};
        SECURITY_DESCRIPTOR_RELATIVE *header = (void *)bytes;
        DWORD *parts[] = {&header->Owner, &header->Group, &header->Dacl, &header->Sacl};
        ULONG shifted;

        memcpy(bytes, descriptor, size);
        assert_true(SeValidSecurityDescriptor(size, bytes));
        shifted = part_shift(bytes, size, parts[i]);
        assert_true(RtlValidRelativeSecurityDescriptor(bytes, shifted, 0));
        assert_false(SeValidSecurityDescriptor(shifted, bytes));
    }
    ExFreePool(descriptor);
}

static void parts_that_are_asked_for_are_told(void **state)
{
    PSECURITY_DESCRIPTOR object = descriptor_of("O:SYG:BAD:(A;;CC;;;WD)S:(AU;SA;CC;;;WD)");
    SECURITY_INFORMATION information = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    DWORD room[32] = {0};
    ULONG length = 0;
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL,
              SeQuerySecurityDescriptorInfo(&information, room, &length, &object));
    assert_int_equal(room[0], 0);
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              SeQuerySecurityDescriptorInfo(&information, NULL, &length, &object));
    expect_nt(STATUS_SUCCESS, SeQuerySecurityDescriptorInfo(&information, room, &length, &object));
    assert_int_equal(length, RtlLengthSecurityDescriptor(room));
    expect_sddl(room, "O:SYD:(A;;CC;;;WD)");
    ExFreePool(object);
}

static void parts_are_replaced_and_the_old_descriptor_stays(void **state)
{
    PSECURITY_DESCRIPTOR old = descriptor_of("O:SYG:BAD:(A;;CC;;;WD)");
    PSECURITY_DESCRIPTOR given = descriptor_of("O:BAD:(A;;GA;;;SY)");
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR object = old;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS,
              SeSetSecurityDescriptorInfo(NULL, &information, given, &object, PagedPool, &mapping));
    assert_ptr_not_equal(object, old);
    expect_sddl(object, "O:SYG:BAD:(A;;CCDCLC;;;SY)");
    expect_sddl(old, "O:SYG:BAD:(A;;CC;;;WD)");
    ExFreePool(object);
    ExFreePool(given);
    ExFreePool(old);
}

static void what_was_inherited_stays_if_that_is_asked_for(void **state)
{
    PSECURITY_DESCRIPTOR old = descriptor_of("O:SYD:AI(A;;CC;;;WD)(A;ID;DC;;;BA)");
    PSECURITY_DESCRIPTOR given = descriptor_of("D:(A;;LC;;;SY)");
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR object = old;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS,
              SeSetSecurityDescriptorInfoEx(NULL, &information, given, &object,
                                            SEF_DACL_AUTO_INHERIT, PagedPool, &mapping));
    expect_sddl(object, "O:SYD:AI(A;;LC;;;SY)(A;ID;DC;;;BA)");
    ExFreePool(object);
    ExFreePool(given);
    ExFreePool(old);
}

static void an_owner_is_one_that_the_caller_may_name(void **state)
{
    PSECURITY_DESCRIPTOR old = descriptor_of("O:SYG:BAD:(A;;CC;;;WD)");
    PSECURITY_DESCRIPTOR of_alice = descriptor_of("O:" ALICE);
    PSECURITY_DESCRIPTOR of_bob = descriptor_of("O:" BOB);
    SECURITY_INFORMATION information = OWNER_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR object = old;
    struct token_object *token;
    (void)state;

    be(alice());
    expect_nt(STATUS_INVALID_OWNER, SeSetSecurityDescriptorInfo(NULL, &information, of_bob, &object,
                                                                PagedPool, &mapping));
    expect_nt(STATUS_INVALID_PARAMETER,
              SeSetSecurityDescriptorInfoEx(NULL, &information, of_bob, &object,
                                            SEF_AVOID_OWNER_CHECK, PagedPool, &mapping));
    token = act_as(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    expect_nt(
        STATUS_BAD_IMPERSONATION_LEVEL,
        SeSetSecurityDescriptorInfo(NULL, &information, of_bob, &object, PagedPool, &mapping));
    PsRevertToSelf();
    (void)token_object_unref(token);
    assert_ptr_equal(object, old);
    expect_nt(STATUS_SUCCESS, SeSetSecurityDescriptorInfo(NULL, &information, of_alice, &object,
                                                          PagedPool, &mapping));
    expect_sddl(object, "O:" ALICE "G:BAD:(A;;CC;;;WD)");
    ExFreePool(object);
    ExFreePool(of_bob);
    ExFreePool(of_alice);
    ExFreePool(old);
}

static void objects_have_self_relative_descriptors(void **state)
{
    PSECURITY_DESCRIPTOR given = descriptor_of("D:(A;;GA;;;SY)");
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR object = NULL;
    SECURITY_DESCRIPTOR absolute;
    DWORD room[32] = {0};
    ULONG length = sizeof(room);
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&absolute, 1));
    expect_nt(STATUS_NO_SECURITY_ON_OBJECT,
              SeQuerySecurityDescriptorInfo(&information, room, &length, &object));
    expect_nt(STATUS_NO_SECURITY_ON_OBJECT,
              SeSetSecurityDescriptorInfo(NULL, &information, given, &object, PagedPool, &mapping));
    assert_null(object);
    object = &absolute;
    expect_nt(STATUS_BAD_DESCRIPTOR_FORMAT,
              SeQuerySecurityDescriptorInfo(&information, room, &length, &object));
    expect_nt(STATUS_BAD_DESCRIPTOR_FORMAT,
              SeSetSecurityDescriptorInfo(NULL, &information, given, &object, PagedPool, &mapping));
    object = given;
    expect_nt(STATUS_INVALID_SECURITY_DESCR,
              SeSetSecurityDescriptorInfo(NULL, &information, NULL, &object, PagedPool, &mapping));
    expect_nt(STATUS_ACCESS_VIOLATION,
              SeSetSecurityDescriptorInfo(NULL, NULL, given, &object, PagedPool, &mapping));
    expect_nt(STATUS_ACCESS_VIOLATION,
              SeSetSecurityDescriptorInfo(NULL, &information, given, &object, PagedPool, NULL));
    expect_nt(STATUS_ACCESS_VIOLATION,
              SeQuerySecurityDescriptorInfo(&information, room, NULL, &object));

    assert_ptr_equal(object, given);
    assert_int_equal(length, sizeof(room));
    assert_int_equal(room[0], 0);
    ExFreePool(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_read_is_valid),
        cmocka_unit_test(no_part_of_what_is_valid_is_misaligned),
        cmocka_unit_test(parts_that_are_asked_for_are_told),
        cmocka_unit_test(parts_are_replaced_and_the_old_descriptor_stays),
        cmocka_unit_test(what_was_inherited_stays_if_that_is_asked_for),
        cmocka_unit_test(an_owner_is_one_that_the_caller_may_name),
        cmocka_unit_test(objects_have_self_relative_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
