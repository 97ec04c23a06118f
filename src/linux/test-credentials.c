/* SPDX-License-Identifier: MIT */
/* Tests of changing the calling thread's credentials for good. */

#include "linux/credentials.h"

#include <linux/capability.h>

#include "linux/test-support.h"

#define BIT(capability_) (UINT64_C(1) << (capability_))

/* Run in a child, where credentials can be spent. */
static void in_child(void (*body)(void))
{
    const pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        body();
        _exit(0);
    }
    assert_int_equal(test_exit_code(pid), 0);
}

static void become_test_user(void)
{
    static const gid_t groups[] = {4, TEST_GID, TSR_TAG_FIRST};
    static gid_t read_back[4];
    const struct credentials credentials = {TEST_UID, TEST_GID, groups, 3, read_back};

    CHILD_REQUIRE(tsr_ok(credentials_become(&credentials)));
}

static void all_ids_change(void)
{
    tsr_identity identity;
    uid_t uids[3];
    gid_t gids[3];

    become_test_user();

    CHILD_REQUIRE(getresuid(&uids[0], &uids[1], &uids[2]) == 0);
    CHILD_REQUIRE(getresgid(&gids[0], &gids[1], &gids[2]) == 0);
    for (size_t i = 0; i < 3; i++) {
        CHILD_REQUIRE(uids[i] == TEST_UID && gids[i] == TEST_GID);
    }
    CHILD_REQUIRE(tsr_ok(tsr_identity_of_thread(getpid(), &identity)));
    CHILD_REQUIRE(identity.uid == TEST_UID && identity.gid == TEST_GID);
    CHILD_REQUIRE(identity.n_groups == 3 && identity.groups[2] == TSR_TAG_FIRST);
    tsr_identity_deinit(&identity);
}

static void becoming_another_user_is_complete(void **state)
{
    (void)state;
    require_root();

    in_child(all_ids_change);
}

static void there_is_no_way_back(void)
{
    become_test_user();
    CHILD_REQUIRE(tsr_ok(credentials_set_capabilities(0)));

    CHILD_REQUIRE(syscall(SYS_setresuid, -1, 0, -1) < 0);
    CHILD_REQUIRE(syscall(SYS_setgroups, 0, NULL) < 0);
    CHILD_REQUIRE(syscall(SYS_setresgid, -1, 0, -1) < 0);
}

static void without_capabilities_nothing_is_undone(void **state)
{
    (void)state;
    require_root();

    in_child(there_is_no_way_back);
}

static void one_capability_is_kept(void)
{
    uint64_t capabilities;

    CHILD_REQUIRE(tsr_ok(credentials_limit_capabilities(BIT(CAP_SYS_NICE))));
    become_test_user();
    CHILD_REQUIRE(tsr_ok(credentials_set_capabilities(BIT(CAP_SYS_NICE))));
    CHILD_REQUIRE(tsr_ok(credentials_capabilities(&capabilities)));

    CHILD_REQUIRE(capabilities == BIT(CAP_SYS_NICE));
    CHILD_REQUIRE(prctl(PR_CAPBSET_READ, CAP_SYS_NICE) == 1);
    CHILD_REQUIRE(prctl(PR_CAPBSET_READ, CAP_SETUID) == 0);
    CHILD_REQUIRE(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_SYS_NICE, 0, 0) == 1);
}

static void capabilities_are_exactly_those_asked_for(void **state)
{
    (void)state;
    require_root();

    in_child(one_capability_is_kept);
}

static bool is_passed_on(void)
{
    tsr_identity identity = {0};
    bool passed_on;

    CHILD_REQUIRE(tsr_ok(tsr_identity_of_thread(gettid(), &identity)));
    passed_on = credentials_are_passed_on(&identity);
    tsr_identity_deinit(&identity);
    return passed_on;
}

static void lay_down_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    CHILD_REQUIRE(syscall(SYS_capget, &header, data) == 0);
    data[0].effective = data[1].effective = 0;
    CHILD_REQUIRE(syscall(SYS_capset, &header, data) == 0);
}

