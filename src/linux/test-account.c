/* SPDX-License-Identifier: MIT */
/* Tests of tokens made from Linux accounts. */

#include "linux/account.h"

#include "linux/test-support.h"

#include <linux/capability.h>

#include <tessera/privilege.h>

#define ALL_CAPABILITIES ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)
#define DOMAIN           "S-1-5-21-1-2-3"

static struct map *map_of(const char *text)
{
    struct map *map = NULL;
    size_t line;

    expect_ok(map_parse(text, strlen(text), &map, &line));
    return map;
}

static tsr_token *token_of(const struct map *map, uid_t uid, gid_t gid, gid_t *groups,
                           size_t n_groups, uint64_t capabilities)
{
    const tsr_identity identity = {
        .uid = uid,
        .gid = gid,
        .groups = groups,
        .n_groups = n_groups,
        .capabilities = capabilities,
    };
    tsr_token *token = NULL;

    expect_ok(account_token(map, &identity, &token));
    return token;
}

/* The token has exactly these groups, in this order, written "SID ATTRIBUTES". */
static void expect_groups(const tsr_token *token, const char *const *expected, size_t n_expected)
{
    char sid[TSR_SID_TEXT_MAX];
    char text[TSR_SID_TEXT_MAX + 16];
    tsr_group group;

    for (size_t i = 0; i < n_expected; i++) {
        assert_true(tsr_token_get_group(token, i, &group));
        tsr_sid_format(&group.sid, sid);
        (void)snprintf(text, sizeof(text), "%s %x", sid, group.attributes);
        assert_string_equal(text, expected[i]);
    }
    assert_false(tsr_token_get_group(token, n_expected, &group));
}

#define EXPECT_GROUPS(token_, ...)                                            \
    do {                                                                      \
        static const char *const groups_[] = {__VA_ARGS__};                   \
        expect_groups(token_, groups_, sizeof(groups_) / sizeof(groups_[0])); \
    } while (0)

static void expect_sid(const char *expected, const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    assert_string_equal(text, expected);
}

static void expect_owner_and_group(const tsr_token *token, const char *owner, const char *group)
{
    tsr_sid sid;

    tsr_token_get_owner(token, &sid);
    expect_sid(owner, &sid);
    tsr_token_get_primary_group(token, &sid);
    expect_sid(group, &sid);
}

