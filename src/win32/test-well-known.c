/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

#include "base/check.h"

#define TYPE_LAST WinBuiltinDeviceOwnersSid

static void types_are_the_sids_they_name(void **state)
{
    static const struct {
        WELL_KNOWN_SID_TYPE type;
        const char *text;
    } expected[] = {
        {WinNullSid, "S-1-0-0"},
        {WinWorldSid, "S-1-1-0"},
        {WinCreatorOwnerSid, "S-1-3-0"},
        {WinInteractiveSid, "S-1-5-4"},
        {WinSelfSid, "S-1-5-10"},
        {WinAuthenticatedUserSid, "S-1-5-11"},
        {WinLocalSystemSid, "S-1-5-18"},
        {WinBuiltinDomainSid, "S-1-5-32"},
        {WinBuiltinAdministratorsSid, "S-1-5-32-544"},
        {WinBuiltinUsersSid, "S-1-5-32-545"},
        {WinNTLMAuthenticationSid, "S-1-5-64-10"},
        {WinOtherOrganizationSid, "S-1-5-1000"},
        {WinMediumPlusLabelSid, "S-1-16-8448"},
        {WinCreatorOwnerRightsSid, "S-1-3-4"},
        {WinBuiltinAnyPackageSid, "S-1-15-2-1"},
        {WinCapabilityEnterpriseAuthenticationSid, "S-1-15-3-8"},
        {WinAuthenticationServiceAssertedSid, "S-1-18-2"},
        {WinLocalAccountAndAdministratorSid, "S-1-5-114"},
        {WinBuiltinDeviceOwnersSid, "S-1-5-32-583"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        sid_room wanted = sid_bytes(expected[i].text);
        sid_room sid = {0};
        DWORD size = sizeof(sid);

        expect_true(CreateWellKnownSid(expected[i].type, NULL, &sid, &size));
        assert_int_equal(size, GetLengthSid(&wanted));
        assert_true(EqualSid(&sid, &wanted));
        assert_true(IsWellKnownSid(&sid, expected[i].type));
    }
}

static void every_type_but_logon_ids_makes_a_sid_that_is_of_it(void **state)
{
    sid_room domain = sid_bytes("S-1-5-21-1-2-3");
    (void)state;

    for (int type = 0; type <= (int)TYPE_LAST; type++) {
        sid_room sid = {0};
        DWORD size = sizeof(sid);

        if (type == WinLogonIdsSid) {
            continue;
        }
        expect_true(CreateWellKnownSid((WELL_KNOWN_SID_TYPE)type, &domain, &sid, &size));
        assert_true(IsValidSid(&sid));
        assert_true(IsWellKnownSid(&sid, (WELL_KNOWN_SID_TYPE)type));
    }
}

static void accounts_are_made_in_a_domain(void **state)
{
    sid_room domain = sid_bytes("S-1-5-21-1-2-3");
    sid_room wanted = sid_bytes("S-1-5-21-1-2-3-512");
    sid_room full = sid_bytes("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15");
    sid_room sid = {0};
    DWORD size = sizeof(sid);
    (void)state;

    expect_error(ERROR_INVALID_PARAMETER,
                 CreateWellKnownSid(WinAccountDomainAdminsSid, NULL, &sid, &size));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateWellKnownSid(WinAccountDomainAdminsSid, &full, &sid, &size));
    assert_int_equal(sid.bytes[0], 0);
    expect_true(CreateWellKnownSid(WinAccountDomainAdminsSid, &domain, &sid, &size));
    assert_true(EqualSid(&sid, &wanted));
    assert_true(IsWellKnownSid(&sid, WinAccountDomainAdminsSid));
    assert_false(IsWellKnownSid(&sid, WinAccountDomainUsersSid));
    assert_false(IsWellKnownSid(&domain, WinAccountDomainAdminsSid));
}

static void the_size_that_is_needed_is_told(void **state)
{
    sid_room sid = {0};
    DWORD size = 0;
    (void)state;

    expect_error(ERROR_INSUFFICIENT_BUFFER, CreateWellKnownSid(WinWorldSid, NULL, NULL, &size));
    assert_int_equal(size, 12);
    expect_error(ERROR_INVALID_PARAMETER, CreateWellKnownSid(WinWorldSid, NULL, NULL, &size));
    size = 11;
    expect_error(ERROR_INSUFFICIENT_BUFFER, CreateWellKnownSid(WinWorldSid, NULL, &sid, &size));
    assert_int_equal(sid.bytes[0], 0);
    expect_true(CreateWellKnownSid(WinWorldSid, NULL, &sid, &size));
}

static void what_is_no_type_makes_none(void **state)
{
    sid_room sid = {0};
    DWORD size = sizeof(sid);
    (void)state;

    expect_error(ERROR_INVALID_PARAMETER, CreateWellKnownSid(WinLogonIdsSid, NULL, &sid, &size));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateWellKnownSid((WELL_KNOWN_SID_TYPE)(TYPE_LAST + 1), NULL, &sid, &size));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateWellKnownSid((WELL_KNOWN_SID_TYPE)UINT32_MAX, NULL, &sid, &size));
    expect_error(ERROR_INVALID_PARAMETER, CreateWellKnownSid(WinWorldSid, NULL, &sid, NULL));

    assert_int_equal(sid.bytes[0], 0);
    assert_false(IsWellKnownSid(&sid, WinWorldSid));
    assert_false(IsWellKnownSid(NULL, WinWorldSid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_the_sids_they_name),
        cmocka_unit_test(every_type_but_logon_ids_makes_a_sid_that_is_of_it),
        cmocka_unit_test(accounts_are_made_in_a_domain),
        cmocka_unit_test(the_size_that_is_needed_is_told),
        cmocka_unit_test(what_is_no_type_makes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
