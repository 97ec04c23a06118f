/* SPDX-License-Identifier: MIT */
/* The access checks: a file's, with and without intent, and the directory's. */

#include <support/expect.h>

#include "samba/campaign.h"

#include <tessera/privilege.h>

#include <support/samba.h>

#include "base/check.h"
#include "samba/draw.h"
#include "sec/access.h"

#define N_DESCRIPTORS 4 /* for each caller */
#define N_REQUESTS    8 /* for each descriptor */

/* Both sides, ready to be asked about one descriptor. */
struct court {
    enum family family;
    struct question question;
    const struct sid_set *sids;
    struct samba_token *token;
    struct samba_sd *sd;
};

static struct sid_set *set_of(const struct caller *caller)
{
    struct sid_set_entry entries[N_CALLER_SIDS_MAX];
    struct sid_set *set = NULL;

    for (size_t i = 0; i < caller->n_sids; i++) {
        entries[i] = (struct sid_set_entry){caller->sids[i], SID_MATCHES_ALLOW | SID_MATCHES_DENY};
    }
    expect_ok(sid_set_new(entries, caller->n_sids, &set));
    return set;
}

static struct samba_token *token_of(const struct caller *caller)
{
    struct samba_token *token = samba_token_new(caller->sids, caller->n_sids);

    assert_non_null(token);
    for (uint32_t luid = 0; luid < 64; luid++) {
        if (caller->privileges & TSR_PRIVILEGE_BIT(luid)) {
            samba_token_enable(token, luid);
        }
    }
    return token;
}

static struct answer answer_of(uint32_t status, uint32_t granted)
{
    return (struct answer){status, status == STATUS_SUCCESS ? granted : 0};
}

static struct answer ask_us(const struct court *court, uint32_t desired)
{
    const struct question *question = &court->question;
    const struct subject subject = {.sids = court->sids,
                                    .privileges = question->caller->privileges};
    const bool has_intent = court->family == FAMILY_INTENT;
    tsr_object_type node = {.level = 0};
    const tsr_access_request request = {
        .desired = desired,
        .mapping = TSR_FILE_MAPPING,
        .principal_self = question->self,
        .backup_intent = has_intent,
        .restore_intent = has_intent,
        .types = question->type ? &node : NULL,
        .n_types = question->type ? 1 : 0,
    };
    tsr_access_result result;

    if (question->type) {
        memcpy(node.guid, question->type, sizeof(node.guid));
    }
    result = access_check(&subject, question->sd, &request);
    return answer_of(result.status.code, result.granted);
}

static struct answer ask_them(const struct court *court, uint32_t desired)
{
    const struct question *question = &court->question;
    uint32_t granted = 0;
    uint32_t status;

    if (court->family == FAMILY_DIRECTORY) {
        status = samba_directory_access_check(court->token, court->sd, desired, question->type,
                                              question->self, &granted);
    } else if (court->family == FAMILY_INTENT) {
        status = samba_file_access_check(court->token, court->sd, desired, &granted);
    } else {
        status = samba_access_check(court->token, court->sd, desired, &granted);
    }
    return answer_of(status, granted);
}

static bool is_same(struct answer a, struct answer b)
{
    return a.status == b.status && a.granted == b.granted;
}

static struct dispute dispute_about(const struct court *court, const struct question *question)
{
    struct dispute dispute = {
        .family = court->family,
        .question = question,
        .ours = ask_us(court, question->desired),
        .theirs = ask_them(court, question->desired),
    };

    if (!is_same(dispute.ours, dispute.theirs)) {
        dispute.rights = dispute.ours.granted ^ dispute.theirs.granted;
        dispute.rights = dispute.rights ? dispute.rights : DISPUTED_STATUS;
    }
    return dispute;
}

/*
 * Ask for each right alone, so that a known difference in one right cannot hide an unknown one in
 * another; if they agree on each, the dispute is about the request as a whole.
 */
static void take_apart(struct campaign *campaign, const struct court *court, uint32_t desired)
{
    struct question question = court->question;
    struct dispute dispute;
    bool differs = false;

    for (uint32_t right = 1; right != 0; right <<= 1) {
        if (desired & right) {
            question.desired = right;
            dispute = dispute_about(court, &question);
            differs = differs || dispute.rights;
            campaign_settle(campaign, &dispute);
        }
    }
    if (!differs) {
        question.desired = desired;
        dispute = dispute_about(court, &question);
        dispute.rights = DISPUTED_STATUS;
        campaign_settle(campaign, &dispute);
    }
}

static uint32_t draw_request(struct dice *dice)
{
    const uint32_t rights = dice_one_in(dice, 40) ? 0 : draw_rights(dice, DRAW_GENERIC);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint32_t desired = rights;

    switch (dice_roll(dice, 6)) {
    case 0:
        desired = MAXIMUM_ALLOWED;
        break;
    case 1:
        desired = rights | MAXIMUM_ALLOWED;
        break;
    case 2:
        desired = rights & (0u - rights); /* one right */
        break;
    default:
        break;
    }
    return samba_map_generic(desired, &mapping);
}

static void hear(struct campaign *campaign, struct court *court)
{
    const tsr_sid self = draw_actor(&campaign->dice);
    struct answer theirs;

    for (size_t i = 0; i < N_REQUESTS; i++) {
        const uint32_t desired = draw_request(&campaign->dice);

        if (court->family == FAMILY_DIRECTORY) {
            court->question.self = dice_one_in(&campaign->dice, 2) ? &self : NULL;
            court->question.type =
                dice_one_in(&campaign->dice, 2) ? draw_type(&campaign->dice) : NULL;
        }
        theirs = ask_them(court, desired);
        campaign->n_cases[court->family]++;
        campaign->n_granted += theirs.status == STATUS_SUCCESS;
        if (!is_same(ask_us(court, desired), theirs)) {
            take_apart(campaign, court, desired);
        }
    }
}

static void play(struct campaign *campaign, enum family family)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    struct caller caller;
    struct sid_set *sids;
    struct court court = {.family = family};

    draw_caller(&campaign->dice, &caller);
    sids = set_of(&caller);
    court.question.caller = &caller;
    court.sids = sids;
    court.token = token_of(&caller);

    for (size_t i = 0; i < N_DESCRIPTORS; i++) {
        CLEANUP(drawn_sd_deinit)
        struct drawn_sd drawn =
            draw_sd(&campaign->dice, DRAW_GENERIC | DRAW_OBJECT_ACES | DRAW_GAPS | DRAW_SACL);

        court.question.sd = &drawn.sd;
        court.sd = samba_sd_pull(drawn.bytes, drawn.size);
        assert_non_null(court.sd);
        samba_sd_map_generic(court.sd, &mapping);
        hear(campaign, &court);
        samba_release(court.sd);
    }
    samba_release(court.token);
    sid_set_free(sids);
}

void access_play(struct campaign *campaign)
{
    play(campaign, FAMILY_ACCESS);
}

void intent_play(struct campaign *campaign)
{
    play(campaign, FAMILY_INTENT);
}

void directory_play(struct campaign *campaign)
{
    play(campaign, FAMILY_DIRECTORY);
}
