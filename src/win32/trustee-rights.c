/* SPDX-License-Identifier: MIT */
/* What an ACL means for a trustee: what it gives him, and what of his it audits. */

#include <aclapi.h>

#include <tessera/account.h>
#include <tessera/token.h>

#include <ntifs.h>

#include "base/check.h"
#include "linux/account.h"
#include "linux/identity.h"
#include "win32/error.h"
#include "win32/trustee.h"

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
    tsr_explicit_access who;
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

/* What of an ACL is audited whoever asks for what: without a condition, and of no part alone. */
static bool is_audit(const tsr_ace *ace)
{
    return (ace->type == SYSTEM_AUDIT_ACE_TYPE ||
            (ace->type == SYSTEM_AUDIT_OBJECT_ACE_TYPE && !ace->object_type)) &&
           !(ace->flags & INHERIT_ONLY_ACE);
}

static bool is_for(const tsr_ace *ace, const tsr_token *token)
{
    tsr_sid sid;

    return tsr_ok(tsr_sid_decode(ace->sid, tsr_encoded_sid_size(ace->sid), &sid, NULL)) &&
           tsr_token_is_member(token, &sid);
}

static void audits_gather(const tsr_acl *view, const tsr_token *token, ACCESS_MASK *ret_successes,
                          ACCESS_MASK *ret_failures)
{
    size_t offset = 0;
    tsr_ace ace;

    *ret_successes = 0;
    *ret_failures = 0;
    while (tsr_acl_next(view, &offset, &ace)) {
        if (is_audit(&ace) && is_for(&ace, token)) {
            *ret_successes |= ace.flags & SUCCESSFUL_ACCESS_ACE_FLAG ? ace.mask : 0;
            *ret_failures |= ace.flags & FAILED_ACCESS_ACE_FLAG ? ace.mask : 0;
        }
    }
}

static tsr_status audited(const ACL *acl, const TRUSTEE_W *trustee, enum text_form form,
                          ACCESS_MASK *ret_successes, ACCESS_MASK *ret_failures)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    tsr_explicit_access who;
    tsr_acl view;

    REQUIRE(trustee && ret_successes && ret_failures, STATUS_INVALID_PARAMETER);
    REQUIRE(acl, STATUS_INVALID_ACL);
    TRY(tsr_acl_view(acl, acl->AclSize, &view));
    TRY(trustee_read(trustee, form, &who));
    TRY(trustee_token(&who.sid, &token));
    audits_gather(&view, token, ret_successes, ret_failures);
    return TSR_OK;
}

DWORD WINAPI GetAuditedPermissionsFromAclA(PACL pacl, PTRUSTEE_A pTrustee,
                                           PACCESS_MASK pSuccessfulAuditedRights,
                                           PACCESS_MASK pFailedAuditRights)
{
    return error_of(audited(pacl, (const TRUSTEE_W *)(const void *)pTrustee, TEXT_NARROW,
                            pSuccessfulAuditedRights, pFailedAuditRights));
}

DWORD WINAPI GetAuditedPermissionsFromAclW(PACL pacl, PTRUSTEE_W pTrustee,
                                           PACCESS_MASK pSuccessfulAuditedRights,
                                           PACCESS_MASK pFailedAuditRights)
{
    return error_of(
        audited(pacl, pTrustee, TEXT_WIDE, pSuccessfulAuditedRights, pFailedAuditRights));
}
