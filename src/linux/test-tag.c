/* SPDX-License-Identifier: MIT */
/* Tests of leasing, publishing and loading tags. */

#include "linux/tag.h"

#include <pthread.h>

#include <tessera/snapshot.h>

#include "linux/test-support.h"

#define USER "S-1-5-21-1-2-3-1104"

/* A state directory that does not exist yet, in a directory that does. */
struct state_dir {
    struct test_directory parent;
    struct test_path path;
};

static struct state_dir state_dir_new(void)
{
    struct state_dir state_dir = {.parent = test_directory_new()};

    state_dir.path = test_path_in(&state_dir.parent, "state");
    return state_dir;
}

static gid_t lease(const struct state_dir *state_dir)
{
    tsr_token *token = test_token_new(USER);
    gid_t tag = 0;

    expect_ok(tsr_tag_lease(state_dir->path.text, token, TEST_UID, &tag));
    tsr_token_unref(token);
    return tag;
}

static struct test_path path_of_tag(const struct state_dir *state_dir, gid_t tag)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "state/tags/%u", tag);
    return test_path_in(&state_dir->parent, name);
}

static void expect_no_token(const struct state_dir *state_dir, gid_t tag, uid_t uid)
{
    tsr_token *token = NULL;

    expect_status(STATUS_NO_TOKEN, tag_load(state_dir->path.text, tag, uid, &token));
    assert_null(token);
}

static void expect_loads(const struct state_dir *state_dir, gid_t tag)
{
    tsr_token *token = NULL;

    expect_ok(tag_load(state_dir->path.text, tag, TEST_UID, &token));
    expect_user(USER, token);
    tsr_token_unref(token);
}

static void expect_mode(const struct test_path *path, mode_t mode)
{
    struct stat stat;

    assert_int_equal(lstat(path->text, &stat), 0);
    assert_int_equal(stat.st_mode, mode);
    assert_int_equal(stat.st_uid, 0);
}

static void a_leased_tag_loads_for_its_uid_only(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    gid_t tag;

    (void)state;
    require_root();

    tag = lease(&state_dir);

    assert_true(tsr_gid_is_tag(tag));
    expect_loads(&state_dir, tag);
    expect_no_token(&state_dir, tag, TEST_UID + 1);
    expect_no_token(&state_dir, tag, 0);
    expect_no_token(&state_dir, tag + 1, TEST_UID);
    test_directory_remove(&state_dir.parent);
}

static void what_is_made_is_roots_and_readable_whatever_the_umask(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    const struct test_path tags = test_path_in(&state_dir.parent, "state/tags");
    const struct test_path counter = test_path_in(&state_dir.parent, "state/next-tag");
    struct test_path published;
    const mode_t mask = umask(077);

    (void)state;
    if (geteuid() != 0) {
        (void)umask(mask);
    }
    require_root();

    published = path_of_tag(&state_dir, lease(&state_dir));
    (void)umask(mask);

    expect_mode(&state_dir.path, S_IFDIR | 0755);
    expect_mode(&tags, S_IFDIR | 0755);
    expect_mode(&counter, S_IFREG | 0644);
    expect_mode(&published, S_IFREG | 0644);
    test_directory_remove(&state_dir.parent);
}

static void tags_ascend_and_survive_the_loss_of_their_file(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    gid_t first;
    gid_t second;
    struct test_path path;

    (void)state;
    require_root();

    first = lease(&state_dir);
    path = path_of_tag(&state_dir, first);
    assert_int_equal(unlink(path.text), 0);
    second = lease(&state_dir);

    assert_true(second > first);
    expect_no_token(&state_dir, first, TEST_UID);
    test_directory_remove(&state_dir.parent);
}

static void a_tag_that_is_published_already_is_passed_over(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct test_path path;
    gid_t first;

    (void)state;
    require_root();
    first = lease(&state_dir);
    path = path_of_tag(&state_dir, first + 1);
    test_file_write(path.text, "mine", 4, 0600);

    assert_int_equal(lease(&state_dir), first + 2);

    assert_int_equal(truncate(path.text, 4), 0);
    expect_no_token(&state_dir, first + 1, TEST_UID);
    test_directory_remove(&state_dir.parent);
}

