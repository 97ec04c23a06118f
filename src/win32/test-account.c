/* SPDX-License-Identifier: MIT */
/* Tests of accounts by SID and by name, with a user and a group file of their own. */

#include "win32/account.h"

#include <support/accounts.h>

#include <lmcons.h>

#include "win32/test-tokens.h"

static int make_accounts(void **state)
{
    (void)state;
    accounts_init("root:x:0:0::/:/bin/sh\n"
                  "alice:x:61001:61002::/:/bin/sh\n"
                  "j\xc3\xb6rg:x:61007:61002::/:/bin/sh\n",
                  "staff:x:61002:\n"
                  "team:x:61013:alice\n");
    return 0;
}

static int revert_after(void **state)
{
    (void)state;
    expect_true(RevertToSelf());
    return 0;
}

/* What a call told, in rooms that are large enough unless a test says otherwise. */
struct answer {
    char name[UNLEN + 1];
    char domain[UNLEN + 1];
    WCHAR wide_name[UNLEN + 1];
    WCHAR wide_domain[UNLEN + 1];
    sid_room sid;
    DWORD n_name;
    DWORD n_domain;
    DWORD n_sid;
    SID_NAME_USE use;
};

static struct answer answer_begin(void)
{
    struct answer answer = {.n_name = UNLEN + 1, .n_domain = UNLEN + 1, .use = SidTypeUnknown};

    memset(answer.name, 'x', sizeof(answer.name));
    memset(answer.domain, 'x', sizeof(answer.domain));
    answer.n_sid = sizeof(answer.sid);
    return answer;
}

static BOOL name_of(const char *sid, struct answer *answer)
{
    sid_room room = sid_bytes(sid);

    return LookupAccountSidA(NULL, &room, answer->name, &answer->n_name, answer->domain,
                             &answer->n_domain, &answer->use);
}

static BOOL sid_of_name(const char *name, struct answer *answer)
{
    return LookupAccountNameA(NULL, name, &answer->sid, &answer->n_sid, answer->domain,
                              &answer->n_domain, &answer->use);
}

static void expect_name(const char *sid, const char *domain, const char *name, SID_NAME_USE use)
{
    struct answer answer = answer_begin();

    expect_true(name_of(sid, &answer));
    assert_string_equal(answer.name, name);
    assert_string_equal(answer.domain, domain);
    assert_int_equal(answer.name[strlen(name) + 1], 'x');
    assert_int_equal(answer.domain[strlen(domain) + 1], 'x');
    assert_int_equal(answer.n_name, strlen(name));
    assert_int_equal(answer.n_domain, strlen(domain));
    assert_int_equal(answer.use, use);
}

static void expect_named(const char *name, const char *sid, const char *domain, SID_NAME_USE use)
{
    struct answer answer = answer_begin();

    expect_true(sid_of_name(name, &answer));
    assert_true(is_sid(&answer.sid, sid));
    assert_int_equal(answer.n_sid, GetLengthSid(&answer.sid));
    assert_string_equal(answer.domain, domain);
    assert_int_equal(answer.n_domain, strlen(domain));
    assert_int_equal(answer.use, use);
}

static void sids_have_names(void **state)
{
    (void)state;
    require_accounts();

    expect_name("S-1-1-0", "", "Everyone", SidTypeWellKnownGroup);
    expect_name("S-1-5-18", "NT AUTHORITY", "SYSTEM", SidTypeWellKnownGroup);
    expect_name("S-1-5-32-544", "BUILTIN", "Administrators", SidTypeAlias);
    expect_name("S-1-16-12288", "Mandatory Label", "High Mandatory Level", SidTypeLabel);
    expect_name("S-1-5-5-0-7", "NT AUTHORITY", "LogonSessionId_0_7", SidTypeLogonSession);
    expect_name("S-1-22-1-61001", "Unix User", "alice", SidTypeUser);
    expect_name("S-1-22-2-61002", "Unix Group", "staff", SidTypeGroup);
}

