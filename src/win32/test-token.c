/* SPDX-License-Identifier: MIT */

#include "win32/test-tokens.h"

#define ANY TOKEN_ALL_ACCESS

/* ---- T-QRY ---- */

/* Covers T-QRY-1, T-QRY-2, T-QRY-3, T-QRY-14. */
static void a_buffer_is_probed_before_it_is_filled(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    BYTE buffer[4096];
    DWORD needed = 0;
    DWORD size = 0;
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER, /* T-QRY-1 */
                 GetTokenInformation(token, TokenGroups, NULL, 0, &needed));
    assert_true(needed > 1 && needed < sizeof(buffer));
    memset(buffer, 0xcc, sizeof(buffer));
    expect_error(ERROR_INSUFFICIENT_BUFFER, /* T-QRY-2 */
                 GetTokenInformation(token, TokenGroups, buffer, needed - 1, &size));
    assert_int_equal(size, needed);
    for (size_t i = 0; i < sizeof(buffer); i++) {
        assert_int_equal(buffer[i], 0xcc);
    }
    expect_true(GetTokenInformation(token, TokenGroups, buffer, needed, &size)); /* T-QRY-3 */
    assert_int_equal(size, needed);
    assert_int_equal(buffer[needed], 0xcc);
    expect_error(ERROR_NOACCESS, GetTokenInformation(token, TokenGroups, buffer, 9, NULL));
    expect_error(ERROR_NOACCESS, GetTokenInformation(token, TokenGroups, buffer + 1, 99, &size));
    expect_true(CloseHandle(token));
}

/* Covers T-QRY-4, T-QRY-5, T-QRY-7, T-QRY-13, T-QRY-17, T-UAC-10. */
static void what_is_not_told_has_its_error(void **state)
{
    static const struct {
        const char *id;
        DWORD rights;
        TOKEN_INFORMATION_CLASS token_class;
        DWORD room;
        DWORD error;
    } rows[] = {
        {"T-QRY-4", TOKEN_QUERY, TokenImpersonationLevel, 4, ERROR_INVALID_PARAMETER},
        {"T-QRY-5", TOKEN_QUERY, TokenSource, 16, ERROR_ACCESS_DENIED},
        {"T-QRY-7", TOKEN_QUERY_SOURCE, TokenUser, 99, ERROR_ACCESS_DENIED},
        {"T-QRY-13", TOKEN_QUERY, (TOKEN_INFORMATION_CLASS)0, 99, ERROR_INVALID_PARAMETER},
        {"T-QRY-13", TOKEN_QUERY, (TOKEN_INFORMATION_CLASS)99, 99, ERROR_INVALID_PARAMETER},
        {"T-QRY-17", TOKEN_QUERY, TokenSessionReference, 4, ERROR_INVALID_PARAMETER},
        {"T-UAC-10", TOKEN_QUERY, TokenLinkedToken, 8, ERROR_NO_SUCH_LOGON_SESSION},
        {"one size", TOKEN_QUERY, TokenStatistics, 55, ERROR_BAD_LENGTH},
        {"one size", TOKEN_QUERY, TokenElevation, 3, ERROR_BAD_LENGTH},
        {"one size", TOKEN_QUERY, TokenLinkedToken, 7, ERROR_BAD_LENGTH},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(alice(), rows[i].rights);
        told answer;
        DWORD size;

        print_message("# %s\n", rows[i].id);
        expect_error(rows[i].error,
                     GetTokenInformation(token, rows[i].token_class, &answer, rows[i].room, &size));
        expect_true(CloseHandle(token));
    }
}

/* Covers T-QRY-8, T-QRY-10, T-QRY-16, T-IL-1. */
static void who_somebody_is_is_told(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY | TOKEN_QUERY_SOURCE);
    told answer;
    (void)state;

    assert_int_equal(ask(token, TokenUser, &answer), sizeof(TOKEN_USER) + 28);
    assert_ptr_equal(answer.user.User.Sid, answer.bytes + sizeof(TOKEN_USER));
    assert_true(is_sid(answer.user.User.Sid, ALICE));
    ask(token, TokenOwner, &answer);
    assert_true(is_sid(answer.owner.Owner, ALICE));
    ask(token, TokenPrimaryGroup, &answer);
    assert_true(is_sid(answer.primary_group.PrimaryGroup, DOMAIN_USERS));
    assert_int_equal(ask(token, TokenSource, &answer), 16);
    assert_memory_equal(answer.source.SourceName, "User32  ", 8);
    assert_int_equal(answer.source.SourceIdentifier.LowPart, 77);
    ask(token, TokenLogonSid, &answer); /* T-QRY-8 */
    assert_int_equal(answer.groups.GroupCount, 1);
    assert_true(is_sid(answer.groups.Groups[0].Sid, LOGON));
    assert_int_equal(answer.groups.Groups[0].Attributes, 0xC0000007);
    ask(token, TokenIntegrityLevel, &answer); /* T-QRY-10 */
    assert_true(is_sid(answer.label.Label.Sid, "S-1-16-8192"));
    assert_int_equal(answer.label.Label.Attributes, 0x60);
    ask(token, TokenDefaultDacl, &answer);
    assert_memory_equal(answer.default_dacl.DefaultDacl, fixture_dacl_bytes,
                        sizeof(fixture_dacl_bytes));
    assert_int_equal(ask(token, TokenRestrictedSids, &answer), 8); /* T-QRY-16 */
    assert_int_equal(answer.groups.GroupCount, 0);
    expect_true(CloseHandle(token));
}

/* Covers T-QRY-6, T-QRY-18. */
static void sources_have_a_right_of_their_own_and_owners_may_be_groups(void **state)
{
    HANDLE by_source = win_h(alice(), TOKEN_QUERY_SOURCE);
    HANDLE elevated = win_h(alice_elevated(), TOKEN_QUERY);
    told answer;
    (void)state;

    assert_int_equal(ask(by_source, TokenSource, &answer), 16);
    assert_memory_equal(answer.source.SourceName, "User32  ", 8);
    ask(elevated, TokenOwner, &answer);
    assert_true(is_sid(answer.owner.Owner, ADMINS));
    expect_true(CloseHandle(elevated));
    expect_true(CloseHandle(by_source));
}

/* Covers T-QRY-15, T-UAC-13. */
static void the_system_is_elevated_without_being_one_of_a_pair(void **state)
{
    HANDLE token = win_h(system_administrator(), TOKEN_QUERY);
    (void)state;

    assert_int_equal(ask_number(token, TokenElevationType), TokenElevationTypeDefault);
    assert_int_equal(ask_number(token, TokenElevation), TRUE);
    expect_true(CloseHandle(token));
}

static void lists_are_told_in_their_order(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    SID_AND_ATTRIBUTES *groups;
    LUID_AND_ATTRIBUTES *privileges;
    told answer;
    DWORD size;
    (void)state;

    ask(token, TokenGroups, &answer);
    groups = answer.groups.Groups;
    assert_int_equal(answer.groups.GroupCount, N_ALICE_GROUPS + 1);
    assert_true(is_sid(groups[6].Sid, G1));
    assert_int_equal(groups[6].Attributes, 6);
    assert_true(is_sid(groups[N_ALICE_GROUPS].Sid, "S-1-16-8192"));
    assert_int_equal(ask(token, TokenPrivileges, &answer), 4 + 12 * N_ALICE_PRIVILEGES);
    privileges = answer.privileges.Privileges;
    assert_int_equal(privileges[0].Luid.LowPart, SE_CHANGE_NOTIFY_PRIVILEGE);
    assert_int_equal(privileges[0].Attributes, 3);
    size = ask(token, TokenGroupsAndPrivileges, &answer);
    assert_int_equal(answer.groups_and_privileges.SidCount, N_ALICE_GROUPS + 2);
    assert_true(is_sid(answer.groups_and_privileges.Sids[0].Sid, ALICE));
    assert_int_equal(answer.groups_and_privileges.PrivilegeLength, 12 * N_ALICE_PRIVILEGES);
    assert_int_equal(56 + answer.groups_and_privileges.SidLength +
                         answer.groups_and_privileges.PrivilegeLength,
                     size);
    ask(token, TokenAccessInformation, &answer);
    assert_int_equal(answer.access.SidHash->SidCount, N_ALICE_GROUPS + 2);
    assert_int_equal(answer.access.Privileges->PrivilegeCount, N_ALICE_PRIVILEGES);
    assert_int_equal(answer.access.RestrictedSidHash->SidCount, 0);
    assert_null(answer.access.PackageSid);
    expect_true(CloseHandle(token));
}

