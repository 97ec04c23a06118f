/* SPDX-License-Identifier: MIT */
/* Tests of Win32 functions that audit, in both spellings. */

#include "win32/test-tokens.h"

#include <sddl.h>
#include <winbase.h>

#include "object/test-trail.h"
#include "token/test-allocation.h"

#define READ_BY_ALL "O:SYG:SYD:(A;;0x1;;;WD)S:(AU;SAFA;0x3;;;WD)"
#define ONE         "00000001-0000-0000-0000-000000000000"
#define HANDLE_ID   ((LPVOID)(uintptr_t)0x1234)
#define HOUSE       ((LPCWSTR)u"house")
#define DOOR        ((LPWSTR)u"Door")
#define FRONT       ((LPWSTR)u"front \u00e4")
#define DOOR_A      ((LPSTR) "Door")
#define FRONT_A     ((LPSTR) "front \u00e4")
#define FULL_DEVICE "/dev/full"

static struct trail trail;
static GENERIC_MAPPING mapping = {1, 2, 4, 7};

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
    trail_end(&trail);
    return 0;
}

static void act_as_bob(void)
{
    (void)token_object_unref(
        act_as(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION));
}

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     &descriptor, NULL));
    return descriptor;
}

/* The event that one spelling wrote, of an object called "front ä". */
static void expect_door(json_int_t number, bool success)
{
    json_t *event = trail_event(&trail);

    expect_event(event, number, success);
    expect_text(event, "subsystem", "house");
    expect_text(event, "object_type", "Door");
    expect_text(event, "object_name", "front \u00e4");
    expect_text(event, "handle", success ? "0x1234" : NULL);
    expect_text(event, "client", BOB);
    json_decref(event);
}

static void both_spellings_check_and_audit(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    DWORD granted = 42;
    BOOL answer = 42;
    BOOL generate = 42;
    (void)state;

    act_as_bob();
    expect_true(AccessCheckAndAuditAlarmW(HOUSE, HANDLE_ID, DOOR, FRONT, descriptor, 1, &mapping,
                                          FALSE, &granted, &answer, &generate));
    assert_int_equal(granted, 1);
    assert_int_equal(answer, TRUE);
    assert_int_equal(generate, TRUE);
    expect_door(4656, true);

    SetLastError(0xdead);
    assert_int_equal(AccessCheckAndAuditAlarmA("house", HANDLE_ID, DOOR_A, FRONT_A, descriptor, 2,
                                               &mapping, FALSE, &granted, &answer, &generate),
                     TRUE);
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_int_equal(granted, 0);
    assert_int_equal(answer, FALSE);
    assert_int_equal(generate, FALSE);
    expect_door(4656, false);

    expect_true(AccessCheckByTypeAndAuditAlarmW(HOUSE, HANDLE_ID, DOOR, FRONT, descriptor, NULL, 1,
                                                AuditEventDirectoryServiceAccess, 0, NULL, 0,
                                                &mapping, FALSE, &granted, &answer, &generate));
    assert_int_equal(answer, TRUE);
    expect_door(4662, true);
    expect_true(AccessCheckByTypeAndAuditAlarmA("house", HANDLE_ID, DOOR_A, FRONT_A, descriptor,
                                                NULL, 1, AuditEventObjectAccess, 0, NULL, 0,
                                                &mapping, FALSE, &granted, &answer, &generate));
    assert_int_equal(answer, TRUE);
    expect_door(4656, true);
    LocalFree(descriptor);
}

