/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File descriptors as owned values
 */

#include <errno.h>
#include <unistd.h>

#include "base/check.h"

/** Close @fd unless negative; errno stays. @return -1, always. */
static inline int fd_close(int fd)
{
    const int saved = errno;

    if (fd >= 0) {
        (void)close(fd);
    }
    errno = saved;
    return -1;
}

DEFINE_CLEANUP(int, fd_close);

/** Hand an owned fd on: the variable becomes -1. */
static inline int fd_steal(int *fd)
{
    const int taken = *fd;

    *fd = -1;
    return taken;
}
