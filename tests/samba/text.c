/* SPDX-License-Identifier: MIT */
/* Text: SDDL and SIDs, printed by one side and read by the other. */

#include <support/expect.h>

#include "samba/campaign.h"

#include <tessera/sddl.h>

#include <support/samba.h>

#include "base/check.h"
#include "samba/compare.h"
#include "samba/draw.h"

#define FEATURES                                                                                  \
    (DRAW_GENERIC | DRAW_OBJECT_ACES | DRAW_SACL | DRAW_TEXT_CONTROL | DRAW_GAPS | DRAW_ANY_SID | \
     DRAW_INHERITED)
#define EVERYTHING                                                                         \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

static void settle(struct campaign *campaign, struct dispute *dispute)
{
    campaign->n_cases[dispute->family]++;
    if (!sd_is_same(dispute->our_sd, dispute->their_sd)) {
        dispute->rights = DISPUTED_STATUS;
        campaign_settle(campaign, dispute);
    }
}

/* Samba prints: we read what it meant. */
void printing_play(struct campaign *campaign)
{
    const tsr_sid domain = CAMPAIGN_DOMAIN;
    CLEANUP(drawn_sd_deinit) struct drawn_sd drawn = draw_sd(&campaign->dice, FEATURES);
    struct samba_sd *theirs = samba_sd_pull(drawn.bytes, drawn.size);
    char *text = samba_sd_format(theirs);
    CLEANUP(free) uint8_t *bytes = NULL;
    struct dispute dispute = {.family = FAMILY_PRINTING, .text = text, .their_sd = &drawn.sd};
    size_t size;
    tsr_sd sd;

    assert_non_null(theirs);
    if (text && tsr_ok(tsr_sddl_parse(text, &domain, &bytes, &size, NULL))) {
        expect_ok(tsr_sd_view(bytes, size, &sd));
        dispute.our_sd = &sd;
    }
    settle(campaign, &dispute);
    samba_release(text);
    samba_release(theirs);
}

/* We print: Samba reads what we meant. */
void parsing_play(struct campaign *campaign)
{
    const tsr_sid domain = CAMPAIGN_DOMAIN;
    CLEANUP(drawn_sd_deinit) struct drawn_sd drawn = draw_sd(&campaign->dice, FEATURES);
    CLEANUP(free) char *text = NULL;
    CLEANUP(seen_sd_deinit) struct seen_sd seen;
    struct dispute dispute = {.family = FAMILY_PARSING, .our_sd = &drawn.sd};
    struct samba_sd *theirs;

    expect_ok(tsr_sddl_format(&drawn.sd, EVERYTHING, &domain, &text));
    theirs = samba_sd_parse(text);
    seen_sd_init(&seen, theirs);
    dispute.text = text;
    dispute.theirs.status = theirs ? STATUS_SUCCESS : STATUS_INVALID_SECURITY_DESCR;
    dispute.their_sd = seen.view;
    settle(campaign, &dispute);
    samba_release(theirs);
}

static void settle_sids(struct campaign *campaign, const char *text, bool we_read, bool they_read,
                        bool is_same)
{
    const struct dispute dispute = {
        .family = FAMILY_SIDS,
        .rights = DISPUTED_STATUS,
        .text = text,
        .ours.status = we_read ? STATUS_SUCCESS : STATUS_INVALID_SID,
        .theirs.status = they_read ? STATUS_SUCCESS : STATUS_INVALID_SID,
    };

    campaign->n_cases[FAMILY_SIDS]++;
    if (!is_same) {
        campaign_settle(campaign, &dispute);
    }
}

static void compare_read(struct campaign *campaign, const char *text)
{
    tsr_sid ours = {0};
    tsr_sid theirs = {0};
    const bool we_read = tsr_ok(tsr_sid_parse(text, &ours, NULL));
    const bool they_read = samba_sid_parse(text, &theirs);

    settle_sids(campaign, text, we_read, they_read,
                we_read == they_read && tsr_sid_equal(&ours, &theirs));
}

/* One character becomes another of those that mean something. */
static void mutate(struct dice *dice, char *text)
{
    static const char characters[] = "0123456789-Ssx abF";

    text[dice_roll(dice, (uint32_t)strlen(text))] =
        characters[dice_roll(dice, sizeof(characters) - 1)];
}

void sids_play(struct campaign *campaign)
{
    const tsr_sid sid = draw_any_sid(&campaign->dice);
    char ours[TSR_SID_TEXT_MAX];
    char theirs[TSR_SID_TEXT_MAX];

    tsr_sid_format(&sid, ours);
    samba_sid_format(&sid, theirs);
    settle_sids(campaign, ours, true, true, strcmp(ours, theirs) == 0);
    compare_read(campaign, ours);
    mutate(&campaign->dice, ours);
    compare_read(campaign, ours);
}
