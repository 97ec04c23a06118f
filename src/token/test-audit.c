/* SPDX-License-Identifier: MIT */
/* Tests of what an access check is audited for. */

#include <string.h>

#include <tessera/audit.h>

#include "token/test-fixtures.h"
#include "token/token.h"

#define FR FILE_READ_DATA
#define FW FILE_WRITE_DATA

#define EVENTS_MAX 8

struct heard {
    tsr_audit_event events[EVENTS_MAX];
    size_t n;
};

static void hear(void *context, const tsr_audit_event *event)
{
    struct heard *heard = context;

    assert_true(heard->n < EVENTS_MAX);
    heard->events[heard->n++] = *event;
}

/* Judge a request and hear what is audited of it. */
static struct heard audited(const tsr_token *token, const char *sddl, tsr_access_request *request,
                            uint32_t policy)
{
    struct heard heard = {0};
    const tsr_audit_sink sink = {.event = hear, .context = &heard};
    tsr_access_result result;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = tsr_token_access_check(token, &sd, request);
    tsr_token_audit(token, &sd, request, &result, policy, &sink);
    for (size_t i = 0; i < heard.n; i++) {
        /* The bytes go now; what matters of an ACE is where it is. */
        assert_true(!heard.events[i].ace ||
                    (heard.events[i].ace > bytes && heard.events[i].ace < bytes + size));
        heard.events[i].ace = NULL;
    }
    free(bytes);
    return heard;
}

/* A SACL, what is asked by alice whose G1 is deny-only and G2 disabled, and what fires. */
static const struct {
    const char *what;
    const char *dacl;
    const char *sacl;
    uint32_t desired;
    int fires;       /* ACE of the SACL; -1: none */
    uint32_t rights; /* of that event */
} rows[] = {
    {"success, flagged so", "(A;;FA;;;WD)", "(AU;SA;FA;;;WD)", FR, 0, FR},
    {"success, flagged for failure", "(A;;FA;;;WD)", "(AU;FA;FA;;;WD)", FR, -1, 0},
    {"failure, flagged so", "", "(AU;FA;FA;;;WD)", FR, 0, FR},
    {"failure, flagged for success", "", "(AU;SA;FA;;;WD)", FR, -1, 0},
    {"both flags", "", "(AU;SAFA;FA;;;WD)", FR, 0, FR},
    {"no flag", "(A;;FA;;;WD)", "(AU;;FA;;;WD)", FR, -1, 0},
    {"another right", "(A;;FA;;;WD)", "(AU;SA;0x2;;;WD)", FR, -1, 0},
    {"some of the rights", "(A;;FA;;;WD)", "(AU;SA;0x2;;;WD)", FR | FW, 0, FW},
    {"rights asked for and refused, all of them", "(A;;0x1;;;WD)", "(AU;FA;0x1;;;WD)", FR | FW, 0,
     FR},
    {"generic rights in the entry", "(A;;FA;;;WD)", "(AU;SA;GR;;;WD)", FR, 0, FR},
    {"generic rights asked for", "(A;;FA;;;WD)", "(AU;SA;0x1;;;WD)", GENERIC_READ, 0, FR},
    {"maximum, granted", "(A;;0x1;;;WD)", "(AU;SA;0x2;;;WD)", MAXIMUM_ALLOWED, -1, 0},
    {"maximum, refused", "", "(AU;FA;0x2;;;WD)", MAXIMUM_ALLOWED, 0, FW},
    {"the user", "(A;;FA;;;WD)", "(AU;SA;FA;;;" ALICE ")", FR, 0, FR},
    {"a stranger", "(A;;FA;;;WD)", "(AU;SA;FA;;;" STRANGER ")", FR, -1, 0},
    {"deny-only group, success", "(A;;FA;;;WD)", "(AU;SA;FA;;;" G1 ")", FR, 0, FR},
    {"deny-only group, failure", "", "(AU;FA;FA;;;" G1 ")", FR, 0, FR},
    {"disabled group", "", "(AU;FA;FA;;;" G2 ")", FR, -1, 0},
    {"inherit-only", "(A;;FA;;;WD)", "(AU;CIIOSA;FA;;;WD)", FR, -1, 0},
    {"alarm entry", "(A;;FA;;;WD)", "(AL;SA;FA;;;WD)", FR, -1, 0},
    {"label beside it", "(A;;FA;;;WD)", "(ML;;NW;;;LW)(AU;SA;FA;;;WD)", FR, 1, FR},
    {"OWNER RIGHTS, of the owner", "(A;;FA;;;WD)", "(AU;SA;FA;;;OW)", FR, 0, FR},
    {"PRINCIPAL_SELF without a stand-in", "(A;;FA;;;WD)", "(AU;SA;FA;;;PS)", FR, -1, 0},
    {"condition that is true", "(A;;FA;;;WD)", "(XU;SA;FA;;;WD;(Member_of {SID(WD)}))", FR, 0, FR},
    {"condition that is false", "(A;;FA;;;WD)", "(XU;SA;FA;;;WD;(Member_of {SID(SY)}))", FR, -1, 0},
    {"condition that is unknown", "(A;;FA;;;WD)", "(XU;SA;FA;;;WD;(@User.x == 1))", FR, 0, FR},
    {"condition on a deny-only group", "(A;;FA;;;WD)", "(XU;SA;FA;;;WD;(Member_of {SID(" G1 ")}))",
     FR, 0, FR},
    {"object entry without a type", "(A;;FA;;;WD)", "(OU;SA;FA;;;WD)", FR, 0, FR},
    {"object entry with one", "(A;;FA;;;WD)", "(OU;SA;FA;00000001-0000-0000-0000-000000000000;;WD)",
     FR, -1, 0},
};

