/* SPDX-License-Identifier: MIT */
/* Tests of accounts by SID and by name, with a user and a group file of their own. */

#include <tessera/account.h>

#include <support/accounts.h>

#include "linux/account-name.h"
#include "linux/test-support.h"

#define DOMAIN "S-1-5-21-1-2-3"

/* "wheel" has more members than a record begins with room for. */
#define N_WHEEL 5000

static const char users[] = "root:x:0:0::/:/bin/sh\n"
                            "toor:x:0:0::/:/bin/sh\n"
                            "alice:x:61001:61002::/:/bin/sh\n"
                            "Alice:x:61011:61002::/:/bin/sh\n"
                            "users:x:61003:61002::/:/bin/sh\n"
                            "both:x:61004:61002::/:/bin/sh\n"
                            "EXAMPLE\\bob:x:61005:61002::/:/bin/sh\n"
                            "carol@example:x:61006:61002::/:/bin/sh\n"
                            "j\xc3\xb6rg:x:61007:61002::/:/bin/sh\n"
                            "bell\a:x:61008:61002::/:/bin/sh\n"
                            "latin\xf6:x:61009:61002::/:/bin/sh\n"
                            "none:x:4294967295:61002::/:/bin/sh\n";

static const char groups[] = "staff:x:61002:\n"
                             "both:x:61014:alice\n"
                             "users:x:61013:alice,alice\n"
                             "tag:x:1778384897:alice\n"
                             "nothing:x:4294967295:\n";

static int make_accounts(void **state)
{
    char *text = malloc(sizeof(groups) + N_WHEEL * 16 + 64);
    size_t size;

    (void)state;
    assert_non_null(text);
    size = (size_t)sprintf(text, "%swheel:x:61015:alice", groups);
    for (int i = 0; i < N_WHEEL; i++) {
        size += (size_t)sprintf(text + size, ",member-%d", i);
    }
    (void)sprintf(text + size, "\n");
    accounts_init(users, text);
    free(text);
    return 0;
}

static void expect_account(const tsr_account *account, const char *sid, tsr_account_use use,
                           const char *domain, const char *name)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(&account->sid, text);
    assert_string_equal(text, sid);
    assert_int_equal(account->use, use);
    assert_string_equal(account->domain, domain);
    assert_string_equal(account->name, name);
}

static void expect_named(const char *asked, const char *sid, tsr_account_use use,
                         const char *domain, const char *name)
{
    tsr_account account = {0};

    expect_ok(tsr_account_by_name(NULL, asked, &account));
    expect_account(&account, sid, use, domain, name);
}

static void expect_sid(const char *sid_text, tsr_account_use use, const char *domain,
                       const char *name)
{
    const tsr_sid sid = sid_of(sid_text);
    tsr_account account = {0};

    expect_ok(tsr_account_by_sid(NULL, &sid, &account));
    expect_account(&account, sid_text, use, domain, name);
}

static void expect_nobody(const char *asked)
{
    tsr_account account = {.use = TSR_ACCOUNT_LABEL, .name = "before"};

    expect_status(STATUS_NONE_MAPPED, tsr_account_by_name(NULL, asked, &account));
    assert_int_equal(account.use, TSR_ACCOUNT_LABEL);
    assert_string_equal(account.name, "before");
}

static void expect_nobodys(const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);
    tsr_account account = {.use = TSR_ACCOUNT_LABEL, .name = "before"};

    expect_status(STATUS_NONE_MAPPED, tsr_account_by_sid(NULL, &sid, &account));
    assert_int_equal(account.use, TSR_ACCOUNT_LABEL);
    assert_string_equal(account.name, "before");
}

static void what_means_the_same_everywhere_needs_no_nss(void **state)
{
    (void)state;

    expect_sid("S-1-1-0", TSR_ACCOUNT_WELL_KNOWN_GROUP, "", "Everyone");
    expect_sid("S-1-5-18", TSR_ACCOUNT_WELL_KNOWN_GROUP, "NT AUTHORITY", "SYSTEM");
    expect_sid("S-1-5-32-544", TSR_ACCOUNT_ALIAS, "BUILTIN", "Administrators");
    expect_sid("S-1-16-8192", TSR_ACCOUNT_LABEL, "Mandatory Label", "Medium Mandatory Level");
    expect_sid("S-1-5-5-1-4242", TSR_ACCOUNT_LOGON_SESSION, "NT AUTHORITY",
               "LogonSessionId_1_4242");
    expect_named("creator owner", "S-1-3-0", TSR_ACCOUNT_WELL_KNOWN_GROUP, "", "CREATOR OWNER");
    expect_named("nt authority\\authenticated users", "S-1-5-11", TSR_ACCOUNT_WELL_KNOWN_GROUP,
                 "NT AUTHORITY", "Authenticated Users");
}

