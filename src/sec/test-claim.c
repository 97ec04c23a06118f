/* SPDX-License-Identifier: MIT */
/* Tests of claims. */

#include <tessera/claim.h>

#include <support/expect.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/claim.h"

#define HEADER_SIZE 16

/* As Windows' SDDL writes ("colour",TS,0,"blue"). */
static const char colour[] = "140000000300000000000000010000002200000063006f006c006f00750072000000"
                             "62006c00750065000000";

/* A claim named "n"; the caller frees its bytes. */
static uint8_t *encode(tsr_claim_type type, uint32_t flags, const tsr_claim_source *values,
                       size_t n_values, size_t *ret_size)
{
    uint8_t *bytes = NULL;

    expect_ok(tsr_claim_encode("n", type, flags, values, n_values, &bytes, ret_size));
    return bytes;
}

static void expect_rejected(const uint8_t *bytes, size_t size)
{
    tsr_claim claim = {.flags = 42};

    expect_status(STATUS_INVALID_PARAMETER, tsr_claim_view(bytes, size, &claim));
    assert_int_equal(claim.flags, 42);
}

/* Covers AC-1.6-1, AC-1.6-2. */
static void view_reads_what_windows_writes(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(colour, &size);
    tsr_claim_value value;
    tsr_claim claim;
    (void)state;

    expect_ok(tsr_claim_view(bytes, size, &claim));
    tsr_claim_get_value(&claim, 0, &value);

    assert_int_equal(claim.type, TSR_CLAIM_STRING);
    assert_int_equal(claim.flags, 0);
    assert_int_equal(claim.n_values, 1);
    assert_int_equal(claim.n_name, 12);
    assert_memory_equal(claim.name, u"colour", 12);
    assert_int_equal(value.n_bytes, 8);
    assert_memory_equal(value.bytes, u"blue", 8);
}

/* Covers AC-1.6-1. */
static void encode_writes_what_windows_writes(void **state)
{
    size_t n_expected;
    CLEANUP(free) uint8_t *expected = hex_bytes(colour, &n_expected);
    CLEANUP(free) uint8_t *bytes = NULL;
    const tsr_claim_source value = {.text = "blue"};
    size_t size = 0;
    (void)state;

    expect_ok(tsr_claim_encode("colour", TSR_CLAIM_STRING, 0, &value, 1, &bytes, &size));

    assert_int_equal(size, n_expected);
    assert_memory_equal(bytes, expected, size);
}

/* Covers AC-1.6-3, AC-1.6-5. */
static void types_and_flags_have_their_documented_numbers(void **state)
{
    (void)state;

    assert_int_equal(TSR_CLAIM_INT64, 1);
    assert_int_equal(TSR_CLAIM_UINT64, 2);
    assert_int_equal(TSR_CLAIM_STRING, 3);
    assert_int_equal(TSR_CLAIM_FQBN, 4);
    assert_int_equal(TSR_CLAIM_SID, 5);
    assert_int_equal(TSR_CLAIM_BOOLEAN, 6);
    assert_int_equal(TSR_CLAIM_OCTETS, 0x10);

    assert_int_equal(TSR_CLAIM_NON_INHERITABLE, 0x01);
    assert_int_equal(TSR_CLAIM_CASE_SENSITIVE, 0x02);
    assert_int_equal(TSR_CLAIM_USE_FOR_DENY_ONLY, 0x04);
    assert_int_equal(TSR_CLAIM_DISABLED_BY_DEFAULT, 0x08);
    assert_int_equal(TSR_CLAIM_DISABLED, 0x10);
    assert_int_equal(TSR_CLAIM_MANDATORY, 0x20);
}

/* Covers AC-1.6-4. */
static void numbers_come_back(void **state)
{
    static const tsr_claim_type types[] = {TSR_CLAIM_INT64, TSR_CLAIM_UINT64, TSR_CLAIM_BOOLEAN};
    static const tsr_claim_source values[] = {{.number = 0}, {.number = 1}, {.number = UINT64_MAX}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        size_t size;
        CLEANUP(free) uint8_t *bytes = encode(types[i], 0, values, 3, &size);
        tsr_claim claim;

        expect_ok(tsr_claim_view(bytes, size, &claim));

        assert_int_equal(claim.type, types[i]);
        assert_int_equal(claim.n_values, 3);
        for (uint32_t j = 0; j < 3; j++) {
            tsr_claim_value value;

            tsr_claim_get_value(&claim, j, &value);
            assert_true(value.number == values[j].number);
            assert_int_equal(value.n_bytes, 0);
        }
    }
}

