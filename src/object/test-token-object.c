/* SPDX-License-Identifier: MIT */
/* Tests of token objects. */

#include "object/token-object.h"

#include "object/test-scene.h"

#define N_READERS 8
#define N_CHANGES 2000

static tsr_status toggle(void *context, tsr_token *old, tsr_token **ret_new)
{
    (void)context;
    return tsr_token_set_ui_access(old, !(tsr_token_access_flags(old) & TSR_TOKEN_UI_ACCESS),
                                   UINT64_MAX, ret_new);
}

static tsr_status fail_to_change(void *context, tsr_token *old, tsr_token **ret_new)
{
    (void)context;
    (void)old;
    (void)ret_new;
    return tsr_status_of(STATUS_PRIVILEGE_NOT_HELD);
}

static tsr_status leave_alone(void *context, tsr_token *old, tsr_token **ret_new)
{
    *ret_new = tsr_token_ref(context);
    return old == context ? tsr_status_of(STATUS_NOT_ALL_ASSIGNED)
                          : tsr_status_of(STATUS_UNSUCCESSFUL);
}

static void a_change_is_seen_by_who_asks_afterwards_only(void **state)
{
    struct token_object *object = object_of(alice());
    tsr_token *before = token_object_get(object);
    tsr_token *after;

    (void)state;

    expect_ok(token_object_change(object, toggle, NULL));
    after = token_object_get(object);
    assert_true(before != after);
    assert_int_equal(statistics_of(before).token_id, statistics_of(after).token_id);
    assert_true(statistics_of(before).modified_id != statistics_of(after).modified_id);
    assert_int_equal(before->n_refs, 1);
    assert_int_equal(after->n_refs, 2);
    (void)tsr_token_unref(before);
    (void)tsr_token_unref(after);
    (void)token_object_unref(object);
}

static void a_change_that_fails_or_changes_nothing_leaves_the_token(void **state)
{
    struct token_object *object = object_of(alice());
    tsr_token *before = token_object_get(object);
    tsr_token *after;

    (void)state;

    expect_status(STATUS_PRIVILEGE_NOT_HELD, token_object_change(object, fail_to_change, NULL));
    expect_status(STATUS_NOT_ALL_ASSIGNED, token_object_change(object, leave_alone, before));
    after = token_object_get(object);
    assert_ptr_equal(before, after);
    assert_int_equal(before->n_refs, 3);
    (void)tsr_token_unref(before);
    (void)tsr_token_unref(after);
    (void)token_object_unref(object);
}

static atomic_bool done;

/* @return how often a token was seen that is not the object's */
static void *read_on(void *argument)
{
    struct token_object *object = argument;
    const uint64_t id = *(const uint64_t *)(const void *)&object->session_id;
    uintptr_t n_wrong = 0;

    while (!atomic_load(&done)) {
        tsr_token *token = token_object_get(object);
        tsr_token *again = token_object_get(object);

        n_wrong += statistics_of(token).authentication_id != id;
        n_wrong += statistics_of(token).token_id != statistics_of(again).token_id;
        n_wrong += statistics_of(token).modified_id > statistics_of(again).modified_id;
        (void)tsr_token_unref(again);
        (void)tsr_token_unref(token);
    }
    return (void *)n_wrong; /* NOLINT: a count */
}

static void threads_read_one_token_after_the_other_while_one_changes_it(void **state)
{
    struct token_object *object = object_of(alice());
    pthread_t threads[N_READERS];
    tsr_token *token;

    (void)state;

    for (size_t i = 0; i < N_READERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, object), 0);
    }
    for (int i = 0; i < N_CHANGES; i++) {
        expect_ok(token_object_change(object, toggle, NULL));
    }
    atomic_store(&done, true);
    for (size_t i = 0; i < N_READERS; i++) {
        void *n_wrong = NULL;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
    token = token_object_get(object);
    assert_int_equal(token->n_refs, 2);
    (void)tsr_token_unref(token);
    (void)token_object_unref(object);
}

