/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an access check did, step by step
 *
 * A check that is given a sink tells it every step in the order of access-check.md 4; from these
 * alone the decision can be worked out again. A check without one pays nothing for it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/privilege.h>

TSR_BEGIN_DECLS

/* Members of an event that a step does not name are 0, and its ACE is TSR_TRACE_NO_ACE. */
typedef enum tsr_trace_step {
    TSR_TRACE_REQUEST, /* rights: asked for by name, mapped; open: all that could come of it */
    /* The mandatory stages; rights: what each leaves possible. */
    TSR_TRACE_PROCESS_TRUST, /* ace_index in the SACL, if there is a label */
    TSR_TRACE_ACCESS_FILTER, /* ace_index; truth: of its condition */
    TSR_TRACE_INTEGRITY,     /* ace_index, if there is a label */
    TSR_TRACE_PRIVILEGE,     /* privilege; rights: those it supplied */
    TSR_TRACE_PASS,          /* a pass begins; pass; rights: those in question */
    TSR_TRACE_OWNER,         /* the owner's implicit rights: reason; decided; open */
    TSR_TRACE_NO_DACL,       /* reason; decided */
    TSR_TRACE_ACE,      /* ace_index in the DACL; reason; rights: those it names; decided; open */
    TSR_TRACE_NODE,     /* after an ACE, of each object type: node; decided: allowed so far; open */
    TSR_TRACE_PASS_END, /* of each object type: node; rights: what it is left with */
    TSR_TRACE_CENTRAL_POLICY, /* ace_index in the SACL; policy, or TSR_TRACE_RECOVERY */
    TSR_TRACE_CENTRAL_RULE,   /* policy, rule; truth: whether it applies; its passes follow */
    TSR_TRACE_CENTRAL_LIMIT,  /* rights: what all rules leave */
} tsr_trace_step;

/* What became of an ACE, or of the owner's implicit rights. */
typedef enum tsr_trace_reason {
    TSR_TRACE_APPLIED,        /* it spoke; what it said may all have been decided before */
    TSR_TRACE_INHERIT_ONLY,   /* meant for children alone */
    TSR_TRACE_NOT_FOR_ACCESS, /* of a type that is not about access, or is not known */
    TSR_TRACE_NO_MATCH,       /* its SID is not among those of the pass */
    TSR_TRACE_DENY_ONLY,      /* its SID is deny-only, and it allows */
    TSR_TRACE_CONDITION,      /* its condition does not let it apply */
    TSR_TRACE_OTHER_TYPE,     /* about an object type that is not in question */
    TSR_TRACE_NOT_PACKAGES,   /* what packages are not given: by object ACEs, or by no DACL */
    TSR_TRACE_NOT_OWNER,      /* the owner is not among the SIDs of the pass */
    TSR_TRACE_OWNER_RIGHTS,   /* an ACE for OWNER RIGHTS replaces what the owner has unnamed */
} tsr_trace_reason;

/* Three-valued logic, access-check.md 11 */
typedef enum tsr_trace_truth {
    TSR_TRACE_NO_CONDITION,
    TSR_TRACE_FALSE,
    TSR_TRACE_TRUE,
    TSR_TRACE_UNKNOWN,
} tsr_trace_truth;

#define TSR_TRACE_NO_ACE   UINT32_MAX
#define TSR_TRACE_RECOVERY UINT32_MAX

typedef struct tsr_trace_event {
    tsr_trace_step step;
    uint32_t pass; /* a tsr_access_pass */
    tsr_trace_reason reason;
    tsr_trace_truth truth;
    tsr_privilege privilege;
    uint32_t ace_index;
    uint32_t node; /* index in the list of object types; 0: the object itself */
    uint32_t policy;
    uint32_t rule;
    uint32_t rights;
    uint32_t decided; /* rights that this step settled, of any node */
    bool allowed;     /* settled as allowed, not as denied */
    uint32_t open;    /* rights of the object itself that are unsettled after it */
} tsr_trace_event;

/* Where events go. @event must not change anything that the check is about. */
typedef struct tsr_trace {
    void (*event)(void *context, const tsr_trace_event *event);
    void *context;
} tsr_trace;

TSR_END_DECLS
