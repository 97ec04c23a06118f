/* SPDX-License-Identifier: MIT */
/* Every path of examples/nt/special-task.c, which is compiled as it stands. */

#include "nt/test-tokens.h"
#include "token/test-allocation.h"

int example_main(void);

#define main example_main
#include "examples/nt/special-task.c"
#undef main

/* What the task of a test is told, and what it found. */
struct job {
    HANDLE process_token; /* for TOKEN_ADJUST_PRIVILEGES */
    bool memory_ends;
    NTSTATUS result;
    size_t n_runs;
    PACCESS_TOKEN acted_as; /* no reference */
    SECURITY_IMPERSONATION_LEVEL level;
};

static NTSTATUS do_job(PVOID context)
{
    struct job *job = context;
    IDENTITY now;

    Save(PsGetCurrentThread(), &now);
    job->n_runs++;
    job->acted_as = now.Token;
    job->level = now.Level;
    Forget(&now);
    return job->result;
}

static NTSTATUS wander(PVOID context)
{
    (void)do_job(context);
    PsRevertToSelf();
    return STATUS_SUCCESS;
}

/* The process may not impersonate others any more, and memory may end. */
static NTSTATUS lose_privilege(PVOID context)
{
    TOKEN_PRIVILEGES change = {1, {{{SE_IMPERSONATE_PRIVILEGE, 0}, SE_PRIVILEGE_REMOVED}}};
    struct job *job = context;

    expect_nt(STATUS_SUCCESS,
              NtAdjustPrivilegesToken(job->process_token, FALSE, &change, 0, NULL, NULL));
    n_allocations_left = job->memory_ends ? 0 : SIZE_MAX;
    return do_job(job);
}

static struct token_object *impersonation_object(tsr_token *take_token)
{
    return object_of(impersonating(take_token, TSR_LEVEL_DELEGATION));
}

/* What the thread impersonates is exactly this. */
static void expect_identity(const IDENTITY *expected)
{
    IDENTITY now;

    Save(PsGetCurrentThread(), &now);
    assert_ptr_equal(now.Token, expected->Token);
    if (now.Token) {
        assert_int_equal(now.CopyOnOpen, expected->CopyOnOpen);
        assert_int_equal(now.EffectiveOnly, expected->EffectiveOnly);
        assert_int_equal(now.Level, expected->Level);
    }
    Forget(&now);
}

/* A thread that does not impersonate. */
static const IDENTITY nobody;

static void who_was_nobody_is_nobody_again(void **state)
{
    struct token_object *token = impersonation_object(alice());
    struct job job = {.result = STATUS_SUCCESS};
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, RunAs(token, SecurityImpersonation, do_job, &job));
    assert_ptr_equal(job.acted_as, token);
    assert_int_equal(job.level, SecurityImpersonation);
    expect_identity(&nobody);
    job.result = STATUS_NO_SUCH_FILE;
    expect_nt(STATUS_NO_SUCH_FILE, RunAs(token, SecurityDelegation, do_job, &job));
    assert_int_equal(job.level, SecurityDelegation);
    expect_identity(&nobody);
    assert_int_equal(job.n_runs, 2);
    assert_int_equal(n_references(token), 1);
    (void)token_object_unref(token);
}

/* Each outcome of the task, from an identity of every kind. */
static void expect_restored(const IDENTITY *before, struct token_object *token)
{
    const size_t n_before = n_references(before->Token);
    struct job job = {.result = STATUS_SUCCESS};

    expect_nt(STATUS_SUCCESS, Impersonate(PsGetCurrentThread(), before));
    expect_nt(STATUS_SUCCESS, RunAs(token, SecurityImpersonation, do_job, &job));
    assert_ptr_equal(job.acted_as, token);
    expect_identity(before);
    job.result = STATUS_NO_SUCH_FILE;
    expect_nt(STATUS_NO_SUCH_FILE, RunAs(token, SecurityImpersonation, do_job, &job));
    expect_identity(before);
    expect_nt(STATUS_SUCCESS, RunAs(token, SecurityImpersonation, wander, &job));
    expect_identity(before);
    PsRevertToSelf();
    assert_int_equal(n_references(before->Token), n_before);
    assert_int_equal(n_references(token), 1);
}

static void who_was_somebody_is_exactly_that_again(void **state)
{
    struct token_object *before = impersonation_object(bob());
    struct token_object *token = impersonation_object(alice());
    (void)state;

    be(service(HELD));
    for (int i = 0; i < 16; i++) {
        const IDENTITY identity = {before, i & 1, i >> 1 & 1,
                                   (SECURITY_IMPERSONATION_LEVEL)(i >> 2)};

        expect_restored(&identity, token);
    }
    (void)token_object_unref(before);
    (void)token_object_unref(token);
}

