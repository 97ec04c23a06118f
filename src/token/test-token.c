/* SPDX-License-Identifier: MIT */
/* Tests of building, sharing and reading tokens. */

#include "token/token.h"

#include <pthread.h>

#include "token/test-allocation.h"
#include "token/test-fixtures.h"

static void a_new_token_has_what_its_spec_says(void **state)
{
    tsr_token *token = alice();
    tsr_token_statistics statistics;
    tsr_sid primary_group;
    tsr_sid integrity;
    tsr_group user;

    (void)state;

    statistics = statistics_of(token);
    tsr_token_get_user(token, &user);
    tsr_token_get_primary_group(token, &primary_group);
    assert_true(tsr_token_get_integrity(token, &integrity));

    expect_sid(ALICE, &user.sid);
    assert_int_equal(user.attributes, 0);
    expect_sid(DOMAIN_USERS, &primary_group);
    expect_sid("S-1-16-8192", &integrity);
    assert_int_equal(statistics.type, TSR_TOKEN_PRIMARY);
    assert_int_equal(statistics.level, TSR_LEVEL_ANONYMOUS);
    assert_int_equal(statistics.flags, 0);
    assert_int_equal(statistics.session_id, 1);
    assert_int_equal(statistics.mandatory_policy, 3);
    assert_int_equal(statistics.authentication_id, LOGON_SESSION);
    assert_memory_equal(statistics.source.name, "User32  ", 8);
    assert_int_equal(statistics.source.id, 77);
    assert_int_equal(statistics.parent_token_id, 0);
    assert_int_equal(statistics.n_groups, N_ALICE_GROUPS);
    assert_int_equal(statistics.n_privileges, N_ALICE_PRIVILEGES);
    assert_int_equal(statistics.n_restricting, 0);
    assert_int_equal(attributes_of(token, LOGON), 0xc0000007);
    assert_int_equal(attributes_of(token, G1), 0x6);
    assert_int_equal(attributes_of(token, G2), 0x0);
    assert_int_equal(attributes_of(token, G3), 0xe);
    assert_int_equal(privilege_of(token, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), 0);
    assert_int_equal(tsr_token_enabled_privileges(token),
                     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    tsr_token_unref(token);
}

static void the_smallest_spec_makes_a_primary_token_with_defaults(void **state)
{
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001)};
    tsr_token *token = token_of_spec(&spec);
    tsr_token_statistics statistics;
    tsr_sid primary_group;
    tsr_sid integrity;

    (void)state;

    statistics = statistics_of(token);
    tsr_token_get_primary_group(token, &primary_group);

    assert_int_equal(statistics.type, TSR_TOKEN_PRIMARY);
    assert_int_equal(statistics.n_groups, 0);
    assert_int_equal(statistics.n_privileges, 0);
    expect_owner(token, ALICE); /* T-CRT-6 */
    expect_sid(ALICE, &primary_group);
    assert_null(tsr_token_peek_default_dacl(token)); /* T-CRT-11 */
    assert_false(tsr_token_get_integrity(token, &integrity));
    tsr_token_unref(token);
}

static void everything_is_copied(void **state)
{
    uint8_t dacl_bytes[sizeof(fixture_dacl_bytes)];
    tsr_acl dacl = {dacl_bytes, sizeof(dacl_bytes), 2};
    tsr_privilege_state privileges[] = {{SE_SHUTDOWN_PRIVILEGE, 0}};
    tsr_group groups[] = {{{1, 1, {0}}, TSR_GROUP_ORDINARY}};
    tsr_sid restricting[] = {{5, 1, {12}}};
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    memcpy(dacl_bytes, fixture_dacl_bytes, sizeof(dacl_bytes));
    spec.default_dacl = &dacl;
    spec.privileges = privileges;
    spec.n_privileges = 1;
    spec.groups = groups;
    spec.n_groups = 1;
    spec.primary_group = NULL;
    spec.restricting = restricting;
    spec.n_restricting = 1;
    token = token_of_spec(&spec);

    memset(dacl_bytes, 0xff, sizeof(dacl_bytes));
    memset(privileges, 0xff, sizeof(privileges));
    memset(groups, 0xff, sizeof(groups));
    memset(restricting, 0xff, sizeof(restricting));

    assert_int_equal(tsr_token_peek_default_dacl(token)->size, sizeof(fixture_dacl_bytes));
    assert_int_equal(tsr_token_peek_default_dacl(token)->n_aces, 2);
    assert_memory_equal(tsr_token_peek_default_dacl(token)->bytes, fixture_dacl_bytes,
                        sizeof(fixture_dacl_bytes));
    assert_int_equal(privilege_of(token, SE_SHUTDOWN_PRIVILEGE), 0);
    assert_int_equal(attributes_of(token, EVERYONE), 7);
    expect_restricting(token, "S-1-5-12");
    tsr_token_unref(token);
}

