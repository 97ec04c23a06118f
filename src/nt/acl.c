/* SPDX-License-Identifier: MIT */
/* ACLs in the caller's memory, and whole ACEs in them. */

#include <ntifs.h>

#include <string.h>

#include "base/cursor.h"
#include "nt/nt.h"

static tsr_status acl_create(PACL acl, ULONG size, ULONG revision)
{
    REQUIRE(acl, STATUS_INVALID_PARAMETER);
    REQUIRE(size >= sizeof(*acl), STATUS_BUFFER_TOO_SMALL);
    REQUIRE(size <= UINT16_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION, STATUS_INVALID_PARAMETER);

    *acl = (ACL){.AclRevision = (BYTE)revision, .AclSize = (WORD)(size & ~3u)};
    return TSR_OK;
}

NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    return nt_status(acl_create(Acl, AclLength, AclRevision));
}

BOOLEAN NTAPI RtlValidAcl(PACL Acl)
{
    tsr_acl view;

    return tsr_ok(acl_view_of(Acl, &view));
}

static ACL_SIZE_INFORMATION sizes_of(const tsr_acl *view)
{
    const size_t used = acl_offset_of(view, view->n_aces);

    return (ACL_SIZE_INFORMATION){
        .AceCount = view->n_aces,
        .AclBytesInUse = (DWORD)used,
        .AclBytesFree = (DWORD)(view->size - used),
    };
}

static tsr_status acl_query(PACL acl, PVOID information, ULONG size, ACL_INFORMATION_CLASS class)
{
    ACL_REVISION_INFORMATION revision;
    ACL_SIZE_INFORMATION sizes;
    tsr_acl view;

    REQUIRE(tsr_ok(acl_view_of(acl, &view)) && information, STATUS_INVALID_PARAMETER);
    switch (class) {
    case AclRevisionInformation:
        REQUIRE(size >= sizeof(revision), STATUS_BUFFER_TOO_SMALL);
        revision.AclRevision = acl->AclRevision;
        memcpy(information, &revision, sizeof(revision));
        return TSR_OK;
    case AclSizeInformation:
        REQUIRE(size >= sizeof(sizes), STATUS_BUFFER_TOO_SMALL);
        sizes = sizes_of(&view);
        memcpy(information, &sizes, sizeof(sizes));
        return TSR_OK;
    }
    return tsr_status_of(STATUS_INVALID_PARAMETER);
}

NTSTATUS NTAPI RtlQueryInformationAcl(PACL Acl, PVOID AclInformation, ULONG AclInformationLength,
                                      ACL_INFORMATION_CLASS AclInformationClass)
{
    return nt_status(acl_query(Acl, AclInformation, AclInformationLength, AclInformationClass));
}

/* A revision can be raised only: ACEs that need the present one may be there. */
static tsr_status acl_set(PACL acl, PVOID information, ULONG size, ACL_INFORMATION_CLASS class)
{
    ACL_REVISION_INFORMATION revision;
    tsr_acl view;

    REQUIRE(tsr_ok(acl_view_of(acl, &view)) && information, STATUS_INVALID_PARAMETER);
    REQUIRE(class == AclRevisionInformation, STATUS_INVALID_PARAMETER);
    REQUIRE(size >= sizeof(revision), STATUS_BUFFER_TOO_SMALL);
    memcpy(&revision, information, sizeof(revision));
    REQUIRE(revision.AclRevision >= acl->AclRevision && revision.AclRevision <= MAX_ACL_REVISION,
            STATUS_INVALID_PARAMETER);

    acl->AclRevision = (BYTE)revision.AclRevision;
    return TSR_OK;
}

NTSTATUS NTAPI RtlSetInformationAcl(PACL Acl, PVOID AclInformation, ULONG AclInformationLength,
                                    ACL_INFORMATION_CLASS AclInformationClass)
{
    return nt_status(acl_set(Acl, AclInformation, AclInformationLength, AclInformationClass));
}

BOOLEAN NTAPI RtlFirstFreeAce(PACL Acl, PVOID *FirstFree)
{
    tsr_acl view;
    size_t used;

    if (!FirstFree || tsr_failed(acl_view_of(Acl, &view))) {
        return FALSE;
    }
    used = acl_offset_of(&view, view.n_aces);
    *FirstFree = used < view.size ? (BYTE *)Acl + used : NULL;
    return TRUE;
}

