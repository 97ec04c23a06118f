/* SPDX-License-Identifier: MIT */
/* Tests of the gate, and of what threads act by (token.md 4). */

#include "object/impersonate.h"

#include "object/test-scene.h"
#include "token/test-allocation.h"

static tsr_token *alice_at(const tsr_sid *integrity)
{
    tsr_token_spec spec = alice_spec();

    spec.integrity = integrity;
    return token_of_spec(&spec);
}

static const tsr_sid low = {16, 1, {TSR_INTEGRITY_LOW}};

static tsr_token *service_enabled(void)
{
    return service(HELD);
}

static tsr_token *service_disabled(void)
{
    return service(0);
}

static tsr_token *alice_low(void)
{
    return alice_at(&low);
}

static tsr_token *alice_without_level(void)
{
    return alice_at(NULL);
}

static tsr_token *bob_of_alices_making(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    spec.origin = LOGON_SESSION;
    return token_of_spec(&spec);
}

static tsr_token *bob_of_others_making(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    spec.origin = LOGON_SESSION + 1;
    return token_of_spec(&spec);
}

/* Of the session that the origin 0 of others would match. */
static tsr_token *bob_without_session(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    spec.authentication_id = 0;
    return token_of_spec(&spec);
}

static tsr_token *anonymous(void)
{
    const tsr_token_spec spec = {.user = TSR_SID_ANONYMOUS, .authentication_id = SESSION_ANONYMOUS};

    return token_of_spec(&spec);
}

static tsr_token *bob_of_the_anonymous_session(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    spec.authentication_id = SESSION_ANONYMOUS;
    return token_of_spec(&spec);
}

static tsr_token *restricted_to_two(void)
{
    return restricted_to(alice(), EVERYONE, G1, 0);
}

static tsr_token *restricted_to_one(void)
{
    return restricted_to(alice(), EVERYONE, NULL, 0);
}

static tsr_token *restricted_to_another(void)
{
    return restricted_to(alice(), EVERYONE, G2, 0);
}

static tsr_token *restricted_to_nothing(void)
{
    return restricted_to(restricted_to_one(), G2, NULL, 0);
}

static tsr_token *restricted_for_writing(void)
{
    return restricted_to(alice(), EVERYONE, NULL, WRITE_RESTRICTED);
}

static tsr_token *elevated_at_medium(void)
{
    tsr_token_spec spec = alice_spec();

    spec.elevation = TSR_ELEVATION_FULL;
    return token_of_spec(&spec);
}

static tsr_token *contained(void)
{
    return alice_contained(false);
}

static tsr_token *less_contained(void)
{
    return alice_contained(true);
}

static tsr_token *contained_elsewhere(void)
{
    const tsr_sid package = sid_of("S-1-15-2-1-2-3-4-5-6-8");
    tsr_token_spec spec = alice_spec();

    spec.package = &package;
    return token_of_spec(&spec);
}

static tsr_token *alice_with_denied_groups(void)
{
    const tsr_sid groups[] = {sid_of(EVERYONE), sid_of(G1), sid_of(ALICE)};
    const tsr_token_filter_spec spec = {
        .flags = DISABLE_MAX_PRIVILEGE, .disable = groups, .n_disable = ARRAY_SIZE(groups)};

    return filtered(alice(), &spec);
}

