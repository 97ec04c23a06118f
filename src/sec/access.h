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

/* What is asked. */
struct access_request {
    uint32_t desired;
    uint32_t previously_granted;
    tsr_generic_mapping mapping;
    const tsr_sid *principal_self; /* NULL: none */
    bool backup_intent;
    bool restore_intent;
    tsr_object_type *nodes; /* NULL: none */
    size_t n_nodes;
    bool result_list; /* each node has its own answer; otherwise the root's is the answer */
    const tsr_central_policy *policies; /* all that are known; none: policies are ignored */
    size_t n_policies;
};

/**
 * Judge @request by @subject against @sd.
 *
 * A malformed object-type list is STATUS_INVALID_PARAMETER, for every node.
 */
tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const struct access_request *request);
