/* SPDX-License-Identifier: MIT */
/* Tests of POSIX ACL decoding. */

#include "volume/posix-acl.h"

#include <sys/stat.h>

#include <support/expect.h>

#include "base/check.h"

#define HEADER    "02000000"
#define USER_OBJ  "01000700ffffffff"
#define USER      "02000600e8030000"
#define GROUP_OBJ "04000500ffffffff"
#define GROUP     "08000400d0070000"
#define MASK      "10000300ffffffff"
#define OTHER     "20000100ffffffff"
#define FULL      HEADER USER_OBJ USER GROUP_OBJ GROUP MASK OTHER

static void expect_entry(const struct posix_acl_entry *entry, uint16_t tag, uint16_t perms)
{
    assert_int_equal(entry->tag, tag);
    assert_int_equal(entry->perms, perms);
}

static void expect_refused(const char *hex)
{
    struct posix_acl acl = {.n_entries = 42};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    expect_status(STATUS_DATA_ERROR, posix_acl_decode(bytes, size, &acl));
    assert_int_equal(acl.n_entries, 42);
    assert_null(acl.entries);
}

static void expect_accepted(const char *hex, size_t n_entries)
{
    struct posix_acl acl = {0};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    expect_ok(posix_acl_decode(bytes, size, &acl));
    assert_int_equal(acl.n_entries, n_entries);
    posix_acl_deinit(&acl);
}

static void decode_reads_every_field(void **state)
{
    struct posix_acl acl = {0};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(FULL, &size);

    (void)state;

    expect_ok(posix_acl_decode(bytes, size, &acl));

    assert_int_equal(acl.n_entries, 6);
    expect_entry(&acl.entries[0], ACL_USER_OBJ, 7);
    expect_entry(&acl.entries[1], ACL_USER, 6);
    assert_int_equal(acl.entries[1].id, 1000);
    expect_entry(&acl.entries[2], ACL_GROUP_OBJ, 5);
    expect_entry(&acl.entries[3], ACL_GROUP, 4);
    assert_int_equal(acl.entries[3].id, 2000);
    expect_entry(&acl.entries[4], ACL_MASK, 3);
    expect_entry(&acl.entries[5], ACL_OTHER, 1);
    posix_acl_deinit(&acl);
}

static void decode_rejects_every_truncation_and_leaves_the_output_alone(void **state)
{
    char hex[sizeof(FULL)] = FULL;

    (void)state;

    for (size_t n = sizeof(FULL) - 1; n >= 2; n -= 2) {
        hex[n - 2] = '\0';
        expect_refused(hex);
    }
}

static void decode_accepts_what_the_kernel_accepts(void **state)
{
    (void)state;

    expect_accepted(HEADER USER_OBJ GROUP_OBJ OTHER, 3);
    expect_accepted(HEADER USER_OBJ GROUP_OBJ MASK OTHER, 4);
    expect_accepted(HEADER USER_OBJ USER GROUP_OBJ MASK OTHER, 5);
    expect_accepted(HEADER USER_OBJ GROUP_OBJ GROUP MASK OTHER, 5);
    expect_accepted(HEADER USER_OBJ USER USER GROUP_OBJ GROUP GROUP MASK OTHER, 8);
}

static void decode_rejects_another_version(void **state)
{
    (void)state;

    expect_refused("01000000" USER_OBJ GROUP_OBJ OTHER);
    expect_refused("03000000" USER_OBJ GROUP_OBJ OTHER);
    expect_refused("02000001" USER_OBJ GROUP_OBJ OTHER);
}

static void decode_rejects_named_entries_without_a_mask(void **state)
{
    (void)state;

    expect_refused(HEADER USER_OBJ USER GROUP_OBJ OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ GROUP OTHER);
}

static void decode_rejects_entries_missing_repeated_or_out_of_order(void **state)
{
    (void)state;

    expect_refused(HEADER);
    expect_refused(HEADER GROUP_OBJ OTHER);
    expect_refused(HEADER USER_OBJ OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ);
    expect_refused(HEADER USER_OBJ USER_OBJ GROUP_OBJ OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ GROUP_OBJ OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ MASK MASK OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ OTHER OTHER);
    expect_refused(HEADER OTHER GROUP_OBJ USER_OBJ);
    expect_refused(HEADER USER_OBJ GROUP_OBJ OTHER MASK);
    expect_refused(HEADER USER_OBJ GROUP_OBJ USER MASK OTHER);
    expect_refused(HEADER USER_OBJ GROUP GROUP_OBJ MASK OTHER);
}

static void decode_rejects_unknown_tags_and_permissions(void **state)
{
    (void)state;

    expect_refused(HEADER "00000700ffffffff" GROUP_OBJ OTHER);
    expect_refused(HEADER USER_OBJ GROUP_OBJ OTHER "40000700ffffffff");
    expect_refused(HEADER "01010700ffffffff" GROUP_OBJ OTHER);
    expect_refused(HEADER "01000800ffffffff" GROUP_OBJ OTHER);
    expect_refused(HEADER "01000701ffffffff" GROUP_OBJ OTHER);
}

static void mode_is_three_entries(void **state)
{
    struct posix_acl acl = {0};

    (void)state;

    expect_ok(posix_acl_of_mode(S_IFREG | 07641, &acl));

    assert_int_equal(acl.n_entries, 3);
    expect_entry(&acl.entries[0], ACL_USER_OBJ, 6);
    expect_entry(&acl.entries[1], ACL_GROUP_OBJ, 4);
    expect_entry(&acl.entries[2], ACL_OTHER, 1);
    posix_acl_deinit(&acl);
    posix_acl_deinit(&acl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_reads_every_field),
        cmocka_unit_test(decode_rejects_every_truncation_and_leaves_the_output_alone),
        cmocka_unit_test(decode_accepts_what_the_kernel_accepts),
        cmocka_unit_test(decode_rejects_another_version),
        cmocka_unit_test(decode_rejects_named_entries_without_a_mask),
        cmocka_unit_test(decode_rejects_entries_missing_repeated_or_out_of_order),
        cmocka_unit_test(decode_rejects_unknown_tags_and_permissions),
        cmocka_unit_test(mode_is_three_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