static const struct gate_case {
    const char *name;
    tsr_token *(*process)(void);
    tsr_token *(*token)(void);
    tsr_impersonation_level level;
    enum gate expected;
} gate_cases[] = {
    {"G1: anybody may look at the anonymous level", alice, bob, TSR_LEVEL_ANONYMOUS, GATE_ALLOW},
    {"G1, T-IMP-5: anybody may identify", alice, bob, TSR_LEVEL_IDENTIFICATION, GATE_ALLOW},
    {"G2, T-IMP-6: the privilege", service_enabled, bob, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G2: also delegation", service_enabled, bob, TSR_LEVEL_DELEGATION, GATE_ALLOW},
    {"G2: whatever the token is", service_enabled, alice_elevated, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G2, T-IMP-7, T-APR-15: a disabled privilege is none", service_disabled, bob,
     TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G2: the privilege of the token is not that of the process", alice, service_enabled,
     TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G3, T-IMP-8: of our own making", alice, bob_of_alices_making, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G3, T-IMP-9: of others' making", alice, bob_of_others_making, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G3: of nobody's making, in no session", bob_without_session, alice, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G4: the anonymous token", alice, anonymous, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G4: somebody in the anonymous session", alice, bob_of_the_anonymous_session,
     TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G5, T-IMP-4: another user", alice, bob, TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G5: another user, delegation", alice, bob, TSR_LEVEL_DELEGATION, GATE_IDENTIFICATION},
    {"G9, T-IMP-10: oneself", alice, alice, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G6, T-IMP-13: restricted, as unrestricted", restricted_to_one, alice, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G6, T-IMP-14: unrestricted, as restricted", alice, restricted_to_one, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G6, T-IMP-15: restricted alike", restricted_to_one, restricted_to_one,
     TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G6: restricted more", restricted_to_two, restricted_to_one, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G6: restricted less", restricted_to_one, restricted_to_two, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G6: restricted otherwise", restricted_to_two, restricted_to_another, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G6: restricted to nothing", restricted_to_two, restricted_to_nothing, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G6: out of nothing", restricted_to_nothing, restricted_to_one, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G6: restricted, as restricted for writing only", restricted_to_one, restricted_for_writing,
     TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G6: restricted for writing only, as restricted", restricted_for_writing, restricted_to_one,
     TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G6: restricted for writing alike", restricted_for_writing, restricted_for_writing,
     TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G7, T-IMP-11: up in integrity", alice_low, alice, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G7: down in integrity", alice, alice_low, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G7: no level is the highest", alice, alice_without_level, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G7: from no level down", alice_without_level, alice, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G7 and G8, T-IMP-12: the limited as the full", alice_limited, alice_elevated,
     TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G8: elevated at one's own level", alice, elevated_at_medium, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G8: the elevated as the limited", alice_elevated, alice_limited, TSR_LEVEL_IMPERSONATION,
     GATE_ALLOW},
    {"G8: out of an AppContainer", contained, alice, TSR_LEVEL_IMPERSONATION, GATE_IDENTIFICATION},
    {"G8: into an AppContainer", alice, contained, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G8: in the same AppContainer", contained, contained, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G8: into another AppContainer", contained, contained_elsewhere, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G8: to less privilege", contained, less_contained, TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
    {"G8: out of less privilege", less_contained, contained, TSR_LEVEL_IMPERSONATION,
     GATE_IDENTIFICATION},
    {"G9: deny-only groups and removed privileges play no part", alice_with_denied_groups, alice,
     TSR_LEVEL_IMPERSONATION, GATE_ALLOW},
};

/* Covers T-LBX-11 [U]. */
static void the_gate_follows_its_rules(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(gate_cases); i++) {
        const struct gate_case *row = &gate_cases[i];
        tsr_token *process = row->process();
        tsr_token *token = row->token();
        const enum gate got = gate_decide(process, token, row->level);

        if (got != row->expected) {
            print_error("%s: got %d\n", row->name, (int)got);
            fail();
        }
        (void)tsr_token_unref(process);
        (void)tsr_token_unref(token);
    }
}

static tsr_status put_on(struct token_object *token, tsr_impersonation_level level,
                         enum downgrade downgrade)
{
    return impersonate(this_thread(), token, false, false, level, downgrade);
}

static void what_the_gate_lets_through_is_shared(void **state)
{
    struct token_object *token = object_of(impersonating(alice(), TSR_LEVEL_DELEGATION));
    struct impersonation impersonation;

    (void)state;

    be(alice());
    expect_ok(put_on(token, TSR_LEVEL_DELEGATION, DOWNGRADE_SILENTLY));
    thread_get_impersonation(this_thread(), &impersonation);
    assert_ptr_equal(impersonation.token, token);
    assert_int_equal(impersonation.level, TSR_LEVEL_DELEGATION);
    impersonation_deinit(&impersonation);
    revert(this_thread());
    assert_int_equal(n_references(token), 1);
    (void)token_object_unref(token);
}

static void what_it_does_not_is_a_private_copy_good_for_looking_at(void **state)
{
    struct token_object *token = object_of(impersonating(bob(), TSR_LEVEL_IMPERSONATION));
    struct impersonation impersonation;
    tsr_token *copy;

    (void)state;

    be(alice());
    expect_ok(put_on(token, TSR_LEVEL_IMPERSONATION, DOWNGRADE_SILENTLY));
    assert_int_equal(n_references(token), 1);
    thread_get_impersonation(this_thread(), &impersonation);
    assert_int_equal(impersonation.level, TSR_LEVEL_IDENTIFICATION);
    copy = token_object_get(impersonation.token);
    assert_int_equal(statistics_of(copy).level, TSR_LEVEL_IDENTIFICATION);
    assert_int_equal(statistics_of(copy).type, TSR_TOKEN_IMPERSONATION);
    assert_true(is_member(copy, BOB));
    assert_int_equal(statistics_of(copy).n_privileges, N_ALICE_PRIVILEGES);
    assert_int_equal(attributes_of(copy, G2), 0);
    (void)tsr_token_unref(copy);
    impersonation_deinit(&impersonation);
    revert(this_thread());
    (void)token_object_unref(token);
}

static void there_is_no_copy_of_a_token_whose_session_has_ended(void **state)
{
    struct token_object *token = bob_of_an_ended_session();
    struct impersonation impersonation;

    (void)state;

    be(alice());
    expect_status(STATUS_NO_SUCH_LOGON_SESSION,
                  put_on(token, TSR_LEVEL_IMPERSONATION, DOWNGRADE_SILENTLY));
    thread_get_impersonation(this_thread(), &impersonation);
    assert_null(impersonation.token);
    assert_int_equal(session_count(ENDED_SESSION), 0);
    (void)token_object_unref(token);
}

static void a_native_call_fails_instead_and_leaves_the_thread_as_it_was(void **state)
{
    struct token_object *token = object_of(impersonating(bob(), TSR_LEVEL_IMPERSONATION));
    struct token_object *before;
    struct impersonation impersonation;

    (void)state;

    be(alice());
    before = act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  put_on(token, TSR_LEVEL_IMPERSONATION, DOWNGRADE_FAILS));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  put_on(token, TSR_LEVEL_DELEGATION, DOWNGRADE_SILENTLY));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  put_on(token, (tsr_impersonation_level)4, DOWNGRADE_SILENTLY));
    thread_get_impersonation(this_thread(), &impersonation);
    assert_ptr_equal(impersonation.token, before);
    impersonation_deinit(&impersonation);
    assert_int_equal(n_references(token), 1);
    revert(this_thread());
    (void)token_object_unref(before);
    (void)token_object_unref(token);
}

