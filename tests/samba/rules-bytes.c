/* SPDX-License-Identifier: MIT */
/* Known differences in what bytes mean, and in what is inherited. */

#include "samba/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "samba/compare.h"

/* Header of a descriptor, of an ACL, and of an ACE */
#define SD_CONTROL_AT   2
#define SD_OWNER_AT     4
#define SD_GROUP_AT     8
#define SD_SACL_AT      12
#define SD_DACL_AT      16
#define SD_HEADER_SIZE  20
#define ACL_SIZE_AT     2
#define ACL_COUNT_AT    4
#define ACL_RESERVED_AT 6
#define ACL_HEADER_SIZE 8
#define ACE_SIZE_AT     2
#define ACE_HEADER_SIZE 4
#define ACE_MASK_AT     4
#define ACE_BODY_AT     8

uint32_t slack_in_aces(const struct dispute *dispute)
{
    return dispute->family == FAMILY_DECODING && dispute->our_sd &&
                   sd_is_same_but(dispute->our_sd, dispute->their_sd, BUT_SLACK)
               ? dispute->rights
               : 0;
}

/* Where a part is said to lie, if that is inside. */
static size_t offset_of(const uint8_t *bytes, size_t size, size_t at)
{
    const size_t offset = size >= SD_HEADER_SIZE ? load_le32(bytes + at) : 0;

    return offset < size ? offset : 0;
}

bool mend_revision(uint8_t *bytes, size_t size)
{
    const bool wrong = size >= SD_HEADER_SIZE && bytes[0] != 1;

    if (wrong) {
        bytes[0] = 1;
    }
    return wrong;
}

bool mend_self_relative(uint8_t *bytes, size_t size)
{
    uint16_t control;

    if (size < SD_HEADER_SIZE) {
        return false;
    }
    control = load_le16(bytes + SD_CONTROL_AT);
    store_le16(bytes + SD_CONTROL_AT, control | SE_SELF_RELATIVE);
    return !(control & SE_SELF_RELATIVE);
}

static bool mend_absent(uint8_t *bytes, size_t size, uint16_t present, size_t at)
{
    const bool wrong = size >= SD_HEADER_SIZE && !(load_le16(bytes + SD_CONTROL_AT) & present) &&
                       load_le32(bytes + at) != 0;

    if (wrong) {
        store_le32(bytes + at, 0);
    }
    return wrong;
}

bool mend_absent_acls(uint8_t *bytes, size_t size)
{
    const bool dacl = mend_absent(bytes, size, SE_DACL_PRESENT, SD_DACL_AT);
    const bool sacl = mend_absent(bytes, size, SE_SACL_PRESENT, SD_SACL_AT);

    return dacl || sacl;
}

bool mend_alignment(uint8_t *bytes, size_t size)
{
    bool changed = false;

    for (size_t at = SD_OWNER_AT; at <= SD_DACL_AT; at += 4) {
        const size_t offset = offset_of(bytes, size, at);

        if (offset % 4 != 0) {
            store_le32(bytes + at, (uint32_t)(offset + 3) & ~3u);
            changed = true;
        }
    }
    return changed;
}

bool mend_parts_in_header(uint8_t *bytes, size_t size)
{
    bool changed = false;

    for (size_t at = SD_OWNER_AT; at <= SD_DACL_AT; at += 4) {
        const size_t offset = offset_of(bytes, size, at);

        if (offset > 0 && offset < SD_HEADER_SIZE) {
            store_le32(bytes + at, 0);
            changed = true;
        }
    }
    return changed;
}

/* Do something to the header of each ACL. */
static bool mend_acls(uint8_t *bytes, size_t size,
                      bool (*mend)(uint8_t *bytes, size_t size, size_t acl))
{
    bool changed = false;

    for (size_t at = SD_SACL_AT; at <= SD_DACL_AT; at += SD_DACL_AT - SD_SACL_AT) {
        const size_t acl = offset_of(bytes, size, at);

        if (acl != 0 && size - acl >= ACL_HEADER_SIZE) {
            changed = mend(bytes, size, acl) || changed;
        }
    }
    return changed;
}

static bool mend_acl_revision_at(uint8_t *bytes, size_t size, size_t acl)
{
    const bool wrong = bytes[acl] < ACL_REVISION || bytes[acl] > ACL_REVISION_DS;

    (void)size;
    if (wrong) {
        bytes[acl] = ACL_REVISION;
    }
    return wrong;
}

