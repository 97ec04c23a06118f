/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Acting as somebody else
 *
 * A process has a primary token: the one it was given, or that of its Linux identity. Each of its
 * threads may impersonate another for a while; what it asks for is then judged by that token. This
 * is about what Tessera is asked for: what Linux judges stays with the Linux identity.
 *
 * Impersonation never gives a process more than it holds, unless it has SeImpersonatePrivilege or
 * its own logon session made the token. Where Windows would silently put a token in place that is
 * good for looking at only, these functions fail.
 *
 * Everything may be called from any thread. A thread that ends stops impersonating; a new one does
 * not impersonate. After fork() in a process of several threads the child may only exec.
 */

#include <tessera/access.h>
#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/**
 * Give this process its primary token, before anything else here is used.
 *
 * @param token  its own reference is taken
 * @return STATUS_INVALID_PARAMETER (NULL), STATUS_BAD_TOKEN_TYPE (not a primary token),
 *         STATUS_ACCESS_DENIED (forsworn, see tsr_process_limit()), STATUS_TOKEN_ALREADY_IN_USE
 *         (the process has one already), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_process_set_token(tsr_token *token);

/* What a process may forswear. */
#define TSR_LIMIT_NO_ADMINISTRATOR 0x1u /* tokens in which Administrators is enabled */
#define TSR_LIMIT_RESTRICTED_ONLY  0x2u /* tokens without restricting SIDs */

/**
 * Forswear tokens: from now on no thread of this process impersonates one, the process is assigned
 * none and starts no program by one. Nothing takes it back; what is impersonated already stays, and
 * so does the token that the process has.
 *
 * @param added  TSR_LIMIT_…, besides those that there are
 * @return STATUS_INVALID_PARAMETER (unknown bits; nothing is forsworn then)
 */
TSR_PUBLIC tsr_status tsr_process_limit(unsigned int added);

/**
 * Let the calling thread impersonate @token at @level, in place of whomever it impersonates.
 *
 * There is no stack: to nest, keep what tsr_thread_token() gives. Below TSR_LEVEL_IMPERSONATION the
 * thread tells who the client is and is refused everything.
 *
 * @param token  primary or impersonation; its own reference is taken
 * @return STATUS_INVALID_PARAMETER (NULL), STATUS_ACCESS_DENIED (forsworn, see
 *         tsr_process_limit()), STATUS_BAD_IMPERSONATION_LEVEL (a level that is unknown,
 *         above the token's, or more than this process may act by: token.md 4.3; nothing has
 *         changed then), STATUS_NO_MEMORY, as tsr_effective_token()
 */
TSR_PUBLIC tsr_status tsr_impersonate(tsr_token *token, tsr_impersonation_level level);

/** Be oneself again. It is no error not to impersonate. */
TSR_PUBLIC void tsr_revert(void);

/**
 * The token that the calling thread impersonates, at the level at which it does.
 *
 * @param ret_token  a new reference to an impersonation token; untouched on failure
 * @return STATUS_NO_TOKEN (it does not impersonate), STATUS_NO_MEMORY, as tsr_effective_token()
 */
TSR_PUBLIC tsr_status tsr_thread_token(tsr_token **ret_token);

/**
 * The token that the calling thread acts by: the one it impersonates, or that of the process.
 *
 * @param ret_token  a new reference; untouched on failure
 * @return STATUS_NO_MEMORY; at the first use in a process that was not given a token also what
 *         tsr_resolver_new() and tsr_resolver_token() return
 */
TSR_PUBLIC tsr_status tsr_effective_token(tsr_token **ret_token);

/**
 * Judge a request of the calling thread as opening an object does: tsr_token_open_check() by
 * tsr_effective_token().
 *
 * @return STATUS_BAD_IMPERSONATION_LEVEL (it impersonates below TSR_LEVEL_IMPERSONATION), as
 *         tsr_token_access_check() and tsr_effective_token()
 */
TSR_PUBLIC tsr_access_result tsr_check_as_caller(const tsr_sd *sd,
                                                 const tsr_access_request *request);

TSR_END_DECLS
