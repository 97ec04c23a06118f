/* SPDX-License-Identifier: MIT */
/*
 * A routine that does one task as somebody else
 *
 * Whoever calls it may impersonate already: that is put back exactly as it was. Where it cannot be,
 * the thread is nobody but its process afterwards, and the caller is told. The exit status tells
 * which step did not do what it should.
 */

#include <ntifs.h>

typedef NTSTATUS TASK(PVOID Context);

/* What a thread impersonates, and how. */
typedef struct _IDENTITY {
    PACCESS_TOKEN Token; /* NULL: it does not */
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} IDENTITY;

/* Save and Forget are a pair. */
static VOID Save(PETHREAD Thread, IDENTITY *Saved)
{
    Saved->Token = PsReferenceImpersonationToken(Thread, &Saved->CopyOnOpen, &Saved->EffectiveOnly,
                                                 &Saved->Level);
}

static VOID Forget(IDENTITY *Saved)
{
    if (Saved->Token) {
        PsDereferenceImpersonationToken(Saved->Token);
        Saved->Token = NULL;
    }
}

static NTSTATUS Impersonate(PETHREAD Thread, const IDENTITY *Identity)
{
    return PsImpersonateClient(Thread, Identity->Token, Identity->CopyOnOpen,
                               Identity->EffectiveOnly, Identity->Level);
}

/* PsImpersonateClient succeeds with less where more is not allowed: always look. */
static BOOLEAN Is(PETHREAD Thread, const IDENTITY *Wanted)
{
    BOOLEAN Same;
    IDENTITY Now;

    Save(Thread, &Now);
    Same = (BOOLEAN)(Now.Token == Wanted->Token && (!Now.Token || Now.Level == Wanted->Level));
    Forget(&Now);
    return Same;
}

/* What was possible before may not be possible any more. */
static NTSTATUS Restore(PETHREAD Thread, const IDENTITY *Saved)
{
    NTSTATUS Status;

    if (!Saved->Token) {
        PsRevertToSelf();
        return STATUS_SUCCESS;
    }
    Status = Impersonate(Thread, Saved);
    if (NT_SUCCESS(Status) && !Is(Thread, Saved)) {
        Status = STATUS_BAD_IMPERSONATION_LEVEL;
    }
    if (!NT_SUCCESS(Status)) {
        PsRevertToSelf(); /* never go on as the one the task was for */
    }
    return Status;
}

static NTSTATUS RunAs(PACCESS_TOKEN Token, SECURITY_IMPERSONATION_LEVEL Level, TASK *Task,
                      PVOID Context)
{
    const IDENTITY Wanted = {Token, FALSE, FALSE, Level};
    PETHREAD Thread = PsGetCurrentThread();
    NTSTATUS Restored = STATUS_SUCCESS;
    NTSTATUS Status;
    IDENTITY Saved;

    if (!Token) {
        return STATUS_NO_TOKEN; /* impersonating nobody would be to revert, and succeed */
    }
    Save(Thread, &Saved);
    Status = Impersonate(Thread, &Wanted);
    if (NT_SUCCESS(Status)) {
        Status = Is(Thread, &Wanted) ? Task(Context) : STATUS_BAD_IMPERSONATION_LEVEL;
        Restored = Restore(Thread, &Saved);
    }
    Forget(&Saved);
    /* Whoever lost his identity has to know, whatever became of the task. */
    return NT_SUCCESS(Restored) ? Status : Restored;
}

/* ---- A task ---- */

/* Succeeds where the thread acts by this token. */
static NTSTATUS Look(PVOID Context)
{
    const IDENTITY Expected = {Context, FALSE, FALSE, SecurityImpersonation};

    return Is(PsGetCurrentThread(), &Expected) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

int main(void)
{
    const IDENTITY Nobody = {NULL, FALSE, FALSE, SecurityAnonymous};
    PACCESS_TOKEN Token = PsReferencePrimaryToken(PsGetCurrentProcess());
    NTSTATUS Status;

    if (!Token) {
        return 1;
    }
    Status = RunAs(Token, SecurityImpersonation, Look, Token);
    PsDereferencePrimaryToken(Token);
    if (!NT_SUCCESS(Status)) {
        return 2;
    }
    return Is(PsGetCurrentThread(), &Nobody) ? 0 : 3;
}