static tsr_token *alice_between(void)
{
    const tsr_group groups[] = {{sid_of("S-1-1-0"), TSR_GROUP_ORDINARY},
                                {sid_of(G1), SE_GROUP_USE_FOR_DENY_ONLY},
                                {sid_of(G2), 0}};
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001), .groups = groups, .n_groups = ARRAY_SIZE(groups)};

    return token_of_spec(&spec);
}

/* Covers AC-13-1, AC-13-2, AC-13-3, AC-13-4, AC-13-5, AC-13-6, AC-13-7, AC-13-9. */
static void an_entry_fires_for_its_outcome_its_rights_and_its_sid(void **state)
{
    tsr_token *token = alice_between();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_access_request request = {.desired = rows[i].desired, .mapping = TSR_FILE_MAPPING};
        char sddl[512];
        struct heard heard;

        snprintf(sddl, sizeof(sddl), "O:" ALICE "G:SYD:(D;;RPWP;;;OW)%sS:%s", rows[i].dacl,
                 rows[i].sacl);
        heard = audited(token, sddl, &request, 0);
        if (heard.n != (rows[i].fires >= 0) ||
            (heard.n == 1 && (heard.events[0].ace_index != (uint32_t)rows[i].fires ||
                              heard.events[0].rights != rows[i].rights ||
                              heard.events[0].cause != TSR_AUDIT_ACE))) {
            fail_msg("%s: %zu events, entry %u, rights %#x", rows[i].what, heard.n,
                     heard.events[0].ace_index, heard.events[0].rights);
        }
    }
    tsr_token_unref(token);
}

/* Covers AC-13-2. */
static void every_entry_that_fires_is_told_in_order(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    const tsr_sid self = sid_of(ALICE);
    tsr_token *token = alice();
    struct heard heard;

    (void)state;

    request.principal_self = &self;
    heard = audited(token,
                    "O:SYG:SYD:(A;;FA;;;" ALICE ")S:(AU;SA;FR;;;" ALICE ")(AU;FA;FR;;;" ALICE
                    ")(AU;SA;FR;;;PS)",
                    &request, 0);
    assert_int_equal(heard.n, 2);
    assert_int_equal(heard.events[0].ace_index, 0);
    assert_int_equal(heard.events[1].ace_index, 2);
    assert_true(heard.events[0].success && heard.events[1].success);
    tsr_token_unref(token);
}

