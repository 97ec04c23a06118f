/* SPDX-License-Identifier: MIT */
/* Tests of filtering (token.md 3.6). */

#include "token/token.h"

#include "token/test-allocation.h"
#include "token/test-fixtures.h"
#include "token/test-random.h"

/* @take_token with one SID disabled. */
static tsr_token *disabled(tsr_token *take_token, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);
    const tsr_token_filter_spec spec = {.disable = &sid, .n_disable = 1};

    return filtered(take_token, &spec);
}

static tsr_token *with_flags(tsr_token *take_token, uint32_t flags)
{
    const tsr_token_filter_spec spec = {.flags = flags};

    return filtered(take_token, &spec);
}

static bool is_restricted(const tsr_token *token)
{
    return statistics_of(token).flags & TSR_TOKEN_IS_RESTRICTED;
}

static bool is_write_restricted(const tsr_token *token)
{
    return statistics_of(token).flags & TSR_TOKEN_WRITE_RESTRICTED;
}

/* Covers T-FLT-1. */
static void t_flt_1_a_disabled_group_is_deny_only_and_no_member(void **state)
{
    tsr_token *token = disabled(impersonating(alice(), TSR_LEVEL_IMPERSONATION), G1);

    (void)state;

    assert_int_equal(attributes_of(token, G1), SE_GROUP_USE_FOR_DENY_ONLY);
    assert_false(is_member(token, G1));
    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;" G1 ")", FILE_READ_DATA).status.code,
                     STATUS_ACCESS_DENIED);
    assert_int_equal(
        check_file(token, "O:SYG:SYD:(D;;FA;;;" G1 ")(A;;FA;;;WD)", FILE_READ_DATA).status.code,
        STATUS_ACCESS_DENIED);
    tsr_token_unref(token);
}

/* Covers T-FLT-2, T-FLT-3. */
static void t_flt_2_and_3_type_and_level_are_the_sources(void **state)
{
    tsr_token *impersonation = with_flags(impersonating(alice(), TSR_LEVEL_IMPERSONATION), 0);
    tsr_token *primary = with_flags(alice(), 0);

    (void)state;

    assert_int_equal(statistics_of(impersonation).type, TSR_TOKEN_IMPERSONATION);
    assert_int_equal(statistics_of(impersonation).level, TSR_LEVEL_IMPERSONATION);
    assert_int_equal(statistics_of(primary).type, TSR_TOKEN_PRIMARY);
    tsr_token_unref(primary);
    tsr_token_unref(impersonation);
}

static void t_flt_4_a_deleted_privilege_is_gone(void **state)
{
    const uint32_t luid = SE_IMPERSONATE_PRIVILEGE;
    const tsr_token_filter_spec spec = {.delete_privileges = &luid, .n_delete_privileges = 1};
    tsr_token *token = filtered(alice_elevated(), &spec);

    (void)state;

    assert_int_equal(privilege_of(token, SE_IMPERSONATE_PRIVILEGE), ABSENT);
    assert_false(tsr_token_enabled_privileges(token) & TSR_PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE));
    assert_int_equal(statistics_of(token).n_privileges, ARRAY_SIZE(fixture_privileges) - 1);
    tsr_token_unref(token);
}

/* Everything but the ids, the parent and the filtered flag. */
static void expect_same_content(const tsr_token *a, const tsr_token *b)
{
    const struct token_state *of_a = a->state;
    const struct token_state *of_b = b->state;

    assert_int_equal(of_a->n_groups, of_b->n_groups);
    for (uint32_t i = 0; i <= of_a->n_groups; i++) {
        const tsr_sid sid_a = token_member(of_a, i);
        const tsr_sid sid_b = token_member(of_b, i);

        assert_true(tsr_sid_equal(&sid_a, &sid_b));
        assert_int_equal(of_a->members->attributes[i], of_b->members->attributes[i]);
    }
    assert_int_equal(of_a->n_privileges, of_b->n_privileges);
    assert_memory_equal(of_a->privileges, of_b->privileges,
                        of_a->n_privileges * sizeof(of_a->privileges[0]));
    assert_int_equal(of_a->owner, of_b->owner);
    assert_int_equal(of_a->primary_group, of_b->primary_group);
    assert_true(tsr_sid_equal(&of_a->integrity, &of_b->integrity));
    assert_int_equal(of_a->default_dacl.size, of_b->default_dacl.size);
    assert_int_equal(of_a->subject.mandatory_policy, of_b->subject.mandatory_policy);
    assert_int_equal(of_a->authentication_id, of_b->authentication_id);
    assert_int_equal(of_a->session_id, of_b->session_id);
    assert_memory_equal(&of_a->source, &of_b->source, sizeof(of_a->source));
    assert_int_equal(statistics_of(a).n_restricting, statistics_of(b).n_restricting);
}

