/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Text types, and the security part of Windows' data types
 *
 * Layouts are those of 64-bit Windows. Constants that Tessera's own headers have are theirs: what
 * is not below is in <tessera/access.h>, <tessera/descriptor.h>, <tessera/privilege.h> and
 * <tessera/token.h>.
 */

#include <uchar.h>

#include <tessera/access.h>
#include <tessera/assign.h>
#include <tessera/descriptor.h>
#include <tessera/privilege.h>
#include <tessera/token.h>

#include <minwindef.h>

TSR_BEGIN_DECLS

/* ---- Text ---- */

typedef char *PCHAR, *LPCH, *PCH;
typedef char *LPSTR, *PSTR, *NPSTR;
typedef const char *LPCSTR, *PCSTR, *LPCCH;
typedef char16_t WCHAR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH;
typedef WCHAR *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCWCH;

#define TSR_UTF16_(text_) u##text_

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef LPWSTR LPTSTR, PTSTR;
typedef LPCWSTR LPCTSTR, PCTSTR;
#define __TEXT(text_)    TSR_UTF16_(text_)
#define TSR_TEXT_(name_) name_##W
#else
typedef char TCHAR, *PTCHAR;
typedef LPSTR LPTSTR, PTSTR;
typedef LPCSTR LPCTSTR, PCTSTR;
#define __TEXT(text_)    text_
#define TSR_TEXT_(name_) name_##A
#endif
#define TEXT(text_) __TEXT(text_)

/* ---- Numbers ---- */

typedef BYTE BOOLEAN, *PBOOLEAN;
typedef DWORD LCID;
typedef WORD LANGID;

typedef union _LARGE_INTEGER {
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
#ifndef __cplusplus
    struct {
        DWORD LowPart;
        LONG HighPart;
    };
#endif
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
#ifndef __cplusplus
    struct {
        DWORD LowPart;
        DWORD HighPart;
    };
#endif
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
    DWORD LowPart;
    LONG HighPart;
} LUID, *PLUID;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID, *PGUID, *LPGUID;
typedef const GUID *LPCGUID;
#endif

#define ANYSIZE_ARRAY 1

#define FIELD_OFFSET(type_, field_) ((LONG)(LONG_PTR)offsetof(type_, field_))
#define CONTAINING_RECORD(address_, type_, field_) \
    ((type_ *)((PCHAR)(address_)-offsetof(type_, field_)))

#define RtlEqualMemory(to_, from_, size_) (!memcmp((to_), (from_), (size_)))
#define RtlMoveMemory(to_, from_, size_)  memmove((to_), (from_), (size_))
#define RtlCopyMemory(to_, from_, size_)  memcpy((to_), (from_), (size_))
#define RtlFillMemory(to_, size_, byte_)  memset((to_), (byte_), (size_))
#define RtlZeroMemory(to_, size_)         memset((to_), 0, (size_))

/* ---- Access masks ---- */

typedef DWORD ACCESS_MASK, *PACCESS_MASK;

#define STANDARD_RIGHTS_REQUIRED 0x000F0000u
#define STANDARD_RIGHTS_READ     READ_CONTROL
#define STANDARD_RIGHTS_WRITE    READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE  READ_CONTROL
#define STANDARD_RIGHTS_ALL      0x001F0000u
#define SPECIFIC_RIGHTS_ALL      0x0000FFFFu

typedef struct _GENERIC_MAPPING {
    ACCESS_MASK GenericRead;
    ACCESS_MASK GenericWrite;
    ACCESS_MASK GenericExecute;
    ACCESS_MASK GenericAll;
} GENERIC_MAPPING, *PGENERIC_MAPPING;

/* What an open asks of a transport about impersonation. */
#define SECURITY_ANONYMOUS        0x00000000u
#define SECURITY_IDENTIFICATION   0x00010000u
#define SECURITY_IMPERSONATION    0x00020000u
#define SECURITY_DELEGATION       0x00030000u
#define SECURITY_CONTEXT_TRACKING 0x00040000u
#define SECURITY_EFFECTIVE_ONLY   0x00080000u
#define SECURITY_SQOS_PRESENT     0x00100000u

/* Processes and threads */
#define PROCESS_TERMINATE                 0x0001u
#define PROCESS_CREATE_THREAD             0x0002u
#define PROCESS_VM_OPERATION              0x0008u
#define PROCESS_VM_READ                   0x0010u
#define PROCESS_VM_WRITE                  0x0020u
#define PROCESS_DUP_HANDLE                0x0040u
#define PROCESS_CREATE_PROCESS            0x0080u
#define PROCESS_SET_QUOTA                 0x0100u
#define PROCESS_SET_INFORMATION           0x0200u
#define PROCESS_QUERY_INFORMATION         0x0400u
#define PROCESS_SUSPEND_RESUME            0x0800u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u
#define PROCESS_ALL_ACCESS                0x001FFFFFu
#define THREAD_TERMINATE                  0x0001u
#define THREAD_SUSPEND_RESUME             0x0002u
#define THREAD_GET_CONTEXT                0x0008u
#define THREAD_SET_CONTEXT                0x0010u
#define THREAD_SET_INFORMATION            0x0020u
#define THREAD_QUERY_INFORMATION          0x0040u
#define THREAD_SET_THREAD_TOKEN           0x0080u
#define THREAD_IMPERSONATE                0x0100u
#define THREAD_DIRECT_IMPERSONATION       0x0200u
#define THREAD_SET_LIMITED_INFORMATION    0x0400u
#define THREAD_QUERY_LIMITED_INFORMATION  0x0800u
#define THREAD_ALL_ACCESS                 0x001FFFFFu

/* Handles */
#define DUPLICATE_CLOSE_SOURCE 0x1u
#define DUPLICATE_SAME_ACCESS  0x2u

