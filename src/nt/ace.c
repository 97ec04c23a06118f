/* SPDX-License-Identifier: MIT */
/* One ACE appended to an ACL in the caller's memory. */

#include <ntifs.h>

#include <string.h>

#include "nt/nt.h"

#define AUDIT_FLAGS (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)

/* An ACE to be. The type is that of an ACE without GUIDs, and of one with some. */
struct new_ace {
    BYTE type;
    BYTE object_type;
    ULONG flags;
    ULONG flags_allowed;
    ACCESS_MASK mask;
    const GUID *type_guid; /* NULL: none */
    const GUID *inherited_guid;
    PSID sid;
};

static bool has_guids(const struct new_ace *ace)
{
    return ace->type_guid || ace->inherited_guid;
}

static size_t size_of(const struct new_ace *ace)
{
    return sizeof(ACE_HEADER) + sizeof(ACCESS_MASK) + (has_guids(ace) ? sizeof(DWORD) : 0) +
           (ace->type_guid ? sizeof(GUID) : 0) + (ace->inherited_guid ? sizeof(GUID) : 0) +
           RtlLengthSid(ace->sid);
}

static uint8_t *put(uint8_t *to, const void *bytes, size_t size)
{
    memcpy(to, bytes, size);
    return to + size;
}

static void ace_write(const struct new_ace *ace, uint8_t *to)
{
    const ACE_HEADER header = {
        .AceType = has_guids(ace) ? ace->object_type : ace->type,
        .AceFlags = (BYTE)ace->flags,
        .AceSize = (WORD)size_of(ace),
    };
    const DWORD present = (ace->type_guid ? ACE_OBJECT_TYPE_PRESENT : 0) |
                          (ace->inherited_guid ? ACE_INHERITED_OBJECT_TYPE_PRESENT : 0);

    to = put(to, &header, sizeof(header));
    to = put(to, &ace->mask, sizeof(ace->mask));
    if (has_guids(ace)) {
        to = put(to, &present, sizeof(present));
    }
    if (ace->type_guid) {
        to = put(to, ace->type_guid, sizeof(*ace->type_guid));
    }
    if (ace->inherited_guid) {
        to = put(to, ace->inherited_guid, sizeof(*ace->inherited_guid));
    }
    put(to, ace->sid, RtlLengthSid(ace->sid));
}

static tsr_status ace_append(PACL acl, ULONG revision, const struct new_ace *ace)
{
    tsr_acl view;
    size_t used;

    REQUIRE(RtlValidSid(ace->sid), STATUS_INVALID_SID);
    REQUIRE(revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION, STATUS_REVISION_MISMATCH);
    REQUIRE(!has_guids(ace) || revision == ACL_REVISION_DS, STATUS_REVISION_MISMATCH);
    REQUIRE((ace->flags & ~ace->flags_allowed) == 0, STATUS_INVALID_PARAMETER);
    TRY(acl_view_of(acl, &view));
    used = acl_offset_of(&view, view.n_aces);
    REQUIRE(size_of(ace) <= view.size - used, STATUS_ALLOTTED_SPACE_EXCEEDED);

    ace_write(ace, (uint8_t *)acl + used);
    acl->AceCount++;
    acl->AclRevision = (BYTE)(revision > acl->AclRevision ? revision : acl->AclRevision);
    return TSR_OK;
}

static NTSTATUS append_access(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid,
                              BYTE type)
{
    const struct new_ace ace = {
        .type = type,
        .flags = flags,
        .flags_allowed = VALID_INHERIT_FLAGS,
        .mask = mask,
        .sid = sid,
    };

    return nt_status(ace_append(acl, revision, &ace));
}

NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return append_access(Acl, AceRevision, 0, AccessMask, Sid, ACCESS_ALLOWED_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                        ACCESS_MASK AccessMask, PSID Sid)
{
    return append_access(Acl, AceRevision, AceFlags, AccessMask, Sid, ACCESS_ALLOWED_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return append_access(Acl, AceRevision, 0, AccessMask, Sid, ACCESS_DENIED_ACE_TYPE);
}

NTSTATUS NTAPI RtlAddAccessDeniedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                       ACCESS_MASK AccessMask, PSID Sid)
{
    return append_access(Acl, AceRevision, AceFlags, AccessMask, Sid, ACCESS_DENIED_ACE_TYPE);
}

static ULONG audit_flags(BOOLEAN success, BOOLEAN failure)
{
    return (success ? SUCCESSFUL_ACCESS_ACE_FLAG : 0) | (failure ? FAILED_ACCESS_ACE_FLAG : 0);
}

