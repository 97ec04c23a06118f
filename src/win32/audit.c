/* SPDX-License-Identifier: MIT */
/*
 * Checks and events that are audited.
 *
 * An A function is its W function with names in UTF-8.
 */

#include <securitybaseapi.h>
#include <winbase.h>

#include <string.h>

#include <ntifs.h>
#include <winerror.h>

#include "base/utf.h"
#include "win32/error.h"
#include "win32/text.h"

/* The names of an audit, for a native routine; NULL for one that is not given. */
struct names {
    UNICODE_STRING subsystem;
    UNICODE_STRING type;
    UNICODE_STRING name;
};

static PUNICODE_STRING name_of(const WCHAR *text, UNICODE_STRING *room)
{
    RtlInitUnicodeString(room, text);
    return text ? room : NULL;
}

#define REPLACEMENT UINT32_C(0xfffd)

/* The same in UTF-16, of UTF-8. */
struct wide_names {
    WCHAR *subsystem; /* owned, and the others */
    WCHAR *type;
    WCHAR *name;
};

static void wide_names_deinit(struct wide_names *names)
{
    free(names->subsystem);
    free(names->type);
    free(names->name);
}

static void cleanup_wide_names_deinit(struct wide_names *names)
{
    wide_names_deinit(names);
}

/* A name that is not UTF-8 is audited too: each byte that is none becomes U+FFFD. */
static tsr_status widen(const char *text, WCHAR **ret_wide)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *valid = NULL;
    size_t n_left = text ? strlen(text) : 0;

    if (!text) {
        return TSR_OK;
    }
    while (n_left > 0) {
        uint32_t code_point = REPLACEMENT;
        const size_t n_taken = utf8_decode(text, n_left, &code_point);
        const size_t n_passed = n_taken ? n_taken : 1;

        utf8_encode(&writer, code_point);
        text += n_passed;
        n_left -= n_passed;
    }
    TRY(writer_finish_text(&writer, &valid));
    return wide_of_text(valid, ret_wide, NULL);
}

/** @param ret_names  zeroed by the caller, who calls wide_names_deinit(), also on failure */
static tsr_status widen_names(const char *subsystem, const char *type, const char *name,
                              struct wide_names *ret_names)
{
    TRY(widen(subsystem, &ret_names->subsystem));
    TRY(widen(type, &ret_names->type));
    return widen(name, &ret_names->name);
}

/* What a check writes into. */
struct outputs {
    DWORD *granted; /* one, or one for each type */
    BOOL *answer;   /* NULL: there is a list */
    DWORD *errors;  /* of the list */
    DWORD n;
    BOOL *generate;
};

static bool are_pointers_good(const struct outputs *outputs)
{
    return outputs->granted && (outputs->answer || outputs->errors) && outputs->generate;
}

/* Whatever keeps a check from being made or audited has granted nothing. */
static BOOL refuse(const struct outputs *outputs, tsr_status status)
{
    const DWORD n = outputs->n <= TSR_OBJECT_TYPES_MAX ? outputs->n : 0;

    if (!are_pointers_good(outputs)) {
        return error_report(status);
    }
    for (DWORD i = 0; i < n; i++) {
        outputs->granted[i] = 0;
    }
    for (DWORD i = 0; outputs->errors && i < n; i++) {
        outputs->errors[i] = ERROR_ACCESS_DENIED;
    }
    if (outputs->answer) {
        *outputs->answer = FALSE;
    }
    *outputs->generate = FALSE;
    return error_report(status);
}

static BOOL report_answer(const struct outputs *outputs, NTSTATUS made, NTSTATUS answer,
                          BOOLEAN generate)
{
    if (!NT_SUCCESS(made)) {
        return refuse(outputs, tsr_status_of((uint32_t)made));
    }
    *outputs->answer = error_report_nt(answer);
    *outputs->generate = generate;
    return TRUE;
}

/* Statuses have the size of errors, whose place they take first. */
static BOOL report_list(const struct outputs *outputs, NTSTATUS made, BOOLEAN generate)
{
    if (!NT_SUCCESS(made)) {
        return refuse(outputs, tsr_status_of((uint32_t)made));
    }
    for (DWORD i = 0; i < outputs->n; i++) {
        outputs->errors[i] = RtlNtStatusToDosError((NTSTATUS)outputs->errors[i]);
    }
    *outputs->generate = generate;
    return TRUE;
}