static void without_a_counter_published_tags_are_known_by_their_files(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    const struct test_path counter = test_path_in(&state_dir.parent, "state/next-tag");
    gid_t first;

    (void)state;
    require_root();
    first = lease(&state_dir);
    (void)lease(&state_dir);
    assert_int_equal(unlink(counter.text), 0);

    /* Above both; and above what processes of other tests carry meanwhile. */
    assert_true(lease(&state_dir) >= first + 2);

    test_directory_remove(&state_dir.parent);
}

static void without_a_counter_tags_that_processes_carry_are_passed_over(void **state)
{
    const gid_t groups[] = {4, TSR_TAG_FIRST + 1000000};
    const struct test_credentials credentials = {TEST_UID, TEST_GID, groups, 2};
    const struct state_dir state_dir = state_dir_new();
    pid_t pid;

    (void)state;
    require_root();
    pid = test_child_start(&credentials);

    assert_true(lease(&state_dir) > TSR_TAG_FIRST + 1000000);

    test_child_end(pid);
    test_directory_remove(&state_dir.parent);
}

static void write_counter(const struct state_dir *state_dir, const char *text, mode_t mode)
{
    const struct test_path counter = test_path_in(&state_dir->parent, "state/next-tag");

    test_file_write(counter.text, text, strlen(text), mode);
}

static void the_last_tag_is_given_and_none_after_it(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    tsr_token *token = test_token_new(USER);
    gid_t tag = 42;

    (void)state;
    require_root();
    (void)lease(&state_dir);
    write_counter(&state_dir, "1795162111\n", 0644); /* TSR_TAG_LAST */

    assert_int_equal(lease(&state_dir), TSR_TAG_LAST);
    expect_status(STATUS_INSUFFICIENT_RESOURCES,
                  tsr_tag_lease(state_dir.path.text, token, TEST_UID, &tag));

    assert_int_equal(tag, 42);
    tsr_token_unref(token);
    test_directory_remove(&state_dir.parent);
}

static void a_damaged_counter_is_not_guessed_at(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "0\n",
        "1778384896\n",
        "1795162113\n",
        "1778384897",
        "-1\n",
        "x\n",
        "1778384897 \n",
        "17783848970\n",
        "1778384897\n1778384897\n",
    };
    const struct state_dir state_dir = state_dir_new();
    tsr_token *token = test_token_new(USER);
    gid_t tag = 42;

    (void)state;
    require_root();
    (void)lease(&state_dir);

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_counter(&state_dir, texts[i], 0644);
        expect_status(STATUS_DATA_ERROR, tsr_tag_lease(state_dir.path.text, token, TEST_UID, &tag));
    }
    write_counter(&state_dir, "1778384900\n", 0666);
    expect_status(STATUS_ACCESS_DENIED, tsr_tag_lease(state_dir.path.text, token, TEST_UID, &tag));

    assert_int_equal(tag, 42);
    tsr_token_unref(token);
    test_directory_remove(&state_dir.parent);
}

static void an_interrupted_lease_wastes_a_number_at_most(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct test_path left;
    gid_t first;
    char name[64];

    (void)state;
    require_root();
    first = lease(&state_dir);
    (void)snprintf(name, sizeof(name), "state/tags/%u.new", first + 1);
    left = test_path_in(&state_dir.parent, name);
    test_file_write(left.text, "half", 4, 0600);
    left = test_path_in(&state_dir.parent, "state/next-tag.new");
    test_file_write(left.text, "17", 2, 0600);

    assert_int_equal(lease(&state_dir), first + 1);

    expect_loads(&state_dir, first + 1);
    test_directory_remove(&state_dir.parent);
}

static void expect_refused(const struct state_dir *state_dir, gid_t tag)
{
    tsr_token *token = test_token_new(USER);
    gid_t leased = 42;

    expect_status(STATUS_ACCESS_DENIED,
                  tsr_tag_lease(state_dir->path.text, token, TEST_UID, &leased));
    expect_no_token(state_dir, tag, TEST_UID);
    assert_int_equal(leased, 42);
    tsr_token_unref(token);
}

