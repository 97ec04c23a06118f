/* SPDX-License-Identifier: MIT */
/* Descriptors for new objects, and changes to existing ones, by token. */

#include "sec/assign.h"

#include "token/token.h"

static bool may_own(const void *context, const tsr_sid *sid)
{
    return tsr_token_may_own(context, sid);
}

static struct assigner assigner_of(const tsr_token *token)
{
    const struct token_state *state = token->state;

    return (struct assigner){
        .user = &state->user.sid,
        .owner = &state->owner,
        .primary_group = &state->primary_group,
        .default_dacl = tsr_token_peek_default_dacl(token),
        .integrity = state->subject.integrity,
        .privileges = state->subject.privileges,
        .may_own = may_own,
        .context = token,
    };
}

tsr_status tsr_sd_assign(const tsr_token *token, const tsr_sd *parent, const tsr_sd *creator,
                         bool is_container, uint32_t flags, const tsr_generic_mapping *mapping,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    const struct assigner assigner = assigner_of(token);

    return sd_assign(&assigner, parent, creator, is_container, flags, mapping, ret_bytes, ret_size);
}

tsr_status tsr_sd_change(const tsr_token *token, const tsr_sd *current, uint32_t information,
                         const tsr_sd *change, const tsr_generic_mapping *mapping,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    const struct assigner assigner = assigner_of(token);

    return sd_change(&assigner, current, information, change, mapping, ret_bytes, ret_size);
}
