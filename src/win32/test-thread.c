/* SPDX-License-Identifier: MIT */

#include <pthread.h>

#include <sddl.h>

#include <tessera/impersonation.h>

#include "win32/test-tokens.h"

static int revert_after(void **state)
{
    (void)state;
    expect_true(RevertToSelf());
    return 0;
}

#define NOT_IMPERSONATING MAXDWORD

/* Asked of the pseudo handle, which needs no access to the token; also for other threads. */
static DWORD level_of_this_thread(void)
{
    DWORD level = 0;
    DWORD size;

    return GetTokenInformation(GetCurrentThreadToken(), TokenImpersonationLevel, &level,
                               sizeof(level), &size)
               ? level
               : NOT_IMPERSONATING;
}

/* The level at which the calling thread impersonates, from its token opened as the process. */
static DWORD level_now(void)
{
    HANDLE token = NULL;
    DWORD level;

    expect_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    level = ask_number(token, TokenImpersonationLevel);
    expect_true(CloseHandle(token));
    return level;
}

/* Covers T-OBJ-10, T-OPT-1, T-OPT-2, T-OPT-3, T-OPT-4, T-OPT-5. */
static void the_token_of_the_process_is_opened(void **state)
{
    HANDLE limited = (HANDLE)(uintptr_t)process_handle(PROCESS_QUERY_LIMITED_INFORMATION);
    HANDLE blind = (HANDLE)(uintptr_t)process_handle(PROCESS_DUP_HANDLE);
    HANDLE token = NULL;
    (void)state;

    be(alice());
    expect_true(OpenProcessToken(GetCurrentProcess(), MAXIMUM_ALLOWED, &token)); /* T-OPT-5 */
    assert_int_equal(win_rights(token), TOKEN_ALL_ACCESS);
    expect_true(CloseHandle(token));
    expect_true(OpenProcessToken(GetCurrentProcess(), GENERIC_READ, &token)); /* T-OBJ-10 */
    assert_int_equal(win_rights(token), 0x2001A);
    expect_true(CloseHandle(token));
    expect_true(OpenProcessToken(limited, TOKEN_READ, &token)); /* T-OPT-4 */
    assert_int_equal(win_rights(token), TOKEN_READ);
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
    expect_true(CloseHandle(limited));
}

/* Covers T-OTT-1, T-OTT-2, T-OTT-3, T-OTT-4, T-OTT-5, T-OTT-6. */
static void the_token_of_a_thread_is_opened(void **state)
{
    const DWORD desired = TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY_SOURCE |
                          TOKEN_IMPERSONATE | TOKEN_ADJUST_DEFAULT;
    HANDLE token = (HANDLE)(uintptr_t)42;
    (void)state;

    be(alice());
    expect_error(ERROR_NO_TOKEN, /* T-OTT-1 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_null(token);
    expect_error(ERROR_NOACCESS, OpenThreadToken(NULL, TOKEN_QUERY, TRUE, NULL)); /* T-OTT-5 */
    token = (HANDLE)(uintptr_t)42;
    expect_error(ERROR_INVALID_HANDLE, /* T-OTT-6 */
                 OpenThreadToken((HANDLE)(uintptr_t)0xdead, TOKEN_QUERY, TRUE, &token));
    assert_null(token);
    expect_true(ImpersonateSelf(SecurityAnonymous));
    expect_error(ERROR_CANT_OPEN_ANONYMOUS, /* T-OTT-2 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    expect_true(RevertToSelf());
    expect_true(ImpersonateSelf(SecurityIdentification));
    assert_int_equal(level_now(), SecurityIdentification);
    expect_true(OpenThreadToken(GetCurrentThread(), desired, TRUE, &token)); /* T-OTT-3 */
    assert_int_equal(win_rights(token), desired);
    expect_true(CloseHandle(token));
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL, /* T-OTT-4 */
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, FALSE, &token));
    expect_true(RevertToSelf());
    expect_true(RevertToSelf());
}

/* Covers T-OTT-10. */
static void a_thread_whose_token_cannot_be_opened_goes_on_impersonating(void **state)
{
    HANDLE token = (HANDLE)(uintptr_t)42;
    (void)state;

    be(alice());
    expect_true(ImpersonateSelf(SecurityImpersonation));
    expect_error(ERROR_ACCESS_DENIED,
                 OpenThreadToken(GetCurrentThread(), SYNCHRONIZE, TRUE, &token));
    assert_null(token);
    assert_int_equal(level_now(), SecurityImpersonation);
}

