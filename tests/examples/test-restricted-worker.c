/* SPDX-License-Identifier: MIT */
/* The failures of examples/win32/restricted-worker.c. */

#include "tests/examples/test-example.h"

int example_main(void);

#define main example_main
#include "examples/win32/restricted-worker.c"
#undef main

static void memory_that_is_short_is_a_failed_step(void **state)
{
    (void)state;

    be(alice());
    expect_safe_without_memory(example_main);
}

/* Whoever impersonates for looking at only opens nothing. */
static void who_may_not_open_the_process_makes_no_worker(void **state)
{
    HANDLE worker = NULL;
    (void)state;

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION));
    assert_int_equal(make_restricted(&worker), FALSE);
    assert_null(worker);
    assert_int_equal(example_main(), 1);
    revert(this_thread());
}

static void a_token_that_is_not_restricted_is_not_harmless(void **state)
{
    (void)state;

    be(alice());
    assert_int_equal(is_harmless(), FALSE); /* no token */
    (void)token_object_unref(
        act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION));
    assert_int_equal(is_harmless(), FALSE);
    revert(this_thread());
}

/* What a worker may not have done: keep its privileges. */
static void a_restricted_token_with_privileges_is_not_harmless(void **state)
{
    tsr_token *restricted = restricted_to(alice_with(SE_SECURITY_PRIVILEGE), EVERYONE, NULL, 0);
    (void)state;

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(restricted, TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION));
    assert_int_equal(is_harmless(), FALSE);
    revert(this_thread());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_is_short_is_a_failed_step),
        cmocka_unit_test(who_may_not_open_the_process_makes_no_worker),
        cmocka_unit_test(a_token_that_is_not_restricted_is_not_harmless),
        cmocka_unit_test(a_restricted_token_with_privileges_is_not_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
