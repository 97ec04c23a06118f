/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Strings, masks, LUIDs and new descriptors; subject contexts
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

/** The same, with an owner, and in places that are multiples of four. */
NTSYSAPI BOOLEAN NTAPI SeValidSecurityDescriptor(_In_ ULONG Length,
                                                 _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);

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

/* ---- Processes and threads ---- */

typedef struct _EPROCESS *PEPROCESS;
typedef struct _ETHREAD *PETHREAD;

/** @return borrowed */
NTSYSAPI PEPROCESS NTAPI PsGetCurrentProcess(VOID);

/** @return borrowed, as long as the thread runs; NULL: memory is short */
NTSYSAPI PETHREAD NTAPI PsGetCurrentThread(VOID);

/* Numbers of a process and of one of its threads; NULL: no thread is meant. */
typedef struct _CLIENT_ID {
    HANDLE UniqueProcess;
    HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

/** Of a process, a thread or a token. @return reserved */
NTSYSAPI LONG_PTR FASTCALL ObfReferenceObject(_In_ PVOID Object);
NTSYSAPI LONG_PTR FASTCALL ObfDereferenceObject(_In_ PVOID Object);

#define ObReferenceObject   ObfReferenceObject
#define ObDereferenceObject ObfDereferenceObject

/* What PsDisableImpersonation() keeps. */
typedef struct _SE_IMPERSONATION_STATE {
    PACCESS_TOKEN Token;
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} SE_IMPERSONATION_STATE, *PSE_IMPERSONATION_STATE;

/* ---- Subject contexts (token.md 5.1) ---- */

/* One thread at a time uses a context, and calls SeReleaseSubjectContext() in the end. */
typedef struct _SECURITY_SUBJECT_CONTEXT {
    PACCESS_TOKEN ClientToken; /* NULL: the thread did not impersonate */
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    PACCESS_TOKEN PrimaryToken; /* NULL: memory was short, and everything is refused */
    PVOID ProcessAuditId;       /* what a lock keeps */
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

typedef enum _POOL_TYPE {
    NonPagedPool,
    PagedPool,
} POOL_TYPE;

/** Free what one of these routines allocated. */
NTSYSAPI VOID NTAPI ExFreePool(_In_ PVOID P);

NTSYSAPI VOID NTAPI SeCaptureSubjectContext(_Out_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTSYSAPI VOID NTAPI SeReleaseSubjectContext(_Inout_ PSECURITY_SUBJECT_CONTEXT SubjectContext);

/** Hold both tokens still for SeAccessCheck(); locks nest. */
NTSYSAPI VOID NTAPI SeLockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTSYSAPI VOID NTAPI SeUnlockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);

/**
 * @param Privileges    those that were used, SeFreePrivileges() by the caller; NULL: none
 * @param AccessMode    KernelMode: all is granted
 * @param AccessStatus  STATUS_BAD_IMPERSONATION_LEVEL also of a client below impersonation
 */
NTSYSAPI BOOLEAN NTAPI
SeAccessCheck(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
              _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
              _In_ BOOLEAN SubjectContextLocked, _In_ ACCESS_MASK DesiredAccess,
              _In_ ACCESS_MASK PreviouslyGrantedAccess, _Outptr_opt_ PPRIVILEGE_SET *Privileges,
              _In_ PGENERIC_MAPPING GenericMapping, _In_ KPROCESSOR_MODE AccessMode,
              _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus);

/** @param NewDescriptor  SeDeassignSecurity() @return as tsr_sd_assign_object() */
NTSYSAPI NTSTATUS NTAPI SeAssignSecurity(_In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
                                         _In_opt_ PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                         _Outptr_ PSECURITY_DESCRIPTOR *NewDescriptor,
                                         _In_ BOOLEAN IsDirectoryObject,
                                         _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                         _In_ PGENERIC_MAPPING GenericMapping,
                                         _In_ POOL_TYPE PoolType);
NTSYSAPI NTSTATUS NTAPI SeAssignSecurityEx(
    _In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
    _In_opt_ PSECURITY_DESCRIPTOR ExplicitDescriptor, _Outptr_ PSECURITY_DESCRIPTOR *NewDescriptor,
    _In_opt_ GUID *ObjectType, _In_ BOOLEAN IsDirectoryObject, _In_ ULONG AutoInheritFlags,
    _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext, _In_ PGENERIC_MAPPING GenericMapping,
    _In_ POOL_TYPE PoolType);
NTSYSAPI NTSTATUS NTAPI SeDeassignSecurity(_Inout_ PSECURITY_DESCRIPTOR *SecurityDescriptor);

/** For the calling thread; none is held by one that impersonates below impersonation. */
NTSYSAPI BOOLEAN NTAPI SeSinglePrivilegeCheck(_In_ LUID PrivilegeValue,
                                              _In_ KPROCESSOR_MODE PreviousMode);

TSR_END_DECLS