static void cleanup_tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    tsr_acl_builder_deinit(builder);
}

/* The ACEs of a list, made an ACL to see whether they are sound. */
static tsr_status aces_gather(const void *list, size_t size, tsr_acl_builder *builder)
{
    struct cursor cursor = cursor_over(list, size);
    const uint8_t *ace;

    while (cursor.n_left > 0) {
        ace = cursor.at;
        REQUIRE(cursor.n_left >= TSR_ACE_HEADER_SIZE, STATUS_INVALID_PARAMETER);
        REQUIRE(load_le16(ace + 2) >= TSR_ACE_HEADER_SIZE, STATUS_INVALID_PARAMETER);
        REQUIRE(tsr_ok(cursor_skip(&cursor, load_le16(ace + 2))), STATUS_INVALID_PARAMETER);
        tsr_acl_builder_add_encoded(builder, ace, load_le16(ace + 2));
    }
    return TSR_OK;
}

static tsr_status aces_check(const void *list, size_t size, ULONG revision, tsr_acl *ret_view,
                             uint8_t **ret_bytes)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_status status;
    tsr_acl view;

    TRY(aces_gather(list, size, &builder));
    status = tsr_acl_builder_finish(&builder, &bytes, &view);
    REQUIRE(status.code != (uint32_t)STATUS_INVALID_ACL, STATUS_INVALID_PARAMETER);
    TRY(status);
    REQUIRE(bytes[0] <= revision, STATUS_INVALID_PARAMETER);

    *ret_view = view;
    *ret_bytes = STEAL(bytes);
    return TSR_OK;
}

static tsr_status acl_insert(PACL acl, ULONG revision, ULONG index, const void *list, ULONG size)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    uint8_t *to = (uint8_t *)acl;
    tsr_acl added;
    tsr_acl view;
    size_t used;
    size_t at;

    REQUIRE(tsr_ok(acl_view_of(acl, &view)) && list, STATUS_INVALID_PARAMETER);
    REQUIRE(revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION, STATUS_INVALID_PARAMETER);
    used = acl_offset_of(&view, view.n_aces);
    REQUIRE(size <= view.size - used, STATUS_BUFFER_TOO_SMALL);
    TRY(aces_check(list, size, revision, &added, &bytes));

    at = acl_offset_of(&view, index < view.n_aces ? index : view.n_aces);
    memmove(to + at + size, to + at, used - at);
    memcpy(to + at, added.bytes + ACL_HEADER_SIZE, size);
    acl->AceCount = (WORD)(view.n_aces + added.n_aces);
    acl->AclRevision = (BYTE)(revision > acl->AclRevision ? revision : acl->AclRevision);
    return TSR_OK;
}

NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
                         ULONG AceListLength)
{
    return nt_status(acl_insert(Acl, AceRevision, StartingAceIndex, AceList, AceListLength));
}

static tsr_status acl_get(PACL acl, ULONG index, PVOID *ret_ace)
{
    tsr_acl view;

    REQUIRE(tsr_ok(acl_view_of(acl, &view)) && ret_ace, STATUS_INVALID_PARAMETER);
    REQUIRE(index < view.n_aces, STATUS_INVALID_PARAMETER);

    *ret_ace = (BYTE *)acl + acl_offset_of(&view, index);
    return TSR_OK;
}

NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    return nt_status(acl_get(Acl, AceIndex, Ace));
}

static tsr_status acl_delete(PACL acl, ULONG index)
{
    uint8_t *bytes = (uint8_t *)acl;
    tsr_acl view;
    size_t used;
    size_t at;
    size_t next;

    REQUIRE(tsr_ok(acl_view_of(acl, &view)), STATUS_INVALID_PARAMETER);
    REQUIRE(index < view.n_aces, STATUS_INVALID_PARAMETER);

    used = acl_offset_of(&view, view.n_aces);
    at = acl_offset_of(&view, index);
    next = acl_offset_of(&view, index + 1);
    memmove(bytes + at, bytes + next, used - next);
    memset(bytes + used - (next - at), 0, next - at);
    acl->AceCount--;
    return TSR_OK;
}

NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    return nt_status(acl_delete(Acl, AceIndex));
}
