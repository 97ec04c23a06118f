/* SPDX-License-Identifier: MIT */
/*
 * Tests of what a process forswears. Nothing takes it back, so each runs in a process of its own.
 */

#include "object/limit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "object/test-services.h"

#define CHILD_EXPECT(status_, call_)                                                     \
    do {                                                                                 \
        const tsr_status got_ = (call_);                                                 \
        if (got_.code != (status_)) {                                                    \
            (void)fprintf(stderr, "%s: 0x%08x, line %d\n", #call_, got_.code, __LINE__); \
            _exit(1);                                                                    \
        }                                                                                \
    } while (0)

static void in_process_of_its_own(void (*run)(void))
{
    const pid_t pid = fork();
    int status = -1;

    assert_true(pid >= 0);
    if (pid == 0) {
        run();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Everything that makes a thread or a process act by a token. */
static void expect_refused(handle_t token, handle_t primary)
{
    struct thread *thread = this_thread();

    CHILD_EXPECT(STATUS_ACCESS_DENIED, service_set_thread_token(HANDLE_CURRENT_THREAD, token));
    CHILD_EXPECT(STATUS_ACCESS_DENIED, service_impersonate_logged_on_user(token));
    CHILD_EXPECT(STATUS_ACCESS_DENIED, service_impersonate_logged_on_user(primary));
    CHILD_EXPECT(STATUS_ACCESS_DENIED,
                 service_assign_process_token(HANDLE_CURRENT_PROCESS, primary));
    if (thread->impersonation.token) {
        _exit(2);
    }
}

static void without_administrators(void)
{
    const handle_t admin =
        h(impersonating(alice_elevated(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);
    const handle_t admin_primary = h(alice_elevated(), TOKEN_ALL_ACCESS);
    const handle_t plain = h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);

    be(alice_elevated());
    CHILD_EXPECT(STATUS_SUCCESS, service_set_thread_token(HANDLE_CURRENT_THREAD, admin));
    revert(this_thread());
    CHILD_EXPECT(STATUS_INVALID_PARAMETER, tsr_process_limit(4));
    CHILD_EXPECT(STATUS_SUCCESS, service_set_thread_token(HANDLE_CURRENT_THREAD, admin));
    revert(this_thread());
    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_limit(TSR_LIMIT_NO_ADMINISTRATOR));
    expect_refused(admin, admin_primary);
    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_limit(0));
    expect_refused(admin, admin_primary);
    CHILD_EXPECT(STATUS_SUCCESS, service_set_thread_token(HANDLE_CURRENT_THREAD, plain));
    /* What the thread does stays as it was when another is refused. */
    CHILD_EXPECT(STATUS_ACCESS_DENIED, service_set_thread_token(HANDLE_CURRENT_THREAD, admin));
    if (!this_thread()->impersonation.token) {
        _exit(3);
    }
}

/* Covers T-IMP-32 [U]. */
static void who_forswears_administrators_acts_by_none(void **state)
{
    (void)state;
    in_process_of_its_own(without_administrators);
}

static void restricted_only(void)
{
    const handle_t plain = h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);
    const handle_t plain_primary = h(alice(), TOKEN_ALL_ACCESS);
    const handle_t restricted =
        h(impersonating(restricted_to(alice(), ALICE, EVERYONE, 0), TSR_LEVEL_IMPERSONATION),
          TOKEN_ALL_ACCESS);

    be(alice());
    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_limit(TSR_LIMIT_RESTRICTED_ONLY));
    expect_refused(plain, plain_primary);
    CHILD_EXPECT(STATUS_SUCCESS, service_set_thread_token(HANDLE_CURRENT_THREAD, restricted));
}

static void who_forswears_tokens_without_restriction_acts_by_none(void **state)
{
    (void)state;
    in_process_of_its_own(restricted_only);
}

static void first_token(void)
{
    tsr_token *const admin = alice_elevated();
    tsr_token *const plain = alice();

    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_limit(TSR_LIMIT_NO_ADMINISTRATOR));
    CHILD_EXPECT(STATUS_ACCESS_DENIED, tsr_process_set_token(admin));
    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_set_token(plain));
    (void)tsr_token_unref(admin);
    (void)tsr_token_unref(plain);
}

static void the_first_token_is_no_exception(void **state)
{
    (void)state;
    in_process_of_its_own(first_token);
}

static void nothing_is_started_by_what_was_forsworn(void)
{
    char *argv[] = {(char[]){"/bin/true"}, NULL};
    struct process_handles handles = {0};

    be(alice());
    CHILD_EXPECT(STATUS_SUCCESS, tsr_process_limit(TSR_LIMIT_RESTRICTED_ONLY));
    CHILD_EXPECT(
        STATUS_ACCESS_DENIED,
        service_create_process(HANDLE_NONE, &(struct process_request){.argv = argv}, &handles));
}

static void programs_are_not_started_by_it_either(void **state)
{
    (void)state;
    in_process_of_its_own(nothing_is_started_by_what_was_forsworn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_forswears_administrators_acts_by_none),
        cmocka_unit_test(who_forswears_tokens_without_restriction_acts_by_none),
        cmocka_unit_test(the_first_token_is_no_exception),
        cmocka_unit_test(programs_are_not_started_by_it_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
