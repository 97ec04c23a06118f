/* SPDX-License-Identifier: MIT */
/* Tests of what a check tells its sink. */

#include <string.h>

#include <support/trace-replay.h>

#include "token/test-fixtures.h"
#include "token/token.h"

#define FR FILE_READ_DATA
#define FW FILE_WRITE_DATA

#define EVENTS_MAX 64

struct heard {
    tsr_trace_event events[EVENTS_MAX];
    size_t n;
};

static void hear(void *context, const tsr_trace_event *event)
{
    struct heard *heard = context;

    assert_true(heard->n < EVENTS_MAX);
    heard->events[heard->n++] = *event;
}

/* What a check by @token of SDDL tells. */
static struct heard told(const tsr_token *token, const char *sddl, tsr_access_request *request)
{
    struct heard heard = {0};
    const tsr_trace trace = {.event = hear, .context = &heard};
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    request->trace = &trace;
    (void)tsr_token_access_check(token, &sd, request);
    request->trace = NULL;
    free(bytes);
    return heard;
}

/* The first event of a step; fails where there is none. */
static const tsr_trace_event *first(const struct heard *heard, tsr_trace_step step)
{
    for (size_t i = 0; i < heard->n; i++) {
        if (heard->events[i].step == step) {
            return &heard->events[i];
        }
    }
    fail_msg("no event of step %d", step);
    return NULL;
}

static size_t count(const struct heard *heard, tsr_trace_step step)
{
    size_t n = 0;

    for (size_t i = 0; i < heard->n; i++) {
        n += heard->events[i].step == step;
    }
    return n;
}

/* An entry of the DACL, and what becomes of it when alice asks to read. */
static const struct {
    const char *what;
    const char *ace;
    tsr_trace_reason reason;
    tsr_trace_truth truth;
    uint32_t decided;
} entries[] = {
    {"allow", "(A;;FA;;;" ALICE ")", TSR_TRACE_APPLIED, TSR_TRACE_NO_CONDITION, FR},
    {"deny", "(D;;FA;;;" ALICE ")", TSR_TRACE_APPLIED, TSR_TRACE_NO_CONDITION, FR},
    {"other rights", "(A;;0x2;;;" ALICE ")", TSR_TRACE_APPLIED, TSR_TRACE_NO_CONDITION, 0},
    {"a stranger's", "(A;;FA;;;" STRANGER ")", TSR_TRACE_NO_MATCH, TSR_TRACE_NO_CONDITION, 0},
    {"inherit-only", "(A;CIIO;FA;;;" ALICE ")", TSR_TRACE_INHERIT_ONLY, TSR_TRACE_NO_CONDITION, 0},
    {"true condition", "(XA;;FA;;;" ALICE ";(Member_of {SID(" ALICE ")}))", TSR_TRACE_APPLIED,
     TSR_TRACE_TRUE, FR},
    {"false condition", "(XA;;FA;;;" ALICE ";(Member_of {SID(SY)}))", TSR_TRACE_CONDITION,
     TSR_TRACE_FALSE, 0},
    {"unknown condition, allow", "(XA;;FA;;;" ALICE ";(@User.x == 1))", TSR_TRACE_CONDITION,
     TSR_TRACE_UNKNOWN, 0},
    {"unknown condition, deny", "(XD;;FA;;;" ALICE ";(@User.x == 1))", TSR_TRACE_APPLIED,
     TSR_TRACE_UNKNOWN, FR},
    {"another type", "(OA;;FA;00000001-0000-0000-0000-000000000000;;" ALICE ")",
     TSR_TRACE_OTHER_TYPE, TSR_TRACE_NO_CONDITION, 0},
    {"nobody's", "(A;;FA;;;OW)", TSR_TRACE_NO_MATCH, TSR_TRACE_NO_CONDITION, 0},
};

