/* SPDX-License-Identifier: MIT */

#include <errhandlingapi.h>
#include <ntstatus.h>
#include <winerror.h>

#include <pthread.h>

#include <support/expect.h>

#include "base/check.h"
#include "win32/error.h"

static void documented_statuses_have_their_errors(void **state)
{
    static const struct {
        NTSTATUS status;
        DWORD error;
    } expected[] = {
        {STATUS_SUCCESS, 0},
        {STATUS_NOT_ALL_ASSIGNED, 1300},
        {STATUS_DATATYPE_MISALIGNMENT, 998},
        {STATUS_UNSUCCESSFUL, 31},
        {STATUS_INVALID_INFO_CLASS, 87},
        {STATUS_INFO_LENGTH_MISMATCH, 24},
        {STATUS_ACCESS_VIOLATION, 998},
        {STATUS_INVALID_HANDLE, 6},
        {STATUS_INVALID_PARAMETER, 87},
        {STATUS_NO_MEMORY, 8},
        {STATUS_ACCESS_DENIED, 5},
        {STATUS_BUFFER_TOO_SMALL, 122},
        {STATUS_OBJECT_TYPE_MISMATCH, 6},
        {STATUS_INVALID_PARAMETER_MIX, 87},
        {STATUS_INVALID_OWNER, 1307},
        {STATUS_INVALID_PRIMARY_GROUP, 1308},
        {STATUS_NO_IMPERSONATION_TOKEN, 1309},
        {STATUS_CANT_DISABLE_MANDATORY, 1310},
        {STATUS_NO_SUCH_LOGON_SESSION, 1312},
        {STATUS_NO_SUCH_PRIVILEGE, 1313},
        {STATUS_PRIVILEGE_NOT_HELD, 1314},
        {STATUS_LOGON_FAILURE, 1326},
        {STATUS_INVALID_ACL, 1336},
        {STATUS_INVALID_SID, 1337},
        {STATUS_INVALID_SECURITY_DESCR, 1338},
        {STATUS_NO_TOKEN, 1008},
        {STATUS_ALLOTTED_SPACE_EXCEEDED, 1344},
        {STATUS_INSUFFICIENT_RESOURCES, 1450},
        {STATUS_BAD_IMPERSONATION_LEVEL, 1346},
        {STATUS_CANT_OPEN_ANONYMOUS, 1347},
        {STATUS_BAD_TOKEN_TYPE, 1349},
        {STATUS_NOT_SUPPORTED, 50},
        {STATUS_GENERIC_NOT_MAPPED, 1360},
        {STATUS_LOGON_SESSION_EXISTS, 1363},
        {STATUS_TOKEN_ALREADY_IN_USE, 1375},
        {STATUS_LOGON_TYPE_NOT_GRANTED, 1385},
        {STATUS_NOT_FOUND, 1168},
        {STATUS_CANT_ENABLE_DENY_ONLY, 629},
        {STATUS_UNKNOWN_REVISION, 1305},
        {STATUS_REVISION_MISMATCH, 1306},
        {STATUS_NONE_MAPPED, 1332},
        {STATUS_OBJECT_NAME_NOT_FOUND, 2},
        {STATUS_INVALID_CID, 87},
        {STATUS_HANDLE_NOT_CLOSABLE, 6},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        assert_int_equal(RtlNtStatusToDosError(expected[i].status), expected[i].error);
        assert_int_equal(error_of(tsr_status_of((uint32_t)expected[i].status)), expected[i].error);
    }
}

static void a_status_without_an_error_is_told_as_such(void **state)
{
    (void)state;

    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xDEADBEEF), ERROR_MR_MID_NOT_FOUND);
}

static void the_last_error_is_what_was_set(void **state)
{
    (void)state;

    SetLastError(42);
    assert_int_equal(GetLastError(), 42);
    SetLastError(UINT32_MAX);
    assert_int_equal(GetLastError(), UINT32_MAX);
}

static void a_failure_sets_the_last_error_and_a_success_does_not(void **state)
{
    (void)state;

    SetLastError(42);
    assert_true(error_report(TSR_OK));
    assert_true(error_report_nt(STATUS_SUCCESS));
    assert_int_equal(GetLastError(), 42);
    assert_false(error_report(tsr_status_of((uint32_t)STATUS_ACCESS_DENIED)));
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_false(error_report_nt(STATUS_INVALID_SID));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    assert_false(error_fail(ERROR_INVALID_DATA));

    assert_int_equal(GetLastError(), ERROR_INVALID_DATA);
}

static void *other_thread(void *error)
{
    *(DWORD *)error = GetLastError();
    SetLastError(7);
    return NULL;
}

static void each_thread_has_its_own_last_error(void **state)
{
    DWORD first_seen = 99;
    pthread_t thread;
    (void)state;

    SetLastError(42);
    assert_int_equal(pthread_create(&thread, NULL, other_thread, &first_seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_int_equal(first_seen, 0);
    assert_int_equal(GetLastError(), 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_statuses_have_their_errors),
        cmocka_unit_test(a_status_without_an_error_is_told_as_such),
        cmocka_unit_test(the_last_error_is_what_was_set),
        cmocka_unit_test(a_failure_sets_the_last_error_and_a_success_does_not),
        cmocka_unit_test(each_thread_has_its_own_last_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
