/* SPDX-License-Identifier: MIT */
/* Tests of subject and client contexts: T-CTX (token.md 5.3). */

#include "object/contexts.h"

#include "object/test-services.h"
#include "token/test-allocation.h"

static const tsr_privilege_state shutdown_on = {SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED};

static const struct client_qos qos_static = {.level = TSR_LEVEL_IMPERSONATION};
static const struct client_qos qos_dynamic = {.level = TSR_LEVEL_IMPERSONATION, .dynamic = true};

static uint64_t token_id_of(struct token_object *object)
{
    tsr_token *token = token_object_get(object);
    const uint64_t id = token->token_id;

    (void)tsr_token_unref(token);
    return id;
}

static struct token_object *primary(void)
{
    struct token_object *token = NULL;

    expect_ok(process_get_token(&token));
    return token;
}

/* The client disables G1 in its token. */
static tsr_status disable_g1(void *context, tsr_token *old, tsr_token **ret_new)
{
    const tsr_group change = {sid_of(G1), 0};

    (void)context;
    return tsr_token_adjust_groups(old, false, &change, 1, NULL, ret_new);
}

/* Covers T-CTX-1. */
static void t_ctx_1_a_client_that_does_not_impersonate(void **state)
{
    struct client_context context = {0};
    struct impersonation impersonation;
    struct token_object *token;
    tsr_token *copy;

    (void)state;

    be(alice());
    token = primary();
    expect_ok(client_context_create(this_thread(), &qos_static, false, &context));
    assert_false(context.is_direct);
    be(service(HELD));
    expect_ok(client_context_impersonate(&context, NULL));
    thread_get_impersonation(this_thread(), &impersonation);
    assert_int_equal(impersonation.level, TSR_LEVEL_IMPERSONATION);
    assert_true(impersonation.copy_on_open);
    assert_true(token_id_of(impersonation.token) != token_id_of(token));
    copy = token_object_get(impersonation.token);
    assert_int_equal(attributes_of(copy, G2), 0);
    assert_int_equal(privilege_of(copy, SE_SHUTDOWN_PRIVILEGE), 0);
    (void)tsr_token_unref(copy);
    impersonation_deinit(&impersonation);
    client_context_deinit(&context);
    revert(this_thread());
    (void)token_object_unref(token);
}

/* Covers T-CTX-2, T-CTX-3. */
static void t_ctx_2_and_3_the_level_asked_for_is_the_servers(void **state)
{
    const tsr_impersonation_level levels[] = {TSR_LEVEL_ANONYMOUS, TSR_LEVEL_IDENTIFICATION};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        const struct client_qos qos = {.level = levels[i]};
        struct client_context context = {0};
        struct impersonation impersonation;
        tsr_token *opener = NULL;
        handle_t handle = HANDLE_NONE;

        be(alice());
        expect_ok(client_context_create(this_thread(), &qos, false, &context));
        be(service(HELD));
        expect_ok(client_context_impersonate(&context, this_thread()));
        thread_get_impersonation(this_thread(), &impersonation);
        assert_int_equal(impersonation.level, levels[i]);
        impersonation_deinit(&impersonation);
        expect_status(STATUS_BAD_IMPERSONATION_LEVEL, opening_token(&opener));
        expect_status(
            levels[i] == TSR_LEVEL_ANONYMOUS ? STATUS_CANT_OPEN_ANONYMOUS : STATUS_SUCCESS,
            service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, true, 0, &handle));
        if (handle != HANDLE_NONE) {
            expect_ok(handle_close(handle));
        }
        revert(this_thread());
        client_context_deinit(&context);
    }
}

