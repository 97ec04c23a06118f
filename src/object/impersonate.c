/* SPDX-License-Identifier: MIT */
/* Impersonation. */

#include "object/impersonate.h"

#include <tessera/token-adjust.h>

#include "object/limit.h"
#include "object/session.h"
#include "token/token.h"

/* Whether every restricting SID of one token is one of the other. */
static bool is_subset(const tsr_token *inner, const tsr_token *outer)
{
    tsr_sid sid;

    for (size_t i = 0; tsr_token_get_restricting(inner, i, &sid); i++) {
        bool found = false;
        tsr_sid other;

        for (size_t j = 0; !found && tsr_token_get_restricting(outer, j, &other); j++) {
            found = tsr_sid_equal(&sid, &other);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Whether a token is restricted for writing only. */
static bool is_free_to_read(const tsr_token *token)
{
    return tsr_token_access_flags(token) & TSR_TOKEN_WRITE_RESTRICTED;
}

/* G6: whether @token is restricted at least as the process is. */
static bool is_as_restricted(const tsr_token *process, const tsr_token *token)
{
    if (!tsr_token_is_restricted(process)) {
        return true;
    }
    return tsr_token_is_restricted(token) && is_subset(token, process) &&
           (is_free_to_read(process) || !is_free_to_read(token));
}

/* G7: whether the level of @token is not above that of the process; no level is the highest. */
static bool is_as_trusted(const tsr_token *process, const tsr_token *token)
{
    tsr_sid of_process;
    tsr_sid of_token;

    if (!tsr_token_get_integrity(process, &of_process)) {
        return true;
    }
    return tsr_token_get_integrity(token, &of_token) &&
           of_token.sub_authorities[0] <= of_process.sub_authorities[0];
}

/* G8: whether @token is as contained as the process is. */
static bool is_as_contained(const tsr_token *process, const tsr_token *token)
{
    tsr_sid of_process;
    tsr_sid of_token;
    bool process_is_less;
    bool token_is_less;

    if (!tsr_token_get_package(process, &of_process, &process_is_less)) {
        return true;
    }
    return tsr_token_get_package(token, &of_token, &token_is_less) &&
           tsr_sid_equal(&of_process, &of_token) && (token_is_less || !process_is_less);
}

static bool is_same_user(const tsr_token *process, const tsr_token *token)
{
    tsr_group of_process;
    tsr_group of_token;

    tsr_token_get_user(process, &of_process);
    tsr_token_get_user(token, &of_token);
    return tsr_sid_equal(&of_process.sid, &of_token.sid);
}

/* G3: whether the logon session of the process proved the credentials that made @token. */
static bool is_proved_by(const tsr_token *process, const tsr_token *token)
{
    tsr_token_statistics of_process;
    tsr_token_statistics of_token;

    tsr_token_get_statistics(process, &of_process);
    tsr_token_get_statistics(token, &of_token);
    return of_token.origin != 0 && of_token.origin == of_process.authentication_id;
}

/* G4: the system's own anonymous token. */
static bool is_anonymous(const tsr_token *token)
{
    const tsr_sid anonymous = TSR_SID_ANONYMOUS;
    tsr_token_statistics statistics;
    tsr_group user;

    tsr_token_get_user(token, &user);
    tsr_token_get_statistics(token, &statistics);
    return statistics.authentication_id == SESSION_ANONYMOUS &&
           tsr_sid_equal(&user.sid, &anonymous);
}

bool is_no_more_than(const tsr_token *token, const tsr_token *process)
{
    return is_same_user(process, token) && is_as_restricted(process, token) &&
           is_as_trusted(process, token) &&
           (tsr_token_is_elevated(process) || !tsr_token_is_elevated(token)) &&
           is_as_contained(process, token);
}

enum gate gate_decide(const tsr_token *process, const tsr_token *token,
                      tsr_impersonation_level level)
{
    /* G1: to look at, anybody. */
    if (level < TSR_LEVEL_IMPERSONATION) {
        return GATE_ALLOW;
    }
    /* G2: safe because the privilege of the process counts, which no thread's token adds to. */
    if (tsr_token_enabled_privileges(process) & TSR_PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE)) {
        return GATE_ALLOW;
    }
    if (is_proved_by(process, token) || is_anonymous(token)) {
        return GATE_ALLOW;
    }
    return is_no_more_than(token, process) ? GATE_ALLOW : GATE_IDENTIFICATION;
}

/* A copy of a token that is good for looking at only. */
static tsr_status identification_copy(const tsr_token *token, const tsr_token *process,
                                      struct token_object **ret_copy)
{
    tsr_token *copy;

    TRY(tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IDENTIFICATION, false,
                            &copy));
    return token_object_new_private(copy, process, false, ret_copy);
}

/* What a thread will impersonate of @token, at the level that the gate leaves. */
static tsr_status pass_gate(struct token_object *token, enum downgrade downgrade,
                            tsr_impersonation_level *level, struct token_object **ret_token)
{
    CLEANUP(token_object_unref) struct token_object *primary = NULL;
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *wanted = token_object_get(token);

    TRY(limit_check(wanted));
    /* Nobody acts at a level that was not given to him. */
    REQUIRE(*level <= TSR_LEVEL_DELEGATION, STATUS_BAD_IMPERSONATION_LEVEL);
    REQUIRE(wanted->type == TSR_TOKEN_PRIMARY || *level <= wanted->level,
            STATUS_BAD_IMPERSONATION_LEVEL);

    TRY(process_get_token(&primary));
    process = token_object_get(primary);
    if (gate_decide(process, wanted, *level) == GATE_ALLOW) {
        *ret_token = token_object_ref(token);
        return TSR_OK;
    }
    REQUIRE(downgrade == DOWNGRADE_SILENTLY, STATUS_BAD_IMPERSONATION_LEVEL);
    TRY(identification_copy(wanted, process, ret_token));
    *level = TSR_LEVEL_IDENTIFICATION;
    return TSR_OK;
}

tsr_status impersonate(struct thread *thread, struct token_object *token, bool copy_on_open,
                       bool effective_only, tsr_impersonation_level level, enum downgrade downgrade)
{
    struct impersonation new = {
        .copy_on_open = copy_on_open, .effective_only = effective_only, .level = level};

    TRY(pass_gate(token, downgrade, &new.level, &new.token));
    thread_swap_impersonation(thread, new, NULL);
    return TSR_OK;
}

void revert(struct thread *thread)
{
    thread_swap_impersonation(thread, (struct impersonation){.token = NULL}, NULL);
}

tsr_status effective_token_of(struct thread *thread, struct effective_token *ret_effective)
{
    struct impersonation impersonation;
    struct effective_token primary = {.type = TSR_TOKEN_PRIMARY};

    thread_get_impersonation(thread, &impersonation);
    if (impersonation.token) {
        *ret_effective = (struct effective_token){
            .token = impersonation.token,
            .type = TSR_TOKEN_IMPERSONATION,
            .effective_only = impersonation.effective_only,
            .level = impersonation.level,
        };
        return TSR_OK;
    }
    TRY(process_get_token(&primary.token));
    *ret_effective = primary;
    return TSR_OK;
}

tsr_status opening_token(tsr_token **ret_token)
{
    CLEANUP(effective_token_deinit) struct effective_token effective = {0};
    struct thread *thread;

    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    REQUIRE(effective.type == TSR_TOKEN_PRIMARY || effective.level >= TSR_LEVEL_IMPERSONATION,
            STATUS_BAD_IMPERSONATION_LEVEL);
    *ret_token = token_object_get(effective.token);
    return TSR_OK;
}

tsr_status caller_privileges(uint64_t *ret_held)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    const tsr_status status = opening_token(&token);

    if (status.code == STATUS_BAD_IMPERSONATION_LEVEL) {
        *ret_held = 0;
        return TSR_OK;
    }
    TRY(status);
    *ret_held = tsr_token_enabled_privileges(token);
    return TSR_OK;
}
