/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conditions a second time (access-check.md 2.4, 11), for ref-access.h
 *
 * All of them, but for the bound on what an evaluation may cost.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/descriptor.h>
#include <tessera/sid.h>

#include "sec/ref/ref-value.h"

/* A SID of a token, and what kinds of ACE it meets. */
struct ref_sid {
    tsr_sid sid;
    bool allow;
    bool deny;
};

struct ref_sids {
    const struct ref_sid *list;
    size_t n;
};

/* What a condition is about. Everything is borrowed; what is zeroed is not there. */
struct ref_context {
    struct ref_sids sids; /* of the pass that is being run */
    struct ref_sids device_sids;
    struct ref_claims user_claims; /* of lists the last claim of a name counts */
    struct ref_claims device_claims;
    struct ref_claims local_claims;
    const tsr_acl *sacl; /* its resource attributes; NULL: those of the list */
    struct ref_claims resource_claims;
    bool for_allow;
};

/** Evaluate what follows the SID of a callback ACE. */
enum ref_truth ref_condition(const uint8_t *data, size_t size, const struct ref_context *context);

/** 8: "SID present with SE_GROUP_ENABLED and without USE_FOR_DENY_ONLY"; deny-only for others. */
bool ref_matches(struct ref_sids sids, const tsr_sid *sid, bool for_allow);
