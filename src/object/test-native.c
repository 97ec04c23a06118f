/* SPDX-License-Identifier: MIT */
/* Tests of impersonation without handles. */

#include <tessera/impersonation.h>

#include "object/test-scene.h"
#include "token/test-allocation.h"

static uint32_t open_file_of(const char *user)
{
    const tsr_access_request request = {.desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING};
    tsr_access_result result;
    uint8_t *bytes = NULL;
    char sddl[128];
    size_t size = 0;
    tsr_sd sd;

    (void)snprintf(sddl, sizeof(sddl), "O:SYG:SYD:(A;;FR;;;%s)", user);
    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = tsr_check_as_caller(&sd, &request);
    free(bytes);
    assert_int_equal(result.granted, tsr_ok(result.status) ? FILE_READ_DATA : 0);
    return result.status.code;
}

/* The thread's token, asked for and dropped. */
static tsr_status thread_token(tsr_token_statistics *ret_statistics)
{
    tsr_token *token = NULL;
    const tsr_status status = tsr_thread_token(&token);

    assert_true(tsr_ok(status) == (token != NULL));
    if (token) {
        *ret_statistics = statistics_of(token);
    }
    (void)tsr_token_unref(token);
    return status;
}

static void the_first_token_is_the_processs_for_good(void **state)
{
    tsr_token *token = alice();
    tsr_token *impersonation = impersonating(alice(), TSR_LEVEL_DELEGATION);
    tsr_token *effective = NULL;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_process_set_token(NULL));
    expect_status(STATUS_BAD_TOKEN_TYPE, tsr_process_set_token(impersonation));
    tsr_revert();
    expect_ok(tsr_process_set_token(token));
    expect_status(STATUS_TOKEN_ALREADY_IN_USE, tsr_process_set_token(token));
    expect_ok(tsr_effective_token(&effective));
    assert_ptr_equal(effective, token);
    (void)tsr_token_unref(effective);
    (void)tsr_token_unref(token);
    (void)tsr_token_unref(impersonation);
}

static void a_thread_acts_as_whom_it_impersonates_until_it_reverts(void **state)
{
    tsr_token *token = bob();
    tsr_token_statistics statistics;
    struct impersonation impersonation;

    (void)state;

    be(service(HELD));
    assert_int_equal(open_file_of(BOB), STATUS_ACCESS_DENIED);
    expect_ok(tsr_impersonate(token, TSR_LEVEL_IMPERSONATION));
    assert_int_equal(open_file_of(BOB), STATUS_SUCCESS);
    assert_int_equal(open_file_of("S-1-5-20"), STATUS_ACCESS_DENIED);
    expect_ok(thread_token(&statistics));
    assert_int_equal(statistics.type, TSR_TOKEN_IMPERSONATION);
    assert_int_equal(statistics.level, TSR_LEVEL_IMPERSONATION);
    assert_int_equal(statistics.n_privileges, N_ALICE_PRIVILEGES);
    thread_get_impersonation(this_thread(), &impersonation);
    assert_false(impersonation.copy_on_open || impersonation.effective_only);
    impersonation_deinit(&impersonation);
    tsr_revert();
    tsr_revert();
    expect_status(STATUS_NO_TOKEN, thread_token(&statistics));
    assert_int_equal(open_file_of("S-1-5-20"), STATUS_SUCCESS);
    assert_int_equal(token->n_refs, 1);
    (void)tsr_token_unref(token);
}

static void what_windows_downgrades_fails_and_changes_nothing(void **state)
{
    tsr_token *of_bob = bob();
    tsr_token *of_alice = alice();
    tsr_token *identification = impersonating(alice(), TSR_LEVEL_IDENTIFICATION);
    tsr_token_statistics before;
    tsr_token_statistics after;
    const size_t n_in_session = session_count(LOGON_SESSION);

    (void)state;

    be(alice());
    expect_ok(tsr_impersonate(of_alice, TSR_LEVEL_DELEGATION));
    expect_ok(thread_token(&before));
    expect_status(STATUS_INVALID_PARAMETER, tsr_impersonate(NULL, TSR_LEVEL_IMPERSONATION));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL, tsr_impersonate(of_bob, TSR_LEVEL_IMPERSONATION));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  tsr_impersonate(identification, TSR_LEVEL_IMPERSONATION));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  tsr_impersonate(of_alice, (tsr_impersonation_level)4));
    expect_ok(thread_token(&after));
    assert_int_equal(after.token_id, before.token_id);
    assert_int_equal(open_file_of(ALICE), STATUS_SUCCESS);
    tsr_revert();
    assert_int_equal(session_count(LOGON_SESSION), n_in_session);
    (void)tsr_token_unref(of_bob);
    (void)tsr_token_unref(of_alice);
    (void)tsr_token_unref(identification);
}

static void below_impersonation_a_thread_is_known_and_refused_everything(void **state)
{
    tsr_object_type types[] = {{.granted = 42}, {.granted = 43}, {.granted = 44}};
    const tsr_access_request request = {
        .desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING, .types = types, .n_types = 2};
    const tsr_sd everything = {0};
    tsr_token *token = bob();

    (void)state;

    be(alice());
    for (tsr_impersonation_level level = TSR_LEVEL_ANONYMOUS; level < TSR_LEVEL_IMPERSONATION;
         level++) {
        tsr_token *effective = NULL;
        tsr_access_result result;

        expect_ok(tsr_impersonate(token, level));
        expect_ok(tsr_effective_token(&effective));
        assert_true(is_member(effective, BOB));
        assert_int_equal(statistics_of(effective).level, level);
        (void)tsr_token_unref(effective);
        result = tsr_check_as_caller(&everything, &request);
        expect_status(STATUS_BAD_IMPERSONATION_LEVEL, result.status);
        assert_int_equal(result.granted, 0);
        assert_int_equal(result.missing, FILE_READ_DATA);
        for (size_t i = 0; i < request.n_types; i++) {
            assert_int_equal(types[i].status.code, STATUS_BAD_IMPERSONATION_LEVEL);
            assert_int_equal(types[i].granted, 0);
        }
        assert_int_equal(types[request.n_types].granted, 44);
        tsr_revert();
    }
    (void)tsr_token_unref(token);
}

