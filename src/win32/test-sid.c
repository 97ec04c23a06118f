/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

#include <sddl.h>

static void a_sid_is_allocated_and_read_member_by_member(void **state)
{
    SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
    sid_room expected = sid_bytes("S-1-5-32-544");
    PSID sid = NULL;
    (void)state;

    expect_true(AllocateAndInitializeSid(&authority, 2, 32, 544, 0, 0, 0, 0, 0, 0, &sid));

    assert_true(EqualSid(sid, &expected));
    assert_int_equal(GetLengthSid(sid), 16);
    assert_int_equal(GetSidLengthRequired(2), 16);
    assert_int_equal(*GetSidSubAuthorityCount(sid), 2);
    assert_int_equal(*GetSidSubAuthority(sid, 1), 544);
    assert_int_equal(GetSidIdentifierAuthority(sid)->Value[5], 5);
    assert_true(IsValidSid(sid));
    assert_null(FreeSid(sid));
}

static void refusals_are_last_errors(void **state)
{
    SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
    sid_room from = sid_bytes("S-1-5-18");
    sid_room to = {0};
    PSID sid = NULL;
    (void)state;

    expect_error(ERROR_INVALID_SID,
                 AllocateAndInitializeSid(&authority, 9, 1, 2, 3, 4, 5, 6, 7, 8, &sid));
    expect_error(ERROR_INVALID_PARAMETER, InitializeSid(&to, &authority, 16));
    expect_error(ERROR_INSUFFICIENT_BUFFER, CopySid(11, &to, &from));
    expect_error(ERROR_INVALID_SID, CopySid(sizeof(to), &to, NULL));
    expect_error(ERROR_INVALID_SID, IsValidSid(NULL));

    assert_null(sid);
    assert_int_equal(to.bytes[0], 0);
    expect_true(InitializeSid(&to, &authority, 1));
    expect_true(CopySid(12, &to, &from));
    assert_true(EqualSid(&to, &from));
    assert_true(EqualPrefixSid(&to, &from));
}

static void domains_are_compared(void **state)
{
    sid_room one = sid_bytes("S-1-5-21-1-2-3-500");
    sid_room same = sid_bytes("S-1-5-21-1-2-3-1000");
    sid_room other = sid_bytes("S-1-5-21-1-2-4-500");
    sid_room users = sid_bytes("S-1-5-32-545");
    sid_room guests = sid_bytes("S-1-5-32-546");
    sid_room everyone = sid_bytes("S-1-1-0");
    BOOL equal = 42;
    (void)state;

    expect_error(ERROR_NON_DOMAIN_SID, EqualDomainSid(&one, &everyone, &equal));
    expect_error(ERROR_INVALID_SID, EqualDomainSid(NULL, &one, &equal));
    expect_error(ERROR_INVALID_PARAMETER, EqualDomainSid(&one, &one, NULL));
    assert_int_equal(equal, 42);
    expect_true(EqualDomainSid(&one, &same, &equal));
    assert_int_equal(equal, TRUE);
    expect_true(EqualDomainSid(&one, &other, &equal));
    assert_int_equal(equal, FALSE);
    expect_true(EqualDomainSid(&users, &guests, &equal));
    assert_int_equal(equal, TRUE);
    expect_true(EqualDomainSid(&users, &one, &equal));
    assert_int_equal(equal, FALSE);
}

static void a_domain_is_in_itself_and_less_than_one_is_in_none(void **state)
{
    static const char *const outside[] = {"S-1-5-21", "S-1-5-21-1-2", "S-1-5-64-1-2-3",
                                          "S-1-4-21-1-2-3", "S-1-4-32"};
    sid_room domain = sid_bytes("S-1-5-21-1-2-3");
    sid_room account = sid_bytes("S-1-5-21-1-2-3-500");
    sid_room builtin = sid_bytes("S-1-5-32");
    sid_room users = sid_bytes("S-1-5-32-545");
    BOOL equal = FALSE;
    sid_room to = {0};
    DWORD size = sizeof(to);
    (void)state;

    expect_true(EqualDomainSid(&domain, &account, &equal));
    assert_int_equal(equal, TRUE);
    equal = FALSE;
    expect_true(EqualDomainSid(&builtin, &users, &equal));
    assert_int_equal(equal, TRUE);
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        sid_room sid = sid_bytes(outside[i]);

        expect_error(ERROR_NON_DOMAIN_SID, EqualDomainSid(&sid, &sid, &equal));
        expect_error(ERROR_NON_DOMAIN_SID, GetWindowsAccountDomainSid(&sid, &to, &size));
    }
    expect_true(GetWindowsAccountDomainSid(&domain, &to, &size));
    assert_true(EqualSid(&to, &domain));
}

