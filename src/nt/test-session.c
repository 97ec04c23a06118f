/* SPDX-License-Identifier: MIT */
/* Tests of being told that logon sessions end: T-OBJ-11 in the spelling of drivers. */

#include "nt/test-tokens.h"

#include <tessera/session.h>

#define SESSION UINT64_C(0x1234500777001)

static unsigned int n_told;
static LUID told;

static NTSTATUS NTAPI tell(PLUID id)
{
    n_told++;
    told = *id;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI tell_another(PLUID id)
{
    (void)id;
    return STATUS_SUCCESS;
}

static void a_driver_is_told_of_the_session_that_it_marked(void **state)
{
    LUID id = {.LowPart = (DWORD)SESSION, .HighPart = (LONG)(SESSION >> 32)};

    (void)state;

    expect_nt(STATUS_SUCCESS, SeRegisterLogonSessionTerminatedRoutine(tell));
    expect_nt(STATUS_NOT_FOUND, SeMarkLogonSessionForTerminationNotification(&id));
    expect_ok(tsr_session_new(SESSION));
    expect_ok(tsr_session_ref(SESSION));
    expect_nt(STATUS_SUCCESS, SeMarkLogonSessionForTerminationNotification(&id));
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 0);
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 1);
    assert_memory_equal(&told, &id, sizeof(id));
    expect_nt(STATUS_NOT_FOUND, SeUnregisterLogonSessionTerminatedRoutine(tell_another));
    expect_nt(STATUS_SUCCESS, SeUnregisterLogonSessionTerminatedRoutine(tell));
    expect_nt(STATUS_NOT_FOUND, SeUnregisterLogonSessionTerminatedRoutine(tell));
    expect_ok(tsr_session_new(SESSION));
    expect_nt(STATUS_SUCCESS, SeMarkLogonSessionForTerminationNotification(&id));
    tsr_session_unref(SESSION);
    assert_int_equal(n_told, 1);
}

static void no_routine_is_refused(void **state)
{
    (void)state;

    expect_nt(STATUS_INVALID_PARAMETER, SeRegisterLogonSessionTerminatedRoutine(NULL));
    expect_nt(STATUS_INVALID_PARAMETER, SeUnregisterLogonSessionTerminatedRoutine(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_is_told_of_the_session_that_it_marked),
        cmocka_unit_test(no_routine_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
