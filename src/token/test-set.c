/* SPDX-License-Identifier: MIT */
/* Tests of SetTokenInformation: the rows T-SET and T-IL of token.md 3.10 and 7. */

#include "token/token.h"

#include "token/test-adjust.h"
#include "token/test-allocation.h"

#define LARGE_DACL 5000

static tsr_token *with_owner(const tsr_token *token, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);
    tsr_token *after = NULL;

    expect_ok(tsr_token_set_owner(token, &sid, &after));
    expect_modified(token, after);
    return after;
}

/* Covers T-SET-6. */
static void t_set_6_the_user_and_owner_groups_become_owner(void **state)
{
    tsr_token *token = alice();
    tsr_token *group_owned = with_owner(token, G3);
    tsr_token *own = with_owner(group_owned, ALICE);

    (void)state;

    expect_owner(token, ALICE);
    expect_owner(group_owned, G3);
    expect_owner(own, ALICE);
    tsr_token_unref(own);
    tsr_token_unref(group_owned);
    tsr_token_unref(token);
}

static tsr_token *g3_denied(void)
{
    const tsr_sid g3 = sid_of(G3);

    return filtered(alice(), &(tsr_token_filter_spec){.disable = &g3, .n_disable = 1});
}

static void t_set_7_8_9_others_do_not(void **state)
{
    static const struct {
        const char *id;
        tsr_token *(*token)(void);
        const char *owner;
    } rows[] = {
        {"T-SET-7", alice, G1},
        {"T-SET-8", alice, STRANGER},
        {"T-SET-9", g3_denied, G3},
    };
    const tsr_sid malformed = {5, 0, {0}};
    tsr_token *after = NULL;
    tsr_token *token;
    tsr_sid owner;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        token = rows[i].token();
        owner = sid_of(rows[i].owner);
        print_message("# %s\n", rows[i].id);
        expect_refused(STATUS_INVALID_OWNER, token, after,
                       tsr_token_set_owner(token, &owner, &after));
        tsr_token_unref(token);
    }
    token = alice();
    expect_refused(STATUS_INVALID_SID, token, after,
                   tsr_token_set_owner(token, &malformed, &after));
    tsr_token_unref(token);
}

/* Covers T-SET-10. */
static void t_set_10_any_group_and_the_user_become_primary_group(void **state)
{
    static const char *const sids[] = {G2, G1, ALICE, LOGON};
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(sids); i++) {
        const tsr_sid sid = sid_of(sids[i]);
        tsr_token *after = NULL;
        tsr_sid group;

        expect_ok(tsr_token_set_primary_group(token, &sid, &after));
        tsr_token_get_primary_group(after, &group);
        expect_sid(sids[i], &group);
        expect_modified(token, after);
        tsr_token_unref(after);
    }
    tsr_token_unref(token);
}

static void t_set_11_a_stranger_does_not(void **state)
{
    const tsr_sid stranger = sid_of(STRANGER);
    const tsr_sid malformed = {5, 16, {0}};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PRIMARY_GROUP, token, after,
                   tsr_token_set_primary_group(token, &stranger, &after));
    expect_refused(STATUS_INVALID_SID, token, after,
                   tsr_token_set_primary_group(token, &malformed, &after));
    tsr_token_unref(token);
}

static void t_set_3_4_the_default_dacl_goes_or_becomes_empty(void **state)
{
    static const uint8_t empty_bytes[8] = {2, 0, 8};
    static const tsr_acl empty = {empty_bytes, sizeof(empty_bytes), 0};
    tsr_token *token = alice();
    tsr_token *none = NULL;
    tsr_token *closed = NULL;

    (void)state;

    expect_ok(tsr_token_set_default_dacl(token, NULL, &none));
    assert_null(tsr_token_peek_default_dacl(none));
    expect_modified(token, none);

    expect_ok(tsr_token_set_default_dacl(none, &empty, &closed));
    assert_int_equal(tsr_token_peek_default_dacl(closed)->n_aces, 0);
    expect_modified(none, closed);
    tsr_token_unref(closed);
    tsr_token_unref(none);
    tsr_token_unref(token);
}

