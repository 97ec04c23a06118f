/* SPDX-License-Identifier: MIT */
/* Tests of changing tokens by handle: T-APR, T-AGR, T-SET rows of handles and privileges (token.md
 * 3.7, 3.8, 3.10). What changes is tested in token/. T-SET-1 and -2 are of buffers. */

#include "object/test-services.h"

static void t_apr_6_and_7_and_t_agr_9_and_10_rights_and_requests(void **state)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    const tsr_group group = {sid_of(G1), 0};
    const handle_t handle = h(alice(), TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS);
    const handle_t weak = h(alice(), TOKEN_ALL_ACCESS & ~0x60u);
    const uint64_t before = statistics_behind(handle).modified_id;
    tsr_previous_privileges privileges = {0};
    tsr_previous_groups groups = {0};

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  service_adjust_privileges(0xdead, false, NULL, 1, NULL));
    expect_status(STATUS_INVALID_PARAMETER, service_adjust_groups(0xdead, false, NULL, 1, NULL));
    expect_status(STATUS_INVALID_HANDLE, service_adjust_privileges(0xdead, true, NULL, 0, NULL));
    expect_status(STATUS_INVALID_HANDLE, service_adjust_groups(0xdead, true, NULL, 0, NULL));
    expect_status(STATUS_ACCESS_DENIED,
                  service_adjust_privileges(handle, false, &change, 1, &privileges));
    expect_status(STATUS_ACCESS_DENIED, service_adjust_groups(handle, false, &group, 1, &groups));
    expect_status(STATUS_ACCESS_DENIED, service_adjust_privileges(weak, false, &change, 1, NULL));
    expect_status(STATUS_ACCESS_DENIED, service_adjust_groups(weak, false, &group, 1, NULL));
    assert_int_equal(statistics_behind(handle).modified_id, before);
    expect_ok(service_adjust_privileges(handle, false, &change, 1, NULL));
    expect_ok(service_adjust_groups(handle, false, &group, 1, NULL));
    assert_true(statistics_behind(handle).modified_id != before);
    expect_ok(handle_close(handle));
    expect_ok(handle_close(weak));
}

static void
t_apr_10_and_5_what_is_not_all_assigned_is_applied_and_what_does_not_fit_is_not(void **state)
{
    const tsr_privilege_state changes[] = {{SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED},
                                           {SE_BACKUP_PRIVILEGE, SE_PRIVILEGE_ENABLED}};
    const handle_t handle = h(alice(), TOKEN_ALL_ACCESS);
    tsr_previous_privileges previous = {0};
    tsr_token *token;

    (void)state;

    expect_status(STATUS_BUFFER_TOO_SMALL,
                  service_adjust_privileges(handle, false, changes, 2, &previous));
    assert_int_equal(previous.n, 1);
    token = behind(handle);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), 0);
    (void)tsr_token_unref(token);
    expect_status(STATUS_NOT_ALL_ASSIGNED,
                  service_adjust_privileges(handle, false, changes, 2, NULL));
    token = behind(handle);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), SE_PRIVILEGE_ENABLED);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
}

/* Of the thread's own record. */
static tsr_impersonation_level thread_level(void)
{
    struct impersonation impersonation;

    thread_get_impersonation(this_thread(), &impersonation);
    assert_non_null(impersonation.token);
    impersonation_deinit(&impersonation);
    return impersonation.level;
}

static void t_apr_14_a_removed_privilege_opens_the_gate_no_more(void **state)
{
    const tsr_privilege_state remove = {SE_IMPERSONATE_PRIVILEGE, SE_PRIVILEGE_REMOVED};
    const handle_t token = h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_IMPERSONATE);
    handle_t primary = HANDLE_NONE;

    (void)state;

    be(service(HELD));
    expect_ok(
        service_open_process_token(HANDLE_CURRENT_PROCESS, TOKEN_ADJUST_PRIVILEGES, 0, &primary));
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, token));
    assert_int_equal(thread_level(), TSR_LEVEL_IMPERSONATION);
    expect_ok(service_adjust_privileges(primary, false, &remove, 1, NULL));
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, token));
    assert_int_equal(thread_level(), TSR_LEVEL_IDENTIFICATION);
    expect_ok(service_revert_to_self());
    expect_ok(handle_close(primary));
    expect_ok(handle_close(token));
}

static tsr_sid sids[5];