/* Covers T-FLT-5. */
static void t_flt_5_unknown_sids_and_privileges_change_nothing(void **state)
{
    const uint32_t luids[] = {0xdeadbeef, 0, 1, 37, 63, 64, UINT32_MAX};
    const tsr_sid stranger = sid_of(STRANGER);
    const tsr_token_filter_spec spec = {
        .disable = &stranger,
        .n_disable = 1,
        .delete_privileges = luids,
        .n_delete_privileges = ARRAY_SIZE(luids),
    };
    tsr_token *source = alice();
    tsr_token *token = filtered(tsr_token_ref(source), &spec);

    (void)state;

    expect_same_content(token, source);
    tsr_token_unref(token);
    tsr_token_unref(source);
}

static void t_flt_6_nothing_asked_leaves_elevated_and_limited_tokens_as_they_are(void **state)
{
    tsr_token *elevated = alice_elevated();
    tsr_token *limited = alice_limited();
    tsr_token *token;

    (void)state;

    token = with_flags(tsr_token_ref(elevated), 0);
    expect_same_content(token, elevated);
    tsr_token_unref(token);

    token = with_flags(tsr_token_ref(limited), 0);
    expect_same_content(token, limited);
    tsr_token_unref(token);
    tsr_token_unref(limited);
    tsr_token_unref(elevated);
}

/* Covers T-FLT-7. */
static void t_flt_7_the_user_can_be_disabled(void **state)
{
    tsr_token *token = disabled(alice(), ALICE);
    tsr_group user;

    (void)state;

    tsr_token_get_user(token, &user);

    assert_int_equal(user.attributes, SE_GROUP_USE_FOR_DENY_ONLY);
    assert_false(is_member(token, ALICE));
    assert_int_equal(check_file(token, "O:" ALICE "G:SYD:", READ_CONTROL).status.code,
                     STATUS_ACCESS_DENIED);
    tsr_token_unref(token);
}

/* Covers T-FLT-8. */
static void t_flt_8_a_mandatory_group_becomes_deny_only_and_keeps_its_other_attributes(void **state)
{
    tsr_token *token = disabled(alice(), EVERYONE);
    tsr_token *again;

    (void)state;

    assert_int_equal(attributes_of(token, EVERYONE), 0x11);
    again = disabled(tsr_token_ref(token), EVERYONE);

    assert_int_equal(attributes_of(again, EVERYONE), 0x11);
    tsr_token_unref(again);
    tsr_token_unref(token);
}

/* Covers T-FLT-9. */
static void t_flt_9_only_listed_groups_are_disabled(void **state)
{
    tsr_token *source = alice();
    tsr_sid list[N_ALICE_GROUPS];
    tsr_token_filter_spec spec = {.disable = list};
    tsr_group group;
    tsr_token *token;

    (void)state;

    for (size_t i = 0; tsr_token_get_group(source, i, &group); i++) {
        if (!(group.attributes & SE_GROUP_LOGON_ID)) {
            list[spec.n_disable++] = group.sid;
        }
    }
    token = filtered(source, &spec);

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        const uint32_t decisive = SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED;
        const bool is_logon = group.attributes & SE_GROUP_LOGON_ID;

        assert_int_equal(group.attributes & decisive,
                         is_logon ? SE_GROUP_ENABLED : SE_GROUP_USE_FOR_DENY_ONLY);
    }
    tsr_token_unref(token);
}

/* Covers T-FLT-10. */
static void t_flt_10_disable_max_privilege_leaves_change_notify(void **state)
{
    tsr_token *token = with_flags(alice_elevated(), DISABLE_MAX_PRIVILEGE);

    (void)state;

    assert_int_equal(statistics_of(token).n_privileges, 1);
    assert_int_equal(privilege_of(token, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    tsr_token_unref(token);
}

static void disable_max_privilege_adds_no_change_notify(void **state)
{
    tsr_token *token = with_flags(system_token(), DISABLE_MAX_PRIVILEGE);

    (void)state;

    assert_int_equal(statistics_of(token).n_privileges, 0);
    tsr_token_unref(token);
}

/* Covers T-FLT-11. */
static void t_flt_11_all_privileges_can_be_deleted_by_name(void **state)
{
    uint32_t luids[TSR_PRIVILEGE_LAST - TSR_PRIVILEGE_FIRST + 1];
    const tsr_token_filter_spec spec = {
        .delete_privileges = luids,
        .n_delete_privileges = ARRAY_SIZE(luids),
    };
    tsr_token *token;

    (void)state;

    for (uint32_t i = 0; i < ARRAY_SIZE(luids); i++) {
        luids[i] = TSR_PRIVILEGE_FIRST + i;
    }
    token = filtered(alice_elevated(), &spec);

    assert_int_equal(statistics_of(token).n_privileges, 0);
    assert_int_equal(tsr_token_enabled_privileges(token), 0);
    tsr_token_unref(token);
}

/* Covers T-FLT-12. */
static void t_flt_12_disable_max_privilege_ignores_the_list(void **state)
{
    const uint32_t luid = SE_CHANGE_NOTIFY_PRIVILEGE;
    const tsr_token_filter_spec spec = {
        .flags = DISABLE_MAX_PRIVILEGE,
        .delete_privileges = &luid,
        .n_delete_privileges = 1,
    };
    tsr_token *token = filtered(alice_elevated(), &spec);

    (void)state;

    assert_int_equal(privilege_of(token, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    tsr_token_unref(token);
}

static void t_flt_13_a_restricting_list_makes_a_restricted_token(void **state)
{
    tsr_token *token = restricted_to(alice(), EVERYONE, NULL, 0);

    (void)state;

    expect_restricting(token, EVERYONE);
    assert_true(is_restricted(token));
    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;WD)", FILE_READ_DATA).granted,
                     FILE_READ_DATA);
    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;" ALICE ")", FILE_READ_DATA).status.code,
                     STATUS_ACCESS_DENIED);
    tsr_token_unref(token);
}

