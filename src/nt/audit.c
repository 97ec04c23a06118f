/* SPDX-License-Identifier: MIT */
/*
 * Checks and events that are audited (access-check.md 13).
 *
 * A check that audits is refused from the moment on in which its pointers are known to be good:
 * whatever fails later, writing the event included, has granted nothing.
 */

#include <stdlib.h>

#include "nt/check.h"
#include "object/audit.h"

/* An object as its server names it. */
struct naming {
    const UNICODE_STRING *subsystem;
    const UNICODE_STRING *type;
    const UNICODE_STRING *name;
    PVOID handle;
    bool created;
};

/* A check that audits. */
struct audited_check {
    struct check check;
    struct naming object;
    AUDIT_EVENT_TYPE type;
    ULONG flags;
    BOOLEAN *generate_on_close;
};

/* What UTF-16 it is does not matter: an event tells whatever is there. */
static tsr_status capture_text(const UNICODE_STRING *string, struct audit_text *ret_text)
{
    REQUIRE(string, STATUS_ACCESS_VIOLATION);
    REQUIRE(string->Length % sizeof(WCHAR) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(string->Buffer || string->Length == 0, STATUS_ACCESS_VIOLATION);
    *ret_text = (struct audit_text){
        .units = (const uint16_t *)string->Buffer,
        .n_units = string->Length / sizeof(WCHAR),
    };
    return TSR_OK;
}

static tsr_status capture_object(const struct naming *naming, struct audit_object *ret_object)
{
    TRY(capture_text(naming->subsystem, &ret_object->subsystem));
    TRY(capture_text(naming->type, &ret_object->type));
    if (naming->name) {
        TRY(capture_text(naming->name, &ret_object->name));
    }
    ret_object->handle = (uint64_t)(uintptr_t)naming->handle;
    ret_object->created = naming->created;
    return TSR_OK;
}

/* As bits; one that there is not cannot be named. */
static tsr_status capture_privilege_bits(const PRIVILEGE_SET *set, uint64_t *ret_privileges)
{
    CLEANUP(free) tsr_privilege_state *privileges = NULL;
    const size_t n = set->PrivilegeCount;
    const LUID_AND_ATTRIBUTES *entries = set->Privilege;
    uint64_t bits = 0;

    TRY(capture_privileges(entries, n, &privileges));
    for (size_t i = 0; i < n; i++) {
        REQUIRE(tsr_privilege_name(privileges[i].luid), STATUS_NO_SUCH_PRIVILEGE);
        bits |= TSR_PRIVILEGE_BIT(privileges[i].luid);
    }
    *ret_privileges = bits;
    return TSR_OK;
}

static void deny(const struct audited_check *audited)
{
    const size_t n = audited->check.result_list ? audited->check.n_types : 1;

    for (size_t i = 0; i < n; i++) {
        audited->check.granted[i] = 0;
        audited->check.statuses[i] = STATUS_ACCESS_DENIED;
    }
    *audited->generate_on_close = FALSE;
}

/* What is needed to write events; without it, those who say so go unaudited. */
static tsr_status may_audit(ULONG flags, bool *ret_audits)
{
    const tsr_status status = audit_check_privilege();
    const bool is_held = status.code != (uint32_t)STATUS_PRIVILEGE_NOT_HELD;

    if (is_held || !(flags & AUDIT_ALLOW_NO_PRIVILEGE)) {
        TRY(status);
    }
    *ret_audits = is_held;
    return TSR_OK;
}

/* The answer is told when its events are written. */
static tsr_status judge(const struct audited_check *audited, const struct audit_object *object,
                        const tsr_token *client, bool audits)
{
    CLEANUP(check_values_deinit) struct check_values values = {0};
    tsr_access_result result;
    bool generate_on_close = false;

    TRY(check_capture(&audited->check, &values));
    result = tsr_token_nt_access_check(client, &values.sd, &values.request);
    if (!check_is_answer(result.status)) {
        return result.status;
    }
    if (audits) {
        TRY(audit_decision(object,
                           &(struct audit_decision){
                               .client = client,
                               .sd = &values.sd,
                               .request = &values.request,
                               .result = &result,
                               .privileges = result.privileges_used,
                               .policy = audit_log_policy(),
                           },
                           &generate_on_close));
    }
    check_tell(&audited->check, &result, &values);
    *audited->generate_on_close = generate_on_close;
    return TSR_OK;
}

/* In this order: pointers, what is asked for, names, SeAuditPrivilege, client, descriptor.
 *
 * @param token  NULL: that of whom the thread impersonates */
static tsr_status check_and_audit(const struct audited_check *audited, const HANDLE *token)
{
    CLEANUP(tsr_token_unref) tsr_token *client = NULL;
    struct audit_object object = {
        .in_directory = audited->type == AuditEventDirectoryServiceAccess,
    };
    bool audits = false;

    TRY(check_pointers(&audited->check));
    REQUIRE(audited->generate_on_close, STATUS_ACCESS_VIOLATION);
    deny(audited);
    REQUIRE(audited->type == AuditEventObjectAccess || object.in_directory,
            STATUS_INVALID_PARAMETER);
    REQUIRE(!(audited->flags & ~AUDIT_ALLOW_NO_PRIVILEGE), STATUS_INVALID_PARAMETER);
    REQUIRE(!(audited->check.desired & GENERIC_RIGHTS), STATUS_GENERIC_NOT_MAPPED);
    TRY(capture_object(&audited->object, &object));
    TRY(may_audit(audited->flags, &audits));
    if (token) {
        TRY(token_for_query(handle_in(*token), TOKEN_QUERY, &client));
    } else {
        TRY(audit_get_client(&client));
    }
    return judge(audited, &object, client, audits);
}

NTSTATUS NTAPI NtAccessCheckAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, ACCESS_MASK DesiredAccess,
    PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess,
    PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose)
{
    const struct audited_check audited = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .desired = DesiredAccess,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .object = {SubsystemName, ObjectTypeName, ObjectName, HandleId, ObjectCreation},
        .type = AuditEventObjectAccess,
        .generate_on_close = GenerateOnClose,
    };

    return nt_status(check_and_audit(&audited, NULL));
}