static void ambient_capabilities_are_laid_down(void)
{
    become_test_user();
    CHILD_REQUIRE(tsr_ok(credentials_set_capabilities(BIT(CAP_SYS_NICE))));
    CHILD_REQUIRE(is_passed_on());
    lay_down_capabilities();
    CHILD_REQUIRE(!is_passed_on());
}

static void one_id_is_another(void)
{
    CHILD_REQUIRE(is_passed_on());
    CHILD_REQUIRE(syscall(SYS_setresgid, -1, -1, TEST_GID) == 0);
    CHILD_REQUIRE(!is_passed_on());
    CHILD_REQUIRE(syscall(SYS_setresgid, 0, 0, 0) == 0);
    CHILD_REQUIRE(syscall(SYS_setresuid, -1, TEST_UID, -1) == 0);
    CHILD_REQUIRE(!is_passed_on());
}

static void who_is_of_two_minds_does_not_pass_on_what_it_is(void **state)
{
    (void)state;
    require_root();

    in_child(ambient_capabilities_are_laid_down);
    in_child(one_id_is_another);
}

static void what_is_not_permitted_is_refused(void)
{
    become_test_user();
    CHILD_REQUIRE(tsr_ok(credentials_set_capabilities(BIT(CAP_SYS_NICE))));

    CHILD_REQUIRE(credentials_set_capabilities(BIT(CAP_SYS_NICE) | BIT(CAP_KILL)).code ==
                  STATUS_PRIVILEGE_NOT_HELD);
    CHILD_REQUIRE(tsr_failed(credentials_set_capabilities(UINT64_MAX)));
}

static void capabilities_cannot_be_made_up(void **state)
{
    (void)state;
    require_root();

    in_child(what_is_not_permitted_is_refused);
}

static void an_ordinary_user_fails(void)
{
    static gid_t read_back[1];
    const struct test_credentials user = {TEST_UID, TEST_GID, NULL, 0};
    const struct credentials other = {TEST_UID + 1, TEST_GID, NULL, 0, read_back};

    test_become(&user);

    CHILD_REQUIRE(credentials_become(&other).code == STATUS_PRIVILEGE_NOT_HELD);
    CHILD_REQUIRE(credentials_limit_capabilities(0).code == STATUS_PRIVILEGE_NOT_HELD);
    CHILD_REQUIRE(getuid() == TEST_UID);
}

static void without_privilege_nothing_can_be_become(void **state)
{
    (void)state;
    require_root();

    in_child(an_ordinary_user_fails);
}

/* The kernel sorts what it is given: a list that is not sorted does not read back. */
static void an_unsorted_list_fails(void)
{
    static const gid_t groups[] = {7, 4};
    static gid_t read_back[3];
    const struct credentials credentials = {TEST_UID, TEST_GID, groups, 2, read_back};

    CHILD_REQUIRE(credentials_become(&credentials).code == STATUS_INTERNAL_ERROR);
}

static void what_does_not_read_back_is_a_failure(void **state)
{
    (void)state;
    require_root();

    in_child(an_unsorted_list_fails);
}

static void renouncing_stays(void)
{
    CHILD_REQUIRE(tsr_ok(credentials_renounce()));
    CHILD_REQUIRE(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

static void new_privileges_are_renounced(void **state)
{
    (void)state;

    in_child(renouncing_stays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(becoming_another_user_is_complete),
        cmocka_unit_test(without_capabilities_nothing_is_undone),
        cmocka_unit_test(capabilities_are_exactly_those_asked_for),
        cmocka_unit_test(who_is_of_two_minds_does_not_pass_on_what_it_is),
        cmocka_unit_test(capabilities_cannot_be_made_up),
        cmocka_unit_test(without_privilege_nothing_can_be_become),
        cmocka_unit_test(what_does_not_read_back_is_a_failure),
        cmocka_unit_test(new_privileges_are_renounced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
