/* SPDX-License-Identifier: MIT */
/* Tests of callers -> tokens. */

#include <tessera/linux.h>

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/test-support.h"

#define USER   "S-1-5-21-1-2-3-1104"
#define NO_DIR "/nonexistent/tessera"

static tsr_resolver *resolver_new(const char *map_path, const char *state_dir)
{
    const tsr_resolver_options options = {.map_path = map_path, .state_dir = state_dir};
    tsr_resolver *resolver = NULL;
    size_t line = 42;

    expect_ok(tsr_resolver_new(&options, &resolver, &line));
    assert_int_equal(line, 0);
    return resolver;
}

/* A directory with a tag leased for TEST_UID, and a resolver of it. */
struct fixture {
    struct test_directory parent;
    struct test_path state_dir;
    tsr_resolver *resolver;
    gid_t tag;
};

static gid_t lease(const struct fixture *fixture)
{
    tsr_token *token = test_token_new(USER);
    gid_t tag = 0;

    expect_ok(tsr_tag_lease(fixture->state_dir.text, token, TEST_UID, &tag));
    tsr_token_unref(token);
    return tag;
}

static struct fixture fixture_new(void)
{
    struct fixture fixture = {.parent = test_directory_new()};

    fixture.state_dir = test_path_in(&fixture.parent, "state");
    fixture.resolver = resolver_new(NULL, fixture.state_dir.text);
    fixture.tag = lease(&fixture);
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    tsr_resolver_free(fixture->resolver);
    test_directory_remove(&fixture->parent);
}

static void expect_no_token(tsr_resolver *resolver, const tsr_identity *identity)
{
    tsr_origin origin = (tsr_origin)42;
    tsr_token *token = NULL;

    expect_status(STATUS_NO_TOKEN, tsr_resolver_token(resolver, identity, &token, &origin));
    assert_null(token);
    assert_int_equal(origin, 42);
}

static void an_untagged_identity_has_a_token_of_its_ids(void **state)
{
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    gid_t groups[] = {4, 27};
    const tsr_identity identity = {.uid = 61001, .gid = 61002, .groups = groups, .n_groups = 2};
    const tsr_sid group = sid_of("S-1-22-2-27");
    tsr_origin origin = TSR_ORIGIN_NONE;
    tsr_token *token = NULL;
    tsr_token *again = NULL;

    (void)state;

    expect_ok(tsr_resolver_token(resolver, &identity, &token, &origin));
    expect_ok(tsr_resolver_token(resolver, &identity, &again, NULL));

    assert_int_equal(origin, TSR_ORIGIN_PLAIN);
    expect_user("S-1-22-1-61001", token);
    assert_true(tsr_token_is_member(token, &group));
    assert_ptr_equal(again, token);
    tsr_token_unref(again);
    tsr_token_unref(token);
    tsr_resolver_free(resolver);
}

static void identities_that_differ_have_tokens_of_their_own(void **state)
{
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    gid_t groups[] = {4, 27};
    gid_t other_groups[] = {4, 28};
    const tsr_identity identities[] = {
        {.uid = 61001, .gid = 61002, .groups = groups, .n_groups = 2},
        {.uid = 61002, .gid = 61002, .groups = groups, .n_groups = 2},
        {.uid = 61001, .gid = 61001, .groups = groups, .n_groups = 2},
        {.uid = 61001, .gid = 61002, .groups = other_groups, .n_groups = 2},
        {.uid = 61001, .gid = 61002, .groups = groups, .n_groups = 1},
        {.uid = 61001, .gid = 61002, .groups = groups, .n_groups = 2, .capabilities = 4},
    };
    tsr_token *tokens[6] = {NULL};

    (void)state;

    for (size_t i = 0; i < 6; i++) {
        expect_ok(tsr_resolver_token(resolver, &identities[i], &tokens[i], NULL));
        for (size_t j = 0; j < i; j++) {
            assert_ptr_not_equal(tokens[i], tokens[j]);
        }
    }

    for (size_t i = 0; i < 6; i++) {
        tsr_token_unref(tokens[i]);
    }
    tsr_resolver_free(resolver);
}

static void a_tagged_identity_has_the_published_token(void **state)
{
    struct fixture fixture;
    gid_t groups[] = {4, 0};
    const tsr_identity identity = {
        .uid = TEST_UID, .gid = 1, .groups = groups, .n_groups = 2, .capabilities = UINT64_MAX};
    tsr_origin origin = TSR_ORIGIN_NONE;
    tsr_token *token = NULL;

    (void)state;
    require_root();
    fixture = fixture_new();
    groups[1] = fixture.tag;

    expect_ok(tsr_resolver_token(fixture.resolver, &identity, &token, &origin));

    assert_int_equal(origin, TSR_ORIGIN_TAGGED);
    expect_user(USER, token);
    assert_int_equal(tsr_token_enabled_privileges(token), 0);
    tsr_token_unref(token);
    fixture_free(&fixture);
}