static void claims_device_and_package_are_copied_and_read_back(void **state)
{
    uint8_t bytes[sizeof(fixture_claim_bytes)];
    tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();
    bool less_privileged = false;
    tsr_group group;
    tsr_sid package;
    tsr_token *token;

    (void)state;

    memcpy(bytes, fixture_claim_bytes, sizeof(bytes));
    claim.bytes = bytes;
    add_context(&spec, &claim);
    add_package(&spec);
    spec.less_privileged = true;
    token = token_of_spec(&spec);
    memset(bytes, 0xff, sizeof(bytes));
    memset(&claim, 0xff, sizeof(claim));

    assert_int_equal(
        check_file(token, "O:SYG:SYD:(XA;;FR;;;WD;(@User.a == 7))(A;;FR;;;" PACKAGE ")", 1).granted,
        1);
    assert_true(tsr_token_get_package(token, &package, &less_privileged));
    expect_sid(PACKAGE, &package);
    assert_true(less_privileged);
    assert_true(tsr_token_get_package(token, &package, NULL));
    assert_true(tsr_token_get_capability(token, 0, &group));
    expect_sid("S-1-15-3-1", &group.sid);
    assert_int_equal(group.attributes, SE_GROUP_ENABLED);
    assert_true(tsr_token_get_device_group(token, 1, &group));
    expect_sid("S-1-5-99-2", &group.sid);
    assert_int_equal(statistics_of(token).n_user_claims, 1);
    assert_int_equal(statistics_of(token).n_device_claims, 1);
    assert_int_equal(statistics_of(token).n_local_claims, 1);
    assert_int_equal(statistics_of(token).n_device_groups, 3);
    assert_int_equal(statistics_of(token).n_restricting_devices, 1);
    assert_int_equal(statistics_of(token).n_capabilities, 3);
    tsr_token_unref(token);
}

static void a_token_without_package_says_so_and_leaves_the_outputs_alone(void **state)
{
    tsr_token *token = alice();
    bool less_privileged = true;
    tsr_group group = {{1, 1, {0}}, 42};
    tsr_sid package = {1, 1, {0}};

    (void)state;

    assert_false(tsr_token_get_package(token, &package, &less_privileged));
    assert_false(tsr_token_get_capability(token, 0, &group));
    assert_false(tsr_token_get_device_group(token, 0, &group));

    expect_sid(EVERYONE, &package);
    assert_true(less_privileged);
    assert_int_equal(group.attributes, 42);
    tsr_token_unref(token);
}

static void group_attributes_are_settled(void **state)
{
    static const struct {
        uint32_t given;
        uint32_t stored;
    } rows[] = {
        {0x1, 0x7}, /* T-CRT-4 */
        {0x0, 0x0},   {0x4, 0x4},   {0x6, 0x6},
        {0x9, 0xf},   {0x10, 0x10}, {0x11, 0x11}, /* filtered before: mandatory, yet deny-only */
        {0x17, 0x11}, {0x60, 0x60}, {0xc0000001, 0xc0000007},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_group group = {{5, 1, {11}}, rows[i].given};
        const tsr_token_spec spec = {.user = IN_DOMAIN(1001), .groups = &group, .n_groups = 1};
        tsr_token *token = token_of_spec(&spec);

        assert_int_equal(attributes_of(token, "S-1-5-11"), rows[i].stored);
        tsr_token_unref(token);
    }
}

