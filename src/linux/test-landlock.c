/* SPDX-License-Identifier: MIT */
/* Tests of the Landlock domain. */

#include "linux/landlock.h"

#include "linux/credentials.h"
#include "linux/test-support.h"

/* A tree: in/, in/file, in/sub/, out/, out/file. */
struct tree {
    struct test_directory root;
    struct test_path in;
    struct test_path in_file;
    struct test_path in_sub;
    struct test_path out;
    struct test_path out_file;
};

static struct tree tree_new(void)
{
    struct tree tree = {.root = test_directory_new()};

    tree.in = test_path_in(&tree.root, "in");
    tree.in_file = test_path_in(&tree.root, "in/file");
    tree.in_sub = test_path_in(&tree.root, "in/sub");
    tree.out = test_path_in(&tree.root, "out");
    tree.out_file = test_path_in(&tree.root, "out/file");
    assert_int_equal(mkdir(tree.in.text, 0755), 0);
    assert_int_equal(mkdir(tree.in_sub.text, 0755), 0);
    assert_int_equal(mkdir(tree.out.text, 0755), 0);
    test_file_write(tree.in_file.text, "in", 2, 0755);
    test_file_write(tree.out_file.text, "out", 3, 0755);
    return tree;
}

static void enter(const tsr_path_rule *rules, size_t n_rules)
{
    int ruleset = -1;

    CHILD_REQUIRE(tsr_ok(landlock_ruleset_new(rules, n_rules, &ruleset)));
    CHILD_REQUIRE(tsr_ok(credentials_renounce()));
    CHILD_REQUIRE(tsr_ok(landlock_enter(ruleset)));
    CHILD_REQUIRE(close(ruleset) == 0);
}

/* errno of opening, 0 if it worked. */
static int open_error(const char *path, int flags)
{
    const int fd = open(path, flags | O_CLOEXEC, 0644);

    if (fd < 0) {
        return errno;
    }
    (void)close(fd);
    return 0;
}

#define IN_CHILD(body_)                            \
    do {                                           \
        const pid_t pid_ = fork();                 \
        assert_true(pid_ >= 0);                    \
        if (pid_ == 0) {                           \
            body_;                                 \
            _exit(0);                              \
        }                                          \
        assert_int_equal(test_exit_code(pid_), 0); \
    } while (0)

static void read_only(const struct tree *tree)
{
    const tsr_path_rule rule = {tree->in.text, TSR_PATH_READ};

    enter(&rule, 1);

    CHILD_REQUIRE(open_error(tree->in_file.text, O_RDONLY) == 0);
    CHILD_REQUIRE(open_error(tree->in.text, O_RDONLY | O_DIRECTORY) == 0);
    CHILD_REQUIRE(open_error(tree->in_file.text, O_WRONLY) == EACCES);
    CHILD_REQUIRE(open_error(tree->in_file.text, O_RDONLY | O_TRUNC) == EACCES);
    CHILD_REQUIRE(truncate(tree->in_file.text, 0) < 0 && errno == EACCES);
    CHILD_REQUIRE(unlink(tree->in_file.text) < 0 && errno == EACCES);
    CHILD_REQUIRE(rmdir(tree->in_sub.text) < 0 && errno == EACCES);
    CHILD_REQUIRE(execl(tree->in_file.text, "x", NULL) < 0 && errno == EACCES);
    CHILD_REQUIRE(open_error(tree->out_file.text, O_RDONLY) == EACCES);
    CHILD_REQUIRE(open_error(tree->out.text, O_RDONLY | O_DIRECTORY) == EACCES);
    CHILD_REQUIRE(open_error("/etc/passwd", O_RDONLY) == EACCES);
}

static void reading_is_reading_below_the_path_only(void **state)
{
    const struct tree tree = tree_new();

    (void)state;

    IN_CHILD(read_only(&tree));

    test_directory_remove(&tree.root);
}

static void write_only(const struct tree *tree)
{
    const tsr_path_rule rule = {tree->in.text, TSR_PATH_WRITE};
    const struct test_path made = test_path_in(&tree->root, "in/made");
    const struct test_path moved = test_path_in(&tree->root, "in/sub/moved");
    const struct test_path outside = test_path_in(&tree->root, "out/made");

    enter(&rule, 1);

    CHILD_REQUIRE(open_error(made.text, O_WRONLY | O_CREAT | O_EXCL) == 0);
    CHILD_REQUIRE(open_error(made.text, O_WRONLY | O_TRUNC) == 0);
    CHILD_REQUIRE(open_error(made.text, O_RDONLY) == EACCES);
    CHILD_REQUIRE(rename(made.text, moved.text) == 0);
    CHILD_REQUIRE(rename(moved.text, outside.text) < 0);
    CHILD_REQUIRE(link(tree->in_file.text, outside.text) < 0);
    CHILD_REQUIRE(unlink(moved.text) == 0);
    CHILD_REQUIRE(mkdir(made.text, 0755) == 0);
    CHILD_REQUIRE(rmdir(made.text) == 0);
    CHILD_REQUIRE(symlink("x", made.text) == 0);
    CHILD_REQUIRE(unlink(made.text) == 0);
    CHILD_REQUIRE(mkfifo(made.text, 0600) == 0);
    CHILD_REQUIRE(open_error(outside.text, O_WRONLY | O_CREAT) == EACCES);
    CHILD_REQUIRE(open_error(tree->out_file.text, O_WRONLY) == EACCES);
    CHILD_REQUIRE(unlink(tree->out_file.text) < 0 && errno == EACCES);
}

