/* SPDX-License-Identifier: MIT */

#include "win32/test-tokens.h"

#define ANY TOKEN_ALL_ACCESS

/* ---- T-QRY ---- */

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

        print_message("%s\n", rows[i].id);
        expect_error(rows[i].error,
                     GetTokenInformation(token, rows[i].token_class, &answer, rows[i].room, &size));
        expect_true(CloseHandle(token));
    }
}

static void who_somebody_is_is_told(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_QUERY | TOKEN_QUERY_SOURCE);
    told answer;
    (void)state;

    assert_int_equal(ask(token, TokenUser, &answer), sizeof(TOKEN_USER) + 28);
    assert_ptr_equal(answer.user.User.Sid, answer.bytes + sizeof(TOKEN_USER));
    assert_true(is_sid(answer.user.User.Sid, ALICE));
    ask(token, TokenOwner, &answer); /* T-QRY-18 */
    assert_true(is_sid(answer.owner.Owner, ALICE));
    ask(token, TokenPrimaryGroup, &answer);
    assert_true(is_sid(answer.primary_group.PrimaryGroup, DOMAIN_USERS));
    assert_int_equal(ask(token, TokenSource, &answer), 16); /* T-QRY-6 */
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
        {TokenIsAppContainer, 0}, /* T-QRY-12 */
        {TokenAppContainerNumber, 0},
        {TokenIsRestricted, 0},
        {TokenPrivateNameSpace, 0},
        {TokenIsLessPrivilegedAppContainer, 0},
        {TokenIsSandboxed, 0},
    };
    HANDLE token = win_h(alice(), TOKEN_QUERY);
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(ask_number(token, rows[i].token_class), rows[i].expected);
    }
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

static void a_linked_token_is_there_to_be_looked_at(void **state)
{
    HANDLE token = win_h(alice_limited(), TOKEN_QUERY);
    tsr_token *full = alice_elevated();
    told answer;
    HANDLE linked;
    (void)state;

    be(alice());
    expect_ok(session_set_linked(LOGON_SESSION, full));
    assert_int_equal(ask(token, TokenLinkedToken, &answer), 8); /* T-UAC-2 */
    linked = answer.linked.LinkedToken;
    assert_int_equal(win_rights(linked), TOKEN_ALL_ACCESS);
    assert_int_equal(ask_number(linked, TokenElevationType), TokenElevationTypeFull);
    assert_int_equal(ask_number(linked, TokenImpersonationLevel), SecurityIdentification);
    expect_true(CloseHandle(linked));
    expect_true(CloseHandle(token));
    (void)tsr_token_unref(full);
}

/* ---- T-SET ---- */

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
    DWORD number = 5;
    const struct {
        const char *id;
        DWORD rights;
        TOKEN_INFORMATION_CLASS token_class;
        void *from;
        DWORD size;
        DWORD error; /* 0: it can */
    } rows[] = {
        {"T-SET-1", ANY, TokenDefaultDacl, NULL, 0, ERROR_BAD_LENGTH},
        {"T-SET-2", ANY, TokenDefaultDacl, NULL, 8, ERROR_NOACCESS},
        {"T-SET-3", ANY, TokenDefaultDacl, &no_dacl, 8, 0},
        {"T-SET-4", ANY, TokenDefaultDacl, &empty_dacl, 8, 0},
        {"T-SET-5", ANY, TokenElevationType, &number, 4, ERROR_INVALID_PARAMETER},
        {"T-SET-5", ANY, TokenElevation, &number, 4, ERROR_INVALID_PARAMETER},
        {"T-SET-6", ANY, TokenOwner, &owner_g3, 8, 0},
        {"T-SET-7", ANY, TokenOwner, &owner_g1, 8, ERROR_INVALID_OWNER},
        {"T-SET-8", ANY, TokenOwner, &owner_bob, 8, ERROR_INVALID_OWNER},
        {"T-SET-10", ANY, TokenPrimaryGroup, &owner_g2, 8, 0},
        {"T-SET-11", ANY, TokenPrimaryGroup, &owner_bob, 8, ERROR_INVALID_PRIMARY_GROUP},
        {"T-SET-12", TOKEN_QUERY, TokenOwner, &owner_g3, 8, ERROR_ACCESS_DENIED},
        {"T-SET-13", TOKEN_ADJUST_DEFAULT, TokenSessionId, &number, 4, ERROR_ACCESS_DENIED},
        {"T-SET-14", ANY, TokenSessionId, &number, 4, ERROR_PRIVILEGE_NOT_HELD},
        {"T-SET-16", ANY, TokenUser, &number, 4, ERROR_INVALID_PARAMETER},
        {"T-SET-17", ANY, TokenLinkedToken, &owner_g1, 8, ERROR_PRIVILEGE_NOT_HELD},
    };
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(alice(), rows[i].rights);

        print_message("%s\n", rows[i].id);
        if (rows[i].error) {
            expect_error(rows[i].error, SetTokenInformation(token, rows[i].token_class,
                                                            rows[i].from, rows[i].size));
        } else {
            expect_true(
                SetTokenInformation(token, rows[i].token_class, rows[i].from, rows[i].size));
        }
        expect_true(CloseHandle(token));
    }
}

