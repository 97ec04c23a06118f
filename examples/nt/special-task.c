/* SPDX-License-Identifier: MIT */
/*
 * A routine that does one task as somebody else
 *
 * Whoever calls it may impersonate already: that is put back exactly as it was. The exit status
 * tells which step did not do what it should.
 */

#include <ntifs.h>

typedef NTSTATUS TASK(PVOID Context);

/* What a thread impersonates, and how. */
typedef struct _SAVED {
    PACCESS_TOKEN Token; /* NULL: it does not */
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} SAVED;

static VOID Save(PETHREAD Thread, SAVED *Saved)
{
    Saved->Token = PsReferenceImpersonationToken(Thread, &Saved->CopyOnOpen, &Saved->EffectiveOnly,
                                                 &Saved->Level);
}

/* What cannot be put back is given up: the thread is nobody but its process then. */
static NTSTATUS Restore(PETHREAD Thread, SAVED *Saved)
{
    NTSTATUS Status = STATUS_SUCCESS;

    if (Saved->Token) {
        Status = PsImpersonateClient(Thread, Saved->Token, Saved->CopyOnOpen, Saved->EffectiveOnly,
                                     Saved->Level);
        PsDereferenceImpersonationToken(Saved->Token);
        Saved->Token = NULL;
    } else {
        PsRevertToSelf();
    }
    if (!NT_SUCCESS(Status)) {
        PsRevertToSelf();
    }
    return Status;
}

static NTSTATUS RunAs(PACCESS_TOKEN Token, SECURITY_IMPERSONATION_LEVEL Level, TASK *Task,
                      PVOID Context)
{
    PETHREAD Thread = PsGetCurrentThread();
    NTSTATUS Restored;
    NTSTATUS Status;
    SAVED Saved;

    Save(Thread, &Saved);
    Status = PsImpersonateClient(Thread, Token, FALSE, FALSE, Level);
    if (NT_SUCCESS(Status)) {
        Status = Task(Context);
    }
    Restored = Restore(Thread, &Saved);
    return NT_SUCCESS(Status) ? Restored : Status;
}

/* ---- Every path of it ---- */

/* Succeeds where the thread impersonates this token. */
static NTSTATUS CheckToken(PVOID Context)
{
    PETHREAD Thread = PsGetCurrentThread();
    NTSTATUS Status;
    SAVED Now;

    Save(Thread, &Now);
    Status = Now.Token == Context ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    if (Now.Token) {
        PsDereferenceImpersonationToken(Now.Token);
    }
    return Status;
}

static NTSTATUS Fail(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    return STATUS_NO_MEMORY;
}

static BOOLEAN IsStill(PACCESS_TOKEN Token)
{
    PETHREAD Thread = PsGetCurrentThread();
    BOOLEAN Result;
    SAVED Now;

    Save(Thread, &Now);
    Result = (BOOLEAN)(Now.Token == Token && (!Token || (Now.CopyOnOpen && Now.EffectiveOnly &&
                                                         Now.Level == SecurityIdentification)));
    if (Now.Token) {
        PsDereferenceImpersonationToken(Now.Token);
    }
    return Result;
}

/* From a thread that impersonates @Before, or does not. */
static int CheckFrom(PACCESS_TOKEN Before, PACCESS_TOKEN Token)
{
    if (!NT_SUCCESS(RunAs(Token, SecurityImpersonation, CheckToken, Token)) || !IsStill(Before)) {
        return 1;
    }
    if (RunAs(Token, SecurityImpersonation, Fail, NULL) != STATUS_NO_MEMORY || !IsStill(Before)) {
        return 2;
    }
    if (NT_SUCCESS(RunAs(Token, (SECURITY_IMPERSONATION_LEVEL)9, CheckToken, Token)) ||
        !IsStill(Before)) {
        return 3;
    }
    return 0;
}

/* What is saved may not be possible any more. */
static int CheckLostIdentity(VOID)
{
    SAVED Saved;

    Save(PsGetCurrentThread(), &Saved);
    Saved.Level = (SECURITY_IMPERSONATION_LEVEL)9;
    if (NT_SUCCESS(Restore(PsGetCurrentThread(), &Saved)) || !IsStill(NULL)) {
        return 7;
    }
    return 0;
}

int main(void)
{
    PACCESS_TOKEN Token = PsReferencePrimaryToken(PsGetCurrentProcess());
    int Result;

    Result = CheckFrom(NULL, Token);
    if (Result == 0) {
        if (!NT_SUCCESS(PsImpersonateClient(PsGetCurrentThread(), Token, TRUE, TRUE,
                                            SecurityIdentification))) {
            return 4;
        }
        Result = CheckFrom(Token, Token);
    }
    if (Result == 0) {
        Result = CheckLostIdentity();
    }
    PsRevertToSelf();
    PsDereferencePrimaryToken(Token);
    return Result;
}
