/* SPDX-License-Identifier: MIT */
/* Tests of the services that audit. */

#include "object/audit.h"

#include "object/test-scene.h"
#include "object/test-trail.h"
#include "token/test-allocation.h"

#define TEXT(literal_) ((struct audit_text){u"" literal_, sizeof(u"" literal_) / 2 - 1})

#define ROOT "00000009-0000-0000-0000-000000000000"
#define ONE  "00000001-0000-0000-0000-000000000000"
#define TWO  "00000002-0000-0000-0000-000000000000"

static struct trail trail;

static int begin(void **state)
{
    (void)state;
    be(alice_with(SE_AUDIT_PRIVILEGE));
    trail = trail_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    revert(this_thread());
    expect_ok(tsr_audit_log_set_policy(0));
    trail_end(&trail);
    return 0;
}

static const struct audit_object door = {
    .subsystem = {u"house", 5},
    .type = {u"Door", 4},
    .name = {u"front", 5},
    .handle = 0x1234,
};

/* How many allocations the audit itself may make. */
static size_t n_allocations_given = SIZE_MAX;

/* A decision about @client as a check makes it. */
struct question {
    tsr_token *client; /* owned */
    const char *sddl;
    tsr_access_request request;
    uint32_t policy;
    const struct audit_object *object;
};

