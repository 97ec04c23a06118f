/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Access tokens
 *
 * A token is a reference-counted, immutable object: duplicating and filtering make new tokens.
 * Tokens may be used, referenced and dropped from any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/base.h>
#include <tessera/claim.h>
#include <tessera/descriptor.h>
#include <tessera/privilege.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

typedef struct tsr_token tsr_token;

/* SID_AND_ATTRIBUTES.Attributes, token.md 1.3 */
#define SE_GROUP_MANDATORY          0x00000001u
#define SE_GROUP_ENABLED_BY_DEFAULT 0x00000002u
#define SE_GROUP_ENABLED            0x00000004u
#define SE_GROUP_OWNER              0x00000008u
#define SE_GROUP_USE_FOR_DENY_ONLY  0x00000010u
#define SE_GROUP_INTEGRITY          0x00000020u
#define SE_GROUP_INTEGRITY_ENABLED  0x00000040u
#define SE_GROUP_RESOURCE           0x20000000u
#define SE_GROUP_LOGON_ID           0xC0000000u

/* The attributes of an ordinary group. */
#define TSR_GROUP_ORDINARY (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

typedef enum tsr_token_type {
    TSR_TOKEN_PRIMARY = 1,
    TSR_TOKEN_IMPERSONATION = 2,
} tsr_token_type;

typedef enum tsr_impersonation_level {
    TSR_LEVEL_ANONYMOUS = 0,
    TSR_LEVEL_IDENTIFICATION = 1,
    TSR_LEVEL_IMPERSONATION = 2,
    TSR_LEVEL_DELEGATION = 3,
} tsr_impersonation_level;

/* TOKEN_ELEVATION_TYPE, token.md 6 */
typedef enum tsr_elevation_type {
    TSR_ELEVATION_DEFAULT = 1, /* not one of a pair */
    TSR_ELEVATION_FULL = 2,
    TSR_ELEVATION_LIMITED = 3,
} tsr_elevation_type;

/* TOKEN_MANDATORY_POLICY */
#define TSR_POLICY_NO_WRITE_UP     0x1u
#define TSR_POLICY_NEW_PROCESS_MIN 0x2u

/* Token flags, token.md 1.6 */
#define TSR_TOKEN_WRITE_RESTRICTED   0x0008u
#define TSR_TOKEN_IS_RESTRICTED      0x0010u
#define TSR_TOKEN_SANDBOX_INERT      0x0040u
#define TSR_TOKEN_VIRTUALIZE_ALLOWED 0x0200u
#define TSR_TOKEN_VIRTUALIZE_ENABLED 0x0400u
#define TSR_TOKEN_IS_FILTERED        0x0800u
#define TSR_TOKEN_UI_ACCESS          0x1000u

/* Those that follow from the rest of the token: see tsr_token_access_flags(). */
#define TSR_TOKEN_HAS_TRAVERSE    0x0001u
#define TSR_TOKEN_HAS_BACKUP      0x0002u
#define TSR_TOKEN_HAS_RESTORE     0x0004u
#define TSR_TOKEN_HAS_IMPERSONATE 0x0080u
#define TSR_TOKEN_NOT_LOW         0x2000u
#define TSR_TOKEN_LOWBOX          0x4000u

#define TSR_TOKEN_NEVER_EXPIRES INT64_MAX

#define TSR_TOKEN_GROUPS_MAX 65536
#define TSR_TOKEN_CLAIMS_MAX 1024 /* in each of the three lists */

typedef struct tsr_group {
    tsr_sid sid;
    uint32_t attributes; /* SE_GROUP_… */
} tsr_group;

typedef struct tsr_privilege_state {
    uint32_t luid;
    uint32_t attributes; /* SE_PRIVILEGE_… */
} tsr_privilege_state;

typedef struct tsr_token_source {
    char name[8]; /* not terminated */
    uint64_t id;
} tsr_token_source;

/* What tsr_token_new() makes a token of. Everything is copied. Zeroed members are valid defaults.
 */