/* Covers T-OPT-6. */
static void who_impersonates_opens_the_token_of_the_process_as_the_client(void **state)
{
    HANDLE client = win_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE token = (HANDLE)(uintptr_t)42;
    (void)state;

    be(service(HELD));
    expect_true(SetThreadToken(NULL, client));
    be(alice());
    assert_int_equal(level_of_this_thread(), SecurityImpersonation);
    expect_error(ERROR_ACCESS_DENIED, OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    assert_null(token);
    expect_true(RevertToSelf());
    expect_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    expect_true(CloseHandle(token));
    expect_true(CloseHandle(client));
}

/* Covers T-IMP-4, T-IMP-10, T-IMP-17, T-IMP-18, T-IMP-19, T-IMP-20, T-IMP-21. */
static void a_thread_is_given_a_token(void **state)
{
    HANDLE same = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE other = win_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE primary = win_h(alice(), TOKEN_IMPERSONATE);
    HANDLE blind = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    HANDLE thread = (HANDLE)(uintptr_t)thread_handle(THREAD_QUERY_INFORMATION);
    HANDLE thread_token = NULL;
    (void)state;

    be(alice());
    expect_true(SetThreadToken(NULL, same)); /* T-IMP-10 */
    assert_int_equal(level_now(), SecurityImpersonation);
    expect_true(SetThreadToken(NULL, other)); /* T-IMP-4 */
    assert_int_equal(level_now(), SecurityIdentification);
    expect_true(SetThreadToken(NULL, NULL)); /* T-IMP-21 */
    expect_error(ERROR_NO_TOKEN,
                 OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread_token));
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

/* Covers T-IMP-25, T-IMP-26, T-IMP-27. */
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

/* Covers T-IMP-29, T-QRY-9. */
static void nobody_is_impersonated(void **state)
{
    sid_room everyone = sid_bytes(EVERYONE);
    BOOL is_member = 42;
    HANDLE token = NULL;
    told answer;
    (void)state;

    be(alice());
    expect_true(ImpersonateAnonymousToken(GetCurrentThread())); /* T-IMP-29 */
    expect_true(OpenThreadToken(GetCurrentThread(), TOKEN_ALL_ACCESS, TRUE, &token));
    ask(token, TokenUser, &answer);
    assert_true(is_sid(answer.user.User.Sid, "S-1-5-7"));
    expect_true(CheckTokenMembership(token, &everyone, &is_member));
    assert_int_equal(is_member, FALSE);
    expect_error(
        ERROR_NOT_FOUND, /* T-QRY-9 */
        GetTokenInformation(token, TokenLogonSid, &answer, sizeof(answer), &answer.number));
    expect_true(CloseHandle(token));
    expect_true(RevertToSelf());
    expect_error(ERROR_INVALID_HANDLE, ImpersonateAnonymousToken(NULL));
}

/* Covers T-IMP-30. */
static void a_restricted_process_is_not_nobody(void **state)
{
    HANDLE token = NULL;
    (void)state;

    be(restricted_to(alice(), EVERYONE, NULL, 0));
    expect_error(ERROR_ACCESS_DENIED, ImpersonateAnonymousToken(GetCurrentThread()));
    expect_error(ERROR_NO_TOKEN, OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
}

/* ---- What a thread opens ---- */

/* Read a file that is for one alone. */
static uint32_t read_file_of(const char *sid)
{
    const tsr_access_request request = {.desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING};
    tsr_access_result result;
    uint8_t *bytes = NULL;
    char sddl[128];
    size_t size = 0;
    tsr_sd sd;

    (void)snprintf(sddl, sizeof(sddl), "O:SYG:SYD:(A;;FR;;;%s)", sid);
    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = tsr_check_as_caller(&sd, &request);
    free(bytes);
    assert_int_equal(result.granted, tsr_ok(result.status) ? FILE_READ_DATA : 0);
    return result.status.code;
}

#define OPENED  0
#define REFUSED UINT32_C(0xC0000022) /* STATUS_ACCESS_DENIED */
#define UNASKED UINT32_C(0xC00000A5) /* STATUS_BAD_IMPERSONATION_LEVEL */

/* Covers T-IMP-1, T-IMP-2, T-IMP-3. */
static void files_open_at_impersonation_and_above(void **state)
{
    static const struct {
        SECURITY_IMPERSONATION_LEVEL level;
        uint32_t expected;
    } rows[] = {
        {SecurityAnonymous, UNASKED},
        {SecurityIdentification, UNASKED},
        {SecurityImpersonation, OPENED},
        {SecurityDelegation, OPENED},
    };
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_true(ImpersonateSelf(rows[i].level));
        assert_int_equal(read_file_of(ALICE), rows[i].expected);
        expect_true(RevertToSelf());
        assert_int_equal(read_file_of(ALICE), OPENED);
    }
}

/* Covers T-IMP-6, T-IMP-38. */
static void a_service_opens_files_as_its_client(void **state)
{
    (void)state;

    for (tsr_impersonation_level level = TSR_LEVEL_IMPERSONATION; level <= TSR_LEVEL_DELEGATION;
         level++) {
        HANDLE client = win_h(impersonating(bob(), level), TOKEN_IMPERSONATE);

        be(service(HELD));
        assert_int_equal(read_file_of(BOB), REFUSED);
        expect_true(SetThreadToken(NULL, client));
        assert_int_equal(level_of_this_thread(), level);
        assert_int_equal(read_file_of(BOB), OPENED);
        assert_int_equal(read_file_of("S-1-5-20"), REFUSED);
        expect_true(RevertToSelf());
        expect_true(CloseHandle(client));
    }
}

/* Covers T-UAC-11. */
static void a_linked_token_opens_nothing(void **state)
{
    HANDLE limited;
    HANDLE full;
    told answer;
    (void)state;

    be(alice_limited());
    win_log_on(&full, &limited);
    ask(limited, TokenLinkedToken, &answer);
    expect_true(SetThreadToken(NULL, answer.linked.LinkedToken));
    assert_int_equal(read_file_of(ADMINS), UNASKED);
    expect_true(RevertToSelf());
    assert_int_equal(read_file_of(ADMINS), REFUSED);
    expect_true(CloseHandle(answer.linked.LinkedToken));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(full));
}

