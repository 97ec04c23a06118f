/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Scenes to judge: a token and a descriptor, in our form and in Samba's
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/descriptor.h>
#include <tessera/token.h>

#include "tests/support/dice.h"
#include "tests/support/samba.h"

struct scene {
    tsr_token *token; /* owned */
    uint8_t *bytes;   /* owned: the descriptor */
    size_t size;
    tsr_sd sd;                       /* view of bytes */
    char *text;                      /* owned: the descriptor as SDDL */
    struct samba_token *samba_token; /* owned; NULL without Samba, as is the next */
    struct samba_sd *samba_sd;
};

/**
 * A token of @n_sids SIDs against @n_aces ACEs of which only the last, for one of those SIDs,
 * grants: nothing ends the walk before it.
 */
void scene_init(struct scene *scene, struct dice *dice, size_t n_sids, size_t n_aces,
                bool with_samba);

/** A small token against a small ACL, anything in either. */
void scene_init_random(struct scene *scene, struct dice *dice, bool with_samba);

void scene_deinit(struct scene *scene);

/** What we say to @desired. */
tsr_access_result scene_check(const struct scene *scene, uint32_t desired);

/** What Samba says. @return NTSTATUS */
uint32_t scene_check_samba(const struct scene *scene, uint32_t desired, uint32_t *ret_granted);