/* Covers AC-13-7. */
static void an_object_entry_is_about_its_type(void **state)
{
    static const char sddl[] = "O:SYG:SYD:(OA;;0x1;00000002-0000-0000-0000-000000000000;;" ALICE
                               ")S:(OU;SAFA;0x3;00000002-0000-0000-0000-000000000000;;" ALICE
                               ")(OU;SAFA;0x3;00000003-0000-0000-0000-000000000000;;" ALICE
                               ")(OU;SAFA;0x3;00000009-0000-0000-0000-000000000000;;" ALICE ")";
    tsr_object_type types[] = {
        {.level = 0, .guid = {1}}, {.level = 1, .guid = {2}}, {.level = 1, .guid = {3}}};
    tsr_access_request request = {.desired = FR,
                                  .mapping = TSR_FILE_MAPPING,
                                  .types = types,
                                  .n_types = ARRAY_SIZE(types),
                                  .result_list = true};
    tsr_token *token = alice();
    struct heard heard = audited(token, sddl, &request, 0);

    (void)state;

    assert_int_equal(heard.n, 2);
    assert_true(heard.events[0].success);
    assert_int_equal(heard.events[0].ace_index, 0);
    assert_false(heard.events[1].success);
    assert_int_equal(heard.events[1].ace_index, 1);

    request.result_list = false; /* Then the object's answer counts, which is a refusal. */
    heard = audited(token, sddl, &request, 0);
    assert_int_equal(heard.n, 2);
    assert_false(heard.events[0].success);
    tsr_token_unref(token);
}

/* Covers AC-13-11. */
static void rules_of_the_central_policy_have_sacls_of_their_own(void **state)
{
    static const char sddl[] = "O:SYG:SYD:(A;;FA;;;" ALICE ")S:(SP;;;;;S-1-17-1)";
    static const uint8_t no_dacl[] = {2, 0, 8, 0, 0, 0, 0, 0};
    const tsr_acl empty = {no_dacl, sizeof(no_dacl), 0};
    const tsr_sid user = sid_of(ALICE);
    tsr_acl_builder builder = {0};
    uint8_t *bytes = NULL;
    tsr_acl sacl;
    struct heard heard;
    tsr_token *token = alice();

    (void)state;

    tsr_acl_builder_add(&builder, SYSTEM_AUDIT_ACE_TYPE, SUCCESSFUL_ACCESS_ACE_FLAG, FR, &user);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &sacl));
    {
        const tsr_central_rule rules[] = {{.dacl = {0}}, {.sacl = sacl, .new_sacl = &empty}};
        const tsr_central_policy policy = {.sid = {17, 1, {1}}, .rules = rules, .n_rules = 2};
        const tsr_access_result result = {.granted = FR};
        tsr_access_request request = {
            .desired = FR, .mapping = TSR_FILE_MAPPING, .policies = &policy, .n_policies = 1};
        const tsr_audit_sink sink = {.event = hear, .context = &heard};
        uint8_t *sd_bytes = NULL;
        size_t size;
        tsr_sd sd;

        expect_ok(tsr_sddl_parse(sddl, NULL, &sd_bytes, &size, NULL));
        expect_ok(tsr_sd_view(sd_bytes, size, &sd));
        heard.n = 0;
        tsr_token_audit(token, &sd, &request, &result, 0, &sink);
        assert_int_equal(heard.n, 1);
        assert_int_equal(heard.events[0].cause, TSR_AUDIT_CENTRAL_ACE);
        assert_int_equal(heard.events[0].rule, 1);
        assert_int_equal(heard.events[0].rights, FR);

        request.staged = true; /* What is proposed audits nothing. */
        heard.n = 0;
        tsr_token_audit(token, &sd, &request, &result, 0, &sink);
        assert_int_equal(heard.n, 0);
        free(sd_bytes);
    }
    free(bytes);
    tsr_token_unref(token);
}

