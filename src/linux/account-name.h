/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the text of an account's name asks for
 */

#include <stdbool.h>

#include <tessera/status.h>

#include "token/sid-name.h"

struct account_query {
    const struct sid_name *known; /* the answer; NULL: NSS is to be asked */
    const char *name;             /* borrowed from the text: what NSS is to be asked for */
    bool among_users;
    bool among_groups;
};

/**
 * @param ret_query  untouched on failure
 * @return STATUS_NONE_MAPPED for what can be nobody's name
 */
tsr_status account_query_of(const char *text, struct account_query *ret_query);
