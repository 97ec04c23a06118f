/* SPDX-License-Identifier: MIT */
/* Tests of making AppContainers: the rows T-LBX of token.md 8. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"

#define CHILD        PACKAGE "-8-9-10-11"
#define OTHER        "S-1-15-2-1-2-3-4-5-6-8"
#define OTHER_CHILD  OTHER "-8-9-10-11"
#define CAPABILITY_1 "S-1-15-3-1"
#define CAPABILITY_2 "S-1-15-3-2"

static tsr_lowbox_spec spec_of(const char *package)
{
    return (tsr_lowbox_spec){.package = sid_of(package)};
}

static tsr_token *contained_by(tsr_token *take_base, const tsr_lowbox_spec *spec)
{
    tsr_token *token = NULL;

    expect_ok(tsr_token_new_lowbox(take_base, spec, &token));
    tsr_token_unref(take_base);
    return token;
}

static tsr_token *contained(tsr_token *take_base)
{
    const tsr_lowbox_spec spec = spec_of(PACKAGE);

    return contained_by(take_base, &spec);
}

/* Covers T-LBX-1, T-LBX-6. */
static void t_lbx_1_6_a_package_without_capabilities_is_low(void **state)
{
    tsr_token *base = alice_elevated();
    tsr_token *token = contained(tsr_token_ref(base));
    const tsr_token_statistics statistics = statistics_of(token);
    bool less_privileged = true;
    tsr_sid sid;

    (void)state;

    assert_true(tsr_token_get_package(token, &sid, &less_privileged));
    expect_sid(PACKAGE, &sid);
    assert_false(less_privileged);
    assert_int_equal(statistics.n_capabilities, 0);
    assert_true(tsr_token_get_integrity(token, &sid));
    assert_int_equal(sid.sub_authorities[0], TSR_INTEGRITY_LOW);
    assert_true(statistics.mandatory_policy & TSR_POLICY_NO_WRITE_UP);
    assert_true(tsr_token_access_flags(token) & TSR_TOKEN_LOWBOX);
    assert_int_equal(statistics.n_privileges, N_ALICE_PRIVILEGES);
    assert_int_equal(attributes_of(token, G1), 0x6);
    assert_true(statistics.token_id != statistics_of(base).token_id);
    assert_true(statistics.modified_id != statistics_of(base).modified_id);
    assert_true(statistics.parent_token_id == statistics_of(base).token_id);
    tsr_token_unref(token);
    tsr_token_unref(base);
}

/* Covers T-LBX-2. */
static void t_lbx_2_capabilities_keep_order_and_attributes(void **state)
{
    const tsr_group capabilities[] = {{sid_of(CAPABILITY_2), SE_GROUP_ENABLED},
                                      {sid_of(CAPABILITY_1), 0}};
    tsr_lowbox_spec spec = spec_of(PACKAGE);
    tsr_token *token;
    tsr_group group;

    (void)state;

    spec.capabilities = capabilities;
    spec.n_capabilities = ARRAY_SIZE(capabilities);
    token = contained_by(alice(), &spec);

    for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++) {
        assert_true(tsr_token_get_capability(token, i, &group));
        assert_true(tsr_sid_equal(&group.sid, &capabilities[i].sid));
        assert_int_equal(group.attributes, capabilities[i].attributes);
    }
    assert_int_equal(statistics_of(token).n_capabilities, 2);
    tsr_token_unref(token);
}

/* Covers T-LBX-3, T-LBX-4. */
static void t_lbx_3_4_restrictions_type_and_level_are_kept(void **state)
{
    tsr_token *token = contained(
        impersonating(restricted_to(alice(), EVERYONE, NULL, 0), TSR_LEVEL_IMPERSONATION));

    (void)state;

    expect_restricting(token, EVERYONE);
    assert_int_equal(statistics_of(token).type, TSR_TOKEN_IMPERSONATION);
    assert_int_equal(statistics_of(token).level, TSR_LEVEL_IMPERSONATION);
    tsr_token_unref(token);
}