static tsr_status ask(const struct question *question, bool *ret_generate)
{
    tsr_access_result result;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(question->sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = tsr_token_access_check(question->client, &sd, &question->request);
    n_allocations_left = n_allocations_given;
    status = audit_decision(question->object ? question->object : &door,
                            &(struct audit_decision){
                                .client = question->client,
                                .sd = &sd,
                                .request = &question->request,
                                .result = &result,
                                .privileges = result.privileges_used,
                                .policy = question->policy,
                            },
                            ret_generate);
    n_allocations_left = SIZE_MAX;
    free(bytes);
    return status;
}

/* The same where the trail takes what is written. @return whether its end is to be written too */
static bool audited(const struct question *question)
{
    bool generate = false;

    expect_ok(ask(question, &generate));
    (void)tsr_token_unref(question->client);
    return generate;
}

static const tsr_access_request reading = {.desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING};
static const tsr_access_request anything = {.desired = MAXIMUM_ALLOWED,
                                            .mapping = TSR_FILE_MAPPING};
static const tsr_access_request security = {.desired = ACCESS_SYSTEM_SECURITY,
                                            .mapping = TSR_FILE_MAPPING};

static void a_success_is_written_where_its_ace_says_so(void **state)
{
    json_t *event;
    (void)state;

    assert_true(audited(&(struct question){
        .client = impersonating(bob(), TSR_LEVEL_IDENTIFICATION),
        .sddl = "O:SYG:SYD:(A;;FR;;;WD)S:(AU;FA;FA;;;WD)(AU;SA;FR;;;" BOB ")(AU;SA;FA;;;WD)",
        .request = anything,
    }));

    event = trail_event(&trail);
    expect_event(event, 4656, true);
    expect_text(event, "subsystem", "house");
    expect_text(event, "object_type", "Door");
    expect_text(event, "object_name", "front");
    expect_text(event, "handle", "0x1234");
    expect_text(event, "desired", "0x02000000");
    expect_text(event, "granted", "0x00120089");
    expect_text(event, "cause", "ace");
    expect_number(event, "ace", 1);
    expect_text(event, "rights", "0x00120089");
    expect_text(event, "primary", ALICE);
    expect_text(event, "client", BOB);
    expect_text(event, "level", "identification");
    json_decref(event);
}

/* Covers AC-13-15, AC-13-16. */
static void a_failure_has_no_handle_and_nothing_to_close(void **state)
{
    json_t *event;
    (void)state;

    assert_false(audited(&(struct question){
        .client = impersonating(bob(), TSR_LEVEL_IMPERSONATION),
        .sddl = "O:SYG:SYD:S:(AU;SAFA;FR;;;WD)",
        .request = reading,
    }));

    event = trail_event(&trail);
    expect_event(event, 4656, false);
    expect_text(event, "handle", NULL);
    expect_text(event, "desired", "0x00000001");
    expect_text(event, "granted", "0x00000000");
    expect_number(event, "ace", 0);
    json_decref(event);
}

static void what_nobody_asks_for_is_not_written(void **state)
{
    static const char *const rows[] = {
        "O:SYG:SYD:(A;;FR;;;WD)",
        "O:SYG:SYD:(A;;FR;;;WD)S:(AU;FA;FA;;;WD)",
        "O:SYG:SYD:(A;;FR;;;WD)S:(AU;SA;FA;;;" STRANGER ")",
        "O:SYG:SYD:S:(AU;SA;FA;;;WD)",
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_false(
            audited(&(struct question){.client = bob(), .sddl = rows[i], .request = reading}));
        expect_silence(&trail);
    }
}

static void a_new_object_and_one_of_a_directory_are_told_as_such(void **state)
{
    struct audit_object object = door;
    json_t *event;
    (void)state;

    object.created = true;
    object.in_directory = true;
    assert_true(audited(&(struct question){
        .client = bob(),
        .sddl = "O:SYG:SYD:(A;;FR;;;WD)S:(AU;SA;FA;;;WD)",
        .request = reading,
        .object = &object,
    }));

    event = trail_event(&trail);
    expect_event(event, 4662, true);
    assert_true(json_is_true(json_object_get(event, "created")));
    expect_text(event, "level", NULL); /* bob's is a primary token */
    json_decref(event);
}

static void the_policy_of_objects_needs_no_sacl(void **state)
{
    struct question question = {
        .sddl = "O:SYG:SYD:(A;;FR;;;WD)",
        .request = reading,
        .policy = TSR_AUDIT_OBJECT_SUCCESS,
    };
    json_t *event;
    (void)state;

    question.client = bob();
    assert_true(audited(&question));
    event = trail_event(&trail);
    expect_event(event, 4656, true);
    expect_text(event, "cause", "policy");
    expect_number(event, "ace", -1);
    json_decref(event);

    question.client = bob();
    question.policy = TSR_AUDIT_OBJECT_FAILURE;
    assert_false(audited(&question));
    expect_silence(&trail);
}

static void a_privilege_that_was_used_is_told_with_the_ace(void **state)
{
    const json_t *privileges;
    json_t *event;
    (void)state;

    assert_true(audited(&(struct question){
        .client = alice_with(SE_SECURITY_PRIVILEGE),
        .sddl = "O:SYG:SYD:S:(AU;SA;0x1000000;;;WD)",
        .request = security,
    }));

    event = trail_event(&trail);
    expect_event(event, 4656, true);
    privileges = json_object_get(event, "privileges");
    assert_int_equal(json_array_size(privileges), 1);
    assert_string_equal(json_string_value(json_array_get(privileges, 0)), "SeSecurityPrivilege");
    json_decref(event);
}

static void the_policy_of_privileges_has_events_of_its_own(void **state)
{
    const uint32_t policy = TSR_AUDIT_PRIVILEGE_SUCCESS | TSR_AUDIT_PRIVILEGE_FAILURE;
    const tsr_access_request both = {.desired =
                                         ACCESS_SYSTEM_SECURITY | WRITE_OWNER | FILE_READ_DATA,
                                     .mapping = TSR_FILE_MAPPING};
    json_t *event;
    (void)state;

    assert_true(audited(&(struct question){.client = alice_with(SE_SECURITY_PRIVILEGE),
                                           .sddl = "O:SYG:SYD:",
                                           .request = security,
                                           .policy = policy}));
    event = trail_event(&trail);
    expect_event(event, 4674, true);
    expect_text(event, "cause", "privilege");
    expect_text(event, "rights", "0x01000000");
    assert_string_equal(json_string_value(json_array_get(json_object_get(event, "privileges"), 0)),
                        "SeSecurityPrivilege");
    json_decref(event);

    assert_false(audited(&(struct question){.client = alice_with(SE_TAKE_OWNERSHIP_PRIVILEGE),
                                            .sddl = "O:SYG:SYD:",
                                            .request = both,
                                            .policy = policy}));
    event = trail_event(&trail);
    expect_event(event, 4674, false);
    expect_text(event, "granted", "0x00000000");
    json_decref(event);
}

static void a_result_list_may_succeed_and_fail(void **state)
{
    tsr_object_type types[] = {
        {.level = 0, .guid = {9}}, {.level = 1, .guid = {1}}, {.level = 1, .guid = {2}}};
    json_t *events;
    (void)state;

    assert_true(audited(&(struct question){
        .client = bob(),
        .sddl = "O:SYG:SYD:(OA;;DC;" ONE ";;WD)"
                "S:(OU;FA;DC;" ONE ";;WD)(OU;SA;DC;" ONE ";;WD)(OU;SAFA;DC;" TWO ";;WD)",
        .request = {.desired = 2,
                    .mapping = TSR_FILE_MAPPING,
                    .types = types,
                    .n_types = ARRAY_SIZE(types),
                    .result_list = true},
    }));

    events = trail_read(&trail);
    assert_int_equal(json_array_size(events), 2);
    expect_event(json_array_get(events, 0), 4656, false);
    expect_number(json_array_get(events, 0), "ace", 2);
    expect_text(json_array_get(events, 0), "granted", "0x00000000");
    expect_event(json_array_get(events, 1), 4656, true);
    expect_number(json_array_get(events, 1), "ace", 1);
    expect_text(json_array_get(events, 1), "granted", "0x00000002");
    json_decref(events);
}

/* The first type counts, and none that is behind the list. */
static void a_result_list_of_one_type_grants_what_that_does(void **state)
{
    tsr_object_type types[] = {{.level = 0, .guid = {9}}, {.granted = FILE_EXECUTE}};
    json_t *event;
    (void)state;

    assert_true(audited(&(struct question){
        .client = bob(),
        .sddl = "O:SYG:SYD:(A;;DC;;;WD)S:(AU;SA;DC;;;WD)",
        .request = {.desired = 2,
                    .mapping = TSR_FILE_MAPPING,
                    .types = types,
                    .n_types = 1,
                    .result_list = true},
    }));

    event = trail_event(&trail);
    expect_event(event, 4656, true);
    expect_text(event, "granted", "0x00000002");
    json_decref(event);
}

static tsr_token *alice_of_all_files(void)
{
    const tsr_privilege_state privileges[] = {{SE_SECURITY_PRIVILEGE, HELD},
                                              {SE_TAKE_OWNERSHIP_PRIVILEGE, HELD}};
    tsr_token_spec spec = alice_spec();

    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    spec.integrity = &fixture_high;
    return token_of_spec(&spec);
}

/* Of two that were used for something that failed in the end, and of two that were enough. */
static void one_event_names_all_privileges_of_its_outcome(void **state)
{
    const struct {
        uint32_t desired;
        bool success;
    } rows[] = {
        {ACCESS_SYSTEM_SECURITY | WRITE_OWNER, true},
        {ACCESS_SYSTEM_SECURITY | WRITE_OWNER | FILE_READ_DATA, false},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const json_t *privileges;
        json_t *event;

        assert_int_equal(audited(&(struct question){
                             .client = alice_of_all_files(),
                             .sddl = "O:SYG:SYD:",
                             .request = {.desired = rows[i].desired, .mapping = TSR_FILE_MAPPING},
                             .policy = TSR_AUDIT_PRIVILEGE_SUCCESS | TSR_AUDIT_PRIVILEGE_FAILURE}),
                         rows[i].success);
        event = trail_event(&trail);
        expect_event(event, 4674, rows[i].success);
        privileges = json_object_get(event, "privileges");
        assert_int_equal(json_array_size(privileges), 2);
        assert_string_equal(json_string_value(json_array_get(privileges, 0)),
                            "SeSecurityPrivilege");
        assert_string_equal(json_string_value(json_array_get(privileges, 1)),
                            "SeTakeOwnershipPrivilege");
        json_decref(event);
    }
}

static void an_event_that_cannot_be_written_leaves_the_output_alone(void **state)
{
    const struct question question = {
        .client = bob(),
        .sddl = "O:SYG:SYD:(A;;FR;;;WD)S:(AU;SA;FA;;;WD)",
        .request = reading,
    };
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    bool generate = false;
    size_t n = 0;
    (void)state;

    expect_ok(tsr_audit_log_to_fd(full));
    expect_status(STATUS_DISK_FULL, ask(&question, &generate));
    assert_false(generate);
    expect_ok(tsr_audit_log_to_fd(trail.fd));
    assert_int_equal(close(full), 0);

    for (;; n++) {
        tsr_status status;

        n_allocations_given = n;
        status = ask(&question, &generate);
        n_allocations_given = SIZE_MAX;
        if (tsr_ok(status)) {
            break;
        }
        expect_status(STATUS_NO_MEMORY, status);
        assert_false(generate);
        expect_silence(&trail);
    }
    assert_true(n > 0);
    assert_true(generate);
    json_decref(trail_event(&trail));
    (void)tsr_token_unref(question.client);
}

/* Covers AC-13-12. */
static void the_privilege_is_the_processs_and_not_the_clients(void **state)
{
    const tsr_privilege_state disabled[] = {{SE_AUDIT_PRIVILEGE, 0}};
    tsr_token_spec spec = alice_spec();
    (void)state;

    spec.privileges = disabled;
    spec.n_privileges = ARRAY_SIZE(disabled);

    expect_ok(audit_check_privilege());
    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION));
    expect_ok(audit_check_privilege());
    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_ANONYMOUS), TSR_LEVEL_ANONYMOUS));
    expect_ok(audit_check_privilege());

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(alice_with(SE_AUDIT_PRIVILEGE), TSR_LEVEL_IMPERSONATION),
               TSR_LEVEL_IMPERSONATION));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, audit_check_privilege());
    be(token_of_spec(&spec));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, audit_check_privilege());
}

