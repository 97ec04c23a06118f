/* SPDX-License-Identifier: MIT */
/* Structures for the caller's memory, with what they point to behind them. */

#include "nt/layout.h"

#include <stddef.h>
#include <string.h>

/* Structures hold pointers. */
#define ALIGNMENT 8u

size_t layout_reserve(struct layout *layout, size_t size)
{
    size_t offset;

    writer_zeros(&layout->writer, -layout->writer.size % ALIGNMENT);
    offset = layout->writer.size;
    writer_zeros(&layout->writer, size);
    return offset;
}

void layout_put(struct layout *layout, size_t offset, const void *bytes, size_t size)
{
    if (!layout->writer.failed) {
        memcpy(layout->writer.bytes + offset, bytes, size);
    }
}

void *layout_address(const struct layout *layout, size_t offset)
{
    return (void *)(layout->base + offset);
}

void *layout_bytes(struct layout *layout, const void *bytes, size_t size)
{
    const size_t offset = layout->writer.size;

    writer_bytes(&layout->writer, bytes, size);
    return layout_address(layout, offset);
}

PSID layout_sid(struct layout *layout, const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size;

    if (tsr_failed(tsr_sid_encode(sid, bytes, sizeof(bytes), &size))) {
        layout->writer.failed = true; /* Tokens hold no such SID. */
        return NULL;
    }
    return layout_bytes(layout, bytes, size);
}

/* SIDs for an array that was reserved. */
static void fill_sids(struct layout *layout, size_t array, const tsr_group *groups, size_t n_groups)
{
    for (size_t i = 0; i < n_groups; i++) {
        const size_t entry = array + i * sizeof(SID_AND_ATTRIBUTES);
        const PSID sid = layout_sid(layout, &groups[i].sid);

        /* By member: what lies between them stays zero, and is nothing of our stack. */
        layout_put(layout, entry + offsetof(SID_AND_ATTRIBUTES, Sid), &sid, sizeof(sid));
        layout_put(layout, entry + offsetof(SID_AND_ATTRIBUTES, Attributes), &groups[i].attributes,
                   sizeof(groups[i].attributes));
    }
}

PSID_AND_ATTRIBUTES layout_sids(struct layout *layout, const tsr_group *groups, size_t n_groups)
{
    const size_t array = layout_reserve(layout, n_groups * sizeof(SID_AND_ATTRIBUTES));

    fill_sids(layout, array, groups, n_groups);
    return layout_address(layout, array);
}

void layout_groups(struct layout *layout, const tsr_group *groups, size_t n_groups)
{
    const size_t array = offsetof(TOKEN_GROUPS, Groups);
    const size_t start = layout_reserve(layout, array + n_groups * sizeof(SID_AND_ATTRIBUTES));
    const DWORD count = (DWORD)n_groups;

    layout_put(layout, start, &count, sizeof(count));
    fill_sids(layout, start + array, groups, n_groups);
}

/* Privileges need no more alignment than their numbers. */
PLUID_AND_ATTRIBUTES layout_privileges(struct layout *layout, const tsr_privilege_state *privileges,
                                       size_t n_privileges)
{
    const size_t start = layout->writer.size;

    for (size_t i = 0; i < n_privileges; i++) {
        writer_le32(&layout->writer, privileges[i].luid);
        writer_le32(&layout->writer, 0);
        writer_le32(&layout->writer, privileges[i].attributes);
    }
    return layout_address(layout, start);
}

PTOKEN_PRIVILEGES layout_token_privileges(struct layout *layout,
                                          const tsr_privilege_state *privileges,
                                          size_t n_privileges)
{
    const size_t start = layout->writer.size;

    writer_le32(&layout->writer, (uint32_t)n_privileges);
    (void)layout_privileges(layout, privileges, n_privileges);
    return layout_address(layout, start);
}

tsr_status layout_deliver(struct layout *layout, void *to, size_t room, ULONG *ret_size,
                          NTSTATUS too_small)
{
    REQUIRE(!layout->writer.failed, STATUS_NO_MEMORY);
    *ret_size = (ULONG)layout->writer.size;
    REQUIRE(to && layout->writer.size <= room, (uint32_t)too_small);
    memcpy(to, layout->writer.bytes, layout->writer.size);
    return TSR_OK;
}
