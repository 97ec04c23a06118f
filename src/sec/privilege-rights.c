/* SPDX-License-Identifier: MIT */
/* Rights by privilege. */

#include "sec/privilege-rights.h"

#include "base/check.h"

#define BACKUP_RIGHTS (READ_CONTROL | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_READ | FILE_TRAVERSE)
#define RESTORE_RIGHTS                                                                       \
    (WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_WRITE | FILE_ADD_FILE | \
     FILE_ADD_SUBDIRECTORY | DELETE)

size_t privilege_uses(const struct subject *subject, const tsr_access_request *request,
                      uint32_t wanted, struct privilege_use ret_uses[PRIVILEGE_USES_MAX])
{
    const struct privilege_use could[PRIVILEGE_USES_MAX] = {
        {SE_SECURITY_PRIVILEGE, ACCESS_SYSTEM_SECURITY},
        {SE_TAKE_OWNERSHIP_PRIVILEGE, WRITE_OWNER},
        {SE_RELABEL_PRIVILEGE, WRITE_OWNER},
        {SE_BACKUP_PRIVILEGE, request->backup_intent ? BACKUP_RIGHTS : 0},
        {SE_RESTORE_PRIVILEGE, request->restore_intent ? RESTORE_RIGHTS : 0},
    };
    size_t n_uses = 0;

    for (size_t i = 0; i < ARRAY_SIZE(could); i++) {
        const uint32_t supplied = could[i].rights & wanted;

        /* Safe: only a privilege that the token holds enabled gives anything. */
        if (supplied && subject->privileges & TSR_PRIVILEGE_BIT(could[i].privilege)) {
            ret_uses[n_uses++] = (struct privilege_use){could[i].privilege, supplied};
            wanted &= ~supplied;
        }
    }
    return n_uses;
}