/* Covers AC-1.6-4. */
static void sids_come_back_encoded(void **state)
{
    const tsr_claim_source values[] = {{.sid = TSR_SID_EVERYONE}, {.sid = TSR_SID_ADMINISTRATORS}};
    size_t size;
    CLEANUP(free) uint8_t *bytes = encode(TSR_CLAIM_SID, 0, values, 2, &size);
    tsr_claim_value value;
    tsr_claim claim;
    tsr_sid sid;
    (void)state;

    expect_ok(tsr_claim_view(bytes, size, &claim));
    tsr_claim_get_value(&claim, 1, &value);

    expect_ok(tsr_sid_decode(value.bytes, value.n_bytes, &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    assert_int_equal(value.n_bytes, tsr_sid_size(&sid));
}

/* Covers AC-1.6-7. */
static void octets_come_back_unaligned_and_empty(void **state)
{
    static const uint8_t octets[] = {1, 2, 3};
    const tsr_claim_source values[] = {{.octets = octets, .n_octets = 3}, {.n_octets = 0}};
    size_t size;
    CLEANUP(free) uint8_t *bytes = encode(TSR_CLAIM_OCTETS, 0, values, 2, &size);
    tsr_claim_value value;
    tsr_claim claim;
    (void)state;

    expect_ok(tsr_claim_view(bytes, size, &claim));

    tsr_claim_get_value(&claim, 0, &value);
    assert_int_equal(value.n_bytes, 3);
    assert_memory_equal(value.bytes, octets, 3);
    tsr_claim_get_value(&claim, 1, &value);
    assert_int_equal(value.n_bytes, 0);
    assert_int_equal(size, HEADER_SIZE + 2 * 4 + 4 + (4 + 3) + 4);
}

static void names_of_binaries_are_strings(void **state)
{
    const tsr_claim_source values[] = {{.text = "O=X"}, {.text = ""}};
    size_t size;
    CLEANUP(free) uint8_t *bytes = encode(TSR_CLAIM_FQBN, 0, values, 2, &size);
    tsr_claim_value value;
    tsr_claim claim;
    (void)state;

    expect_ok(tsr_claim_view(bytes, size, &claim));
    tsr_claim_get_value(&claim, 0, &value);

    assert_int_equal(value.n_bytes, 6);
    assert_memory_equal(value.bytes, u"O=X", 6);
}

/* Covers AC-1.6-5. */
static void claim_may_have_no_values_and_padding(void **state)
{
    size_t size;
    CLEANUP(free)
    uint8_t *bytes = encode(TSR_CLAIM_UINT64, TSR_CLAIM_MANDATORY | 0xabcd0000, NULL, 0, &size);
    uint8_t padded[64] = {0};
    tsr_claim claim;
    (void)state;

    memcpy(padded, bytes, size);
    expect_ok(tsr_claim_view(padded, sizeof(padded), &claim));

    assert_int_equal(claim.n_values, 0);
    assert_int_equal(claim.flags, TSR_CLAIM_MANDATORY | 0xabcd0000);
    assert_int_equal(claim.size, sizeof(padded));
}

/* Covers AC-1.6-2. */
static void view_rejects_every_truncation(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(colour, &size);
    (void)state;

    expect_rejected(NULL, 0);
    for (size_t n = 0; n < size; n++) {
        CLEANUP(free) uint8_t *cut = malloc(n ? n : 1);

        assert_non_null(cut);
        memcpy(cut, bytes, n);
        expect_rejected(cut, n);
    }
}

/* Covers AC-1.6-3, AC-1.6-6. */
static void view_rejects_what_it_does_not_know(void **state)
{
    static const uint16_t types[] = {0, 7, 15, 17, UINT16_MAX};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(colour, &size);
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        store_le16(bytes + 4, types[i]);
        expect_rejected(bytes, size);
        store_le32(bytes + 12, 0);
        expect_rejected(bytes, size);
        store_le32(bytes + 12, 1);
    }
    store_le16(bytes + 4, TSR_CLAIM_STRING);
    for (uint32_t flag = 0x100; flag <= 0x8000; flag <<= 1) {
        store_le32(bytes + 8, flag);
        expect_rejected(bytes, size);
    }
}

/* Covers AC-1.6-8. */
static void view_rejects_offsets_outside(void **state)
{
    static const uint32_t offsets[] = {44, 45, 0x7fffffff, 0xfffffff0, UINT32_MAX};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(colour, &size);
    (void)state;

    assert_int_equal(size, 44);
    for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
        store_le32(bytes, offsets[i]);
        expect_rejected(bytes, size);
        store_le32(bytes, 0x14);
        store_le32(bytes + HEADER_SIZE, offsets[i]);
        expect_rejected(bytes, size);
        store_le32(bytes + HEADER_SIZE, 0x22);
    }
    store_le32(bytes + 12, UINT32_MAX);
    expect_rejected(bytes, size);
    store_le32(bytes + 12, 8);
    expect_rejected(bytes, size);
}

