/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Trustees, which have one layout in both forms of text
 */

#include <accctrl.h>

#include "win32/account.h"

/**
 * A trustee's SID, and the object types that some forms add.
 *
 * @param ret_entry  its mask, mode and inheritance are not touched; its types borrow from @trustee
 * @return STATUS_INVALID_PARAMETER (a form that is none, or another trustee behind this one),
 *         STATUS_INVALID_SID, STATUS_NONE_MAPPED (also names of object types), as
 *         account_sid_of_text() and account_effective_user()
 */
tsr_status trustee_read(const TRUSTEE_W *trustee, enum text_form form,
                        tsr_explicit_access *ret_entry);
