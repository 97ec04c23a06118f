/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The native services on handles (token.md 3, 4)
 *
 * What NtXxx functions do once they have captured their arguments: pointers here are good, and the
 * layouts of Windows belong to whoever spells these services. Each validates in the order of its
 * section. A handle that is put out is HANDLE_NONE on failure; other outputs are untouched, and so
 * is everything else, unless it is said otherwise.
 *
 * Each may also return what thread_get_current() does, and STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH and STATUS_ACCESS_DENIED of its handles.
 */

#include <tessera/token-adjust.h>

#include "object/reference.h"
#include "object/token-class.h"

/* ---- Opening (token-open.c) ---- */

/** NtOpenProcessTokenEx (3.3). @return as object_check() */
tsr_status service_open_process_token(handle_t process, uint32_t desired, uint32_t flags,
                                      handle_t *ret_handle);

/**
 * NtOpenThreadTokenEx (3.4). Opening a token that is copied on open lets the thread impersonate the
 * copy from then on.
 *
 * @return STATUS_NO_TOKEN, STATUS_CANT_OPEN_ANONYMOUS, STATUS_BAD_IMPERSONATION_LEVEL, as
 *         object_check()
 */
tsr_status service_open_thread_token(handle_t thread, uint32_t desired, bool as_self,
                                     uint32_t flags, handle_t *ret_handle);

/* ---- Making (token-make.c) ---- */

/**
 * NtCreateToken (3.1). No integrity level in @spec: medium; the session number is the caller's.
 *
 * @return STATUS_BAD_TOKEN_TYPE, STATUS_PRIVILEGE_NOT_HELD (SeCreateTokenPrivilege),
 *         STATUS_NO_SUCH_LOGON_SESSION, as tsr_token_new() and handle_to_new_token()
 */
tsr_status service_create_token(const tsr_token_spec *spec, const struct handle_request *request,
                                handle_t *ret_handle);

struct duplicate_request {
    struct handle_request handle; /* desired 0: what the source's handle was granted */
    tsr_token_type type;
    bool effective_only;
    bool has_level; /* a quality of service was given */
    tsr_impersonation_level level;
};

/** NtDuplicateToken (3.5). @return as tsr_token_duplicate() and handle_to_new_token() */
tsr_status service_duplicate_token(handle_t source, const struct duplicate_request *request,
                                   handle_t *ret_handle);

/**
 * NtFilterToken (3.6). The new handle is granted what the source's was.
 *
 * @param spec  the caller is filled in
 * @return as tsr_token_filter() and handle_to_new_token()
 */
tsr_status service_filter_token(handle_t source, const tsr_token_filter_spec *spec,
                                handle_t *ret_handle);

/**
 * NtCreateLowBoxToken (3.14). A DACL that is not asked for allows the package everything.
 *
 * @param request  the package is filled in
 * @return as tsr_token_new_lowbox() and handle_to_new_token()
 */
tsr_status service_create_lowbox_token(handle_t source, const tsr_lowbox_spec *spec,
                                       const struct handle_request *request, handle_t *ret_handle);

/**
 * TokenLinkedToken (6): a new token with all access, to look at only; to use, for those who have
 * SeTcbPrivilege.
 *
 * @return STATUS_NO_SUCH_LOGON_SESSION (not one of a pair)
 */
tsr_status service_query_linked_token(handle_t source, handle_t *ret_handle);

/* ---- Asking (token-ask.c) ---- */

/**
 * Whether a token has what a class that can be asked for is about.
 *
 * @return STATUS_INVALID_PARAMETER (the level of a primary token), STATUS_NOT_FOUND (the logon SID
 *         of a token without)
 */
tsr_status token_tells(const tsr_token *token, uint32_t token_class);

/**
 * NtQueryInformationToken (3.9): the token that @token_class is to be told of.
 *
 * The spelling lays out what it tells, and judges the room for it by token_class_find(). For
 * TOKEN_CLASS_LINKED_TOKEN it calls service_query_linked_token() instead.
 *
 * @param ret_token  a new reference
 * @return STATUS_INVALID_INFO_CLASS, STATUS_NO_TOKEN, as token_tells()
 */
