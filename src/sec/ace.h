/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ACEs of a validated ACL, read where they lie and without looking back
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"

#define ACL_HEADER_SIZE  8
#define ACE_MASK         4
#define ACE_BASIC_SID    8
#define ACE_OBJECT_FLAGS 8
#define ACE_OBJECT_GUIDS 12
#define ACE_COMPOUND_SID 12

/** The first ACE; NULL for an absent or NULL ACL. The count is the ACL's n_aces. */
static inline const uint8_t *acl_first(const tsr_acl *acl)
{
    return acl->bytes ? acl->bytes + ACL_HEADER_SIZE : NULL;
}

static inline const uint8_t *ace_after(const uint8_t *ace)
{
    return ace + load_le16(ace + 2);
}

/** The object type GUID of an object ACE; NULL if it has none. */
static inline const uint8_t *object_ace_type(const uint8_t *ace)
{
    return load_le32(ace + ACE_OBJECT_FLAGS) & ACE_OBJECT_TYPE_PRESENT ? ace + ACE_OBJECT_GUIDS
                                                                       : NULL;
}

/** The SID of an object ACE: behind the GUIDs it says it has. */
static inline const uint8_t *object_ace_sid(const uint8_t *ace)
{
    const uint32_t flags = load_le32(ace + ACE_OBJECT_FLAGS);
    const size_t n_guids = (flags & ACE_OBJECT_TYPE_PRESENT ? 1u : 0u) +
                           (flags & ACE_INHERITED_OBJECT_TYPE_PRESENT ? 1u : 0u);

    return ace + ACE_OBJECT_GUIDS + n_guids * TSR_GUID_SIZE;
}

/** What follows an ACE's SID. */
static inline const uint8_t *ace_data(const uint8_t *ace, const uint8_t *sid, size_t *ret_size)
{
    const uint8_t *data = sid + tsr_encoded_sid_size(sid);

    *ret_size = (size_t)(ace_after(ace) - data);
    return data;
}

/** The first effective ACE of @type; NULL if there is none. */
static inline const uint8_t *sacl_find(const tsr_acl *sacl, tsr_ace_type type)
{
    const uint8_t *ace = acl_first(sacl);

    for (size_t i = 0; i < sacl->n_aces; i++, ace = ace_after(ace)) {
        if (ace[0] == type && !(ace[1] & INHERIT_ONLY_ACE)) {
            return ace;
        }
    }
    return NULL;
}

/** The SID an ACE of a DACL is about, a compound ACE's client; NULL for types that are not about
 * access. */
static inline const uint8_t *access_ace_sid(const uint8_t *ace)
{
    switch (ace[0]) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
        return ace + ACE_BASIC_SID;
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
        return object_ace_sid(ace);
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
        return ace + ACE_COMPOUND_SID + tsr_encoded_sid_size(ace + ACE_COMPOUND_SID);
    default:
        return NULL;
    }
}

static inline bool sid_is_owner_rights(const uint8_t *sid)
{
    static const uint8_t owner_rights[] = {1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0};

    return sid[1] == 1 && memcmp(sid, owner_rights, sizeof(owner_rights)) == 0;
}

/** Where in an ACL one of its ACEs stands. */
static inline uint32_t ace_index(const tsr_acl *acl, const uint8_t *which)
{
    uint32_t index = 0;

    for (const uint8_t *ace = acl_first(acl); ace != which; ace = ace_after(ace)) {
        index++;
    }
    return index;
}
