/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files that are read or written whole, and whether root alone can have written them
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <tessera/status.h>

/**
 * Read what is left of @fd.
 *
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_FILE_TOO_LARGE over @size_max bytes, STATUS_NO_MEMORY, and what reading returns
 */
tsr_status file_read(int fd, size_t size_max, uint8_t **ret_bytes, size_t *ret_size);

/** Write all @size bytes. */
tsr_status file_write(int fd, const void *bytes, size_t size);

/** Whether nobody but root can have changed the open file @fd; @type is S_IFREG or S_IFDIR. */
bool file_is_roots(int fd, mode_t type, struct stat *ret_stat);