static void a_tag_of_another_uid_unknown_or_doubled_is_nobodys(void **state)
{
    struct fixture fixture;
    gid_t groups[2];
    tsr_identity identity = {.uid = TEST_UID, .gid = 1, .groups = groups, .n_groups = 1};
    tsr_token *token = NULL;

    (void)state;
    require_root();
    fixture = fixture_new();
    groups[0] = fixture.tag;
    groups[1] = lease(&fixture);

    identity.uid = TEST_UID + 1;
    expect_no_token(fixture.resolver, &identity);
    identity.uid = 0;
    expect_no_token(fixture.resolver, &identity);
    identity.uid = TEST_UID;
    identity.n_groups = 2;
    expect_no_token(fixture.resolver, &identity);
    groups[0] = TSR_TAG_LAST;
    identity.n_groups = 1;
    expect_no_token(fixture.resolver, &identity);

    /* Also when the token is remembered already. */
    groups[0] = fixture.tag;
    expect_ok(tsr_resolver_token(fixture.resolver, &identity, &token, NULL));
    tsr_token_unref(token);
    identity.uid = TEST_UID + 1;
    expect_no_token(fixture.resolver, &identity);
    fixture_free(&fixture);
}

static void a_tag_leased_later_is_known_then(void **state)
{
    struct fixture fixture;
    gid_t groups[1];
    const tsr_identity identity = {.uid = TEST_UID, .gid = 1, .groups = groups, .n_groups = 1};
    tsr_token *token = NULL;

    (void)state;
    require_root();
    fixture = fixture_new();
    groups[0] = fixture.tag + 1;

    expect_no_token(fixture.resolver, &identity);
    assert_int_equal(lease(&fixture), fixture.tag + 1);
    expect_ok(tsr_resolver_token(fixture.resolver, &identity, &token, NULL));

    expect_user(USER, token);
    tsr_token_unref(token);
    fixture_free(&fixture);
}

static void a_tag_as_gid_proves_nothing(void **state)
{
    struct fixture fixture;
    const tsr_identity identity = {.uid = TEST_UID, .gid = 0};
    tsr_identity with_tag = identity;
    tsr_origin origin = TSR_ORIGIN_NONE;
    tsr_token *token = NULL;

    (void)state;
    require_root();
    fixture = fixture_new();
    with_tag.gid = fixture.tag;

    expect_ok(tsr_resolver_token(fixture.resolver, &with_tag, &token, &origin));

    assert_int_equal(origin, TSR_ORIGIN_PLAIN);
    expect_user("S-1-22-1-61001", token);
    tsr_token_unref(token);
    fixture_free(&fixture);
}

static void i_am_the_caller_of_my_own_requests(void **state)
{
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    tsr_caller caller = {0};

    (void)state;

    expect_ok(tsr_resolver_caller(resolver, getpid(), geteuid(), getegid(), &caller));

    assert_int_equal(caller.origin, TSR_ORIGIN_PLAIN);
    assert_int_equal(caller.process_id, getpid());
    assert_int_equal(caller.thread_id, getpid());
    assert_int_equal(caller.uid, geteuid());
    assert_true(strlen(caller.name) > 0);
    assert_non_null(caller.token);
    tsr_caller_deinit(&caller);
    assert_null(caller.token);
    tsr_caller_deinit(&caller);
    tsr_resolver_free(resolver);
}

static void requests_without_a_thread_have_no_token(void **state)
{
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    tsr_caller caller = {.thread_id = 42};

    (void)state;

    expect_status(STATUS_NO_TOKEN, tsr_resolver_caller(resolver, 0, 0, 0, &caller));
    expect_status(STATUS_NO_TOKEN, tsr_resolver_caller(resolver, -1, 0, 0, &caller));
    expect_status(STATUS_NO_TOKEN, tsr_resolver_caller(resolver, INT32_MAX, 0, 0, &caller));

    assert_int_equal(caller.thread_id, 42);
    assert_null(caller.token);
    tsr_resolver_free(resolver);
}

/* Whom the kernel acted for is the caller, by the uid alone. */
static void expect_override(tsr_resolver *resolver, pid_t pid, uid_t uid, gid_t gid,
                            const char *user)
{
    const tsr_sid group = sid_of("S-1-22-2-61002");
    tsr_caller caller = {0};

    expect_ok(tsr_resolver_caller(resolver, pid, uid, gid, &caller));
    assert_int_equal(caller.origin, TSR_ORIGIN_OVERRIDE);
    assert_int_equal(caller.uid, uid);
    assert_int_equal(caller.process_id, pid);
    expect_user(user, caller.token);
    assert_false(tsr_token_is_member(caller.token, &group));
    assert_int_equal(tsr_token_enabled_privileges(caller.token), 0);
    tsr_caller_deinit(&caller);
}

