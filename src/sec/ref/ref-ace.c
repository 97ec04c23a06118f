/* SPDX-License-Identifier: MIT */
/* Parts of the oracle's walks over DACL and SACL (access-check.md 3, 8). */

#include "sec/ref/ref-ace.h"

static const tsr_sid owner_rights = {3, 1, {4}};
static const tsr_sid principal_self = {5, 1, {10}};

uint32_t ref_map(uint32_t mask, const tsr_generic_mapping *mapping)
{
    uint32_t mapped = mask & 0x0fffffff;

    if (mask & GENERIC_READ) {
        mapped |= mapping->read;
    }
    if (mask & GENERIC_WRITE) {
        mapped |= mapping->write;
    }
    if (mask & GENERIC_EXECUTE) {
        mapped |= mapping->execute;
    }
    if (mask & GENERIC_ALL) {
        mapped |= mapping->all;
    }
    return mapped;
}

/* A SID that has been validated; one that were none would match nothing. */
static tsr_sid sid_at(const uint8_t *bytes)
{
    tsr_sid sid = {0};

    (void)ref_sid_read(bytes, 8 + 4 * (size_t)bytes[1], &sid);
    return sid;
}

tsr_sid ref_sid_of_ace(const tsr_ace *ace)
{
    return sid_at(ace->sid);
}

tsr_sid ref_owner_of(const tsr_sd *sd)
{
    return sd->owner ? sid_at(sd->owner) : (tsr_sid){0};
}

tsr_sid ref_resolved(const struct ref_request *request, const tsr_sd *sd, tsr_sid sid)
{
    if (ref_same_sid(&sid, &principal_self) && request->has_self) {
        return request->self;
    }
    if (ref_same_sid(&sid, &owner_rights) && sd->owner) {
        return ref_owner_of(sd);
    }
    return sid;
}

struct ref_context ref_context_of(const struct ref_subject *subject, const tsr_sd *sd,
                                  struct ref_sids sids, struct ref_sids device_sids, bool for_allow)
{
    return (struct ref_context){
        .sids = sids,
        .device_sids = device_sids,
        .user_claims = subject->user_claims,
        .device_claims = subject->device_claims,
        .local_claims = subject->local_claims,
        .sacl = &sd->sacl,
        .for_allow = for_allow,
    };
}
