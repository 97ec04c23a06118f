/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One random access check: a subject, a descriptor, a request
 */

#include <stdint.h>

#include <tessera/descriptor.h>

#include "sec/ref/ref-access.h"
#include "support/random-condition.h"

#define TRIAL_SIDS_MAX  6
#define TRIAL_NODES_MAX 7
#define TRIAL_RULES_MAX 2
#define TRIAL_ACES_MAX  8

/* As the oracle takes it. Where there are pointers they point at what stands beside them. */
struct trial {
    struct ref_sid sids[TRIAL_SIDS_MAX];
    struct ref_sid restricting[TRIAL_SIDS_MAX];
    struct ref_sid packages[TRIAL_SIDS_MAX];
    struct ref_sid device_sids[TRIAL_SIDS_MAX];
    struct ref_sid restricting_device_sids[TRIAL_SIDS_MAX];
    struct random_claims user_claims;
    struct random_claims device_claims;
    struct random_claims local_claims;
    struct ref_subject subject;
    struct ref_node nodes[TRIAL_NODES_MAX];
    struct ref_rule rules[TRIAL_RULES_MAX]; /* conditions and ACLs owned */
    tsr_acl new_dacls[TRIAL_RULES_MAX];     /* bytes owned */
    tsr_acl new_sacls[TRIAL_RULES_MAX];     /* bytes owned */
    struct ref_policy policy;
    struct ref_request request;
    uint32_t audit_policy; /* TSR_AUDIT_… */
    uint8_t *bytes;        /* owned */
    tsr_sd sd;
};

/** Make one; @trial is zeroed, and is not moved afterwards. */
void trial_init(struct trial *trial);
void trial_deinit(struct trial *trial);
