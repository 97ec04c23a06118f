/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Logon sessions (token.md 2.5)
 *
 * A session is a number, the AuthenticationId of its tokens. It is counted by the tokens that
 * handles, threads and processes have, and by whoever holds a reference; with the last of them it
 * ends, and those who asked to be told are. Those of the system, of the anonymous, and of the local
 * and the network service always are.
 *
 * A tsr_token by itself counts nowhere. Where one of a session that is not there is impersonated or
 * assigned, the session begins with it; making tokens by handle needs one that is there.
 *
 * Everything may be called from any thread.
 */

#include <stdint.h>

#include <tessera/base.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/**
 * Begin a session, with one reference.
 *
 * @param id  LUIDs are drawn by AllocateLocallyUniqueId(), or by whoever authenticates
 * @return STATUS_LOGON_SESSION_EXISTS, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_session_new(uint64_t id);

/** Take one more reference. @return STATUS_NO_SUCH_LOGON_SESSION */
TSR_PUBLIC tsr_status tsr_session_ref(uint64_t id);

/** Drop a reference, of which the caller has one. With the last the session ends. */
TSR_PUBLIC void tsr_session_unref(uint64_t id);

/** Ask that routines be told when a session ends. @return STATUS_NOT_FOUND */
TSR_PUBLIC tsr_status tsr_session_mark(uint64_t id);

/* Told by the thread that dropped the last reference, which holds no lock of ours. */
typedef void tsr_session_routine(void *context, uint64_t id);

/**
 * Be told of marked sessions that end.
 *
 * @return STATUS_INVALID_PARAMETER (NULL), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_session_add_routine(tsr_session_routine *routine, void *context);

/**
 * Be told no more; of a session that is ending just now it may still be.
 *
 * @return STATUS_NOT_FOUND, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_session_remove_routine(tsr_session_routine *routine, void *context);

/**
 * Keep the other token of a pair (token.md 6), what TokenLinkedToken tells of tokens of this
 * session, until it ends.
 *
 * @param linked  its own reference is taken
 * @return STATUS_NO_SUCH_LOGON_SESSION; those that always are have none
 */
TSR_PUBLIC tsr_status tsr_session_link(uint64_t id, tsr_token *linked);

TSR_END_DECLS