static void users_and_groups_have_the_names_nss_gives_them(void **state)
{
    (void)state;
    require_accounts();

    expect_sid("S-1-22-1-61001", TSR_ACCOUNT_USER, "Unix User", "alice");
    expect_sid("S-1-22-1-0", TSR_ACCOUNT_USER, "Unix User", "root");
    expect_sid("S-1-22-1-61005", TSR_ACCOUNT_USER, "Unix User", "EXAMPLE\\bob");
    expect_sid("S-1-22-1-61007", TSR_ACCOUNT_USER, "Unix User", "j\xc3\xb6rg");
    expect_sid("S-1-22-2-61002", TSR_ACCOUNT_GROUP, "Unix Group", "staff");
    expect_sid("S-1-22-2-61015", TSR_ACCOUNT_GROUP, "Unix Group", "wheel");
}

static void names_lead_to_users_and_groups(void **state)
{
    (void)state;
    require_accounts();

    expect_named("alice", "S-1-22-1-61001", TSR_ACCOUNT_USER, "Unix User", "alice");
    expect_named("Alice", "S-1-22-1-61011", TSR_ACCOUNT_USER, "Unix User", "Alice");
    expect_named("unix user\\alice", "S-1-22-1-61001", TSR_ACCOUNT_USER, "Unix User", "alice");
    expect_named("staff", "S-1-22-2-61002", TSR_ACCOUNT_GROUP, "Unix Group", "staff");
    expect_named("Unix Group\\wheel", "S-1-22-2-61015", TSR_ACCOUNT_GROUP, "Unix Group", "wheel");
    expect_named("j\xc3\xb6rg", "S-1-22-1-61007", TSR_ACCOUNT_USER, "Unix User", "j\xc3\xb6rg");
}

static void a_name_alone_is_well_known_first_then_a_user_then_a_group(void **state)
{
    (void)state;
    require_accounts();

    expect_named("users", "S-1-5-32-545", TSR_ACCOUNT_ALIAS, "BUILTIN", "Users");
    expect_named("Unix User\\users", "S-1-22-1-61003", TSR_ACCOUNT_USER, "Unix User", "users");
    expect_named("Unix Group\\users", "S-1-22-2-61013", TSR_ACCOUNT_GROUP, "Unix Group", "users");
    expect_named("both", "S-1-22-1-61004", TSR_ACCOUNT_USER, "Unix User", "both");
    expect_named("Unix Group\\both", "S-1-22-2-61014", TSR_ACCOUNT_GROUP, "Unix Group", "both");
}

static void root_is_system_by_every_name(void **state)
{
    static const char *const names[] = {"root", "toor", "Unix User\\root", "SYSTEM"};

    (void)state;
    require_accounts();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        expect_named(names[i], "S-1-5-18", TSR_ACCOUNT_WELL_KNOWN_GROUP, "NT AUTHORITY", "SYSTEM");
    }
}

static void what_nss_calls_so_as_a_whole_is_found(void **state)
{
    (void)state;
    require_accounts();

    expect_named("EXAMPLE\\bob", "S-1-22-1-61005", TSR_ACCOUNT_USER, "Unix User", "EXAMPLE\\bob");
    expect_named("carol@example", "S-1-22-1-61006", TSR_ACCOUNT_USER, "Unix User", "carol@example");
    expect_nobody("bob");
    expect_nobody("OTHER\\bob");
    expect_nobody("carol");
    expect_nobody("alice@example");
}

