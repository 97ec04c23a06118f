/* SPDX-License-Identifier: MIT */
/* Tests of duplicating handles and of opening threads. */

#include "object/test-services.h"

static const struct handle_duplicate_request within = {
    .source_process = HANDLE_CURRENT_PROCESS,
    .target_process = HANDLE_CURRENT_PROCESS,
};

static tsr_status duplicate(handle_t source, uint32_t desired, uint32_t options,
                            handle_t *ret_handle)
{
    struct handle_duplicate_request request = within;

    request.desired = desired;
    request.options = options;
    return service_duplicate_handle(source, &request, ret_handle);
}

static void a_duplicate_has_what_was_asked_for_and_its_own_flags(void **state)
{
    struct handle_duplicate_request request = within;
    handle_t source;
    handle_t handle = HANDLE_NONE;
    uint32_t flags = 0;

    (void)state;

    be(alice());
    source = h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    expect_ok(duplicate(source, 0, DUPLICATE_SAME_ACCESS, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY | TOKEN_DUPLICATE);
    assert_true(handle != source);
    expect_ok(handle_close(handle));
    expect_ok(duplicate(source, TOKEN_QUERY, 0, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY);
    expect_ok(handle_close(handle));
    expect_ok(duplicate(source, 0, 0, &handle));
    assert_int_equal(rights_of(handle), 0);
    expect_ok(handle_close(handle));

    request.desired = TOKEN_QUERY;
    request.flags = HANDLE_FLAG_INHERIT;
    expect_ok(service_duplicate_handle(source, &request, &handle));
    expect_ok(handle_get_flags(handle, &flags));
    assert_int_equal(flags, HANDLE_FLAG_INHERIT);
    request.flags = 0;
    request.options = DUPLICATE_SAME_ATTRIBUTES;
    expect_ok(handle_close(source));
    source = handle;
    expect_ok(service_duplicate_handle(source, &request, &handle));
    expect_ok(handle_get_flags(handle, &flags));
    assert_int_equal(flags, HANDLE_FLAG_INHERIT);
    expect_ok(handle_close(handle));
    expect_ok(handle_close(source));
}

/* T-IMP-33: the handle stays usable, but its rights cannot be raised. */
static void t_imp_33_more_rights_are_checked_against_the_thread_and_the_process(void **state)
{
    handle_t source;
    handle_t handle = 42;
    struct token_object *token;

    (void)state;

    be(alice());
    source = h(alice(), TOKEN_QUERY);
    expect_ok(duplicate(source, TOKEN_QUERY | TOKEN_DUPLICATE, 0, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY | TOKEN_DUPLICATE);
    expect_ok(handle_close(handle));
    expect_ok(duplicate(source, MAXIMUM_ALLOWED, 0, &handle));
    assert_int_equal(rights_of(handle), TOKEN_ALL_ACCESS);
    expect_ok(handle_close(handle));

    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(duplicate(source, TOKEN_QUERY, 0, &handle));
    expect_ok(handle_close(handle));
    expect_status(STATUS_ACCESS_DENIED, duplicate(source, TOKEN_DUPLICATE, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    revert(this_thread());
    (void)token_object_unref(token);

    /* The thread may, the process may not. */
    be(bob());
    token = act_as(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_status(STATUS_ACCESS_DENIED, duplicate(source, TOKEN_DUPLICATE, 0, &handle));
    revert(this_thread());
    (void)token_object_unref(token);
    expect_ok(handle_close(source));
}

/* A token that alice owns and may query, and bob may duplicate. */
static handle_t shared_with_bob(void)
{
    const handle_t handle = h(alice(), WRITE_DAC);
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse("D:(A;;CCSWRC;;;" ALICE ")(A;;CCDCRC;;;" BOB ")", NULL, &bytes, &size,
                             NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(service_set_security(handle, DACL_SECURITY_INFORMATION, &sd));
    free(bytes);
    return handle;
}

static void the_most_that_can_be_had_is_what_both_may(void **state)
{
    handle_t source;
    handle_t handle = HANDLE_NONE;
    struct token_object *token;

    (void)state;

    be(alice());
    source = shared_with_bob();
    expect_ok(duplicate(source, MAXIMUM_ALLOWED, 0, &handle));
    assert_int_equal(rights_of(handle),
                     TOKEN_ASSIGN_PRIMARY | TOKEN_QUERY | READ_CONTROL | WRITE_DAC);
    expect_ok(handle_close(handle));

    token = act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_ok(duplicate(source, MAXIMUM_ALLOWED, 0, &handle));
    assert_int_equal(rights_of(handle), TOKEN_ASSIGN_PRIMARY | READ_CONTROL);
    expect_ok(handle_close(handle));
    revert(this_thread());
    (void)token_object_unref(token);
    expect_ok(handle_close(source));
}

static void pseudo_handles_of_process_and_thread_become_real_ones(void **state)
{
    struct object *object = NULL;
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    expect_ok(duplicate(HANDLE_CURRENT_THREAD, 0, DUPLICATE_SAME_ACCESS, &handle));
    expect_ok(handle_reference(handle, &object_type_thread, 0x1fffff, &object, NULL));
    assert_ptr_equal(object, &this_thread()->object);
    (void)object_unref(object);
    expect_ok(handle_close(handle));
    expect_ok(duplicate(HANDLE_CURRENT_PROCESS, PROCESS_QUERY_INFORMATION, 0, &handle));
    assert_int_equal(rights_of(handle), PROCESS_QUERY_INFORMATION);
    expect_ok(handle_close(handle));
    expect_status(STATUS_INVALID_HANDLE,
                  duplicate(HANDLE_EFFECTIVE_TOKEN, 0, DUPLICATE_SAME_ACCESS, &handle));
    expect_ok(service_close(HANDLE_CURRENT_PROCESS));
    expect_ok(service_close(HANDLE_EFFECTIVE_TOKEN));
    expect_status(STATUS_INVALID_HANDLE, service_close(UINT64_MAX - 2));
    expect_status(STATUS_INVALID_HANDLE, service_close(HANDLE_NONE));
}

static void the_source_is_closed_also_when_duplicating_fails(void **state)
{
    handle_t source;
    handle_t handle = 42;

    (void)state;

    be(alice());
    source = h(bob(), TOKEN_QUERY);
    expect_status(STATUS_ACCESS_DENIED,
                  duplicate(source, TOKEN_DUPLICATE, DUPLICATE_CLOSE_SOURCE, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_status(STATUS_INVALID_HANDLE, handle_close(source));
    source = h(bob(), TOKEN_QUERY);
    expect_ok(duplicate(source, 0, DUPLICATE_CLOSE_SOURCE, NULL));
    expect_status(STATUS_INVALID_HANDLE, duplicate(source, 0, DUPLICATE_CLOSE_SOURCE, NULL));
}

static void a_duplicate_is_made_also_when_its_source_cannot_be_closed(void **state)
{
    const uint32_t options = DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE;
    handle_t source;
    handle_t handle = HANDLE_NONE;

    (void)state;

    be(alice());
    source = h(alice(), TOKEN_QUERY);
    expect_ok(
        handle_set_flags(source, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
    expect_ok(duplicate(source, 0, options, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY);
    assert_int_equal(rights_of(source), TOKEN_QUERY);
    expect_status(STATUS_HANDLE_NOT_CLOSABLE, duplicate(source, 0, options, NULL));
    expect_ok(handle_close(handle));
    expect_ok(handle_set_flags(source, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    expect_ok(handle_close(source));
}

static void processes_and_options_are_looked_at_first(void **state)
{
    const handle_t weak = process_handle(PROCESS_QUERY_INFORMATION);
    const handle_t source = h(alice(), TOKEN_QUERY);
    struct handle_duplicate_request request = within;
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_INVALID_PARAMETER, duplicate(source, 0, 0x8, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    request.source_process = weak;
    request.options = DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE;
    expect_status(STATUS_ACCESS_DENIED, service_duplicate_handle(source, &request, &handle));
    request.source_process = 0xdead;
    expect_status(STATUS_INVALID_HANDLE, service_duplicate_handle(source, &request, &handle));
    assert_int_equal(rights_of(source), TOKEN_QUERY);
    request = within;
    request.target_process = weak;
    expect_status(STATUS_ACCESS_DENIED, service_duplicate_handle(source, &request, &handle));
    expect_ok(handle_close(source));
    expect_ok(handle_close(weak));
}

static void threads_are_opened_by_their_number(void **state)
{
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_ok(service_open_thread(this_thread()->id, THREAD_IMPERSONATE, 0, &handle));
    assert_int_equal(rights_of(handle), THREAD_IMPERSONATE);
    expect_ok(handle_close(handle));
    expect_status(STATUS_INVALID_CID, service_open_thread(1, THREAD_IMPERSONATE, 0, &handle));
    assert_int_equal(handle, HANDLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duplicate_has_what_was_asked_for_and_its_own_flags),
        cmocka_unit_test(t_imp_33_more_rights_are_checked_against_the_thread_and_the_process),
        cmocka_unit_test(the_most_that_can_be_had_is_what_both_may),
        cmocka_unit_test(pseudo_handles_of_process_and_thread_become_real_ones),
        cmocka_unit_test(the_source_is_closed_also_when_duplicating_fails),
        cmocka_unit_test(a_duplicate_is_made_also_when_its_source_cannot_be_closed),
        cmocka_unit_test(processes_and_options_are_looked_at_first),
        cmocka_unit_test(threads_are_opened_by_their_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
