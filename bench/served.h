/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A volume served by a child, in a mount namespace of our own: it ends with us, whatever happens
 */

#include <stdbool.h>
#include <sys/types.h>

struct served {
    const char *mount_point;
    pid_t pid; /* of the server; 0: none */
};

/** Leave the host's mounts alone. @return whether mounting is possible here */
bool served_prepare(void);

/** Serve @source at @mount_point. @return whether it is mounted */
bool served_start(const char *source, const char *mount_point, const char *state_dir,
                  bool unenforced, struct served *ret_served);

/** Unmount and wait for the server's end. @return whether it ended well */
bool served_end(struct served *served);

/** Be a user who is only a number: in @n_groups groups, of which @first_group is the first. */
void served_become(uid_t uid, gid_t first_group, size_t n_groups);