/* Covers T-FLT-14. */
static void t_flt_14_duplicates_and_order_of_the_list_are_kept(void **state)
{
    tsr_token *twice = restricted_to(alice(), EVERYONE, EVERYONE, 0);
    tsr_token *ordered = restricted_to(alice(), G3, G1, 0);

    (void)state;

    expect_restricting(twice, EVERYONE " " EVERYONE);
    expect_restricting(ordered, G3 " " G1);
    tsr_token_unref(ordered);
    tsr_token_unref(twice);
}

/* Covers T-FLT-16. */
static void t_flt_16_two_lists_intersect(void **state)
{
    tsr_token *token = restricted_to(restricted_to(alice(), G1, G2, 0), G2, G3, 0);

    (void)state;

    expect_restricting(token, G2);
    assert_true(is_restricted(token));
    tsr_token_unref(token);
}

/* Covers T-FLT-17. */
static void t_flt_17_an_empty_intersection_is_restricted_and_granted_nothing(void **state)
{
    static const char *const descriptors[] = {
        "O:SYG:SYD:(A;;FA;;;WD)",
        "O:SYG:SYD:(A;;FA;;;" G1 ")(A;;FA;;;" G3 ")",
        "O:" ALICE "G:SYD:(A;;FA;;;" ALICE ")",
    };
    tsr_token *token = restricted_to(restricted_to(alice(), G1, NULL, 0), G3, NULL, 0);

    (void)state;

    assert_true(is_restricted(token));
    expect_restricting(token, "");
    for (size_t i = 0; i < ARRAY_SIZE(descriptors); i++) {
        assert_int_equal(check_file(token, descriptors[i], MAXIMUM_ALLOWED).status.code,
                         STATUS_ACCESS_DENIED);
    }
    tsr_token_unref(token);
}

static void an_empty_list_stays_empty_when_filtered_again(void **state)
{
    tsr_token *token = restricted_to(restricted_to(alice(), G1, NULL, 0), G3, NULL, 0);

    (void)state;

    token = with_flags(restricted_to(token, G1, G3, 0), WRITE_RESTRICTED);

    assert_true(is_restricted(token));
    assert_false(is_write_restricted(token));
    expect_restricting(token, "");
    tsr_token_unref(token);
}

/* Covers T-FLT-18. */
static void t_flt_18_without_a_new_list_the_old_one_is_inherited(void **state)
{
    tsr_token *token = with_flags(restricted_to(alice(), G1, NULL, 0), 0);

    (void)state;

    expect_restricting(token, G1);
    assert_true(is_restricted(token));
    tsr_token_unref(token);
}

static void t_flt_19_sandbox_inert_is_for_system(void **state)
{
    tsr_token *of_alice = with_flags(alice(), SANDBOX_INERT);
    tsr_token *of_system = with_flags(system_token(), SANDBOX_INERT);
    tsr_token *again = with_flags(tsr_token_ref(of_system), 0);

    (void)state;

    assert_false(statistics_of(of_alice).flags & TSR_TOKEN_SANDBOX_INERT);
    assert_true(statistics_of(of_system).flags & TSR_TOKEN_SANDBOX_INERT);
    assert_true(statistics_of(again).flags & TSR_TOKEN_SANDBOX_INERT);
    tsr_token_unref(again);
    tsr_token_unref(of_system);
    tsr_token_unref(of_alice);
}

/* Covers AC-9-12. */
static void sandbox_inert_and_limited_tokens_are_judged_like_others(void **state)
{
    static const char *const sddl[] = {
        "O:SYG:SYD:", "O:BAG:SYD:", "O:" ALICE "G:SYD:(D;;GW;;;WD)(A;;FA;;;SY)(A;;FA;;;" G1 ")",
        "D:NO_ACCESS_CONTROLS:(ML;;NWNR;;;SI)", "D:(A;;FR;;;WD)S:(ML;;NW;;;HI)"};
    tsr_token *plain[] = {system_token(), alice()};
    tsr_token *flagged[] = {with_flags(system_token(), SANDBOX_INERT),
                            with_flags(alice(), LUA_TOKEN)};

    (void)state;

    assert_true(statistics_of(flagged[0]).flags & TSR_TOKEN_SANDBOX_INERT);
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(sddl); j++) {
            assert_int_equal(check_file(flagged[i], sddl[j], MAXIMUM_ALLOWED).granted,
                             check_file(plain[i], sddl[j], MAXIMUM_ALLOWED).granted);
        }
        tsr_token_unref(flagged[i]);
        tsr_token_unref(plain[i]);
    }
}

