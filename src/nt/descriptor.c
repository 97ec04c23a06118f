/* SPDX-License-Identifier: MIT */
/* Descriptors in the caller's memory: what they consist of. */

#include "nt/descriptor.h"

#include <string.h>

#include "nt/nt.h"

#define INHERITANCE_CONTROL                                                         \
    (SE_DACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | \
     SE_SACL_AUTO_INHERITED | SE_DACL_PROTECTED | SE_SACL_PROTECTED)

tsr_status descriptor_check(PSECURITY_DESCRIPTOR descriptor)
{
    const SECURITY_DESCRIPTOR_RELATIVE *header = descriptor;

    REQUIRE(header, STATUS_INVALID_SECURITY_DESCR);
    REQUIRE(header->Revision == SECURITY_DESCRIPTOR_REVISION, STATUS_UNKNOWN_REVISION);
    return TSR_OK;
}

static void *part_at(PSECURITY_DESCRIPTOR descriptor, DWORD offset)
{
    return offset ? (BYTE *)descriptor + offset : NULL;
}

/* Both forms begin with the same members. */
static WORD control_of(PSECURITY_DESCRIPTOR descriptor)
{
    return ((const SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Control;
}

static struct parts parts_at_offsets(PSECURITY_DESCRIPTOR descriptor)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;

    return (struct parts){
        .owner = part_at(descriptor, relative->Owner),
        .group = part_at(descriptor, relative->Group),
        .dacl = part_at(descriptor, relative->Dacl),
        .sacl = part_at(descriptor, relative->Sacl),
    };
}

static struct parts parts_pointed_to(PSECURITY_DESCRIPTOR descriptor)
{
    const SECURITY_DESCRIPTOR *absolute = descriptor;

    return (struct parts){
        .owner = absolute->Owner,
        .group = absolute->Group,
        .dacl = absolute->Dacl,
        .sacl = absolute->Sacl,
    };
}

struct parts descriptor_parts(PSECURITY_DESCRIPTOR descriptor)
{
    const WORD control = control_of(descriptor);
    struct parts parts =
        control & SE_SELF_RELATIVE ? parts_at_offsets(descriptor) : parts_pointed_to(descriptor);

    parts.control = control;
    parts.dacl = control & SE_DACL_PRESENT ? parts.dacl : NULL;
    parts.sacl = control & SE_SACL_PRESENT ? parts.sacl : NULL;
    return parts;
}

static tsr_status descriptor_create(PSECURITY_DESCRIPTOR descriptor, ULONG revision)
{
    REQUIRE(descriptor, STATUS_INVALID_PARAMETER);
    REQUIRE(revision == SECURITY_DESCRIPTOR_REVISION, STATUS_UNKNOWN_REVISION);

    *(SECURITY_DESCRIPTOR *)descriptor = (SECURITY_DESCRIPTOR){.Revision = (BYTE)revision};
    return TSR_OK;
}

static tsr_status relative_create(PISECURITY_DESCRIPTOR_RELATIVE descriptor, ULONG revision)
{
    REQUIRE(descriptor, STATUS_INVALID_PARAMETER);
    REQUIRE(revision == SECURITY_DESCRIPTOR_REVISION, STATUS_UNKNOWN_REVISION);

    *descriptor = (SECURITY_DESCRIPTOR_RELATIVE){
        .Revision = (BYTE)revision,
        .Control = SE_SELF_RELATIVE,
    };
    return TSR_OK;
}

NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, ULONG Revision)
{
    return nt_status(relative_create(SecurityDescriptor, Revision));
}

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    return nt_status(descriptor_create(SecurityDescriptor, Revision));
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    struct parts parts;

    if (tsr_failed(descriptor_check(SecurityDescriptor))) {
        return FALSE;
    }
    parts = descriptor_parts(SecurityDescriptor);
    return (!parts.owner || RtlValidSid(parts.owner)) &&
           (!parts.group || RtlValidSid(parts.group)) && (!parts.dacl || RtlValidAcl(parts.dacl)) &&
           (!parts.sacl || RtlValidAcl(parts.sacl));
}