/* The labels let a low token write. Covers T-LBX-7, T-LBX-8, T-LBX-9. */
static void t_lbx_7_8_9_both_principals_must_be_allowed(void **state)
{
    static const struct {
        const char *id;
        const char *sddl;
        bool may_read;
    } rows[] = {
        {"T-LBX-7", "O:SYG:SYD:(A;;FA;;;" ALICE ")(A;;FR;;;S-1-15-2-1)S:(ML;;NW;;;LW)", true},
        {"T-LBX-8", "O:SYG:SYD:(A;;FR;;;" ALICE ")(A;;FA;;;" PACKAGE ")S:(ML;;NW;;;LW)", true},
        {"T-LBX-9", "O:SYG:SYD:(A;;FA;;;" ALICE ")S:(ML;;NW;;;LW)", false},
    };
    tsr_token *token = contained(alice());

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("# %s\n", rows[i].id);
        assert_int_equal(tsr_ok(check_file(token, rows[i].sddl, FILE_READ_DATA).status),
                         rows[i].may_read);
        expect_status(STATUS_ACCESS_DENIED,
                      check_file(token, rows[i].sddl, FILE_WRITE_DATA).status);
    }
    tsr_token_unref(token);
}

static void t_lbx_10_others_have_no_package(void **state)
{
    tsr_token *token = alice();
    tsr_sid package;

    (void)state;

    assert_false(tsr_token_get_package(token, &package, NULL));
    assert_false(tsr_token_access_flags(token) & TSR_TOKEN_LOWBOX);
    tsr_token_unref(token);
}

static void a_level_below_low_and_none_are_minded(void **state)
{
    const tsr_sid untrusted = TSR_SID_INTEGRITY(TSR_INTEGRITY_UNTRUSTED);
    tsr_token_spec spec = alice_spec();
    tsr_token *token;
    tsr_sid integrity;

    (void)state;

    spec.integrity = &untrusted;
    spec.mandatory_policy = 0;
    token = contained(token_of_spec(&spec));
    assert_true(tsr_token_get_integrity(token, &integrity));
    assert_int_equal(integrity.sub_authorities[0], TSR_INTEGRITY_UNTRUSTED);
    assert_int_equal(statistics_of(token).mandatory_policy, TSR_POLICY_NO_WRITE_UP);
    tsr_token_unref(token);

    spec.integrity = NULL;
    token = contained(token_of_spec(&spec));
    assert_true(tsr_token_get_integrity(token, &integrity));
    assert_int_equal(integrity.sub_authorities[0], TSR_INTEGRITY_LOW);
    assert_int_equal(statistics_of(token).mandatory_policy, TSR_POLICY_NO_WRITE_UP);
    tsr_token_unref(token);
}

static void ui_access_does_not_get_into_a_container(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.flags = TSR_TOKEN_UI_ACCESS | TSR_TOKEN_VIRTUALIZE_ALLOWED;
    token = contained(token_of_spec(&spec));

    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_VIRTUALIZE_ALLOWED);
    tsr_token_unref(token);
}

/* Unverified: the statuses. */
static void other_forms_are_refused(void **state)
{
    static const char *const packages[] = {"S-1-15-2-1-2-3-4-5-6", "S-1-15-2-1-2-3-4-5-6-7-8",
                                           "S-1-15-3-1-2-3-4-5-6-7", "S-1-5-2-1-2-3-4-5-6-7",
                                           CHILD};
    const tsr_group faulty[] = {{sid_of("S-1-15-2-1"), SE_GROUP_ENABLED},
                                {sid_of("S-1-15-3"), SE_GROUP_ENABLED},
                                {sid_of("S-1-5-3-1"), SE_GROUP_ENABLED},
                                {{15, 16, {3, 1}}, SE_GROUP_ENABLED},
                                {sid_of(CAPABILITY_1), SE_GROUP_MANDATORY}};
    tsr_token *base = alice();
    tsr_token *token = NULL;
    tsr_lowbox_spec spec;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
        spec = spec_of(packages[i]);
        expect_refused(STATUS_INVALID_PARAMETER, base, token,
                       tsr_token_new_lowbox(base, &spec, &token));
    }
    spec = spec_of(PACKAGE);
    for (size_t i = 0; i < ARRAY_SIZE(faulty); i++) {
        spec.capabilities = &faulty[i];
        spec.n_capabilities = 1;
        expect_refused(STATUS_INVALID_PARAMETER, base, token,
                       tsr_token_new_lowbox(base, &spec, &token));
    }
    spec.n_capabilities = TSR_TOKEN_GROUPS_MAX + 1;
    expect_refused(STATUS_INVALID_PARAMETER, base, token,
                   tsr_token_new_lowbox(base, &spec, &token));
    spec.capabilities = NULL;
    spec.n_capabilities = 1;
    expect_refused(STATUS_INVALID_PARAMETER, base, token,
                   tsr_token_new_lowbox(base, &spec, &token));
    tsr_token_unref(base);
}

