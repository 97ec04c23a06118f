/* SPDX-License-Identifier: MIT */
/* Subject contexts: who asks, and what he may do (token.md 5.1, 3.11). */

#include <stdlib.h>

#include "nt/check.h"
#include "nt/reference.h"
#include "token/token.h"

/* What a lock keeps; locks nest. */
struct locked {
    struct subject_lock lock;
    size_t depth;
};

VOID NTAPI SeCaptureSubjectContextEx(PETHREAD Thread, PEPROCESS Process,
                                     PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    struct subject_context context;

    (void)Process; /* There is one. */
    if (tsr_failed(subject_capture(thread_in(Thread), &context))) {
        context = (struct subject_context){0};
    }
    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){
        .ClientToken = context.client,
        .ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)context.level,
        .PrimaryToken = context.primary,
    };
}

/* A thread without an object has no token either, and captures nothing. */
VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    PETHREAD thread = PsGetCurrentThread();

    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){0};
    if (thread) {
        SeCaptureSubjectContextEx(thread, PsGetCurrentProcess(), SubjectContext);
    }
}

/* Without memory the tokens are taken as they are at each check. */
VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    const struct subject_context context = subject_in(SubjectContext);
    struct locked *locked = SubjectContext->ProcessAuditId;

    if (!locked && context.primary) {
        locked = zeroed_new(sizeof(*locked));
        if (locked) {
            subject_lock(&context, &locked->lock);
        }
        SubjectContext->ProcessAuditId = locked;
    }
    if (locked) {
        locked->depth++;
    }
}

VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    struct locked *const locked = SubjectContext->ProcessAuditId;

    if (locked && --locked->depth == 0) {
        subject_unlock(&locked->lock);
        free(locked);
        SubjectContext->ProcessAuditId = NULL;
    }
}

VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    struct subject_context context = subject_in(SubjectContext);

    while (SubjectContext->ProcessAuditId) {
        SeUnlockSubjectContext(SubjectContext);
    }
    subject_deinit(&context);
    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){0};
}

PACCESS_TOKEN NTAPI SeQuerySubjectContextToken(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    return SubjectContext->ClientToken ? SubjectContext->ClientToken : SubjectContext->PrimaryToken;
}

/* ---- Access checks ---- */

/* By what a lock keeps where there is one. */
static tsr_access_result judge(const SECURITY_SUBJECT_CONTEXT *given, bool is_locked,
                               const tsr_sd *sd, const tsr_access_request *request)
{
    const struct subject_context context = subject_in(given);
    const struct locked *const locked = is_locked ? given->ProcessAuditId : NULL;

    if (!locked || (context.client && context.level < TSR_LEVEL_IMPERSONATION)) {
        return subject_access_check(&context, sd, request);
    }
    return tsr_token_open_check(subject_peek_token(&locked->lock), sd, request);
}

/* @param ret_set  owned by the caller; untouched if none was used */
static tsr_status privileges_out(uint64_t used, PRIVILEGE_SET **ret_set)
{
    if (used) {
        PRIVILEGE_SET *const set =
            zeroed_new(privilege_set_size((size_t)__builtin_popcountll(used)));

        REQUIRE(set, STATUS_NO_MEMORY);
        privilege_set_tell(used, set);
        *ret_set = set;
    }
    return TSR_OK;
}

static tsr_status access_check_user(PSECURITY_DESCRIPTOR descriptor,
                                    const SECURITY_SUBJECT_CONTEXT *context, bool is_locked,
                                    const tsr_access_request *request, PRIVILEGE_SET **ret_set,
                                    uint32_t *ret_granted)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_access_result result;
    tsr_sd sd;

    REQUIRE(descriptor, STATUS_ACCESS_DENIED);
    REQUIRE(context->PrimaryToken, STATUS_NO_TOKEN);
    if (request->desired == 0) {
        REQUIRE(request->previously_granted, STATUS_ACCESS_DENIED);
        *ret_granted = request->previously_granted;
        return TSR_OK;
    }
    TRY(capture_descriptor(descriptor, &bytes, &sd));
    result = judge(context, is_locked, &sd, request);
    TRY(result.status);
    if (ret_set) {
        TRY(privileges_out(result.privileges_used, ret_set));
    }
    *ret_granted = result.granted;
    return TSR_OK;
}

static uint32_t granted_to_kernel(const tsr_access_request *request)
{
    const uint32_t all = request->desired & MAXIMUM_ALLOWED ? request->mapping.all : 0;

    return (request->desired & ~MAXIMUM_ALLOWED) | all | request->previously_granted;
}

BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
                            PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                            BOOLEAN SubjectContextLocked, ACCESS_MASK DesiredAccess,
                            ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
                            PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
                            PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    tsr_access_request request = {.desired = DesiredAccess,
                                  .previously_granted = PreviouslyGrantedAccess};
    uint32_t granted = 0;
    tsr_status status;

    if (Privileges) {
        *Privileges = NULL;
    }
    status = capture_mapping(GenericMapping, &request.mapping);
    if (tsr_ok(status) && AccessMode == KernelMode) {
        granted = granted_to_kernel(&request);
    } else if (tsr_ok(status)) {
        status = access_check_user(SecurityDescriptor, SubjectSecurityContext, SubjectContextLocked,
                                   &request, Privileges, &granted);
    }
    *GrantedAccess = granted;
    *AccessStatus = nt_status(status);
    return tsr_ok(status);
}

VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges)
{
    free(Privileges);
}

/* ---- Privileges ---- */

