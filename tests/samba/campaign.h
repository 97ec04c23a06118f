/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A campaign of random cases against Samba's library
 *
 * Each family of cases asks both sides the same question. Where they differ it states a dispute,
 * and the rules of rules.c are asked whether one of the known differences explains it. What no rule
 * explains fails the test.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>

#include <support/dice.h>

#define N_CALLER_SIDS_MAX 8

/* The domain of relative aliases, on both sides. */
#define CAMPAIGN_DOMAIN TSR_SID(5, 21, 1, 2, 3)

/* In the place of a right: that the statuses differ. */
#define DISPUTED_STATUS 0x04000000u

enum family {
    FAMILY_ACCESS,
    FAMILY_INTENT,
    FAMILY_DIRECTORY,
    FAMILY_DECODING,
    FAMILY_ENCODING,
    FAMILY_PRINTING,
    FAMILY_PARSING,
    FAMILY_SIDS,
    FAMILY_INHERITANCE,
    FAMILY_MAPPING,
    N_FAMILIES,
};

/* Who asks: only what Samba's token can express. */
struct caller {
    tsr_sid sids[N_CALLER_SIDS_MAX];
    size_t n_sids;
    uint64_t privileges;
};

struct question {
    const struct caller *caller;
    const tsr_sd *sd;
    uint32_t desired;
    const uint8_t *type; /* of the one node of an object tree; NULL: none */
    const tsr_sid *self; /* NULL: nobody stands for PRINCIPAL_SELF */
};

/* Denied: granted is 0, whatever was written there. */
struct answer {
    uint32_t status;
    uint32_t granted;
};

/* Who is made below a parent. */
struct heirs {
    tsr_sid owner;
    tsr_sid group;
    bool is_container;
};

/* What the two sides do not agree on. What a family has no use for is zero. */
struct dispute {
    enum family family;
    const struct question *question;
    uint32_t rights; /* about these, or DISPUTED_STATUS */
    struct answer ours;
    struct answer theirs;
    const struct heirs *heirs;
    const uint8_t *bytes; /* what was decoded, or inherited from */
    size_t size;
    const char *text;       /* what was parsed or printed */
    const tsr_sd *our_sd;   /* NULL: refused */
    const tsr_sd *their_sd; /* NULL: refused */
};

struct campaign {
    struct dice dice;
    uint64_t seed;
    uint64_t n_cases[N_FAMILIES];
    uint64_t n_granted;   /* of all access checks, by Samba */
    size_t n_unexplained; /* disputes; any fails the test */
};

/* A family plays a few cases with one descriptor, and counts each. */
typedef void family_play(struct campaign *campaign);

family_play access_play;
family_play intent_play;
family_play directory_play;
family_play decoding_play;
family_play encoding_play;
family_play printing_play;
family_play parsing_play;
family_play sids_play;
family_play inheritance_play;
family_play mapping_play;

/** What a family compares, in words; static text. */
const char *family_name(enum family family);

/** Which of the disputed rights a known difference explains; it is counted. */
uint32_t rules_explain(const struct dispute *dispute);

/** Print how often each rule was needed. */
void rules_report(void);

/** A rule explains @dispute wholly, or it is printed and counted. */
void campaign_settle(struct campaign *campaign, const struct dispute *dispute);
