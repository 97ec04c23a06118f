/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Local memory, accounts and privileges by name, conditional ACEs
 */

#include <errhandlingapi.h>
#include <minwinbase.h>
#include <minwindef.h>
#include <winnt.h>

TSR_BEGIN_DECLS

#define LMEM_FIXED    0x0000u
#define LMEM_ZEROINIT 0x0040u
#define LPTR          (LMEM_FIXED | LMEM_ZEROINIT)

#define HANDLE_FLAG_INHERIT            0x1u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x2u

#define ZeroMemory RtlZeroMemory
#define CopyMemory RtlCopyMemory
#define MoveMemory RtlMoveMemory
#define FillMemory RtlFillMemory

/** Memory, also of 0 bytes. Movable memory there is none: ERROR_INVALID_PARAMETER. */
WINBASEAPI HLOCAL WINAPI LocalAlloc(_In_ UINT uFlags, _In_ SIZE_T uBytes);

/** @return NULL, always */
WINBASEAPI HLOCAL WINAPI LocalFree(_In_opt_ HLOCAL hMem);

/**
 * Privileges of this machine: the system's name must be NULL or empty, otherwise
 * RPC_S_SERVER_UNAVAILABLE. Fails with ERROR_NO_SUCH_PRIVILEGE.
 */
WINADVAPI BOOL WINAPI LookupPrivilegeValueA(_In_opt_ LPCSTR lpSystemName, _In_ LPCSTR lpName,
                                            _Out_ PLUID lpLuid);
WINADVAPI BOOL WINAPI LookupPrivilegeValueW(_In_opt_ LPCWSTR lpSystemName, _In_ LPCWSTR lpName,
                                            _Out_ PLUID lpLuid);

/**
 * @param cchName  room in units; then the length, or, with ERROR_INSUFFICIENT_BUFFER, the room that
 *                 is needed with the terminator
 */
WINADVAPI BOOL WINAPI LookupPrivilegeNameA(_In_opt_ LPCSTR lpSystemName, _In_ PLUID lpLuid,
                                           _Out_writes_opt_(*cchName) LPSTR lpName,
                                           _Inout_ LPDWORD cchName);
WINADVAPI BOOL WINAPI LookupPrivilegeNameW(_In_opt_ LPCWSTR lpSystemName, _In_ PLUID lpLuid,
                                           _Out_writes_opt_(*cchName) LPWSTR lpName,
                                           _Inout_ LPDWORD cchName);

/** As above; the text is English, and its language set to 0x0409. */
WINADVAPI BOOL WINAPI LookupPrivilegeDisplayNameA(_In_opt_ LPCSTR lpSystemName, _In_ LPCSTR lpName,
                                                  _Out_writes_opt_(*cchDisplayName)
                                                      LPSTR lpDisplayName,
                                                  _Inout_ LPDWORD cchDisplayName,
                                                  _Out_ LPDWORD lpLanguageId);
WINADVAPI BOOL WINAPI LookupPrivilegeDisplayNameW(_In_opt_ LPCWSTR lpSystemName,
                                                  _In_ LPCWSTR lpName,
                                                  _Out_writes_opt_(*cchDisplayName)
                                                      LPWSTR lpDisplayName,
                                                  _Inout_ LPDWORD cchDisplayName,
                                                  _Out_ LPDWORD lpLanguageId);

/**
 * The account of a SID, as tsr_account_by_sid() has it without a map. The system's name must be
 * NULL, empty, or that of this machine, otherwise RPC_S_SERVER_UNAVAILABLE. Fails with
 * ERROR_NONE_MAPPED.
 *
 * @param cchName, cchReferencedDomainName  room in units; then the lengths, or, with
 *                 ERROR_INSUFFICIENT_BUFFER, the rooms that are needed with the terminators, where
 *                 nothing else is written
 */
WINADVAPI BOOL WINAPI LookupAccountSidA(
    _In_opt_ LPCSTR lpSystemName, _In_ PSID Sid, _Out_writes_opt_(*cchName) LPSTR Name,
    _Inout_ LPDWORD cchName, _Out_writes_opt_(*cchReferencedDomainName) LPSTR ReferencedDomainName,
    _Inout_ LPDWORD cchReferencedDomainName, _Out_ PSID_NAME_USE peUse);