static void a_default_dacl_is_validated(void **state)
{
    const tsr_acl cut_short = {fixture_dacl_bytes, sizeof(fixture_dacl_bytes) - 1, 2};
    const tsr_acl absent = {NULL, 0, 0};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_ACL, token, after,
                   tsr_token_set_default_dacl(token, &cut_short, &after));
    expect_refused(STATUS_INVALID_ACL, token, after,
                   tsr_token_set_default_dacl(token, &absent, &after));
    tsr_token_unref(token);
}

/* An ACL without ACEs that says it is of this size. */
static tsr_acl padded_dacl(uint8_t *bytes, uint16_t size)
{
    tsr_acl acl = {NULL, 0, 0};

    memset(bytes, 0, size);
    bytes[0] = 2;
    bytes[2] = (uint8_t)size;
    bytes[3] = (uint8_t)(size >> 8);
    expect_ok(tsr_acl_view(bytes, size, &acl));
    return acl;
}

static void t_set_15_a_default_dacl_fits_the_charge_or_is_refused(void **state)
{
    uint8_t bytes[LARGE_DACL];
    tsr_token *token = alice();
    tsr_token *after = NULL;
    tsr_token *full = NULL;
    const tsr_sid longer = sid_of(LOGON);
    tsr_acl dacl;

    (void)state;

    dacl = padded_dacl(bytes, LARGE_DACL);
    expect_refused(STATUS_ALLOTTED_SPACE_EXCEEDED, token, after,
                   tsr_token_set_default_dacl(token, &dacl, &after));
    dacl = padded_dacl(bytes, 500 - 28 + 1);
    expect_refused(STATUS_ALLOTTED_SPACE_EXCEEDED, token, after,
                   tsr_token_set_default_dacl(token, &dacl, &after));
    dacl = padded_dacl(bytes, 500 - 28);
    expect_ok(tsr_token_set_default_dacl(token, &dacl, &full));
    assert_int_equal(statistics_of(full).dynamic_available, 0);

    /* The logon SID is eight bytes shorter; then there is no way back. */
    expect_ok(tsr_token_set_primary_group(full, &longer, &after));
    assert_int_equal(statistics_of(after).dynamic_available, 8);
    tsr_token_unref(full);
    full = after;
    dacl = padded_dacl(bytes, 500 - 20);
    after = NULL;
    expect_ok(tsr_token_set_default_dacl(full, &dacl, &after));
    tsr_token_unref(full);
    full = after;
    after = NULL;
    expect_refused(STATUS_ALLOTTED_SPACE_EXCEEDED, full, after,
                   tsr_token_set_primary_group(full, &fixture_primary_group, &after));
    tsr_token_unref(full);
    tsr_token_unref(token);
}

static void what_a_token_was_charged_at_first_stays_its_limit(void **state)
{
    uint8_t bytes[LARGE_DACL];
    const tsr_acl large = padded_dacl(bytes, LARGE_DACL);
    tsr_token_spec spec = alice_spec();
    tsr_token *none = NULL;
    tsr_token *again = NULL;
    tsr_token *token;

    (void)state;

    spec.default_dacl = &large;
    token = token_of_spec(&spec);
    assert_int_equal(statistics_of(token).dynamic_charged, LARGE_DACL + 28);

    expect_ok(tsr_token_set_default_dacl(token, NULL, &none));
    assert_int_equal(statistics_of(none).dynamic_available, LARGE_DACL);
    expect_ok(tsr_token_set_default_dacl(none, &large, &again));
    assert_int_equal(statistics_of(again).dynamic_available, 0);
    tsr_token_unref(again);
    tsr_token_unref(none);
    tsr_token_unref(token);
}

static tsr_status set_session(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_session_id(token, 7, held, ret_token);
}

static tsr_status set_origin(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_origin(token, 7, held, ret_token);
}

static tsr_status set_policy(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_mandatory_policy(token, 0, held, ret_token);
}

static tsr_status set_ui_access(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_ui_access(token, true, held, ret_token);
}

static tsr_status allow_virtualization(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_virtualization_allowed(token, true, held, ret_token);
}

