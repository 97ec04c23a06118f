/* SPDX-License-Identifier: MIT */
/* Tests of tokens as text and as JSON. */

#include "token/token.h"

#include "token/test-allocation.h"
#include "token/test-fixtures.h"

static char *text_of(const tsr_token *token)
{
    char *text = NULL;

    expect_ok(tsr_token_format(token, &text));
    if (!text) {
        abort(); /* expect_ok() does not return then, but the compiler cannot know */
    }
    return text;
}

static char *json_of(const tsr_token *token)
{
    char *text = NULL;

    expect_ok(tsr_token_format_json(token, &text));
    if (!text) {
        abort(); /* expect_ok() does not return then, but the compiler cannot know */
    }
    return text;
}

static void expect_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        print_error("in:\n%s\n", text);
        fail_msg("there is no \"%s\"", part);
    }
}

static void expect_lacks(const char *text, const char *part)
{
    if (strstr(text, part)) {
        print_error("in:\n%s\n", text);
        fail_msg("there is a \"%s\"", part);
    }
}

static void the_page_shows_every_part_of_a_token(void **state)
{
    tsr_token *token = alice_limited();
    char *text = text_of(token);

    (void)state;

    expect_has(text, "User            " ALICE "\n");
    expect_has(text, "Owner           " ALICE "\n");
    expect_has(text, "Primary group   " DOMAIN_USERS "  Domain Users\n");
    expect_has(text, "Integrity       S-1-16-8192  Mandatory Label\\Medium"
                     "  [no-write-up new-process-min]\n");
    expect_has(text, "Type            primary, level anonymous\n");
    expect_has(text, "Flags           none\n");
    expect_has(text, "Logon           0x5ca1ab1e0, session 1, source \"User32  \" 0x4d\n");
    expect_has(text, "Groups (10)\n");
    expect_has(text, "  S-1-1-0  Everyone  [mandatory default enabled]\n");
    expect_has(text, "  S-1-5-5-0-4242  Logon Session  [mandatory default enabled logon-id]\n");
    expect_has(text, "  " G1 "  [default enabled]\n");
    expect_has(text, "  " G2 "  [disabled]\n");
    expect_has(text, "  " G3 "  [default enabled owner]\n");
    expect_has(text, "  S-1-5-32-544  BUILTIN\\Administrators  [deny-only]\n");
    expect_has(text, "Privileges (5)\n");
    expect_has(text, "  on   SeChangeNotifyPrivilege  [default]\n");
    expect_has(text, "  off  SeShutdownPrivilege\n");
    expect_has(text, "Default DACL (2)\n");
    expect_has(text, "  allow  flags 0x00  mask 0x10000000  S-1-5-18  NT AUTHORITY\\System\n");
    expect_lacks(text, "Restricting");
    expect_lacks(text, "Process trust");
    free(text);
    tsr_token_unref(token);
}

static void the_page_shows_restrictions(void **state)
{
    tsr_token *token = impersonating(restricted_to(alice(), "S-1-5-12", NULL, WRITE_RESTRICTED),
                                     TSR_LEVEL_DELEGATION);
    char *text = text_of(token);

    (void)state;

    expect_has(text, "Type            impersonation, level delegation\n");
    expect_has(text, "Flags           write-restricted restricted filtered\n");
    expect_has(text, "Restricting SIDs (1), for writing only\n");
    expect_has(text, "\n  S-1-5-12  NT AUTHORITY\\Restricted\n");
    free(text);
    tsr_token_unref(token);
}

static void the_page_of_the_smallest_token_names_what_is_absent(void **state)
{
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001),
        .user_attributes = SE_GROUP_USE_FOR_DENY_ONLY,
        .process_trust_type = 512,
        .process_trust_level = 1024,
        .source = {"a\x1b\nb\xff", 0},
    };
    tsr_token *token = token_of_spec(&spec);
    char *text = text_of(token);

    (void)state;

    expect_has(text, "User            " ALICE "  [deny-only]\n");
    expect_has(text, "Integrity       none\n");
    expect_has(text, "Process trust   S-1-19-512-1024\n");
    expect_has(text, "source \"a..b.\" 0x0\n");
    expect_has(text, "Groups (0)\n");
    expect_has(text, "Privileges (0)\n");
    expect_has(text, "Default DACL    none\n");
    free(text);
    tsr_token_unref(token);
}

