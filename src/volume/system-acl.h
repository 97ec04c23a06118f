/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What Linux itself says of a file's access: mode bits and POSIX ACLs
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <tessera/linux.h>
#include <tessera/status.h>

#include "volume/ntacl.h"
#include "volume/posix-acl.h"

/* A file's mode and, as their xattrs hold them, its POSIX ACLs. Everything is borrowed. */
struct system_acl {
    struct stat attributes;
    const void *access_acl; /* system.posix_acl_access; NULL: none */
    size_t n_access_acl;
    const void *default_acl; /* system.posix_acl_default; NULL: none */
    size_t n_default_acl;
};

/**
 * The access ACL, or what the mode stands for where there is none.
 *
 * @param ret_acl  posix_acl_deinit() by the caller; untouched on failure
 * @return STATUS_DATA_ERROR if it is malformed, STATUS_NO_MEMORY
 */
tsr_status system_acl_access(const struct system_acl *acl, struct posix_acl *ret_acl);

/**
 * The hash by which Samba and ksmbd tell whether mode or ACLs were changed behind the descriptor's
 * back (linux.md 4, "sys_acl_hash").
 *
 * @param ret_hash  untouched on failure
 * @return STATUS_DATA_ERROR if an ACL is malformed, STATUS_NO_MEMORY
 */
tsr_status system_acl_hash(const struct system_acl *acl, uint8_t ret_hash[NTACL_HASH_SIZE]);

/**
 * The descriptor that says in NT terms what Linux says: never more, so that a volume over files
 * without descriptors widens nothing. There is one exception: a process in several of the groups
 * that an ACL names has what they have together, where POSIX wants one of them to have all that is
 * asked for at once.
 *
 * @param ret_sd  owned by the caller, free(); untouched on failure
 * @return STATUS_DATA_ERROR if the access ACL is malformed, STATUS_INVALID_ACL if it names more
 * than a DACL can hold, STATUS_NO_MEMORY
 */
tsr_status system_acl_descriptor(const struct system_acl *acl, const tsr_resolver *resolver,
                                 uint8_t **ret_sd, size_t *ret_size);