NTSTATUS NTAPI NtAccessCheckByTypeAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    ACCESS_MASK DesiredAccess, AUDIT_EVENT_TYPE AuditType, ULONG Flags,
    POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength, PGENERIC_MAPPING GenericMapping,
    BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
    PBOOLEAN GenerateOnClose)
{
    const struct audited_check audited = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .self = PrincipalSelfSid,
                .desired = DesiredAccess,
                .types = ObjectTypeList,
                .n_types = ObjectTypeListLength,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .object = {SubsystemName, ObjectTypeName, ObjectName, HandleId, ObjectCreation},
        .type = AuditType,
        .flags = Flags,
        .generate_on_close = GenerateOnClose,
    };

    return nt_status(check_and_audit(&audited, NULL));
}

NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    ACCESS_MASK DesiredAccess, AUDIT_EVENT_TYPE AuditType, ULONG Flags,
    POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength, PGENERIC_MAPPING GenericMapping,
    BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
    PBOOLEAN GenerateOnClose)
{
    const struct audited_check audited = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .self = PrincipalSelfSid,
                .desired = DesiredAccess,
                .types = ObjectTypeList,
                .n_types = ObjectTypeListLength,
                .result_list = true,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .object = {SubsystemName, ObjectTypeName, ObjectName, HandleId, ObjectCreation},
        .type = AuditType,
        .flags = Flags,
        .generate_on_close = GenerateOnClose,
    };

    return nt_status(check_and_audit(&audited, NULL));
}

NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
    PUNICODE_STRING SubsystemName, PVOID HandleId, HANDLE ClientToken,
    PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, ACCESS_MASK DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, ULONG Flags, POBJECT_TYPE_LIST ObjectTypeList,
    ULONG ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation,
    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose)
{
    const struct audited_check audited = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .self = PrincipalSelfSid,
                .desired = DesiredAccess,
                .types = ObjectTypeList,
                .n_types = ObjectTypeListLength,
                .result_list = true,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .object = {SubsystemName, ObjectTypeName, ObjectName, HandleId, ObjectCreation},
        .type = AuditType,
        .flags = Flags,
        .generate_on_close = GenerateOnClose,
    };

    return nt_status(check_and_audit(&audited, &ClientToken));
}

/* An open that was decided already. */
struct decided {
    struct naming object;
    PSECURITY_DESCRIPTOR descriptor;
    HANDLE token;
    ACCESS_MASK desired;
    ACCESS_MASK granted;
    const PRIVILEGE_SET *privileges;
    bool success;
};

/* No mapping is given: generic rights that a SACL still has are taken for all rights, so that an
 * audit is rather once too many than missing. */
static const tsr_generic_mapping all_for_any = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};

static tsr_status audit_open(const struct decided *decided, bool *ret_generate_on_close)
{
    CLEANUP(tsr_token_unref) tsr_token *client = NULL;
    CLEANUP(free) uint8_t *sd_bytes = NULL;
    const tsr_access_request request = {.desired = decided->desired, .mapping = all_for_any};
    const tsr_access_result result = {
        .status = decided->success ? TSR_OK : tsr_status_of(STATUS_ACCESS_DENIED),
        .granted = decided->success ? decided->granted : 0,
    };
    struct audit_object object = {0};
    uint64_t privileges = 0;
    tsr_sd sd = {0};

    REQUIRE(!((decided->desired | decided->granted) & GENERIC_RIGHTS), STATUS_GENERIC_NOT_MAPPED);
    TRY(capture_object(&decided->object, &object));
    TRY(audit_check_privilege());
    TRY(token_for_query(handle_in(decided->token), TOKEN_QUERY, &client));
    if (decided->descriptor) {
        TRY(capture_descriptor(decided->descriptor, &sd_bytes, &sd));
    }
    if (decided->privileges) {
        TRY(capture_privilege_bits(decided->privileges, &privileges));
    }
    return audit_decision(
        &object,
        &(struct audit_decision){
            .client = client,
            .sd = &sd,
            .request = &request,
            .result = &result,
            .privileges = privileges,
            .policy = audit_log_policy() & (TSR_AUDIT_OBJECT_SUCCESS | TSR_AUDIT_OBJECT_FAILURE),
        },
        ret_generate_on_close);
}

NTSTATUS NTAPI NtOpenObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                      PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
                                      PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
                                      ACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess,
                                      PPRIVILEGE_SET Privileges, BOOLEAN ObjectCreation,
                                      BOOLEAN AccessGranted, PBOOLEAN GenerateOnClose)
{
    const struct decided decided = {
        .object = {SubsystemName, ObjectTypeName, ObjectName, HandleId, ObjectCreation},
        .descriptor = SecurityDescriptor,
        .token = ClientToken,
        .desired = DesiredAccess,
        .granted = GrantedAccess,
        .privileges = Privileges,
        .success = AccessGranted,
    };
    bool generate_on_close = false;
    tsr_status status;

    if (!GenerateOnClose) {
        return STATUS_ACCESS_VIOLATION;
    }
    status = audit_open(&decided, &generate_on_close);
    *GenerateOnClose = generate_on_close;
    return nt_status(status);
}

static tsr_status audit_end(enum audit_number number, const UNICODE_STRING *subsystem, PVOID handle,
                            bool generate)
{
    struct audit_object object = {.handle = (uint64_t)(uintptr_t)handle};

    TRY(capture_text(subsystem, &object.subsystem));
    TRY(audit_check_privilege());
    return generate ? audit_handle(number, &object) : TSR_OK;
}

NTSTATUS NTAPI NtCloseObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                       BOOLEAN GenerateOnClose)
{
    return nt_status(audit_end(AUDIT_HANDLE_CLOSED, SubsystemName, HandleId, GenerateOnClose));
}