/* One way to spoil a good spec. */
struct rejection {
    const char *what;
    uint32_t status;
    void (*spoil)(tsr_token_spec *spec);
};

static void too_many_groups(tsr_token_spec *spec)
{
    spec->n_groups = TSR_TOKEN_GROUPS_MAX + 1;
}

static void too_many_restricting(tsr_token_spec *spec)
{
    static const tsr_sid one = {1, 1, {0}};

    spec->restricting = &one;
    spec->n_restricting = TSR_TOKEN_GROUPS_MAX + 1;
}

static void too_many_privileges(tsr_token_spec *spec)
{
    spec->n_privileges = 36;
}

static void no_groups_array(tsr_token_spec *spec)
{
    spec->groups = NULL;
}

static void no_privileges_array(tsr_token_spec *spec)
{
    spec->privileges = NULL;
}

static void no_restricting_array(tsr_token_spec *spec)
{
    spec->n_restricting = 1;
}

static void unknown_flag(tsr_token_spec *spec)
{
    spec->flags = 0x20;
}

static void derived_flag(tsr_token_spec *spec)
{
    spec->flags = TSR_TOKEN_IS_RESTRICTED;
}

static void unknown_type(tsr_token_spec *spec)
{
    spec->type = (tsr_token_type)3;
}

static void unknown_level(tsr_token_spec *spec)
{
    spec->level = (tsr_impersonation_level)4;
}

static void unknown_policy(tsr_token_spec *spec)
{
    spec->mandatory_policy = 4;
}

static void user_attribute(tsr_token_spec *spec)
{
    spec->user_attributes = SE_GROUP_ENABLED;
}

static void group_attribute(tsr_token_spec *spec)
{
    static const tsr_group group = {{1, 1, {0}}, 0x80};

    spec->groups = &group;
    spec->n_groups = 1;
}

static void privilege_zero(tsr_token_spec *spec)
{
    static const tsr_privilege_state privilege = {0, 0};

    spec->privileges = &privilege;
    spec->n_privileges = 1;
}

static void privilege_64(tsr_token_spec *spec)
{
    static const tsr_privilege_state privilege = {64, 0};

    spec->privileges = &privilege;
    spec->n_privileges = 1;
}

static void privilege_attribute(tsr_token_spec *spec)
{
    static const tsr_privilege_state privilege = {SE_TCB_PRIVILEGE, 4};

    spec->privileges = &privilege;
    spec->n_privileges = 1;
}

static void privilege_twice(tsr_token_spec *spec)
{
    static const tsr_privilege_state privileges[] = {{SE_TCB_PRIVILEGE, 0}, {SE_TCB_PRIVILEGE, 2}};

    spec->privileges = privileges;
    spec->n_privileges = 2;
}

static void user_without_sub_authority(tsr_token_spec *spec)
{
    spec->user.n_sub_authorities = 0;
}

static void group_with_too_many_sub_authorities(tsr_token_spec *spec)
{
    static const tsr_group group = {{5, 16, {0}}, 7};

    spec->groups = &group;
    spec->n_groups = 1;
}

static void restricting_with_wide_authority(tsr_token_spec *spec)
{
    static const tsr_sid sid = {UINT64_C(1) << 48, 1, {0}};

    spec->restricting = &sid;
    spec->n_restricting = 1;
}

static void primary_group_without_sub_authority(tsr_token_spec *spec)
{
    static const tsr_sid sid = {5, 0, {0}};

    spec->primary_group = &sid;
}

static void primary_group_not_in_the_token(tsr_token_spec *spec)
{
    static const tsr_sid sid = IN_DOMAIN(9999);

    spec->primary_group = &sid;
}

static void owner_and_primary_group_not_there(tsr_token_spec *spec)
{
    primary_group_not_in_the_token(spec);
    spec->owner = spec->primary_group;
}

static void type_and_everything(tsr_token_spec *spec)
{
    owner_and_primary_group_not_there(spec);
    spec->type = (tsr_token_type)3;
    spec->user.n_sub_authorities = 0;
}

static void dacl_cut_short(tsr_token_spec *spec)
{
    static const tsr_acl dacl = {fixture_dacl_bytes, sizeof(fixture_dacl_bytes) - 1, 2};

    spec->default_dacl = &dacl;
}

