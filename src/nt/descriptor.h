/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The parts of a descriptor in the caller's memory, whichever form it has
 */

#include <ntifs.h>

struct parts {
    WORD control;
    PSID owner; /* borrowed from the descriptor; NULL: absent */
    PSID group;
    PACL dacl; /* NULL: absent, or the NULL DACL */
    PACL sacl;
};

/** @return STATUS_INVALID_SECURITY_DESCR (NULL), STATUS_UNKNOWN_REVISION */
tsr_status descriptor_check(PSECURITY_DESCRIPTOR descriptor);

/** Of a descriptor that was checked; what its parts are was not. */
struct parts descriptor_parts(PSECURITY_DESCRIPTOR descriptor);

/**
 * The self-relative form of a descriptor that was checked.
 *
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_SECURITY_DESCR (a part is not sound), STATUS_NO_MEMORY
 */
tsr_status descriptor_pack(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, size_t *ret_size);