static void each_entry_is_told_with_what_became_of_it(void **state)
{
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
        const tsr_trace_event *event;
        struct heard heard;
        char sddl[256];

        snprintf(sddl, sizeof(sddl), "O:SYG:SYD:%s(A;;0x1;;;SY)", entries[i].ace);
        heard = told(token, sddl, &request);
        event = first(&heard, TSR_TRACE_ACE);
        if (event->reason != entries[i].reason || event->truth != entries[i].truth ||
            event->decided != entries[i].decided || event->ace_index != 0) {
            fail_msg("%s: reason %d, truth %d, decided %#x", entries[i].what, event->reason,
                     event->truth, event->decided);
        }
        /* What follows a decision is not reached, and not told. */
        assert_int_equal(count(&heard, TSR_TRACE_ACE), entries[i].decided ? 1 : 2);
    }
    tsr_token_unref(token);
}

static void deny_only_groups_say_why_they_do_not_allow(void **state)
{
    const tsr_group group = {sid_of(G1), SE_GROUP_USE_FOR_DENY_ONLY};
    const tsr_token_spec spec = {.user = IN_DOMAIN(1001), .groups = &group, .n_groups = 1};
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = token_of_spec(&spec);
    struct heard heard = told(token, "O:SYG:SYD:(A;;FA;;;" G1 ")", &request);

    (void)state;

    assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_DENY_ONLY);
    heard = told(token, "O:SYG:SYD:(D;;FA;;;" G1 ")", &request);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_APPLIED);
    request.desired = READ_CONTROL;
    heard = told(token, "O:" G1 "G:SYD:", &request);
    assert_int_equal(first(&heard, TSR_TRACE_OWNER)->reason, TSR_TRACE_NOT_OWNER);
    tsr_token_unref(token);
}

static void the_rights_of_an_entry_are_told_as_the_type_has_them(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    const struct heard heard = told(token, "O:SYG:SYD:(A;OICI;GR;;;" ALICE ")", &request);

    (void)state;

    assert_int_equal(first(&heard, TSR_TRACE_ACE)->rights, FILE_GENERIC_READ);
    tsr_token_unref(token);
}

static void entries_about_types_that_are_not_asked_about_say_so(void **state)
{
#define ALIEN "00000009-0000-0000-0000-000000000000"
    static const char *const aces[] = {
        "(OA;;FA;" ALIEN ";;" ALICE ")", "(OD;;FA;" ALIEN ";;" ALICE ")",
        "(ZA;;FA;" ALIEN ";;" ALICE ";(Member_of {SID(" ALICE ")}))"};
    tsr_object_type types[] = {{.level = 0, .guid = {1}}};
    tsr_access_request request = {
        .desired = FR, .mapping = TSR_FILE_MAPPING, .types = types, .n_types = ARRAY_SIZE(types)};
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(aces); i++) {
        struct heard heard;
        char sddl[256];

        snprintf(sddl, sizeof(sddl), "O:SYG:SYD:%s", aces[i]);
        heard = told(token, sddl, &request);
        assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_OTHER_TYPE);
    }
    tsr_token_unref(token);
}

/* Put an encoded ACE into a DACL of its own, of an object without owner, and hear what a check of
 * reading tells of it. */
static struct heard told_of_encoded(const tsr_token *token, const uint8_t *ace, size_t size,
                                    tsr_access_request *request)
{
    struct heard heard = {0};
    const tsr_trace trace = {.event = hear, .context = &heard};
    tsr_sd_parts parts = {.has_dacl = true};
    tsr_acl_builder builder = {0};
    uint8_t *acl_bytes = NULL;
    uint8_t *bytes = NULL;
    size_t sd_size;
    tsr_sd sd;

    tsr_acl_builder_add_encoded(&builder, ace, size);
    expect_ok(tsr_acl_builder_finish(&builder, &acl_bytes, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &bytes, &sd_size));
    expect_ok(tsr_sd_view(bytes, sd_size, &sd));
    request->trace = &trace;
    (void)tsr_token_access_check(token, &sd, request);
    request->trace = NULL;
    free(bytes);
    free(acl_bytes);
    return heard;
}