static void dacl_too_long(tsr_token_spec *spec)
{
    static const uint8_t bytes[12] = {2, 0, 8};
    static const tsr_acl dacl = {bytes, sizeof(bytes), 0};

    spec->default_dacl = &dacl;
}

static void unknown_elevation(tsr_token_spec *spec)
{
    spec->elevation = (tsr_elevation_type)4;
}

static void enabled_and_not_allowed(tsr_token_spec *spec)
{
    spec->flags = TSR_TOKEN_VIRTUALIZE_ENABLED;
}

static void mirrored_flag(tsr_token_spec *spec)
{
    spec->flags = TSR_TOKEN_HAS_BACKUP;
}

static void integrity_of_another_authority(tsr_token_spec *spec)
{
    static const tsr_sid sid = {5, 1, {8192}};

    spec->integrity = &sid;
}

static void integrity_of_two_parts(tsr_token_spec *spec)
{
    static const tsr_sid sid = {16, 2, {8192, 1}};

    spec->integrity = &sid;
}

static void owner_not_in_the_token(tsr_token_spec *spec)
{
    static const tsr_sid sid = IN_DOMAIN(9999);

    spec->owner = &sid;
}

static void owner_without_owner_bit(tsr_token_spec *spec)
{
    static const tsr_sid sid = IN_DOMAIN(2001);

    spec->owner = &sid;
}

static void owner_is_deny_only(tsr_token_spec *spec)
{
    static const tsr_group group = {IN_DOMAIN(2003), SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY};

    spec->groups = &group;
    spec->n_groups = 1;
    spec->owner = &group.sid;
}

static void too_many_claims(tsr_token_spec *spec)
{
    static tsr_claim claim;

    spec->local_claims = &claim;
    spec->n_local_claims = TSR_TOKEN_CLAIMS_MAX + 1;
}

static void no_claims_array(tsr_token_spec *spec)
{
    spec->n_device_claims = 1;
}

static void malformed_claim(tsr_token_spec *spec)
{
    static const tsr_claim claim = {.bytes = fixture_claim_bytes,
                                    .size = sizeof(fixture_claim_bytes) - 1};

    spec->user_claims = &claim;
    spec->n_user_claims = 1;
}

static void empty_claim(tsr_token_spec *spec)
{
    static const tsr_claim claim;

    spec->user_claims = &claim;
    spec->n_user_claims = 1;
}

static void huge_claim(tsr_token_spec *spec)
{
    static const tsr_claim claim = {.bytes = fixture_claim_bytes, .size = SIZE_MAX};

    spec->user_claims = &claim;
    spec->n_user_claims = 1;
}

static void no_device_groups_array(tsr_token_spec *spec)
{
    spec->n_device_groups = 1;
}

static void device_group_attribute(tsr_token_spec *spec)
{
    static const tsr_group group = {{1, 1, {0}}, 0x80};

    spec->device_groups = &group;
    spec->n_device_groups = 1;
}

static void no_restricting_devices_array(tsr_token_spec *spec)
{
    spec->n_restricting_devices = 1;
}

static void restricting_device_without_sub_authority(tsr_token_spec *spec)
{
    static const tsr_sid sid = {5, 0, {0}};

    spec->restricting_devices = &sid;
    spec->n_restricting_devices = 1;
}

static void package_without_sub_authority(tsr_token_spec *spec)
{
    static const tsr_sid sid = {15, 0, {0}};

    spec->package = &sid;
}

static void capabilities_without_package(tsr_token_spec *spec)
{
    add_package(spec);
    spec->package = NULL;
}

static void less_privileged_without_package(tsr_token_spec *spec)
{
    spec->less_privileged = true;
}

static void too_many_capabilities(tsr_token_spec *spec)
{
    add_package(spec);
    spec->n_capabilities = TSR_TOKEN_GROUPS_MAX + 1;
}

