/* SPDX-License-Identifier: MIT */
/* Tests of impersonating by handle, and of primary tokens: T-IMP, T-ASG (token.md 3.15, 4.13).
 * T-IMP-16 and what files open are tested in win32/test-thread.c. T-IMP-32 needs jobs, T-ASG-1 to
 * -6, -8 and -9 process creation. */

#include "object/contexts.h"
#include "object/test-services.h"

#define IMPERSONATION(token_) impersonating((token_), TSR_LEVEL_IMPERSONATION)

static tsr_token *bob_from(uint64_t origin)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    spec.origin = origin;
    return IMPERSONATION(token_of_spec(&spec));
}

static tsr_token *service_enabled(void)
{
    return service(HELD);
}

static tsr_token *service_disabled(void)
{
    return service(0);
}

static tsr_token *bob_at_impersonation(void)
{
    return IMPERSONATION(bob());
}

static tsr_token *bob_at_identification(void)
{
    return impersonating(bob(), TSR_LEVEL_IDENTIFICATION);
}

static tsr_token *bob_of_ours(void)
{
    return bob_from(LOGON_SESSION);
}

static tsr_token *bob_of_others(void)
{
    return bob_from(LOGON_SESSION + 1);
}

static tsr_token *alice_at_impersonation(void)
{
    return IMPERSONATION(alice());
}

static tsr_token *alice_at_delegation(void)
{
    return impersonating(alice(), TSR_LEVEL_DELEGATION);
}

static tsr_token *alice_low(void)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token_spec spec = alice_spec();

    spec.integrity = &low;
    return token_of_spec(&spec);
}

static tsr_token *elevated_at_impersonation(void)
{
    return IMPERSONATION(alice_elevated());
}

static tsr_token *restricted(void)
{
    return restricted_to(alice(), ALICE, EVERYONE, 0);
}

static tsr_token *restricted_at_impersonation(void)
{
    return IMPERSONATION(restricted_to(alice(), ALICE, EVERYONE, 0));
}

static const struct {
    const char *name;
    tsr_token *(*process)(void);
    tsr_token *(*token)(void);
    tsr_impersonation_level expected;
} rows[] = {
    {"T-IMP-4", alice, bob_at_impersonation, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-5", alice, bob_at_identification, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-6", service_enabled, bob_at_impersonation, TSR_LEVEL_IMPERSONATION},
    {"T-IMP-7", service_disabled, bob_at_impersonation, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-8", alice, bob_of_ours, TSR_LEVEL_IMPERSONATION},
    {"T-IMP-9", alice, bob_of_others, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-10", alice, alice_at_impersonation, TSR_LEVEL_IMPERSONATION},
    {"T-IMP-11 [U]", alice_low, alice_at_impersonation, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-12 [U]", alice_limited, elevated_at_impersonation, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-13", restricted, alice_at_impersonation, TSR_LEVEL_IDENTIFICATION},
    {"T-IMP-14", alice, restricted_at_impersonation, TSR_LEVEL_IMPERSONATION},
    {"T-IMP-15", restricted, restricted_at_impersonation, TSR_LEVEL_IMPERSONATION},
    {"T-IMP-38", alice, alice_at_delegation, TSR_LEVEL_DELEGATION},
};

/* Covers T-IMP-4, T-IMP-5, T-IMP-6, T-IMP-7, T-IMP-8, T-IMP-9, T-IMP-10, T-IMP-11 [U],
 * T-IMP-12 [U], T-IMP-13, T-IMP-14, T-IMP-15, T-IMP-38. */
static void setting_a_thread_token_succeeds_at_the_level_that_the_gate_leaves(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct impersonation impersonation;
        handle_t handle;
        tsr_token *token;

        be(rows[i].process());
        handle = h(rows[i].token(), TOKEN_IMPERSONATE);
        expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, handle));
        thread_get_impersonation(this_thread(), &impersonation);
        token = token_object_get(impersonation.token);
        if (impersonation.level != rows[i].expected || token->level != rows[i].expected) {
            print_error("%s: level %d\n", rows[i].name, (int)impersonation.level);
            fail();
        }
        assert_false(impersonation.copy_on_open || impersonation.effective_only);
        (void)tsr_token_unref(token);
        impersonation_deinit(&impersonation);
        expect_ok(service_revert_to_self());
        expect_ok(handle_close(handle));
    }
}