static void t_set_rows_of_classes_rights_and_privileges(void **state)
{
    const handle_t all = h(alice(), TOKEN_ALL_ACCESS);
    const handle_t by_default = h(alice(), TOKEN_ADJUST_DEFAULT);
    const handle_t weak = h(alice(), TOKEN_ALL_ACCESS & ~TOKEN_ADJUST_DEFAULT);
    const struct {
        const char *name;
        handle_t handle;
        uint32_t token_class;
        struct token_setting setting;
        uint32_t expected;
    } rows[] = {
        {"T-SET-3", all, TOKEN_CLASS_DEFAULT_DACL, {.dacl = NULL}, STATUS_SUCCESS},
        {"T-SET-4", all, TOKEN_CLASS_DEFAULT_DACL, {.dacl = &fixture_dacl}, STATUS_SUCCESS},
        {"T-SET-5", all, TOKEN_CLASS_ELEVATION_TYPE, {0}, STATUS_INVALID_INFO_CLASS},
        {"T-SET-5, T-UAC-9", 0xdead, TOKEN_CLASS_ELEVATION, {0}, STATUS_INVALID_INFO_CLASS},
        {"T-SET-6", all, TOKEN_CLASS_OWNER, {.sid = &sids[0]}, STATUS_SUCCESS},
        {"T-SET-7", all, TOKEN_CLASS_OWNER, {.sid = &sids[1]}, STATUS_INVALID_OWNER},
        {"T-SET-8", all, TOKEN_CLASS_OWNER, {.sid = &sids[2]}, STATUS_INVALID_OWNER},
        {"T-SET-10", all, TOKEN_CLASS_PRIMARY_GROUP, {.sid = &sids[3]}, STATUS_SUCCESS},
        {"T-SET-11",
         all,
         TOKEN_CLASS_PRIMARY_GROUP,
         {.sid = &sids[2]},
         STATUS_INVALID_PRIMARY_GROUP},
        {"T-SET-12", weak, TOKEN_CLASS_OWNER, {.sid = &sids[0]}, STATUS_ACCESS_DENIED},
        {"T-SET-13", by_default, TOKEN_CLASS_SESSION_ID, {.number = 2}, STATUS_ACCESS_DENIED},
        {"T-SET-14", all, TOKEN_CLASS_SESSION_ID, {.number = 2}, STATUS_PRIVILEGE_NOT_HELD},
        {"T-SET-16", all, TOKEN_CLASS_USER, {0}, STATUS_INVALID_INFO_CLASS},
        {"T-SET-17", all, TOKEN_CLASS_LINKED_TOKEN, {.handle = all}, STATUS_PRIVILEGE_NOT_HELD},
        {"the session", all, TOKEN_CLASS_SESSION_REFERENCE, {0}, STATUS_PRIVILEGE_NOT_HELD},
        {"the origin", all, TOKEN_CLASS_ORIGIN, {.luid = 5}, STATUS_PRIVILEGE_NOT_HELD},
        {"the policy", all, TOKEN_CLASS_MANDATORY_POLICY, {.number = 1}, STATUS_PRIVILEGE_NOT_HELD},
        {"UIAccess", all, TOKEN_CLASS_UI_ACCESS, {.number = 1}, STATUS_PRIVILEGE_NOT_HELD},
        {"claims", all, TOKEN_CLASS_SECURITY_ATTRIBUTES, {0}, STATUS_PRIVILEGE_NOT_HELD},
        {"virtualization",
         all,
         TOKEN_CLASS_VIRTUALIZATION_ALLOWED,
         {.number = 1},
         STATUS_PRIVILEGE_NOT_HELD},
        {"virtualization that is not allowed",
         all,
         TOKEN_CLASS_VIRTUALIZATION_ENABLED,
         {.number = 1},
         STATUS_INVALID_PARAMETER},
        {"integrity up [U]",
         all,
         TOKEN_CLASS_INTEGRITY_LEVEL,
         {.sid = &fixture_high},
         STATUS_PRIVILEGE_NOT_HELD},
        {"integrity down", all, TOKEN_CLASS_INTEGRITY_LEVEL, {.sid = &sids[4]}, STATUS_SUCCESS},
        {"a class that is not kept", all, TOKEN_CLASS_AUDIT_POLICY, {0}, STATUS_INVALID_INFO_CLASS},
        {"a bad handle", 0xdead, TOKEN_CLASS_OWNER, {.sid = &sids[0]}, STATUS_INVALID_HANDLE},
    };

    (void)state;

    sids[0] = sid_of(G3);
    sids[1] = sid_of(G1);
    sids[2] = sid_of(BOB);
    sids[3] = sid_of(G2);
    sids[4] = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const uint64_t before = statistics_behind(all).modified_id;
        const tsr_status status =
            service_set_token(rows[i].handle, rows[i].token_class, &rows[i].setting);

        if (status.code != rows[i].expected) {
            print_error("%s: %s\n", rows[i].name, expect_status_name(status.code));
            fail();
        }
        /* T-SET-18 */
        assert_int_equal(statistics_behind(all).modified_id != before, tsr_ok(status));
    }
    expect_ok(handle_close(all));
    expect_ok(handle_close(by_default));
    expect_ok(handle_close(weak));
}

