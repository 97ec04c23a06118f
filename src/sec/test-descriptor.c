/* SPDX-License-Identifier: MIT */
/* Tests of self-relative security descriptors: validation and building. */

#include <tessera/descriptor.h>

#include <support/expect.h>

#include "base/bytes.h"
#include "base/check.h"

#define OWNER_AT 4
#define GROUP_AT 8
#define SACL_AT  12
#define DACL_AT  16

/* Header, an empty SACL at 20, an empty DACL at 28, SYSTEM at 36 as owner and at 48 as group. */
static const uint8_t whole[] = {
    1, 0, 0x14, 0x80, 36, 0, 0, 0, 48, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, /* header */
    2, 0, 8,    0,    0,  0, 0, 0,                                        /* SACL */
    4, 0, 8,    0,    0,  0, 0, 0,                                        /* DACL */
    1, 1, 0,    0,    0,  0, 0, 5, 18, 0, 0, 0,                           /* owner */
    1, 1, 0,    0,    0,  0, 0, 5, 18, 0, 0, 0,                           /* group */
};

/* The bytes in a heap block of exactly their size, so that a sanitizer sees any overrun. */
static uint8_t *exact_copy(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* The whole descriptor, changed in one 32-bit field; must give @code and leave the output alone. */
static void expect_refused(uint32_t code, size_t field, uint32_t value)
{
    CLEANUP(free) uint8_t *bytes = exact_copy(whole, sizeof(whole));
    tsr_sd sd = {.size = 42};

    store_le32(bytes + field, value);
    expect_status(code, tsr_sd_view(bytes, sizeof(whole), &sd));
    assert_int_equal(sd.size, 42);
    assert_null(sd.bytes);
}

/* Covers AC-1.5-1. */
static void a_view_points_at_every_part(void **state)
{
    tsr_sd sd;

    (void)state;

    expect_ok(tsr_sd_view(whole, sizeof(whole), &sd));

    assert_ptr_equal(sd.bytes, whole);
    assert_int_equal(sd.size, sizeof(whole));
    assert_int_equal(sd.control, SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT);
    assert_ptr_equal(sd.owner, whole + 36);
    assert_ptr_equal(sd.group, whole + 48);
    assert_true(sd.has_sacl);
    assert_ptr_equal(sd.sacl.bytes, whole + 20);
    assert_true(sd.has_dacl);
    assert_ptr_equal(sd.dacl.bytes, whole + 28);
    assert_int_equal(sd.dacl.size, 8);
    assert_int_equal(sd.dacl.n_aces, 0);
}

/* Covers AC-1.5-1, AC-1.5-8. */
static void the_smallest_descriptor_has_no_parts(void **state)
{
    const uint8_t bytes[20] = {1, 7, 0, 0x80};
    tsr_sd sd;

    (void)state;

    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));

    assert_int_equal(sd.resource_manager_control, 7);
    assert_null(sd.owner);
    assert_null(sd.group);
    assert_false(sd.has_dacl);
    assert_false(sd.has_sacl);
    assert_null(sd.dacl.bytes);
    assert_null(sd.sacl.bytes);
}

/* Covers AC-1.5-3. */
static void control_bits_have_their_documented_places(void **state)
{
    const uint16_t bits[] = {
        SE_OWNER_DEFAULTED,       SE_GROUP_DEFAULTED,     SE_DACL_PRESENT,
        SE_DACL_DEFAULTED,        SE_SACL_PRESENT,        SE_SACL_DEFAULTED,
        SE_DACL_TRUSTED,          SE_SERVER_SECURITY,     SE_DACL_AUTO_INHERIT_REQ,
        SE_SACL_AUTO_INHERIT_REQ, SE_DACL_AUTO_INHERITED, SE_SACL_AUTO_INHERITED,
        SE_DACL_PROTECTED,        SE_SACL_PROTECTED,      SE_RM_CONTROL_VALID,
        SE_SELF_RELATIVE,
    };

    (void)state;

    assert_int_equal(ARRAY_SIZE(bits), 16);
    for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
        assert_int_equal(bits[i], 1u << i);
    }
}

static void a_view_works_at_any_alignment(void **state)
{
    (void)state;

    for (size_t shift = 0; shift < 8; shift++) {
        CLEANUP(free) uint8_t *bytes = malloc(sizeof(whole) + shift);
        tsr_sd sd;

        memcpy(bytes + shift, whole, sizeof(whole));
        expect_ok(tsr_sd_view(bytes + shift, sizeof(whole), &sd));
        assert_ptr_equal(sd.owner, bytes + shift + 36);
    }
}