static void writing_is_writing_below_the_path_only(void **state)
{
    const struct tree tree = tree_new();

    (void)state;

    IN_CHILD(write_only(&tree));

    test_directory_remove(&tree.root);
}

static void one_file(const struct tree *tree)
{
    const tsr_path_rule rules[] = {{tree->in_file.text, TSR_PATH_READ | TSR_PATH_WRITE},
                                   {"/dev/null", TSR_PATH_READ | TSR_PATH_WRITE}};
    const struct test_path other = test_path_in(&tree->root, "in/other");

    enter(rules, 2);

    CHILD_REQUIRE(open_error(tree->in_file.text, O_RDWR) == 0);
    CHILD_REQUIRE(open_error("/dev/null", O_RDWR) == 0);
    CHILD_REQUIRE(open_error("/dev/zero", O_RDONLY) == EACCES);
    CHILD_REQUIRE(open_error(other.text, O_WRONLY | O_CREAT) == EACCES);
    CHILD_REQUIRE(unlink(tree->in_file.text) < 0 && errno == EACCES);
    CHILD_REQUIRE(open_error(tree->in.text, O_RDONLY | O_DIRECTORY) == EACCES);
}

static void a_rule_may_be_one_file(void **state)
{
    const struct tree tree = tree_new();

    (void)state;

    IN_CHILD(one_file(&tree));

    test_directory_remove(&tree.root);
}

static void no_rules(const struct tree *tree)
{
    const struct test_path moved = test_path_in(&tree->root, "in/moved");

    enter(NULL, 0);

    CHILD_REQUIRE(open_error(tree->out_file.text, O_RDWR) == 0);
    CHILD_REQUIRE(rename(tree->out_file.text, moved.text) == 0);
    CHILD_REQUIRE(open_error("/etc/passwd", O_RDONLY) == 0);
}

static void without_rules_files_are_not_restricted(void **state)
{
    const struct tree tree = tree_new();

    (void)state;

    IN_CHILD(no_rules(&tree));

    test_directory_remove(&tree.root);
}

static void signal_parent(pid_t parent)
{
    CHILD_REQUIRE(kill(parent, 0) == 0);
    enter(NULL, 0);
    CHILD_REQUIRE(kill(parent, 0) < 0 && errno == EPERM);
    CHILD_REQUIRE(kill(getpid(), 0) == 0);
}

static void signals_stay_inside(void **state)
{
    const pid_t parent = getpid();

    (void)state;

    IN_CHILD(signal_parent(parent));
}

static void wrong_rules_are_refused(void **state)
{
    const tsr_path_rule without_path = {NULL, TSR_PATH_READ};
    const tsr_path_rule without_access = {"/", 0};
    const tsr_path_rule unknown_access = {"/", 8};
    const tsr_path_rule missing[] = {{"/", TSR_PATH_READ}, {"/nonexistent", TSR_PATH_READ}};
    int ruleset = 42;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, landlock_ruleset_new(&without_path, 1, &ruleset));
    expect_status(STATUS_INVALID_PARAMETER, landlock_ruleset_new(&without_access, 1, &ruleset));
    expect_status(STATUS_INVALID_PARAMETER, landlock_ruleset_new(&unknown_access, 1, &ruleset));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, landlock_ruleset_new(missing, 2, &ruleset));

    assert_int_equal(ruleset, 42);
}

static void enter_nothing(void)
{
    CHILD_REQUIRE(tsr_ok(credentials_renounce()));
    CHILD_REQUIRE(landlock_enter(-1).code == STATUS_INVALID_HANDLE);
}

static void what_is_no_ruleset_cannot_be_entered(void **state)
{
    (void)state;

    IN_CHILD(enter_nothing());
}

static void enter_without_renouncing(void)
{
    const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
    int ruleset = -1;

    CHILD_REQUIRE(tsr_ok(landlock_ruleset_new(NULL, 0, &ruleset)));
    test_become(&credentials);
    CHILD_REQUIRE(landlock_enter(ruleset).code == STATUS_PRIVILEGE_NOT_HELD);
}

static void a_domain_needs_no_new_privs(void **state)
{
    (void)state;
    require_root();

    IN_CHILD(enter_without_renouncing());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_is_reading_below_the_path_only),
        cmocka_unit_test(writing_is_writing_below_the_path_only),
        cmocka_unit_test(a_rule_may_be_one_file),
        cmocka_unit_test(without_rules_files_are_not_restricted),
        cmocka_unit_test(signals_stay_inside),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(what_is_no_ruleset_cannot_be_entered),
        cmocka_unit_test(a_domain_needs_no_new_privs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
