/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include <pthread.h>
#include <stdatomic.h>

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

static void an_acl_is_copied_or_refused(void **state)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    acl_room room = acl_empty();
    tsr_acl captured = {0};
    (void)state;

    room.acl.AclSize = 3;
    expect_status((uint32_t)STATUS_INVALID_ACL, capture_acl(&room.acl, &bytes, &captured));
    expect_status((uint32_t)STATUS_INVALID_ACL, capture_acl(NULL, &bytes, &captured));
    assert_null(bytes);
    assert_null(captured.bytes);
    room.acl.AclSize = sizeof(room);
    expect_ok(capture_acl(&room.acl, &bytes, &captured));
    room.acl.AceCount = 7;
    assert_ptr_equal(captured.bytes, bytes);
    assert_int_equal(captured.size, sizeof(room));
    assert_int_equal(((const ACL *)(const void *)bytes)->AceCount, 0);
}

static void attributes_of_an_object_have_a_length(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityDelegation, SECURITY_DYNAMIC_TRACKING,
                                       TRUE};
    CLEANUP(attributes_deinit) struct attributes captured = {0};
    UNICODE_STRING name = {0};
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
    InitializeObjectAttributes(&attributes, NULL, 0x2000, NULL, NULL);
    expect_status((uint32_t)STATUS_INVALID_PARAMETER, capture_attributes(&attributes, &captured));
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    expect_status((uint32_t)STATUS_OBJECT_NAME_INVALID, capture_attributes(&attributes, &captured));
    InitializeObjectAttributes(&attributes, NULL, 0, (HANDLE)(uintptr_t)8, NULL);
    expect_status((uint32_t)STATUS_OBJECT_NAME_INVALID, capture_attributes(&attributes, &captured));
}

#define N_ENTRIES 64
#define N_ROUNDS  20000

/* Lists whose counts another thread changes all the time; there are entries for the largest. */
static struct {
    _Atomic DWORD n_groups;
    SID_AND_ATTRIBUTES groups[N_ENTRIES];
} changing_groups;
static struct {
    _Atomic DWORD n_privileges;
    LUID_AND_ATTRIBUTES privileges[N_ENTRIES];
} changing_privileges;
static SECURITY_DESCRIPTOR changing_descriptor = {.Revision = SECURITY_DESCRIPTOR_REVISION};

static void *change_all(void *argument)
{
    const atomic_bool *const is_done = argument;

    for (DWORD n = 1; !atomic_load(is_done); n = n == 1 ? N_ENTRIES : 1) {
        atomic_store(&changing_groups.n_groups, n);
        atomic_store(&changing_privileges.n_privileges, n);
        __atomic_store_n(&changing_descriptor.Control, n == 1 ? SE_DACL_PRESENT : 0,
                         __ATOMIC_RELAXED);
    }
    return NULL;
}

static void expect_what_was_counted(const struct filter *filter)
{
    assert_true(filter->spec.n_disable == 1 || filter->spec.n_disable == N_ENTRIES);
    for (size_t i = 0; i < filter->spec.n_disable; i++) {
        assert_true(tsr_sid_equal(&filter->spec.disable[i], &TSR_SID_EVERYONE));
    }
    for (size_t i = 0; i < filter->spec.n_restrict_to; i++) {
        assert_true(tsr_sid_equal(&filter->spec.restrict_to[i].sid, &TSR_SID_EVERYONE));
    }
    for (size_t i = 0; i < filter->spec.n_delete_privileges; i++) {
        assert_int_equal(filter->spec.delete_privileges[i], SE_SHUTDOWN_PRIVILEGE);
    }
}