static void names_have_sids(void **state)
{
    (void)state;
    require_accounts();

    expect_named("everyone", "S-1-1-0", "", SidTypeWellKnownGroup);
    expect_named("BUILTIN\\Users", "S-1-5-32-545", "BUILTIN", SidTypeAlias);
    expect_named("BUILTIN", "S-1-5-32", "BUILTIN", SidTypeDomain);
    expect_named("root", "S-1-5-18", "NT AUTHORITY", SidTypeWellKnownGroup);
    expect_named("alice", "S-1-22-1-61001", "Unix User", SidTypeUser);
    expect_named("Unix Group\\team", "S-1-22-2-61013", "Unix Group", SidTypeGroup);
}

static void wide_text_is_told_in_its_units(void **state)
{
    sid_room sid = sid_bytes("S-1-22-1-61007");
    struct answer answer = answer_begin();

    (void)state;
    require_accounts();

    expect_true(LookupAccountSidW(NULL, &sid, answer.wide_name, &answer.n_name, answer.wide_domain,
                                  &answer.n_domain, &answer.use));
    assert_memory_equal(answer.wide_name, u"j\u00f6rg", sizeof(u"j\u00f6rg"));
    assert_int_equal(answer.n_name, 4);
    assert_memory_equal(answer.wide_domain, u"Unix User", sizeof(u"Unix User"));
    assert_int_equal(answer.n_domain, 9);
    answer.n_domain = 10;
    expect_true(LookupAccountNameW(u"", u"UNIX USER\\j\u00f6rg", &answer.sid, &answer.n_sid,
                                   answer.wide_domain, &answer.n_domain, &answer.use));
    assert_true(EqualSid(&answer.sid, &sid));
    assert_int_equal(answer.n_domain, 9);
}

/* One room is too small: both needs are told, and nothing else is. */
static void expect_too_small(DWORD n_name, DWORD n_domain)
{
    struct answer answer = answer_begin();

    answer.n_name = n_name;
    answer.n_domain = n_domain;
    expect_error(ERROR_INSUFFICIENT_BUFFER, name_of("S-1-5-18", &answer));
    assert_int_equal(answer.n_name, sizeof("SYSTEM"));
    assert_int_equal(answer.n_domain, sizeof("NT AUTHORITY"));
    assert_int_equal(answer.name[0], 'x');
    assert_int_equal(answer.domain[0], 'x');
    assert_int_equal(answer.use, SidTypeUnknown);
}

static void rooms_that_are_too_small_for_names_are_told(void **state)
{
    struct answer answer = answer_begin();
    sid_room sid = sid_bytes("S-1-5-18");

    (void)state;

    expect_too_small(0, 0);
    expect_too_small(sizeof("SYSTEM") - 1, UNLEN);
    expect_too_small(UNLEN, sizeof("NT AUTHORITY") - 1);
    expect_error(ERROR_INSUFFICIENT_BUFFER, LookupAccountSidA(NULL, &sid, NULL, &answer.n_name,
                                                              NULL, &answer.n_domain, &answer.use));
    expect_true(name_of("S-1-5-18", &answer));
    assert_string_equal(answer.name, "SYSTEM");
}

static void rooms_that_are_too_small_for_sids_are_told(void **state)
{
    struct answer answer = answer_begin();

    (void)state;

    answer.n_sid = 15;
    expect_error(ERROR_INSUFFICIENT_BUFFER, sid_of_name("Administrators", &answer));
    assert_int_equal(answer.n_sid, 16);
    assert_int_equal(answer.n_domain, sizeof("BUILTIN"));
    assert_int_equal(answer.sid.bytes[0], 0);
    assert_int_equal(answer.domain[0], 'x');
    assert_int_equal(answer.use, SidTypeUnknown);
    answer.n_domain--;
    expect_error(ERROR_INSUFFICIENT_BUFFER, sid_of_name("Administrators", &answer));
    assert_int_equal(answer.n_domain, sizeof("BUILTIN"));
    assert_int_equal(answer.sid.bytes[0], 0);
    expect_true(sid_of_name("Administrators", &answer));
    assert_true(is_sid(&answer.sid, "S-1-5-32-544"));
}

