/* SPDX-License-Identifier: MIT */
/* Client contexts: what a server may impersonate (token.md 5.2). */

#include "nt/capture.h"
#include "nt/reference.h"

static void context_out(const struct client_context *context,
                        const SECURITY_QUALITY_OF_SERVICE *qos, SECURITY_CLIENT_CONTEXT *to)
{
    *to = (SECURITY_CLIENT_CONTEXT){
        .SecurityQos = *qos,
        .ClientToken = context->token,
        .DirectlyAccessClientToken = context->is_direct,
        .DirectAccessEffectiveOnly = context->effective_only,
        .ServerIsRemote = context->is_remote,
    };
}

NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD ClientThread,
                                      PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                      BOOLEAN RemoteSession, PSECURITY_CLIENT_CONTEXT ClientContext)
{
    struct client_context context;
    struct client_qos qos;
    tsr_status status;

    if (!ClientThread) {
        return STATUS_INVALID_PARAMETER;
    }
    status = capture_qos(ClientSecurityQos, &qos);
    if (tsr_ok(status)) {
        status = client_context_create(thread_in(ClientThread), &qos, RemoteSession, &context);
    }
    if (tsr_ok(status)) {
        context_out(&context, ClientSecurityQos, ClientContext);
    }
    return nt_status(status);
}

NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(
    PSECURITY_SUBJECT_CONTEXT SubjectContext, PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
    BOOLEAN ServerIsRemote, PSECURITY_CLIENT_CONTEXT ClientContext)
{
    const struct subject_context subject = subject_in(SubjectContext);
    struct client_context context;
    struct client_qos qos;
    tsr_status status;

    if (!subject.primary) {
        return STATUS_NO_TOKEN;
    }
    status = capture_qos(ClientSecurityQos, &qos);
    if (tsr_ok(status)) {
        status = client_context_of_subject(&subject, &qos, ServerIsRemote, &context);
    }
    if (tsr_ok(status)) {
        context_out(&context, ClientSecurityQos, ClientContext);
    }
    return nt_status(status);
}

VOID NTAPI SeDeleteClientSecurity(PSECURITY_CLIENT_CONTEXT ClientContext)
{
    ClientContext->ClientToken = token_object_unref(ClientContext->ClientToken);
}

NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    const struct client_context context = {
        .token = ClientContext->ClientToken,
        .level = (tsr_impersonation_level)ClientContext->SecurityQos.ImpersonationLevel,
        .is_direct = ClientContext->DirectlyAccessClientToken,
        .effective_only = ClientContext->DirectAccessEffectiveOnly,
        .is_remote = ClientContext->ServerIsRemote,
    };

    if (!context.token) {
        return STATUS_INVALID_PARAMETER;
    }
    return nt_status(client_context_impersonate(&context, thread_in(ServerThread)));
}

VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    (void)SeImpersonateClientEx(ClientContext, ServerThread);
}
