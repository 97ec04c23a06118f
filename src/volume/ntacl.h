/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Samba's NTACL blob: the form in which security.NTACL holds a descriptor (linux.md 4)
 *
 * Versions 1 to 4 are read, version 4 is written. Offsets inside the stored descriptor count from
 * the start of the blob; what goes in and out here is an ordinary self-relative descriptor.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/status.h>

#define NTACL_XATTR     "security.NTACL"
#define NTACL_SIZE_MAX  65536u
#define NTACL_HASH_SIZE 32

/**
 * @param ret_sd  a descriptor that tsr_sd_view() accepts, owned by the caller, free(); untouched on
 *                failure
 * @return STATUS_FILE_CORRUPT_ERROR, STATUS_NO_MEMORY
 */
tsr_status ntacl_decode(const void *bytes, size_t size, uint8_t **ret_sd, size_t *ret_size);

/**
 * @param sd               a validated self-relative descriptor
 * @param system_acl_hash  of the file's mode and POSIX ACLs, see system-acl.h
 * @param ret_bytes        owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_SECURITY_DESCR, STATUS_EA_TOO_LARGE, STATUS_NO_MEMORY
 */
tsr_status ntacl_encode(const void *sd, size_t size, const uint8_t system_acl_hash[NTACL_HASH_SIZE],
                        uint8_t **ret_bytes, size_t *ret_size);