static void a_faulty_spec_is_refused_and_leaves_the_output_alone(void **state)
{
    static const struct rejection rejections[] = {
        {"too many groups", STATUS_INVALID_PARAMETER, too_many_groups},
        {"too many restricting SIDs", STATUS_INVALID_PARAMETER, too_many_restricting},
        {"too many privileges", STATUS_INVALID_PARAMETER, too_many_privileges},
        {"no groups array", STATUS_INVALID_PARAMETER, no_groups_array},
        {"no privileges array", STATUS_INVALID_PARAMETER, no_privileges_array},
        {"no restricting array", STATUS_INVALID_PARAMETER, no_restricting_array},
        {"unknown flag", STATUS_INVALID_PARAMETER, unknown_flag},
        {"derived flag", STATUS_INVALID_PARAMETER, derived_flag},
        {"T-CRT-2", STATUS_BAD_TOKEN_TYPE, unknown_type},
        {"unknown level", STATUS_INVALID_PARAMETER, unknown_level},
        {"unknown policy", STATUS_INVALID_PARAMETER, unknown_policy},
        {"user attribute", STATUS_INVALID_PARAMETER, user_attribute},
        {"group attribute", STATUS_INVALID_PARAMETER, group_attribute},
        {"privilege 0", STATUS_NO_SUCH_PRIVILEGE, privilege_zero},
        {"privilege 64", STATUS_NO_SUCH_PRIVILEGE, privilege_64},
        {"privilege attribute", STATUS_INVALID_PARAMETER, privilege_attribute},
        {"privilege twice", STATUS_INVALID_PARAMETER, privilege_twice},
        {"user SID", STATUS_INVALID_SID, user_without_sub_authority},
        {"group SID", STATUS_INVALID_SID, group_with_too_many_sub_authorities},
        {"restricting SID", STATUS_INVALID_SID, restricting_with_wide_authority},
        {"primary group SID", STATUS_INVALID_SID, primary_group_without_sub_authority},
        {"integrity authority", STATUS_INVALID_SID, integrity_of_another_authority},
        {"integrity of two parts", STATUS_INVALID_SID, integrity_of_two_parts},
        {"foreign owner", STATUS_INVALID_OWNER, owner_not_in_the_token},
        {"T-CRT-7", STATUS_INVALID_PRIMARY_GROUP, primary_group_not_in_the_token},
        {"owner before primary group", STATUS_INVALID_OWNER, owner_and_primary_group_not_there},
        {"type before all", STATUS_BAD_TOKEN_TYPE, type_and_everything},
        {"malformed DACL", STATUS_INVALID_ACL, dacl_cut_short},
        {"slack behind the DACL", STATUS_INVALID_ACL, dacl_too_long},
        {"unknown elevation", STATUS_INVALID_PARAMETER, unknown_elevation},
        {"virtualized, not allowed to", STATUS_INVALID_PARAMETER, enabled_and_not_allowed},
        {"mirrored flag", STATUS_INVALID_PARAMETER, mirrored_flag},
        {"T-CRT-5", STATUS_INVALID_OWNER, owner_without_owner_bit},
        {"deny-only owner", STATUS_INVALID_OWNER, owner_is_deny_only},
        {"too many claims", STATUS_INVALID_PARAMETER, too_many_claims},
        {"no claims array", STATUS_INVALID_PARAMETER, no_claims_array},
        {"malformed claim", STATUS_INVALID_PARAMETER, malformed_claim},
        {"empty claim", STATUS_INVALID_PARAMETER, empty_claim},
        {"huge claim", STATUS_INVALID_PARAMETER, huge_claim},
        {"no device groups array", STATUS_INVALID_PARAMETER, no_device_groups_array},
        {"device group attribute", STATUS_INVALID_PARAMETER, device_group_attribute},
        {"no restricting devices array", STATUS_INVALID_PARAMETER, no_restricting_devices_array},
        {"restricting device SID", STATUS_INVALID_SID, restricting_device_without_sub_authority},
        {"package SID", STATUS_INVALID_SID, package_without_sub_authority},
        {"capabilities alone", STATUS_INVALID_PARAMETER, capabilities_without_package},
        {"less privileged alone", STATUS_INVALID_PARAMETER, less_privileged_without_package},
        {"too many capabilities", STATUS_INVALID_PARAMETER, too_many_capabilities},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rejections); i++) {
        tsr_token_spec spec = alice_spec();
        tsr_token *token = NULL;
        tsr_status status;

        rejections[i].spoil(&spec);
        status = tsr_token_new(&spec, &token);
        if (status.code != rejections[i].status || token) {
            fail_msg("%s: got %#x", rejections[i].what, status.code);
        }
    }
}