static void a_count_that_changes_meanwhile_is_read_once(void **state)
{
    const TOKEN_GROUPS *const groups = (const void *)&changing_groups;
    sid_room everyone = sid_bytes(EVERYONE);
    atomic_bool is_done = false;
    pthread_t thread;
    (void)state;

    changing_groups.n_groups = 1;
    changing_privileges.n_privileges = 1;
    for (size_t i = 0; i < N_ENTRIES; i++) {
        changing_groups.groups[i].Sid = &everyone;
        changing_privileges.privileges[i].Luid.LowPart = SE_SHUTDOWN_PRIVILEGE;
    }
    assert_int_equal(pthread_create(&thread, NULL, change_all, &is_done), 0);
    for (int i = 0; i < N_ROUNDS; i++) {
        CLEANUP(filter_deinit) struct filter filter = {0};

        if (tsr_ok(
                filter_capture(0, groups, (const void *)&changing_privileges, groups, &filter))) {
            expect_what_was_counted(&filter);
        }
    }
    atomic_store(&is_done, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Were the DACL taken as present by one look and as absent by the next, it would be a NULL DACL. */
static void a_dacl_that_comes_and_goes_is_there_or_not(void **state)
{
    acl_room dacl = acl_empty();
    atomic_bool is_done = false;
    pthread_t thread;
    (void)state;

    changing_descriptor.Dacl = &dacl.acl;
    assert_int_equal(pthread_create(&thread, NULL, change_all, &is_done), 0);
    for (int i = 0; i < N_ROUNDS; i++) {
        CLEANUP(free) uint8_t *bytes = NULL;
        tsr_sd sd;

        expect_ok(capture_descriptor(&changing_descriptor, &bytes, &sd));
        assert_int_equal(sd.has_dacl, sd.dacl.bytes != NULL);
    }
    atomic_store(&is_done, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void lists_are_captured_up_to_the_largest(void **state)
{
    static SID_AND_ATTRIBUTES groups[TSR_TOKEN_GROUPS_MAX];
    static LUID_AND_ATTRIBUTES privileges[TSR_TOKEN_GROUPS_MAX];
    CLEANUP(free) tsr_group *captured = NULL;
    CLEANUP(free) tsr_privilege_state *states = NULL;
    sid_room everyone = sid_bytes(EVERYONE);
    (void)state;

    for (size_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        groups[i] = (SID_AND_ATTRIBUTES){&everyone, (DWORD)i};
        privileges[i].Luid.LowPart = (DWORD)i;
    }
    expect_ok(capture_groups(groups, TSR_TOKEN_GROUPS_MAX, &captured));
    expect_ok(capture_privileges(privileges, TSR_TOKEN_GROUPS_MAX, &states));
    assert_int_equal(captured[TSR_TOKEN_GROUPS_MAX - 1].attributes, TSR_TOKEN_GROUPS_MAX - 1);
    assert_int_equal(states[TSR_TOKEN_GROUPS_MAX - 1].luid, TSR_TOKEN_GROUPS_MAX - 1);
}

static void every_entry_of_a_filter_is_captured(void **state)
{
    CLEANUP(filter_deinit) struct filter filter = {0};
    sid_room everyone = sid_bytes(EVERYONE);
    sid_room user = sid_bytes(ALICE);
    const struct {
        DWORD n;
        SID_AND_ATTRIBUTES groups[2];
    } groups = {2, {{&everyone, 0}, {&user, 0}}};
    const struct {
        DWORD n;
        LUID_AND_ATTRIBUTES privileges[2];
    } privileges = {2, {{{17, 0}, 0}, {{18, 0}, 0}}};
    (void)state;

    expect_ok(filter_capture(0, (const void *)&groups, (const void *)&privileges, NULL, &filter));
    assert_int_equal(filter.spec.n_disable, 2);
    assert_true(tsr_sid_equal(&filter.spec.disable[0], &TSR_SID_EVERYONE));
    assert_true(tsr_sid_equal(&filter.spec.disable[1], &(tsr_sid)IN_DOMAIN(1001)));
    assert_int_equal(filter.spec.n_delete_privileges, 2);
    assert_int_equal(filter.spec.delete_privileges[0], 17);
    assert_int_equal(filter.spec.delete_privileges[1], 18);
}

static void an_acl_is_at_least_its_header(void **state)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    const ACL smallest = {.AclRevision = ACL_REVISION, .AclSize = sizeof(ACL)};
    const ACL nothing = {.AclRevision = ACL_REVISION, .AclSize = 0};
    tsr_acl captured = {0};
    (void)state;

    expect_status((uint32_t)STATUS_INVALID_ACL, capture_acl(&nothing, &bytes, &captured));
    assert_null(bytes);
    expect_ok(capture_acl(&smallest, &bytes, &captured));
    assert_int_equal(captured.size, sizeof(ACL));
}

static void only_known_attributes_are_passed_over(void **state)
{
    const struct {
        ULONG attributes;
        NTSTATUS expected;
        uint32_t flags;
    } rows[] = {
        {0, STATUS_SUCCESS, 0},
        {OBJ_INHERIT, STATUS_SUCCESS, HANDLE_FLAG_INHERIT},
        {OBJ_VALID_ATTRIBUTES & ~OBJ_INHERIT, STATUS_SUCCESS, 0},
        {0x800, STATUS_SUCCESS, 0},
        {0x1000, STATUS_SUCCESS, 0},
        {1, STATUS_INVALID_PARAMETER, 0},
        {OBJ_INHERIT | 0x2000, STATUS_INVALID_PARAMETER, 0},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP(attributes_deinit) struct attributes captured = {0};
        OBJECT_ATTRIBUTES attributes;

        InitializeObjectAttributes(&attributes, NULL, rows[i].attributes, NULL, NULL);
        expect_status((uint32_t)rows[i].expected, capture_attributes(&attributes, &captured));
        assert_int_equal(captured.flags, rows[i].flags);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sids_are_captured_or_refused),
        cmocka_unit_test(a_luid_that_is_no_privilege_is_one_nobody_holds),
        cmocka_unit_test(an_acl_is_copied_or_refused),
        cmocka_unit_test(attributes_of_an_object_have_a_length),
        cmocka_unit_test(a_count_that_changes_meanwhile_is_read_once),
        cmocka_unit_test(a_dacl_that_comes_and_goes_is_there_or_not),
        cmocka_unit_test(lists_are_captured_up_to_the_largest),
        cmocka_unit_test(every_entry_of_a_filter_is_captured),
        cmocka_unit_test(an_acl_is_at_least_its_header),
        cmocka_unit_test(only_known_attributes_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
