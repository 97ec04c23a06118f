/* SPDX-License-Identifier: MIT */
/* Tests of the names of SIDs that mean the same everywhere. */

#include "token/sid-name.h"

#include <support/expect.h>

static void expect_name(const char *sid_text, const char *expected)
{
    const tsr_sid sid = sid_of(sid_text);
    struct writer writer = {0};
    char *text = NULL;

    sid_name_write(&sid, ">", &writer);
    expect_ok(writer_finish_text(&writer, &text));
    assert_string_equal(text, expected);
    free(text);
}

static void well_known_sids_have_names(void **state)
{
    (void)state;

    expect_name("S-1-1-0", ">Everyone");
    expect_name("S-1-3-4", ">OWNER RIGHTS");
    expect_name("S-1-5-18", ">NT AUTHORITY\\SYSTEM");
    expect_name("S-1-5-32", ">BUILTIN\\BUILTIN");
    expect_name("S-1-5-32-544", ">BUILTIN\\Administrators");
    expect_name("S-1-5-5-0-4242", ">Logon Session");
    expect_name("S-1-16-8192", ">Mandatory Label\\Medium Mandatory Level");
}

static void groups_of_any_domain_are_known_by_their_last_part(void **state)
{
    (void)state;

    expect_name("S-1-5-21-1-2-3-512", ">Domain Admins");
    expect_name("S-1-5-21-7-8-9-513", ">Domain Users");
    expect_name("S-1-5-21-7-8-9-10-513", "");
    expect_name("S-1-5-22-7-8-9-513", "");
}

static void unix_users_and_groups_show_their_number(void **state)
{
    (void)state;

    expect_name("S-1-22-1-1000", ">Unix User\\1000");
    expect_name("S-1-22-2-4294967295", ">Unix Group\\4294967295");
    expect_name("S-1-22-3-1", "");
    expect_name("S-1-22-1", "");
}

static void other_sids_get_nothing(void **state)
{
    (void)state;

    expect_name("S-1-5-21-1-2-3-1001", "");
    expect_name("S-1-5-31", "");
    expect_name("S-1-99-1", "");
}

static void expect_found(const char *sid_text, const char *text)
{
    const tsr_sid sid = sid_of(sid_text);
    const struct sid_name *found = sid_name_find_text(text);

    assert_non_null(found);
    assert_true(tsr_sid_equal(&found->sid, &sid));
}

static void names_are_found_alone_and_in_their_domain_in_either_case(void **state)
{
    (void)state;

    expect_found("S-1-1-0", "everyONE");
    expect_found("S-1-1-0", "\\Everyone");
    expect_found("S-1-5-18", "system");
    expect_found("S-1-5-18", "nt authority\\System");
    expect_found("S-1-5-32-544", "ADMINISTRATORS");
    expect_found("S-1-5-32-544", "builtin\\administrators");
    expect_found("S-1-5-32", "BUILTIN");
    expect_found("S-1-16-4096", "Mandatory Label\\low mandatory level");
}

static void what_is_not_quite_a_name_is_not_found(void **state)
{
    static const char *const texts[] = {
        "",
        "\\",
        "Every",
        "Everyones",
        "Everyone\\",
        "BUILTIN\\",
        "BUILTIN\\SYSTEM",
        "NT AUTHORITY\\Everyone",
        "NT AUTHORITY/SYSTEM",
        "NT AUTHORITY\\\\SYSTEM",
        "\\SYSTEM",
        "adm\u0131nistrators",
        "S-1-1-0",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_null(sid_name_find_text(texts[i]));
    }
}

static void every_name_leads_back_to_its_sid(void **state)
{
    char text[512];
    const uint32_t rids[] = {544, 545, 546, 551, 580};
    const uint32_t numbers[] = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 33};

    (void)state;

    for (size_t i = 0; i < sizeof(rids) / sizeof(rids[0]); i++) {
        const struct sid_name *found = sid_name_find(&TSR_SID(5, 32, rids[i]));

        assert_non_null(found);
        assert_int_equal(found->use, TSR_ACCOUNT_ALIAS);
        assert_ptr_equal(sid_name_find_text(found->name), found);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const struct sid_name *found = sid_name_find(&TSR_SID(5, numbers[i]));

        assert_non_null(found);
        assert_int_equal(found->use, TSR_ACCOUNT_WELL_KNOWN_GROUP);
        (void)snprintf(text, sizeof(text), "%s\\%s", found->domain, found->name);
        assert_ptr_equal(sid_name_find_text(found->name), found);
        assert_ptr_equal(sid_name_find_text(text), found);
    }
    assert_int_equal(sid_name_find(&TSR_SID_INTEGRITY(0))->use, TSR_ACCOUNT_LABEL);
    assert_int_equal(sid_name_find(&TSR_SID(5, 32))->use, TSR_ACCOUNT_DOMAIN);
}

static void a_domain_of_these_names_holds_no_others(void **state)
{
    (void)state;

    assert_true(sid_name_owns("builtin\\alice"));
    assert_true(sid_name_owns("\\alice"));
    assert_false(sid_name_owns("alice"));
    assert_false(sid_name_owns(""));
    assert_false(sid_name_owns("BUILTIN"));
    assert_false(sid_name_owns("EXAMPLE\\alice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known_sids_have_names),
        cmocka_unit_test(groups_of_any_domain_are_known_by_their_last_part),
        cmocka_unit_test(unix_users_and_groups_show_their_number),
        cmocka_unit_test(other_sids_get_nothing),
        cmocka_unit_test(names_are_found_alone_and_in_their_domain_in_either_case),
        cmocka_unit_test(what_is_not_quite_a_name_is_not_found),
        cmocka_unit_test(every_name_leads_back_to_its_sid),
        cmocka_unit_test(a_domain_of_these_names_holds_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
