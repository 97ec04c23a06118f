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

/* Whether a group with this SID stands in a token, deny-only or not. */
static bool has_group(const tsr_token *token, const tsr_sid *sid, bool is_deny_only)
{
    tsr_group group;

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if (tsr_sid_equal(&group.sid, sid) &&
            is_deny_only == !!(group.attributes & SE_GROUP_USE_FOR_DENY_ONLY)) {
            return true;
        }
    }
    return false;
}

static void expect_no_sid_gained(const tsr_token *before, const tsr_token *after)
{
    tsr_group old;
    tsr_group now;

    tsr_token_get_user(before, &old);
    tsr_token_get_user(after, &now);
    assert_true(tsr_sid_equal(&old.sid, &now.sid));
    assert_false(old.attributes & ~now.attributes);
    for (size_t i = 0; tsr_token_get_group(after, i, &now); i++) {
        const bool is_deny_only = now.attributes & SE_GROUP_USE_FOR_DENY_ONLY;

        assert_false(is_deny_only && now.attributes & SE_GROUP_ENABLED);
        assert_true(has_group(before, &now.sid, false) ||
                    (is_deny_only && has_group(before, &now.sid, true)));
    }
    for (size_t i = 0; tsr_token_get_group(before, i, &old); i++) {
        if (old.attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
            assert_true(has_group(after, &old.sid, true));
        }
    }
}

static void expect_no_privilege_gained(const tsr_token *before, const tsr_token *after)
{
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(after, i, &privilege); i++) {
        assert_true(privilege_of(before, privilege.luid) != ABSENT);
    }
}

static bool is_in_restricting(const tsr_token *token, const tsr_sid *sid)
{
    tsr_sid one;

    for (size_t i = 0; tsr_token_get_restricting(token, i, &one); i++) {
        if (tsr_sid_equal(&one, sid)) {
            return true;
        }
    }
    return false;
}

static void expect_no_restriction_lost(const tsr_token *before, const tsr_token *after)
{
    const uint32_t old = statistics_of(before).flags;
    const uint32_t now = statistics_of(after).flags;
    const uint32_t lasting = TSR_TOKEN_IS_RESTRICTED | TSR_TOKEN_IS_FILTERED;
    tsr_sid sid;

    assert_false(old & lasting & ~now);
    if (!(old & TSR_TOKEN_IS_RESTRICTED)) {
        return;
    }
    assert_true(old & TSR_TOKEN_WRITE_RESTRICTED || !(now & TSR_TOKEN_WRITE_RESTRICTED));
    for (size_t i = 0; tsr_token_get_restricting(after, i, &sid); i++) {
        assert_true(is_in_restricting(before, &sid));
    }
}

static void expect_no_level_gained(const tsr_token *before, const tsr_token *after)
{
    const tsr_token_statistics old = statistics_of(before);
    const tsr_token_statistics now = statistics_of(after);
    tsr_sid integrity_before;
    tsr_sid integrity_after;

    if (old.type == TSR_TOKEN_IMPERSONATION) {
        assert_true(now.type == TSR_TOKEN_PRIMARY || now.level <= old.level);
        assert_true(now.type == TSR_TOKEN_IMPERSONATION || old.level >= TSR_LEVEL_IMPERSONATION);
    }
    assert_false(old.mandatory_policy & ~now.mandatory_policy);
    assert_int_equal(now.session_id, old.session_id);
    assert_false(now.flags & ~old.flags & TSR_TOKEN_UI_ACCESS);
    if (tsr_token_get_integrity(before, &integrity_before)) {
        assert_true(tsr_token_get_integrity(after, &integrity_after));
        assert_true(integrity_after.sub_authorities[0] <= integrity_before.sub_authorities[0]);
    }
    if (tsr_token_get_package(before, &integrity_before, NULL)) {
        assert_true(tsr_token_get_package(after, &integrity_after, NULL));
    }
}

/* token.md 12 (b), for what tells that it changed nothing by returning the same token. */
static void expect_honest_ids(const tsr_token *before, const tsr_token *after, step taken)
{
    bool same = true;

    if (taken == step_adjust_groups || taken == step_adjust_privileges) {
        expect_ok(tsr_token_compare(before, after, &same));
        assert_int_equal(same, before == after);
        assert_int_equal(same,
                         statistics_of(before).modified_id == statistics_of(after).modified_id);
    }
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
    expect_no_sid_gained(take_token, after);
    expect_no_privilege_gained(take_token, after);
    expect_no_restriction_lost(take_token, after);
    expect_no_level_gained(take_token, after);
    expect_honest_ids(take_token, after, taken);
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
