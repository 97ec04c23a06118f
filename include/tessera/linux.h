/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tokens mean to Linux
 *
 * Who is this process or FUSE request; which token does that identity have; how does a program
 * start under a token. Details and measurements: reference linux.md sections 3 and 5.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tessera/base.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/** The status for an errno value; STATUS_UNSUCCESSFUL for one without a counterpart. */
TSR_PUBLIC tsr_status tsr_status_of_errno(int error);

/* Where tags are published unless told otherwise; only root can write there, and a reboot clears
 * it. */
#define TSR_STATE_DIR "/run/tessera"

/* Tags are supplementary gids of this range: TSR_TAG_FIRST + a 24-bit counter. */
#define TSR_TAG_FIRST 0x6A000001u
#define TSR_TAG_LAST  0x6AFFFFFFu

static inline bool tsr_gid_is_tag(gid_t gid)
{
    return gid >= TSR_TAG_FIRST && gid <= TSR_TAG_LAST;
}

/* One thread's credentials, as the kernel had them at one moment. */
typedef struct tsr_identity {
    pid_t thread_id;
    pid_t process_id;
    uint64_t start_time; /* of the thread: clock ticks since boot */
    uid_t real_uid;
    uid_t uid;             /* what file access is judged by: fsuid */
    gid_t gid;             /* fsgid */
    uint64_t capabilities; /* effective set; 0 in a user namespace other than ours */
    bool is_kernel_thread; /* as far as the kernel tells (6.8) */
    char name[16];         /* terminated; chosen by the process, so for display only */
    gid_t *groups;         /* owned; supplementary, ascending */
    size_t n_groups;
} tsr_identity;

/** Free what an identity holds; accepts zeroed memory. */
TSR_PUBLIC void tsr_identity_deinit(tsr_identity *identity);

/**
 * The identity of a running process or thread.
 *
 * Read between opening a pidfd and finding it still alive, so that it cannot be that of another
 * process which was given the same number meanwhile.
 *
 * @param ret_identity  tsr_identity_deinit() by the caller; untouched on failure
 * @return STATUS_NOT_FOUND (no such thread, or it ended meanwhile), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_identity_of_thread(pid_t thread_id, tsr_identity *ret_identity);

/* How a caller's token was found. */
typedef enum tsr_origin {
    TSR_ORIGIN_NONE,     /* no token: nobody */
    TSR_ORIGIN_PLAIN,    /* made from uid, groups and capabilities */
    TSR_ORIGIN_TAGGED,   /* the published token of its tag */
    TSR_ORIGIN_OVERRIDE, /* the kernel acted with other credentials than the thread's: uid only */
} tsr_origin;

/* Turns Linux callers into tokens. Safe to use from any thread. */
typedef struct tsr_resolver tsr_resolver;

typedef struct tsr_resolver_options {
    const char *map_path;  /* the `files` provider's map; NULL: only the algorithmic provider */
    const char *state_dir; /* where tags are published; NULL: TSR_STATE_DIR */
} tsr_resolver_options;

/**
 * @param ret_resolver  owned by the caller, tsr_resolver_free(); untouched on failure
 * @param ret_line      line of the map that is wrong, 0 if it is not about a line; may be NULL
 * @return STATUS_NOT_SUPPORTED (/proc is of another pid namespace and would name the wrong
 * threads), STATUS_OBJECT_NAME_NOT_FOUND, STATUS_ACCESS_DENIED (the map or the state directory can
 * be written by others than root), STATUS_DATA_ERROR (the map), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_resolver_new(const tsr_resolver_options *options,
                                       tsr_resolver **ret_resolver, size_t *ret_line);
TSR_PUBLIC tsr_resolver *tsr_resolver_free(tsr_resolver *resolver);

/**
 * The token of an identity.
 *
 * An identity whose supplementary groups hold a tag has the token published for it, if and only if
 * that token's uid is the identity's; otherwise, and with more than one tag, it has none. One
 * without a tag has a token made from uid, groups and capabilities.
 *
 * @param ret_token   a new reference; untouched on failure
 * @param ret_origin  may be NULL
 * @return STATUS_NO_TOKEN (unknown tag, wrong uid, several tags, more groups than a token holds),
 *         STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_resolver_token(tsr_resolver *resolver, const tsr_identity *identity,
                                         tsr_token **ret_token, tsr_origin *ret_origin);

/* What is known of the thread behind a FUSE request. */
typedef struct tsr_caller {
    tsr_token *token; /* a reference */
    tsr_origin origin;
    pid_t process_id;
    pid_t thread_id;
    uid_t uid; /* of the request */
    char name[16];
} tsr_caller;

/** Drop the token a caller holds; accepts zeroed memory. */
TSR_PUBLIC void tsr_caller_deinit(tsr_caller *caller);