static void a_request_with_other_ids_is_an_override(void **state)
{
    const gid_t groups[] = {TEST_GID};
    const struct test_credentials credentials = {TEST_UID, TEST_GID, groups, 1};
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    tsr_caller caller = {.thread_id = 42};
    pid_t pid;

    (void)state;
    require_root();
    pid = test_child_start(&credentials);

    expect_override(resolver, pid, 61005, TEST_GID, "S-1-22-1-61005");
    expect_override(resolver, pid, TEST_UID, 61005, "S-1-22-1-61001");
    expect_override(resolver, pid, 0, 0, "S-1-5-18");
    expect_status(STATUS_NO_TOKEN,
                  tsr_resolver_caller(resolver, pid, UINT32_MAX, TEST_GID, &caller));

    assert_int_equal(caller.thread_id, 42);
    test_child_end(pid);
    tsr_resolver_free(resolver);
}

static void a_tagged_thread_is_never_overridden(void **state)
{
    struct fixture fixture;
    gid_t groups[1];
    const struct test_credentials credentials = {TEST_UID, TEST_GID, groups, 1};
    tsr_caller caller = {0};
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    groups[0] = fixture.tag;
    pid = test_child_start(&credentials);

    expect_status(STATUS_NO_TOKEN,
                  tsr_resolver_caller(fixture.resolver, pid, 61005, TEST_GID, &caller));
    expect_status(STATUS_NO_TOKEN,
                  tsr_resolver_caller(fixture.resolver, pid, TEST_UID, 61005, &caller));
    expect_status(STATUS_NO_TOKEN, tsr_resolver_caller(fixture.resolver, pid, 0, 0, &caller));
    expect_ok(tsr_resolver_caller(fixture.resolver, pid, TEST_UID, TEST_GID, &caller));

    assert_int_equal(caller.origin, TSR_ORIGIN_TAGGED);
    expect_user(USER, caller.token);
    tsr_caller_deinit(&caller);
    test_child_end(pid);
    fixture_free(&fixture);
}

/* In a user namespace that maps gid 0 alone. @return 0 if a group without a number means nobody. */
static int ask_in_a_user_namespace(const char *state_dir)
{
    const tsr_resolver_options options = {.state_dir = state_dir};
    gid_t unseen[] = {65534};
    tsr_identity identity = {.uid = TEST_UID, .gid = TEST_UID};
    tsr_resolver *resolver;
    tsr_token *token;

    if (unshare(CLONE_NEWUSER) != 0 || tsr_failed(tsr_resolver_new(&options, &resolver, NULL))) {
        return 1;
    }
    if (tsr_failed(tsr_resolver_token(resolver, &identity, &token, NULL))) {
        return 2;
    }
    identity.groups = unseen;
    identity.n_groups = 1;
    return tsr_resolver_token(resolver, &identity, &token, NULL).code == STATUS_NO_TOKEN ? 0 : 3;
}

static void a_group_that_cannot_be_seen_may_be_a_tag(void **state)
{
    struct test_directory parent = test_directory_new();
    int exit_status = -1;
    pid_t pid;

    (void)state;

    /* There is no state directory yet, whose owner would have no number there either. */
    pid = fork();
    if (pid == 0) {
        _exit(ask_in_a_user_namespace(test_path_in(&parent, "none").text));
    }
    assert_int_equal(waitpid(pid, &exit_status, 0), pid);
    test_directory_remove(&parent);

    assert_true(WIFEXITED(exit_status));
    assert_int_equal(WEXITSTATUS(exit_status), 0);
}

static void a_set_gid_file_of_a_tagged_process_proves_nothing(void **state)
{
    struct fixture fixture;
    struct test_credentials credentials = {TEST_UID, 0, NULL, 0};
    tsr_caller caller = {0};
    pid_t pid;

    (void)state;
    require_root();
    fixture = fixture_new();
    credentials.gid = fixture.tag;
    pid = test_child_start(&credentials);

    expect_ok(tsr_resolver_caller(fixture.resolver, pid, TEST_UID, fixture.tag, &caller));

    assert_int_equal(caller.origin, TSR_ORIGIN_PLAIN);
    expect_user("S-1-22-1-61001", caller.token);
    tsr_caller_deinit(&caller);
    test_child_end(pid);
    fixture_free(&fixture);
}