/* Covers T-QRY-12, T-LBX-10. */
static void numbers_are_told(void **state)
{
    static const struct {
        TOKEN_INFORMATION_CLASS token_class;
        DWORD expected;
    } rows[] = {
        {TokenType, TokenPrimary},
        {TokenSessionId, 1},
        {TokenSandBoxInert, 0},
        {TokenElevationType, TokenElevationTypeDefault},
        {TokenElevation, 0},
        {TokenHasRestrictions, 0},
        {TokenVirtualizationAllowed, 0},
        {TokenVirtualizationEnabled, 0},
        {TokenUIAccess, 0},
        {TokenMandatoryPolicy, 3},
        {TokenIsAppContainer, 0},
        {TokenAppContainerNumber, 0},
        {TokenIsRestricted, 0},
        {TokenPrivateNameSpace, 0},
        {TokenIsLessPrivilegedAppContainer, 0},
        {TokenIsSandboxed, 0},
    };
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    told answer;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(ask_number(token, rows[i].token_class), rows[i].expected);
    }
    ask(token, TokenAppContainerSid, &answer);
    assert_null(answer.app_container.TokenAppContainer);
    expect_true(CloseHandle(token));
}

static void an_app_container_is_told(void **state)
{
    HANDLE token = win_h(alice_contained(true), TOKEN_QUERY);
    CLAIM_SECURITY_ATTRIBUTE_V1 *claim;
    told answer;
    (void)state;

    assert_int_equal(ask_number(token, TokenIsAppContainer), 1);
    assert_int_equal(ask_number(token, TokenIsLessPrivilegedAppContainer), 1);
    assert_true(ask_number(token, TokenAppContainerNumber) != 0);
    ask(token, TokenAppContainerSid, &answer);
    assert_true(is_sid(answer.app_container.TokenAppContainer, PACKAGE));
    ask(token, TokenCapabilities, &answer);
    assert_int_equal(answer.groups.GroupCount, ARRAY_SIZE(fixture_capabilities));
    ask(token, TokenDeviceGroups, &answer);
    assert_int_equal(answer.groups.GroupCount, ARRAY_SIZE(fixture_device_groups));
    ask(token, TokenUserClaimAttributes, &answer);
    assert_int_equal(answer.claims.AttributeCount, 1);
    claim = answer.claims.Attribute.pAttributeV1;
    assert_int_equal(claim->Name[0], 'a');
    assert_int_equal(claim->Name[1], 0);
    assert_int_equal(claim->Values.pInt64[0], 7);
    expect_true(CloseHandle(token));
}

/* Covers T-OTT-11, T-OTT-12, T-OTT-13. */
static void a_pseudo_handle_is_for_asking_only(void **state)
{
    HANDLE new_token = (HANDLE)(uintptr_t)42;
    told process;
    told answer;
    DWORD size;
    (void)state;

    be(alice());
    expect_error(ERROR_NO_TOKEN,
                 GetTokenInformation(GetCurrentThreadToken(), TokenStatistics, &answer,
                                     sizeof(answer), &size)); /* T-OTT-11 */
    ask(GetCurrentProcessToken(), TokenStatistics, &process); /* T-OTT-12 */
    ask(GetCurrentThreadEffectiveToken(), TokenStatistics, &answer);
    assert_memory_equal(&process.statistics, &answer.statistics, sizeof(TOKEN_STATISTICS));
    expect_error(
        ERROR_INVALID_HANDLE, /* T-OTT-13 */
        CreateRestrictedToken(GetCurrentProcessToken(), 0, 0, NULL, 0, NULL, 0, NULL, &new_token));
    assert_null(new_token);
}

/* ---- T-UAC ---- */

static TOKEN_PRIVILEGES one_privilege(DWORD luid, DWORD attributes)
{
    return (TOKEN_PRIVILEGES){1, {{{luid, 0}, attributes}}};
}

/* Whether a privilege is enabled in a token. */
static bool is_held(HANDLE token, DWORD luid)
{
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{luid, 0}, 0}}};
    BOOL held = 42;

    expect_true(PrivilegeCheck(token, &set, &held));
    return held;
}

/* The linked token of one, and how elevated it is. */
static HANDLE linked_to(HANDLE token, TOKEN_ELEVATION_TYPE type, BOOL elevated)
{
    told answer;

    assert_int_equal(ask(token, TokenLinkedToken, &answer), sizeof(HANDLE));
    assert_int_equal(ask_number(answer.linked.LinkedToken, TokenElevationType), type);
    assert_int_equal(ask_number(answer.linked.LinkedToken, TokenElevation), elevated);
    return answer.linked.LinkedToken;
}

static LUID token_id(HANDLE token)
{
    told answer;

    ask(token, TokenStatistics, &answer);
    return answer.statistics.TokenId;
}

static bool is_same_token(HANDLE a, HANDLE b)
{
    const LUID of_a = token_id(a);
    const LUID of_b = token_id(b);

    return of_a.LowPart == of_b.LowPart && of_a.HighPart == of_b.HighPart;
}

/* Covers T-UAC-1, T-UAC-2, T-UAC-3, T-UAC-4, T-UAC-5, T-UAC-12. */
static void a_linked_token_is_there_to_be_looked_at(void **state)
{
    HANDLE copy = (HANDLE)(uintptr_t)42;
    HANDLE limited;
    HANDLE linked;
    HANDLE again;
    HANDLE full;
    HANDLE back;
    (void)state;

    be(alice());
    win_log_on(&full, &limited);
    assert_int_equal(ask_number(limited, TokenElevationType), TokenElevationTypeLimited);
    assert_int_equal(ask_number(limited, TokenElevation), FALSE);
    linked = linked_to(limited, TokenElevationTypeFull, TRUE);
    assert_int_equal(win_rights(linked), TOKEN_ALL_ACCESS);
    assert_int_equal(ask_number(linked, TokenType), TokenImpersonation);
    assert_int_equal(ask_number(linked, TokenImpersonationLevel), SecurityIdentification);
    again = linked_to(limited, TokenElevationTypeFull, TRUE);
    assert_false(is_same_token(again, linked));
    back = linked_to(linked, TokenElevationTypeLimited, FALSE);
    assert_false(is_same_token(back, limited));
    expect_true(CloseHandle(back));
    back = linked_to(full, TokenElevationTypeLimited, FALSE);
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL,
                 DuplicateTokenEx(linked, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation,
                                  TokenImpersonation, &copy));
    assert_null(copy);
    expect_true(CloseHandle(back));
    expect_true(CloseHandle(again));
    expect_true(CloseHandle(linked));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(full));
}