/* Section 1.5: peers need not align. */
/* Covers AC-1.5-12. */
static void parts_may_lie_at_odd_offsets_in_any_order_and_overlap(void **state)
{
    uint8_t bytes[sizeof(whole) + 1 + 12];
    tsr_sd sd;

    (void)state;
    memcpy(bytes, whole, sizeof(whole));
    memcpy(bytes + sizeof(whole) + 1, whole + 36, 12);
    store_le32(bytes + OWNER_AT, sizeof(whole) + 1);
    store_le32(bytes + GROUP_AT, sizeof(whole) + 1);
    store_le32(bytes + SACL_AT, 28);

    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));

    assert_ptr_equal(sd.owner, bytes + sizeof(whole) + 1);
    assert_ptr_equal(sd.group, sd.owner);
    assert_ptr_equal(sd.sacl.bytes, sd.dacl.bytes);
}

/* Section 1.5: the three kinds of DACL that are easily confused. */
/* Covers AC-1.5-5, AC-15-11. */
static void a_null_dacl_an_absent_one_and_an_empty_one_are_told_apart(void **state)
{
    uint8_t bytes[sizeof(whole)];
    tsr_sd sd;

    (void)state;
    memcpy(bytes, whole, sizeof(whole));

    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));
    assert_true(sd.has_dacl);
    assert_non_null(sd.dacl.bytes);
    assert_int_equal(sd.dacl.n_aces, 0);

    store_le32(bytes + DACL_AT, 0);
    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));
    assert_true(sd.has_dacl);
    assert_null(sd.dacl.bytes);

    bytes[2] &= (uint8_t)~SE_DACL_PRESENT;
    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));
    assert_false(sd.has_dacl);
    assert_null(sd.dacl.bytes);
}

/* Covers AC-1.5-8, AC-1.5-9. */
static void an_acl_offset_whose_bit_is_clear_is_ignored(void **state)
{
    CLEANUP(free) uint8_t *bytes = exact_copy(whole, sizeof(whole));
    tsr_sd sd;

    (void)state;
    bytes[2] &= (uint8_t) ~(SE_DACL_PRESENT | SE_SACL_PRESENT);
    store_le32(bytes + DACL_AT, UINT32_MAX);
    store_le32(bytes + SACL_AT, 3);

    expect_ok(tsr_sd_view(bytes, sizeof(whole), &sd));

    assert_false(sd.has_dacl);
    assert_null(sd.dacl.bytes);
    assert_false(sd.has_sacl);
    assert_null(sd.sacl.bytes);
}

/* Covers AC-1.5-11. */
static void every_truncation_is_refused_and_leaves_the_output_alone(void **state)
{
    (void)state;

    for (size_t n = 0; n < sizeof(whole); n++) {
        CLEANUP(free) uint8_t *bytes = exact_copy(whole, n);
        tsr_sd sd = {.size = 42};

        assert_true(tsr_failed(tsr_sd_view(bytes, n, &sd)));
        assert_int_equal(sd.size, 42);
    }
    expect_status(STATUS_INVALID_SECURITY_DESCR, tsr_sd_view(NULL, 0, &(tsr_sd){0}));
    expect_status(STATUS_INVALID_SECURITY_DESCR, tsr_sd_view(whole, 19, &(tsr_sd){0}));
}

/* Covers AC-1.5-2. */
static void only_revision_one_is_read(void **state)
{
    uint8_t bytes[sizeof(whole)];
    tsr_sd sd = {.size = 42};

    (void)state;
    memcpy(bytes, whole, sizeof(whole));

    for (unsigned int revision = 0; revision < 256; revision++) {
        bytes[0] = (uint8_t)revision;
        if (revision != 1) {
            expect_status(STATUS_REVISION_MISMATCH, tsr_sd_view(bytes, sizeof(bytes), &sd));
        }
    }

    assert_int_equal(sd.size, 42);
}

/* Covers AC-1.5-4. */
static void an_absolute_descriptor_is_refused(void **state)
{
    uint8_t bytes[sizeof(whole)];
    tsr_sd sd = {.size = 42};

    (void)state;
    memcpy(bytes, whole, sizeof(whole));
    bytes[3] = 0x7f;

    expect_status(STATUS_INVALID_SECURITY_DESCR, tsr_sd_view(bytes, sizeof(bytes), &sd));

    assert_int_equal(sd.size, 42);
}

