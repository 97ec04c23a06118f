/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Logon sessions, as the objects that count in them see them
 */

#include <stddef.h>

#include <tessera/session.h>

/* Sessions that always are. */
#define SESSION_SYSTEM          UINT64_C(0x3e7)
#define SESSION_ANONYMOUS       UINT64_C(0x3e6)
#define SESSION_LOCAL_SERVICE   UINT64_C(0x3e5)
#define SESSION_NETWORK_SERVICE UINT64_C(0x3e4)

/** Take one more reference, beginning the session if there is none. @return STATUS_NO_MEMORY */
tsr_status session_join(uint64_t id);

/** @param ret_linked  a new reference @return STATUS_NO_SUCH_LOGON_SESSION (also: no pair) */
tsr_status session_get_linked(uint64_t id, tsr_token **ret_linked);

/** How many references a session has; 0: there is none. For tests. */
size_t session_count(uint64_t id);
