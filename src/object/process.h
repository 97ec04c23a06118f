/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The current process and its threads
 *
 * There is one process object for it, and one thread object for each thread that has come here.
 * Another thread's can be opened; a thread that never came here has none. After fork() in a process
 * of several threads the child may only exec. Other processes: other-process.h.
 */

#include <sys/types.h>

#include "object/token-object.h"

/* What a thread does as somebody else (token.md 4.1). */
struct impersonation {
    struct token_object *token; /* owned; NULL: the thread does not impersonate */
    bool copy_on_open;
    bool effective_only;
    tsr_impersonation_level level; /* may be below the token's own */
};

struct other_process;

struct thread {
    struct object object;
    pid_t id;
    struct other_process *process; /* owned; NULL: ours */
    pthread_mutex_t security;      /* of the impersonation: all its members change together */
    struct impersonation impersonation;
    struct thread *next; /* of this process; in nobody's hands once the thread has ended */
};

/**
 * Set the primary token of this process for the first time.
 *
 * @param token  its own reference is taken; marked as in use
 * @return STATUS_TOKEN_ALREADY_IN_USE if the process has one already, STATUS_NO_MEMORY
 */
tsr_status process_init(struct token_object *token);

/**
 * Put another in its place (token.md 3.15), with the session number of the process, whose own
 * descriptor becomes one for the new user. Rights,
 * privileges and the type are the caller's to check.
 *
 * @return STATUS_TOKEN_ALREADY_IN_USE (elsewhere, unless it is as good as the current one, which
 *         then stays), STATUS_NO_MEMORY, as process_get_token()
 */
tsr_status process_assign(struct token_object *token);

/**
 * The primary token object. A process that was not given a token takes that of its Linux identity.
 *
 * @param ret_token  a new reference; untouched on failure
 * @return as default_token()
 */
tsr_status process_get_token(struct token_object **ret_token);

/** The process object. @return a new reference */
struct object *process_object(void);

/** Whether a process object is that of the process we are. */
bool process_is_ours(const struct object *object);

/**
 * The object of a thread, in nobody's list yet.
 *
 * @param token       of its process: who may open the thread
 * @param ret_thread  one reference; untouched on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status thread_new(pid_t id, struct token_object *token, struct thread **ret_thread);

/**
 * The object of the calling thread, made now if it has none.
 *
 * @param ret_thread  borrowed
 * @return STATUS_NO_MEMORY, as process_get_token()
 */
tsr_status thread_get_current(struct thread **ret_thread);

/** The object of the calling thread. @return borrowed; NULL: it has none yet */
struct thread *thread_if_any(void);

/** The object of a thread of this process. @return a new reference; NULL: there is none */
struct thread *thread_find(pid_t id);

static inline struct thread *thread_of(struct object *object)
{
    return (struct thread *)object; /* The object is its first member. */
}

/** Drop a reference; accepts NULL. @return NULL, always. */
static inline struct thread *thread_unref(struct thread *thread)
{
    if (thread) {
        (void)object_unref(&thread->object);
    }
    return NULL;
}

DEFINE_CLEANUP(__typeof__(struct thread *), thread_unref);

static inline void impersonation_deinit(struct impersonation *impersonation)
{
    impersonation->token = token_object_unref(impersonation->token);
}

static inline void cleanup_impersonation_deinit(struct impersonation *impersonation)
{
    impersonation_deinit(impersonation);
}

/**
 * What a thread does as somebody else; its token is NULL if it does not.
 *
 * @param ret_impersonation  impersonation_deinit() by the caller
 */
void thread_get_impersonation(struct thread *thread, struct impersonation *ret_impersonation);

/**
 * Put another in its place, without asking anybody: see impersonate.h for the gate.
 *
 * @param take_new  becomes the thread's
 * @param ret_old   impersonation_deinit() by the caller; NULL: it is dropped
 */
void thread_swap_impersonation(struct thread *thread, struct impersonation take_new,
                               struct impersonation *ret_old);

/**
 * The same only if the thread still impersonates @expected: that token, at that level.
 *
 * @param take_new  kept by the caller if it does not
 * @return whether it did
 */
bool thread_replace_impersonation(struct thread *thread, const struct impersonation *expected,
                                  struct impersonation take_new);