static bool has_required(const tsr_sd *sd, SECURITY_INFORMATION required)
{
    return (!(required & OWNER_SECURITY_INFORMATION) || sd->owner) &&
           (!(required & GROUP_SECURITY_INFORMATION) || sd->group) &&
           (!(required & DACL_SECURITY_INFORMATION) || sd->has_dacl) &&
           (!(required & SACL_SECURITY_INFORMATION) || sd->has_sacl);
}

BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                                 ULONG SecurityDescriptorLength,
                                                 SECURITY_INFORMATION RequiredInformation)
{
    tsr_sd sd;

    return SecurityDescriptorInput &&
           tsr_ok(tsr_sd_view(SecurityDescriptorInput, SecurityDescriptorLength, &sd)) &&
           has_required(&sd, RequiredInformation);
}

/* With what is behind it before the next part. */
static ULONG room_of(const ACL *acl)
{
    return acl ? (acl->AclSize + 3u) & ~3u : 0;
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    struct parts parts;

    if (tsr_failed(descriptor_check(SecurityDescriptor))) {
        return 0;
    }
    parts = descriptor_parts(SecurityDescriptor);
    return (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE) + RtlLengthSid(parts.owner) +
           RtlLengthSid(parts.group) + room_of(parts.dacl) + room_of(parts.sacl);
}

/* A SID or ACL that is got, and whether it was given by default. */
static NTSTATUS get_part(PSECURITY_DESCRIPTOR descriptor, size_t which, WORD defaulted_bit,
                         void *ret_part, PBOOLEAN ret_defaulted)
{
    const tsr_status status = descriptor_check(descriptor);
    struct parts parts;

    if (tsr_failed(status)) {
        return nt_status(status);
    }
    parts = descriptor_parts(descriptor);
    memcpy(ret_part, (const BYTE *)&parts + which, sizeof(void *));
    *ret_defaulted = (control_of(descriptor) & defaulted_bit) != 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                             PBOOLEAN OwnerDefaulted)
{
    return get_part(SecurityDescriptor, offsetof(struct parts, owner), SE_OWNER_DEFAULTED, Owner,
                    OwnerDefaulted);
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                             PBOOLEAN GroupDefaulted)
{
    return get_part(SecurityDescriptor, offsetof(struct parts, group), SE_GROUP_DEFAULTED, Group,
                    GroupDefaulted);
}

/* Without an ACL neither it nor whether it was defaulted is told. */
static NTSTATUS get_acl(PSECURITY_DESCRIPTOR descriptor, size_t which, WORD present_bit,
                        WORD defaulted_bit, PBOOLEAN ret_present, PACL *ret_acl,
                        PBOOLEAN ret_defaulted)
{
    const tsr_status status = descriptor_check(descriptor);

    if (tsr_failed(status)) {
        return nt_status(status);
    }
    *ret_present = (control_of(descriptor) & present_bit) != 0;
    return *ret_present ? get_part(descriptor, which, defaulted_bit, ret_acl, ret_defaulted)
                        : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN DaclPresent, PACL *Dacl,
                                            PBOOLEAN DaclDefaulted)
{
    return get_acl(SecurityDescriptor, offsetof(struct parts, dacl), SE_DACL_PRESENT,
                   SE_DACL_DEFAULTED, DaclPresent, Dacl, DaclDefaulted);
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN SaclPresent, PACL *Sacl,
                                            PBOOLEAN SaclDefaulted)
{
    return get_acl(SecurityDescriptor, offsetof(struct parts, sacl), SE_SACL_PRESENT,
                   SE_SACL_DEFAULTED, SaclPresent, Sacl, SaclDefaulted);
}

