/* SPDX-License-Identifier: MIT */
/* ACLs as lists of what trustees shall have. */

#include <aclapi.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>

#include <tessera/account.h>
#include <tessera/acl-edit.h>
#include <tessera/token.h>

#include "base/check.h"
#include "linux/account.h"
#include "linux/identity.h"
#include "win32/account.h"
#include "win32/error.h"

/* Both forms of these structures differ in nothing but what a name points to. */
_Static_assert(sizeof(TRUSTEE_A) == sizeof(TRUSTEE_W), "one layout");
_Static_assert(sizeof(EXPLICIT_ACCESS_A) == sizeof(EXPLICIT_ACCESS_W), "one layout");
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

/* A trustee's SID, and the object types that some forms add. */
static tsr_status trustee_read(const TRUSTEE_W *trustee, enum text_form form,
                               tsr_explicit_access *entry)
{
    const OBJECTS_AND_NAME_W *names = (const void *)trustee->ptstrName;
    const OBJECTS_AND_SID *objects = (const void *)trustee->ptstrName;

    REQUIRE(!trustee->pMultipleTrustee, STATUS_INVALID_PARAMETER);
    switch (trustee->TrusteeForm) {
    case TRUSTEE_IS_SID:
        return sid_of(trustee->ptstrName, &entry->sid);
    case TRUSTEE_IS_OBJECTS_AND_SID:
        REQUIRE(objects, STATUS_INVALID_PARAMETER);
        if (objects->ObjectsPresent & ACE_OBJECT_TYPE_PRESENT) {
            entry->object_type = (const uint8_t *)&objects->ObjectTypeGuid;
        }
        if (objects->ObjectsPresent & ACE_INHERITED_OBJECT_TYPE_PRESENT) {
            entry->inherited_object_type = (const uint8_t *)&objects->InheritedObjectTypeGuid;
        }
        return sid_of(objects->pSid, &entry->sid);
    case TRUSTEE_IS_NAME:
        return sid_of_name(trustee->ptstrName, form, &entry->sid);
    case TRUSTEE_IS_OBJECTS_AND_NAME:
        REQUIRE(names, STATUS_INVALID_PARAMETER);
        /* Types have names in a directory, and there is none. */
        REQUIRE(names->ObjectsPresent == 0, STATUS_NONE_MAPPED);
        return sid_of_name(names->ptstrName, form, &entry->sid);
    case TRUSTEE_BAD_FORM:
        break;
    }
    return tsr_status_of(STATUS_INVALID_PARAMETER);
}

static tsr_status entries_read(const EXPLICIT_ACCESS_W *list, ULONG n_entries, enum text_form form,
                               tsr_explicit_access *entries)
{
    for (ULONG i = 0; i < n_entries; i++) {
        REQUIRE(list[i].grfInheritance <= UINT8_MAX, STATUS_INVALID_PARAMETER);
        entries[i].mode = list[i].grfAccessMode;
        entries[i].mask = list[i].grfAccessPermissions;
        entries[i].inheritance = (uint8_t)list[i].grfInheritance;
        TRY(trustee_read(&list[i].Trustee, form, &entries[i]));
    }
    return TSR_OK;
}

static tsr_status entries_set(ULONG n_entries, const EXPLICIT_ACCESS_W *list, enum text_form form,
                              const ACL *old, PACL *ret_acl)
{
    CLEANUP(free) tsr_explicit_access *entries = NULL;
    tsr_acl view = {0};
    uint8_t *bytes;

    REQUIRE(ret_acl && (list || n_entries == 0), STATUS_INVALID_PARAMETER);
    REQUIRE(!old || tsr_ok(tsr_acl_view(old, old->AclSize, &view)), STATUS_INVALID_ACL);
    entries = array_new(n_entries, sizeof(*entries));
    REQUIRE(entries, STATUS_NO_MEMORY);
    TRY(entries_read(list, n_entries, form, entries));
    TRY(tsr_acl_set_entries(&view, entries, n_entries, &bytes, &view));

    *ret_acl = (PACL)bytes;
    return TSR_OK;
}

DWORD WINAPI SetEntriesInAclA(ULONG cCountOfExplicitEntries,
                              PEXPLICIT_ACCESS_A pListOfExplicitEntries, PACL OldAcl, PACL *NewAcl)
{
    return error_of(entries_set(cCountOfExplicitEntries,
                                (const EXPLICIT_ACCESS_W *)(const void *)pListOfExplicitEntries,
                                TEXT_NARROW, OldAcl, NewAcl));
}