static tsr_status set_claims(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    const tsr_claim claim = fixture_claim();

    return tsr_token_set_local_claims(token, &claim, 1, held, ret_token);
}

static tsr_status raise_integrity(const tsr_token *token, uint64_t held, tsr_token **ret_token)
{
    return tsr_token_set_integrity(token, &fixture_high, held, ret_token);
}

static void t_set_14_what_needs_a_privilege_needs_exactly_that(void **state)
{
    static const struct {
        const char *id;
        tsr_status (*set)(const tsr_token *token, uint64_t held, tsr_token **ret_token);
        uint64_t privilege;
    } rows[] = {
        {"T-SET-14", set_session, TCB},
        {"origin, unverified", set_origin, TCB},
        {"T-IL-10, unverified", set_policy, TCB},
        {"UIAccess, unverified", set_ui_access, TCB},
        {"virtualization, unverified", allow_virtualization, CREATE_TOKEN},
        {"security attributes, unverified", set_claims, TCB},
        {"T-IL-3, unverified", raise_integrity, TCB},
    };
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_token *after = NULL;

        print_message("# %s\n", rows[i].id);
        expect_refused(STATUS_PRIVILEGE_NOT_HELD, token, after, rows[i].set(token, 0, &after));
        expect_refused(STATUS_PRIVILEGE_NOT_HELD, token, after,
                       rows[i].set(token, ~rows[i].privilege, &after));
        expect_ok(rows[i].set(token, rows[i].privilege, &after));
        expect_modified(token, after);
        tsr_token_unref(after);
    }
    tsr_token_unref(token);
}

static void what_was_set_is_there(void **state)
{
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_ok(set_session(token, TCB, &after));
    assert_int_equal(statistics_of(after).session_id, 7);
    tsr_token_unref(after);
    expect_ok(set_origin(token, TCB, &after));
    assert_int_equal(statistics_of(after).origin, 7);
    tsr_token_unref(after);
    expect_ok(set_policy(token, TCB, &after));
    assert_int_equal(statistics_of(after).mandatory_policy, 0);
    tsr_token_unref(after);
    expect_ok(set_claims(token, TCB, &after));
    assert_int_equal(statistics_of(after).n_local_claims, 1);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

/* Unverified: token.md 3.10. */
static void the_origin_is_set_once(void **state)
{
    tsr_token *token = alice();
    tsr_token *once = NULL;
    tsr_token *after = NULL;

    (void)state;

    expect_ok(set_origin(token, TCB, &once));
    expect_refused(STATUS_INVALID_PARAMETER, once, after, set_origin(once, TCB, &after));
    expect_refused(STATUS_PRIVILEGE_NOT_HELD, once, after, set_origin(once, 0, &after));
    tsr_token_unref(once);
    tsr_token_unref(token);
}

static void flags_are_set_and_cleared_alone(void **state)
{
    tsr_token *token = alice();
    tsr_token *on = NULL;
    tsr_token *off = NULL;

    (void)state;

    expect_ok(tsr_token_set_ui_access(token, true, TCB, &on));
    assert_int_equal(statistics_of(on).flags, TSR_TOKEN_UI_ACCESS);
    expect_ok(tsr_token_set_ui_access(on, false, TCB, &off));
    assert_int_equal(statistics_of(off).flags, 0);
    tsr_token_unref(off);
    tsr_token_unref(on);
    tsr_token_unref(token);
}

/* Unverified: token.md 1.10, classes 23 and 24. */
static void virtualization_is_enabled_where_it_is_allowed(void **state)
{
    tsr_token *token = alice();
    tsr_token *allowed = NULL;
    tsr_token *enabled = NULL;
    tsr_token *off = NULL;
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_set_virtualization_enabled(token, true, &after));
    expect_ok(allow_virtualization(token, CREATE_TOKEN, &allowed));
    assert_int_equal(statistics_of(allowed).flags, 0x200);
    expect_ok(tsr_token_set_virtualization_enabled(allowed, true, &enabled));
    assert_int_equal(statistics_of(enabled).flags, 0x600);
    expect_ok(tsr_token_set_virtualization_enabled(enabled, false, &off));
    assert_int_equal(statistics_of(off).flags, 0x200);
    expect_ok(tsr_token_set_virtualization_allowed(enabled, false, CREATE_TOKEN, &after));
    assert_int_equal(statistics_of(after).flags, 0);
    tsr_token_unref(after);
    tsr_token_unref(off);
    tsr_token_unref(enabled);
    tsr_token_unref(allowed);
    tsr_token_unref(token);
}