static void json_has_the_members_of_the_vectors(void **state)
{
    tsr_token *token = alice_elevated();
    char *text = json_of(token);

    (void)state;

    assert_null(strchr(text, '\n'));
    expect_has(text, "{\"user\":\"" ALICE "\",\"user_deny_only\":false,\"groups\":["
                     "{\"sid\":\"S-1-1-0\",\"attributes\":\"0x00000007\"},");
    expect_has(text, "{\"sid\":\"" LOGON "\",\"attributes\":\"0xc0000007\"}");
    expect_has(text, "\"privileges\":[\"SeChangeNotifyPrivilege\",\"SeImpersonatePrivilege\","
                     "\"SeCreateGlobalPrivilege\"]");
    expect_has(text, "\"all_privileges\":[{\"name\":\"SeChangeNotifyPrivilege\","
                     "\"attributes\":\"0x00000003\"},{\"name\":\"SeShutdownPrivilege\","
                     "\"attributes\":\"0x00000000\"},");
    expect_has(text, "\"integrity\":\"S-1-16-12288\",\"mandatory_policy\":3,");
    expect_has(text, "\"owner\":\"" ADMINS "\",\"primary_group\":\"" DOMAIN_USERS "\"");
    expect_has(text, "\"default_dacl_hex\":\"0200400002000000");
    expect_has(text, "\"write_restricted\":false,");
    expect_has(text, "\"type\":\"primary\",\"level\":\"anonymous\"");
    expect_has(text, "\"session_id\":1,");
    expect_has(text, "\"authentication_id\":\"0x5ca1ab1e0\"");
    expect_has(text, "\"source\":{\"name\":\"User32  \",\"id\":\"0x4d\"}}");
    expect_lacks(text, "restricting_sids");
    expect_lacks(text, "process_trust");
    free(text);
    tsr_token_unref(token);
}

static void json_shows_restrictions_also_when_the_list_is_empty(void **state)
{
    tsr_token *one = restricted_to(alice(), G1, NULL, WRITE_RESTRICTED);
    tsr_token *none = restricted_to(tsr_token_ref(one), G3, NULL, 0);
    char *text = json_of(one);

    (void)state;

    expect_has(text, "\"restricting_sids\":[{\"sid\":\"" G1 "\",\"attributes\":\"0x00000007\"}]");
    expect_has(text, "\"write_restricted\":true,");
    expect_has(text, "\"filtered\":true,\"flags\":\"0x00000818\"");
    free(text);

    text = json_of(none);
    expect_has(text, "\"restricting_sids\":[],");
    expect_has(text, "\"write_restricted\":false,");
    free(text);
    tsr_token_unref(none);
    tsr_token_unref(one);
}

static void json_of_the_smallest_token_leaves_out_what_is_absent(void **state)
{
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001),
        .user_attributes = SE_GROUP_USE_FOR_DENY_ONLY,
        .process_trust_type = 512,
        .process_trust_level = 1024,
        .type = TSR_TOKEN_IMPERSONATION,
        .level = TSR_LEVEL_IDENTIFICATION,
        .source = {"a\"\\\xff", UINT64_MAX},
    };
    tsr_token *token = token_of_spec(&spec);
    char *text = json_of(token);

    (void)state;

    expect_has(text, "\"user_deny_only\":true,\"groups\":[],\"privileges\":[],"
                     "\"all_privileges\":[],\"mandatory_policy\":0,");
    expect_has(text, "\"process_trust\":[512,1024],");
    expect_has(text, "\"type\":\"impersonation\",\"level\":\"identification\"");
    expect_has(text, "{\"name\":\"a\\\"\\\\\\ufffd\",\"id\":\"0xffffffffffffffff\"}");
    expect_lacks(text, "\"integrity\"");
    expect_lacks(text, "default_dacl");
    free(text);
    tsr_token_unref(token);
}

static void running_out_of_memory_makes_no_text(void **state)
{
    tsr_token *token = alice();
    char *json = NULL;
    char *text = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(text, tsr_token_format(token, &text));
    expect_no_memory_at_each_allocation(json, tsr_token_format_json(token, &json));

    free(json);
    free(text);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_shows_every_part_of_a_token),
        cmocka_unit_test(the_page_shows_restrictions),
        cmocka_unit_test(the_page_of_the_smallest_token_names_what_is_absent),
        cmocka_unit_test(json_has_the_members_of_the_vectors),
        cmocka_unit_test(json_shows_restrictions_also_when_the_list_is_empty),
        cmocka_unit_test(json_of_the_smallest_token_leaves_out_what_is_absent),
        cmocka_unit_test(running_out_of_memory_makes_no_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