NTSTATUS NTAPI NtDeleteObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                        BOOLEAN GenerateOnClose)
{
    return nt_status(audit_end(AUDIT_OBJECT_DELETED, SubsystemName, HandleId, GenerateOnClose));
}

/* Privileges that were used, or tried: by whom, and which. */
static tsr_status capture_use(HANDLE token, const PRIVILEGE_SET *privileges, tsr_token **ret_client,
                              uint64_t *ret_privileges)
{
    REQUIRE(privileges, STATUS_ACCESS_VIOLATION);
    TRY(audit_check_privilege());
    TRY(capture_privilege_bits(privileges, ret_privileges));
    return token_for_query(handle_in(token), TOKEN_QUERY, ret_client);
}

static tsr_status audit_privileged_object(const struct audit_object *object, HANDLE token,
                                          ACCESS_MASK desired, const PRIVILEGE_SET *privileges,
                                          bool success)
{
    CLEANUP(tsr_token_unref) tsr_token *client = NULL;
    uint64_t bits;

    TRY(capture_use(token, privileges, &client, &bits));
    return audit_object_privileges(object, desired, &(struct audit_use){client, bits, success});
}

NTSTATUS NTAPI NtPrivilegeObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                           HANDLE ClientToken, ACCESS_MASK DesiredAccess,
                                           PPRIVILEGE_SET Privileges, BOOLEAN AccessGranted)
{
    struct audit_object object = {.handle = (uint64_t)(uintptr_t)HandleId};
    const tsr_status status = capture_text(SubsystemName, &object.subsystem);

    return nt_status(tsr_failed(status)
                         ? status
                         : audit_privileged_object(&object, ClientToken, DesiredAccess, Privileges,
                                                   AccessGranted));
}

static tsr_status audit_privileged_service(const UNICODE_STRING *subsystem,
                                           const UNICODE_STRING *service, HANDLE token,
                                           const PRIVILEGE_SET *privileges, bool success)
{
    CLEANUP(tsr_token_unref) tsr_token *client = NULL;
    struct audit_text subsystem_text;
    struct audit_text service_text;
    uint64_t bits;

    TRY(capture_text(subsystem, &subsystem_text));
    TRY(capture_text(service, &service_text));
    TRY(capture_use(token, privileges, &client, &bits));
    return audit_service_privileges(&subsystem_text, &service_text,
                                    &(struct audit_use){client, bits, success});
}

NTSTATUS NTAPI NtPrivilegedServiceAuditAlarm(PUNICODE_STRING SubsystemName,
                                             PUNICODE_STRING ServiceName, HANDLE ClientToken,
                                             PPRIVILEGE_SET Privileges, BOOLEAN AccessGranted)
{
    return nt_status(audit_privileged_service(SubsystemName, ServiceName, ClientToken, Privileges,
                                              AccessGranted));
}

ZW_NAME(ZwAccessCheckAndAuditAlarm, NtAccessCheckAndAuditAlarm);
ZW_NAME(ZwAccessCheckByTypeAndAuditAlarm, NtAccessCheckByTypeAndAuditAlarm);
ZW_NAME(ZwAccessCheckByTypeResultListAndAuditAlarm, NtAccessCheckByTypeResultListAndAuditAlarm);
ZW_NAME(ZwAccessCheckByTypeResultListAndAuditAlarmByHandle,
        NtAccessCheckByTypeResultListAndAuditAlarmByHandle);
ZW_NAME(ZwOpenObjectAuditAlarm, NtOpenObjectAuditAlarm);
ZW_NAME(ZwCloseObjectAuditAlarm, NtCloseObjectAuditAlarm);
ZW_NAME(ZwDeleteObjectAuditAlarm, NtDeleteObjectAuditAlarm);
ZW_NAME(ZwPrivilegeObjectAuditAlarm, NtPrivilegeObjectAuditAlarm);
ZW_NAME(ZwPrivilegedServiceAuditAlarm, NtPrivilegedServiceAuditAlarm);