/* Covers T-IMP-21. */
static void t_imp_21_reverting_goes_to_the_process_not_to_what_was_before(void **state)
{
    struct token_object *x = object_of(impersonating(alice(), TSR_LEVEL_IMPERSONATION));
    struct token_object *y = object_of(impersonating(alice(), TSR_LEVEL_IMPERSONATION));
    struct effective_token effective;

    (void)state;

    be(alice());
    expect_ok(put_on(x, TSR_LEVEL_IMPERSONATION, DOWNGRADE_FAILS));
    expect_ok(put_on(y, TSR_LEVEL_IMPERSONATION, DOWNGRADE_FAILS));
    assert_int_equal(n_references(x), 1);
    revert(this_thread());
    revert(this_thread());
    expect_ok(effective_token_of(this_thread(), &effective));
    assert_int_equal(effective.type, TSR_TOKEN_PRIMARY);
    effective_token_deinit(&effective);
    (void)token_object_unref(x);
    (void)token_object_unref(y);
}

static void t_imp_37_what_is_suspended_comes_back_without_the_gate(void **state)
{
    const struct impersonation none = {.token = NULL};
    struct impersonation suspended;
    struct impersonation restored;
    struct token_object *token;

    (void)state;

    be(alice());
    token = object_of(impersonating(bob(), TSR_LEVEL_IMPERSONATION));
    thread_swap_impersonation(this_thread(),
                              (struct impersonation){.token = token_object_ref(token),
                                                     .copy_on_open = true,
                                                     .effective_only = true,
                                                     .level = TSR_LEVEL_DELEGATION},
                              NULL);
    thread_swap_impersonation(this_thread(), none, &suspended);
    thread_get_impersonation(this_thread(), &restored);
    assert_null(restored.token);
    thread_swap_impersonation(this_thread(), suspended, NULL);
    thread_get_impersonation(this_thread(), &restored);
    assert_ptr_equal(restored.token, token);
    assert_true(restored.copy_on_open && restored.effective_only);
    assert_int_equal(restored.level, TSR_LEVEL_DELEGATION);
    impersonation_deinit(&restored);
    revert(this_thread());
    assert_int_equal(n_references(token), 1);
    (void)token_object_unref(token);
}

