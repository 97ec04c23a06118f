/* SPDX-License-Identifier: MIT */
/* Tests of the current process and its threads. */

#include "object/process.h"

#include <sched.h>
#include <unistd.h>

#include "object/test-scene.h"
#include "token/test-allocation.h"

static struct token_object *primary(void)
{
    struct token_object *token = NULL;

    expect_ok(process_get_token(&token));
    return token;
}

#define N_FIRST 8

static atomic_size_t n_at_the_start;

static void *get_first_token(void *argument)
{
    struct token_object *token = NULL;

    (void)argument;
    (void)atomic_fetch_add(&n_at_the_start, 1);
    while (atomic_load(&n_at_the_start) < N_FIRST) {
        (void)sched_yield();
    }
    return tsr_ok(process_get_token(&token)) ? token : NULL;
}

/* The first test: a process takes its token once. */
static void threads_that_ask_for_the_first_token_at_the_same_time_get_the_same(void **state)
{
    struct token_object *token = NULL;
    pthread_t threads[N_FIRST];
    void *tokens[N_FIRST];

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, get_first_token, NULL), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &tokens[i]), 0);
    }
    token = primary();
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_ptr_equal(tokens[i], token);
        (void)token_object_unref(token);
    }
    (void)token_object_unref(token);
}

static void a_process_that_was_given_no_token_has_that_of_its_linux_identity(void **state)
{
    struct token_object *token = primary();
    struct token_object *again = primary();

    (void)state;

    assert_ptr_equal(token, again);
    assert_true(token->in_use);
    expect_status(STATUS_TOKEN_ALREADY_IN_USE, process_init(token));
    (void)token_object_unref(token);
    (void)token_object_unref(again);
}

/* Covers T-ASG-10. */
static void t_asg_10_assigning_the_token_in_use_again_changes_nothing(void **state)
{
    struct token_object *token;
    struct token_object *again;

    (void)state;

    be(alice());
    token = primary();
    expect_ok(process_assign(token));
    again = primary();
    assert_ptr_equal(token, again);
    (void)token_object_unref(token);
    (void)token_object_unref(again);
}

/* Covers T-ASG-11. */
static void t_asg_11_a_token_in_use_elsewhere_is_refused_unless_it_is_as_good(void **state)
{
    struct token_object *other = object_of(bob());
    struct token_object *equal = object_of(alice());
    struct token_object *token;
    struct token_object *after;

    (void)state;

    be(alice());
    token = primary();
    other->in_use = true;
    equal->in_use = true;
    expect_status(STATUS_TOKEN_ALREADY_IN_USE, process_assign(other));
    expect_ok(process_assign(equal));
    after = primary();
    assert_ptr_equal(after, token);
    (void)token_object_unref(after);
    (void)token_object_unref(token);
    (void)token_object_unref(other);
    (void)token_object_unref(equal);
}

static void an_assigned_token_takes_the_session_number_and_the_old_one_is_free_again(void **state)
{
    tsr_token_spec spec = alice_spec();
    struct token_object *token;
    struct token_object *old;
    tsr_token *before;
    tsr_token *value;

    (void)state;

    be(alice());
    old = primary();
    before = token_object_get(old);
    spec.session_id = 77;
    token = object_of(token_of_spec(&spec));
    expect_ok(process_assign(token));
    value = token_object_get(token);
    assert_int_equal(statistics_of(value).session_id, statistics_of(before).session_id);
    assert_true(token->in_use);
    assert_false(old->in_use);
    assert_int_equal(n_references(old), 1);
    (void)tsr_token_unref(before);
    (void)tsr_token_unref(value);
    (void)token_object_unref(old);
    (void)token_object_unref(token);
}

static void a_token_that_could_not_be_assigned_is_not_in_use(void **state)
{
    tsr_token_spec spec = alice_spec();
    struct token_object *token;
    tsr_status status;
    size_t n = 0;

    (void)state;

    be(alice());
    spec.session_id = 77;
    token = object_of(token_of_spec(&spec));
    do {
        n_allocations_left = n++;
        status = process_assign(token);
        n_allocations_left = SIZE_MAX;
        assert_int_equal(token->in_use, tsr_ok(status));
    } while (status.code == STATUS_NO_MEMORY);
    expect_ok(status);
    assert_true(n > 1);
    (void)token_object_unref(token);
}

/* Thread and process rights of token.md 1.2. */
static void the_types_are_as_windows_reports_them(void **state)
{
    (void)state;

    assert_int_equal(object_type_thread.mapping.read, 0x20048);
    assert_int_equal(object_type_thread.mapping.write, 0x20437);
    assert_int_equal(object_type_thread.mapping.execute, 0x121800);
    assert_int_equal(object_type_thread.mapping.all, 0x1fffff);
    assert_int_equal(object_type_process.mapping.read, 0x20410);
    assert_int_equal(object_type_process.mapping.write, 0x20bea);
    assert_int_equal(object_type_process.mapping.execute, 0x121001);
    assert_int_equal(object_type_process.mapping.all, 0x1fffff);
}

static struct token_object *worn;

static void *exit_impersonating(void *argument)
{
    struct thread *thread = NULL;
    pid_t *id = argument;

    if (tsr_failed(thread_get_current(&thread))) {
        return NULL;
    }
    *id = thread->id;
    thread_swap_impersonation(
        thread,
        (struct impersonation){.token = token_object_ref(worn), .level = TSR_LEVEL_IMPERSONATION},
        NULL);
    return argument;
}

