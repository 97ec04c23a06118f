/* SPDX-License-Identifier: MIT */
/* Tests of the descriptors of objects by handle: T-OBJ-6, T-OBJ-8 (token.md 2.7). */

#include <unistd.h>

#include "object/test-services.h"

static tsr_status set(handle_t handle, uint32_t information, const char *sddl)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    status = service_set_security(handle, information, &sd);
    free(bytes);
    return status;
}

static void expect_sddl(handle_t handle, uint32_t information, const char *expected)
{
    char *text = sddl_behind(handle, information);

    assert_string_equal(text, expected);
    free(text);
}

static void t_obj_6_and_8_the_label_of_a_token_stays(void **state)
{
    const handle_t handle = h(alice(), TOKEN_ALL_ACCESS);

    (void)state;

    be(alice());
    expect_ok(set(handle, LABEL_SECURITY_INFORMATION, "S:(ML;;NW;;;LW)"));
    expect_sddl(handle, LABEL_SECURITY_INFORMATION, "S:(ML;;NW;;;ME)");
    expect_ok(set(handle, LABEL_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                  "D:(A;;GR;;;WD)S:(ML;;NW;;;LW)"));
    expect_sddl(handle, LABEL_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                "D:(A;;DCSWRPRC;;;WD)S:(ML;;NW;;;ME)");
    expect_ok(handle_close(handle));
}

static void each_part_needs_its_right(void **state)
{
    const struct {
        uint32_t information;
        uint32_t to_query;
        uint32_t to_set;
        const char *sddl;
    } rows[] = {
        {OWNER_SECURITY_INFORMATION, READ_CONTROL, WRITE_OWNER, "O:" ALICE},
        {DACL_SECURITY_INFORMATION, READ_CONTROL, WRITE_DAC, "D:(A;;GA;;;WD)"},
        {LABEL_SECURITY_INFORMATION, READ_CONTROL, WRITE_OWNER, "S:(ML;;NW;;;LW)"},
        {SACL_SECURITY_INFORMATION, ACCESS_SYSTEM_SECURITY, ACCESS_SYSTEM_SECURITY,
         "S:(AU;SA;GA;;;WD)"},
    };

    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const uint32_t all = TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY;
        const handle_t strong = h(alice(), rows[i].to_query | rows[i].to_set);
        const handle_t blind = h(alice(), all & ~rows[i].to_query);
        const handle_t weak = h(alice(), all & ~rows[i].to_set);
        uint8_t *bytes = NULL;
        size_t size = 42;

        expect_status(STATUS_ACCESS_DENIED,
                      service_query_security(blind, rows[i].information, &bytes, &size));
        assert_null(bytes);
        assert_int_equal(size, 42);
        expect_status(STATUS_ACCESS_DENIED, set(weak, rows[i].information, rows[i].sddl));
        expect_ok(set(strong, rows[i].information, rows[i].sddl));
        expect_ok(service_query_security(strong, rows[i].information, &bytes, &size));
        free(bytes);
        expect_ok(handle_close(strong));
        expect_ok(handle_close(blind));
        expect_ok(handle_close(weak));
    }
}

static void what_is_refused_changes_nothing(void **state)
{
    const handle_t handle = h(alice(), TOKEN_ALL_ACCESS);
    uint8_t *bytes = NULL;
    size_t size = 0;

    (void)state;

    be(alice());
    expect_status(STATUS_INVALID_OWNER, set(handle, OWNER_SECURITY_INFORMATION, "O:" BOB));
    expect_sddl(handle, OWNER_SECURITY_INFORMATION, "O:" ALICE);
    expect_status(STATUS_INVALID_HANDLE, set(0xdead, OWNER_SECURITY_INFORMATION, "O:" ALICE));
    expect_status(
        STATUS_INVALID_HANDLE,
        service_query_security(HANDLE_PROCESS_TOKEN, OWNER_SECURITY_INFORMATION, &bytes, &size));
    expect_ok(handle_close(handle));
}

static void a_dacl_that_was_set_is_what_others_open_by(void **state)
{
    handle_t handle = HANDLE_NONE;
    handle_t other = HANDLE_NONE;
    struct token_object *token;

    (void)state;

    be(alice());
    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    revert(this_thread());
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, WRITE_DAC, 0, &handle));
    expect_ok(set(handle, DACL_SECURITY_INFORMATION, "D:(A;;GR;;;" BOB ")"));
    expect_status(STATUS_ACCESS_DENIED,
                  service_open_process_token(HANDLE_CURRENT_PROCESS, TOKEN_QUERY, 0, &other));
    thread_swap_impersonation(
        this_thread(), (struct impersonation){.token = token, .level = TSR_LEVEL_IMPERSONATION},
        NULL);
    expect_ok(service_open_process_token(HANDLE_CURRENT_PROCESS, TOKEN_QUERY, 0, &other));
    expect_ok(handle_close(other));
    revert(this_thread());
    expect_ok(handle_close(handle));
}

static void the_descriptor_of_a_thread_is_set_like_any_other(void **state)
{
    (void)state;

    be(alice());
    expect_ok(set(HANDLE_CURRENT_THREAD, DACL_SECURITY_INFORMATION, "D:(A;;GX;;;WD)"));
    expect_sddl(HANDLE_CURRENT_THREAD, DACL_SECURITY_INFORMATION, "D:(A;;0x121800;;;WD)");
}

static void *open_process_and_thread(void *expected)
{
    const uint32_t status = *(const uint32_t *)expected;
    handle_t process = 42;
    handle_t thread = 42;

    /* This thread's object begins here. */
    expect_status(status, service_open_thread(this_thread()->id, MAXIMUM_ALLOWED, 0, &thread));
    expect_status(status, service_open_process(getpid(), MAXIMUM_ALLOWED, 0, &process));
    if (status == STATUS_SUCCESS) {
        assert_int_equal(rights_of(thread), object_type_thread.mapping.all);
        assert_int_equal(rights_of(process), object_type_process.mapping.all);
        expect_ok(handle_close(thread));
        expect_ok(handle_close(process));
    } else {
        assert_int_equal(thread, HANDLE_NONE);
        assert_int_equal(process, HANDLE_NONE);
    }
    return NULL;
}

static void *open_them_as_bob(void *expected)
{
    struct token_object *token =
        act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);

    (void)open_process_and_thread(expected);
    revert(this_thread());
    (void)token_object_unref(token);
    return NULL;
}

static void in_a_thread(void *(*run)(void *), uint32_t expected)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, run, &expected), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void a_process_and_its_threads_are_for_their_user(void **state)
{
    (void)state;

    be(alice());
    in_a_thread(open_process_and_thread, STATUS_SUCCESS);
    in_a_thread(open_them_as_bob, STATUS_ACCESS_DENIED);
    be(bob());
    in_a_thread(open_process_and_thread, STATUS_SUCCESS);
    be(alice());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_obj_6_and_8_the_label_of_a_token_stays),
        cmocka_unit_test(each_part_needs_its_right),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(a_dacl_that_was_set_is_what_others_open_by),
        cmocka_unit_test(the_descriptor_of_a_thread_is_set_like_any_other),
        cmocka_unit_test(a_process_and_its_threads_are_for_their_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