/* T-IMP-1 to -3: a file is a descriptor here. */
static void t_imp_1_to_3_what_a_thread_opens_by_each_level(void **state)
{
    const struct {
        tsr_impersonation_level level;
        uint32_t expected;
    } levels[] = {
        {TSR_LEVEL_IMPERSONATION, STATUS_SUCCESS},
        {TSR_LEVEL_IDENTIFICATION, STATUS_BAD_IMPERSONATION_LEVEL},
        {TSR_LEVEL_ANONYMOUS, STATUS_BAD_IMPERSONATION_LEVEL},
    };

    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        tsr_token *opener = NULL;

        expect_ok(service_impersonate_self(levels[i].level));
        expect_status(levels[i].expected, opening_token(&opener));
        (void)tsr_token_unref(opener);
        expect_ok(service_revert_to_self());
        opener = NULL;
        expect_ok(opening_token(&opener));
        (void)tsr_token_unref(opener);
    }
}

static void t_imp_17_to_20_what_is_refused_leaves_the_thread_alone(void **state)
{
    const handle_t primary = h(alice(), TOKEN_ALL_ACCESS);
    const handle_t weak = h(alice_at_impersonation(), TOKEN_ALL_ACCESS & ~TOKEN_IMPERSONATE);
    const handle_t good = h(alice_at_impersonation(), TOKEN_IMPERSONATE);
    const handle_t thread = thread_handle(THREAD_QUERY_INFORMATION | THREAD_IMPERSONATE);
    struct impersonation after;

    (void)state;

    be(alice());
    expect_status(STATUS_BAD_TOKEN_TYPE, service_set_thread_token(HANDLE_CURRENT_THREAD, primary));
    expect_status(STATUS_ACCESS_DENIED, service_set_thread_token(HANDLE_CURRENT_THREAD, weak));
    expect_status(STATUS_ACCESS_DENIED, service_set_thread_token(thread, good));
    expect_status(STATUS_ACCESS_DENIED, service_set_thread_token(thread, HANDLE_NONE));
    expect_status(STATUS_INVALID_HANDLE, service_set_thread_token(0xdead, good));
    expect_status(STATUS_INVALID_HANDLE, service_set_thread_token(HANDLE_CURRENT_THREAD, 0xdead));
    expect_status(STATUS_OBJECT_TYPE_MISMATCH,
                  service_set_thread_token(HANDLE_CURRENT_THREAD, thread));
    thread_get_impersonation(this_thread(), &after);
    assert_null(after.token);
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, HANDLE_NONE));
    expect_ok(handle_close(primary));
    expect_ok(handle_close(weak));
    expect_ok(handle_close(good));
    expect_ok(handle_close(thread));
}

/* Covers T-IMP-22, T-IMP-23. */
static void t_imp_22_and_23_the_token_is_shared_and_outlives_the_handle(void **state)
{
    const tsr_privilege_state on = {SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    handle_t handle;
    uint64_t held = 0;

    (void)state;

    be(alice());
    handle = h(alice_at_impersonation(), TOKEN_IMPERSONATE | TOKEN_ADJUST_PRIVILEGES);
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, handle));
    expect_ok(service_adjust_privileges(handle, false, &on, 1, NULL));
    expect_ok(handle_close(handle));
    expect_ok(caller_privileges(&held));
    assert_true(held & TSR_PRIVILEGE_BIT(SE_SHUTDOWN_PRIVILEGE));
    expect_ok(service_revert_to_self());
}

/* Covers T-IMP-24. */
static void t_imp_24_a_downgraded_token_is_private(void **state)
{
    const tsr_privilege_state on = {SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    handle_t handle;
    tsr_token *token = NULL;

    (void)state;

    be(alice());
    handle = h(bob_at_impersonation(), TOKEN_IMPERSONATE | TOKEN_ADJUST_PRIVILEGES);
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, handle));
    expect_ok(service_adjust_privileges(handle, false, &on, 1, NULL));
    expect_ok(service_query_token(HANDLE_THREAD_TOKEN, TOKEN_CLASS_PRIVILEGES, &token));
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), 0);
    (void)tsr_token_unref(token);
    expect_ok(service_revert_to_self());
    expect_ok(handle_close(handle));
}