/* Registry keys */
#define KEY_QUERY_VALUE        0x0001u
#define KEY_SET_VALUE          0x0002u
#define KEY_CREATE_SUB_KEY     0x0004u
#define KEY_ENUMERATE_SUB_KEYS 0x0008u
#define KEY_NOTIFY             0x0010u
#define KEY_CREATE_LINK        0x0020u
#define KEY_READ               0x00020019u
#define KEY_WRITE              0x00020006u
#define KEY_EXECUTE            0x00020019u
#define KEY_ALL_ACCESS         0x000F003Fu

/* ---- SIDs ---- */

typedef PVOID PSID;

typedef struct _SID_IDENTIFIER_AUTHORITY {
    BYTE Value[6]; /* the most significant first */
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY, *LPSID_IDENTIFIER_AUTHORITY;

typedef struct _SID {
    BYTE Revision;
    BYTE SubAuthorityCount;
    SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
    DWORD SubAuthority[ANYSIZE_ARRAY];
} SID, *PISID;

#ifndef SID_REVISION
#define SID_REVISION 1
#endif
#define SID_MAX_SUB_AUTHORITIES         15
#define SID_RECOMMENDED_SUB_AUTHORITIES 1
#define SECURITY_MAX_SID_SIZE           68
#define SID_HASH_SIZE                   32

typedef enum _SID_NAME_USE {
    SidTypeUser = 1,
    SidTypeGroup,
    SidTypeDomain,
    SidTypeAlias,
    SidTypeWellKnownGroup,
    SidTypeDeletedAccount,
    SidTypeInvalid,
    SidTypeUnknown,
    SidTypeComputer,
    SidTypeLabel,
    SidTypeLogonSession,
} SID_NAME_USE,
    *PSID_NAME_USE;

typedef struct _SID_AND_ATTRIBUTES {
    PSID Sid;
    DWORD Attributes;
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;

typedef ULONG_PTR SID_HASH_ENTRY, *PSID_HASH_ENTRY;

typedef struct _SID_AND_ATTRIBUTES_HASH {
    DWORD SidCount;
    PSID_AND_ATTRIBUTES SidAttr;
    SID_HASH_ENTRY Hash[SID_HASH_SIZE];
} SID_AND_ATTRIBUTES_HASH, *PSID_AND_ATTRIBUTES_HASH;

/* Identifier authorities, as initialisers */
#define SECURITY_NULL_SID_AUTHORITY \
    {                               \
        0, 0, 0, 0, 0, 0            \
    }
#define SECURITY_WORLD_SID_AUTHORITY \
    {                                \
        0, 0, 0, 0, 0, 1             \
    }
#define SECURITY_LOCAL_SID_AUTHORITY \
    {                                \
        0, 0, 0, 0, 0, 2             \
    }
#define SECURITY_CREATOR_SID_AUTHORITY \
    {                                  \
        0, 0, 0, 0, 0, 3               \
    }
#define SECURITY_NON_UNIQUE_AUTHORITY \
    {                                 \
        0, 0, 0, 0, 0, 4              \
    }
#define SECURITY_NT_AUTHORITY \
    {                         \
        0, 0, 0, 0, 0, 5      \
    }
#define SECURITY_RESOURCE_MANAGER_AUTHORITY \
    {                                       \
        0, 0, 0, 0, 0, 9                    \
    }
#define SECURITY_APP_PACKAGE_AUTHORITY \
    {                                  \
        0, 0, 0, 0, 0, 15              \
    }
#define SECURITY_MANDATORY_LABEL_AUTHORITY \
    {                                      \
        0, 0, 0, 0, 0, 16                  \
    }
#define SECURITY_SCOPED_POLICY_ID_AUTHORITY \
    {                                       \
        0, 0, 0, 0, 0, 17                   \
    }
#define SECURITY_AUTHENTICATION_AUTHORITY \
    {                                     \
        0, 0, 0, 0, 0, 18                 \
    }
#define SECURITY_PROCESS_TRUST_AUTHORITY \
    {                                    \
        0, 0, 0, 0, 0, 19                \
    }

#define SECURITY_NULL_RID                 0x00000000u
#define SECURITY_WORLD_RID                0x00000000u
#define SECURITY_LOCAL_RID                0x00000000u
#define SECURITY_LOCAL_LOGON_RID          0x00000001u
#define SECURITY_CREATOR_OWNER_RID        0x00000000u
#define SECURITY_CREATOR_GROUP_RID        0x00000001u
#define SECURITY_CREATOR_OWNER_SERVER_RID 0x00000002u
#define SECURITY_CREATOR_GROUP_SERVER_RID 0x00000003u
#define SECURITY_CREATOR_OWNER_RIGHTS_RID 0x00000004u

#define SECURITY_DIALUP_RID                 0x00000001u
#define SECURITY_NETWORK_RID                0x00000002u
#define SECURITY_BATCH_RID                  0x00000003u
#define SECURITY_INTERACTIVE_RID            0x00000004u
#define SECURITY_LOGON_IDS_RID              0x00000005u
#define SECURITY_LOGON_IDS_RID_COUNT        3
#define SECURITY_SERVICE_RID                0x00000006u
#define SECURITY_ANONYMOUS_LOGON_RID        0x00000007u
#define SECURITY_PROXY_RID                  0x00000008u
#define SECURITY_ENTERPRISE_CONTROLLERS_RID 0x00000009u
#define SECURITY_SERVER_LOGON_RID           SECURITY_ENTERPRISE_CONTROLLERS_RID
#define SECURITY_PRINCIPAL_SELF_RID         0x0000000Au
#define SECURITY_AUTHENTICATED_USER_RID     0x0000000Bu
#define SECURITY_RESTRICTED_CODE_RID        0x0000000Cu
#define SECURITY_TERMINAL_SERVER_RID        0x0000000Du
#define SECURITY_REMOTE_LOGON_RID           0x0000000Eu
#define SECURITY_THIS_ORGANIZATION_RID      0x0000000Fu
#define SECURITY_IUSER_RID                  0x00000011u
#define SECURITY_LOCAL_SYSTEM_RID           0x00000012u
#define SECURITY_LOCAL_SERVICE_RID          0x00000013u
#define SECURITY_NETWORK_SERVICE_RID        0x00000014u
#define SECURITY_NT_NON_UNIQUE              0x00000015u
#define SECURITY_BUILTIN_DOMAIN_RID         0x00000020u
#define SECURITY_WRITE_RESTRICTED_CODE_RID  0x00000021u
#define SECURITY_PACKAGE_BASE_RID           0x00000040u
#define SECURITY_SERVICE_ID_BASE_RID        0x00000050u
#define SECURITY_LOCAL_ACCOUNT_RID          0x00000071u
#define SECURITY_OTHER_ORGANIZATION_RID     0x000003E8u

#define DOMAIN_USER_RID_ADMIN                 0x000001F4u
#define DOMAIN_USER_RID_GUEST                 0x000001F5u
#define DOMAIN_USER_RID_KRBTGT                0x000001F6u
#define DOMAIN_GROUP_RID_ADMINS               0x00000200u
#define DOMAIN_GROUP_RID_USERS                0x00000201u
#define DOMAIN_GROUP_RID_GUESTS               0x00000202u
#define DOMAIN_GROUP_RID_COMPUTERS            0x00000203u
#define DOMAIN_GROUP_RID_CONTROLLERS          0x00000204u
#define DOMAIN_ALIAS_RID_ADMINS               0x00000220u
#define DOMAIN_ALIAS_RID_USERS                0x00000221u
#define DOMAIN_ALIAS_RID_GUESTS               0x00000222u
#define DOMAIN_ALIAS_RID_POWER_USERS          0x00000223u
#define DOMAIN_ALIAS_RID_ACCOUNT_OPS          0x00000224u
#define DOMAIN_ALIAS_RID_SYSTEM_OPS           0x00000225u
#define DOMAIN_ALIAS_RID_PRINT_OPS            0x00000226u
#define DOMAIN_ALIAS_RID_BACKUP_OPS           0x00000227u
#define DOMAIN_ALIAS_RID_REPLICATOR           0x00000228u
#define DOMAIN_ALIAS_RID_REMOTE_DESKTOP_USERS 0x0000022Bu

#define SECURITY_MANDATORY_UNTRUSTED_RID         0x00000000u
#define SECURITY_MANDATORY_LOW_RID               0x00001000u
#define SECURITY_MANDATORY_MEDIUM_RID            0x00002000u
#define SECURITY_MANDATORY_MEDIUM_PLUS_RID       0x00002100u
#define SECURITY_MANDATORY_HIGH_RID              0x00003000u
#define SECURITY_MANDATORY_SYSTEM_RID            0x00004000u
#define SECURITY_MANDATORY_PROTECTED_PROCESS_RID 0x00005000u

#define SECURITY_APP_PACKAGE_BASE_RID        0x00000002u
#define SECURITY_BUILTIN_PACKAGE_ANY_PACKAGE 0x00000001u
#define SECURITY_CAPABILITY_BASE_RID         0x00000003u

/* What CreateWellKnownSid() makes. */
typedef enum {
    WinNullSid = 0,
    WinWorldSid = 1,
    WinLocalSid = 2,
    WinCreatorOwnerSid = 3,
    WinCreatorGroupSid = 4,
    WinCreatorOwnerServerSid = 5,
    WinCreatorGroupServerSid = 6,
    WinNtAuthoritySid = 7,
    WinDialupSid = 8,
    WinNetworkSid = 9,
    WinBatchSid = 10,
    WinInteractiveSid = 11,
    WinServiceSid = 12,
    WinAnonymousSid = 13,
    WinProxySid = 14,
    WinEnterpriseControllersSid = 15,
    WinSelfSid = 16,
    WinAuthenticatedUserSid = 17,
    WinRestrictedCodeSid = 18,
    WinTerminalServerSid = 19,
    WinRemoteLogonIdSid = 20,
    WinLogonIdsSid = 21,
    WinLocalSystemSid = 22,
    WinLocalServiceSid = 23,
    WinNetworkServiceSid = 24,
    WinBuiltinDomainSid = 25,
    WinBuiltinAdministratorsSid = 26,
    WinBuiltinUsersSid = 27,
    WinBuiltinGuestsSid = 28,
    WinBuiltinPowerUsersSid = 29,
    WinBuiltinAccountOperatorsSid = 30,
    WinBuiltinSystemOperatorsSid = 31,
    WinBuiltinPrintOperatorsSid = 32,
    WinBuiltinBackupOperatorsSid = 33,
    WinBuiltinReplicatorSid = 34,
    WinBuiltinPreWindows2000CompatibleAccessSid = 35,
    WinBuiltinRemoteDesktopUsersSid = 36,
    WinBuiltinNetworkConfigurationOperatorsSid = 37,
    WinAccountAdministratorSid = 38,
    WinAccountGuestSid = 39,
    WinAccountKrbtgtSid = 40,
    WinAccountDomainAdminsSid = 41,
    WinAccountDomainUsersSid = 42,
    WinAccountDomainGuestsSid = 43,
    WinAccountComputersSid = 44,
    WinAccountControllersSid = 45,
    WinAccountCertAdminsSid = 46,
    WinAccountSchemaAdminsSid = 47,
    WinAccountEnterpriseAdminsSid = 48,
    WinAccountPolicyAdminsSid = 49,
    WinAccountRasAndIasServersSid = 50,
    WinNTLMAuthenticationSid = 51,
    WinDigestAuthenticationSid = 52,
    WinSChannelAuthenticationSid = 53,
    WinThisOrganizationSid = 54,
    WinOtherOrganizationSid = 55,
    WinBuiltinIncomingForestTrustBuildersSid = 56,
    WinBuiltinPerfMonitoringUsersSid = 57,
    WinBuiltinPerfLoggingUsersSid = 58,
    WinBuiltinAuthorizationAccessSid = 59,
    WinBuiltinTerminalServerLicenseServersSid = 60,
    WinBuiltinDCOMUsersSid = 61,
    WinBuiltinIUsersSid = 62,
    WinIUserSid = 63,
    WinBuiltinCryptoOperatorsSid = 64,
    WinUntrustedLabelSid = 65,
    WinLowLabelSid = 66,
    WinMediumLabelSid = 67,
    WinHighLabelSid = 68,
    WinSystemLabelSid = 69,
    WinWriteRestrictedCodeSid = 70,
    WinCreatorOwnerRightsSid = 71,
    WinCacheablePrincipalsGroupSid = 72,
    WinNonCacheablePrincipalsGroupSid = 73,
    WinEnterpriseReadonlyControllersSid = 74,
    WinAccountReadonlyControllersSid = 75,
    WinBuiltinEventLogReadersGroup = 76,
    WinNewEnterpriseReadonlyControllersSid = 77,
    WinBuiltinCertSvcDComAccessGroup = 78,
    WinMediumPlusLabelSid = 79,
    WinLocalLogonSid = 80,
    WinConsoleLogonSid = 81,
    WinThisOrganizationCertificateSid = 82,
    WinApplicationPackageAuthoritySid = 83,
    WinBuiltinAnyPackageSid = 84,
    WinCapabilityInternetClientSid = 85,
    WinCapabilityInternetClientServerSid = 86,
    WinCapabilityPrivateNetworkClientServerSid = 87,
    WinCapabilityPicturesLibrarySid = 88,
    WinCapabilityVideosLibrarySid = 89,
    WinCapabilityMusicLibrarySid = 90,
    WinCapabilityDocumentsLibrarySid = 91,
    WinCapabilitySharedUserCertificatesSid = 92,
    WinCapabilityEnterpriseAuthenticationSid = 93,
    WinCapabilityRemovableStorageSid = 94,
    WinBuiltinRDSRemoteAccessServersSid = 95,
    WinBuiltinRDSEndpointServersSid = 96,
    WinBuiltinRDSManagementServersSid = 97,
    WinUserModeDriversSid = 98,
    WinBuiltinHyperVAdminsSid = 99,
    WinAccountCloneableControllersSid = 100,
    WinBuiltinAccessControlAssistanceOperatorsSid = 101,
    WinBuiltinRemoteManagementUsersSid = 102,
    WinAuthenticationAuthorityAssertedSid = 103,
    WinAuthenticationServiceAssertedSid = 104,
    WinLocalAccountSid = 105,
    WinLocalAccountAndAdministratorSid = 106,
    WinAccountProtectedUsersSid = 107,
    WinCapabilityAppointmentsSid = 108,
    WinCapabilityContactsSid = 109,
    WinAccountDefaultSystemManagedSid = 110,
    WinBuiltinDefaultSystemManagedGroupSid = 111,
    WinBuiltinStorageReplicaAdminsSid = 112,
    WinAccountKeyAdminsSid = 113,
    WinAccountEnterpriseKeyAdminsSid = 114,
    WinAuthenticationKeyTrustSid = 115,
    WinAuthenticationKeyPropertyMFASid = 116,
    WinAuthenticationKeyPropertyAttestationSid = 117,
    WinAuthenticationFreshKeyAuthSid = 118,
    WinBuiltinDeviceOwnersSid = 119,
} WELL_KNOWN_SID_TYPE;

/* ---- ACLs and ACEs ---- */

typedef struct _ACL {
    BYTE AclRevision;
    BYTE Sbz1;
    WORD AclSize;
    WORD AceCount;
    WORD Sbz2;
} ACL, *PACL;

#define ACL_REVISION1    1
#define ACL_REVISION2    2
#define ACL_REVISION3    3
#define ACL_REVISION4    4
#define MIN_ACL_REVISION ACL_REVISION2
#define MAX_ACL_REVISION ACL_REVISION4
#define MAXDWORD         0xFFFFFFFFu

typedef enum _ACL_INFORMATION_CLASS {
    AclRevisionInformation = 1,
    AclSizeInformation,
} ACL_INFORMATION_CLASS;

typedef struct _ACL_REVISION_INFORMATION {
    DWORD AclRevision;
} ACL_REVISION_INFORMATION, *PACL_REVISION_INFORMATION;

typedef struct _ACL_SIZE_INFORMATION {
    DWORD AceCount;
    DWORD AclBytesInUse;
    DWORD AclBytesFree;
} ACL_SIZE_INFORMATION, *PACL_SIZE_INFORMATION;

#define VALID_INHERIT_FLAGS               0x1Fu
#define SYSTEM_MANDATORY_LABEL_VALID_MASK 0x7u
#define ACCESS_MIN_MS_ACE_TYPE            ACCESS_ALLOWED_ACE_TYPE
#define ACCESS_MAX_MS_V2_ACE_TYPE         SYSTEM_ALARM_ACE_TYPE
#define ACCESS_MAX_MS_ACE_TYPE            SYSTEM_ALARM_OBJECT_ACE_TYPE

typedef struct _ACE_HEADER {
    BYTE AceType;
    BYTE AceFlags;
    WORD AceSize;
} ACE_HEADER, *PACE_HEADER;

/* ACEs of a mask and a SID; what follows the SID of the callback types is their condition. */
#define TSR_BASIC_ACE_(tag_, name_) \
    typedef struct tag_ {           \
        ACE_HEADER Header;          \
        ACCESS_MASK Mask;           \
        DWORD SidStart;             \
    } name_, *P##name_

TSR_BASIC_ACE_(_ACCESS_ALLOWED_ACE, ACCESS_ALLOWED_ACE);
TSR_BASIC_ACE_(_ACCESS_DENIED_ACE, ACCESS_DENIED_ACE);
TSR_BASIC_ACE_(_SYSTEM_AUDIT_ACE, SYSTEM_AUDIT_ACE);
TSR_BASIC_ACE_(_SYSTEM_ALARM_ACE, SYSTEM_ALARM_ACE);
TSR_BASIC_ACE_(_SYSTEM_RESOURCE_ATTRIBUTE_ACE, SYSTEM_RESOURCE_ATTRIBUTE_ACE);
TSR_BASIC_ACE_(_SYSTEM_SCOPED_POLICY_ID_ACE, SYSTEM_SCOPED_POLICY_ID_ACE);
TSR_BASIC_ACE_(_SYSTEM_MANDATORY_LABEL_ACE, SYSTEM_MANDATORY_LABEL_ACE);
TSR_BASIC_ACE_(_SYSTEM_PROCESS_TRUST_LABEL_ACE, SYSTEM_PROCESS_TRUST_LABEL_ACE);
TSR_BASIC_ACE_(_SYSTEM_ACCESS_FILTER_ACE, SYSTEM_ACCESS_FILTER_ACE);
TSR_BASIC_ACE_(_ACCESS_ALLOWED_CALLBACK_ACE, ACCESS_ALLOWED_CALLBACK_ACE);
TSR_BASIC_ACE_(_ACCESS_DENIED_CALLBACK_ACE, ACCESS_DENIED_CALLBACK_ACE);
TSR_BASIC_ACE_(_SYSTEM_AUDIT_CALLBACK_ACE, SYSTEM_AUDIT_CALLBACK_ACE);
TSR_BASIC_ACE_(_SYSTEM_ALARM_CALLBACK_ACE, SYSTEM_ALARM_CALLBACK_ACE);

/* ACEs for a type of object. A GUID that Flags do not announce is not there, and what follows moves
 * up. */
#define TSR_OBJECT_ACE_(tag_, name_) \
    typedef struct tag_ {            \
        ACE_HEADER Header;           \
        ACCESS_MASK Mask;            \
        DWORD Flags;                 \
        GUID ObjectType;             \
        GUID InheritedObjectType;    \
        DWORD SidStart;              \
    } name_, *P##name_

TSR_OBJECT_ACE_(_ACCESS_ALLOWED_OBJECT_ACE, ACCESS_ALLOWED_OBJECT_ACE);
TSR_OBJECT_ACE_(_ACCESS_DENIED_OBJECT_ACE, ACCESS_DENIED_OBJECT_ACE);
TSR_OBJECT_ACE_(_SYSTEM_AUDIT_OBJECT_ACE, SYSTEM_AUDIT_OBJECT_ACE);
TSR_OBJECT_ACE_(_SYSTEM_ALARM_OBJECT_ACE, SYSTEM_ALARM_OBJECT_ACE);
TSR_OBJECT_ACE_(_ACCESS_ALLOWED_CALLBACK_OBJECT_ACE, ACCESS_ALLOWED_CALLBACK_OBJECT_ACE);
TSR_OBJECT_ACE_(_ACCESS_DENIED_CALLBACK_OBJECT_ACE, ACCESS_DENIED_CALLBACK_OBJECT_ACE);
TSR_OBJECT_ACE_(_SYSTEM_AUDIT_CALLBACK_OBJECT_ACE, SYSTEM_AUDIT_CALLBACK_OBJECT_ACE);
TSR_OBJECT_ACE_(_SYSTEM_ALARM_CALLBACK_OBJECT_ACE, SYSTEM_ALARM_CALLBACK_OBJECT_ACE);

/* ---- Security descriptors ---- */

#define SECURITY_DESCRIPTOR_REVISION   1
#define SECURITY_DESCRIPTOR_REVISION1  1
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))

typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;
typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;

/* Offsets from its beginning; 0: absent. */
typedef struct _SECURITY_DESCRIPTOR_RELATIVE {
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    DWORD Owner;
    DWORD Group;
    DWORD Sacl;
    DWORD Dacl;
} SECURITY_DESCRIPTOR_RELATIVE, *PISECURITY_DESCRIPTOR_RELATIVE;

/* The absolute form. */
typedef struct _SECURITY_DESCRIPTOR {
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

/* Either form; SE_SELF_RELATIVE in Control tells which. */
typedef PVOID PSECURITY_DESCRIPTOR;

#define PROCESS_TRUST_LABEL_SECURITY_INFORMATION 0x00000080u
#define ACCESS_FILTER_SECURITY_INFORMATION       0x00000100u

typedef struct _OBJECT_TYPE_LIST {
    WORD Level;
    WORD Sbz;
    GUID *ObjectType;
} OBJECT_TYPE_LIST, *POBJECT_TYPE_LIST;

#define ACCESS_OBJECT_GUID       0
#define ACCESS_PROPERTY_SET_GUID 1
#define ACCESS_PROPERTY_GUID     2
#define ACCESS_MAX_LEVEL         4

typedef enum _AUDIT_EVENT_TYPE {
    AuditEventObjectAccess,
    AuditEventDirectoryServiceAccess,
} AUDIT_EVENT_TYPE,
    *PAUDIT_EVENT_TYPE;

#define AUDIT_ALLOW_NO_PRIVILEGE 0x1u

/* ---- Privileges ---- */

typedef struct _LUID_AND_ATTRIBUTES {
    LUID Luid;
    DWORD Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;

#define SE_PRIVILEGE_REMOVED         0x00000004u
#define SE_PRIVILEGE_USED_FOR_ACCESS 0x80000000u
#define PRIVILEGE_SET_ALL_NECESSARY  1u

typedef struct _PRIVILEGE_SET {
    DWORD PrivilegeCount;
    DWORD Control;
    LUID_AND_ATTRIBUTES Privilege[ANYSIZE_ARRAY];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

#define SE_CREATE_TOKEN_NAME                      TEXT("SeCreateTokenPrivilege")
#define SE_ASSIGNPRIMARYTOKEN_NAME                TEXT("SeAssignPrimaryTokenPrivilege")
#define SE_LOCK_MEMORY_NAME                       TEXT("SeLockMemoryPrivilege")
#define SE_INCREASE_QUOTA_NAME                    TEXT("SeIncreaseQuotaPrivilege")
#define SE_UNSOLICITED_INPUT_NAME                 TEXT("SeUnsolicitedInputPrivilege")
#define SE_MACHINE_ACCOUNT_NAME                   TEXT("SeMachineAccountPrivilege")
#define SE_TCB_NAME                               TEXT("SeTcbPrivilege")
#define SE_SECURITY_NAME                          TEXT("SeSecurityPrivilege")
#define SE_TAKE_OWNERSHIP_NAME                    TEXT("SeTakeOwnershipPrivilege")
#define SE_LOAD_DRIVER_NAME                       TEXT("SeLoadDriverPrivilege")
#define SE_SYSTEM_PROFILE_NAME                    TEXT("SeSystemProfilePrivilege")
#define SE_SYSTEMTIME_NAME                        TEXT("SeSystemtimePrivilege")
#define SE_PROF_SINGLE_PROCESS_NAME               TEXT("SeProfileSingleProcessPrivilege")
#define SE_INC_BASE_PRIORITY_NAME                 TEXT("SeIncreaseBasePriorityPrivilege")
#define SE_CREATE_PAGEFILE_NAME                   TEXT("SeCreatePagefilePrivilege")
#define SE_CREATE_PERMANENT_NAME                  TEXT("SeCreatePermanentPrivilege")
#define SE_BACKUP_NAME                            TEXT("SeBackupPrivilege")
#define SE_RESTORE_NAME                           TEXT("SeRestorePrivilege")
#define SE_SHUTDOWN_NAME                          TEXT("SeShutdownPrivilege")
#define SE_DEBUG_NAME                             TEXT("SeDebugPrivilege")
#define SE_AUDIT_NAME                             TEXT("SeAuditPrivilege")
#define SE_SYSTEM_ENVIRONMENT_NAME                TEXT("SeSystemEnvironmentPrivilege")
#define SE_CHANGE_NOTIFY_NAME                     TEXT("SeChangeNotifyPrivilege")
#define SE_REMOTE_SHUTDOWN_NAME                   TEXT("SeRemoteShutdownPrivilege")
#define SE_UNDOCK_NAME                            TEXT("SeUndockPrivilege")
#define SE_SYNC_AGENT_NAME                        TEXT("SeSyncAgentPrivilege")
#define SE_ENABLE_DELEGATION_NAME                 TEXT("SeEnableDelegationPrivilege")
#define SE_MANAGE_VOLUME_NAME                     TEXT("SeManageVolumePrivilege")
#define SE_IMPERSONATE_NAME                       TEXT("SeImpersonatePrivilege")
#define SE_CREATE_GLOBAL_NAME                     TEXT("SeCreateGlobalPrivilege")
#define SE_TRUSTED_CREDMAN_ACCESS_NAME            TEXT("SeTrustedCredManAccessPrivilege")
#define SE_RELABEL_NAME                           TEXT("SeRelabelPrivilege")
#define SE_INC_WORKING_SET_NAME                   TEXT("SeIncreaseWorkingSetPrivilege")
#define SE_TIME_ZONE_NAME                         TEXT("SeTimeZonePrivilege")
#define SE_CREATE_SYMBOLIC_LINK_NAME              TEXT("SeCreateSymbolicLinkPrivilege")
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_NAME TEXT("SeDelegateSessionUserImpersonatePrivilege")

/* ---- Tokens ---- */

#define TOKEN_ASSIGN_PRIMARY    0x0001u
#define TOKEN_DUPLICATE         0x0002u
#define TOKEN_IMPERSONATE       0x0004u
#define TOKEN_QUERY             0x0008u
#define TOKEN_QUERY_SOURCE      0x0010u
#define TOKEN_ADJUST_PRIVILEGES 0x0020u
#define TOKEN_ADJUST_GROUPS     0x0040u
#define TOKEN_ADJUST_DEFAULT    0x0080u
#define TOKEN_ADJUST_SESSIONID  0x0100u
#define TOKEN_ALL_ACCESS_P      0x000F00FFu
#define TOKEN_ALL_ACCESS        0x000F01FFu
#define TOKEN_READ              0x00020008u
#define TOKEN_WRITE             0x000200E0u
#define TOKEN_EXECUTE           0x00020000u

#define TOKEN_SOURCE_LENGTH 8

typedef enum _SECURITY_IMPERSONATION_LEVEL {
    SecurityAnonymous,
    SecurityIdentification,
    SecurityImpersonation,
    SecurityDelegation,
} SECURITY_IMPERSONATION_LEVEL,
    *PSECURITY_IMPERSONATION_LEVEL;

#define SECURITY_MAX_IMPERSONATION_LEVEL SecurityDelegation
#define SECURITY_MIN_IMPERSONATION_LEVEL SecurityAnonymous
#define DEFAULT_IMPERSONATION_LEVEL      SecurityImpersonation

#define SECURITY_DYNAMIC_TRACKING TRUE
#define SECURITY_STATIC_TRACKING  FALSE

typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE, *PSECURITY_CONTEXT_TRACKING_MODE;

typedef struct _SECURITY_QUALITY_OF_SERVICE {
    DWORD Length;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    SECURITY_CONTEXT_TRACKING_MODE ContextTrackingMode;
    BOOLEAN EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE, *PSECURITY_QUALITY_OF_SERVICE;

typedef enum _TOKEN_TYPE {
    TokenPrimary = 1,
    TokenImpersonation,
} TOKEN_TYPE,
    *PTOKEN_TYPE;

typedef enum _TOKEN_ELEVATION_TYPE {
    TokenElevationTypeDefault = 1,
    TokenElevationTypeFull,
    TokenElevationTypeLimited,
} TOKEN_ELEVATION_TYPE,
    *PTOKEN_ELEVATION_TYPE;

typedef enum _MANDATORY_LEVEL {
    MandatoryLevelUntrusted,
    MandatoryLevelLow,
    MandatoryLevelMedium,
    MandatoryLevelHigh,
    MandatoryLevelSystem,
    MandatoryLevelSecureProcess,
    MandatoryLevelCount,
} MANDATORY_LEVEL,
    *PMANDATORY_LEVEL;

typedef enum _TOKEN_INFORMATION_CLASS {
    TokenUser = 1,
    TokenGroups,
    TokenPrivileges,
    TokenOwner,
    TokenPrimaryGroup,
    TokenDefaultDacl,
    TokenSource,
    TokenType,
    TokenImpersonationLevel,
    TokenStatistics,
    TokenRestrictedSids,
    TokenSessionId,
    TokenGroupsAndPrivileges,
    TokenSessionReference,
    TokenSandBoxInert,
    TokenAuditPolicy,
    TokenOrigin,
    TokenElevationType,
    TokenLinkedToken,
    TokenElevation,
    TokenHasRestrictions,
    TokenAccessInformation,
    TokenVirtualizationAllowed,
    TokenVirtualizationEnabled,
    TokenIntegrityLevel,
    TokenUIAccess,
    TokenMandatoryPolicy,
    TokenLogonSid,
    TokenIsAppContainer,
    TokenCapabilities,
    TokenAppContainerSid,
    TokenAppContainerNumber,
    TokenUserClaimAttributes,
    TokenDeviceClaimAttributes,
    TokenRestrictedUserClaimAttributes,
    TokenRestrictedDeviceClaimAttributes,
    TokenDeviceGroups,
    TokenRestrictedDeviceGroups,
    TokenSecurityAttributes,
    TokenIsRestricted,
    TokenProcessTrustLevel,
    TokenPrivateNameSpace,
    TokenSingletonAttributes,
    TokenBnoIsolation,
    TokenChildProcessFlags,
    TokenIsLessPrivilegedAppContainer,
    TokenIsSandboxed,
    MaxTokenInfoClass,
} TOKEN_INFORMATION_CLASS,
    *PTOKEN_INFORMATION_CLASS;

typedef struct _TOKEN_USER {
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;

typedef struct _TOKEN_GROUPS {
    DWORD GroupCount;
    SID_AND_ATTRIBUTES Groups[ANYSIZE_ARRAY];
} TOKEN_GROUPS, *PTOKEN_GROUPS;

typedef struct _TOKEN_PRIVILEGES {
    DWORD PrivilegeCount;
    LUID_AND_ATTRIBUTES Privileges[ANYSIZE_ARRAY];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;

typedef struct _TOKEN_OWNER {
    PSID Owner;
} TOKEN_OWNER, *PTOKEN_OWNER;

typedef struct _TOKEN_PRIMARY_GROUP {
    PSID PrimaryGroup;
} TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;

typedef struct _TOKEN_DEFAULT_DACL {
    PACL DefaultDacl;
} TOKEN_DEFAULT_DACL, *PTOKEN_DEFAULT_DACL;

typedef struct _TOKEN_USER_CLAIMS {
    PVOID UserClaims;
} TOKEN_USER_CLAIMS, *PTOKEN_USER_CLAIMS;

typedef struct _TOKEN_DEVICE_CLAIMS {
    PVOID DeviceClaims;
} TOKEN_DEVICE_CLAIMS, *PTOKEN_DEVICE_CLAIMS;

typedef struct _TOKEN_SOURCE {
    CHAR SourceName[TOKEN_SOURCE_LENGTH];
    LUID SourceIdentifier;
} TOKEN_SOURCE, *PTOKEN_SOURCE;

typedef struct _TOKEN_STATISTICS {
    LUID TokenId;
    LUID AuthenticationId;
    LARGE_INTEGER ExpirationTime;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    DWORD DynamicCharged;
    DWORD DynamicAvailable;
    DWORD GroupCount;
    DWORD PrivilegeCount;
    LUID ModifiedId;
} TOKEN_STATISTICS, *PTOKEN_STATISTICS;

typedef struct _TOKEN_CONTROL {
    LUID TokenId;
    LUID AuthenticationId;
    LUID ModifiedId;
    TOKEN_SOURCE TokenSource;
} TOKEN_CONTROL, *PTOKEN_CONTROL;

typedef struct _TOKEN_GROUPS_AND_PRIVILEGES {
    DWORD SidCount;
    DWORD SidLength;
    PSID_AND_ATTRIBUTES Sids;
    DWORD RestrictedSidCount;
    DWORD RestrictedSidLength;
    PSID_AND_ATTRIBUTES RestrictedSids;
    DWORD PrivilegeCount;
    DWORD PrivilegeLength;
    PLUID_AND_ATTRIBUTES Privileges;
    LUID AuthenticationId;
} TOKEN_GROUPS_AND_PRIVILEGES, *PTOKEN_GROUPS_AND_PRIVILEGES;

typedef struct _TOKEN_LINKED_TOKEN {
    HANDLE LinkedToken;
} TOKEN_LINKED_TOKEN, *PTOKEN_LINKED_TOKEN;

typedef struct _TOKEN_ELEVATION {
    DWORD TokenIsElevated;
} TOKEN_ELEVATION, *PTOKEN_ELEVATION;

typedef struct _TOKEN_MANDATORY_LABEL {
    SID_AND_ATTRIBUTES Label;
} TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;

#define TOKEN_MANDATORY_POLICY_OFF             0x0u
#define TOKEN_MANDATORY_POLICY_NO_WRITE_UP     0x1u
#define TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN 0x2u
#define TOKEN_MANDATORY_POLICY_VALID_MASK      0x3u

/* Of CheckTokenMembershipEx(): AppContainers, and those that are none of all packages. */
#define CTMF_INCLUDE_APPCONTAINER 0x1u
#define CTMF_INCLUDE_LPAC         0x2u
#define CTMF_VALID_FLAGS          (CTMF_INCLUDE_APPCONTAINER | CTMF_INCLUDE_LPAC)

typedef struct _TOKEN_MANDATORY_POLICY {
    DWORD Policy;
} TOKEN_MANDATORY_POLICY, *PTOKEN_MANDATORY_POLICY;

typedef struct _TOKEN_ORIGIN {
    LUID OriginatingLogonSession;
} TOKEN_ORIGIN, *PTOKEN_ORIGIN;

typedef struct _TOKEN_ACCESS_INFORMATION {
    PSID_AND_ATTRIBUTES_HASH SidHash;
    PSID_AND_ATTRIBUTES_HASH RestrictedSidHash;
    PTOKEN_PRIVILEGES Privileges;
    LUID AuthenticationId;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    TOKEN_MANDATORY_POLICY MandatoryPolicy;
    DWORD Flags;
    DWORD AppContainerNumber;
    PSID PackageSid;
    PSID_AND_ATTRIBUTES_HASH CapabilitiesHash;
    PSID TrustLevelSid;
    PVOID SecurityAttributes; /* reserved */
} TOKEN_ACCESS_INFORMATION, *PTOKEN_ACCESS_INFORMATION;

typedef struct _TOKEN_APPCONTAINER_INFORMATION {
    PSID TokenAppContainer;
} TOKEN_APPCONTAINER_INFORMATION, *PTOKEN_APPCONTAINER_INFORMATION;

typedef struct _SECURITY_CAPABILITIES {
    PSID AppContainerSid;
    PSID_AND_ATTRIBUTES Capabilities;
    DWORD CapabilityCount;
    DWORD Reserved;
} SECURITY_CAPABILITIES, *PSECURITY_CAPABILITIES;

typedef struct _TOKEN_AUDIT_POLICY {
    BYTE PerUserPolicy[30];
} TOKEN_AUDIT_POLICY, *PTOKEN_AUDIT_POLICY;

/* ---- Claims ---- */

#define CLAIM_SECURITY_ATTRIBUTE_TYPE_INVALID      0x00
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64        0x01
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64       0x02
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING       0x03
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_FQBN         0x04
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_SID          0x05
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN      0x06
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING 0x10

#define CLAIM_SECURITY_ATTRIBUTE_NON_INHERITABLE      0x0001
#define CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE 0x0002
#define CLAIM_SECURITY_ATTRIBUTE_USE_FOR_DENY_ONLY    0x0004
#define CLAIM_SECURITY_ATTRIBUTE_DISABLED_BY_DEFAULT  0x0008
#define CLAIM_SECURITY_ATTRIBUTE_DISABLED             0x0010
#define CLAIM_SECURITY_ATTRIBUTE_MANDATORY            0x0020

typedef struct _CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE {
    DWORD64 Version;
    PWSTR Name;
} CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE, *PCLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE;

typedef struct _CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE {
    PVOID pValue;
    DWORD ValueLength;
} CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE, *PCLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE;

typedef struct _CLAIM_SECURITY_ATTRIBUTE_V1 {
    PWSTR Name;
    WORD ValueType;
    WORD Reserved;
    DWORD Flags;
    DWORD ValueCount;
    union {
        LONG64 *pInt64;
        DWORD64 *pUint64;
        PWSTR *ppString;
        PCLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE pFqbn;
        PCLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE pOctetString;
    } Values;
} CLAIM_SECURITY_ATTRIBUTE_V1, *PCLAIM_SECURITY_ATTRIBUTE_V1;

/* All members are offsets from its beginning. */
typedef struct _CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1 {
    DWORD Name;
    WORD ValueType;
    WORD Reserved;
    DWORD Flags;
    DWORD ValueCount;
    union {
        DWORD pInt64[ANYSIZE_ARRAY];
        DWORD pUint64[ANYSIZE_ARRAY];
        DWORD ppString[ANYSIZE_ARRAY];
        DWORD pFqbn[ANYSIZE_ARRAY];
        DWORD pOctetString[ANYSIZE_ARRAY];
    } Values;
} CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1, *PCLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1;

#define CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION_V1 1
#define CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION    1

typedef struct _CLAIM_SECURITY_ATTRIBUTES_INFORMATION {
    WORD Version;
    WORD Reserved;
    DWORD AttributeCount;
    union {
        PCLAIM_SECURITY_ATTRIBUTE_V1 pAttributeV1;
    } Attribute;
} CLAIM_SECURITY_ATTRIBUTES_INFORMATION, *PCLAIM_SECURITY_ATTRIBUTES_INFORMATION;

TSR_END_DECLS
