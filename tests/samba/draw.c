/* SPDX-License-Identifier: MIT */
/* Random callers and descriptors over a few SIDs and rights, so that they meet. */

#include <support/expect.h>

#include "samba/draw.h"

#include <tessera/privilege.h>

#include "base/bytes.h"
#include "base/check.h"

#define N_ACES_MAX 6
#define N_TYPES    3

static const tsr_sid actors[] = {
    {5, 5, {21, 1, 2, 3, 1001}},
    {5, 5, {21, 1, 2, 3, 1002}},
    {5, 2, {32, 545}},
    {5, 2, {32, 544}},
    {1, 1, {0}},
};

static const uint32_t rights[] = {
    FILE_READ_DATA,    FILE_WRITE_DATA,      FILE_APPEND_DATA, FILE_EXECUTE,
    FILE_DELETE_CHILD, FILE_READ_ATTRIBUTES, DELETE,           READ_CONTROL,
    WRITE_DAC,         WRITE_OWNER,          SYNCHRONIZE,
};

/* Well-known ones besides the builtin groups and those of the domain. */
static const tsr_sid known[] = {
    {1, 1, {0}},  {3, 1, {0}},  {3, 1, {1}},  {3, 1, {4}},      {5, 1, {2}},
    {5, 1, {4}},  {5, 1, {6}},  {5, 1, {7}},  {5, 1, {9}},      {5, 1, {10}},
    {5, 1, {11}}, {5, 1, {12}}, {5, 1, {18}}, {5, 1, {19}},     {5, 1, {20}},
    {5, 1, {33}}, {5, 1, {3}},  {5, 2, {32}}, {15, 2, {2, 1}},  {16, 1, {4096}},
    {0, 1, {0}},  {2, 1, {0}},  {5, 1, {13}}, {16, 1, {12288}}, {16, 1, {16384}},
};

tsr_sid draw_actor(struct dice *dice)
{
    switch (dice_roll(dice, 16)) {
    case 0:
        return TSR_SID_OWNER_RIGHTS;
    case 1:
        return TSR_SID_PRINCIPAL_SELF;
    case 2:
        return TSR_SID_CREATOR_OWNER;
    case 3:
        return TSR_SID_CREATOR_GROUP;
    default:
        return actors[dice_roll(dice, ARRAY_SIZE(actors))];
    }
}

static uint32_t draw_number(struct dice *dice)
{
    const uint32_t n_bits = dice_roll(dice, 33);

    return n_bits == 0
               ? 0
               : (dice_roll(dice, 1u << 16) << 16 | dice_roll(dice, 1u << 16)) >> (32 - n_bits);
}

static tsr_sid draw_unknown_sid(struct dice *dice)
{
    tsr_sid sid = {.authority = dice_roll(dice, 20)};

    if (dice_one_in(dice, 4)) {
        sid.authority = (uint64_t)dice_roll(dice, 1u << 16) << 32 | draw_number(dice);
    }
    sid.n_sub_authorities = (uint8_t)(1 + dice_roll(dice, TSR_SID_SUB_AUTHORITIES_MAX));
    for (size_t i = 0; i < sid.n_sub_authorities; i++) {
        sid.sub_authorities[i] = draw_number(dice);
    }
    return sid;
}

tsr_sid draw_any_sid(struct dice *dice)
{
    switch (dice_roll(dice, 4)) {
    case 0:
        return known[dice_roll(dice, ARRAY_SIZE(known))];
    case 1:
        return TSR_SID(5, 32, 540 + dice_roll(dice, 45));
    case 2:
        return TSR_SID(5, 21, 1, 2, 3, 490 + dice_roll(dice, 70));
    default:
        return draw_unknown_sid(dice);
    }
}

void draw_caller(struct dice *dice, struct caller *ret_caller)
{
    static const uint32_t privileges[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                                          SE_BACKUP_PRIVILEGE, SE_RESTORE_PRIVILEGE};
    struct caller caller = {.n_sids = dice_roll(dice, N_CALLER_SIDS_MAX)};

    for (size_t i = 0; i < caller.n_sids; i++) {
        caller.sids[i] = actors[dice_roll(dice, ARRAY_SIZE(actors))];
    }
    for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
        caller.privileges |= dice_one_in(dice, 4) ? TSR_PRIVILEGE_BIT(privileges[i]) : 0;
    }
    *ret_caller = caller;
}

uint32_t draw_rights(struct dice *dice, uint32_t features)
{
    const uint32_t rarity = 2 + dice_roll(dice, 4);
    uint32_t mask = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        mask |= dice_one_in(dice, rarity) ? rights[i] : 0;
    }
    if (features & DRAW_GENERIC && dice_one_in(dice, 5)) {
        mask |= GENERIC_ALL << dice_roll(dice, 4);
    }
    mask |= dice_one_in(dice, 30) ? ACCESS_SYSTEM_SECURITY : 0;
    mask |= dice_one_in(dice, 30) ? 0x400u : 0; /* of no file */
    return dice_one_in(dice, 12) ? FILE_ALL_ACCESS : mask;
}

