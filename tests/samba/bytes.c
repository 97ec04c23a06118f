/* SPDX-License-Identifier: MIT */
/* Bytes: what either side builds is read by the other, and so are mutated ones. */

#include <support/expect.h>

#include "samba/campaign.h"

#include <support/samba.h>

#include "base/check.h"
#include "samba/compare.h"
#include "samba/draw.h"

#define N_MUTANTS 8 /* of each descriptor */
#define N_SPARE   8 /* bytes that a mutant may have more */
#define FEATURES                                                                             \
    (DRAW_GENERIC | DRAW_OBJECT_ACES | DRAW_SACL | DRAW_CONTROL | DRAW_GAPS | DRAW_ANY_SID | \
     DRAW_INHERITED)
#define HEADER_END 20

/* What Samba took is also a difference if we cannot read what it writes for it. */
static void settle(struct campaign *campaign, struct dispute *dispute, const struct seen_sd *seen)
{
    campaign->n_cases[dispute->family]++;
    dispute->their_sd = seen->view;
    if (seen->is_unreadable || !sd_is_same(dispute->our_sd, dispute->their_sd)) {
        dispute->rights = DISPUTED_STATUS;
        campaign_settle(campaign, dispute);
    }
}

/* One byte becomes another: mostly one of the numbers that say where something is. */
static void mutate(struct dice *dice, uint8_t *bytes, size_t size)
{
    const size_t n_header = size < HEADER_END ? size : HEADER_END;
    const uint32_t at = dice_roll(dice, (uint32_t)(dice_one_in(dice, 3) ? n_header : size));

    switch (dice_roll(dice, 4)) {
    case 0:
        bytes[at] = (uint8_t)dice_roll(dice, 256);
        break;
    case 1:
        bytes[at] ^= (uint8_t)(1u << dice_roll(dice, 8));
        break;
    case 2:
        bytes[at] = (uint8_t)(bytes[at] + 4);
        break;
    default:
        bytes[at] = (uint8_t)(bytes[at] - 4);
    }
}

static void compare_mutant(struct campaign *campaign, const uint8_t *bytes, size_t size)
{
    struct samba_sd *theirs = samba_sd_pull(bytes, size);
    CLEANUP(seen_sd_deinit) struct seen_sd seen;
    struct dispute dispute = {.family = FAMILY_DECODING, .bytes = bytes, .size = size};
    tsr_sd sd;

    seen_sd_init(&seen, theirs);
    dispute.ours.status = tsr_sd_view(bytes, size, &sd).code;
    dispute.theirs.status = theirs ? STATUS_SUCCESS : STATUS_INVALID_SECURITY_DESCR;
    dispute.our_sd = dispute.ours.status == STATUS_SUCCESS ? &sd : NULL;
    settle(campaign, &dispute, &seen);
    samba_release(theirs);
}

void decoding_play(struct campaign *campaign)
{
    struct dice *dice = &campaign->dice;
    CLEANUP(drawn_sd_deinit) struct drawn_sd drawn = draw_sd(dice, FEATURES);
    CLEANUP(free) uint8_t *bytes = calloc(1, drawn.size + N_SPARE);

    assert_non_null(bytes);
    for (size_t i = 0; i < N_MUTANTS; i++) {
        size_t size = drawn.size;

        memcpy(bytes, drawn.bytes, drawn.size);
        memset(bytes + drawn.size, 0, N_SPARE);
        for (uint32_t n = 1 + dice_roll(dice, 3); n > 0; n--) {
            mutate(dice, bytes, drawn.size);
        }
        if (dice_one_in(dice, 6)) {
            size = dice_one_in(dice, 4) ? size + dice_roll(dice, N_SPARE)
                                        : dice_roll(dice, (uint32_t)size);
        }
        compare_mutant(campaign, bytes, size);
    }
}

/* Whether our writer makes of what Samba wrote the bytes that we gave it; only the order of the
 * parts is Samba's own. */
static bool is_built_again(const struct drawn_sd *drawn, const tsr_sd *seen)
{
    tsr_sid owner;
    tsr_sid group;
    const tsr_sd_parts parts = {
        .control = seen->control & (uint16_t) ~(SE_DACL_PRESENT | SE_SACL_PRESENT),
        .owner = seen->owner ? &owner : NULL,
        .group = seen->group ? &group : NULL,
        .has_dacl = seen->has_dacl,
        .has_sacl = seen->has_sacl,
        .dacl = seen->dacl,
        .sacl = seen->sacl,
    };
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    if (seen->owner) {
        expect_ok(tsr_sid_decode(seen->owner, TSR_SID_SIZE_MAX, &owner, NULL));
    }
    if (seen->group) {
        expect_ok(tsr_sid_decode(seen->group, TSR_SID_SIZE_MAX, &group, NULL));
    }
    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    return size == drawn->size && memcmp(bytes, drawn->bytes, size) == 0;
}

void encoding_play(struct campaign *campaign)
{
    CLEANUP(drawn_sd_deinit) struct drawn_sd drawn = draw_sd(&campaign->dice, FEATURES);
    struct samba_sd *theirs = samba_sd_pull(drawn.bytes, drawn.size);
    CLEANUP(seen_sd_deinit) struct seen_sd seen;
    struct dispute dispute = {.family = FAMILY_ENCODING, .our_sd = &drawn.sd};

    seen_sd_init(&seen, theirs);
    dispute.their_sd = seen.view;
    campaign->n_cases[FAMILY_ENCODING]++;
    if (!seen.view || !is_built_again(&drawn, seen.view)) {
        dispute.rights = DISPUTED_STATUS;
        campaign_settle(campaign, &dispute);
    }
    samba_release(theirs);
}
