/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Types of the native API
 *
 * Programs are compiled with -I of this folder and of win32 beside it, and linked with libtessera.
 */

#include <winnt.h>
#include <winternl.h>

#define FASTCALL

#define OBJ_INHERIT            0x00000002u
#define OBJ_PERMANENT          0x00000010u
#define OBJ_EXCLUSIVE          0x00000020u
#define OBJ_CASE_INSENSITIVE   0x00000040u
#define OBJ_OPENIF             0x00000080u
#define OBJ_OPENLINK           0x00000100u
#define OBJ_KERNEL_HANDLE      0x00000200u
#define OBJ_FORCE_ACCESS_CHECK 0x00000400u
#define OBJ_VALID_ATTRIBUTES   0x000007F2u

#define InitializeObjectAttributes(object_, name_, attributes_, root_, descriptor_) \
    do {                                                                            \
        (object_)->Length = sizeof(OBJECT_ATTRIBUTES);                              \
        (object_)->RootDirectory = (root_);                                         \
        (object_)->ObjectName = (name_);                                            \
        (object_)->Attributes = (attributes_);                                      \
        (object_)->SecurityDescriptor = (descriptor_);                              \
        (object_)->SecurityQualityOfService = NULL;                                 \
    } while (0)

typedef CHAR KPROCESSOR_MODE;

typedef enum _MODE {
    KernelMode,
    UserMode,
    MaximumMode,
} MODE;
