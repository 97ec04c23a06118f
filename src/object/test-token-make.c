/* SPDX-License-Identifier: MIT */
/* Tests of making tokens by handle: T-CRT, T-DUP, T-FLT, T-UAC and T-OBJ rows (token.md 2.7, 3, 6).
 * T-DUP-17 is of pointers. What copies and filters contain is tested in token/test-duplicate.c and
 * token/test-filter.c; here it is handles, rights, sessions and descriptors. T-OBJ-5 needs a child
 * process. */

#include "object/test-services.h"

/* ---- NtCreateToken ---- */

static tsr_status create(const tsr_token_spec *spec, handle_t *ret_handle)
{
    const struct handle_request request = {.desired = TOKEN_QUERY};

    return service_create_token(spec, &request, ret_handle);
}

static void t_crt_1_to_3_the_type_and_then_the_privilege(void **state)
{
    const tsr_privilege_state disabled = {SE_CREATE_TOKEN_PRIVILEGE, 0};
    tsr_token_spec process = alice_spec();
    tsr_token_spec spec = alice_spec();
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_PRIVILEGE_NOT_HELD, create(&spec, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    spec.type = (tsr_token_type)3;
    expect_status(STATUS_BAD_TOKEN_TYPE, create(&spec, &handle));
    spec.type = TSR_TOKEN_PRIMARY;
    process.privileges = &disabled;
    process.n_privileges = 1;
    process.integrity = &fixture_high;
    be(token_of_spec(&process));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, create(&spec, &handle));
}

static void t_crt_4_to_11_what_is_made(void **state)
{
    const tsr_group mandatory = {{5, 3, {32, 1, 2}}, SE_GROUP_MANDATORY};
    tsr_token_spec spec = {.user = sid_of(BOB),
                           .groups = &mandatory,
                           .n_groups = 1,
                           .type = TSR_TOKEN_IMPERSONATION,
                           .authentication_id = LOGON_SESSION};
    handle_t handle = HANDLE_NONE;
    tsr_token *token;
    size_t before;
    tsr_sid sid;

    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    before = session_count(LOGON_SESSION);
    spec.primary_group = &spec.user;
    expect_ok(create(&spec, &handle));
    token = behind(handle);
    assert_int_equal(attributes_of(token, "S-1-5-32-1-2"), TSR_GROUP_ORDINARY);
    expect_owner(token, BOB);
    assert_int_equal(statistics_of(token).level, TSR_LEVEL_ANONYMOUS);
    assert_null(tsr_token_peek_default_dacl(token));
    assert_true(tsr_token_get_integrity(token, &sid));
    expect_sid("S-1-16-8192", &sid);
    assert_int_equal(session_count(LOGON_SESSION), before + 1);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
}

