/* SPDX-License-Identifier: MIT */
/* ACEs that no native routine appends: with a condition, with an attribute, and of a policy. */

#include <securitybaseapi.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>
#include <winbase.h>

#include <tessera/condition.h>

#include "base/check.h"
#include "base/writer.h"
#include "nt/claim.h"
#include "win32/error.h"
#include "win32/text.h"

struct data_ace {
    UCHAR type;
    DWORD flags;
    DWORD mask;
    PSID sid;
    const uint8_t *data;
    size_t n_data;
};

static tsr_status ace_build(const struct data_ace *ace, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    writer_u8(&writer, ace->type);
    writer_u8(&writer, (uint8_t)ace->flags);
    writer_le16(&writer, 0);
    writer_le32(&writer, ace->mask);
    writer_bytes(&writer, ace->sid, RtlLengthSid(ace->sid));
    writer_bytes(&writer, ace->data, ace->n_data);
    writer_zeros(&writer, -writer.size % sizeof(DWORD));
    REQUIRE(writer.size <= TSR_ACL_SIZE_MAX, STATUS_INVALID_PARAMETER);
    writer_patch_le16(&writer, 2, (uint16_t)writer.size);
    return writer_finish(&writer, ret_bytes, ret_size);
}

static tsr_status ace_append(PACL acl, DWORD revision, const struct data_ace *ace, DWORD *ret_used)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    ACL_SIZE_INFORMATION sizes;
    size_t size;

    TRY(ace_build(ace, &bytes, &size));
    TRY(tsr_status_of(
        (uint32_t)RtlQueryInformationAcl(acl, &sizes, sizeof(sizes), AclSizeInformation)));
    *ret_used = sizes.AclBytesInUse + (DWORD)size;
    return tsr_status_of((uint32_t)RtlAddAce(acl, revision, MAXDWORD, bytes, (ULONG)size));
}

static tsr_status condition_compile(const WCHAR *wide, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(free) char *text = NULL;

    TRY(text_of_wide(wide, &text));
    REQUIRE(tsr_ok(tsr_condition_parse(text, NULL, ret_bytes, ret_size, NULL)),
            STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

/* The flags that an ACE of a type with a condition may have; 0 for other types, which have none. */
static DWORD conditional_flags(UCHAR type)
{
    switch (type) {
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
        return VALID_INHERIT_FLAGS;
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
        return VALID_INHERIT_FLAGS | SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG;
    default:
        return 0;
    }
}

static tsr_status conditional_append(PACL acl, DWORD revision, struct data_ace *ace,
                                     const WCHAR *condition, DWORD *ret_used)
{
    const DWORD flags = conditional_flags(ace->type);
    CLEANUP(free) uint8_t *compiled = NULL;

    REQUIRE(ret_used && flags != 0 && (ace->flags & ~flags) == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(RtlValidSid(ace->sid), STATUS_INVALID_SID);
    TRY(condition_compile(condition, &compiled, &ace->n_data));
    ace->data = compiled;
    return ace_append(acl, revision, ace, ret_used);
}

BOOL WINAPI AddConditionalAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, UCHAR AceType,
                              DWORD AccessMask, PSID pSid, PWCHAR ConditionStr, DWORD *ReturnLength)
{
    struct data_ace ace = {.type = AceType, .flags = AceFlags, .mask = AccessMask, .sid = pSid};

    return error_report(conditional_append(pAcl, dwAceRevision, &ace, ConditionStr, ReturnLength));
}

static bool is_everyone(PSID sid)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    tsr_sid decoded;

    return RtlValidSid(sid) && tsr_ok(tsr_sid_decode(sid, RtlLengthSid(sid), &decoded, NULL)) &&
           tsr_sid_equal(&decoded, &everyone);
}

static tsr_status attribute_append(PACL acl, DWORD revision, struct data_ace *ace,
                                   const CLAIM_SECURITY_ATTRIBUTES_INFORMATION *information,
                                   DWORD *ret_used)
{
    CLEANUP(free) uint8_t *encoded = NULL;

    REQUIRE(ret_used && information && information->Attribute.pAttributeV1,
            STATUS_INVALID_PARAMETER);
    REQUIRE(information->Version == CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION_V1 &&
                information->AttributeCount == 1,
            STATUS_INVALID_PARAMETER);
    REQUIRE((ace->flags & ~VALID_INHERIT_FLAGS) == 0 && ace->mask == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(is_everyone(ace->sid), STATUS_INVALID_SID);
    TRY(claim_capture(information->Attribute.pAttributeV1, &encoded, &ace->n_data));
    ace->data = encoded;
    return ace_append(acl, revision, ace, ret_used);
}

BOOL WINAPI AddResourceAttributeAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags,
                                    DWORD AccessMask, PSID pSid,
                                    PCLAIM_SECURITY_ATTRIBUTES_INFORMATION pAttributeInfo,
                                    PDWORD pReturnLength)
{
    struct data_ace ace = {
        .type = SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE,
        .flags = AceFlags,
        .mask = AccessMask,
        .sid = pSid,
    };

    return error_report(attribute_append(pAcl, dwAceRevision, &ace, pAttributeInfo, pReturnLength));
}

static bool is_policy(PSID sid)
{
    const SID_IDENTIFIER_AUTHORITY authority = {SECURITY_SCOPED_POLICY_ID_AUTHORITY};

    return RtlValidSid(sid) &&
           memcmp(RtlIdentifierAuthoritySid(sid), &authority, sizeof(authority)) == 0;
}

static tsr_status policy_append(PACL acl, DWORD revision, const struct data_ace *ace)
{
    tsr_status status;
    DWORD used;

    REQUIRE((ace->flags & ~VALID_INHERIT_FLAGS) == 0 && ace->mask == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(is_policy(ace->sid), STATUS_INVALID_SID);
    status = ace_append(acl, revision, ace, &used);
    REQUIRE(status.code != (uint32_t)STATUS_BUFFER_TOO_SMALL, STATUS_ALLOTTED_SPACE_EXCEEDED);
    return status;
}

BOOL WINAPI AddScopedPolicyIDAce(PACL pAcl, DWORD dwAceRevision, DWORD AceFlags, DWORD AccessMask,
                                 PSID pSid)
{
    const struct data_ace ace = {
        .type = SYSTEM_SCOPED_POLICY_ID_ACE_TYPE,
        .flags = AceFlags,
        .mask = AccessMask,
        .sid = pSid,
    };

    return error_report(policy_append(pAcl, dwAceRevision, &ace));
}