/* Append a SID to an ACE being made. */
static void put_sid(uint8_t *ace, size_t *size, const char *text)
{
    const tsr_sid sid = sid_of(text);
    size_t sid_size;

    expect_ok(tsr_sid_encode(&sid, ace + *size, TSR_SID_SIZE_MAX, &sid_size));
    *size += sid_size;
}

static void a_compound_entry_says_whether_both_sids_match(void **state)
{
    static const struct {
        const char *server;
        const char *client;
        tsr_trace_reason reason;
    } table[] = {
        {ALICE, EVERYONE, TSR_TRACE_APPLIED},
        {STRANGER, ALICE, TSR_TRACE_NO_MATCH},
        {ALICE, STRANGER, TSR_TRACE_NO_MATCH},
        {"S-1-3-4", ALICE, TSR_TRACE_NO_MATCH}, /* There is no owner. */
    };
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        uint8_t ace[12 + 2 * TSR_SID_SIZE_MAX] = {
            ACCESS_ALLOWED_COMPOUND_ACE_TYPE, 0, 0, 0, FR, 0, 0, 0, 1, 0, 0, 0};
        size_t size = 12;
        struct heard heard;

        put_sid(ace, &size, table[i].server);
        put_sid(ace, &size, table[i].client);
        ace[2] = (uint8_t)size;
        heard = told_of_encoded(token, ace, size, &request);
        assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, table[i].reason);
    }
    tsr_token_unref(token);
}

static void conditional_object_entries_say_what_their_condition_came_to(void **state)
{
    static const struct {
        uint8_t type;
        const char *condition; /* which does not begin like one: UNKNOWN */
        tsr_trace_truth truth;
    } table[] = {
        {ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE, "nope", TSR_TRACE_UNKNOWN},
        {ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE, "nope", TSR_TRACE_UNKNOWN},
        {ACCESS_ALLOWED_OBJECT_ACE_TYPE, "nope", TSR_TRACE_NO_CONDITION},
    };
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        uint8_t ace[16 + TSR_SID_SIZE_MAX] = {table[i].type, 0, 0, 0, FR};
        size_t size = 12;
        struct heard heard;

        put_sid(ace, &size, ALICE);
        memcpy(ace + size, table[i].condition, 4);
        size += 4;
        ace[2] = (uint8_t)size;
        heard = told_of_encoded(token, ace, size, &request);
        assert_int_equal(first(&heard, TSR_TRACE_ACE)->truth, table[i].truth);
    }
    tsr_token_unref(token);
}

static void entries_for_an_owner_that_is_not_there_match_nobody(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    struct heard heard = told(token, "G:SYD:(A;;FR;;;OW)", &request);

    (void)state;

    assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_NO_MATCH);
    tsr_token_unref(token);
}

static void an_entry_that_is_not_about_access_names_no_rights(void **state)
{
    uint8_t ace[8 + TSR_SID_SIZE_MAX] = {SYSTEM_AUDIT_ACE_TYPE, 0, 0, 0, FR};
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    struct heard heard;
    size_t size = 8;

    (void)state;

    put_sid(ace, &size, ALICE);
    ace[2] = (uint8_t)size;
    heard = told_of_encoded(token, ace, size, &request);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_NOT_FOR_ACCESS);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->rights, 0);
    tsr_token_unref(token);
}

static void a_conditional_denial_of_another_type_says_so(void **state)
{
    uint8_t ace[32 + TSR_SID_SIZE_MAX] = {
        ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE, 0, 0, 0, FR, 0, 0, 0, ACE_OBJECT_TYPE_PRESENT};
    tsr_object_type types[] = {{.level = 0, .guid = {1}}};
    tsr_access_request request = {
        .desired = FR, .mapping = TSR_FILE_MAPPING, .types = types, .n_types = ARRAY_SIZE(types)};
    tsr_token *token = alice();
    struct heard heard;
    size_t size = 28;

    (void)state;

    ace[12] = 9;
    put_sid(ace, &size, ALICE);
    ace[2] = (uint8_t)size;
    heard = told_of_encoded(token, ace, size, &request);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->reason, TSR_TRACE_OTHER_TYPE);
    tsr_token_unref(token);
}

