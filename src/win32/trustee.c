/* SPDX-License-Identifier: MIT */
/* Who is meant in an ACL: trustees, built and read. */

#include "win32/trustee.h"

#include <stdlib.h>
#include <string.h>

#include <aclapi.h>
#include <ntifs.h>

#include "base/check.h"

_Static_assert(sizeof(TRUSTEE_A) == sizeof(TRUSTEE_W), "one layout");
_Static_assert(sizeof(OBJECTS_AND_NAME_A) == sizeof(OBJECTS_AND_NAME_W), "one layout");

static tsr_status sid_of(PSID sid, tsr_sid *ret_sid)
{
    REQUIRE(RtlValidSid(sid), STATUS_INVALID_SID);
    return tsr_sid_decode(sid, RtlLengthSid(sid), ret_sid, NULL);
}

static tsr_status sid_of_name(const void *text, enum text_form form, tsr_sid *ret_sid)
{
    CLEANUP(free) char *name = NULL;

    TRY(account_text_read(text, form, &name));
    /* No account has this name: it stands for whoever calls. */
    if (strcmp(name, "CURRENT_USER") == 0) {
        return account_effective_user(ret_sid);
    }
    return account_sid_of_text(text, form, ret_sid);
}

tsr_status trustee_read(const TRUSTEE_W *trustee, enum text_form form,
                        tsr_explicit_access *ret_entry)
{
    const OBJECTS_AND_NAME_W *names = (const void *)trustee->ptstrName;
    const OBJECTS_AND_SID *objects = (const void *)trustee->ptstrName;

    REQUIRE(!trustee->pMultipleTrustee, STATUS_INVALID_PARAMETER);
    switch (trustee->TrusteeForm) {
    case TRUSTEE_IS_SID:
        return sid_of(trustee->ptstrName, &ret_entry->sid);
    case TRUSTEE_IS_OBJECTS_AND_SID:
        REQUIRE(objects, STATUS_INVALID_PARAMETER);
        if (objects->ObjectsPresent & ACE_OBJECT_TYPE_PRESENT) {
            ret_entry->object_type = (const uint8_t *)&objects->ObjectTypeGuid;
        }
        if (objects->ObjectsPresent & ACE_INHERITED_OBJECT_TYPE_PRESENT) {
            ret_entry->inherited_object_type = (const uint8_t *)&objects->InheritedObjectTypeGuid;
        }
        return sid_of(objects->pSid, &ret_entry->sid);
    case TRUSTEE_IS_NAME:
        return sid_of_name(trustee->ptstrName, form, &ret_entry->sid);
    case TRUSTEE_IS_OBJECTS_AND_NAME:
        REQUIRE(names, STATUS_INVALID_PARAMETER);
        /* Types have names in a directory, and there is none. */
        REQUIRE(names->ObjectsPresent == 0, STATUS_NONE_MAPPED);
        return sid_of_name(names->ptstrName, form, &ret_entry->sid);
    case TRUSTEE_BAD_FORM:
        break;
    }
    return tsr_status_of(STATUS_INVALID_PARAMETER);
}

VOID WINAPI BuildExplicitAccessWithNameA(PEXPLICIT_ACCESS_A pExplicitAccess, LPSTR pTrusteeName,
                                         DWORD AccessPermissions, ACCESS_MODE AccessMode,
                                         DWORD Inheritance)
{
    pExplicitAccess->grfAccessPermissions = AccessPermissions;
    pExplicitAccess->grfAccessMode = AccessMode;
    pExplicitAccess->grfInheritance = Inheritance;
    BuildTrusteeWithNameA(&pExplicitAccess->Trustee, pTrusteeName);
}

VOID WINAPI BuildExplicitAccessWithNameW(PEXPLICIT_ACCESS_W pExplicitAccess, LPWSTR pTrusteeName,
                                         DWORD AccessPermissions, ACCESS_MODE AccessMode,
                                         DWORD Inheritance)
{
    pExplicitAccess->grfAccessPermissions = AccessPermissions;
    pExplicitAccess->grfAccessMode = AccessMode;
    pExplicitAccess->grfInheritance = Inheritance;
    BuildTrusteeWithNameW(&pExplicitAccess->Trustee, pTrusteeName);
}

VOID WINAPI BuildTrusteeWithNameA(PTRUSTEE_A pTrustee, LPSTR pName)
{
    *pTrustee = (TRUSTEE_A){.TrusteeForm = TRUSTEE_IS_NAME, .ptstrName = pName};
}

VOID WINAPI BuildTrusteeWithNameW(PTRUSTEE_W pTrustee, LPWSTR pName)
{
    *pTrustee = (TRUSTEE_W){.TrusteeForm = TRUSTEE_IS_NAME, .ptstrName = pName};
}

VOID WINAPI BuildTrusteeWithSidA(PTRUSTEE_A pTrustee, PSID pSid)
{
    *pTrustee = (TRUSTEE_A){.TrusteeForm = TRUSTEE_IS_SID, .ptstrName = pSid};
}

VOID WINAPI BuildTrusteeWithSidW(PTRUSTEE_W pTrustee, PSID pSid)
{
    *pTrustee = (TRUSTEE_W){.TrusteeForm = TRUSTEE_IS_SID, .ptstrName = pSid};
}

