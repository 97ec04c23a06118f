/* SPDX-License-Identifier: MIT */
/* SIDs in the caller's memory. */

#include <ntifs.h>

#include <stdlib.h>
#include <string.h>

#include "nt/nt.h"

#define ALLOCATED_SUB_AUTHORITIES_MAX 8

static tsr_status sid_initialize(PSID Sid, const SID_IDENTIFIER_AUTHORITY *authority,
                                 UCHAR n_sub_authorities)
{
    SID *sid = Sid;

    REQUIRE(sid && authority, STATUS_INVALID_PARAMETER);
    REQUIRE(n_sub_authorities <= SID_MAX_SUB_AUTHORITIES, STATUS_INVALID_PARAMETER);

    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = n_sub_authorities;
    sid->IdentifierAuthority = *authority;
    return TSR_OK;
}

NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                UCHAR SubAuthorityCount)
{
    return nt_status(sid_initialize(Sid, IdentifierAuthority, SubAuthorityCount));
}

static tsr_status sid_allocate(PSID_IDENTIFIER_AUTHORITY authority, UCHAR n_sub_authorities,
                               const ULONG *sub_authorities, PSID *ret_sid)
{
    CLEANUP(free) SID *sid = NULL;

    REQUIRE(ret_sid && authority, STATUS_INVALID_PARAMETER);
    REQUIRE(n_sub_authorities <= ALLOCATED_SUB_AUTHORITIES_MAX, STATUS_INVALID_SID);
    sid = zeroed_new(sizeof(*sid) + ALLOCATED_SUB_AUTHORITIES_MAX * sizeof(*sub_authorities));
    REQUIRE(sid, STATUS_NO_MEMORY);
    TRY(sid_initialize(sid, authority, n_sub_authorities));
    memcpy((BYTE *)sid + offsetof(SID, SubAuthority), sub_authorities,
           n_sub_authorities * sizeof(*sub_authorities));

    *ret_sid = STEAL(sid);
    return TSR_OK;
}

NTSTATUS NTAPI RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                           UCHAR SubAuthorityCount, ULONG SubAuthority0,
                                           ULONG SubAuthority1, ULONG SubAuthority2,
                                           ULONG SubAuthority3, ULONG SubAuthority4,
                                           ULONG SubAuthority5, ULONG SubAuthority6,
                                           ULONG SubAuthority7, PSID *Sid)
{
    const ULONG sub_authorities[ALLOCATED_SUB_AUTHORITIES_MAX] = {
        SubAuthority0, SubAuthority1, SubAuthority2, SubAuthority3,
        SubAuthority4, SubAuthority5, SubAuthority6, SubAuthority7,
    };

    return nt_status(sid_allocate(IdentifierAuthority, SubAuthorityCount, sub_authorities, Sid));
}

PVOID NTAPI RtlFreeSid(PSID Sid)
{
    free(Sid);
    return NULL;
}

BOOLEAN NTAPI RtlValidSid(PSID Sid)
{
    const SID *sid = Sid;

    return sid && sid->Revision == SID_REVISION &&
           sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
    return (ULONG)(offsetof(SID, SubAuthority) + SubAuthorityCount * sizeof(DWORD));
}

ULONG NTAPI RtlLengthSid(PSID Sid)
{
    const SID *sid = Sid;

    return sid ? RtlLengthRequiredSid(sid->SubAuthorityCount) : 0;
}

static tsr_status sid_copy(ULONG n_room, PSID to, PSID from)
{
    REQUIRE(RtlValidSid(from), STATUS_INVALID_SID);
    REQUIRE(to && n_room >= RtlLengthSid(from), STATUS_BUFFER_TOO_SMALL);

    memmove(to, from, RtlLengthSid(from));
    return TSR_OK;
}

NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
    return nt_status(sid_copy(DestinationSidLength, DestinationSid, SourceSid));
}

static BOOLEAN are_comparable(PSID one, PSID other)
{
    return RtlValidSid(one) && RtlValidSid(other) && RtlLengthSid(one) == RtlLengthSid(other);
}

BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2)
{
    return are_comparable(Sid1, Sid2) && memcmp(Sid1, Sid2, RtlLengthSid(Sid1)) == 0;
}

BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2)
{
    size_t size = RtlLengthSid(Sid1);

    if (!are_comparable(Sid1, Sid2)) {
        return FALSE;
    }
    size -= size > offsetof(SID, SubAuthority) ? sizeof(DWORD) : 0;
    return memcmp(Sid1, Sid2, size) == 0;
}

PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
    /* Not by the array, which is declared with one element. */
    return (PULONG)((BYTE *)Sid + offsetof(SID, SubAuthority)) + SubAuthority;
}

PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid)
{
    return &((SID *)Sid)->SubAuthorityCount;
}

PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid)
{
    return &((SID *)Sid)->IdentifierAuthority;
}