static void with_the_privileges_everything_is_set(void **state)
{
    const struct {
        uint32_t token_class;
        struct token_setting setting;
    } rows[] = {
        {TOKEN_CLASS_SESSION_ID, {.number = 2}},
        {TOKEN_CLASS_ORIGIN, {.luid = 5}},
        {TOKEN_CLASS_MANDATORY_POLICY, {.number = 1}},
        {TOKEN_CLASS_UI_ACCESS, {.number = 1}},
        {TOKEN_CLASS_SECURITY_ATTRIBUTES, {0}},
        {TOKEN_CLASS_INTEGRITY_LEVEL, {.sid = &fixture_high}},
    };
    const handle_t handle = h(alice(), TOKEN_ALL_ACCESS);

    (void)state;

    be(alice_with(SE_TCB_PRIVILEGE));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_ok(service_set_token(handle, rows[i].token_class, &rows[i].setting));
    }
    assert_int_equal(statistics_behind(handle).session_id, 2);
    assert_int_equal(statistics_behind(handle).origin, 5);
    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    expect_ok(service_set_token(handle, TOKEN_CLASS_VIRTUALIZATION_ALLOWED,
                                &(struct token_setting){.number = 1}));
    expect_ok(service_set_token(handle, TOKEN_CLASS_VIRTUALIZATION_ENABLED,
                                &(struct token_setting){.number = 1}));
    expect_ok(handle_close(handle));
}

/* Covers T-OBJ-14. */
static void t_obj_14_the_reference_to_the_session_is_dropped_once(void **state)
{
    const handle_t handle = h(alice(), TOKEN_ALL_ACCESS);
    const size_t before = session_count(LOGON_SESSION);

    (void)state;

    be(alice_with(SE_TCB_PRIVILEGE));
    assert_int_equal(session_count(LOGON_SESSION), before);
    for (uint32_t number = 2; number-- > 0;) {
        expect_ok(service_set_token(handle, TOKEN_CLASS_SESSION_REFERENCE,
                                    &(struct token_setting){.number = number}));
        assert_int_equal(session_count(LOGON_SESSION), before - (number == 0));
    }
    expect_ok(service_set_token(handle, TOKEN_CLASS_SESSION_REFERENCE, &(struct token_setting){0}));
    assert_int_equal(session_count(LOGON_SESSION), before - 1);
    expect_ok(handle_close(handle));
    assert_int_equal(session_count(LOGON_SESSION), before - 1);
}

static void a_link_is_set_with_the_privilege_and_a_token_to_duplicate(void **state)
{
    const handle_t limited = h(alice_limited(), TOKEN_ALL_ACCESS);
    const handle_t full = h(alice_elevated(), TOKEN_DUPLICATE);
    const handle_t weak = h(alice_elevated(), TOKEN_QUERY);
    handle_t linked = HANDLE_NONE;

    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    expect_status(STATUS_ACCESS_DENIED, service_set_token(limited, TOKEN_CLASS_LINKED_TOKEN,
                                                          &(struct token_setting){.handle = weak}));
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, service_query_linked_token(limited, &linked));
    expect_ok(service_set_token(limited, TOKEN_CLASS_LINKED_TOKEN,
                                &(struct token_setting){.handle = full}));
    expect_ok(service_query_linked_token(limited, &linked));
    expect_ok(handle_close(linked));
    expect_ok(handle_close(limited));
    expect_ok(handle_close(full));
    expect_ok(handle_close(weak));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_apr_6_and_7_and_t_agr_9_and_10_rights_and_requests),
        cmocka_unit_test(
            t_apr_10_and_5_what_is_not_all_assigned_is_applied_and_what_does_not_fit_is_not),
        cmocka_unit_test(t_apr_14_a_removed_privilege_opens_the_gate_no_more),
        cmocka_unit_test(t_set_rows_of_classes_rights_and_privileges),
        cmocka_unit_test(with_the_privileges_everything_is_set),
        cmocka_unit_test(t_obj_14_the_reference_to_the_session_is_dropped_once),
        cmocka_unit_test(a_link_is_set_with_the_privilege_and_a_token_to_duplicate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
