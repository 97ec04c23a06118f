/* SPDX-License-Identifier: MIT */
/* Handles, and the descriptors of what they refer to. */

#include <stdlib.h>
#include <string.h>

#include "nt/capture.h"

NTSTATUS NTAPI NtClose(HANDLE Handle)
{
    return nt_status(service_close(handle_in(Handle)));
}

NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                 HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                 ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    const struct handle_duplicate_request request = {
        .source_process = handle_in(SourceProcessHandle),
        .target_process = handle_in(TargetProcessHandle),
        .desired = DesiredAccess,
        .flags = handle_flags_in(HandleAttributes),
        .options = Options,
    };
    handle_t handle = HANDLE_NONE;
    tsr_status status;

    status =
        service_duplicate_handle(handle_in(SourceHandle), &request, TargetHandle ? &handle : NULL);
    if (TargetHandle) {
        *TargetHandle = handle_out(handle);
    }
    return nt_status(status);
}

static tsr_status query_security(HANDLE handle, SECURITY_INFORMATION information,
                                 PSECURITY_DESCRIPTOR to, ULONG room, ULONG *ret_size)
{
    CLEANUP(free) uint8_t *sd = NULL;
    size_t size;

    REQUIRE(ret_size, STATUS_ACCESS_VIOLATION);
    TRY(service_query_security(handle_in(handle), information, &sd, &size));
    *ret_size = (ULONG)size;
    REQUIRE(size <= room, STATUS_BUFFER_TOO_SMALL);
    REQUIRE(to, STATUS_ACCESS_VIOLATION);
    memcpy(to, sd, size);
    return TSR_OK;
}

NTSTATUS NTAPI NtQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                     PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                     PULONG LengthNeeded)
{
    return nt_status(
        query_security(Handle, SecurityInformation, SecurityDescriptor, Length, LengthNeeded));
}

static tsr_status set_security(HANDLE handle, SECURITY_INFORMATION information,
                               PSECURITY_DESCRIPTOR descriptor)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd sd;

    REQUIRE(descriptor, STATUS_ACCESS_VIOLATION);
    TRY(capture_descriptor(descriptor, &bytes, &sd));
    return service_set_security(handle_in(handle), information, &sd);
}

NTSTATUS NTAPI NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                   PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return nt_status(set_security(Handle, SecurityInformation, SecurityDescriptor));
}

ZW_NAME(ZwClose, NtClose);
ZW_NAME(ZwDuplicateObject, NtDuplicateObject);
ZW_NAME(ZwQuerySecurityObject, NtQuerySecurityObject);
ZW_NAME(ZwSetSecurityObject, NtSetSecurityObject);
