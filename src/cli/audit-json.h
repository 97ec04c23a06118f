/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of a decision is to be audited, as JSON
 */

#include <jansson.h>

#include <tessera/audit.h>

/**
 * Write the members "audit" and "privilege_use" of an answer.
 *
 * "audit": an array of {"ace_hex", "requested", "granted", "success"}, with "forced_by_policy" true
 * and "ace_hex" null where no ACE is the cause. "privilege_use", if there is any: an array of
 * {"privilege", a number with the bit of its LUID, "requested", "granted", "surviving", "success"},
 * masks as numbers.
 */
void audit_write_json(json_t *answer, const tsr_token *token, const tsr_sd *sd,
                      const tsr_access_request *request, const tsr_access_result *result,
                      uint32_t policy);
