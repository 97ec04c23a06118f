/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Encoded SIDs, validated where they lie
 */

#include <tessera/descriptor.h>
#include <tessera/sid.h>

#include "base/cursor.h"

#define SID_REVISION 1

/**
 * As tsr_sid_parse(), of what Windows reads besides: a sub-authority that is too large becomes the
 * largest, blanks may follow a dash, and behind S-0x1- every number is hexadecimal
 * (access-check.md 2.2).
 */
tsr_status sid_parse_lax(const char *text, tsr_sid *ret_sid, size_t *ret_n_taken);

/**
 * Take a whole SID off the front of @cursor without decoding it.
 *
 * @return STATUS_INVALID_SID, as tsr_sid_decode()
 */
ALWAYS_INLINE tsr_status sid_take(struct cursor *cursor, const uint8_t **ret_sid)
{
    const uint8_t *sid = cursor->at;

    REQUIRE(cursor->n_left >= TSR_SID_SIZE_MIN && sid[0] == SID_REVISION &&
                sid[1] <= TSR_SID_SUB_AUTHORITIES_MAX,
            STATUS_INVALID_SID);
    REQUIRE(tsr_ok(cursor_skip(cursor, tsr_encoded_sid_size(sid))), STATUS_INVALID_SID);

    *ret_sid = sid;
    return TSR_OK;
}
