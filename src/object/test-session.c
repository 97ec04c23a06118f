/* SPDX-License-Identifier: MIT */
/* Tests of logon sessions (token.md 2.5, 2.7). */

#include "object/session.h"

#include "object/test-scene.h"

#define SESSION UINT64_C(0x777001)

static size_t n_told;
static uint64_t told;

static void tell(void *context, uint64_t id)
{
    (void)context;
    n_told++;
    told = id;
}

static void tell_too(void *context, uint64_t id)
{
    (void)context;
    (void)id;
    n_told += 100;
}

static int setup(void **state)
{
    (void)state;
    n_told = 0;
    told = 0;
    return 0;
}

static tsr_token *token_in_session(uint64_t id)
{
    tsr_token_spec spec = alice_spec();

    spec.authentication_id = id;
    return token_of_spec(&spec);
}

static struct token_object *object_in_session(uint64_t id)
{
    tsr_token *token = token_in_session(id);
    struct token_object *object = NULL;

    expect_ok(token_object_new(token, NULL, &object));
    return object;
}

/* Covers T-OBJ-11. */
static void t_obj_11_the_last_token_of_a_marked_session_tells_once(void **state)
{
    struct token_object *token;
    handle_t handle = HANDLE_NONE;

    (void)state;

    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_add_routine(tell, NULL));
    expect_ok(tsr_session_mark(SESSION));
    token = object_in_session(SESSION);
    tsr_session_unref(SESSION);
    expect_ok(handle_open(&token->object, TOKEN_QUERY, 0, &handle));
    assert_int_equal(n_told, 0);

    expect_ok(handle_close(handle));
    assert_int_equal(n_told, 1);
    assert_int_equal(told, SESSION);
    assert_int_equal(session_count(SESSION), 0);
    expect_ok(tsr_session_remove_routine(tell, NULL));
}

/* Covers T-OBJ-12. */
static void t_obj_12_one_of_two_tokens_closed_tells_nobody(void **state)
{
    struct token_object *a;
    struct token_object *b;

    (void)state;

    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_add_routine(tell, NULL));
    expect_ok(tsr_session_mark(SESSION));
    a = object_in_session(SESSION);
    b = object_in_session(SESSION);
    tsr_session_unref(SESSION);
    (void)token_object_unref(a);
    assert_int_equal(n_told, 0);
    assert_int_equal(session_count(SESSION), 1);
    (void)token_object_unref(b);
    assert_int_equal(n_told, 1);
    expect_ok(tsr_session_remove_routine(tell, NULL));
}

/* Covers T-OBJ-13. */
static void t_obj_13_a_token_of_an_unknown_session_is_not_made(void **state)
{
    struct token_object *const untouched = (struct token_object *)(void *)&n_told;
    struct token_object *object = untouched;
    tsr_token *token = token_in_session(SESSION);

    (void)state;

    expect_status(STATUS_NO_SUCH_LOGON_SESSION, token_object_new(token, NULL, &object));
    assert_ptr_equal(object, untouched);
    assert_int_equal(session_count(SESSION), 0);
    (void)tsr_token_unref(token);
}

static void t_obj_14_a_token_leaves_its_session_once(void **state)
{
    struct token_object *token;

    (void)state;

    expect_ok(tsr_session_new(SESSION));
    token = object_in_session(SESSION);
    assert_int_equal(session_count(SESSION), 2);
    token_object_leave_session(token);
    token_object_leave_session(token);
    assert_int_equal(session_count(SESSION), 1);
    (void)token_object_unref(token);
    assert_int_equal(session_count(SESSION), 1);
    tsr_session_unref(SESSION);
}

static void a_session_that_nobody_marked_ends_in_silence(void **state)
{
    (void)state;

    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_add_routine(tell, NULL));
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 0);
    expect_ok(tsr_session_remove_routine(tell, NULL));
}

static void every_routine_is_told_and_a_removed_one_is_not(void **state)
{
    (void)state;

    expect_ok(tsr_session_add_routine(tell, NULL));
    expect_ok(tsr_session_add_routine(tell_too, NULL));
    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_mark(SESSION));
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 101);

    expect_ok(tsr_session_remove_routine(tell, NULL));
    expect_status(STATUS_NOT_FOUND, tsr_session_remove_routine(tell, NULL));
    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_mark(SESSION));
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 201);
    expect_ok(tsr_session_remove_routine(tell_too, NULL));
    expect_status(STATUS_INVALID_PARAMETER, tsr_session_add_routine(NULL, NULL));
    expect_status(STATUS_NOT_FOUND, tsr_session_remove_routine(NULL, NULL));
}

static void add_to(void *context, uint64_t id)
{
    uint64_t *sum = context;

    *sum += id;
}

static void a_routine_is_itself_together_with_its_context(void **state)
{
    uint64_t first = 0;
    uint64_t second = 0;
    uint64_t third = 0;

    (void)state;

    expect_ok(tsr_session_add_routine(add_to, &first));
    expect_ok(tsr_session_add_routine(add_to, &second));
    expect_ok(tsr_session_add_routine(add_to, &third));
    expect_ok(tsr_session_remove_routine(add_to, &first));
    expect_status(STATUS_NOT_FOUND, tsr_session_remove_routine(add_to, &first));
    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_mark(SESSION));
    tsr_session_unref(SESSION);
    assert_int_equal(first, 0);
    assert_int_equal(second, SESSION);
    assert_int_equal(third, SESSION);
    expect_ok(tsr_session_remove_routine(add_to, &second)); /* the last of both */
    expect_status(STATUS_NOT_FOUND, tsr_session_remove_routine(add_to, &second));
    expect_ok(tsr_session_remove_routine(add_to, &third));
}