static const struct {
    const char *name;
    tsr_impersonation_level client;
    struct client_qos qos;
    bool is_remote;
    uint32_t expected;
} level_rows[] = {
    {"T-CTX-4",
     TSR_LEVEL_IDENTIFICATION,
     {.level = TSR_LEVEL_ANONYMOUS},
     false,
     STATUS_BAD_IMPERSONATION_LEVEL},
    {"an anonymous client",
     TSR_LEVEL_ANONYMOUS,
     {.level = TSR_LEVEL_ANONYMOUS},
     false,
     STATUS_BAD_IMPERSONATION_LEVEL},
    {"T-CTX-5",
     TSR_LEVEL_IMPERSONATION,
     {.level = TSR_LEVEL_DELEGATION},
     false,
     STATUS_BAD_IMPERSONATION_LEVEL},
    {"T-CTX-6",
     TSR_LEVEL_IMPERSONATION,
     {.level = TSR_LEVEL_IMPERSONATION},
     true,
     STATUS_BAD_IMPERSONATION_LEVEL},
    {"T-CTX-7", TSR_LEVEL_DELEGATION, {.level = TSR_LEVEL_IMPERSONATION}, true, STATUS_SUCCESS},
    {"T-CTX-14",
     TSR_LEVEL_DELEGATION,
     {.level = (tsr_impersonation_level)9},
     false,
     STATUS_INVALID_PARAMETER},
    {"down is allowed",
     TSR_LEVEL_DELEGATION,
     {.level = TSR_LEVEL_IDENTIFICATION},
     false,
     STATUS_SUCCESS},
};

/* Covers T-CTX-4, T-CTX-5, T-CTX-6, T-CTX-7, T-CTX-14. */
static void t_ctx_4_to_7_and_14_the_levels_of_a_client_that_impersonates(void **state)
{
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(level_rows); i++) {
        struct token_object *token =
            act_as(impersonating(bob(), level_rows[i].client), level_rows[i].client);
        struct client_context context = {0};
        const tsr_status status = client_context_create(this_thread(), &level_rows[i].qos,
                                                        level_rows[i].is_remote, &context);

        if (status.code != level_rows[i].expected) {
            print_error("%s: %s\n", level_rows[i].name, expect_status_name(status.code));
            fail();
        }
        assert_true(tsr_ok(status) == (context.token != NULL));
        client_context_deinit(&context);
        revert(this_thread());
        assert_int_equal(n_references(token), 1);
        (void)token_object_unref(token);
    }
}

/* Covers T-CTX-8, T-CTX-9. */
static void t_ctx_8_and_9_static_contexts_stay_and_dynamic_ones_follow(void **state)
{
    (void)state;

    be(alice());
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        struct token_object *client =
            act_as(impersonating(alice(), TSR_LEVEL_DELEGATION), TSR_LEVEL_DELEGATION);
        struct client_context context = {0};
        tsr_token *opener = NULL;

        expect_ok(client_context_create(this_thread(), dynamic ? &qos_dynamic : &qos_static, false,
                                        &context));
        expect_ok(token_object_change(client, disable_g1, NULL));
        expect_ok(client_context_impersonate(&context, NULL));
        expect_ok(opening_token(&opener));
        assert_int_equal(is_member(opener, G1), !dynamic);
        (void)tsr_token_unref(opener);
        revert(this_thread());
        client_context_deinit(&context);
        (void)token_object_unref(client);
    }
}

/* Covers T-CTX-10. */
static void t_ctx_10_a_dynamic_context_outlives_the_clients_impersonation(void **state)
{
    struct client_context context = {0};
    struct token_object *client;

    (void)state;

    be(alice());
    client = act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(client_context_create(this_thread(), &qos_dynamic, false, &context));
    revert(this_thread());
    (void)token_object_unref(client);
    expect_ok(client_context_impersonate(&context, NULL));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    revert(this_thread());
    client_context_deinit(&context);
}

