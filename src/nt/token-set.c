/* SPDX-License-Identifier: MIT */
/* NtSetInformationToken (token.md 3.10). */

#include <stdlib.h>

#include "nt/capture.h"
#include "nt/claim.h"

/* What a class is set to, and what that points to. */
struct given {
    struct token_setting setting;
    tsr_sid sid;
    uint8_t *dacl_bytes; /* owned */
    tsr_acl dacl;
    struct claims claims;
};

static inline void cleanup_given_deinit(struct given *given)
{
    free(given->dacl_bytes);
    claims_deinit(&given->claims);
}

/* Reads what there is @size bytes of at @from. */
typedef tsr_status reader(const void *from, struct given *given);

static tsr_status read_sid_pointer(const void *from, struct given *given)
{
    const TOKEN_OWNER *const owner = from;

    given->setting.sid = &given->sid;
    return capture_sid(owner->Owner, &given->sid);
}

static tsr_status read_label(const void *from, struct given *given)
{
    const TOKEN_MANDATORY_LABEL *const label = from;

    given->setting.sid = &given->sid;
    return capture_sid(label->Label.Sid, &given->sid);
}

static tsr_status read_dacl(const void *from, struct given *given)
{
    const ACL *const dacl = ((const TOKEN_DEFAULT_DACL *)from)->DefaultDacl;

    if (!dacl) {
        return TSR_OK;
    }
    given->setting.dacl = &given->dacl;
    return capture_acl(dacl, &given->dacl_bytes, &given->dacl);
}

static tsr_status read_number(const void *from, struct given *given)
{
    given->setting.number = *(const DWORD *)from;
    return TSR_OK;
}

static tsr_status read_luid(const void *from, struct given *given)
{
    const TOKEN_ORIGIN *const origin = from;

    given->setting.luid = luid_in(origin->OriginatingLogonSession);
    return TSR_OK;
}

static tsr_status read_handle(const void *from, struct given *given)
{
    const TOKEN_LINKED_TOKEN *const linked = from;

    given->setting.handle = handle_in(linked->LinkedToken);
    return TSR_OK;
}

static tsr_status read_claims(const void *from, struct given *given)
{
    TRY(claims_capture(from, &given->claims));
    given->setting.claims = given->claims.views;
    given->setting.n_claims = given->claims.n_claims;
    return TSR_OK;
}

static const struct {
    reader *read;
    uint32_t size;
} readers[TOKEN_CLASS_MAX] = {
    [TOKEN_CLASS_OWNER] = {read_sid_pointer, sizeof(TOKEN_OWNER)},
    [TOKEN_CLASS_PRIMARY_GROUP] = {read_sid_pointer, sizeof(TOKEN_PRIMARY_GROUP)},
    [TOKEN_CLASS_DEFAULT_DACL] = {read_dacl, sizeof(TOKEN_DEFAULT_DACL)},
    [TOKEN_CLASS_SESSION_ID] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_SESSION_REFERENCE] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_ORIGIN] = {read_luid, sizeof(TOKEN_ORIGIN)},
    [TOKEN_CLASS_LINKED_TOKEN] = {read_handle, sizeof(TOKEN_LINKED_TOKEN)},
    [TOKEN_CLASS_VIRTUALIZATION_ALLOWED] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_VIRTUALIZATION_ENABLED] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_INTEGRITY_LEVEL] = {read_label, sizeof(TOKEN_MANDATORY_LABEL)},
    [TOKEN_CLASS_UI_ACCESS] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_MANDATORY_POLICY] = {read_number, sizeof(DWORD)},
    [TOKEN_CLASS_SECURITY_ATTRIBUTES] = {read_claims,
                                         sizeof(CLAIM_SECURITY_ATTRIBUTES_INFORMATION)},
};

static tsr_status set_information(HANDLE token, uint32_t token_class, const void *from, ULONG size)
{
    const struct token_class_entry *entry = token_class_find(token_class);
    CLEANUP(given_deinit) struct given given = {0};

    REQUIRE(entry && entry->set_rights && readers[token_class].read, STATUS_INVALID_INFO_CLASS);
    REQUIRE(size >= readers[token_class].size, STATUS_INFO_LENGTH_MISMATCH);
    REQUIRE(from, STATUS_ACCESS_VIOLATION);
    TRY(check_token_handle(token, entry->set_rights));
    TRY(readers[token_class].read(from, &given));
    return service_set_token(handle_in(token), token_class, &given.setting);
}

NTSTATUS NTAPI NtSetInformationToken(HANDLE TokenHandle,
                                     TOKEN_INFORMATION_CLASS TokenInformationClass,
                                     PVOID TokenInformation, ULONG TokenInformationLength)
{
    return nt_status(set_information(TokenHandle, TokenInformationClass, TokenInformation,
                                     TokenInformationLength));
}

ZW_NAME(ZwSetInformationToken, NtSetInformationToken);
