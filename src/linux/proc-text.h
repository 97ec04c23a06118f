/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The text of /proc/TID/status and /proc/TID/stat
 *
 * A process chooses its own name, which both files repeat: nothing that a name can hold may be
 * taken for another field.
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/linux.h>
#include <tessera/status.h>

/**
 * Read a whole status file; start_time is left 0.
 *
 * @param ret_identity  tsr_identity_deinit() by the caller; untouched on failure
 * @return STATUS_DATA_ERROR (a field is missing, out of order, cut short or not a number),
 *         STATUS_NO_MEMORY
 */
tsr_status proc_text_status(const char *text, size_t size, tsr_identity *ret_identity);

/** The start time in a stat file, in clock ticks since boot. @return STATUS_DATA_ERROR */
tsr_status proc_text_start_time(const char *text, size_t size, uint64_t *ret_start_time);
