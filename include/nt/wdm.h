/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Strings, masks, LUIDs and new descriptors
 *
 * Of the routines documented for drivers, those that need no kernel.
 */

#include <ntdef.h>
#include <ntstatus.h>

TSR_BEGIN_DECLS

#define PAGED_CODE() ((void)0)

typedef PVOID PACCESS_TOKEN;

/** The string borrows its text, of which there are at most 32766 units. */
NTSYSAPI VOID NTAPI RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString,
                                         _In_opt_ PCWSTR SourceString);

/** Free what a routine with AllocateDestinationString made. */
NTSYSAPI VOID NTAPI RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString);

NTSYSAPI VOID NTAPI RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask,
                                      _In_ const GENERIC_MAPPING *GenericMapping);

/** @return STATUS_UNKNOWN_REVISION, STATUS_INVALID_PARAMETER */
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptor(_Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                    _In_ ULONG Revision);

/** @return STATUS_UNKNOWN_REVISION, STATUS_INVALID_SECURITY_DESCR: it is self-relative */
NTSYSAPI NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(
    _Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ BOOLEAN DaclPresent, _In_opt_ PACL Dacl,
    _In_ BOOLEAN DaclDefaulted);

/** Whether each part is sound; the length of a self-relative one is taken on trust. */
NTSYSAPI BOOLEAN NTAPI RtlValidSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);

/** Whether untrusted bytes are a self-relative descriptor, and have the parts that are asked for.
 */
NTSYSAPI BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptorInput, _In_ ULONG SecurityDescriptorLength,
    _In_ SECURITY_INFORMATION RequiredInformation);

/** The size of its self-relative form; 0 for what is no descriptor. */
NTSYSAPI ULONG NTAPI RtlLengthSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);

/** A LUID that no other has on this machine until it restarts. */
NTSYSAPI NTSTATUS NTAPI NtAllocateLocallyUniqueId(_Out_ PLUID Luid);

/** The LUID of a number. */
static inline LUID NTAPI RtlConvertUlongToLuid(ULONG Ulong)
{
    LUID luid;

    luid.LowPart = Ulong;
    luid.HighPart = 0;
    return luid;
}

static inline LUID NTAPI RtlConvertLongToLuid(LONG Long)
{
    LUID luid;

    luid.LowPart = (DWORD)Long;
    luid.HighPart = Long < 0 ? -1 : 0;
    return luid;
}

static inline BOOLEAN NTAPI RtlEqualLuid(const LUID *Luid1, const LUID *Luid2)
{
    return (BOOLEAN)(Luid1->LowPart == Luid2->LowPart && Luid1->HighPart == Luid2->HighPart);
}

TSR_END_DECLS
