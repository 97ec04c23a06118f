/* SPDX-License-Identifier: MIT */
/* Tests of the NTACL codec. The blobs were packed by Samba 4.17.12. */

#include "volume/ntacl.h"

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sddl.h>

#include <support/expect.h>

#include "base/bytes.h"
#include "base/check.h"

#define EXAMPLE_SDDL \
    "O:S-1-22-1-0G:S-1-22-2-0D:P(A;;FA;;;S-1-22-1-0)(A;;0x1200a9;;;S-1-22-2-0)(D;;DC;;;AN)"
#define ALL_INFORMATION                                                                    \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define ZEROS_16 "00000000000000000000000000000000"
#define ZEROS_32 ZEROS_16 ZEROS_16

/* Everything behind the header of the example's descriptor. */
#define SD_BODY                                        \
    "01020000000000160100000000000000"                 \
    "01020000000000160200000000000000"                 \
    "04004c0003000000"                                 \
    "00001800ff011f0001020000000000160100000000000000" \
    "00001800a900120001020000000000160200000000000000" \
    "0100140002000000010100000000000507000000"

#define HASH     "8f8abea95e4208be7d6b38ee8182f71ec770f8557f808b058f2b03dc80d6c0b3"
#define SYS_HASH "9c49d177748cd9eb5ac18e28e5618bab9c76d3585703b625aa5ab93301017a77"

#define V1_BLOB "0100010000000200" SD_V1 SD_BODY
#define SD_V1   "010014901c0000002c000000000000003c000000"
#define V2_BLOB "020002000000020004000200abababababababababababababababab" SD_V2 SD_BODY
#define SD_V2   "0100149030000000400000000000000050000000"
#define V3_BLOB "03000300" V3_REST
#define V3_REST        \
    "0000020004000200" \
    "0100" HASH ZEROS_32 "0000" SD_V3 SD_BODY
#define SD_V3 "0100149064000000740000000000000084000000"

/* linux.md section 4, worked example: the fields before the time, and after it. */
#define V4_HEAD                \
    "040004000000020004000200" \
    "0100" HASH ZEROS_32 "706f7369785f61636c00"
#define V4_TIME "b2dc88cb2d79dd01"
#define V4_TAIL SYS_HASH ZEROS_32 "01000490b4000000c400000000000000d4000000" SD_BODY
#define V4_BLOB V4_HEAD V4_TIME V4_TAIL

#define V4_BASE 0xa0

static void expect_decodes(const char *hex, const char *sddl)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *sd = NULL;
    CLEANUP(free) char *text = NULL;
    size_t n_bytes;
    size_t n_sd = 0;
    tsr_sd view;

    bytes = hex_bytes(hex, &n_bytes);
    expect_ok(ntacl_decode(bytes, n_bytes, &sd, &n_sd));
    expect_ok(tsr_sd_view(sd, n_sd, &view));
    expect_ok(tsr_sddl_format(&view, ALL_INFORMATION, NULL, &text));
    assert_string_equal(text, sddl);
}

/* A copy of exactly the bytes, so that the address sanitizer sees a read behind them. */
static void expect_refused(const uint8_t *bytes, size_t size)
{
    CLEANUP(free) uint8_t *copy = malloc(size ? size : 1);
    uint8_t *sd = NULL;
    size_t n_sd = 42;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    expect_status(STATUS_FILE_CORRUPT_ERROR, ntacl_decode(copy, size, &sd, &n_sd));
    assert_null(sd);
    assert_int_equal(n_sd, 42);
}

static void expect_refused_hex(const char *hex)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    expect_refused(bytes, size);
}

static void expect_truncations_refused(const char *hex)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    for (size_t n = 0; n < size; n++) {
        expect_refused(bytes, n);
    }
}

/* The worked example, with one 32-bit value changed. */
static uint8_t *example_with(size_t at, uint32_t value, size_t *ret_size)
{
    uint8_t *bytes = hex_bytes(V4_BLOB, ret_size);

    store_le32(bytes + at, value);
    return bytes;
}

static void encode(const char *sddl, const uint8_t *hash, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(free) uint8_t *sd = NULL;
    size_t size;

    expect_ok(tsr_sddl_parse(sddl, NULL, &sd, &size, NULL));
    expect_ok(ntacl_encode(sd, size, hash, ret_bytes, ret_size));
}