static void what_was_set_is_told(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    acl_room empty = acl_empty();
    TOKEN_DEFAULT_DACL dacl = {&empty.acl};
    told before;
    told answer;
    (void)state;

    be(alice());
    ask(token, TokenStatistics, &before);
    expect_true(SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof(dacl)));
    ask(token, TokenDefaultDacl, &answer);
    assert_int_equal(answer.default_dacl.DefaultDacl->AceCount, 0);
    ask(token, TokenStatistics, &answer); /* T-SET-18 */
    assert_memory_not_equal(&before.statistics.ModifiedId, &answer.statistics.ModifiedId,
                            sizeof(LUID));
    dacl.DefaultDacl = NULL;
    expect_true(SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof(dacl)));
    assert_int_equal(ask(token, TokenDefaultDacl, &answer), sizeof(dacl)); /* T-QRY-11 */
    assert_null(answer.default_dacl.DefaultDacl);
    expect_true(CloseHandle(token));
}

/* ---- T-APR ---- */

static TOKEN_PRIVILEGES one_privilege(DWORD luid, DWORD attributes)
{
    return (TOKEN_PRIVILEGES){1, {{{luid, 0}, attributes}}};
}

/* It succeeds, and the last error is this one. */
#define expect_adjusted(error_, call_)              \
    do {                                            \
        SetLastError(0xdead);                       \
        assert_int_equal((call_), TRUE);            \
        assert_int_equal(GetLastError(), (error_)); \
    } while (0)

