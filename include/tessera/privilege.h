/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Privileges
 *
 * The LUID of a privilege is its fixed number ([MS-LSAD] 3.1.1.2.1); a set of privileges is a
 * 64-bit mask with bit n for LUID n.
 */

#include <stdint.h>

#include <tessera/base.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

typedef enum tsr_privilege {
    SE_CREATE_TOKEN_PRIVILEGE = 2,
    SE_ASSIGNPRIMARYTOKEN_PRIVILEGE = 3,
    SE_LOCK_MEMORY_PRIVILEGE = 4,
    SE_INCREASE_QUOTA_PRIVILEGE = 5,
    SE_MACHINE_ACCOUNT_PRIVILEGE = 6,
    SE_TCB_PRIVILEGE = 7,
    SE_SECURITY_PRIVILEGE = 8,
    SE_TAKE_OWNERSHIP_PRIVILEGE = 9,
    SE_LOAD_DRIVER_PRIVILEGE = 10,
    SE_SYSTEM_PROFILE_PRIVILEGE = 11,
    SE_SYSTEMTIME_PRIVILEGE = 12,
    SE_PROF_SINGLE_PROCESS_PRIVILEGE = 13,
    SE_INC_BASE_PRIORITY_PRIVILEGE = 14,
    SE_CREATE_PAGEFILE_PRIVILEGE = 15,
    SE_CREATE_PERMANENT_PRIVILEGE = 16,
    SE_BACKUP_PRIVILEGE = 17,
    SE_RESTORE_PRIVILEGE = 18,
    SE_SHUTDOWN_PRIVILEGE = 19,
    SE_DEBUG_PRIVILEGE = 20,
    SE_AUDIT_PRIVILEGE = 21,
    SE_SYSTEM_ENVIRONMENT_PRIVILEGE = 22,
    SE_CHANGE_NOTIFY_PRIVILEGE = 23,
    SE_REMOTE_SHUTDOWN_PRIVILEGE = 24,
    SE_UNDOCK_PRIVILEGE = 25,
    SE_SYNC_AGENT_PRIVILEGE = 26,
    SE_ENABLE_DELEGATION_PRIVILEGE = 27,
    SE_MANAGE_VOLUME_PRIVILEGE = 28,
    SE_IMPERSONATE_PRIVILEGE = 29,
    SE_CREATE_GLOBAL_PRIVILEGE = 30,
    SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE = 31,
    SE_RELABEL_PRIVILEGE = 32,
    SE_INC_WORKING_SET_PRIVILEGE = 33,
    SE_TIME_ZONE_PRIVILEGE = 34,
    SE_CREATE_SYMBOLIC_LINK_PRIVILEGE = 35,
    SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE = 36,
} tsr_privilege;

#define TSR_PRIVILEGE_FIRST SE_CREATE_TOKEN_PRIVILEGE
#define TSR_PRIVILEGE_LAST  SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE

#define TSR_PRIVILEGE_BIT(luid_) (UINT64_C(1) << (luid_))

#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 0x00000001u
#define SE_PRIVILEGE_ENABLED            0x00000002u
#define SE_PRIVILEGE_REMOVED            0x00000004u /* asked for in an adjustment */
#define SE_PRIVILEGE_USED_FOR_ACCESS    0x80000000u /* told by a check */

/** The name of a privilege, "SeBackupPrivilege". @return static text; NULL if there is none. */
TSR_PUBLIC const char *tsr_privilege_name(uint32_t luid);

/**
 * The privilege with this name, compared without case.
 *
 * @param ret_luid  untouched on failure
 * @return STATUS_NO_SUCH_PRIVILEGE
 */
TSR_PUBLIC tsr_status tsr_privilege_by_name(const char *name, uint32_t *ret_luid);

TSR_END_DECLS
