/* SPDX-License-Identifier: MIT */
/* Privileges and the Linux capabilities they stand for (token.md 1.8). */

#include <tessera/linux.h>

#include <linux/capability.h>

#include <tessera/privilege.h>

#include "base/check.h"

#define BIT(capability_) (UINT64_C(1) << (capability_))

/*
 * What a privilege gives is also what is needed to be given the privilege: going to and fro never
 * adds a capability. SeAssignPrimaryToken is for replacing identities, like SeImpersonate.
 */
static const struct {
    uint32_t privilege;
    uint64_t capabilities;
} table[] = {
    {SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, BIT(CAP_SETUID) | BIT(CAP_SETGID)},
    {SE_LOCK_MEMORY_PRIVILEGE, BIT(CAP_IPC_LOCK)},
    {SE_INCREASE_QUOTA_PRIVILEGE, BIT(CAP_SYS_RESOURCE)},
    {SE_TCB_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_SECURITY_PRIVILEGE, BIT(CAP_AUDIT_CONTROL)},
    {SE_TAKE_OWNERSHIP_PRIVILEGE, BIT(CAP_CHOWN) | BIT(CAP_FOWNER)},
    {SE_LOAD_DRIVER_PRIVILEGE, BIT(CAP_SYS_MODULE)},
    {SE_SYSTEM_PROFILE_PRIVILEGE, BIT(CAP_PERFMON)},
    {SE_SYSTEMTIME_PRIVILEGE, BIT(CAP_SYS_TIME)},
    {SE_PROF_SINGLE_PROCESS_PRIVILEGE, BIT(CAP_PERFMON)},
    {SE_INC_BASE_PRIORITY_PRIVILEGE, BIT(CAP_SYS_NICE)},
    {SE_CREATE_PAGEFILE_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_BACKUP_PRIVILEGE, BIT(CAP_DAC_READ_SEARCH)},
    {SE_RESTORE_PRIVILEGE,
     BIT(CAP_DAC_OVERRIDE) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER) | BIT(CAP_FSETID)},
    {SE_SHUTDOWN_PRIVILEGE, BIT(CAP_SYS_BOOT)},
    {SE_DEBUG_PRIVILEGE, BIT(CAP_SYS_PTRACE) | BIT(CAP_KILL)},
    {SE_AUDIT_PRIVILEGE, BIT(CAP_AUDIT_WRITE)},
    {SE_SYSTEM_ENVIRONMENT_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_REMOTE_SHUTDOWN_PRIVILEGE, BIT(CAP_SYS_BOOT)},
    {SE_MANAGE_VOLUME_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_IMPERSONATE_PRIVILEGE, BIT(CAP_SETUID) | BIT(CAP_SETGID)},
    {SE_RELABEL_PRIVILEGE, BIT(CAP_MAC_ADMIN)},
    {SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE, BIT(CAP_SETUID)},
};

/* Linux has no capability for these. They give none, and belong to whoever may do everything else.
 */
#define PRIVILEGES_OF_THE_ADMINISTRATOR                                                            \
    (TSR_PRIVILEGE_BIT(SE_CREATE_TOKEN_PRIVILEGE) |                                                \
     TSR_PRIVILEGE_BIT(SE_MACHINE_ACCOUNT_PRIVILEGE) |                                             \
     TSR_PRIVILEGE_BIT(SE_CREATE_PERMANENT_PRIVILEGE) |                                            \
     TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_UNDOCK_PRIVILEGE) |      \
     TSR_PRIVILEGE_BIT(SE_SYNC_AGENT_PRIVILEGE) |                                                  \
     TSR_PRIVILEGE_BIT(SE_ENABLE_DELEGATION_PRIVILEGE) |                                           \
     TSR_PRIVILEGE_BIT(SE_CREATE_GLOBAL_PRIVILEGE) |                                               \
     TSR_PRIVILEGE_BIT(SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE) |                                      \
     TSR_PRIVILEGE_BIT(SE_INC_WORKING_SET_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_TIME_ZONE_PRIVILEGE) | \
     TSR_PRIVILEGE_BIT(SE_CREATE_SYMBOLIC_LINK_PRIVILEGE))

uint64_t tsr_capabilities_of_privileges(uint64_t privileges)
{
    uint64_t capabilities = 0;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (privileges & TSR_PRIVILEGE_BIT(table[i].privilege)) {
            capabilities |= table[i].capabilities;
        }
    }
    return capabilities;
}

uint64_t tsr_privileges_of_capabilities(uint64_t capabilities)
{
    uint64_t privileges = 0;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if ((capabilities & table[i].capabilities) == table[i].capabilities) {
            privileges |= TSR_PRIVILEGE_BIT(table[i].privilege);
        }
    }
    if (capabilities & BIT(CAP_SYS_ADMIN)) {
        privileges |= PRIVILEGES_OF_THE_ADMINISTRATOR;
    }
    return privileges;
}