static void adjusting_privileges_always_sets_the_last_error(void **state)
{
    HANDLE token = win_h(alice(), ANY);
    TOKEN_PRIVILEGES backup = one_privilege(SE_BACKUP_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES shutdown = one_privilege(SE_SHUTDOWN_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES removal =
        one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_REMOVED | SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES notify = one_privilege(SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES none = {0};
    DWORD size = 0xdeadbeef;
    (void)state;

    expect_adjusted(ERROR_NOT_ALL_ASSIGNED, /* T-APR-1 */
                    AdjustTokenPrivileges(token, FALSE, &backup, 0, NULL, &size));
    assert_int_equal(size, 0xdeadbeef);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-2 */
                    AdjustTokenPrivileges(token, FALSE, &shutdown, 0, NULL, NULL));
    expect_adjusted(ERROR_SUCCESS, /* T-APR-13 */
                    AdjustTokenPrivileges(token, FALSE, &none, 0, NULL, NULL));
    expect_adjusted(ERROR_SUCCESS, /* T-APR-8 */
                    AdjustTokenPrivileges(token, TRUE, NULL, 0, NULL, NULL));
    expect_adjusted(ERROR_SUCCESS, /* T-APR-9 */
                    AdjustTokenPrivileges(token, FALSE, &removal, 0, NULL, NULL));
    expect_adjusted(ERROR_NOT_ALL_ASSIGNED,
                    AdjustTokenPrivileges(token, FALSE, &notify, 0, NULL, NULL));
    expect_error(ERROR_INVALID_PARAMETER, /* T-APR-7 */
                 AdjustTokenPrivileges(token, FALSE, NULL, 0, NULL, NULL));
    expect_true(CloseHandle(token));
}

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
    ask(token, TokenPrivileges, &answer);
    assert_int_equal(((LUID_AND_ATTRIBUTES *)answer.privileges.Privileges)[1].Attributes, 0);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-4 */
                    AdjustTokenPrivileges(token, FALSE, &shutdown, 16, &previous, &size));
    assert_int_equal(previous.PrivilegeCount, 1);
    assert_int_equal(previous.Privileges[0].Luid.LowPart, SE_SHUTDOWN_PRIVILEGE);
    assert_int_equal(previous.Privileges[0].Attributes, 0);
    expect_adjusted(ERROR_SUCCESS, /* T-APR-11 */
                    AdjustTokenPrivileges(token, FALSE, &previous, 0, NULL, NULL));
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
    } rows[] = {
        {"T-AGR-1", alice, {{&g1, 0}}, 1, ERROR_SUCCESS, TRUE},
        {"T-AGR-2", alice, {{&g2, SE_GROUP_ENABLED}}, 1, ERROR_SUCCESS, TRUE},
        {"T-AGR-3", alice, {{&everyone, 0}}, 1, ERROR_CANT_DISABLE_MANDATORY, FALSE},
        {"T-AGR-4", alice, {{&g1, 0}, {&everyone, 0}}, 2, ERROR_CANT_DISABLE_MANDATORY, FALSE},
        {"T-AGR-5",
         alice_limited,
         {{&admins, SE_GROUP_ENABLED}},
         1,
         ERROR_CANT_ENABLE_DENY_ONLY,
         FALSE},
        {"T-AGR-6", alice_limited, {{&admins, 0}}, 1, ERROR_SUCCESS, TRUE},
        {"T-AGR-7", alice, {{&stranger, 0}, {&g1, 0}}, 2, ERROR_NOT_ALL_ASSIGNED, TRUE},
        {"T-AGR-11", alice, {{&everyone, SE_GROUP_ENABLED}}, 1, ERROR_SUCCESS, TRUE},
        {"T-AGR-12", alice, {{&user, 0}}, 1, ERROR_CANT_DISABLE_MANDATORY, FALSE},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        HANDLE token = win_h(rows[i].token(), ANY);
        struct {
            DWORD count;
            SID_AND_ATTRIBUTES groups[2];
        } change = {rows[i].n_groups, {rows[i].groups[0], rows[i].groups[1]}};

        print_message("%s\n", rows[i].id);
        SetLastError(0xdead);
        assert_int_equal(AdjustTokenGroups(token, FALSE, (PTOKEN_GROUPS)&change, 0, NULL, NULL),
                         rows[i].result);
        assert_int_equal(GetLastError(), rows[i].error);
        expect_true(CloseHandle(token));
    }
}

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

