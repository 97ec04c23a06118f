/* SPDX-License-Identifier: MIT */
/* What a new object inherits, and what generic rights become. */

#include <support/expect.h>

#include "samba/campaign.h"

#include <support/samba.h>

#include "base/check.h"
#include "samba/compare.h"
#include "samba/draw.h"
#include "sec/assign.h"

/* No object ACEs: Samba leaves their GUIDs unset. And no NULL DACL: Samba crashes. */
#define FEATURES (DRAW_INHERITED | DRAW_TEXT_CONTROL | DRAW_GENERIC)

/* Samba drops no rights, so every right that is not generic is one of this type. */
const tsr_generic_mapping inherited_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                               FILE_GENERIC_EXECUTE, ~GENERIC_RIGHTS};

static bool everybody_may_own(const void *context, const tsr_sid *sid)
{
    (void)context;
    (void)sid;
    return true;
}

/* What both make of a parent, for one child. */
struct children {
    uint8_t *bytes; /* owned */
    tsr_sd ours;
    struct samba_sd *their_parent; /* owned */
    struct samba_sd *their_child;  /* owned */
    struct seen_sd theirs;
};

static void children_init(struct children *children, const uint8_t *bytes, size_t size,
                          const struct heirs *heirs)
{
    const struct assigner assigner = {.user = &heirs->owner,
                                      .owner = &heirs->owner,
                                      .primary_group = &heirs->group,
                                      .may_own = everybody_may_own};
    tsr_assign_request request = {.is_container = heirs->is_container,
                                  .mapping = &inherited_mapping};
    tsr_sd parent;

    expect_ok(tsr_sd_view(bytes, size, &parent));
    request.parent = &parent;
    request.flags = parent.control & SE_DACL_AUTO_INHERITED ? SEF_DACL_AUTO_INHERIT : 0;
    expect_ok(sd_assign(&assigner, &request, &children->bytes, &size));
    expect_ok(tsr_sd_view(children->bytes, size, &children->ours));
    children->their_parent = samba_sd_pull(parent.bytes, parent.size);
    assert_non_null(children->their_parent);
    children->their_child = samba_sd_of_child(children->their_parent, &heirs->owner, &heirs->group,
                                              heirs->is_container);
    seen_sd_init(&children->theirs, children->their_child);
}

static void children_deinit(struct children *children)
{
    cleanup_seen_sd_deinit(&children->theirs);
    samba_release(children->their_child);
    samba_release(children->their_parent);
    free(children->bytes);
}

bool children_agree(const uint8_t *bytes, size_t size, const struct heirs *heirs,
                    uint32_t differences)
{
    struct children children;
    bool agree;

    children_init(&children, bytes, size, heirs);
    agree = sd_is_same_but(&children.ours, children.theirs.view, differences);
    children_deinit(&children);
    return agree;
}

static void compare_children(struct campaign *campaign, const struct drawn_sd *parent,
                             bool is_container)
{
    const struct heirs heirs = {draw_actor(&campaign->dice), draw_actor(&campaign->dice),
                                is_container};
    struct dispute dispute = {.family = FAMILY_INHERITANCE,
                              .heirs = &heirs,
                              .bytes = parent->bytes,
                              .size = parent->size,
                              .rights = DISPUTED_STATUS};
    struct children children;

    children_init(&children, parent->bytes, parent->size, &heirs);
    dispute.our_sd = &children.ours;
    dispute.their_sd = children.theirs.view;
    campaign->n_cases[FAMILY_INHERITANCE]++;
    if (!sd_is_same(dispute.our_sd, dispute.their_sd)) {
        campaign_settle(campaign, &dispute);
    }
    children_deinit(&children);
}

void inheritance_play(struct campaign *campaign)
{
    CLEANUP(drawn_sd_deinit) struct drawn_sd parent = draw_sd(&campaign->dice, FEATURES);

    compare_children(campaign, &parent, false);
    compare_children(campaign, &parent, true);
}

static uint32_t draw_mask(struct dice *dice)
{
    return dice_roll(dice, 1u << 16) << 16 | dice_roll(dice, 1u << 16);
}

void mapping_play(struct campaign *campaign)
{
    struct dice *dice = &campaign->dice;
    const uint32_t own = ~GENERIC_RIGHTS;
    const tsr_generic_mapping mapping = {draw_mask(dice) & own, draw_mask(dice) & own,
                                         draw_mask(dice) & own, draw_mask(dice) & own};
    const uint32_t mask = draw_mask(dice);
    const struct dispute dispute = {
        .family = FAMILY_MAPPING,
        .ours.granted = tsr_map_generic(mask, &mapping),
        .theirs.granted = samba_map_generic(mask, &mapping),
        .rights = DISPUTED_STATUS,
    };

    campaign->n_cases[FAMILY_MAPPING]++;
    if (dispute.ours.granted != dispute.theirs.granted) {
        campaign_settle(campaign, &dispute);
    }
}