static void decode_reads_versions_1_to_4(void **state)
{
    (void)state;

    expect_decodes(V1_BLOB, EXAMPLE_SDDL);
    expect_decodes(V2_BLOB, EXAMPLE_SDDL);
    expect_decodes(V3_BLOB, EXAMPLE_SDDL);
    expect_decodes(V4_BLOB, EXAMPLE_SDDL);
}

static void decode_rebases_every_offset_and_keeps_zero(void **state)
{
    CLEANUP(free) uint8_t *sd = NULL;
    size_t n_sd;
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(V4_BLOB, &size);

    (void)state;

    expect_ok(ntacl_decode(bytes, size, &sd, &n_sd));

    assert_int_equal(size, 288);
    assert_int_equal(n_sd, 288 - V4_BASE);
    assert_int_equal(load_le32(sd + 4), 0x14);
    assert_int_equal(load_le32(sd + 8), 0x24);
    assert_int_equal(load_le32(sd + 12), 0);
    assert_int_equal(load_le32(sd + 16), 0x34);
    assert_memory_equal(sd + 20, bytes + V4_BASE + 20, n_sd - 20);
}

static void decode_does_not_judge_the_hashes(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(V4_BLOB, &size);
    CLEANUP(free) uint8_t *sd = NULL;
    size_t n_sd;

    (void)state;

    bytes[12] = 7;
    memset(bytes + 14, 0x55, 64);
    memset(bytes + 96, 0x55, 64);

    expect_ok(ntacl_decode(bytes, size, &sd, &n_sd));
}

static void decode_reads_a_description_of_any_length(void **state)
{
    (void)state;

    for (size_t n = 0; n < 20; n++) {
        const size_t base = ((78 + n + 1 + 3) & ~(size_t)3) + 8 + 64;
        char hex[2048];
        size_t at = (size_t)sprintf(hex, "040004000000020004000200"
                                         "0100" HASH ZEROS_32);

        for (size_t i = 0; i < n; i++) {
            at += (size_t)sprintf(hex + at, "41");
        }
        do {
            at += (size_t)sprintf(hex + at, "00");
        } while (at / 2 % 4 != 0);
        assert_int_equal(at / 2, base - 8 - 64);
        sprintf(hex + at,
                V4_TIME SYS_HASH ZEROS_32
                "01001490%02x%02x0000%02x%02x000000000000%02x%02x0000" SD_BODY,
                (unsigned int)(base + 0x14) & 0xff, (unsigned int)(base + 0x14) >> 8,
                (unsigned int)(base + 0x24) & 0xff, (unsigned int)(base + 0x24) >> 8,
                (unsigned int)(base + 0x34) & 0xff, (unsigned int)(base + 0x34) >> 8);
        expect_decodes(hex, EXAMPLE_SDDL);
        expect_truncations_refused(hex);
    }
}

static void decode_rejects_every_truncation_and_leaves_the_outputs_alone(void **state)
{
    (void)state;

    expect_truncations_refused(V1_BLOB);
    expect_truncations_refused(V2_BLOB);
    expect_truncations_refused(V3_BLOB);
    expect_truncations_refused(V4_BLOB);
}

static void decode_rejects_unknown_versions(void **state)
{
    (void)state;

    expect_refused_hex("0000000000000200" SD_V1 SD_BODY);
    expect_refused_hex("0500050000000200" SD_V1 SD_BODY);
    expect_refused_hex("05000500" V3_REST);
    expect_refused_hex("ffffffff00000200" SD_V1 SD_BODY);
    expect_refused_hex("0101010100000200" SD_V1 SD_BODY);
}

static void decode_rejects_a_selector_that_is_not_the_version(void **state)
{
    (void)state;

    expect_refused_hex("0100040000000200" SD_V1 SD_BODY);
    expect_refused_hex("0400010000000200" SD_V1 SD_BODY);
}

static void decode_rejects_null_referents(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *no_info = example_with(4, 0, &size);
    CLEANUP(free) uint8_t *no_sd = example_with(8, 0, &size);

    (void)state;

    expect_refused(no_info, size);
    expect_refused(no_sd, size);
    expect_refused_hex("0100010000000000" SD_V1 SD_BODY);
}