static void a_check_that_was_not_made_has_granted_nothing(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    const int full = open(FULL_DEVICE, O_WRONLY | O_CLOEXEC);
    const struct {
        LPCWSTR subsystem;
        PSECURITY_DESCRIPTOR descriptor;
        DWORD desired;
        bool impersonates;
        bool is_full;
        DWORD error;
    } rows[] = {
        {HOUSE, descriptor, 1, false, false, ERROR_NO_IMPERSONATION_TOKEN},
        {HOUSE, descriptor, GENERIC_READ, true, false, ERROR_GENERIC_NOT_MAPPED},
        {HOUSE, NULL, 1, true, false, ERROR_NOACCESS},
        {NULL, descriptor, 1, true, false, ERROR_NOACCESS},
        {HOUSE, descriptor, 1, true, true, ERROR_DISK_FULL},
    };
    DWORD granted = 42;
    BOOL answer = 42;
    BOOL generate = 42;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        granted = 42;
        answer = 42;
        generate = 42;
        revert(this_thread());
        if (rows[i].impersonates) {
            act_as_bob();
        }
        expect_ok(tsr_audit_log_to_fd(rows[i].is_full ? full : trail.fd));
        expect_error(rows[i].error,
                     AccessCheckAndAuditAlarmW(rows[i].subsystem, NULL, DOOR, NULL,
                                               rows[i].descriptor, rows[i].desired, &mapping, FALSE,
                                               &granted, &answer, &generate));
        assert_int_equal(granted, 0);
        assert_int_equal(answer, FALSE);
        assert_int_equal(generate, FALSE);
    }
    expect_error(ERROR_NOACCESS,
                 AccessCheckAndAuditAlarmW(HOUSE, NULL, DOOR, NULL, descriptor, 1, &mapping, FALSE,
                                           NULL, &answer, &generate));
    expect_error(ERROR_NOACCESS,
                 AccessCheckAndAuditAlarmW(HOUSE, NULL, DOOR, NULL, descriptor, 1, &mapping, FALSE,
                                           &granted, NULL, &generate));
    expect_error(ERROR_NOACCESS,
                 AccessCheckAndAuditAlarmA("house", NULL, DOOR_A, NULL, descriptor, 1, &mapping,
                                           FALSE, &granted, &answer, NULL));
    expect_silence(&trail);
    assert_int_equal(close(full), 0);
    LocalFree(descriptor);
}

static void a_name_that_is_not_utf_8_is_audited_too(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    char name[] = "a\xff\xc3(\xe2\x80";
    DWORD granted = 42;
    BOOL answer = 42;
    BOOL generate = 42;
    json_t *event;
    (void)state;

    act_as_bob();
    expect_true(AccessCheckAndAuditAlarmA("house", NULL, DOOR_A, name, descriptor, 1, &mapping,
                                          FALSE, &granted, &answer, &generate));
    event = trail_event(&trail);
    expect_text(event, "object_name", "a\ufffd\ufffd(\ufffd\ufffd");
    json_decref(event);
    LocalFree(descriptor);
}

static void short_of_memory_nothing_is_granted(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    DWORD granted = 42;
    BOOL answer = 42;
    BOOL generate = 42;
    size_t n = 0;
    (void)state;

    act_as_bob();
    for (;; n++) {
        BOOL made;

        granted = 42;
        answer = 42;
        generate = 42;
        n_allocations_left = n;
        made = AccessCheckAndAuditAlarmA("house", NULL, DOOR_A, FRONT_A, descriptor, 1, &mapping,
                                         FALSE, &granted, &answer, &generate);
        n_allocations_left = SIZE_MAX;
        if (made) {
            break;
        }
        assert_int_equal(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
        assert_int_equal(granted, 0);
        assert_int_equal(answer, FALSE);
        assert_int_equal(generate, FALSE);
        expect_silence(&trail);
    }
    assert_true(n > 3);
    assert_int_equal(granted, 1);
    json_decref(trail_event(&trail));
    LocalFree(descriptor);
}

/* The list functions, as one. */
static BOOL check_list(bool wide, const HANDLE *token, PSECURITY_DESCRIPTOR descriptor, DWORD n,
                       DWORD *granted, DWORD *errors, BOOL *generate)
{
    GUID root = {9, 0, 0, {0}};
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}, {1, 0, &one}, {1, 0, &two}};

    if (wide) {
        return token
                   ? AccessCheckByTypeResultListAndAuditAlarmByHandleW(
                         HOUSE, HANDLE_ID, *token, DOOR, FRONT, descriptor, NULL, 1,
                         AuditEventObjectAccess, 0, types, n, &mapping, FALSE, granted, errors,
                         generate)
                   : AccessCheckByTypeResultListAndAuditAlarmW(
                         HOUSE, HANDLE_ID, DOOR, FRONT, descriptor, NULL, 1, AuditEventObjectAccess,
                         0, types, n, &mapping, FALSE, granted, errors, generate);
    }
    return token ? AccessCheckByTypeResultListAndAuditAlarmByHandleA(
                       "house", HANDLE_ID, *token, DOOR_A, FRONT_A, descriptor, NULL, 1,
                       AuditEventObjectAccess, 0, types, n, &mapping, FALSE, granted, errors,
                       generate)
                 : AccessCheckByTypeResultListAndAuditAlarmA(
                       "house", HANDLE_ID, DOOR_A, FRONT_A, descriptor, NULL, 1,
                       AuditEventObjectAccess, 0, types, n, &mapping, FALSE, granted, errors,
                       generate);
}

