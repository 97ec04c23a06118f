/* SPDX-License-Identifier: MIT */
/* Descriptors of objects by handle, in parts. */

#include <aclapi.h>

#include <ntifs.h>

#include "base/check.h"
#include "object/services.h"
#include "win32/error.h"

#define SACL_PARTS                                                                             \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)

/* Where the caller wants parts; NULL: he does not. */
struct wanted {
    PSID *owner;
    PSID *group;
    PACL *dacl;
    PACL *sacl;
};

static void *at(uint8_t *bytes, DWORD offset)
{
    return offset ? bytes + offset : NULL;
}

/* What was not selected is absent. */
static void tell_parts(uint8_t *bytes, const struct wanted *wanted)
{
    const SECURITY_DESCRIPTOR_RELATIVE *header = (const void *)bytes;

    if (wanted->owner) {
        *wanted->owner = at(bytes, header->Owner);
    }
    if (wanted->group) {
        *wanted->group = at(bytes, header->Group);
    }
    if (wanted->dacl) {
        *wanted->dacl = at(bytes, header->Dacl);
    }
    if (wanted->sacl) {
        *wanted->sacl = at(bytes, header->Sacl);
    }
}

static tsr_status get(HANDLE handle, SE_OBJECT_TYPE type, SECURITY_INFORMATION information,
                      const struct wanted *wanted, PSECURITY_DESCRIPTOR *ret_descriptor)
{
    uint8_t *bytes;
    size_t size;

    REQUIRE(type == SE_KERNEL_OBJECT && ret_descriptor, STATUS_INVALID_PARAMETER);
    TRY(service_query_security((handle_t)(uintptr_t)handle, information, &bytes, &size));

    tell_parts(bytes, wanted);
    *ret_descriptor = bytes;
    return TSR_OK;
}

DWORD WINAPI GetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE ObjectType,
                             SECURITY_INFORMATION SecurityInfo, PSID *ppsidOwner, PSID *ppsidGroup,
                             PACL *ppDacl, PACL *ppSacl, PSECURITY_DESCRIPTOR *ppSecurityDescriptor)
{
    const struct wanted wanted = {ppsidOwner, ppsidGroup, ppDacl, ppSacl};

    return error_of(get(handle, ObjectType, SecurityInfo, &wanted, ppSecurityDescriptor));
}

/* A part that is not named is not looked at. */
DWORD WINAPI SetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE ObjectType,
                             SECURITY_INFORMATION SecurityInfo, PSID psidOwner, PSID psidGroup,
                             PACL pDacl, PACL pSacl)
{
    SECURITY_DESCRIPTOR descriptor = {.Revision = SECURITY_DESCRIPTOR_REVISION};

    if (ObjectType != SE_KERNEL_OBJECT) {
        return ERROR_INVALID_PARAMETER;
    }
    if (SecurityInfo & OWNER_SECURITY_INFORMATION) {
        descriptor.Owner = psidOwner;
    }
    if (SecurityInfo & GROUP_SECURITY_INFORMATION) {
        descriptor.Group = psidGroup;
    }
    if (SecurityInfo & DACL_SECURITY_INFORMATION) {
        descriptor.Control |= SE_DACL_PRESENT;
        descriptor.Dacl = pDacl;
    }
    if (SecurityInfo & SACL_PARTS) {
        descriptor.Control |= SE_SACL_PRESENT;
        descriptor.Sacl = pSacl;
    }
    return RtlNtStatusToDosError(NtSetSecurityObject(handle, SecurityInfo, &descriptor));
}