/* Covers T-CTX-11. */
static void t_ctx_11_effective_only_leaves_out_what_is_disabled(void **state)
{
    const struct client_qos qos = {.level = TSR_LEVEL_IMPERSONATION, .effective_only = true};
    struct client_context context = {0};
    handle_t handle = HANDLE_NONE;
    tsr_token *token;

    (void)state;

    be(alice());
    expect_ok(client_context_create(this_thread(), &qos, false, &context));
    expect_ok(client_context_impersonate(&context, NULL));
    expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, false, 0, &handle));
    token = behind(handle);
    assert_int_equal(attributes_of(token, G2), ABSENT);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), ABSENT);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
    revert(this_thread());
    client_context_deinit(&context);
}

/* Covers T-CTX-12. */
static void t_ctx_12_the_server_changes_its_own_copy(void **state)
{
    struct client_context context = {0};
    struct token_object *client;
    handle_t handle = HANDLE_NONE;
    uint64_t held = 0;
    tsr_token *token;

    (void)state;

    be(alice());
    client = primary();
    expect_ok(client_context_create(this_thread(), &qos_dynamic, false, &context));
    assert_true(context.is_direct);
    assert_ptr_equal(context.token, client);
    expect_ok(client_context_impersonate(&context, NULL));
    expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_ADJUST_PRIVILEGES, false, 0,
                                        &handle));
    expect_ok(service_adjust_privileges(handle, false, &shutdown_on, 1, NULL));
    expect_ok(caller_privileges(&held));
    assert_true(held & TSR_PRIVILEGE_BIT(SE_SHUTDOWN_PRIVILEGE));
    token = token_object_get(client);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), 0);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
    revert(this_thread());
    client_context_deinit(&context);
    (void)token_object_unref(client);
}

/* Covers T-CTX-13. */
static void t_ctx_13_what_the_client_may_not_enable_the_server_may_not_either(void **state)
{
    (void)state;

    be(alice());
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        struct token_object *client = object_of(impersonating(alice(), TSR_LEVEL_IMPERSONATION));
        struct client_context context = {0};
        struct impersonation impersonation;

        thread_swap_impersonation(this_thread(),
                                  (struct impersonation){.token = token_object_ref(client),
                                                         .effective_only = true,
                                                         .level = TSR_LEVEL_IMPERSONATION},
                                  NULL);
        expect_ok(client_context_create(this_thread(), dynamic ? &qos_dynamic : &qos_static, false,
                                        &context));
        assert_true(context.effective_only);
        revert(this_thread());
        expect_ok(client_context_impersonate(&context, NULL));
        thread_get_impersonation(this_thread(), &impersonation);
        assert_true(impersonation.effective_only);
        impersonation_deinit(&impersonation);
        client_context_deinit(&context);
        revert(this_thread());
        (void)token_object_unref(client);
    }
}

static struct client_context of_service;

/* Covers T-CTX-15. */
static void t_ctx_15_another_user_is_downgraded_with_success(void **state)
{
    struct token_object *client;

    (void)state;

    be(alice());
    client = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(client_context_create(this_thread(), &qos_static, false, &of_service));
    revert(this_thread());
    expect_ok(client_context_impersonate(&of_service, NULL));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IDENTIFICATION);
    revert(this_thread());
    client_context_deinit(&of_service);
    (void)token_object_unref(client);
}

/* Covers T-CTX-16, T-CTX-17. */
static void t_ctx_16_and_17_a_subject_keeps_what_was_captured(void **state)
{
    struct subject_context with = {0};
    struct subject_context without = {0};
    struct subject_lock lock;
    struct token_object *client;

    (void)state;

    be(alice());
    client = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(subject_capture(this_thread(), &with));
    expect_ok(subject_capture(NULL, &without));
    revert(this_thread());
    assert_ptr_equal(with.client, client);
    assert_null(without.client);

    subject_lock(&with, &lock);
    expect_ok(token_object_change(client, disable_g1, NULL));
    assert_true(is_member(subject_peek_token(&lock), BOB));
    assert_true(is_member(subject_peek_token(&lock), G1));
    subject_unlock(&lock);
    subject_lock(&with, &lock);
    assert_false(is_member(subject_peek_token(&lock), G1));
    subject_unlock(&lock);
    subject_lock(&without, &lock);
    assert_true(is_member(subject_peek_token(&lock), ALICE));
    subject_unlock(&lock);
    subject_deinit(&with);
    subject_deinit(&without);
    assert_int_equal(n_references(client), 1);
    (void)token_object_unref(client);
}