static void other_names_are_nobodys(void **state)
{
    static const char *const names[] = {
        "nobody-of-this-name",
        "ALICE",
        "Unix User\\",
        "Unix User\\staff",
        "Unix Group\\alice",
        "Unix User\\61001",
        "Unix User\\\\alice",
        "BUILTIN\\alice",
        "NT AUTHORITY\\alice",
        "\\alice",
        "Mandatory Label\\alice",
        "tag",
        "Unix Group\\tag",
        "nothing",
        "none",
        "S-1-22-1-61001",
        "alice:x",
        "alice\n",
        "Unix User\\Unix User\\x",
        "61001",
    };

    (void)state;
    require_accounts();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        expect_nobody(names[i]);
    }
}

static void ids_without_an_account_and_other_sids_are_nobodys(void **state)
{
    (void)state;
    require_accounts();

    expect_nobodys("S-1-22-1-61999");
    expect_nobodys("S-1-22-2-61999");
    expect_nobodys("S-1-22-2-1778384897");
    expect_nobodys("S-1-22-1-4294967295");
    expect_nobodys("S-1-22-2-4294967295");
    expect_nobodys("S-1-22-1");
    expect_nobodys(DOMAIN "-500");
    expect_nobodys("S-1-99-1");
}

static void a_name_that_nss_should_not_have_is_not_passed_on(void **state)
{
    (void)state;
    require_accounts();

    expect_nobodys("S-1-22-1-61008");
    expect_nobodys("S-1-22-1-61009");
}

static void expect_no_query(const char *text)
{
    struct account_query query = {.name = "before"};

    expect_status(STATUS_NONE_MAPPED, account_query_of(text, &query));
    assert_string_equal(query.name, "before");
}

static void what_can_be_nobodys_name_is_not_asked_for(void **state)
{
    char longest[TSR_ACCOUNT_NAME_MAX + 1] = "";

    (void)state;

    expect_no_query("");
    expect_no_query("\\");
    expect_no_query("a\tb");
    expect_no_query("a\x7f");
    expect_no_query("a\xc2\x85");
    expect_no_query("a\xff");
    expect_no_query("a\xc3");
    expect_no_query("a\xed\xa0\x80");
    expect_no_query("Unix User\\");
    expect_no_query("Unix Group\\\n");
    memset(longest, 'a', TSR_ACCOUNT_NAME_MAX);
    expect_no_query(longest);
}

static void the_longest_name_is_asked_for(void **state)
{
    char longest[TSR_ACCOUNT_NAME_MAX] = "";
    char full[TSR_ACCOUNT_NAME_MAX + 16];
    struct account_query query = {0};

    (void)state;
    memset(longest, 'a', TSR_ACCOUNT_NAME_MAX - 1);
    (void)snprintf(full, sizeof(full), "UNIX GROUP\\%s", longest);

    expect_ok(account_query_of(longest, &query));
    assert_ptr_equal(query.name, longest);
    assert_true(query.among_users && query.among_groups && !query.known);
    expect_ok(account_query_of(full, &query));
    assert_string_equal(query.name, longest);
    assert_true(!query.among_users && query.among_groups && !query.known);
}

static tsr_resolver *resolver_of(const struct test_directory *directory, const char *map)
{
    const struct test_path path = test_path_in(directory, "map");
    const struct test_path tags = test_path_in(directory, "tags");
    const tsr_resolver_options options = {.map_path = path.text, .state_dir = tags.text};
    tsr_resolver *resolver = NULL;

    test_file_write(path.text, map, strlen(map), 0644);
    expect_ok(tsr_resolver_new(&options, &resolver, NULL));
    return resolver;
}

