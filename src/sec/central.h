/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Central access policies (access-check.md 12)
 */

#include <stdbool.h>
#include <stdint.h>

#include "sec/passes.h"

/** What the central policy that the object names, if it counts, leaves of what passes granted. */
uint32_t central_limit(const struct check *check, const tsr_access_request *request,
                       uint32_t wanted, uint32_t supplied);

/** The policy that the object names; NULL if it names none, or one that is not known. */
const tsr_central_policy *central_policy_of(const tsr_sd *sd, const tsr_access_request *request);

/** Whether a rule is about this object. */
bool central_rule_applies(const struct subject *subject, const tsr_sd *sd,
                          const tsr_central_rule *rule);