BOOL WINAPI AccessCheckAndAuditAlarmW(LPCWSTR SubsystemName, LPVOID HandleId, LPWSTR ObjectTypeName,
                                      LPWSTR ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                      DWORD DesiredAccess, PGENERIC_MAPPING GenericMapping,
                                      BOOL ObjectCreation, LPDWORD GrantedAccess,
                                      LPBOOL AccessStatus, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {
        .granted = GrantedAccess, .answer = AccessStatus, .n = 1, .generate = pfGenerateOnClose};
    struct names names;
    BOOLEAN generate = FALSE;
    NTSTATUS answer = STATUS_ACCESS_DENIED;
    NTSTATUS made;

    if (!are_pointers_good(&outputs)) {
        return refuse(&outputs, tsr_status_of(STATUS_ACCESS_VIOLATION));
    }
    made = NtAccessCheckAndAuditAlarm(
        name_of(SubsystemName, &names.subsystem), HandleId, name_of(ObjectTypeName, &names.type),
        name_of(ObjectName, &names.name), SecurityDescriptor, DesiredAccess, GenericMapping,
        ObjectCreation != FALSE, GrantedAccess, &answer, &generate);
    return report_answer(&outputs, made, answer, generate);
}

BOOL WINAPI AccessCheckAndAuditAlarmA(LPCSTR SubsystemName, LPVOID HandleId, LPSTR ObjectTypeName,
                                      LPSTR ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                      DWORD DesiredAccess, PGENERIC_MAPPING GenericMapping,
                                      BOOL ObjectCreation, LPDWORD GrantedAccess,
                                      LPBOOL AccessStatus, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {
        .granted = GrantedAccess, .answer = AccessStatus, .n = 1, .generate = pfGenerateOnClose};
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ObjectTypeName, ObjectName, &wide);

    if (tsr_failed(status)) {
        return refuse(&outputs, status);
    }
    return AccessCheckAndAuditAlarmW(
        wide.subsystem, HandleId, wide.type, wide.name, SecurityDescriptor, DesiredAccess,
        GenericMapping, ObjectCreation, GrantedAccess, AccessStatus, pfGenerateOnClose);
}

BOOL WINAPI AccessCheckByTypeAndAuditAlarmW(
    LPCWSTR SubsystemName, LPVOID HandleId, LPCWSTR ObjectTypeName, LPCWSTR ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, DWORD DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccess, LPBOOL AccessStatus, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {
        .granted = GrantedAccess, .answer = AccessStatus, .n = 1, .generate = pfGenerateOnClose};
    struct names names;
    BOOLEAN generate = FALSE;
    NTSTATUS answer = STATUS_ACCESS_DENIED;
    NTSTATUS made;

    if (!are_pointers_good(&outputs)) {
        return refuse(&outputs, tsr_status_of(STATUS_ACCESS_VIOLATION));
    }
    made = NtAccessCheckByTypeAndAuditAlarm(
        name_of(SubsystemName, &names.subsystem), HandleId, name_of(ObjectTypeName, &names.type),
        name_of(ObjectName, &names.name), SecurityDescriptor, PrincipalSelfSid, DesiredAccess,
        AuditType, Flags, ObjectTypeList, ObjectTypeListLength, GenericMapping,
        ObjectCreation != FALSE, GrantedAccess, &answer, &generate);
    return report_answer(&outputs, made, answer, generate);
}

BOOL WINAPI AccessCheckByTypeAndAuditAlarmA(
    LPCSTR SubsystemName, LPVOID HandleId, LPCSTR ObjectTypeName, LPCSTR ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, DWORD DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccess, LPBOOL AccessStatus, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {
        .granted = GrantedAccess, .answer = AccessStatus, .n = 1, .generate = pfGenerateOnClose};
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ObjectTypeName, ObjectName, &wide);

    if (tsr_failed(status)) {
        return refuse(&outputs, status);
    }
    return AccessCheckByTypeAndAuditAlarmW(
        wide.subsystem, HandleId, wide.type, wide.name, SecurityDescriptor, PrincipalSelfSid,
        DesiredAccess, AuditType, Flags, ObjectTypeList, ObjectTypeListLength, GenericMapping,
        ObjectCreation, GrantedAccess, AccessStatus, pfGenerateOnClose);
}

BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmW(
    LPCWSTR SubsystemName, LPVOID HandleId, LPCWSTR ObjectTypeName, LPCWSTR ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, DWORD DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccessList, LPDWORD AccessStatusList, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {.granted = GrantedAccessList,
                                    .errors = AccessStatusList,
                                    .n = ObjectTypeListLength,
                                    .generate = pfGenerateOnClose};
    struct names names;
    BOOLEAN generate = FALSE;
    NTSTATUS made;

    if (!are_pointers_good(&outputs)) {
        return refuse(&outputs, tsr_status_of(STATUS_ACCESS_VIOLATION));
    }
    made = NtAccessCheckByTypeResultListAndAuditAlarm(
        name_of(SubsystemName, &names.subsystem), HandleId, name_of(ObjectTypeName, &names.type),
        name_of(ObjectName, &names.name), SecurityDescriptor, PrincipalSelfSid, DesiredAccess,
        AuditType, Flags, ObjectTypeList, ObjectTypeListLength, GenericMapping,
        ObjectCreation != FALSE, GrantedAccessList, (PNTSTATUS)AccessStatusList, &generate);
    return report_list(&outputs, made, generate);
}

BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmA(
    LPCSTR SubsystemName, LPVOID HandleId, LPCSTR ObjectTypeName, LPCSTR ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, DWORD DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccessList, LPDWORD AccessStatusList, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {.granted = GrantedAccessList,
                                    .errors = AccessStatusList,
                                    .n = ObjectTypeListLength,
                                    .generate = pfGenerateOnClose};
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ObjectTypeName, ObjectName, &wide);

    if (tsr_failed(status)) {
        return refuse(&outputs, status);
    }
    return AccessCheckByTypeResultListAndAuditAlarmW(
        wide.subsystem, HandleId, wide.type, wide.name, SecurityDescriptor, PrincipalSelfSid,
        DesiredAccess, AuditType, Flags, ObjectTypeList, ObjectTypeListLength, GenericMapping,
        ObjectCreation, GrantedAccessList, AccessStatusList, pfGenerateOnClose);
}

BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmByHandleW(
    LPCWSTR SubsystemName, LPVOID HandleId, HANDLE ClientToken, LPCWSTR ObjectTypeName,
    LPCWSTR ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    DWORD DesiredAccess, AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccessList, LPDWORD AccessStatusList, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {.granted = GrantedAccessList,
                                    .errors = AccessStatusList,
                                    .n = ObjectTypeListLength,
                                    .generate = pfGenerateOnClose};
    struct names names;
    BOOLEAN generate = FALSE;
    NTSTATUS made;

    if (!are_pointers_good(&outputs)) {
        return refuse(&outputs, tsr_status_of(STATUS_ACCESS_VIOLATION));
    }
    made = NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
        name_of(SubsystemName, &names.subsystem), HandleId, ClientToken,
        name_of(ObjectTypeName, &names.type), name_of(ObjectName, &names.name), SecurityDescriptor,
        PrincipalSelfSid, DesiredAccess, AuditType, Flags, ObjectTypeList, ObjectTypeListLength,
        GenericMapping, ObjectCreation != FALSE, GrantedAccessList, (PNTSTATUS)AccessStatusList,
        &generate);
    return report_list(&outputs, made, generate);
}

BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmByHandleA(
    LPCSTR SubsystemName, LPVOID HandleId, HANDLE ClientToken, LPCSTR ObjectTypeName,
    LPCSTR ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    DWORD DesiredAccess, AUDIT_EVENT_TYPE AuditType, DWORD Flags, POBJECT_TYPE_LIST ObjectTypeList,
    DWORD ObjectTypeListLength, PGENERIC_MAPPING GenericMapping, BOOL ObjectCreation,
    LPDWORD GrantedAccessList, LPDWORD AccessStatusList, LPBOOL pfGenerateOnClose)
{
    const struct outputs outputs = {.granted = GrantedAccessList,
                                    .errors = AccessStatusList,
                                    .n = ObjectTypeListLength,
                                    .generate = pfGenerateOnClose};
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ObjectTypeName, ObjectName, &wide);

    if (tsr_failed(status)) {
        return refuse(&outputs, status);
    }
    return AccessCheckByTypeResultListAndAuditAlarmByHandleW(
        wide.subsystem, HandleId, ClientToken, wide.type, wide.name, SecurityDescriptor,
        PrincipalSelfSid, DesiredAccess, AuditType, Flags, ObjectTypeList, ObjectTypeListLength,
        GenericMapping, ObjectCreation, GrantedAccessList, AccessStatusList, pfGenerateOnClose);
}

BOOL WINAPI ObjectOpenAuditAlarmW(LPCWSTR SubsystemName, LPVOID HandleId, LPWSTR ObjectTypeName,
                                  LPWSTR ObjectName, PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                  HANDLE ClientToken, DWORD DesiredAccess, DWORD GrantedAccess,
                                  PPRIVILEGE_SET Privileges, BOOL ObjectCreation,
                                  BOOL AccessGranted, LPBOOL GenerateOnClose)
{
    struct names names;
    BOOLEAN generate = FALSE;
    NTSTATUS made;

    if (!GenerateOnClose) {
        return error_fail(ERROR_NOACCESS);
    }
    made = NtOpenObjectAuditAlarm(
        name_of(SubsystemName, &names.subsystem), HandleId, name_of(ObjectTypeName, &names.type),
        name_of(ObjectName, &names.name), pSecurityDescriptor, ClientToken, DesiredAccess,
        GrantedAccess, Privileges, ObjectCreation != FALSE, AccessGranted != FALSE, &generate);
    *GenerateOnClose = generate;
    return error_report_nt(made);
}