static void the_token_is_told_at_the_level_of_the_thread(void **state)
{
    struct token_object *object = object_of(bob());
    tsr_token_statistics statistics;

    (void)state;

    be(alice());
    thread_swap_impersonation(this_thread(),
                              (struct impersonation){.token = token_object_ref(object),
                                                     .level = TSR_LEVEL_IDENTIFICATION},
                              NULL);
    expect_ok(thread_token(&statistics));
    assert_int_equal(statistics.type, TSR_TOKEN_IMPERSONATION);
    assert_int_equal(statistics.level, TSR_LEVEL_IDENTIFICATION);
    assert_int_equal(statistics.n_privileges, N_ALICE_PRIVILEGES);
    tsr_revert();
    (void)token_object_unref(object);
}

static void impersonating_begins_a_session_that_is_not_there(void **state)
{
    const uint64_t session = LOGON_SESSION + 5;
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.authentication_id = session;
    token = token_of_spec(&spec);
    be(alice());
    assert_int_equal(session_count(session), 0);
    expect_ok(tsr_impersonate(token, TSR_LEVEL_IMPERSONATION));
    assert_int_equal(session_count(session), 1);
    tsr_revert();
    assert_int_equal(session_count(session), 0);
    (void)tsr_token_unref(token);
}

/* @return the argument if a thread was told no token, there being no memory for it */
static void *ask_without_memory(void *argument)
{
    tsr_token *token = NULL;
    tsr_status effective;
    tsr_status own;

    n_allocations_left = 0;
    effective = tsr_effective_token(&token);
    own = tsr_thread_token(&token);
    n_allocations_left = SIZE_MAX;
    return effective.code == STATUS_NO_MEMORY && own.code == STATUS_NO_MEMORY && !token ? argument
                                                                                        : NULL;
}

static void a_thread_for_which_there_is_no_memory_has_no_token(void **state)
{
    void *refused = NULL;
    pthread_t thread;

    be(alice());
    assert_int_equal(pthread_create(&thread, NULL, ask_without_memory, state), 0);
    assert_int_equal(pthread_join(thread, &refused), 0);
    assert_ptr_equal(refused, state);
}

static void where_memory_is_short_the_thread_goes_on_as_before(void **state)
{
    const size_t n_in_session = session_count(LOGON_SESSION);
    tsr_token *token = alice();
    tsr_token_statistics before;
    tsr_token_statistics after;
    tsr_status status;
    size_t n = 0;

    (void)state;

    be(alice());
    expect_ok(tsr_impersonate(token, TSR_LEVEL_IDENTIFICATION));
    expect_ok(thread_token(&before));
    do {
        n_allocations_left = n++;
        status = tsr_impersonate(token, TSR_LEVEL_IMPERSONATION);
        n_allocations_left = SIZE_MAX;
        if (tsr_failed(status)) {
            expect_status(STATUS_NO_MEMORY, status);
            expect_ok(thread_token(&after));
            assert_int_equal(after.token_id, before.token_id);
            assert_int_equal(session_count(LOGON_SESSION), n_in_session + 1);
        }
    } while (tsr_failed(status));
    assert_true(n > 3);
    tsr_revert();
    assert_int_equal(session_count(LOGON_SESSION), n_in_session);
    assert_int_equal(token->n_refs, 1);
    (void)tsr_token_unref(token);
}

static tsr_token *client;

static void *impersonate_and_check(void *argument)
{
    uintptr_t n_wrong = 0;

    for (int i = 0; i < 500; i++) {
        tsr_token *token = NULL;

        n_wrong += tsr_failed(tsr_impersonate(client, TSR_LEVEL_IMPERSONATION));
        n_wrong += tsr_failed(tsr_effective_token(&token)) || !token ||
                   token->type != TSR_TOKEN_IMPERSONATION;
        (void)tsr_token_unref(token);
        tsr_revert();
    }
    n_wrong += tsr_failed(tsr_impersonate(client, TSR_LEVEL_IMPERSONATION));
    (void)argument;
    return (void *)n_wrong; /* NOLINT: a count */
}

static void threads_impersonate_each_for_itself_and_leave_nothing_behind(void **state)
{
    pthread_t threads[8];

    (void)state;

    be(alice());
    client = alice();
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, impersonate_and_check, NULL), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        void *n_wrong = NULL;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
    assert_int_equal(client->n_refs, 1);
    assert_int_equal(client->state->n_refs, 1);
    client = tsr_token_unref(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_token_is_the_processs_for_good),
        cmocka_unit_test(a_thread_acts_as_whom_it_impersonates_until_it_reverts),
        cmocka_unit_test(what_windows_downgrades_fails_and_changes_nothing),
        cmocka_unit_test(below_impersonation_a_thread_is_known_and_refused_everything),
        cmocka_unit_test(the_token_is_told_at_the_level_of_the_thread),
        cmocka_unit_test(impersonating_begins_a_session_that_is_not_there),
        cmocka_unit_test(a_thread_for_which_there_is_no_memory_has_no_token),
        cmocka_unit_test(where_memory_is_short_the_thread_goes_on_as_before),
        cmocka_unit_test(threads_impersonate_each_for_itself_and_leave_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