/**
 * The caller behind a FUSE request that is being handled and not answered yet.
 *
 * Only while the kernel waits for the answer is the thread held in place, so that its /proc entry
 * is its own (linux.md 3.3). Where the request's uid is not the thread's fsuid the kernel acted
 * with other credentials: the token is then made of the uid alone, without groups or privileges,
 * and refused if the thread carries a tag.
 *
 * @param thread_id, uid, gid  from the request's header
 * @param ret_caller  tsr_caller_deinit() by the caller; untouched on failure
 * @return STATUS_NO_TOKEN (thread 0 or gone, or what tsr_resolver_token() refuses),
 * STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_resolver_caller(tsr_resolver *resolver, pid_t thread_id, uid_t uid,
                                          gid_t gid, tsr_caller *ret_caller);

/* Ids <-> SIDs, through the map and then arithmetic (linux.md 5). A tag is S-1-0-0, which nobody
 * is. */
TSR_PUBLIC void tsr_resolver_sid_of_uid(const tsr_resolver *resolver, uid_t uid, tsr_sid *ret_sid);
TSR_PUBLIC void tsr_resolver_sid_of_gid(const tsr_resolver *resolver, gid_t gid, tsr_sid *ret_sid);

/** @return whether the SID is that of a uid */
TSR_PUBLIC bool tsr_resolver_uid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid,
                                        uid_t *ret_uid);
TSR_PUBLIC bool tsr_resolver_gid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid,
                                        gid_t *ret_gid);

/**
 * Lease a tag and publish @token under it, for processes of @uid.
 *
 * The number has never been used since the state directory was made, nor did any running process
 * hold it then. One machine uses one state directory. Needs root.
 *
 * @param state_dir  NULL: TSR_STATE_DIR; created if absent
 * @param uid        not 0, which no tag confines
 * @return STATUS_ACCESS_DENIED (not root, or the directory can be written by others),
 *         STATUS_INVALID_PARAMETER (uid), STATUS_INSUFFICIENT_RESOURCES (all 2^24 used),
 *         STATUS_DATA_ERROR (the counter is damaged), STATUS_NO_MEMORY, STATUS_IO_DEVICE_ERROR
 */
TSR_PUBLIC tsr_status tsr_tag_lease(const char *state_dir, const tsr_token *token, uid_t uid,
                                    gid_t *ret_tag);

typedef enum tsr_path_access {
    TSR_PATH_READ = 1,  /* read files and list directories */
    TSR_PATH_WRITE = 2, /* create, change and remove */
    TSR_PATH_EXECUTE = 4,
} tsr_path_access;

typedef struct tsr_path_rule {
    const char *path;    /* the file, or the tree below the directory */
    unsigned int access; /* tsr_path_access bits */
} tsr_path_rule;

/* A program to start under a token. Everything is borrowed for the duration of the call. */
typedef struct tsr_launch_spec {
    const tsr_token *token; /* decides the capabilities; NULL: the program is who the caller is, and
                               the credentials below are not looked at */
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary */
    size_t n_groups;
    gid_t tag; /* 0: an untagged launch, without confinement */
    /* With a tag: the file policy. No rules: files are left to the volume and to Linux. */
    const tsr_path_rule *rules;
    size_t n_rules;
    const char *program;      /* its file; NULL: argv[0], looked up in PATH */
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL: the caller's */
    const char *directory;    /* entered as the program's user; NULL: the caller's */
    bool keep_desktop;        /* do not remove DISPLAY, WAYLAND_DISPLAY, DBUS_SESSION_BUS_ADDRESS,
                                 SSH_AUTH_SOCK */
    bool keep_terminal;       /* do not start a new session */
} tsr_launch_spec;

/**
 * Start a program under a token.
 *
 * With a tag the child has no_new_privs, the tag as supplementary group, no capability but those of
 * the token's enabled privileges that cannot undo the confinement, and a Landlock domain that
 * scopes signals and abstract sockets and applies @rules. A child that is not root does not have
 * the keys of the caller's session. If any of this fails nothing is started. Needs root, unless
 * there is no token.
 *
 * @param ret_pid  to be waited for by the caller
 * @return STATUS_NOT_SUPPORTED (Landlock scoping is missing in this kernel; a tagged launch as uid
 * 0, which Linux would not confine), STATUS_INVALID_PARAMETER, STATUS_ACCESS_DENIED (not root, or
 *         the program may not be run), STATUS_PRIVILEGE_NOT_HELD (root without the capabilities
 * needed), STATUS_OBJECT_NAME_NOT_FOUND (no such program, directory or rule path), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_launch(const tsr_launch_spec *spec, pid_t *ret_pid);

/** The capabilities that @privileges stand for on Linux (token.md 1.8). */
TSR_PUBLIC uint64_t tsr_capabilities_of_privileges(uint64_t privileges);

/** The privileges that @capabilities stand for. */
TSR_PUBLIC uint64_t tsr_privileges_of_capabilities(uint64_t capabilities);

TSR_END_DECLS
