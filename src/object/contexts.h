/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a server keeps of who asks it for something (token.md 5)
 *
 * A subject context holds both tokens of one moment; a client context holds what a server may
 * impersonate later. Each is in its owner's memory; _deinit() accepts zeroed memory.
 */

#include "object/impersonate.h"

/* ---- Subject contexts ---- */

struct subject_context {
    struct token_object *client;   /* owned; NULL: the thread did not impersonate */
    tsr_impersonation_level level; /* of the thread, with a client only */
    struct token_object *primary;  /* owned */
};

/**
 * Capture what a thread acts by (SeCaptureSubjectContextEx).
 *
 * @param thread       NULL: no client token, whoever is impersonated
 * @param ret_context  subject_deinit() by the caller; untouched on failure
 * @return as process_get_token()
 */
tsr_status subject_capture(struct thread *thread, struct subject_context *ret_context);
void subject_deinit(struct subject_context *context);

static inline void cleanup_subject_deinit(struct subject_context *context)
{
    subject_deinit(context);
}

/* Both tokens as they were at one moment: what changes the objects does not change these. */
struct subject_lock {
    tsr_token *client; /* owned; may be NULL */
    tsr_token *primary;
};

/** Hold the tokens still (SeLockSubjectContext). @param ret_lock  subject_unlock() by the caller */
void subject_lock(const struct subject_context *context, struct subject_lock *ret_lock);
void subject_unlock(struct subject_lock *lock);

static inline void cleanup_subject_unlock(struct subject_lock *lock)
{
    subject_unlock(lock);
}

/** The client's token, else the primary (SeQuerySubjectContextToken); no level is looked at. */
static inline const tsr_token *subject_peek_token(const struct subject_lock *lock)
{
    return lock->client ? lock->client : lock->primary;
}

/** SeAccessCheck: a client below impersonation is STATUS_BAD_IMPERSONATION_LEVEL. */
tsr_access_result subject_access_check(const struct subject_context *context, const tsr_sd *sd,
                                       const tsr_access_request *request);

/* On whose behalf a privilege is asked for. */
enum processor_mode {
    MODE_KERNEL, /* our own, which has all */
    MODE_USER,
};

/**
 * SePrivilegeCheck. A client below impersonation has none, in either mode.
 *
 * @param privileges  those that are enabled are marked as used
 */
bool subject_privilege_check(const struct subject_context *context, uint32_t control,
                             tsr_privilege_state *privileges, size_t n_privileges,
                             enum processor_mode mode);

/** SeSinglePrivilegeCheck, for the calling thread; false also where memory is short. */
bool single_privilege_check(uint32_t luid, enum processor_mode mode);

/* ---- Client contexts ---- */

/* SECURITY_QUALITY_OF_SERVICE */
struct client_qos {
    tsr_impersonation_level level;
    bool dynamic; /* follow what the client's token becomes, where the client is local */
    bool effective_only;
};

struct client_context {
    struct token_object *token; /* owned: the client's own, or a copy */
    tsr_impersonation_level level;
    bool is_direct; /* the token is the client's own */
    bool effective_only;
    bool is_remote;
};

/**
 * SeCreateClientSecurity.
 *
 * @param is_remote    the server will act on another machine
 * @param ret_context  client_context_deinit() by the caller; untouched on failure
 * @return STATUS_INVALID_PARAMETER (an unknown level), STATUS_BAD_IMPERSONATION_LEVEL (of a client
 *         that impersonates: above its level, or it is below impersonation, or remote and below
 *         delegation), STATUS_NO_SUCH_LOGON_SESSION, STATUS_NO_MEMORY
 */
tsr_status client_context_create(struct thread *client, const struct client_qos *qos,
                                 bool is_remote, struct client_context *ret_context);

/** SeCreateClientSecurityFromSubjectContext. @return as client_context_create() */
tsr_status client_context_of_subject(const struct subject_context *subject,
                                     const struct client_qos *qos, bool is_remote,
                                     struct client_context *ret_context);
void client_context_deinit(struct client_context *context);

static inline void cleanup_client_context_deinit(struct client_context *context)
{
    client_context_deinit(context);
}

/**
 * SeImpersonateClientEx: the token is copied when it is opened.
 *
 * @param server  NULL: the calling thread
 * @return as impersonate(), which downgrades silently
 */
tsr_status client_context_impersonate(const struct client_context *context, struct thread *server);
