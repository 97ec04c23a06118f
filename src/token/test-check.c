/* SPDX-License-Identifier: MIT */
/* Tests of access checks by token: what the token brings to the check, and the system call's rules.
 */

#include "token/token.h"

#include "token/test-fixtures.h"

#define FR FILE_READ_DATA
#define FW FILE_WRITE_DATA

/* A token's groups and what a descriptor then answers. */
struct row {
    const char *what;
    uint32_t attributes; /* of G1 */
    const char *sddl;
    uint32_t desired;
    uint32_t granted; /* 0: denied */
};

static const struct row rows[] = {
    {"enabled group, allow", 0x4, "O:SYG:SYD:(A;;FA;;;" G1 ")", FR, FR},
    {"disabled group, allow", 0x0, "O:SYG:SYD:(A;;FA;;;" G1 ")", FR, 0},
    {"deny-only group, allow", 0x10, "O:SYG:SYD:(A;;FA;;;" G1 ")", FR, 0},
    {"enabled group, deny", 0x4, "O:SYG:SYD:(D;;FA;;;" G1 ")(A;;FA;;;" ALICE ")", FR, 0},
    {"disabled group, deny", 0x0, "O:SYG:SYD:(D;;FA;;;" G1 ")(A;;FA;;;" ALICE ")", FR, FR},
    {"deny-only group, deny", 0x10, "O:SYG:SYD:(D;;FA;;;" G1 ")(A;;FA;;;" ALICE ")", FR, 0},
    {"integrity entry, allow", 0x60, "O:SYG:SYD:(A;;FA;;;" G1 ")", FR, 0},
    {"user", 0x0, "O:SYG:SYD:(A;;FA;;;" ALICE ")", FR | FW, FR | FW},
    {"owner", 0x0, "O:" ALICE "G:SYD:", READ_CONTROL | WRITE_DAC, READ_CONTROL | WRITE_DAC},
    {"enabled owner group", 0x4, "O:" G1 "G:SYD:", WRITE_DAC, WRITE_DAC},
    {"deny-only owner group", 0x10, "O:" G1 "G:SYD:", WRITE_DAC, 0},
    {"stranger", 0x4, "O:SYG:SYD:(A;;FA;;;" STRANGER ")", FR, 0},
};

/* Covers AC-7-12, AC-7-13, AC-8-6, AC-8-7, AC-8-8, AC-8-9, AC-8-10. */
static void user_and_groups_match_as_their_attributes_say(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const tsr_group group = {sid_of(G1), rows[i].attributes};
        const tsr_token_spec spec = {.user = IN_DOMAIN(1001), .groups = &group, .n_groups = 1};
        tsr_token *token = token_of_spec(&spec);
        const tsr_access_result result = check_file(token, rows[i].sddl, rows[i].desired);

        if (result.granted != rows[i].granted || tsr_ok(result.status) != (rows[i].granted != 0)) {
            fail_msg("%s: granted %#x", rows[i].what, result.granted);
        }
        tsr_token_unref(token);
    }
}

static void a_group_named_twice_counts_as_its_stricter_entry(void **state)
{
    const tsr_group groups[] = {{sid_of(G1), 0x4}, {sid_of(G1), 0x10}};
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001), .groups = groups, .n_groups = 2};
    tsr_token *token = token_of_spec(&spec);

    (void)state;

    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;" G1 ")", FR).granted, 0);
    tsr_token_unref(token);
}

/* Covers AC-7-1, AC-7-3. */
static void only_enabled_privileges_count(void **state)
{
    tsr_privilege_state privilege = {SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT};
    tsr_token_spec spec = {
        .user = IN_DOMAIN(1001),
        .privileges = &privilege,
        .n_privileges = 1,
    };
    tsr_token *token = token_of_spec(&spec);
    tsr_access_result result;

    (void)state;

    result = check_file(token, "O:SYG:SYD:", ACCESS_SYSTEM_SECURITY);
    assert_int_equal(result.status.code, STATUS_PRIVILEGE_NOT_HELD);
    tsr_token_unref(token);

    privilege.attributes = SE_PRIVILEGE_ENABLED;
    token = token_of_spec(&spec);
    result = check_file(token, "O:SYG:SYD:", ACCESS_SYSTEM_SECURITY);
    assert_int_equal(result.granted, ACCESS_SYSTEM_SECURITY);
    assert_int_equal(result.privileges_used, TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE));
    tsr_token_unref(token);
}