static tsr_token *trusted_installer(uint32_t attributes)
{
    const tsr_group group = {
        sid_of("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"), attributes};
    tsr_token_spec spec = alice_spec();

    spec.groups = &group;
    spec.n_groups = 1;
    spec.primary_group = NULL;
    return token_of_spec(&spec);
}

static void t_flt_19_sandbox_inert_depends_on_who_asks(void **state)
{
    tsr_token *callers[] = {system_token(), trusted_installer(SE_GROUP_ENABLED), alice(),
                            trusted_installer(0)};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
        const tsr_token_filter_spec spec = {.flags = SANDBOX_INERT, .caller = callers[i]};
        tsr_token *of_alice = filtered(alice(), &spec);
        tsr_token *of_system = filtered(system_token(), &spec);

        assert_int_equal(statistics_of(of_alice).flags & TSR_TOKEN_SANDBOX_INERT,
                         i < 2 ? TSR_TOKEN_SANDBOX_INERT : 0);
        assert_int_equal(statistics_of(of_system).flags & TSR_TOKEN_SANDBOX_INERT,
                         i < 2 ? TSR_TOKEN_SANDBOX_INERT : 0);
        tsr_token_unref(of_system);
        tsr_token_unref(of_alice);
        tsr_token_unref(callers[i]);
    }
}

/* Unverified: token.md 7.4 (a). */
static void filtering_below_high_takes_an_administrators_privileges(void **state)
{
    static const tsr_privilege_state privileges[] = {{SE_DEBUG_PRIVILEGE, 2},
                                                     {SE_SECURITY_PRIVILEGE, 2}};
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    token = with_flags(token_of_spec(&spec), 0);
    assert_int_equal(privilege_of(token, SE_DEBUG_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(token, SE_SECURITY_PRIVILEGE), 2);
    tsr_token_unref(token);

    spec.integrity = &fixture_high;
    token = with_flags(token_of_spec(&spec), 0);
    assert_int_equal(privilege_of(token, SE_DEBUG_PRIVILEGE), 2);
    tsr_token_unref(token);
}

/* Covers T-FLT-22. */
static void t_flt_22_a_disabled_owner_gives_way_to_the_user(void **state)
{
    const tsr_sid owner = sid_of(G3);
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.owner = &owner;
    token = disabled(token_of_spec(&spec), G3);

    expect_owner(token, ALICE);
    assert_false(may_own(token, G3));
    tsr_token_unref(token);
}

static void another_groups_disabling_leaves_the_owner(void **state)
{
    const tsr_sid owner = sid_of(G3);
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.owner = &owner;
    token = disabled(token_of_spec(&spec), G1);

    expect_owner(token, G3);
    tsr_token_unref(token);
}

static void t_flt_24_disabling_filters_but_does_not_restrict(void **state)
{
    tsr_token *token = disabled(alice(), G1);

    (void)state;

    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_IS_FILTERED);
    tsr_token_unref(token);
}

/* Covers AC-9-2, AC-9-9, T-FLT-27. */
static void t_flt_27_write_restricted_reads_by_the_first_pass_alone(void **state)
{
    static const char alone[] = "O:SYG:SYD:(A;;FA;;;" ALICE ")";
    static const char both[] = "O:SYG:SYD:(A;;FA;;;" ALICE ")(A;;FA;;;S-1-5-33)";
    tsr_token *token = restricted_to(alice(), "S-1-5-33", NULL, WRITE_RESTRICTED);

    (void)state;

    assert_true(is_write_restricted(token));
    assert_int_equal(check_file(token, alone, FILE_READ_DATA).granted, FILE_READ_DATA);
    assert_int_equal(check_file(token, alone, FILE_WRITE_DATA).status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(check_file(token, both, FILE_WRITE_DATA).granted, FILE_WRITE_DATA);
    tsr_token_unref(token);
}

static void write_restricted_without_restricting_sids_has_no_effect(void **state)
{
    tsr_token *token = with_flags(alice(), WRITE_RESTRICTED);

    (void)state;

    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_IS_FILTERED);
    tsr_token_unref(token);
}

