/* SPDX-License-Identifier: MIT */
/* Starting programs, and what becomes of them. */

#include <processthreadsapi.h>
#include <synchapi.h>

#include <string.h>

#include <winerror.h>

#include "object/services.h"
#include "win32/command-line.h"
#include "win32/error.h"
#include "win32/text.h"

#define OTHER_CONSOLE (DETACHED_PROCESS | CREATE_NEW_CONSOLE | CREATE_NO_WINDOW)
#define REFUSED_FLAGS (CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT)
#define KNOWN_FLAGS                                                                     \
    (OTHER_CONSOLE | REFUSED_FLAGS | NORMAL_PRIORITY_CLASS | CREATE_NEW_PROCESS_GROUP | \
     CREATE_UNICODE_ENVIRONMENT | CREATE_BREAKAWAY_FROM_JOB | CREATE_DEFAULT_ERROR_MODE)

/* What is asked for, in either spelling; its texts are UTF-8 and borrowed. */
struct creation {
    HANDLE token;
    const char *program;
    const char *command_line;
    const char *directory;
    const SECURITY_ATTRIBUTES *process_attributes;
    const SECURITY_ATTRIBUTES *thread_attributes;
    DWORD flags;
    const void *environment;
    DWORD startup_flags;
};

static tsr_status check_flags(const struct creation *creation)
{
    REQUIRE((creation->flags & ~KNOWN_FLAGS) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE((~creation->flags & (DETACHED_PROCESS | CREATE_NEW_CONSOLE)) != 0,
            STATUS_INVALID_PARAMETER);
    REQUIRE((creation->flags & REFUSED_FLAGS) == 0, STATUS_NOT_SUPPORTED);
    /* Handles of ours are no files. */
    REQUIRE((creation->startup_flags & STARTF_USESTDHANDLES) == 0, STATUS_NOT_SUPPORTED);
    return TSR_OK;
}

static tsr_status handle_flags_of(const SECURITY_ATTRIBUTES *attributes, uint32_t *ret_flags)
{
    REQUIRE(!attributes || !attributes->lpSecurityDescriptor, STATUS_NOT_SUPPORTED);
    *ret_flags = attributes && attributes->bInheritHandle ? HANDLE_FLAG_INHERIT : 0;
    return TSR_OK;
}

static tsr_status environment_of(const struct creation *creation, struct text_list *environment)
{
    if (!creation->environment) {
        return TSR_OK;
    }
    return creation->flags & CREATE_UNICODE_ENVIRONMENT
               ? environment_of_wide_block(creation->environment, environment)
               : environment_of_block(creation->environment, environment);
}

static tsr_status arguments_of(const struct creation *creation, struct text_list *arguments)
{
    const char *const line = creation->command_line ? creation->command_line : creation->program;

    REQUIRE(line, STATUS_INVALID_PARAMETER);
    if (creation->command_line) {
        return command_line_split(line, arguments);
    }
    arguments->text = strdup(line);
    arguments->items = array_new(2, sizeof(*arguments->items));
    REQUIRE(arguments->text && arguments->items, STATUS_NO_MEMORY);
    arguments->items[0] = arguments->text;
    return TSR_OK;
}

static HANDLE handle_out(handle_t handle)
{
    return (HANDLE)(uintptr_t)handle;
}

static tsr_status create(const struct creation *creation, PROCESS_INFORMATION *ret_information)
{
    CLEANUP(text_list_deinit) struct text_list environment = {0};
    CLEANUP(text_list_deinit) struct text_list arguments = {0};
    struct process_request request = {
        .program = creation->program,
        .directory = creation->directory,
        .new_session = creation->flags & OTHER_CONSOLE,
    };
    struct process_handles handles;

    TRY(check_flags(creation));
    TRY(handle_flags_of(creation->process_attributes, &request.process_flags));
    TRY(handle_flags_of(creation->thread_attributes, &request.thread_flags));
    TRY(arguments_of(creation, &arguments));
    TRY(environment_of(creation, &environment));
    request.argv = arguments.items;
    request.environment = environment.items;
    TRY(service_create_process((handle_t)(uintptr_t)creation->token, &request, &handles));
    *ret_information = (PROCESS_INFORMATION){
        .hProcess = handle_out(handles.process),
        .hThread = handle_out(handles.thread),
        .dwProcessId = (DWORD)handles.id,
        .dwThreadId = (DWORD)handles.id,
    };
    return TSR_OK;
}

BOOL WINAPI CreateProcessAsUserA(HANDLE hToken, LPCSTR lpApplicationName, LPSTR lpCommandLine,
                                 LPSECURITY_ATTRIBUTES lpProcessAttributes,
                                 LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                                 DWORD dwCreationFlags, LPVOID lpEnvironment,
                                 LPCSTR lpCurrentDirectory, LPSTARTUPINFOA lpStartupInfo,
                                 LPPROCESS_INFORMATION lpProcessInformation)
{
    (void)bInheritHandles; /* There is nothing that a program could inherit. */
    if (!lpProcessInformation) {
        return error_fail(ERROR_NOACCESS);
    }
    return error_report(create(
        &(struct creation){
            .token = hToken,
            .program = lpApplicationName,
            .command_line = lpCommandLine,
            .directory = lpCurrentDirectory,
            .process_attributes = lpProcessAttributes,
            .thread_attributes = lpThreadAttributes,
            .flags = dwCreationFlags,
            .environment = lpEnvironment,
            .startup_flags = lpStartupInfo ? lpStartupInfo->dwFlags : 0,
        },
        lpProcessInformation));
}

/* The texts of a W function, where there are any. */
static tsr_status optional_text(const WCHAR *wide, char **ret_text)
{
    return wide ? text_of_wide(wide, ret_text) : TSR_OK;
}

static tsr_status create_wide(struct creation *creation, const WCHAR *program,
                              const WCHAR *command_line, const WCHAR *directory,
                              PROCESS_INFORMATION *ret_information)
{
    CLEANUP(free) char *program_text = NULL;
    CLEANUP(free) char *line_text = NULL;
    CLEANUP(free) char *directory_text = NULL;

    TRY(optional_text(program, &program_text));
    TRY(optional_text(command_line, &line_text));
    TRY(optional_text(directory, &directory_text));
    creation->program = program_text;
    creation->command_line = line_text;
    creation->directory = directory_text;
    return create(creation, ret_information);
}

BOOL WINAPI CreateProcessAsUserW(HANDLE hToken, LPCWSTR lpApplicationName, LPWSTR lpCommandLine,
                                 LPSECURITY_ATTRIBUTES lpProcessAttributes,
                                 LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                                 DWORD dwCreationFlags, LPVOID lpEnvironment,
                                 LPCWSTR lpCurrentDirectory, LPSTARTUPINFOW lpStartupInfo,
                                 LPPROCESS_INFORMATION lpProcessInformation)
{
    struct creation creation = {
        .token = hToken,
        .process_attributes = lpProcessAttributes,
        .thread_attributes = lpThreadAttributes,
        .flags = dwCreationFlags,
        .environment = lpEnvironment,
        .startup_flags = lpStartupInfo ? lpStartupInfo->dwFlags : 0,
    };

    (void)bInheritHandles;
    if (!lpProcessInformation) {
        return error_fail(ERROR_NOACCESS);
    }
    return error_report(create_wide(&creation, lpApplicationName, lpCommandLine, lpCurrentDirectory,
                                    lpProcessInformation));
}

BOOL WINAPI CreateProcessA(LPCSTR lpApplicationName, LPSTR lpCommandLine,
                           LPSECURITY_ATTRIBUTES lpProcessAttributes,
                           LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                           DWORD dwCreationFlags, LPVOID lpEnvironment, LPCSTR lpCurrentDirectory,
                           LPSTARTUPINFOA lpStartupInfo, LPPROCESS_INFORMATION lpProcessInformation)
{
    return CreateProcessAsUserA(NULL, lpApplicationName, lpCommandLine, lpProcessAttributes,
                                lpThreadAttributes, bInheritHandles, dwCreationFlags, lpEnvironment,
                                lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}

BOOL WINAPI CreateProcessW(LPCWSTR lpApplicationName, LPWSTR lpCommandLine,
                           LPSECURITY_ATTRIBUTES lpProcessAttributes,
                           LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                           DWORD dwCreationFlags, LPVOID lpEnvironment, LPCWSTR lpCurrentDirectory,
                           LPSTARTUPINFOW lpStartupInfo, LPPROCESS_INFORMATION lpProcessInformation)
{
    return CreateProcessAsUserW(NULL, lpApplicationName, lpCommandLine, lpProcessAttributes,
                                lpThreadAttributes, bInheritHandles, dwCreationFlags, lpEnvironment,
                                lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}

/* ---- Other processes ---- */

static handle_t handle_in(HANDLE handle)
{
    return (handle_t)(uintptr_t)handle;
}

HANDLE WINAPI OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId)
{
    handle_t handle = HANDLE_NONE;

    (void)error_report(service_open_process((pid_t)dwProcessId, dwDesiredAccess,
                                            bInheritHandle ? HANDLE_FLAG_INHERIT : 0, &handle));
    return handle_out(handle);
}

DWORD WINAPI GetProcessId(HANDLE Process)
{
    pid_t id = 0;

    (void)error_report(service_query_process_id(handle_in(Process), &id));
    return (DWORD)id;
}

BOOL WINAPI GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode)
{
    if (!lpExitCode) {
        return error_fail(ERROR_NOACCESS);
    }
    return error_report(service_query_exit_code(handle_in(hProcess), lpExitCode));
}

BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode)
{
    return error_report(service_terminate_process(handle_in(hProcess), uExitCode));
}

DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    const int64_t milliseconds = dwMilliseconds == INFINITE ? -1 : (int64_t)dwMilliseconds;
    bool has_ended = false;

    if (!error_report(service_wait_process(handle_in(hHandle), milliseconds, &has_ended))) {
        return WAIT_FAILED;
    }
    return has_ended ? WAIT_OBJECT_0 : WAIT_TIMEOUT;
}
