/* SPDX-License-Identifier: MIT */
/* Tests of opening tokens: T-OPT, T-OTT (token.md 3.3, 3.4). T-OPT-1 and T-OTT-5 are of pointers,
 * which belong to the spellings. */

#include "object/test-services.h"

static void t_opt_2_a_bad_process_handle(void **state)
{
    const handle_t token = h(alice(), TOKEN_ALL_ACCESS);
    handle_t handle = 42;

    (void)state;

    expect_status(STATUS_INVALID_HANDLE,
                  service_open_process_token(0xdead, TOKEN_QUERY, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_status(STATUS_OBJECT_TYPE_MISMATCH,
                  service_open_process_token(token, TOKEN_QUERY, 0, &handle));
    expect_ok(handle_close(token));
}

static void t_opt_3_desiring_nothing(void **state)
{
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_ACCESS_DENIED,
                  service_open_process_token(HANDLE_CURRENT_PROCESS, 0, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
}

static void t_opt_4_limited_information_is_enough(void **state)
{
    const handle_t limited = process_handle(PROCESS_QUERY_LIMITED_INFORMATION);
    const handle_t useless = process_handle(PROCESS_DUP_HANDLE);
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_open_process_token(limited, 0x20008, 0, &handle));
    assert_int_equal(rights_of(handle), 0x20008);
    expect_ok(handle_close(handle));
    expect_status(STATUS_ACCESS_DENIED, service_open_process_token(useless, 0x20008, 0, &handle));
    expect_ok(handle_close(limited));
    expect_ok(handle_close(useless));
}

static void t_opt_5_the_maximum_of_ones_own_token(void **state)
{
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, MAXIMUM_ALLOWED, 0, &handle));
    assert_int_equal(rights_of(handle), TOKEN_ALL_ACCESS);
    expect_ok(handle_close(handle));
}

static void t_opt_6_who_impersonates_opens_as_the_client(void **state)
{
    struct token_object *token;
    handle_t handle = 42;

    (void)state;

    be(alice());
    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_status(STATUS_ACCESS_DENIED,
                  service_open_process_token(HANDLE_CURRENT_PROCESS, TOKEN_QUERY, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    revert(this_thread());
    (void)token_object_unref(token);
}

static void t_obj_10_generic_reading_is_mapped_as_windows_does(void **state)
{
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, GENERIC_READ, HANDLE_FLAG_INHERIT,
                                         &handle));
    assert_int_equal(rights_of(handle), 0x2001a);
    expect_ok(handle_close(handle));
}

static void access_to_the_sacl_needs_the_privilege(void **state)
{
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_status(
        STATUS_PRIVILEGE_NOT_HELD,
        service_open_process_token(HANDLE_CURRENT_PROCESS, ACCESS_SYSTEM_SECURITY, 0, &handle));
    be(alice_with(SE_SECURITY_PRIVILEGE));
    expect_ok(
        service_open_process_token(HANDLE_CURRENT_PROCESS, ACCESS_SYSTEM_SECURITY, 0, &handle));
    assert_int_equal(rights_of(handle), ACCESS_SYSTEM_SECURITY);
    expect_ok(handle_close(handle));
}

static tsr_status open_own(uint32_t desired, bool as_self, handle_t *ret_handle)
{
    return service_open_thread_token(HANDLE_CURRENT_THREAD, desired, as_self, 0, ret_handle);
}

static void t_ott_1_a_thread_that_does_not_impersonate(void **state)
{
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_NO_TOKEN, open_own(TOKEN_QUERY, true, &handle));
    assert_int_equal(handle, HANDLE_NONE);
}