/* How a second filter changes the kind of a restriction: F full, W for writing. */
static void write_restriction_is_never_looser_than_before(void **state)
{
    tsr_token *full = restricted_to(alice(), G1, G3, 0);
    tsr_token *writing = restricted_to(alice(), G1, G3, WRITE_RESTRICTED);
    const struct {
        tsr_token *token;
        bool is_write_restricted;
    } rows[] = {
        {with_flags(tsr_token_ref(full), WRITE_RESTRICTED), false},
        {restricted_to(tsr_token_ref(full), G1, NULL, WRITE_RESTRICTED), false},
        {restricted_to(tsr_token_ref(full), G1, NULL, 0), false},
        {with_flags(tsr_token_ref(writing), 0), true},
        {with_flags(tsr_token_ref(writing), WRITE_RESTRICTED), true},
        {restricted_to(tsr_token_ref(writing), G1, NULL, WRITE_RESTRICTED), true},
        {restricted_to(tsr_token_ref(writing), G1, NULL, 0), false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_true(is_restricted(rows[i].token));
        assert_int_equal(is_write_restricted(rows[i].token), rows[i].is_write_restricted);
        tsr_token_unref(rows[i].token);
    }
    tsr_token_unref(writing);
    tsr_token_unref(full);
}

/* Covers T-FLT-28 [U]. */
static void t_flt_28_lua_takes_administrative_groups_privileges_integrity_and_owner(void **state)
{
    tsr_token *token = with_flags(alice_elevated(), LUA_TOKEN);
    tsr_sid integrity;

    (void)state;

    assert_int_equal(attributes_of(token, ADMINS), 0x19);
    assert_int_equal(attributes_of(token, "S-1-5-32-545"), 0x7);
    assert_int_equal(attributes_of(token, DOMAIN_USERS), 0x7);
    assert_int_equal(statistics_of(token).n_privileges, N_ALICE_PRIVILEGES);
    for (size_t i = 0; i < N_ALICE_PRIVILEGES; i++) {
        assert_int_not_equal(privilege_of(token, fixture_privileges[i].luid), ABSENT);
    }
    assert_true(tsr_token_get_integrity(token, &integrity));
    expect_sid("S-1-16-8192", &integrity);
    expect_owner(token, ALICE);
    tsr_token_unref(token);
}

static void lua_knows_the_administrative_groups(void **state)
{
    static const struct {
        const char *sid;
        bool is_administrative;
    } rows[] = {
        {"S-1-5-32-544", true},        {"S-1-5-32-545", false},       {"S-1-5-32-546", false},
        {"S-1-5-32-547", true},        {"S-1-5-32-548", true},        {"S-1-5-32-549", true},
        {"S-1-5-32-550", true},        {"S-1-5-32-551", true},        {"S-1-5-32-553", true},
        {"S-1-5-32-554", true},        {"S-1-5-32-556", true},        {"S-1-5-32-569", true},
        {"S-1-5-32-512", false},       {"S-1-5-21-7-8-9-498", true},  {"S-1-5-21-7-8-9-512", true},
        {"S-1-5-21-7-8-9-513", false}, {"S-1-5-21-7-8-9-516", true},  {"S-1-5-21-7-8-9-517", true},
        {"S-1-5-21-7-8-9-518", true},  {"S-1-5-21-7-8-9-519", true},  {"S-1-5-21-7-8-9-520", true},
        {"S-1-5-21-7-8-9-521", true},  {"S-1-5-21-7-8-9-544", false}, {"S-1-5-21-7-8-512", false},
        {"S-1-5-22-7-8-9-512", false}, {"S-1-22-32-544", false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_group group = {sid_of(rows[i].sid), TSR_GROUP_ORDINARY};
        tsr_token_spec spec = alice_spec();
        tsr_token *token;

        spec.groups = &group;
        spec.primary_group = NULL;
        spec.n_groups = 1;
        token = with_flags(token_of_spec(&spec), LUA_TOKEN);
        if (attributes_of(token, rows[i].sid) != (rows[i].is_administrative ? 0x11u : 0x7u)) {
            fail_msg("%s: %#x", rows[i].sid, attributes_of(token, rows[i].sid));
        }
        tsr_token_unref(token);
    }
}

static void lua_combines_with_the_lists_and_raises_no_integrity(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const uint32_t luid = SE_SHUTDOWN_PRIVILEGE;
    const tsr_sid g1 = sid_of(G1);
    const tsr_token_filter_spec filter = {
        .flags = LUA_TOKEN,
        .disable = &g1,
        .n_disable = 1,
        .delete_privileges = &luid,
        .n_delete_privileges = 1,
    };
    tsr_token_spec spec = alice_spec();
    tsr_token *token;
    tsr_sid integrity;

    (void)state;

    spec.integrity = &low;
    token = filtered(token_of_spec(&spec), &filter);

    assert_true(tsr_token_get_integrity(token, &integrity));
    expect_sid("S-1-16-4096", &integrity);
    assert_int_equal(attributes_of(token, G1), 0x10);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), ABSENT);
    assert_int_not_equal(privilege_of(token, SE_UNDOCK_PRIVILEGE), ABSENT);
    tsr_token_unref(token);
}

static void a_group_that_is_repeated_is_disabled_in_each_place(void **state)
{
    const tsr_group groups[] = {{IN_DOMAIN(2001), TSR_GROUP_ORDINARY},
                                {IN_DOMAIN(2002), SE_GROUP_USE_FOR_DENY_ONLY},
                                {IN_DOMAIN(2001), SE_GROUP_ENABLED | SE_GROUP_OWNER},
                                {IN_DOMAIN(2002), SE_GROUP_OWNER},
                                {IN_DOMAIN(1001), SE_GROUP_ENABLED}};
    const uint32_t expected[] = {
        SE_GROUP_MANDATORY | SE_GROUP_USE_FOR_DENY_ONLY, SE_GROUP_USE_FOR_DENY_ONLY,
        SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY, SE_GROUP_OWNER, SE_GROUP_USE_FOR_DENY_ONLY};
    const tsr_sid listed[] = {groups[0].sid, groups[4].sid};
    const tsr_token_filter_spec spec = {.disable = listed, .n_disable = ARRAY_SIZE(listed)};
    tsr_token_spec alice = alice_spec();
    tsr_group group;
    tsr_token *token;

    (void)state;
    alice.groups = groups;
    alice.n_groups = ARRAY_SIZE(groups);
    alice.primary_group = NULL;
    alice.owner = &listed[0];

    token = filtered(token_of_spec(&alice), &spec);

    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        assert_true(tsr_token_get_group(token, i, &group));
        assert_int_equal(group.attributes, expected[i]);
    }
    tsr_token_get_user(token, &group);
    assert_int_equal(group.attributes, SE_GROUP_USE_FOR_DENY_ONLY);
    expect_owner(token, ALICE);
    assert_true(may_own(token, G2));
    assert_false(may_own(token, G1));
    tsr_token_unref(token);
}