/* Covers T-UAC-6, T-UAC-7. */
static void changes_of_one_token_do_not_show_in_the_other(void **state)
{
    TOKEN_PRIVILEGES removal = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_REMOVED);
    acl_room empty = acl_empty();
    TOKEN_DEFAULT_DACL dacl = {&empty.acl};
    HANDLE limited;
    HANDLE linked;
    HANDLE full;
    told answer;
    (void)state;

    be(alice());
    win_log_on(&full, &limited);
    assert_int_equal(AdjustTokenPrivileges(limited, FALSE, &removal, 0, NULL, NULL), TRUE);
    expect_true(SetTokenInformation(limited, TokenDefaultDacl, &dacl, sizeof(dacl)));
    linked = linked_to(limited, TokenElevationTypeFull, TRUE);
    assert_false(is_held(limited, SE_CHANGE_NOTIFY_PRIVILEGE));
    assert_true(is_held(linked, SE_CHANGE_NOTIFY_PRIVILEGE));
    ask(linked, TokenDefaultDacl, &answer);
    assert_int_equal(answer.default_dacl.DefaultDacl->AceCount, 2);
    expect_true(CloseHandle(linked));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(full));
}

/* Covers T-FLT-6, T-UAC-8. */
static void filtering_by_nothing_leaves_a_pair_what_it_is(void **state)
{
    HANDLE limited;
    HANDLE linked;
    HANDLE full;
    HANDLE made;
    (void)state;

    be(alice());
    win_log_on(&full, &limited);
    expect_true(CreateRestrictedToken(full, 0, 0, NULL, 0, NULL, 0, NULL, &made));
    assert_int_equal(ask_number(made, TokenElevationType), TokenElevationTypeFull);
    assert_int_equal(ask_number(made, TokenElevation), TRUE);
    linked = linked_to(made, TokenElevationTypeLimited, FALSE);
    expect_true(CloseHandle(linked));
    expect_true(CloseHandle(made));
    expect_true(CreateRestrictedToken(limited, 0, 0, NULL, 0, NULL, 0, NULL, &made));
    assert_int_equal(ask_number(made, TokenElevationType), TokenElevationTypeLimited);
    assert_int_equal(ask_number(made, TokenElevation), FALSE);
    linked = linked_to(made, TokenElevationTypeFull, TRUE);
    expect_true(CloseHandle(linked));
    expect_true(CloseHandle(made));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(full));
}

/* ---- T-SET ---- */

static LUID modified_id(HANDLE token)
{
    told answer;

    ask(token, TokenStatistics, &answer);
    return answer.statistics.ModifiedId;
}

static bool is_modified(HANDLE token, LUID before)
{
    const LUID now = modified_id(token);

    return now.LowPart != before.LowPart || now.HighPart != before.HighPart;
}

static tsr_token *alice_with_g3_denied(void)
{
    const tsr_sid g3 = sid_of(G3);

    return filtered(alice(), &(tsr_token_filter_spec){.disable = &g3, .n_disable = 1});
}

/* Covers T-SET-1, T-SET-2, T-SET-3, T-SET-5, T-SET-6, T-SET-7, T-SET-8, T-SET-9, T-SET-10,
 * T-SET-11, T-SET-12, T-SET-13, T-SET-14, T-SET-15, T-SET-16, T-SET-17, T-SET-18, T-UAC-9,
 * T-IL-2 [U], T-IL-9 [U], T-IL-10 [U]. */
static void what_cannot_be_set_has_its_error(void **state)
{
    sid_room g1 = sid_bytes(G1);
    sid_room g2 = sid_bytes(G2);
    sid_room g3 = sid_bytes(G3);
    sid_room somebody = sid_bytes(BOB);
    TOKEN_OWNER owner_g1 = {&g1};
    TOKEN_OWNER owner_g2 = {&g2};
    TOKEN_OWNER owner_g3 = {&g3};
    TOKEN_OWNER owner_bob = {&somebody};
    TOKEN_DEFAULT_DACL no_dacl = {NULL};
    acl_room empty = acl_empty();
    TOKEN_DEFAULT_DACL empty_dacl = {&empty.acl};
    union {
        ACL acl;
        BYTE bytes[5000];
    } large;
    TOKEN_DEFAULT_DACL large_dacl = {&large.acl};
    sid_room low = sid_bytes("S-1-16-4096");
    sid_room high = sid_bytes("S-1-16-12288");
    sid_room no_level = sid_bytes("S-1-5-18");
    TOKEN_MANDATORY_LABEL to_low = {{&low, SE_GROUP_INTEGRITY}};
    TOKEN_MANDATORY_LABEL to_high = {{&high, SE_GROUP_INTEGRITY}};
    TOKEN_MANDATORY_LABEL to_none = {{&no_level, SE_GROUP_INTEGRITY}};
    DWORD number = 5;
    DWORD off = 0;
    const DWORD all_but_session = TOKEN_QUERY | TOKEN_ADJUST_DEFAULT;
    const struct {
        const char *id;
        tsr_token *(*token)(void);
        DWORD rights;
        TOKEN_INFORMATION_CLASS token_class;
        void *from;
        DWORD size;
        DWORD error; /* 0: it can */
    } rows[] = {
        {"T-SET-1", alice, ANY, TokenDefaultDacl, NULL, 0, ERROR_BAD_LENGTH},
        {"T-SET-2", alice, ANY, TokenDefaultDacl, NULL, 8, ERROR_NOACCESS},
        {"T-SET-3", alice, ANY, TokenDefaultDacl, &no_dacl, 8, 0},
        {"T-SET-4", alice, ANY, TokenDefaultDacl, &empty_dacl, 8, 0},
        {"T-SET-5", alice_limited, ANY, TokenElevation, &number, 4, ERROR_INVALID_PARAMETER},
        {"T-SET-5, T-UAC-9", alice_limited, ANY, TokenElevationType, &number, 4,
         ERROR_INVALID_PARAMETER},
        {"T-SET-6", alice, ANY, TokenOwner, &owner_g3, 8, 0},
        {"T-SET-7", alice, ANY, TokenOwner, &owner_g1, 8, ERROR_INVALID_OWNER},
        {"T-SET-8", alice, ANY, TokenOwner, &owner_bob, 8, ERROR_INVALID_OWNER},
        {"T-SET-9", alice_with_g3_denied, ANY, TokenOwner, &owner_g3, 8, ERROR_INVALID_OWNER},
        {"T-SET-10", alice, ANY, TokenPrimaryGroup, &owner_g2, 8, 0},
        {"T-SET-11", alice, ANY, TokenPrimaryGroup, &owner_bob, 8, ERROR_INVALID_PRIMARY_GROUP},
        {"T-SET-12", alice, TOKEN_QUERY, TokenOwner, &owner_g3, 8, ERROR_ACCESS_DENIED},
        {"T-SET-13", alice, all_but_session, TokenSessionId, &number, 4, ERROR_ACCESS_DENIED},
        {"T-SET-14", alice, ANY, TokenSessionId, &number, 4, ERROR_PRIVILEGE_NOT_HELD},
        {"T-SET-15", alice, ANY, TokenDefaultDacl, &large_dacl, 8, ERROR_ALLOTTED_SPACE_EXCEEDED},
        {"T-SET-16", alice, ANY, TokenUser, &number, 4, ERROR_INVALID_PARAMETER},
        {"T-SET-17", alice, ANY, TokenLinkedToken, &owner_g1, 8, ERROR_PRIVILEGE_NOT_HELD},
        {"T-IL-2 [U]", alice, ANY, TokenIntegrityLevel, &to_low, sizeof(to_low), 0},
        {"up [U]", alice, ANY, TokenIntegrityLevel, &to_high, sizeof(to_high),
         ERROR_PRIVILEGE_NOT_HELD},
        {"T-IL-9 [U]", alice, ANY, TokenIntegrityLevel, &to_none, sizeof(to_none),
         ERROR_INVALID_SID},
        {"T-IL-10 [U]", alice, ANY, TokenMandatoryPolicy, &off, 4, ERROR_PRIVILEGE_NOT_HELD},
    };
    (void)state;

    be(alice());
    expect_true(InitializeAcl(&large.acl, sizeof(large), ACL_REVISION));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(rows[i].token(), rows[i].rights);
        const LUID before = modified_id(token);

        print_message("# %s\n", rows[i].id);
        if (rows[i].error) {
            expect_error(rows[i].error, SetTokenInformation(token, rows[i].token_class,
                                                            rows[i].from, rows[i].size));
        } else {
            expect_true(
                SetTokenInformation(token, rows[i].token_class, rows[i].from, rows[i].size));
        }
        assert_int_equal(is_modified(token, before), !rows[i].error); /* T-SET-18 */
        expect_true(CloseHandle(token));
    }
}

