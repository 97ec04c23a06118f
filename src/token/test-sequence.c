/* SPDX-License-Identifier: MIT */
/*
 * Properties of everything that makes one token of another (token.md 12)
 *
 * However it is duplicated, filtered, adjusted, set, split and contained by a caller without
 * privileges, a token never gains a SID, a privilege, a level or a policy less, and never loses a
 * restriction or a denial. No call changes the token it was given.
 */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-gain.h"
#include "token/test-random.h"

#define N_SEQUENCES 3000
#define N_STEPS     6

static tsr_status step_duplicate(tsr_token *token, tsr_token **ret_token)
{
    return tsr_token_duplicate(token, (tsr_token_type)(1 + random_below(2)),
                               (tsr_impersonation_level)random_below(5), random_below(2),
                               ret_token);
}

static tsr_status step_filter(tsr_token *token, tsr_token **ret_token)
{
    const tsr_sid disable = random_sid();
    const tsr_group restrict_to = {random_sid(), 0};
    const uint32_t privilege = random_below(40);
    const tsr_token_filter_spec spec = {
        .flags = random_below(17),
        .disable = &disable,
        .n_disable = random_below(2),
        .delete_privileges = &privilege,
        .n_delete_privileges = random_below(2),
        .restrict_to = &restrict_to,
        .n_restrict_to = random_below(2),
    };

    return tsr_token_filter(token, &spec, ret_token);
}

static tsr_status step_adjust_privileges(tsr_token *token, tsr_token **ret_token)
{
    const tsr_privilege_state changes[] = {{random_below(40), random_below(8)},
                                           {SE_BACKUP_PRIVILEGE, random_below(8)}};
    tsr_privilege_state room[4];
    tsr_previous_privileges previous = {.states = room, .n_max = random_below(5)};

    return tsr_token_adjust_privileges(token, random_below(8) == 0, changes, 1 + random_below(2),
                                       random_below(2) ? &previous : NULL, ret_token);
}

static tsr_status step_adjust_groups(tsr_token *token, tsr_token **ret_token)
{
    const tsr_group changes[] = {{random_sid(), random_attributes()},
                                 {random_sid(), random_attributes()}};
    tsr_group room[MAX_GROUPS];
    tsr_previous_groups previous = {.groups = room, .n_max = random_below(MAX_GROUPS + 1)};

    return tsr_token_adjust_groups(token, random_below(8) == 0, changes, 1 + random_below(2),
                                   random_below(2) ? &previous : NULL, ret_token);
}

static tsr_status step_set_owner(tsr_token *token, tsr_token **ret_token)
{
    const tsr_sid sid = random_sid();

    return random_below(2) ? tsr_token_set_owner(token, &sid, ret_token)
                           : tsr_token_set_primary_group(token, &sid, ret_token);
}

static tsr_status step_set_integrity(tsr_token *token, tsr_token **ret_token)
{
    const tsr_sid sid = TSR_SID_INTEGRITY(random_below(6) * 0x1000);

    return tsr_token_set_integrity(token, &sid, 0, ret_token);
}

static tsr_status step_set_dacl(tsr_token *token, tsr_token **ret_token)
{
    uint8_t *bytes = NULL;
    const tsr_sd sd = random_sd(true, &bytes);
    const tsr_status status =
        tsr_token_set_default_dacl(token, sd.dacl.bytes ? &sd.dacl : NULL, ret_token);

    free(bytes);
    return status;
}

static tsr_status step_set_unprivileged(tsr_token *token, tsr_token **ret_token)
{
    switch (random_below(5)) {
    case 0:
        return tsr_token_set_session_id(token, 7, 0, ret_token);
    case 1:
        return tsr_token_set_mandatory_policy(token, random_below(4), 0, ret_token);
    case 2:
        return tsr_token_set_ui_access(token, true, 0, ret_token);
    case 3:
        return tsr_token_set_origin(token, 7, 0, ret_token);
    default:
        return tsr_token_set_virtualization_enabled(token, true, ret_token);
    }
}

static tsr_status step_contain(tsr_token *token, tsr_token **ret_token)
{
    const tsr_lowbox_spec spec = {
        .package = {15, random_below(2) ? 8 : 12, {2, 1, 2, 3, 4, 5, 6, 7}},
        .capabilities = fixture_capabilities,
        .n_capabilities = random_below(3),
    };

    return tsr_token_new_lowbox(token, &spec, ret_token);
}

static tsr_status step_split(tsr_token *token, tsr_token **ret_token)
{
    return tsr_token_split(token, 7, ret_token);
}