static void an_object_counts_in_its_session(void **state)
{
    struct token_object *object = object_of(alice());

    (void)state;

    assert_int_equal(session_count(LOGON_SESSION), 1);
    (void)token_object_ref(object);
    (void)token_object_unref(object);
    assert_int_equal(session_count(LOGON_SESSION), 1);
    (void)token_object_unref(object);
    assert_int_equal(session_count(LOGON_SESSION), 0);
    assert_null(token_object_unref(NULL));
}

/* Covers T-OBJ-9. */
static void t_obj_9_the_type_is_as_windows_reports_it(void **state)
{
    (void)state;

    assert_int_equal(object_type_token.mapping.read, 0x2001a);
    assert_int_equal(object_type_token.mapping.write, 0x201e0);
    assert_int_equal(object_type_token.mapping.execute, 0x20005);
    assert_int_equal(object_type_token.mapping.all, 0xf01ff);
    assert_int_equal(object_type_token.valid_access, 0x1f01ff);
}

/* TOKEN_ALL_ACCESS in SDDL. */
#define ALL "CCDCLCSWRPWPDTLOCRSDRCWDWO"

static void expect_sd(const char *expected, const uint8_t *sd, size_t size)
{
    char *text = NULL;
    tsr_sd view;

    expect_ok(tsr_sd_view(sd, size, &view));
    expect_ok(tsr_sddl_format(&view,
                              OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                  DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION,
                              NULL, &text));
    assert_string_equal(text, expected);
    free(text);
}

static void the_default_descriptor_is_of_the_creator(void **state)
{
    tsr_token *token = alice();
    struct object_sd *again = NULL;
    struct object_sd *sd = NULL;

    (void)state;

    expect_ok(token_object_new_sd(token, NULL, &sd));
    expect_sd("O:" ALICE "G:" DOMAIN_USERS "D:(A;;" ALL ";;;SY)(A;;" ALL ";;;" ALICE
              ")S:(ML;;NW;;;ME)",
              sd->bytes, sd->size);
    expect_ok(token_object_new_sd(token, NULL, &again)); /* remembered */
    assert_ptr_equal(again, sd);
    (void)object_sd_unref(again);
    (void)tsr_token_unref(token);
    assert_int_equal(sd->bytes[0], 1); /* and there after its maker */
    (void)object_sd_unref(sd);
}

static void what_is_remembered_is_of_the_token_as_it_is(void **state)
{
    const tsr_sid level = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token *token = alice();
    struct object_sd *before = NULL;
    struct object_sd *after = NULL;
    tsr_token *low = NULL;

    (void)state;

    expect_ok(token_object_new_sd(token, NULL, &before));
    expect_ok(tsr_token_set_integrity(token, &level, 0, &low));
    expect_ok(token_object_new_sd(low, NULL, &after));
    expect_sd("O:" ALICE "G:" DOMAIN_USERS "D:(A;;" ALL ";;;SY)(A;;" ALL ";;;" ALICE
              ")S:(ML;;NW;;;LW)",
              after->bytes, after->size);
    (void)object_sd_unref(before);
    (void)object_sd_unref(after);
    (void)tsr_token_unref(low);
    (void)tsr_token_unref(token);
}

static void a_changed_descriptor_is_one_objects_own(void **state)
{
    tsr_token *token = alice();
    CLEANUP(token_object_unref) struct token_object *first = NULL;
    CLEANUP(token_object_unref) struct token_object *second = NULL;
    struct object_sd *sd = NULL;
    uint8_t *asked_bytes = NULL;
    size_t size = 0;
    tsr_sd asked;
    const tsr_change_request request = {.change = &asked,
                                        .information = DACL_SECURITY_INFORMATION,
                                        .mapping = &object_type_token.mapping};

    (void)state;

    expect_ok(session_join(LOGON_SESSION));
    expect_ok(token_object_new_sd(token, NULL, &sd));
    expect_ok(token_object_new(tsr_token_ref(token), sd, &first));
    expect_ok(token_object_new(tsr_token_ref(token), sd, &second));
    expect_ok(tsr_sddl_parse("D:(A;;GA;;;WD)", NULL, &asked_bytes, &size, NULL));
    expect_ok(tsr_sd_view(asked_bytes, size, &asked));

    expect_ok(object_change_sd(&first->object, token, &request));

    assert_ptr_equal(second->object.sd, sd);
    assert_ptr_not_equal(first->object.sd, sd);
    free(asked_bytes);
    (void)object_sd_unref(sd);
    (void)tsr_token_unref(token);
}

