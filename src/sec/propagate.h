/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A child that exists, as an heir of its parent (access-check.md 14)
 */

#include <stdint.h>

#include <tessera/assign.h>

#include "sec/acl-inherit.h"
#include "sec/draft.h"

/** @return STATUS_INVALID_PARAMETER */
tsr_status heritage_check(const tsr_heritage *heritage);

/**
 * What the child inherits as, marking what it does.
 *
 * @param child    draft of the child, whose owner and group are borrowed
 * @param further  rights that count as valid besides those of the mapping
 */
struct heir heritage_heir(const tsr_heritage *heritage, const struct draft *child,
                          uint32_t further);

/** The parent's ACLs; without ACEs where there is no parent. */
tsr_acl heritage_dacl(const tsr_heritage *heritage);
tsr_acl heritage_sacl(const tsr_heritage *heritage);
