/* SPDX-License-Identifier: MIT */
/* What is told of a token, as Windows lays it out (token.md 1.10, 3.9). */

#include "nt/token-query.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/token-adjust.h>

#include "nt/capture.h"
#include "nt/claim.h"
#include "token/token.h"

#define ALIGNMENT 4u

/* A structure that only holds one pointer, whatever to. */
struct pointer {
    void *to;
};

/* ---- Lists ---- */

struct sid_list {
    tsr_group *groups; /* owned */
    size_t n_groups;
};

static inline void cleanup_sid_list_deinit(struct sid_list *list)
{
    free(list->groups);
}

static tsr_status sid_list_new(size_t n_max, struct sid_list *ret_list)
{
    ret_list->groups = array_new(n_max, sizeof(*ret_list->groups));
    REQUIRE(ret_list->groups, STATUS_NO_MEMORY);
    return TSR_OK;
}

static void sid_list_add(struct sid_list *list, tsr_group group)
{
    list->groups[list->n_groups++] = group;
}

static tsr_status sid_list_of(struct group_range range, struct sid_list *ret_list)
{
    ret_list->groups = group_range_dup(range);
    REQUIRE(ret_list->groups, STATUS_NO_MEMORY);
    ret_list->n_groups = range.n;
    return TSR_OK;
}

/* A token without a level is told to be untrusted: nobody may rely on it. */
static tsr_group integrity_of(const tsr_token *token)
{
    tsr_group integrity = {TSR_SID_INTEGRITY(TSR_INTEGRITY_UNTRUSTED),
                           SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED};

    (void)tsr_token_get_integrity(token, &integrity.sid);
    return integrity;
}

/* Windows keeps the integrity level among the groups. */
static tsr_status groups_of(const tsr_token *token, bool with_user, struct sid_list *ret_list)
{
    const struct group_range groups = token_groups(token->state);
    tsr_group user;

    TRY(sid_list_new(groups.n + 2, ret_list));
    if (with_user) {
        tsr_token_get_user(token, &user);
        sid_list_add(ret_list, user);
    }
    for (uint32_t i = 0; i < groups.n; i++) {
        sid_list_add(ret_list, group_range_get(groups, i));
    }
    sid_list_add(ret_list, integrity_of(token));
    return TSR_OK;
}

static tsr_status logon_sids_of(const tsr_token *token, struct sid_list *ret_list)
{
    const struct group_range groups = token_groups(token->state);

    TRY(sid_list_new(groups.n, ret_list));
    for (uint32_t i = 0; i < groups.n; i++) {
        const tsr_group group = group_range_get(groups, i);

        if ((group.attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) {
            sid_list_add(ret_list, group);
        }
    }
    return TSR_OK;
}

static size_t privileges_of(const tsr_token *token,
                            tsr_privilege_state ret_privileges[TOKEN_PRIVILEGES_MAX])
{
    size_t n = 0;

    while (tsr_token_get_privilege(token, n, &ret_privileges[n])) {
        n++;
    }
    return n;
}

/* ---- Classes ---- */

static void put_number(struct layout *layout, uint32_t number)
{
    writer_le32(&layout->writer, number);
}

/* A list, from none to all of a range. */
static tsr_status put_range(struct layout *layout, struct group_range range)
{
    CLEANUP(sid_list_deinit) struct sid_list list = {0};

    TRY(sid_list_of(range, &list));
    layout_groups(layout, list.groups, list.n_groups);
    return TSR_OK;
}

static tsr_status put_user(struct layout *layout, const tsr_token *token)
{
    tsr_group user;

    tsr_token_get_user(token, &user);
    (void)layout_sids(layout, &user, 1);
    return TSR_OK;
}

static tsr_status put_groups(struct layout *layout, const tsr_token *token)
{
    CLEANUP(sid_list_deinit) struct sid_list list = {0};

    TRY(groups_of(token, false, &list));
    layout_groups(layout, list.groups, list.n_groups);
    return TSR_OK;
}

static tsr_status put_privileges(struct layout *layout, const tsr_token *token)
{
    tsr_privilege_state privileges[TOKEN_PRIVILEGES_MAX];

    (void)layout_token_privileges(layout, privileges, privileges_of(token, privileges));
    return TSR_OK;
}

/* @param sid  NULL: the pointer is */
static void put_pointer_to_sid(struct layout *layout, const tsr_sid *sid)
{
    const size_t start = layout_reserve(layout, sizeof(struct pointer));
    const struct pointer pointer = {.to = sid ? layout_sid(layout, sid) : NULL};

    layout_put(layout, start, &pointer, sizeof(pointer));
}

static tsr_status put_owner(struct layout *layout, const tsr_token *token)
{
    const tsr_sid owner = token_member(token->state, token->state->owner);

    put_pointer_to_sid(layout, &owner);
    return TSR_OK;
}

static tsr_status put_primary_group(struct layout *layout, const tsr_token *token)
{
    const tsr_sid primary_group = token_member(token->state, token->state->primary_group);

    put_pointer_to_sid(layout, &primary_group);
    return TSR_OK;
}

static tsr_status put_default_dacl(struct layout *layout, const tsr_token *token)
{
    const size_t start = layout_reserve(layout, sizeof(TOKEN_DEFAULT_DACL));
    const tsr_acl *const dacl = tsr_token_peek_default_dacl(token);
    const TOKEN_DEFAULT_DACL told = {
        .DefaultDacl = dacl ? layout_bytes(layout, dacl->bytes, dacl->size) : NULL,
    };

    layout_put(layout, start, &told, sizeof(told));
    return TSR_OK;
}

static tsr_status put_source(struct layout *layout, const tsr_token *token)
{
    TOKEN_SOURCE source = {.SourceIdentifier = luid_out(token->state->source.id)};

    memcpy(source.SourceName, token->state->source.name, sizeof(source.SourceName));
    (void)layout_bytes(layout, &source, sizeof(source));
    return TSR_OK;
}

static tsr_status put_type(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->type);
    return TSR_OK;
}

