/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The access check and the evaluator of conditions, asked in the words of the oracle, sec/ref
 *
 * The only place where tests that compare both call what they test.
 */

#include "sec/ref/ref-audit.h"

/**
 * Judge by sec/access.c, and log by sec/audit.c. The answers of nodes are written as
 * ref_access_check() writes them; privileges that were supplied are not told.
 *
 * @param policy  TSR_AUDIT_…
 */
struct ref_result product_access_check(const struct ref_subject *subject, const tsr_sd *sd,
                                       const struct ref_request *request, uint32_t policy,
                                       struct ref_log *log);

/** Evaluate by sec/condition.c. */
enum ref_truth product_condition(const uint8_t *data, size_t size,
                                 const struct ref_context *context);
