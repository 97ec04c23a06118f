/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conditions a second time (access-check.md 11), for ref-access.h
 *
 * It knows logic, integers, membership of SIDs in the token of the pass, and attributes that are
 * absent: user, device and local ones always are, as the token has no claims. It does not know
 * strings, octets, resource attributes and device groups.
 */

#include "sec/ref/ref-access.h"

enum ref_truth {
    REF_FALSE,
    REF_TRUE,
    REF_UNKNOWN,
};

/** Evaluate what follows the SID of a callback ACE. */
enum ref_truth ref_condition(const uint8_t *data, size_t size, struct ref_sids sids, bool for_allow,
                             bool *out_of_scope);

/** Whether both have the same authority and sub-authorities. */
bool ref_same_sid(const tsr_sid *a, const tsr_sid *b);
