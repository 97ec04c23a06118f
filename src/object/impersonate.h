/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Impersonation: the gate, and what passes through it (token.md 4)
 *
 * Every way of impersonating ends in impersonate(), and that decides. Impersonation never gives a
 * process more than it holds, unless it has SeImpersonatePrivilege or proved the credentials
 * itself.
 */

#include <stdbool.h>

#include "object/process.h"

/* What the gate says. */
enum gate {
    GATE_ALLOW,
    GATE_IDENTIFICATION, /* a copy, good for looking at only */
};

/**
 * Rules G1 to G9: whether a process whose primary token is @process may impersonate @token at
 * @level.
 */
enum gate gate_decide(const tsr_token *process, const tsr_token *token,
                      tsr_impersonation_level level);

/** Rules G5 to G9: whether @token is of the process's user, and no more than the process is. */
bool is_no_more_than(const tsr_token *token, const tsr_token *process);

/* What to do where the gate does not let a token through as it is. */
enum downgrade {
    DOWNGRADE_SILENTLY, /* as Windows: impersonate a copy at identification, and succeed */
    DOWNGRADE_FAILS,    /* STATUS_BAD_IMPERSONATION_LEVEL, and nothing changes */
};

/**
 * Let a thread impersonate (PsImpersonateClient).
 *
 * @param token  its own reference is taken
 * @return STATUS_NO_MEMORY, STATUS_ACCESS_DENIED (forsworn: limit.h),
 *         STATUS_BAD_IMPERSONATION_LEVEL (an unknown level, one above that of an impersonation
 *         token, or as @downgrade says), STATUS_NO_SUCH_LOGON_SESSION (of a copy)
 */
tsr_status impersonate(struct thread *thread, struct token_object *token, bool copy_on_open,
                       bool effective_only, tsr_impersonation_level level,
                       enum downgrade downgrade);

/** End it. It is no error if the thread does not impersonate. */
void revert(struct thread *thread);

/* The token a thread acts by. */
struct effective_token {
    struct token_object *token; /* owned */
    tsr_token_type type;        /* impersonation, or primary: the members below mean nothing then */
    bool effective_only;
    tsr_impersonation_level level;
};

static inline void effective_token_deinit(struct effective_token *effective)
{
    effective->token = token_object_unref(effective->token);
}

static inline void cleanup_effective_token_deinit(struct effective_token *effective)
{
    effective_token_deinit(effective);
}

/** The thread's impersonation token, else the process's primary token. @return as
 * process_get_token() */
tsr_status effective_token_of(struct thread *thread, struct effective_token *ret_effective);

/**
 * The token by which the calling thread opens things: a thread that impersonates below
 * TSR_LEVEL_IMPERSONATION opens nothing, whatever level its token has.
 *
 * @param ret_token  a new reference, which tsr_token_open_check() understands
 * @return STATUS_BAD_IMPERSONATION_LEVEL, as thread_get_current()
 */
tsr_status opening_token(tsr_token **ret_token);

/** The privileges that a service asks the calling thread for: none below impersonation. */
tsr_status caller_privileges(uint64_t *ret_held);
