/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Claims as text and as JSON
 */

#include "base/writer.h"
#include "sec/condition.h"

/** A title and a line for each claim; nothing if there are none. */
void describe_claims(struct writer *writer, const char *title, struct claim_list claims);

/** A member of an object, with its separator in front; nothing if there are none. */
void describe_claims_json(struct writer *writer, const char *name, struct claim_list claims);