static void t_imp_25_to_27_impersonating_who_logged_on(void **state)
{
    const handle_t weak = h(alice(), TOKEN_QUERY);
    const handle_t primary = h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    const handle_t blind = h(alice(), TOKEN_DUPLICATE | TOKEN_IMPERSONATE);
    const handle_t identification =
        h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY | TOKEN_IMPERSONATE);

    (void)state;

    be(alice());
    expect_status(STATUS_ACCESS_DENIED, service_impersonate_logged_on_user(weak));
    expect_status(STATUS_ACCESS_DENIED, service_impersonate_logged_on_user(blind));
    expect_ok(service_impersonate_logged_on_user(primary));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    assert_int_equal(thread_statistics().type, TSR_TOKEN_IMPERSONATION);
    expect_ok(service_impersonate_logged_on_user(identification));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IDENTIFICATION);
    expect_ok(service_revert_to_self());
    expect_ok(handle_close(weak));
    expect_ok(handle_close(primary));
    expect_ok(handle_close(blind));
    expect_ok(handle_close(identification));
}

/* Of an impersonation token: one right is no substitute for the other. */
static void acting_by_an_impersonation_token_needs_the_right_to_impersonate(void **state)
{
    const handle_t weak =
        h(alice_at_impersonation(), TOKEN_ALL_ACCESS & ~(uint32_t)TOKEN_IMPERSONATE);
    struct impersonation after;

    (void)state;

    be(alice());
    expect_status(STATUS_ACCESS_DENIED, service_impersonate_logged_on_user(weak));
    thread_get_impersonation(this_thread(), &after);
    assert_null(after.token);
    expect_ok(handle_close(weak));
}

static void expect_all_of_alice(handle_t handle)
{
    tsr_token *token = behind(handle);

    assert_int_equal(attributes_of(token, G2), 0);
    assert_int_equal(statistics_of(token).n_privileges, N_ALICE_PRIVILEGES);
    (void)tsr_token_unref(token);
}

static void what_is_disabled_comes_along_and_can_be_enabled(void **state)
{
    const handle_t primary = h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_impersonate_logged_on_user(primary));
    expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, true, 0, &handle));
    expect_all_of_alice(handle);
    expect_ok(handle_close(handle));
    expect_ok(service_impersonate_self(TSR_LEVEL_IMPERSONATION));
    expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, true, 0, &handle));
    expect_all_of_alice(handle);
    expect_ok(handle_close(handle));
    expect_ok(service_revert_to_self());
    expect_ok(handle_close(primary));
}

/* Covers T-IMP-31. */
static void t_imp_29_and_31_the_anonymous_token(void **state)
{
    (void)state;

    be(alice());
    for (int with_everyone = 0; with_everyone < 2; with_everyone++) {
        struct impersonation impersonation;
        handle_t handle = HANDLE_NONE;
        tsr_token *token;

        expect_ok(service_impersonate_anonymous(HANDLE_CURRENT_THREAD, with_everyone));
        thread_get_impersonation(this_thread(), &impersonation);
        assert_true(impersonation.copy_on_open && !impersonation.effective_only);
        impersonation_deinit(&impersonation);
        expect_ok(
            service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_ALL_ACCESS, true, 0, &handle));
        token = behind(handle);
        assert_true(is_member(token, "S-1-5-7"));
        assert_int_equal(is_member(token, EVERYONE), with_everyone);
        assert_int_equal(statistics_of(token).n_groups, with_everyone);
        assert_int_equal(statistics_of(token).level, TSR_LEVEL_IMPERSONATION);
        assert_memory_equal(statistics_of(token).source.name, "*SYSTEM*", 8);
        assert_int_equal(statistics_of(token).source.id, 0);
        (void)tsr_token_unref(token);
        expect_ok(handle_close(handle));
        expect_ok(service_revert_to_self());
    }
}

static void t_imp_30_a_restricted_process_is_not_anonymous(void **state)
{
    const handle_t weak = thread_handle(THREAD_SET_THREAD_TOKEN);

    (void)state;

    be(restricted());
    expect_status(STATUS_ACCESS_DENIED,
                  service_impersonate_anonymous(HANDLE_CURRENT_THREAD, false));
    be(alice());
    expect_status(STATUS_ACCESS_DENIED, service_impersonate_anonymous(weak, false));
    expect_ok(handle_close(weak));
}

