/* SPDX-License-Identifier: MIT */
/* Descriptors of objects. */

#include <securitybaseapi.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>
#include <winerror.h>

#include <tessera/assign.h>

#include "object/services.h"
#include "token/token.h"
#include "win32/descriptor.h"
#include "win32/error.h"

#define TYPES_MAX 65536u

BOOL WINAPI GetKernelObjectSecurity(HANDLE Handle, SECURITY_INFORMATION RequestedInformation,
                                    PSECURITY_DESCRIPTOR pSecurityDescriptor, DWORD nLength,
                                    LPDWORD lpnLengthNeeded)
{
    return error_report_nt(NtQuerySecurityObject(Handle, RequestedInformation, pSecurityDescriptor,
                                                 nLength, lpnLengthNeeded));
}

BOOL WINAPI SetKernelObjectSecurity(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                    PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return error_report_nt(NtSetSecurityObject(Handle, SecurityInformation, SecurityDescriptor));
}

/* ---- What is given, in our terms ---- */

/* A descriptor of either form that may be left out. */
struct packed {
    uint8_t *bytes; /* owned; NULL: left out */
    tsr_sd sd;
};

static inline void cleanup_packed_deinit(struct packed *packed)
{
    free(packed->bytes);
}

static tsr_status pack(PSECURITY_DESCRIPTOR descriptor, struct packed *packed)
{
    ULONG size;

    if (!descriptor) {
        return TSR_OK;
    }
    TRY(descriptor_packed(descriptor, &packed->bytes, &size));
    return tsr_sd_view(packed->bytes, size, &packed->sd);
}

static const tsr_sd *sd_of(const struct packed *packed)
{
    return packed->bytes ? &packed->sd : NULL;
}

/* @param ret_token  a new reference; NULL: left out */
static tsr_status token_of(HANDLE handle, tsr_token **ret_token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    if (handle) {
        TRY(token_for_query((handle_t)(uintptr_t)handle, TOKEN_QUERY, &token));
        REQUIRE(token->type == TSR_TOKEN_PRIMARY || token->level > TSR_LEVEL_ANONYMOUS,
                STATUS_BAD_IMPERSONATION_LEVEL);
    }
    *ret_token = STEAL(token);
    return TSR_OK;
}

static tsr_status mapping_of(const GENERIC_MAPPING *mapping, tsr_generic_mapping *ret_mapping)
{
    REQUIRE(mapping, STATUS_INVALID_PARAMETER);
    *ret_mapping = (tsr_generic_mapping){mapping->GenericRead, mapping->GenericWrite,
                                         mapping->GenericExecute, mapping->GenericAll};
    return TSR_OK;
}

/* @param ret_guids  owned by the caller, free() */
static tsr_status guids_of(GUID **types, size_t n_types, tsr_guid **ret_guids)
{
    CLEANUP(free) tsr_guid *guids = NULL;

    REQUIRE(n_types <= TYPES_MAX && (types || n_types == 0), STATUS_INVALID_PARAMETER);
    guids = array_new(n_types, sizeof(*guids));
    REQUIRE(guids, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_types; i++) {
        REQUIRE(types[i], STATUS_INVALID_PARAMETER);
        memcpy(guids[i].bytes, types[i], sizeof(guids[i].bytes));
    }
    *ret_guids = STEAL(guids);
    return TSR_OK;
}

/* ---- New descriptors ---- */

/* What a new descriptor is made of, in the terms of Windows. */
struct creation {
    PSECURITY_DESCRIPTOR parent;
    PSECURITY_DESCRIPTOR creator;
    GUID **types;
    ULONG n_types;
    bool is_container;
    ULONG flags;
    HANDLE token;
    const GENERIC_MAPPING *mapping;
};