/* Covers AC-13-8. */
static void a_policy_reports_what_no_entry_asks_for(void **state)
{
    static const struct {
        uint32_t policy;
        uint32_t desired;
        size_t n;
    } table[] = {
        {TSR_AUDIT_OBJECT_SUCCESS, FR, 1},    {TSR_AUDIT_OBJECT_SUCCESS, FW, 0},
        {TSR_AUDIT_OBJECT_FAILURE, FR, 0},    {TSR_AUDIT_OBJECT_FAILURE, FW, 1},
        {TSR_AUDIT_PRIVILEGE_SUCCESS, FR, 0},
    };
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        tsr_access_request request = {.desired = table[i].desired, .mapping = TSR_FILE_MAPPING};
        const struct heard heard =
            audited(token, "O:SYG:SYD:(A;;0x1;;;" ALICE ")", &request, table[i].policy);

        assert_int_equal(heard.n, table[i].n);
        if (heard.n) {
            assert_int_equal(heard.events[0].cause, TSR_AUDIT_POLICY);
            assert_int_equal(heard.events[0].rights, table[i].desired);
            assert_int_equal(heard.events[0].success, table[i].desired == FR);
        }
    }
    tsr_token_unref(token);
}

/* Covers AC-13-10. */
static void a_privilege_is_reported_by_whether_its_rights_survived(void **state)
{
    const tsr_privilege_state security = {SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001), .privileges = &security, .n_privileges = 1};
    const uint32_t both = TSR_AUDIT_PRIVILEGE_SUCCESS | TSR_AUDIT_PRIVILEGE_FAILURE;
    tsr_access_request request = {.desired = ACCESS_SYSTEM_SECURITY, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = token_of_spec(&spec);
    struct heard heard;

    (void)state;

    heard = audited(token, "O:SYG:SYD:", &request, both);
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.events[0].cause, TSR_AUDIT_PRIVILEGE);
    assert_int_equal(heard.events[0].privilege, SE_SECURITY_PRIVILEGE);
    assert_int_equal(heard.events[0].rights, ACCESS_SYSTEM_SECURITY);
    assert_true(heard.events[0].success);

    heard = audited(token, "O:SYG:SYD:S:(TL;;;;;S-1-19-512-1)", &request, both);
    assert_int_equal(heard.n, 1);
    assert_false(heard.events[0].success);
    assert_int_equal(audited(token, "O:SYG:SYD:", &request, TSR_AUDIT_PRIVILEGE_FAILURE).n, 0);

    request.desired = FR;
    assert_int_equal(audited(token, "O:SYG:SYD:(A;;FA;;;WD)", &request, both).n, 0);
    tsr_token_unref(token);
}

static void a_privilege_that_supplied_nothing_has_failed_whatever_was_granted_before(void **state)
{
    const tsr_privilege_state take = {SE_TAKE_OWNERSHIP_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001),
                                 .privileges = &take,
                                 .n_privileges = 1,
                                 .integrity = &low,
                                 .mandatory_policy = TSR_POLICY_NO_WRITE_UP};
    tsr_access_request request = {
        .desired = MAXIMUM_ALLOWED, .previously_granted = WRITE_OWNER, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = token_of_spec(&spec);
    const struct heard heard = audited(token, "O:SYG:SYD:(A;;FA;;;" ALICE ")", &request,
                                       TSR_AUDIT_PRIVILEGE_SUCCESS | TSR_AUDIT_PRIVILEGE_FAILURE);

    (void)state;

    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.events[0].privilege, SE_TAKE_OWNERSHIP_PRIVILEGE);
    assert_false(heard.events[0].success);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_fires_for_its_outcome_its_rights_and_its_sid),
        cmocka_unit_test(every_entry_that_fires_is_told_in_order),
        cmocka_unit_test(an_object_entry_is_about_its_type),
        cmocka_unit_test(rules_of_the_central_policy_have_sacls_of_their_own),
        cmocka_unit_test(a_policy_reports_what_no_entry_asks_for),
        cmocka_unit_test(a_privilege_that_supplied_nothing_has_failed_whatever_was_granted_before),
        cmocka_unit_test(a_privilege_is_reported_by_whether_its_rights_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