static tsr_status put_level(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->level);
    return TSR_OK;
}

static tsr_status put_statistics(struct layout *layout, const tsr_token *token)
{
    TOKEN_STATISTICS told = {0};
    tsr_token_statistics known;

    tsr_token_get_statistics(token, &known);
    told.TokenId = luid_out(known.token_id);
    told.AuthenticationId = luid_out(known.authentication_id);
    told.ExpirationTime.QuadPart = known.expiration;
    told.TokenType = (TOKEN_TYPE)known.type;
    told.ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)known.level;
    told.DynamicCharged = known.dynamic_charged;
    told.DynamicAvailable = known.dynamic_available;
    told.GroupCount = (DWORD)known.n_groups + 1; /* with the integrity level */
    told.PrivilegeCount = (DWORD)known.n_privileges;
    told.ModifiedId = luid_out(known.modified_id);
    (void)layout_bytes(layout, &told, sizeof(told));
    return TSR_OK;
}

static tsr_status put_restricted_sids(struct layout *layout, const tsr_token *token)
{
    return put_range(layout, token_list(token->state->restricting));
}

static tsr_status put_session_id(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->state->session_id);
    return TSR_OK;
}

static tsr_status put_groups_and_privileges(struct layout *layout, const tsr_token *token)
{
    CLEANUP(sid_list_deinit) struct sid_list restricting = {0};
    CLEANUP(sid_list_deinit) struct sid_list sids = {0};
    const size_t start = layout_reserve(layout, sizeof(TOKEN_GROUPS_AND_PRIVILEGES));
    tsr_privilege_state privileges[TOKEN_PRIVILEGES_MAX];
    TOKEN_GROUPS_AND_PRIVILEGES told = {0};
    size_t before;

    TRY(groups_of(token, true, &sids));
    TRY(sid_list_of(token_list(token->state->restricting), &restricting));
    before = layout_size(layout);
    told.SidCount = (DWORD)sids.n_groups;
    told.Sids = layout_sids(layout, sids.groups, sids.n_groups);
    told.SidLength = (DWORD)(layout_size(layout) - before);
    if (restricting.n_groups > 0) {
        before = layout_reserve(layout, 0);
        told.RestrictedSidCount = (DWORD)restricting.n_groups;
        told.RestrictedSids = layout_sids(layout, restricting.groups, restricting.n_groups);
        told.RestrictedSidLength = (DWORD)(layout_size(layout) - before);
    }
    told.PrivilegeCount = (DWORD)privileges_of(token, privileges);
    told.PrivilegeLength = told.PrivilegeCount * (DWORD)sizeof(LUID_AND_ATTRIBUTES);
    told.Privileges = layout_privileges(layout, privileges, told.PrivilegeCount);
    told.AuthenticationId = luid_out(token->state->authentication_id);
    layout_put(layout, start, &told, sizeof(told));
    return TSR_OK;
}