/* The task does not run, and nothing has changed. */
static void expect_refused(NTSTATUS expected, PACCESS_TOKEN token,
                           SECURITY_IMPERSONATION_LEVEL level)
{
    const IDENTITY saved = {impersonation_object(alice()), TRUE, FALSE, SecurityIdentification};
    struct job job = {.result = STATUS_SUCCESS};

    expect_nt(expected, RunAs(token, level, do_job, &job));
    expect_identity(&nobody);
    expect_nt(STATUS_SUCCESS, Impersonate(PsGetCurrentThread(), &saved));
    expect_nt(expected, RunAs(token, level, do_job, &job));
    expect_identity(&saved);
    assert_int_equal(job.n_runs, 0);
    PsRevertToSelf();
    assert_int_equal(n_references(saved.Token), 1);
    (void)token_object_unref(saved.Token);
}

static void a_refused_impersonation_runs_no_task(void **state)
{
    struct token_object *weak = object_of(impersonating(alice(), TSR_LEVEL_IDENTIFICATION));
    (void)state;

    be(alice());
    expect_refused(STATUS_BAD_IMPERSONATION_LEVEL, weak, SecurityImpersonation);
    expect_refused(STATUS_BAD_IMPERSONATION_LEVEL, weak, (SECURITY_IMPERSONATION_LEVEL)4);
    expect_refused(STATUS_NO_TOKEN, NULL, SecurityImpersonation);
    assert_int_equal(n_references(weak), 1);
    (void)token_object_unref(weak);
}

/* Of another user's token there is only a copy to look at, for who lacks the privilege. */
static void a_downgraded_impersonation_runs_no_task(void **state)
{
    struct token_object *other = impersonation_object(bob());
    (void)state;

    be(alice());
    expect_refused(STATUS_BAD_IMPERSONATION_LEVEL, other, SecurityImpersonation);
    assert_int_equal(n_references(other), 1);
    (void)token_object_unref(other);
}

static void memory_that_is_short_runs_no_task(void **state)
{
    struct token_object *other = impersonation_object(bob());
    struct job job = {.result = STATUS_SUCCESS};
    (void)state;

    be(alice());
    n_allocations_left = 0;
    expect_nt(STATUS_NO_MEMORY, RunAs(other, SecurityImpersonation, do_job, &job));
    n_allocations_left = SIZE_MAX;
    expect_identity(&nobody);
    assert_int_equal(job.n_runs, 0);
    assert_int_equal(n_references(other), 1);
    (void)token_object_unref(other);
}

/* The process acts for bob, does a task as itself, and may not be bob any more afterwards. */
static void expect_lost(bool memory_ends, NTSTATUS of_task, NTSTATUS expected)
{
    const IDENTITY before = {impersonation_object(bob()), FALSE, TRUE, SecurityImpersonation};
    struct token_object *token = impersonation_object(service(0));
    struct job job = {.memory_ends = memory_ends, .result = of_task};

    be(service(HELD));
    expect_nt(STATUS_SUCCESS,
              NtOpenProcessToken(NtCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &job.process_token));
    expect_nt(STATUS_SUCCESS, Impersonate(PsGetCurrentThread(), &before));
    expect_nt(expected, RunAs(token, SecurityImpersonation, lose_privilege, &job));
    n_allocations_left = SIZE_MAX;
    assert_ptr_equal(job.acted_as, token);
    expect_identity(&nobody);
    assert_int_equal(n_references(before.Token), 1);
    assert_int_equal(n_references(token), 1);
    expect_nt(STATUS_SUCCESS, NtClose(job.process_token));
    (void)token_object_unref(before.Token);
    (void)token_object_unref(token);
}

static void who_cannot_be_restored_is_nobody_and_not_whom_the_task_was_for(void **state)
{
    (void)state;

    expect_lost(false, STATUS_SUCCESS, STATUS_BAD_IMPERSONATION_LEVEL);
    expect_lost(false, STATUS_NO_SUCH_FILE, STATUS_BAD_IMPERSONATION_LEVEL);
    expect_lost(true, STATUS_SUCCESS, STATUS_NO_MEMORY);
    expect_lost(true, STATUS_NO_SUCH_FILE, STATUS_NO_MEMORY);
}

static void the_example_does_its_own_task_and_notices_if_it_is_another(void **state)
{
    struct token_object *other = impersonation_object(alice());
    struct token_object *token = impersonation_object(alice());
    (void)state;

    be(alice());
    assert_int_equal(example_main(), 0);
    expect_identity(&nobody);
    expect_nt(STATUS_SUCCESS, RunAs(token, SecurityImpersonation, Look, token));
    expect_nt(STATUS_UNSUCCESSFUL, RunAs(token, SecurityIdentification, Look, token));
    expect_nt(STATUS_UNSUCCESSFUL, RunAs(other, SecurityImpersonation, Look, token));
    (void)token_object_unref(other);
    (void)token_object_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_nobody_is_nobody_again),
        cmocka_unit_test(who_was_somebody_is_exactly_that_again),
        cmocka_unit_test(a_refused_impersonation_runs_no_task),
        cmocka_unit_test(a_downgraded_impersonation_runs_no_task),
        cmocka_unit_test(memory_that_is_short_runs_no_task),
        cmocka_unit_test(who_cannot_be_restored_is_nobody_and_not_whom_the_task_was_for),
        cmocka_unit_test(the_example_does_its_own_task_and_notices_if_it_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
