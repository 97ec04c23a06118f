/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What this process has forsworn: tokens that it may not act by, whatever the gate says
 * (token.md 4.2, step 2; on Windows a job says so)
 */

#include <tessera/impersonation.h>

/** @return STATUS_ACCESS_DENIED */
tsr_status limit_check(const tsr_token *token);
