/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The kit's own view of a session
 */

#include <pthread.h>
#include <stdatomic.h>

#include <tessera/vfs.h>

/* Open handles. A slot's address never changes; its generation tells one use from the next. */
#define HANDLE_CHUNK_SLOTS 1024u
#define HANDLE_CHUNKS_MAX  1024u

struct handle_slot {
    _Atomic(uint64_t) id; /* 0: free */
    uint32_t generation;
    uint32_t next_free; /* number of the next free one: index + 1; 0: end */
    tsr_vfs_handle handle;
};

struct handle_table {
    pthread_mutex_t lock; /* taken to open, close and visit; looking up takes none */
    _Atomic(struct handle_slot *) chunks[HANDLE_CHUNKS_MAX]; /* owned */
    uint32_t n_slots;
    uint32_t first_free; /* number; 0: none */
};

void handle_table_init(struct handle_table *table);
void handle_table_deinit(struct handle_table *table);

/* What libfuse cannot say: see transport.c. */
struct transport {
    int fd; /* of /dev/fuse; borrowed from the session, which closes it */
    bool want_passthrough;
    _Atomic(uint64_t) init_unique; /* of the INIT request; 0 once answered */
    uint64_t init_flags;           /* what the kernel offered */
    atomic_bool has_passthrough;
};

extern const struct fuse_custom_io transport_io;

struct tsr_vfs {
    struct fuse_session *session; /* owned */
    struct transport transport;
    struct handle_table handles;
    tsr_resolver *resolver; /* borrowed */
    void *context;          /* the file system's */
    char *mount_point;      /* owned; absolute */
    unsigned int n_threads;
    atomic_bool mounted;
    atomic_bool stopped;
    void (*init)(void *context, struct fuse_conn_info *connection);
    void (*destroy)(void *context);
};
