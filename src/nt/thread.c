/* SPDX-License-Identifier: MIT */
/* What threads act as, by handle (token.md 4.5, 4.9, 4.10). */

#include "nt/capture.h"

static tsr_status impersonate_thread(HANDLE server, HANDLE client,
                                     const SECURITY_QUALITY_OF_SERVICE *given)
{
    struct client_qos qos;

    TRY(capture_qos(given, &qos));
    return service_impersonate_thread(handle_in(server), handle_in(client), &qos);
}

NTSTATUS NTAPI NtImpersonateThread(HANDLE ServerThreadHandle, HANDLE ClientThreadHandle,
                                   PSECURITY_QUALITY_OF_SERVICE SecurityQos)
{
    return nt_status(impersonate_thread(ServerThreadHandle, ClientThreadHandle, SecurityQos));
}

/* EveryoneIncludesAnonymous is off, as it is on Windows unless somebody turns it on. */
NTSTATUS NTAPI NtImpersonateAnonymousToken(HANDLE ThreadHandle)
{
    return nt_status(service_impersonate_anonymous(handle_in(ThreadHandle), false));
}

static tsr_status set_information(HANDLE thread, THREADINFOCLASS information_class,
                                  const HANDLE *token, ULONG size)
{
    REQUIRE(information_class == ThreadImpersonationToken, STATUS_INVALID_INFO_CLASS);
    REQUIRE(size == sizeof(*token), STATUS_INFO_LENGTH_MISMATCH);
    REQUIRE(token, STATUS_ACCESS_VIOLATION);
    return service_set_thread_token(handle_in(thread), handle_in(*token));
}

NTSTATUS NTAPI NtSetInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                      PVOID ThreadInformation, ULONG ThreadInformationLength)
{
    return nt_status(set_information(ThreadHandle, ThreadInformationClass, ThreadInformation,
                                     ThreadInformationLength));
}

ZW_NAME(ZwImpersonateThread, NtImpersonateThread);
ZW_NAME(ZwImpersonateAnonymousToken, NtImpersonateAnonymousToken);
ZW_NAME(ZwSetInformationThread, NtSetInformationThread);
