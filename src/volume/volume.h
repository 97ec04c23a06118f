/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The volume's own view of itself: nodes, descriptors, judging, operations
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/vfs.h>
#include <tessera/volume.h>

#include "base/check.h"

/*
 * Nodes: one per inode the kernel knows, each holding its object by an O_PATH fd, so that no
 * operation ever walks a path. When half of the fds we may open are taken, new nodes hold their
 * object by a file handle instead, which is opened for the length of an operation.
 */
struct node {
    struct node_table *table;
    struct node *next; /* in its bucket */
    dev_t device;
    ino_t inode;
    mode_t type;                 /* S_IFMT bits */
    int fd;                      /* owned; O_PATH; -1: held by @handle */
    struct file_handle *handle;  /* owned; NULL where there is an fd */
    bool is_hashed;              /* can be found; not once its inode number is another object's */
    uint64_t generation;         /* of nodes: never used again */
    uint64_t n_lookups;          /* the kernel's references */
    _Atomic(ino_t) parent_inode; /* of a directory it was found in */
    atomic_bool corrupt_reported;
    uint32_t backing_id; /* for passthrough; shared by all open handles; 0: none */
    uint32_t n_backed;
};

#define NODE_BUCKETS (1u << 14)

struct node_table {
    pthread_mutex_t lock;
    struct node root;
    struct node *buckets[NODE_BUCKETS];
    struct node *nameless; /* whose inode number is another object's by now */
    uint64_t last_generation;
    size_t n_fds; /* held by nodes */
    size_t n_fds_max;
    int mount_fd; /* owned; where handles are opened */
};

struct tsr_volume {
    tsr_vfs *vfs; /* owned */
    tsr_resolver *resolver;
    tsr_token *anybody; /* owned; Everyone and nothing else */
    struct node_table nodes;
    char *source; /* owned; absolute, for showing */
    tsr_volume_policy policy;
    tsr_volume_cache cache;
    bool enforced;
    void (*report_corrupt)(const char *path, tsr_status status);
    pthread_mutex_t stage_lock;
    int stage_fd; /* owned; -1 until first used */
    _Atomic(uint64_t) stage_counter;
};

/* node.c */

void node_table_init(struct node_table *table);
void node_table_deinit(struct node_table *table);
struct node *node_of(struct tsr_volume *volume, fuse_ino_t id);
fuse_ino_t node_id(struct tsr_volume *volume, const struct node *node);

/**
 * The O_PATH fd of a node's object, borrowed until node_fds_release().
 *
 * @return -1 and errno if the object is gone or cannot be opened; whoever uses it then fails
 */
int node_fd(const struct node *node);

/** Close what node_fd() opened in this thread: at the end of every operation. */
void node_fds_release(void);

/** /proc/self/fd/N of an O_PATH fd: names the object itself, without a path walk. */
struct fd_path {
    char text[32];
};
struct fd_path fd_path(int fd);

/** Open @name in @parent as O_PATH; no mount point is crossed and no link followed. */
tsr_status node_open_child(const struct node *parent, const char *name, int *ret_fd);

/**
 * The node of the object behind @take_fd, with one more lookup counted.
 *
 * @param take_fd     closed or kept
 * @param attributes  of that object
 */
tsr_status node_ref(struct tsr_volume *volume, const struct node *parent, int take_fd,
                    const struct stat *attributes, struct node **ret_node);
void node_forget(struct tsr_volume *volume, struct node *node, uint64_t n_lookups);
tsr_status node_stat(const struct node *node, struct stat *ret_attributes);

/**
 * Take set-id bits from a file that is about to change, as the kernel does for whoever lacks
 * CAP_FSETID. It sees only us, who have it, while the file may be reached past the volume.
 */
tsr_status node_clear_set_id(const struct node *node);

/**
 * The node of the directory in which this one was last found.
 *
 * @return node_forget() one lookup of it by the caller; NULL if the kernel has forgotten it
 */
struct node *node_ref_parent(struct tsr_volume *volume, const struct node *node);

/* An object's descriptor, as it is now. */
struct object_sd {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
    bool stored;  /* not synthesised */
    bool of_mode; /* says what mode bits say: synthesised, or stored as such */
    struct stat attributes;
};

/* store.c */