static void t_crt_5_7_and_10_the_session_is_looked_at_before_owner_and_group(void **state)
{
    const tsr_sid stranger = sid_of(STRANGER);
    const tsr_sid no_owner = sid_of(G1);
    tsr_token_spec spec = alice_spec();
    handle_t handle = 42;

    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    spec.owner = &no_owner;
    expect_status(STATUS_INVALID_OWNER, create(&spec, &handle));
    spec.authentication_id = 0x12345;
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, create(&spec, &handle));
    spec.owner = NULL;
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, create(&spec, &handle));
    spec.primary_group = &stranger;
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, create(&spec, &handle));
    spec.authentication_id = LOGON_SESSION;
    expect_status(STATUS_INVALID_PRIMARY_GROUP, create(&spec, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    assert_int_equal(session_count(0x12345), 0);
}

static void high_privileges_are_made_with_a_high_level_only(void **state)
{
    const tsr_privilege_state privileges[] = {{SE_DEBUG_PRIVILEGE, HELD},
                                              {SE_CHANGE_NOTIFY_PRIVILEGE, HELD}};
    tsr_token_spec spec = alice_spec();
    handle_t handle = HANDLE_NONE;
    tsr_token *token;

    (void)state;

    be(alice_with(SE_CREATE_TOKEN_PRIVILEGE));
    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    expect_ok(create(&spec, &handle));
    token = behind(handle);
    assert_int_equal(privilege_of(token, SE_DEBUG_PRIVILEGE), ABSENT);
    assert_int_equal(privilege_of(token, SE_CHANGE_NOTIFY_PRIVILEGE), HELD);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
    spec.integrity = &fixture_high;
    expect_ok(create(&spec, &handle));
    token = behind(handle);
    assert_int_equal(privilege_of(token, SE_DEBUG_PRIVILEGE), HELD);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
}

/* ---- NtDuplicateToken ---- */

#define PRIMARY       TSR_TOKEN_PRIMARY
#define IMPERSONATION TSR_TOKEN_IMPERSONATION
#define NO_LEVEL      ((tsr_impersonation_level)-1)
#define SOURCE_RIGHTS (TOKEN_DUPLICATE | TOKEN_ADJUST_GROUPS)
#define OTHER_SESSION UINT64_C(0x777003)

static tsr_token *anonymous_alice(void)
{
    return impersonating(alice(), TSR_LEVEL_ANONYMOUS);
}

static tsr_token *identified_alice(void)
{
    return impersonating(alice(), TSR_LEVEL_IDENTIFICATION);
}

static tsr_token *impersonated_alice(void)
{
    return impersonating(alice(), TSR_LEVEL_IMPERSONATION);
}

static tsr_token *delegated_alice(void)
{
    return impersonating(alice(), TSR_LEVEL_DELEGATION);
}

static const struct {
    const char *name;
    tsr_token *(*source)(void);
    uint32_t desired;
    tsr_token_type type;
    tsr_impersonation_level level;
    uint32_t expected;
    uint32_t rights;
    tsr_impersonation_level expected_level;
} duplicate_rows[] = {
    {"T-DUP-1", alice, TOKEN_QUERY | TOKEN_IMPERSONATE, IMPERSONATION, TSR_LEVEL_ANONYMOUS,
     STATUS_SUCCESS, TOKEN_QUERY | TOKEN_IMPERSONATE, TSR_LEVEL_ANONYMOUS},
    {"T-DUP-2", alice, 0, PRIMARY, TSR_LEVEL_ANONYMOUS, STATUS_SUCCESS, SOURCE_RIGHTS,
     TSR_LEVEL_ANONYMOUS},
    {"T-DUP-3", alice, MAXIMUM_ALLOWED, PRIMARY, TSR_LEVEL_ANONYMOUS, STATUS_SUCCESS,
     TOKEN_ALL_ACCESS, TSR_LEVEL_ANONYMOUS},
    {"T-DUP-4", alice, TOKEN_QUERY_SOURCE, PRIMARY, TSR_LEVEL_ANONYMOUS, STATUS_SUCCESS,
     TOKEN_QUERY_SOURCE, TSR_LEVEL_ANONYMOUS},
    {"T-DUP-5", alice, 0, IMPERSONATION, TSR_LEVEL_IDENTIFICATION, STATUS_SUCCESS, SOURCE_RIGHTS,
     TSR_LEVEL_IDENTIFICATION},
    {"T-DUP-6", alice, 0, IMPERSONATION, NO_LEVEL, STATUS_SUCCESS, SOURCE_RIGHTS,
     TSR_LEVEL_ANONYMOUS},
    {"T-DUP-7", alice, GENERIC_READ, IMPERSONATION, TSR_LEVEL_IDENTIFICATION, STATUS_SUCCESS,
     0x2001a, TSR_LEVEL_IDENTIFICATION},
    {"T-DUP-10", anonymous_alice, 0, IMPERSONATION, TSR_LEVEL_IDENTIFICATION,
     STATUS_BAD_IMPERSONATION_LEVEL, 0, 0},
    {"T-DUP-11", identified_alice, 0, PRIMARY, TSR_LEVEL_ANONYMOUS, STATUS_BAD_IMPERSONATION_LEVEL,
     0, 0},
    {"T-DUP-12", impersonated_alice, 0, PRIMARY, TSR_LEVEL_ANONYMOUS, STATUS_SUCCESS, SOURCE_RIGHTS,
     TSR_LEVEL_ANONYMOUS},
    {"T-DUP-13", delegated_alice, 0, IMPERSONATION, TSR_LEVEL_IMPERSONATION, STATUS_SUCCESS,
     SOURCE_RIGHTS, TSR_LEVEL_IMPERSONATION},
    {"T-DUP-14", impersonated_alice, 0, IMPERSONATION, NO_LEVEL, STATUS_SUCCESS, SOURCE_RIGHTS,
     TSR_LEVEL_IMPERSONATION},
    {"T-DUP-23", alice, 0, IMPERSONATION, (tsr_impersonation_level)4,
     STATUS_BAD_IMPERSONATION_LEVEL, 0, 0},
    {"access to the SACL", alice, ACCESS_SYSTEM_SECURITY, PRIMARY, TSR_LEVEL_ANONYMOUS,
     STATUS_PRIVILEGE_NOT_HELD, 0, 0},
};

static void t_dup_rows_of_rights_and_levels(void **state)
{
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(duplicate_rows); i++) {
        const handle_t source = h(duplicate_rows[i].source(), SOURCE_RIGHTS);
        const struct duplicate_request request = {
            .handle.desired = duplicate_rows[i].desired,
            .type = duplicate_rows[i].type,
            .has_level = duplicate_rows[i].level != NO_LEVEL,
            .level = duplicate_rows[i].level,
        };
        handle_t handle = 42;
        const tsr_status status = service_duplicate_token(source, &request, &handle);

        if (status.code != duplicate_rows[i].expected) {
            print_error("%s: %s\n", duplicate_rows[i].name, expect_status_name(status.code));
            fail();
        }
        if (tsr_ok(status)) {
            assert_int_equal(rights_of(handle), duplicate_rows[i].rights);
            assert_int_equal(statistics_behind(handle).type, duplicate_rows[i].type);
            assert_int_equal(statistics_behind(handle).level, duplicate_rows[i].expected_level);
            expect_ok(handle_close(handle));
        } else {
            assert_int_equal(handle, HANDLE_NONE);
        }
        expect_ok(handle_close(source));
    }
}