static void the_client_is_whom_the_thread_impersonates(void **state)
{
    tsr_token *client = NULL;
    (void)state;

    expect_status(STATUS_NO_IMPERSONATION_TOKEN, audit_get_client(&client));
    assert_null(client);
    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_DELEGATION), TSR_LEVEL_IDENTIFICATION));
    expect_ok(audit_get_client(&client));
    assert_int_equal(client->level, TSR_LEVEL_IDENTIFICATION);
    (void)tsr_token_unref(client);
}

static void the_end_of_a_handle_tells_the_client_if_there_is_one(void **state)
{
    const struct audit_object object = {.subsystem = TEXT("house"), .handle = 7};
    json_t *event;
    (void)state;

    expect_ok(audit_handle(AUDIT_HANDLE_CLOSED, &object));
    event = trail_event(&trail);
    expect_event(event, 4658, true);
    expect_text(event, "handle", "0x7");
    expect_text(event, "client", NULL);
    json_decref(event);

    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_ANONYMOUS), TSR_LEVEL_ANONYMOUS));
    expect_ok(audit_handle(AUDIT_OBJECT_DELETED, &object));
    event = trail_event(&trail);
    expect_event(event, 4660, true);
    expect_text(event, "client", BOB);
    expect_text(event, "level", "anonymous");
    json_decref(event);
}

