/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Audit events, and where they are written
 *
 * Names in an event come from whoever asked for the object. Whatever they hold, an event is one
 * line of JSON of at most TSR_AUDIT_EVENT_MAX bytes.
 */

#include <stdbool.h>

#include <tessera/audit-log.h>

#include "token/token.h"

/* UTF-16 of the caller, well-formed or not; borrowed. */
struct audit_text {
    const uint16_t *units; /* NULL: there is none */
    size_t n_units;
};

/* As in the Security log of Windows. */
enum audit_number {
    AUDIT_HANDLE_REQUESTED = 4656,
    AUDIT_HANDLE_CLOSED = 4658,
    AUDIT_OBJECT_DELETED = 4660,
    AUDIT_DIRECTORY_OPERATION = 4662,
    AUDIT_SERVICE_CALLED = 4673,
    AUDIT_PRIVILEGED_OPERATION = 4674,
};

/* What is zero or NULL is left out. */
struct audit_event {
    enum audit_number number;
    bool success;
    struct audit_text subsystem;
    struct audit_text service;
    struct audit_text object_type;
    struct audit_text object_name;
    uint64_t handle;
    bool created; /* the object is a new one */
    bool has_access;
    uint32_t desired; /* with access only; and the next */
    uint32_t granted;
    uint64_t privileges;          /* used, or tried; as bits */
    const tsr_audit_event *cause; /* borrowed */
    const tsr_token *client;      /* borrowed */
    const tsr_token *primary;     /* borrowed; never NULL */
};

/**
 * Write an event.
 *
 * @return STATUS_NO_MEMORY, STATUS_DISK_FULL (a part of it was written), as tsr_status_of_errno();
 *         into syslog: success
 */
tsr_status audit_log_write(const struct audit_event *event);

/** TSR_AUDIT_… */
uint32_t audit_log_policy(void);