static void a_map_tells_the_sids_of_accounts(void **state)
{
    const tsr_sid user = sid_of(DOMAIN "-1104");
    const tsr_sid group = sid_of(DOMAIN "-513");
    const tsr_sid stranger = sid_of(DOMAIN "-1105");
    struct test_directory directory;
    tsr_resolver *resolver;
    tsr_account account;

    (void)state;
    require_accounts();
    directory = test_directory_new();
    resolver = resolver_of(&directory, "user 61001 " DOMAIN "-1104\ngroup 61002 " DOMAIN "-513\n"
                                       "group 61014 S-1-5-32-544\nuser 61999 " DOMAIN "-1105\n");

    expect_ok(tsr_account_by_sid(resolver, &user, &account));
    expect_account(&account, DOMAIN "-1104", TSR_ACCOUNT_USER, "Unix User", "alice");
    expect_ok(tsr_account_by_sid(resolver, &group, &account));
    expect_account(&account, DOMAIN "-513", TSR_ACCOUNT_GROUP, "Unix Group", "staff");
    expect_status(STATUS_NONE_MAPPED, tsr_account_by_sid(resolver, &stranger, &account));
    expect_ok(tsr_account_by_name(resolver, "alice", &account));
    expect_account(&account, DOMAIN "-1104", TSR_ACCOUNT_USER, "Unix User", "alice");
    expect_ok(tsr_account_by_name(resolver, "Unix Group\\both", &account));
    expect_account(&account, "S-1-5-32-544", TSR_ACCOUNT_ALIAS, "BUILTIN", "Administrators");
    tsr_resolver_free(resolver);
    test_directory_remove(&directory);
}

static void an_account_has_an_identity(void **state)
{
    static const gid_t expected[] = {61002, 61013, 61014, 61015, 0x6A000001};
    tsr_identity identity = {0};

    (void)state;
    require_accounts();

    expect_ok(tsr_account_identity(61001, &identity));

    assert_int_equal(identity.uid, 61001);
    assert_int_equal(identity.real_uid, 61001);
    assert_int_equal(identity.gid, 61002);
    assert_int_equal(identity.capabilities, 0);
    assert_int_equal(identity.n_groups, sizeof(expected) / sizeof(expected[0]));
    assert_memory_equal(identity.groups, expected, sizeof(expected));
    tsr_identity_deinit(&identity);
}

static void a_uid_without_an_account_has_no_identity(void **state)
{
    tsr_identity identity = {.uid = 42};

    (void)state;
    require_accounts();

    expect_status(STATUS_NONE_MAPPED, tsr_account_identity(61999, &identity));
    expect_status(STATUS_NONE_MAPPED, tsr_account_identity(UINT32_MAX, &identity));

    assert_int_equal(identity.uid, 42);
}

/* Last, as it leaves no user behind. */
static void where_users_cannot_be_asked_for_groups_are_not(void **state)
{
    const tsr_sid alice = sid_of("S-1-22-1-61001");
    const size_t size = 17u << 20;
    char *text = malloc(size + 1);
    tsr_account account = {.name = "before"};

    (void)state;
    require_accounts();
    assert_non_null(text);
    memset(text, 'a', size);
    memcpy(text + size - 32, ":x:61001:61002::/:/bin/sh\n", sizeof(":x:61001:61002::/:/bin/sh\n"));
    accounts_set_users(text);
    free(text);

    expect_status(STATUS_INSUFFICIENT_RESOURCES, tsr_account_by_name(NULL, "staff", &account));
    expect_status(STATUS_INSUFFICIENT_RESOURCES, tsr_account_by_sid(NULL, &alice, &account));
    assert_string_equal(account.name, "before");
    expect_named("Unix Group\\staff", "S-1-22-2-61002", TSR_ACCOUNT_GROUP, "Unix Group", "staff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_the_same_everywhere_needs_no_nss),
        cmocka_unit_test(users_and_groups_have_the_names_nss_gives_them),
        cmocka_unit_test(names_lead_to_users_and_groups),
        cmocka_unit_test(a_name_alone_is_well_known_first_then_a_user_then_a_group),
        cmocka_unit_test(root_is_system_by_every_name),
        cmocka_unit_test(what_nss_calls_so_as_a_whole_is_found),
        cmocka_unit_test(other_names_are_nobodys),
        cmocka_unit_test(ids_without_an_account_and_other_sids_are_nobodys),
        cmocka_unit_test(a_name_that_nss_should_not_have_is_not_passed_on),
        cmocka_unit_test(what_can_be_nobodys_name_is_not_asked_for),
        cmocka_unit_test(the_longest_name_is_asked_for),
        cmocka_unit_test(a_map_tells_the_sids_of_accounts),
        cmocka_unit_test(an_account_has_an_identity),
        cmocka_unit_test(a_uid_without_an_account_has_no_identity),
        cmocka_unit_test(where_users_cannot_be_asked_for_groups_are_not),
    };

    return cmocka_run_group_tests(tests, make_accounts, NULL);
}
