/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The mandatory stages of an access check (access-check.md 6)
 */

#include <stdint.h>

#include "sec/access.h"

/**
 * The rule that refuses the request; TSR_RULE_NONE if none does.
 *
 * @param required       rights asked for by name
 * @param possible       all that could come of the request
 * @param ret_permitted  what the stages leave possible
 */
COLD tsr_access_rule mandatory_refusal(const struct subject *subject, const tsr_sd *sd,
                                       const tsr_access_request *request, uint32_t required,
                                       uint32_t possible, uint32_t *ret_permitted);

/** Whether any stage has something to say: otherwise all is permitted. */
static inline bool mandatory_may_refuse(const struct subject *subject, const tsr_sd *sd)
{
    return sd->sacl.bytes ||
           (subject->integrity && (subject->integrity->n_sub_authorities == 0 ||
                                   subject->integrity->sub_authorities[0] < TSR_INTEGRITY_MEDIUM));
}