/* The user of a token is no group, even if its SID is that of one. */
static void lua_leaves_a_user_with_the_sid_of_an_administrative_group(void **state)
{
    const tsr_group groups[] = {{TSR_SID_ADMINISTRATORS, TSR_GROUP_ORDINARY}};
    tsr_token_spec spec = alice_spec();
    tsr_group user;
    tsr_token *token;

    (void)state;
    spec.user = TSR_SID_ADMINISTRATORS;
    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.primary_group = NULL;

    token = with_flags(token_of_spec(&spec), LUA_TOKEN);

    tsr_token_get_user(token, &user);
    assert_int_equal(user.attributes, 0);
    assert_int_equal(attributes_of(token, ADMINS), SE_GROUP_MANDATORY | SE_GROUP_USE_FOR_DENY_ONLY);
    assert_false(is_member(token, ADMINS));
    tsr_token_unref(token);
}

/* Covers T-FLT-29. */
static void t_flt_29_a_duplicate_keeps_what_the_filter_did(void **state)
{
    tsr_token *token = impersonating(restricted_to(disabled(alice(), EVERYONE), G1, NULL, 0),
                                     TSR_LEVEL_IMPERSONATION);

    (void)state;

    assert_int_equal(attributes_of(token, EVERYONE), 0x11);
    expect_restricting(token, G1);
    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_IS_RESTRICTED | TSR_TOKEN_IS_FILTERED);
    tsr_token_unref(token);
}

/* Covers T-FLT-30. */
static void t_flt_30_the_primary_group_is_not_affected(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    tsr_token_spec spec = alice_spec();
    tsr_sid primary_group;
    tsr_token *token;

    (void)state;

    spec.primary_group = &everyone;
    token = disabled(token_of_spec(&spec), EVERYONE);
    tsr_token_get_primary_group(token, &primary_group);

    expect_sid(EVERYONE, &primary_group);
    tsr_token_unref(token);
}

/* Covers T-OBJ-2. */
static void t_obj_2_a_filtered_token_has_new_ids_and_names_its_parent(void **state)
{
    tsr_token *source = alice();
    tsr_token *token = with_flags(tsr_token_ref(source), 0);
    const tsr_token_statistics of_source = statistics_of(source);
    const tsr_token_statistics of_token = statistics_of(token);

    (void)state;

    assert_int_not_equal(of_token.token_id, of_source.token_id);
    assert_int_not_equal(of_token.modified_id, of_source.modified_id);
    assert_int_not_equal(token->state->state_id, source->state->state_id);
    assert_int_equal(of_token.parent_token_id, of_source.token_id);
    assert_int_equal(of_token.authentication_id, LOGON_SESSION);
    tsr_token_unref(token);
    tsr_token_unref(source);
}

static void faulty_requests_are_refused_and_leave_the_output_alone(void **state)
{
    const tsr_group enabled[] = {{TSR_SID_EVERYONE, 0}, {TSR_SID_EVERYONE, SE_GROUP_ENABLED}};
    const tsr_group good = {TSR_SID_EVERYONE, 0};
    const tsr_group bare = {{5, 0, {0}}, 0};
    const tsr_group bare_behind[] = {{TSR_SID_EVERYONE, 0}, {{5, 0, {0}}, 0}};
    const tsr_sid long_sid = {5, 16, {0}};
    const tsr_sid sid = TSR_SID_EVERYONE;
    const uint32_t luid = 2;
    const size_t too_many = TSR_TOKEN_GROUPS_MAX + 1;
    const struct {
        const char *id;
        uint32_t status;
        tsr_token_filter_spec spec;
    } rows[] = {
        {"T-FLT-15", STATUS_INVALID_PARAMETER, {.restrict_to = enabled, .n_restrict_to = 2}},
        {"T-FLT-23", STATUS_INVALID_PARAMETER, {.flags = 0x10}},
        {"all flags", STATUS_INVALID_PARAMETER, {.flags = UINT32_MAX}},
        {"T-FLT-31", STATUS_INVALID_SID, {.restrict_to = &bare, .n_restrict_to = 1}},
        {"T-FLT-31, second", STATUS_INVALID_SID, {.restrict_to = bare_behind, .n_restrict_to = 2}},
        {"long SID", STATUS_INVALID_SID, {.disable = &long_sid, .n_disable = 1}},
        {"n_disable", STATUS_INVALID_PARAMETER, {.disable = &sid, .n_disable = too_many}},
        {"n_delete",
         STATUS_INVALID_PARAMETER,
         {.delete_privileges = &luid, .n_delete_privileges = too_many}},
        {"n_restrict", STATUS_INVALID_PARAMETER, {.restrict_to = &good, .n_restrict_to = too_many}},
        {"no disable list", STATUS_INVALID_PARAMETER, {.n_disable = 1}},
        {"no delete list", STATUS_INVALID_PARAMETER, {.n_delete_privileges = 1}},
        {"no restrict list", STATUS_INVALID_PARAMETER, {.n_restrict_to = 1}},
    };
    tsr_token *source = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_token *token = NULL;
        const tsr_status status = tsr_token_filter(source, &rows[i].spec, &token);

        if (status.code != rows[i].status || token) {
            fail_msg("%s: got %s", rows[i].id, expect_status_name(status.code));
        }
    }
    tsr_token_unref(source);
}

