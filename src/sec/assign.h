/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors for new objects, and changes to existing ones (access-check.md 14)
 *
 * The public functions of <tessera/assign.h>, in terms of what they need of a token.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/assign.h>

/* The token's part in assigning and changing. Everything is borrowed. */
struct assigner {
    const tsr_sid *user;
    const tsr_sid *owner;         /* default owner of new objects */
    const tsr_sid *primary_group; /* NULL: none */
    const tsr_acl *default_dacl;  /* NULL: none */
    const tsr_sid *integrity;     /* NULL: none */
    const tsr_sid *package;       /* of an AppContainer; NULL: none */
    uint64_t privileges;          /* enabled: bit n for LUID n */
    bool (*may_own)(const void *context, const tsr_sid *sid);

    /* Whether an object with this descriptor would let the assigner set its DACL; NULL: it would
     * not. */
    bool (*may_write_dac)(const void *context, const tsr_sd *sd,
                          const tsr_generic_mapping *mapping);
    const void *context;
};

tsr_status sd_assign(const struct assigner *assigner, const tsr_assign_request *request,
                     uint8_t **ret_bytes, size_t *ret_size);

tsr_status sd_change(const struct assigner *assigner, const tsr_sd *current,
                     const tsr_change_request *request, uint8_t **ret_bytes, size_t *ret_size);

/**
 * Whether @assigner may put the labels of @sacl on an object: it may relabel, or each names an
 * integrity level that its own dominates. Without a level of its own it counts as untrusted.
 */
bool assigner_may_label(const struct assigner *assigner, const tsr_acl *sacl);
