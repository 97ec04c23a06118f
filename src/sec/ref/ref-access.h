/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The access check a second time: slow, literal, and only for tests
 *
 * access-check.md sections 3-12, sentence by sentence, as an oracle for src/sec/access.c, of which
 * it uses nothing but the public data types. Where docs/conformance.md decides otherwise, that
 * holds. Of conditions it knows logic, integers, membership and absent attributes: see
 * ref-condition.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>

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
};

/* One node of an object-type list. */
struct ref_node {
    uint16_t level;
    const uint8_t *guid;
    uint32_t status;  /* out */
    uint32_t granted; /* out */
};

/* A central policy whose rules always apply. */
struct ref_policy {
    tsr_sid sid;
    const tsr_acl *dacls; /* one for each rule; bytes NULL: the NULL DACL */
    size_t n_dacls;
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
};

struct ref_result {
    uint32_t status;
    uint32_t granted;
    bool out_of_scope; /* a condition that this evaluator does not know: the rest means nothing */
};

/** Judge a request; a malformed object-type list is STATUS_INVALID_PARAMETER. */
struct ref_result ref_access_check(const struct ref_subject *subject, const tsr_sd *sd,
                                   const struct ref_request *request);