bool mend_acl_revision(uint8_t *bytes, size_t size)
{
    return mend_acls(bytes, size, mend_acl_revision_at);
}

static bool mend_acl_reserved_at(uint8_t *bytes, size_t size, size_t acl)
{
    const bool wrong = load_le16(bytes + acl + ACL_RESERVED_AT) != 0;

    (void)size;
    store_le16(bytes + acl + ACL_RESERVED_AT, 0);
    return wrong;
}

bool mend_acl_reserved(uint8_t *bytes, size_t size)
{
    return mend_acls(bytes, size, mend_acl_reserved_at);
}

/* Do something to each ACE of an ACL, as far as their sizes lead. @return where they end */
static size_t walk_aces(uint8_t *bytes, size_t size, size_t acl, bool *changed,
                        bool (*mend)(uint8_t *bytes, size_t size, size_t ace))
{
    size_t at = acl + ACL_HEADER_SIZE;

    for (size_t n = load_le16(bytes + acl + ACL_COUNT_AT); n > 0 && at + ACE_HEADER_SIZE <= size;
         n--) {
        *changed = (mend && mend(bytes, size, at)) || *changed;
        at += load_le16(bytes + at + ACE_SIZE_AT);
    }
    return at;
}

static bool mend_acl_size_at(uint8_t *bytes, size_t size, size_t acl)
{
    bool changed = false;
    const size_t used = walk_aces(bytes, size, acl, &changed, NULL) - acl;
    const size_t stated = load_le16(bytes + acl + ACL_SIZE_AT);

    if ((stated >= used && stated <= size - acl) || used > UINT16_MAX) {
        return false;
    }
    store_le16(bytes + acl + ACL_SIZE_AT, (uint16_t)used);
    return true;
}

bool mend_acl_size(uint8_t *bytes, size_t size)
{
    return mend_acls(bytes, size, mend_acl_size_at);
}

/* Where one part of a descriptor lies, as Samba reads it. */
struct extent {
    size_t begin;
    size_t end; /* equal to begin: absent */
};

static struct extent extent_of_acl(uint8_t *bytes, size_t size, size_t at)
{
    const size_t acl = offset_of(bytes, size, at);
    bool changed = false;

    if (acl == 0 || size - acl < ACL_HEADER_SIZE) {
        return (struct extent){0, 0};
    }
    return (struct extent){acl, walk_aces(bytes, size, acl, &changed, NULL)};
}

static struct extent extent_of_sid(const uint8_t *bytes, size_t size, size_t at)
{
    const size_t sid = offset_of(bytes, size, at);

    if (sid == 0 || size - sid < TSR_SID_SIZE_MIN) {
        return (struct extent){0, 0};
    }
    return (struct extent){sid, sid + tsr_encoded_sid_size(bytes + sid)};
}

bool parts_overlap(uint8_t *bytes, size_t size)
{
    const struct extent extents[] = {
        extent_of_sid(bytes, size, SD_OWNER_AT),
        extent_of_sid(bytes, size, SD_GROUP_AT),
        extent_of_acl(bytes, size, SD_SACL_AT),
        extent_of_acl(bytes, size, SD_DACL_AT),
    };

    for (size_t i = 0; i < ARRAY_SIZE(extents); i++) {
        for (size_t j = 0; j < i; j++) {
            if (extents[i].begin < extents[j].end && extents[j].begin < extents[i].end) {
                return true;
            }
        }
    }
    return false;
}

static bool is_of_object(uint8_t type)
{
    return type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= SYSTEM_ALARM_OBJECT_ACE_TYPE;
}

static bool mend_ace_type_at(uint8_t *bytes, size_t size, size_t ace)
{
    const bool wrong = bytes[ace] > SYSTEM_ALARM_ACE_TYPE && !is_of_object(bytes[ace]);

    (void)size;
    if (wrong) {
        bytes[ace] = ACCESS_ALLOWED_ACE_TYPE;
    }
    return wrong;
}

static bool mend_ace_types_of(uint8_t *bytes, size_t size, size_t acl)
{
    bool changed = false;

    (void)walk_aces(bytes, size, acl, &changed, mend_ace_type_at);
    return changed;
}