static tsr_status create(const struct creation *creation, PSECURITY_DESCRIPTOR *ret_descriptor)
{
    CLEANUP(packed_deinit) struct packed creator = {0};
    CLEANUP(packed_deinit) struct packed parent = {0};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(free) tsr_guid *types = NULL;
    tsr_assign_request request = {.flags = creation->flags, .is_container = creation->is_container};
    tsr_generic_mapping mapping;
    uint8_t *bytes;
    size_t size;

    REQUIRE(ret_descriptor, STATUS_INVALID_PARAMETER);
    TRY(pack(creation->parent, &parent));
    TRY(pack(creation->creator, &creator));
    TRY(guids_of(creation->types, creation->n_types, &types));
    TRY(token_of(creation->token, &token));
    TRY(mapping_of(creation->mapping, &mapping));
    request.parent = sd_of(&parent);
    request.creator = sd_of(&creator);
    request.types = types;
    request.n_types = creation->n_types;
    request.mapping = &mapping;
    TRY(tsr_sd_assign_object(token, &request, &bytes, &size));
    *ret_descriptor = bytes;
    return TSR_OK;
}

BOOL WINAPI CreatePrivateObjectSecurityWithMultipleInheritance(
    PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR CreatorDescriptor,
    PSECURITY_DESCRIPTOR *NewDescriptor, GUID **ObjectTypes, ULONG GuidCount,
    BOOL IsContainerObject, ULONG AutoInheritFlags, HANDLE Token, PGENERIC_MAPPING GenericMapping)
{
    const struct creation creation = {
        .parent = ParentDescriptor,
        .creator = CreatorDescriptor,
        .types = ObjectTypes,
        .n_types = GuidCount,
        .is_container = IsContainerObject,
        .flags = AutoInheritFlags,
        .token = Token,
        .mapping = GenericMapping,
    };

    return error_report(create(&creation, NewDescriptor));
}

BOOL WINAPI CreatePrivateObjectSecurityEx(PSECURITY_DESCRIPTOR ParentDescriptor,
                                          PSECURITY_DESCRIPTOR CreatorDescriptor,
                                          PSECURITY_DESCRIPTOR *NewDescriptor, GUID *ObjectType,
                                          BOOL IsContainerObject, ULONG AutoInheritFlags,
                                          HANDLE Token, PGENERIC_MAPPING GenericMapping)
{
    return CreatePrivateObjectSecurityWithMultipleInheritance(
        ParentDescriptor, CreatorDescriptor, NewDescriptor, &ObjectType, ObjectType ? 1 : 0,
        IsContainerObject, AutoInheritFlags, Token, GenericMapping);
}

BOOL WINAPI CreatePrivateObjectSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
                                        PSECURITY_DESCRIPTOR CreatorDescriptor,
                                        PSECURITY_DESCRIPTOR *NewDescriptor, BOOL IsDirectoryObject,
                                        HANDLE Token, PGENERIC_MAPPING GenericMapping)
{
    return CreatePrivateObjectSecurityEx(ParentDescriptor, CreatorDescriptor, NewDescriptor, NULL,
                                         IsDirectoryObject, 0, Token, GenericMapping);
}