static void t_imp_35_and_36_impersonating_a_thread(void **state)
{
    const struct client_qos qos = {.level = TSR_LEVEL_IMPERSONATION};
    const struct client_qos unknown = {.level = (tsr_impersonation_level)7};
    const handle_t weak = thread_handle(THREAD_IMPERSONATE);
    struct token_object *token;

    (void)state;

    be(alice());
    expect_status(
        STATUS_INVALID_PARAMETER,
        service_impersonate_thread(HANDLE_CURRENT_THREAD, HANDLE_CURRENT_THREAD, &unknown));
    expect_status(STATUS_ACCESS_DENIED,
                  service_impersonate_thread(HANDLE_CURRENT_THREAD, weak, &qos));
    token = act_as(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_impersonate_thread(HANDLE_CURRENT_THREAD, HANDLE_CURRENT_THREAD, &qos));
    expect_ok(service_revert_to_self());
    expect_ok(service_impersonate_thread(weak, HANDLE_CURRENT_THREAD, &qos));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    expect_ok(service_revert_to_self());
    (void)token_object_unref(token);

    /* A client on this machine need not be one that delegates. */
    token = act_as(alice_at_impersonation(), TSR_LEVEL_IMPERSONATION);
    expect_ok(service_impersonate_thread(weak, HANDLE_CURRENT_THREAD, &qos));
    assert_int_equal(thread_statistics().level, TSR_LEVEL_IMPERSONATION);
    expect_ok(service_revert_to_self());
    (void)token_object_unref(token);
    expect_ok(handle_close(weak));
}

/* A thread that waits to be told to end, and then tells by whom it opens things. */
struct worker {
    pthread_barrier_t barrier;
    pid_t id;
    bool is_alice;
    bool is_bob;
    handle_t source;
    uint32_t duplicate_status;
};

static void *work(void *argument)
{
    const tsr_sid alice_sid = {5, 5, {21, 1, 2, 3, 1001}};
    const tsr_sid bob_sid = {5, 5, {21, 1, 2, 3, 1002}};
    const struct handle_duplicate_request request = {.source_process = HANDLE_CURRENT_PROCESS,
                                                     .target_process = HANDLE_CURRENT_PROCESS,
                                                     .desired = TOKEN_DUPLICATE};
    struct worker *worker = argument;
    struct thread *thread = NULL;
    handle_t handle = HANDLE_NONE;
    tsr_token *opener = NULL;

    worker->id = tsr_ok(thread_get_current(&thread)) ? thread->id : 0;
    (void)pthread_barrier_wait(&worker->barrier);
    (void)pthread_barrier_wait(&worker->barrier);
    if (tsr_ok(opening_token(&opener))) {
        worker->is_alice = tsr_token_is_member(opener, &alice_sid);
        worker->is_bob = tsr_token_is_member(opener, &bob_sid);
    }
    worker->duplicate_status = service_duplicate_handle(worker->source, &request, &handle).code;
    (void)tsr_token_unref(opener);
    (void)handle_close(handle);
    return NULL;
}

static void start(struct worker *worker, pthread_t *thread)
{
    assert_int_equal(pthread_barrier_init(&worker->barrier, NULL, 2), 0);
    assert_int_equal(pthread_create(thread, NULL, work, worker), 0);
    (void)pthread_barrier_wait(&worker->barrier);
    assert_true(worker->id != 0);
}

static void finish(struct worker *worker, pthread_t thread)
{
    (void)pthread_barrier_wait(&worker->barrier);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)pthread_barrier_destroy(&worker->barrier);
}

static void the_token_of_another_thread_is_set_and_ends_with_it(void **state)
{
    struct worker worker = {.source = HANDLE_NONE};
    struct token_object *object;
    handle_t thread = HANDLE_NONE;
    handle_t token = HANDLE_NONE;
    pthread_t pthread;

    (void)state;

    be(service(HELD));
    object = object_of(bob_at_impersonation());
    expect_ok(handle_open(&token_object_ref(object)->object, TOKEN_IMPERSONATE, 0, &token));
    start(&worker, &pthread);
    expect_ok(service_open_thread(worker.id, THREAD_SET_THREAD_TOKEN, 0, &thread));
    expect_ok(service_set_thread_token(thread, token));
    expect_ok(handle_close(token));
    assert_int_equal(n_references(object), 2);
    finish(&worker, pthread);
    assert_true(worker.is_bob);
    assert_int_equal(n_references(object), 1);
    expect_ok(handle_close(thread));
    (void)token_object_unref(object);
}

/* Covers T-IMP-34. */
static void t_imp_34_a_thread_duplicates_handles_in_its_own_context(void **state)
{
    struct worker worker = {0};
    struct token_object *object;
    handle_t handle = HANDLE_NONE;
    pthread_t thread;

    (void)state;

    be(alice());
    worker.source = h(alice(), TOKEN_QUERY);
    object = act_as(bob_at_impersonation(), TSR_LEVEL_IMPERSONATION);
    start(&worker, &thread);
    finish(&worker, thread);
    assert_true(worker.is_alice);
    assert_int_equal(worker.duplicate_status, STATUS_SUCCESS);
    expect_status(STATUS_ACCESS_DENIED,
                  service_duplicate_handle(
                      worker.source,
                      &(struct handle_duplicate_request){.source_process = HANDLE_CURRENT_PROCESS,
                                                         .target_process = HANDLE_CURRENT_PROCESS,
                                                         .desired = TOKEN_DUPLICATE},
                      &handle));
    revert(this_thread());
    (void)token_object_unref(object);
    expect_ok(handle_close(worker.source));
}

