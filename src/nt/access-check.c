/* SPDX-License-Identifier: MIT */
/* Access checks by handle (access-check.md 4.1, 8.1). */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "nt/capture.h"
#include "token/token.h"

/* What an access check is given, in the terms of Windows. */
struct check {
    PSECURITY_DESCRIPTOR descriptor;
    PSID self;
    HANDLE token;
    ACCESS_MASK desired;
    const OBJECT_TYPE_LIST *types;
    ULONG n_types;
    bool result_list;
    const GENERIC_MAPPING *mapping;
    PRIVILEGE_SET *privileges;
    ULONG *privileges_size;
    ACCESS_MASK *granted; /* one, or one for each type */
    NTSTATUS *statuses;
};

static tsr_status check_pointers(const struct check *check)
{
    REQUIRE(check->descriptor && check->mapping && check->privileges_size && check->granted &&
                check->statuses,
            STATUS_ACCESS_VIOLATION);
    REQUIRE(check->types || check->n_types == 0, STATUS_ACCESS_VIOLATION);
    REQUIRE(check->n_types <= TSR_OBJECT_TYPES_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(!check->result_list || check->n_types > 0, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

static size_t privileges_size(size_t n)
{
    return offsetof(PRIVILEGE_SET, Privilege) + n * sizeof(LUID_AND_ATTRIBUTES);
}

/* As Windows does, want room for one privilege even where none will be used; a check uses two at
 * most. */
static tsr_status check_room(const struct check *check, size_t n_used)
{
    const size_t needed = privileges_size(n_used > 1 ? n_used : 1);

    if (*check->privileges_size < needed) {
        *check->privileges_size = (ULONG)needed;
        return tsr_status_of(STATUS_BUFFER_TOO_SMALL);
    }
    REQUIRE(check->privileges, STATUS_ACCESS_VIOLATION);
    return TSR_OK;
}

static size_t count_bits(uint64_t bits)
{
    return (size_t)__builtin_popcountll(bits);
}

static void tell_privileges(uint64_t used, PRIVILEGE_SET *set)
{
    LUID_AND_ATTRIBUTES *entries = set->Privilege;

    set->PrivilegeCount = 0;
    set->Control = 0;
    for (uint32_t luid = 0; luid <= TSR_PRIVILEGE_LAST; luid++) {
        if (used & TSR_PRIVILEGE_BIT(luid)) {
            entries[set->PrivilegeCount].Luid = luid_out(luid);
            entries[set->PrivilegeCount].Attributes = SE_PRIVILEGE_USED_FOR_ACCESS;
            set->PrivilegeCount++;
        }
    }
}

/* GUIDs in memory are as ACEs store them. */
static tsr_status capture_types(const struct check *check, tsr_object_type **ret_types)
{
    CLEANUP(free) tsr_object_type *types = array_new(check->n_types, sizeof(*types));

    REQUIRE(types, STATUS_NO_MEMORY);
    for (size_t i = 0; i < check->n_types; i++) {
        REQUIRE(check->types[i].ObjectType, STATUS_INVALID_PARAMETER);
        types[i].level = check->types[i].Level;
        memcpy(types[i].guid, check->types[i].ObjectType, sizeof(types[i].guid));
    }
    *ret_types = STEAL(types);
    return TSR_OK;
}

/* What a check may answer; anything else kept it from being made. */
static bool is_answer(tsr_status status)
{
    return status.code == (uint32_t)STATUS_SUCCESS ||
           status.code == (uint32_t)STATUS_ACCESS_DENIED ||
           status.code == (uint32_t)STATUS_PRIVILEGE_NOT_HELD;
}

static void tell_results(const struct check *check, const tsr_access_result *result,
                         const tsr_object_type *types)
{
    if (!check->result_list) {
        *check->granted = result->granted;
        *check->statuses = nt_status(result->status);
        return;
    }
    for (size_t i = 0; i < check->n_types; i++) {
        check->granted[i] = types[i].granted;
        check->statuses[i] = nt_status(types[i].status);
    }
}

static tsr_status judge(const struct check *check, const tsr_token *token, const tsr_sd *sd,
                        tsr_access_request *request)
{
    tsr_access_result result = tsr_token_nt_access_check(token, sd, request);

    if (!is_answer(result.status)) {
        return result.status;
    }
    TRY(check_room(check, count_bits(result.privileges_used)));
    tell_privileges(result.privileges_used, check->privileges);
    tell_results(check, &result, request->types);
    return TSR_OK;
}

/* In the order of Windows: pointers, generic bits, room, token, descriptor. */
static tsr_status check_by_handle(const struct check *check)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(free) tsr_object_type *types = NULL;
    CLEANUP(free) uint8_t *sd_bytes = NULL;
    tsr_access_request request = {.desired = check->desired, .result_list = check->result_list};
    tsr_sid self;
    tsr_sd sd;

    TRY(check_pointers(check));
    REQUIRE(!(check->desired & GENERIC_RIGHTS), STATUS_GENERIC_NOT_MAPPED);
    TRY(check_room(check, 0));
    TRY(token_for_query(handle_in(check->token), TOKEN_QUERY, &token));
    TRY(capture_mapping(check->mapping, &request.mapping));
    TRY(capture_descriptor(check->descriptor, &sd_bytes, &sd));
    TRY(capture_optional_sid(check->self, &self, &request.principal_self));
    if (check->n_types > 0) {
        TRY(capture_types(check, &types));
        request.types = types;
        request.n_types = check->n_types;
    }
    return judge(check, token, &sd, &request);
}

NTSTATUS NTAPI NtAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
                             ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping,
                             PPRIVILEGE_SET PrivilegeSet, PULONG PrivilegeSetLength,
                             PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    const struct check check = {
        .descriptor = SecurityDescriptor,
        .token = ClientToken,
        .desired = DesiredAccess,
        .mapping = GenericMapping,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
        .granted = GrantedAccess,
        .statuses = AccessStatus,
    };

    return nt_status(check_by_handle(&check));
}

NTSTATUS NTAPI NtAccessCheckByType(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
                                   HANDLE ClientToken, ACCESS_MASK DesiredAccess,
                                   POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
                                   PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet,
                                   PULONG PrivilegeSetLength, PACCESS_MASK GrantedAccess,
                                   PNTSTATUS AccessStatus)
{
    const struct check check = {
        .descriptor = SecurityDescriptor,
        .self = PrincipalSelfSid,
        .token = ClientToken,
        .desired = DesiredAccess,
        .types = ObjectTypeList,
        .n_types = ObjectTypeListLength,
        .mapping = GenericMapping,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
        .granted = GrantedAccess,
        .statuses = AccessStatus,
    };

    return nt_status(check_by_handle(&check));
}

NTSTATUS NTAPI NtAccessCheckByTypeResultList(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, HANDLE ClientToken,
    ACCESS_MASK DesiredAccess, POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
    PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet, PULONG PrivilegeSetLength,
    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    const struct check check = {
        .descriptor = SecurityDescriptor,
        .self = PrincipalSelfSid,
        .token = ClientToken,
        .desired = DesiredAccess,
        .types = ObjectTypeList,
        .n_types = ObjectTypeListLength,
        .result_list = true,
        .mapping = GenericMapping,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
        .granted = GrantedAccess,
        .statuses = AccessStatus,
    };

    return nt_status(check_by_handle(&check));
}

ZW_NAME(ZwAccessCheck, NtAccessCheck);