static void tokens_are_duplicated(void **state)
{
    HANDLE token = win_h(alice(), TOKEN_DUPLICATE | TOKEN_QUERY);
    HANDLE copy = NULL;
    HANDLE again = (HANDLE)(uintptr_t)42;
    (void)state;

    be(alice());
    expect_true(DuplicateToken(token, SecurityIdentification, &copy)); /* T-DUP-1 */
    assert_int_equal(win_rights(copy), TOKEN_QUERY | TOKEN_IMPERSONATE);
    assert_int_equal(ask_number(copy, TokenImpersonationLevel), SecurityIdentification);
    expect_error(ERROR_ACCESS_DENIED, /* T-DUP-16 */
                 DuplicateToken(copy, SecurityIdentification, &again));
    assert_null(again);
    expect_true(CloseHandle(copy));
    expect_true(DuplicateTokenEx(token, 0, NULL, SecurityAnonymous, TokenPrimary, &copy));
    assert_int_equal(win_rights(copy), TOKEN_DUPLICATE | TOKEN_QUERY); /* T-DUP-2 */
    expect_true(CloseHandle(copy));
    expect_error(ERROR_INVALID_PARAMETER, /* T-DUP-15 */
                 DuplicateTokenEx(token, 0, NULL, SecurityAnonymous, (TOKEN_TYPE)3, &copy));
    expect_error(ERROR_BAD_IMPERSONATION_LEVEL, /* T-DUP-23 */
                 DuplicateToken(token, (SECURITY_IMPERSONATION_LEVEL)4, &copy));
    expect_error(ERROR_NOACCESS, DuplicateToken(token, SecurityAnonymous, NULL)); /* T-DUP-17 */
    expect_error(ERROR_INVALID_HANDLE,                                            /* T-DUP-18 */
                 DuplicateToken((HANDLE)(uintptr_t)0xdead, SecurityAnonymous, &copy));
    expect_true(CloseHandle(token));
}

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
    expect_error(ERROR_INVALID_PARAMETER, CreateRestrictedToken(token, 0, MAXDWORD, &disable, 0,
                                                                NULL, 0, NULL, &restricted));
    expect_error(ERROR_INVALID_HANDLE, IsTokenRestricted(NULL));
    expect_true(CloseHandle(token));
}

/* ---- T-MEM, T-PRV ---- */

static void membership_is_checked(void **state)
{
    HANDLE token = win_h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE limited = win_h(impersonating(alice_limited(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE primary = win_h(alice(), TOKEN_QUERY);
    const struct {
        const char *id;
        HANDLE token;
        const char *sid;
        BOOL expected;
    } rows[] = {
        {"T-MEM-1", token, G1, TRUE},        {"T-MEM-2", NULL, G1, TRUE},
        {"T-MEM-4", limited, ADMINS, FALSE}, {"T-MEM-5", token, G2, FALSE},
        {"T-MEM-6", token, ALICE, TRUE},     {"a stranger", token, STRANGER, FALSE},
    };
    sid_room sid = sid_bytes(G1);
    BOOL is_member = 42;
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        sid_room asked = sid_bytes(rows[i].sid);

        print_message("%s\n", rows[i].id);
        expect_true(CheckTokenMembership(rows[i].token, &asked, &is_member));
        assert_int_equal(is_member, rows[i].expected);
    }
    is_member = 42;
    expect_error(ERROR_NO_IMPERSONATION_TOKEN, /* T-MEM-3 */
                 CheckTokenMembership(primary, &sid, &is_member));
    assert_int_equal(is_member, FALSE);
    expect_error(ERROR_INVALID_SID, CheckTokenMembership(token, NULL, &is_member));
    expect_error(ERROR_NOACCESS, CheckTokenMembership(token, &sid, NULL));
    expect_true(CloseHandle(primary));
    expect_true(CloseHandle(limited));
    expect_true(CloseHandle(token));
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_is_probed_before_it_is_filled),
        cmocka_unit_test(what_is_not_told_has_its_error),
        cmocka_unit_test(who_somebody_is_is_told),
        cmocka_unit_test(lists_are_told_in_their_order),
        cmocka_unit_test(numbers_are_told),
        cmocka_unit_test(an_app_container_is_told),
        cmocka_unit_test(a_pseudo_handle_is_for_asking_only),
        cmocka_unit_test(a_linked_token_is_there_to_be_looked_at),
        cmocka_unit_test(what_cannot_be_set_has_its_error),
        cmocka_unit_test(what_was_set_is_told),
        cmocka_unit_test(adjusting_privileges_always_sets_the_last_error),
        cmocka_unit_test(previous_privileges_are_told_and_restore_them),
        cmocka_unit_test(groups_are_adjusted_or_not_at_all),
        cmocka_unit_test(previous_groups_are_told_with_their_sids),
        cmocka_unit_test(tokens_are_duplicated),
        cmocka_unit_test(tokens_are_restricted),
        cmocka_unit_test(membership_is_checked),
        cmocka_unit_test(privileges_are_checked_and_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