static void impersonating_oneself_needs_the_right_to_duplicate(void **state)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_impersonate_self((tsr_impersonation_level)4));
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, WRITE_DAC, 0, &handle));
    expect_ok(tsr_sddl_parse("D:(A;;0x8;;;" ALICE ")", NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(service_set_security(handle, DACL_SECURITY_INFORMATION, &sd));
    expect_status(STATUS_ACCESS_DENIED, service_impersonate_self(TSR_LEVEL_IMPERSONATION));
    expect_ok(handle_close(handle));
    free(bytes);
}

/* Covers T-ASG-7. */
static void t_asg_7_anothers_token_needs_the_privilege(void **state)
{
    const handle_t of_bob = h(bob(), TOKEN_ASSIGN_PRIMARY | TOKEN_QUERY);
    const handle_t weak = h(bob(), TOKEN_QUERY);
    const handle_t impersonation = h(alice_at_impersonation(), TOKEN_ALL_ACCESS);

    (void)state;

    be(alice());
    expect_status(STATUS_PRIVILEGE_NOT_HELD,
                  service_assign_process_token(HANDLE_CURRENT_PROCESS, of_bob));
    expect_status(STATUS_ACCESS_DENIED, service_assign_process_token(HANDLE_CURRENT_PROCESS, weak));
    expect_status(STATUS_BAD_TOKEN_TYPE,
                  service_assign_process_token(HANDLE_CURRENT_PROCESS, impersonation));
    be(alice_with(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE));
    expect_ok(service_assign_process_token(HANDLE_CURRENT_PROCESS, of_bob));
    expect_ok(handle_close(of_bob));
    expect_ok(handle_close(weak));
    expect_ok(handle_close(impersonation));
}

static void a_child_and_its_sibling_need_no_privilege(void **state)
{
    const tsr_token_filter_spec filter = {.flags = DISABLE_MAX_PRIVILEGE};
    handle_t primary = HANDLE_NONE;
    handle_t child = HANDLE_NONE;
    handle_t sibling = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, MAXIMUM_ALLOWED, 0, &primary));
    expect_ok(service_filter_token(primary, &filter, &child));
    expect_ok(service_filter_token(primary, &filter, &sibling));
    expect_ok(service_assign_process_token(HANDLE_CURRENT_PROCESS, child));
    expect_ok(service_assign_process_token(HANDLE_CURRENT_PROCESS, sibling));
    /* The way back is up. */
    expect_status(STATUS_PRIVILEGE_NOT_HELD,
                  service_assign_process_token(HANDLE_CURRENT_PROCESS, primary));
    expect_ok(handle_close(primary));
    expect_ok(handle_close(child));
    expect_ok(handle_close(sibling));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_a_thread_token_succeeds_at_the_level_that_the_gate_leaves),
        cmocka_unit_test(t_imp_1_to_3_what_a_thread_opens_by_each_level),
        cmocka_unit_test(t_imp_17_to_20_what_is_refused_leaves_the_thread_alone),
        cmocka_unit_test(t_imp_22_and_23_the_token_is_shared_and_outlives_the_handle),
        cmocka_unit_test(t_imp_24_a_downgraded_token_is_private),
        cmocka_unit_test(t_imp_25_to_27_impersonating_who_logged_on),
        cmocka_unit_test(acting_by_an_impersonation_token_needs_the_right_to_impersonate),
        cmocka_unit_test(what_is_disabled_comes_along_and_can_be_enabled),
        cmocka_unit_test(t_imp_29_and_31_the_anonymous_token),
        cmocka_unit_test(t_imp_30_a_restricted_process_is_not_anonymous),
        cmocka_unit_test(t_imp_35_and_36_impersonating_a_thread),
        cmocka_unit_test(the_token_of_another_thread_is_set_and_ends_with_it),
        cmocka_unit_test(t_imp_34_a_thread_duplicates_handles_in_its_own_context),
        cmocka_unit_test(impersonating_oneself_needs_the_right_to_duplicate),
        cmocka_unit_test(t_asg_7_anothers_token_needs_the_privilege),
        cmocka_unit_test(a_child_and_its_sibling_need_no_privilege),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
