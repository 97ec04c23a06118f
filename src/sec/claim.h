/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims, for readers inside
 */

#include <tessera/claim.h>

/**
 * tsr_claim_view() without its last rule: a value may occur twice, as Windows' SDDL writes it.
 *
 * @return STATUS_INVALID_PARAMETER
 */
tsr_status claim_read(const void *bytes, size_t size, tsr_claim *ret_claim);

/** Whether a claim that has been read holds one value twice. */
bool claim_has_duplicates(const tsr_claim *claim);