static void the_largest_token_can_be_made_and_answers(void **state)
{
    tsr_group *groups = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*groups));
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    for (uint32_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        groups[i] = (tsr_group){.sid = TSR_SID(5, 21, 7, 7, 7, i), .attributes = 7};
    }
    spec.groups = groups;
    spec.n_groups = TSR_TOKEN_GROUPS_MAX;
    spec.primary_group = NULL;
    token = token_of_spec(&spec);

    assert_true(is_member(token, "S-1-5-21-7-7-7-0"));
    assert_true(is_member(token, "S-1-5-21-7-7-7-65535"));
    assert_false(is_member(token, "S-1-5-21-7-7-7-65536"));
    tsr_token_unref(token);
    free(groups);
}

static void t_crt_4_6_8_9_11_what_is_not_given_has_its_default(void **state)
{
    static const tsr_group group = {{1, 1, {0}}, SE_GROUP_MANDATORY};
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001),
                                 .groups = &group,
                                 .n_groups = 1,
                                 .primary_group = &(tsr_sid)IN_DOMAIN(1001),
                                 .type = TSR_TOKEN_IMPERSONATION};
    tsr_token *token = token_of_spec(&spec);
    const tsr_token_statistics statistics = statistics_of(token);

    (void)state;

    assert_int_equal(attributes_of(token, EVERYONE), 0x7);
    expect_owner(token, ALICE);
    assert_null(tsr_token_peek_default_dacl(token));
    assert_int_equal(statistics.level, TSR_LEVEL_ANONYMOUS);
    assert_int_equal(statistics.elevation, TSR_ELEVATION_DEFAULT);
    assert_true(statistics.expiration == TSR_TOKEN_NEVER_EXPIRES);
    assert_int_equal(statistics.origin, 0);
    assert_int_equal(statistics.dynamic_charged, 500);
    assert_int_equal(statistics.dynamic_available, 500 - 28);
    tsr_token_unref(token);
}

static void provenance_is_kept_and_survives_duplicating_and_filtering(void **state)
{
    const tsr_token_filter_spec filter = {0};
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.origin = 0x3e7;
    spec.elevation = TSR_ELEVATION_LIMITED;
    spec.expiration = 42;
    spec.flags = TSR_TOKEN_VIRTUALIZE_ALLOWED | TSR_TOKEN_VIRTUALIZE_ENABLED | TSR_TOKEN_UI_ACCESS;
    token = filtered(impersonating(token_of_spec(&spec), TSR_LEVEL_IDENTIFICATION), &filter);

    assert_int_equal(statistics_of(token).origin, 0x3e7);
    assert_int_equal(statistics_of(token).elevation, TSR_ELEVATION_LIMITED);
    assert_int_equal(statistics_of(token).expiration, 42);
    assert_int_equal(statistics_of(token).flags, spec.flags | TSR_TOKEN_IS_FILTERED);
    tsr_token_unref(token);
}

static void access_flags_mirror_what_is_enabled(void **state)
{
    static const struct {
        uint32_t luid;
        uint32_t flag;
    } rows[] = {
        {SE_CHANGE_NOTIFY_PRIVILEGE, 0x1},
        {SE_BACKUP_PRIVILEGE, 0x2},
        {SE_RESTORE_PRIVILEGE, 0x4},
        {SE_IMPERSONATE_PRIVILEGE, 0x80},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_privilege_state privilege = {rows[i].luid, SE_PRIVILEGE_ENABLED};
        tsr_token_spec spec = alice_spec();
        tsr_token *token;

        spec.privileges = &privilege;
        spec.n_privileges = 1;
        token = token_of_spec(&spec);
        assert_int_equal(tsr_token_access_flags(token), rows[i].flag | TSR_TOKEN_NOT_LOW);
        tsr_token_unref(token);

        privilege.attributes = SE_PRIVILEGE_ENABLED_BY_DEFAULT;
        token = token_of_spec(&spec);
        assert_int_equal(tsr_token_access_flags(token), TSR_TOKEN_NOT_LOW);
        tsr_token_unref(token);
    }
}

