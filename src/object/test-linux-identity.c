/* SPDX-License-Identifier: MIT */
/* Tests of what tokens are on Linux. */

#include "object/linux-identity.h"

#include <linux/capability.h>

#include <tessera/token-adjust.h>

#include "linux/identity.h"
#include "token/test-fixtures.h"

DEFINE_CLEANUP(tsr_resolver *, tsr_resolver_free);

#define USER         \
    {                \
        22, 2,       \
        {            \
            1, 61001 \
        }            \
    }
#define GROUP(gid_)   \
    {                 \
        22, 2,        \
        {             \
            2, (gid_) \
        }             \
    }

static tsr_resolver *resolver_new(void)
{
    tsr_resolver *resolver = NULL;

    expect_ok(tsr_resolver_new(NULL, &resolver, NULL));
    return resolver;
}

static tsr_identity identity_of(const tsr_token_spec *spec)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = resolver_new();
    tsr_token *const token = token_of_spec(spec);
    tsr_identity identity = {0};

    expect_ok(linux_identity_of(resolver, token, &identity));
    (void)tsr_token_unref(token);
    return identity;
}

static void only_groups_that_are_enabled_are_groups(void **state)
{
    const tsr_group groups[] = {
        {GROUP(100), TSR_GROUP_ORDINARY},
        {GROUP(101), 0},
        {GROUP(102), SE_GROUP_USE_FOR_DENY_ONLY},
        {GROUP(103), SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY},
        {{5, 2, {32, 545}}, TSR_GROUP_ORDINARY},
        {GROUP(100), TSR_GROUP_ORDINARY},
        {GROUP(TSR_TAG_FIRST), TSR_GROUP_ORDINARY},
        {GROUP(104), SE_GROUP_ENABLED},
        {GROUP(104), TSR_GROUP_ORDINARY},
    };
    tsr_token_spec spec = {.user = USER, .groups = groups, .n_groups = ARRAY_SIZE(groups)};
    tsr_identity identity = identity_of(&spec);

    (void)state;

    assert_int_equal(identity.uid, 61001);
    assert_int_equal(identity.real_uid, 61001);
    assert_int_equal(identity.n_groups, 2);
    assert_int_equal(identity.groups[0], 100);
    assert_int_equal(identity.groups[1], 104);
    assert_int_equal(identity.gid, 65534);
    assert_int_equal(identity.capabilities, 0);
    tsr_identity_deinit(&identity);
}

/* A primary group need not be one that the token is granted anything by. */
static void the_gid_is_the_primary_group_if_that_is_enabled(void **state)
{
    const tsr_group groups[] = {
        {GROUP(100), TSR_GROUP_ORDINARY}, {GROUP(101), 0}, {GROUP(102), TSR_GROUP_ORDINARY}};
    const tsr_sid first = GROUP(100);
    const tsr_sid second = GROUP(102);
    const tsr_sid disabled = GROUP(101);
    tsr_token_spec spec = {
        .user = USER, .groups = groups, .n_groups = ARRAY_SIZE(groups), .primary_group = &first};
    tsr_identity identity = identity_of(&spec);

    (void)state;

    assert_int_equal(identity.gid, 100);
    tsr_identity_deinit(&identity);
    spec.primary_group = &second;
    identity = identity_of(&spec);
    assert_int_equal(identity.gid, 102);
    tsr_identity_deinit(&identity);
    spec.primary_group = &disabled;
    identity = identity_of(&spec);
    assert_int_equal(identity.gid, 65534);
    tsr_identity_deinit(&identity);
}

static void the_system_is_root_with_the_groups_it_has(void **state)
{
    const tsr_group groups[] = {{GROUP(0), TSR_GROUP_ORDINARY}};
    tsr_token_spec spec = {.user = TSR_SID_SYSTEM, .groups = groups, .n_groups = 1};
    tsr_identity identity = identity_of(&spec);

    (void)state;

    assert_int_equal(identity.uid, 0);
    assert_int_equal(identity.gid, 0);
    assert_int_equal(identity.n_groups, 1);
    assert_int_equal(identity.groups[0], 0);
    tsr_identity_deinit(&identity);
    spec.n_groups = 0;
    identity = identity_of(&spec);
    assert_int_equal(identity.gid, 65534);
    tsr_identity_deinit(&identity);
}

