/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Names of the SIDs that mean the same everywhere: those of Windows in English
 */

#include <stdbool.h>

#include <tessera/account.h>
#include <tessera/sid.h>

#include "base/writer.h"

struct sid_name {
    tsr_sid sid;
    tsr_account_use use;
    const char *domain; /* "" for none */
    const char *name;
};

/** @return NULL for a SID that has no such name */
const struct sid_name *sid_name_find(const tsr_sid *sid);

/** Find "DOMAIN\name" or a name alone, in letters of either case. @return NULL: there is none */
const struct sid_name *sid_name_find_text(const char *text);

/** Whether @text names something of a domain whose names are all known here. */
bool sid_name_owns(const char *text);

/** Whether @text begins with "@domain\", in ASCII letters of either case. */
bool sid_name_is_of(const char *text, const char *domain);

/** Whether a SID is that of a logon session, S-1-5-5-X-Y. */
bool sid_name_is_session(const tsr_sid *sid);

/** Append @before and "BUILTIN\Administrators"; nothing if the SID has no such name. */
void sid_name_write(const tsr_sid *sid, const char *before, struct writer *writer);
