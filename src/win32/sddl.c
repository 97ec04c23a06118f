/* SPDX-License-Identifier: MIT */
/* Descriptors as text. */

#include <sddl.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "win32/descriptor.h"
#include "win32/error.h"
#include "win32/text.h"

static tsr_status text_to_descriptor(const char *text, DWORD revision,
                                     PSECURITY_DESCRIPTOR *ret_descriptor, ULONG *ret_size)
{
    uint8_t *bytes;
    size_t size;

    REQUIRE(text && ret_descriptor, STATUS_INVALID_PARAMETER);
    REQUIRE(revision == SDDL_REVISION_1, STATUS_UNKNOWN_REVISION);
    TRY(tsr_sddl_parse_ex(text, NULL, TSR_SDDL_WINDOWS_LAX, &bytes, &size, NULL));

    *ret_descriptor = bytes;
    if (ret_size) {
        *ret_size = (ULONG)size;
    }
    return TSR_OK;
}

BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorA(
    LPCSTR StringSecurityDescriptor, DWORD StringSDRevision,
    PSECURITY_DESCRIPTOR *SecurityDescriptor, PULONG SecurityDescriptorSize)
{
    return error_report(text_to_descriptor(StringSecurityDescriptor, StringSDRevision,
                                           SecurityDescriptor, SecurityDescriptorSize));
}

static tsr_status wide_to_descriptor(const WCHAR *wide, DWORD revision,
                                     PSECURITY_DESCRIPTOR *ret_descriptor, ULONG *ret_size)
{
    CLEANUP(free) char *text = NULL;

    TRY(text_of_wide(wide, &text));
    return text_to_descriptor(text, revision, ret_descriptor, ret_size);
}

BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(
    LPCWSTR StringSecurityDescriptor, DWORD StringSDRevision,
    PSECURITY_DESCRIPTOR *SecurityDescriptor, PULONG SecurityDescriptorSize)
{
    return error_report(wide_to_descriptor(StringSecurityDescriptor, StringSDRevision,
                                           SecurityDescriptor, SecurityDescriptorSize));
}

static tsr_status descriptor_to_text(PSECURITY_DESCRIPTOR descriptor, DWORD revision,
                                     SECURITY_INFORMATION information, char **ret_text)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    ULONG size;
    tsr_sd sd;

    REQUIRE(revision == SDDL_REVISION_1, STATUS_UNKNOWN_REVISION);
    TRY(descriptor_packed(descriptor, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, &sd));
    return tsr_sddl_format_ex(&sd, information, NULL, TSR_SDDL_WINDOWS_LAX, ret_text, NULL);
}

static tsr_status descriptor_to_narrow(PSECURITY_DESCRIPTOR descriptor, DWORD revision,
                                       SECURITY_INFORMATION information, LPSTR *ret_text,
                                       ULONG *ret_length)
{
    REQUIRE(ret_text, STATUS_INVALID_PARAMETER);
    TRY(descriptor_to_text(descriptor, revision, information, ret_text));
    if (ret_length) {
        *ret_length = (ULONG)strlen(*ret_text) + 1;
    }
    return TSR_OK;
}

BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorA(
    PSECURITY_DESCRIPTOR SecurityDescriptor, DWORD RequestedStringSDRevision,
    SECURITY_INFORMATION SecurityInformation, LPSTR *StringSecurityDescriptor,
    PULONG StringSecurityDescriptorLen)
{
    return error_report(descriptor_to_narrow(SecurityDescriptor, RequestedStringSDRevision,
                                             SecurityInformation, StringSecurityDescriptor,
                                             StringSecurityDescriptorLen));
}

static tsr_status descriptor_to_wide(PSECURITY_DESCRIPTOR descriptor, DWORD revision,
                                     SECURITY_INFORMATION information, LPWSTR *ret_wide,
                                     ULONG *ret_length)
{
    CLEANUP(free) char *text = NULL;
    size_t length;

    REQUIRE(ret_wide, STATUS_INVALID_PARAMETER);
    TRY(descriptor_to_text(descriptor, revision, information, &text));
    TRY(wide_of_text(text, ret_wide, &length));
    if (ret_length) {
        *ret_length = (ULONG)length + 1;
    }
    return TSR_OK;
}

BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorW(
    PSECURITY_DESCRIPTOR SecurityDescriptor, DWORD RequestedStringSDRevision,
    SECURITY_INFORMATION SecurityInformation, LPWSTR *StringSecurityDescriptor,
    PULONG StringSecurityDescriptorLen)
{
    return error_report(descriptor_to_wide(SecurityDescriptor, RequestedStringSDRevision,
                                           SecurityInformation, StringSecurityDescriptor,
                                           StringSecurityDescriptorLen));
}