/* Covers T-SET-4, T-QRY-11. */
static void what_was_set_is_told(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    acl_room empty = acl_empty();
    TOKEN_DEFAULT_DACL dacl = {&empty.acl};
    told answer;
    (void)state;

    be(alice());
    expect_true(SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof(dacl)));
    ask(token, TokenDefaultDacl, &answer);
    assert_int_equal(answer.default_dacl.DefaultDacl->AceCount, 0);
    dacl.DefaultDacl = NULL;
    expect_true(SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof(dacl)));
    assert_int_equal(ask(token, TokenDefaultDacl, &answer), sizeof(dacl)); /* T-QRY-11 */
    assert_null(answer.default_dacl.DefaultDacl);
    expect_true(CloseHandle(token));
}

/* ---- T-APR ---- */

/* It succeeds, and the last error is this one. */
#define expect_adjusted(error_, call_)              \
    do {                                            \
        SetLastError(0xdead);                       \
        assert_int_equal((call_), TRUE);            \
        assert_int_equal(GetLastError(), (error_)); \
    } while (0)

static DWORD privilege_told(HANDLE token, DWORD luid)
{
    const LUID_AND_ATTRIBUTES *privileges;
    told answer;

    ask(token, TokenPrivileges, &answer);
    privileges = answer.privileges.Privileges;
    for (DWORD i = 0; i < answer.privileges.PrivilegeCount; i++) {
        if (privileges[i].Luid.LowPart == luid) {
            return privileges[i].Attributes;
        }
    }
    return ABSENT;
}

#define ON   SE_PRIVILEGE_ENABLED
#define GONE SE_PRIVILEGE_REMOVED

/* Covers T-APR-2, T-APR-3, T-APR-10, T-APR-12, T-APR-13. */
static void adjusting_privileges_always_sets_the_last_error(void **state)
{
    static const struct {
        const char *id;
        LUID_AND_ATTRIBUTES changes[2];
        DWORD n_changes;
        DWORD error;
        DWORD looked_at;
        DWORD attributes;
        bool modifies;
    } rows[] = {
        {"T-APR-1", {{{17, 0}, ON}}, 1, ERROR_NOT_ALL_ASSIGNED, 17, ABSENT, false},
        {"T-APR-2", {{{19, 0}, ON}}, 1, ERROR_SUCCESS, 19, 2, true},
        {"T-APR-3", {{{23, 0}, ON}}, 1, ERROR_SUCCESS, 23, 3, false},
        {"T-APR-9", {{{23, 0}, GONE | ON}}, 1, ERROR_SUCCESS, 23, ABSENT, true},
        {"T-APR-10", {{{19, 0}, ON}, {{17, 0}, ON}}, 2, ERROR_NOT_ALL_ASSIGNED, 19, 2, true},
        {"T-APR-12", {{{19, 0}, ON}, {{19, 0}, 0}}, 2, ERROR_NOT_ALL_ASSIGNED, 19, 2, true},
        {"T-APR-13", {{{0}}}, 0, ERROR_SUCCESS, 23, 3, false},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(alice(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
        const LUID before = modified_id(token);
        DWORD size = 0xdeadbeef;
        struct {
            DWORD count;
            LUID_AND_ATTRIBUTES changes[2];
        } change = {rows[i].n_changes, {rows[i].changes[0], rows[i].changes[1]}};

        print_message("# %s\n", rows[i].id);
        expect_adjusted(
            rows[i].error,
            AdjustTokenPrivileges(token, FALSE, (PTOKEN_PRIVILEGES)&change, 0, NULL, &size));
        assert_int_equal(size, 0xdeadbeef);
        assert_int_equal(privilege_told(token, rows[i].looked_at), rows[i].attributes);
        assert_int_equal(is_modified(token, before), rows[i].modifies);
        expect_true(CloseHandle(token));
    }
}

/* Covers T-APR-1, T-APR-7, T-APR-8, T-APR-9. */
static void the_right_to_adjust_is_enough_to_adjust(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_ADJUST_PRIVILEGES);
    HANDLE all = win_h(alice(), ANY);
    TOKEN_PRIVILEGES backup = one_privilege(SE_BACKUP_PRIVILEGE, ON);
    TOKEN_PRIVILEGES removal = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, GONE | ON);
    TOKEN_PRIVILEGES notify = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, ON);
    DWORD size = 0xdeadbeef;
    (void)state;

    expect_adjusted(ERROR_NOT_ALL_ASSIGNED,
                    AdjustTokenPrivileges(token, FALSE, &backup, 0, NULL, &size));
    assert_int_equal(size, 0xdeadbeef);
    expect_error(ERROR_INVALID_PARAMETER, AdjustTokenPrivileges(token, FALSE, NULL, 0, NULL, NULL));
    expect_adjusted(ERROR_SUCCESS, AdjustTokenPrivileges(all, TRUE, NULL, 0, NULL, NULL));
    assert_int_equal(privilege_told(all, SE_CHANGE_NOTIFY_PRIVILEGE), 1);
    expect_adjusted(ERROR_SUCCESS, AdjustTokenPrivileges(all, FALSE, &removal, 0, NULL, NULL));
    expect_adjusted(ERROR_NOT_ALL_ASSIGNED,
                    AdjustTokenPrivileges(all, FALSE, &notify, 0, NULL, NULL));
    assert_int_equal(privilege_told(all, SE_CHANGE_NOTIFY_PRIVILEGE), ABSENT);
    expect_true(CloseHandle(all));
    expect_true(CloseHandle(token));
}