static void decode_rejects_offsets_outside_the_descriptor(void **state)
{
    static const uint32_t wrong[] = {1,           0x14,         V4_BASE - 1, V4_BASE,
                                     V4_BASE + 4, V4_BASE + 19, 288,         UINT32_MAX,
                                     0x80000000u, 0x10000b4u};

    (void)state;

    for (size_t at = V4_BASE + 4; at < V4_BASE + 20; at += 4) {
        for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
            size_t size;
            CLEANUP(free) uint8_t *bytes = example_with(at, wrong[i], &size);

            expect_refused(bytes, size);
        }
    }
}

static void decode_rejects_what_is_no_descriptor(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *revision = example_with(V4_BASE, 0x90140002, &size);
    CLEANUP(free) uint8_t *not_relative = example_with(V4_BASE, 0x10140001, &size);
    CLEANUP(free) uint8_t *bad_sid = example_with(0xb4, 0x0000ff01, &size);
    CLEANUP(free) uint8_t *bad_acl = example_with(0xd8, 4, &size);

    (void)state;

    expect_refused(revision, size);
    expect_refused(not_relative, size);
    expect_refused(bad_sid, size);
    expect_refused(bad_acl, size);
}

static void decode_rejects_more_than_64_kib(void **state)
{
    size_t size;
    CLEANUP(free) uint8_t *example = hex_bytes(V4_BLOB, &size);
    CLEANUP(free) uint8_t *bytes = calloc(1, NTACL_SIZE_MAX + 1);
    CLEANUP(free) uint8_t *sd = NULL;
    size_t n_sd;

    (void)state;

    memcpy(bytes, example, size);

    expect_refused(bytes, NTACL_SIZE_MAX + 1);
    expect_ok(ntacl_decode(bytes, NTACL_SIZE_MAX, &sd, &n_sd));
    assert_int_equal(n_sd, NTACL_SIZE_MAX - V4_BASE);
}

static void encode_writes_what_samba_writes_but_time_and_first_hash(void **state)
{
    size_t n_expected;
    size_t n_hash;
    CLEANUP(free) uint8_t *expected = hex_bytes(V4_BLOB, &n_expected);
    CLEANUP(free) uint8_t *hash = hex_bytes(SYS_HASH, &n_hash);
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *sd = NULL;
    size_t n_sd = 0;
    size_t size = 0;

    (void)state;

    expect_ok(ntacl_decode(expected, n_expected, &sd, &n_sd));
    memset(expected + 14, 0, 32);
    memset(expected + 88, 0, 8);

    expect_ok(ntacl_encode(sd, n_sd, hash, &bytes, &size));

    assert_int_equal(size, n_expected);
    assert_memory_equal(bytes, expected, size);
}

static void encode_is_inverted_by_decode(void **state)
{
    static const char *const texts[] = {
        "",
        "O:BA",
        "G:SY",
        "D:",
        "S:",
        "D:NO_ACCESS_CONTROL",
        "O:SYG:BAD:AI(A;OICI;FA;;;SY)S:AI(AU;SAFA;FA;;;WD)",
        "O:SYG:BAD:(A;;FA;;;WD)S:(ML;;NW;;;HI)",
    };
    const uint8_t hash[NTACL_HASH_SIZE] = {0};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP(free) uint8_t *bytes = NULL;
        CLEANUP(free) uint8_t *sd = NULL;
        CLEANUP(free) char *text = NULL;
        size_t size;
        size_t n_sd;
        tsr_sd view;

        encode(texts[i], hash, &bytes, &size);
        expect_ok(ntacl_decode(bytes, size, &sd, &n_sd));
        expect_ok(tsr_sd_view(sd, n_sd, &view));
        expect_ok(tsr_sddl_format(&view, ALL_INFORMATION, NULL, &text));
        assert_string_equal(text, texts[i]);
    }
}

static void encode_keeps_the_resource_manager_control(void **state)
{
    const tsr_sd_parts parts = {.control = SE_RM_CONTROL_VALID, .resource_manager_control = 0x5a};
    const uint8_t hash[NTACL_HASH_SIZE] = {0};
    CLEANUP(free) uint8_t *sd = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t n_sd;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &sd, &n_sd));
    expect_ok(ntacl_encode(sd, n_sd, hash, &bytes, &size));

    assert_int_equal(bytes[V4_BASE + 1], 0x5a);
    assert_int_equal(load_le16(bytes + V4_BASE + 2), SE_RM_CONTROL_VALID | SE_SELF_RELATIVE);
}