/* Covers AC-1.6-8. */
static void view_rejects_lengths_that_are_wrong(void **state)
{
    const tsr_claim_source octets = {.octets = (const uint8_t *)"abc", .n_octets = 3};
    const tsr_claim_source sid = {.sid = TSR_SID_EVERYONE};
    size_t n_octets;
    size_t n_sid;
    CLEANUP(free) uint8_t *octets_bytes = encode(TSR_CLAIM_OCTETS, 0, &octets, 1, &n_octets);
    CLEANUP(free) uint8_t *sid_bytes = encode(TSR_CLAIM_SID, 0, &sid, 1, &n_sid);
    uint8_t longer[64] = {0};
    (void)state;

    store_le32(octets_bytes + 24, 4);
    expect_rejected(octets_bytes, n_octets);
    store_le32(octets_bytes + 24, UINT32_MAX);
    expect_rejected(octets_bytes, n_octets);

    memcpy(longer, sid_bytes, n_sid);
    store_le32(longer + 24, 11);
    expect_rejected(longer, sizeof(longer));
    store_le32(longer + 24, 13);
    expect_rejected(longer, sizeof(longer));
    store_le32(longer + 24, 12);
    longer[28] = 2;
    expect_rejected(longer, sizeof(longer));
}

/* Two octet values, the second of which lies inside the first. */
static void view_rejects_values_that_overlap(void **state)
{
    static const uint8_t octets[12] = {4, 0, 0, 0, 'a', 'b', 'c', 'd'};
    const tsr_claim_source values[] = {{.octets = octets, .n_octets = 12}, {.n_octets = 0}};
    size_t size;
    CLEANUP(free) uint8_t *bytes = encode(TSR_CLAIM_OCTETS, 0, values, 2, &size);
    tsr_claim claim;
    (void)state;

    store_le32(bytes + HEADER_SIZE + 4, load_le32(bytes + HEADER_SIZE) + 4);

    expect_ok(tsr_claim_view(bytes, size, &claim));
    expect_rejected(bytes, size - 4);
}

static void view_rejects_a_claim_over_the_limit(void **state)
{
    const size_t n_room = TSR_CLAIM_SIZE_MAX + 1;
    CLEANUP(free) uint8_t *bytes = calloc(1, n_room);
    size_t size;
    CLEANUP(free) uint8_t *small = hex_bytes(colour, &size);
    tsr_claim claim;
    (void)state;

    assert_non_null(bytes);
    memcpy(bytes, small, size);

    expect_ok(tsr_claim_view(bytes, n_room - 1, &claim));
    expect_rejected(bytes, n_room);
}

/* Once as a third value, once by two offsets that say the same. */
/* Covers AC-1.6-10. */
static void view_rejects_a_value_that_occurs_twice(void **state)
{
    static const tsr_claim_type types[] = {TSR_CLAIM_INT64, TSR_CLAIM_UINT64, TSR_CLAIM_STRING,
                                           TSR_CLAIM_FQBN,  TSR_CLAIM_SID,    TSR_CLAIM_BOOLEAN,
                                           TSR_CLAIM_OCTETS};
    const tsr_claim_source values[] = {
        {1, "foo", TSR_SID_EVERYONE, (const uint8_t *)"x", 1},
        {2, "bar", TSR_SID_LOCAL, (const uint8_t *)"y", 1},
        {1, "FOO", TSR_SID_EVERYONE, (const uint8_t *)"x", 1},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        size_t size = 42;
        CLEANUP(free) uint8_t *good = encode(types[i], 0, values, 2, &size);
        uint8_t *bytes = NULL;
        tsr_claim claim;

        expect_status(STATUS_INVALID_PARAMETER,
                      tsr_claim_encode("n", types[i], 0, values, 3, &bytes, &size));
        assert_null(bytes);

        store_le32(good + HEADER_SIZE + 4, load_le32(good + HEADER_SIZE));
        expect_rejected(good, size);
        expect_ok(claim_read(good, size, &claim));
        assert_true(claim_has_duplicates(&claim));
    }
}

/* Covers AC-1.6-11. */
static void case_makes_strings_differ_only_where_it_counts(void **state)
{
    const tsr_claim_source values[] = {{.text = "foo"}, {.text = "FOO"}};
    uint8_t *none = NULL;
    size_t size = 42;
    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_STRING, 0, values, 2, &none, &size));
    assert_null(none);
    assert_int_equal(size, 42);

    free(encode(TSR_CLAIM_STRING, TSR_CLAIM_CASE_SENSITIVE, values, 2, &size));
}