bool mend_ace_types(uint8_t *bytes, size_t size)
{
    return mend_acls(bytes, size, mend_ace_types_of);
}

/* Samba goes on at the next multiple of four. */
static bool mend_ace_size_at(uint8_t *bytes, size_t size, size_t ace)
{
    const size_t stated = load_le16(bytes + ace + ACE_SIZE_AT);

    (void)size;
    if (stated % 4 == 0 || stated > UINT16_MAX - 3) {
        return false;
    }
    store_le16(bytes + ace + ACE_SIZE_AT, (uint16_t)((stated + 3) & ~3u));
    return true;
}

static bool mend_ace_sizes_of(uint8_t *bytes, size_t size, size_t acl)
{
    bool changed = false;

    (void)walk_aces(bytes, size, acl, &changed, mend_ace_size_at);
    return changed;
}

bool mend_ace_sizes(uint8_t *bytes, size_t size)
{
    return mend_acls(bytes, size, mend_ace_sizes_of);
}

static bool mend_ace_sid_at(uint8_t *bytes, size_t size, size_t ace)
{
    size_t sid = ace + ACE_BODY_AT;

    if (is_of_object(bytes[ace]) && ace + 12 <= size) {
        sid += 4 + (bytes[ace + ACE_BODY_AT] & 1 ? TSR_GUID_SIZE : 0) +
               (bytes[ace + ACE_BODY_AT] & 2 ? TSR_GUID_SIZE : 0);
    }
    if (sid >= size || bytes[sid] == 1) {
        return false;
    }
    bytes[sid] = 1;
    return true;
}

static bool mend_ace_sids_of(uint8_t *bytes, size_t size, size_t acl)
{
    bool changed = false;

    (void)walk_aces(bytes, size, acl, &changed, mend_ace_sid_at);
    return changed;
}

/* An owner or group is left out: its bytes may be those of another part as well. */
static bool mend_sid_revision_of(uint8_t *bytes, size_t size, size_t at)
{
    const size_t sid = offset_of(bytes, size, at);

    if (sid == 0 || bytes[sid] == 1) {
        return false;
    }
    store_le32(bytes + at, 0);
    return true;
}

bool mend_sid_revisions(uint8_t *bytes, size_t size)
{
    const bool aces = mend_acls(bytes, size, mend_ace_sids_of);
    const bool owner = mend_sid_revision_of(bytes, size, SD_OWNER_AT);
    const bool group = mend_sid_revision_of(bytes, size, SD_GROUP_AT);

    return aces || owner || group;
}

uint32_t nothing_inherited(const struct dispute *dispute)
{
    return dispute->family == FAMILY_INHERITANCE && dispute->our_sd && dispute->their_sd &&
                   !dispute->our_sd->has_dacl && dispute->their_sd->has_dacl &&
                   !dispute->their_sd->dacl.bytes
               ? dispute->rights
               : 0;
}

uint32_t inherited_twice(const struct dispute *dispute)
{
    return dispute->family == FAMILY_INHERITANCE &&
                   sd_is_same_but(dispute->our_sd, dispute->their_sd, BUT_DUPLICATES)
               ? dispute->rights
               : 0;
}

static bool map_ace_at(uint8_t *bytes, size_t size, size_t ace)
{
    const uint32_t mask = load_le32(bytes + ace + ACE_MASK_AT);

    (void)size;
    store_le32(bytes + ace + ACE_MASK_AT, tsr_map_generic(mask, &inherited_mapping));
    return mask & GENERIC_RIGHTS;
}

static bool map_aces_of(uint8_t *bytes, size_t size, size_t acl)
{
    bool changed = false;

    (void)walk_aces(bytes, size, acl, &changed, map_ace_at);
    return changed;
}

/* Once the parent holds no generic rights, both make the same of it. */
uint32_t inherited_generic_rights(const struct dispute *dispute)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    bool changed;

    if (dispute->family != FAMILY_INHERITANCE) {
        return 0;
    }
    bytes = malloc(dispute->size);
    if (!bytes) {
        return 0;
    }
    memcpy(bytes, dispute->bytes, dispute->size);
    changed = mend_acls(bytes, dispute->size, map_aces_of);
    return changed && children_agree(bytes, dispute->size, dispute->heirs, BUT_DUPLICATES)
               ? dispute->rights
               : 0;
}
