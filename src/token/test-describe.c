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

static void what_a_token_came_from_is_shown_where_there_is_something(void **state)
{
    tsr_token_spec spec = alice_spec();
    tsr_token *token;
    char *json;
    char *text;

    (void)state;

    spec.origin = 0x3e7;
    spec.expiration = 42;
    spec.elevation = TSR_ELEVATION_FULL;
    spec.flags = TSR_TOKEN_VIRTUALIZE_ALLOWED | TSR_TOKEN_VIRTUALIZE_ENABLED | TSR_TOKEN_UI_ACCESS;
    token = token_of_spec(&spec);
    text = text_of(token);
    json = json_of(token);

    expect_has(text, "Flags           virtualization-allowed virtualization-enabled ui-access\n");
    expect_has(text, "Elevation       full, elevated\n");
    expect_has(text, "Origin          0x3e7\n");
    expect_has(text, "Expires         42\n");
    expect_has(json, ",\"origin\":\"0x3e7\",\"expiration\":\"0x2a\",\"elevation_type\":\"full\","
                     "\"elevated\":true");
    free(json);
    free(text);
    tsr_token_unref(token);
}

static void the_page_shows_every_part_of_a_token(void **state)
{
    tsr_token *token = alice_limited();
    char *text = text_of(token);

    (void)state;

    expect_has(text, "User            " ALICE "\n");
    expect_has(text, "Owner           " ALICE "\n");
    expect_has(text, "Primary group   " DOMAIN_USERS "  Domain Users\n");
    expect_has(text, "Integrity       S-1-16-8192  Mandatory Label\\Medium Mandatory Level"
                     "  [no-write-up new-process-min]\n");
    expect_has(text, "Type            primary, level anonymous\n");
    expect_has(text, "Flags           none\n");
    expect_has(text, "Elevation       limited\n");
    expect_lacks(text, "Origin ");
    expect_lacks(text, "Expires ");
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
    expect_has(text, "  allow  flags 0x00  mask 0x10000000  S-1-5-18  NT AUTHORITY\\SYSTEM\n");
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
    expect_has(text, "\n  S-1-5-12  NT AUTHORITY\\RESTRICTED\n");
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

/* A token with a claim of this source. */
static tsr_token *claiming(const char *name, tsr_claim_type type, uint32_t flags,
                           const tsr_claim_source *values, size_t n_values)
{
    tsr_token_spec spec = alice_spec();
    uint8_t *bytes = NULL;
    tsr_token *token;
    tsr_claim claim;
    size_t size;

    expect_ok(tsr_claim_encode(name, type, flags, values, n_values, &bytes, &size));
    expect_ok(tsr_claim_view(bytes, size, &claim));
    spec.user_claims = &claim;
    spec.n_user_claims = 1;
    token = token_of_spec(&spec);
    free(bytes);
    return token;
}

static void expect_claim_text(tsr_token *take_token, const char *page, const char *json)
{
    char *text = text_of(take_token);

    expect_has(text, page);
    free(text);
    text = json_of(take_token);
    expect_has(text, json);
    free(text);
    tsr_token_unref(take_token);
}

static void claims_of_every_type_are_shown(void **state)
{
    const tsr_claim_source numbers[] = {{.number = UINT64_MAX}, {.number = 1}};
    const tsr_claim_source texts[] = {{.text = "x\"\x1b\xc2\x9b\xc3\xa4"}, {.text = ""}};
    const tsr_claim_source octets = {.octets = (const uint8_t *)"\x01\xff", .n_octets = 2};
    const tsr_claim_source sid = {.sid = {5, 1, {18}}};

    (void)state;

    expect_claim_text(claiming("a", TSR_CLAIM_INT64, 2, numbers, 2),
                      "User claims (1)\n  \"a\"  INT64  flags 0x00000002  {-1, 1}\n",
                      "\"user_claims\":[{\"name\":\"a\",\"type\":\"INT64\",\"flags\":2,"
                      "\"values\":[-1,1]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_UINT64, 0, numbers, 2),
                      "  UINT64  flags 0x00000000  {18446744073709551615, 1}\n",
                      "\"values\":[18446744073709551615,1]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_BOOLEAN, 0, numbers + 1, 1), "  BOOLEAN  ",
                      "\"type\":\"BOOLEAN\",\"flags\":0,\"values\":[1]}]");
    expect_claim_text(claiming("a\n", TSR_CLAIM_STRING, 0, texts, 2),
                      "  \"a.\"  STRING  flags 0x00000000  {\"x\\\"..\xc3\xa4\", \"\"}\n",
                      "\"name\":\"a\\u000a\",\"type\":\"STRING\",\"flags\":0,\"values\":["
                      "\"x\\\"\\u001b\xc2\x9b\xc3\xa4\",\"\"]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_FQBN, 0, texts + 1, 1), "  FQBN  ",
                      "\"type\":\"FQBN\",\"flags\":0,\"values\":[\"\"]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_SID, 0, &sid, 1), "{\"S-1-5-18\"}\n",
                      "\"type\":\"SID\",\"flags\":0,\"values\":[\"S-1-5-18\"]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_OCTETS, 0, &octets, 1), "{\"01ff\"}\n",
                      "\"type\":\"OCTET_STRING\",\"flags\":0,\"values\":[\"01ff\"]}]");
    expect_claim_text(claiming("a", TSR_CLAIM_OCTETS, 0, NULL, 0), "  {}\n", "\"values\":[]}]");
}

static void a_name_that_is_no_utf16_is_still_shown(void **state)
{
    uint8_t bytes[sizeof(fixture_claim_bytes)];
    tsr_token_spec spec = alice_spec();
    tsr_claim claim;

    (void)state;

    memcpy(bytes, fixture_claim_bytes, sizeof(bytes));
    bytes[20] = 0x00;
    bytes[21] = 0xd8; /* a lone surrogate */
    expect_ok(tsr_claim_view(bytes, sizeof(bytes), &claim));
    spec.user_claims = &claim;
    spec.n_user_claims = 1;

    expect_claim_text(token_of_spec(&spec), "  \"\xef\xbf\xbd\"  INT64  ",
                      "\"user_claims\":[{\"name\":\"\xef\xbf\xbd\",\"type\":\"INT64\",");
}

static void package_and_device_are_shown(void **state)
{
    tsr_token *token = alice_contained(true);
    char *text = text_of(token);

    (void)state;

    expect_has(text, "AppContainer    " PACKAGE "  ");
    expect_has(text, "[less privileged]\nCapabilities (3)\n  S-1-15-3-1");
    expect_has(text, "  S-1-15-3-2  [disabled]\n  S-1-15-3-3  [deny-only]\n");
    expect_has(text, "Device groups (3)\n  S-1-5-99-1");
    expect_has(text, "Restricting device SIDs (1)\n  S-1-5-99-3");
    expect_has(text, "User claims (1)\n");
    expect_has(text, "Device claims (1)\n");
    expect_has(text, "Local claims (1)\n");
    free(text);

    text = json_of(token);
    expect_has(text, ",\"appcontainer\":{\"package_sid\":\"" PACKAGE "\",\"capabilities\":["
                     "{\"sid\":\"S-1-15-3-1\",\"attributes\":\"0x00000004\"},");
    expect_has(text, "\"attributes\":\"0x00000010\"}],\"less_privileged\":true}");
    expect_has(text, ",\"device_groups\":[{\"sid\":\"S-1-5-99-1\",");
    expect_has(text, ",\"restricting_device_groups\":[{\"sid\":\"S-1-5-99-3\",");
    expect_has(text, ",\"device_claims\":[{\"name\":\"a\",");
    expect_has(text, ",\"local_claims\":[{\"name\":\"a\",");
    free(text);
    tsr_token_unref(token);
    token = alice();
    text = json_of(token);
    expect_lacks(text, "appcontainer");
    expect_lacks(text, "device");
    expect_lacks(text, "claims");
    free(text);
    tsr_token_unref(token);
}

static void running_out_of_memory_makes_no_text(void **state)
{
    tsr_token *token = alice_contained(true);
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
        cmocka_unit_test(what_a_token_came_from_is_shown_where_there_is_something),
        cmocka_unit_test(the_page_shows_every_part_of_a_token),
        cmocka_unit_test(the_page_shows_restrictions),
        cmocka_unit_test(the_page_of_the_smallest_token_names_what_is_absent),
        cmocka_unit_test(json_has_the_members_of_the_vectors),
        cmocka_unit_test(json_shows_restrictions_also_when_the_list_is_empty),
        cmocka_unit_test(json_of_the_smallest_token_leaves_out_what_is_absent),
        cmocka_unit_test(running_out_of_memory_makes_no_text),
        cmocka_unit_test(claims_of_every_type_are_shown),
        cmocka_unit_test(a_name_that_is_no_utf16_is_still_shown),
        cmocka_unit_test(package_and_device_are_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
