/* SPDX-License-Identifier: MIT */
/* Descriptors made of trustees and entries, and told as such. */

#include <aclapi.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>

#include "base/check.h"
#include "base/writer.h"
#include "win32/descriptor.h"
#include "win32/entries.h"
#include "win32/error.h"
#include "win32/trustee.h"

/* @param ret_bytes  owned by the caller, free(); what @ret_sd points into */
static tsr_status view_relative(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes,
                                tsr_sd *ret_sd)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    ULONG size;

    TRY(descriptor_packed(descriptor, &bytes, &size));
    REQUIRE(((const SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Control & SE_SELF_RELATIVE,
            STATUS_BAD_DESCRIPTOR_FORMAT);
    TRY(tsr_sd_view(bytes, size, ret_sd));
    *ret_bytes = STEAL(bytes);
    return TSR_OK;
}

/* ---- Making ---- */

/* What a descriptor is made of, in the terms of Windows. */
struct building {
    const TRUSTEE_W *owner;
    const TRUSTEE_W *group;
    struct entry_list access;
    struct entry_list audits;
    PSECURITY_DESCRIPTOR old;
};

/* What parts of the new descriptor point to. */
struct built {
    tsr_sd_parts parts;
    tsr_sid owner;
    tsr_sid group;
    uint8_t *dacl; /* owned; NULL: the old one, or none */
    uint8_t *sacl;
};

static inline void cleanup_built_deinit(struct built *built)
{
    free(built->dacl);
    free(built->sacl);
}

/* A SID that is given, else that of the old descriptor. */
static tsr_status build_sid(const TRUSTEE_W *trustee, enum text_form form, const uint8_t *old,
                            tsr_sid *room, const tsr_sid **ret_sid)
{
    tsr_explicit_access who = {0};

    if (trustee) {
        TRY(trustee_read(trustee, form, &who));
        REQUIRE(!who.object_type && !who.inherited_object_type, STATUS_INVALID_PARAMETER);
        *room = who.sid;
    } else if (old) {
        TRY(tsr_sid_decode(old, tsr_encoded_sid_size(old), room, NULL));
    }
    *ret_sid = trustee || old ? room : NULL;
    return TSR_OK;
}

static bool is_audit(ACCESS_MODE mode)
{
    return mode == SET_AUDIT_SUCCESS || mode == SET_AUDIT_FAILURE;
}

/* Audits belong into a SACL and nothing else does. What is revoked may be either. */
static tsr_status check_modes(const struct entry_list *list, bool audits)
{
    REQUIRE(list->entries || list->n_entries == 0, STATUS_INVALID_PARAMETER);
    for (ULONG i = 0; i < list->n_entries; i++) {
        REQUIRE(list->entries[i].grfAccessMode == REVOKE_ACCESS ||
                    is_audit(list->entries[i].grfAccessMode) == audits,
                STATUS_INVALID_PARAMETER);
    }
    return TSR_OK;
}

/* @param acl  the old one, which a list changes; also the result */
static tsr_status build_acl(const struct entry_list *list, uint8_t **bytes, tsr_acl *acl,
                            bool *has_acl)
{
    if (!list->entries) {
        return TSR_OK;
    }
    TRY(entries_apply(list, acl, bytes, acl));
    *has_acl = true;
    return TSR_OK;
}

/* What is given anew is not there by default. */
static uint16_t control_of(const struct building *building, uint16_t old)
{
    const uint16_t given = (uint16_t)((building->owner ? SE_OWNER_DEFAULTED : 0) |
                                      (building->group ? SE_GROUP_DEFAULTED : 0) |
                                      (building->access.entries ? SE_DACL_DEFAULTED : 0) |
                                      (building->audits.entries ? SE_SACL_DEFAULTED : 0));

    return (uint16_t)(old & ~given);
}

static tsr_status build(const struct building *building, ULONG *ret_size,
                        PSECURITY_DESCRIPTOR *ret_descriptor)
{
    const enum text_form form = building->access.form;
    CLEANUP(built_deinit) struct built built = {0};
    CLEANUP(free) uint8_t *old_bytes = NULL;
    tsr_sd_parts *const parts = &built.parts;
    tsr_sd old = {0};
    uint8_t *bytes;
    size_t size;

    REQUIRE(ret_size && ret_descriptor, STATUS_INVALID_PARAMETER);
    TRY(check_modes(&building->access, false));
    TRY(check_modes(&building->audits, true));
    if (building->old) {
        TRY(view_relative(building->old, &old_bytes, &old));
    }
    *parts = (tsr_sd_parts){
        .control = control_of(building, old.control),
        .resource_manager_control = old.resource_manager_control,
        .has_dacl = old.has_dacl,
        .has_sacl = old.has_sacl,
        .dacl = old.dacl,
        .sacl = old.sacl,
    };
    TRY(build_sid(building->owner, form, old.owner, &built.owner, &parts->owner));
    TRY(build_sid(building->group, form, old.group, &built.group, &parts->group));
    TRY(build_acl(&building->access, &built.dacl, &parts->dacl, &parts->has_dacl));
    TRY(build_acl(&building->audits, &built.sacl, &parts->sacl, &parts->has_sacl));
    TRY(tsr_sd_build(parts, &bytes, &size));

    *ret_size = (ULONG)size;
    *ret_descriptor = bytes;
    return TSR_OK;
}

DWORD WINAPI BuildSecurityDescriptorA(PTRUSTEE_A pOwner, PTRUSTEE_A pGroup,
                                      ULONG cCountOfAccessEntries,
                                      PEXPLICIT_ACCESS_A pListOfAccessEntries,
                                      ULONG cCountOfAuditEntries,
                                      PEXPLICIT_ACCESS_A pListOfAuditEntries,
                                      PSECURITY_DESCRIPTOR pOldSD, PULONG pSizeNewSD,
                                      PSECURITY_DESCRIPTOR *pNewSD)
{
    const struct building building = {
        .owner = (const void *)pOwner,
        .group = (const void *)pGroup,
        .access = {(const void *)pListOfAccessEntries, cCountOfAccessEntries, TEXT_NARROW},
        .audits = {(const void *)pListOfAuditEntries, cCountOfAuditEntries, TEXT_NARROW},
        .old = pOldSD,
    };

    return error_of(build(&building, pSizeNewSD, pNewSD));
}

DWORD WINAPI BuildSecurityDescriptorW(PTRUSTEE_W pOwner, PTRUSTEE_W pGroup,
                                      ULONG cCountOfAccessEntries,
                                      PEXPLICIT_ACCESS_W pListOfAccessEntries,
                                      ULONG cCountOfAuditEntries,
                                      PEXPLICIT_ACCESS_W pListOfAuditEntries,
                                      PSECURITY_DESCRIPTOR pOldSD, PULONG pSizeNewSD,
                                      PSECURITY_DESCRIPTOR *pNewSD)
{
    const struct building building = {
        .owner = pOwner,
        .group = pGroup,
        .access = {pListOfAccessEntries, cCountOfAccessEntries, TEXT_WIDE},
        .audits = {pListOfAuditEntries, cCountOfAuditEntries, TEXT_WIDE},
        .old = pOldSD,
    };

    return error_of(build(&building, pSizeNewSD, pNewSD));
}

/* ---- Telling ---- */

/* Append a SID's name. @param ret_at  where it begins */
static tsr_status name_append(struct writer *block, const tsr_sid *sid, enum text_form form,
                              size_t *ret_at)
{
    CLEANUP(free) void *text = NULL;
    size_t size;

    TRY(account_text_of_sid(sid, form, &text, &size));
    *ret_at = block->size;
    writer_bytes(block, text, size);
    return TSR_OK;
}

static TRUSTEE_W named(uint8_t *block, size_t at)
{
    return (TRUSTEE_W){.TrusteeForm = TRUSTEE_IS_NAME, .ptstrName = (LPWSTR)(void *)(block + at)};
}

/* @param ret_trustee  with its name, owned by the caller, free(); NULL if there is no SID */
static tsr_status trustee_tell(const uint8_t *encoded, enum text_form form, TRUSTEE_W **ret_trustee)
{
    CLEANUP(writer_deinit) struct writer block = {0};
    uint8_t *bytes;
    size_t size;
    tsr_sid sid;
    size_t at;

    if (!encoded) {
        *ret_trustee = NULL;
        return TSR_OK;
    }
    TRY(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL));
    writer_zeros(&block, sizeof(**ret_trustee));
    TRY(name_append(&block, &sid, form, &at));
    TRY(writer_finish(&block, &bytes, &size));

    *ret_trustee = (TRUSTEE_W *)(void *)bytes;
    **ret_trustee = named(bytes, at);
    return TSR_OK;
}

