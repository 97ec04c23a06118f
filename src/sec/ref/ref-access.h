/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The access check a second time: slow, literal, and only for tests
 *
 * access-check.md sections 3-12, sentence by sentence, as an oracle for src/sec/access.c, of which
 * it uses nothing but the public data types and the data of the upcase table. Where
 * docs/conformance.md decides otherwise, that holds. Conditions are in ref-condition.h, what is
 * logged of all this (section 13) in ref-audit.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>

#include "sec/ref/ref-condition.h"

/* A token, as plain lists. */
struct ref_subject {
    struct ref_sids sids;
    bool is_restricted;
    bool is_write_restricted;
    struct ref_sids restricting;
    bool is_package;
    struct ref_sids packages; /* package, enabled capabilities, what all packages are */
    uint64_t privileges;      /* enabled: bit n for LUID n */
    bool has_integrity;
    tsr_sid integrity;
    uint32_t mandatory_policy;
    uint32_t trust_type;
    uint32_t trust_level;
    struct ref_sids device_sids;
    struct ref_sids restricting_device_sids; /* for the pass over the restricting SIDs */
    struct ref_claims user_claims;
    struct ref_claims device_claims;
    struct ref_claims local_claims;
};

/* One node of an object-type list. */
struct ref_node {
    uint16_t level;
    const uint8_t *guid;
    uint32_t status;  /* out */
    uint32_t granted; /* out */
};

struct ref_rule {
    struct ref_bytes applies_to; /* a condition; bytes NULL: always */
    tsr_acl dacl;                /* bytes NULL: the NULL DACL */
    tsr_acl sacl;                /* audited besides the object's; bytes NULL: nothing */
    const tsr_acl *new_dacl;     /* proposed instead; NULL: nothing is */
    const tsr_acl *new_sacl;
};

struct ref_policy {
    tsr_sid sid;
    const struct ref_rule *rules;
    size_t n_rules;
};

struct ref_request {
    uint32_t desired;
    uint32_t previously_granted;
    tsr_generic_mapping mapping;
    bool has_self;
    tsr_sid self;
    bool backup_intent;
    bool restore_intent;
    struct ref_node *nodes; /* NULL: no list */
    size_t n_nodes;
    bool result_list;
    const struct ref_policy *policies;
    size_t n_policies;
    bool staged; /* judge by what rules propose, where they do */
};

struct ref_result {
    uint32_t status;
    uint32_t granted;
    uint64_t privileges_supplied; /* bit n: the privilege with LUID n has a right that was asked */
    uint64_t privileges_used;     /* of those, the ones of which a right survived */
};

/** The policy that the object names; NULL if it names none, or one that is not known. */
const struct ref_policy *ref_policy_of(const tsr_sd *sd, const struct ref_request *request);

/** Whether a rule is about this object. */
bool ref_rule_applies(const struct ref_rule *rule, const tsr_sd *sd);

/** Judge a request; a malformed object-type list is STATUS_INVALID_PARAMETER. */
struct ref_result ref_access_check(const struct ref_subject *subject, const tsr_sd *sd,
                                   const struct ref_request *request);
