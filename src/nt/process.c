/* SPDX-License-Identifier: MIT */
/* Processes by handle (token.md 3.15). */

#include <limits.h>

#include "nt/capture.h"

/* The number of a process or a thread; what can be none is 0, which is nobody's. */
static pid_t id_in(HANDLE id)
{
    return (uintptr_t)id <= INT_MAX ? (pid_t)(uintptr_t)id : 0;
}

/* Threads of other processes are not looked for: to open a process its own number is enough. */
static tsr_status client_in(const CLIENT_ID *client, pid_t *ret_id)
{
    const pid_t id = id_in(client->UniqueProcess);

    REQUIRE(id > 0 && !client->UniqueThread, STATUS_INVALID_CID);
    *ret_id = id;
    return TSR_OK;
}

static tsr_status open_process(ACCESS_MASK desired, const OBJECT_ATTRIBUTES *objects,
                               const CLIENT_ID *client, HANDLE *ret_process)
{
    CLEANUP(attributes_deinit) struct attributes attributes = {0};
    handle_t handle;
    pid_t id;

    REQUIRE(ret_process && objects, STATUS_ACCESS_VIOLATION);
    *ret_process = NULL;
    REQUIRE(client && !objects->ObjectName, STATUS_INVALID_PARAMETER_MIX);
    TRY(capture_attributes(objects, &attributes));
    TRY(client_in(client, &id));
    TRY(service_open_process(id, desired, attributes.flags, &handle));
    *ret_process = handle_out(handle);
    return TSR_OK;
}

NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId)
{
    return nt_status(open_process(DesiredAccess, ObjectAttributes, ClientId, ProcessHandle));
}

NTSTATUS NTAPI NtTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus)
{
    return nt_status(service_terminate_process(handle_in(ProcessHandle), (uint32_t)ExitStatus));
}

/* The service asks whether the caller may do this; no thread of a process plays a part in it. */
static tsr_status set_information(HANDLE process, PROCESSINFOCLASS information_class,
                                  const PROCESS_ACCESS_TOKEN *given, ULONG size)
{
    REQUIRE(information_class == ProcessAccessToken, STATUS_INVALID_INFO_CLASS);
    REQUIRE(size == sizeof(*given), STATUS_INFO_LENGTH_MISMATCH);
    REQUIRE(given, STATUS_ACCESS_VIOLATION);
    return service_assign_process_token(handle_in(process), handle_in(given->Token));
}

NTSTATUS NTAPI NtSetInformationProcess(HANDLE ProcessHandle,
                                       PROCESSINFOCLASS ProcessInformationClass,
                                       PVOID ProcessInformation, ULONG ProcessInformationLength)
{
    return nt_status(set_information(ProcessHandle, ProcessInformationClass, ProcessInformation,
                                     ProcessInformationLength));
}

ZW_NAME(ZwOpenProcess, NtOpenProcess);
ZW_NAME(ZwTerminateProcess, NtTerminateProcess);
ZW_NAME(ZwSetInformationProcess, NtSetInformationProcess);
