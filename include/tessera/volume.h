/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The ready-made volume: a directory served under NT ACLs
 *
 * Every open, create, delete, rename and security change is judged by the caller's token against
 * the object's descriptor; data then flows between the caller and the backing file.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <tessera/base.h>
#include <tessera/linux.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

typedef struct tsr_volume tsr_volume;

/* What a file without a descriptor gets. */
typedef enum tsr_volume_policy {
    TSR_VOLUME_SYNTHESISE,           /* one that says what owner and mode say */
    TSR_VOLUME_SYNTHESISE_AND_STORE, /* the same, and from then on it has it */
    TSR_VOLUME_DENY,                 /* nothing: it cannot be opened */
} tsr_volume_policy;

/* What the kernel may remember between requests (design.md decision 16). */
typedef enum tsr_volume_cache {
    TSR_VOLUME_OPEN_CHECKED, /* names and attributes, for a second; opens are always judged */
    TSR_VOLUME_STRICT,       /* nothing: every name looked up and every stat is judged */
    TSR_VOLUME_TRUSTED,      /* names and attributes, for a minute */
} tsr_volume_cache;

typedef struct tsr_volume_options {
    const char *source; /* directory to serve */
    const char
        *mount_point; /* may be the same directory: it is then reached through the volume only */
    tsr_resolver *resolver; /* borrowed; outlives the volume */
    tsr_volume_policy policy;
    tsr_volume_cache cache;
    unsigned int n_threads; /* at most; 0: a default */
    bool no_passthrough;    /* serve all data from user space */
    bool unenforced; /* judge nothing and record no creator: for measuring what security costs */
    /* Told of each file found with a corrupt descriptor, once; may be NULL. Called from any thread.
     */
    void (*report_corrupt)(const char *path, tsr_status status);
} tsr_volume_options;

/**
 * Mount a volume; requests wait until tsr_volume_run(). Needs root.
 *
 * @param ret_volume  owned by the caller, tsr_volume_free(); untouched on failure
 * @return what tsr_vfs_mount() returns; STATUS_NOT_A_DIRECTORY; STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_volume_mount(const tsr_volume_options *options, tsr_volume **ret_volume);

/** Serve until unmounted or told to stop by SIGINT, SIGTERM or SIGHUP. */
TSR_PUBLIC tsr_status tsr_volume_run(tsr_volume *volume);

/** Unmount if still mounted, and free. @return NULL, always. */
TSR_PUBLIC tsr_volume *tsr_volume_free(tsr_volume *volume);

/*
 * Names of the xattr through which parts of a descriptor are read and written as self-relative
 * bytes: the prefix and letters out of O(wner) G(roup) D(ACL) S(ACL) L(abel).
 */
#define TSR_VOLUME_SD_XATTR "system.tessera_sd."

/* Open handles, as JSON lines, by ioctl on any directory of the volume. */
#define TSR_VOLUME_HANDLES_TEXT 16000

struct tsr_volume_handles {
    uint64_t cursor; /* in: 0 to begin; out: where to go on */
    uint32_t size;   /* out: bytes of text; 0: no more */
    uint32_t reserved;
    char text[TSR_VOLUME_HANDLES_TEXT]; /* out: one JSON object per line */
};

#define TSR_VOLUME_IOC_HANDLES _IOWR('T', 1, struct tsr_volume_handles)

TSR_END_DECLS