static void a_private_descriptor_is_for_both_users_and_the_lower_level(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token_spec spec = alice_spec();
    tsr_token *process = alice();
    tsr_token *client;
    struct object_sd *sd = NULL;

    (void)state;

    spec.user = sid_of(BOB);
    spec.integrity = &low;
    client = restricted_to(token_of_spec(&spec), EVERYONE, NULL, 0);
    expect_ok(private_sd(&object_type_token, client, process, &sd));
    expect_sd("O:" ALICE "G:" DOMAIN_USERS "D:(A;;" ALL ";;;" BOB ")(A;;" ALL ";;;" ALICE
              ")(A;;" ALL ";;;BA)(A;;" ALL ";;;SY)(A;;" ALL ";;;RC)S:(ML;;NW;;;LW)",
              sd->bytes, sd->size);
    (void)object_sd_unref(sd);
    (void)tsr_token_unref(client);
    (void)tsr_token_unref(process);
}

static void the_lower_level_may_be_that_of_the_process(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    tsr_token_spec spec = alice_spec();
    tsr_token *client = bob();
    tsr_token *process;
    struct object_sd *sd = NULL;

    (void)state;

    spec.integrity = &low;
    process = token_of_spec(&spec);
    expect_ok(private_sd(&object_type_token, client, process, &sd));
    expect_sd("O:" ALICE "G:" DOMAIN_USERS "D:(A;;" ALL ";;;" BOB ")(A;;" ALL ";;;" ALICE
              ")(A;;" ALL ";;;BA)(A;;" ALL ";;;SY)S:(ML;;NW;;;LW)",
              sd->bytes, sd->size);
    (void)object_sd_unref(sd);
    (void)tsr_token_unref(client);
    (void)tsr_token_unref(process);
}

static uint16_t control_of(const struct object_sd *sd)
{
    tsr_sd view;

    expect_ok(tsr_sd_view(sd->bytes, sd->size, &view));
    return view.control;
}

static void nothing_is_marked_as_defaulted_and_without_a_level_there_is_no_sacl(void **state)
{
    tsr_token_spec spec = alice_spec();
    struct object_sd *sd = NULL;
    tsr_token *token = alice();

    (void)state;

    expect_ok(token_object_new_sd(token, NULL, &sd));
    assert_int_equal(control_of(sd), SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT);
    (void)object_sd_unref(sd);
    (void)tsr_token_unref(token);

    spec.integrity = NULL;
    token = token_of_spec(&spec);
    expect_ok(token_object_new_sd(token, NULL, &sd));
    assert_int_equal(control_of(sd), SE_SELF_RELATIVE | SE_DACL_PRESENT);
    (void)object_sd_unref(sd);
    expect_ok(private_sd(&object_type_token, token, token, &sd));
    assert_int_equal(control_of(sd), SE_SELF_RELATIVE | SE_DACL_PRESENT);
    (void)object_sd_unref(sd);
    (void)tsr_token_unref(token);
}