static tsr_status put_sandbox_inert(struct layout *layout, const tsr_token *token)
{
    put_number(layout, (tsr_token_access_flags(token) & TSR_TOKEN_SANDBOX_INERT) != 0);
    return TSR_OK;
}

static tsr_status put_origin(struct layout *layout, const tsr_token *token)
{
    const LUID origin = luid_out(token->state->origin);

    (void)layout_bytes(layout, &origin, sizeof(origin));
    return TSR_OK;
}

static tsr_status put_elevation_type(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->state->elevation);
    return TSR_OK;
}

static tsr_status put_elevation(struct layout *layout, const tsr_token *token)
{
    put_number(layout, tsr_token_is_elevated(token));
    return TSR_OK;
}

static tsr_status put_has_restrictions(struct layout *layout, const tsr_token *token)
{
    put_number(layout, tsr_token_has_restrictions(token));
    return TSR_OK;
}

/* The hash itself, which is not documented, stays empty: who looks a SID up walks the array. */
static void *put_hash(struct layout *layout, const tsr_group *groups, size_t n_groups)
{
    const size_t start = layout_reserve(layout, sizeof(SID_AND_ATTRIBUTES_HASH));
    const SID_AND_ATTRIBUTES_HASH told = {
        .SidCount = (DWORD)n_groups,
        .SidAttr = n_groups > 0 ? layout_sids(layout, groups, n_groups) : NULL,
    };

    layout_put(layout, start, &told, sizeof(told));
    return layout_address(layout, start);
}

static bool is_app_container(const tsr_token *token)
{
    return token->state->packages != NULL;
}

/* Package SIDs end in a hash of the package's name, by which the number is the same for all of its
 * processes. */
static uint32_t app_container_number(const tsr_token *token)
{
    tsr_sid package;

    if (!tsr_token_get_package(token, &package, NULL)) {
        return 0;
    }
    return package.sub_authorities[1] ? package.sub_authorities[1] : 1;
}

static bool trust_level_of(const tsr_token *token, tsr_sid *ret_sid)
{
    const struct subject *const subject = &token->state->subject;

    if (subject->process_trust_type == 0 && subject->process_trust_level == 0) {
        return false;
    }
    *ret_sid = TSR_SID(19, subject->process_trust_type, subject->process_trust_level);
    return true;
}

static tsr_status put_access_lists(struct layout *layout, const tsr_token *token,
                                   TOKEN_ACCESS_INFORMATION *told)
{
    CLEANUP(sid_list_deinit) struct sid_list restricting = {0};
    CLEANUP(sid_list_deinit) struct sid_list capabilities = {0};
    CLEANUP(sid_list_deinit) struct sid_list sids = {0};
    tsr_privilege_state privileges[TOKEN_PRIVILEGES_MAX];
    tsr_sid trust_level;
    tsr_sid package;

    TRY(groups_of(token, true, &sids));
    TRY(sid_list_of(token_list(token->state->restricting), &restricting));
    TRY(sid_list_of(token_capabilities(token->state), &capabilities));
    told->SidHash = put_hash(layout, sids.groups, sids.n_groups);
    told->RestrictedSidHash = put_hash(layout, restricting.groups, restricting.n_groups);
    told->CapabilitiesHash = put_hash(layout, capabilities.groups, capabilities.n_groups);
    told->Privileges =
        layout_token_privileges(layout, privileges, privileges_of(token, privileges));
    told->PackageSid =
        tsr_token_get_package(token, &package, NULL) ? layout_sid(layout, &package) : NULL;
    told->TrustLevelSid =
        trust_level_of(token, &trust_level) ? layout_sid(layout, &trust_level) : NULL;
    return TSR_OK;
}

static tsr_status put_access_information(struct layout *layout, const tsr_token *token)
{
    const size_t start = layout_reserve(layout, sizeof(TOKEN_ACCESS_INFORMATION));
    TOKEN_ACCESS_INFORMATION told = {
        .AuthenticationId = luid_out(token->state->authentication_id),
        .TokenType = (TOKEN_TYPE)token->type,
        .ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)token->level,
        .MandatoryPolicy = {token->state->subject.mandatory_policy},
        .Flags = tsr_token_access_flags(token),
        .AppContainerNumber = app_container_number(token),
    };

    TRY(put_access_lists(layout, token, &told));
    layout_put(layout, start, &told, sizeof(told));
    return TSR_OK;
}