static void lists_of_the_largest_size_are_handled_quickly(void **state)
{
    tsr_sid *list = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*list));
    tsr_group *groups = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*groups));
    const tsr_token_filter_spec filter = {.disable = list, .n_disable = TSR_TOKEN_GROUPS_MAX};
    tsr_token_spec spec = alice_spec();
    tsr_token *token;
    tsr_group group;

    (void)state;

    for (uint32_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        list[i] = TSR_SID(5, 21, 7, 7, 7, i);
        groups[i] = (tsr_group){.sid = list[i], .attributes = TSR_GROUP_ORDINARY};
    }
    spec.groups = groups;
    spec.n_groups = TSR_TOKEN_GROUPS_MAX;
    spec.primary_group = NULL;
    token = filtered(token_of_spec(&spec), &filter);

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        assert_int_equal(group.attributes, 0x11);
    }
    tsr_token_unref(token);
    free(groups);
    free(list);
}

/* A random filter of random_token()s; its lists live in the arrays. */
static tsr_token_filter_spec random_filter(tsr_sid disable[3], uint32_t luids[2],
                                           tsr_group restrict_to[3])
{
    const tsr_token_filter_spec spec = {
        .flags = random_below(16),
        .disable = disable,
        .n_disable = random_below(4),
        .delete_privileges = luids,
        .n_delete_privileges = random_below(3),
        .restrict_to = restrict_to,
        .n_restrict_to = random_below(2) ? random_below(4) : 0,
    };

    for (size_t i = 0; i < 3; i++) {
        disable[i] = random_sid();
        restrict_to[i] = (tsr_group){.sid = random_sid()};
    }
    luids[0] = SE_SECURITY_PRIVILEGE;
    luids[1] = SE_TAKE_OWNERSHIP_PRIVILEGE;
    return spec;
}

/*
 * Narrowing a restricting list is the one way a deny can be lost (see the quirk test):
 * descriptors for that case hold none.
 */
static void a_filtered_token_is_never_granted_what_its_source_is_not(void **state)
{
    size_t n_granted = 0;

    (void)state;

    for (size_t i = 0; i < N_PROPERTY_RUNS; i++) {
        tsr_group restrict_to[3];
        tsr_sid disable[3];
        uint32_t luids[2];
        const tsr_token_filter_spec spec = random_filter(disable, luids, restrict_to);
        tsr_token *source = random_token();
        tsr_token *token = filtered(tsr_token_ref(source), &spec);
        const bool narrows = is_restricted(source) && spec.n_restrict_to > 0;
        tsr_sid principal_self;
        const tsr_access_request request = random_request(&principal_self);
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(!narrows, &bytes);
        const tsr_access_result before = tsr_token_access_check(source, &sd, &request);
        const tsr_access_result after = tsr_token_access_check(token, &sd, &request);

        if (after.granted & ~before.granted) {
            fail_msg("run %zu: %#x became %#x", i, before.granted, after.granted);
        }
        n_granted += after.granted != 0;
        free(bytes);
        tsr_token_unref(token);
        tsr_token_unref(source);
    }

    assert_true(n_granted > N_PROPERTY_RUNS / 20);
}

/* Covers AC-9-2. */
static void quirk_a_deny_for_a_dropped_restricting_sid_no_longer_applies(void **state)
{
    static const char sddl[] = "O:SYG:SYD:(D;;FA;;;S-1-5-12)(A;;FA;;;WD)";
    tsr_token *source = restricted_to(alice(), "S-1-5-12", EVERYONE, 0);
    tsr_token *token = restricted_to(tsr_token_ref(source), EVERYONE, NULL, 0);

    (void)state;

    assert_int_equal(check_file(source, sddl, FILE_READ_DATA).status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(check_file(token, sddl, FILE_READ_DATA).granted, FILE_READ_DATA);
    tsr_token_unref(token);
    tsr_token_unref(source);
}

static void a_filtered_token_keeps_claims_device_and_package_and_gains_none(void **state)
{
    static const char *const open[] = {
        "D:(XA;;FR;;;WD;(@User.a == 7 && @Device.a == 7 && a == 7))(A;;FR;;;S-1-15-3-1)",
        "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-1)}))(A;;FR;;;S-1-15-2-2)",
    };
    static const char *const closed[] = {
        "D:(A;;FR;;;WD)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-2)",
        "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-3)",
        "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-2)}))(A;;FR;;;S-1-15-2-2)",
    };
    tsr_token *source = alice_contained(true);
    tsr_token *token =
        filtered(tsr_token_ref(source),
                 &(tsr_token_filter_spec){.flags = LUA_TOKEN | DISABLE_MAX_PRIVILEGE});

    (void)state;

    tsr_token_unref(source);
    for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
        assert_int_equal(check_file(token, open[i], FILE_READ_DATA).granted, FILE_READ_DATA);
    }
    for (size_t i = 0; i < ARRAY_SIZE(closed); i++) {
        assert_int_equal(check_file(token, closed[i], FILE_READ_DATA).granted, 0);
    }
    tsr_token_unref(token);
}

