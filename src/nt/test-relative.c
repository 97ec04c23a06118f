/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

#include <tessera/sddl.h>

#include "base/check.h"

#define TEXT_OF_ALL "O:SYG:BAD:P(A;;FA;;;BA)(D;OICI;FR;;;WD)S:AI(AU;SAFA;FA;;;WD)"

/* Memory for every part of an absolute descriptor. */
struct absolute {
    SECURITY_DESCRIPTOR descriptor;
    acl_room dacl;
    acl_room sacl;
    sid_room owner;
    sid_room group;
    ULONG sizes[5]; /* in the order of the routine's parameters */
};

static const struct absolute all_room = {
    .sizes = {sizeof(SECURITY_DESCRIPTOR), sizeof(acl_room), sizeof(acl_room), sizeof(sid_room),
              sizeof(sid_room)},
};

static NTSTATUS to_absolute(PVOID relative, struct absolute *to)
{
    return RtlSelfRelativeToAbsoluteSD(relative, &to->descriptor, &to->sizes[0], &to->dacl.acl,
                                       &to->sizes[1], &to->sacl.acl, &to->sizes[2], &to->owner,
                                       &to->sizes[3], &to->group, &to->sizes[4]);
}

static uint8_t *relative_of(const char *sddl, size_t *ret_size)
{
    uint8_t *bytes = NULL;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, ret_size, NULL));
    return bytes;
}

static void there_and_back_is_the_same_to_the_byte(void **state)
{
    static const char *const texts[] = {TEXT_OF_ALL, "O:SY", "D:", "D:NO_ACCESS_CONTROL", "S:", ""};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct absolute absolute = all_room;
        DWORD again[256 / sizeof(DWORD)];
        ULONG n_again = sizeof(again);
        size_t size;
        CLEANUP(free) uint8_t *bytes = relative_of(texts[i], &size);

        expect_nt(STATUS_SUCCESS, to_absolute(bytes, &absolute));
        assert_true(RtlValidSecurityDescriptor(&absolute.descriptor));
        assert_false(absolute.descriptor.Control & SE_SELF_RELATIVE);
        expect_nt(STATUS_SUCCESS,
                  RtlAbsoluteToSelfRelativeSD(&absolute.descriptor, again, &n_again));
        assert_int_equal(n_again, size);
        assert_memory_equal(again, bytes, size);
    }
}

static void the_room_that_is_needed_is_told_for_every_part(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of(TEXT_OF_ALL, &size);
    struct absolute absolute = all_room;
    ULONG needed[5] = {0};
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL,
              RtlSelfRelativeToAbsoluteSD(bytes, NULL, &needed[0], NULL, &needed[1], NULL,
                                          &needed[2], NULL, &needed[3], NULL, &needed[4]));
    assert_int_equal(needed[0], 40);
    assert_int_equal(needed[1], 8 + 24 + 20);
    assert_int_equal(needed[2], 8 + 20);
    assert_int_equal(needed[3], 12);
    assert_int_equal(needed[4], 16);
    for (size_t i = 0; i < 5; i++) {
        memcpy(absolute.sizes, needed, sizeof(needed));
        absolute.sizes[i]--;
        expect_nt(STATUS_BUFFER_TOO_SMALL, to_absolute(bytes, &absolute));
        assert_memory_equal(absolute.sizes, needed, sizeof(needed));
        assert_int_equal(absolute.descriptor.Revision, 0);
        assert_int_equal(absolute.owner.bytes[0], 0);
    }
    expect_nt(STATUS_SUCCESS, to_absolute(bytes, &absolute));
}

static void parts_that_are_absent_need_no_room(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of("", &size);
    struct absolute absolute = all_room;
    (void)state;

    memset(&absolute.sizes[1], 0, 4 * sizeof(absolute.sizes[0]));
    expect_nt(STATUS_SUCCESS, to_absolute(bytes, &absolute));

    assert_null(absolute.descriptor.Owner);
    assert_null(absolute.descriptor.Dacl);
}

static void the_packed_form_needs_room_to_the_byte(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of(TEXT_OF_ALL, &size);
    struct absolute absolute = all_room;
    DWORD to[256 / sizeof(DWORD)] = {42};
    ULONG n_to = 0;
    (void)state;

    expect_nt(STATUS_SUCCESS, to_absolute(bytes, &absolute));
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              RtlAbsoluteToSelfRelativeSD(&absolute.descriptor, NULL, &n_to));
    assert_int_equal(n_to, size);
    assert_int_equal(RtlLengthSecurityDescriptor(&absolute.descriptor), size);
    n_to--;
    expect_nt(STATUS_BUFFER_TOO_SMALL, RtlMakeSelfRelativeSD(&absolute.descriptor, to, &n_to));
    assert_int_equal(to[0], 42);
    expect_nt(STATUS_INVALID_PARAMETER, RtlMakeSelfRelativeSD(&absolute.descriptor, to, NULL));
    expect_nt(STATUS_SUCCESS, RtlMakeSelfRelativeSD(&absolute.descriptor, to, &n_to));

    assert_memory_equal(to, bytes, size);
}

