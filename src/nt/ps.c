/* SPDX-License-Identifier: MIT */
/* Tokens by reference, and what threads act as (token.md 4.2, 4.11). */

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "nt/capture.h"
#include "nt/reference.h"

VOID NTAPI ExFreePool(PVOID P)
{
    free(P);
}

PEPROCESS NTAPI PsGetCurrentProcess(VOID)
{
    struct object *process = process_object();

    (void)object_unref(process); /* It never ends. */
    return (PEPROCESS)process;
}

PETHREAD NTAPI PsGetCurrentThread(VOID)
{
    struct thread *thread;

    return tsr_ok(thread_get_current(&thread)) ? (PETHREAD)thread : NULL;
}

/* Numbers are those of Linux. */
static HANDLE id_out(pid_t id)
{
    return (HANDLE)(uintptr_t)id;
}

HANDLE NTAPI PsGetCurrentProcessId(VOID)
{
    return id_out(getpid());
}

HANDLE NTAPI PsGetCurrentThreadId(VOID)
{
    return id_out(gettid());
}

HANDLE NTAPI PsGetProcessId(PEPROCESS Process)
{
    (void)Process; /* There is one. */
    return PsGetCurrentProcessId();
}

HANDLE NTAPI PsGetThreadId(PETHREAD Thread)
{
    return id_out(thread_in(Thread)->id);
}

NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE UniqueThreadId, PETHREAD *Thread)
{
    const uintptr_t id = (uintptr_t)UniqueThreadId;
    struct thread *thread = id <= INT_MAX ? thread_find((pid_t)id) : NULL;

    if (!thread) {
        return STATUS_INVALID_CID;
    }
    *Thread = (PETHREAD)thread;
    return STATUS_SUCCESS;
}

/* What is returned is reserved: nobody may rely on it. */

LONG_PTR FASTCALL ObfReferenceObject(PVOID Object)
{
    (void)object_ref(Object);
    return 0;
}

LONG_PTR FASTCALL ObfDereferenceObject(PVOID Object)
{
    (void)object_unref(Object);
    return 0;
}

/* There is one process. */
PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process)
{
    struct token_object *token = NULL;

    (void)Process;
    return tsr_ok(process_get_token(&token)) ? token : NULL;
}

VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken)
{
    (void)token_object_unref(PrimaryToken);
}

PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen,
                                                  PBOOLEAN EffectiveOnly,
                                                  PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    struct impersonation impersonation = {0};

    if (Thread) {
        thread_get_impersonation(thread_in(Thread), &impersonation);
    }
    if (impersonation.token) {
        *CopyOnOpen = impersonation.copy_on_open;
        *EffectiveOnly = impersonation.effective_only;
        *ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)impersonation.level;
    }
    return impersonation.token;
}

VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken)
{
    (void)token_object_unref(ImpersonationToken);
}

NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token, BOOLEAN CopyOnOpen,
                                   BOOLEAN EffectiveOnly,
                                   SECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    if (!Thread) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!Token) {
        revert(thread_in(Thread));
        return STATUS_SUCCESS;
    }
    return nt_status(impersonate(thread_in(Thread), Token, CopyOnOpen, EffectiveOnly,
                                 (tsr_impersonation_level)ImpersonationLevel, DOWNGRADE_SILENTLY));
}

/* A thread that cannot even be told from others does not impersonate. */
VOID NTAPI PsRevertToSelf(VOID)
{
    (void)PsImpersonateClient(PsGetCurrentThread(), NULL, FALSE, FALSE, SecurityAnonymous);
}

BOOLEAN NTAPI PsDisableImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    struct impersonation old = {0};

    if (Thread) {
        thread_swap_impersonation(thread_in(Thread), (struct impersonation){0}, &old);
    }
    *ImpersonationState = (SE_IMPERSONATION_STATE){
        .Token = old.token,
        .CopyOnOpen = old.copy_on_open,
        .EffectiveOnly = old.effective_only,
        .Level = (SECURITY_IMPERSONATION_LEVEL)old.level,
    };
    return old.token != NULL;
}

VOID NTAPI PsRestoreImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    const struct impersonation again = {
        .token = ImpersonationState->Token,
        .copy_on_open = ImpersonationState->CopyOnOpen,
        .effective_only = ImpersonationState->EffectiveOnly,
        .level = (tsr_impersonation_level)ImpersonationState->Level,
    };

    if (Thread) {
        thread_swap_impersonation(thread_in(Thread), again, NULL);
        ImpersonationState->Token = NULL;
    }
}
