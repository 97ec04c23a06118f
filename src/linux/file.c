/* SPDX-License-Identifier: MIT */
/* Files that are read or written whole, and whether root alone can have written them. */

#include "linux/file.h"

#include <errno.h>
#include <unistd.h>

#include <tessera/linux.h>

#include "base/check.h"
#include "base/writer.h"

tsr_status file_read(int fd, size_t size_max, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint8_t chunk[16384];
    ssize_t n_read;

    for (;;) {
        n_read = read(fd, chunk, sizeof(chunk));
        if (n_read < 0 && errno == EINTR) {
            continue;
        }
        if (n_read < 0) {
            return tsr_status_of_errno(errno);
        }
        if (n_read == 0) {
            return writer_finish(&writer, ret_bytes, ret_size);
        }
        REQUIRE((size_t)n_read <= size_max - writer.size, STATUS_FILE_TOO_LARGE);
        writer_bytes(&writer, chunk, (size_t)n_read);
        REQUIRE(!writer.failed, STATUS_NO_MEMORY);
    }
}

tsr_status file_write(int fd, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    ssize_t n_written;

    while (size > 0) {
        n_written = write(fd, at, size);
        if (n_written < 0 && errno == EINTR) {
            continue;
        }
        if (n_written < 0) {
            return tsr_status_of_errno(errno);
        }
        at += n_written;
        size -= (size_t)n_written;
    }
    return TSR_OK;
}

bool file_is_roots(int fd, mode_t type, struct stat *ret_stat)
{
    struct stat stat;

    if (fstat(fd, &stat) < 0 || (stat.st_mode & S_IFMT) != type || stat.st_uid != 0 ||
        (stat.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return false;
    }
    if (ret_stat) {
        *ret_stat = stat;
    }
    return true;
}
