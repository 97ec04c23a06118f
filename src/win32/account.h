/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Accounts by names in the caller's text
 */

#include <tessera/sid.h>
#include <tessera/status.h>

/* What the text of A and of W functions is made of. */
enum text_form { TEXT_NARROW, TEXT_WIDE };

/**
 * The SID of an account's name; there is no map, so users and groups have those of Linux.
 *
 * @param text  terminated CHAR or WCHAR, by the form
 * @return STATUS_INVALID_PARAMETER (NULL), as tsr_account_by_name()
 */
tsr_status account_sid_of_text(const void *text, enum text_form form, tsr_sid *ret_sid);

/**
 * The user that the calling thread acts as.
 *
 * @return STATUS_CANT_OPEN_ANONYMOUS, as process_get_token()
 */
tsr_status account_effective_user(tsr_sid *ret_sid);

/** Copy the text of either form as UTF-8. @param ret_text  owned by the caller, free() */
tsr_status account_text_read(const void *text, enum text_form form, char **ret_text);

/**
 * The name of a SID's account in the caller's text, which leads back to it: "DOMAIN\name".
 *
 * @param ret_text  terminated; owned by the caller, free()
 * @param ret_size  bytes, with the terminator
 * @return as tsr_account_by_sid()
 */
tsr_status account_text_of_sid(const tsr_sid *sid, enum text_form form, void **ret_text,
                               size_t *ret_size);