/* Covers T-CTX-18 [U], T-CTX-19, T-CTX-19b, T-PRV-8, T-PRV-9. */
static void t_ctx_18_and_19_a_client_below_impersonation_may_nothing(void **state)
{
    const tsr_access_request request = {.desired = FILE_READ_DATA | MAXIMUM_ALLOWED,
                                        .mapping = TSR_FILE_MAPPING};
    const tsr_sd everything = {0};

    (void)state;

    be(alice());
    for (tsr_impersonation_level level = TSR_LEVEL_ANONYMOUS; level <= TSR_LEVEL_DELEGATION;
         level++) {
        const bool may = level >= TSR_LEVEL_IMPERSONATION;
        struct token_object *client =
            act_as(impersonating(service(HELD), TSR_LEVEL_DELEGATION), level);
        struct subject_context context = {0};
        tsr_access_result result;

        expect_ok(subject_capture(this_thread(), &context));
        result = subject_access_check(&context, &everything, &request);
        expect_status(may ? STATUS_SUCCESS : STATUS_BAD_IMPERSONATION_LEVEL, result.status);
        assert_int_equal(result.granted, may ? FILE_ALL_ACCESS : 0);
        assert_int_equal(result.missing, may ? 0 : FILE_READ_DATA);
        assert_int_equal(single_privilege_check(SE_IMPERSONATE_PRIVILEGE, MODE_USER), may);
        assert_int_equal(single_privilege_check(SE_TCB_PRIVILEGE, MODE_KERNEL), may);
        assert_false(single_privilege_check(SE_TCB_PRIVILEGE, MODE_USER));
        subject_deinit(&context);
        revert(this_thread());
        (void)token_object_unref(client);
    }
    assert_true(single_privilege_check(SE_TCB_PRIVILEGE, MODE_KERNEL));
    assert_false(single_privilege_check(SE_TCB_PRIVILEGE, MODE_USER));
    assert_true(single_privilege_check(SE_CHANGE_NOTIFY_PRIVILEGE, MODE_USER));
}

/* Covers T-CTX-20. */
static void t_ctx_20_a_deleted_context_leaves_no_reference(void **state)
{
    struct client_context context = {0};
    struct token_object *token;
    size_t before;

    (void)state;

    be(alice());
    token = primary();
    before = n_references(token);
    expect_ok(client_context_create(this_thread(), &qos_dynamic, false, &context));
    assert_int_equal(n_references(token), before + 1);
    client_context_deinit(&context);
    client_context_deinit(&context);
    assert_int_equal(n_references(token), before);
    (void)token_object_unref(token);
}

/* Covers T-CTX-21. */
static void t_ctx_21_a_subject_without_client_has_no_level(void **state)
{
    const struct client_qos qos = {.level = TSR_LEVEL_DELEGATION};
    struct subject_context subject = {0};
    struct client_context context = {0};
    struct token_object *client;

    (void)state;

    be(alice());
    expect_ok(subject_capture(this_thread(), &subject));
    expect_ok(client_context_of_subject(&subject, &qos, true, &context));
    client_context_deinit(&context);
    subject_deinit(&subject);

    client = act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(subject_capture(this_thread(), &subject));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  client_context_of_subject(&subject, &qos, false, &context));
    assert_null(context.token);
    subject_deinit(&subject);
    revert(this_thread());
    (void)token_object_unref(client);
}