/* T-IMP-1 to -3, T-PRV-8: what each level of the thread permits (token.md 4.4). */
static void a_thread_opens_things_at_impersonation_and_above_only(void **state)
{
    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    for (tsr_impersonation_level level = TSR_LEVEL_ANONYMOUS; level <= TSR_LEVEL_DELEGATION;
         level++) {
        struct token_object *token =
            act_as(impersonating(service(HELD), TSR_LEVEL_DELEGATION), level);
        tsr_token *opener = NULL;
        uint64_t held = 42;

        expect_ok(caller_privileges(&held));
        if (level < TSR_LEVEL_IMPERSONATION) {
            expect_status(STATUS_BAD_IMPERSONATION_LEVEL, opening_token(&opener));
            assert_null(opener);
            assert_int_equal(held, 0);
        } else {
            expect_ok(opening_token(&opener));
            assert_true(is_member(opener, "S-1-5-20"));
            assert_int_equal(held, TSR_PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE));
        }
        (void)tsr_token_unref(opener);
        revert(this_thread());
        (void)token_object_unref(token);
    }
}

static void a_thread_that_does_not_impersonate_opens_as_its_process(void **state)
{
    tsr_token *opener = NULL;
    uint64_t held = 0;

    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    expect_ok(opening_token(&opener));
    assert_true(is_member(opener, ALICE));
    expect_ok(caller_privileges(&held));
    assert_int_equal(held, TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE) |
                               TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    (void)tsr_token_unref(opener);
}

/* Its first call, for which there is no memory. */
static void *open_without_memory(void *argument)
{
    tsr_token **ret_opener = argument;
    tsr_status status;

    n_allocations_left = 0;
    status = opening_token(ret_opener);
    n_allocations_left = SIZE_MAX;
    return status.code == STATUS_NO_MEMORY ? ret_opener : NULL;
}

static void a_thread_for_which_there_is_no_memory_opens_nothing(void **state)
{
    tsr_token *opener = NULL;
    void *refused = NULL;
    pthread_t thread;

    (void)state;

    be(alice());
    assert_int_equal(pthread_create(&thread, NULL, open_without_memory, &opener), 0);
    assert_int_equal(pthread_join(thread, &refused), 0);
    assert_ptr_equal(refused, &opener);
    assert_null(opener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gate_follows_its_rules),
        cmocka_unit_test(what_the_gate_lets_through_is_shared),
        cmocka_unit_test(what_it_does_not_is_a_private_copy_good_for_looking_at),
        cmocka_unit_test(there_is_no_copy_of_a_token_whose_session_has_ended),
        cmocka_unit_test(a_native_call_fails_instead_and_leaves_the_thread_as_it_was),
        cmocka_unit_test(t_imp_21_reverting_goes_to_the_process_not_to_what_was_before),
        cmocka_unit_test(t_imp_37_what_is_suspended_comes_back_without_the_gate),
        cmocka_unit_test(a_thread_opens_things_at_impersonation_and_above_only),
        cmocka_unit_test(a_thread_that_does_not_impersonate_opens_as_its_process),
        cmocka_unit_test(a_thread_for_which_there_is_no_memory_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