BOOL WINAPI DestroyPrivateObjectSecurity(PSECURITY_DESCRIPTOR *ObjectDescriptor)
{
    if (!ObjectDescriptor) {
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    free(*ObjectDescriptor);
    *ObjectDescriptor = NULL;
    return TRUE;
}

/* ---- Descriptors that exist ---- */

/* What is to be changed, in the terms of Windows. */
struct change {
    SECURITY_INFORMATION information;
    PSECURITY_DESCRIPTOR modification;
    ULONG flags;
    const GENERIC_MAPPING *mapping;
    HANDLE token;
};

static tsr_status change(const struct change *change, PSECURITY_DESCRIPTOR *descriptor)
{
    CLEANUP(packed_deinit) struct packed modification = {0};
    CLEANUP(packed_deinit) struct packed current = {0};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    tsr_change_request request = {.information = change->information, .flags = change->flags};
    tsr_generic_mapping mapping;
    uint8_t *bytes;
    size_t size;

    REQUIRE(descriptor && *descriptor && change->modification, STATUS_INVALID_PARAMETER);
    TRY(pack(*descriptor, &current));
    TRY(pack(change->modification, &modification));
    TRY(token_of(change->token, &token));
    TRY(mapping_of(change->mapping, &mapping));
    request.change = &modification.sd;
    request.mapping = &mapping;
    TRY(tsr_sd_change_object(token, &current.sd, &request, &bytes, &size));
    free(*descriptor);
    *descriptor = bytes;
    return TSR_OK;
}

BOOL WINAPI SetPrivateObjectSecurityEx(SECURITY_INFORMATION SecurityInformation,
                                       PSECURITY_DESCRIPTOR ModificationDescriptor,
                                       PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                       ULONG AutoInheritFlags, PGENERIC_MAPPING GenericMapping,
                                       HANDLE Token)
{
    const struct change request = {
        .information = SecurityInformation,
        .modification = ModificationDescriptor,
        .flags = AutoInheritFlags,
        .mapping = GenericMapping,
        .token = Token,
    };

    return error_report(change(&request, ObjectsSecurityDescriptor));
}

/* Without a token an owner is not checked against one: it may not be set. */
BOOL WINAPI SetPrivateObjectSecurity(SECURITY_INFORMATION SecurityInformation,
                                     PSECURITY_DESCRIPTOR ModificationDescriptor,
                                     PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                     PGENERIC_MAPPING GenericMapping, HANDLE Token)
{
    const bool unchecked = !Token && !(SecurityInformation & OWNER_SECURITY_INFORMATION);

    return SetPrivateObjectSecurityEx(
        SecurityInformation, ModificationDescriptor, ObjectsSecurityDescriptor,
        unchecked ? SEF_AVOID_OWNER_CHECK | SEF_AVOID_PRIVILEGE_CHECK : 0, GenericMapping, Token);
}

static tsr_status get(PSECURITY_DESCRIPTOR descriptor, SECURITY_INFORMATION information, void *to,
                      DWORD room, DWORD *ret_size)
{
    CLEANUP(packed_deinit) struct packed packed = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    REQUIRE(descriptor && ret_size, STATUS_INVALID_PARAMETER);
    TRY(pack(descriptor, &packed));
    TRY(tsr_sd_select(&packed.sd, information, &bytes, &size));
    *ret_size = (DWORD)size;
    REQUIRE(to && size <= room, STATUS_BUFFER_TOO_SMALL);
    memcpy(to, bytes, size);
    return TSR_OK;
}

BOOL WINAPI GetPrivateObjectSecurity(PSECURITY_DESCRIPTOR ObjectDescriptor,
                                     SECURITY_INFORMATION SecurityInformation,
                                     PSECURITY_DESCRIPTOR ResultantDescriptor,
                                     DWORD DescriptorLength, PDWORD ReturnLength)
{
    return error_report(get(ObjectDescriptor, SecurityInformation, ResultantDescriptor,
                            DescriptorLength, ReturnLength));
}

static tsr_status convert(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR current,
                          PSECURITY_DESCRIPTOR *ret_descriptor, tsr_heritage *heritage)
{
    CLEANUP(packed_deinit) struct packed packed_parent = {0};
    CLEANUP(packed_deinit) struct packed packed_current = {0};
    uint8_t *bytes;
    size_t size;

    REQUIRE(current && ret_descriptor, STATUS_INVALID_PARAMETER);
    TRY(pack(parent, &packed_parent));
    TRY(pack(current, &packed_current));
    heritage->parent = sd_of(&packed_parent);
    heritage->child = &packed_current.sd;
    TRY(tsr_sd_convert_to_auto_inherit(
        heritage, DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION, &bytes, &size));
    *ret_descriptor = bytes;
    return TSR_OK;
}

BOOL WINAPI ConvertToAutoInheritPrivateObjectSecurity(
    PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR CurrentSecurityDescriptor,
    PSECURITY_DESCRIPTOR *NewSecurityDescriptor, GUID *ObjectType, BOOLEAN IsDirectoryObject,
    PGENERIC_MAPPING GenericMapping)
{
    tsr_generic_mapping mapping;
    tsr_heritage heritage = {.is_container = IsDirectoryObject, .mapping = &mapping};
    tsr_guid type;

    if (tsr_failed(mapping_of(GenericMapping, &mapping))) {
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    if (ObjectType) {
        memcpy(type.bytes, ObjectType, sizeof(type.bytes));
        heritage.types = &type;
        heritage.n_types = 1;
    }
    return error_report(
        convert(ParentDescriptor, CurrentSecurityDescriptor, NewSecurityDescriptor, &heritage));
}