static void a_directory_that_others_can_write_is_refused(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    const struct test_path tags = test_path_in(&state_dir.parent, "state/tags");
    gid_t tag;

    (void)state;
    require_root();
    tag = lease(&state_dir);

    assert_int_equal(chmod(state_dir.path.text, 0775), 0);
    expect_refused(&state_dir, tag);
    expect_status(STATUS_ACCESS_DENIED, tag_check_state_dir(state_dir.path.text));
    assert_int_equal(chmod(state_dir.path.text, 0755), 0);
    expect_ok(tag_check_state_dir(state_dir.path.text));

    assert_int_equal(chown(state_dir.path.text, TEST_UID, 0), 0);
    expect_refused(&state_dir, tag);
    assert_int_equal(chown(state_dir.path.text, 0, 0), 0);

    assert_int_equal(chmod(tags.text, 0757), 0);
    expect_refused(&state_dir, tag);
    assert_int_equal(chmod(tags.text, 0755), 0);
    expect_loads(&state_dir, tag);
    test_directory_remove(&state_dir.parent);
}

static void a_link_or_a_file_is_no_state_directory(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct state_dir other = state_dir;
    gid_t tag;

    (void)state;
    require_root();
    tag = lease(&state_dir);
    other.path = test_path_in(&state_dir.parent, "link");
    assert_int_equal(symlink("state", other.path.text), 0);

    expect_refused(&other, tag);
    expect_status(STATUS_ACCESS_DENIED, tag_check_state_dir(other.path.text));
    assert_int_equal(unlink(other.path.text), 0);
    test_file_write(other.path.text, "", 0, 0644);
    expect_refused(&other, tag);
    expect_status(STATUS_ACCESS_DENIED, tag_check_state_dir(other.path.text));

    test_directory_remove(&state_dir.parent);
}

static void a_directory_that_does_not_exist_yet_is_fine_and_empty(void **state)
{
    const struct state_dir state_dir = state_dir_new();

    (void)state;

    expect_ok(tag_check_state_dir(state_dir.path.text));
    expect_no_token(&state_dir, TSR_TAG_FIRST, TEST_UID);

    test_directory_remove(&state_dir.parent);
}

static void a_published_file_that_is_not_roots_alone_proves_nothing(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct test_path path;
    struct test_path moved;
    gid_t tag;

    (void)state;
    require_root();
    tag = lease(&state_dir);
    path = path_of_tag(&state_dir, tag);
    moved = test_path_in(&state_dir.parent, "moved");

    assert_int_equal(chmod(path.text, 0664), 0);
    expect_no_token(&state_dir, tag, TEST_UID);
    assert_int_equal(chmod(path.text, 0644), 0);
    assert_int_equal(chown(path.text, TEST_UID, 0), 0);
    expect_no_token(&state_dir, tag, TEST_UID);
    assert_int_equal(chown(path.text, 0, 0), 0);
    expect_loads(&state_dir, tag);
    assert_int_equal(rename(path.text, moved.text), 0);
    assert_int_equal(symlink(moved.text, path.text), 0);
    expect_no_token(&state_dir, tag, TEST_UID);

    test_directory_remove(&state_dir.parent);
}

static void a_published_file_does_not_speak_for_another_tag(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct test_path path;
    struct test_path other;
    gid_t tag;

    (void)state;
    require_root();
    tag = lease(&state_dir);
    path = path_of_tag(&state_dir, tag);
    other = path_of_tag(&state_dir, tag + 7);

    assert_int_equal(link(path.text, other.text), 0);

    expect_no_token(&state_dir, tag + 7, TEST_UID);
    test_directory_remove(&state_dir.parent);
}

static void every_damage_to_a_published_file_is_noticed_in_its_header(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    struct test_path path;
    size_t size;
    char *bytes;
    gid_t tag;

    (void)state;
    require_root();
    tag = lease(&state_dir);
    path = path_of_tag(&state_dir, tag);
    bytes = test_file_read(path.text, &size);

    for (size_t i = 0; i < 24; i++) {
        bytes[i] = (char)(bytes[i] ^ 1);
        test_file_write(path.text, bytes, size, 0644);
        expect_no_token(&state_dir, tag, TEST_UID);
        bytes[i] = (char)(bytes[i] ^ 1);
    }
    for (size_t n = 0; n < size; n++) {
        test_file_write(path.text, bytes, n, 0644);
        expect_no_token(&state_dir, tag, TEST_UID);
    }
    test_file_write(path.text, bytes, size + 1, 0644);
    expect_no_token(&state_dir, tag, TEST_UID);
    test_file_write(path.text, bytes, size, 0644);
    expect_loads(&state_dir, tag);

    assert_int_equal(truncate(path.text, 24 + TSR_SNAPSHOT_SIZE_MAX + 1), 0);
    expect_no_token(&state_dir, tag, TEST_UID);
    free(bytes);
    test_directory_remove(&state_dir.parent);
}

