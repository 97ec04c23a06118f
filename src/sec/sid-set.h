/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SID set: "is this SID mine?" in constant time
 *
 * Built once, then read-only. A bitmap stands in front of an open-addressing table: most SIDs of an
 * ACL are not in a token, and end at the bitmap. Keys are encoded SIDs, so that an ACE is looked up
 * where it lies.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sid.h>
#include <tessera/status.h>

struct sid_set;

/* How an entry takes part; an entry with neither matches nothing. */
#define SID_MATCHES_ALLOW 0x1u
#define SID_MATCHES_DENY  0x2u

struct sid_set_entry {
    tsr_sid sid;
    uint8_t matches; /* SID_MATCHES_… */
};

/**
 * Build a set; entries that name the same SID are merged.
 *
 * @param ret_set  owned by the caller, sid_set_free(); untouched on failure
 * @return STATUS_INVALID_SID, STATUS_INVALID_PARAMETER (too many), STATUS_NO_MEMORY
 */
tsr_status sid_set_new(const struct sid_set_entry *entries, size_t n_entries,
                       struct sid_set **ret_set);

/** @return NULL, always */
struct sid_set *sid_set_free(struct sid_set *set);

/** How the encoded SID takes part: SID_MATCHES_… bits; 0 if it is not in the set. */
uint8_t sid_set_matches(const struct sid_set *set, const uint8_t *encoded_sid);
