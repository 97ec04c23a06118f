/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reading identities from an open /proc
 */

#include <stddef.h>
#include <sys/types.h>

#include <tessera/linux.h>
#include <tessera/status.h>

static inline void cleanup_tsr_identity_deinit(tsr_identity *identity)
{
    tsr_identity_deinit(identity);
}

/* An open /proc, and the user namespace that capabilities must be of to mean anything to us. */
struct proc {
    int fd; /* owned */
    dev_t namespace_device;
    ino_t namespace_inode;
};

/** @param ret_proc  proc_deinit() by the caller; untouched on failure */
tsr_status proc_init(struct proc *ret_proc);
void proc_deinit(struct proc *proc);

static inline void cleanup_proc_deinit(struct proc *proc)
{
    proc_deinit(proc);
}

/**
 * The identity of a thread that the caller knows to stay what it is meanwhile; start_time is left
 * 0.
 *
 * @param ret_identity  tsr_identity_deinit() by the caller; untouched on failure
 * @return STATUS_NOT_FOUND, STATUS_DATA_ERROR, STATUS_NO_MEMORY, and what opening and reading
 * return
 */
tsr_status identity_read(const struct proc *proc, pid_t thread_id, tsr_identity *ret_identity);