static void privileges_that_are_enabled_are_capabilities(void **state)
{
    const tsr_privilege_state privileges[] = {{SE_BACKUP_PRIVILEGE, SE_PRIVILEGE_ENABLED},
                                              {SE_SYSTEMTIME_PRIVILEGE, 0}};
    tsr_token_spec spec = {.user = USER, .privileges = privileges, .n_privileges = 2};
    tsr_identity identity = identity_of(&spec);

    (void)state;

    assert_int_equal(identity.capabilities, UINT64_C(1) << CAP_DAC_READ_SEARCH);
    tsr_identity_deinit(&identity);
}

static void a_user_of_windows_is_none_of_linux(void **state)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = resolver_new();
    tsr_token *const token = alice();
    tsr_identity identity = {0};

    (void)state;

    expect_status(STATUS_NO_SUCH_USER, linux_identity_of(resolver, token, &identity));
    tsr_identity_deinit(&identity);
    (void)tsr_token_unref(token);
}

/* What credentials say is asked of the token they make, changed in one thing at a time. */
static void credentials_say_what_their_token_says_and_no_more(void **state)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = resolver_new();
    gid_t groups[] = {61007, 61002};
    const tsr_identity identity = {
        .uid = 61001, .real_uid = 61001, .gid = 61002, .groups = groups, .n_groups = 2};
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const tsr_sid other_group = GROUP(61007);
    tsr_token *changed[6] = {NULL};
    tsr_token *token = NULL;
    bool says = false;

    (void)state;

    expect_ok(tsr_resolver_token(resolver, &identity, &token, NULL));
    expect_ok(linux_identity_says(resolver, &identity, token, &says));
    assert_true(says);
    expect_ok(tsr_token_set_integrity(token, &low, 0, &changed[0]));
    expect_ok(tsr_token_set_default_dacl(token, NULL, &changed[1]));
    expect_ok(tsr_token_set_session_id(token, 5, UINT64_MAX, &changed[2]));
    expect_ok(tsr_token_set_primary_group(token, &other_group, &changed[3]));
    expect_ok(tsr_token_filter(
        token, &(tsr_token_filter_spec){.disable = &other_group, .n_disable = 1}, &changed[4]));
    changed[5] = restricted_to(tsr_token_ref(token), EVERYONE, EVERYONE, 0);
    for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
        says = true;
        expect_ok(linux_identity_says(resolver, &identity, changed[i], &says));
        assert_false(says);
        (void)tsr_token_unref(changed[i]);
    }
    (void)tsr_token_unref(token);
}

/* What it makes would be another's, or open to others. */
static void credentials_do_not_say_another_owner_or_default_dacl(void **state)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = resolver_new();
    const tsr_identity root = {.uid = 0, .real_uid = 0, .gid = 0};
    const tsr_sid system = TSR_SID_SYSTEM;
    tsr_token *changed[2] = {NULL};
    tsr_token *token = NULL;
    tsr_acl dacl;
    uint8_t bytes[1024];
    bool says = false;

    (void)state;

    expect_ok(tsr_resolver_token(resolver, &root, &token, NULL));
    expect_ok(linux_identity_says(resolver, &root, token, &says));
    assert_true(says);
    expect_owner(token, ADMINS);
    expect_ok(tsr_token_set_owner(token, &system, &changed[0]));
    dacl = *tsr_token_peek_default_dacl(token);
    assert_in_range(dacl.size, 16, sizeof(bytes));
    memcpy(bytes, dacl.bytes, dacl.size);
    bytes[12] ^= FILE_EXECUTE; /* of the first ACE's mask */
    dacl.bytes = bytes;
    expect_ok(tsr_token_set_default_dacl(token, &dacl, &changed[1]));
    for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
        says = true;
        expect_ok(linux_identity_says(resolver, &root, changed[i], &says));
        assert_false(says);
        (void)tsr_token_unref(changed[i]);
    }
    (void)tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_groups_that_are_enabled_are_groups),
        cmocka_unit_test(the_gid_is_the_primary_group_if_that_is_enabled),
        cmocka_unit_test(the_system_is_root_with_the_groups_it_has),
        cmocka_unit_test(privileges_that_are_enabled_are_capabilities),
        cmocka_unit_test(a_user_of_windows_is_none_of_linux),
        cmocka_unit_test(credentials_say_what_their_token_says_and_no_more),
        cmocka_unit_test(credentials_do_not_say_another_owner_or_default_dacl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