const uint8_t *draw_type(struct dice *dice)
{
    static const uint8_t types[N_TYPES][TSR_GUID_SIZE] = {
        {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
        {2},
        {0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 0xf7, 0xf6, 0xf5, 0xf4, 0xf3, 0xf2, 0xf1,
         0xf0},
    };

    return types[dice_roll(dice, N_TYPES)];
}

static uint8_t draw_flags(struct dice *dice, uint32_t features)
{
    if (features & DRAW_INHERITED) {
        return (uint8_t)dice_roll(dice, 0x20);
    }
    return dice_one_in(dice, 8) ? INHERIT_ONLY_ACE | CONTAINER_INHERIT_ACE : 0;
}

static void add_object_ace(struct dice *dice, tsr_acl_builder *acl, uint8_t type, uint8_t flags,
                           uint32_t mask, const tsr_sid *sid)
{
    uint8_t ace[4 + 4 + 4 + 2 * TSR_GUID_SIZE + TSR_SID_SIZE_MAX] = {type, flags};
    const uint32_t present = dice_roll(dice, 4);
    size_t at = 12;
    size_t size;

    store_le32(ace + 4, mask);
    store_le32(ace + 8, present);
    for (uint32_t bit = ACE_OBJECT_TYPE_PRESENT; bit <= ACE_INHERITED_OBJECT_TYPE_PRESENT;
         bit *= 2) {
        if (present & bit) {
            memcpy(ace + at, draw_type(dice), TSR_GUID_SIZE);
            at += TSR_GUID_SIZE;
        }
    }
    expect_ok(tsr_sid_encode(sid, ace + at, sizeof(ace) - at, &size));
    store_le16(ace + 2, (uint16_t)(at + size));
    tsr_acl_builder_add_encoded(acl, ace, at + size);
}

static tsr_acl draw_acl(struct dice *dice, uint32_t features, bool is_sacl)
{
    tsr_acl_builder builder = {0};
    uint8_t *bytes;
    tsr_acl acl;

    for (uint32_t n = dice_roll(dice, N_ACES_MAX + 1); n > 0; n--) {
        const tsr_sid sid = features & DRAW_ANY_SID ? draw_any_sid(dice) : draw_actor(dice);
        const bool of_object = features & DRAW_OBJECT_ACES && dice_one_in(dice, 4);
        const uint32_t mask = draw_rights(dice, features);
        uint8_t type = dice_one_in(dice, 3) ? ACCESS_DENIED_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE;
        uint8_t flags = draw_flags(dice, features);

        if (is_sacl) {
            type = SYSTEM_AUDIT_ACE_TYPE;
            flags |= (uint8_t)(SUCCESSFUL_ACCESS_ACE_FLAG << dice_roll(dice, 2));
        }
        if (of_object) {
            add_object_ace(dice, &builder, type + ACCESS_ALLOWED_OBJECT_ACE_TYPE, flags, mask,
                           &sid);
        } else {
            tsr_acl_builder_add(&builder, (tsr_ace_type)type, flags, mask, &sid);
        }
    }
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    return acl;
}

static uint16_t draw_control(struct dice *dice, uint32_t features, const tsr_sd_parts *parts)
{
    const uint16_t derived =
        SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT | SE_RM_CONTROL_VALID;
    uint16_t shown = 0;

    if (features & DRAW_CONTROL) {
        return (uint16_t)(dice_roll(dice, 1u << 16) & ~derived);
    }
    if (features & DRAW_TEXT_CONTROL) {
        shown |= parts->has_dacl
                     ? SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED | SE_DACL_AUTO_INHERIT_REQ
                     : 0;
        shown |= parts->has_sacl
                     ? SE_SACL_PROTECTED | SE_SACL_AUTO_INHERITED | SE_SACL_AUTO_INHERIT_REQ
                     : 0;
    }
    return shown & (uint16_t)dice_roll(dice, 1u << 16);
}

struct drawn_sd draw_sd(struct dice *dice, uint32_t features)
{
    const bool gaps = features & DRAW_GAPS;
    const tsr_sid owner = features & DRAW_ANY_SID ? draw_any_sid(dice) : draw_actor(dice);
    const tsr_sid group = features & DRAW_ANY_SID ? draw_any_sid(dice) : draw_actor(dice);
    tsr_sd_parts parts = {
        .owner = gaps && dice_one_in(dice, 10) ? NULL : &owner,
        .group = gaps && dice_one_in(dice, 10) ? NULL : &group,
        .has_dacl = !gaps || !dice_one_in(dice, 40),
        .has_sacl = features & DRAW_SACL && dice_one_in(dice, 2),
    };
    CLEANUP(free) uint8_t *dacl = NULL;
    CLEANUP(free) uint8_t *sacl = NULL;
    struct drawn_sd drawn;

    parts.control = draw_control(dice, features, &parts);
    if (parts.has_dacl && (!gaps || !dice_one_in(dice, 40))) {
        parts.dacl = draw_acl(dice, features, false);
        dacl = (uint8_t *)parts.dacl.bytes;
    }
    if (parts.has_sacl) {
        parts.sacl = draw_acl(dice, features, true);
        sacl = (uint8_t *)parts.sacl.bytes;
    }
    expect_ok(tsr_sd_build(&parts, &drawn.bytes, &drawn.size));
    expect_ok(tsr_sd_view(drawn.bytes, drawn.size, &drawn.sd));
    return drawn;
}
