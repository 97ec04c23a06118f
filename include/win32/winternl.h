/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What Win32 programs see of the native API: statuses and counted strings
 */

#include <winnt.h>

TSR_BEGIN_DECLS

typedef LONG NTSTATUS, *PNTSTATUS;

#ifndef NT_SUCCESS
#define NT_SUCCESS(status_)     ((NTSTATUS)(status_) >= 0)
#define NT_INFORMATION(status_) (((ULONG)(status_)) >> 30 == 1)
#define NT_WARNING(status_)     (((ULONG)(status_)) >> 30 == 2)
#define NT_ERROR(status_)       (((ULONG)(status_)) >> 30 == 3)
#endif

/* Counted in bytes; a terminator may follow and does not count. */
typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;       /* a SECURITY_DESCRIPTOR */
    PVOID SecurityQualityOfService; /* a SECURITY_QUALITY_OF_SERVICE */
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

/* What a thread is told to change. */
typedef enum _THREADINFOCLASS {
    ThreadImpersonationToken = 5, /* a HANDLE; NULL: revert */
} THREADINFOCLASS;

/** A pseudo handle is left as it is. @return STATUS_INVALID_HANDLE, STATUS_HANDLE_NOT_CLOSABLE */
NTSYSAPI NTSTATUS NTAPI NtClose(_In_ HANDLE Handle);

/** @return ERROR_…; ERROR_MR_MID_NOT_FOUND for a status that has none */
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

TSR_END_DECLS