static void access_flags_tell_low_levels_and_packages(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    add_package(&spec);
    spec.n_privileges = 0;
    spec.integrity = &low;
    token = token_of_spec(&spec);
    assert_int_equal(tsr_token_access_flags(token), 0x4000);
    tsr_token_unref(token);

    spec.integrity = NULL;
    token = token_of_spec(&spec);
    assert_int_equal(tsr_token_access_flags(token), 0x6000);
    tsr_token_unref(token);
}

static void an_owner_group_may_be_the_default_owner(void **state)
{
    const tsr_sid owner = sid_of(G3);
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.owner = &owner;
    token = token_of_spec(&spec);

    expect_owner(token, G3);
    tsr_token_unref(token);
}

static void without_integrity_the_policy_is_off(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.integrity = NULL;
    token = token_of_spec(&spec);

    assert_int_equal(statistics_of(token).mandatory_policy, 0);
    tsr_token_unref(token);
}

static void a_restricting_list_makes_a_restricted_token_even_when_empty(void **state)
{
    const tsr_sid none = {0};
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.restricting = &none;
    token = token_of_spec(&spec);

    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_IS_RESTRICTED);
    assert_int_equal(statistics_of(token).n_restricting, 0);
    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;WD)", FILE_READ_DATA).status.code,
                     STATUS_ACCESS_DENIED);
    tsr_token_unref(token);
}

static void write_restricted_without_a_list_has_no_effect(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.flags = TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_SANDBOX_INERT;
    token = token_of_spec(&spec);

    assert_int_equal(statistics_of(token).flags, TSR_TOKEN_SANDBOX_INERT);
    tsr_token_unref(token);
}

static void reading_past_the_end_says_so_and_leaves_the_output_alone(void **state)
{
    tsr_privilege_state privilege = {.luid = 42};
    tsr_group group = {.attributes = 42};
    tsr_sid sid = {.authority = 42};
    tsr_token *token = alice();

    (void)state;

    assert_false(tsr_token_get_group(token, N_ALICE_GROUPS, &group));
    assert_false(tsr_token_get_group(token, SIZE_MAX, &group));
    assert_false(tsr_token_get_restricting(token, 0, &sid));
    assert_false(tsr_token_get_privilege(token, N_ALICE_PRIVILEGES, &privilege));

    assert_int_equal(group.attributes, 42);
    assert_int_equal(sid.authority, 42);
    assert_int_equal(privilege.luid, 42);
    tsr_token_unref(token);
}

static void membership_needs_enabled_and_not_deny_only(void **state)
{
    tsr_token *token = alice_limited();

    (void)state;

    assert_true(is_member(token, ALICE));
    assert_true(is_member(token, EVERYONE));
    assert_true(is_member(token, G1));
    assert_false(is_member(token, G2));
    assert_false(is_member(token, ADMINS));
    assert_false(is_member(token, STRANGER));
    tsr_token_unref(token);
}

static void membership_does_not_consult_the_restricting_sids(void **state)
{
    tsr_token *token = restricted_to(alice(), "S-1-5-12", NULL, 0);

    (void)state;

    assert_true(is_member(token, EVERYONE));
    assert_false(is_member(token, "S-1-5-12"));
    tsr_token_unref(token);
}

static void only_the_user_and_owner_groups_may_own(void **state)
{
    tsr_token *limited = alice_limited();
    tsr_token *elevated = alice_elevated();

    (void)state;

    assert_true(may_own(limited, ALICE));
    assert_true(may_own(limited, G3));
    assert_false(may_own(limited, G1));
    assert_false(may_own(limited, ADMINS));
    assert_false(may_own(limited, STRANGER));
    assert_true(may_own(elevated, ADMINS));
    tsr_token_unref(limited);
    tsr_token_unref(elevated);
}