WINADVAPI BOOL WINAPI LookupAccountSidW(
    _In_opt_ LPCWSTR lpSystemName, _In_ PSID Sid, _Out_writes_opt_(*cchName) LPWSTR Name,
    _Inout_ LPDWORD cchName, _Out_writes_opt_(*cchReferencedDomainName) LPWSTR ReferencedDomainName,
    _Inout_ LPDWORD cchReferencedDomainName, _Out_ PSID_NAME_USE peUse);

/**
 * The account that a text names, as tsr_account_by_name() reads it without a map. Otherwise as
 * above.
 *
 * @param cbSid  room in bytes; then the SID's size, also with ERROR_INSUFFICIENT_BUFFER
 */
WINADVAPI BOOL WINAPI LookupAccountNameA(_In_opt_ LPCSTR lpSystemName, _In_ LPCSTR lpAccountName,
                                         _Out_writes_bytes_opt_(*cbSid) PSID Sid,
                                         _Inout_ LPDWORD cbSid,
                                         _Out_writes_opt_(*cchReferencedDomainName)
                                             LPSTR ReferencedDomainName,
                                         _Inout_ LPDWORD cchReferencedDomainName,
                                         _Out_ PSID_NAME_USE peUse);
WINADVAPI BOOL WINAPI LookupAccountNameW(_In_opt_ LPCWSTR lpSystemName, _In_ LPCWSTR lpAccountName,
                                         _Out_writes_bytes_opt_(*cbSid) PSID Sid,
                                         _Inout_ LPDWORD cbSid,
                                         _Out_writes_opt_(*cchReferencedDomainName)
                                             LPWSTR ReferencedDomainName,
                                         _Inout_ LPDWORD cchReferencedDomainName,
                                         _Out_ PSID_NAME_USE peUse);

/* On this machine. */

#define LookupAccountSidLocalA(sid_, name_, n_name_, domain_, n_domain_, use_) \
    LookupAccountSidA(NULL, sid_, name_, n_name_, domain_, n_domain_, use_)
#define LookupAccountSidLocalW(sid_, name_, n_name_, domain_, n_domain_, use_) \
    LookupAccountSidW(NULL, sid_, name_, n_name_, domain_, n_domain_, use_)
#define LookupAccountNameLocalA(name_, sid_, n_sid_, domain_, n_domain_, use_) \
    LookupAccountNameA(NULL, name_, sid_, n_sid_, domain_, n_domain_, use_)
#define LookupAccountNameLocalW(name_, sid_, n_sid_, domain_, n_domain_, use_) \
    LookupAccountNameW(NULL, name_, sid_, n_sid_, domain_, n_domain_, use_)

/**
 * The name of the user that the thread acts as: without a domain, and without an account
 * ERROR_NONE_MAPPED. ERROR_CANT_OPEN_ANONYMOUS at an anonymous level.
 *
 * @param pcbBuffer  room in units; then what is written or needed, with the terminator
 */
WINADVAPI BOOL WINAPI GetUserNameA(_Out_writes_opt_(*pcbBuffer) LPSTR lpBuffer,
                                   _Inout_ LPDWORD pcbBuffer);
WINADVAPI BOOL WINAPI GetUserNameW(_Out_writes_opt_(*pcbBuffer) LPWSTR lpBuffer,
                                   _Inout_ LPDWORD pcbBuffer);

/**
 * Append a callback ACE with a condition, "(…)".
 *
 * @param ReturnLength  the bytes of the ACL that are in use, or would be; set also with
 *                      ERROR_INSUFFICIENT_BUFFER
 */
WINADVAPI BOOL WINAPI AddConditionalAce(_Inout_ PACL pAcl, _In_ DWORD dwAceRevision,
                                        _In_ DWORD AceFlags, _In_ UCHAR AceType,
                                        _In_ DWORD AccessMask, _In_ PSID pSid,
                                        _In_ PWCHAR ConditionStr, _Out_ DWORD *ReturnLength);

/* Audits: what <securitybaseapi.h> declares, with names in UTF-8. */

