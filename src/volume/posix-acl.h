/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * POSIX ACLs as their xattrs hold them (acl(5))
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <linux/posix_acl.h>

#include <tessera/status.h>

struct posix_acl_entry {
    uint16_t tag;   /* ACL_USER_OBJ … */
    uint16_t perms; /* ACL_READ | ACL_WRITE | ACL_EXECUTE */
    uint32_t id;    /* of ACL_USER and ACL_GROUP; otherwise as stored */
};

/* A valid ACL: user_obj, users, group_obj, groups, mask (needed by users and groups), other. */
struct posix_acl {
    struct posix_acl_entry *entries; /* owned */
    size_t n_entries;
};

/** Accepts zeroed memory. */
void posix_acl_deinit(struct posix_acl *acl);

static inline void cleanup_posix_acl_deinit(struct posix_acl *acl)
{
    posix_acl_deinit(acl);
}

/**
 * @param ret_acl  posix_acl_deinit() by the caller; untouched on failure
 * @return STATUS_DATA_ERROR, STATUS_NO_MEMORY
 */
tsr_status posix_acl_decode(const void *bytes, size_t size, struct posix_acl *ret_acl);

/**
 * The three entries that the mode of a file without an ACL stands for.
 *
 * @param ret_acl  posix_acl_deinit() by the caller; untouched on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status posix_acl_of_mode(mode_t mode, struct posix_acl *ret_acl);

/**
 * Hand a directory's default ACL down to a new object, as acl(5) has it: what the mode does not ask
 * for is taken away, and a new directory hands it on.
 *
 * @param directory   path of the directory
 * @param object      path of the new object, which is not a symbolic link
 * @param attributes  of the new object: the mode is what was asked for, and becomes what the ACL
 * shows
 * @param ret_inherited  whether there was a default ACL
 */
tsr_status posix_acl_inherit(const char *directory, const char *object, struct stat *attributes,
                             bool *ret_inherited);
