/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of an access check is to be audited (access-check.md 13)
 */

#include <tessera/audit.h>

#include "sec/access.h"

/** As tsr_token_audit() says. */
void audit_tell(const struct subject *subject, const tsr_sd *sd, const tsr_access_request *request,
                const tsr_access_result *result, uint32_t policy, const tsr_audit_sink *sink);
