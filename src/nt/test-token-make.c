/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

/* TOKEN_ALL_ACCESS in SDDL. */
#define ALL "CCDCLCSWRPWPDTLOCRSDRCWDWO"

/* Covers T-DUP-6, T-DUP-7, T-DUP-14, T-DUP-15. */
static void the_level_is_that_of_the_quality_of_service(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityIdentification, FALSE, FALSE};
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    HANDLE acting = nt_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_DUPLICATE);
    OBJECT_ATTRIBUTES attributes;
    HANDLE copy = NULL;
    (void)state;

    be(alice());
    InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
    expect_nt(STATUS_SUCCESS, /* T-DUP-6 */
              NtDuplicateToken(token, 0, &attributes, FALSE, TokenImpersonation, &copy));
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).level, TSR_LEVEL_ANONYMOUS);
    expect_nt(STATUS_SUCCESS, NtClose(copy));
    attributes.SecurityQualityOfService = &qos;
    expect_nt(STATUS_SUCCESS, /* T-DUP-7 */
              ZwDuplicateToken(token, 0, &attributes, TRUE, TokenImpersonation, &copy));
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).level, TSR_LEVEL_IDENTIFICATION);
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).n_privileges, 1);
    expect_nt(STATUS_SUCCESS, NtClose(copy));
    expect_nt(STATUS_SUCCESS, /* T-DUP-14 */
              NtDuplicateToken(acting, 0, NULL, FALSE, TokenImpersonation, &copy));
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)copy).level, TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS, NtClose(copy));
    expect_nt(STATUS_INVALID_PARAMETER, /* T-DUP-15 */
              NtDuplicateToken(NO_HANDLE, 0, NULL, FALSE, (TOKEN_TYPE)0, &copy));
    assert_null(copy);
    expect_nt(STATUS_INVALID_PARAMETER,
              NtDuplicateToken(NO_HANDLE, 0, NULL, FALSE, (TOKEN_TYPE)3, &copy));
    expect_nt(STATUS_SUCCESS, NtClose(acting));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers T-DUP-8, T-DUP-9. */
static void a_disabled_privilege_is_copied_unless_only_effective_ones_are(void **state)
{
    TOKEN_PRIVILEGES off = {1, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}};
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE | TOKEN_ADJUST_PRIVILEGES);
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, NtAdjustPrivilegesToken(token, FALSE, &off, 0, NULL, NULL));
    for (BOOLEAN effective_only = FALSE; effective_only <= TRUE; effective_only++) {
        HANDLE copy = NULL;
        tsr_token *copied;

        expect_nt(STATUS_SUCCESS,
                  NtDuplicateToken(token, 0, NULL, effective_only, TokenPrimary, &copy));
        copied = behind((handle_t)(uintptr_t)copy);
        assert_int_equal(privilege_of(copied, SE_CHANGE_NOTIFY_PRIVILEGE),
                         effective_only ? ABSENT : SE_PRIVILEGE_ENABLED_BY_DEFAULT);
        (void)tsr_token_unref(copied);
        expect_nt(STATUS_SUCCESS, NtClose(copy));
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers T-FLT-31 [U]. */
static void what_restricts_has_to_be_a_sid(void **state)
{
    sid_room no_parts = sid_bytes("S-1-5-18");
    sid_room revision = sid_bytes("S-1-5-18");
    PSID faulty[] = {&no_parts, &revision};
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    (void)state;

    be(alice());
    ((BYTE *)no_parts.bytes)[1] = 0;
    ((BYTE *)revision.bytes)[0] = 2;
    for (size_t i = 0; i < ARRAY_SIZE(faulty); i++) {
        TOKEN_GROUPS restrict_to = {1, {{faulty[i], 0}}};
        HANDLE made = NO_HANDLE;

        expect_nt(STATUS_INVALID_SID, NtFilterToken(token, 0, NULL, NULL, &restrict_to, &made));
        assert_null(made);
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers T-FLT-23. */
static void flags_and_handles_are_looked_at_before_lists(void **state)
{
    TOKEN_GROUPS no_sid = {1, {{NULL, 0}}};
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    HANDLE made = NO_HANDLE;
    (void)state;

    be(alice());
    expect_nt(STATUS_INVALID_PARAMETER, NtFilterToken(NO_HANDLE, 0x10, &no_sid, NULL, NULL, &made));
    assert_null(made);
    made = NO_HANDLE;
    expect_nt(STATUS_INVALID_HANDLE, NtFilterToken(NO_HANDLE, 0, &no_sid, NULL, NULL, &made));
    assert_null(made);
    expect_nt(STATUS_INVALID_SID, NtFilterToken(token, 0, &no_sid, NULL, NULL, &made));
    expect_nt(STATUS_ACCESS_VIOLATION, NtFilterToken(token, 0, NULL, NULL, NULL, NULL));
    expect_nt(STATUS_SUCCESS, ZwFilterToken(token, DISABLE_MAX_PRIVILEGE, NULL, NULL, NULL, &made));
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)made).n_privileges, 1);
    expect_nt(STATUS_SUCCESS, NtClose(made));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_app_container_is_made(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    sid_room package = sid_bytes(PACKAGE);
    sid_room capability = sid_bytes("S-1-15-3-1");
    SID_AND_ATTRIBUTES capabilities[] = {{&capability, SE_GROUP_ENABLED}};
    HANDLE made = NO_HANDLE;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL, &package, 1,
                                                  capabilities, 0, NULL));
    assert_int_equal(statistics_behind((handle_t)(uintptr_t)made).n_capabilities, 1);
    expect_nt(STATUS_SUCCESS, NtClose(made));
    expect_nt(STATUS_INVALID_PARAMETER, ZwCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL,
                                                            &package, 0, NULL, 1, &token));
    assert_null(made);
    expect_nt(STATUS_INVALID_SID,
              NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL, NULL, 0, NULL, 0, NULL));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void expect_sddl(HANDLE token, const char *expected)
{
    char *text = sddl_behind((handle_t)(uintptr_t)token, DACL_SECURITY_INFORMATION);

    assert_string_equal(text, expected);
    free(text);
}

