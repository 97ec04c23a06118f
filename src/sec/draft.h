/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A descriptor being put together out of another one
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/descriptor.h>

#define DACL_CONTROL                                                                           \
    (SE_DACL_DEFAULTED | SE_DACL_TRUSTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | \
     SE_DACL_PROTECTED)
#define SACL_CONTROL \
    (SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)

/* Zero-initialise; does not move, as the parts point into it. */
struct draft {
    tsr_sd_parts parts;
    tsr_sid owner;
    tsr_sid group;
    uint8_t *dacl; /* owned; NULL where the ACL is borrowed from a descriptor */
    uint8_t *sacl; /* owned; likewise */
};

void draft_deinit(struct draft *draft);

static inline void cleanup_draft_deinit(struct draft *draft)
{
    draft_deinit(draft);
}

/** Take an encoded SID; NULL leaves the part alone. @return STATUS_INVALID_SID */
tsr_status draft_set_owner(struct draft *draft, const uint8_t *sid);
tsr_status draft_set_group(struct draft *draft, const uint8_t *sid);

/** Make an empty draft one that would build @sd again; @sd is borrowed. */
tsr_status draft_of(const tsr_sd *sd, struct draft *draft);

/** Take what was gathered as the ACL, which then is present. The builder is left empty. */
tsr_status draft_take_dacl(struct draft *draft, tsr_acl_builder *builder);
tsr_status draft_take_sacl(struct draft *draft, tsr_acl_builder *builder);
