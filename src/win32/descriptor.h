/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors of either form, packed
 */

#include <winnt.h>

#include <tessera/status.h>

/**
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_SECURITY_DESCR (also NULL), STATUS_NO_MEMORY
 */
tsr_status descriptor_packed(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, ULONG *ret_size);
