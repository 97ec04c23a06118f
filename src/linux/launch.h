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
 * @param ret_launched  untouched on failure
 * @return as tsr_launch()
 */
tsr_status launch_held(const tsr_launch_spec *spec, struct launched *ret_launched);
