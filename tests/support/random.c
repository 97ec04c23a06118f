/* SPDX-License-Identifier: MIT */
/* One pair of dice for all that a test draws. */

#include "support/random.h"

#include <support/dice.h>

static struct dice dice;

void random_seed(uint64_t seed)
{
    dice.state = seed;
}

uint32_t below(uint32_t limit)
{
    return dice_roll(&dice, limit);
}

bool one_in(uint32_t n)
{
    return dice_one_in(&dice, n);
}