BOOL WINAPI ObjectOpenAuditAlarmA(LPCSTR SubsystemName, LPVOID HandleId, LPSTR ObjectTypeName,
                                  LPSTR ObjectName, PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                  HANDLE ClientToken, DWORD DesiredAccess, DWORD GrantedAccess,
                                  PPRIVILEGE_SET Privileges, BOOL ObjectCreation,
                                  BOOL AccessGranted, LPBOOL GenerateOnClose)
{
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ObjectTypeName, ObjectName, &wide);

    if (tsr_failed(status)) {
        if (GenerateOnClose) {
            *GenerateOnClose = FALSE;
        }
        return error_report(status);
    }
    return ObjectOpenAuditAlarmW(wide.subsystem, HandleId, wide.type, wide.name,
                                 pSecurityDescriptor, ClientToken, DesiredAccess, GrantedAccess,
                                 Privileges, ObjectCreation, AccessGranted, GenerateOnClose);
}

BOOL WINAPI ObjectCloseAuditAlarmW(LPCWSTR SubsystemName, LPVOID HandleId, BOOL GenerateOnClose)
{
    struct names names;

    return error_report_nt(NtCloseObjectAuditAlarm(name_of(SubsystemName, &names.subsystem),
                                                   HandleId, GenerateOnClose != FALSE));
}

BOOL WINAPI ObjectCloseAuditAlarmA(LPCSTR SubsystemName, LPVOID HandleId, BOOL GenerateOnClose)
{
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, NULL, NULL, &wide);

    if (tsr_failed(status)) {
        return error_report(status);
    }
    return ObjectCloseAuditAlarmW(wide.subsystem, HandleId, GenerateOnClose);
}

BOOL WINAPI ObjectDeleteAuditAlarmW(LPCWSTR SubsystemName, LPVOID HandleId, BOOL GenerateOnClose)
{
    struct names names;

    return error_report_nt(NtDeleteObjectAuditAlarm(name_of(SubsystemName, &names.subsystem),
                                                    HandleId, GenerateOnClose != FALSE));
}

BOOL WINAPI ObjectDeleteAuditAlarmA(LPCSTR SubsystemName, LPVOID HandleId, BOOL GenerateOnClose)
{
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, NULL, NULL, &wide);

    if (tsr_failed(status)) {
        return error_report(status);
    }
    return ObjectDeleteAuditAlarmW(wide.subsystem, HandleId, GenerateOnClose);
}

BOOL WINAPI ObjectPrivilegeAuditAlarmW(LPCWSTR SubsystemName, LPVOID HandleId, HANDLE ClientToken,
                                       DWORD DesiredAccess, PPRIVILEGE_SET Privileges,
                                       BOOL AccessGranted)
{
    struct names names;

    return error_report_nt(NtPrivilegeObjectAuditAlarm(name_of(SubsystemName, &names.subsystem),
                                                       HandleId, ClientToken, DesiredAccess,
                                                       Privileges, AccessGranted != FALSE));
}

BOOL WINAPI ObjectPrivilegeAuditAlarmA(LPCSTR SubsystemName, LPVOID HandleId, HANDLE ClientToken,
                                       DWORD DesiredAccess, PPRIVILEGE_SET Privileges,
                                       BOOL AccessGranted)
{
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, NULL, NULL, &wide);

    if (tsr_failed(status)) {
        return error_report(status);
    }
    return ObjectPrivilegeAuditAlarmW(wide.subsystem, HandleId, ClientToken, DesiredAccess,
                                      Privileges, AccessGranted);
}

BOOL WINAPI PrivilegedServiceAuditAlarmW(LPCWSTR SubsystemName, LPCWSTR ServiceName,
                                         HANDLE ClientToken, PPRIVILEGE_SET Privileges,
                                         BOOL AccessGranted)
{
    struct names names;

    return error_report_nt(NtPrivilegedServiceAuditAlarm(
        name_of(SubsystemName, &names.subsystem), name_of(ServiceName, &names.type), ClientToken,
        Privileges, AccessGranted != FALSE));
}

BOOL WINAPI PrivilegedServiceAuditAlarmA(LPCSTR SubsystemName, LPCSTR ServiceName,
                                         HANDLE ClientToken, PPRIVILEGE_SET Privileges,
                                         BOOL AccessGranted)
{
    CLEANUP(wide_names_deinit) struct wide_names wide = {0};
    const tsr_status status = widen_names(SubsystemName, ServiceName, NULL, &wide);

    if (tsr_failed(status)) {
        return error_report(status);
    }
    return PrivilegedServiceAuditAlarmW(wide.subsystem, wide.type, ClientToken, Privileges,
                                        AccessGranted);
}
