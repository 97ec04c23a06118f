/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Lists of what trustees shall have, which have one layout in both forms of text
 */

#include <accctrl.h>

#include "win32/account.h"

/* Entries as they are given. */
struct entry_list {
    const EXPLICIT_ACCESS_W *entries;
    ULONG n_entries;
    enum text_form form;
};

/**
 * Change an ACL by a list.
 *
 * @param acl        bytes NULL: begin with an empty one
 * @param ret_bytes  owned by the caller, free(); what @ret_acl is the view of
 * @return STATUS_INVALID_PARAMETER (no list), as trustee_read() and tsr_acl_set_entries()
 */
tsr_status entries_apply(const struct entry_list *list, const tsr_acl *acl, uint8_t **ret_bytes,
                         tsr_acl *ret_acl);

/**
 * The entries that say what an ACL does, their trustees as SIDs with or without object types.
 *
 * @param ret_list  one block, owned by the caller, free(); NULL if there are none
 */
tsr_status entries_tell(const tsr_acl *acl, ULONG *ret_n, EXPLICIT_ACCESS_W **ret_list);
