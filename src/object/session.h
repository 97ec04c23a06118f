/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Logon sessions (token.md 2.5)
 *
 * A session is counted by the token objects that belong to it; with the last of them it ends, and
 * those who asked to be told are.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>
#include <tessera/token.h>

/* Sessions that always are. */
#define SESSION_SYSTEM          UINT64_C(0x3e7)
#define SESSION_ANONYMOUS       UINT64_C(0x3e6)
#define SESSION_LOCAL_SERVICE   UINT64_C(0x3e5)
#define SESSION_NETWORK_SERVICE UINT64_C(0x3e4)

/** Begin a session, with one reference. @return STATUS_LOGON_SESSION_EXISTS, STATUS_NO_MEMORY */
tsr_status session_new(uint64_t id);

/** Take one more reference. @return STATUS_NO_SUCH_LOGON_SESSION */
tsr_status session_ref(uint64_t id);

/** Take one more reference, beginning the session if there is none. @return STATUS_NO_MEMORY */
tsr_status session_join(uint64_t id);

/** Drop a reference, of which the caller has one. With the last the session ends. */
void session_unref(uint64_t id);

/** Ask that routines be told when a session ends. @return STATUS_NOT_FOUND */
tsr_status session_mark(uint64_t id);

/* Told from the thread that dropped the last reference, which holds no lock of ours. */
typedef void session_routine(uint64_t id);

/** @return STATUS_INVALID_PARAMETER (NULL), STATUS_NO_MEMORY */
tsr_status session_add_routine(session_routine *routine);

/** @return STATUS_NOT_FOUND */
tsr_status session_remove_routine(session_routine *routine);

/**
 * Keep the other token of a pair (token.md 6): what tokens of this session are linked to.
 *
 * @param linked  its own reference is taken
 * @return STATUS_NO_SUCH_LOGON_SESSION; those that always are have none
 */
tsr_status session_set_linked(uint64_t id, tsr_token *linked);

/** @param ret_linked  a new reference @return STATUS_NO_SUCH_LOGON_SESSION (also: no pair) */
tsr_status session_get_linked(uint64_t id, tsr_token **ret_linked);

/** How many references a session has; 0: there is none. For tests. */
size_t session_count(uint64_t id);