WINADVAPI BOOL WINAPI AccessCheckAndAuditAlarmA(
    _In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPSTR ObjectTypeName,
    _In_opt_ LPSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_ DWORD DesiredAccess, _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation,
    _Out_ LPDWORD GrantedAccess, _Out_ LPBOOL AccessStatus, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeAndAuditAlarmA(
    _In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPCSTR ObjectTypeName,
    _In_opt_ LPCSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_opt_ PSID PrincipalSelfSid, _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType,
    _In_ DWORD Flags, _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccess,
    _Out_ LPBOOL AccessStatus, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmA(
    _In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ LPCSTR ObjectTypeName,
    _In_opt_ LPCSTR ObjectName, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
    _In_opt_ PSID PrincipalSelfSid, _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType,
    _In_ DWORD Flags, _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccessList,
    _Out_ LPDWORD AccessStatusList, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI AccessCheckByTypeResultListAndAuditAlarmByHandleA(
    _In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId, _In_ HANDLE ClientToken,
    _In_ LPCSTR ObjectTypeName, _In_opt_ LPCSTR ObjectName,
    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID PrincipalSelfSid,
    _In_ DWORD DesiredAccess, _In_ AUDIT_EVENT_TYPE AuditType, _In_ DWORD Flags,
    _In_opt_ POBJECT_TYPE_LIST ObjectTypeList, _In_ DWORD ObjectTypeListLength,
    _In_ PGENERIC_MAPPING GenericMapping, _In_ BOOL ObjectCreation, _Out_ LPDWORD GrantedAccessList,
    _Out_ LPDWORD AccessStatusList, _Out_ LPBOOL pfGenerateOnClose);
WINADVAPI BOOL WINAPI ObjectOpenAuditAlarmA(_In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                            _In_ LPSTR ObjectTypeName, _In_opt_ LPSTR ObjectName,
                                            _In_opt_ PSECURITY_DESCRIPTOR pSecurityDescriptor,
                                            _In_ HANDLE ClientToken, _In_ DWORD DesiredAccess,
                                            _In_ DWORD GrantedAccess,
                                            _In_opt_ PPRIVILEGE_SET Privileges,
                                            _In_ BOOL ObjectCreation, _In_ BOOL AccessGranted,
                                            _Out_ LPBOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectCloseAuditAlarmA(_In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                             _In_ BOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectDeleteAuditAlarmA(_In_ LPCSTR SubsystemName, _In_opt_ LPVOID HandleId,
                                              _In_ BOOL GenerateOnClose);
WINADVAPI BOOL WINAPI ObjectPrivilegeAuditAlarmA(_In_ LPCSTR SubsystemName,
                                                 _In_opt_ LPVOID HandleId, _In_ HANDLE ClientToken,
                                                 _In_ DWORD DesiredAccess,
                                                 _In_ PPRIVILEGE_SET Privileges,
                                                 _In_ BOOL AccessGranted);
WINADVAPI BOOL WINAPI PrivilegedServiceAuditAlarmA(_In_ LPCSTR SubsystemName,
                                                   _In_ LPCSTR ServiceName, _In_ HANDLE ClientToken,
                                                   _In_ PPRIVILEGE_SET Privileges,
                                                   _In_ BOOL AccessGranted);

#define GetUserName                              TSR_TEXT_(GetUserName)
#define LookupAccountName                        TSR_TEXT_(LookupAccountName)
#define LookupAccountNameLocal                   TSR_TEXT_(LookupAccountNameLocal)
#define LookupAccountSid                         TSR_TEXT_(LookupAccountSid)
#define LookupAccountSidLocal                    TSR_TEXT_(LookupAccountSidLocal)
#define LookupPrivilegeValue                     TSR_TEXT_(LookupPrivilegeValue)
#define LookupPrivilegeName                      TSR_TEXT_(LookupPrivilegeName)
#define LookupPrivilegeDisplayName               TSR_TEXT_(LookupPrivilegeDisplayName)
#define AccessCheckAndAuditAlarm                 TSR_TEXT_(AccessCheckAndAuditAlarm)
#define AccessCheckByTypeAndAuditAlarm           TSR_TEXT_(AccessCheckByTypeAndAuditAlarm)
#define AccessCheckByTypeResultListAndAuditAlarm TSR_TEXT_(AccessCheckByTypeResultListAndAuditAlarm)
#define AccessCheckByTypeResultListAndAuditAlarmByHandle \
    TSR_TEXT_(AccessCheckByTypeResultListAndAuditAlarmByHandle)
#define ObjectOpenAuditAlarm        TSR_TEXT_(ObjectOpenAuditAlarm)
#define ObjectCloseAuditAlarm       TSR_TEXT_(ObjectCloseAuditAlarm)
#define ObjectDeleteAuditAlarm      TSR_TEXT_(ObjectDeleteAuditAlarm)
#define ObjectPrivilegeAuditAlarm   TSR_TEXT_(ObjectPrivilegeAuditAlarm)
#define PrivilegedServiceAuditAlarm TSR_TEXT_(PrivilegedServiceAuditAlarm)

TSR_END_DECLS
