/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

/* alice with a privilege that is there and not enabled. */
static tsr_token *alice_with_disabled(uint32_t luid)
{
    const tsr_privilege_state privilege = {luid, 0};
    tsr_token_spec spec = alice_spec();

    spec.privileges = &privilege;
    spec.n_privileges = 1;
    spec.integrity = &fixture_high;
    return token_of_spec(&spec);
}

/* Covers T-CRT-1, T-CRT-2, T-CRT-3, T-CRT-4, T-CRT-5, T-CRT-6, T-CRT-7, T-CRT-8, T-CRT-9, T-CRT-10,
 * T-CRT-11, T-OBJ-13. */
static void a_token_is_made_by_who_may(void **state)
{
    ACL no_acl = {0};
    LUID unknown_session = {0x12345, 0};
    LUID session = {(DWORD)LOGON_SESSION, (LONG)(LOGON_SESSION >> 32)};
    LARGE_INTEGER never = {.QuadPart = INT64_MAX};
    sid_room everyone = sid_bytes(EVERYONE);
    sid_room high = sid_bytes("S-1-16-12288");
    sid_room user = sid_bytes(BOB);
    sid_room group = sid_bytes(G1);
    struct {
        DWORD count;
        SID_AND_ATTRIBUTES groups[2];
    } groups = {2, {{&everyone, SE_GROUP_MANDATORY}, {&high, SE_GROUP_INTEGRITY}}};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 3}}};
    TOKEN_PRIMARY_GROUP primary_group = {&user};
    TOKEN_PRIMARY_GROUP foreign_group = {&group};
    TOKEN_SOURCE source = {"testing", {5, 0}};
    TOKEN_USER somebody = {{&user, 0}};
    TOKEN_OWNER owner = {&group};
    TOKEN_DEFAULT_DACL dacl = {&no_acl};
    HANDLE token = NO_HANDLE;
    ULONG size = 0;
    tsr_token *made;
    tsr_group first;
    tsr_sid level;
    const struct {
        const char *id;
        tsr_token *(*process)(uint32_t luid);
        uint32_t luid;
        LUID *session;
        TOKEN_TYPE type;
        TOKEN_OWNER *owner;
        TOKEN_PRIMARY_GROUP *primary_group;
        NTSTATUS expected;
    } rows[] = {
        {"T-CRT-1", alice_with, SE_BACKUP_PRIVILEGE, &session, TokenPrimary, NULL, &primary_group,
         STATUS_PRIVILEGE_NOT_HELD},
        {"T-CRT-2", alice_with, SE_CREATE_TOKEN_PRIVILEGE, &session, (TOKEN_TYPE)3, NULL,
         &primary_group, STATUS_BAD_TOKEN_TYPE},
        {"T-CRT-2", alice_with, SE_BACKUP_PRIVILEGE, &session, (TOKEN_TYPE)3, NULL, &primary_group,
         STATUS_BAD_TOKEN_TYPE},
        {"T-CRT-3", alice_with_disabled, SE_CREATE_TOKEN_PRIVILEGE, &session, TokenPrimary, NULL,
         &primary_group, STATUS_PRIVILEGE_NOT_HELD},
        {"T-CRT-5", alice_with, SE_CREATE_TOKEN_PRIVILEGE, &session, TokenPrimary, &owner,
         &primary_group, STATUS_INVALID_OWNER},
        {"T-CRT-7", alice_with, SE_CREATE_TOKEN_PRIVILEGE, &session, TokenPrimary, NULL,
         &foreign_group, STATUS_INVALID_PRIMARY_GROUP},
        {"T-CRT-10", alice_with, SE_CREATE_TOKEN_PRIVILEGE, &unknown_session, TokenPrimary, NULL,
         &primary_group, STATUS_NO_SUCH_LOGON_SESSION},
        {"T-CRT-8", alice_with, SE_CREATE_TOKEN_PRIVILEGE, &session, TokenImpersonation, NULL,
         &primary_group, STATUS_SUCCESS},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("# %s\n", rows[i].id);
        be(rows[i].process(rows[i].luid));
        token = NO_HANDLE;
        expect_nt(rows[i].expected,
                  NtCreateToken(&token, TOKEN_ALL_ACCESS, NULL, rows[i].type, rows[i].session,
                                &never, &somebody, (PTOKEN_GROUPS)&groups, &privileges,
                                rows[i].owner, rows[i].primary_group, NULL, &source));
        assert_true((token == NULL) == (rows[i].expected != STATUS_SUCCESS));
    }
    made = behind((handle_t)(uintptr_t)token);
    assert_true(tsr_token_get_group(made, 0, &first));
    assert_int_equal(first.attributes, 7); /* T-CRT-4 */
    assert_false(tsr_token_get_group(made, 1, &first));
    assert_true(tsr_token_get_integrity(made, &level));
    assert_int_equal(level.sub_authorities[0], TSR_INTEGRITY_HIGH);
    expect_owner(made, BOB); /* T-CRT-6 */
    assert_int_equal(statistics_of(made).type, TSR_TOKEN_IMPERSONATION);
    assert_int_equal(statistics_of(made).level, TSR_LEVEL_ANONYMOUS); /* T-CRT-9 */
    expect_nt(STATUS_SUCCESS,                                         /* T-CRT-11 */
              NtQueryInformationToken(token, TokenDefaultDacl, &dacl, sizeof(dacl), &size));
    assert_null(dacl.DefaultDacl);
    assert_int_equal(session_count(0x12345), 0);
    (void)tsr_token_unref(made);
    expect_nt(STATUS_SUCCESS, NtClose(token));
    expect_nt(STATUS_ACCESS_VIOLATION,
              ZwCreateToken(&token, TOKEN_ALL_ACCESS, NULL, TokenPrimary, NULL, &never, &somebody,
                            (PTOKEN_GROUPS)&groups, &privileges, NULL, &primary_group, NULL,
                            &source));
    assert_null(token);
}