/* Covers T-APR-3, T-APR-4, T-APR-5, T-APR-6, T-APR-11. */
static void previous_privileges_are_told_and_restore_them(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    HANDLE blind = win_h(alice(), TOKEN_ADJUST_PRIVILEGES);
    TOKEN_PRIVILEGES shutdown = one_privilege(SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES notify = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES removal = one_privilege(SE_UNDOCK_PRIVILEGE, SE_PRIVILEGE_REMOVED);
    TOKEN_PRIVILEGES previous = {9};
    told answer;
    DWORD size = 0;
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER, /* T-APR-5 */
                 AdjustTokenPrivileges(token, FALSE, &shutdown, 8, &previous, &size));
    assert_int_equal(size, 16);
    assert_int_equal(previous.PrivilegeCount, 9);
    assert_int_equal(privilege_told(token, SE_SHUTDOWN_PRIVILEGE), 0);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-4 */
                    AdjustTokenPrivileges(token, FALSE, &shutdown, 16, &previous, &size));
    assert_int_equal(previous.PrivilegeCount, 1);
    assert_int_equal(previous.Privileges[0].Luid.LowPart, SE_SHUTDOWN_PRIVILEGE);
    assert_int_equal(previous.Privileges[0].Attributes, 0);
    assert_int_equal(size, 16);
    assert_int_equal(privilege_told(token, SE_SHUTDOWN_PRIVILEGE), SE_PRIVILEGE_ENABLED);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-11 */
                    AdjustTokenPrivileges(token, FALSE, &previous, 0, NULL, NULL));
    assert_int_equal(privilege_told(token, SE_SHUTDOWN_PRIVILEGE), 0);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-3 */
                    AdjustTokenPrivileges(token, FALSE, &notify, 4, &previous, &size));
    assert_int_equal(previous.PrivilegeCount, 0);
    assert_int_equal(size, 4);
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 AdjustTokenPrivileges(token, FALSE, &removal, 0, &previous, &size));
    ask(token, TokenPrivileges, &answer);
    assert_int_equal(answer.privileges.PrivilegeCount, N_ALICE_PRIVILEGES);
    expect_error(ERROR_NOACCESS, AdjustTokenPrivileges(token, FALSE, &notify, 16, &previous, NULL));
    expect_error(ERROR_ACCESS_DENIED, /* T-APR-6 */
                 AdjustTokenPrivileges(blind, FALSE, &notify, 16, &previous, &size));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(token));
}

/* ---- T-AGR ---- */

static tsr_token *alice_with_everyone_denied(void)
{
    const tsr_sid everyone = sid_of(EVERYONE);

    return filtered(alice(), &(tsr_token_filter_spec){.disable = &everyone, .n_disable = 1});
}

static DWORD group_told(HANDLE token, const char *sid)
{
    const SID_AND_ATTRIBUTES *groups;
    told answer;

    ask(token, TokenGroups, &answer);
    groups = answer.groups.Groups;
    for (DWORD i = 0; i < answer.groups.GroupCount; i++) {
        if (is_sid(groups[i].Sid, sid)) {
            return groups[i].Attributes;
        }
    }
    return ABSENT;
}

/* Covers T-AGR-1, T-AGR-2, T-AGR-3, T-AGR-4, T-AGR-5, T-AGR-6, T-AGR-7, T-AGR-11, T-AGR-12,
 * T-FLT-25. */
static void groups_are_adjusted_or_not_at_all(void **state)
{
    sid_room g1 = sid_bytes(G1);
    sid_room g2 = sid_bytes(G2);
    sid_room everyone = sid_bytes(EVERYONE);
    sid_room stranger = sid_bytes(STRANGER);
    sid_room user = sid_bytes(ALICE);
    sid_room admins = sid_bytes(ADMINS);
    const struct {
        const char *id;
        tsr_token *(*token)(void);
        SID_AND_ATTRIBUTES groups[2];
        DWORD n_groups;
        DWORD error;
        BOOL result;
        const char *looked_at;
        DWORD attributes;
    } rows[] = {
        {"T-AGR-1", alice, {{&g1, 0}}, 1, ERROR_SUCCESS, TRUE, G1, 2},
        {"T-AGR-2", alice, {{&g2, SE_GROUP_ENABLED}}, 1, ERROR_SUCCESS, TRUE, G2, 4},
        {"T-AGR-3", alice, {{&everyone, 0}}, 1, ERROR_CANT_DISABLE_MANDATORY, FALSE, EVERYONE, 7},
        {"T-AGR-4",
         alice,
         {{&g1, 0}, {&everyone, 0}},
         2,
         ERROR_CANT_DISABLE_MANDATORY,
         FALSE,
         G1,
         6},
        {"T-AGR-5",
         alice_limited,
         {{&admins, SE_GROUP_ENABLED}},
         1,
         ERROR_CANT_ENABLE_DENY_ONLY,
         FALSE,
         ADMINS,
         0x10},
        {"T-AGR-6", alice_limited, {{&admins, 0}}, 1, ERROR_SUCCESS, TRUE, ADMINS, 0x10},
        {"T-AGR-7", alice, {{&stranger, 0}, {&g1, 0}}, 2, ERROR_NOT_ALL_ASSIGNED, TRUE, G1, 2},
        {"T-AGR-11", alice, {{&everyone, SE_GROUP_ENABLED}}, 1, ERROR_SUCCESS, TRUE, EVERYONE, 7},
        {"T-AGR-12", alice, {{&user, 0}}, 1, ERROR_CANT_DISABLE_MANDATORY, FALSE, G1, 6},
        {"T-FLT-25",
         alice_with_everyone_denied,
         {{&everyone, SE_GROUP_ENABLED}},
         1,
         ERROR_CANT_ENABLE_DENY_ONLY,
         FALSE,
         EVERYONE,
         0x11},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(rows[i].token(), ANY);
        struct {
            DWORD count;
            SID_AND_ATTRIBUTES groups[2];
        } change = {rows[i].n_groups, {rows[i].groups[0], rows[i].groups[1]}};

        print_message("# %s\n", rows[i].id);
        SetLastError(0xdead);
        assert_int_equal(AdjustTokenGroups(token, FALSE, (PTOKEN_GROUPS)&change, 0, NULL, NULL),
                         rows[i].result);
        assert_int_equal(GetLastError(), rows[i].error);
        assert_int_equal(group_told(token, rows[i].looked_at), rows[i].attributes);
        expect_true(CloseHandle(token));
    }
}

/* Covers T-AGR-9, T-AGR-10. */
static void previous_groups_are_told_with_their_sids(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    HANDLE blind = win_h(alice(), TOKEN_ADJUST_GROUPS);
    sid_room g1 = sid_bytes(G1);
    TOKEN_GROUPS change = {1, {{&g1, 0}}};
    told previous;
    told answer;
    DWORD size = 0;
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 AdjustTokenGroups(token, FALSE, &change, 51, &previous.groups, &size));
    assert_int_equal(size, 24 + 28);
    ask(token, TokenGroups, &answer);
    assert_int_equal(((SID_AND_ATTRIBUTES *)answer.groups.Groups)[6].Attributes, 6);
    expect_adjusted(ERROR_SUCCESS,
                    AdjustTokenGroups(token, FALSE, &change, 52, &previous.groups, &size));
    assert_int_equal(previous.groups.GroupCount, 1);
    assert_true(is_sid(previous.groups.Groups[0].Sid, G1));
    assert_int_equal(previous.groups.Groups[0].Attributes, 6);
    expect_adjusted(ERROR_SUCCESS, /* T-AGR-8 */
                    AdjustTokenGroups(token, TRUE, NULL, 0, NULL, NULL));
    ask(token, TokenGroups, &answer);
    assert_int_equal(((SID_AND_ATTRIBUTES *)answer.groups.Groups)[6].Attributes, 6);
    expect_error(ERROR_INVALID_PARAMETER, /* T-AGR-9 */
                 AdjustTokenGroups(token, FALSE, NULL, 0, NULL, NULL));
    expect_error(ERROR_ACCESS_DENIED, /* T-AGR-10 */
                 AdjustTokenGroups(blind, FALSE, &change, 52, &previous.groups, &size));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(token));
}

/* ---- T-DUP, T-FLT ---- */

static tsr_token *alice_at(tsr_impersonation_level level)
{
    return impersonating(alice(), level);
}