static void what_is_asked_for_is_the_descriptor_but_for_its_label(void **state)
{
    tsr_token *token = alice();
    struct object_sd *sd = NULL;
    uint8_t *asked_bytes = NULL;
    size_t size = 0;
    tsr_sd asked;

    (void)state;

    expect_ok(tsr_sddl_parse("D:(A;NP;GR;;;SU)S:(ML;;NW;;;LW)", NULL, &asked_bytes, &size, NULL));
    expect_ok(tsr_sd_view(asked_bytes, size, &asked));
    expect_ok(token_object_new_sd(token, &asked, &sd));
    expect_sd("O:" ALICE "G:" DOMAIN_USERS "D:(A;NP;DCSWRPRC;;;SU)S:(ML;;NW;;;ME)", sd->bytes,
              sd->size);
    (void)object_sd_unref(sd);
    free(asked_bytes);
    (void)tsr_token_unref(token);
}

static void a_package_is_added_to_a_dacl_and_to_no_null_one(void **state)
{
    static const struct {
        const char *sddl;
        const char *expected;
    } rows[] = {
        {"O:SYG:SYD:(D;;SW;;;WD)(A;;SW;;;SY)S:(ML;;NW;;;LW)",
         "O:SYG:SYD:(D;;SW;;;WD)(A;;SW;;;SY)(A;;" ALL ";;;" PACKAGE ")S:(ML;;NW;;;LW)"},
        {"O:SYG:SYD:", "O:SYG:SYD:(A;;" ALL ";;;" PACKAGE ")"},
        {"O:SYG:SYD:NO_ACCESS_CONTROL", "O:SYG:SYD:NO_ACCESS_CONTROL"},
        {"O:SYG:SY", "O:SYG:SY"},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint8_t *bytes = NULL;
        struct object_sd *before = NULL;
        struct object_sd *sd = NULL;
        size_t size = 0;

        expect_ok(tsr_sddl_parse(rows[i].sddl, NULL, &bytes, &size, NULL));
        expect_ok(object_sd_new(bytes, size, &before));
        expect_ok(token_object_package_sd(before, &fixture_package, &sd));
        expect_sd(rows[i].expected, sd->bytes, sd->size);
        (void)object_sd_unref(sd);
        (void)object_sd_unref(before);
        free(bytes);
    }
}

static void owners_and_audits_that_the_creator_may_not_ask_for_are_refused(void **state)
{
    const struct {
        const char *sddl;
        uint32_t expected;
    } rows[] = {
        {"O:SYD:(A;;GA;;;SY)", STATUS_INVALID_OWNER},
        {"S:(AU;SA;GA;;;WD)", STATUS_PRIVILEGE_NOT_HELD},
    };
    tsr_token *token = alice();

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct object_sd *sd = NULL;
        uint8_t *asked_bytes = NULL;
        size_t size = 0;
        tsr_sd asked;

        expect_ok(tsr_sddl_parse(rows[i].sddl, NULL, &asked_bytes, &size, NULL));
        expect_ok(tsr_sd_view(asked_bytes, size, &asked));
        expect_status(rows[i].expected, token_object_new_sd(token, &asked, &sd));
        assert_null(sd);
        free(asked_bytes);
    }
    (void)tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_seen_by_who_asks_afterwards_only),
        cmocka_unit_test(a_change_that_fails_or_changes_nothing_leaves_the_token),
        cmocka_unit_test(threads_read_one_token_after_the_other_while_one_changes_it),
        cmocka_unit_test(an_object_counts_in_its_session),
        cmocka_unit_test(t_obj_9_the_type_is_as_windows_reports_it),
        cmocka_unit_test(the_default_descriptor_is_of_the_creator),
        cmocka_unit_test(what_is_remembered_is_of_the_token_as_it_is),
        cmocka_unit_test(a_changed_descriptor_is_one_objects_own),
        cmocka_unit_test(a_private_descriptor_is_for_both_users_and_the_lower_level),
        cmocka_unit_test(the_lower_level_may_be_that_of_the_process),
        cmocka_unit_test(nothing_is_marked_as_defaulted_and_without_a_level_there_is_no_sacl),
        cmocka_unit_test(what_is_asked_for_is_the_descriptor_but_for_its_label),
        cmocka_unit_test(a_package_is_added_to_a_dacl_and_to_no_null_one),
        cmocka_unit_test(owners_and_audits_that_the_creator_may_not_ask_for_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
