/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What privileges give in an access check (access-check.md 7)
 */

#include <stdint.h>

#include "sec/access.h"

/* One privilege, and the rights it supplied that no other had. */
struct privilege_use {
    tsr_privilege privilege;
    uint32_t rights;
};

#define PRIVILEGE_USES_MAX 5

/**
 * The enabled privileges that supply some of @wanted, outside all passes.
 *
 * @return how many there are in @ret_uses
 */
size_t privilege_uses(const struct subject *subject, const tsr_access_request *request,
                      uint32_t wanted, struct privilege_use ret_uses[PRIVILEGE_USES_MAX]);

/** Whether any privilege could supply some of @wanted. */
static inline bool privileges_matter(const tsr_access_request *request, uint32_t wanted)
{
    return wanted & (ACCESS_SYSTEM_SECURITY | WRITE_OWNER) || request->backup_intent ||
           request->restore_intent;
}