static void t_dup_15_16_and_18_type_handle_and_right_in_this_order(void **state)
{
    const handle_t weak = h(alice(), TOKEN_ALL_ACCESS & ~TOKEN_DUPLICATE);
    struct duplicate_request request = {.type = (tsr_token_type)0};
    handle_t handle = 42;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, service_duplicate_token(0xdead, &request, &handle));
    request.type = (tsr_token_type)3;
    expect_status(STATUS_INVALID_PARAMETER, service_duplicate_token(0xdead, &request, &handle));
    request.type = PRIMARY;
    expect_status(STATUS_INVALID_HANDLE, service_duplicate_token(0xdead, &request, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_status(STATUS_ACCESS_DENIED, service_duplicate_token(weak, &request, &handle));
    expect_ok(handle_close(weak));
}

/* Covers T-DUP-24. */
static void t_dup_24_a_copy_counts_in_the_session(void **state)
{
    const struct duplicate_request request = {.type = PRIMARY};
    tsr_token_spec spec = alice_spec();
    handle_t handle = HANDLE_NONE;
    handle_t source;

    (void)state;

    be(alice());
    spec.authentication_id = OTHER_SESSION;
    source = h(token_of_spec(&spec), TOKEN_DUPLICATE);
    assert_int_equal(session_count(OTHER_SESSION), 1);
    expect_ok(service_duplicate_token(source, &request, &handle));
    assert_int_equal(session_count(OTHER_SESSION), 2);
    expect_ok(handle_close(source));
    assert_int_equal(session_count(OTHER_SESSION), 1);
    expect_ok(handle_close(handle));
    assert_int_equal(session_count(OTHER_SESSION), 0);
}

static void t_dup_9_effective_only_and_t_obj_1_ids(void **state)
{
    const struct duplicate_request request = {.type = PRIMARY, .effective_only = true};
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    handle_t handle = HANDLE_NONE;

    (void)state;

    expect_ok(service_duplicate_token(source, &request, &handle));
    assert_int_equal(statistics_behind(handle).n_privileges, 1);
    assert_true(statistics_behind(handle).token_id != statistics_behind(source).token_id);
    assert_int_equal(statistics_behind(handle).modified_id, statistics_behind(source).modified_id);
    assert_int_equal(statistics_behind(handle).authentication_id, LOGON_SESSION);
    expect_ok(handle_close(source));
    expect_ok(handle_close(handle));
}

static void who_impersonates_below_impersonation_makes_nothing(void **state)
{
    const struct duplicate_request request = {.type = PRIMARY};
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    struct token_object *token;
    handle_t handle = 42;

    (void)state;

    be(alice());
    token = act_as(identified_alice(), TSR_LEVEL_IDENTIFICATION);
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_duplicate_token(source, &request, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    revert(this_thread());
    (void)token_object_unref(token);
    expect_ok(handle_close(source));
}

/* ---- Descriptors ---- */

static handle_t duplicate_with(handle_t source, const char *sddl)
{
    struct duplicate_request request = {.handle.desired = MAXIMUM_ALLOWED, .type = PRIMARY};
    uint8_t *bytes = NULL;
    handle_t handle = HANDLE_NONE;
    size_t size = 0;
    tsr_sd sd;

    if (sddl) {
        expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
        expect_ok(tsr_sd_view(bytes, size, &sd));
        request.handle.sd = &sd;
    }
    expect_ok(service_duplicate_token(source, &request, &handle));
    free(bytes);
    return handle;
}

static void expect_sddl(handle_t handle, uint32_t information, const char *expected)
{
    char *text = sddl_behind(handle, information);

    assert_string_equal(text, expected);
    free(text);
}

/* TOKEN_ALL_ACCESS in SDDL. */
#define ALL "CCDCLCSWRPWPDTLOCRSDRCWDWO"

static void t_obj_3_and_4_a_descriptor_is_given_and_never_copied(void **state)
{
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    handle_t given;
    handle_t copy;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    (void)state;

    be(alice());
    given = duplicate_with(source, "D:(A;NP;GA;;;SU)");
    expect_sddl(given, DACL_SECURITY_INFORMATION, "D:(A;NP;" ALL ";;;SU)");
    copy = duplicate_with(given, NULL);
    expect_sddl(copy, DACL_SECURITY_INFORMATION, "D:(A;;" ALL ";;;SY)(A;;" ALL ";;;" ALICE ")");
    expect_ok(service_query_security(copy, DACL_SECURITY_INFORMATION, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_false(sd.control & SE_DACL_DEFAULTED);
    free(bytes);
    expect_ok(handle_close(source));
    expect_ok(handle_close(given));
    expect_ok(handle_close(copy));
}

static void t_obj_7_and_8_the_label_is_the_creators_whatever_is_asked_for(void **state)
{
    const handle_t source = h(alice_elevated(), TOKEN_DUPLICATE);
    handle_t handle;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    (void)state;

    be(alice());
    handle = duplicate_with(source, "S:(ML;;NWNR;;;LW)");
    expect_sddl(handle, LABEL_SECURITY_INFORMATION, "S:(ML;;NW;;;ME)");
    expect_ok(service_query_security(handle, LABEL_SECURITY_INFORMATION, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_null(sd.owner);
    assert_null(sd.group);
    assert_false(sd.has_dacl);
    assert_int_equal(sd.sacl.n_aces, 1);
    free(bytes);
    expect_ok(handle_close(source));
    expect_ok(handle_close(handle));
}

/* ---- NtFilterToken, NtCreateLowBoxToken ---- */

static void t_flt_20_21_and_23_flags_handle_and_rights(void **state)
{
    const handle_t weak = h(alice(), TOKEN_QUERY);
    const handle_t source = h(alice(), TOKEN_QUERY | TOKEN_DUPLICATE);
    tsr_token_filter_spec spec = {.flags = 0x10};
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_INVALID_PARAMETER, service_filter_token(0xdead, &spec, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    spec.flags = 0;
    expect_status(STATUS_ACCESS_DENIED, service_filter_token(weak, &spec, &handle));
    expect_ok(service_filter_token(source, &spec, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY | TOKEN_DUPLICATE);
    assert_int_equal(statistics_behind(handle).parent_token_id, statistics_behind(source).token_id);
    expect_ok(handle_close(handle));
    expect_ok(handle_close(source));
    expect_ok(handle_close(weak));
}

static void each_flag_of_filters_is_known(void **state)
{
    const uint32_t flags[] = {DISABLE_MAX_PRIVILEGE, SANDBOX_INERT, LUA_TOKEN, WRITE_RESTRICTED};
    const handle_t source = h(alice(), TOKEN_DUPLICATE);

    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        const tsr_token_filter_spec spec = {.flags = flags[i]};
        const tsr_token_filter_spec more = {.flags = flags[i] | 0x10};
        handle_t handle = HANDLE_NONE;

        expect_ok(service_filter_token(source, &spec, &handle));
        expect_ok(handle_close(handle));
        expect_status(STATUS_INVALID_PARAMETER, service_filter_token(source, &more, &handle));
    }
    expect_ok(handle_close(source));
}

/* Below impersonation there is no handle, but who asks is looked at first for the sandbox only. */
static void what_is_asked_for_is_judged_before_who_asks(void **state)
{
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    const tsr_group restricting = {sid_of(EVERYONE), SE_GROUP_ENABLED};
    tsr_token_filter_spec spec = {.restrict_to = &restricting, .n_restrict_to = 1};
    struct token_object *token;
    handle_t handle = 42;

    (void)state;

    be(alice());
    token = act_as(identified_alice(), TSR_LEVEL_IDENTIFICATION);
    expect_status(STATUS_INVALID_PARAMETER, service_filter_token(source, &spec, &handle));
    spec.flags = SANDBOX_INERT;
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL, service_filter_token(source, &spec, &handle));
    spec = (tsr_token_filter_spec){0};
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL, service_filter_token(source, &spec, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    revert(this_thread());
    (void)token_object_unref(token);
    expect_ok(handle_close(source));
}

static void t_flt_15_and_31_what_restricts_is_judged_after_the_handle(void **state)
{
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    tsr_group restricting = {sid_of(EVERYONE), SE_GROUP_ENABLED};
    const tsr_token_filter_spec spec = {.restrict_to = &restricting, .n_restrict_to = 1};
    handle_t handle = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_INVALID_HANDLE, service_filter_token(0xdead, &spec, &handle));
    expect_status(STATUS_INVALID_PARAMETER, service_filter_token(source, &spec, &handle));
    restricting = (tsr_group){.sid = {.authority = 1}};
    expect_status(STATUS_INVALID_SID, service_filter_token(source, &spec, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_ok(handle_close(source));
}

static void t_flt_19_sandbox_inert_is_for_callers_of_the_system(void **state)
{
    const tsr_token_filter_spec spec = {.flags = SANDBOX_INERT};

    (void)state;

    for (int as_system = 0; as_system < 2; as_system++) {
        const handle_t source = h(alice(), TOKEN_DUPLICATE);
        handle_t handle = HANDLE_NONE;

        be(as_system ? system_token() : alice());
        expect_ok(service_filter_token(source, &spec, &handle));
        assert_int_equal(statistics_behind(handle).flags & TSR_TOKEN_SANDBOX_INERT,
                         as_system ? TSR_TOKEN_SANDBOX_INERT : 0);
        expect_ok(handle_close(handle));
        expect_ok(handle_close(source));
    }
}

static void an_app_container_is_made_of_a_token_to_duplicate(void **state)
{
    const tsr_lowbox_spec spec = {.package = fixture_package};
    const struct handle_request request = {.desired = TOKEN_QUERY};
    const handle_t weak = h(alice(), TOKEN_QUERY);
    const handle_t source = h(alice(), TOKEN_DUPLICATE);
    handle_t handle = 42;
    tsr_token *token;
    tsr_sid package;

    (void)state;

    be(alice());
    expect_status(STATUS_ACCESS_DENIED,
                  service_create_lowbox_token(weak, &spec, &request, &handle));
    assert_int_equal(handle, HANDLE_NONE);
    expect_ok(service_create_lowbox_token(source, &spec, &request, &handle));
    assert_int_equal(rights_of(handle), TOKEN_QUERY);
    token = behind(handle);
    assert_true(tsr_token_get_package(token, &package, NULL));
    expect_sid(PACKAGE, &package);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(handle));
    expect_ok(handle_close(source));
    expect_ok(handle_close(weak));
}

/* ---- Linked tokens ---- */

/* The linked token has also what is disabled in it. */
static void expect_whole(handle_t handle)
{
    tsr_token *token = behind(handle);

    assert_int_equal(attributes_of(token, G2), 0);
    assert_int_equal(privilege_of(token, SE_DEBUG_PRIVILEGE), 0);
    (void)tsr_token_unref(token);
}

static tsr_elevation_type elevation_behind(handle_t handle, bool *ret_elevated)
{
    tsr_token *token = behind(handle);
    const tsr_elevation_type elevation = statistics_of(token).elevation;

    *ret_elevated = tsr_token_is_elevated(token);
    (void)tsr_token_unref(token);
    return elevation;
}

static void t_uac_1_to_5_and_12_the_pair_is_linked_for_looking_at(void **state)
{
    const struct duplicate_request impersonation = {
        .type = IMPERSONATION, .has_level = true, .level = TSR_LEVEL_IMPERSONATION};
    handle_t full;
    handle_t limited;
    handle_t linked = HANDLE_NONE;
    handle_t again = HANDLE_NONE;
    handle_t back = HANDLE_NONE;
    handle_t copy = 42;
    bool elevated;

    (void)state;

    be(alice());
    log_on(&full, &limited);
    assert_int_equal(elevation_behind(limited, &elevated), TSR_ELEVATION_LIMITED);
    assert_false(elevated);
    expect_ok(service_query_linked_token(limited, &linked));
    assert_int_equal(elevation_behind(linked, &elevated), TSR_ELEVATION_FULL);
    assert_true(elevated);
    expect_whole(linked);
    assert_int_equal(rights_of(linked), TOKEN_ALL_ACCESS);
    assert_int_equal(statistics_behind(linked).type, IMPERSONATION);
    assert_int_equal(statistics_behind(linked).level, TSR_LEVEL_IDENTIFICATION);
    expect_ok(service_query_linked_token(limited, &again));
    assert_true(statistics_behind(again).token_id != statistics_behind(linked).token_id);
    expect_ok(service_query_linked_token(linked, &back));
    assert_int_equal(elevation_behind(back, &elevated), TSR_ELEVATION_LIMITED);
    assert_true(statistics_behind(back).token_id != statistics_behind(limited).token_id);
    expect_ok(handle_close(back));
    expect_ok(service_query_linked_token(full, &back));
    assert_int_equal(elevation_behind(back, &elevated), TSR_ELEVATION_LIMITED);
    assert_false(elevated);
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL,
                  service_duplicate_token(linked, &impersonation, &copy));

    expect_ok(handle_close(full));
    expect_ok(handle_close(limited));
    expect_ok(handle_close(linked));
    expect_ok(handle_close(again));
    expect_ok(handle_close(back));
}

static void t_uac_6_to_8_the_linked_token_is_the_sessions(void **state)
{
    const tsr_privilege_state remove = {SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_REMOVED};
    const tsr_token_filter_spec nothing = {0};
    handle_t full;
    handle_t limited;
    handle_t linked = HANDLE_NONE;
    handle_t filtered = HANDLE_NONE;
    tsr_token *token;
    bool elevated;

    (void)state;

    be(alice());
    log_on(&full, &limited);
    expect_ok(service_adjust_privileges(limited, false, &remove, 1, NULL));
    expect_ok(service_set_token(limited, TOKEN_CLASS_DEFAULT_DACL, &(struct token_setting){0}));
    expect_ok(service_query_linked_token(limited, &linked));
    token = behind(linked);
    assert_int_equal(privilege_of(token, SE_CHANGE_NOTIFY_PRIVILEGE), 3);
    assert_int_equal(tsr_token_peek_default_dacl(token)->n_aces, 2);
    (void)tsr_token_unref(token);
    expect_ok(handle_close(linked));

    expect_ok(service_filter_token(full, &nothing, &filtered));
    assert_int_equal(elevation_behind(filtered, &elevated), TSR_ELEVATION_FULL);
    assert_true(elevated);
    expect_ok(service_query_linked_token(filtered, &linked));
    expect_ok(handle_close(linked));
    expect_ok(handle_close(filtered));
    expect_ok(handle_close(full));
    expect_ok(handle_close(limited));
}

/* [U] as primary with SeTcbPrivilege; T-UAC-10 [DEC]. */
static void t_uac_10_and_11_of_no_pair_and_for_the_system(void **state)
{
    const handle_t plain = h(alice(), TOKEN_QUERY);
    handle_t full;
    handle_t limited;
    handle_t linked = 42;

    (void)state;

    be(alice());
    expect_status(STATUS_NO_SUCH_LOGON_SESSION, service_query_linked_token(plain, &linked));
    assert_int_equal(linked, HANDLE_NONE);
    log_on(&full, &limited);
    expect_ok(service_query_linked_token(limited, &linked));
    expect_ok(service_set_thread_token(HANDLE_CURRENT_THREAD, linked));
    expect_status(STATUS_BAD_IMPERSONATION_LEVEL, service_impersonate_self(TSR_LEVEL_DELEGATION));
    expect_ok(service_revert_to_self());
    expect_ok(handle_close(linked));

    be(alice_with(SE_TCB_PRIVILEGE));
    expect_ok(service_query_linked_token(limited, &linked));
    assert_int_equal(statistics_behind(linked).type, PRIMARY);
    expect_whole(linked);
    expect_ok(handle_close(linked));
    expect_ok(handle_close(plain));
    expect_ok(handle_close(full));
    expect_ok(handle_close(limited));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_crt_1_to_3_the_type_and_then_the_privilege),
        cmocka_unit_test(t_crt_4_to_11_what_is_made),
        cmocka_unit_test(t_crt_5_7_and_10_the_session_is_looked_at_before_owner_and_group),
        cmocka_unit_test(high_privileges_are_made_with_a_high_level_only),
        cmocka_unit_test(t_dup_rows_of_rights_and_levels),
        cmocka_unit_test(t_dup_15_16_and_18_type_handle_and_right_in_this_order),
        cmocka_unit_test(t_dup_24_a_copy_counts_in_the_session),
        cmocka_unit_test(t_dup_9_effective_only_and_t_obj_1_ids),
        cmocka_unit_test(who_impersonates_below_impersonation_makes_nothing),
        cmocka_unit_test(t_obj_3_and_4_a_descriptor_is_given_and_never_copied),
        cmocka_unit_test(t_obj_7_and_8_the_label_is_the_creators_whatever_is_asked_for),
        cmocka_unit_test(t_flt_20_21_and_23_flags_handle_and_rights),
        cmocka_unit_test(each_flag_of_filters_is_known),
        cmocka_unit_test(what_is_asked_for_is_judged_before_who_asks),
        cmocka_unit_test(t_flt_15_and_31_what_restricts_is_judged_after_the_handle),
        cmocka_unit_test(t_flt_19_sandbox_inert_is_for_callers_of_the_system),
        cmocka_unit_test(an_app_container_is_made_of_a_token_to_duplicate),
        cmocka_unit_test(t_uac_1_to_5_and_12_the_pair_is_linked_for_looking_at),
        cmocka_unit_test(t_uac_6_to_8_the_linked_token_is_the_sessions),
        cmocka_unit_test(t_uac_10_and_11_of_no_pair_and_for_the_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
