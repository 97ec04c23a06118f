/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include "nt/capture.h"

static void sids_are_captured_or_refused(void **state)
{
    sid_room everyone = sid_bytes(EVERYONE);
    const SID_AND_ATTRIBUTES groups[] = {{&everyone, 7}, {NULL, 0}};
    tsr_group *captured = NULL;
    const tsr_sid *given = NULL;
    tsr_sid sid = {.authority = 42};
    (void)state;

    expect_ok(capture_groups(groups, 1, &captured));
    assert_int_equal(captured[0].attributes, 7);
    assert_true(tsr_sid_equal(&captured[0].sid, &TSR_SID_EVERYONE));
    free(captured);
    captured = NULL;
    expect_status((uint32_t)STATUS_INVALID_SID, capture_groups(groups, 2, &captured));
    expect_status((uint32_t)STATUS_ACCESS_VIOLATION, capture_groups(NULL, 1, &captured));
    expect_status((uint32_t)STATUS_INVALID_PARAMETER,
                  capture_groups(groups, TSR_TOKEN_GROUPS_MAX + 1, &captured));
    assert_null(captured);
    expect_status((uint32_t)STATUS_INVALID_SID, capture_sid(NULL, &sid));
    assert_int_equal(sid.authority, 42);
    expect_ok(capture_optional_sid(NULL, &sid, &given));
    assert_null(given);
}

static void a_luid_that_is_no_privilege_is_one_nobody_holds(void **state)
{
    const LUID_AND_ATTRIBUTES privileges[] = {{{17, 0}, 2}, {{17, 1}, 2}};
    tsr_privilege_state *captured = NULL;
    (void)state;

    expect_ok(capture_privileges(privileges, 2, &captured));
    assert_int_equal(captured[0].luid, 17);
    assert_int_equal(captured[1].luid, UINT32_MAX);
    free(captured);
    captured = NULL;
    expect_status((uint32_t)STATUS_ACCESS_VIOLATION, capture_privileges(NULL, 1, &captured));
    expect_status((uint32_t)STATUS_INVALID_PARAMETER,
                  capture_privileges(privileges, TSR_TOKEN_GROUPS_MAX + 1, &captured));
    assert_null(captured);
}

static void attributes_of_an_object_have_a_length(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityDelegation, SECURITY_DYNAMIC_TRACKING,
                                       TRUE};
    CLEANUP(attributes_deinit) struct attributes captured = {0};
    OBJECT_ATTRIBUTES attributes;
    (void)state;

    InitializeObjectAttributes(&attributes, NULL, OBJ_INHERIT, NULL, NULL);
    attributes.SecurityQualityOfService = &qos;
    expect_ok(capture_attributes(&attributes, &captured));
    assert_int_equal(captured.flags, HANDLE_FLAG_INHERIT);
    assert_true(captured.has_qos && captured.qos.dynamic && captured.qos.effective_only);
    assert_int_equal(captured.qos.level, TSR_LEVEL_DELEGATION);
    qos.Length = 11;
    expect_status((uint32_t)STATUS_INVALID_PARAMETER, capture_attributes(&attributes, &captured));
    attributes.Length = 47;
    expect_status((uint32_t)STATUS_INVALID_PARAMETER, capture_attributes(&attributes, &captured));
    expect_ok(capture_attributes(NULL, &captured));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sids_are_captured_or_refused),
        cmocka_unit_test(a_luid_that_is_no_privilege_is_one_nobody_holds),
        cmocka_unit_test(attributes_of_an_object_have_a_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
