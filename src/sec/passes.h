/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The passes of an access check over a DACL (access-check.md 7-10)
 */

#include <stdbool.h>
#include <stdint.h>

#include "sec/access.h"
#include "sec/ace.h"
#include "sec/object-tree.h"

/* One check in progress. */
struct check {
    const struct subject *subject;
    const tsr_sd *sd;
    const tsr_acl *dacl; /* the descriptor's, or a central rule's */
    const tsr_generic_mapping *mapping;
    const tsr_trace *trace; /* NULL: nobody asks */
    const uint8_t *self;    /* encoded stand-in for PRINCIPAL_SELF; NULL: none */
    uint32_t required;      /* rights asked for by name: a deny of one ends the walk */
    bool result_list;
    struct tree tree;
};

/* The SIDs that one walk over the DACL goes by. */
struct pass {
    const struct sid_set *sids;
    const struct sid_set *device_sids;
    tsr_access_pass kind;
};

/**
 * Judge every node by the DACL: what the user and groups are allowed, less what restricting SIDs
 * and packages are not.
 *
 * Nodes are left with what they are granted.
 *
 * @param wanted      rights for the DACL to decide
 * @param supplied    rights given by privilege
 * @param ret_result  gets rule, pass and ACE that decided the root
 */
void passes_judge(const struct check *check, uint32_t wanted, uint32_t supplied,
                  tsr_access_result *ret_result);

/** What the condition of a callback ACE with its SID at @sid comes to for the SIDs of a pass. */
enum truth ace_condition(const struct check *check, const struct pass *pass, const uint8_t *ace,
                         const uint8_t *sid, bool for_allow);

/** Section 8: whom an ACE means, after the two substitutions. NULL: nobody. */
ALWAYS_INLINE const uint8_t *ace_subject(const struct check *check, const uint8_t *sid)
{
    static const uint8_t principal_self[] = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};

    if (sid[1] != 1) {
        return sid; /* Both have one sub-authority. */
    }
    if (sid_is_owner_rights(sid)) {
        return check->sd->owner;
    }
    return check->self && memcmp(sid, principal_self, sizeof(principal_self)) == 0 ? check->self
                                                                                   : sid;
}

/** What stands in for PRINCIPAL_SELF, encoded into @buffer; NULL: nothing does. */
static inline const uint8_t *encoded_self(const tsr_access_request *request,
                                          uint8_t buffer[TSR_SID_SIZE_MAX])
{
    size_t size;

    return request->principal_self &&
                   tsr_ok(tsr_sid_encode(request->principal_self, buffer, TSR_SID_SIZE_MAX, &size))
               ? buffer
               : NULL;
}
