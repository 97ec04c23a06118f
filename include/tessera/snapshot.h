/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Token snapshots: a token as bytes, to be handed to another process
 *
 * The layout is described in src/wire/snapshot.c. Decoding trusts nothing: a snapshot proves whose
 * token it is only by where it was found.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

#define TSR_SNAPSHOT_SIZE_MAX (8u << 20)

/**
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INSUFFICIENT_RESOURCES (over TSR_SNAPSHOT_SIZE_MAX), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_snapshot_encode(const tsr_token *token, uint8_t **ret_bytes,
                                          size_t *ret_size);

/**
 * @param ret_token  a new reference; untouched on failure
 * @return STATUS_DATA_ERROR (not a snapshot, cut short, or bytes left over),
 * STATUS_REVISION_MISMATCH, and what tsr_token_new() returns
 */
TSR_PUBLIC tsr_status tsr_snapshot_decode(const void *bytes, size_t size, tsr_token **ret_token);

TSR_END_DECLS
