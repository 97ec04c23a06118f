/* SPDX-License-Identifier: MIT */
/* Being told that logon sessions end (token.md 2.5). */

#include <tessera/session.h>

#include "nt/capture.h"

/* The routine of a driver is the context of ours. */
static void tell(void *context, uint64_t id)
{
    const PSE_LOGON_SESSION_TERMINATED_ROUTINE routine =
        (PSE_LOGON_SESSION_TERMINATED_ROUTINE)context;
    LUID luid = luid_out(id);

    (void)routine(&luid);
}

NTSTATUS NTAPI
SeRegisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine)
{
    return CallbackRoutine ? nt_status(tsr_session_add_routine(tell, (void *)CallbackRoutine))
                           : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI
SeUnregisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine)
{
    return CallbackRoutine ? nt_status(tsr_session_remove_routine(tell, (void *)CallbackRoutine))
                           : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(PLUID LogonId)
{
    return nt_status(tsr_session_mark(luid_in(*LogonId)));
}