static void a_policy_is_one_of_a_level(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_set_mandatory_policy(token, 4, TCB, &after));
    tsr_token_unref(token);

    spec.integrity = NULL;
    token = token_of_spec(&spec);
    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_set_mandatory_policy(token, 1, TCB, &after));
    expect_ok(tsr_token_set_mandatory_policy(token, 0, TCB, &after));
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void faulty_claims_are_refused(void **state)
{
    const tsr_claim claim = {.bytes = fixture_claim_bytes, .size = sizeof(fixture_claim_bytes) - 1};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_set_local_claims(token, &claim, 1, TCB, &after));
    expect_refused(
        STATUS_INVALID_PARAMETER, token, after,
        tsr_token_set_local_claims(token, &claim, TSR_TOKEN_CLAIMS_MAX + 1, TCB, &after));
    expect_refused(STATUS_INVALID_PARAMETER, token, after,
                   tsr_token_set_local_claims(token, NULL, 1, TCB, &after));
    tsr_token_unref(token);
}

static void expect_level(const tsr_token *token, uint32_t level)
{
    tsr_sid integrity;

    assert_true(tsr_token_get_integrity(token, &integrity));
    assert_int_equal(integrity.sub_authorities[0], level);
}

/* Covers T-IL-7. */
static void t_il_1_7_the_level_stays_through_duplicating_and_filtering(void **state)
{
    const tsr_token_filter_spec none = {0};
    tsr_token *medium = filtered(impersonating(alice(), TSR_LEVEL_IMPERSONATION), &none);
    tsr_token *high = filtered(impersonating(alice_elevated(), TSR_LEVEL_IMPERSONATION), &none);

    (void)state;

    expect_level(medium, TSR_INTEGRITY_MEDIUM);
    expect_level(high, TSR_INTEGRITY_HIGH);
    tsr_token_unref(high);
    tsr_token_unref(medium);
}

/* Unverified: token.md 7.3. Covers T-IL-2 [U], T-IL-3 [U]. */
static void t_il_2_3_a_level_is_lowered_by_anybody_and_raised_by_few(void **state)
{
    const tsr_sid medium = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token *token = alice();
    tsr_token *lowered = NULL;
    tsr_token *equal = NULL;
    tsr_token *raised = NULL;

    (void)state;

    expect_ok(tsr_token_set_integrity(token, &low, 0, &lowered));
    expect_level(lowered, TSR_INTEGRITY_LOW);
    expect_modified(token, lowered);
    expect_ok(tsr_token_set_integrity(lowered, &low, 0, &equal));
    expect_refused(STATUS_PRIVILEGE_NOT_HELD, lowered, raised,
                   tsr_token_set_integrity(lowered, &medium, 0, &raised));
    expect_ok(tsr_token_set_integrity(lowered, &medium, TCB, &raised));
    expect_level(raised, TSR_INTEGRITY_MEDIUM);
    tsr_token_unref(raised);
    tsr_token_unref(equal);
    tsr_token_unref(lowered);
    tsr_token_unref(token);
}

/* Covers T-IL-4, T-IL-5. */
static void t_il_4_5_a_low_token_reads_and_does_not_write(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const char *const file = "O:" ALICE "G:" DOMAIN_USERS "D:(A;;FA;;;" ALICE ")";
    tsr_token *token = alice();
    tsr_token *lowered = NULL;

    (void)state;

    assert_true(tsr_ok(check_file(token, file, FILE_WRITE_DATA).status));
    expect_ok(tsr_token_set_integrity(token, &low, 0, &lowered));

    expect_status(STATUS_ACCESS_DENIED, check_file(lowered, file, FILE_WRITE_DATA).status);
    expect_ok(check_file(lowered, file, FILE_READ_DATA).status);
    tsr_token_unref(lowered);
    tsr_token_unref(token);
}

