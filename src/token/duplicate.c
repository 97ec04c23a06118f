/* SPDX-License-Identifier: MIT */
/* DuplicateTokenEx (token.md 3.5). */

#include "token/token.h"

static bool group_is_effective(uint32_t attributes)
{
    /* Deny-only groups stay: without them access would widen. */
    return attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY);
}

static bool all_groups_are_effective(const struct token_state *state)
{
    for (uint32_t i = 1; i <= state->n_groups; i++) {
        if (!group_is_effective(state->members->attributes[i])) {
            return false;
        }
    }
    return true;
}

static bool all_privileges_are_effective(const struct token_state *state)
{
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (!(state->privileges[i].attributes & SE_PRIVILEGE_ENABLED)) {
            return false;
        }
    }
    return true;
}

static size_t drop_ineffective(tsr_group *groups, size_t n_groups)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < n_groups; i++) {
        if (group_is_effective(groups[i].attributes)) {
            groups[n_kept++] = groups[i];
        }
    }
    return n_kept;
}

/* Leave out disabled groups; an owner that went with its group becomes the user. */
static tsr_status set_effective_members(const struct token_state *state, struct token_state *next)
{
    CLEANUP(free) tsr_group *groups = group_range_dup(token_groups(state));
    const tsr_sid primary_group = token_member(state, state->primary_group);
    const tsr_sid owner = token_member(state, state->owner);
    tsr_token_spec spec = {
        .user = token_member(state, TOKEN_USER_PLACE),
        .user_attributes = token_user_attributes(state),
        .groups = groups,
        .primary_group = &primary_group,
    };

    REQUIRE(groups, STATUS_NO_MEMORY);

    spec.n_groups = drop_ineffective(groups, state->n_groups);
    TRY(token_set_members(next, &spec));
    (void)token_find_owner(next, &owner, &next->owner);
    return TSR_OK;
}

static tsr_status effective_state(struct token_state *state, struct token_state **ret_state)
{
    CLEANUP(token_state_unref) struct token_state *next = NULL;

    if (all_groups_are_effective(state) && all_privileges_are_effective(state)) {
        *ret_state = token_state_ref(state);
        return TSR_OK;
    }
    TRY(token_state_copy(state, &next));
    if (!all_groups_are_effective(state)) {
        TRY(set_effective_members(state, next));
    }
    token_keep_privileges(next, state->subject.privileges);
    token_charge_dynamic(next);
    token_state_settle(next);

    *ret_state = STEAL(next);
    return TSR_OK;
}

/* token.md 3.5, steps 1 and 5 to 7. */
static tsr_status check_request(const tsr_token *token, tsr_token_type type,
                                tsr_impersonation_level level)
{
    REQUIRE(type == TSR_TOKEN_PRIMARY || type == TSR_TOKEN_IMPERSONATION, STATUS_INVALID_PARAMETER);
    REQUIRE(level <= TSR_LEVEL_DELEGATION, STATUS_BAD_IMPERSONATION_LEVEL);
    if (token->type == TSR_TOKEN_IMPERSONATION && type == TSR_TOKEN_IMPERSONATION) {
        REQUIRE(level <= token->level, STATUS_BAD_IMPERSONATION_LEVEL);
    }
    if (token->type == TSR_TOKEN_IMPERSONATION && type == TSR_TOKEN_PRIMARY) {
        REQUIRE(token->level >= TSR_LEVEL_IMPERSONATION, STATUS_BAD_IMPERSONATION_LEVEL);
    }
    return TSR_OK;
}

tsr_status tsr_token_duplicate(const tsr_token *token, tsr_token_type type,
                               tsr_impersonation_level level, bool effective_only,
                               tsr_token **ret_token)
{
    struct token_state *state;

    TRY(check_request(token, type, level));
    if (effective_only) {
        TRY(effective_state(token->state, &state));
    } else {
        state = token_state_ref(token->state);
    }

    return token_of_state(state, type, level, ret_token);
}