NTSTATUS NTAPI RtlGetControlSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                               PSECURITY_DESCRIPTOR_CONTROL Control,
                                               PULONG Revision)
{
    const tsr_status status = descriptor_check(SecurityDescriptor);

    if (tsr_failed(status)) {
        return nt_status(status);
    }
    *Control = control_of(SecurityDescriptor);
    *Revision = SECURITY_DESCRIPTOR_REVISION;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlGetSecurityDescriptorRMControl(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                PUCHAR RMControl)
{
    if (tsr_failed(descriptor_check(SecurityDescriptor)) ||
        !(control_of(SecurityDescriptor) & SE_RM_CONTROL_VALID)) {
        return FALSE;
    }
    *RMControl = ((const SECURITY_DESCRIPTOR_RELATIVE *)SecurityDescriptor)->Sbz1;
    return TRUE;
}

/* What may be set in @descriptor: only pointers can be changed in place. */
static tsr_status absolute_of(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR **ret_absolute)
{
    TRY(descriptor_check(descriptor));
    REQUIRE(!(control_of(descriptor) & SE_SELF_RELATIVE), STATUS_INVALID_SECURITY_DESCR);

    *ret_absolute = descriptor;
    return TSR_OK;
}

static WORD with_bit(WORD control, WORD bit, bool set)
{
    return (WORD)(set ? control | bit : control & ~bit);
}

static tsr_status set_owner(PSECURITY_DESCRIPTOR descriptor, PSID owner, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *absolute;

    TRY(absolute_of(descriptor, &absolute));

    absolute->Owner = owner;
    absolute->Control = with_bit(absolute->Control, SE_OWNER_DEFAULTED, defaulted);
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                             BOOLEAN OwnerDefaulted)
{
    return nt_status(set_owner(SecurityDescriptor, Owner, OwnerDefaulted));
}

static tsr_status set_group(PSECURITY_DESCRIPTOR descriptor, PSID group, BOOLEAN defaulted)
{
    SECURITY_DESCRIPTOR *absolute;

    TRY(absolute_of(descriptor, &absolute));

    absolute->Group = group;
    absolute->Control = with_bit(absolute->Control, SE_GROUP_DEFAULTED, defaulted);
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                             BOOLEAN GroupDefaulted)
{
    return nt_status(set_group(SecurityDescriptor, Group, GroupDefaulted));
}

static tsr_status set_dacl(PSECURITY_DESCRIPTOR descriptor, bool present, PACL dacl, bool defaulted)
{
    SECURITY_DESCRIPTOR *absolute;

    TRY(absolute_of(descriptor, &absolute));

    absolute->Control = with_bit(absolute->Control, SE_DACL_PRESENT, present);
    absolute->Control = with_bit(absolute->Control, SE_DACL_DEFAULTED, present && defaulted);
    absolute->Dacl = present ? dacl : NULL;
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted)
{
    return nt_status(set_dacl(SecurityDescriptor, DaclPresent, Dacl, DaclDefaulted));
}

static tsr_status set_sacl(PSECURITY_DESCRIPTOR descriptor, bool present, PACL sacl, bool defaulted)
{
    SECURITY_DESCRIPTOR *absolute;

    TRY(absolute_of(descriptor, &absolute));

    absolute->Control = with_bit(absolute->Control, SE_SACL_PRESENT, present);
    absolute->Control = with_bit(absolute->Control, SE_SACL_DEFAULTED, present && defaulted);
    absolute->Sacl = present ? sacl : NULL;
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            BOOLEAN SaclPresent, PACL Sacl, BOOLEAN SaclDefaulted)
{
    return nt_status(set_sacl(SecurityDescriptor, SaclPresent, Sacl, SaclDefaulted));
}

static tsr_status set_control(PSECURITY_DESCRIPTOR descriptor, WORD of_interest, WORD to_set)
{
    SECURITY_DESCRIPTOR_RELATIVE *header = descriptor;

    TRY(descriptor_check(descriptor));
    REQUIRE((of_interest & ~INHERITANCE_CONTROL) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE((to_set & ~of_interest) == 0, STATUS_INVALID_PARAMETER);

    header->Control = (WORD)((header->Control & ~of_interest) | to_set);
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetControlSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                               SECURITY_DESCRIPTOR_CONTROL ControlBitsOfInterest,
                                               SECURITY_DESCRIPTOR_CONTROL ControlBitsToSet)
{
    return nt_status(set_control(SecurityDescriptor, ControlBitsOfInterest, ControlBitsToSet));
}

VOID NTAPI RtlSetSecurityDescriptorRMControl(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                             PUCHAR RMControl)
{
    SECURITY_DESCRIPTOR_RELATIVE *header = SecurityDescriptor;

    if (tsr_failed(descriptor_check(SecurityDescriptor))) {
        return;
    }
    header->Control = with_bit(header->Control, SE_RM_CONTROL_VALID, RMControl != NULL);
    header->Sbz1 = RMControl ? *RMControl : 0;
}
