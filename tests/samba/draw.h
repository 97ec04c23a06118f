/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Random callers and descriptors over a few SIDs and rights, so that they meet
 */

#include <tessera/descriptor.h>

#include "samba/campaign.h"

/* A descriptor and its bytes. */
struct drawn_sd {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
};

/* What a descriptor may hold. */
#define DRAW_GENERIC      0x01u /* generic rights */
#define DRAW_OBJECT_ACES  0x02u
#define DRAW_SACL         0x04u
#define DRAW_CONTROL      0x08u /* any control bit that is not about presence */
#define DRAW_GAPS         0x10u /* parts that are absent */
#define DRAW_TEXT_CONTROL 0x80u /* the control bits that have a text */
#define DRAW_ANY_SID      0x20u /* SIDs that have aliases, and any others */
#define DRAW_INHERITED    0x40u /* ACEs with inheritance flags, each in two */

static inline void cleanup_drawn_sd_deinit(struct drawn_sd *drawn)
{
    free(drawn->bytes);
}

void draw_caller(struct dice *dice, struct caller *ret_caller);

/** One of those that callers are and ACEs name. */
tsr_sid draw_actor(struct dice *dice);

/** Any SID: known, of the domain, or neither. */
tsr_sid draw_any_sid(struct dice *dice);

uint32_t draw_rights(struct dice *dice, uint32_t features);

const uint8_t *draw_type(struct dice *dice);

/** A descriptor; the caller ends it by cleanup_drawn_sd_deinit(). */
struct drawn_sd draw_sd(struct dice *dice, uint32_t features);
