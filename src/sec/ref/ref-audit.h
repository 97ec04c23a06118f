/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a check that has been judged leaves in the audit log (access-check.md 13)
 */

#include "sec/ref/ref-access.h"

#define REF_LOG_MAX 64

enum ref_cause {
    REF_CAUSE_ACE,         /* of the object's SACL */
    REF_CAUSE_CENTRAL_ACE, /* of the SACL of a rule of its policy */
    REF_CAUSE_POLICY,      /* the caller is audited whatever SACLs say */
    REF_CAUSE_PRIVILEGE,
};

struct ref_event {
    enum ref_cause cause;
    bool success;
    uint32_t rule;
    uint32_t ace_index;
    uint32_t privilege;
};

struct ref_log {
    struct ref_event events[REF_LOG_MAX];
    size_t n_events; /* may exceed REF_LOG_MAX, of what is lost then */
};

bool ref_same_event(const struct ref_event *a, const struct ref_event *b);

/**
 * What is logged, now that @request ended as @result says.
 *
 * @param policy  TSR_AUDIT_…
 */
void ref_audit(const struct ref_subject *subject, const tsr_sd *sd,
               const struct ref_request *request, const struct ref_result *result, uint32_t policy,
               struct ref_log *log);
