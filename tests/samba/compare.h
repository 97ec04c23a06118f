/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether two descriptors say the same, wherever their parts lie
 */

#include <stdbool.h>

#include <tessera/descriptor.h>

#include <support/samba.h>

#include "samba/campaign.h"

/* A descriptor of Samba's as we see it. */
struct seen_sd {
    uint8_t *bytes; /* owned by Samba */
    tsr_sd sd;
    const tsr_sd *view; /* NULL: Samba has none, or we refuse what it wrote: */
    bool is_unreadable;
};

static inline void cleanup_seen_sd_deinit(struct seen_sd *seen)
{
    samba_release(seen->bytes);
}

/** What Samba writes for @sd, which may be NULL; ended by cleanup_seen_sd_deinit(). */
void seen_sd_init(struct seen_sd *seen, const struct samba_sd *sd);

/* What may differ all the same. */
#define BUT_SLACK        0x1u /* bytes behind the SID of an ACE */
#define BUT_BARE_OBJECTS 0x2u /* an object ACE without GUIDs is the ordinary one */
#define BUT_DUPLICATES   0x4u /* an ACE that came before */

/** Both are absent, or both have the same control bits, SIDs and ACEs, but for what is named. */
bool sd_is_same_but(const tsr_sd *a, const tsr_sd *b, uint32_t differences);

static inline bool sd_is_same(const tsr_sd *a, const tsr_sd *b)
{
    return sd_is_same_but(a, b, 0);
}

/** Ask both to read @bytes, and whether they understand the same. */
bool bytes_agree(const uint8_t *bytes, size_t size, uint32_t differences);

/** The generic rights of what is inherited. */
extern const tsr_generic_mapping inherited_mapping;

/** Whether both make the same of a parent. */
bool children_agree(const uint8_t *bytes, size_t size, const struct heirs *heirs,
                    uint32_t differences);

/** Whether Samba reads @text as what @sd says. */
bool text_agrees(const char *text, const tsr_sd *sd);