/* linux.md 1b: one system's bound check wraps where an offset lies behind the end. */
/* Covers AC-1.5-10. */
static void offsets_into_the_header_or_outside_are_refused(void **state)
{
    const size_t fields[] = {OWNER_AT, GROUP_AT, SACL_AT, DACL_AT};
    const uint32_t offsets[] = {1,          3,          4,          19,        sizeof(whole) + 1,
                                0x7fffffff, 0x80000000, 0xfffffff0, UINT32_MAX};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(offsets); j++) {
            expect_refused(STATUS_INVALID_SECURITY_DESCR, fields[i], offsets[j]);
        }
    }
}

/* Covers AC-1.5-11. */
static void parts_that_run_past_the_end_are_refused(void **state)
{
    (void)state;

    for (uint32_t short_of = 0; short_of < 8; short_of++) {
        expect_refused(STATUS_INVALID_SID, OWNER_AT, sizeof(whole) - short_of);
        expect_refused(STATUS_INVALID_SID, GROUP_AT, sizeof(whole) - short_of);
        expect_refused(STATUS_INVALID_ACL, SACL_AT, sizeof(whole) - short_of);
        expect_refused(STATUS_INVALID_ACL, DACL_AT, sizeof(whole) - short_of);
    }
}

/* Covers AC-1.5-11. */
static void malformed_parts_are_refused_with_their_own_status(void **state)
{
    const struct {
        size_t at;
        uint8_t value;
        uint32_t code;
    } rows[] = {
        {36, 2, STATUS_INVALID_SID}, {37, 16, STATUS_INVALID_SID}, {48, 0, STATUS_INVALID_SID},
        {49, 2, STATUS_INVALID_SID}, {20, 1, STATUS_INVALID_ACL},  {22, 7, STATUS_INVALID_ACL},
        {24, 1, STATUS_INVALID_ACL}, {28, 5, STATUS_INVALID_ACL},  {31, 1, STATUS_INVALID_ACL},
        {32, 1, STATUS_INVALID_ACL},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP(free) uint8_t *bytes = exact_copy(whole, sizeof(whole));
        tsr_sd sd = {.size = 42};

        bytes[rows[i].at] = rows[i].value;
        expect_status(rows[i].code, tsr_sd_view(bytes, sizeof(whole), &sd));
        assert_int_equal(sd.size, 42);
    }
}

/* Covers AC-1.5-13. */
static void building_packs_the_parts_in_windows_order(void **state)
{
    const uint8_t sacl[] = {2, 0, 8, 0, 0, 0, 0, 0};
    const uint8_t dacl[] = {4, 0, 8, 0, 0, 0, 0, 0};
    const tsr_sd_parts parts = {
        .owner = &TSR_SID_SYSTEM,
        .group = &TSR_SID_SYSTEM,
        .has_dacl = true,
        .has_sacl = true,
        .dacl = {dacl, sizeof(dacl), 0},
        .sacl = {sacl, sizeof(sacl), 0},
    };
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));

    assert_int_equal(size, sizeof(whole));
    assert_memory_equal(bytes, whole, sizeof(whole));
}

static void building_nothing_gives_a_bare_header(void **state)
{
    const uint8_t header[20] = {1, 0, 0, 0x80};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;

    (void)state;

    expect_ok(tsr_sd_build(&(tsr_sd_parts){0}, &bytes, &size));

    assert_int_equal(size, sizeof(header));
    assert_memory_equal(bytes, header, sizeof(header));
}

static void the_present_bits_follow_the_parts_and_the_others_the_caller(void **state)
{
    const tsr_sd_parts parts = {
        .control = 0xffff & ~SE_SELF_RELATIVE, .has_dacl = true, .resource_manager_control = 9};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));

    assert_int_equal(sd.control, 0xffff & ~SE_SACL_PRESENT);
    assert_int_equal(sd.resource_manager_control, 9);
    assert_true(sd.has_dacl);
    assert_null(sd.dacl.bytes);
    assert_false(sd.has_sacl);
}

static void an_acl_that_is_not_present_is_not_written(void **state)
{
    const uint8_t acl[] = {2, 0, 8, 0, 0, 0, 0, 0};
    const tsr_sd_parts parts = {
        .control = SE_DACL_PRESENT, .dacl = {acl, 8, 0}, .sacl = {acl, 8, 0}};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));

    assert_int_equal(size, 20);
    assert_int_equal(load_le16(bytes + 2), SE_SELF_RELATIVE);
    assert_int_equal(load_le32(bytes + SACL_AT), 0);
    assert_int_equal(load_le32(bytes + DACL_AT), 0);
}