/* Covers AC-6.3-1. */
static void integrity_and_its_policy_come_from_the_token(void **state)
{
    static const char high[] = "O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;HI)";
    tsr_token_spec spec = alice_spec();
    tsr_token *token = token_of_spec(&spec);

    (void)state;

    assert_int_equal(check_file(token, high, FW).rule, TSR_RULE_INTEGRITY);
    assert_int_equal(check_file(token, high, FR).granted, FR);
    tsr_token_unref(token);

    spec.mandatory_policy = 0;
    token = token_of_spec(&spec);
    assert_int_equal(check_file(token, high, FW).granted, FW);
    tsr_token_unref(token);

    spec = alice_spec();
    spec.integrity = NULL;
    token = token_of_spec(&spec);
    assert_int_equal(check_file(token, high, FW).granted, FW);
    tsr_token_unref(token);
}

static void neither_type_nor_level_is_looked_at(void **state)
{
    tsr_token *token = impersonating(alice(), TSR_LEVEL_ANONYMOUS);

    (void)state;

    assert_int_equal(check_file(token, "O:SYG:SYD:(A;;FA;;;" ALICE ")", FR).granted, FR);
    tsr_token_unref(token);
}

/* Run a request against SDDL, through the door given. */
static tsr_access_result
run(tsr_access_result (*check)(const tsr_token *, const tsr_sd *, const tsr_access_request *),
    const tsr_token *token, const char *sddl, const tsr_access_request *request)
{
    tsr_access_result result;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = check(token, &sd, request);
    free(bytes);
    return result;
}

static void every_member_of_the_request_reaches_the_check(void **state)
{
    static const char self[] = "O:SYG:SYD:(A;;FR;;;PS)";
    const tsr_privilege_state privileges[] = {
        {SE_BACKUP_PRIVILEGE, SE_PRIVILEGE_ENABLED},
        {SE_RESTORE_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    };
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001),
        .privileges = privileges,
        .n_privileges = 2,
    };
    const tsr_sid user = sid_of(ALICE);
    tsr_token *token = token_of_spec(&spec);
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};

    (void)state;

    assert_int_equal(run(tsr_token_access_check, token, self, &request).granted, 0);
    request.principal_self = &user;
    assert_int_equal(run(tsr_token_access_check, token, self, &request).granted, FR);
    request.previously_granted = DELETE;
    assert_int_equal(run(tsr_token_access_check, token, self, &request).granted, FR | DELETE);

    request = (tsr_access_request){.desired = FR, .mapping = TSR_FILE_MAPPING};
    request.backup_intent = true;
    assert_int_equal(run(tsr_token_access_check, token, "O:SYG:SYD:", &request).granted, FR);
    request = (tsr_access_request){.desired = FW, .mapping = TSR_FILE_MAPPING};
    assert_int_equal(run(tsr_token_access_check, token, "O:SYG:SYD:", &request).granted, 0);
    request.restore_intent = true;
    assert_int_equal(run(tsr_token_access_check, token, "O:SYG:SYD:", &request).granted, FW);

    request = (tsr_access_request){.desired = GENERIC_READ, .mapping = {.read = 0x40}};
    assert_int_equal(
        run(tsr_token_access_check, token, "O:SYG:SYD:(A;;0x40;;;" ALICE ")", &request).granted,
        0x40);
    tsr_token_unref(token);
}

