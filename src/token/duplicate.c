/* SPDX-License-Identifier: MIT */
/* DuplicateTokenEx (token.md 3.5). */

#include "token/token.h"

static bool group_is_effective(const tsr_group *group)
{
    /* Deny-only groups stay: without them access would widen. */
    return group->attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY);
}

static bool privilege_is_effective(const tsr_privilege_state *privilege)
{
    return privilege->attributes & SE_PRIVILEGE_ENABLED;
}

static bool all_is_effective(const struct token_state *state)
{
    for (size_t i = 0; i < state->n_groups; i++) {
        if (!group_is_effective(&state->groups[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (!privilege_is_effective(&state->privileges[i])) {
            return false;
        }
    }
    return true;
}

/* Leave out what is disabled; an owner that went with its group becomes the user. */
static void drop_ineffective(const struct token_state *state, tsr_token_spec *spec,
                             tsr_group *groups, tsr_privilege_state *privileges)
{
    spec->groups = groups;
    spec->n_groups = 0;
    for (size_t i = 0; i < state->n_groups; i++) {
        if (group_is_effective(&state->groups[i])) {
            groups[spec->n_groups++] = state->groups[i];
        }
    }
    spec->privileges = privileges;
    spec->n_privileges = 0;
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (privilege_is_effective(&state->privileges[i])) {
            privileges[spec->n_privileges++] = state->privileges[i];
        }
    }
    if (!token_groups_may_own(groups, spec->n_groups, &state->owner)) {
        spec->owner = NULL;
    }
}

static tsr_status effective_state(struct token_state *state, struct token_state **ret_state)
{
    CLEANUP(free) tsr_privilege_state *privileges = NULL;
    tsr_token_spec spec = token_state_spec(state);
    CLEANUP(free) tsr_group *groups = NULL;

    if (all_is_effective(state)) {
        *ret_state = token_state_ref(state);
        return TSR_OK;
    }
    groups = array_new(state->n_groups, sizeof(*groups));
    REQUIRE(groups, STATUS_NO_MEMORY);
    privileges = array_new(state->n_privileges, sizeof(*privileges));
    REQUIRE(privileges, STATUS_NO_MEMORY);

    drop_ineffective(state, &spec, groups, privileges);
    return token_state_new(&spec, state->modified_id, state->parent_token_id, ret_state);
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