typedef tsr_status (*step)(tsr_token *token, tsr_token **ret_token);

static const step steps[] = {
    step_duplicate,     step_filter,   step_adjust_privileges, step_adjust_groups, step_set_owner,
    step_set_integrity, step_set_dacl, step_set_unprivileged,  step_contain,       step_split,
};

static bool adjusts(step taken)
{
    return taken == step_adjust_groups || taken == step_adjust_privileges;
}

static bool sets(step taken)
{
    return taken == step_set_owner || taken == step_set_integrity || taken == step_set_dacl;
}

/* Only a filter narrows a restricting list; everything else keeps it. */
static void expect_same_restricting(const tsr_token *before, const tsr_token *after)
{
    const size_t n = statistics_of(before).n_restricting;
    tsr_sid old;
    tsr_sid now;

    assert_int_equal(statistics_of(after).n_restricting, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(tsr_token_get_restricting(before, i, &old));
        assert_true(tsr_token_get_restricting(after, i, &now));
        assert_true(tsr_sid_equal(&old, &now));
    }
}

/* An object in another state is told by its modified id; other objects have ids of their own, or
 * that of what they are a duplicate of. */
static void expect_ids_of(const tsr_token *before, const tsr_token *after, step taken)
{
    const tsr_token_statistics old = statistics_of(before);
    const tsr_token_statistics now = statistics_of(after);
    bool same = true;

    if (adjusts(taken)) {
        expect_ok(tsr_token_compare(before, after, &same));
        assert_int_equal(same, before == after);
        expect_honest_ids(before, after, false);
    } else if (sets(taken)) {
        expect_honest_ids(before, after, true);
    } else {
        assert_int_equal(now.modified_id == old.modified_id, taken == step_duplicate);
    }
    assert_int_equal(now.token_id == old.token_id, adjusts(taken) || sets(taken));
}

/* @take_token after one step; the same if the step is refused. */
static tsr_token *after_step(tsr_token *take_token, step taken, size_t *n_taken)
{
    char *const dump = dump_of(take_token);
    tsr_token *after = NULL;
    const tsr_status status = taken(take_token, &after);
    char *const again = dump_of(take_token);

    assert_string_equal(dump, again);
    free(again);
    free(dump);
    if (tsr_failed(status)) {
        assert_null(after);
        return take_token;
    }
    (*n_taken)++;
    expect_nothing_gained(take_token, after);
    if (taken != step_filter) {
        expect_same_restricting(take_token, after);
    }
    expect_ids_of(take_token, after, taken);
    tsr_token_unref(take_token);
    return after;
}

static void no_sequence_of_changes_gains_anything(void **state)
{
    size_t n_taken[ARRAY_SIZE(steps)] = {0};

    (void)state;

    for (size_t i = 0; i < N_SEQUENCES; i++) {
        tsr_token *token = random_below(16) ? random_token() : alice_elevated();

        for (size_t j = 0; j < N_STEPS; j++) {
            const uint32_t n = random_below(ARRAY_SIZE(steps));

            token = after_step(token, steps[n], &n_taken[n]);
        }
        tsr_token_unref(token);
    }
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        if (steps[i] != step_set_unprivileged) {
            assert_true(n_taken[i] > 0);
        } else {
            assert_int_equal(n_taken[i], 0);
        }
    }
}

/* Denials are left out: one for a restricting SID that drops out no longer applies. */
static void what_enables_nothing_is_granted_no_more(void **state)
{
    static const step narrowing[] = {step_duplicate,     step_filter,  step_set_owner,
                                     step_set_integrity, step_contain, step_split};
    size_t n_taken = 0;

    (void)state;

    for (size_t i = 0; i < N_PROPERTY_RUNS; i++) {
        tsr_token *token = random_token();
        tsr_token *after = tsr_token_ref(token);
        tsr_sid self;
        const tsr_access_request request = random_request(&self);
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(false, &bytes);

        for (size_t j = 0; j < 1 + i % 3; j++) {
            after = after_step(after, narrowing[random_below(ARRAY_SIZE(narrowing))], &n_taken);
        }
        assert_false(tsr_token_access_check(after, &sd, &request).granted &
                     ~tsr_token_access_check(token, &sd, &request).granted);
        free(bytes);
        tsr_token_unref(after);
        tsr_token_unref(token);
    }
    assert_true(n_taken > N_PROPERTY_RUNS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sequence_of_changes_gains_anything),
        cmocka_unit_test(what_enables_nothing_is_granted_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