static void the_map_is_asked_first(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    const char map[] = "user 61001 " USER "\ngroup 61002 S-1-5-21-1-2-3-513\n";
    const tsr_identity identity = {.uid = 61001, .gid = 61002};
    const tsr_sid group = sid_of("S-1-5-21-1-2-3-513");
    tsr_resolver *resolver;
    tsr_token *token = NULL;
    tsr_sid sid;
    uint32_t id = 0;

    (void)state;
    require_root();
    test_file_write(path.text, map, strlen(map), 0644);
    resolver = resolver_new(path.text, NO_DIR);

    expect_ok(tsr_resolver_token(resolver, &identity, &token, NULL));

    expect_user(USER, token);
    assert_true(tsr_token_is_member(token, &group));
    tsr_resolver_sid_of_gid(resolver, 61002, &sid);
    assert_true(tsr_sid_equal(&sid, &group));
    assert_true(tsr_resolver_gid_of_sid(resolver, &sid, &id));
    assert_int_equal(id, 61002);
    tsr_resolver_sid_of_uid(resolver, 61001, &sid);
    assert_true(tsr_resolver_uid_of_sid(resolver, &sid, &id));
    assert_int_equal(id, 61001);
    assert_false(tsr_resolver_gid_of_sid(resolver, &sid, &id));
    tsr_token_unref(token);
    tsr_resolver_free(resolver);
    test_directory_remove(&directory);
}

static void a_wrong_map_or_directory_makes_no_resolver(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    tsr_resolver_options options = {.map_path = path.text, .state_dir = NO_DIR};
    tsr_resolver *resolver = NULL;
    size_t line = 42;

    (void)state;
    require_root();

    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, tsr_resolver_new(&options, &resolver, &line));
    assert_int_equal(line, 0);
    test_file_write(path.text, "\nwrong\n", 7, 0644);
    expect_status(STATUS_DATA_ERROR, tsr_resolver_new(&options, &resolver, &line));
    assert_int_equal(line, 2);
    expect_status(STATUS_DATA_ERROR, tsr_resolver_new(&options, &resolver, NULL));
    assert_int_equal(chmod(path.text, 0666), 0);
    expect_status(STATUS_ACCESS_DENIED, tsr_resolver_new(&options, &resolver, &line));
    assert_int_equal(line, 0);

    options = (tsr_resolver_options){.state_dir = directory.path};
    assert_int_equal(chmod(directory.path, 0777), 0);
    expect_status(STATUS_ACCESS_DENIED, tsr_resolver_new(&options, &resolver, &line));

    assert_null(resolver);
    assert_null(tsr_resolver_free(NULL));
    test_directory_remove(&directory);
}

static void *ask_for_myself(void *argument)
{
    tsr_resolver *resolver = argument;
    const pid_t thread_id = (pid_t)syscall(SYS_gettid);
    uintptr_t n_wrong = 0;

    (void)syscall(SYS_setfsuid, TEST_UID + thread_id % 8);
    for (unsigned int i = 0; i < 500; i++) {
        const uid_t uid = (uid_t)(TEST_UID + thread_id % 8);
        const tsr_sid expected = TSR_SID_UNIX_USER(uid);
        tsr_caller caller = {0};
        tsr_group user = {0};

        if (tsr_ok(tsr_resolver_caller(resolver, thread_id, uid, 0, &caller))) {
            tsr_token_get_user(caller.token, &user);
            n_wrong += caller.origin != TSR_ORIGIN_PLAIN || caller.thread_id != thread_id;
        }
        n_wrong += !tsr_sid_equal(&user.sid, &expected);
        tsr_caller_deinit(&caller);
    }
    return (void *)n_wrong;
}

static void threads_are_told_apart(void **state)
{
    tsr_resolver *resolver = resolver_new(NULL, NO_DIR);
    pthread_t threads[8];

    (void)state;
    require_root();

    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_myself, resolver), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        void *n_wrong;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }

    tsr_resolver_free(resolver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untagged_identity_has_a_token_of_its_ids),
        cmocka_unit_test(identities_that_differ_have_tokens_of_their_own),
        cmocka_unit_test(a_tagged_identity_has_the_published_token),
        cmocka_unit_test(a_tag_of_another_uid_unknown_or_doubled_is_nobodys),
        cmocka_unit_test(a_tag_leased_later_is_known_then),
        cmocka_unit_test(a_tag_as_gid_proves_nothing),
        cmocka_unit_test(i_am_the_caller_of_my_own_requests),
        cmocka_unit_test(requests_without_a_thread_have_no_token),
        cmocka_unit_test(a_request_with_other_ids_is_an_override),
        cmocka_unit_test(a_tagged_thread_is_never_overridden),
        cmocka_unit_test(a_group_that_cannot_be_seen_may_be_a_tag),
        cmocka_unit_test(a_set_gid_file_of_a_tagged_process_proves_nothing),
        cmocka_unit_test(the_map_is_asked_first),
        cmocka_unit_test(a_wrong_map_or_directory_makes_no_resolver),
        cmocka_unit_test(threads_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
