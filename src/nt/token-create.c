/* SPDX-License-Identifier: MIT */
/* NtCreateToken (token.md 3.1). */

#include <stdlib.h>
#include <string.h>

#include "nt/capture.h"

/* What NtCreateToken is given. */
struct parts_given {
    const TOKEN_USER *user;
    const TOKEN_GROUPS *groups;
    const TOKEN_PRIVILEGES *privileges;
    const TOKEN_OWNER *owner;
    const TOKEN_PRIMARY_GROUP *primary_group;
    const TOKEN_DEFAULT_DACL *default_dacl;
};

/* What a specification points to. */
struct creation {
    tsr_token_spec spec;
    tsr_group *groups;               /* owned */
    tsr_privilege_state *privileges; /* owned */
    tsr_sid owner;
    tsr_sid primary_group;
    tsr_sid integrity;
    uint8_t *dacl_bytes; /* owned */
    tsr_acl default_dacl;
};

static inline void cleanup_creation_deinit(struct creation *creation)
{
    free(creation->groups);
    free(creation->privileges);
    free(creation->dacl_bytes);
}

/* The integrity level is given as a group, and is none (3.1, step 10). */
static void take_integrity_out(struct creation *creation)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < creation->spec.n_groups; i++) {
        if (creation->groups[i].attributes & SE_GROUP_INTEGRITY) {
            creation->integrity = creation->groups[i].sid;
            creation->spec.integrity = &creation->integrity;
        } else {
            creation->groups[n_kept++] = creation->groups[i];
        }
    }
    creation->spec.n_groups = n_kept;
}

static tsr_status capture_lists(const struct parts_given *given, struct creation *creation)
{
    const size_t n_privileges = given->privileges->PrivilegeCount;
    const size_t n_groups = given->groups->GroupCount;

    TRY(capture_sid(given->user->User.Sid, &creation->spec.user));
    creation->spec.user_attributes = given->user->User.Attributes & SE_GROUP_USE_FOR_DENY_ONLY;
    TRY(capture_groups(given->groups->Groups, n_groups, &creation->groups));
    creation->spec.groups = creation->groups;
    creation->spec.n_groups = n_groups;
    take_integrity_out(creation);
    TRY(capture_privileges(given->privileges->Privileges, n_privileges, &creation->privileges));
    creation->spec.privileges = creation->privileges;
    creation->spec.n_privileges = n_privileges;
    return TSR_OK;
}

static tsr_status capture_defaults(const struct parts_given *given, struct creation *creation)
{
    const ACL *const dacl = given->default_dacl ? given->default_dacl->DefaultDacl : NULL;

    TRY(capture_sid(given->primary_group->PrimaryGroup, &creation->primary_group));
    creation->spec.primary_group = &creation->primary_group;
    if (given->owner) {
        TRY(capture_optional_sid(given->owner->Owner, &creation->owner, &creation->spec.owner));
    }
    if (dacl) {
        TRY(capture_acl(dacl, &creation->dacl_bytes, &creation->default_dacl));
        creation->spec.default_dacl = &creation->default_dacl;
    }
    return TSR_OK;
}

static tsr_status require_create_privilege(void)
{
    uint64_t held;

    TRY(caller_privileges(&held));
    REQUIRE(held & TSR_PRIVILEGE_BIT(SE_CREATE_TOKEN_PRIVILEGE), STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

/* The type and the privilege are looked at before what is pointed to. */
static tsr_status create(const tsr_token_spec *scalars, const struct parts_given *given,
                         ACCESS_MASK desired, const OBJECT_ATTRIBUTES *objects, HANDLE *ret_token)
{
    CLEANUP(creation_deinit) struct creation creation = {.spec = *scalars};
    CLEANUP(attributes_deinit) struct attributes attributes = {0};
    struct handle_request request;
    handle_t handle;

    REQUIRE(scalars->type == TSR_TOKEN_PRIMARY || scalars->type == TSR_TOKEN_IMPERSONATION,
            STATUS_BAD_TOKEN_TYPE);
    TRY(require_create_privilege());
    TRY(capture_lists(given, &creation));
    TRY(capture_defaults(given, &creation));
    TRY(capture_attributes(objects, &attributes));
    creation.spec.level = attributes.has_qos ? attributes.qos.level : TSR_LEVEL_ANONYMOUS;
    request = attributes_request(&attributes, desired);
    TRY(service_create_token(&creation.spec, &request, &handle));
    *ret_token = handle_out(handle);
    return TSR_OK;
}

static void source_in(const TOKEN_SOURCE *source, tsr_token_source *ret_source)
{
    memcpy(ret_source->name, source->SourceName, sizeof(ret_source->name));
    ret_source->id = luid_in(source->SourceIdentifier);
}

NTSTATUS NTAPI NtCreateToken(PHANDLE TokenHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, TOKEN_TYPE TokenType,
                             PLUID AuthenticationId, PLARGE_INTEGER ExpirationTime,
                             PTOKEN_USER User, PTOKEN_GROUPS Groups, PTOKEN_PRIVILEGES Privileges,
                             PTOKEN_OWNER Owner, PTOKEN_PRIMARY_GROUP PrimaryGroup,
                             PTOKEN_DEFAULT_DACL DefaultDacl, PTOKEN_SOURCE TokenSource)
{
    const struct parts_given given = {User, Groups, Privileges, Owner, PrimaryGroup, DefaultDacl};
    tsr_token_spec scalars = {
        .type = (tsr_token_type)TokenType,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN,
    };

    if (TokenHandle) {
        *TokenHandle = NULL;
    }
    if (!TokenHandle || !AuthenticationId || !ExpirationTime || !User || !Groups || !Privileges ||
        !PrimaryGroup || !TokenSource) {
        return STATUS_ACCESS_VIOLATION;
    }
    scalars.authentication_id = luid_in(*AuthenticationId);
    scalars.expiration = ExpirationTime->QuadPart;
    source_in(TokenSource, &scalars.source);
    return nt_status(create(&scalars, &given, DesiredAccess, ObjectAttributes, TokenHandle));
}

ZW_NAME(ZwCreateToken, NtCreateToken);