static void what_is_open_is_told_of_the_object_and_what_is_allowed_of_every_type(void **state)
{
    tsr_object_type types[] = {
        {.level = 0, .guid = {1}}, {.level = 1, .guid = {2}}, {.level = 1, .guid = {3}}};
    tsr_access_request request = {.desired = FR | READ_CONTROL,
                                  .mapping = TSR_FILE_MAPPING,
                                  .types = types,
                                  .n_types = ARRAY_SIZE(types),
                                  .result_list = true};
    tsr_token *token = alice();
    const struct heard heard = told(token,
                                    "O:" ALICE "G:SYD:(A;;FA;;;" STRANGER
                                    ")(OA;;0x1;00000002-0000-0000-0000-000000000000;;" ALICE ")",
                                    &request);
    const tsr_trace_event *node = first(&heard, TSR_TRACE_NODE);

    (void)state;

    assert_int_equal(first(&heard, TSR_TRACE_OWNER)->open, FR);
    assert_true(first(&heard, TSR_TRACE_OWNER)->allowed);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->decided, 0);
    /* The stranger's entry decided nothing, so types are told once, after the second. */
    assert_int_equal(count(&heard, TSR_TRACE_NODE), ARRAY_SIZE(types));
    assert_int_equal((node - 1)->step, TSR_TRACE_ACE);
    assert_int_equal((node - 1)->open, FR);
    assert_true(node->allowed && node[1].allowed);
    assert_int_equal(node[0].open, FR);
    assert_int_equal(node[1].open, 0);
    assert_int_equal(node[1].decided, FR | READ_CONTROL);
    tsr_token_unref(token);
}

static void types_are_not_told_where_none_were_asked_about(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    const struct heard heard = told(token, "O:SYG:SYD:(A;;FA;;;" ALICE ")", &request);

    (void)state;

    assert_int_equal(count(&heard, TSR_TRACE_NODE), 0);
    assert_int_equal(first(&heard, TSR_TRACE_ACE)->open, 0);
    tsr_token_unref(token);
}

static void the_owner_is_told_only_where_it_matters(void **state)
{
    static const struct {
        const char *sddl;
        tsr_trace_reason reason;
    } table[] = {
        {"O:" ALICE "G:SYD:", TSR_TRACE_APPLIED},
        {"O:SYG:SYD:", TSR_TRACE_NOT_OWNER},
        {"G:SYD:", TSR_TRACE_NOT_OWNER},
        {"O:" ALICE "G:SYD:(A;;0x1;;;OW)", TSR_TRACE_OWNER_RIGHTS},
    };
    tsr_access_request request = {.desired = READ_CONTROL, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    struct heard heard;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        heard = told(token, table[i].sddl, &request);
        assert_int_equal(first(&heard, TSR_TRACE_OWNER)->reason, table[i].reason);
    }
    request.desired = FR;
    heard = told(token, table[0].sddl, &request);
    assert_int_equal(count(&heard, TSR_TRACE_OWNER), 0);
    tsr_token_unref(token);
}