typedef struct tsr_token_spec {
    tsr_sid user;
    uint32_t user_attributes; /* 0, or SE_GROUP_USE_FOR_DENY_ONLY */
    const tsr_group *groups;
    size_t n_groups;
    const tsr_privilege_state *privileges;
    size_t n_privileges;
    /* A restricted token: @restricting non-NULL, even when the list is empty. */
    const tsr_sid *restricting;
    size_t n_restricting;
    const tsr_sid *owner; /* NULL: the user; must be the user or a group with SE_GROUP_OWNER */
    const tsr_sid *primary_group; /* NULL: the user's own SID */
    const tsr_acl *default_dacl;  /* NULL: none */
    const tsr_sid *integrity;     /* NULL: none, and the mandatory policy is off */
    uint32_t mandatory_policy;    /* TSR_POLICY_… */
    uint32_t process_trust_type;  /* S-1-19-TYPE-LEVEL; 0 and 0: none */
    uint32_t process_trust_level;
    tsr_token_type type; /* 0: primary */
    tsr_impersonation_level level;
    uint32_t flags; /* TSR_TOKEN_…, but not IS_RESTRICTED and those that follow from the rest */
    uint32_t session_id;
    uint64_t authentication_id;   /* logon session LUID */
    uint64_t origin;              /* the logon session that made that one; 0 */
    tsr_elevation_type elevation; /* 0: default */
    int64_t expiration;           /* told and never enforced; 0: TSR_TOKEN_NEVER_EXPIRES */
    tsr_token_source source;
    /* What conditions are evaluated against, besides the groups: views of claims, whose bytes are
     * copied and validated again. Of several claims of one name the last counts. */
    const tsr_claim *user_claims;
    size_t n_user_claims;
    const tsr_claim *device_claims;
    size_t n_device_claims;
    const tsr_claim *local_claims;
    size_t n_local_claims;
    const tsr_group *device_groups;
    size_t n_device_groups;
    /* Stand in for the device groups in the pass over the restricting SIDs; without them, no device
     * is a member of anything there. */
    const tsr_sid *restricting_devices;
    size_t n_restricting_devices;
    /* An AppContainer: rights must be allowed also to the package, an enabled capability,
     * S-1-15-2-2 or, unless less_privileged, S-1-15-2-1. */
    const tsr_sid *package; /* NULL: none, and no capabilities */
    const tsr_group *capabilities;
    size_t n_capabilities;
    bool less_privileged; /* an LPAC */
} tsr_token_spec;

/* What fits in a struct. */
typedef struct tsr_token_statistics {
    uint64_t token_id;        /* unique in this process */
    uint64_t modified_id;     /* another after every change; copied by duplicate */
    uint64_t parent_token_id; /* the token this one was filtered from; 0 */
    uint64_t authentication_id;
    uint64_t origin;
    int64_t expiration;
    tsr_token_source source;
    tsr_elevation_type elevation;
    tsr_token_type type;
    tsr_impersonation_level level;
    uint32_t flags; /* TSR_TOKEN_… */
    uint32_t session_id;
    uint32_t mandatory_policy;
    uint32_t process_trust_type;
    uint32_t process_trust_level;
    size_t n_groups;
    size_t n_privileges;
    size_t n_restricting;
    size_t n_user_claims;
    size_t n_device_claims;
    size_t n_local_claims;
    size_t n_device_groups;
    size_t n_restricting_devices;
    size_t n_capabilities;
    uint32_t dynamic_charged; /* bytes that default DACL and primary group may take together */
    uint32_t dynamic_available;
} tsr_token_statistics;

/**
 * Create a token.
 *
 * Mandatory groups are forced to be enabled, and enabled by default; a deny-only group is never
 * enabled. The same holds for device groups and capabilities.
 *
 * This is NtCreateToken without the checks of the caller (token.md 3.1), which come first but for
 * the type. The level is what @spec says: no group is looked at for it, as step 10 does.
 *
 * @param ret_token  a new reference, owned by the caller; untouched on failure
 * @return in this order: STATUS_BAD_TOKEN_TYPE, STATUS_INVALID_PARAMETER (counts over the limit,
 *         unknown flags, level, policy or elevation; virtualization enabled and not allowed; a
 * malformed claim; capabilities without a package), STATUS_INVALID_SID (no or over 15
 * sub-authorities; an integrity SID other than S-1-16-LEVEL), STATUS_INVALID_ACL,
 * STATUS_NO_SUCH_PRIVILEGE, STATUS_INVALID_OWNER, STATUS_NO_MEMORY, STATUS_INVALID_PRIMARY_GROUP
 * (neither the user nor a group)
 */
