/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The native services that audit (access-check.md 13)
 *
 * A server may have events written if its process holds SeAuditPrivilege, whoever it impersonates.
 * Each service fails with what keeps an event from being written, as audit_log_write(), and with
 * what process_get_token() returns.
 */

#include "object/audit-log.h"
#include "object/process.h"

/** @return STATUS_PRIVILEGE_NOT_HELD (SeAuditPrivilege of the primary token) */
tsr_status audit_check_privilege(void);

/**
 * The client: whom the calling thread impersonates.
 *
 * @param ret_token  a new reference; at the level of the thread
 * @return STATUS_NO_IMPERSONATION_TOKEN, STATUS_NO_MEMORY
 */
tsr_status audit_get_client(tsr_token **ret_token);

/* An object as its server names it. */
struct audit_object {
    struct audit_text subsystem;
    struct audit_text type;
    struct audit_text name;
    uint64_t handle;
    bool created;
    bool in_directory; /* it belongs to a directory service */
};

/* What was decided of an object. */
struct audit_decision {
    const tsr_token *client;
    const tsr_sd *sd;
    const tsr_access_request *request; /* with its types as the check left them */
    const tsr_access_result *result;
    uint64_t privileges; /* that were used, as bits */
    uint32_t policy;     /* TSR_AUDIT_… */
};

/**
 * Write what the object's SACL and the policy ask for: of objects and of privileges each, one event
 * for a success and one for a failure at most. Types in a result list may cause both.
 *
 * @param ret_generate_on_close  whether a success was written; untouched on failure
 */
tsr_status audit_decision(const struct audit_object *object, const struct audit_decision *decision,
                          bool *ret_generate_on_close);

/** NtCloseObjectAuditAlarm, NtDeleteObjectAuditAlarm. @param number  AUDIT_HANDLE_CLOSED, … */
tsr_status audit_handle(enum audit_number number, const struct audit_object *object);

/* Privileges that a client used, or tried to. */
struct audit_use {
    const tsr_token *client;
    uint64_t privileges;
    bool success;
};

/** NtPrivilegeObjectAuditAlarm. @param desired  what they were used for */
tsr_status audit_object_privileges(const struct audit_object *object, uint32_t desired,
                                   const struct audit_use *use);

/** NtPrivilegedServiceAuditAlarm. */
tsr_status audit_service_privileges(const struct audit_text *subsystem,
                                    const struct audit_text *service, const struct audit_use *use);
