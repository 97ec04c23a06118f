/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Starting a program that is held from its beginning
 */

#include <tessera/linux.h>

struct launched {
    pid_t id; /* to be waited for by the caller */
    int fd;   /* a pidfd, owned by the caller */
};

/**
 * tsr_launch(), with a pidfd that was opened before the program ran: it is this program's also if
 * somebody else waits for all our children, or nobody has to.
 *
 * @param file          borrowed: what the path of the program has to lead to; -1: to anything
 * @param ret_launched  untouched on failure
 * @return as tsr_launch(); STATUS_ACCESS_DENIED (it leads to another file)
 */
tsr_status launch_held(const tsr_launch_spec *spec, int file, struct launched *ret_launched);
