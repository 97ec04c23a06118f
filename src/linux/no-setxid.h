/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Forbids libc's functions that change ids
 *
 * They change all threads of the process, which is never what is wanted here (linux.md 2): an
 * identity is a thread's. To be included after every system header that declares them.
 */

#include <grp.h>
#include <sys/fsuid.h>
#include <unistd.h>

#pragma GCC poison setuid seteuid setreuid setresuid setgid setegid setregid setresgid
#pragma GCC poison setgroups initgroups setfsuid setfsgid
