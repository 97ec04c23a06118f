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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_made_by_who_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
