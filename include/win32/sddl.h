/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs and descriptors as text
 *
 * Text is read as Windows reads it (TSR_SDDL_WINDOWS_LAX in <tessera/sddl.h>). Aliases of a
 * domain's accounts, such as DA, are refused: this machine knows no domain. What is returned is the
 * caller's, LocalFree().
 */

#include <winnt.h>

TSR_BEGIN_DECLS

#define SDDL_REVISION_1 1
#define SDDL_REVISION   SDDL_REVISION_1

/** Fails with ERROR_INVALID_PARAMETER, ERROR_INVALID_SID or ERROR_NOT_ENOUGH_MEMORY. */
WINADVAPI BOOL WINAPI ConvertSidToStringSidA(_In_ PSID Sid, _Outptr_ LPSTR *StringSid);
WINADVAPI BOOL WINAPI ConvertSidToStringSidW(_In_ PSID Sid, _Outptr_ LPWSTR *StringSid);
WINADVAPI BOOL WINAPI ConvertStringSidToSidA(_In_ LPCSTR StringSid, _Outptr_ PSID *Sid);
WINADVAPI BOOL WINAPI ConvertStringSidToSidW(_In_ LPCWSTR StringSid, _Outptr_ PSID *Sid);

/** Fails with ERROR_UNKNOWN_REVISION, or as tsr_sddl_parse_ex() does; the size may be NULL. */
WINADVAPI BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorA(
    _In_ LPCSTR StringSecurityDescriptor, _In_ DWORD StringSDRevision,
    _Outptr_ PSECURITY_DESCRIPTOR *SecurityDescriptor, _Out_opt_ PULONG SecurityDescriptorSize);
WINADVAPI BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(
    _In_ LPCWSTR StringSecurityDescriptor, _In_ DWORD StringSDRevision,
    _Outptr_ PSECURITY_DESCRIPTOR *SecurityDescriptor, _Out_opt_ PULONG SecurityDescriptorSize);

/** The length counts units of text with the terminator, and may be NULL. */
WINADVAPI BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorA(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ DWORD RequestedStringSDRevision,
    _In_ SECURITY_INFORMATION SecurityInformation, _Outptr_ LPSTR *StringSecurityDescriptor,
    _Out_opt_ PULONG StringSecurityDescriptorLen);
WINADVAPI BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorW(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ DWORD RequestedStringSDRevision,
    _In_ SECURITY_INFORMATION SecurityInformation, _Outptr_ LPWSTR *StringSecurityDescriptor,
    _Out_opt_ PULONG StringSecurityDescriptorLen);

#define ConvertSidToStringSid TSR_TEXT_(ConvertSidToStringSid)
#define ConvertStringSidToSid TSR_TEXT_(ConvertStringSidToSid)
#define ConvertStringSecurityDescriptorToSecurityDescriptor \
    TSR_TEXT_(ConvertStringSecurityDescriptorToSecurityDescriptor)
#define ConvertSecurityDescriptorToStringSecurityDescriptor \
    TSR_TEXT_(ConvertSecurityDescriptorToStringSecurityDescriptor)

TSR_END_DECLS