static void a_thread_that_exits_while_impersonating_leaks_nothing(void **state)
{
    (void)state;

    be(alice());
    worn = object_of(impersonating(bob(), TSR_LEVEL_IMPERSONATION));
    for (int i = 0; i < 100; i++) {
        pthread_t thread;
        pid_t id = 0;
        void *result = NULL;

        assert_int_equal(pthread_create(&thread, NULL, exit_impersonating, &id), 0);
        assert_int_equal(pthread_join(thread, &result), 0);
        assert_non_null(result);
        assert_true(id != 0 && id != getpid());
        assert_null(thread_find(id));
        assert_int_equal(n_references(worn), 1);
    }
    (void)token_object_unref(worn);
    assert_int_equal(session_count(LOGON_SESSION), 2); /* the process's token, and be()'s own */
}

static struct thread *kept;

static void *keep_oneself(void *argument)
{
    struct thread *thread = NULL;

    if (tsr_ok(thread_get_current(&thread))) {
        kept = thread_find(thread->id);
    }
    (void)exit_impersonating(argument);
    return NULL;
}

static void the_object_of_a_thread_that_ended_impersonates_nobody(void **state)
{
    struct impersonation impersonation;
    pthread_t thread;
    pid_t id = 0;

    (void)state;

    be(alice());
    worn = object_of(impersonating(bob(), TSR_LEVEL_IMPERSONATION));
    assert_int_equal(pthread_create(&thread, NULL, keep_oneself, &id), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_non_null(kept);
    thread_get_impersonation(kept, &impersonation);
    assert_null(impersonation.token);
    assert_int_equal(n_references(worn), 1);
    kept = thread_unref(kept);
    (void)token_object_unref(worn);
}

static void each_thread_has_one_object_that_others_find(void **state)
{
    struct thread *found;

    (void)state;

    assert_ptr_equal(this_thread(), this_thread());
    found = thread_find(gettid());
    assert_ptr_equal(found, this_thread());
    assert_null(thread_unref(found));
    assert_null(thread_find(1));
    assert_null(thread_unref(NULL));
}

/* @return the argument if the new thread acts by the process's token */
static void *begin_as_the_process(void *argument)
{
    struct thread *thread = NULL;
    struct impersonation impersonation;
    bool impersonates;

    if (tsr_failed(thread_get_current(&thread))) {
        return NULL;
    }
    thread_get_impersonation(thread, &impersonation);
    impersonates = impersonation.token != NULL;
    impersonation_deinit(&impersonation);
    return impersonates ? NULL : argument;
}

/* Covers T-IMP-28 [U]. */
static void t_imp_28_a_new_thread_does_not_impersonate(void **state)
{
    struct token_object *token;
    void *result = NULL;
    pthread_t thread;

    (void)state;

    be(alice());
    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    assert_int_equal(pthread_create(&thread, NULL, begin_as_the_process, token), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, token);
    assert_int_equal(n_references(token), 2);
    revert(this_thread());
    assert_int_equal(n_references(token), 1);
    (void)token_object_unref(token);
}

static void replacing_is_refused_if_the_thread_impersonates_another(void **state)
{
    struct token_object *other = object_of(bob());
    struct token_object *token;
    struct impersonation expected[5];

    (void)state;

    be(alice());
    token = act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        expected[i] = (struct impersonation){.token = token, .level = TSR_LEVEL_IMPERSONATION};
    }
    expected[0].token = other;
    expected[1].level = TSR_LEVEL_DELEGATION;
    expected[2].copy_on_open = true;
    expected[3].effective_only = true;
    for (size_t i = 0; i < 4; i++) {
        assert_false(thread_replace_impersonation(
            this_thread(), &expected[i], (struct impersonation){.token = token_object_ref(other)}));
        assert_int_equal(n_references(other), 2);
        (void)token_object_unref(other);
    }
    assert_true(thread_replace_impersonation(
        this_thread(), &expected[4], (struct impersonation){.token = token_object_ref(other)}));
    assert_int_equal(n_references(token), 1);
    revert(this_thread());
    assert_int_equal(n_references(other), 1);
    (void)token_object_unref(token);
    (void)token_object_unref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_ask_for_the_first_token_at_the_same_time_get_the_same),
        cmocka_unit_test(a_process_that_was_given_no_token_has_that_of_its_linux_identity),
        cmocka_unit_test(t_asg_10_assigning_the_token_in_use_again_changes_nothing),
        cmocka_unit_test(t_asg_11_a_token_in_use_elsewhere_is_refused_unless_it_is_as_good),
        cmocka_unit_test(an_assigned_token_takes_the_session_number_and_the_old_one_is_free_again),
        cmocka_unit_test(a_token_that_could_not_be_assigned_is_not_in_use),
        cmocka_unit_test(the_types_are_as_windows_reports_them),
        cmocka_unit_test(a_thread_that_exits_while_impersonating_leaks_nothing),
        cmocka_unit_test(the_object_of_a_thread_that_ended_impersonates_nobody),
        cmocka_unit_test(each_thread_has_one_object_that_others_find),
        cmocka_unit_test(t_imp_28_a_new_thread_does_not_impersonate),
        cmocka_unit_test(replacing_is_refused_if_the_thread_impersonates_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
