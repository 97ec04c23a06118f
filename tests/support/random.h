/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Dice that a whole test throws
 */

#include <stdbool.h>
#include <stdint.h>

/** Begin again. */
void random_seed(uint64_t seed);

/** From 0 up to, not including, @limit. */
uint32_t below(uint32_t limit);

/** True one time in @n. */
bool one_in(uint32_t n);
