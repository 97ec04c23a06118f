/* SPDX-License-Identifier: MIT */
/* Tests of who may assign which primary token (token.md 3.15). */

#include "object/assignment.h"

#include "object/test-services.h"

/* The process's own token, as it is now. */
static tsr_token *own(void)
{
    struct token_object *object = NULL;
    tsr_token *token;

    expect_ok(process_get_token(&object));
    token = token_object_get(object);
    (void)token_object_unref(object);
    return token;
}

static void expect_assignable(bool is_assignable, tsr_token *take_token)
{
    const uint32_t expected = is_assignable ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD;

    expect_status(expected, check_assignment(take_token, ASSIGN_BY_ENABLED));
    expect_status(expected, check_assignment(take_token, ASSIGN_BY_HELD));
    (void)tsr_token_unref(take_token);
}

static tsr_token *less(tsr_token *take_token)
{
    return filtered(take_token, &(tsr_token_filter_spec){.flags = DISABLE_MAX_PRIVILEGE});
}

static tsr_token *duplicate(tsr_token *take_token)
{
    tsr_token *token = NULL;

    expect_ok(
        tsr_token_duplicate(take_token, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, false, &token));
    (void)tsr_token_unref(take_token);
    return token;
}

static void ones_own_token_and_what_was_made_of_it_are_free(void **state)
{
    (void)state;

    be(alice());
    expect_assignable(true, own());
    expect_assignable(true, duplicate(own()));
    expect_assignable(true, less(own()));
    expect_assignable(false, less(less(own())));
    be(less(alice()));
    expect_assignable(true, duplicate(own()));
}

/* All of the same logon session, and made of the same: none. */
static void a_sibling_that_is_more_is_no_sibling(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token_spec lowered = alice_spec();

    (void)state;

    lowered.integrity = &low;
    be(alice());
    expect_assignable(true, alice());
    expect_assignable(true, token_of_spec(&lowered));
    expect_assignable(false, bob());
    expect_assignable(false, alice_elevated());
    expect_assignable(false, alice_with(SE_DEBUG_PRIVILEGE));
    be(token_of_spec(&lowered));
    expect_assignable(false, alice());
    be(restricted_to(alice(), ALICE, EVERYONE, 0));
    expect_assignable(false, alice());
}

static tsr_token *without(tsr_token *take_token, const char *group)
{
    const tsr_sid disable = sid_of(group);

    return filtered(take_token, &(tsr_token_filter_spec){.disable = &disable, .n_disable = 1});
}

/* Two copies of one token, of which one has groups that only deny. */
static void a_group_that_only_denies_stays_so_in_the_family(void **state)
{
    tsr_token *const whole = alice();

    (void)state;

    be(without(tsr_token_ref(whole), G3));
    expect_assignable(true, without(tsr_token_ref(whole), G3));
    expect_assignable(true, without(own(), G1));
    expect_assignable(false, without(tsr_token_ref(whole), G1));
    expect_assignable(false, duplicate(tsr_token_ref(whole)));
    (void)tsr_token_unref(whole);
}

/* The groups of those that nothing was made of are anybody's guess. */
static void groups_count_where_there_is_no_parent(void **state)
{
    tsr_token_spec spec = alice_spec();

    (void)state;

    be(alice());
    spec.n_groups = ARRAY_SIZE(fixture_groups);
    expect_assignable(false, token_of_spec(&spec));
    spec.n_groups = N_ALICE_GROUPS - 1; /* G3 may be disabled */
    expect_assignable(true, token_of_spec(&spec));
    spec.groups++;
    spec.n_groups = N_ALICE_GROUPS - 1; /* Everyone may not */
    expect_assignable(false, token_of_spec(&spec));
    be(alice_limited());
    expect_assignable(false, alice());
}

static void what_the_process_gave_away_its_children_do_not_keep(void **state)
{
    const tsr_privilege_state removed = {SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_REMOVED};
    handle_t handle = HANDLE_NONE;
    tsr_token *child;

    (void)state;

    be(alice());
    child = without(own(), G3);
    expect_assignable(true, tsr_token_ref(child));
    expect_ok(
        service_open_process_token(HANDLE_CURRENT_PROCESS, TOKEN_ADJUST_PRIVILEGES, 0, &handle));
    expect_ok(service_adjust_privileges(handle, false, &removed, 1, NULL));
    expect_assignable(false, child);
    expect_ok(handle_close(handle));
}

static void another_session_is_another_family(void **state)
{
    tsr_token_spec spec = alice_spec();

    (void)state;

    spec.authentication_id = LOGON_SESSION + 7;
    be(alice());
    expect_assignable(false, token_of_spec(&spec));
}

static tsr_token *holder(uint32_t attributes)
{
    const tsr_privilege_state privilege = {SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, attributes};
    tsr_token_spec spec = alice_spec();

    spec.privileges = &privilege;
    spec.n_privileges = 1;
    return token_of_spec(&spec);
}

static void the_privilege_counts_if_enabled_or_held_as_it_is_asked(void **state)
{
    tsr_token *const other = bob();

    (void)state;

    be(holder(0));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, check_assignment(other, ASSIGN_BY_ENABLED));
    expect_ok(check_assignment(other, ASSIGN_BY_HELD));
    be(holder(HELD));
    expect_ok(check_assignment(other, ASSIGN_BY_ENABLED));
    expect_ok(check_assignment(other, ASSIGN_BY_HELD));
    be(alice_with(SE_INCREASE_QUOTA_PRIVILEGE));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, check_assignment(other, ASSIGN_BY_ENABLED));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, check_assignment(other, ASSIGN_BY_HELD));
    (void)tsr_token_unref(other);
}

static void who_impersonates_for_looking_at_only_has_no_privileges(void **state)
{
    tsr_token *const other = bob();
    struct token_object *token;

    (void)state;

    be(holder(HELD));
    token = act_as(impersonating(holder(HELD), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    expect_status(STATUS_PRIVILEGE_NOT_HELD, check_assignment(other, ASSIGN_BY_ENABLED));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, check_assignment(other, ASSIGN_BY_HELD));
    revert(this_thread());
    (void)token_object_unref(token);
    (void)tsr_token_unref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ones_own_token_and_what_was_made_of_it_are_free),
        cmocka_unit_test(a_sibling_that_is_more_is_no_sibling),
        cmocka_unit_test(a_group_that_only_denies_stays_so_in_the_family),
        cmocka_unit_test(groups_count_where_there_is_no_parent),
        cmocka_unit_test(what_the_process_gave_away_its_children_do_not_keep),
        cmocka_unit_test(another_session_is_another_family),
        cmocka_unit_test(the_privilege_counts_if_enabled_or_held_as_it_is_asked),
        cmocka_unit_test(who_impersonates_for_looking_at_only_has_no_privileges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