static enum processor_mode mode_in(KPROCESSOR_MODE mode)
{
    return mode == KernelMode ? MODE_KERNEL : MODE_USER;
}

BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                               PSECURITY_SUBJECT_CONTEXT SubjectContext, KPROCESSOR_MODE AccessMode)
{
    const struct subject_context context = subject_in(SubjectContext);
    const size_t n = RequiredPrivileges->PrivilegeCount;
    LUID_AND_ATTRIBUTES *const entries = RequiredPrivileges->Privilege;
    CLEANUP(free) tsr_privilege_state *privileges = NULL;
    bool held;

    if (!context.primary || tsr_failed(capture_privileges(entries, n, &privileges))) {
        return FALSE;
    }
    held = subject_privilege_check(&context, RequiredPrivileges->Control, privileges, n,
                                   mode_in(AccessMode));
    for (size_t i = 0; i < n; i++) {
        entries[i].Attributes = privileges[i].attributes;
    }
    return held;
}

BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    return single_privilege_check(privilege_in(PrivilegeValue), mode_in(PreviousMode));
}

/* ---- New descriptors ---- */

static tsr_status assign(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR creator,
                         const SECURITY_SUBJECT_CONTEXT *given, tsr_assign_request *request,
                         PSECURITY_DESCRIPTOR *ret_descriptor)
{
    const struct subject_context context = subject_in(given);
    CLEANUP(subject_unlock) struct subject_lock lock = {0};
    CLEANUP(free) uint8_t *creator_bytes = NULL;
    CLEANUP(free) uint8_t *parent_bytes = NULL;
    tsr_sd creator_sd;
    tsr_sd parent_sd;
    uint8_t *bytes;
    size_t size;

    REQUIRE(context.primary, STATUS_NO_TOKEN);
    if (parent) {
        TRY(capture_descriptor(parent, &parent_bytes, &parent_sd));
        request->parent = &parent_sd;
    }
    if (creator) {
        TRY(capture_descriptor(creator, &creator_bytes, &creator_sd));
        request->creator = &creator_sd;
    }
    subject_lock(&context, &lock);
    TRY(tsr_sd_assign_object(subject_peek_token(&lock), request, &bytes, &size));
    *ret_descriptor = bytes;
    return TSR_OK;
}

NTSTATUS NTAPI SeAssignSecurityEx(PSECURITY_DESCRIPTOR ParentDescriptor,
                                  PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                  PSECURITY_DESCRIPTOR *NewDescriptor, GUID *ObjectType,
                                  BOOLEAN IsDirectoryObject, ULONG AutoInheritFlags,
                                  PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                  PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    tsr_generic_mapping mapping;
    tsr_assign_request request = {
        .is_container = IsDirectoryObject, .flags = AutoInheritFlags, .mapping = &mapping};
    tsr_guid type;
    tsr_status status;

    (void)PoolType;
    if (ObjectType) {
        memcpy(type.bytes, ObjectType, sizeof(type.bytes));
        request.types = &type;
        request.n_types = 1;
    }
    status = capture_mapping(GenericMapping, &mapping);
    if (tsr_ok(status)) {
        status =
            assign(ParentDescriptor, ExplicitDescriptor, SubjectContext, &request, NewDescriptor);
    }
    return nt_status(status);
}

NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
                                PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN IsDirectoryObject,
                                PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    return SeAssignSecurityEx(ParentDescriptor, ExplicitDescriptor, NewDescriptor, NULL,
                              IsDirectoryObject, 0, SubjectContext, GenericMapping, PoolType);
}

NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
    free(*SecurityDescriptor);
    *SecurityDescriptor = NULL;
    return STATUS_SUCCESS;
}

/* ---- Tokens ---- */

TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    return (TOKEN_TYPE)token->type;
}

BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    return tsr_token_is_admin(token);
}

BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    return tsr_token_is_restricted(token);
}

BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    return (token->state->flags & TSR_TOKEN_WRITE_RESTRICTED) != 0;
}

NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    *AuthenticationId = luid_out(token->state->authentication_id);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(Token);

    *SessionId = token->state->session_id;
    return STATUS_SUCCESS;
}

/* The new token is the caller's to open, as one by NtFilterToken is. */
static tsr_status filter(struct token_object *existing, struct filter *filter,
                         struct token_object **ret_token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(existing);
    CLEANUP(tsr_token_unref) tsr_token *filtered = NULL;
    CLEANUP(tsr_token_unref) tsr_token *maker = NULL;
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;

    TRY(opening_token(&maker));
    filter->spec.caller = maker;
    TRY(tsr_token_filter(token, &filter->spec, &filtered));
    TRY(token_object_new_sd(maker, NULL, &sd));
    TRY(token_object_new(filtered, sd, ret_token));
    (void)STEAL(filtered);
    return TSR_OK;
}

NTSTATUS NTAPI SeFilterToken(PACCESS_TOKEN ExistingToken, ULONG Flags, PTOKEN_GROUPS SidsToDisable,
                             PTOKEN_PRIVILEGES PrivilegesToDelete, PTOKEN_GROUPS RestrictedSids,
                             PACCESS_TOKEN *FilteredToken)
{
    CLEANUP(filter_deinit) struct filter lists = {0};
    struct token_object *token = NULL;
    tsr_status status;

    status = filter_capture(Flags, SidsToDisable, PrivilegesToDelete, RestrictedSids, &lists);
    if (tsr_ok(status)) {
        status = filter(ExistingToken, &lists, &token);
    }
    *FilteredToken = token;
    return nt_status(status);
}