/* All that NtCreateToken is given, by name. */
struct parts {
    LUID session;
    LARGE_INTEGER expiration;
    sid_room sid;
    TOKEN_USER user;
    TOKEN_GROUPS groups;
    TOKEN_PRIVILEGES privileges;
    TOKEN_PRIMARY_GROUP primary_group;
    TOKEN_SOURCE source;
};

static void parts_init(struct parts *parts)
{
    *parts = (struct parts){
        .session = {(DWORD)LOGON_SESSION, (LONG)(LOGON_SESSION >> 32)},
        .expiration = {.QuadPart = INT64_MAX},
        .sid = sid_bytes(BOB),
        .user = {{&parts->sid, 0}},
        .groups = {.GroupCount = 0},
        .privileges = {.PrivilegeCount = 0},
        .primary_group = {&parts->sid},
        .source = {"testing", {5, 0}},
    };
}

static NTSTATUS create_of(struct parts *parts, HANDLE *token)
{
    return NtCreateToken(token, TOKEN_ALL_ACCESS, NULL, TokenPrimary, &parts->session,
                         &parts->expiration, &parts->user, &parts->groups, &parts->privileges, NULL,
                         &parts->primary_group, NULL, &parts->source);
}

static void every_part_is_asked_for(void **state)
{
    struct parts parts;
    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    parts_init(&parts);
    for (size_t missing = 0; missing < 7; missing++) {
        HANDLE token = NO_HANDLE;

        expect_nt(STATUS_ACCESS_VIOLATION,
                  NtCreateToken(
                      &token, TOKEN_ALL_ACCESS, NULL, TokenPrimary,
                      missing == 0 ? NULL : &parts.session, missing == 1 ? NULL : &parts.expiration,
                      missing == 2 ? NULL : &parts.user, missing == 3 ? NULL : &parts.groups,
                      missing == 4 ? NULL : &parts.privileges, NULL,
                      missing == 5 ? NULL : &parts.primary_group, NULL,
                      missing == 6 ? NULL : &parts.source));
        assert_null(token);
    }
    expect_nt(STATUS_ACCESS_VIOLATION, create_of(&parts, NULL));
}

static void the_privilege_is_looked_at_before_the_lists(void **state)
{
    HANDLE token = NO_HANDLE;
    struct parts parts;
    (void)state;

    parts_init(&parts);
    parts.groups.GroupCount = MAXDWORD;
    be(alice());
    expect_nt(STATUS_PRIVILEGE_NOT_HELD, create_of(&parts, &token));
    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    expect_nt(STATUS_INVALID_PARAMETER, create_of(&parts, &token));
    assert_null(token);
}

static void a_user_is_enabled_or_for_denial_alone(void **state)
{
    const struct {
        DWORD given;
        uint32_t expected;
    } rows[] = {
        {0, 0},
        {SE_GROUP_LOGON_ID, 0},
        {SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_OWNER, SE_GROUP_USE_FOR_DENY_ONLY},
    };
    struct parts parts;
    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    parts_init(&parts);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = NULL;
        tsr_token *made;
        tsr_group user;

        parts.user.User.Attributes = rows[i].given;
        expect_nt(STATUS_SUCCESS, create_of(&parts, &token));
        made = behind((handle_t)(uintptr_t)token);
        tsr_token_get_user(made, &user);
        assert_int_equal(user.attributes, rows[i].expected);
        (void)tsr_token_unref(made);
        expect_nt(STATUS_SUCCESS, NtClose(token));
    }
}

static void a_new_token_has_the_usual_policy_and_is_not_inherited(void **state)
{
    TOKEN_MANDATORY_POLICY policy = {0};
    HANDLE token = NULL;
    struct parts parts;
    ULONG size;
    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    parts_init(&parts);
    expect_nt(STATUS_SUCCESS, create_of(&parts, &token));
    expect_nt(STATUS_SUCCESS,
              NtQueryInformationToken(token, TokenMandatoryPolicy, &policy, sizeof(policy), &size));
    assert_int_equal(policy.Policy, TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN);
    assert_int_equal(nt_flags(token), 0);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_made_by_who_may),
        cmocka_unit_test(every_part_is_asked_for),
        cmocka_unit_test(the_privilege_is_looked_at_before_the_lists),
        cmocka_unit_test(a_user_is_enabled_or_for_denial_alone),
        cmocka_unit_test(a_new_token_has_the_usual_policy_and_is_not_inherited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