static tsr_status put_virtualization_allowed(struct layout *layout, const tsr_token *token)
{
    put_number(layout, (tsr_token_access_flags(token) & TSR_TOKEN_VIRTUALIZE_ALLOWED) != 0);
    return TSR_OK;
}

static tsr_status put_virtualization_enabled(struct layout *layout, const tsr_token *token)
{
    put_number(layout, (tsr_token_access_flags(token) & TSR_TOKEN_VIRTUALIZE_ENABLED) != 0);
    return TSR_OK;
}

static tsr_status put_integrity_level(struct layout *layout, const tsr_token *token)
{
    const tsr_group integrity = integrity_of(token);

    (void)layout_sids(layout, &integrity, 1);
    return TSR_OK;
}

static tsr_status put_ui_access(struct layout *layout, const tsr_token *token)
{
    put_number(layout, (tsr_token_access_flags(token) & TSR_TOKEN_UI_ACCESS) != 0);
    return TSR_OK;
}

static tsr_status put_mandatory_policy(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->state->subject.mandatory_policy);
    return TSR_OK;
}

static tsr_status put_logon_sid(struct layout *layout, const tsr_token *token)
{
    CLEANUP(sid_list_deinit) struct sid_list list = {0};

    TRY(logon_sids_of(token, &list));
    layout_groups(layout, list.groups, list.n_groups);
    return TSR_OK;
}

static tsr_status put_is_app_container(struct layout *layout, const tsr_token *token)
{
    put_number(layout, is_app_container(token));
    return TSR_OK;
}

static tsr_status put_capabilities(struct layout *layout, const tsr_token *token)
{
    return put_range(layout, token_capabilities(token->state));
}

static tsr_status put_app_container_sid(struct layout *layout, const tsr_token *token)
{
    tsr_sid package;

    put_pointer_to_sid(layout, tsr_token_get_package(token, &package, NULL) ? &package : NULL);
    return TSR_OK;
}

static tsr_status put_app_container_number(struct layout *layout, const tsr_token *token)
{
    put_number(layout, app_container_number(token));
    return TSR_OK;
}

static tsr_status put_user_claims(struct layout *layout, const tsr_token *token)
{
    const struct claim_list *const claims = &token->state->subject.user_claims;

    layout_claims(layout, claims->claims, claims->n_claims);
    return TSR_OK;
}

static tsr_status put_device_claims(struct layout *layout, const tsr_token *token)
{
    const struct claim_list *const claims = &token->state->subject.device_claims;

    layout_claims(layout, claims->claims, claims->n_claims);
    return TSR_OK;
}

static tsr_status put_security_attributes(struct layout *layout, const tsr_token *token)
{
    const struct claim_list *const claims = &token->state->subject.local_claims;

    layout_claims(layout, claims->claims, claims->n_claims);
    return TSR_OK;
}

static tsr_status put_device_groups(struct layout *layout, const tsr_token *token)
{
    return put_range(layout, token_list(token->state->device_groups));
}

static tsr_status put_restricted_device_groups(struct layout *layout, const tsr_token *token)
{
    return put_range(layout, token_list(token->state->restricting_devices));
}

static tsr_status put_is_restricted(struct layout *layout, const tsr_token *token)
{
    put_number(layout, tsr_token_is_restricted(token));
    return TSR_OK;
}

static tsr_status put_trust_level(struct layout *layout, const tsr_token *token)
{
    tsr_sid trust_level;

    put_pointer_to_sid(layout, trust_level_of(token, &trust_level) ? &trust_level : NULL);
    return TSR_OK;
}

/* There are no name spaces that a token could have for itself. */
static tsr_status put_private_name_space(struct layout *layout, const tsr_token *token)
{
    (void)token;
    put_number(layout, 0);
    return TSR_OK;
}

static tsr_status put_is_less_privileged(struct layout *layout, const tsr_token *token)
{
    put_number(layout, token->state->less_privileged); /* and so an AppContainer */
    return TSR_OK;
}

/* Restricted, or an AppContainer. */
static tsr_status put_is_sandboxed(struct layout *layout, const tsr_token *token)
{
    put_number(layout, tsr_token_is_restricted(token) || is_app_container(token));
    return TSR_OK;
}

typedef tsr_status putter(struct layout *layout, const tsr_token *token);

