/* SPDX-License-Identifier: MIT */
/* Arguments of native services, as values. */

#include "nt/capture.h"

#include <stdlib.h>
#include <string.h>

#include "nt/descriptor.h"

tsr_status capture_mapping(const GENERIC_MAPPING *mapping, tsr_generic_mapping *ret_mapping)
{
    REQUIRE(mapping, STATUS_ACCESS_VIOLATION);
    *ret_mapping = (tsr_generic_mapping){
        .read = mapping->GenericRead,
        .write = mapping->GenericWrite,
        .execute = mapping->GenericExecute,
        .all = mapping->GenericAll,
    };
    return TSR_OK;
}

tsr_status capture_sid(PSID sid, tsr_sid *ret_sid)
{
    REQUIRE(sid, STATUS_INVALID_SID);
    /* A SID says itself how long it is; asked for its length it would be read twice. */
    return tsr_sid_decode(sid, SECURITY_MAX_SID_SIZE, ret_sid, NULL);
}

tsr_status capture_optional_sid(PSID sid, tsr_sid *room, const tsr_sid **ret_sid)
{
    if (sid) {
        TRY(capture_sid(sid, room));
    }
    *ret_sid = sid ? room : NULL;
    return TSR_OK;
}

tsr_status capture_groups(const SID_AND_ATTRIBUTES *groups, size_t n_groups, tsr_group **ret_groups)
{
    CLEANUP(free) tsr_group *captured = NULL;

    REQUIRE(n_groups <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(groups || n_groups == 0, STATUS_ACCESS_VIOLATION);
    captured = array_new(n_groups, sizeof(*captured));
    REQUIRE(captured, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_groups; i++) {
        TRY(capture_sid(groups[i].Sid, &captured[i].sid));
        captured[i].attributes = groups[i].Attributes;
    }
    *ret_groups = STEAL(captured);
    return TSR_OK;
}

tsr_status capture_privileges(const LUID_AND_ATTRIBUTES *privileges, size_t n_privileges,
                              tsr_privilege_state **ret_privileges)
{
    CLEANUP(free) tsr_privilege_state *captured = NULL;

    REQUIRE(n_privileges <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(privileges || n_privileges == 0, STATUS_ACCESS_VIOLATION);
    captured = array_new(n_privileges, sizeof(*captured));
    REQUIRE(captured, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_privileges; i++) {
        captured[i].luid = privilege_in(privileges[i].Luid);
        captured[i].attributes = privileges[i].Attributes;
    }
    *ret_privileges = STEAL(captured);
    return TSR_OK;
}

tsr_status capture_acl(const ACL *acl, uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    REQUIRE(acl, STATUS_INVALID_ACL);
    size = acl->AclSize;
    REQUIRE(size >= sizeof(*acl), STATUS_INVALID_ACL);
    bytes = zeroed_new(size);
    REQUIRE(bytes, STATUS_NO_MEMORY);
    memcpy(bytes, acl, size);
    TRY(tsr_acl_view(bytes, size, ret_acl));
    *ret_bytes = STEAL(bytes);
    return TSR_OK;
}

tsr_status capture_descriptor(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, tsr_sd *ret_sd)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    TRY(descriptor_check(descriptor));
    TRY(descriptor_pack(descriptor, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, ret_sd));
    *ret_bytes = STEAL(bytes);
    return TSR_OK;
}

tsr_status capture_qos(const SECURITY_QUALITY_OF_SERVICE *qos, struct client_qos *ret_qos)
{
    REQUIRE(qos, STATUS_ACCESS_VIOLATION);
    REQUIRE(qos->Length == sizeof(*qos), STATUS_INVALID_PARAMETER);
    *ret_qos = (struct client_qos){
        .level = (tsr_impersonation_level)qos->ImpersonationLevel,
        .dynamic = qos->ContextTrackingMode == SECURITY_DYNAMIC_TRACKING,
        .effective_only = qos->EffectiveOnly,
    };
    return TSR_OK;
}

void attributes_deinit(struct attributes *attributes)
{
    free(attributes->sd_bytes);
    attributes->sd_bytes = NULL;
}

/* Those of newer systems too, which say something of names. */
#define KNOWN_ATTRIBUTES (OBJ_VALID_ATTRIBUTES | 0x1800u)

tsr_status capture_attributes(const OBJECT_ATTRIBUTES *attributes,
                              struct attributes *ret_attributes)
{
    if (!attributes) {
        return TSR_OK;
    }
    REQUIRE(attributes->Length == sizeof(*attributes), STATUS_INVALID_PARAMETER);
    REQUIRE((attributes->Attributes & ~KNOWN_ATTRIBUTES) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(!attributes->ObjectName && !attributes->RootDirectory, STATUS_OBJECT_NAME_INVALID);
    ret_attributes->flags = handle_flags_in(attributes->Attributes);
    if (attributes->SecurityQualityOfService) {
        TRY(capture_qos(attributes->SecurityQualityOfService, &ret_attributes->qos));
        ret_attributes->has_qos = true;
    }
    if (attributes->SecurityDescriptor) {
        TRY(capture_descriptor(attributes->SecurityDescriptor, &ret_attributes->sd_bytes,
                               &ret_attributes->sd));
    }
    return TSR_OK;
}

struct handle_request attributes_request(const struct attributes *attributes, uint32_t desired)
{
    return (struct handle_request){
        .desired = desired,
        .flags = attributes->flags,
        .sd = attributes->sd_bytes ? &attributes->sd : NULL,
    };
}

uint32_t handle_flags_in(ULONG attributes)
{
    return attributes & OBJ_INHERIT ? HANDLE_FLAG_INHERIT : 0;
}

tsr_status check_token_handle(HANDLE handle, uint32_t access)
{
    struct token_object *token;

    TRY(token_by_handle(handle_in(handle), access, &token, NULL));
    (void)token_object_unref(token);
    return TSR_OK;
}

void filter_deinit(struct filter *filter)
{
    free(filter->disable);
    free(filter->delete_privileges);
    free(filter->restrict_to);
}

static tsr_status capture_disable(const TOKEN_GROUPS *disable, struct filter *filter)
{
    const size_t n = disable->GroupCount;
    CLEANUP(free) tsr_group *groups = NULL;

    TRY(capture_groups(disable->Groups, n, &groups));
    filter->disable = array_new(n, sizeof(*filter->disable));
    REQUIRE(filter->disable, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n; i++) {
        filter->disable[i] = groups[i].sid;
    }
    filter->spec.disable = filter->disable;
    filter->spec.n_disable = n;
    return TSR_OK;
}

static tsr_status capture_delete(const TOKEN_PRIVILEGES *delete_privileges, struct filter *filter)
{
    const size_t n = delete_privileges->PrivilegeCount;
    CLEANUP(free) tsr_privilege_state *privileges = NULL;

    TRY(capture_privileges(delete_privileges->Privileges, n, &privileges));
    filter->delete_privileges = array_new(n, sizeof(*filter->delete_privileges));
    REQUIRE(filter->delete_privileges, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n; i++) {
        filter->delete_privileges[i] = privileges[i].luid;
    }
    filter->spec.delete_privileges = filter->delete_privileges;
    filter->spec.n_delete_privileges = n;
    return TSR_OK;
}

static tsr_status capture_restrict(const TOKEN_GROUPS *restrict_to, struct filter *filter)
{
    const size_t n = restrict_to->GroupCount;

    TRY(capture_groups(restrict_to->Groups, n, &filter->restrict_to));
    filter->spec.restrict_to = filter->restrict_to;
    filter->spec.n_restrict_to = n;
    return TSR_OK;
}

tsr_status filter_capture(ULONG flags, const TOKEN_GROUPS *disable,
                          const TOKEN_PRIVILEGES *delete_privileges,
                          const TOKEN_GROUPS *restrict_to, struct filter *ret_filter)
{
    ret_filter->spec.flags = flags;
    if (disable) {
        TRY(capture_disable(disable, ret_filter));
    }
    if (delete_privileges) {
        TRY(capture_delete(delete_privileges, ret_filter));
    }
    if (restrict_to) {
        TRY(capture_restrict(restrict_to, ret_filter));
    }
    return TSR_OK;
}
