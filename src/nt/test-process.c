/* SPDX-License-Identifier: MIT */
/* Tests of processes by handle: T-ASG rows in the native spelling (token.md 3.15). */

#include "nt/test-tokens.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static CLIENT_ID client_of(pid_t id)
{
    return (CLIENT_ID){.UniqueProcess = (HANDLE)(uintptr_t)id};
}

static OBJECT_ATTRIBUTES no_attributes(void)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
    return attributes;
}

/* A child that waits to be ended. */
static pid_t sleeper(void)
{
    const pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (pause() < 0) {
        }
    }
    return pid;
}

static void a_process_is_opened_by_its_number(void **state)
{
    OBJECT_ATTRIBUTES attributes = no_attributes();
    CLIENT_ID client = client_of(getpid());
    HANDLE process = NO_HANDLE;
    HANDLE token = NULL;
    (void)state;

    be(alice());
    attributes.Attributes = OBJ_INHERIT;
    expect_nt(STATUS_SUCCESS,
              ZwOpenProcess(&process, PROCESS_QUERY_INFORMATION, &attributes, &client));
    assert_int_equal(nt_rights(process) & PROCESS_QUERY_INFORMATION, PROCESS_QUERY_INFORMATION);
    expect_nt(STATUS_SUCCESS, NtOpenProcessToken(process, TOKEN_QUERY, &token));
    expect_nt(STATUS_SUCCESS, NtClose(token));
    expect_nt(STATUS_SUCCESS, NtClose(process));
}

static void the_first_process_is_one_too(void **state)
{
    OBJECT_ATTRIBUTES attributes = no_attributes();
    CLIENT_ID client = client_of(1);
    HANDLE process = NULL;
    (void)state;

    if (access("/proc/1/status", R_OK) != 0) {
        skip(); /* hidden from who runs the tests */
    }
    be(system_token());
    expect_nt(STATUS_SUCCESS, NtOpenProcess(&process, SYNCHRONIZE, &attributes, &client));
    expect_nt(STATUS_SUCCESS, NtClose(process));
}

static void what_is_no_process_is_not_opened(void **state)
{
    static WCHAR text[] = u"name";
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = no_attributes();
    CLIENT_ID own = client_of(getpid());
    CLIENT_ID nobody = {0};
    CLIENT_ID far = {.UniqueProcess = (HANDLE)((uintptr_t)1 << 32 | (uintptr_t)getpid())};
    CLIENT_ID thread = {own.UniqueProcess, own.UniqueProcess};
    HANDLE process = NO_HANDLE;
    (void)state;

    be(alice());
    RtlInitUnicodeString(&name, text);
    expect_nt(STATUS_INVALID_CID, NtOpenProcess(&process, SYNCHRONIZE, &attributes, &nobody));
    assert_null(process);
    expect_nt(STATUS_INVALID_CID, NtOpenProcess(&process, SYNCHRONIZE, &attributes, &far));
    expect_nt(STATUS_INVALID_CID, NtOpenProcess(&process, SYNCHRONIZE, &attributes, &thread));
    expect_nt(STATUS_INVALID_PARAMETER_MIX,
              NtOpenProcess(&process, SYNCHRONIZE, &attributes, NULL));
    attributes.ObjectName = &name;
    expect_nt(STATUS_INVALID_PARAMETER_MIX,
              NtOpenProcess(&process, SYNCHRONIZE, &attributes, &own));
    attributes = no_attributes();
    attributes.Length = 1;
    expect_nt(STATUS_INVALID_PARAMETER, NtOpenProcess(&process, SYNCHRONIZE, &attributes, &own));
    expect_nt(STATUS_ACCESS_VIOLATION, NtOpenProcess(&process, SYNCHRONIZE, NULL, &own));
    attributes = no_attributes();
    expect_nt(STATUS_ACCESS_VIOLATION, NtOpenProcess(NULL, SYNCHRONIZE, &attributes, &own));
    expect_nt(STATUS_ACCESS_DENIED, NtOpenProcess(&process, 0, &attributes, &own));

    assert_null(process);
}

static void another_process_is_ended_and_our_own_is_not(void **state)
{
    const pid_t id = sleeper();
    OBJECT_ATTRIBUTES attributes = no_attributes();
    CLIENT_ID client = client_of(id);
    HANDLE process = NULL;
    HANDLE weak = NULL;
    siginfo_t ended;
    (void)state;

    be(system_token());
    expect_nt(STATUS_SUCCESS, NtOpenProcess(&process, PROCESS_TERMINATE, &attributes, &client));
    expect_nt(STATUS_SUCCESS, NtOpenProcess(&weak, SYNCHRONIZE, &attributes, &client));
    expect_nt(STATUS_ACCESS_DENIED, NtTerminateProcess(weak, STATUS_SUCCESS));
    expect_nt(STATUS_NOT_SUPPORTED, NtTerminateProcess(NtCurrentProcess(), STATUS_SUCCESS));
    expect_nt(STATUS_INVALID_HANDLE, NtTerminateProcess(NULL, STATUS_SUCCESS));
    assert_int_equal(kill(id, 0), 0);
    expect_nt(STATUS_SUCCESS, ZwTerminateProcess(process, STATUS_SUCCESS));
    assert_int_equal(waitid(P_PID, (id_t)id, &ended, WEXITED), 0);
    assert_int_equal(ended.si_code, CLD_KILLED);
    expect_nt(STATUS_SUCCESS, NtClose(weak));
    expect_nt(STATUS_SUCCESS, NtClose(process));
}

