/* SPDX-License-Identifier: MIT */
/* Descriptors for new objects, and changes to existing ones, by token. */

#include "sec/assign.h"

#include "base/check.h"
#include "token/token.h"

#define UNCHECKED (SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK)

static bool may_own(const void *context, const tsr_sid *sid)
{
    return tsr_token_may_own(context, sid);
}

static bool may_write_dac(const void *context, const tsr_sd *sd, const tsr_generic_mapping *mapping)
{
    const tsr_access_request request = {.desired = WRITE_DAC, .mapping = *mapping};
    const tsr_token *token = context;

    return tsr_ok(access_check(&token->state->subject, sd, &request).status);
}

static bool nobody_may_own(const void *context, const tsr_sid *sid)
{
    (void)context;
    (void)sid;
    return false;
}

/* What an assigner points to. */
struct identity {
    tsr_sid user;
    tsr_sid owner;
    tsr_sid primary_group;
    tsr_sid package;
};

/* @param identity  filled; the assigner borrows it */
static struct assigner assigner_of(const tsr_token *token, struct identity *identity)
{
    const struct token_state *state = token->state;
    const bool has_package = tsr_token_get_package(token, &identity->package, NULL);

    identity->user = token_member(state, TOKEN_USER_PLACE);
    identity->owner = token_member(state, state->owner);
    identity->primary_group = token_member(state, state->primary_group);
    return (struct assigner){
        .user = &identity->user,
        .owner = &identity->owner,
        .primary_group = &identity->primary_group,
        .default_dacl = tsr_token_peek_default_dacl(token),
        .integrity = state->subject.integrity,
        .package = has_package ? &identity->package : NULL,
        .privileges = state->subject.privileges,
        .may_own = may_own,
        .may_write_dac = may_write_dac,
        .context = token,
    };
}

/* Without a token there are no defaults and no rights, which is for those who avoid both checks. */
static tsr_status assigner_for(const tsr_token *token, uint32_t flags, struct identity *identity,
                               struct assigner *ret_assigner)
{
    if (token) {
        *ret_assigner = assigner_of(token, identity);
        return TSR_OK;
    }
    REQUIRE((flags & UNCHECKED) == UNCHECKED, STATUS_NO_TOKEN);
    *ret_assigner = (struct assigner){.may_own = nobody_may_own};
    return TSR_OK;
}

tsr_status tsr_sd_assign_object(const tsr_token *token, const tsr_assign_request *request,
                                uint8_t **ret_bytes, size_t *ret_size)
{
    struct identity identity;
    struct assigner assigner;

    TRY(assigner_for(token, request->flags, &identity, &assigner));
    return sd_assign(&assigner, request, ret_bytes, ret_size);
}

tsr_status tsr_sd_assign(const tsr_token *token, const tsr_sd *parent, const tsr_sd *creator,
                         bool is_container, uint32_t flags, const tsr_generic_mapping *mapping,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    const tsr_assign_request request = {.parent = parent,
                                        .creator = creator,
                                        .is_container = is_container,
                                        .flags = flags,
                                        .mapping = mapping};
    struct identity identity;
    const struct assigner assigner = assigner_of(token, &identity);

    return sd_assign(&assigner, &request, ret_bytes, ret_size);
}

tsr_status tsr_sd_change_object(const tsr_token *token, const tsr_sd *current,
                                const tsr_change_request *request, uint8_t **ret_bytes,
                                size_t *ret_size)
{
    struct identity identity;
    struct assigner assigner;

    TRY(assigner_for(token, request->flags, &identity, &assigner));
    return sd_change(&assigner, current, request, ret_bytes, ret_size);
}

tsr_status tsr_sd_change(const tsr_token *token, const tsr_sd *current, uint32_t information,
                         const tsr_sd *change, const tsr_generic_mapping *mapping,
                         uint8_t **ret_bytes, size_t *ret_size)
{
    const tsr_change_request request = {
        .information = information, .change = change, .mapping = mapping};
    struct identity identity;
    const struct assigner assigner = assigner_of(token, &identity);

    return sd_change(&assigner, current, &request, ret_bytes, ret_size);
}
