/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The file-system kit: FUSE sessions that know whose request they serve
 *
 * A file system is a table of libfuse low-level operations. Inside an operation, the kit tells the
 * originator's token; for each open handle it keeps the token of whoever opened it. Operations run
 * on several threads at once.
 */

#define FUSE_USE_VERSION 314

#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tessera/base.h>
#include <tessera/linux.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/** The errno that a FUSE reply carries for a status; EIO for one without a counterpart. */
TSR_PUBLIC int tsr_errno_of_status(tsr_status status);

/* A mounted file system. */
typedef struct tsr_vfs tsr_vfs;

typedef struct tsr_vfs_options {
    const char *mount_point;
    const char *type;       /* shown by mount(8) as fuse.TYPE; letters and digits */
    const char *source;     /* shown by mount(8) */
    tsr_resolver *resolver; /* borrowed; outlives the session */
    unsigned int n_threads; /* at most; 0: a default */
    bool passthrough;       /* let the kernel serve data of handles that allow it, where it can */
} tsr_vfs_options;

/**
 * Mount a file system; requests wait until tsr_vfs_run().
 *
 * Whatever the file system's init asks for, there is no write-back cache, whose writes have no
 * caller and no append, and the kernel judges nothing by POSIX ACLs.
 *
 * A dead mount at the same place (its daemon was killed) is removed first. Needs root.
 *
 * The kernel is told that the file system itself takes set-user-ID and set-group-ID bits and file
 * capabilities away from what is written, truncated or given away (FUSE_HANDLE_KILLPRIV_V2): one
 * whose files have such, and can be reached outside this mount, must do so.
 *
 * @param operations  copied; init and destroy get @context
 * @param context     returned by tsr_vfs_context()
 * @param ret_vfs     owned by the caller, tsr_vfs_free(); untouched on failure
 * @return STATUS_NO_SUCH_DEVICE (no /dev/fuse), STATUS_ACCESS_DENIED, STATUS_OBJECT_NAME_NOT_FOUND,
 *         STATUS_NOT_A_DIRECTORY, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_vfs_mount(const tsr_vfs_options *options,
                                    const struct fuse_lowlevel_ops *operations, void *context,
                                    tsr_vfs **ret_vfs);

/**
 * Take away the dead mounts at a place, if there are any.
 *
 * tsr_vfs_mount() does so too; earlier is for who must look at the place itself.
 */
TSR_PUBLIC void tsr_vfs_remove_dead_mounts(const char *mount_point);

/** Serve requests until the file system is unmounted, tsr_vfs_stop(), or SIGINT, SIGTERM or SIGHUP.
 */
TSR_PUBLIC tsr_status tsr_vfs_run(tsr_vfs *vfs);

/** Unmount, failing what is still asked, and make tsr_vfs_run() return; from any thread. */
TSR_PUBLIC void tsr_vfs_stop(tsr_vfs *vfs);

/** Unmount if still mounted, close what handles are left, and free. @return NULL, always. */
TSR_PUBLIC tsr_vfs *tsr_vfs_free(tsr_vfs *vfs);

/** The session and the context a request belongs to. */
TSR_PUBLIC tsr_vfs *tsr_vfs_of_request(fuse_req_t request);
TSR_PUBLIC void *tsr_vfs_context(fuse_req_t request);
TSR_PUBLIC struct fuse_session *tsr_vfs_session(tsr_vfs *vfs);

/**
 * GetOriginatorToken: who asks for this operation.
 *
 * Valid in any operation but release, releasedir, forget and write-back, which have no caller, and
 * only until the request is answered. A read, unless of a handle with direct_io, may be made ahead
 * for a process that ended since: judge reads by the handle.
 *
 * @param ret_caller  tsr_caller_deinit() by the caller; untouched on failure
 * @return STATUS_NO_TOKEN (nobody: refuse the operation), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_vfs_get_originator(fuse_req_t request, tsr_caller *ret_caller);

/* An open handle. Its members do not change while it is open. */
typedef struct tsr_vfs_handle {
    uint64_t id;        /* what fuse_file_info.fh holds; never 0, never used again */
    tsr_token *creator; /* GetHandleCreatorToken: owned by the handle */
    pid_t creator_process_id;
    uid_t creator_uid;
    char creator_name[16];
    uint32_t granted; /* the rights the handle was opened with */
    int fd;           /* owned; -1: none */
    void *data;       /* the file system's own */
} tsr_vfs_handle;

/**
 * Remember a handle and whose it is.
 *
 * @param creator   from tsr_vfs_get_originator() in the operation that opens; its token is
 * referenced
 * @param take_fd   closed with the handle, and on failure; -1: none
 * @param ret_handle  borrowed, valid until tsr_vfs_handle_close()
 * @return STATUS_NO_MEMORY, STATUS_TOO_MANY_OPENED_FILES
 */
TSR_PUBLIC tsr_status tsr_vfs_handle_open(tsr_vfs *vfs, const tsr_caller *creator, uint32_t granted,
                                          int take_fd, void *data, tsr_vfs_handle **ret_handle);

/**
 * The handle with this id.
 *
 * @return borrowed, valid until the handle is closed; NULL if the id is stale or was never one
 */
TSR_PUBLIC tsr_vfs_handle *tsr_vfs_handle_find(tsr_vfs *vfs, uint64_t id);

/** Forget a handle, dropping its token and closing its fd; a stale id does nothing. */
TSR_PUBLIC void tsr_vfs_handle_close(tsr_vfs *vfs, uint64_t id);

/**
 * Visit open handles in slot order, while none can be closed.
 *
 * @param cursor  0 to begin; where to go on
 * @param visit   returns false to stop before this handle
 */
TSR_PUBLIC void tsr_vfs_handle_each(tsr_vfs *vfs, uint64_t *cursor,
                                    bool (*visit)(const tsr_vfs_handle *handle, void *context),
                                    void *context);

/** Whether the kernel agreed to passthrough; known once the first request arrives. */
TSR_PUBLIC bool tsr_vfs_has_passthrough(const tsr_vfs *vfs);

/**
 * Let the kernel read and write @fd directly for opens that name the returned id.
 *
 * @param ret_backing_id  tsr_vfs_backing_close() by the caller
 * @return STATUS_NOT_SUPPORTED, or what the kernel said
 */
TSR_PUBLIC tsr_status tsr_vfs_backing_open(tsr_vfs *vfs, int fd, uint32_t *ret_backing_id);
TSR_PUBLIC void tsr_vfs_backing_close(tsr_vfs *vfs, uint32_t backing_id);

/** Answer an open whose data the kernel serves from @backing_id. @return 0 or a negated errno. */
TSR_PUBLIC int tsr_vfs_reply_open_backed(fuse_req_t request, const struct fuse_file_info *info,
                                         uint32_t backing_id);

/** The same for a create. */
TSR_PUBLIC int tsr_vfs_reply_create_backed(fuse_req_t request, const struct fuse_entry_param *entry,
                                           const struct fuse_file_info *info, uint32_t backing_id);

TSR_END_DECLS