TSR_PUBLIC tsr_status tsr_token_new(const tsr_token_spec *spec, tsr_token **ret_token);

/** Take a reference. @return @token; NULL if @token is NULL. */
TSR_PUBLIC tsr_token *tsr_token_ref(tsr_token *token);

/** Drop a reference, freeing the token with the last. @return NULL, always. */
TSR_PUBLIC tsr_token *tsr_token_unref(tsr_token *token);

/**
 * DuplicateTokenEx: the same identity as a token of @type and @level (token.md 3.5).
 *
 * @param effective_only  drop disabled groups and privileges; deny-only groups stay, and so do
 *                        claims, device and AppContainer
 * @return STATUS_INVALID_PARAMETER (type), STATUS_BAD_IMPERSONATION_LEVEL (level unknown, or above
 * the source's, or a primary of a source below Impersonation), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_duplicate(const tsr_token *token, tsr_token_type type,
                                          tsr_impersonation_level level, bool effective_only,
                                          tsr_token **ret_token);

/* NtFilterToken flags, token.md 1.5 */
#define DISABLE_MAX_PRIVILEGE 0x1u
#define SANDBOX_INERT         0x2u
#define LUA_TOKEN             0x4u
#define WRITE_RESTRICTED      0x8u

typedef struct tsr_token_filter_spec {
    uint32_t flags;
    const tsr_sid *disable; /* become deny-only */
    size_t n_disable;
    const uint32_t *delete_privileges; /* LUIDs */
    size_t n_delete_privileges;
    const tsr_group *restrict_to; /* attributes must be 0 */
    size_t n_restrict_to;
    const tsr_token *caller; /* who asks, for SANDBOX_INERT; NULL: the token itself */
} tsr_token_filter_spec;

/**
 * CreateRestrictedToken: a token that can do no more than @token, and in general less
 * (token.md 3.6).
 *
 * Restricting an already restricted token intersects the lists; an empty intersection is still a
 * restricted token. An ACE that denies a SID which the intersection drops no longer applies in the
 * pass over that list: the one way in which the new token can do more. Unknown SIDs and privileges
 * to remove are ignored. SANDBOX_INERT is ignored unless the caller is SYSTEM or TrustedInstaller.
 * Below a high integrity level the privileges that count as an administrator's are removed
 * (token.md 7.4). Claims, device and AppContainer are those of @token.
 *
 * @return STATUS_INVALID_PARAMETER (unknown flags, attributes on a restricting SID, counts over the
 *         limit), STATUS_INVALID_SID, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_filter(const tsr_token *token, const tsr_token_filter_spec *spec,
                                       tsr_token **ret_token);

/** What fits in a struct, copied out. */
TSR_PUBLIC void tsr_token_get_statistics(const tsr_token *token,
                                         tsr_token_statistics *ret_statistics);

/** The user and its attributes. */
TSR_PUBLIC void tsr_token_get_user(const tsr_token *token, tsr_group *ret_user);

/** The n-th group, from 0, in order of creation; the user is not one. @return whether there is one.
 */
TSR_PUBLIC bool tsr_token_get_group(const tsr_token *token, size_t index, tsr_group *ret_group);
TSR_PUBLIC bool tsr_token_get_restricting(const tsr_token *token, size_t index, tsr_sid *ret_sid);
TSR_PUBLIC bool tsr_token_get_privilege(const tsr_token *token, size_t index,
                                        tsr_privilege_state *ret_privilege);

/** Default owner of new objects: the user, or a group with SE_GROUP_OWNER. */
TSR_PUBLIC void tsr_token_get_owner(const tsr_token *token, tsr_sid *ret_owner);
TSR_PUBLIC void tsr_token_get_primary_group(const tsr_token *token, tsr_sid *ret_group);