static putter *const putters[TOKEN_CLASS_MAX] = {
    [TOKEN_CLASS_USER] = put_user,
    [TOKEN_CLASS_GROUPS] = put_groups,
    [TOKEN_CLASS_PRIVILEGES] = put_privileges,
    [TOKEN_CLASS_OWNER] = put_owner,
    [TOKEN_CLASS_PRIMARY_GROUP] = put_primary_group,
    [TOKEN_CLASS_DEFAULT_DACL] = put_default_dacl,
    [TOKEN_CLASS_SOURCE] = put_source,
    [TOKEN_CLASS_TYPE] = put_type,
    [TOKEN_CLASS_IMPERSONATION_LEVEL] = put_level,
    [TOKEN_CLASS_STATISTICS] = put_statistics,
    [TOKEN_CLASS_RESTRICTED_SIDS] = put_restricted_sids,
    [TOKEN_CLASS_SESSION_ID] = put_session_id,
    [TOKEN_CLASS_GROUPS_AND_PRIVILEGES] = put_groups_and_privileges,
    [TOKEN_CLASS_SANDBOX_INERT] = put_sandbox_inert,
    [TOKEN_CLASS_ORIGIN] = put_origin,
    [TOKEN_CLASS_ELEVATION_TYPE] = put_elevation_type,
    [TOKEN_CLASS_ELEVATION] = put_elevation,
    [TOKEN_CLASS_HAS_RESTRICTIONS] = put_has_restrictions,
    [TOKEN_CLASS_ACCESS_INFORMATION] = put_access_information,
    [TOKEN_CLASS_VIRTUALIZATION_ALLOWED] = put_virtualization_allowed,
    [TOKEN_CLASS_VIRTUALIZATION_ENABLED] = put_virtualization_enabled,
    [TOKEN_CLASS_INTEGRITY_LEVEL] = put_integrity_level,
    [TOKEN_CLASS_UI_ACCESS] = put_ui_access,
    [TOKEN_CLASS_MANDATORY_POLICY] = put_mandatory_policy,
    [TOKEN_CLASS_LOGON_SID] = put_logon_sid,
    [TOKEN_CLASS_IS_APP_CONTAINER] = put_is_app_container,
    [TOKEN_CLASS_CAPABILITIES] = put_capabilities,
    [TOKEN_CLASS_APP_CONTAINER_SID] = put_app_container_sid,
    [TOKEN_CLASS_APP_CONTAINER_NUMBER] = put_app_container_number,
    [TOKEN_CLASS_USER_CLAIMS] = put_user_claims,
    [TOKEN_CLASS_DEVICE_CLAIMS] = put_device_claims,
    [TOKEN_CLASS_DEVICE_GROUPS] = put_device_groups,
    [TOKEN_CLASS_RESTRICTED_DEVICE_GROUPS] = put_restricted_device_groups,
    [TOKEN_CLASS_SECURITY_ATTRIBUTES] = put_security_attributes,
    [TOKEN_CLASS_IS_RESTRICTED] = put_is_restricted,
    [TOKEN_CLASS_PROCESS_TRUST_LEVEL] = put_trust_level,
    [TOKEN_CLASS_PRIVATE_NAME_SPACE] = put_private_name_space,
    [TOKEN_CLASS_IS_LESS_PRIVILEGED] = put_is_less_privileged,
    [TOKEN_CLASS_IS_SANDBOXED] = put_is_sandboxed,
};

tsr_status token_layout(struct layout *layout, uint32_t token_class, const tsr_token *token)
{
    REQUIRE(token_class < TOKEN_CLASS_MAX && putters[token_class], STATUS_INVALID_INFO_CLASS);
    return putters[token_class](layout, token);
}

/* ---- By handle ---- */

/* What is asked for, and where to. */
struct query {
    handle_t token;
    uint32_t token_class;
    void *to;
    ULONG room;
    ULONG *ret_size;
};

/* A new token with each question, once it is known that its handle can be told. */
static tsr_status query_linked(const struct query *query)
{
    handle_t linked;
    TOKEN_LINKED_TOKEN told;

    *query->ret_size = sizeof(told);
    REQUIRE(query->to && query->room >= sizeof(told), STATUS_INFO_LENGTH_MISMATCH);
    TRY(service_query_linked_token(query->token, &linked));
    told.LinkedToken = handle_out(linked);
    memcpy(query->to, &told, sizeof(told));
    return TSR_OK;
}

