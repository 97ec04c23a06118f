/* SPDX-License-Identifier: MIT */
/* Adjusting privileges and groups (token.md 3.7, 3.8). */

#include <stdlib.h>

#include "nt/capture.h"
#include "nt/layout.h"
#include "token/token.h"

/* PreviousState and its two companions. */
struct previous_buffer {
    void *to; /* NULL: not wanted */
    ULONG size;
    ULONG *ret_size;
    struct layout layout; /* what was before */
};

static inline void cleanup_previous_deinit(struct previous_buffer *previous)
{
    cleanup_layout_deinit(&previous->layout);
}

static struct previous_buffer previous_of(void *to, ULONG size, ULONG *ret_size)
{
    return (struct previous_buffer){
        .to = to, .size = size, .ret_size = ret_size, .layout = {.base = (uintptr_t)to}};
}

static tsr_status previous_check(const struct previous_buffer *previous)
{
    REQUIRE(!previous->to || previous->ret_size, STATUS_ACCESS_VIOLATION);
    return TSR_OK;
}

static tsr_status previous_check_room(struct previous_buffer *previous)
{
    REQUIRE(!previous->layout.writer.failed, STATUS_NO_MEMORY);
    *previous->ret_size = (ULONG)layout_size(&previous->layout);
    REQUIRE(layout_size(&previous->layout) <= previous->size, STATUS_BUFFER_TOO_SMALL);
    return TSR_OK;
}

/* Change a token as a whole: that there is room for what was before is part of the change. */
static tsr_status adjust(HANDLE handle, uint32_t right, token_change *change, void *context,
                         struct previous_buffer *previous)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    const uint32_t rights = right | (previous->to ? TOKEN_QUERY : 0);
    tsr_status status;

    TRY(token_by_handle(handle_in(handle), rights, &token, NULL));
    status = token_object_change(token, change, context);
    TRY(status);
    if (previous->to) {
        TRY(layout_deliver(&previous->layout, previous->to, previous->size, previous->ret_size,
                           STATUS_BUFFER_TOO_SMALL));
    }
    return status;
}

/* ---- Privileges ---- */

struct privilege_adjustment {
    bool disable_all;
    tsr_privilege_state *changes; /* owned */
    size_t n_changes;
    struct previous_buffer *previous;
};

static tsr_status change_privileges(void *context, tsr_token *old, tsr_token **ret_new)
{
    const struct privilege_adjustment *adjustment = context;
    tsr_privilege_state states[TOKEN_PRIVILEGES_MAX];
    tsr_previous_privileges previous = {.states = states, .n_max = ARRAY_SIZE(states)};
    CLEANUP(tsr_token_unref) tsr_token *new = NULL;
    const bool tells = adjustment->previous->to;
    tsr_status status;

    status = tsr_token_adjust_privileges(old, adjustment->disable_all, adjustment->changes,
                                         adjustment->n_changes, tells ? &previous : NULL, &new);
    TRY(status);
    if (tells) {
        (void)layout_token_privileges(&adjustment->previous->layout, states, previous.n);
        TRY(previous_check_room(adjustment->previous));
    }
    *ret_new = STEAL(new);
    return status;
}

static tsr_status adjust_privileges(HANDLE handle, bool disable_all,
                                    const TOKEN_PRIVILEGES *new_state,
                                    struct previous_buffer *previous)
{
    CLEANUP(free) tsr_privilege_state *changes = NULL;
    struct privilege_adjustment adjustment = {.disable_all = disable_all, .previous = previous};

    REQUIRE(disable_all || new_state, STATUS_INVALID_PARAMETER);
    TRY(previous_check(previous));
    if (!disable_all) {
        adjustment.n_changes = new_state->PrivilegeCount;
        TRY(capture_privileges(new_state->Privileges, adjustment.n_changes, &changes));
        adjustment.changes = changes;
    }
    return adjust(handle, TOKEN_ADJUST_PRIVILEGES, change_privileges, &adjustment, previous);
}

NTSTATUS NTAPI NtAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges,
                                       PTOKEN_PRIVILEGES NewState, ULONG BufferLength,
                                       PTOKEN_PRIVILEGES PreviousState, PULONG ReturnLength)
{
    CLEANUP(previous_deinit)
    struct previous_buffer previous = previous_of(PreviousState, BufferLength, ReturnLength);

    return nt_status(adjust_privileges(TokenHandle, DisableAllPrivileges, NewState, &previous));
}

/* ---- Groups ---- */

struct group_adjustment {
    bool reset;
    const tsr_group *changes;
    size_t n_changes;
    struct previous_buffer *previous;
};

static tsr_status new_groups(const tsr_token *token, tsr_previous_groups *ret_previous)
{
    tsr_token_statistics statistics;

    tsr_token_get_statistics(token, &statistics);
    ret_previous->n_max = statistics.n_groups;
    ret_previous->groups = array_new(ret_previous->n_max, sizeof(*ret_previous->groups));
    REQUIRE(ret_previous->groups, STATUS_NO_MEMORY);
    return TSR_OK;
}

static tsr_status change_groups_telling(const struct group_adjustment *adjustment, tsr_token *old,
                                        tsr_token **ret_new)
{
    CLEANUP(free) tsr_group *groups = NULL;
    CLEANUP(tsr_token_unref) tsr_token *new = NULL;
    tsr_previous_groups previous;
    tsr_status status;

    TRY(new_groups(old, &previous));
    groups = previous.groups;
    status = tsr_token_adjust_groups(old, adjustment->reset, adjustment->changes,
                                     adjustment->n_changes, &previous, &new);
    TRY(status);
    layout_groups(&adjustment->previous->layout, groups, previous.n);
    TRY(previous_check_room(adjustment->previous));
    *ret_new = STEAL(new);
    return status;
}

static tsr_status change_groups(void *context, tsr_token *old, tsr_token **ret_new)
{
    const struct group_adjustment *adjustment = context;

    if (adjustment->previous->to) {
        return change_groups_telling(adjustment, old, ret_new);
    }
    return tsr_token_adjust_groups(old, adjustment->reset, adjustment->changes,
                                   adjustment->n_changes, NULL, ret_new);
}

static tsr_status adjust_groups(HANDLE handle, bool reset, const TOKEN_GROUPS *new_state,
                                struct previous_buffer *previous)
{
    CLEANUP(free) tsr_group *changes = NULL;
    struct group_adjustment adjustment = {.reset = reset, .previous = previous};

    REQUIRE(reset || new_state, STATUS_INVALID_PARAMETER);
    TRY(previous_check(previous));
    if (!reset) {
        adjustment.n_changes = new_state->GroupCount;
        TRY(capture_groups(new_state->Groups, adjustment.n_changes, &changes));
        adjustment.changes = changes;
    }
    return adjust(handle, TOKEN_ADJUST_GROUPS, change_groups, &adjustment, previous);
}

NTSTATUS NTAPI NtAdjustGroupsToken(HANDLE TokenHandle, BOOLEAN ResetToDefault,
                                   PTOKEN_GROUPS NewState, ULONG BufferLength,
                                   PTOKEN_GROUPS PreviousState, PULONG ReturnLength)
{
    CLEANUP(previous_deinit)
    struct previous_buffer previous = previous_of(PreviousState, BufferLength, ReturnLength);

    return nt_status(adjust_groups(TokenHandle, ResetToDefault, NewState, &previous));
}

ZW_NAME(ZwAdjustPrivilegesToken, NtAdjustPrivilegesToken);
ZW_NAME(ZwAdjustGroupsToken, NtAdjustGroupsToken);
