/* SPDX-License-Identifier: MIT */
/* AdjustTokenGroups (token.md 3.8). */

#include <tessera/token-adjust.h>

#include "token/token.h"

/* Sorted by SID, so that long lists do not cost their product; the first of equals stays. */
struct change {
    tsr_sid sid;
    size_t index; /* in the caller's list */
    bool enable;
    bool is_met;
};

struct changes {
    struct change *list; /* owned */
    size_t n;
    bool all_met; /* none was for a SID that an earlier one is for */
};

static inline void cleanup_changes_deinit(struct changes *changes)
{
    free(changes->list);
}

static int by_sid_and_index(const void *left, const void *right)
{
    const struct change *const a = left;
    const struct change *const b = right;
    const int order = token_sid_compare(&a->sid, &b->sid);

    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int by_sid(const void *left, const void *right)
{
    const struct change *const a = left;
    const struct change *const b = right;

    return token_sid_compare(&a->sid, &b->sid);
}

static void drop_repeated(struct changes *changes)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < changes->n; i++) {
        if (n_kept > 0 && tsr_sid_equal(&changes->list[n_kept - 1].sid, &changes->list[i].sid)) {
            changes->all_met = false;
        } else {
            changes->list[n_kept++] = changes->list[i];
        }
    }
    changes->n = n_kept;
}

static tsr_status changes_init(struct changes *changes, const tsr_group *groups, size_t n)
{
    REQUIRE(groups && n <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    changes->list = array_new(n, sizeof(*changes->list));
    REQUIRE(changes->list, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        REQUIRE(token_sid_is_valid(&groups[i].sid), STATUS_INVALID_SID);
        changes->list[i].sid = groups[i].sid;
        changes->list[i].index = i;
        changes->list[i].enable = groups[i].attributes & SE_GROUP_ENABLED;
    }
    changes->n = n;
    changes->all_met = true;
    qsort(changes->list, n, sizeof(*changes->list), by_sid_and_index);
    drop_repeated(changes);
    return TSR_OK;
}

static struct change *change_for(const struct changes *changes, const tsr_sid *sid)
{
    const struct change key = {.sid = *sid};

    return bsearch(&key, changes->list, changes->n, sizeof(key), by_sid);
}

/* The user and the integrity level are no groups, and always enabled. */
static tsr_status check_fixed(const struct changes *changes, const tsr_sid *sid, bool is_deny_only)
{
    struct change *const change = sid ? change_for(changes, sid) : NULL;

    if (!change) {
        return TSR_OK;
    }
    change->is_met = true;
    REQUIRE(change->enable, STATUS_CANT_DISABLE_MANDATORY);
    REQUIRE(!is_deny_only, STATUS_CANT_ENABLE_DENY_ONLY);
    return TSR_OK;
}

static tsr_status apply_to(const struct changes *changes, const tsr_sid *sid, uint32_t *attributes)
{
    struct change *const change = change_for(changes, sid);
    const uint32_t fixed = SE_GROUP_MANDATORY | SE_GROUP_INTEGRITY;

    if (!change) {
        return TSR_OK;
    }
    change->is_met = true;
    REQUIRE(change->enable || !(*attributes & fixed), STATUS_CANT_DISABLE_MANDATORY);
    REQUIRE(!change->enable || !(*attributes & SE_GROUP_USE_FOR_DENY_ONLY),
            STATUS_CANT_ENABLE_DENY_ONLY);
    if (!change->enable) {
        *attributes &= ~SE_GROUP_ENABLED;
    } else if (!(*attributes & SE_GROUP_INTEGRITY)) {
        *attributes |= SE_GROUP_ENABLED;
    }
    return TSR_OK;
}

static tsr_status apply(struct changes *changes, const struct token_state *state,
                        struct group_list *members)
{
    tsr_sid sid = token_member(state, TOKEN_USER_PLACE);

    TRY(check_fixed(changes, &sid, token_user_attributes(state)));
    TRY(check_fixed(changes, state->subject.integrity, false));
    for (uint32_t i = 1; i <= state->n_groups; i++) {
        sid = token_member(state, i);
        TRY(apply_to(changes, &sid, &members->attributes[i]));
    }
    for (size_t i = 0; i < changes->n; i++) {
        changes->all_met &= changes->list[i].is_met;
    }
    return TSR_OK;
}

static void apply_defaults(const struct token_state *state, struct group_list *members)
{
    for (uint32_t i = 1; i <= state->n_groups; i++) {
        uint32_t *const attributes = &members->attributes[i];

        if (*attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
            continue;
        }
        *attributes &= ~SE_GROUP_ENABLED;
        if (*attributes & SE_GROUP_ENABLED_BY_DEFAULT) {
            *attributes |= SE_GROUP_ENABLED;
        }
    }
}

/* Tell the groups that changed as they were, as far as there is room. @return how many */
static size_t tell_changed(const struct token_state *state, const struct group_list *members,
                           tsr_group *told, size_t n_max)
{
    const struct group_range groups = token_groups(state);
    size_t n = 0;

    for (uint32_t i = 0; i < groups.n; i++) {
        if (members->attributes[groups.first + i] == groups.list->attributes[groups.first + i]) {
            continue;
        }
        if (n < n_max) {
            told[n] = group_range_get(groups, i);
        }
        n++;
    }
    return n;
}

static tsr_status adjusted(tsr_token *token, struct group_list *members, size_t n_changed,
                           tsr_token **ret_token)
{
    struct token_state *next;

    if (n_changed == 0) {
        *ret_token = tsr_token_ref(token);
        return TSR_OK;
    }
    TRY(token_state_copy(token->state, &next));

    group_list_settle(members);
    token_replace_list(&next->members, group_list_ref(members));
    return token_adjusted(token, next, ret_token);
}

/* @previous tells the number also on failure, and the groups on success alone. */
static tsr_status finish(tsr_token *token, struct group_list *members,
                         tsr_previous_groups *previous, tsr_token **ret_token)
{
    const size_t n_changed = tell_changed(token->state, members, NULL, 0);

    if (previous) {
        previous->n = n_changed;
        REQUIRE(n_changed <= (previous->groups ? previous->n_max : 0), STATUS_BUFFER_TOO_SMALL);
    }
    TRY(adjusted(token, members, n_changed, ret_token));
    if (previous) {
        (void)tell_changed(token->state, members, previous->groups, n_changed);
    }
    return TSR_OK;
}

tsr_status tsr_token_adjust_groups(tsr_token *token, bool reset, const tsr_group *changes,
                                   size_t n_changes, tsr_previous_groups *previous,
                                   tsr_token **ret_token)
{
    const struct token_state *const state = token->state;
    CLEANUP(changes_deinit) struct changes sorted = {.all_met = true};
    CLEANUP(group_list_unref) struct group_list *members = NULL;

    if (!reset) {
        TRY(changes_init(&sorted, changes, n_changes));
    }
    TRY(group_list_copy(state->members, &members));

    if (reset) {
        apply_defaults(state, members);
    } else {
        TRY(apply(&sorted, state, members));
    }
    TRY(finish(token, members, previous, ret_token));

    return sorted.all_met ? TSR_OK : tsr_status_of(STATUS_NOT_ALL_ASSIGNED);
}
