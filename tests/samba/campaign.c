/* SPDX-License-Identifier: MIT */
/* What becomes of a dispute. */

#include "samba/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <tessera/sddl.h>

#include "base/check.h"

#define EVERYTHING                                                                         \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

const char *family_name(enum family family)
{
    static const char *const names[N_FAMILIES] = {
        [FAMILY_ACCESS] = "access checks",
        [FAMILY_INTENT] = "access checks with backup and restore intent",
        [FAMILY_DIRECTORY] = "access checks of the directory",
        [FAMILY_DECODING] = "mutated bytes decoded",
        [FAMILY_ENCODING] = "descriptors encoded again",
        [FAMILY_PRINTING] = "SDDL printed by Samba",
        [FAMILY_PARSING] = "SDDL printed by us",
        [FAMILY_SIDS] = "SIDs printed and parsed",
        [FAMILY_INHERITANCE] = "children of a directory",
        [FAMILY_MAPPING] = "generic mappings",
    };

    return names[family];
}

static void print_bytes(const char *what, const uint8_t *bytes, size_t size)
{
    fprintf(stderr, "  %s:", what);
    for (size_t i = 0; i < size; i++) {
        fprintf(stderr, "%s%02x", i % 4 == 0 ? " " : "", bytes[i]);
    }
    fprintf(stderr, "\n");
}

static void print_sd(const char *what, const tsr_sd *sd)
{
    CLEANUP(free) char *text = NULL;

    if (!sd) {
        fprintf(stderr, "  %s: refused\n", what);
        return;
    }
    if (tsr_ok(tsr_sddl_format(sd, EVERYTHING, NULL, &text))) {
        fprintf(stderr, "  %s: %s\n", what, text);
    }
    print_bytes(what, sd->bytes, sd->size);
}

static void print_question(const struct question *question)
{
    char text[TSR_SID_TEXT_MAX];

    fprintf(stderr, "  caller:");
    for (size_t i = 0; i < question->caller->n_sids; i++) {
        tsr_sid_format(&question->caller->sids[i], text);
        fprintf(stderr, " %s", text);
    }
    fprintf(stderr, ", privileges %#" PRIx64 "\n", question->caller->privileges);
    print_sd("descriptor", question->sd);
    fprintf(stderr, "  desired %#x", question->desired);
    if (question->self) {
        tsr_sid_format(question->self, text);
        fprintf(stderr, ", self %s", text);
    }
    if (question->type) {
        fprintf(stderr, ", type %u", question->type[0]);
    }
    fprintf(stderr, "\n");
}

static void print_dispute(const struct dispute *dispute)
{
    if (dispute->question) {
        print_question(dispute->question);
    }
    if (dispute->text) {
        fprintf(stderr, "  text: %s\n", dispute->text);
    }
    if (dispute->bytes) {
        print_bytes("bytes", dispute->bytes, dispute->size);
    }
    if (dispute->our_sd || dispute->their_sd) {
        print_sd("ours", dispute->our_sd);
        print_sd("theirs", dispute->their_sd);
    }
    fprintf(stderr, "  ours:   %#x, %#x\n  theirs: %#x, %#x\n", dispute->ours.status,
            dispute->ours.granted, dispute->theirs.status, dispute->theirs.granted);
}

void campaign_settle(struct campaign *campaign, const struct dispute *dispute)
{
    const uint32_t left = dispute->rights & ~rules_explain(dispute);

    if (left == 0) {
        return;
    }
    campaign->n_unexplained++;
    fprintf(stderr, "seed %" PRIu64 ", %s, case %" PRIu64 ": unexplained %#x of %#x\n",
            campaign->seed, family_name(dispute->family), campaign->n_cases[dispute->family], left,
            dispute->rights);
    print_dispute(dispute);
}