/* alice, whose G1 matches denials only, to act by. */
static tsr_token *alice_with_g1_denied(void)
{
    const tsr_sid g1 = sid_of(G1);

    return impersonating(
        filtered(alice(), &(tsr_token_filter_spec){.disable = &g1, .n_disable = 1}),
        TSR_LEVEL_IMPERSONATION);
}

/* Covers T-IMP-33. */
static void what_was_opened_before_stays_open_and_is_granted_no_more(void **state)
{
    HANDLE process = GetCurrentProcess();
    HANDLE denied = win_h(alice_with_g1_denied(), TOKEN_IMPERSONATE);
    PSECURITY_DESCRIPTOR for_g1 = NULL;
    HANDLE before = NULL;
    HANDLE token = NULL;
    told answer;
    (void)state;

    /* The object is the token of the process, which G1 may ask and duplicate. */
    be(alice());
    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "D:(A;;0xa;;;" G1 ")", SDDL_REVISION_1, &for_g1, NULL));
    expect_true(OpenProcessToken(process, WRITE_DAC, &token));
    expect_true(SetKernelObjectSecurity(token, DACL_SECURITY_INFORMATION, for_g1));
    expect_true(CloseHandle(token));
    expect_true(OpenProcessToken(process, TOKEN_QUERY, &before));
    expect_true(
        DuplicateHandle(process, before, process, &token, TOKEN_QUERY | TOKEN_DUPLICATE, FALSE, 0));
    expect_true(CloseHandle(token));

    expect_true(SetThreadToken(NULL, denied));
    expect_error(ERROR_ACCESS_DENIED, OpenProcessToken(process, TOKEN_QUERY, &token));
    ask(before, TokenUser, &answer);
    expect_true(DuplicateHandle(process, before, process, &token, TOKEN_QUERY, FALSE, 0));
    expect_true(CloseHandle(token));
    expect_error(ERROR_ACCESS_DENIED, DuplicateHandle(process, before, process, &token,
                                                      TOKEN_QUERY | TOKEN_DUPLICATE, FALSE, 0));
    expect_true(RevertToSelf());
    expect_true(CloseHandle(before));
    expect_true(CloseHandle(denied));
    LocalFree(for_g1);
}