static void the_use_of_privileges_is_told_whether_it_succeeded_or_not(void **state)
{
    const struct audit_text house = TEXT("house");
    const struct audit_text lock = TEXT("change the lock");
    struct audit_use use = {.client = bob(), .privileges = TSR_PRIVILEGE_BIT(SE_BACKUP_PRIVILEGE)};
    json_t *event;
    (void)state;

    expect_ok(audit_object_privileges(&door, DELETE, &use));
    event = trail_event(&trail);
    expect_event(event, 4674, false);
    expect_text(event, "handle", "0x1234");
    expect_text(event, "desired", "0x00010000");
    expect_text(event, "granted", "0x00000000");
    json_decref(event);

    use.success = true;
    expect_ok(audit_object_privileges(&door, DELETE, &use));
    event = trail_event(&trail);
    expect_event(event, 4674, true);
    expect_text(event, "granted", "0x00010000");
    json_decref(event);

    expect_ok(audit_service_privileges(&house, &lock, &use));
    event = trail_event(&trail);
    expect_event(event, 4673, true);
    expect_text(event, "service", "change the lock");
    expect_text(event, "desired", NULL);
    expect_text(event, "client", BOB);
    json_decref(event);
    (void)tsr_token_unref((tsr_token *)use.client);
}

#define TEST(test_) cmocka_unit_test_setup_teardown(test_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_success_is_written_where_its_ace_says_so),
        TEST(a_failure_has_no_handle_and_nothing_to_close),
        TEST(what_nobody_asks_for_is_not_written),
        TEST(a_new_object_and_one_of_a_directory_are_told_as_such),
        TEST(the_policy_of_objects_needs_no_sacl),
        TEST(a_privilege_that_was_used_is_told_with_the_ace),
        TEST(the_policy_of_privileges_has_events_of_its_own),
        TEST(a_result_list_may_succeed_and_fail),
        TEST(a_result_list_of_one_type_grants_what_that_does),
        TEST(one_event_names_all_privileges_of_its_outcome),
        TEST(an_event_that_cannot_be_written_leaves_the_output_alone),
        TEST(the_privilege_is_the_processs_and_not_the_clients),
        TEST(the_client_is_whom_the_thread_impersonates),
        TEST(the_end_of_a_handle_tells_the_client_if_there_is_one),
        TEST(the_use_of_privileges_is_told_whether_it_succeeded_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