/* The name of who an entry is for; object types have none. */
static tsr_status entry_name(struct writer *block, const TRUSTEE_W *trustee, enum text_form form,
                             size_t *ret_at)
{
    tsr_explicit_access who;

    REQUIRE(trustee->TrusteeForm == TRUSTEE_IS_SID, STATUS_NONE_MAPPED);
    TRY(trustee_read(trustee, form, &who));
    return name_append(block, &who.sid, form, ret_at);
}

/* @param ret_list  with its names, owned by the caller, free() */
static tsr_status entries_name(const EXPLICIT_ACCESS_W *list, size_t n, enum text_form form,
                               EXPLICIT_ACCESS_W **ret_list)
{
    CLEANUP(free) size_t *places = array_new(n, sizeof(*places));
    CLEANUP(writer_deinit) struct writer block = {0};
    uint8_t *bytes;
    size_t size;

    REQUIRE(places, STATUS_NO_MEMORY);
    writer_bytes(&block, list, n * sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        TRY(entry_name(&block, &list[i].Trustee, form, &places[i]));
    }
    TRY(writer_finish(&block, &bytes, &size));

    *ret_list = (EXPLICIT_ACCESS_W *)(void *)bytes;
    for (size_t i = 0; i < n; i++) {
        (*ret_list)[i].Trustee = named(bytes, places[i]);
    }
    return TSR_OK;
}

