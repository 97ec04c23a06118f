/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reading extended attributes of backing objects
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <tessera/status.h>

#define XATTR_FIRST_TRY 1024

/* An xattr's value, in place if it is short. Zero-initialise. */
struct xattr_value {
    uint8_t first[XATTR_FIRST_TRY];
    uint8_t *grown; /* owned */
    size_t size;
};

static inline void cleanup_xattr_value_deinit(struct xattr_value *value)
{
    free(value->grown);
}

static inline const uint8_t *xattr_value_bytes(const struct xattr_value *value)
{
    return value->grown ? value->grown : value->first;
}

/** @return STATUS_NO_EAS_ON_FILE if there is none, or the file system has no such xattrs */
tsr_status xattr_read(const char *path, const char *name, struct xattr_value *ret_value);
