/* SPDX-License-Identifier: MIT */
/* Access masks and LUIDs. */

#include <ntifs.h>

#include <sys/random.h>

#include "nt/nt.h"

VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping)
{
    const tsr_generic_mapping mapping = {
        .read = GenericMapping->GenericRead,
        .write = GenericMapping->GenericWrite,
        .execute = GenericMapping->GenericExecute,
        .all = GenericMapping->GenericAll,
    };

    *AccessMask = tsr_map_generic(*AccessMask, &mapping);
}

BOOLEAN NTAPI RtlAreAllAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return (DesiredAccess & ~GrantedAccess) == 0;
}

BOOLEAN NTAPI RtlAreAnyAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return (DesiredAccess & GrantedAccess) != 0;
}

VOID NTAPI RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid)
{
    *DestinationLuid = *SourceLuid;
}

/* Processes do not share a counter, so that nothing but chance keeps their LUIDs apart. The high
 * part is positive: privileges, well-known logon sessions and the tokens of one process have none.
 */
static tsr_status luid_draw(PLUID ret_luid)
{
    LUID luid;

    REQUIRE(ret_luid, STATUS_INVALID_PARAMETER);
    do {
        REQUIRE(getrandom(&luid, sizeof(luid), 0) == (ssize_t)sizeof(luid),
                STATUS_INSUFFICIENT_RESOURCES);
    } while (luid.HighPart <= 0);

    *ret_luid = luid;
    return TSR_OK;
}

NTSTATUS NTAPI NtAllocateLocallyUniqueId(PLUID Luid)
{
    return nt_status(luid_draw(Luid));
}