void object_sd_deinit(struct object_sd *sd);

static inline void cleanup_object_sd_deinit(struct object_sd *sd)
{
    object_sd_deinit(sd);
}

/**
 * Read a node's descriptor, applying the volume's policy where it has none.
 *
 * @return STATUS_FILE_CORRUPT_ERROR (reported once per node), STATUS_ACCESS_DENIED (policy deny)
 */
tsr_status sd_load(struct tsr_volume *volume, struct node *node, struct object_sd *ret_sd);

/** Mark a descriptor as one that says what mode bits say, or take the mark away. */
void sd_mark_of_mode(uint8_t *bytes, bool of_mode);

/** A descriptor in the form in which it is stored, for an object whose mode and owner are
 * @attributes. */
tsr_status sd_encode(int fd, const struct stat *attributes, const void *bytes, size_t size,
                     uint8_t **ret_blob, size_t *ret_size);

/** Store a descriptor with the object behind @fd, whose mode and owner are @attributes. */
tsr_status sd_store(int fd, const struct stat *attributes, const void *bytes, size_t size);

/* One operation in progress and who asks for it. */
struct op {
    struct tsr_volume *volume;
    fuse_req_t request;
    tsr_caller caller; /* token NULL only on an unenforced volume */
};

/* judge.c */

/** Find out who asks. @return STATUS_NO_TOKEN: refuse the operation. */
tsr_status op_begin(fuse_req_t request, struct op *ret_op);
void op_deinit(struct op *op);

static inline void cleanup_op_deinit(struct op *op)
{
    op_deinit(op);
}

/** Whether the caller has all of @rights on an object. */
tsr_status judge(const struct op *op, const struct object_sd *sd, uint32_t rights);

/** The same, reading the node's descriptor. */
tsr_status judge_node(const struct op *op, struct node *node, uint32_t rights);

/** Whether the caller may reach names in a directory: FILE_TRAVERSE, or bypassing it where allowed.
 */
tsr_status judge_traverse(const struct op *op, const struct object_sd *directory);

/** Traverse and @rights on a directory, whose descriptor is returned. */
tsr_status judge_parent(const struct op *op, struct node *parent, uint32_t rights,
                        struct object_sd *ret_sd);

/** Whether the caller may take @child out of @parent, which it may traverse. */
tsr_status judge_remove(const struct op *op, const struct object_sd *parent, struct node *child);

/** FILE_READ_ATTRIBUTES on the object, FILE_LIST_DIRECTORY on it or on a directory that holds it,
 * or FILE_EXECUTE on a file. */
tsr_status judge_stat(const struct op *op, struct node *node);

/** Whether the caller may make this the group of a file, which outside NT is for its members. */
tsr_status judge_group(const struct op *op, gid_t gid);

/** Whether everybody reaches the names in a directory, so that the kernel may remember them. */
bool is_public_directory(const struct tsr_volume *volume, const struct object_sd *directory);

/* entry.c: names */

/** The reply for a node found in @parent; takes one lookup of @node. */
void entry_fill(struct tsr_volume *volume, const struct object_sd *parent, struct node *node,
                const struct stat *attributes, struct fuse_entry_param *ret_entry);

/** Find @name and count one lookup of its node; no right is checked. */
tsr_status entry_find(struct tsr_volume *volume, struct node *parent, const char *name,
                      struct node **ret_node, struct stat *ret_attributes);

/** How long the kernel may remember attributes, in seconds. */
double attributes_timeout(const struct tsr_volume *volume);

void op_lookup(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t request, fuse_ino_t id, uint64_t n_lookups);
void op_forget_multi(fuse_req_t request, size_t n_forgets, struct fuse_forget_data *forgets);

/* stage.c: making objects out of sight */

#define STAGE_NAME ".tessera-stage"

/* An object that is being made: complete before anybody sees it. */
struct staged {
    struct tsr_volume *volume;
    char name[24]; /* in the staging directory; empty: nothing to remove */
    int fd;        /* owned; O_PATH, or open for a regular file */
};

void staged_deinit(struct staged *staged);

static inline void cleanup_staged_deinit(struct staged *staged)
{
    staged_deinit(staged);
}

/** Make an object of the type in @mode, without any access for others; @target for a symbolic link.
 */