/* Unverified: token.md 7.4 (a). Covers T-IL-6 [U]. */
static void t_il_6_below_high_the_privileges_of_an_administrator_go(void **state)
{
    tsr_token *token = alice_elevated();
    tsr_token *lowered = NULL;

    (void)state;

    expect_ok(tsr_token_set_integrity(token, &fixture_high, 0, &lowered));
    assert_int_equal(statistics_of(lowered).n_privileges, ARRAY_SIZE(fixture_privileges));
    tsr_token_unref(lowered);
    expect_ok(tsr_token_set_integrity(token, &fixture_medium, 0, &lowered));

    assert_int_equal(privilege_of(lowered, SE_TAKE_OWNERSHIP_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(lowered, SE_BACKUP_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(lowered, SE_RESTORE_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(lowered, SE_DEBUG_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(lowered, SE_IMPERSONATE_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(lowered, SE_SECURITY_PRIVILEGE), 0);
    assert_int_equal(privilege_of(lowered, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    tsr_token_unref(lowered);
    tsr_token_unref(token);
}

/* Unverified: the status. Covers T-IL-9 [U]. */
static void t_il_9_a_level_is_a_sid_of_its_authority(void **state)
{
    static const tsr_sid faulty[] = {{5, 1, {18}}, {16, 2, {1, 2}}, {16, 0, {0}}};
    tsr_token *token = alice();
    tsr_token *after = NULL;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(faulty); i++) {
        expect_refused(STATUS_INVALID_SID, token, after,
                       tsr_token_set_integrity(token, &faulty[i], TCB, &after));
    }
    tsr_token_unref(token);
}

static void a_token_without_a_level_takes_any(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *after = NULL;
    tsr_token *token;

    (void)state;

    spec.integrity = NULL;
    token = token_of_spec(&spec);

    expect_ok(tsr_token_set_integrity(token, &fixture_high, 0, &after));

    expect_level(after, TSR_INTEGRITY_HIGH);
    assert_int_equal(statistics_of(after).mandatory_policy, 0);
    tsr_token_unref(after);
    tsr_token_unref(token);
}

static void running_out_of_memory_makes_no_token(void **state)
{
    tsr_token *token = alice_contained(false);
    tsr_token *after = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(after,
                                        tsr_token_set_integrity(token, &fixture_medium, 0, &after));
    tsr_token_unref(after);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_set_6_the_user_and_owner_groups_become_owner),
        cmocka_unit_test(t_set_7_8_9_others_do_not),
        cmocka_unit_test(t_set_10_any_group_and_the_user_become_primary_group),
        cmocka_unit_test(t_set_11_a_stranger_does_not),
        cmocka_unit_test(t_set_3_4_the_default_dacl_goes_or_becomes_empty),
        cmocka_unit_test(a_default_dacl_is_validated),
        cmocka_unit_test(t_set_15_a_default_dacl_fits_the_charge_or_is_refused),
        cmocka_unit_test(what_a_token_was_charged_at_first_stays_its_limit),
        cmocka_unit_test(t_set_14_what_needs_a_privilege_needs_exactly_that),
        cmocka_unit_test(what_was_set_is_there),
        cmocka_unit_test(the_origin_is_set_once),
        cmocka_unit_test(flags_are_set_and_cleared_alone),
        cmocka_unit_test(virtualization_is_enabled_where_it_is_allowed),
        cmocka_unit_test(a_policy_is_one_of_a_level),
        cmocka_unit_test(faulty_claims_are_refused),
        cmocka_unit_test(t_il_1_7_the_level_stays_through_duplicating_and_filtering),
        cmocka_unit_test(t_il_2_3_a_level_is_lowered_by_anybody_and_raised_by_few),
        cmocka_unit_test(t_il_4_5_a_low_token_reads_and_does_not_write),
        cmocka_unit_test(t_il_6_below_high_the_privileges_of_an_administrator_go),
        cmocka_unit_test(t_il_9_a_level_is_a_sid_of_its_authority),
        cmocka_unit_test(a_token_without_a_level_takes_any),
        cmocka_unit_test(running_out_of_memory_makes_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