static void each_type_has_its_error(void **state)
{
    PSECURITY_DESCRIPTOR descriptor =
        descriptor_of("O:SYG:SYD:(OA;;CC;" ONE ";;WD)S:(OU;SA;CC;" ONE ";;WD)");
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    HANDLE nobody = NULL;
    DWORD granted[3] = {42, 42, 42};
    DWORD errors[3] = {42, 42, 42};
    BOOL generate = 42;
    (void)state;

    act_as_bob();
    for (int i = 0; i < 4; i++) {
        expect_true(
            check_list(i & 1, i & 2 ? &token : NULL, descriptor, 3, granted, errors, &generate));
        assert_int_equal(errors[0], ERROR_ACCESS_DENIED);
        assert_int_equal(errors[1], ERROR_SUCCESS);
        assert_int_equal(granted[1], 1);
        assert_int_equal(generate, TRUE);
        expect_door(4656, true);
    }
    for (int i = 0; i < 2; i++) {
        errors[1] = 42;
        granted[1] = 42;
        expect_error(ERROR_INVALID_HANDLE,
                     check_list(i, &nobody, descriptor, 3, granted, errors, &generate));
        assert_int_equal(errors[1], ERROR_ACCESS_DENIED);
        assert_int_equal(granted[1], 0);
        assert_int_equal(generate, FALSE);
        expect_error(
            ERROR_INVALID_PARAMETER,
            check_list(i, NULL, descriptor, TSR_OBJECT_TYPES_MAX + 1, granted, errors, &generate));
        expect_error(ERROR_NOACCESS, check_list(i, NULL, descriptor, 3, NULL, errors, &generate));
        expect_error(ERROR_NOACCESS,
                     check_list(i, &token, descriptor, 3, granted, NULL, &generate));
        expect_error(ERROR_NOACCESS, check_list(i, NULL, descriptor, 3, granted, errors, NULL));
        expect_error(ERROR_NOACCESS, check_list(i, &token, descriptor, 3, granted, errors, NULL));
    }
    expect_silence(&trail);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void both_spellings_tell_of_a_handles_life(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of("S:(AU;SA;1;;;WD)");
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET used = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    BOOL generate = 42;
    (void)state;

    expect_true(ObjectOpenAuditAlarmW(HOUSE, HANDLE_ID, DOOR, FRONT, descriptor, token, 1, 1, &used,
                                      FALSE, TRUE, &generate));
    assert_int_equal(generate, TRUE);
    expect_door(4656, true);
    generate = 42;
    expect_true(ObjectOpenAuditAlarmA("house", HANDLE_ID, DOOR_A, FRONT_A, descriptor, token, 1, 1,
                                      NULL, FALSE, TRUE, &generate));
    assert_int_equal(generate, TRUE);
    expect_door(4656, true);
    expect_error(ERROR_NOACCESS, ObjectOpenAuditAlarmA("house", HANDLE_ID, DOOR_A, NULL, descriptor,
                                                       token, 1, 1, NULL, FALSE, TRUE, NULL));
    expect_error(ERROR_INVALID_HANDLE,
                 ObjectOpenAuditAlarmW(HOUSE, HANDLE_ID, DOOR, NULL, descriptor, NULL, 1, 1, NULL,
                                       FALSE, TRUE, &generate));
    assert_int_equal(generate, FALSE);

    expect_true(ObjectCloseAuditAlarmA("house", HANDLE_ID, FALSE));
    expect_true(ObjectDeleteAuditAlarmW(HOUSE, HANDLE_ID, FALSE));
    expect_silence(&trail);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

/* The number of the only event since the last time. */
static json_int_t told_number(void)
{
    json_t *event = trail_event(&trail);
    const json_int_t number = json_integer_value(json_object_get(event, "event"));

    expect_text(event, "subsystem", "house");
    json_decref(event);
    return number;
}

static void both_spellings_tell_of_ends_and_of_privileges(void **state)
{
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET used = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    (void)state;

    expect_true(ObjectCloseAuditAlarmA("house", HANDLE_ID, TRUE));
    assert_int_equal(told_number(), 4658);
    expect_true(ObjectCloseAuditAlarmW(HOUSE, HANDLE_ID, TRUE));
    assert_int_equal(told_number(), 4658);
    expect_true(ObjectDeleteAuditAlarmA("house", HANDLE_ID, TRUE));
    assert_int_equal(told_number(), 4660);
    expect_true(ObjectDeleteAuditAlarmW(HOUSE, HANDLE_ID, TRUE));
    assert_int_equal(told_number(), 4660);
    expect_true(ObjectPrivilegeAuditAlarmA("house", HANDLE_ID, token, 1, &used, TRUE));
    assert_int_equal(told_number(), 4674);
    expect_true(ObjectPrivilegeAuditAlarmW(HOUSE, HANDLE_ID, token, 1, &used, FALSE));
    assert_int_equal(told_number(), 4674);
    expect_true(PrivilegedServiceAuditAlarmA("house", "open", token, &used, TRUE));
    assert_int_equal(told_number(), 4673);
    expect_true(PrivilegedServiceAuditAlarmW(HOUSE, (LPCWSTR)u"open", token, &used, FALSE));
    assert_int_equal(told_number(), 4673);

    be(alice());
    expect_error(ERROR_PRIVILEGE_NOT_HELD, ObjectCloseAuditAlarmA("house", HANDLE_ID, TRUE));
    expect_error(ERROR_PRIVILEGE_NOT_HELD,
                 PrivilegedServiceAuditAlarmA("house", "open", token, &used, TRUE));
    expect_error(ERROR_NOACCESS, PrivilegedServiceAuditAlarmA("house", NULL, token, &used, TRUE));
    expect_silence(&trail);
    expect_true(CloseHandle(token));
}

/* Whether the only event since the last time is of an object that was made. */
static bool told_created(void)
{
    json_t *event = trail_event(&trail);
    const bool is_created = json_is_true(json_object_get(event, "created"));

    json_decref(event);
    return is_created;
}

static void whether_an_object_was_made_is_told(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    GUID root = {9, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}};
    DWORD granted;
    DWORD error;
    BOOL answer;
    BOOL generate;
    (void)state;

    act_as_bob();
    for (BOOL created = FALSE; created <= TRUE; created++) {
        expect_true(AccessCheckAndAuditAlarmA("house", NULL, DOOR_A, NULL, descriptor, 1, &mapping,
                                              created, &granted, &answer, &generate));
        assert_int_equal(told_created(), created);
        expect_true(AccessCheckByTypeAndAuditAlarmA("house", NULL, DOOR_A, NULL, descriptor, NULL,
                                                    1, AuditEventObjectAccess, 0, NULL, 0, &mapping,
                                                    created, &granted, &answer, &generate));
        assert_int_equal(told_created(), created);
        expect_true(AccessCheckByTypeResultListAndAuditAlarmA(
            "house", NULL, DOOR_A, NULL, descriptor, NULL, 1, AuditEventObjectAccess, 0, types, 1,
            &mapping, created, &granted, &error, &generate));
        assert_int_equal(told_created(), created);
        expect_true(AccessCheckByTypeResultListAndAuditAlarmByHandleA(
            "house", NULL, token, DOOR_A, NULL, descriptor, NULL, 1, AuditEventObjectAccess, 0,
            types, 1, &mapping, created, &granted, &error, &generate));
        assert_int_equal(told_created(), created);
        expect_true(ObjectOpenAuditAlarmA("house", NULL, DOOR_A, NULL, descriptor, token, 1, 1,
                                          NULL, created, TRUE, &generate));
        assert_int_equal(told_created(), created);
    }
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

static void whether_a_privilege_was_granted_is_told(void **state)
{
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET used = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    (void)state;

    for (BOOL success = FALSE; success <= TRUE; success++) {
        json_t *event;

        expect_true(ObjectPrivilegeAuditAlarmA("house", HANDLE_ID, token, 1, &used, success));
        event = trail_event(&trail);
        expect_event(event, 4674, success);
        json_decref(event);
        expect_true(PrivilegedServiceAuditAlarmA("house", "open", token, &used, success));
        event = trail_event(&trail);
        expect_event(event, 4673, success);
        json_decref(event);
    }
    expect_true(CloseHandle(token));
}

static void a_subsystem_has_a_name(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    HANDLE token = win_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    PRIVILEGE_SET used = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    GUID root = {9, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}};
    DWORD granted = 42;
    DWORD error = 42;
    BOOL answer = 42;
    BOOL generate = 42;
    (void)state;

    act_as_bob();
    expect_error(ERROR_NOACCESS,
                 AccessCheckAndAuditAlarmA(NULL, NULL, DOOR_A, NULL, descriptor, 1, &mapping, FALSE,
                                           &granted, &answer, &generate));
    expect_error(ERROR_NOACCESS,
                 AccessCheckByTypeAndAuditAlarmA(NULL, NULL, DOOR_A, NULL, descriptor, NULL, 1,
                                                 AuditEventObjectAccess, 0, NULL, 0, &mapping,
                                                 FALSE, &granted, &answer, &generate));
    expect_error(ERROR_NOACCESS,
                 AccessCheckByTypeResultListAndAuditAlarmA(
                     NULL, NULL, DOOR_A, NULL, descriptor, NULL, 1, AuditEventObjectAccess, 0,
                     types, 1, &mapping, FALSE, &granted, &error, &generate));
    expect_error(ERROR_NOACCESS,
                 AccessCheckByTypeResultListAndAuditAlarmByHandleA(
                     NULL, NULL, token, DOOR_A, NULL, descriptor, NULL, 1, AuditEventObjectAccess,
                     0, types, 1, &mapping, FALSE, &granted, &error, &generate));
    expect_error(ERROR_NOACCESS, ObjectOpenAuditAlarmA(NULL, NULL, DOOR_A, NULL, descriptor, token,
                                                       1, 1, NULL, FALSE, TRUE, &generate));
    expect_error(ERROR_NOACCESS, ObjectCloseAuditAlarmA(NULL, HANDLE_ID, TRUE));
    expect_error(ERROR_NOACCESS, ObjectDeleteAuditAlarmA(NULL, HANDLE_ID, TRUE));
    expect_error(ERROR_NOACCESS,
                 ObjectPrivilegeAuditAlarmA(NULL, HANDLE_ID, token, 1, &used, TRUE));
    expect_error(ERROR_NOACCESS, PrivilegedServiceAuditAlarmA(NULL, "open", token, &used, TRUE));
    assert_int_equal(granted, 0);
    assert_int_equal(error, ERROR_ACCESS_DENIED);
    expect_silence(&trail);
    expect_true(CloseHandle(token));
    LocalFree(descriptor);
}

/* A check that fails before it is known whom to answer denies one right, and only that. */
static void a_refusal_has_the_size_of_the_answer(void **state)
{
    const struct {
        bool wide;
        bool by_type;
        bool is_short_of_memory;
    } rows[] = {
        {true, false, false}, {false, false, false}, {true, true, false},
        {false, true, false}, {false, false, true},  {false, true, true},
    };
    (void)state;

    act_as_bob();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        DWORD granted[2] = {42, 42};
        BOOL answer = 42;
        BOOL generate = 42;
        BOOL made;

        n_allocations_left = rows[i].is_short_of_memory ? 0 : SIZE_MAX;
        if (rows[i].by_type) {
            made =
                rows[i].wide
                    ? AccessCheckByTypeAndAuditAlarmW(HOUSE, NULL, DOOR, NULL, NULL, NULL, 1,
                                                      AuditEventObjectAccess, 0, NULL, 0, &mapping,
                                                      FALSE, granted, &answer, &generate)
                    : AccessCheckByTypeAndAuditAlarmA("house", NULL, DOOR_A, NULL, NULL, NULL, 1,
                                                      AuditEventObjectAccess, 0, NULL, 0, &mapping,
                                                      FALSE, granted, &answer, &generate);
        } else {
            made = rows[i].wide
                       ? AccessCheckAndAuditAlarmW(HOUSE, NULL, DOOR, NULL, NULL, 1, &mapping,
                                                   FALSE, granted, &answer, &generate)
                       : AccessCheckAndAuditAlarmA("house", NULL, DOOR_A, NULL, NULL, 1, &mapping,
                                                   FALSE, granted, &answer, &generate);
        }
        n_allocations_left = SIZE_MAX;
        assert_int_equal(made, FALSE);
        assert_int_equal(granted[0], 0);
        assert_int_equal(granted[1], 42);
        assert_int_equal(answer, FALSE);
        assert_int_equal(generate, FALSE);
    }
    expect_silence(&trail);
}

