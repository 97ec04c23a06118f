/* SPDX-License-Identifier: MIT */
/* Tests of what is asked of tokens by handle: T-QRY, T-PRV, T-CMP, T-MEM rows (token.md 3.9 to
 * 3.13). T-QRY-1 to -3 and -14 are of buffers, which belong to the spellings. */

#include "object/test-services.h"
#include "token/test-allocation.h"

static uint32_t query(handle_t handle, uint32_t token_class)
{
    tsr_token *token = NULL;
    const tsr_status status = service_query_token(handle, token_class, &token);

    assert_true(tsr_ok(status) == (token != NULL));
    (void)tsr_token_unref(token);
    return status.code;
}

static void t_qry_rows_of_classes_and_rights(void **state)
{
    const handle_t all = h(alice(), TOKEN_ALL_ACCESS);
    const handle_t by_query = h(alice(), TOKEN_QUERY);
    const handle_t by_source = h(alice(), TOKEN_QUERY_SOURCE);
    const handle_t without_logon_sid = h(system_token(), TOKEN_QUERY);
    const handle_t impersonation = h(impersonating(alice(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    const struct {
        const char *name;
        handle_t handle;
        uint32_t token_class;
        uint32_t expected;
    } rows[] = {
        {"T-QRY-4", all, TOKEN_CLASS_IMPERSONATION_LEVEL, STATUS_INVALID_PARAMETER},
        {"level of an impersonation", impersonation, TOKEN_CLASS_IMPERSONATION_LEVEL,
         STATUS_SUCCESS},
        {"T-QRY-5", by_query, TOKEN_CLASS_SOURCE, STATUS_ACCESS_DENIED},
        {"T-QRY-6", by_source, TOKEN_CLASS_SOURCE, STATUS_SUCCESS},
        {"T-QRY-7", by_source, TOKEN_CLASS_USER, STATUS_ACCESS_DENIED},
        {"T-QRY-8", all, TOKEN_CLASS_LOGON_SID, STATUS_SUCCESS},
        {"T-QRY-9 [U]", without_logon_sid, TOKEN_CLASS_LOGON_SID, STATUS_NOT_FOUND},
        {"T-QRY-13", all, 0, STATUS_INVALID_INFO_CLASS},
        {"T-QRY-13", all, 99, STATUS_INVALID_INFO_CLASS},
        {"the class above all", all, TOKEN_CLASS_MAX, STATUS_INVALID_INFO_CLASS},
        {"T-QRY-13 with a bad handle", 0xdead, 99, STATUS_INVALID_INFO_CLASS},
        {"a bad handle", 0xdead, TOKEN_CLASS_USER, STATUS_INVALID_HANDLE},
        {"T-QRY-16", by_query, TOKEN_CLASS_RESTRICTED_SIDS, STATUS_SUCCESS},
        {"T-QRY-17", all, TOKEN_CLASS_SESSION_REFERENCE, STATUS_INVALID_INFO_CLASS},
        {"reserved", all, TOKEN_CLASS_RESTRICTED_USER_CLAIMS, STATUS_INVALID_INFO_CLASS},
        {"an anonymous level tells", impersonation, TOKEN_CLASS_GROUPS, STATUS_SUCCESS},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const uint32_t got = query(rows[i].handle, rows[i].token_class);

        if (got != rows[i].expected) {
            print_error("%s: %s\n", rows[i].name, expect_status_name(got));
            fail();
        }
    }
    expect_ok(handle_close(all));
    expect_ok(handle_close(by_query));
    expect_ok(handle_close(by_source));
    expect_ok(handle_close(without_logon_sid));
    expect_ok(handle_close(impersonation));
}

static void the_logon_sid_is_the_group_that_is_marked_so(void **state)
{
    const tsr_group groups[] = {
        {sid_of(LOGON), TSR_GROUP_ORDINARY | SE_GROUP_LOGON_ID},
        {sid_of(G1), TSR_GROUP_ORDINARY},
        {sid_of(G2), 0},
    };
    tsr_token_spec spec = {
        .user = sid_of(ALICE), .groups = groups, .n_groups = 1, .authentication_id = LOGON_SESSION};
    handle_t handle;

    (void)state;

    handle = h(token_of_spec(&spec), TOKEN_QUERY);
    assert_int_equal(query(handle, TOKEN_CLASS_LOGON_SID), STATUS_SUCCESS);
    expect_ok(handle_close(handle));
    spec.groups = &groups[1];
    spec.n_groups = 2;
    handle = h(token_of_spec(&spec), TOKEN_QUERY);
    assert_int_equal(query(handle, TOKEN_CLASS_LOGON_SID), STATUS_NOT_FOUND);
    expect_ok(handle_close(handle));
}

static void every_class_has_a_name_and_what_is_set_is_set_by_right(void **state)
{
    (void)state;

    assert_null(token_class_find(0));
    assert_null(token_class_find(TOKEN_CLASS_MAX));
    assert_null(token_class_find(UINT32_MAX));
    assert_int_equal(TOKEN_CLASS_MAX, 48);
    for (uint32_t token_class = 1; token_class < TOKEN_CLASS_MAX; token_class++) {
        const struct token_class_entry *entry = token_class_find(token_class);

        assert_non_null(entry->name);
        assert_true(!entry->set_rights || (entry->set_rights & TOKEN_ADJUST_DEFAULT));
        assert_true(!entry->privilege || entry->set_rights);
    }
    /* These have no layout that says it too. */
    assert_int_equal(token_class_find(TOKEN_CLASS_SOURCE)->fixed_size, 16);
    assert_int_equal(token_class_find(TOKEN_CLASS_ORIGIN)->fixed_size, 8);
    assert_int_equal(token_class_find(TOKEN_CLASS_LINKED_TOKEN)->fixed_size, 8);
}

static void t_prv_1_to_6_privileges_by_handle(void **state)
{
    const handle_t anonymous = h(impersonating(alice(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    const handle_t identified = h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    const handle_t primary = h(alice(), TOKEN_QUERY);
    const handle_t weak = h(alice(), TOKEN_ALL_ACCESS & ~TOKEN_QUERY);
    tsr_privilege_state privilege = {SE_CHANGE_NOTIFY_PRIVILEGE, 0};
    bool held = false;

    (void)state;

    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_privilege_check(anonymous, 1, &privilege, 1, &held));
    expect_status(STATUS_ACCESS_DENIED, service_privilege_check(weak, 1, &privilege, 1, &held));
    assert_int_equal(privilege.attributes, 0);
    expect_ok(service_privilege_check(identified, 1, &privilege, 1, &held));
    assert_true(held);
    expect_ok(service_privilege_check(primary, 1, &privilege, 1, &held));
    assert_true(held);
    assert_int_equal(privilege.attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    expect_ok(handle_close(anonymous));
    expect_ok(handle_close(identified));
    expect_ok(handle_close(primary));
    expect_ok(handle_close(weak));
}

static void t_cmp_1_5_and_7_tokens_are_compared_by_two_handles(void **state)
{
    const handle_t a = h(alice(), TOKEN_QUERY);
    const handle_t b = h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    const handle_t other = h(bob(), TOKEN_QUERY);
    const handle_t weak = h(alice(), TOKEN_DUPLICATE);
    bool equal = false;

    (void)state;

    expect_ok(service_compare_tokens(a, a, &equal));
    assert_true(equal);
    expect_ok(service_compare_tokens(a, b, &equal));
    assert_true(equal);
    expect_ok(service_compare_tokens(a, other, &equal));
    assert_false(equal);
    expect_status(STATUS_ACCESS_DENIED, service_compare_tokens(a, weak, &equal));
    expect_status(STATUS_ACCESS_DENIED, service_compare_tokens(weak, 0xdead, &equal));
    expect_status(STATUS_INVALID_HANDLE, service_compare_tokens(0xdead, weak, &equal));
    expect_ok(handle_close(a));
    expect_ok(handle_close(b));
    expect_ok(handle_close(other));
    expect_ok(handle_close(weak));
}

static bool member(handle_t handle, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);
    bool is_member = false;

    expect_ok(service_check_membership(handle, &sid, 0, &is_member));
    return is_member;
}

static void t_mem_1_to_6_membership(void **state)
{
    const tsr_sid everyone = sid_of(EVERYONE);
    const handle_t primary = h(alice(), TOKEN_QUERY);
    const handle_t limited =
        h(impersonating(alice_limited(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    struct token_object *token;
    bool is_member = true;

    (void)state;

    be(alice());
    expect_status(STATUS_INVALID_HANDLE,
                  service_check_membership(0xdead, &everyone, 0, &is_member));
    assert_false(is_member);
    is_member = true;
    expect_status(STATUS_NO_IMPERSONATION_TOKEN,
                  service_check_membership(primary, &everyone, 0, &is_member));
    assert_false(is_member);
    assert_true(member(limited, G1));
    assert_false(member(limited, ADMINS));
    assert_false(member(limited, G2));
    assert_true(member(limited, ALICE));
    assert_true(member(HANDLE_NONE, G1));
    assert_false(member(HANDLE_NONE, BOB));
    token = act_as(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    assert_true(member(HANDLE_NONE, BOB));
    revert(this_thread());
    (void)token_object_unref(token);
    token = act_as(bob(), TSR_LEVEL_ANONYMOUS);
    is_member = true;
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_check_membership(HANDLE_NONE, &everyone, 0, &is_member));
    assert_false(is_member);
    revert(this_thread());
    (void)token_object_unref(token);
    expect_ok(handle_close(primary));
    expect_ok(handle_close(limited));
}

/* @return the argument if a thread was told that it is no member, there being no memory for it */
static void *ask_without_memory(void *argument)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    bool is_member = true;
    tsr_status status;

    n_allocations_left = 0;
    status = service_check_membership(HANDLE_NONE, &everyone, 0, &is_member);
    n_allocations_left = SIZE_MAX;
    return status.code == STATUS_NO_MEMORY && !is_member ? argument : NULL;
}

static void a_thread_for_which_there_is_no_memory_is_no_member(void **state)
{
    void *refused = NULL;
    pthread_t thread;

    be(alice());
    assert_int_equal(pthread_create(&thread, NULL, ask_without_memory, state), 0);
    assert_int_equal(pthread_join(thread, &refused), 0);
    assert_ptr_equal(refused, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_qry_rows_of_classes_and_rights),
        cmocka_unit_test(the_logon_sid_is_the_group_that_is_marked_so),
        cmocka_unit_test(every_class_has_a_name_and_what_is_set_is_set_by_right),
        cmocka_unit_test(t_prv_1_to_6_privileges_by_handle),
        cmocka_unit_test(t_cmp_1_5_and_7_tokens_are_compared_by_two_handles),
        cmocka_unit_test(t_mem_1_to_6_membership),
        cmocka_unit_test(a_thread_for_which_there_is_no_memory_is_no_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
