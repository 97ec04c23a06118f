/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Text of W functions, which inside is UTF-8 everywhere
 */

#include <winnt.h>

#include <tessera/status.h>

/** Units of text before its terminator. */
size_t wide_length(const WCHAR *text);

/**
 * @param ret_text  owned by the caller, free()
 * @return STATUS_INVALID_PARAMETER (NULL), STATUS_UNMAPPABLE_CHARACTER, STATUS_NO_MEMORY
 */
tsr_status text_of_wide(const WCHAR *wide, char **ret_text);

/**
 * @param ret_wide    terminated; owned by the caller, free()
 * @param ret_length  units without the terminator; may be NULL
 * @return STATUS_INVALID_PARAMETER (NULL), STATUS_ILLEGAL_CHARACTER, STATUS_NO_MEMORY
 */
tsr_status wide_of_text(const char *text, WCHAR **ret_wide, size_t *ret_length);

/**
 * Copy @length units of @unit_size bytes and a terminator to where the caller has room.
 *
 * @param n_units  room; then the length, or the room that is needed
 * @return STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_PARAMETER
 */
tsr_status text_deliver(const void *text, size_t length, size_t unit_size, void *to,
                        DWORD *n_units);
