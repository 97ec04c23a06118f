/* SPDX-License-Identifier: MIT */
/* Access checks in the terms of Windows. */

#include "nt/check.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

tsr_status check_pointers(const struct check *check)
{
    REQUIRE(check->descriptor && check->mapping && check->granted && check->statuses,
            STATUS_ACCESS_VIOLATION);
    REQUIRE(check->types || check->n_types == 0, STATUS_ACCESS_VIOLATION);
    REQUIRE(check->n_types <= TSR_OBJECT_TYPES_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(!check->result_list || check->n_types > 0, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

void check_values_deinit(struct check_values *values)
{
    free(values->sd_bytes);
    values->sd_bytes = NULL;
    free(values->types);
    values->types = NULL;
}

/* GUIDs in memory are as ACEs store them. */
static tsr_status capture_types(const struct check *check, tsr_object_type **ret_types)
{
    CLEANUP(free) tsr_object_type *types = array_new(check->n_types, sizeof(*types));

    REQUIRE(types, STATUS_NO_MEMORY);
    for (size_t i = 0; i < check->n_types; i++) {
        const GUID *const type = check->types[i].ObjectType;

        REQUIRE(type, STATUS_INVALID_PARAMETER);
        types[i].level = check->types[i].Level;
        memcpy(types[i].guid, type, sizeof(types[i].guid));
    }
    *ret_types = STEAL(types);
    return TSR_OK;
}

tsr_status check_capture(const struct check *check, struct check_values *ret_values)
{
    tsr_access_request *request = &ret_values->request;

    request->desired = check->desired;
    request->result_list = check->result_list;
    TRY(capture_mapping(check->mapping, &request->mapping));
    TRY(capture_descriptor(check->descriptor, &ret_values->sd_bytes, &ret_values->sd));
    TRY(capture_optional_sid(check->self, &ret_values->self, &request->principal_self));
    if (check->n_types > 0) {
        TRY(capture_types(check, &ret_values->types));
        request->types = ret_values->types;
        request->n_types = check->n_types;
    }
    return TSR_OK;
}

bool check_is_answer(tsr_status status)
{
    return status.code == (uint32_t)STATUS_SUCCESS ||
           status.code == (uint32_t)STATUS_ACCESS_DENIED ||
           status.code == (uint32_t)STATUS_PRIVILEGE_NOT_HELD;
}

size_t privilege_set_size(size_t n)
{
    return offsetof(PRIVILEGE_SET, Privilege) + n * sizeof(LUID_AND_ATTRIBUTES);
}

void privilege_set_tell(uint64_t used, PRIVILEGE_SET *ret_set)
{
    LUID_AND_ATTRIBUTES *entry = ret_set->Privilege;

    ret_set->PrivilegeCount = (DWORD)__builtin_popcountll(used);
    ret_set->Control = 0;
    while (used) {
        const uint32_t luid = (uint32_t)__builtin_ctzll(used);

        *entry++ = (LUID_AND_ATTRIBUTES){luid_out(luid), SE_PRIVILEGE_USED_FOR_ACCESS};
        used ^= TSR_PRIVILEGE_BIT(luid);
    }
}

void check_tell(const struct check *check, const tsr_access_result *result,
                const struct check_values *values)
{
    if (!check->result_list) {
        *check->granted = result->granted;
        *check->statuses = nt_status(result->status);
        return;
    }
    for (size_t i = 0; i < check->n_types; i++) {
        check->granted[i] = values->types[i].granted;
        check->statuses[i] = nt_status(values->types[i].status);
    }
}