static void a_list_is_refused_up_to_the_largest_and_to_its_end(void **state)
{
    static DWORD granted[TSR_OBJECT_TYPES_MAX + 1];
    static DWORD errors[TSR_OBJECT_TYPES_MAX + 1];
    GUID root = {9, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}};
    const struct {
        DWORD n;
        DWORD n_refused;
    } rows[] = {
        {0, 0},
        {1, 1},
        {3, 3},
        {TSR_OBJECT_TYPES_MAX, TSR_OBJECT_TYPES_MAX},
        {TSR_OBJECT_TYPES_MAX + 1, 0},
    };
    (void)state;

    act_as_bob();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        BOOL generate = 42;

        for (size_t k = 0; k < ARRAY_SIZE(granted); k++) {
            granted[k] = 42;
            errors[k] = 42;
        }
        /* Without a descriptor. */
        assert_int_equal(AccessCheckByTypeResultListAndAuditAlarmW(
                             HOUSE, NULL, DOOR, NULL, NULL, NULL, 1, AuditEventObjectAccess, 0,
                             types, rows[i].n, &mapping, FALSE, granted, errors, &generate),
                         FALSE);
        for (size_t k = 0; k < ARRAY_SIZE(granted); k++) {
            assert_int_equal(granted[k], k < rows[i].n_refused ? 0 : 42);
            assert_int_equal(errors[k], k < rows[i].n_refused ? ERROR_ACCESS_DENIED : 42);
        }
        assert_int_equal(generate, FALSE);
    }
}

