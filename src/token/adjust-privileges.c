/* SPDX-License-Identifier: MIT */
/* AdjustTokenPrivileges (token.md 3.7). */

#include <tessera/token-adjust.h>

#include "token/token.h"

#define N_LUIDS (TSR_PRIVILEGE_LAST + 1)

/* What is asked of each privilege: of its first change. */
struct request {
    uint64_t asked; /* bit n for LUID n, as below */
    uint64_t enable;
    uint64_t remove;
    bool all_met; /* every change was the first for a privilege that there may be */
};

/* What comes of it. */
struct outcome {
    tsr_privilege_state privileges[N_LUIDS];
    size_t n_privileges;
    tsr_privilege_state changed[N_LUIDS]; /* as they were, of those that are still there */
    size_t n_changed;
    uint64_t met;
    bool anything_changed;
};

static struct request request_of(const tsr_privilege_state *changes, size_t n_changes)
{
    struct request request = {.all_met = true};

    for (size_t i = 0; i < n_changes; i++) {
        const uint64_t bit =
            changes[i].luid <= TSR_PRIVILEGE_LAST ? TSR_PRIVILEGE_BIT(changes[i].luid) : 0;

        if (bit == 0 || request.asked & bit) {
            request.all_met = false;
            continue;
        }
        request.asked |= bit;
        request.enable |= changes[i].attributes & SE_PRIVILEGE_ENABLED ? bit : 0;
        request.remove |= changes[i].attributes & SE_PRIVILEGE_REMOVED ? bit : 0;
    }
    return request;
}

/* token.md 7.4: what may not be used is not met, unless it is to be disabled or removed. */
static bool meets(const struct request *request, const struct token_state *state, uint64_t bit)
{
    const uint64_t usable = token_privileges_usable(state->subject.integrity);

    return request->asked & bit &&
           (usable & bit || !(request->enable & bit) || request->remove & bit);
}

static void apply_to(const struct request *request, const tsr_privilege_state *old,
                     struct outcome *outcome)
{
    const uint64_t bit = TSR_PRIVILEGE_BIT(old->luid);
    tsr_privilege_state privilege = *old;

    outcome->met |= bit;
    if (request->remove & bit) {
        outcome->anything_changed = true;
        return;
    }
    privilege.attributes &= ~SE_PRIVILEGE_ENABLED;
    privilege.attributes |= request->enable & bit ? SE_PRIVILEGE_ENABLED : 0;
    outcome->privileges[outcome->n_privileges++] = privilege;
    if (privilege.attributes != old->attributes) {
        outcome->changed[outcome->n_changed++] = *old;
        outcome->anything_changed = true;
    }
}

static void apply(const struct request *request, const struct token_state *state,
                  struct outcome *outcome)
{
    for (size_t i = 0; i < state->n_privileges; i++) {
        const tsr_privilege_state old = token_privilege(state, i);

        if (meets(request, state, TSR_PRIVILEGE_BIT(old.luid))) {
            apply_to(request, &old, outcome);
        } else {
            outcome->privileges[outcome->n_privileges++] = old;
        }
    }
}

/* @previous tells the number also on failure. */
static tsr_status check_room(const struct outcome *outcome, tsr_previous_privileges *previous)
{
    if (!previous) {
        return TSR_OK;
    }
    previous->n = outcome->n_changed;
    REQUIRE(previous->n <= (previous->states ? previous->n_max : 0), STATUS_BUFFER_TOO_SMALL);
    return TSR_OK;
}

static tsr_status adjusted(tsr_token *token, const struct outcome *outcome, tsr_token **ret_token)
{
    struct token_state *next;

    if (!outcome->anything_changed) {
        *ret_token = tsr_token_ref(token);
        return TSR_OK;
    }
    TRY(token_state_copy(token->state, &next));

    token_set_privileges(next, outcome->privileges, outcome->n_privileges);
    return token_adjusted(token, next, ret_token);
}

tsr_status tsr_token_adjust_privileges(tsr_token *token, bool disable_all,
                                       const tsr_privilege_state *changes, size_t n_changes,
                                       tsr_previous_privileges *previous, tsr_token **ret_token)
{
    struct request request = {.asked = UINT64_MAX, .all_met = true};
    struct outcome outcome = {0};

    if (!disable_all) {
        REQUIRE(changes && n_changes <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
        request = request_of(changes, n_changes);
    }
    apply(&request, token->state, &outcome);
    TRY(check_room(&outcome, previous));
    TRY(adjusted(token, &outcome, ret_token));
    for (size_t i = 0; previous && i < outcome.n_changed; i++) {
        previous->states[i] = outcome.changed[i];
    }

    if (!disable_all && (!request.all_met || request.asked & ~outcome.met)) {
        return tsr_status_of(STATUS_NOT_ALL_ASSIGNED);
    }
    return TSR_OK;
}