/* The default DACL is these two allow ACEs. */
static void expect_default_dacl(const tsr_token *token, const char *first, uint32_t first_mask,
                                const char *second, uint32_t second_mask)
{
    const tsr_acl *dacl = tsr_token_peek_default_dacl(token);
    size_t offset = 0;
    tsr_sid sid;
    tsr_ace ace;

    assert_non_null(dacl);
    assert_true(tsr_acl_next(dacl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_ALLOWED_ACE_TYPE);
    assert_int_equal(ace.mask, first_mask);
    expect_ok(tsr_sid_decode(ace.sid, TSR_SID_SIZE_MAX, &sid, NULL));
    expect_sid(first, &sid);
    assert_true(tsr_acl_next(dacl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_ALLOWED_ACE_TYPE);
    assert_int_equal(ace.mask, second_mask);
    expect_ok(tsr_sid_decode(ace.sid, tsr_encoded_sid_size(ace.sid), &sid, NULL));
    expect_sid(second, &sid);
    assert_false(tsr_acl_next(dacl, &offset, &ace));
}

static void expect_integrity(const tsr_token *token, uint32_t level)
{
    const tsr_sid expected = TSR_SID_INTEGRITY(level);
    tsr_token_statistics statistics;
    tsr_sid integrity;

    tsr_token_get_statistics(token, &statistics);
    assert_true(tsr_token_get_integrity(token, &integrity));
    assert_true(tsr_sid_equal(&integrity, &expected));
    assert_int_equal(statistics.mandatory_policy, TSR_POLICY_NO_WRITE_UP);
    assert_int_equal(statistics.type, TSR_TOKEN_PRIMARY);
}

static void an_ordinary_user_has_its_ids_as_sids(void **state)
{
    gid_t groups[] = {4, 61002, 61003};
    tsr_token *token = token_of(NULL, 61001, 61002, groups, 3, 0);

    (void)state;

    expect_user("S-1-22-1-61001", token);
    EXPECT_GROUPS(token, "S-1-1-0 7", "S-1-5-32-545 7", "S-1-5-11 7", "S-1-2-0 7",
                  "S-1-22-2-61002 7", "S-1-22-2-4 7", "S-1-22-2-61003 7");
    expect_owner_and_group(token, "S-1-22-1-61001", "S-1-22-2-61002");
    expect_default_dacl(token, "S-1-22-1-61001", GENERIC_ALL, "S-1-5-18", GENERIC_ALL);
    expect_integrity(token, TSR_INTEGRITY_MEDIUM);
    assert_int_equal(tsr_token_enabled_privileges(token),
                     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    tsr_token_unref(token);
}

static void root_is_system(void **state)
{
    gid_t groups[] = {0, 27};
    tsr_token *token = token_of(NULL, 0, 0, groups, 2, ALL_CAPABILITIES);
    tsr_privilege_state privilege;
    tsr_token_statistics statistics;

    (void)state;

    expect_user("S-1-5-18", token);
    EXPECT_GROUPS(token, "S-1-5-32-544 e", "S-1-1-0 7", "S-1-5-11 7", "S-1-22-1-0 7",
                  "S-1-22-2-0 7", "S-1-22-2-27 7");
    expect_owner_and_group(token, "S-1-5-32-544", "S-1-5-18");
    expect_default_dacl(token, "S-1-5-18", GENERIC_ALL, "S-1-5-32-544",
                        GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL);
    expect_integrity(token, TSR_INTEGRITY_SYSTEM);
    tsr_token_get_statistics(token, &statistics);
    assert_int_equal(statistics.authentication_id, 0x3e7);
    assert_memory_equal(statistics.source.name, "*SYSTEM*", 8);
    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        assert_true(tsr_token_get_privilege(token, luid - TSR_PRIVILEGE_FIRST, &privilege));
        assert_int_equal(privilege.luid, luid);
        assert_int_equal(privilege.attributes, 3);
    }
    tsr_token_unref(token);
}

static void root_without_capabilities_has_no_privileges(void **state)
{
    tsr_token *token = token_of(NULL, 0, 0, NULL, 0, 0);

    (void)state;

    assert_int_equal(tsr_token_enabled_privileges(token),
                     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    tsr_token_unref(token);
}

static void capabilities_of_a_user_are_its_privileges(void **state)
{
    tsr_token *token = token_of(NULL, 61001, 61001, NULL, 0, UINT64_C(1) << CAP_DAC_READ_SEARCH);

    (void)state;

    assert_int_equal(tsr_token_enabled_privileges(token),
                     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE) |
                         TSR_PRIVILEGE_BIT(SE_BACKUP_PRIVILEGE));
    tsr_token_unref(token);
}

static void mapped_accounts_have_both_sids(void **state)
{
    struct map *map = map_of("user 61001 " DOMAIN "-1104\ngroup 61002 " DOMAIN "-513\n"
                             "group 27 S-1-5-32-544\nmember 61001 " DOMAIN "-512\n"
                             "member 61001 S-1-5-32-544\nmember 61001 S-1-5-4\n");
    gid_t groups[] = {27};
    tsr_token *token = token_of(map, 61001, 61002, groups, 1, 0);

    (void)state;

    expect_user(DOMAIN "-1104", token);
    EXPECT_GROUPS(token, "S-1-1-0 7", "S-1-5-32-545 7", "S-1-5-11 7", "S-1-2-0 7",
                  "S-1-22-1-61001 7", DOMAIN "-513 7", "S-1-22-2-61002 7", "S-1-5-32-544 7",
                  "S-1-22-2-27 7", "S-1-5-4 7", DOMAIN "-512 7");
    expect_owner_and_group(token, DOMAIN "-1104", DOMAIN "-513");
    expect_default_dacl(token, DOMAIN "-1104", GENERIC_ALL, "S-1-5-18", GENERIC_ALL);
    tsr_token_unref(token);
    map_free(map);
}

static void the_guest_is_a_guest_and_not_authenticated(void **state)
{
    struct map *map = map_of("guest 65534\ndomain " DOMAIN "\n");
    struct map *without_domain = map_of("guest 65534\n");
    tsr_token *token = token_of(map, 65534, 65534, NULL, 0, 0);

    (void)state;

    expect_user(DOMAIN "-501", token);
    EXPECT_GROUPS(token, "S-1-1-0 7", "S-1-5-32-546 7", "S-1-2-0 7", "S-1-22-1-65534 7",
                  "S-1-22-2-65534 7");
    tsr_token_unref(token);

    token = token_of(without_domain, 65534, 65534, NULL, 0, 0);
    expect_user("S-1-22-1-65534", token);
    EXPECT_GROUPS(token, "S-1-1-0 7", "S-1-5-32-546 7", "S-1-2-0 7", "S-1-22-2-65534 7");
    tsr_token_unref(token);
    map_free(without_domain);
    map_free(map);
}

static void a_tag_is_never_a_group(void **state)
{
    gid_t groups[] = {4, TSR_TAG_FIRST, TSR_TAG_LAST};
    tsr_token *token = token_of(NULL, 61001, TSR_TAG_FIRST, groups, 3, 0);

    (void)state;

    EXPECT_GROUPS(token, "S-1-1-0 7", "S-1-5-32-545 7", "S-1-5-11 7", "S-1-2-0 7", "S-1-22-2-4 7");
    expect_owner_and_group(token, "S-1-22-1-61001", "S-1-22-1-61001");
    tsr_token_unref(token);
}

static void the_number_that_is_no_id_has_no_token(void **state)
{
    const tsr_identity no_uid = {.uid = UINT32_MAX, .gid = 1};
    const tsr_identity no_gid = {.uid = 1, .gid = UINT32_MAX};
    tsr_token *token = NULL;

    (void)state;

    expect_status(STATUS_NO_TOKEN, account_token(NULL, &no_uid, &token));
    expect_status(STATUS_NO_TOKEN, account_token(NULL, &no_gid, &token));
    expect_status(STATUS_NO_TOKEN, account_uid_token(NULL, UINT32_MAX, &token));

    assert_null(token);
}

static void more_groups_than_a_token_holds_have_no_token(void **state)
{
    gid_t *groups = calloc(65536, sizeof(*groups));
    const tsr_identity identity = {.uid = 61001, .gid = 61001, .groups = groups, .n_groups = 65536};
    tsr_token *token = NULL;

    (void)state;
    assert_non_null(groups);
    for (gid_t i = 0; i < 65536; i++) {
        groups[i] = 100000 + i;
    }

    expect_status(STATUS_NO_TOKEN, account_token(NULL, &identity, &token));

    assert_null(token);
    free(groups);
}

static void a_uid_alone_is_the_user_and_everyone(void **state)
{
    struct map *map = map_of("user 61001 " DOMAIN "-1104\nmember 61001 " DOMAIN "-512\n");
    tsr_token *token = NULL;

    (void)state;

    expect_ok(account_uid_token(map, 61001, &token));
    expect_user(DOMAIN "-1104", token);
    EXPECT_GROUPS(token, "S-1-1-0 7");
    expect_owner_and_group(token, DOMAIN "-1104", DOMAIN "-1104");
    expect_integrity(token, TSR_INTEGRITY_MEDIUM);
    assert_int_equal(tsr_token_enabled_privileges(token), 0);
    tsr_token_unref(token);

    expect_ok(account_uid_token(map, 0, &token));
    expect_user("S-1-5-18", token);
    EXPECT_GROUPS(token, "S-1-1-0 7");
    expect_integrity(token, TSR_INTEGRITY_MEDIUM);
    assert_int_equal(tsr_token_enabled_privileges(token), 0);
    tsr_token_unref(token);
    map_free(map);
}

static void ids_and_sids_lead_to_each_other(void **state)
{
    struct map *map = map_of("user 1000 " DOMAIN "-1104\ngroup 1000 " DOMAIN "-513\n");
    static const uint32_t ids[] = {0, 1, 1000, 65534, 0x69ffffff, UINT32_MAX - 1};
    tsr_sid sid;
    uint32_t id = 0;

    (void)state;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        account_sid_of_uid(map, ids[i], &sid);
        assert_true(account_uid_of_sid(map, &sid, &id));
        assert_int_equal(id, ids[i]);
        assert_false(account_gid_of_sid(map, &sid, &id));
        account_sid_of_gid(map, ids[i], &sid);
        assert_true(account_gid_of_sid(map, &sid, &id));
        assert_int_equal(id, ids[i]);
        assert_false(account_uid_of_sid(map, &sid, &id));
    }
    account_sid_of_uid(map, 1000, &sid);
    expect_sid(DOMAIN "-1104", &sid);
    account_sid_of_uid(map, 0, &sid);
    expect_sid("S-1-5-18", &sid);
    map_free(map);
}

static void the_linux_form_of_a_mapped_id_leads_back_too(void **state)
{
    struct map *map = map_of("user 1000 " DOMAIN "-1104\ngroup 1000 " DOMAIN "-513\n");
    const tsr_sid user = sid_of("S-1-22-1-1000");
    const tsr_sid group = sid_of("S-1-22-2-1000");
    uint32_t id = 0;

    (void)state;

    assert_true(account_uid_of_sid(map, &user, &id));
    assert_int_equal(id, 1000);
    id = 0;
    assert_true(account_gid_of_sid(map, &group, &id));
    assert_int_equal(id, 1000);
    map_free(map);
}

static void tags_and_no_ids_and_strangers_are_nobody(void **state)
{
    static const char *const strangers[] = {
        "S-1-22-1-4294967295",
        "S-1-22-2-4294967295",
        "S-1-22-2-1778384897",
        "S-1-22-3-5",
        "S-1-22-1",
        "S-1-22-1-5-5",
        DOMAIN "-1104",
        "S-1-1-0",
    };
    const tsr_sid nobody = TSR_SID_NULL;
    uint32_t id = 42;
    tsr_sid sid;

    (void)state;

    account_sid_of_gid(NULL, TSR_TAG_FIRST, &sid);
    assert_true(tsr_sid_equal(&sid, &nobody));
    account_sid_of_gid(NULL, TSR_TAG_LAST, &sid);
    assert_true(tsr_sid_equal(&sid, &nobody));
    account_sid_of_gid(NULL, UINT32_MAX, &sid);
    assert_true(tsr_sid_equal(&sid, &nobody));
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        sid = sid_of(strangers[i]);
        assert_false(account_uid_of_sid(NULL, &sid, &id));
        assert_false(account_gid_of_sid(NULL, &sid, &id));
    }
    assert_int_equal(id, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_user_has_its_ids_as_sids),
        cmocka_unit_test(root_is_system),
        cmocka_unit_test(root_without_capabilities_has_no_privileges),
        cmocka_unit_test(capabilities_of_a_user_are_its_privileges),
        cmocka_unit_test(mapped_accounts_have_both_sids),
        cmocka_unit_test(the_guest_is_a_guest_and_not_authenticated),
        cmocka_unit_test(a_tag_is_never_a_group),
        cmocka_unit_test(the_number_that_is_no_id_has_no_token),
        cmocka_unit_test(more_groups_than_a_token_holds_have_no_token),
        cmocka_unit_test(a_uid_alone_is_the_user_and_everyone),
        cmocka_unit_test(ids_and_sids_lead_to_each_other),
        cmocka_unit_test(the_linux_form_of_a_mapped_id_leads_back_too),
        cmocka_unit_test(tags_and_no_ids_and_strangers_are_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