DWORD WINAPI SetEntriesInAclW(ULONG cCountOfExplicitEntries,
                              PEXPLICIT_ACCESS_W pListOfExplicitEntries, PACL OldAcl, PACL *NewAcl)
{
    return error_of(
        entries_set(cCountOfExplicitEntries, pListOfExplicitEntries, TEXT_WIDE, OldAcl, NewAcl));
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
        told->objects.ObjectsPresent |= ACE_OBJECT_TYPE_PRESENT;
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

static tsr_status entries_get(const ACL *acl, ULONG *ret_n, EXPLICIT_ACCESS_W **ret_list)
{
    CLEANUP(free) EXPLICIT_ACCESS_W *list = NULL;
    tsr_acl view;
    size_t n;

    REQUIRE(acl && ret_n && ret_list, STATUS_INVALID_PARAMETER);
    TRY(tsr_acl_view(acl, acl->AclSize, &view));
    n = entries_count(&view);
    list = array_new(n, sizeof(*list) + sizeof(struct told));
    REQUIRE(list, STATUS_NO_MEMORY);
    acl_tell(&view, list, (struct told *)(list + n));

    *ret_n = (ULONG)n;
    *ret_list = n > 0 ? STEAL(list) : NULL;
    return TSR_OK;
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

static void cleanup_tsr_token_unref(tsr_token **token)
{
    tsr_token_unref(*token);
}

/* Groups that a session is in, and nobody by himself. */
static bool is_of_logon(const tsr_sid *sid)
{
    const tsr_sid authenticated = TSR_SID_AUTHENTICATED_USERS;
    const tsr_sid local = TSR_SID_LOCAL;

    return tsr_sid_equal(sid, &authenticated) || tsr_sid_equal(sid, &local);
}

/* @whole without what a logon gives: its groups, privileges and a level. */
static tsr_status member_token(const tsr_token *whole, size_t n_groups, tsr_token **ret_token)
{
    CLEANUP(free) tsr_group *groups = array_new(n_groups, sizeof(*groups));
    tsr_token_spec spec = {.groups = groups};
    tsr_group group;

    REQUIRE(groups, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_groups && tsr_token_get_group(whole, i, &group); i++) {
        if (!is_of_logon(&group.sid)) {
            groups[spec.n_groups++] = group;
        }
    }
    tsr_token_get_user(whole, &group);
    spec.user = group.sid;
    return tsr_token_new(&spec, ret_token);
}

/* Somebody of whom nothing is known. */
static tsr_status stranger_token(const tsr_sid *sid, tsr_token **ret_token)
{
    const tsr_group everyone = {TSR_SID_EVERYONE, TSR_GROUP_ORDINARY};
    const tsr_token_spec spec = {.user = *sid, .groups = &everyone, .n_groups = 1};

    return tsr_token_new(&spec, ret_token);
}

/* @return STATUS_NONE_MAPPED where the SID is no user's of this machine */
static tsr_status user_token(const tsr_sid *sid, tsr_token **ret_token)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(tsr_token_unref) tsr_token *whole = NULL;
    tsr_token_statistics statistics;
    uid_t uid;

    REQUIRE(account_uid_of_sid(NULL, sid, &uid), STATUS_NONE_MAPPED);
    TRY(tsr_account_identity(uid, &identity));
    TRY(account_token(NULL, &identity, &whole));
    tsr_token_get_statistics(whole, &statistics);
    return member_token(whole, statistics.n_groups, ret_token);
}

static tsr_status trustee_token(const tsr_sid *sid, tsr_token **ret_token)
{
    const tsr_status status = user_token(sid, ret_token);

    return status.code == (uint32_t)STATUS_NONE_MAPPED ? stranger_token(sid, ret_token) : status;
}

/* Rights are told as the ACEs name them, generic ones too. */
static const tsr_access_request effective_request = {
    .desired = MAXIMUM_ALLOWED,
    .mapping =
        {
            .read = GENERIC_READ,
            .write = GENERIC_WRITE,
            .execute = GENERIC_EXECUTE,
            .all = GENERIC_RIGHTS | STANDARD_RIGHTS_ALL | SPECIFIC_RIGHTS_ALL,
        },
};

static tsr_status judge(const tsr_token *token, const tsr_acl *dacl, uint32_t *ret_rights)
{
    /* An owner who is nobody, whose implicit rights nobody has. */
    const tsr_sid nobody = TSR_SID_NULL;
    const tsr_sd_parts parts = {.owner = &nobody, .has_dacl = true, .dacl = *dacl};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    tsr_sd sd;

    TRY(tsr_sd_build(&parts, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, &sd));

    *ret_rights = tsr_token_access_check(token, &sd, &effective_request).granted;
    return TSR_OK;
}

static bool has_inherited_denial(const tsr_acl *view)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(view, &offset, &ace)) {
        if (ace.type == ACCESS_DENIED_ACE_TYPE && ace.flags & INHERITED_ACE) {
            return true;
        }
    }
    return false;
}

static tsr_status effective_rights(const ACL *acl, const TRUSTEE_W *trustee, enum text_form form,
                                   ACCESS_MASK *ret_rights)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    tsr_explicit_access who = {0};
    tsr_acl view = {0};

    REQUIRE(trustee && ret_rights, STATUS_INVALID_PARAMETER);
    REQUIRE(!acl || tsr_ok(tsr_acl_view(acl, acl->AclSize, &view)), STATUS_INVALID_ACL);
    REQUIRE(!view.bytes || !has_inherited_denial(&view), STATUS_INVALID_ACL);
    TRY(trustee_read(trustee, form, &who));
    TRY(trustee_token(&who.sid, &token));
    return judge(token, &view, ret_rights);
}

DWORD WINAPI GetEffectiveRightsFromAclA(PACL pacl, PTRUSTEE_A pTrustee, PACCESS_MASK pAccessRights)
{
    return error_of(effective_rights(pacl, (const TRUSTEE_W *)(const void *)pTrustee, TEXT_NARROW,
                                     pAccessRights));
}

DWORD WINAPI GetEffectiveRightsFromAclW(PACL pacl, PTRUSTEE_W pTrustee, PACCESS_MASK pAccessRights)
{
    return error_of(effective_rights(pacl, pTrustee, TEXT_WIDE, pAccessRights));
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