static void each_conversion_wants_its_form_and_making_takes_both(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of(TEXT_OF_ALL, &size);
    struct absolute absolute = all_room;
    DWORD to[256 / sizeof(DWORD)] = {42};
    ULONG n_to = sizeof(to);
    (void)state;

    expect_nt(STATUS_BAD_DESCRIPTOR_FORMAT, RtlAbsoluteToSelfRelativeSD(bytes, to, &n_to));
    expect_nt(STATUS_SUCCESS,
              RtlCreateSecurityDescriptor(&absolute.descriptor, SECURITY_DESCRIPTOR_REVISION));
    expect_nt(STATUS_BAD_DESCRIPTOR_FORMAT, to_absolute(&absolute.descriptor, &absolute));
    assert_int_equal(to[0], 42);
    expect_nt(STATUS_SUCCESS, RtlMakeSelfRelativeSD(bytes, to, &n_to));

    assert_int_equal(n_to, size);
    assert_memory_equal(to, bytes, size);
}

static void broken_descriptors_are_not_converted(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of(TEXT_OF_ALL, &size);
    struct absolute absolute = all_room;
    SECURITY_DESCRIPTOR descriptor = {.Revision = 1};
    sid_room broken = {0};
    DWORD to[256 / sizeof(DWORD)];
    ULONG n_to = sizeof(to);
    (void)state;

    descriptor.Owner = &broken;
    expect_nt(STATUS_INVALID_SECURITY_DESCR, RtlAbsoluteToSelfRelativeSD(&descriptor, to, &n_to));
    expect_nt(STATUS_INVALID_SECURITY_DESCR, RtlAbsoluteToSelfRelativeSD(NULL, to, &n_to));
    bytes[((SECURITY_DESCRIPTOR_RELATIVE *)bytes)->Owner] = 2;
    expect_nt(STATUS_INVALID_SECURITY_DESCR, to_absolute(bytes, &absolute));
    bytes[0] = 2;
    expect_nt(STATUS_UNKNOWN_REVISION, to_absolute(bytes, &absolute));

    assert_int_equal(n_to, sizeof(to));
    assert_int_equal(absolute.sizes[1], sizeof(acl_room));
}

/* Covers AC-1.5-15. */
static void the_length_has_room_for_what_aligns_the_parts(void **state)
{
    SECURITY_DESCRIPTOR absolute = {.Revision = SECURITY_DESCRIPTOR_REVISION};
    sid_room owner = sid_bytes("S-1-5-18");
    acl_room dacl = acl_empty();
    uint8_t relative[64];
    ULONG size = sizeof(relative);
    PSID got = NULL;
    BOOLEAN defaulted;
    (void)state;

    dacl.acl.AclSize = 9;
    expect_nt(STATUS_SUCCESS, RtlSetOwnerSecurityDescriptor(&absolute, &owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&absolute, TRUE, &dacl.acl, FALSE));
    expect_nt(STATUS_SUCCESS, RtlMakeSelfRelativeSD(&absolute, relative, &size));
    expect_nt(STATUS_SUCCESS, RtlGetOwnerSecurityDescriptor(relative, &got, &defaulted));

    assert_int_equal(size, 20 + 12 + 12);
    assert_int_equal(RtlLengthSecurityDescriptor(&absolute), size);
    assert_int_equal(RtlLengthSecurityDescriptor(relative), size);
    assert_ptr_equal(got, relative + 20 + 12);
}

static void the_size_of_every_part_is_asked_for(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = relative_of(TEXT_OF_ALL, &size);
    (void)state;

    for (size_t i = 0; i < 5; i++) {
        struct absolute to = all_room;
        ULONG *sizes[5];

        for (size_t k = 0; k < 5; k++) {
            sizes[k] = k == i ? NULL : &to.sizes[k];
        }
        expect_nt(STATUS_INVALID_PARAMETER,
                  RtlSelfRelativeToAbsoluteSD(bytes, &to.descriptor, sizes[0], &to.dacl.acl,
                                              sizes[1], &to.sacl.acl, sizes[2], &to.owner, sizes[3],
                                              &to.group, sizes[4]));
        assert_memory_equal(&to, &all_room, sizeof(to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_is_the_same_to_the_byte),
        cmocka_unit_test(the_room_that_is_needed_is_told_for_every_part),
        cmocka_unit_test(parts_that_are_absent_need_no_room),
        cmocka_unit_test(the_packed_form_needs_room_to_the_byte),
        cmocka_unit_test(each_conversion_wants_its_form_and_making_takes_both),
        cmocka_unit_test(broken_descriptors_are_not_converted),
        cmocka_unit_test(the_length_has_room_for_what_aligns_the_parts),
        cmocka_unit_test(the_size_of_every_part_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
