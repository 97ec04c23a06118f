/* SPDX-License-Identifier: MIT */
/* ACLs as lists of what trustees shall have. */

#include "win32/entries.h"

#include <stdlib.h>
#include <string.h>

#include <aclapi.h>
#include <ntifs.h>

#include "base/check.h"
#include "win32/error.h"
#include "win32/trustee.h"

_Static_assert(sizeof(EXPLICIT_ACCESS_A) == sizeof(EXPLICIT_ACCESS_W), "one layout");

static tsr_status entry_read(const EXPLICIT_ACCESS_W *given, enum text_form form,
                             tsr_explicit_access *entry)
{
    REQUIRE(given->grfInheritance <= UINT8_MAX, STATUS_INVALID_PARAMETER);
    entry->mode = given->grfAccessMode;
    entry->mask = given->grfAccessPermissions;
    entry->inheritance = (uint8_t)given->grfInheritance;
    return trustee_read(&given->Trustee, form, entry);
}

tsr_status entries_apply(const struct entry_list *list, const tsr_acl *acl, uint8_t **ret_bytes,
                         tsr_acl *ret_acl)
{
    CLEANUP(free) tsr_explicit_access *entries = NULL;

    REQUIRE(list->entries || list->n_entries == 0, STATUS_INVALID_PARAMETER);
    entries = array_new(list->n_entries, sizeof(*entries));
    REQUIRE(entries, STATUS_NO_MEMORY);
    for (ULONG i = 0; i < list->n_entries; i++) {
        TRY(entry_read(&list->entries[i], list->form, &entries[i]));
    }
    return tsr_acl_set_entries(acl, entries, list->n_entries, ret_bytes, ret_acl);
}

static tsr_status entries_set(const struct entry_list *list, const ACL *old, PACL *ret_acl)
{
    tsr_acl view = {0};
    uint8_t *bytes;

    REQUIRE(ret_acl, STATUS_INVALID_PARAMETER);
    REQUIRE(list->entries || list->n_entries == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(!old || tsr_ok(tsr_acl_view(old, old->AclSize, &view)), STATUS_INVALID_ACL);
    TRY(entries_apply(list, &view, &bytes, &view));

    *ret_acl = (PACL)bytes;
    return TSR_OK;
}

DWORD WINAPI SetEntriesInAclA(ULONG cCountOfExplicitEntries,
                              PEXPLICIT_ACCESS_A pListOfExplicitEntries, PACL OldAcl, PACL *NewAcl)
{
    const struct entry_list list = {(const void *)pListOfExplicitEntries, cCountOfExplicitEntries,
                                    TEXT_NARROW};

    return error_of(entries_set(&list, OldAcl, NewAcl));
}

DWORD WINAPI SetEntriesInAclW(ULONG cCountOfExplicitEntries,
                              PEXPLICIT_ACCESS_W pListOfExplicitEntries, PACL OldAcl, PACL *NewAcl)
{
    const struct entry_list list = {pListOfExplicitEntries, cCountOfExplicitEntries, TEXT_WIDE};

    return error_of(entries_set(&list, OldAcl, NewAcl));
}

/* How many entries say what an ACE says: an audit of both outcomes takes two. */
static size_t entries_of(const tsr_ace *ace)
{
    switch ((tsr_ace_type)ace->type) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
        return 1;
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
        return (ace->flags & SUCCESSFUL_ACCESS_ACE_FLAG ? 1u : 0u) +
               (ace->flags & FAILED_ACCESS_ACE_FLAG ? 1u : 0u);
    case SYSTEM_ALARM_ACE_TYPE:
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
    case SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE:
    case SYSTEM_ACCESS_FILTER_ACE_TYPE:
        return 0;
    }
    return 0;
}

static ACCESS_MODE mode_of(const tsr_ace *ace, size_t which)
{
    if (ace->type == ACCESS_ALLOWED_ACE_TYPE || ace->type == ACCESS_ALLOWED_OBJECT_ACE_TYPE) {
        return GRANT_ACCESS;
    }
    if (ace->type == ACCESS_DENIED_ACE_TYPE || ace->type == ACCESS_DENIED_OBJECT_ACE_TYPE) {
        return DENY_ACCESS;
    }
    return which == 0 && ace->flags & SUCCESSFUL_ACCESS_ACE_FLAG ? SET_AUDIT_SUCCESS
                                                                 : SET_AUDIT_FAILURE;
}

