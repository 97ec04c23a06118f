/* SPDX-License-Identifier: MIT */
/* The descriptors of drivers' own objects, kept by pointers. */

#include <stdlib.h>
#include <string.h>

#include "nt/capture.h"
#include "object/impersonate.h"
#include "token/token.h"

/* What Microsoft documents; others would lift checks. */
#define KNOWN_FLAGS (SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT)

/* Whether the parts of a descriptor stand where they can be read. */
static bool is_aligned(const SECURITY_DESCRIPTOR_RELATIVE *descriptor)
{
    return (descriptor->Owner | descriptor->Group | descriptor->Dacl | descriptor->Sacl) %
               sizeof(DWORD) ==
           0;
}

BOOLEAN NTAPI SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return (uintptr_t)SecurityDescriptor % sizeof(DWORD) == 0 &&
           RtlValidRelativeSecurityDescriptor(SecurityDescriptor, Length,
                                              OWNER_SECURITY_INFORMATION) &&
           is_aligned(SecurityDescriptor);
}

/* @param ret_bytes  owned by the caller, free(); what @ret_sd points into */
static tsr_status capture_object(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes,
                                 tsr_sd *ret_sd)
{
    REQUIRE(descriptor, STATUS_NO_SECURITY_ON_OBJECT);
    REQUIRE(((const SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Control & SE_SELF_RELATIVE,
            STATUS_BAD_DESCRIPTOR_FORMAT);
    return capture_descriptor(descriptor, ret_bytes, ret_sd);
}

static tsr_status query(const SECURITY_INFORMATION *information, PSECURITY_DESCRIPTOR to,
                        ULONG *length, const PSECURITY_DESCRIPTOR *objects)
{
    CLEANUP(free) uint8_t *object_bytes = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd object;
    size_t size;
    ULONG room;

    REQUIRE(information && length && objects, STATUS_ACCESS_VIOLATION);
    TRY(capture_object(*objects, &object_bytes, &object));
    TRY(tsr_sd_select(&object, *information, &bytes, &size));
    room = *length;
    *length = (ULONG)size;
    REQUIRE(to && size <= room, STATUS_BUFFER_TOO_SMALL);
    memcpy(to, bytes, size);
    return TSR_OK;
}

NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                                             PSECURITY_DESCRIPTOR SecurityDescriptor, PULONG Length,
                                             PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor)
{
    return nt_status(
        query(SecurityInformation, SecurityDescriptor, Length, ObjectsSecurityDescriptor));
}

/* What is to be changed, in the terms of Windows. */
struct change {
    const SECURITY_INFORMATION *information;
    PSECURITY_DESCRIPTOR modification;
    ULONG flags;
    const GENERIC_MAPPING *mapping;
};

/* Rights to the object are its driver's to check; an owner or a label is judged by who asks. */
static tsr_status change(const struct change *change, PSECURITY_DESCRIPTOR *objects)
{
    CLEANUP(free) uint8_t *modification_bytes = NULL;
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;
    CLEANUP(free) uint8_t *object_bytes = NULL;
    tsr_generic_mapping mapping;
    tsr_change_request request = {.flags = change->flags, .mapping = &mapping};
    tsr_sd modification;
    uint8_t *bytes;
    tsr_sd object;
    size_t size;

    REQUIRE(change->information && objects, STATUS_ACCESS_VIOLATION);
    REQUIRE((change->flags & ~KNOWN_FLAGS) == 0, STATUS_INVALID_PARAMETER);
    TRY(capture_object(*objects, &object_bytes, &object));
    TRY(capture_descriptor(change->modification, &modification_bytes, &modification));
    TRY(capture_mapping(change->mapping, &mapping));
    TRY(opening_token(&caller));
    request.information = *change->information;
    request.change = &modification;
    TRY(tsr_sd_change_object(caller, &object, &request, &bytes, &size));
    *objects = bytes;
    return TSR_OK;
}

NTSTATUS NTAPI SeSetSecurityDescriptorInfoEx(PVOID Object,
                                             PSECURITY_INFORMATION SecurityInformation,
                                             PSECURITY_DESCRIPTOR ModificationDescriptor,
                                             PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                             ULONG AutoInheritFlags, POOL_TYPE PoolType,
                                             PGENERIC_MAPPING GenericMapping)
{
    const struct change request = {
        .information = SecurityInformation,
        .modification = ModificationDescriptor,
        .flags = AutoInheritFlags,
        .mapping = GenericMapping,
    };

    (void)Object; /* There are no quotas. */
    (void)PoolType;
    return nt_status(change(&request, ObjectsSecurityDescriptor));
}

NTSTATUS NTAPI SeSetSecurityDescriptorInfo(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                           PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                           POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping)
{
    return SeSetSecurityDescriptorInfoEx(Object, SecurityInformation, SecurityDescriptor,
                                         ObjectsSecurityDescriptor, 0, PoolType, GenericMapping);
}
