/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include <unistd.h>

/* Covers T-IMP-37. */
static void impersonation_is_disabled_and_restored_exactly(void **state)
{
    struct token_object *token;
    SE_IMPERSONATION_STATE saved;
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    BOOLEAN copy_on_open = 42;
    BOOLEAN effective_only = 42;
    PACCESS_TOKEN found;
    (void)state;

    be(service(HELD));
    token = object_of(impersonating(bob(), TSR_LEVEL_DELEGATION));
    assert_null(PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only,
                                              &level));
    assert_int_equal(copy_on_open, 42);
    expect_nt(STATUS_SUCCESS,
              PsImpersonateClient(PsGetCurrentThread(), token, TRUE, TRUE, SecurityImpersonation));
    assert_int_equal(PsDisableImpersonation(PsGetCurrentThread(), &saved), TRUE);
    assert_null(this_thread()->impersonation.token);
    be(alice()); /* Now the gate would leave bob at Identification. */
    PsRestoreImpersonation(PsGetCurrentThread(), &saved); /* T-IMP-37 */
    assert_null(saved.Token);
    found =
        PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    assert_ptr_equal(found, token);
    assert_int_equal(copy_on_open, TRUE);
    assert_int_equal(effective_only, TRUE);
    assert_int_equal(level, SecurityImpersonation);
    PsDereferenceImpersonationToken(found);
    PsRevertToSelf();
    assert_int_equal(n_references(token), 1);
    assert_int_equal(PsDisableImpersonation(PsGetCurrentThread(), &saved), FALSE);
    assert_null(saved.Token);
    (void)token_object_unref(token);
}

static void no_thread_is_refused(void **state)
{
    SE_IMPERSONATION_STATE saved;
    PACCESS_TOKEN primary;
    (void)state;

    be(alice());
    primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    assert_non_null(primary);
    expect_nt(STATUS_INVALID_PARAMETER,
              PsImpersonateClient(NULL, primary, FALSE, FALSE, SecurityImpersonation));
    expect_nt(STATUS_BAD_IMPERSONATION_LEVEL,
              PsImpersonateClient(PsGetCurrentThread(), primary, FALSE, FALSE,
                                  (SECURITY_IMPERSONATION_LEVEL)4));
    assert_int_equal(PsDisableImpersonation(NULL, &saved), FALSE);
    assert_null(PsReferenceImpersonationToken(NULL, NULL, NULL, NULL));
    PsDereferencePrimaryToken(primary);
    PsDereferenceImpersonationToken(NULL);
}

static void numbers_are_those_of_linux(void **state)
{
    PETHREAD thread = NULL;
    PETHREAD nobody = NULL;
    struct thread *here;
    size_t n;
    (void)state;

    be(alice());
    here = this_thread();
    n = here->object.n_references;
    assert_int_equal((uintptr_t)PsGetCurrentProcessId(), getpid());
    assert_int_equal((uintptr_t)PsGetCurrentThreadId(), gettid());
    assert_ptr_equal(PsGetProcessId(PsGetCurrentProcess()), PsGetCurrentProcessId());
    assert_ptr_equal(PsGetThreadId(PsGetCurrentThread()), PsGetCurrentThreadId());
    expect_nt(STATUS_SUCCESS, PsLookupThreadByThreadId(PsGetCurrentThreadId(), &thread));
    assert_ptr_equal(thread, PsGetCurrentThread());
    assert_int_equal(here->object.n_references, n + 1);
    assert_int_equal(ObReferenceObject(thread), 0);
    assert_int_equal(here->object.n_references, n + 2);
    assert_int_equal(ObDereferenceObject(thread), 0);
    (void)ObDereferenceObject(thread);
    assert_int_equal(here->object.n_references, n);
    expect_nt(STATUS_INVALID_CID, PsLookupThreadByThreadId(NULL, &nobody));
    expect_nt(STATUS_INVALID_CID, PsLookupThreadByThreadId(
                                      (HANDLE)((uintptr_t)1 << 32 | (uintptr_t)gettid()), &nobody));
    expect_nt(STATUS_INVALID_CID, PsLookupThreadByThreadId((HANDLE)(uintptr_t)1, &nobody));
    assert_null(nobody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impersonation_is_disabled_and_restored_exactly),
        cmocka_unit_test(no_thread_is_refused),
        cmocka_unit_test(numbers_are_those_of_linux),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
