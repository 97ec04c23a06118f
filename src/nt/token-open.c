/* SPDX-License-Identifier: MIT */
/* Opening tokens (token.md 3.3, 3.4). */

#include "nt/capture.h"

static tsr_status open_process_token(HANDLE process, ACCESS_MASK desired, ULONG attributes,
                                     HANDLE *ret_token)
{
    handle_t handle;

    REQUIRE(ret_token, STATUS_ACCESS_VIOLATION);
    *ret_token = NULL;
    TRY(service_open_process_token(handle_in(process), desired, handle_flags_in(attributes),
                                   &handle));
    *ret_token = handle_out(handle);
    return TSR_OK;
}

NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                    ULONG HandleAttributes, PHANDLE TokenHandle)
{
    return nt_status(
        open_process_token(ProcessHandle, DesiredAccess, HandleAttributes, TokenHandle));
}

NTSTATUS NTAPI NtOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                  PHANDLE TokenHandle)
{
    return nt_status(open_process_token(ProcessHandle, DesiredAccess, 0, TokenHandle));
}

static tsr_status open_thread_token(HANDLE thread, ACCESS_MASK desired, bool as_self,
                                    ULONG attributes, HANDLE *ret_token)
{
    handle_t handle;

    REQUIRE(ret_token, STATUS_ACCESS_VIOLATION);
    *ret_token = NULL;
    TRY(service_open_thread_token(handle_in(thread), desired, as_self, handle_flags_in(attributes),
                                  &handle));
    *ret_token = handle_out(handle);
    return TSR_OK;
}

NTSTATUS NTAPI NtOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                   BOOLEAN OpenAsSelf, ULONG HandleAttributes, PHANDLE TokenHandle)
{
    return nt_status(
        open_thread_token(ThreadHandle, DesiredAccess, OpenAsSelf, HandleAttributes, TokenHandle));
}

NTSTATUS NTAPI NtOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                                 PHANDLE TokenHandle)
{
    return nt_status(open_thread_token(ThreadHandle, DesiredAccess, OpenAsSelf, 0, TokenHandle));
}

ZW_NAME(ZwOpenProcessToken, NtOpenProcessToken);
ZW_NAME(ZwOpenProcessTokenEx, NtOpenProcessTokenEx);
ZW_NAME(ZwOpenThreadToken, NtOpenThreadToken);
ZW_NAME(ZwOpenThreadTokenEx, NtOpenThreadTokenEx);