static NTSTATUS assign(HANDLE process, HANDLE token)
{
    PROCESS_ACCESS_TOKEN given = {.Token = token};

    return ZwSetInformationProcess(process, ProcessAccessToken, &given, sizeof(given));
}

/* The process's own token. @return borrowed: whoever is replaced must not be looked at any more */
static struct token_object *own(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());

    PsDereferencePrimaryToken(token);
    return token;
}

/* Covers T-ASG-7. */
static void t_asg_7_anothers_token_needs_the_privilege(void **state)
{
    HANDLE of_bob = nt_h(bob(), TOKEN_ASSIGN_PRIMARY | TOKEN_QUERY);
    HANDLE weak = nt_h(bob(), TOKEN_QUERY);
    HANDLE impersonation = nt_h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);
    struct token_object *before;
    (void)state;

    be(alice());
    before = own();
    expect_nt(STATUS_PRIVILEGE_NOT_HELD, assign(NtCurrentProcess(), of_bob));
    expect_nt(STATUS_ACCESS_DENIED, assign(NtCurrentProcess(), weak));
    expect_nt(STATUS_BAD_TOKEN_TYPE, assign(NtCurrentProcess(), impersonation));
    expect_nt(STATUS_INVALID_HANDLE, assign(NtCurrentProcess(), NtCurrentProcessToken()));
    expect_nt(STATUS_OBJECT_TYPE_MISMATCH, assign(of_bob, of_bob));
    assert_ptr_equal(own(), before);
    be(alice_with(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE));
    expect_nt(STATUS_SUCCESS, assign(NtCurrentProcess(), of_bob));
    assert_ptr_not_equal(own(), before);
    expect_nt(STATUS_SUCCESS, NtClose(impersonation));
    expect_nt(STATUS_SUCCESS, NtClose(weak));
    expect_nt(STATUS_SUCCESS, NtClose(of_bob));
}

/* Covers T-ASG-10. */
static void t_asg_10_assigning_the_token_in_use_again_changes_nothing(void **state)
{
    struct token_object *before;
    HANDLE token = NULL;
    (void)state;

    be(alice());
    before = own();
    expect_nt(STATUS_SUCCESS, NtOpenProcessToken(NtCurrentProcess(), TOKEN_ASSIGN_PRIMARY, &token));
    expect_nt(STATUS_SUCCESS, assign(NtCurrentProcess(), token));

    assert_ptr_equal(own(), before);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers T-ASG-11. */
static void t_asg_11_a_token_in_use_elsewhere_is_refused(void **state)
{
    HANDLE of_bob = nt_h(bob(), TOKEN_ASSIGN_PRIMARY);
    struct token_object *before;
    struct object *object = NULL;
    (void)state;

    be(alice_with(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE));
    before = own();
    expect_ok(handle_reference((handle_t)(uintptr_t)of_bob, &object_type_token, 0, &object, NULL));
    token_object_of(object)->in_use = true;
    expect_nt(STATUS_TOKEN_ALREADY_IN_USE, assign(NtCurrentProcess(), of_bob));
    assert_ptr_equal(own(), before);
    token_object_of(object)->in_use = false;
    (void)object_unref(object);
    expect_nt(STATUS_SUCCESS, NtClose(of_bob));
}

static void nothing_else_of_a_process_is_set(void **state)
{
    HANDLE token = nt_h(alice(), TOKEN_ASSIGN_PRIMARY);
    PROCESS_ACCESS_TOKEN given = {.Token = token};
    (void)state;

    be(alice());
    expect_nt(
        STATUS_INVALID_INFO_CLASS,
        NtSetInformationProcess(NtCurrentProcess(), (PROCESSINFOCLASS)8, &given, sizeof(given)));
    expect_nt(STATUS_INFO_LENGTH_MISMATCH,
              NtSetInformationProcess(NtCurrentProcess(), ProcessAccessToken, &given, 8));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtSetInformationProcess(NtCurrentProcess(), ProcessAccessToken, NULL, sizeof(given)));
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_is_opened_by_its_number),
        cmocka_unit_test(the_first_process_is_one_too),
        cmocka_unit_test(what_is_no_process_is_not_opened),
        cmocka_unit_test(another_process_is_ended_and_our_own_is_not),
        cmocka_unit_test(t_asg_7_anothers_token_needs_the_privilege),
        cmocka_unit_test(t_asg_10_assigning_the_token_in_use_again_changes_nothing),
        cmocka_unit_test(t_asg_11_a_token_in_use_elsewhere_is_refused),
        cmocka_unit_test(nothing_else_of_a_process_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
