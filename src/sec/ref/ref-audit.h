/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a check that has been judged leaves in the audit log (access-check.md 13)
 *
 * Privileges that were used are in the check's result.
 */

#include "sec/ref/ref-access.h"

enum ref_event {
    REF_NO_EVENT,
    REF_SUCCESS_EVENT,
    REF_FAILURE_EVENT,
};

/**
 * Which ACEs of a SACL fire, now that @request ended as @result says.
 *
 * @param sacl    that of @sd, or of a rule that applies to it
 * @param events  room for one of each ACE
 */
void ref_audit(const struct ref_subject *subject, const tsr_sd *sd,
               const struct ref_request *request, const struct ref_result *result,
               const tsr_acl *sacl, enum ref_event *events);