static void who_has_no_account_is_not_mapped_and_nothing_is_written(void **state)
{
    struct answer answer = answer_begin();

    (void)state;
    require_accounts();

    expect_error(ERROR_NONE_MAPPED, name_of("S-1-22-1-61999", &answer));
    expect_error(ERROR_NONE_MAPPED, name_of("S-1-5-21-1-2-3-500", &answer));
    expect_error(ERROR_NONE_MAPPED, sid_of_name("nobody-of-this-name", &answer));
    expect_error(ERROR_NONE_MAPPED, sid_of_name("", &answer));
    expect_error(ERROR_NONE_MAPPED, sid_of_name("alice\n", &answer));
    assert_int_equal(answer.n_name, UNLEN + 1);
    assert_int_equal(answer.n_domain, UNLEN + 1);
    assert_int_equal(answer.n_sid, sizeof(answer.sid));
    assert_int_equal(answer.name[0], 'x');
    assert_int_equal(answer.use, SidTypeUnknown);
}

static void parameters_are_needed(void **state)
{
    sid_room sid = sid_bytes("S-1-5-18");
    struct answer answer = answer_begin();
    DWORD broken[2] = {0xff};

    (void)state;

    expect_error(ERROR_INVALID_PARAMETER,
                 LookupAccountSidA(NULL, &sid, answer.name, NULL, answer.domain, &answer.n_domain,
                                   &answer.use));
    expect_error(ERROR_INVALID_PARAMETER, LookupAccountSidA(NULL, &sid, answer.name, &answer.n_name,
                                                            answer.domain, NULL, &answer.use));
    expect_error(ERROR_INVALID_PARAMETER, LookupAccountSidA(NULL, &sid, answer.name, &answer.n_name,
                                                            answer.domain, &answer.n_domain, NULL));
    expect_error(ERROR_INVALID_SID,
                 LookupAccountSidA(NULL, NULL, answer.name, &answer.n_name, answer.domain,
                                   &answer.n_domain, &answer.use));
    expect_error(ERROR_INVALID_SID,
                 LookupAccountSidA(NULL, broken, answer.name, &answer.n_name, answer.domain,
                                   &answer.n_domain, &answer.use));
    expect_error(ERROR_INVALID_PARAMETER, sid_of_name(NULL, &answer));
    expect_error(ERROR_INVALID_PARAMETER,
                 LookupAccountNameA(NULL, "SYSTEM", &answer.sid, NULL, answer.domain,
                                    &answer.n_domain, &answer.use));
    expect_error(ERROR_INVALID_PARAMETER,
                 LookupAccountNameA(NULL, "SYSTEM", &answer.sid, &answer.n_sid, answer.domain, NULL,
                                    &answer.use));
    expect_error(ERROR_INVALID_PARAMETER,
                 LookupAccountNameA(NULL, "SYSTEM", &answer.sid, &answer.n_sid, answer.domain,
                                    &answer.n_domain, NULL));
    expect_error(ERROR_INVALID_PARAMETER, GetUserNameA(answer.name, NULL));
    assert_int_equal(answer.name[0], 'x');
}

static BOOL ask_system(const char *system)
{
    sid_room sid = sid_bytes("S-1-5-18");
    struct answer answer = answer_begin();

    return LookupAccountSidA(system, &sid, answer.name, &answer.n_name, answer.domain,
                             &answer.n_domain, &answer.use);
}

static void only_this_machine_is_asked(void **state)
{
    char name[256] = "\\\\";
    struct answer answer = answer_begin();

    (void)state;
    assert_int_equal(gethostname(name + 2, sizeof(name) - 3), 0);

    expect_true(ask_system(NULL));
    expect_true(ask_system(""));
    expect_true(ask_system(name));
    expect_true(ask_system(name + 2));
    expect_error(RPC_S_SERVER_UNAVAILABLE, ask_system("another machine"));
    expect_error(RPC_S_SERVER_UNAVAILABLE,
                 LookupAccountNameW(u"\\\\another machine", u"SYSTEM", &answer.sid, &answer.n_sid,
                                    answer.wide_domain, &answer.n_domain, &answer.use));
    expect_true(LookupAccountNameLocalA("SYSTEM", &answer.sid, &answer.n_sid, answer.domain,
                                        &answer.n_domain, &answer.use));
    expect_true(LookupAccountSidLocalW(&answer.sid, answer.wide_name, &answer.n_name,
                                       answer.wide_domain, &(DWORD){UNLEN}, &answer.use));
    assert_memory_equal(answer.wide_name, u"SYSTEM", sizeof(u"SYSTEM"));
}

