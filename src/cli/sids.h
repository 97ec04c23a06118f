/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIDs as people write and read them
 */

#include <stdbool.h>

#include <tessera/linux.h>
#include <tessera/sid.h>

#include "cli/problem.h"

#define SIDS_NAME_MAX 256

/**
 * Read a SID, an SDDL alias (BA), a word (everyone, administrators), "uid:N" or "gid:N".
 *
 * @param resolver  maps ids; NULL: by arithmetic
 */
bool sids_parse(const char *text, const tsr_resolver *resolver, tsr_sid *ret_sid,
                struct problem *ret_problem);

/** The name that needs no accounts: a word, "uid:1000", or the SID's text. */
void sids_name_plain(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX]);

/** The name of the account of a Linux user or group, "alice" or "group staff". @return whether
 * there is one */
bool sids_account(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX]);

/** The name to show: a word, "uid:1000 (alice)", or the SID's text. */
void sids_name(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX]);