NTSTATUS NTAPI RtlAddAuditAccessAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid,
                                    BOOLEAN AuditSuccess, BOOLEAN AuditFailure)
{
    return RtlAddAuditAccessAceEx(Acl, AceRevision, 0, AccessMask, Sid, AuditSuccess, AuditFailure);
}

NTSTATUS NTAPI RtlAddAuditAccessAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                      ACCESS_MASK AccessMask, PSID Sid, BOOLEAN AuditSuccess,
                                      BOOLEAN AuditFailure)
{
    return RtlAddAuditAccessObjectAce(Acl, AceRevision, AceFlags, AccessMask, NULL, NULL, Sid,
                                      AuditSuccess, AuditFailure);
}

NTSTATUS NTAPI RtlAddAccessAllowedObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                            ACCESS_MASK AccessMask, GUID *ObjectTypeGuid,
                                            GUID *InheritedObjectTypeGuid, PSID Sid)
{
    const struct new_ace ace = {
        .type = ACCESS_ALLOWED_ACE_TYPE,
        .object_type = ACCESS_ALLOWED_OBJECT_ACE_TYPE,
        .flags = AceFlags,
        .flags_allowed = VALID_INHERIT_FLAGS,
        .mask = AccessMask,
        .type_guid = ObjectTypeGuid,
        .inherited_guid = InheritedObjectTypeGuid,
        .sid = Sid,
    };

    return nt_status(ace_append(Acl, AceRevision, &ace));
}

NTSTATUS NTAPI RtlAddAccessDeniedObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                           ACCESS_MASK AccessMask, GUID *ObjectTypeGuid,
                                           GUID *InheritedObjectTypeGuid, PSID Sid)
{
    const struct new_ace ace = {
        .type = ACCESS_DENIED_ACE_TYPE,
        .object_type = ACCESS_DENIED_OBJECT_ACE_TYPE,
        .flags = AceFlags,
        .flags_allowed = VALID_INHERIT_FLAGS,
        .mask = AccessMask,
        .type_guid = ObjectTypeGuid,
        .inherited_guid = InheritedObjectTypeGuid,
        .sid = Sid,
    };

    return nt_status(ace_append(Acl, AceRevision, &ace));
}

NTSTATUS NTAPI RtlAddAuditAccessObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                          ACCESS_MASK AccessMask, GUID *ObjectTypeGuid,
                                          GUID *InheritedObjectTypeGuid, PSID Sid,
                                          BOOLEAN AuditSuccess, BOOLEAN AuditFailure)
{
    const struct new_ace ace = {
        .type = SYSTEM_AUDIT_ACE_TYPE,
        .object_type = SYSTEM_AUDIT_OBJECT_ACE_TYPE,
        .flags = AceFlags | audit_flags(AuditSuccess, AuditFailure),
        .flags_allowed = VALID_INHERIT_FLAGS | AUDIT_FLAGS,
        .mask = AccessMask,
        .type_guid = ObjectTypeGuid,
        .inherited_guid = InheritedObjectTypeGuid,
        .sid = Sid,
    };

    return nt_status(ace_append(Acl, AceRevision, &ace));
}

static tsr_status append_label(PACL acl, ULONG revision, ULONG flags, PSID sid, UCHAR type,
                               ACCESS_MASK policy)
{
    const struct new_ace ace = {
        .type = type,
        .flags = flags,
        .flags_allowed = VALID_INHERIT_FLAGS,
        .mask = policy,
        .sid = sid,
    };
    tsr_sid label;

    REQUIRE(RtlValidSid(sid), STATUS_INVALID_SID);
    TRY(tsr_sid_decode(sid, RtlLengthSid(sid), &label, NULL));
    REQUIRE(type == SYSTEM_MANDATORY_LABEL_ACE_TYPE, STATUS_INVALID_PARAMETER);
    REQUIRE((policy & ~SYSTEM_MANDATORY_LABEL_VALID_MASK) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(label.n_sub_authorities == 1 &&
                tsr_sid_equal(&label, &TSR_SID_INTEGRITY(label.sub_authorities[0])),
            STATUS_INVALID_SID);
    return ace_append(acl, revision, &ace);
}

NTSTATUS NTAPI RtlAddMandatoryAce(PACL Acl, ULONG AceRevision, ULONG AceFlags, PSID Sid,
                                  UCHAR AceType, ACCESS_MASK AccessMask)
{
    return nt_status(append_label(Acl, AceRevision, AceFlags, Sid, AceType, AccessMask));
}