/* ---- Privileges of the process ---- */

static void adjust(HANDLE token, DWORD luid, DWORD attributes)
{
    TOKEN_PRIVILEGES change = {1, {{{luid, 0}, attributes}}};

    SetLastError(0xdead);
    assert_int_equal(AdjustTokenPrivileges(token, FALSE, &change, 0, NULL, NULL), TRUE);
    assert_int_equal(GetLastError(), ERROR_SUCCESS);
}

/* Covers T-APR-14, T-APR-15. */
static void without_the_privilege_to_impersonate_others_are_only_identified(void **state)
{
    static const DWORD ways[] = {SE_PRIVILEGE_REMOVED, 0};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        HANDLE client = win_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
        HANDLE process = NULL;

        be(service(HELD));
        expect_true(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &process));
        expect_true(SetThreadToken(NULL, client));
        assert_int_equal(level_of_this_thread(), SecurityImpersonation);
        expect_true(RevertToSelf());
        adjust(process, SE_IMPERSONATE_PRIVILEGE, ways[i]);
        expect_true(SetThreadToken(NULL, client));
        assert_int_equal(level_of_this_thread(), SecurityIdentification);
        expect_true(RevertToSelf());
        if (ways[i] != SE_PRIVILEGE_REMOVED) {
            adjust(process, SE_IMPERSONATE_PRIVILEGE, SE_PRIVILEGE_ENABLED);
            expect_true(SetThreadToken(NULL, client));
            assert_int_equal(level_of_this_thread(), SecurityImpersonation);
            expect_true(RevertToSelf());
        }
        expect_true(CloseHandle(process));
        expect_true(CloseHandle(client));
    }
}

static bool is_held(HANDLE token, DWORD luid)
{
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{luid, 0}, 0}}};
    BOOL held = 42;

    expect_true(PrivilegeCheck(token, &set, &held));
    return held;
}

/* Covers T-APR-16. */
static void what_the_process_enables_a_thread_with_a_copy_has_not(void **state)
{
    HANDLE process = NULL;
    HANDLE thread = NULL;
    (void)state;

    be(alice());
    expect_true(OpenProcessToken(GetCurrentProcess(), MAXIMUM_ALLOWED, &process));
    expect_true(ImpersonateSelf(SecurityImpersonation));
    adjust(process, SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    adjust(process, SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_REMOVED);
    expect_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread));
    assert_true(is_held(process, SE_SHUTDOWN_PRIVILEGE));
    assert_false(is_held(thread, SE_SHUTDOWN_PRIVILEGE));
    assert_true(is_held(thread, SE_CHANGE_NOTIFY_PRIVILEGE));
    expect_true(RevertToSelf());
    expect_true(CloseHandle(thread));
    expect_true(CloseHandle(process));
}

/* ---- Other threads ---- */

/* A thread that waits until it is told to end, and tells how it impersonates then. */
struct worker {
    pthread_barrier_t barrier;
    pthread_t thread;
    DWORD id;
    DWORD level_before;
    DWORD level;
};

static void *work(void *argument)
{
    struct worker *worker = argument;

    worker->level_before = level_of_this_thread();
    worker->id = GetCurrentThreadId();
    (void)pthread_barrier_wait(&worker->barrier);
    (void)pthread_barrier_wait(&worker->barrier);
    worker->level = level_of_this_thread();
    return NULL;
}

static void start(struct worker *worker)
{
    assert_int_equal(pthread_barrier_init(&worker->barrier, NULL, 2), 0);
    assert_int_equal(pthread_create(&worker->thread, NULL, work, worker), 0);
    (void)pthread_barrier_wait(&worker->barrier);
}

static void finish(struct worker *worker)
{
    (void)pthread_barrier_wait(&worker->barrier);
    assert_int_equal(pthread_join(worker->thread, NULL), 0);
    (void)pthread_barrier_destroy(&worker->barrier);
}

