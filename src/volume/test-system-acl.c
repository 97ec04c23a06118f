/* SPDX-License-Identifier: MIT */
/* Tests of the hash of mode and POSIX ACLs. Samba 4.17.12 trusts each of the hashes that stand
 * here. */

#include "volume/system-acl.h"

#include <support/expect.h>

#include "base/check.h"

#define HEADER "02000000"
#define EXAMPLE               \
    HEADER "01000700ffffffff" \
           "0200070000000000" \
           "04000500ffffffff" \
           "0800050000000000" \
           "10000700ffffffff" \
           "20000000ffffffff"
#define DEFAULTS              \
    HEADER "01000700ffffffff" \
           "0200070000000000" \
           "04000000ffffffff" \
           "0800050000000000" \
           "10000700ffffffff" \
           "20000000ffffffff"
#define UNSORTED              \
    HEADER "01000700ffffffff" \
           "02000700b80b0000" \
           "02000100e8030000" \
           "02000000d0070000" \
           "04000000ffffffff" \
           "0800030028230000" \
           "0800050030230000" \
           "10000700ffffffff" \
           "20000000ffffffff"
#define MALFORMED HEADER "01000700ffffffff"

/* A file's attributes and the bytes of its ACLs. */
struct file {
    mode_t mode;
    uid_t uid;
    gid_t gid;
    const char *access; /* hexadecimal; NULL: none */
    const char *defaults;
};

static tsr_status hash_of(const struct file *file, uint8_t *ret_hash)
{
    CLEANUP(free) uint8_t *access = NULL;
    CLEANUP(free) uint8_t *defaults = NULL;
    struct system_acl acl = {
        .attributes = {.st_mode = file->mode, .st_uid = file->uid, .st_gid = file->gid},
    };

    if (file->access) {
        acl.access_acl = access = hex_bytes(file->access, &acl.n_access_acl);
    }
    if (file->defaults) {
        acl.default_acl = defaults = hex_bytes(file->defaults, &acl.n_default_acl);
    }
    return system_acl_hash(&acl, ret_hash);
}

static void expect_hash(const struct file *file, const char *expected_hex)
{
    uint8_t hash[NTACL_HASH_SIZE] = {0};
    size_t size;
    CLEANUP(free) uint8_t *expected = hex_bytes(expected_hex, &size);

    expect_ok(hash_of(file, hash));
    assert_int_equal(size, sizeof(hash));
    assert_memory_equal(hash, expected, size);
}

static void expect_different(const struct file *a, const struct file *b)
{
    uint8_t second[NTACL_HASH_SIZE] = {0};
    uint8_t first[NTACL_HASH_SIZE] = {0};

    expect_ok(hash_of(a, first));
    expect_ok(hash_of(b, second));
    assert_memory_not_equal(first, second, sizeof(first));
}

static void a_file_without_acl_is_hashed_by_its_mode(void **state)
{
    const struct file file = {.mode = S_IFREG | 0640};

    (void)state;

    expect_hash(&file, "a5fbb1d21bc797c601e231889a6ebf3a43b6b4c24d279f8274e4b5c94d65ae73");
}

static void a_directory_without_acl_has_an_empty_default_acl(void **state)
{
    const struct file directory = {.mode = S_IFDIR | 0750};

    (void)state;

    expect_hash(&directory, "3a167fe9e80972036987b1cbdd3666187a66497e4bcff5e4d3f2160f39d77fa9");
}

static void the_worked_example_has_the_hash_that_samba_stored(void **state)
{
    const struct file file = {.mode = S_IFREG | 0770, .access = EXAMPLE};

    (void)state;

    expect_hash(&file, "9c49d177748cd9eb5ac18e28e5618bab9c76d3585703b625aa5ab93301017a77");
}

static void a_directory_is_hashed_with_its_default_acl(void **state)
{
    const struct file directory = {.mode = S_IFDIR | 0770, .access = EXAMPLE, .defaults = DEFAULTS};

    (void)state;

    expect_hash(&directory, "e3264c5191c9c4fb8d6cd43097834c0f6a279c885f7d389e9b77c0818dbc05a0");
}

static void named_entries_are_hashed_in_order_of_id(void **state)
{
    const struct file file = {.mode = S_IFREG | 0770, .uid = 1000, .gid = 1001, .access = UNSORTED};

    (void)state;

    expect_hash(&file, "49c58326017d18f3c678fc28b8c19645861e00fef27419474c8841a045fad7cb");
}

static void every_part_counts(void **state)
{
    const struct file directory = {.mode = S_IFDIR | 0770, .access = EXAMPLE, .defaults = DEFAULTS};
    struct file mode = directory;
    struct file uid = directory;
    struct file gid = directory;
    struct file access = directory;
    struct file defaults = directory;

    (void)state;

    mode.mode = S_IFDIR | 01770;
    uid.uid = UINT32_MAX;
    gid.gid = UINT32_MAX;
    access.access = NULL;
    defaults.defaults = NULL;

    expect_different(&directory, &mode);
    expect_different(&directory, &uid);
    expect_different(&directory, &gid);
    expect_different(&uid, &gid);
    expect_different(&directory, &access);
    expect_different(&directory, &defaults);
}

static void malformed_acls_are_refused_and_leave_the_output_alone(void **state)
{
    const struct file access = {.mode = S_IFREG | 0640, .access = MALFORMED};
    const struct file defaults = {.mode = S_IFDIR | 0640, .defaults = MALFORMED};
    const struct file empty = {.mode = S_IFREG | 0640, .access = ""};
    uint8_t hash[NTACL_HASH_SIZE] = {0};
    const uint8_t zeros[NTACL_HASH_SIZE] = {0};

    (void)state;

    expect_status(STATUS_DATA_ERROR, hash_of(&access, hash));
    expect_status(STATUS_DATA_ERROR, hash_of(&defaults, hash));
    expect_status(STATUS_DATA_ERROR, hash_of(&empty, hash));
    assert_memory_equal(hash, zeros, sizeof(hash));
}

static void the_access_acl_goes_before_the_mode(void **state)
{
    const uint8_t bytes[] = {2, 0, 0, 0, 1, 0, 4,  0, 9, 9, 9, 9, 4, 0,
                             2, 0, 9, 9, 9, 9, 32, 0, 1, 0, 9, 9, 9, 9};
    struct system_acl acl = {.attributes = {.st_mode = S_IFREG | 0777}};
    struct posix_acl from_mode = {0};
    struct posix_acl from_acl = {0};

    (void)state;

    expect_ok(system_acl_access(&acl, &from_mode));
    acl.access_acl = bytes;
    acl.n_access_acl = sizeof(bytes);
    expect_ok(system_acl_access(&acl, &from_acl));

    assert_int_equal(from_mode.entries[0].perms, 7);
    assert_int_equal(from_acl.entries[0].perms, 4);
    posix_acl_deinit(&from_mode);
    posix_acl_deinit(&from_acl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_without_acl_is_hashed_by_its_mode),
        cmocka_unit_test(a_directory_without_acl_has_an_empty_default_acl),
        cmocka_unit_test(the_worked_example_has_the_hash_that_samba_stored),
        cmocka_unit_test(a_directory_is_hashed_with_its_default_acl),
        cmocka_unit_test(named_entries_are_hashed_in_order_of_id),
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(malformed_acls_are_refused_and_leave_the_output_alone),
        cmocka_unit_test(the_access_acl_goes_before_the_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