static void an_accounts_domain_is_cut_out(void **state)
{
    sid_room account = sid_bytes("S-1-5-21-1-2-3-500");
    sid_room domain = sid_bytes("S-1-5-21-1-2-3");
    sid_room users = sid_bytes("S-1-5-32-545");
    sid_room to = {0};
    DWORD size = 0;
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER, GetWindowsAccountDomainSid(&account, NULL, &size));
    assert_int_equal(size, 24);
    size = 23;
    expect_error(ERROR_INSUFFICIENT_BUFFER, GetWindowsAccountDomainSid(&account, &to, &size));
    assert_int_equal(size, 24);
    assert_int_equal(to.bytes[0], 0);
    expect_true(GetWindowsAccountDomainSid(&account, &to, &size));
    assert_true(EqualSid(&to, &domain));
    expect_error(ERROR_NON_DOMAIN_SID, GetWindowsAccountDomainSid(&users, &to, &size));
    expect_error(ERROR_INVALID_SID, GetWindowsAccountDomainSid(NULL, &to, &size));
    expect_error(ERROR_INVALID_PARAMETER, GetWindowsAccountDomainSid(&account, &to, NULL));
}

static void sids_become_text(void **state)
{
    sid_room sid = sid_bytes("S-1-5-21-1-2-3-4294967295");
    LPWSTR wide = NULL;
    LPSTR text = NULL;
    (void)state;

    expect_true(ConvertSidToStringSidA(&sid, &text));
    assert_string_equal(text, "S-1-5-21-1-2-3-4294967295");
    expect_true(ConvertSidToStringSidW(&sid, &wide));
    assert_memory_equal(wide, u"S-1-5-21-1-2-3-4294967295", 52);
    LocalFree(wide);
    LocalFree(text);
    text = NULL;
    expect_error(ERROR_INVALID_SID, ConvertSidToStringSidA(NULL, &text));
    expect_error(ERROR_INVALID_PARAMETER, ConvertSidToStringSidA(&sid, NULL));
    expect_error(ERROR_INVALID_PARAMETER, ConvertSidToStringSidW(&sid, NULL));

    assert_null(text);
}

static void text_becomes_sids(void **state)
{
    sid_room administrators = sid_bytes("S-1-5-32-544");
    PSID sid = NULL;
    (void)state;

    expect_true(ConvertStringSidToSidA("S-1-5-32-544", &sid));
    assert_true(EqualSid(sid, &administrators));
    LocalFree(sid);
    expect_true(ConvertStringSidToSidW(u"BA", &sid));
    assert_true(EqualSid(sid, &administrators));
    LocalFree(sid);
    expect_true(ConvertStringSidToSidA("S-0x1-5-20-220", &sid)); /* as Windows reads it */
    assert_true(EqualSid(sid, &administrators));
    LocalFree(sid);
}

static void text_that_is_no_sid_is_refused(void **state)
{
    static const char *const wrong[] = {"", "S-1", "S-1-5", "S-1-5-32-544x", "XX", "DA"};
    PSID sid = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        expect_error(ERROR_INVALID_SID, ConvertStringSidToSidA(wrong[i], &sid));
    }
    expect_error(ERROR_INVALID_SID, ConvertStringSidToSidW(u"S-1-", &sid));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSidToSidA(NULL, &sid));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSidToSidW(NULL, &sid));
    expect_error(ERROR_INVALID_PARAMETER, ConvertStringSidToSidA("S-1-1-0", NULL));

    assert_null(sid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sid_is_allocated_and_read_member_by_member),
        cmocka_unit_test(refusals_are_last_errors),
        cmocka_unit_test(domains_are_compared),
        cmocka_unit_test(a_domain_is_in_itself_and_less_than_one_is_in_none),
        cmocka_unit_test(an_accounts_domain_is_cut_out),
        cmocka_unit_test(sids_become_text),
        cmocka_unit_test(text_becomes_sids),
        cmocka_unit_test(text_that_is_no_sid_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