/* S, whose credentials alice's session proved. */
static tsr_token *service_of_alices_making(void)
{
    static const tsr_privilege_state privilege = {SE_IMPERSONATE_PRIVILEGE, HELD};
    const tsr_sid system = TSR_SID_INTEGRITY(TSR_INTEGRITY_SYSTEM);
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of("S-1-5-20");
    spec.privileges = &privilege;
    spec.n_privileges = 1;
    spec.integrity = &system;
    spec.origin = LOGON_SESSION;
    return impersonating(token_of_spec(&spec), TSR_LEVEL_IMPERSONATION);
}

/* Covers T-IMP-16. */
static void for_another_thread_its_process_counts_and_not_who_asks(void **state)
{
    HANDLE of_service = win_h(service_of_alices_making(), TOKEN_IMPERSONATE);
    HANDLE of_bob = win_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    struct worker worker = {.level = 42};
    HANDLE thread;
    (void)state;

    be(alice());
    start(&worker);
    thread = OpenThread(THREAD_SET_THREAD_TOKEN, FALSE, worker.id);
    assert_non_null(thread);
    expect_true(SetThreadToken(NULL, of_service));
    assert_int_equal(level_of_this_thread(), SecurityImpersonation);
    assert_true(is_held(GetCurrentThreadToken(), SE_IMPERSONATE_PRIVILEGE));
    expect_true(SetThreadToken(&thread, of_bob));
    expect_true(RevertToSelf());
    finish(&worker);
    assert_int_equal(worker.level, SecurityIdentification);
    expect_true(CloseHandle(thread));
    expect_true(CloseHandle(of_bob));
    expect_true(CloseHandle(of_service));
}

/* Covers T-IMP-28 [U]. */
static void a_new_thread_does_not_impersonate(void **state)
{
    struct worker worker = {.level = 42};
    (void)state;

    be(alice());
    expect_true(ImpersonateSelf(SecurityImpersonation));
    start(&worker);
    finish(&worker);
    assert_int_equal(worker.level_before, NOT_IMPERSONATING);
    assert_int_equal(worker.level, NOT_IMPERSONATING);
    assert_int_equal(level_now(), SecurityImpersonation);
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

static void a_handle_of_a_thread_is_inherited_on_request(void **state)
{
    (void)state;

    be(alice());
    for (BOOL inherits = FALSE; inherits <= TRUE; inherits++) {
        HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, inherits, GetCurrentThreadId());
        DWORD flags = 42;

        expect_true(GetHandleInformation(thread, &flags));
        assert_int_equal(flags, inherits ? HANDLE_FLAG_INHERIT : 0);
        expect_true(CloseHandle(thread));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_of_the_process_is_opened),
        cmocka_unit_test_teardown(the_token_of_a_thread_is_opened, revert_after),
        cmocka_unit_test_teardown(a_thread_whose_token_cannot_be_opened_goes_on_impersonating,
                                  revert_after),
        cmocka_unit_test_teardown(who_impersonates_opens_the_token_of_the_process_as_the_client,
                                  revert_after),
        cmocka_unit_test_teardown(a_thread_is_given_a_token, revert_after),
        cmocka_unit_test_teardown(somebody_logged_on_is_impersonated, revert_after),
        cmocka_unit_test_teardown(nobody_is_impersonated, revert_after),
        cmocka_unit_test(a_restricted_process_is_not_nobody),
        cmocka_unit_test_teardown(files_open_at_impersonation_and_above, revert_after),
        cmocka_unit_test_teardown(a_service_opens_files_as_its_client, revert_after),
        cmocka_unit_test_teardown(a_linked_token_opens_nothing, revert_after),
        cmocka_unit_test_teardown(what_was_opened_before_stays_open_and_is_granted_no_more,
                                  revert_after),
        cmocka_unit_test_teardown(without_the_privilege_to_impersonate_others_are_only_identified,
                                  revert_after),
        cmocka_unit_test_teardown(what_the_process_enables_a_thread_with_a_copy_has_not,
                                  revert_after),
        cmocka_unit_test_teardown(for_another_thread_its_process_counts_and_not_who_asks,
                                  revert_after),
        cmocka_unit_test_teardown(a_new_thread_does_not_impersonate, revert_after),
        cmocka_unit_test(threads_are_opened_by_their_ids),
        cmocka_unit_test(a_handle_of_a_thread_is_inherited_on_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