/** @return whether the token has an integrity level. */
TSR_PUBLIC bool tsr_token_get_integrity(const tsr_token *token, tsr_sid *ret_integrity);

/** The n-th capability of an AppContainer, from 0. @return whether there is one. */
TSR_PUBLIC bool tsr_token_get_capability(const tsr_token *token, size_t index,
                                         tsr_group *ret_capability);
TSR_PUBLIC bool tsr_token_get_device_group(const tsr_token *token, size_t index,
                                           tsr_group *ret_group);

/**
 * The AppContainer's package.
 *
 * @param ret_less_privileged  may be NULL
 * @return whether the token is one of an AppContainer
 */
TSR_PUBLIC bool tsr_token_get_package(const tsr_token *token, tsr_sid *ret_package,
                                      bool *ret_less_privileged);

/** @return borrowed, as long as @token; NULL if it has none. */
TSR_PUBLIC const tsr_acl *tsr_token_peek_default_dacl(const tsr_token *token);

/** TOKEN_ACCESS_INFORMATION.Flags: the flags of the token, and those that follow from the rest. */
TSR_PUBLIC uint32_t tsr_token_access_flags(const tsr_token *token);

/** The enabled privileges, bit n for LUID n. */
TSR_PUBLIC uint64_t tsr_token_enabled_privileges(const tsr_token *token);

/** Whether @sid is enabled in the token and not deny-only; restricting SIDs are not consulted. */
TSR_PUBLIC bool tsr_token_is_member(const tsr_token *token, const tsr_sid *sid);

/** Whether @sid may be the owner of an object this token makes: the user or an OWNER group, not
 * deny-only. */
TSR_PUBLIC bool tsr_token_may_own(const tsr_token *token, const tsr_sid *sid);

/**
 * Judge a request by all that the token carries (access-check.md 4-12).
 *
 * The result is that of the object itself, the root of the types. A malformed list of types is
 * STATUS_INVALID_PARAMETER, which then is the status of each.
 *
 * Nothing is allocated, nothing locked; a list of types belongs to one check at a time. Neither the
 * type nor the level of the token is looked at: see the two entry points below.
 */
TSR_PUBLIC tsr_access_result tsr_token_access_check(const tsr_token *token, const tsr_sd *sd,
                                                    const tsr_access_request *request);

/**
 * The check that opening an object makes (access-check.md 4.1): a token that impersonates below
 * TSR_LEVEL_IMPERSONATION opens nothing, whatever the descriptor says.
 *
 * @return STATUS_BAD_IMPERSONATION_LEVEL, otherwise as tsr_token_access_check()
 */
TSR_PUBLIC tsr_access_result tsr_token_open_check(const tsr_token *token, const tsr_sd *sd,
                                                  const tsr_access_request *request);

/**
 * The check that a server makes by system call on its own objects (access-check.md 4.1). It may
 * already be made with a token at TSR_LEVEL_IDENTIFICATION.
 *
 * Refused before the check, and then for every type, in this order: an unmapped generic bit,
 * STATUS_GENERIC_NOT_MAPPED; a primary token, STATUS_NO_IMPERSONATION_TOKEN; an anonymous level,
 * STATUS_BAD_IMPERSONATION_LEVEL; a descriptor without owner or group,
 * STATUS_INVALID_SECURITY_DESCR; asking for nothing, STATUS_ACCESS_DENIED.
 */
TSR_PUBLIC tsr_access_result tsr_token_nt_access_check(const tsr_token *token, const tsr_sd *sd,
                                                       const tsr_access_request *request);

/** A readable, many-line description. @param ret_text  owned by the caller, free(). */
TSR_PUBLIC tsr_status tsr_token_format(const tsr_token *token, char **ret_text);

/** One JSON object on one line; members as in shared/vectors' access_check tokens, and more. */
TSR_PUBLIC tsr_status tsr_token_format_json(const tsr_token *token, char **ret_text);

TSR_END_DECLS