tsr_status service_query_token(handle_t handle, uint32_t token_class, tsr_token **ret_token);

/** NtPrivilegeCheck (3.11). @return as tsr_token_privilege_check() */
tsr_status service_privilege_check(handle_t handle, uint32_t control,
                                   tsr_privilege_state *privileges, size_t n_privileges,
                                   bool *ret_held);

/** NtCompareTokens (3.12). @return as tsr_token_compare() */
tsr_status service_compare_tokens(handle_t first, handle_t second, bool *ret_equal);

/**
 * CheckTokenMembershipEx (3.13).
 *
 * @param handle         HANDLE_NONE: what the thread acts by
 * @param flags          TSR_MEMBERSHIP_…
 * @param ret_is_member  false on failure
 * @return as tsr_token_check_membership_ex()
 */
tsr_status service_check_membership(handle_t handle, const tsr_sid *sid, uint32_t flags,
                                    bool *ret_is_member);

/**
 * CheckTokenCapability.
 *
 * @param handle              as above
 * @param ret_has_capability  false on failure
 * @return as tsr_token_check_capability()
 */
tsr_status service_check_capability(handle_t handle, const tsr_sid *capability,
                                    bool *ret_has_capability);

/* ---- Changing (token-change.c) ---- */

/** NtAdjustPrivilegesToken (3.7). @return as tsr_token_adjust_privileges() */
tsr_status service_adjust_privileges(handle_t handle, bool disable_all,
                                     const tsr_privilege_state *changes, size_t n_changes,
                                     tsr_previous_privileges *previous);

/** NtAdjustGroupsToken (3.8). @return as tsr_token_adjust_groups() */
tsr_status service_adjust_groups(handle_t handle, bool reset, const tsr_group *changes,
                                 size_t n_changes, tsr_previous_groups *previous);

/* What a class is set to; which member counts is the class's. */
struct token_setting {
    const tsr_sid *sid;      /* owner, primary group, integrity level */
    const tsr_acl *dacl;     /* NULL: none */
    uint32_t number;         /* session, policy, and what is on or off */
    uint64_t luid;           /* origin */
    handle_t handle;         /* linked token; needs TOKEN_DUPLICATE */
    const tsr_claim *claims; /* security attributes */
    size_t n_claims;
};

/**
 * NtSetInformationToken (3.10).
 *
 * @return STATUS_INVALID_INFO_CLASS, STATUS_PRIVILEGE_NOT_HELD, as tsr_token_set_…()
 */
tsr_status service_set_token(handle_t handle, uint32_t token_class,
                             const struct token_setting *setting);

/* ---- Impersonating (thread-token.c): what the gate refuses is downgraded silently ---- */

/** SetThreadToken (4.5). @param token  HANDLE_NONE: revert @return STATUS_BAD_TOKEN_TYPE */
tsr_status service_set_thread_token(handle_t thread, handle_t token);

/** RevertToSelf (4.6). */
tsr_status service_revert_to_self(void);

/** ImpersonateSelf (4.7). @return as service_open_process_token() and tsr_token_duplicate() */
tsr_status service_impersonate_self(tsr_impersonation_level level);

/** ImpersonateLoggedOnUser (4.8). */
tsr_status service_impersonate_logged_on_user(handle_t token);

/**
 * NtImpersonateAnonymousToken (4.9).
 *
 * @param with_everyone  what the policy EveryoneIncludesAnonymous says
 * @return STATUS_ACCESS_DENIED (also for a restricted process)
 */
tsr_status service_impersonate_anonymous(handle_t thread, bool with_everyone);

struct client_qos; /* contexts.h */

/** NtImpersonateThread (4.10). @return as client_context_create() */
tsr_status service_impersonate_thread(handle_t server, handle_t client,
                                      const struct client_qos *qos);

/**
 * Assign the primary token of this process (3.15).
 *
 * @return STATUS_BAD_TOKEN_TYPE, STATUS_PRIVILEGE_NOT_HELD (SeAssignPrimaryTokenPrivilege, unless
 *         it is a child or a sibling of the current one), STATUS_TOKEN_ALREADY_IN_USE
 */
