/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Friendly names of the SIDs that mean the same everywhere
 */

#include <tessera/sid.h>

#include "base/writer.h"

/** Append @before and "BUILTIN\Administrators"; nothing if the SID has no such name. */
void sid_name_write(const tsr_sid *sid, const char *before, struct writer *writer);
