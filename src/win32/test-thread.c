/* SPDX-License-Identifier: MIT */

#include "win32/test-tokens.h"

static int revert_after(void **state)
{
    (void)state;
    expect_true(RevertToSelf());
    return 0;
}

/* The level at which the calling thread impersonates. */
static DWORD level_now(void)
{
    HANDLE token = NULL;
    DWORD level;

    expect_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    level = ask_number(token, TokenImpersonationLevel);
    expect_true(CloseHandle(token));
    return level;
}

static void the_token_of_the_process_is_opened(void **state)
{
    HANDLE blind = (HANDLE)(uintptr_t)process_handle(PROCESS_DUP_HANDLE);
    HANDLE token = NULL;
    (void)state;

    be(alice());
    expect_true(OpenProcessToken(GetCurrentProcess(), MAXIMUM_ALLOWED, &token)); /* T-OPT-5 */
    assert_int_equal(win_rights(token), TOKEN_ALL_ACCESS);
    expect_true(CloseHandle(token));
    expect_error(ERROR_ACCESS_DENIED, /* T-OPT-3 */
                 OpenProcessToken(GetCurrentProcess(), 0, &token));
    token = (HANDLE)(uintptr_t)42;
    expect_error(ERROR_INVALID_HANDLE, /* T-OPT-2 */
                 OpenProcessToken((HANDLE)(uintptr_t)0xdead, TOKEN_QUERY, &token));
    assert_null(token);
    expect_error(ERROR_NOACCESS, OpenProcessToken(NULL, TOKEN_QUERY, NULL)); /* T-OPT-1 */
    expect_error(ERROR_ACCESS_DENIED, OpenProcessToken(blind, TOKEN_QUERY, &token));
    expect_true(CloseHandle(blind));
}

static void the_token_of_a_thread_is_opened(void **state)
{
    HANDLE token = (HANDLE)(uintptr_t)42;
    (void)state;

    be(alice());
    expect_error(ERROR_NO_TOKEN, /* T-OTT-1 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_null(token);
    expect_error(ERROR_NOACCESS, OpenThreadToken(NULL, TOKEN_QUERY, TRUE, NULL)); /* T-OTT-5 */
    expect_error(ERROR_INVALID_HANDLE,                                            /* T-OTT-6 */
                 OpenThreadToken((HANDLE)(uintptr_t)0xdead, TOKEN_QUERY, TRUE, &token));
    expect_true(ImpersonateSelf(SecurityAnonymous));
    expect_error(ERROR_CANT_OPEN_ANONYMOUS, /* T-OTT-2 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    expect_true(RevertToSelf());
    expect_true(ImpersonateSelf(SecurityIdentification));
    assert_int_equal(level_now(), SecurityIdentification); /* T-OTT-3 */
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL,            /* T-OTT-4 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, FALSE, &token));
    expect_true(RevertToSelf());
    expect_true(RevertToSelf());
}

static void a_thread_is_given_a_token(void **state)
{
    HANDLE same = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE other = win_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE primary = win_h(alice(), TOKEN_IMPERSONATE);
    HANDLE blind = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    HANDLE thread = (HANDLE)(uintptr_t)thread_handle(THREAD_QUERY_INFORMATION);
    (void)state;

    be(alice());
    expect_true(SetThreadToken(NULL, same)); /* T-IMP-10 */
    assert_int_equal(level_now(), SecurityImpersonation);
    expect_true(SetThreadToken(NULL, other)); /* T-IMP-4 */
    assert_int_equal(level_now(), SecurityIdentification);
    expect_true(SetThreadToken(NULL, NULL));                           /* T-IMP-21 */
    expect_true(SetThreadToken(NULL, NULL));                           /* T-IMP-20 */
    expect_error(ERROR_BAD_TOKEN_TYPE, SetThreadToken(NULL, primary)); /* T-IMP-17 */
    expect_error(ERROR_ACCESS_DENIED, SetThreadToken(NULL, blind));    /* T-IMP-18 */
    expect_error(ERROR_ACCESS_DENIED, SetThreadToken(&thread, same));  /* T-IMP-19 */
    expect_true(CloseHandle(thread));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(other));
    expect_true(CloseHandle(same));
}

static void somebody_logged_on_is_impersonated(void **state)
{
    HANDLE blind = win_h(alice(), TOKEN_QUERY);
    HANDLE primary = win_h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    HANDLE looking =
        win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY | TOKEN_IMPERSONATE);
    (void)state;

    be(alice());
    expect_error(ERROR_ACCESS_DENIED, ImpersonateLoggedOnUser(blind)); /* T-IMP-25 */
    expect_true(ImpersonateLoggedOnUser(primary));                     /* T-IMP-26 */
    assert_int_equal(level_now(), SecurityImpersonation);
    expect_true(ImpersonateLoggedOnUser(looking)); /* T-IMP-27 */
    assert_int_equal(level_now(), SecurityIdentification);
    expect_true(RevertToSelf());
    expect_error(ERROR_INVALID_HANDLE, ImpersonateLoggedOnUser(NULL));
    expect_true(CloseHandle(looking));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(blind));
}

static void nobody_is_impersonated(void **state)
{
    HANDLE token = NULL;
    told answer;
    (void)state;

    be(alice());
    expect_true(ImpersonateAnonymousToken(GetCurrentThread())); /* T-IMP-29 */
    expect_true(OpenThreadToken(GetCurrentThread(), TOKEN_ALL_ACCESS, TRUE, &token));
    ask(token, TokenUser, &answer);
    assert_true(is_sid(answer.user.User.Sid, "S-1-5-7"));
    expect_error(
        ERROR_NOT_FOUND, /* T-QRY-9 */
        GetTokenInformation(token, TokenLogonSid, &answer, sizeof(answer), &answer.number));
    expect_true(CloseHandle(token));
    expect_true(RevertToSelf());
    expect_error(ERROR_INVALID_HANDLE, ImpersonateAnonymousToken(NULL));
}

static void threads_are_opened_by_their_ids(void **state)
{
    HANDLE thread;
    (void)state;

    be(alice());
    (void)this_thread();
    thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, GetCurrentThreadId());
    assert_non_null(thread);
    assert_int_equal(win_rights(thread), THREAD_QUERY_INFORMATION);
    expect_true(CloseHandle(thread));
    SetLastError(0xdead);
    assert_null(OpenThread(THREAD_QUERY_INFORMATION, FALSE, 1));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(GetCurrentProcessId(), GetCurrentThreadId()); /* the first thread */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_of_the_process_is_opened),
        cmocka_unit_test_teardown(the_token_of_a_thread_is_opened, revert_after),
        cmocka_unit_test_teardown(a_thread_is_given_a_token, revert_after),
        cmocka_unit_test_teardown(somebody_logged_on_is_impersonated, revert_after),
        cmocka_unit_test_teardown(nobody_is_impersonated, revert_after),
        cmocka_unit_test(threads_are_opened_by_their_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
