/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is told of a token, as Windows lays it out (token.md 1.10, 3.9)
 */

#include "nt/layout.h"
#include "object/token-class.h"

/**
 * Append what @token_class tells of a token.
 *
 * @param token_class  one that can be asked for, but the linked token
 * @return STATUS_NO_MEMORY
 */
tsr_status token_layout(struct layout *layout, uint32_t token_class, const tsr_token *token);
