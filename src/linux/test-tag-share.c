/* SPDX-License-Identifier: MIT */
/* Tests of tags that programs of one token share. */

#include "linux/tag.h"

#include "linux/test-support.h"

#define USER "S-1-5-21-1-2-3-1104"

static gid_t share(const struct test_path *state_dir, const char *user, uid_t uid)
{
    tsr_token *token = test_token_new(user);
    tsr_token *loaded = NULL;
    gid_t tag = 0;

    expect_ok(tag_share(state_dir->text, token, uid, &tag));
    expect_ok(tag_load(state_dir->text, tag, uid, &loaded));
    expect_user(user, loaded);
    (void)tsr_token_unref(loaded);
    (void)tsr_token_unref(token);
    return tag;
}

static struct test_path path_of_tag(const struct test_directory *directory, gid_t tag)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "state/tags/%u", tag);
    return test_path_in(directory, name);
}

/* Whoever starts programs by the same tokens again and again does not use the tags up. */
static void programs_of_one_token_share_a_tag_and_others_none(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path state_dir = test_path_in(&directory, "state");
    gid_t tag;

    (void)state;
    require_root();

    tag = share(&state_dir, USER, TEST_UID);
    assert_int_equal(share(&state_dir, USER, TEST_UID), tag);
    assert_int_not_equal(share(&state_dir, USER, TEST_UID + 1), tag);
    assert_int_not_equal(share(&state_dir, USER "0", TEST_UID), tag);
    assert_int_equal(share(&state_dir, USER, TEST_UID), tag);

    test_directory_remove(&directory);
}

static void what_is_not_published_as_it_was_is_leased_anew(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path state_dir = test_path_in(&directory, "state");
    struct test_path published;
    gid_t damaged;
    gid_t missing;
    gid_t tag;

    (void)state;
    require_root();

    damaged = share(&state_dir, USER, TEST_UID);
    published = path_of_tag(&directory, damaged);
    test_file_write(published.text, "", 0, 0644);
    missing = share(&state_dir, USER, TEST_UID);
    published = path_of_tag(&directory, missing);
    assert_int_equal(unlink(published.text), 0);
    tag = share(&state_dir, USER, TEST_UID);

    assert_int_not_equal(missing, damaged);
    assert_int_not_equal(tag, missing);
    assert_int_equal(share(&state_dir, USER, TEST_UID), tag);
    test_directory_remove(&directory);
}

static void what_cannot_be_leased_is_not_shared(void **state)
{
    const struct test_directory directory = test_directory_new();
    tsr_token *token = test_token_new(USER);
    gid_t tag = 42;

    (void)state;
    require_root();

    expect_status(STATUS_INVALID_PARAMETER, tag_share(directory.path, token, 0, &tag));
    assert_int_equal(chmod(directory.path, 0777), 0);
    expect_status(STATUS_ACCESS_DENIED, tag_share(directory.path, token, TEST_UID, &tag));
    assert_int_equal(tag, 42);
    (void)tsr_token_unref(token);
    test_directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_of_one_token_share_a_tag_and_others_none),
        cmocka_unit_test(what_is_not_published_as_it_was_is_leased_anew),
        cmocka_unit_test(what_cannot_be_leased_is_not_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