/* Covers AC-8-5. */
static void without_a_substitute_principal_self_is_a_sid_like_any_other(void **state)
{
    static const char self[] = "D:(A;;FR;;;PS)";
    const tsr_group group = {TSR_SID_PRINCIPAL_SELF, SE_GROUP_ENABLED};
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001), .groups = &group, .n_groups = 1};
    const tsr_sid stranger = sid_of(STRANGER);
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *with = token_of_spec(&spec);
    tsr_token *without = alice();

    (void)state;

    assert_int_equal(run(tsr_token_access_check, without, self, &request).granted, 0);
    assert_int_equal(run(tsr_token_access_check, with, self, &request).granted, FR);
    request.principal_self = &stranger;
    assert_int_equal(run(tsr_token_access_check, with, self, &request).granted, 0);
    tsr_token_unref(without);
    tsr_token_unref(with);
}

/* Covers AC-3-2, AC-4.1-1, AC-4.1-3, AC-4.1-7. */
static void the_system_call_has_rules_of_its_own_in_front(void **state)
{
    static const char whole[] = "O:SYG:SYD:(A;;FA;;;WD)";
    static const struct {
        const char *what;
        const char *sddl;
        uint32_t desired;
        uint32_t status;
        uint32_t granted;
    } table[] = {
        {"a right", whole, FR, STATUS_SUCCESS, FR},
        {"maximum", whole, MAXIMUM_ALLOWED, STATUS_SUCCESS, FILE_ALL_ACCESS},
        {"generic read", whole, GENERIC_READ, STATUS_GENERIC_NOT_MAPPED, 0},
        {"generic write", whole, GENERIC_WRITE | FR, STATUS_GENERIC_NOT_MAPPED, 0},
        {"generic execute", whole, GENERIC_EXECUTE, STATUS_GENERIC_NOT_MAPPED, 0},
        {"generic all", whole, GENERIC_ALL, STATUS_GENERIC_NOT_MAPPED, 0},
        {"no owner", "G:SYD:(A;;FA;;;WD)", FR, STATUS_INVALID_SECURITY_DESCR, 0},
        {"no group", "O:SYD:(A;;FA;;;WD)", FR, STATUS_INVALID_SECURITY_DESCR, 0},
        {"neither", "D:(A;;FA;;;WD)", FR, STATUS_INVALID_SECURITY_DESCR, 0},
        {"generic goes first", "D:", GENERIC_READ, STATUS_GENERIC_NOT_MAPPED, 0},
        {"nothing", whole, 0, STATUS_ACCESS_DENIED, 0},
        {"nothing of no owner", "D:", 0, STATUS_INVALID_SECURITY_DESCR, 0},
        {"denied", "O:SYG:SYD:", FR, STATUS_ACCESS_DENIED, 0},
    };
    tsr_token *token = impersonating(alice(), TSR_LEVEL_IDENTIFICATION);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const tsr_access_request request = {.desired = table[i].desired,
                                            .mapping = TSR_FILE_MAPPING};
        const tsr_access_result result =
            run(tsr_token_nt_access_check, token, table[i].sddl, &request);

        if (result.status.code != table[i].status || result.granted != table[i].granted) {
            fail_msg("%s: %s, granted %#x", table[i].what, expect_status_name(result.status.code),
                     result.granted);
        }
    }
    tsr_token_unref(token);
}

/* What each way in makes of a token, when the descriptor grants everything. */
static const struct {
    const char *what;
    tsr_token_type type;
    tsr_impersonation_level level;
    uint32_t open;
    uint32_t system_call;
} ways_in[] = {
    {"primary", TSR_TOKEN_PRIMARY, 0, STATUS_SUCCESS, STATUS_NO_IMPERSONATION_TOKEN},
    {"anonymous", TSR_TOKEN_IMPERSONATION, TSR_LEVEL_ANONYMOUS, STATUS_BAD_IMPERSONATION_LEVEL,
     STATUS_BAD_IMPERSONATION_LEVEL},
    {"identification", TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IDENTIFICATION,
     STATUS_BAD_IMPERSONATION_LEVEL, STATUS_SUCCESS},
    {"impersonation", TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION, STATUS_SUCCESS,
     STATUS_SUCCESS},
    {"delegation", TSR_TOKEN_IMPERSONATION, TSR_LEVEL_DELEGATION, STATUS_SUCCESS, STATUS_SUCCESS},
};