static void a_deny_only_user_may_not_own(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    spec.user_attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    token = token_of_spec(&spec);

    assert_false(may_own(token, ALICE));
    assert_false(is_member(token, ALICE));
    expect_owner(token, ALICE);
    tsr_token_unref(token);
}

static void every_token_has_ids_of_its_own_above_1000(void **state)
{
    tsr_token *a = alice();
    tsr_token *b = alice();

    (void)state;

    assert_true(statistics_of(a).token_id > 1000);
    assert_int_not_equal(statistics_of(a).token_id, statistics_of(b).token_id);
    assert_int_not_equal(statistics_of(a).modified_id, statistics_of(b).modified_id);
    tsr_token_unref(a);
    tsr_token_unref(b);
}

static void references_keep_a_token_and_null_is_none(void **state)
{
    tsr_token *token = alice();

    (void)state;

    assert_ptr_equal(tsr_token_ref(token), token);
    assert_null(tsr_token_unref(token));

    expect_owner(token, ALICE);
    assert_null(tsr_token_unref(token));
    assert_null(tsr_token_ref(NULL));
    assert_null(tsr_token_unref(NULL));
}

static void *share(void *token)
{
    for (size_t i = 0; i < 2000; i++) {
        tsr_token *copy = NULL;

        tsr_token_ref(token);
        if (tsr_failed(tsr_token_duplicate(token, TSR_TOKEN_PRIMARY, 0, false, &copy))) {
            return token;
        }
        tsr_token_unref(token);
        tsr_token_unref(copy);
    }
    return NULL;
}

static void tokens_are_shared_between_threads(void **state)
{
    tsr_token *token = alice();
    pthread_t threads[4];
    void *failure;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, share, token), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &failure), 0);
        assert_null(failure);
    }

    assert_int_equal(token->n_refs, 1);
    assert_int_equal(token->state->n_refs, 1);
    tsr_token_unref(token);
}

static void running_out_of_memory_at_any_step_makes_no_token(void **state)
{
    const tsr_sid restricting = {5, 1, {12}};
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();
    tsr_token *token = NULL;

    (void)state;

    spec.restricting = &restricting;
    spec.n_restricting = 1;
    add_context(&spec, &claim);
    add_package(&spec);

    expect_no_memory_at_each_allocation(token, tsr_token_new(&spec, &token));

    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_token_has_what_its_spec_says),
        cmocka_unit_test(the_smallest_spec_makes_a_primary_token_with_defaults),
        cmocka_unit_test(everything_is_copied),
        cmocka_unit_test(group_attributes_are_settled),
        cmocka_unit_test(a_faulty_spec_is_refused_and_leaves_the_output_alone),
        cmocka_unit_test(the_largest_token_can_be_made_and_answers),
        cmocka_unit_test(t_crt_4_6_8_9_11_what_is_not_given_has_its_default),
        cmocka_unit_test(provenance_is_kept_and_survives_duplicating_and_filtering),
        cmocka_unit_test(access_flags_mirror_what_is_enabled),
        cmocka_unit_test(access_flags_tell_low_levels_and_packages),
        cmocka_unit_test(an_owner_group_may_be_the_default_owner),
        cmocka_unit_test(without_integrity_the_policy_is_off),
        cmocka_unit_test(a_restricting_list_makes_a_restricted_token_even_when_empty),
        cmocka_unit_test(write_restricted_without_a_list_has_no_effect),
        cmocka_unit_test(reading_past_the_end_says_so_and_leaves_the_output_alone),
        cmocka_unit_test(membership_needs_enabled_and_not_deny_only),
        cmocka_unit_test(membership_does_not_consult_the_restricting_sids),
        cmocka_unit_test(only_the_user_and_owner_groups_may_own),
        cmocka_unit_test(a_deny_only_user_may_not_own),
        cmocka_unit_test(every_token_has_ids_of_its_own_above_1000),
        cmocka_unit_test(references_keep_a_token_and_null_is_none),
        cmocka_unit_test(tokens_are_shared_between_threads),
        cmocka_unit_test(running_out_of_memory_at_any_step_makes_no_token),
        cmocka_unit_test(claims_device_and_package_are_copied_and_read_back),
        cmocka_unit_test(a_token_without_package_says_so_and_leaves_the_outputs_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
