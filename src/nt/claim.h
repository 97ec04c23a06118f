/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims out of CLAIM_SECURITY_ATTRIBUTES_INFORMATION, and into it
 */

#include <ntifs.h>

#include <tessera/claim.h>

#include "nt/layout.h"
#include "nt/nt.h"

struct claims {
    uint8_t **bytes;  /* owned, and each of them */
    tsr_claim *views; /* owned; point into these */
    size_t n_claims;
};

void claims_deinit(struct claims *claims);

/**
 * One claim in the form that tsr_claim_view() reads.
 *
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_PARAMETER (more than TSR_CLAIM_SIZE_MAX values or none, NULL, a malformed
 *         claim), STATUS_NOT_SUPPORTED (type FQBN), STATUS_INVALID_SID,
 *         STATUS_UNMAPPABLE_CHARACTER, STATUS_NO_MEMORY
 */
tsr_status claim_capture(const CLAIM_SECURITY_ATTRIBUTE_V1 *claim, uint8_t **ret_bytes,
                         size_t *ret_size);

/**
 * @param ret_claims  zeroed by the caller, who calls claims_deinit(), also on failure
 * @return STATUS_INVALID_PARAMETER (version, more than TSR_TOKEN_CLAIMS_MAX, NULL), as
 *         claim_capture()
 */
tsr_status claims_capture(const CLAIM_SECURITY_ATTRIBUTES_INFORMATION *information,
                          struct claims *ret_claims);

/** Append claims, with all that they point to. */
void layout_claims(struct layout *layout, const tsr_claim *claims, size_t n_claims);