static void t_ott_2_an_anonymous_level(void **state)
{
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_ok(service_impersonate_self(TSR_LEVEL_ANONYMOUS));
    expect_status(STATUS_CANT_OPEN_ANONYMOUS, open_own(TOKEN_QUERY, true, &handle));
    expect_status(STATUS_CANT_OPEN_ANONYMOUS, open_own(TOKEN_QUERY, false, &handle));
    expect_status(STATUS_CANT_OPEN_ANONYMOUS, open_own(0, true, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_ok(service_revert_to_self());
}

static void t_ott_3_identification_as_self(void **state)
{
    const uint32_t desired = TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY_SOURCE |
                             TOKEN_IMPERSONATE | TOKEN_ADJUST_DEFAULT;
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_impersonate_self(TSR_LEVEL_IDENTIFICATION));
    expect_ok(open_own(desired, true, &handle));
    assert_int_equal(rights_of(handle), desired);
    expect_ok(handle_close(handle));
    expect_ok(service_revert_to_self());
}

/* [U] the code; that it fails is documented. */
static void t_ott_4_identification_not_as_self(void **state)
{
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_ok(service_impersonate_self(TSR_LEVEL_IDENTIFICATION));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL, open_own(TOKEN_QUERY, false, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_ok(service_revert_to_self());
}

static void t_ott_6_a_bad_thread_handle(void **state)
{
    const handle_t useless = thread_handle(THREAD_IMPERSONATE);
    const handle_t process = process_handle(PROCESS_QUERY_INFORMATION);
    handle_t handle = 42;

    (void)state;

    expect_status(STATUS_INVALID_HANDLE,
                  service_open_thread_token(0xdead, TOKEN_QUERY, true, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_status(STATUS_OBJECT_TYPE_MISMATCH,
                  service_open_thread_token(process, TOKEN_QUERY, true, 0, &handle));
    expect_status(STATUS_ACCESS_DENIED,
                  service_open_thread_token(useless, TOKEN_QUERY, true, 0, &handle));
    expect_ok(handle_close(useless));
    expect_ok(handle_close(process));
}

/* The thread impersonates @take_client by a client context. */
static struct token_object *serve(tsr_token *take_client, bool effective_only)
{
    struct token_object *client = object_of(take_client);

    thread_swap_impersonation(this_thread(),
                              (struct impersonation){.token = token_object_ref(client),
                                                     .copy_on_open = true,
                                                     .effective_only = effective_only,
                                                     .level = TSR_LEVEL_IMPERSONATION},
                              NULL);
    return client;
}

static uint64_t token_id_of(struct token_object *object)
{
    tsr_token *token = token_object_get(object);
    const uint64_t id = token->token_id;

    (void)tsr_token_unref(token);
    return id;
}

/* Covers T-OTT-7. */
static void t_ott_7_a_token_is_copied_on_the_first_open(void **state)
{
    struct token_object *client;
    tsr_token_statistics first;
    tsr_token_statistics second;

    (void)state;

    be(alice());
    client = serve(impersonating(bob(), TSR_LEVEL_DELEGATION), false);
    first = thread_statistics();
    second = thread_statistics();
    assert_true(first.token_id != token_id_of(client));
    assert_int_equal(second.token_id, first.token_id);
    assert_int_equal(first.level, TSR_LEVEL_IMPERSONATION);
    assert_int_equal(n_references(client), 1);
    revert(this_thread());
    (void)token_object_unref(client);
}

/* Covers T-OTT-8. */
static void t_ott_8_the_copy_is_the_threads_and_not_the_clients(void **state)
{
    const tsr_privilege_state off = {SE_CHANGE_NOTIFY_PRIVILEGE, 0};
    struct token_object *client;
    handle_t handle = HANDLE_NONE;
    tsr_token *value;
    uint64_t held = 0;

    (void)state;

    be(alice());
    client = serve(bob(), false);
    expect_ok(open_own(TOKEN_ADJUST_PRIVILEGES, true, &handle));
    expect_ok(service_adjust_privileges(handle, false, &off, 1, NULL));
    expect_ok(caller_privileges(&held));
    assert_int_equal(held, 0);
    value = token_object_get(client);
    assert_int_equal(tsr_token_enabled_privileges(value),
                     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    (void)tsr_token_unref(value);
    expect_ok(handle_close(handle));
    revert(this_thread());
    (void)token_object_unref(client);
}

/* Covers T-OTT-9. */
static void t_ott_9_of_an_effective_only_token_what_is_disabled_is_gone(void **state)
{
    struct token_object *client;
    handle_t handle = HANDLE_NONE;
    tsr_token *value;

    (void)state;

    be(alice());
    client = serve(bob(), true);
    expect_ok(open_own(TOKEN_QUERY, true, &handle));
    value = behind(handle);
    assert_int_equal(attributes_of(value, G2), ABSENT);
    assert_int_equal(statistics_of(value).n_privileges, 1);
    assert_int_equal(privilege_of(value, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    (void)tsr_token_unref(value);
    expect_ok(handle_close(handle));
    revert(this_thread());
    (void)token_object_unref(client);
}

/* Covers T-OTT-10. */
static void t_ott_10_a_failed_open_leaves_the_caller_impersonating(void **state)
{
    struct token_object *client;
    struct token_object *strange;
    struct impersonation after;
    handle_t handle = 42;

    (void)state;

    be(alice());
    client = serve(bob(), false);
    expect_status(STATUS_ACCESS_DENIED, open_own(SYNCHRONIZE, true, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    thread_get_impersonation(this_thread(), &after);
    assert_ptr_equal(after.token, client);
    assert_true(after.copy_on_open);
    impersonation_deinit(&after);
    revert(this_thread());

    strange = act_as(bob(), TSR_LEVEL_IMPERSONATION);
    expect_status(STATUS_ACCESS_DENIED, open_own(TOKEN_QUERY, true, &handle));
    thread_get_impersonation(this_thread(), &after);
    assert_ptr_equal(after.token, strange);
    impersonation_deinit(&after);
    revert(this_thread());
    (void)token_object_unref(strange);
    (void)token_object_unref(client);
}

static handle_t contested_thread;

/* @return the id of the token that was opened; 0: failure */
static void *open_contested(void *argument)
{
    handle_t handle = HANDLE_NONE;
    struct token_object *object = NULL;
    uintptr_t id = 0;

    (void)argument;
    if (tsr_failed(service_open_thread_token(contested_thread, TOKEN_QUERY, true, 0, &handle)) ||
        tsr_failed(token_by_handle(handle, TOKEN_QUERY, &object, NULL))) {
        return NULL;
    }
    id = token_id_of(object);
    (void)token_object_unref(object);
    return tsr_ok(handle_close(handle)) ? (void *)id : NULL; /* NOLINT: a number */
}

static void of_threads_that_open_a_token_to_be_copied_all_get_the_same_copy(void **state)
{
    (void)state;

    be(alice());
    contested_thread = thread_handle(THREAD_QUERY_INFORMATION);
    for (int round = 0; round < 100; round++) {
        struct token_object *client = serve(bob(), false);
        const uint64_t client_id = token_id_of(client);
        pthread_t threads[8];
        void *ids[8];

        for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, open_contested, NULL), 0);
        }
        for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
            assert_int_equal(pthread_join(threads[i], &ids[i]), 0);
            assert_non_null(ids[i]);
            assert_ptr_equal(ids[i], ids[0]);
            assert_true((uintptr_t)ids[i] != client_id);
        }
        revert(this_thread());
        assert_int_equal(n_references(client), 1);
        (void)token_object_unref(client);
    }
    expect_ok(handle_close(contested_thread));
}

static void a_token_whose_session_has_ended_is_not_copied(void **state)
{
    struct token_object *client = bob_of_an_ended_session();
    struct impersonation after;
    handle_t handle = 42;

    (void)state;

    be(alice());
    thread_swap_impersonation(this_thread(),
                              (struct impersonation){.token = token_object_ref(client),
                                                     .copy_on_open = true,
                                                     .level = TSR_LEVEL_IMPERSONATION},
                              NULL);
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, open_own(TOKEN_QUERY, true, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    assert_int_equal(session_count(ENDED_SESSION), 0);
    thread_get_impersonation(this_thread(), &after);
    assert_ptr_equal(after.token, client);
    impersonation_deinit(&after);
    revert(this_thread());
    (void)token_object_unref(client);
}

/* Whom a thread goes on to impersonate, again and again. */
struct turns {
    struct thread *thread;
    struct token_object *client;
    atomic_bool over;
};

static void *take_turns(void *argument)
{
    struct turns *turns = argument;

    for (int i = 0; i < 20000; i++) {
        thread_swap_impersonation(
            turns->thread,
            (struct impersonation){.token = token_object_ref(turns->client),
                                   .copy_on_open = true,
                                   .level = i & 1 ? TSR_LEVEL_IMPERSONATION : TSR_LEVEL_DELEGATION},
            NULL);
    }
    atomic_store(&turns->over, true);
    return NULL;
}

static void a_copy_that_comes_too_late_is_made_again_and_leaves_no_handle(void **state)
{
    struct turns turns = {.thread = this_thread()};
    handle_t handle = HANDLE_NONE;
    size_t n_opened = 0;
    pthread_t thread;

    (void)state;

    be(alice());
    turns.client = serve(impersonating(bob(), TSR_LEVEL_DELEGATION), false);
    assert_int_equal(pthread_create(&thread, NULL, take_turns, &turns), 0);
    do {
        expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, true,
                                            HANDLE_FLAG_PROTECT_FROM_CLOSE, &handle));
        assert_int_equal(rights_of(handle), TOKEN_QUERY);
        expect_ok(handle_set_flags(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
        expect_ok(handle_close(handle));
        n_opened++;
    } while (!atomic_load(&turns.over));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(n_opened > 0);
    revert(this_thread());
    assert_int_equal(n_references(turns.client), 1);
    (void)token_object_unref(turns.client);
}

static void t_ott_11_and_12_pseudo_handles_of_tokens(void **state)
{
    struct token_object *token;
    tsr_token *process = NULL;
    tsr_token *effective = NULL;
    tsr_token *of_thread = NULL;

    (void)state;

    be(alice());
    expect_status(STATUS_NO_TOKEN,
                  service_query_token(HANDLE_THREAD_TOKEN, TOKEN_CLASS_USER, &of_thread));
    assert_null(of_thread);
    expect_ok(service_query_token(HANDLE_PROCESS_TOKEN, TOKEN_CLASS_STATISTICS, &process));
    expect_ok(service_query_token(HANDLE_EFFECTIVE_TOKEN, TOKEN_CLASS_STATISTICS, &effective));
    assert_ptr_equal(process, effective);
    (void)tsr_token_unref(effective);

    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(service_query_token(HANDLE_THREAD_TOKEN, TOKEN_CLASS_USER, &of_thread));
    expect_ok(service_query_token(HANDLE_EFFECTIVE_TOKEN, TOKEN_CLASS_USER, &effective));
    assert_ptr_equal(of_thread, effective);
    assert_true(is_member(of_thread, BOB));
    revert(this_thread());
    (void)tsr_token_unref(of_thread);
    (void)tsr_token_unref(effective);
    (void)tsr_token_unref(process);
    (void)token_object_unref(token);
}

static void t_ott_13_pseudo_handles_of_tokens_are_for_queries_only(void **state)
{
    const struct duplicate_request duplicate = {.type = TSR_TOKEN_PRIMARY};
    const tsr_token_filter_spec filter = {0};
    handle_t handle = 42;

    (void)state;

    expect_status(STATUS_INVALID_HANDLE,
                  service_filter_token(HANDLE_PROCESS_TOKEN, &filter, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_status(STATUS_INVALID_HANDLE,
                  service_duplicate_token(HANDLE_EFFECTIVE_TOKEN, &duplicate, &handle));
    expect_status(STATUS_INVALID_HANDLE,
                  service_assign_process_token(HANDLE_CURRENT_PROCESS, HANDLE_PROCESS_TOKEN));
    expect_status(STATUS_INVALID_HANDLE,
                  service_set_thread_token(HANDLE_CURRENT_THREAD, HANDLE_PROCESS_TOKEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_opt_2_a_bad_process_handle),
        cmocka_unit_test(t_opt_3_desiring_nothing),
        cmocka_unit_test(t_opt_4_limited_information_is_enough),
        cmocka_unit_test(t_opt_5_the_maximum_of_ones_own_token),
        cmocka_unit_test(t_opt_6_who_impersonates_opens_as_the_client),
        cmocka_unit_test(t_obj_10_generic_reading_is_mapped_as_windows_does),
        cmocka_unit_test(access_to_the_sacl_needs_the_privilege),
        cmocka_unit_test(t_ott_1_a_thread_that_does_not_impersonate),
        cmocka_unit_test(t_ott_2_an_anonymous_level),
        cmocka_unit_test(t_ott_3_identification_as_self),
        cmocka_unit_test(t_ott_4_identification_not_as_self),
        cmocka_unit_test(t_ott_6_a_bad_thread_handle),
        cmocka_unit_test(t_ott_7_a_token_is_copied_on_the_first_open),
        cmocka_unit_test(t_ott_8_the_copy_is_the_threads_and_not_the_clients),
        cmocka_unit_test(t_ott_9_of_an_effective_only_token_what_is_disabled_is_gone),
        cmocka_unit_test(t_ott_10_a_failed_open_leaves_the_caller_impersonating),
        cmocka_unit_test(of_threads_that_open_a_token_to_be_copied_all_get_the_same_copy),
        cmocka_unit_test(a_token_whose_session_has_ended_is_not_copied),
        cmocka_unit_test(a_copy_that_comes_too_late_is_made_again_and_leaves_no_handle),
        cmocka_unit_test(t_ott_11_and_12_pseudo_handles_of_tokens),
        cmocka_unit_test(t_ott_13_pseudo_handles_of_tokens_are_for_queries_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
