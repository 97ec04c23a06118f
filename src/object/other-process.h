/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Other processes: those that this one started, and those that it looked for
 *
 * What is known of one is who it was when it began or was found; what it did to its token since is
 * its own affair. It is held by a pidfd, so that its number is never taken for another process.
 */

#include <sys/types.h>

#include "object/token-object.h"

struct other_process {
    struct object object;
    pid_t id;
    int fd; /* a pidfd, owned; -1: not started yet */
    bool is_child;
    struct token_object *token;  /* owned */
    _Atomic uint64_t ended_with; /* the exit code that whoever of us ended it chose, or NOT_ENDED */
    struct other_process *next;  /* of the children that nobody holds any more */
};

/**
 * Make an object for a process that is to be started.
 *
 * @param take_token  becomes its token, also on failure
 * @param ret_process  one reference; untouched on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status other_process_new(tsr_token *take_token, struct other_process **ret_process);

/** It was started: @id is a child of ours. @param take_fd  a pidfd of it */
void other_process_begin(struct other_process *process, pid_t id, int take_fd);

/**
 * A running process, by its Linux identity.
 *
 * @param ret_process  one reference; untouched on failure
 * @return STATUS_INVALID_CID (there is none, or a thread's number), STATUS_NO_TOKEN, as
 *         tsr_resolver_new() and tsr_resolver_token()
 */
tsr_status other_process_find(pid_t id, struct other_process **ret_process);

/** @return NULL: it is the process we are */
struct other_process *other_process_of(struct object *object);

/** Of the type's: the last reference to another process is gone. */
void other_process_free(struct object *object);

/** Drop a reference; accepts NULL. @return NULL, always. */
static inline struct other_process *other_process_unref(struct other_process *process)
{
    if (process) {
        (void)object_unref(&process->object);
    }
    return NULL;
}

DEFINE_CLEANUP(__typeof__(struct other_process *), other_process_unref);

/**
 * Wait until a process has ended.
 *
 * @param milliseconds   -1: for ever
 * @param ret_has_ended  false: the time is over; untouched on failure
 */
tsr_status other_process_wait(const struct other_process *process, int64_t milliseconds,
                              bool *ret_has_ended);

/**
 * What a process ended with: its exit status; 128 and the number of the signal that ended it; or
 * what other_process_end() was given.
 *
 * @param ret_code  PROCESS_RUNS while it does; untouched on failure
 * @return STATUS_NOT_SUPPORTED (it has ended, and its parent alone is told how, once)
 */
tsr_status other_process_exit_code(struct other_process *process, uint32_t *ret_code);

#define PROCESS_RUNS 259u /* STILL_ACTIVE, which no program should end with */

/** End a process. @return STATUS_ACCESS_DENIED (not ours to signal, or it has ended) */
tsr_status other_process_end(struct other_process *process, uint32_t exit_code);