/* Unverified: token.md 8. */
static void inside_a_container_only_a_child_is_made(void **state)
{
    static const char *const others[] = {PACKAGE, OTHER, OTHER_CHILD};
    tsr_token *base = contained(alice());
    tsr_token *token = NULL;
    tsr_token *child;
    tsr_lowbox_spec spec;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        spec = spec_of(others[i]);
        expect_refused(STATUS_ACCESS_DENIED, base, token,
                       tsr_token_new_lowbox(base, &spec, &token));
    }
    spec = spec_of(CHILD);
    child = contained_by(base, &spec);
    expect_refused(STATUS_ACCESS_DENIED, child, token, tsr_token_new_lowbox(child, &spec, &token));
    tsr_token_unref(child);
}

/* Ours: a child can do no more than its parent. */
static void a_child_has_no_capability_that_its_parent_lacks(void **state)
{
    const tsr_group capabilities[] = {{sid_of(CAPABILITY_1), SE_GROUP_ENABLED},
                                      {sid_of(CAPABILITY_2), 0}};
    tsr_lowbox_spec spec = spec_of(PACKAGE);
    tsr_token *parent;
    tsr_token *child = NULL;
    bool less_privileged = false;
    tsr_sid package;

    (void)state;

    spec.capabilities = capabilities;
    spec.n_capabilities = 2;
    spec.less_privileged = true;
    parent = contained_by(alice(), &spec);

    spec.package = sid_of(CHILD);
    spec.less_privileged = false;
    expect_refused(STATUS_ACCESS_DENIED, parent, child,
                   tsr_token_new_lowbox(parent, &spec, &child));
    spec.n_capabilities = 1;
    child = contained_by(parent, &spec);
    assert_true(tsr_token_get_package(child, &package, &less_privileged));
    expect_sid(CHILD, &package);
    assert_true(less_privileged);
    tsr_token_unref(child);
}

static void running_out_of_memory_makes_no_token(void **state)
{
    const tsr_lowbox_spec spec = spec_of(PACKAGE);
    tsr_token *base = alice();
    tsr_token *token = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(token, tsr_token_new_lowbox(base, &spec, &token));
    tsr_token_unref(token);
    tsr_token_unref(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_lbx_1_6_a_package_without_capabilities_is_low),
        cmocka_unit_test(t_lbx_2_capabilities_keep_order_and_attributes),
        cmocka_unit_test(t_lbx_3_4_restrictions_type_and_level_are_kept),
        cmocka_unit_test(t_lbx_7_8_9_both_principals_must_be_allowed),
        cmocka_unit_test(t_lbx_10_others_have_no_package),
        cmocka_unit_test(a_level_below_low_and_none_are_minded),
        cmocka_unit_test(ui_access_does_not_get_into_a_container),
        cmocka_unit_test(other_forms_are_refused),
        cmocka_unit_test(inside_a_container_only_a_child_is_made),
        cmocka_unit_test(a_child_has_no_capability_that_its_parent_lacks),
        cmocka_unit_test(running_out_of_memory_makes_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