/* Sorted, reversed and mixed: the search for duplicates must not depend on the order. */
static void many_values_are_told_apart(void **state)
{
    enum { N = 5000 };
    CLEANUP(free) tsr_claim_source *values = calloc(N, sizeof(*values));
    uint8_t *none = NULL;
    size_t size;
    (void)state;

    assert_non_null(values);
    for (size_t multiplier = 1; multiplier < N; multiplier += 1666) {
        for (size_t i = 0; i < N; i++) {
            values[i].number = i * multiplier % N; /* 1, 1667, 3333, 4999: coprime to 5000 */
        }
        free(encode(TSR_CLAIM_UINT64, 0, values, N, &size));

        values[N / 3].number = values[N - 7].number;
        expect_status(STATUS_INVALID_PARAMETER,
                      tsr_claim_encode("n", TSR_CLAIM_UINT64, 0, values, N, &none, &size));
    }
}

static void encode_rejects_what_is_no_claim(void **state)
{
    const tsr_claim_source bad_sid = {.sid = {.n_sub_authorities = 16}};
    const tsr_claim_source empty = {0};
    const tsr_claim_source no_octets = {.n_octets = 1};
    uint8_t *bytes = NULL;
    size_t size = 42;
    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode(NULL, TSR_CLAIM_INT64, 0, NULL, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("", TSR_CLAIM_INT64, 0, NULL, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_INT64, 0x100, NULL, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_INT64, 0, NULL, 1, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", (tsr_claim_type)0, 0, NULL, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", (tsr_claim_type)7, 0, &empty, 1, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", (tsr_claim_type)0x10001, 0, &empty, 1, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_STRING, 0, &empty, 1, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_OCTETS, 0, &no_octets, 1, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_SID, 0, &bad_sid, 1, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 42);
}

static void encode_rejects_text_that_is_not_utf_8(void **state)
{
    const tsr_claim_source value = {.text = "\xff"};
    uint8_t *bytes = NULL;
    size_t size = 42;
    (void)state;

    expect_status(STATUS_ILLEGAL_CHARACTER,
                  tsr_claim_encode("n", TSR_CLAIM_STRING, 0, &value, 1, &bytes, &size));
    expect_status(STATUS_ILLEGAL_CHARACTER,
                  tsr_claim_encode("\x80", TSR_CLAIM_STRING, 0, NULL, 0, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 42);
}

static void encode_stops_at_the_limit(void **state)
{
    const size_t n_fits = TSR_CLAIM_SIZE_MAX - (HEADER_SIZE + 4 + 4 + 4);
    CLEANUP(free) uint8_t *octets = calloc(1, n_fits + 1);
    tsr_claim_source value = {.octets = octets, .n_octets = n_fits};
    uint8_t *none = NULL;
    size_t size;
    (void)state;

    free(encode(TSR_CLAIM_OCTETS, 0, &value, 1, &size));
    assert_int_equal(size, TSR_CLAIM_SIZE_MAX);
    value.n_octets++;
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_OCTETS, 0, &value, 1, &none, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("n", TSR_CLAIM_OCTETS, 0, &value, SIZE_MAX, &none, &size));
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(view_reads_what_windows_writes),
        cmocka_unit_test(encode_writes_what_windows_writes),
        cmocka_unit_test(types_and_flags_have_their_documented_numbers),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(sids_come_back_encoded),
        cmocka_unit_test(octets_come_back_unaligned_and_empty),
        cmocka_unit_test(names_of_binaries_are_strings),
        cmocka_unit_test(claim_may_have_no_values_and_padding),
        cmocka_unit_test(view_rejects_every_truncation),
        cmocka_unit_test(view_rejects_what_it_does_not_know),
        cmocka_unit_test(view_rejects_offsets_outside),
        cmocka_unit_test(view_rejects_lengths_that_are_wrong),
        cmocka_unit_test(view_rejects_values_that_overlap),
        cmocka_unit_test(view_rejects_a_claim_over_the_limit),
        cmocka_unit_test(view_rejects_a_value_that_occurs_twice),
        cmocka_unit_test(case_makes_strings_differ_only_where_it_counts),
        cmocka_unit_test(many_values_are_told_apart),
        cmocka_unit_test(encode_rejects_what_is_no_claim),
        cmocka_unit_test(encode_rejects_text_that_is_not_utf_8),
        cmocka_unit_test(encode_stops_at_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