static void arguments_that_mean_nobody_are_refused(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    tsr_token *token = test_token_new(USER);
    gid_t tag = 42;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_tag_lease(state_dir.path.text, token, 0, &tag));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_tag_lease(state_dir.path.text, token, UINT32_MAX, &tag));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_tag_lease(state_dir.path.text, NULL, TEST_UID, &tag));

    assert_int_equal(tag, 42);
    tsr_token_unref(token);
    test_directory_remove(&state_dir.parent);
}

static void only_root_leases(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    tsr_token *token = test_token_new(USER);
    pid_t pid;

    (void)state;
    require_root();

    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
        gid_t tag = 42;

        test_become(&credentials);
        CHILD_REQUIRE(tsr_tag_lease(state_dir.path.text, token, TEST_UID, &tag).code ==
                      STATUS_ACCESS_DENIED);
        CHILD_REQUIRE(tag == 42);
        _exit(0);
    }

    assert_int_equal(test_exit_code(pid), 0);
    tsr_token_unref(token);
    test_directory_remove(&state_dir.parent);
}

#define N_PROCESSES 8
#define N_LEASES    20

static void processes_that_lease_at_once_get_different_tags(void **state)
{
    const struct state_dir state_dir = state_dir_new();
    bool seen[N_PROCESSES * N_LEASES] = {false};
    pid_t pids[N_PROCESSES];
    gid_t first;
    int ends[2];
    gid_t tag;

    (void)state;
    require_root();
    first = lease(&state_dir) + 1;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);

    for (size_t i = 0; i < N_PROCESSES; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            for (size_t j = 0; j < N_LEASES; j++) {
                tag = lease(&state_dir);
                CHILD_REQUIRE(write(ends[1], &tag, sizeof(tag)) == sizeof(tag));
            }
            _exit(0);
        }
    }
    for (size_t i = 0; i < N_PROCESSES; i++) {
        assert_int_equal(test_exit_code(pids[i]), 0);
    }

    for (size_t i = 0; i < N_PROCESSES * N_LEASES; i++) {
        assert_int_equal(read(ends[0], &tag, sizeof(tag)), sizeof(tag));
        assert_in_range(tag, first, first + N_PROCESSES * N_LEASES - 1);
        assert_false(seen[tag - first]);
        seen[tag - first] = true;
    }
    close(ends[0]);
    close(ends[1]);
    test_directory_remove(&state_dir.parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leased_tag_loads_for_its_uid_only),
        cmocka_unit_test(what_is_made_is_roots_and_readable_whatever_the_umask),
        cmocka_unit_test(tags_ascend_and_survive_the_loss_of_their_file),
        cmocka_unit_test(a_tag_that_is_published_already_is_passed_over),
        cmocka_unit_test(without_a_counter_published_tags_are_known_by_their_files),
        cmocka_unit_test(without_a_counter_tags_that_processes_carry_are_passed_over),
        cmocka_unit_test(the_last_tag_is_given_and_none_after_it),
        cmocka_unit_test(a_damaged_counter_is_not_guessed_at),
        cmocka_unit_test(an_interrupted_lease_wastes_a_number_at_most),
        cmocka_unit_test(a_directory_that_others_can_write_is_refused),
        cmocka_unit_test(a_link_or_a_file_is_no_state_directory),
        cmocka_unit_test(a_directory_that_does_not_exist_yet_is_fine_and_empty),
        cmocka_unit_test(a_published_file_that_is_not_roots_alone_proves_nothing),
        cmocka_unit_test(a_published_file_does_not_speak_for_another_tag),
        cmocka_unit_test(every_damage_to_a_published_file_is_noticed_in_its_header),
        cmocka_unit_test(arguments_that_mean_nobody_are_refused),
        cmocka_unit_test(only_root_leases),
        cmocka_unit_test(processes_that_lease_at_once_get_different_tags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