/* An entry and what its trustee points to, in one block for all entries. */
struct told {
    OBJECTS_AND_SID objects;
    BYTE sid[SECURITY_MAX_SID_SIZE];
};

static void objects_tell(const tsr_ace *ace, struct told *told)
{
    told->objects.pSid = (SID *)told->sid;
    if (ace->object_type) {
        told->objects.ObjectsPresent = ACE_OBJECT_TYPE_PRESENT;
        memcpy(&told->objects.ObjectTypeGuid, ace->object_type, sizeof(GUID));
    }
    if (ace->inherited_object_type) {
        told->objects.ObjectsPresent |= ACE_INHERITED_OBJECT_TYPE_PRESENT;
        memcpy(&told->objects.InheritedObjectTypeGuid, ace->inherited_object_type, sizeof(GUID));
    }
}

static void ace_tell(const tsr_ace *ace, size_t which, EXPLICIT_ACCESS_W *entry, struct told *told)
{
    memcpy(told->sid, ace->sid, tsr_encoded_sid_size(ace->sid));
    objects_tell(ace, told);
    *entry = (EXPLICIT_ACCESS_W){
        .grfAccessPermissions = ace->mask,
        .grfAccessMode = mode_of(ace, which),
        .grfInheritance = ace->flags & VALID_INHERIT_FLAGS,
    };
    BuildTrusteeWithSidW(&entry->Trustee, told->sid);
    if (told->objects.ObjectsPresent) {
        entry->Trustee.TrusteeForm = TRUSTEE_IS_OBJECTS_AND_SID;
        entry->Trustee.ptstrName = (LPWSTR)&told->objects;
    }
}

static size_t entries_count(const tsr_acl *view)
{
    size_t offset = 0;
    size_t n = 0;
    tsr_ace ace;

    while (tsr_acl_next(view, &offset, &ace)) {
        n += entries_of(&ace);
    }
    return n;
}

static void acl_tell(const tsr_acl *view, EXPLICIT_ACCESS_W *list, struct told *told)
{
    size_t offset = 0;
    size_t at = 0;
    tsr_ace ace;

    while (tsr_acl_next(view, &offset, &ace)) {
        for (size_t i = 0; i < entries_of(&ace); i++, at++) {
            ace_tell(&ace, i, &list[at], &told[at]);
        }
    }
}

tsr_status entries_tell(const tsr_acl *acl, ULONG *ret_n, EXPLICIT_ACCESS_W **ret_list)
{
    const size_t n = entries_count(acl);
    CLEANUP(free) EXPLICIT_ACCESS_W *list = array_new(n, sizeof(*list) + sizeof(struct told));

    REQUIRE(list, STATUS_NO_MEMORY);
    acl_tell(acl, list, (struct told *)(list + n));

    *ret_n = (ULONG)n;
    *ret_list = n > 0 ? STEAL(list) : NULL;
    return TSR_OK;
}

static tsr_status entries_get(const ACL *acl, ULONG *ret_n, EXPLICIT_ACCESS_W **ret_list)
{
    tsr_acl view;

    REQUIRE(acl && ret_n && ret_list, STATUS_INVALID_PARAMETER);
    TRY(tsr_acl_view(acl, acl->AclSize, &view));
    return entries_tell(&view, ret_n, ret_list);
}

DWORD WINAPI GetExplicitEntriesFromAclA(PACL pacl, PULONG pcCountOfExplicitEntries,
                                        PEXPLICIT_ACCESS_A *pListOfExplicitEntries)
{
    EXPLICIT_ACCESS_W *list = NULL;
    const DWORD error = GetExplicitEntriesFromAclW(pacl, pcCountOfExplicitEntries,
                                                   pListOfExplicitEntries ? &list : NULL);

    if (error == ERROR_SUCCESS) {
        *pListOfExplicitEntries = (PEXPLICIT_ACCESS_A)(void *)list;
    }
    return error;
}

DWORD WINAPI GetExplicitEntriesFromAclW(PACL pacl, PULONG pcCountOfExplicitEntries,
                                        PEXPLICIT_ACCESS_W *pListOfExplicitEntries)
{
    return error_of(entries_get(pacl, pcCountOfExplicitEntries, pListOfExplicitEntries));
}
