/* SPDX-License-Identifier: MIT */
/* Descriptors from one form to the other. */

#include <ntifs.h>

#include <string.h>

#include "nt/descriptor.h"
#include "nt/nt.h"

static tsr_status sid_of_part(PSID part, tsr_sid *sid, const tsr_sid **ret_sid)
{
    if (!part) {
        *ret_sid = NULL;
        return TSR_OK;
    }
    REQUIRE(tsr_ok(tsr_sid_decode(part, SECURITY_MAX_SID_SIZE, sid, NULL)),
            STATUS_INVALID_SECURITY_DESCR);
    *ret_sid = sid;
    return TSR_OK;
}

static tsr_status acl_of_part(PACL part, tsr_acl *ret_acl)
{
    tsr_acl none = {0};

    if (!part) {
        *ret_acl = none;
        return TSR_OK;
    }
    REQUIRE(tsr_ok(acl_view_of(part, ret_acl)), STATUS_INVALID_SECURITY_DESCR);
    return TSR_OK;
}

tsr_status descriptor_pack(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, size_t *ret_size)
{
    const SECURITY_DESCRIPTOR_RELATIVE *header = descriptor;
    const struct parts parts = descriptor_parts(descriptor);
    tsr_sd_parts built = {
        .control = parts.control,
        .resource_manager_control = header->Sbz1,
        .has_dacl = parts.control & SE_DACL_PRESENT,
        .has_sacl = parts.control & SE_SACL_PRESENT,
    };
    tsr_sid owner;
    tsr_sid group;

    TRY(sid_of_part(parts.owner, &owner, &built.owner));
    TRY(sid_of_part(parts.group, &group, &built.group));
    TRY(acl_of_part(parts.dacl, &built.dacl));
    TRY(acl_of_part(parts.sacl, &built.sacl));
    return tsr_sd_build(&built, ret_bytes, ret_size);
}

static tsr_status relative_copy(PSECURITY_DESCRIPTOR descriptor, PSECURITY_DESCRIPTOR to,
                                PULONG size)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t needed;
    ULONG room;

    REQUIRE(size, STATUS_INVALID_PARAMETER);
    TRY(descriptor_pack(descriptor, &bytes, &needed));
    room = *size;
    *size = (ULONG)needed;
    REQUIRE(to && needed <= room, STATUS_BUFFER_TOO_SMALL);

    memcpy(to, bytes, needed);
    return TSR_OK;
}

static tsr_status absolute_to_relative(PSECURITY_DESCRIPTOR absolute, PSECURITY_DESCRIPTOR to,
                                       PULONG size)
{
    TRY(descriptor_check(absolute));
    REQUIRE(!(((SECURITY_DESCRIPTOR *)absolute)->Control & SE_SELF_RELATIVE),
            STATUS_BAD_DESCRIPTOR_FORMAT);
    return relative_copy(absolute, to, size);
}

NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PULONG BufferLength)
{
    return nt_status(absolute_to_relative(AbsoluteSecurityDescriptor,
                                          SelfRelativeSecurityDescriptor, BufferLength));
}

static tsr_status make_relative(PSECURITY_DESCRIPTOR descriptor, PSECURITY_DESCRIPTOR to,
                                PULONG size)
{
    TRY(descriptor_check(descriptor));
    return relative_copy(descriptor, to, size);
}

NTSTATUS NTAPI RtlMakeSelfRelativeSD(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                     PSECURITY_DESCRIPTOR SelfRelativeDescriptor,
                                     PULONG BufferLength)
{
    return nt_status(make_relative(SecurityDescriptor, SelfRelativeDescriptor, BufferLength));
}

/* A part of the absolute form, and the caller's memory for it. */
struct place {
    const void *from;
    ULONG needed;
    void *to;
    ULONG *size;
};

/* Tell what is needed. @return whether there is room for it */
static bool place_fits(const struct place *place)
{
    const ULONG room = *place->size;

    *place->size = place->needed;
    return place->needed == 0 || (place->to && place->needed <= room);
}