/* Covers T-DUP-2, T-DUP-3, T-DUP-4, T-DUP-5, T-DUP-11, T-DUP-12, T-DUP-13, T-DUP-23. */
static void duplicates_have_the_rights_and_levels_that_are_asked_for(void **state)
{
    static const struct {
        const char *id;
        int source; /* a level; -1: primary */
        DWORD desired;
        SECURITY_IMPERSONATION_LEVEL level;
        int type;
        DWORD error;
        DWORD rights;
    } rows[] = {
        {"T-DUP-2", -1, 0, SecurityAnonymous, TokenPrimary, 0, TOKEN_DUPLICATE | TOKEN_QUERY},
        {"T-DUP-3", -1, MAXIMUM_ALLOWED, SecurityAnonymous, TokenPrimary, 0, TOKEN_ALL_ACCESS},
        {"T-DUP-4", -1, TOKEN_QUERY_SOURCE, SecurityAnonymous, TokenPrimary, 0, TOKEN_QUERY_SOURCE},
        {"T-DUP-5", -1, 0, SecurityIdentification, TokenImpersonation, 0,
         TOKEN_DUPLICATE | TOKEN_QUERY},
        {"T-DUP-11", SecurityIdentification, 0, SecurityAnonymous, TokenPrimary,
         ERROR_BAD_IMPERSONATION_LEVEL, 0},
        {"T-DUP-12", SecurityImpersonation, 0, SecurityAnonymous, TokenPrimary, 0,
         TOKEN_DUPLICATE | TOKEN_QUERY},
        {"T-DUP-13", SecurityDelegation, 0, SecurityImpersonation, TokenImpersonation, 0,
         TOKEN_DUPLICATE | TOKEN_QUERY},
        {"T-DUP-23", -1, 0, (SECURITY_IMPERSONATION_LEVEL)4, TokenImpersonation,
         ERROR_BAD_IMPERSONATION_LEVEL, 0},
    };
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token =
            win_h(rows[i].source < 0 ? alice() : alice_at((tsr_impersonation_level)rows[i].source),
                  TOKEN_DUPLICATE | TOKEN_QUERY);
        HANDLE copy = (HANDLE)(uintptr_t)42;

        print_message("# %s\n", rows[i].id);
        if (rows[i].error) {
            expect_error(rows[i].error, DuplicateTokenEx(token, rows[i].desired, NULL,
                                                         rows[i].level, rows[i].type, &copy));
            assert_null(copy);
        } else {
            expect_true(
                DuplicateTokenEx(token, rows[i].desired, NULL, rows[i].level, rows[i].type, &copy));
            assert_int_equal(win_rights(copy), rows[i].rights);
            assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).type, rows[i].type);
            assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).level, rows[i].level);
            expect_true(CloseHandle(copy));
        }
        expect_true(CloseHandle(token));
    }
}

/* Covers T-DUP-1, T-DUP-2, T-DUP-10, T-DUP-15, T-DUP-16, T-DUP-17, T-DUP-18. */
static void tokens_are_duplicated_to_impersonate(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_DUPLICATE | TOKEN_QUERY);
    HANDLE anonymous = win_h(alice_at(TSR_LEVEL_ANONYMOUS), TOKEN_DUPLICATE);
    HANDLE bad = (HANDLE)(uintptr_t)0xdead;
    HANDLE copy = NULL;
    HANDLE again = (HANDLE)(uintptr_t)42;
    told answer;
    DWORD size;
    (void)state;

    be(alice());
    expect_true(DuplicateToken(token, SecurityAnonymous, &copy));
    assert_int_equal(win_rights(copy), TOKEN_QUERY | TOKEN_IMPERSONATE);
    assert_int_equal(ask_number(copy, TokenImpersonationLevel), SecurityAnonymous);
    expect_error(ERROR_ACCESS_DENIED, DuplicateToken(copy, SecurityAnonymous, &again));
    assert_null(again);
    expect_true(CloseHandle(copy));
    expect_true(DuplicateTokenEx(token, 0, NULL, SecurityAnonymous, TokenPrimary, &copy));
    expect_error(ERROR_INVALID_PARAMETER,
                 GetTokenInformation(copy, TokenImpersonationLevel, &answer, 4, &size));
    expect_true(CloseHandle(copy));
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL,
                 DuplicateToken(anonymous, SecurityIdentification, &copy));
    expect_error(ERROR_INVALID_PARAMETER,
                 DuplicateTokenEx(token, 0, NULL, SecurityAnonymous, (TOKEN_TYPE)0, &copy));
    expect_error(ERROR_INVALID_PARAMETER,
                 DuplicateTokenEx(bad, 0, NULL, SecurityAnonymous, (TOKEN_TYPE)3, &copy));
    expect_error(ERROR_NOACCESS, DuplicateToken(token, SecurityAnonymous, NULL));
    copy = (HANDLE)(uintptr_t)42;
    expect_error(ERROR_INVALID_HANDLE, DuplicateToken(bad, SecurityAnonymous, &copy));
    assert_null(copy);
    expect_true(CloseHandle(anonymous));
    expect_true(CloseHandle(token));
}

/* Covers T-FLT-13, T-FLT-15, T-FLT-23. */
static void tokens_are_restricted(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    sid_room everyone = sid_bytes(EVERYONE);
    sid_room g1 = sid_bytes(G1);
    SID_AND_ATTRIBUTES disable = {&g1, 0};
    SID_AND_ATTRIBUTES restrict_to = {&everyone, 0};
    SID_AND_ATTRIBUTES wrong = {&everyone, SE_GROUP_ENABLED};
    LUID_AND_ATTRIBUTES shutdown = {{SE_SHUTDOWN_PRIVILEGE, 0}, 0};
    HANDLE restricted = NULL;
    told answer;
    (void)state;

    be(alice());
    SetLastError(0xdead);
    assert_int_equal(IsTokenRestricted(token), FALSE);
    assert_int_equal(GetLastError(), 0xdead);
    expect_true(
        CreateRestrictedToken(token, 0, 1, &disable, 1, &shutdown, 1, &restrict_to, &restricted));
    expect_true(IsTokenRestricted(restricted));
    assert_int_equal(ask_number(restricted, TokenHasRestrictions), 1);
    ask(restricted, TokenGroups, &answer);
    assert_int_equal(((SID_AND_ATTRIBUTES *)answer.groups.Groups)[6].Attributes,
                     SE_GROUP_USE_FOR_DENY_ONLY);
    ask(restricted, TokenPrivileges, &answer);
    assert_int_equal(answer.privileges.PrivilegeCount, N_ALICE_PRIVILEGES - 1);
    ask(restricted, TokenRestrictedSids, &answer);
    assert_int_equal(answer.groups.GroupCount, 1);
    assert_int_equal(answer.groups.Groups[0].Attributes, 7);
    expect_true(CloseHandle(restricted));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateRestrictedToken(token, 0, 0, NULL, 0, NULL, 1, &wrong, &restricted));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateRestrictedToken(token, 0x10, 0, NULL, 0, NULL, 0, NULL, &restricted));
    expect_error(ERROR_NOACCESS,
                 CreateRestrictedToken(token, 0, 1, NULL, 0, NULL, 0, NULL, &restricted));
    assert_null(restricted);
    restricted = (HANDLE)(uintptr_t)42;
    expect_error(ERROR_INVALID_PARAMETER, CreateRestrictedToken(token, 0, MAXDWORD, &disable, 0,
                                                                NULL, 0, NULL, &restricted));
    assert_null(restricted);
    expect_error(ERROR_INVALID_HANDLE, IsTokenRestricted(NULL));
    expect_true(CloseHandle(token));
}