/* Types that are given are there. */
static void objects_build(OBJECTS_AND_SID *objects, const GUID *type, const GUID *inherited_type,
                          PSID sid)
{
    *objects = (OBJECTS_AND_SID){.pSid = sid};
    if (type) {
        objects->ObjectsPresent |= ACE_OBJECT_TYPE_PRESENT;
        objects->ObjectTypeGuid = *type;
    }
    if (inherited_type) {
        objects->ObjectsPresent |= ACE_INHERITED_OBJECT_TYPE_PRESENT;
        objects->InheritedObjectTypeGuid = *inherited_type;
    }
}

VOID WINAPI BuildTrusteeWithObjectsAndSidA(PTRUSTEE_A pTrustee, POBJECTS_AND_SID pObjSid,
                                           GUID *pObjectGuid, GUID *pInheritedObjectGuid, PSID pSid)
{
    *pTrustee = (TRUSTEE_A){
        .TrusteeForm = TRUSTEE_IS_OBJECTS_AND_SID,
        .ptstrName = (LPSTR)pObjSid,
    };
    if (pObjSid) {
        objects_build(pObjSid, pObjectGuid, pInheritedObjectGuid, pSid);
    }
}

VOID WINAPI BuildTrusteeWithObjectsAndSidW(PTRUSTEE_W pTrustee, POBJECTS_AND_SID pObjSid,
                                           GUID *pObjectGuid, GUID *pInheritedObjectGuid, PSID pSid)
{
    *pTrustee = (TRUSTEE_W){
        .TrusteeForm = TRUSTEE_IS_OBJECTS_AND_SID,
        .ptstrName = (LPWSTR)pObjSid,
    };
    if (pObjSid) {
        objects_build(pObjSid, pObjectGuid, pInheritedObjectGuid, pSid);
    }
}

static DWORD types_present(const void *type_name, const void *inherited_type_name)
{
    return (type_name ? ACE_OBJECT_TYPE_PRESENT : 0) |
           (inherited_type_name ? ACE_INHERITED_OBJECT_TYPE_PRESENT : 0);
}

VOID WINAPI BuildTrusteeWithObjectsAndNameA(PTRUSTEE_A pTrustee, POBJECTS_AND_NAME_A pObjName,
                                            SE_OBJECT_TYPE ObjectType, LPSTR ObjectTypeName,
                                            LPSTR InheritedObjectTypeName, LPSTR Name)
{
    *pTrustee = (TRUSTEE_A){
        .TrusteeForm = TRUSTEE_IS_OBJECTS_AND_NAME,
        .ptstrName = (LPSTR)pObjName,
    };
    if (pObjName) {
        *pObjName = (OBJECTS_AND_NAME_A){
            .ObjectsPresent = types_present(ObjectTypeName, InheritedObjectTypeName),
            .ObjectType = ObjectType,
            .ObjectTypeName = ObjectTypeName,
            .InheritedObjectTypeName = InheritedObjectTypeName,
            .ptstrName = Name,
        };
    }
}

VOID WINAPI BuildTrusteeWithObjectsAndNameW(PTRUSTEE_W pTrustee, POBJECTS_AND_NAME_W pObjName,
                                            SE_OBJECT_TYPE ObjectType, LPWSTR ObjectTypeName,
                                            LPWSTR InheritedObjectTypeName, LPWSTR Name)
{
    *pTrustee = (TRUSTEE_W){
        .TrusteeForm = TRUSTEE_IS_OBJECTS_AND_NAME,
        .ptstrName = (LPWSTR)pObjName,
    };
    if (pObjName) {
        *pObjName = (OBJECTS_AND_NAME_W){
            .ObjectsPresent = types_present(ObjectTypeName, InheritedObjectTypeName),
            .ObjectType = ObjectType,
            .ObjectTypeName = ObjectTypeName,
            .InheritedObjectTypeName = InheritedObjectTypeName,
            .ptstrName = Name,
        };
    }
}

TRUSTEE_FORM WINAPI GetTrusteeFormA(PTRUSTEE_A pTrustee)
{
    return pTrustee ? pTrustee->TrusteeForm : TRUSTEE_BAD_FORM;
}

TRUSTEE_FORM WINAPI GetTrusteeFormW(PTRUSTEE_W pTrustee)
{
    return pTrustee ? pTrustee->TrusteeForm : TRUSTEE_BAD_FORM;
}

TRUSTEE_TYPE WINAPI GetTrusteeTypeA(PTRUSTEE_A pTrustee)
{
    return pTrustee ? pTrustee->TrusteeType : TRUSTEE_IS_UNKNOWN;
}

TRUSTEE_TYPE WINAPI GetTrusteeTypeW(PTRUSTEE_W pTrustee)
{
    return pTrustee ? pTrustee->TrusteeType : TRUSTEE_IS_UNKNOWN;
}

LPSTR WINAPI GetTrusteeNameA(PTRUSTEE_A pTrustee)
{
    return GetTrusteeFormA(pTrustee) == TRUSTEE_IS_NAME ? pTrustee->ptstrName : NULL;
}

LPWSTR WINAPI GetTrusteeNameW(PTRUSTEE_W pTrustee)
{
    return GetTrusteeFormW(pTrustee) == TRUSTEE_IS_NAME ? pTrustee->ptstrName : NULL;
}
