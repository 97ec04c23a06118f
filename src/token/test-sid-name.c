/* SPDX-License-Identifier: MIT */
/* Tests of the friendly names of SIDs. */

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
    expect_name("S-1-3-4", ">Owner Rights");
    expect_name("S-1-5-18", ">NT AUTHORITY\\System");
    expect_name("S-1-5-32-544", ">BUILTIN\\Administrators");
    expect_name("S-1-5-5-0-4242", ">Logon Session");
    expect_name("S-1-16-8192", ">Mandatory Label\\Medium");
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
    expect_name("S-1-5-32", "");
    expect_name("S-1-99-1", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known_sids_have_names),
        cmocka_unit_test(groups_of_any_domain_are_known_by_their_last_part),
        cmocka_unit_test(unix_users_and_groups_show_their_number),
        cmocka_unit_test(other_sids_get_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