tsr_status service_assign_process_token(handle_t process, handle_t token);

/* ---- Other processes (process-create.c) ---- */

/* A program to start. Everything is borrowed. */
struct process_request {
    const char *program;      /* its file; NULL: argv[0], looked up in PATH */
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL: ours */
    const char *directory;    /* NULL: ours */
    bool new_session;
    uint32_t process_flags; /* HANDLE_FLAG_… */
    uint32_t thread_flags;
};

struct process_handles {
    handle_t process; /* all rights */
    handle_t thread;
    pid_t id;
};

/**
 * CreateProcessAsUser, and with HANDLE_NONE CreateProcess: under a duplicate of the process's own
 * token, whatever the thread impersonates (3.15).
 *
 * Where Linux credentials alone say all that the token says, the program has these; otherwise it is
 * tagged and confined as tsr_launch() does, for which there must be root. A token whose policy says
 * so runs no higher than the label of the program's file, and that file is what runs.
 *
 * @param token        an impersonation token is made a primary one
 * @param ret_handles  untouched on failure
 * @return STATUS_BAD_IMPERSONATION_LEVEL, STATUS_NO_SUCH_USER (one without uid), as
 *         check_assignment(), tsr_tag_lease() and tsr_launch()
 */
tsr_status service_create_process(handle_t token, const struct process_request *request,
                                  struct process_handles *ret_handles);

/** NtOpenProcess. @return STATUS_INVALID_CID, as other_process_find() and object_check() */
tsr_status service_open_process(pid_t id, uint32_t desired, uint32_t flags, handle_t *ret_handle);

/** NtTerminateProcess. @return as other_process_end(); ourselves: STATUS_NOT_SUPPORTED */
tsr_status service_terminate_process(handle_t process, uint32_t exit_code);

/** The number of a process. */
tsr_status service_query_process_id(handle_t process, pid_t *ret_id);

/** Its exit code. @return as other_process_exit_code() */
tsr_status service_query_exit_code(handle_t process, uint32_t *ret_code);

/** NtWaitForSingleObject, of another process. @return as other_process_wait() */
tsr_status service_wait_process(handle_t process, int64_t milliseconds, bool *ret_has_ended);

/* ---- Handles and their objects (handle-duplicate.c, object-security.c) ---- */

#define DUPLICATE_CLOSE_SOURCE    0x1u
#define DUPLICATE_SAME_ACCESS     0x2u
#define DUPLICATE_SAME_ATTRIBUTES 0x4u

struct handle_duplicate_request {
    handle_t source_process;
    handle_t target_process;
    uint32_t desired;
    uint32_t flags;   /* HANDLE_FLAG_… */
    uint32_t options; /* DUPLICATE_… */
};

/**
 * NtDuplicateObject. Rights that the source was not granted are checked against what the calling
 * thread acts by, and against the token of the target process (4.13).
 *
 * @param ret_handle  NULL: only the source is closed, as options say, which is done also on failure
 * @return STATUS_INVALID_PARAMETER (unknown options), as object_check()
 */
tsr_status service_duplicate_handle(handle_t source, const struct handle_duplicate_request *request,
                                    handle_t *ret_handle);

/** NtClose. Closing a pseudo handle does nothing, and succeeds. @return as handle_close() */
tsr_status service_close(handle_t handle);

/** Open a thread of this process. @return STATUS_INVALID_CID, as object_check() */
tsr_status service_open_thread(pid_t id, uint32_t desired, uint32_t flags, handle_t *ret_handle);

/** NtQuerySecurityObject. @param ret_sd  owned by the caller @return as tsr_sd_select() */
tsr_status service_query_security(handle_t handle, uint32_t information, uint8_t **ret_sd,
                                  size_t *ret_size);

/**
 * NtSetSecurityObject. The label of a token stays as it is, without an error (2.3).
 *
 * @return as tsr_sd_change_object()
 */
tsr_status service_set_security(handle_t handle, uint32_t information, const tsr_sd *sd);