/* Every choice of parts, with ACLs that carry slack: viewing gives back what was built. */
static void viewing_inverts_building(void **state)
{
    const uint8_t acl_bytes[] = {2, 0, 12, 0, 0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef};
    const tsr_sid owner = {.authority = 5};
    const tsr_sid group = TSR_SID(5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    tsr_acl acl;

    (void)state;
    expect_ok(tsr_acl_view(acl_bytes, sizeof(acl_bytes), &acl));

    for (unsigned int choice = 0; choice < 16; choice++) {
        const tsr_sd_parts parts = {
            .owner = choice & 1 ? &owner : NULL,
            .group = choice & 2 ? &group : NULL,
            .has_dacl = choice & 4,
            .dacl = acl,
            .has_sacl = choice & 8,
            .sacl = acl,
        };
        CLEANUP(free) uint8_t *bytes = NULL;
        size_t size = 0;
        tsr_sd sd;

        expect_ok(tsr_sd_build(&parts, &bytes, &size));
        expect_ok(tsr_sd_view(bytes, size, &sd));

        assert_int_equal(size, 20 + (choice & 1 ? 8 : 0) + (choice & 2 ? 68 : 0) +
                                   (choice & 4 ? 12 : 0) + (choice & 8 ? 12 : 0));
        assert_int_equal(sd.owner != NULL, parts.owner != NULL);
        assert_int_equal(sd.group != NULL, parts.group != NULL);
        assert_int_equal(sd.has_dacl, parts.has_dacl);
        assert_int_equal(sd.has_sacl, parts.has_sacl);
        if (sd.has_dacl) {
            assert_memory_equal(sd.dacl.bytes, acl_bytes, sizeof(acl_bytes));
        }
        if (sd.has_sacl) {
            assert_memory_equal(sd.sacl.bytes, acl_bytes, sizeof(acl_bytes));
        }
    }
}

/* Better no descriptor than one without its owner. */
/* Covers AC-1.5-15. */
static void what_is_behind_an_acl_of_odd_size_is_aligned(void **state)
{
    const uint8_t acl[9] = {2, 0, 9};
    const tsr_sd_parts parts = {
        .owner = &TSR_SID_SYSTEM,
        .has_dacl = true,
        .has_sacl = true,
        .dacl = {acl, sizeof(acl), 0},
        .sacl = {acl, sizeof(acl), 0},
    };
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));

    assert_int_equal(size, 20 + 12 + 12 + 12);
    assert_int_equal(sd.sacl.size, sizeof(acl));
    assert_ptr_equal(sd.sacl.bytes, bytes + 20);
    assert_ptr_equal(sd.dacl.bytes, bytes + 20 + 12);
    assert_ptr_equal(sd.owner, bytes + 20 + 12 + 12);
}

static void what_is_no_sid_fails_the_build(void **state)
{
    const tsr_sid wrong = {.authority = 5, .n_sub_authorities = 16};
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;

    expect_status(STATUS_INVALID_SID,
                  tsr_sd_build(&(tsr_sd_parts){.owner = &wrong}, &bytes, &size));
    expect_status(STATUS_INVALID_SID,
                  tsr_sd_build(&(tsr_sd_parts){.group = &wrong}, &bytes, &size));

    assert_null(bytes);
    assert_int_equal(size, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_points_at_every_part),
        cmocka_unit_test(the_smallest_descriptor_has_no_parts),
        cmocka_unit_test(control_bits_have_their_documented_places),
        cmocka_unit_test(a_view_works_at_any_alignment),
        cmocka_unit_test(parts_may_lie_at_odd_offsets_in_any_order_and_overlap),
        cmocka_unit_test(a_null_dacl_an_absent_one_and_an_empty_one_are_told_apart),
        cmocka_unit_test(an_acl_offset_whose_bit_is_clear_is_ignored),
        cmocka_unit_test(every_truncation_is_refused_and_leaves_the_output_alone),
        cmocka_unit_test(only_revision_one_is_read),
        cmocka_unit_test(an_absolute_descriptor_is_refused),
        cmocka_unit_test(offsets_into_the_header_or_outside_are_refused),
        cmocka_unit_test(parts_that_run_past_the_end_are_refused),
        cmocka_unit_test(malformed_parts_are_refused_with_their_own_status),
        cmocka_unit_test(building_packs_the_parts_in_windows_order),
        cmocka_unit_test(building_nothing_gives_a_bare_header),
        cmocka_unit_test(the_present_bits_follow_the_parts_and_the_others_the_caller),
        cmocka_unit_test(an_acl_that_is_not_present_is_not_written),
        cmocka_unit_test(viewing_inverts_building),
        cmocka_unit_test(what_is_behind_an_acl_of_odd_size_is_aligned),
        cmocka_unit_test(what_is_no_sid_fails_the_build),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
