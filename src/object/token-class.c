/* SPDX-License-Identifier: MIT */
/* The classes of what is told and set of a token. */

#include "object/token-class.h"

#include <stddef.h>

#include <tessera/privilege.h>

#include "object/rights.h"

#define NUMBER 4u

/* What can be told, and what can be set, and what can both. */
#define TOLD(name_, size_)                                                  \
    {                                                                       \
        .name = (name_), .fixed_size = (size_), .query_rights = TOKEN_QUERY \
    }
#define BOTH(name_, size_, privilege_)                                       \
    {                                                                        \
        .name = (name_), .fixed_size = (size_), .query_rights = TOKEN_QUERY, \
        .set_rights = TOKEN_ADJUST_DEFAULT, .privilege = (privilege_)        \
    }

static const struct token_class_entry classes[TOKEN_CLASS_MAX] = {
    [TOKEN_CLASS_USER] = TOLD("User", 0),
    [TOKEN_CLASS_GROUPS] = TOLD("Groups", 0),
    [TOKEN_CLASS_PRIVILEGES] = TOLD("Privileges", 0),
    [TOKEN_CLASS_OWNER] = BOTH("Owner", 0, 0),
    [TOKEN_CLASS_PRIMARY_GROUP] = BOTH("PrimaryGroup", 0, 0),
    [TOKEN_CLASS_DEFAULT_DACL] = BOTH("DefaultDacl", 0, 0),
    [TOKEN_CLASS_SOURCE] = {.name = "Source", .fixed_size = 16, .query_rights = TOKEN_QUERY_SOURCE},
    [TOKEN_CLASS_TYPE] = TOLD("Type", NUMBER),
    [TOKEN_CLASS_IMPERSONATION_LEVEL] = TOLD("ImpersonationLevel", NUMBER),
    [TOKEN_CLASS_STATISTICS] = TOLD("Statistics", 56),
    [TOKEN_CLASS_RESTRICTED_SIDS] = TOLD("RestrictedSids", 0),
    [TOKEN_CLASS_SESSION_ID] = {.name = "SessionId",
                                .fixed_size = NUMBER,
                                .query_rights = TOKEN_QUERY,
                                .set_rights = TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID,
                                .privilege = SE_TCB_PRIVILEGE},
    [TOKEN_CLASS_GROUPS_AND_PRIVILEGES] = TOLD("GroupsAndPrivileges", 0),
    [TOKEN_CLASS_SESSION_REFERENCE] = {.name = "SessionReference",
                                       .fixed_size = NUMBER,
                                       .set_rights = TOKEN_ADJUST_DEFAULT,
                                       .privilege = SE_TCB_PRIVILEGE},
    [TOKEN_CLASS_SANDBOX_INERT] = TOLD("SandBoxInert", NUMBER),
    /* Audit policies of tokens are not kept: neither told nor set. */
    [TOKEN_CLASS_AUDIT_POLICY] = {.name = "AuditPolicy"},
    [TOKEN_CLASS_ORIGIN] = BOTH("Origin", 8, SE_TCB_PRIVILEGE),
    [TOKEN_CLASS_ELEVATION_TYPE] = TOLD("ElevationType", NUMBER),
    [TOKEN_CLASS_LINKED_TOKEN] = BOTH("LinkedToken", 8, SE_CREATE_TOKEN_PRIVILEGE),
    [TOKEN_CLASS_ELEVATION] = TOLD("Elevation", NUMBER),
    [TOKEN_CLASS_HAS_RESTRICTIONS] = TOLD("HasRestrictions", NUMBER),
    [TOKEN_CLASS_ACCESS_INFORMATION] = TOLD("AccessInformation", 0),
    [TOKEN_CLASS_VIRTUALIZATION_ALLOWED] =
        BOTH("VirtualizationAllowed", NUMBER, SE_CREATE_TOKEN_PRIVILEGE),
    [TOKEN_CLASS_VIRTUALIZATION_ENABLED] = BOTH("VirtualizationEnabled", NUMBER, 0),
    [TOKEN_CLASS_INTEGRITY_LEVEL] = BOTH("IntegrityLevel", 0, 0),
    [TOKEN_CLASS_UI_ACCESS] = BOTH("UIAccess", NUMBER, SE_TCB_PRIVILEGE),
    [TOKEN_CLASS_MANDATORY_POLICY] = BOTH("MandatoryPolicy", NUMBER, SE_TCB_PRIVILEGE),
    [TOKEN_CLASS_LOGON_SID] = TOLD("LogonSid", 0),
    [TOKEN_CLASS_IS_APP_CONTAINER] = TOLD("IsAppContainer", NUMBER),
    [TOKEN_CLASS_CAPABILITIES] = TOLD("Capabilities", 0),
    [TOKEN_CLASS_APP_CONTAINER_SID] = TOLD("AppContainerSid", 0),
    [TOKEN_CLASS_APP_CONTAINER_NUMBER] = TOLD("AppContainerNumber", NUMBER),
    [TOKEN_CLASS_USER_CLAIMS] = TOLD("UserClaimAttributes", 0),
    [TOKEN_CLASS_DEVICE_CLAIMS] = TOLD("DeviceClaimAttributes", 0),
    [TOKEN_CLASS_RESTRICTED_USER_CLAIMS] = {.name = "RestrictedUserClaimAttributes"},
    [TOKEN_CLASS_RESTRICTED_DEVICE_CLAIMS] = {.name = "RestrictedDeviceClaimAttributes"},
    [TOKEN_CLASS_DEVICE_GROUPS] = TOLD("DeviceGroups", 0),
    [TOKEN_CLASS_RESTRICTED_DEVICE_GROUPS] = TOLD("RestrictedDeviceGroups", 0),
    [TOKEN_CLASS_SECURITY_ATTRIBUTES] = BOTH("SecurityAttributes", 0, SE_TCB_PRIVILEGE),
    [TOKEN_CLASS_IS_RESTRICTED] = TOLD("IsRestricted", NUMBER),
    [TOKEN_CLASS_PROCESS_TRUST_LEVEL] = TOLD("ProcessTrustLevel", 0),
    /* What follows is of object directories and child processes, which we do not have. */
    [TOKEN_CLASS_PRIVATE_NAME_SPACE] = TOLD("PrivateNameSpace", NUMBER),
    [TOKEN_CLASS_SINGLETON_ATTRIBUTES] = {.name = "SingletonAttributes"},
    [TOKEN_CLASS_BNO_ISOLATION] = {.name = "BnoIsolation"},
    [TOKEN_CLASS_CHILD_PROCESS_FLAGS] = {.name = "ChildProcessFlags"},
    [TOKEN_CLASS_IS_LESS_PRIVILEGED] = TOLD("IsLessPrivilegedAppContainer", NUMBER),
    [TOKEN_CLASS_IS_SANDBOXED] = TOLD("IsSandboxed", NUMBER),
};

const struct token_class_entry *token_class_find(uint32_t token_class)
{
    return token_class >= TOKEN_CLASS_USER && token_class < TOKEN_CLASS_MAX ? &classes[token_class]
                                                                            : NULL;
}