static void leave(void *context, uint64_t id)
{
    (void)id;
    expect_ok(tsr_session_remove_routine(leave, context));
    n_told++;
}

/* Whoever is told may change who is. */
static void a_routine_may_remove_itself(void **state)
{
    (void)state;

    expect_ok(tsr_session_add_routine(leave, NULL));
    for (int i = 0; i < 2; i++) {
        expect_ok(tsr_session_new(SESSION));
        expect_ok(tsr_session_mark(SESSION));
        tsr_session_unref(SESSION);
    }
    assert_int_equal(n_told, 1);
}

/* Numbers that meet in one place of the table. */
static void sessions_are_told_apart_however_many_there_are(void **state)
{
    (void)state;

    for (uint64_t i = 1; i <= 5000; i++) {
        expect_ok(tsr_session_new(SESSION + (i << 10)));
    }
    for (uint64_t i = 1; i <= 5000; i++) {
        assert_int_equal(session_count(SESSION + (i << 10)), 1);
        tsr_session_unref(SESSION + (i << 10));
        assert_int_equal(session_count(SESSION + (i << 10)), 0);
    }
}

static void sessions_that_always_are_neither_begin_nor_end(void **state)
{
    const uint64_t permanent[] = {SESSION_SYSTEM, SESSION_ANONYMOUS, SESSION_LOCAL_SERVICE,
                                  SESSION_NETWORK_SERVICE};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(permanent); i++) {
        expect_status(STATUS_LOGON_SESSION_EXISTS, tsr_session_new(permanent[i]));
        expect_ok(tsr_session_ref(permanent[i]));
        expect_ok(session_join(permanent[i]));
        expect_ok(tsr_session_mark(permanent[i]));
        tsr_session_unref(permanent[i]);
        tsr_session_unref(permanent[i]);
        tsr_session_unref(permanent[i]);
        expect_ok(tsr_session_ref(permanent[i]));
    }
}

static void what_is_asked_of_unknown_sessions_fails(void **state)
{
    tsr_token *token = alice();
    tsr_token *linked = NULL;

    (void)state;

    expect_status(STATUS_NO_SUCH_LOGON_SESSION, tsr_session_ref(SESSION));
    expect_status(STATUS_NOT_FOUND, tsr_session_mark(SESSION));
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, tsr_session_link(SESSION, token));
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, session_get_linked(SESSION, &linked));
    assert_null(linked);
    (void)tsr_token_unref(token);
}

static void a_session_keeps_the_other_token_of_its_pair(void **state)
{
    tsr_token *token = alice();
    tsr_token *linked = NULL;

    (void)state;

    expect_ok(tsr_session_new(SESSION));
    expect_status(STATUS_LOGON_SESSION_EXISTS, tsr_session_new(SESSION));
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, session_get_linked(SESSION, &linked));
    expect_ok(tsr_session_link(SESSION, token));
    expect_ok(tsr_session_link(SESSION, token));
    expect_ok(session_get_linked(SESSION, &linked));
    assert_ptr_equal(linked, token);
    (void)tsr_token_unref(linked);
    tsr_session_unref(SESSION);
    assert_int_equal(token->n_refs, 1);
    (void)tsr_token_unref(token);
}

static void joining_begins_a_session_that_is_not_there(void **state)
{
    (void)state;

    expect_ok(session_join(SESSION));
    expect_ok(session_join(SESSION));
    assert_int_equal(session_count(SESSION), 2);
    tsr_session_unref(SESSION);
    tsr_session_unref(SESSION);
    assert_int_equal(session_count(SESSION), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(t_obj_11_the_last_token_of_a_marked_session_tells_once, setup),
        cmocka_unit_test_setup(t_obj_12_one_of_two_tokens_closed_tells_nobody, setup),
        cmocka_unit_test_setup(t_obj_13_a_token_of_an_unknown_session_is_not_made, setup),
        cmocka_unit_test_setup(t_obj_14_a_token_leaves_its_session_once, setup),
        cmocka_unit_test_setup(a_session_that_nobody_marked_ends_in_silence, setup),
        cmocka_unit_test_setup(every_routine_is_told_and_a_removed_one_is_not, setup),
        cmocka_unit_test_setup(a_routine_is_itself_together_with_its_context, setup),
        cmocka_unit_test_setup(a_routine_may_remove_itself, setup),
        cmocka_unit_test_setup(sessions_are_told_apart_however_many_there_are, setup),
        cmocka_unit_test_setup(sessions_that_always_are_neither_begin_nor_end, setup),
        cmocka_unit_test_setup(what_is_asked_of_unknown_sessions_fails, setup),
        cmocka_unit_test_setup(a_session_keeps_the_other_token_of_its_pair, setup),
        cmocka_unit_test_setup(joining_begins_a_session_that_is_not_there, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
