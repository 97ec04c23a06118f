/* SPDX-License-Identifier: MIT */
/* Duplicating and filtering tokens (token.md 3.5, 3.6, 3.14). */

#include <stdlib.h>

#include "nt/capture.h"

static tsr_status duplicate(HANDLE existing, ACCESS_MASK desired, const OBJECT_ATTRIBUTES *objects,
                            bool effective_only, TOKEN_TYPE type, HANDLE *ret_token)
{
    CLEANUP(attributes_deinit) struct attributes attributes = {0};
    struct duplicate_request request = {.type = (tsr_token_type)type};
    handle_t handle;

    if (ret_token) {
        *ret_token = NULL;
    }
    REQUIRE(type == TokenPrimary || type == TokenImpersonation, STATUS_INVALID_PARAMETER);
    REQUIRE(ret_token, STATUS_ACCESS_VIOLATION);
    TRY(capture_attributes(objects, &attributes));
    request.handle = attributes_request(&attributes, desired);
    request.effective_only = effective_only;
    request.has_level = attributes.has_qos;
    request.level = attributes.qos.level;
    TRY(service_duplicate_token(handle_in(existing), &request, &handle));
    *ret_token = handle_out(handle);
    return TSR_OK;
}

NTSTATUS NTAPI NtDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess,
                                POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN EffectiveOnly,
                                TOKEN_TYPE TokenType, PHANDLE NewTokenHandle)
{
    return nt_status(duplicate(ExistingTokenHandle, DesiredAccess, ObjectAttributes, EffectiveOnly,
                               TokenType, NewTokenHandle));
}

/* What is looked at before the lists are. */
static tsr_status check_filter(HANDLE existing, ULONG flags)
{
    REQUIRE(!(flags & ~(DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)),
            STATUS_INVALID_PARAMETER);
    return check_token_handle(existing, TOKEN_DUPLICATE);
}

NTSTATUS NTAPI NtFilterToken(HANDLE ExistingTokenHandle, ULONG Flags, PTOKEN_GROUPS SidsToDisable,
                             PTOKEN_PRIVILEGES PrivilegesToDelete, PTOKEN_GROUPS RestrictedSids,
                             PHANDLE NewTokenHandle)
{
    CLEANUP(filter_deinit) struct filter filter = {0};
    handle_t handle = HANDLE_NONE;
    tsr_status status;

    if (!NewTokenHandle) {
        return STATUS_ACCESS_VIOLATION;
    }
    status = check_filter(ExistingTokenHandle, Flags);
    if (tsr_ok(status)) {
        status = filter_capture(Flags, SidsToDisable, PrivilegesToDelete, RestrictedSids, &filter);
    }
    if (tsr_ok(status)) {
        status = service_filter_token(handle_in(ExistingTokenHandle), &filter.spec, &handle);
    }
    *NewTokenHandle = handle_out(handle);
    return nt_status(status);
}

/* An AppContainer asked for; there are no object directories, and so nothing to keep of them. */
static tsr_status capture_lowbox(PSID package, const SID_AND_ATTRIBUTES *capabilities,
                                 ULONG n_capabilities, tsr_group **ret_capabilities,
                                 tsr_lowbox_spec *ret_spec)
{
    tsr_lowbox_spec spec = {.n_capabilities = n_capabilities};

    TRY(capture_sid(package, &spec.package));
    TRY(capture_groups(capabilities, n_capabilities, ret_capabilities));
    spec.capabilities = *ret_capabilities;
    *ret_spec = spec;
    return TSR_OK;
}

static tsr_status create_lowbox(HANDLE existing, ACCESS_MASK desired,
                                const OBJECT_ATTRIBUTES *objects, const tsr_lowbox_spec *spec,
                                HANDLE *ret_token)
{
    CLEANUP(attributes_deinit) struct attributes attributes = {0};
    struct handle_request request;
    handle_t handle;

    TRY(capture_attributes(objects, &attributes));
    request = attributes_request(&attributes, desired);
    TRY(service_create_lowbox_token(handle_in(existing), spec, &request, &handle));
    *ret_token = handle_out(handle);
    return TSR_OK;
}

NTSTATUS NTAPI NtCreateLowBoxToken(PHANDLE TokenHandle, HANDLE ExistingTokenHandle,
                                   ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                                   PSID PackageSid, ULONG CapabilityCount,
                                   PSID_AND_ATTRIBUTES Capabilities, ULONG HandleCount,
                                   HANDLE *Handles)
{
    CLEANUP(free) tsr_group *capabilities = NULL;
    tsr_lowbox_spec spec;
    tsr_status status;

    if (!TokenHandle) {
        return STATUS_ACCESS_VIOLATION;
    }
    *TokenHandle = NULL;
    if (HandleCount != 0 || Handles) {
        return STATUS_INVALID_PARAMETER;
    }
    status = check_token_handle(ExistingTokenHandle, TOKEN_DUPLICATE);
    if (tsr_ok(status)) {
        status = capture_lowbox(PackageSid, Capabilities, CapabilityCount, &capabilities, &spec);
    }
    if (tsr_ok(status)) {
        status =
            create_lowbox(ExistingTokenHandle, DesiredAccess, ObjectAttributes, &spec, TokenHandle);
    }
    return nt_status(status);
}

ZW_NAME(ZwDuplicateToken, NtDuplicateToken);
ZW_NAME(ZwFilterToken, NtFilterToken);
ZW_NAME(ZwCreateLowBoxToken, NtCreateLowBoxToken);