/* @return where the part is now; NULL if there is none */
static void *place_fill(const struct place *place)
{
    if (!place->from) {
        return NULL;
    }
    memcpy(place->to, place->from, place->needed);
    return place->to;
}

static tsr_status places_fit(const struct place *places, size_t n_places)
{
    bool fit = true;

    for (size_t i = 0; i < n_places; i++) {
        REQUIRE(places[i].size, STATUS_INVALID_PARAMETER);
    }
    for (size_t i = 0; i < n_places; i++) {
        fit = place_fits(&places[i]) && fit;
    }
    REQUIRE(fit, STATUS_BUFFER_TOO_SMALL);
    return TSR_OK;
}

static tsr_status relative_check(PSECURITY_DESCRIPTOR relative)
{
    TRY(descriptor_check(relative));
    REQUIRE(((SECURITY_DESCRIPTOR_RELATIVE *)relative)->Control & SE_SELF_RELATIVE,
            STATUS_BAD_DESCRIPTOR_FORMAT);
    REQUIRE(RtlValidSecurityDescriptor(relative), STATUS_INVALID_SECURITY_DESCR);
    return TSR_OK;
}

enum {
    PLACE_DESCRIPTOR,
    PLACE_DACL,
    PLACE_SACL,
    PLACE_OWNER,
    PLACE_GROUP,
    N_PLACES,
};

static void absolute_write(const SECURITY_DESCRIPTOR_RELATIVE *relative, const struct place *places)
{
    SECURITY_DESCRIPTOR *absolute = places[PLACE_DESCRIPTOR].to;

    *absolute = (SECURITY_DESCRIPTOR){
        .Revision = relative->Revision,
        .Sbz1 = relative->Sbz1,
        .Control = (WORD)(relative->Control & ~SE_SELF_RELATIVE),
        .Owner = place_fill(&places[PLACE_OWNER]),
        .Group = place_fill(&places[PLACE_GROUP]),
        .Sacl = place_fill(&places[PLACE_SACL]),
        .Dacl = place_fill(&places[PLACE_DACL]),
    };
}

static tsr_status relative_to_absolute(PSECURITY_DESCRIPTOR relative, struct place *places)
{
    struct parts parts;

    TRY(relative_check(relative));
    parts = descriptor_parts(relative);
    places[PLACE_DESCRIPTOR].needed = sizeof(SECURITY_DESCRIPTOR);
    places[PLACE_DACL].from = parts.dacl;
    places[PLACE_DACL].needed = parts.dacl ? parts.dacl->AclSize : 0;
    places[PLACE_SACL].from = parts.sacl;
    places[PLACE_SACL].needed = parts.sacl ? parts.sacl->AclSize : 0;
    places[PLACE_OWNER].from = parts.owner;
    places[PLACE_OWNER].needed = RtlLengthSid(parts.owner);
    places[PLACE_GROUP].from = parts.group;
    places[PLACE_GROUP].needed = RtlLengthSid(parts.group);
    TRY(places_fit(places, N_PLACES));

    absolute_write(relative, places);
    return TSR_OK;
}

NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PULONG AbsoluteSecurityDescriptorSize, PACL Dacl,
                                           PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner,
                                           PULONG OwnerSize, PSID PrimaryGroup,
                                           PULONG PrimaryGroupSize)
{
    struct place places[N_PLACES] = {
        [PLACE_DESCRIPTOR] = {.to = AbsoluteSecurityDescriptor,
                              .size = AbsoluteSecurityDescriptorSize},
        [PLACE_DACL] = {.to = Dacl, .size = DaclSize},
        [PLACE_SACL] = {.to = Sacl, .size = SaclSize},
        [PLACE_OWNER] = {.to = Owner, .size = OwnerSize},
        [PLACE_GROUP] = {.to = PrimaryGroup, .size = PrimaryGroupSize},
    };

    return nt_status(relative_to_absolute(SelfRelativeSecurityDescriptor, places));
}
