/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Status: the one error currency
 *
 * Every fallible function returns a tsr_status, which carries one NTSTATUS in a struct so that it
 * can be neither dropped nor mistaken for a number. Values are Microsoft's ([MS-ERREF] 2.3).
 */

#include <stdbool.h>
#include <stdint.h>

#include <tessera/base.h>

TSR_BEGIN_DECLS

#define STATUS_SUCCESS                 0x00000000u
#define STATUS_NOT_ALL_ASSIGNED        0x00000106u
#define STATUS_SOME_NOT_MAPPED         0x00000107u
#define STATUS_BUFFER_OVERFLOW         0x80000005u
#define STATUS_NO_MORE_ENTRIES         0x8000001Au
#define STATUS_DEVICE_BUSY             0x80000011u
#define STATUS_EA_TOO_LARGE            0xC0000050u
#define STATUS_NO_EAS_ON_FILE          0xC0000052u
#define STATUS_INTEGER_OVERFLOW        0xC0000095u
#define STATUS_FILE_INVALID            0xC0000098u
#define STATUS_RETRY                   0xC000022Du
#define STATUS_USER_MAPPED_FILE        0xC0000243u
#define STATUS_UNSUCCESSFUL            0xC0000001u
#define STATUS_NOT_IMPLEMENTED         0xC0000002u
#define STATUS_INVALID_HANDLE          0xC0000008u
#define STATUS_INVALID_PARAMETER       0xC000000Du
#define STATUS_NO_SUCH_DEVICE          0xC000000Eu
#define STATUS_NO_SUCH_FILE            0xC000000Fu
#define STATUS_INVALID_DEVICE_REQUEST  0xC0000010u
#define STATUS_END_OF_FILE             0xC0000011u
#define STATUS_NO_MEMORY               0xC0000017u
#define STATUS_ACCESS_DENIED           0xC0000022u
#define STATUS_BUFFER_TOO_SMALL        0xC0000023u
#define STATUS_DISK_CORRUPT_ERROR      0xC0000032u
#define STATUS_OBJECT_NAME_INVALID     0xC0000033u
#define STATUS_OBJECT_NAME_NOT_FOUND   0xC0000034u
#define STATUS_OBJECT_NAME_COLLISION   0xC0000035u
#define STATUS_OBJECT_PATH_NOT_FOUND   0xC000003Au
#define STATUS_DATA_ERROR              0xC000003Eu
#define STATUS_CRC_ERROR               0xC000003Fu
#define STATUS_SHARING_VIOLATION       0xC0000043u
#define STATUS_QUOTA_EXCEEDED          0xC0000044u
#define STATUS_LOCK_NOT_GRANTED        0xC0000055u
#define STATUS_REVISION_MISMATCH       0xC0000059u
#define STATUS_INVALID_OWNER           0xC000005Au
#define STATUS_INVALID_PRIMARY_GROUP   0xC000005Bu
#define STATUS_NO_IMPERSONATION_TOKEN  0xC000005Cu
#define STATUS_CANT_DISABLE_MANDATORY  0xC000005Du
#define STATUS_NO_SUCH_PRIVILEGE       0xC0000060u
#define STATUS_PRIVILEGE_NOT_HELD      0xC0000061u
#define STATUS_INVALID_ACCOUNT_NAME    0xC0000062u
#define STATUS_NO_SUCH_USER            0xC0000064u
#define STATUS_NONE_MAPPED             0xC0000073u
#define STATUS_INVALID_ACL             0xC0000077u
#define STATUS_INVALID_SID             0xC0000078u
#define STATUS_INVALID_SECURITY_DESCR  0xC0000079u
#define STATUS_INVALID_IMAGE_FORMAT    0xC000007Bu
#define STATUS_NO_TOKEN                0xC000007Cu
#define STATUS_DISK_FULL               0xC000007Fu
#define STATUS_ALLOTTED_SPACE_EXCEEDED 0xC0000099u
#define STATUS_INSUFFICIENT_RESOURCES  0xC000009Au
#define STATUS_MEDIA_WRITE_PROTECTED   0xC00000A2u
#define STATUS_BAD_IMPERSONATION_LEVEL 0xC00000A5u
#define STATUS_BAD_TOKEN_TYPE          0xC00000A8u
#define STATUS_FILE_IS_A_DIRECTORY     0xC00000BAu
#define STATUS_NOT_SUPPORTED           0xC00000BBu
#define STATUS_DEVICE_DOES_NOT_EXIST   0xC00000C0u
#define STATUS_NOT_SAME_DEVICE         0xC00000D4u
#define STATUS_GENERIC_NOT_MAPPED      0xC00000E6u
#define STATUS_INTERNAL_ERROR          0xC00000E5u
#define STATUS_DIRECTORY_NOT_EMPTY     0xC0000101u
#define STATUS_FILE_CORRUPT_ERROR      0xC0000102u
#define STATUS_NOT_A_DIRECTORY         0xC0000103u
#define STATUS_NAME_TOO_LONG           0xC0000106u
#define STATUS_ILLEGAL_CHARACTER       0xC0000161u
#define STATUS_UNMAPPABLE_CHARACTER    0xC0000162u
#define STATUS_CANCELLED               0xC0000120u
#define STATUS_IO_DEVICE_ERROR         0xC0000185u
#define STATUS_POSSIBLE_DEADLOCK       0xC0000194u
#define STATUS_NOT_FOUND               0xC0000225u
#define STATUS_TOO_MANY_LINKS          0xC0000265u
#define STATUS_CANT_ENABLE_DENY_ONLY   0xC00002B3u
#define STATUS_STOPPED_ON_SYMLINK      0x8000002Du
#define STATUS_INVALID_INFO_CLASS      0xC0000003u
#define STATUS_INVALID_CID             0xC000000Bu
#define STATUS_OBJECT_TYPE_MISMATCH    0xC0000024u
#define STATUS_NO_SUCH_LOGON_SESSION   0xC000005Fu
#define STATUS_DEVICE_NOT_CONNECTED    0xC000009Du
#define STATUS_CANT_OPEN_ANONYMOUS     0xC00000A6u
#define STATUS_LOGON_SESSION_EXISTS    0xC00000EEu
#define STATUS_TOO_MANY_OPENED_FILES   0xC000011Fu
#define STATUS_TOKEN_ALREADY_IN_USE    0xC000012Bu
#define STATUS_HANDLE_NOT_CLOSABLE     0xC0000235u
#define STATUS_FILE_TOO_LARGE          0xC0000904u

typedef struct TSR_NODISCARD_TYPE tsr_status {
    uint32_t code; /* an NTSTATUS */
} tsr_status;

/** The status with this NTSTATUS. */
static inline tsr_status tsr_status_of(uint32_t code)
{
    tsr_status status;

    status.code = code;
    return status;
}

#define TSR_OK (tsr_status_of(STATUS_SUCCESS))

/** Whether the severity is success or information. */
static inline bool tsr_ok(tsr_status status)
{
    return status.code < 0x80000000u;
}

/** Whether the severity is warning or error. */
static inline bool tsr_failed(tsr_status status)
{
    return !tsr_ok(status);
}

/** The symbolic name of an NTSTATUS. @return static text, "STATUS_ACCESS_DENIED"; NULL if unknown.
 */
TSR_PUBLIC const char *tsr_status_name(uint32_t code);

/**
 * The NTSTATUS with this symbolic name.
 *
 * @param ret_code  untouched on failure
 * @return STATUS_NOT_FOUND
 */
TSR_PUBLIC tsr_status tsr_status_by_name(const char *name, uint32_t *ret_code);

TSR_END_DECLS