/* Covers T-FLT-1, T-FLT-2, T-FLT-4, T-FLT-20, T-FLT-21, T-FLT-24. */
static void what_was_taken_away_is_gone_and_the_rest_is_as_before(void **state)
{
    HANDLE token = win_h(alice_at(TSR_LEVEL_IMPERSONATION), TOKEN_QUERY | TOKEN_DUPLICATE);
    HANDLE weak = win_h(alice(), TOKEN_QUERY);
    sid_room everyone = sid_bytes(EVERYONE);
    SID_AND_ATTRIBUTES disable = {&everyone, 0};
    LUID_AND_ATTRIBUTES notify = {{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0};
    HANDLE made = (HANDLE)(uintptr_t)42;
    BOOL is_member = 42;
    (void)state;

    be(alice());
    expect_error(ERROR_ACCESS_DENIED,
                 CreateRestrictedToken(weak, 0, 1, &disable, 0, NULL, 0, NULL, &made));
    assert_null(made);
    expect_true(CreateRestrictedToken(token, 0, 1, &disable, 1, &notify, 0, NULL, &made));
    assert_int_equal(win_rights(made), TOKEN_QUERY | TOKEN_DUPLICATE);
    assert_int_equal(group_told(made, EVERYONE) & (SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED),
                     SE_GROUP_USE_FOR_DENY_ONLY);
    expect_true(CheckTokenMembership(made, &everyone, &is_member));
    assert_int_equal(is_member, FALSE);
    assert_int_equal(privilege_told(made, SE_CHANGE_NOTIFY_PRIVILEGE), ABSENT);
    assert_true(is_held(token, SE_CHANGE_NOTIFY_PRIVILEGE));
    assert_false(is_held(made, SE_CHANGE_NOTIFY_PRIVILEGE));
    assert_int_equal(ask_number(made, TokenType), TokenImpersonation);
    assert_int_equal(ask_number(made, TokenImpersonationLevel), SecurityImpersonation);
    SetLastError(0xdead);
    assert_int_equal(IsTokenRestricted(made), FALSE);
    assert_int_equal(GetLastError(), 0xdead);
    assert_int_equal(ask_number(made, TokenHasRestrictions), TRUE);
    expect_true(CloseHandle(made));
    expect_true(CloseHandle(weak));
    expect_true(CloseHandle(token));
}

/* Covers T-FLT-19. */
static void sandbox_inert_is_for_the_system(void **state)
{
    (void)state;

    for (DWORD as_system = 0; as_system < 2; as_system++) {
        HANDLE token = win_h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
        HANDLE made = NULL;

        be(as_system ? system_token() : alice());
        expect_true(CreateRestrictedToken(token, SANDBOX_INERT, 0, NULL, 0, NULL, 0, NULL, &made));
        assert_int_equal(ask_number(made, TokenSandBoxInert), as_system);
        expect_true(CloseHandle(made));
        expect_true(CloseHandle(token));
    }
}

/* ---- T-MEM, T-PRV ---- */

static tsr_token *restricted_to_everyone(void)
{
    return impersonating(restricted_to(alice(), EVERYONE, NULL, 0), TSR_LEVEL_IMPERSONATION);
}

/* Covers T-MEM-1, T-MEM-2, T-MEM-3, T-MEM-4, T-MEM-5, T-MEM-6 [U], T-MEM-7 [U], T-AGR-1. */
static void membership_is_checked(void **state)
{
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE limited = win_h(impersonating(alice_limited(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE restricted = win_h(restricted_to_everyone(), TOKEN_QUERY);
    HANDLE primary = win_h(alice(), TOKEN_QUERY);
    HANDLE without_g1 = win_h(alice_at(TSR_LEVEL_IDENTIFICATION), ANY);
    const struct {
        const char *id;
        HANDLE token;
        const char *sid;
        BOOL expected;
    } rows[] = {
        {"T-MEM-1", token, G1, TRUE},
        {"T-MEM-2", NULL, G1, TRUE},
        {"T-MEM-4", limited, ADMINS, FALSE},
        {"T-MEM-5", token, G2, FALSE},
        {"T-MEM-6 [U]", token, ALICE, TRUE},
        {"T-MEM-7 [U]", restricted, ALICE, FALSE},
        {"T-MEM-7 [U]", restricted, EVERYONE, TRUE},
        {"T-AGR-1", without_g1, G1, FALSE},
        {"a stranger", token, STRANGER, FALSE},
    };
    sid_room sid = sid_bytes(G1);
    TOKEN_GROUPS off = {1, {{&sid, 0}}};
    BOOL is_member = 42;
    (void)state;

    be(alice());
    expect_adjusted(ERROR_SUCCESS, AdjustTokenGroups(without_g1, FALSE, &off, 0, NULL, NULL));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        sid_room asked = sid_bytes(rows[i].sid);

        print_message("# %s\n", rows[i].id);
        expect_true(CheckTokenMembership(rows[i].token, &asked, &is_member));
        assert_int_equal(is_member, rows[i].expected);
    }
    is_member = 42;
    expect_error(ERROR_NO_IMPERSONATION_TOKEN, /* T-MEM-3 */
                 CheckTokenMembership(primary, &sid, &is_member));
    assert_int_equal(is_member, FALSE);
    expect_error(ERROR_INVALID_SID, CheckTokenMembership(token, NULL, &is_member));
    expect_error(ERROR_NOACCESS, CheckTokenMembership(token, &sid, NULL));
    expect_true(CloseHandle(without_g1));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(restricted));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(token));
}

static void an_app_container_has_capabilities_and_may_be_asked_for_groups(void **state)
{
    HANDLE contained =
        win_h(impersonating(alice_contained(true), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE primary = win_h(alice_contained(true), TOKEN_QUERY);
    HANDLE weak =
        win_h(impersonating(alice_contained(true), TSR_LEVEL_IDENTIFICATION), TOKEN_DUPLICATE);
    sid_room capability = sid_bytes("S-1-15-3-1");
    sid_room disabled = sid_bytes("S-1-15-3-2");
    sid_room user = sid_bytes(ALICE);
    BOOL answer = 42;
    (void)state;

    be(alice());
    expect_true(CheckTokenMembership(contained, &user, &answer));
    assert_int_equal(answer, FALSE);
    expect_true(CheckTokenMembershipEx(contained, &user, CTMF_INCLUDE_APPCONTAINER, &answer));
    assert_int_equal(answer, FALSE);
    expect_true(CheckTokenMembershipEx(contained, &user, CTMF_VALID_FLAGS, &answer));
    assert_int_equal(answer, TRUE);
    expect_error(ERROR_INVALID_PARAMETER, CheckTokenMembershipEx(contained, &user, 0x4, &answer));
    assert_int_equal(answer, FALSE);
    expect_true(CheckTokenCapability(contained, &capability, &answer));
    assert_int_equal(answer, TRUE);
    expect_true(CheckTokenCapability(contained, &disabled, &answer));
    assert_int_equal(answer, FALSE);
    answer = 42;
    expect_true(CheckTokenCapability(NULL, &capability, &answer)); /* alice's process has none */
    assert_int_equal(answer, FALSE);
    answer = 42;
    expect_error(ERROR_INVALID_PARAMETER, CheckTokenCapability(contained, &user, &answer));
    assert_int_equal(answer, FALSE);
    expect_error(ERROR_NO_IMPERSONATION_TOKEN, CheckTokenCapability(primary, &capability, &answer));
    expect_error(ERROR_ACCESS_DENIED, CheckTokenCapability(weak, &capability, &answer));
    expect_error(ERROR_INVALID_SID, CheckTokenCapability(contained, NULL, &answer));
    expect_error(ERROR_NOACCESS, CheckTokenCapability(contained, &capability, NULL));
    expect_true(CloseHandle(weak));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(contained));
}

static tsr_token *alice_without_notify(void)
{
    const uint32_t luid = SE_CHANGE_NOTIFY_PRIVILEGE;

    return filtered(alice(),
                    &(tsr_token_filter_spec){.delete_privileges = &luid, .n_delete_privileges = 1});
}

/* Covers T-APR-17, T-PRV-2, T-PRV-3, T-PRV-4, T-PRV-7. */
static void what_is_enabled_is_held_at_each_level_but_the_anonymous(void **state)
{
    TOKEN_PRIVILEGES removal = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, GONE);
    HANDLE removed = win_h(alice(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES);
    HANDLE filtered_away = win_h(alice_without_notify(), TOKEN_QUERY);
    (void)state;

    for (int level = SecurityIdentification; level <= SecurityDelegation; level++) {
        HANDLE token = win_h(alice_at((tsr_impersonation_level)level), TOKEN_QUERY);

        assert_true(is_held(token, SE_CHANGE_NOTIFY_PRIVILEGE));
        assert_false(is_held(token, SE_SHUTDOWN_PRIVILEGE));
        expect_true(CloseHandle(token));
    }
    assert_true(is_held(removed, SE_CHANGE_NOTIFY_PRIVILEGE));
    expect_adjusted(ERROR_SUCCESS, AdjustTokenPrivileges(removed, FALSE, &removal, 0, NULL, NULL));
    assert_false(is_held(removed, SE_CHANGE_NOTIFY_PRIVILEGE));
    assert_false(is_held(filtered_away, SE_CHANGE_NOTIFY_PRIVILEGE));
    expect_true(CloseHandle(filtered_away));
    expect_true(CloseHandle(removed));
}

/* Covers T-PRV-1, T-PRV-5, T-PRV-6. */
static void privileges_are_checked_and_marked(void **state)
{
    struct {
        DWORD count;
        DWORD control;
        LUID_AND_ATTRIBUTES privileges[2];
    } set = {2, 0, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}, {{SE_SHUTDOWN_PRIVILEGE, 0}, 0}}};
    PPRIVILEGE_SET asked = (PPRIVILEGE_SET)&set;
    HANDLE anonymous = win_h(impersonating(alice(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    HANDLE blind = win_h(alice(), TOKEN_DUPLICATE);
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    BOOL held = 42;
    (void)state;

    expect_true(PrivilegeCheck(token, asked, &held)); /* T-PRV-5, T-PRV-3 */
    assert_int_equal(held, TRUE);
    assert_int_equal(set.privileges[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(set.privileges[1].Attributes, 0);
    set.control = PRIVILEGE_SET_ALL_NECESSARY;
    expect_true(PrivilegeCheck(token, asked, &held)); /* T-PRV-4 */
    assert_int_equal(held, FALSE);
    set.privileges[0].Luid.HighPart = 1; /* another LUID, which nobody holds */
    expect_true(PrivilegeCheck(token, asked, &held));
    assert_int_equal(held, FALSE);
    held = 42;
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL, /* T-PRV-1 */
                 PrivilegeCheck(anonymous, asked, &held));
    expect_error(ERROR_ACCESS_DENIED, PrivilegeCheck(blind, asked, &held)); /* T-PRV-6 */
    set.count = MAXDWORD;
    expect_error(ERROR_INVALID_PARAMETER, PrivilegeCheck(token, asked, &held));
    expect_error(ERROR_NOACCESS, PrivilegeCheck(token, NULL, &held));
    expect_error(ERROR_NOACCESS, PrivilegeCheck(token, asked, NULL));
    assert_int_equal(held, 42);
    expect_true(CloseHandle(token));
    expect_true(CloseHandle(blind));
    expect_true(CloseHandle(anonymous));
}

static void a_restricted_token_is_made_of_the_largest_lists(void **state)
{
    static SID_AND_ATTRIBUTES sids[TSR_TOKEN_GROUPS_MAX + 1];
    static LUID_AND_ATTRIBUTES privileges[TSR_TOKEN_GROUPS_MAX + 1];
    sid_room everyone = sid_bytes(EVERYONE);
    HANDLE token = win_h(alice(), TOKEN_DUPLICATE);
    HANDLE made = token;
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(sids); i++) {
        sids[i].Sid = &everyone;
        privileges[i].Luid.LowPart = SE_SHUTDOWN_PRIVILEGE;
    }
    expect_error(ERROR_INVALID_PARAMETER, CreateRestrictedToken(token, 0, TSR_TOKEN_GROUPS_MAX + 1,
                                                                sids, 0, NULL, 0, NULL, &made));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateRestrictedToken(token, 0, 0, NULL, TSR_TOKEN_GROUPS_MAX + 1, privileges, 0,
                                       NULL, &made));
    assert_null(made);
    expect_true(CreateRestrictedToken(token, 0, TSR_TOKEN_GROUPS_MAX, sids, TSR_TOKEN_GROUPS_MAX,
                                      privileges, 0, NULL, &made));
    expect_true(CloseHandle(made));
    expect_true(CloseHandle(token));
}

static void an_app_container_is_no_member_unless_it_is_included(void **state)
{
    HANDLE contained =
        win_h(impersonating(alice_contained(false), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    sid_room user = sid_bytes(ALICE);
    BOOL answer = 42;
    (void)state;

    be(alice());
    expect_true(CheckTokenMembership(contained, &user, &answer));
    assert_int_equal(answer, FALSE);
    expect_true(CheckTokenMembershipEx(contained, &user, CTMF_INCLUDE_APPCONTAINER, &answer));
    assert_int_equal(answer, TRUE);
    expect_true(CloseHandle(contained));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_is_probed_before_it_is_filled),
        cmocka_unit_test(what_is_not_told_has_its_error),
        cmocka_unit_test(who_somebody_is_is_told),
        cmocka_unit_test(sources_have_a_right_of_their_own_and_owners_may_be_groups),
        cmocka_unit_test(the_system_is_elevated_without_being_one_of_a_pair),
        cmocka_unit_test(lists_are_told_in_their_order),
        cmocka_unit_test(numbers_are_told),
        cmocka_unit_test(an_app_container_is_told),
        cmocka_unit_test(a_pseudo_handle_is_for_asking_only),
        cmocka_unit_test(a_linked_token_is_there_to_be_looked_at),
        cmocka_unit_test(changes_of_one_token_do_not_show_in_the_other),
        cmocka_unit_test(filtering_by_nothing_leaves_a_pair_what_it_is),
        cmocka_unit_test(what_cannot_be_set_has_its_error),
        cmocka_unit_test(what_was_set_is_told),
        cmocka_unit_test(adjusting_privileges_always_sets_the_last_error),
        cmocka_unit_test(the_right_to_adjust_is_enough_to_adjust),
        cmocka_unit_test(previous_privileges_are_told_and_restore_them),
        cmocka_unit_test(groups_are_adjusted_or_not_at_all),
        cmocka_unit_test(previous_groups_are_told_with_their_sids),
        cmocka_unit_test(duplicates_have_the_rights_and_levels_that_are_asked_for),
        cmocka_unit_test(tokens_are_duplicated_to_impersonate),
        cmocka_unit_test(tokens_are_restricted),
        cmocka_unit_test(what_was_taken_away_is_gone_and_the_rest_is_as_before),
        cmocka_unit_test(sandbox_inert_is_for_the_system),
        cmocka_unit_test(membership_is_checked),
        cmocka_unit_test(what_is_enabled_is_held_at_each_level_but_the_anonymous),
        cmocka_unit_test(privileges_are_checked_and_marked),
        cmocka_unit_test(an_app_container_has_capabilities_and_may_be_asked_for_groups),
        cmocka_unit_test(a_restricted_token_is_made_of_the_largest_lists),
        cmocka_unit_test(an_app_container_is_no_member_unless_it_is_included),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