/* Covers AC-4-1. */
static void mandatory_stages_are_told_in_order_up_to_the_refusal(void **state)
{
    static const char sddl[] = "O:SYG:SYD:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)(ML;;NW;;;HI)"
                               "(FL;;0x3;;;WD;(@User.x == 1))(TL;;0x1f01ff;;;S-1-19-512-1)";
    tsr_access_request request = {.desired = FW, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    const struct heard heard = told(token, sddl, &request);

    (void)state;

    assert_int_equal(heard.n, 4);
    assert_int_equal(heard.events[0].step, TSR_TRACE_REQUEST);
    assert_int_equal(heard.events[0].rights, FW);
    assert_int_equal(heard.events[1].step, TSR_TRACE_PROCESS_TRUST);
    assert_int_equal(heard.events[1].ace_index, 3);
    assert_int_equal(heard.events[2].step, TSR_TRACE_ACCESS_FILTER);
    assert_int_equal(heard.events[2].ace_index, 2);
    assert_int_equal(heard.events[2].truth, TSR_TRACE_UNKNOWN);
    assert_int_equal(heard.events[3].step, TSR_TRACE_INTEGRITY);
    assert_int_equal(heard.events[3].ace_index, 1);
    assert_int_equal(heard.events[3].rights & FW, 0);
    tsr_token_unref(token);
}

static void an_object_without_a_label_is_told_so(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice();
    const struct heard heard = told(token, "O:SYG:SYD:(A;;FA;;;WD)", &request);

    (void)state;

    assert_int_equal(first(&heard, TSR_TRACE_INTEGRITY)->ace_index, TSR_TRACE_NO_ACE);
    assert_int_equal(first(&heard, TSR_TRACE_PROCESS_TRUST)->ace_index, TSR_TRACE_NO_ACE);
    assert_int_equal(count(&heard, TSR_TRACE_ACCESS_FILTER), 0);
    tsr_token_unref(token);
}

static void packages_are_told_what_they_are_not_given(void **state)
{
    tsr_access_request request = {.desired = FR, .mapping = TSR_FILE_MAPPING};
    tsr_token *token = alice_contained(false);
    struct heard heard = told(token, "O:SYG:SY", &request);

    (void)state;

    assert_int_equal(count(&heard, TSR_TRACE_NO_DACL), 2);
    assert_int_equal(first(&heard, TSR_TRACE_NO_DACL)->reason, TSR_TRACE_APPLIED);
    assert_int_equal(first(&heard, TSR_TRACE_NO_DACL)->open, 0);
    assert_int_equal(heard.events[heard.n - 2].reason, TSR_TRACE_NOT_PACKAGES);
    assert_int_equal(heard.events[heard.n - 2].open, FR);
    assert_int_equal(heard.events[heard.n - 1].rights, 0);

    heard = told(token,
                 "O:SYG:SYD:(A;;FA;;;" ALICE
                 ")(OA;;FA;00000001-0000-0000-0000-000000000000;;" PACKAGE ")",
                 &request);
    assert_int_equal(heard.events[heard.n - 2].pass, TSR_PASS_PACKAGE);
    assert_int_equal(heard.events[heard.n - 2].reason, TSR_TRACE_NOT_PACKAGES);
    tsr_token_unref(token);
}

/* Questions whose answers are worked out again from the events alone. */
static const struct {
    const char *sddl;
    uint32_t desired;
} questions[] = {
    {"O:SYG:SYD:(A;;FR;;;" ALICE ")", GENERIC_READ},
    {"O:SYG:SYD:(A;;FR;;;" ALICE ")", GENERIC_READ | FW},
    {"O:SYG:SYD:(A;;FR;;;" ALICE ")(D;;0x1;;;" ALICE ")(A;;0x6;;;" ALICE ")", MAXIMUM_ALLOWED},
    {"O:" ALICE "G:SYD:(D;;FA;;;" ALICE ")", MAXIMUM_ALLOWED},
    {"O:SYG:SYD:(A;;FA;;;" ALICE ")S:(ML;;NWNR;;;HI)", MAXIMUM_ALLOWED},
    {"O:SYG:SYD:(A;;FA;;;" ALICE ")S:(SP;;;;;S-1-17-1)", FR},
    {"O:SYG:SYD:(A;;FA;;;" ALICE ")S:(SP;;;;;S-1-17-2)", FR},
    {"O:" ALICE "G:SYD:(A;;FA;;;" ALICE ")S:(SP;;;;;S-1-17-2)", READ_CONTROL},
    {"O:SYG:SYD:(A;;FA;;;" PACKAGE ")(A;;FA;;;" ALICE ")", FR},
    {"O:SYG:SY", FW},
    {"O:SYG:SYD:(A;;FA;;;" ALICE ")", ACCESS_SYSTEM_SECURITY},
    {"O:SYG:SYD:(A;;FA;;;" ALICE ")", 0},
    {"O:SYG:SYD:(OA;;0x3;00000002-0000-0000-0000-000000000000;;" ALICE
     ")(OD;;0x2;00000003-0000-0000-0000-000000000000;;" ALICE ")(A;;0x3;;;" ALICE ")",
     MAXIMUM_ALLOWED},
};

static void expect_replayed(const tsr_token *token, const tsr_sd *sd, tsr_access_request *request)
{
    struct replay replay;
    tsr_access_result result;
    tsr_trace trace;

    replay_begin(&replay, request, &trace);
    result = tsr_token_access_check(token, sd, request);
    assert_true(replay.n_events > 0);
    assert_int_equal(result.granted, replay_answer(&replay, 0));
    for (size_t i = 0; i < request->n_types && request->result_list; i++) {
        if (tsr_ok(request->types[i].status)) {
            assert_int_equal(request->types[i].granted, replay_answer(&replay, i));
        } else {
            assert_int_equal(replay_answer(&replay, i), 0);
        }
    }
}

static void the_decision_follows_from_the_events_alone(void **state)
{
    static const uint8_t closed_bytes[] = {2, 0, 8, 0, 0, 0, 0, 0};
    const tsr_central_rule rules[] = {{.dacl = {0}}, {.dacl = {closed_bytes, 8, 0}}};
    const tsr_central_policy policies[] = {{.sid = {17, 1, {1}}, .rules = rules, .n_rules = 2}};
    tsr_object_type types[] = {
        {.level = 0, .guid = {1}}, {.level = 1, .guid = {2}}, {.level = 1, .guid = {3}}};
    tsr_token *const tokens[] = {alice(), alice_contained(false), alice_limited()};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(questions) * ARRAY_SIZE(tokens) * 4; i++) {
        const size_t kind = i % 4;
        tsr_access_request request = {
            .desired = questions[i / 4 % ARRAY_SIZE(questions)].desired,
            .mapping = TSR_FILE_MAPPING,
            .previously_granted = kind == 3 ? DELETE : 0,
            .types = kind & 1 ? types : NULL,
            .n_types = kind & 1 ? ARRAY_SIZE(types) : 0,
            .result_list = kind == 3,
            .policies = policies,
            .n_policies = ARRAY_SIZE(policies),
        };
        uint8_t *bytes = NULL;
        size_t size;
        tsr_sd sd;

        expect_ok(tsr_sddl_parse(questions[i / 4 % ARRAY_SIZE(questions)].sddl, NULL, &bytes, &size,
                                 NULL));
        expect_ok(tsr_sd_view(bytes, size, &sd));
        expect_replayed(tokens[i / 4 / ARRAY_SIZE(questions)], &sd, &request);
        free(bytes);
    }
    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        tsr_token_unref(tokens[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_is_told_with_what_became_of_it),
        cmocka_unit_test(deny_only_groups_say_why_they_do_not_allow),
        cmocka_unit_test(the_rights_of_an_entry_are_told_as_the_type_has_them),
        cmocka_unit_test(entries_about_types_that_are_not_asked_about_say_so),
        cmocka_unit_test(a_compound_entry_says_whether_both_sids_match),
        cmocka_unit_test(conditional_object_entries_say_what_their_condition_came_to),
        cmocka_unit_test(entries_for_an_owner_that_is_not_there_match_nobody),
        cmocka_unit_test(an_entry_that_is_not_about_access_names_no_rights),
        cmocka_unit_test(a_conditional_denial_of_another_type_says_so),
        cmocka_unit_test(what_is_open_is_told_of_the_object_and_what_is_allowed_of_every_type),
        cmocka_unit_test(types_are_not_told_where_none_were_asked_about),
        cmocka_unit_test(the_owner_is_told_only_where_it_matters),
        cmocka_unit_test(mandatory_stages_are_told_in_order_up_to_the_refusal),
        cmocka_unit_test(an_object_without_a_label_is_told_so),
        cmocka_unit_test(packages_are_told_what_they_are_not_given),
        cmocka_unit_test(the_decision_follows_from_the_events_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
