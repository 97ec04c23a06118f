/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conditional expressions, as callback ACEs carry them: as text, as bytes, and evaluated
 *
 * Access checks evaluate them by themselves. This is for those who write or explain conditions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/claim.h>
#include <tessera/sddl.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

typedef enum tsr_truth {
    TSR_TRUTH_FALSE,
    TSR_TRUTH_TRUE,
    TSR_TRUTH_UNKNOWN, /* an allow then grants nothing, a deny denies */
} tsr_truth;

/* The last claim of a name counts. */
typedef struct tsr_claim_list {
    const tsr_claim *claims;
    size_t n_claims;
} tsr_claim_list;

/* What an expression is evaluated against. Everything is borrowed; zeroed members are valid. */
typedef struct tsr_condition_context {
    const tsr_sid *sids; /* user and groups that take part */
    size_t n_sids;
    const tsr_sid *device_sids;
    size_t n_device_sids;
    tsr_claim_list user_claims;
    tsr_claim_list device_claims;
    tsr_claim_list local_claims;
    tsr_claim_list resource_claims;
    bool for_deny; /* claims that are for deny only take part; deny-only SIDs may be listed then */
} tsr_condition_context;

/**
 * Compile an expression, "(…)" with its parentheses, into the application data of a callback ACE.
 *
 * @param domain     for DA, LA …; NULL: such an alias is an error
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @param ret_error  written on failure only; may be NULL
 * @return STATUS_INVALID_SECURITY_DESCR, STATUS_INVALID_SID, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_condition_parse(const char *text, const tsr_sid *domain,
                                          uint8_t **ret_bytes, size_t *ret_size,
                                          tsr_sddl_error *ret_error);

/**
 * Print an expression with its parentheses.
 *
 * @param ret_text  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_ACL if malformed, STATUS_NOT_SUPPORTED if no text says it,
 * STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_condition_format(const void *bytes, size_t size, const tsr_sid *domain,
                                           char **ret_text);

/**
 * Evaluate an expression; malformed or all too costly, it is unknown.
 *
 * @param ret_truth  untouched on failure
 * @return STATUS_INVALID_SID, STATUS_INVALID_PARAMETER (too many SIDs), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_condition_evaluate(const void *bytes, size_t size,
                                             const tsr_condition_context *context,
                                             tsr_truth *ret_truth);

TSR_END_DECLS