/* A user of Linux. */
static tsr_token *user(const char *sid)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(sid);
    return token_of_spec(&spec);
}

static void the_user_is_the_one_the_thread_acts_as(void **state)
{
    char name[UNLEN + 1];
    WCHAR wide[UNLEN + 1];
    DWORD n_units = sizeof(name);

    (void)state;
    require_accounts();

    be(user("S-1-5-18"));
    expect_true(GetUserNameA(name, &n_units));
    assert_string_equal(name, "SYSTEM");
    assert_int_equal(n_units, sizeof("SYSTEM"));
    (void)token_object_unref(act_as(impersonating(user("S-1-22-1-61007"), TSR_LEVEL_IDENTIFICATION),
                                    TSR_LEVEL_IDENTIFICATION));
    expect_true(GetUserNameA(name, &(DWORD){sizeof("j\xc3\xb6rg")}));
    assert_string_equal(name, "j\xc3\xb6rg");
    n_units = 5;
    expect_true(GetUserNameW(wide, &n_units));
    assert_memory_equal(wide, u"j\u00f6rg", sizeof(u"j\u00f6rg"));
    assert_int_equal(n_units, 5);
}

static void a_room_that_is_too_small_for_the_user_is_told(void **state)
{
    WCHAR wide[] = u"xx";
    char name[] = "xx";
    DWORD n_units = 6;

    (void)state;

    be(user("S-1-5-18"));
    expect_error(ERROR_INSUFFICIENT_BUFFER, GetUserNameA(NULL, &n_units));
    assert_int_equal(n_units, 7);
    n_units = 2;
    expect_error(ERROR_INSUFFICIENT_BUFFER, GetUserNameA(name, &n_units));
    assert_int_equal(n_units, 7);
    n_units = 0;
    expect_error(ERROR_INSUFFICIENT_BUFFER, GetUserNameW(wide, &n_units));
    assert_int_equal(n_units, 7);
    assert_string_equal(name, "xx");
    assert_int_equal(wide[0], 'x');
}

static void a_user_without_an_account_and_an_anonymous_one_have_no_name(void **state)
{
    char name[UNLEN + 1] = "before";
    DWORD n_units = sizeof(name);

    (void)state;
    require_accounts();

    be(user("S-1-22-1-61999"));
    expect_error(ERROR_NONE_MAPPED, GetUserNameA(name, &n_units));
    (void)token_object_unref(
        act_as(impersonating(user("S-1-22-1-61001"), TSR_LEVEL_ANONYMOUS), TSR_LEVEL_ANONYMOUS));
    expect_error(ERROR_CANT_OPEN_ANONYMOUS, GetUserNameA(name, &n_units));
    assert_int_equal(n_units, sizeof(name));
    assert_string_equal(name, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sids_have_names),
        cmocka_unit_test(names_have_sids),
        cmocka_unit_test(wide_text_is_told_in_its_units),
        cmocka_unit_test(rooms_that_are_too_small_for_names_are_told),
        cmocka_unit_test(rooms_that_are_too_small_for_sids_are_told),
        cmocka_unit_test(who_has_no_account_is_not_mapped_and_nothing_is_written),
        cmocka_unit_test(parameters_are_needed),
        cmocka_unit_test(only_this_machine_is_asked),
        cmocka_unit_test_teardown(the_user_is_the_one_the_thread_acts_as, revert_after),
        cmocka_unit_test(a_room_that_is_too_small_for_the_user_is_told),
        cmocka_unit_test_teardown(a_user_without_an_account_and_an_anonymous_one_have_no_name,
                                  revert_after),
    };

    return cmocka_run_group_tests(tests, make_accounts, NULL);
}