static void running_out_of_memory_at_any_step_makes_no_token(void **state)
{
    const tsr_group list[] = {{.sid = TSR_SID_EVERYONE}};
    const tsr_token_filter_spec spec = {
        .flags = LUA_TOKEN,
        .restrict_to = list,
        .n_restrict_to = 1,
    };
    tsr_token *source = restricted_to(alice_elevated(), EVERYONE, NULL, 0);
    tsr_token *token = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(token, tsr_token_filter(source, &spec, &token));

    tsr_token_unref(token);
    tsr_token_unref(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_flt_1_a_disabled_group_is_deny_only_and_no_member),
        cmocka_unit_test(t_flt_2_and_3_type_and_level_are_the_sources),
        cmocka_unit_test(t_flt_4_a_deleted_privilege_is_gone),
        cmocka_unit_test(t_flt_5_unknown_sids_and_privileges_change_nothing),
        cmocka_unit_test(t_flt_6_nothing_asked_leaves_elevated_and_limited_tokens_as_they_are),
        cmocka_unit_test(t_flt_7_the_user_can_be_disabled),
        cmocka_unit_test(
            t_flt_8_a_mandatory_group_becomes_deny_only_and_keeps_its_other_attributes),
        cmocka_unit_test(t_flt_9_only_listed_groups_are_disabled),
        cmocka_unit_test(t_flt_10_disable_max_privilege_leaves_change_notify),
        cmocka_unit_test(disable_max_privilege_adds_no_change_notify),
        cmocka_unit_test(t_flt_11_all_privileges_can_be_deleted_by_name),
        cmocka_unit_test(t_flt_12_disable_max_privilege_ignores_the_list),
        cmocka_unit_test(t_flt_13_a_restricting_list_makes_a_restricted_token),
        cmocka_unit_test(t_flt_14_duplicates_and_order_of_the_list_are_kept),
        cmocka_unit_test(t_flt_16_two_lists_intersect),
        cmocka_unit_test(t_flt_17_an_empty_intersection_is_restricted_and_granted_nothing),
        cmocka_unit_test(an_empty_list_stays_empty_when_filtered_again),
        cmocka_unit_test(t_flt_18_without_a_new_list_the_old_one_is_inherited),
        cmocka_unit_test(t_flt_19_sandbox_inert_is_for_system),
        cmocka_unit_test(sandbox_inert_and_limited_tokens_are_judged_like_others),
        cmocka_unit_test(t_flt_19_sandbox_inert_depends_on_who_asks),
        cmocka_unit_test(filtering_below_high_takes_an_administrators_privileges),
        cmocka_unit_test(t_flt_22_a_disabled_owner_gives_way_to_the_user),
        cmocka_unit_test(another_groups_disabling_leaves_the_owner),
        cmocka_unit_test(t_flt_24_disabling_filters_but_does_not_restrict),
        cmocka_unit_test(t_flt_27_write_restricted_reads_by_the_first_pass_alone),
        cmocka_unit_test(write_restricted_without_restricting_sids_has_no_effect),
        cmocka_unit_test(write_restriction_is_never_looser_than_before),
        cmocka_unit_test(t_flt_28_lua_takes_administrative_groups_privileges_integrity_and_owner),
        cmocka_unit_test(lua_knows_the_administrative_groups),
        cmocka_unit_test(lua_combines_with_the_lists_and_raises_no_integrity),
        cmocka_unit_test(a_group_that_is_repeated_is_disabled_in_each_place),
        cmocka_unit_test(lua_leaves_a_user_with_the_sid_of_an_administrative_group),
        cmocka_unit_test(t_flt_29_a_duplicate_keeps_what_the_filter_did),
        cmocka_unit_test(t_flt_30_the_primary_group_is_not_affected),
        cmocka_unit_test(t_obj_2_a_filtered_token_has_new_ids_and_names_its_parent),
        cmocka_unit_test(faulty_requests_are_refused_and_leave_the_output_alone),
        cmocka_unit_test(lists_of_the_largest_size_are_handled_quickly),
        cmocka_unit_test(a_filtered_token_is_never_granted_what_its_source_is_not),
        cmocka_unit_test(quirk_a_deny_for_a_dropped_restricting_sid_no_longer_applies),
        cmocka_unit_test(running_out_of_memory_at_any_step_makes_no_token),
        cmocka_unit_test(a_filtered_token_keeps_claims_device_and_package_and_gains_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
