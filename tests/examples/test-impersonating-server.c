/* SPDX-License-Identifier: MIT */
/* The failures of examples/win32/impersonating-server.c. */

#include "tests/examples/test-example.h"

int example_main(void);

#define main example_main
#include "examples/win32/impersonating-server.c"
#undef main

/* What serving this identity, which is then closed, comes to. */
static int serve_with(HANDLE take_identity)
{
    struct request request = {take_identity, 42};

    assert_null(serve(&request));
    expect_oneself();
    if (take_identity) {
        expect_true(CloseHandle(take_identity));
    }
    return request.result;
}

static void memory_that_is_short_is_a_failed_step(void **state)
{
    (void)state;

    be(alice());
    expect_safe_without_memory(example_main);
}

static void a_client_that_is_not_handed_over_is_not_served(void **state)
{
    (void)state;

    be(alice());
    assert_int_equal(serve_with(NULL), 1);
    assert_int_equal(serve_with(win_h(alice(), TOKEN_DUPLICATE)), 1);
    assert_int_equal(serve_with(win_h(alice(), TOKEN_QUERY)), 1);
}

/* Windows says that it impersonates somebody whom it may only look at. */
static void a_client_that_may_only_be_looked_at_is_not_acted_for(void **state)
{
    (void)state;

    be(alice());
    assert_int_equal(serve_with(win_h(bob(), TOKEN_QUERY | TOKEN_DUPLICATE)), 2);
    assert_int_equal(serve_with(win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION),
                                      TOKEN_QUERY | TOKEN_IMPERSONATE)),
                     2);
    be(alice_with(SE_IMPERSONATE_PRIVILEGE));
    assert_int_equal(serve_with(win_h(bob(), TOKEN_QUERY | TOKEN_DUPLICATE)), 0);
}

static void whoever_may_not_open_the_process_has_no_identity_to_hand_over(void **state)
{
    (void)state;

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION));
    assert_int_equal(example_main(), 6);
    revert(this_thread());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_is_short_is_a_failed_step),
        cmocka_unit_test(a_client_that_is_not_handed_over_is_not_served),
        cmocka_unit_test(a_client_that_may_only_be_looked_at_is_not_acted_for),
        cmocka_unit_test(whoever_may_not_open_the_process_has_no_identity_to_hand_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