/* Covers AC-4.1-4, AC-4.1-5, AC-4.1-6, AC-15-15. */
static void opens_and_the_system_call_ask_for_other_levels(void **state)
{
    const tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(ways_in); i++) {
        tsr_token *token = ways_in[i].type == TSR_TOKEN_PRIMARY
                               ? alice()
                               : impersonating(alice(), ways_in[i].level);
        const char *const sddl = "O:SYG:SYD:(A;;FA;;;WD)";
        const tsr_access_result opened = run(tsr_token_open_check, token, sddl, &request);
        const tsr_access_result called = run(tsr_token_nt_access_check, token, sddl, &request);

        if (opened.status.code != ways_in[i].open || called.status.code != ways_in[i].system_call ||
            opened.granted != (tsr_ok(opened.status) ? FR : 0) ||
            called.granted != (tsr_ok(called.status) ? FR : 0)) {
            fail_msg("%s: %s, %s", ways_in[i].what, expect_status_name(opened.status.code),
                     expect_status_name(called.status.code));
        }
        tsr_token_unref(token);
    }
}

/* Covers AC-4.1-6. */
static void the_level_is_looked_at_before_the_descriptor(void **state)
{
    const tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = impersonating(alice(), TSR_LEVEL_ANONYMOUS);

    (void)state;

    assert_int_equal(run(tsr_token_nt_access_check, token, "D:", &request).status.code,
                     STATUS_BAD_IMPERSONATION_LEVEL);
    assert_int_equal(run(tsr_token_open_check, token, "D:", &request).missing, FR);
    tsr_token_unref(token);
}

/* Covers AC-3-3. */
static void the_inner_check_maps_generic_rights_and_needs_no_owner(void **state)
{
    const tsr_access_request request = {.desired = GENERIC_READ, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();

    (void)state;

    assert_int_equal(run(tsr_token_access_check, token, "D:(A;;FA;;;WD)", &request).granted,
                     FILE_GENERIC_READ);
    tsr_token_unref(token);
}

/* What alice in an AppContainer gets. */
static const struct {
    const char *what;
    bool less_privileged;
    const char *sddl;
    uint32_t granted;
} contained[] = {
    {"no package", false, "D:(A;;FR;;;WD)", 0},
    {"package alone", false, "D:(A;;FR;;;" PACKAGE ")", 0},
    {"both", false, "D:(A;;FR;;;WD)(A;;FR;;;" PACKAGE ")", FR},
    {"another package", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-9)", 0},
    {"enabled capability", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-1)", FR},
    {"disabled capability", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-2)", 0},
    {"deny-only capability", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-3)", 0},
    {"denied to it", false, "D:(D;;FR;;;S-1-15-3-3)(A;;FR;;;WD)(A;;FR;;;" PACKAGE ")", 0},
    {"denied to a disabled one", false, "D:(D;;FR;;;S-1-15-3-2)(A;;FR;;;WD)(A;;FR;;;" PACKAGE ")",
     FR},
    {"all packages", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)", FR},
    {"all restricted packages", false, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-2)", FR},
    {"all packages, LPAC", true, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)", 0},
    {"all restricted packages, LPAC", true, "D:(A;;FR;;;WD)(A;;FR;;;S-1-15-2-2)", FR},
    {"package, LPAC", true, "D:(A;;FR;;;WD)(A;;FR;;;" PACKAGE ")", FR},
};

/* Covers AC-10-1, AC-10-2, AC-10-3, AC-10-4, AC-10-8, AC-15-9. */
static void a_package_must_be_allowed_as_well(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(contained); i++) {
        tsr_token *token = alice_contained(contained[i].less_privileged);
        const tsr_access_result result = check_file(token, contained[i].sddl, FR);

        if (result.granted != contained[i].granted) {
            fail_msg("%s: granted %#x", contained[i].what, result.granted);
        }
        tsr_token_unref(token);
    }
}

