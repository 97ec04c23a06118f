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
 * @param ret_claims  zeroed by the caller, who calls claims_deinit(), also on failure
 * @return STATUS_INVALID_PARAMETER (version, counts over TSR_TOKEN_CLAIMS_MAX or
 *         TSR_CLAIM_SIZE_MAX, NULL, a malformed claim), STATUS_NOT_SUPPORTED (type FQBN),
 *         STATUS_INVALID_SID, STATUS_UNMAPPABLE_CHARACTER, STATUS_NO_MEMORY
 */
tsr_status claims_capture(const CLAIM_SECURITY_ATTRIBUTES_INFORMATION *information,
                          struct claims *ret_claims);

/** Append claims, with all that they point to. */
void layout_claims(struct layout *layout, const tsr_claim *claims, size_t n_claims);