tsr_status stage_make(struct tsr_volume *volume, mode_t mode, const char *target,
                      struct staged *ret_staged);

/** Give the finished object its name; fails if the name is taken. */
tsr_status stage_publish(struct staged *staged, const struct node *parent, const char *name);

/** Remove what a killed daemon left; called once, at mount. */
void stage_clean(struct tsr_volume *volume);

/* create.c */
void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode);
void op_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void op_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name);
void op_link(fuse_req_t request, fuse_ino_t id, fuse_ino_t parent, const char *name);
void op_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
               struct fuse_file_info *info);

/* open.c */

/** The rights that open(2) flags ask for. */
uint32_t open_rights(int flags);

/**
 * Open a regular file for a caller to whom @granted was granted, as a new handle in @info.
 *
 * @param ret_backing_id  what the reply must name for passthrough; 0: an ordinary reply
 */
tsr_status open_granted(const struct op *op, struct node *node, uint32_t granted,
                        struct fuse_file_info *info, uint32_t *ret_backing_id);

/** The same after checking that the caller has the rights its flags ask for. */
tsr_status open_checked(const struct op *op, struct node *node, struct fuse_file_info *info,
                        uint32_t *ret_backing_id);

/** Close the handle of a regular file. */
void handle_end(struct tsr_volume *volume, uint64_t id);
void op_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);
void op_release(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);

/* data.c: what happens on open handles */
void op_read(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
             struct fuse_file_info *info);
void op_write_buf(fuse_req_t request, fuse_ino_t id, struct fuse_bufvec *buffer, off_t offset,
                  struct fuse_file_info *info);
void op_flush(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);
void op_fsync(fuse_req_t request, fuse_ino_t id, int data_only, struct fuse_file_info *info);
void op_fsyncdir(fuse_req_t request, fuse_ino_t id, int data_only, struct fuse_file_info *info);
void op_fallocate(fuse_req_t request, fuse_ino_t id, int mode, off_t offset, off_t length,
                  struct fuse_file_info *info);
void op_lseek(fuse_req_t request, fuse_ino_t id, off_t offset, int whence,
              struct fuse_file_info *info);
void op_copy_file_range(fuse_req_t request, fuse_ino_t from, off_t from_offset,
                        struct fuse_file_info *from_info, fuse_ino_t to, off_t to_offset,
                        struct fuse_file_info *to_info, size_t length, int flags);

/* directory.c */
void op_opendir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);
void op_readdir(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                struct fuse_file_info *info);
void op_readdirplus(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                    struct fuse_file_info *info);
void op_releasedir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);

/* remove.c */
void op_unlink(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
               const char *new_name, unsigned int flags);

/* attribute.c */
void op_getattr(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info);
void op_setattr(fuse_req_t request, fuse_ino_t id, struct stat *attributes, int which,
                struct fuse_file_info *info);
void op_access(fuse_req_t request, fuse_ino_t id, int mask);
void op_readlink(fuse_req_t request, fuse_ino_t id);
void op_statfs(fuse_req_t request, fuse_ino_t id);

/* security.c: descriptors as xattrs */
void op_getxattr(fuse_req_t request, fuse_ino_t id, const char *name, size_t size);
void op_setxattr(fuse_req_t request, fuse_ino_t id, const char *name, const char *value,
                 size_t size, int flags);
void op_listxattr(fuse_req_t request, fuse_ino_t id, size_t size);
void op_removexattr(fuse_req_t request, fuse_ino_t id, const char *name);

/** Replace parts of a node's descriptor after checking the rights this needs. */
tsr_status security_change(const struct op *op, struct node *node, uint32_t information,
                           const tsr_sd *change);

/* handles.c */
void op_ioctl(fuse_req_t request, fuse_ino_t id, unsigned int command, void *argument,
              struct fuse_file_info *info, unsigned int flags, const void *in_buffer, size_t n_in,
              size_t n_out);

/* Every operation ends in one reply: the error if there is one. */
static inline void reply_status(fuse_req_t request, tsr_status status)
{
    (void)fuse_reply_err(request, tsr_errno_of_status(status));
}

/* The status of a system call, from errno where it failed. */
static inline tsr_status status_of_result(int result)
{
    return result < 0 ? tsr_status_of_errno(errno) : TSR_OK;
}