/* What a condition says of a token with the claim a of 7, and of its device. */
static const struct {
    const char *condition;
    bool is_true;
} conditions[] = {
    {"@User.a == 7", true},
    {"@User.a == 8", false},
    {"@Device.a == 7", true},
    {"a == 7", true},
    {"@User.b == 7", false},
    {"Device_Member_of {SID(S-1-5-99-1)}", true},
    {"Device_Member_of {SID(S-1-5-99-2)}", false},
    {"Device_Member_of {SID(S-1-5-99-4)}", false},
};

/* Covers AC-11-33, AC-11-40. */
static void conditions_see_claims_and_device_of_the_token(void **state)
{
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();
    tsr_token *without = alice();
    tsr_token *token;
    char sddl[256];

    (void)state;

    add_context(&spec, &claim);
    token = token_of_spec(&spec);
    for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
        (void)snprintf(sddl, sizeof(sddl), "O:SYG:SYD:(XA;;FR;;;WD;(%s))", conditions[i].condition);
        if (check_file(token, sddl, FR).granted != (conditions[i].is_true ? FR : 0)) {
            fail_msg("%s", conditions[i].condition);
        }
        assert_int_equal(check_file(without, sddl, FR).granted, 0);
    }
    assert_int_equal(
        check_file(token, "D:(XD;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-2)}))(A;;FR;;;WD)", FR)
            .granted,
        0);
    tsr_token_unref(without);
    tsr_token_unref(token);
}

/* Covers AC-9-11. */
static void the_restricted_pass_asks_the_restricting_devices(void **state)
{
    const tsr_sid restricting = {1, 1, {0}};
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();
    tsr_token *token;

    (void)state;

    add_context(&spec, &claim);
    spec.restricting = &restricting;
    spec.n_restricting = 1;
    token = token_of_spec(&spec);

    assert_int_equal(
        check_file(token, "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-3)}))", FR).granted, FR);
    assert_int_equal(
        check_file(token, "D:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-1)}))", FR).granted, 0);
    tsr_token_unref(token);
}

#define TYPE_A "00000001-0000-0000-0000-000000000000"

