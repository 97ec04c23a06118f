/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A source of numbers that are the same in each run
 */

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

/** A number below @n_sides. */
static inline uint32_t dice_roll(struct dice *dice, uint32_t n_sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((dice->state >> 33) % n_sides);
}

/** Yes one time in @n. */
static inline bool dice_one_in(struct dice *dice, uint32_t n)
{
    return dice_roll(dice, n) == 0;
}