/* An absent ACL has no entries, as an empty one. */
static tsr_status acl_tell(const tsr_acl *acl, enum text_form form, ULONG *ret_n,
                           EXPLICIT_ACCESS_W **ret_list)
{
    CLEANUP(free) EXPLICIT_ACCESS_W *list = NULL;

    *ret_n = 0;
    *ret_list = NULL;
    if (acl->bytes) {
        TRY(entries_tell(acl, ret_n, &list));
    }
    return list ? entries_name(list, *ret_n, form, ret_list) : TSR_OK;
}

/* What of a descriptor is told, and where to. */
struct telling {
    TRUSTEE_W **owner; /* NULL: not wanted */
    TRUSTEE_W **group;
    ULONG *n_access;
    EXPLICIT_ACCESS_W **access;
    ULONG *n_audits;
    EXPLICIT_ACCESS_W **audits;
    enum text_form form;
};

struct told {
    TRUSTEE_W *owner; /* owned, as all of them */
    TRUSTEE_W *group;
    EXPLICIT_ACCESS_W *access;
    EXPLICIT_ACCESS_W *audits;
    ULONG n_access;
    ULONG n_audits;
};

static inline void cleanup_told_deinit(struct told *told)
{
    free(told->owner);
    free(told->group);
    free(told->access);
    free(told->audits);
}

static tsr_status tell_wanted(const tsr_sd *sd, const struct telling *telling, struct told *told)
{
    if (telling->owner) {
        TRY(trustee_tell(sd->owner, telling->form, &told->owner));
    }
    if (telling->group) {
        TRY(trustee_tell(sd->group, telling->form, &told->group));
    }
    if (telling->access) {
        TRY(acl_tell(&sd->dacl, telling->form, &told->n_access, &told->access));
    }
    if (telling->audits) {
        TRY(acl_tell(&sd->sacl, telling->form, &told->n_audits, &told->audits));
    }
    return TSR_OK;
}

static void hand_over(struct told *told, const struct telling *telling)
{
    if (telling->owner) {
        *telling->owner = STEAL(told->owner);
    }
    if (telling->group) {
        *telling->group = STEAL(told->group);
    }
    if (telling->access) {
        *telling->n_access = told->n_access;
        *telling->access = STEAL(told->access);
    }
    if (telling->audits) {
        *telling->n_audits = told->n_audits;
        *telling->audits = STEAL(told->audits);
    }
}

static tsr_status tell(PSECURITY_DESCRIPTOR descriptor, const struct telling *telling)
{
    CLEANUP(told_deinit) struct told told = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd sd;

    REQUIRE(!telling->n_access == !telling->access, STATUS_INVALID_PARAMETER);
    REQUIRE(!telling->n_audits == !telling->audits, STATUS_INVALID_PARAMETER);
    TRY(view_relative(descriptor, &bytes, &sd));
    TRY(tell_wanted(&sd, telling, &told));
    hand_over(&told, telling);
    return TSR_OK;
}

DWORD WINAPI LookupSecurityDescriptorPartsA(PTRUSTEE_A *ppOwner, PTRUSTEE_A *ppGroup,
                                            PULONG pcCountOfAccessEntries,
                                            PEXPLICIT_ACCESS_A *ppListOfAccessEntries,
                                            PULONG pcCountOfAuditEntries,
                                            PEXPLICIT_ACCESS_A *ppListOfAuditEntries,
                                            PSECURITY_DESCRIPTOR pSD)
{
    const struct telling telling = {
        .owner = (TRUSTEE_W **)(void *)ppOwner,
        .group = (TRUSTEE_W **)(void *)ppGroup,
        .n_access = pcCountOfAccessEntries,
        .access = (EXPLICIT_ACCESS_W **)(void *)ppListOfAccessEntries,
        .n_audits = pcCountOfAuditEntries,
        .audits = (EXPLICIT_ACCESS_W **)(void *)ppListOfAuditEntries,
        .form = TEXT_NARROW,
    };

    return error_of(tell(pSD, &telling));
}

DWORD WINAPI LookupSecurityDescriptorPartsW(PTRUSTEE_W *ppOwner, PTRUSTEE_W *ppGroup,
                                            PULONG pcCountOfAccessEntries,
                                            PEXPLICIT_ACCESS_W *ppListOfAccessEntries,
                                            PULONG pcCountOfAuditEntries,
                                            PEXPLICIT_ACCESS_W *ppListOfAuditEntries,
                                            PSECURITY_DESCRIPTOR pSD)
{
    const struct telling telling = {
        .owner = ppOwner,
        .group = ppGroup,
        .n_access = pcCountOfAccessEntries,
        .access = ppListOfAccessEntries,
        .n_audits = pcCountOfAuditEntries,
        .audits = ppListOfAuditEntries,
        .form = TEXT_WIDE,
    };

    return error_of(tell(pSD, &telling));
}