static void a_list_is_answered_to_its_end(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    DWORD errors[4] = {42, 42, 42, (DWORD)STATUS_ACCESS_DENIED};
    DWORD granted[4] = {42, 42, 42, 42};
    BOOL generate = 42;
    (void)state;

    act_as_bob();
    expect_true(check_list(true, NULL, descriptor, 3, granted, errors, &generate));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(errors[i], ERROR_SUCCESS);
        assert_int_equal(granted[i], 1);
    }
    assert_int_equal(errors[3], (DWORD)STATUS_ACCESS_DENIED);
    assert_int_equal(granted[3], 42);
    json_decref(trail_read(&trail));
    descriptor = LocalFree(descriptor);
    descriptor = descriptor_of("O:SYG:SYD:");
    expect_true(check_list(true, NULL, descriptor, 3, granted, errors, &generate));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(errors[i], ERROR_ACCESS_DENIED);
    }
    assert_int_equal(errors[3], (DWORD)STATUS_ACCESS_DENIED);
    LocalFree(descriptor);
}

#define TEST(test_) cmocka_unit_test_setup_teardown(test_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_spellings_check_and_audit),
        TEST(a_check_that_was_not_made_has_granted_nothing),
        TEST(a_name_that_is_not_utf_8_is_audited_too),
        TEST(short_of_memory_nothing_is_granted),
        TEST(each_type_has_its_error),
        TEST(both_spellings_tell_of_a_handles_life),
        TEST(both_spellings_tell_of_ends_and_of_privileges),
        TEST(whether_an_object_was_made_is_told),
        TEST(whether_a_privilege_was_granted_is_told),
        TEST(a_subsystem_has_a_name),
        TEST(a_refusal_has_the_size_of_the_answer),
        TEST(a_list_is_refused_up_to_the_largest_and_to_its_end),
        TEST(a_list_is_answered_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
