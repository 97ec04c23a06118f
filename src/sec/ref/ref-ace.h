/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the oracle's DACL and SACL walks have in common (access-check.md 3, 8)
 */

#include "sec/ref/ref-access.h"

/** 3. Generic mapping. */
uint32_t ref_map(uint32_t mask, const tsr_generic_mapping *mapping);

/** The SID of an ACE that has been validated. */
tsr_sid ref_sid_of_ace(const tsr_ace *ace);

/** 8. "For each ACE resolve its SID": PRINCIPAL_SELF, OWNER RIGHTS. */
tsr_sid ref_resolved(const struct ref_request *request, const tsr_sd *sd, tsr_sid sid);

/** The owner; zeroed if there is none. */
tsr_sid ref_owner_of(const tsr_sd *sd);

/** What a condition in @sd is about when @subject is judged by these SIDs. */
struct ref_context ref_context_of(const struct ref_subject *subject, const tsr_sd *sd,
                                  struct ref_sids sids, struct ref_sids device_sids,
                                  bool for_allow);