/* Covers AC-8.1-12, AC-8.1-13. */
static void object_types_have_their_own_answers_in_a_result_list(void **state)
{
    tsr_object_type types[] = {{.level = 0}, {.level = 1, .guid = {1}}, {.level = 1, .guid = {2}}};
    tsr_access_request request = {.desired = FR,
                                  .mapping = TSR_FILE_MAPPING,
                                  .types = types,
                                  .n_types = ARRAY_SIZE(types),
                                  .result_list = true};
    static const char one[] = "O:SYG:SYD:(OA;;FR;" TYPE_A ";;WD)";
    tsr_token *token = alice();
    tsr_access_result result;

    (void)state;

    result = run(tsr_token_access_check, token, one, &request);
    assert_int_equal(result.status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(types[0].status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(types[1].status.code, STATUS_SUCCESS);
    assert_int_equal(types[1].granted, FR);
    assert_int_equal(types[2].status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(types[2].granted, 0);

    request.result_list = false;
    assert_int_equal(run(tsr_token_access_check, token, one, &request).granted, 0);
    request.n_types = 2;
    assert_int_equal(run(tsr_token_access_check, token, one, &request).granted, FR);
    tsr_token_unref(token);
}

/* Each type must be refused, whatever it was before. */
static void expect_all_refused(uint32_t code, const tsr_access_result *result,
                               const tsr_object_type *types, size_t n_types)
{
    assert_int_equal(result->status.code, code);
    assert_int_equal(result->granted, 0);
    for (size_t i = 0; i < n_types; i++) {
        assert_int_equal(types[i].status.code, code);
        assert_int_equal(types[i].granted, 0);
    }
}

/* Covers AC-8.1-1. */
static void lists_of_types_that_are_none_refuse_every_type(void **state)
{
    static const uint16_t levels[][2] = {{1, 1}, {0, 0}, {0, 2}, {0, UINT16_MAX}};
    static tsr_object_type many[TSR_OBJECT_TYPES_MAX + 1];
    tsr_access_request request = {
        .desired = FR, .mapping = TSR_FILE_MAPPING, .n_types = 2, .result_list = true};
    static const char open[] = "O:SYG:SYD:(A;;FA;;;WD)";
    tsr_token *token = alice();
    tsr_access_result result;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        tsr_object_type types[] = {{.level = levels[i][0], .granted = 42},
                                   {.level = levels[i][1], .granted = 42}};

        request.types = types;
        result = run(tsr_token_access_check, token, open, &request);
        expect_all_refused(STATUS_INVALID_PARAMETER, &result, types, 2);
    }
    request.types = NULL;
    result = run(tsr_token_access_check, token, open, &request);
    expect_all_refused(STATUS_INVALID_PARAMETER, &result, NULL, 0);

    for (size_t i = 1; i < ARRAY_SIZE(many); i++) {
        many[i].level = 1;
    }
    request.types = many;
    request.n_types = ARRAY_SIZE(many);
    result = run(tsr_token_access_check, token, open, &request);
    expect_all_refused(STATUS_INVALID_PARAMETER, &result, many, ARRAY_SIZE(many));
    request.n_types = TSR_OBJECT_TYPES_MAX;
    assert_int_equal(run(tsr_token_access_check, token, open, &request).granted, FR);
    assert_int_equal(many[TSR_OBJECT_TYPES_MAX - 1].granted, FR);
    tsr_token_unref(token);
}

static void the_system_call_refuses_every_type_too(void **state)
{
    tsr_object_type types[] = {{.level = 0, .granted = 42}, {.level = 1, .granted = 42}};
    const tsr_access_request request = {.desired = GENERIC_READ,
                                        .mapping = TSR_FILE_MAPPING,
                                        .types = types,
                                        .n_types = ARRAY_SIZE(types),
                                        .result_list = true};
    tsr_token *token = impersonating(alice(), TSR_LEVEL_IMPERSONATION);
    const tsr_access_result result =
        run(tsr_token_nt_access_check, token, "O:SYG:SYD:(A;;FA;;;WD)", &request);

    (void)state;

    expect_all_refused(STATUS_GENERIC_NOT_MAPPED, &result, types, ARRAY_SIZE(types));
    tsr_token_unref(token);
}

static void central_policies_of_the_request_are_applied(void **state)
{
    static const char sddl[] = "O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;S-1-17-1)";
    static const uint8_t closed_bytes[] = {2, 0, 8, 0, 0, 0, 0, 0};
    const tsr_central_rule rule = {.dacl = {closed_bytes, sizeof(closed_bytes), 0}};
    tsr_central_policy policy = {.sid = {17, 1, {1}}, .rules = &rule, .n_rules = 1};
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    tsr_access_result result;

    (void)state;

    assert_int_equal(run(tsr_token_access_check, token, sddl, &request).granted, FR);
    request.policies = &policy;
    request.n_policies = 1;
    result = run(tsr_token_access_check, token, sddl, &request);
    assert_int_equal(result.granted, 0);
    assert_int_equal(result.rule, TSR_RULE_CENTRAL_POLICY);
    policy.n_rules = 0;
    assert_int_equal(run(tsr_token_access_check, token, sddl, &request).granted, FR);
    policy.sid.sub_authorities[0] = 2;
    assert_int_equal(run(tsr_token_access_check, token, sddl, &request).granted, 0);
    tsr_token_unref(token);
}

static void privileges_are_used_only_for_rights_that_are_granted(void **state)
{
    const tsr_privilege_state take = {SE_TAKE_OWNERSHIP_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    const tsr_sid package = sid_of(PACKAGE);
    const tsr_token_spec spec = {
        .user = IN_DOMAIN(1001), .privileges = &take, .n_privileges = 1, .package = &package};
    const tsr_access_request request = {.desired = MAXIMUM_ALLOWED, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = token_of_spec(&spec);
    tsr_access_result result;

    (void)state;

    /* The package is not allowed to own, so nothing came of the privilege. */
    result =
        run(tsr_token_access_check, token, "D:(A;;FA;;;" ALICE ")(A;;FR;;;" PACKAGE ")", &request);
    assert_int_equal(result.granted, FILE_GENERIC_READ);
    assert_int_equal(result.privileges_used, 0);
    result =
        run(tsr_token_access_check, token, "D:(A;;FA;;;" ALICE ")(A;;FA;;;" PACKAGE ")", &request);
    assert_int_equal(result.privileges_used, TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE));
    tsr_token_unref(token);
}

static void every_pass_of_a_rule_counts_for_a_refused_type(void **state)
{
    const tsr_sid user = sid_of(ALICE);
    const tsr_sid everyone = sid_of(EVERYONE);
    const tsr_group group = {everyone, TSR_GROUP_ORDINARY};
    const tsr_token_spec spec = {.user = user,
                                 .groups = &group,
                                 .n_groups = 1,
                                 .restricting = &everyone,
                                 .n_restricting = 1};
    tsr_object_type type = {0};
    tsr_acl_builder builder = {0};
    tsr_central_rule rule = {0};
    tsr_central_policy policy = {.sid = {17, 1, {1}}, .rules = &rule, .n_rules = 1};
    tsr_access_request request = {.desired = FR | FW,
                                  .mapping = TSR_FILE_MAPPING,
                                  .types = &type,
                                  .n_types = 1,
                                  .result_list = true,
                                  .policies = &policy,
                                  .n_policies = 1};
    uint8_t *bytes = NULL;
    tsr_token *token = token_of_spec(&spec);

    (void)state;

    /* The rule allows reading to the user, but not to the restricting SID. */
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, FR, &user);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &rule.dacl));
    (void)run(tsr_token_access_check, token, "O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;S-1-17-1)", &request);
    assert_int_equal(type.status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(type.granted, 0);
    free(bytes);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_and_groups_match_as_their_attributes_say),
        cmocka_unit_test(a_group_named_twice_counts_as_its_stricter_entry),
        cmocka_unit_test(only_enabled_privileges_count),
        cmocka_unit_test(integrity_and_its_policy_come_from_the_token),
        cmocka_unit_test(neither_type_nor_level_is_looked_at),
        cmocka_unit_test(every_member_of_the_request_reaches_the_check),
        cmocka_unit_test(without_a_substitute_principal_self_is_a_sid_like_any_other),
        cmocka_unit_test(the_system_call_has_rules_of_its_own_in_front),
        cmocka_unit_test(opens_and_the_system_call_ask_for_other_levels),
        cmocka_unit_test(the_level_is_looked_at_before_the_descriptor),
        cmocka_unit_test(the_inner_check_maps_generic_rights_and_needs_no_owner),
        cmocka_unit_test(a_package_must_be_allowed_as_well),
        cmocka_unit_test(conditions_see_claims_and_device_of_the_token),
        cmocka_unit_test(the_restricted_pass_asks_the_restricting_devices),
        cmocka_unit_test(object_types_have_their_own_answers_in_a_result_list),
        cmocka_unit_test(lists_of_types_that_are_none_refuse_every_type),
        cmocka_unit_test(the_system_call_refuses_every_type_too),
        cmocka_unit_test(central_policies_of_the_request_are_applied),
        cmocka_unit_test(privileges_are_used_only_for_rights_that_are_granted),
        cmocka_unit_test(every_pass_of_a_rule_counts_for_a_refused_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
