/* SPDX-License-Identifier: MIT */
/* A descriptor being put together out of another one. */

#include "sec/draft.h"

#include <stdlib.h>

#include "base/check.h"

void draft_deinit(struct draft *draft)
{
    free(draft->dacl);
    free(draft->sacl);
    *draft = (struct draft){0};
}

tsr_status draft_set_owner(struct draft *draft, const uint8_t *sid)
{
    if (!sid) {
        return TSR_OK;
    }
    TRY(tsr_sid_decode(sid, tsr_encoded_sid_size(sid), &draft->owner, NULL));
    draft->parts.owner = &draft->owner;
    return TSR_OK;
}

tsr_status draft_set_group(struct draft *draft, const uint8_t *sid)
{
    if (!sid) {
        return TSR_OK;
    }
    TRY(tsr_sid_decode(sid, tsr_encoded_sid_size(sid), &draft->group, NULL));
    draft->parts.group = &draft->group;
    return TSR_OK;
}

tsr_status draft_of(const tsr_sd *sd, struct draft *draft)
{
    TRY(draft_set_owner(draft, sd->owner));
    TRY(draft_set_group(draft, sd->group));
    draft->parts.control = sd->control;
    draft->parts.resource_manager_control = sd->resource_manager_control;
    draft->parts.has_dacl = sd->has_dacl;
    draft->parts.has_sacl = sd->has_sacl;
    draft->parts.dacl = sd->dacl;
    draft->parts.sacl = sd->sacl;
    return TSR_OK;
}

tsr_status draft_take_dacl(struct draft *draft, tsr_acl_builder *builder)
{
    uint8_t *bytes;

    TRY(tsr_acl_builder_finish(builder, &bytes, &draft->parts.dacl));
    free(draft->dacl);
    draft->dacl = bytes;
    draft->parts.has_dacl = true;
    return TSR_OK;
}

tsr_status draft_take_sacl(struct draft *draft, tsr_acl_builder *builder)
{
    uint8_t *bytes;

    TRY(tsr_acl_builder_finish(builder, &bytes, &draft->parts.sacl));
    free(draft->sacl);
    draft->sacl = bytes;
    draft->parts.has_sacl = true;
    return TSR_OK;
}
