/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The access check (access-check.md sections 3-9)
 *
 * Pure: no I/O, no globals, no locks, no allocation.
 */

#include <stdbool.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>

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
};

/* What is asked. */
struct access_request {
    uint32_t desired;
    uint32_t previously_granted;
    tsr_generic_mapping mapping;
    const tsr_sid *principal_self; /* NULL: none */
    bool backup_intent;
    bool restore_intent;
};

/** Judge @request by @subject against @sd. */
tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const struct access_request *request);
