/* SPDX-License-Identifier: MIT */
/* The failures of examples/win32/private-object.c. */

#include "tests/examples/test-example.h"

int example_main(void);

#define main example_main
#include "examples/win32/private-object.c"
#undef main

static void memory_that_is_short_is_a_failed_step(void **state)
{
    (void)state;

    be(alice());
    expect_safe_without_memory(example_main);
}

static void who_may_not_open_the_process_is_no_client(void **state)
{
    (void)state;

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION));
    assert_int_equal(example_main(), 1);
    revert(this_thread());
}

static void a_client_that_cannot_be_judged_may_do_nothing(void **state)
{
    HANDLE blind = win_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    HANDLE primary = win_h(alice(), TOKEN_QUERY);
    HANDLE client = NULL;
    PSECURITY_DESCRIPTOR door;
    (void)state;

    be(alice());
    assert_int_equal(open_client(&client), TRUE);
    door = make_door(client);
    assert_non_null(door);

    assert_int_equal(may(door, client, DOOR_LOOK), TRUE);
    assert_int_equal(may(door, client, DOOR_LOOK | DOOR_OPEN), FALSE);
    assert_int_equal(may(door, blind, DOOR_LOOK), FALSE);
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_int_equal(may(door, primary, DOOR_LOOK), FALSE);
    assert_int_equal(GetLastError(), ERROR_NO_IMPERSONATION_TOKEN);
    assert_int_equal(may(door, NULL, DOOR_LOOK), FALSE);
    assert_int_equal(may(NULL, client, DOOR_LOOK), FALSE);
    assert_null(make_door(blind));

    expect_true(DestroyPrivateObjectSecurity(&door));
    expect_true(CloseHandle(client));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(blind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_is_short_is_a_failed_step),
        cmocka_unit_test(who_may_not_open_the_process_is_no_client),
        cmocka_unit_test(a_client_that_cannot_be_judged_may_do_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
