/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The access check (access-check.md sections 3-12)
 *
 * Pure: no I/O, no globals, no locks, no allocation.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/claim.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>

#include "sec/condition.h"
#include "sec/sid-set.h"

/* Whom the check judges. Everything is borrowed. */
struct subject {
    const struct sid_set *sids;        /* user and groups */
    const struct sid_set *restricting; /* NULL: not restricted */
    bool write_restricted;             /* the restricting SIDs are consulted for writing only */
    uint64_t privileges;               /* enabled: bit n for LUID n */
    const tsr_sid *integrity;          /* NULL: none, no integrity check */
    uint32_t mandatory_policy;         /* TSR_POLICY_… */
    uint32_t process_trust_type;
    uint32_t process_trust_level;
    /* An AppContainer's package SID, enabled capabilities, and what all packages are; NULL: none.
     */
    const struct sid_set *packages;
    const struct sid_set *device_sids;             /* NULL: no device */
    const struct sid_set *restricting_device_sids; /* NULL: none */
    struct claim_list user_claims;
    struct claim_list device_claims;
    struct claim_list local_claims;
};

/** What a condition in @sd is about when @subject is judged by these SIDs. */
static inline struct condition_context subject_context(const struct subject *subject,
                                                       const tsr_sd *sd, const struct sid_set *sids,
                                                       const struct sid_set *device_sids,
                                                       bool for_allow)
{
    return (struct condition_context){
        .sids = sids,
        .device_sids = device_sids,
        .user_claims = subject->user_claims,
        .device_claims = subject->device_claims,
        .local_claims = subject->local_claims,
        .sacl = &sd->sacl,
        .for_allow = for_allow,
    };
}

/* What a request comes to, generic bits mapped. */
struct demand {
    uint32_t desired;
    uint32_t specific; /* asked for by name */
    uint32_t asked;    /* by name or, under MAXIMUM_ALLOWED, because the type has it */
    uint32_t possible; /* all that could come of it */
};

/** Section 5: under MAXIMUM_ALLOWED all that the type has is wanted, besides what was named. */
static inline struct demand demand_of(const tsr_access_request *request)
{
    const uint32_t desired = tsr_map_generic(request->desired, &request->mapping);
    const uint32_t specific = desired & ~MAXIMUM_ALLOWED;

    if (!(desired & MAXIMUM_ALLOWED)) {
        return (struct demand){desired, specific, specific, specific};
    }
    return (struct demand){
        .desired = desired,
        .specific = specific,
        .asked = specific | (request->mapping.all & ~ACCESS_SYSTEM_SECURITY),
        .possible = specific | (request->mapping.all & ~ACCESS_SYSTEM_SECURITY) | WRITE_OWNER,
    };
}

/**
 * Judge @request by @subject against @sd.
 *
 * A malformed object-type list, or one that is too long, is STATUS_INVALID_PARAMETER, for every
 * node.
 */
tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const tsr_access_request *request);