static void a_client_whose_session_has_ended_is_not_copied(void **state)
{
    struct token_object *client = bob_of_an_ended_session();
    struct client_context context = {0};

    (void)state;

    be(alice());
    thread_swap_impersonation(
        this_thread(),
        (struct impersonation){.token = token_object_ref(client), .level = TSR_LEVEL_IMPERSONATION},
        NULL);
    expect_status(STATUS_NO_SUCH_LOGON_SESSION,
                  client_context_create(this_thread(), &qos_static, false, &context));
    assert_null(context.token);
    assert_int_equal(session_count(ENDED_SESSION), 0);
    expect_ok(client_context_create(this_thread(), &qos_dynamic, false, &context));
    client_context_deinit(&context);
    revert(this_thread());
    (void)token_object_unref(client);
}

/* What a thread asks first, without memory for it. @return its argument if it was told no */
static void *ask_without_memory(void *argument)
{
    bool may;

    n_allocations_left = 0;
    may = single_privilege_check(SE_CHANGE_NOTIFY_PRIVILEGE, MODE_USER) ||
          single_privilege_check(SE_CHANGE_NOTIFY_PRIVILEGE, MODE_KERNEL);
    n_allocations_left = SIZE_MAX;
    return may ? NULL : argument;
}

static void a_thread_for_which_there_is_no_memory_has_no_privilege(void **state)
{
    void *refused = NULL;
    pthread_t thread;

    be(alice());
    assert_int_equal(pthread_create(&thread, NULL, ask_without_memory, state), 0);
    assert_int_equal(pthread_join(thread, &refused), 0);
    assert_ptr_equal(refused, state);
}

/* The first test: a process takes its token once. */
static void without_memory_for_a_first_token_there_is_no_client(void **state)
{
    struct client_context context = {0};
    struct token_object *token = object_of(alice());
    struct thread *thread = NULL;

    (void)state;

    expect_ok(thread_new(1, token, &thread));
    (void)token_object_unref(token);
    expect_no_memory_at_each_allocation(
        context.token, client_context_create(thread, &qos_static, false, &context));
    client_context_deinit(&context);
    (void)thread_unref(thread);
}

static void a_dynamic_context_of_a_remote_server_is_a_copy(void **state)
{
    struct client_context context = {0};

    (void)state;

    be(alice());
    expect_ok(client_context_create(this_thread(), &qos_dynamic, true, &context));
    assert_false(context.is_direct);
    assert_true(context.is_remote);
    client_context_deinit(&context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_for_a_first_token_there_is_no_client),
        cmocka_unit_test(t_ctx_1_a_client_that_does_not_impersonate),
        cmocka_unit_test(t_ctx_2_and_3_the_level_asked_for_is_the_servers),
        cmocka_unit_test(t_ctx_4_to_7_and_14_the_levels_of_a_client_that_impersonates),
        cmocka_unit_test(t_ctx_8_and_9_static_contexts_stay_and_dynamic_ones_follow),
        cmocka_unit_test(t_ctx_10_a_dynamic_context_outlives_the_clients_impersonation),
        cmocka_unit_test(t_ctx_11_effective_only_leaves_out_what_is_disabled),
        cmocka_unit_test(t_ctx_12_the_server_changes_its_own_copy),
        cmocka_unit_test(t_ctx_13_what_the_client_may_not_enable_the_server_may_not_either),
        cmocka_unit_test(t_ctx_15_another_user_is_downgraded_with_success),
        cmocka_unit_test(t_ctx_16_and_17_a_subject_keeps_what_was_captured),
        cmocka_unit_test(t_ctx_18_and_19_a_client_below_impersonation_may_nothing),
        cmocka_unit_test(t_ctx_20_a_deleted_context_leaves_no_reference),
        cmocka_unit_test(t_ctx_21_a_subject_without_client_has_no_level),
        cmocka_unit_test(a_client_whose_session_has_ended_is_not_copied),
        cmocka_unit_test(a_dynamic_context_of_a_remote_server_is_a_copy),
        cmocka_unit_test(a_thread_for_which_there_is_no_memory_has_no_privilege),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
