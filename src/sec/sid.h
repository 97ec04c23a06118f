/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Encoded SIDs, validated where they lie
 */

#include <tessera/descriptor.h>

#include "base/cursor.h"

#define SID_REVISION 1

/**
 * Take a whole SID off the front of @cursor without decoding it.
 *
 * @return STATUS_INVALID_SID, as tsr_sid_decode()
 */
static inline tsr_status sid_take(struct cursor *cursor, const uint8_t **ret_sid)
{
    const uint8_t *sid = cursor->at;

    REQUIRE(cursor->n_left >= TSR_SID_SIZE_MIN && sid[0] == SID_REVISION &&
                sid[1] <= TSR_SID_SUB_AUTHORITIES_MAX,
            STATUS_INVALID_SID);
    REQUIRE(tsr_ok(cursor_skip(cursor, tsr_encoded_sid_size(sid))), STATUS_INVALID_SID);

    *ret_sid = sid;
    return TSR_OK;
}
