/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Structures for the caller's memory, with what they point to behind them
 *
 * Everything is laid out in memory of ours first, with the addresses it will have, and copied when
 * it is known to fit. Zero-initialise but for the base; layout_deinit() ends it. Memory that is
 * short is reported by layout_deliver().
 */

#include <ntifs.h>

#include <stdint.h>

#include <tessera/token.h>

#include "base/writer.h"

struct layout {
    struct writer writer;
    uintptr_t base; /* where the caller will find it */
};

static inline void cleanup_layout_deinit(struct layout *layout)
{
    writer_deinit(&layout->writer);
}

/** Make room for a structure that is filled in later. @return its offset */
size_t layout_reserve(struct layout *layout, size_t size);

/** Fill in what was reserved. */
void layout_put(struct layout *layout, size_t offset, const void *bytes, size_t size);

/** The address an offset will have. */
void *layout_address(const struct layout *layout, size_t offset);

/** Append bytes. @return their address */
void *layout_bytes(struct layout *layout, const void *bytes, size_t size);

/** Append a SID. @return its address */
PSID layout_sid(struct layout *layout, const tsr_sid *sid);

/** Append an array of SIDs, and the SIDs behind it. @return its address */
PSID_AND_ATTRIBUTES layout_sids(struct layout *layout, const tsr_group *groups, size_t n_groups);

/** Append a TOKEN_GROUPS. */
void layout_groups(struct layout *layout, const tsr_group *groups, size_t n_groups);

/** Append an array of privileges. @return its address */
PLUID_AND_ATTRIBUTES layout_privileges(struct layout *layout, const tsr_privilege_state *privileges,
                                       size_t n_privileges);

/** Append a TOKEN_PRIVILEGES. @return its address */
PTOKEN_PRIVILEGES layout_token_privileges(struct layout *layout,
                                          const tsr_privilege_state *privileges,
                                          size_t n_privileges);

static inline size_t layout_size(const struct layout *layout)
{
    return layout->writer.size;
}

/**
 * Copy the whole to where it belongs.
 *
 * @param ret_size  what is needed, also if there is not enough room
 * @param too_small the status of that
 * @return STATUS_NO_MEMORY, @too_small
 */
tsr_status layout_deliver(struct layout *layout, void *to, size_t room, ULONG *ret_size,
                          NTSTATUS too_small);
