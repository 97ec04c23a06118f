/* SPDX-License-Identifier: MIT */
/* Access checks by handle (access-check.md 4.1, 8.1). */

#include "nt/check.h"
#include "token/token.h"

/* An access check that tells privileges. */
struct token_check {
    struct check check;
    HANDLE token;
    PRIVILEGE_SET *privileges;
    ULONG *privileges_size;
};

/* As Windows does, want room for one privilege even where none will be used; a check uses two at
 * most. */
static tsr_status check_room(const struct token_check *check, size_t n_used)
{
    const size_t needed = privilege_set_size(n_used > 1 ? n_used : 1);

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

static tsr_status judge(const struct token_check *check, const tsr_token *token,
                        const struct check_values *values)
{
    const tsr_access_result result =
        tsr_token_nt_access_check(token, &values->sd, &values->request);

    if (!check_is_answer(result.status)) {
        return result.status;
    }
    TRY(check_room(check, count_bits(result.privileges_used)));
    privilege_set_tell(result.privileges_used, check->privileges);
    check_tell(&check->check, &result, values);
    return TSR_OK;
}

/* In the order of Windows: pointers, generic bits, room, token, descriptor. */
static tsr_status check_by_handle(const struct token_check *check)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(check_values_deinit) struct check_values values = {0};

    REQUIRE(check->privileges_size, STATUS_ACCESS_VIOLATION);
    TRY(check_pointers(&check->check));
    REQUIRE(!(check->check.desired & GENERIC_RIGHTS), STATUS_GENERIC_NOT_MAPPED);
    TRY(check_room(check, 0));
    TRY(token_for_query(handle_in(check->token), TOKEN_QUERY, &token));
    TRY(check_capture(&check->check, &values));
    return judge(check, token, &values);
}

NTSTATUS NTAPI NtAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
                             ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping,
                             PPRIVILEGE_SET PrivilegeSet, PULONG PrivilegeSetLength,
                             PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    const struct token_check check = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .desired = DesiredAccess,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .token = ClientToken,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
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
    const struct token_check check = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .self = PrincipalSelfSid,
                .desired = DesiredAccess,
                .types = ObjectTypeList,
                .n_types = ObjectTypeListLength,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .token = ClientToken,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
    };

    return nt_status(check_by_handle(&check));
}

NTSTATUS NTAPI NtAccessCheckByTypeResultList(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, HANDLE ClientToken,
    ACCESS_MASK DesiredAccess, POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
    PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet, PULONG PrivilegeSetLength,
    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    const struct token_check check = {
        .check =
            {
                .descriptor = SecurityDescriptor,
                .self = PrincipalSelfSid,
                .desired = DesiredAccess,
                .types = ObjectTypeList,
                .n_types = ObjectTypeListLength,
                .result_list = true,
                .mapping = GenericMapping,
                .granted = GrantedAccess,
                .statuses = AccessStatus,
            },
        .token = ClientToken,
        .privileges = PrivilegeSet,
        .privileges_size = PrivilegeSetLength,
    };

    return nt_status(check_by_handle(&check));
}

ZW_NAME(ZwAccessCheck, NtAccessCheck);