static void encode_aligns_what_follows_an_acl_of_odd_size(void **state)
{
    const uint8_t odd[] = {2, 0, 9, 0, 0, 0, 0, 0, 0xee};
    const tsr_sd_parts parts = {
        .has_sacl = true,
        .has_dacl = true,
        .sacl = {.bytes = odd, .size = sizeof(odd)},
        .dacl = {.bytes = odd, .size = sizeof(odd)},
    };
    const uint8_t hash[NTACL_HASH_SIZE] = {0};
    CLEANUP(free) uint8_t *sd = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t n_sd;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &sd, &n_sd));
    expect_ok(ntacl_encode(sd, n_sd, hash, &bytes, &size));

    assert_int_equal(load_le32(bytes + V4_BASE + 12), V4_BASE + 20);
    assert_int_equal(load_le32(bytes + V4_BASE + 16), V4_BASE + 20 + 12);
    assert_memory_equal(bytes + V4_BASE + 32, odd, sizeof(odd));
}

static void encode_rejects_what_is_no_descriptor_and_leaves_the_outputs_alone(void **state)
{
    const uint8_t hash[NTACL_HASH_SIZE] = {0};
    const uint8_t sd[20] = {2, 0, 0, 0x80};
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;

    expect_status(STATUS_INVALID_SECURITY_DESCR, ntacl_encode(sd, 20, hash, &bytes, &size));
    expect_status(STATUS_INVALID_SECURITY_DESCR, ntacl_encode(sd, 19, hash, &bytes, &size));
    expect_status(STATUS_INVALID_SECURITY_DESCR, ntacl_encode(NULL, 0, hash, &bytes, &size));

    assert_null(bytes);
    assert_int_equal(size, 42);
}

/* A descriptor of one ACL, which is @size bytes of slack. */
static void slack_sd(uint16_t size, uint8_t **ret_sd, size_t *ret_size)
{
    CLEANUP(free) uint8_t *acl = calloc(1, size);
    tsr_sd_parts parts = {.has_dacl = true, .dacl = {.bytes = acl, .size = size}};

    acl[0] = ACL_REVISION;
    store_le16(acl + 2, size);
    expect_ok(tsr_sd_build(&parts, ret_sd, ret_size));
}

/* Covers AC-1.5-14. */
static void encode_rejects_more_than_64_kib(void **state)
{
    const uint8_t hash[NTACL_HASH_SIZE] = {0};
    const uint16_t largest = NTACL_SIZE_MAX - V4_BASE - 20;
    CLEANUP(free) uint8_t *too_large = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *fits = NULL;
    size_t n_too_large;
    size_t n_fits;
    size_t size = 42;

    (void)state;

    slack_sd(largest + 1, &too_large, &n_too_large);
    slack_sd(largest, &fits, &n_fits);

    expect_status(STATUS_EA_TOO_LARGE, ntacl_encode(too_large, n_too_large, hash, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 42);
    expect_ok(ntacl_encode(fits, n_fits, hash, &bytes, &size));
    assert_int_equal(size, NTACL_SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_reads_versions_1_to_4),
        cmocka_unit_test(decode_rebases_every_offset_and_keeps_zero),
        cmocka_unit_test(decode_does_not_judge_the_hashes),
        cmocka_unit_test(decode_reads_a_description_of_any_length),
        cmocka_unit_test(decode_rejects_every_truncation_and_leaves_the_outputs_alone),
        cmocka_unit_test(decode_rejects_unknown_versions),
        cmocka_unit_test(decode_rejects_a_selector_that_is_not_the_version),
        cmocka_unit_test(decode_rejects_null_referents),
        cmocka_unit_test(decode_rejects_offsets_outside_the_descriptor),
        cmocka_unit_test(decode_rejects_what_is_no_descriptor),
        cmocka_unit_test(decode_rejects_more_than_64_kib),
        cmocka_unit_test(encode_writes_what_samba_writes_but_time_and_first_hash),
        cmocka_unit_test(encode_is_inverted_by_decode),
        cmocka_unit_test(encode_keeps_the_resource_manager_control),
        cmocka_unit_test(encode_aligns_what_follows_an_acl_of_odd_size),
        cmocka_unit_test(encode_rejects_what_is_no_descriptor_and_leaves_the_outputs_alone),
        cmocka_unit_test(encode_rejects_more_than_64_kib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
