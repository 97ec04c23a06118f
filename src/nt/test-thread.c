/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static SECURITY_QUALITY_OF_SERVICE qos_of(SECURITY_IMPERSONATION_LEVEL level)
{
    return (SECURITY_QUALITY_OF_SERVICE){sizeof(SECURITY_QUALITY_OF_SERVICE), level, FALSE, FALSE};
}

/* Covers T-IMP-35. */
static void a_thread_that_only_identifies_is_not_impersonated(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = qos_of(SecurityAnonymous);
    struct token_object *token;
    (void)state;

    be(alice());
    token = act_as(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    for (int level = SecurityAnonymous; level <= SecurityDelegation; level++) {
        qos.ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)level;
        expect_nt(STATUS_BAD_IMPERSONATION_LEVEL,
                  NtImpersonateThread(NtCurrentThread(), NtCurrentThread(), &qos));
        assert_ptr_equal(this_thread()->impersonation.token, token);
    }
    revert(this_thread());
    (void)token_object_unref(token);
}

/* Covers T-IMP-36. */
static void a_thread_impersonates_another(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = qos_of(SecurityImpersonation);
    HANDLE blind = (HANDLE)(uintptr_t)thread_handle(THREAD_QUERY_INFORMATION);
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, NtImpersonateThread(NtCurrentThread(), NtCurrentThread(), &qos));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    revert(this_thread());
    qos = qos_of((SECURITY_IMPERSONATION_LEVEL)7);
    expect_nt(STATUS_INVALID_PARAMETER, /* T-IMP-36 */
              ZwImpersonateThread(NtCurrentThread(), NtCurrentThread(), &qos));
    qos.Length = 11;
    expect_nt(STATUS_INVALID_PARAMETER,
              NtImpersonateThread(NtCurrentThread(), NtCurrentThread(), &qos));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtImpersonateThread(NtCurrentThread(), NtCurrentThread(), NULL));
    qos = qos_of(SecurityImpersonation);
    expect_nt(STATUS_ACCESS_DENIED, NtImpersonateThread(NtCurrentThread(), blind, &qos));
    expect_nt(STATUS_ACCESS_DENIED, NtImpersonateAnonymousToken(blind));
    expect_nt(STATUS_SUCCESS, NtClose(blind));
}

static void a_thread_is_given_a_token_of_the_right_size(void **state)
{
    HANDLE token = nt_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE none = NULL;
    (void)state;

    be(alice());
    expect_nt(STATUS_INFO_LENGTH_MISMATCH,
              NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &token, 4));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, NULL, 8));
    expect_nt(STATUS_INVALID_INFO_CLASS,
              NtSetInformationThread(NtCurrentThread(), (THREADINFOCLASS)1, &token, 8));
    expect_nt(STATUS_SUCCESS,
              NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &token, 8));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS,
              ZwSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &none, 8));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_impersonates_another),
        cmocka_unit_test(a_thread_that_only_identifies_is_not_impersonated),
        cmocka_unit_test(a_thread_is_given_a_token_of_the_right_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
