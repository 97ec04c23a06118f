/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of an access check is to be audited (access-check.md 13)
 *
 * A check decides, and this says what the decision is to be reported for: nothing is written
 * anywhere. Whether objects are audited at all is the caller's policy.
 */

#include <stdbool.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/privilege.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/* What is reported of a caller whatever SACLs say. */
#define TSR_AUDIT_OBJECT_SUCCESS    0x1u
#define TSR_AUDIT_OBJECT_FAILURE    0x2u
#define TSR_AUDIT_PRIVILEGE_SUCCESS 0x4u
#define TSR_AUDIT_PRIVILEGE_FAILURE 0x8u

typedef enum tsr_audit_cause {
    TSR_AUDIT_ACE,         /* an ACE of the object's SACL: ace, ace_index, rights */
    TSR_AUDIT_CENTRAL_ACE, /* of the SACL of a rule of its central policy: rule too */
    TSR_AUDIT_POLICY,      /* the caller's policy of audits; rights: what was asked or granted */
    TSR_AUDIT_PRIVILEGE,   /* a privilege that supplied rights: privilege, rights */
} tsr_audit_cause;

typedef struct tsr_audit_event {
    tsr_audit_cause cause;
    bool success;       /* the check succeeded; of a privilege: some of its rights survived */
    const uint8_t *ace; /* encoded, borrowed; NULL where no ACE is the cause */
    uint32_t ace_index;
    uint32_t rule; /* index in the central policy */
    tsr_privilege privilege;
    uint32_t rights; /* of an ACE: those of its mask that were granted, or asked for and refused */
} tsr_audit_event;

typedef struct tsr_audit_sink {
    void (*event)(void *context, const tsr_audit_event *event);
    void *context;
} tsr_audit_sink;

/**
 * Tell @sink, in the order of the SACL, every ACE that fires on a decision, and the privileges that
 * were used for it, or would have been had it not been refused.
 *
 * One event is enough for an audit trail; all are told, so that one may see why. An ACE fires for
 * any SID of the token that is enabled or deny-only, and where its condition is TRUE or UNKNOWN:
 * rather once too often than never. Alarm ACEs do nothing.
 *
 * @param request  as it was judged, with the nodes of its object types as the check left them
 * @param result   of that check
 * @param policy   TSR_AUDIT_… to be reported whatever SACLs say
 */
TSR_PUBLIC void tsr_token_audit(const tsr_token *token, const tsr_sd *sd,
                                const tsr_access_request *request, const tsr_access_result *result,
                                uint32_t policy, const tsr_audit_sink *sink);

TSR_END_DECLS