/* Covers T-LBX-5. */
static void the_token_of_an_app_container_is_for_its_package(void **state)
{
    static const char by_default[] =
        "D:(A;;" ALL ";;;SY)(A;;" ALL ";;;" ALICE ")(A;;" ALL ";;;" PACKAGE ")";
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    sid_room package = sid_bytes(PACKAGE);
    SECURITY_DESCRIPTOR descriptor;
    acl_room dacl = acl_empty();
    OBJECT_ATTRIBUTES attributes;
    HANDLE made = NO_HANDLE;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL, &package, 0,
                                                  NULL, 0, NULL));
    expect_sddl(made, by_default);
    expect_nt(STATUS_SUCCESS, NtClose(made));

    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&descriptor, 1));
    InitializeObjectAttributes(&attributes, NULL, 0, NULL, &descriptor);
    expect_nt(STATUS_SUCCESS, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, &attributes,
                                                  &package, 0, NULL, 0, NULL));
    expect_sddl(made, by_default);
    expect_nt(STATUS_SUCCESS, NtClose(made));

    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, FALSE));
    expect_nt(STATUS_SUCCESS, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, &attributes,
                                                  &package, 0, NULL, 0, NULL));
    expect_sddl(made, "D:");
    expect_nt(STATUS_SUCCESS, NtClose(made));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void what_is_made_is_inherited_on_request_alone(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    sid_room package = sid_bytes(PACKAGE);
    OBJECT_ATTRIBUTES attributes;
    (void)state;

    be(alice());
    InitializeObjectAttributes(&attributes, NULL, OBJ_INHERIT, NULL, NULL);
    for (int inherits = 0; inherits <= 1; inherits++) {
        POBJECT_ATTRIBUTES given = inherits ? &attributes : NULL;
        HANDLE container = NULL;
        HANDLE copy = NULL;

        expect_nt(STATUS_SUCCESS, NtDuplicateToken(token, 0, given, FALSE, TokenPrimary, &copy));
        expect_nt(STATUS_SUCCESS, NtCreateLowBoxToken(&container, token, TOKEN_ALL_ACCESS, given,
                                                      &package, 0, NULL, 0, NULL));
        assert_int_equal(nt_flags(copy), inherits ? HANDLE_FLAG_INHERIT : 0);
        assert_int_equal(nt_flags(container), inherits ? HANDLE_FLAG_INHERIT : 0);
        expect_nt(STATUS_SUCCESS, NtClose(container));
        expect_nt(STATUS_SUCCESS, NtClose(copy));
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void each_flag_of_a_filter_is_known_and_no_other(void **state)
{
    const ULONG known = DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED;
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    (void)state;

    be(alice_with(SE_TCB_PRIVILEGE));
    for (ULONG flag = 1; flag; flag <<= 1) {
        HANDLE made = NO_HANDLE;

        expect_nt(flag & known ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER,
                  NtFilterToken(token, flag, NULL, NULL, NULL, &made));
        if (flag & known) {
            expect_nt(STATUS_SUCCESS, NtClose(made));
        } else {
            assert_null(made);
        }
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_app_container_is_given_no_handles(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_DUPLICATE);
    sid_room package = sid_bytes(PACKAGE);
    HANDLE made = NO_HANDLE;
    (void)state;

    be(alice());
    expect_nt(STATUS_INVALID_PARAMETER, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL,
                                                            &package, 0, NULL, 0, &token));
    expect_nt(STATUS_INVALID_PARAMETER, NtCreateLowBoxToken(&made, token, TOKEN_ALL_ACCESS, NULL,
                                                            &package, 0, NULL, 1, NULL));
    assert_null(made);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_level_is_that_of_the_quality_of_service),
        cmocka_unit_test(a_disabled_privilege_is_copied_unless_only_effective_ones_are),
        cmocka_unit_test(flags_and_handles_are_looked_at_before_lists),
        cmocka_unit_test(what_restricts_has_to_be_a_sid),
        cmocka_unit_test(an_app_container_is_made),
        cmocka_unit_test(the_token_of_an_app_container_is_for_its_package),
        cmocka_unit_test(what_is_made_is_inherited_on_request_alone),
        cmocka_unit_test(each_flag_of_a_filter_is_known_and_no_other),
        cmocka_unit_test(an_app_container_is_given_no_handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
