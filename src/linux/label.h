/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The integrity label of a file, as the file system that has NT descriptors tells it
 */

#include <stdbool.h>

#include <tessera/sid.h>
#include <tessera/status.h>

/**
 * @param fd             of the file; one by O_PATH will do
 * @param ret_has_label  false also where the file system has no labels; untouched on failure
 * @param ret_label      set if it has one
 * @return STATUS_FILE_CORRUPT_ERROR (what is told is no label), STATUS_ACCESS_DENIED, and what
 *         reading it returns
 */
tsr_status file_label(int fd, bool *ret_has_label, tsr_sid *ret_label);
