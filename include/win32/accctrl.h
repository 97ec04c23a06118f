/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What somebody shall have on an object, and how he is named
 */

#include <tessera/acl-edit.h>

#include <winnt.h>

TSR_BEGIN_DECLS

typedef enum _SE_OBJECT_TYPE {
    SE_UNKNOWN_OBJECT_TYPE,
    SE_FILE_OBJECT,
    SE_SERVICE,
    SE_PRINTER,
    SE_REGISTRY_KEY,
    SE_LMSHARE,
    SE_KERNEL_OBJECT,
    SE_WINDOW_OBJECT,
    SE_DS_OBJECT,
    SE_DS_OBJECT_ALL,
    SE_PROVIDER_DEFINED_OBJECT,
    SE_WMIGUID_OBJECT,
    SE_REGISTRY_WOW64_32KEY,
} SE_OBJECT_TYPE;

typedef enum _TRUSTEE_TYPE {
    TRUSTEE_IS_UNKNOWN,
    TRUSTEE_IS_USER,
    TRUSTEE_IS_GROUP,
    TRUSTEE_IS_DOMAIN,
    TRUSTEE_IS_ALIAS,
    TRUSTEE_IS_WELL_KNOWN_GROUP,
    TRUSTEE_IS_DELETED,
    TRUSTEE_IS_INVALID,
    TRUSTEE_IS_COMPUTER,
} TRUSTEE_TYPE;

typedef enum _TRUSTEE_FORM {
    TRUSTEE_IS_SID,
    TRUSTEE_IS_NAME,
    TRUSTEE_BAD_FORM,
    TRUSTEE_IS_OBJECTS_AND_SID,
    TRUSTEE_IS_OBJECTS_AND_NAME,
} TRUSTEE_FORM;

typedef enum _MULTIPLE_TRUSTEE_OPERATION {
    NO_MULTIPLE_TRUSTEE,
    TRUSTEE_IS_IMPERSONATE,
} MULTIPLE_TRUSTEE_OPERATION;

/* GRANT_ACCESS ... SET_AUDIT_FAILURE; <tessera/acl-edit.h> says what each does. */
typedef tsr_access_mode ACCESS_MODE;

#define NO_INHERITANCE                     0x0u
#define SUB_OBJECTS_ONLY_INHERIT           0x1u
#define SUB_CONTAINERS_ONLY_INHERIT        0x2u
#define SUB_CONTAINERS_AND_OBJECTS_INHERIT 0x3u
#define INHERIT_NO_PROPAGATE               0x4u
#define INHERIT_ONLY                       0x8u

typedef struct _OBJECTS_AND_SID {
    DWORD ObjectsPresent; /* ACE_OBJECT_TYPE_PRESENT ... */
    GUID ObjectTypeGuid;
    GUID InheritedObjectTypeGuid;
    SID *pSid;
} OBJECTS_AND_SID, *POBJECTS_AND_SID;

typedef struct _OBJECTS_AND_NAME_A {
    DWORD ObjectsPresent;
    SE_OBJECT_TYPE ObjectType;
    LPSTR ObjectTypeName;
    LPSTR InheritedObjectTypeName;
    LPSTR ptstrName;
} OBJECTS_AND_NAME_A, *POBJECTS_AND_NAME_A, OBJECTS_AND_NAMEA, *POBJECTS_AND_NAMEA;

typedef struct _OBJECTS_AND_NAME_W {
    DWORD ObjectsPresent;
    SE_OBJECT_TYPE ObjectType;
    LPWSTR ObjectTypeName;
    LPWSTR InheritedObjectTypeName;
    LPWSTR ptstrName;
} OBJECTS_AND_NAME_W, *POBJECTS_AND_NAME_W, OBJECTS_AND_NAMEW, *POBJECTS_AND_NAMEW;

/* ptstrName is the name, or points to what the form says: a SID, or one of the structures above. */
typedef struct _TRUSTEE_A {
    struct _TRUSTEE_A *pMultipleTrustee;
    MULTIPLE_TRUSTEE_OPERATION MultipleTrusteeOperation;
    TRUSTEE_FORM TrusteeForm;
    TRUSTEE_TYPE TrusteeType;
    LPSTR ptstrName;
} TRUSTEE_A, *PTRUSTEE_A, TRUSTEEA, *PTRUSTEEA;

typedef struct _TRUSTEE_W {
    struct _TRUSTEE_W *pMultipleTrustee;
    MULTIPLE_TRUSTEE_OPERATION MultipleTrusteeOperation;
    TRUSTEE_FORM TrusteeForm;
    TRUSTEE_TYPE TrusteeType;
    LPWSTR ptstrName;
} TRUSTEE_W, *PTRUSTEE_W, TRUSTEEW, *PTRUSTEEW;

typedef struct _EXPLICIT_ACCESS_A {
    DWORD grfAccessPermissions;
    ACCESS_MODE grfAccessMode;
    DWORD grfInheritance;
    TRUSTEE_A Trustee;
} EXPLICIT_ACCESS_A, *PEXPLICIT_ACCESS_A, EXPLICIT_ACCESSA, *PEXPLICIT_ACCESSA;

typedef struct _EXPLICIT_ACCESS_W {
    DWORD grfAccessPermissions;
    ACCESS_MODE grfAccessMode;
    DWORD grfInheritance;
    TRUSTEE_W Trustee;
} EXPLICIT_ACCESS_W, *PEXPLICIT_ACCESS_W, EXPLICIT_ACCESSW, *PEXPLICIT_ACCESSW;

#define OBJECTS_AND_NAME_  TSR_TEXT_(OBJECTS_AND_NAME_)
#define OBJECTS_AND_NAME   TSR_TEXT_(OBJECTS_AND_NAME)
#define POBJECTS_AND_NAME_ TSR_TEXT_(POBJECTS_AND_NAME_)
#define POBJECTS_AND_NAME  TSR_TEXT_(POBJECTS_AND_NAME)
#define TRUSTEE_           TSR_TEXT_(TRUSTEE_)
#define TRUSTEE            TSR_TEXT_(TRUSTEE)
#define PTRUSTEE_          TSR_TEXT_(PTRUSTEE_)
#define PTRUSTEE           TSR_TEXT_(PTRUSTEE)
#define EXPLICIT_ACCESS_   TSR_TEXT_(EXPLICIT_ACCESS_)
#define EXPLICIT_ACCESS    TSR_TEXT_(EXPLICIT_ACCESS)
#define PEXPLICIT_ACCESS_  TSR_TEXT_(PEXPLICIT_ACCESS_)
#define PEXPLICIT_ACCESS   TSR_TEXT_(PEXPLICIT_ACCESS)

TSR_END_DECLS