static tsr_status query_information(const struct query *query)
{
    const struct token_class_entry *entry = token_class_find(query->token_class);
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)query->to};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    REQUIRE(entry && entry->query_rights, STATUS_INVALID_INFO_CLASS);
    REQUIRE(query->ret_size, STATUS_ACCESS_VIOLATION);
    REQUIRE((uintptr_t)query->to % ALIGNMENT == 0, STATUS_DATATYPE_MISALIGNMENT);
    TRY(service_query_token(query->token, query->token_class, &token));
    if (query->token_class == TOKEN_CLASS_LINKED_TOKEN) {
        return query_linked(query);
    }
    TRY(token_layout(&layout, query->token_class, token));
    return layout_deliver(&layout, query->to, query->room, query->ret_size,
                          entry->fixed_size ? STATUS_INFO_LENGTH_MISMATCH
                                            : STATUS_BUFFER_TOO_SMALL);
}

NTSTATUS NTAPI NtQueryInformationToken(HANDLE TokenHandle,
                                       TOKEN_INFORMATION_CLASS TokenInformationClass,
                                       PVOID TokenInformation, ULONG TokenInformationLength,
                                       PULONG ReturnLength)
{
    const struct query query = {
        .token = handle_in(TokenHandle),
        .token_class = TokenInformationClass,
        .to = TokenInformation,
        .room = TokenInformationLength,
        .ret_size = ReturnLength,
    };

    return nt_status(query_information(&query));
}

ZW_NAME(ZwQueryInformationToken, NtQueryInformationToken);

/* ---- By reference ---- */

/* How a class is told by reference. The caller has no size to tell one from the other, so only what
 * Microsoft documents is told. */
enum manner {
    NOT_TOLD,
    IN_POOL,
    AS_NUMBER, /* where the address would be */
};

static const enum manner manners[TOKEN_CLASS_MAX] = {
    [TOKEN_CLASS_USER] = IN_POOL,
    [TOKEN_CLASS_GROUPS] = IN_POOL,
    [TOKEN_CLASS_PRIVILEGES] = IN_POOL,
    [TOKEN_CLASS_OWNER] = IN_POOL,
    [TOKEN_CLASS_PRIMARY_GROUP] = IN_POOL,
    [TOKEN_CLASS_DEFAULT_DACL] = IN_POOL,
    [TOKEN_CLASS_SOURCE] = IN_POOL,
    [TOKEN_CLASS_TYPE] = IN_POOL,
    [TOKEN_CLASS_IMPERSONATION_LEVEL] = IN_POOL,
    [TOKEN_CLASS_STATISTICS] = IN_POOL,
    [TOKEN_CLASS_SESSION_ID] = AS_NUMBER,
    [TOKEN_CLASS_INTEGRITY_LEVEL] = AS_NUMBER,
};

static uint32_t number_of(const tsr_token *token, uint32_t token_class)
{
    return token_class == TOKEN_CLASS_SESSION_ID ? token->state->session_id
                                                 : integrity_of(token).sid.sub_authorities[0];
}

/* It is laid out twice: only its size tells where it can be. */
static tsr_status put_in_pool(const tsr_token *token, uint32_t token_class, void **ret_pool)
{
    CLEANUP(layout_deinit) struct layout layout = {0};
    CLEANUP(layout_deinit) struct layout draft = {0};
    CLEANUP(free) void *pool = NULL;
    ULONG size;

    TRY(token_layout(&draft, token_class, token));
    pool = zeroed_new(layout_size(&draft));
    REQUIRE(pool, STATUS_NO_MEMORY);
    layout.base = (uintptr_t)pool;
    TRY(token_layout(&layout, token_class, token));
    TRY(layout_deliver(&layout, pool, layout_size(&draft), &size, STATUS_NO_MEMORY));
    *ret_pool = STEAL(pool);
    return TSR_OK;
}

static tsr_status query_by_reference(struct token_object *object, uint32_t token_class,
                                     void **ret_information)
{
    const enum manner manner = token_class < TOKEN_CLASS_MAX ? manners[token_class] : NOT_TOLD;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    uint32_t number;

    REQUIRE(manner != NOT_TOLD, STATUS_INVALID_INFO_CLASS);
    REQUIRE(object && ret_information, STATUS_INVALID_PARAMETER);
    token = token_object_get(object);
    TRY(token_tells(token, token_class));
    if (manner == IN_POOL) {
        return put_in_pool(token, token_class, ret_information);
    }
    number = number_of(token, token_class);
    memcpy(ret_information, &number, sizeof(number));
    return TSR_OK;
}

NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token,
                                       TOKEN_INFORMATION_CLASS TokenInformationClass,
                                       PVOID *TokenInformation)
{
    return nt_status(query_by_reference(Token, TokenInformationClass, TokenInformation));
}
