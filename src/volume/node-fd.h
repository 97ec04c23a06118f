/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File handles of nodes that hold no fd
 */

#include <fcntl.h>
#include <stdbool.h>

/** The handle of an open object, free() by the caller; NULL if its file system has none. */
struct file_handle *node_handle_of(int fd);

/** Whether @handle is that of the object behind @fd. */
bool node_handle_names(const struct file_handle *handle, int fd);
