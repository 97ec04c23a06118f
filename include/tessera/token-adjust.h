/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the native token services do to tokens, and ask of them
 *
 * A token is a value: an adjusted one is a new tsr_token with the same token id and another
 * modified id. Who keeps the current value of a token object puts the new one in the place of the
 * old. Handles, their rights and the buffers of callers are not looked at here.
 *
 * Where a change needs a privilege of the caller, @held tells those that are enabled in the
 * caller's effective token, as tsr_token_enabled_privileges() does. After any failure the outputs
 * are untouched, unless it is said otherwise; the token that was given never changes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/claim.h>
#include <tessera/descriptor.h>
#include <tessera/privilege.h>
#include <tessera/sid.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/* Room for what was before: old attributes, of what changed and is still there. */
typedef struct tsr_previous_privileges {
    tsr_privilege_state *states; /* NULL if there is no room */
    size_t n_max;
    size_t n; /* how many there are; told also when they do not fit */
} tsr_previous_privileges;

typedef struct tsr_previous_groups {
    tsr_group *groups; /* NULL if there is no room */
    size_t n_max;
    size_t n; /* how many there are; told also when they do not fit */
} tsr_previous_groups;

/**
 * AdjustTokenPrivileges (token.md 3.7).
 *
 * Of each change the privilege, SE_PRIVILEGE_ENABLED and SE_PRIVILEGE_REMOVED count; the first for
 * a privilege wins. Below a high integrity level the privileges that count as an administrator's
 * are not enabled, as though they were not held (token.md 7.4).
 *
 * @param disable_all  disable all privileges; @changes are not looked at
 * @param changes      array of @n_changes; not NULL unless @disable_all
 * @param previous     NULL: not wanted
 * @param ret_token    a new reference; to @token itself if nothing changes
 * @return STATUS_SUCCESS, or STATUS_NOT_ALL_ASSIGNED if a change met no privilege: both with a
 *         token. STATUS_INVALID_PARAMETER (no changes, or over TSR_TOKEN_GROUPS_MAX),
 * STATUS_BUFFER_TOO_SMALL (@previous), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_adjust_privileges(tsr_token *token, bool disable_all,
                                                  const tsr_privilege_state *changes,
                                                  size_t n_changes,
                                                  tsr_previous_privileges *previous,
                                                  tsr_token **ret_token);

/**
 * AdjustTokenGroups (token.md 3.8). All or nothing.
 *
 * Of each change the SID and SE_GROUP_ENABLED count; the first for a SID wins.
 *
 * @param reset     enable what is enabled by default and disable the rest; @changes are not looked
 *                  at, deny-only groups stay
 * @param changes   array of @n_changes; not NULL unless @reset
 * @param previous  NULL: not wanted
 * @param ret_token a new reference; to @token itself if nothing changes
 * @return STATUS_SUCCESS, or STATUS_NOT_ALL_ASSIGNED if a change met no group: both with a token.
 *         STATUS_INVALID_PARAMETER (no changes, or over TSR_TOKEN_GROUPS_MAX), STATUS_INVALID_SID,
 * STATUS_CANT_DISABLE_MANDATORY (also the user and the integrity level),
 * STATUS_CANT_ENABLE_DENY_ONLY, STATUS_BUFFER_TOO_SMALL (@previous), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_adjust_groups(tsr_token *token, bool reset,
                                              const tsr_group *changes, size_t n_changes,
                                              tsr_previous_groups *previous, tsr_token **ret_token);

/*
 * SetTokenInformation (token.md 3.10). Every success makes a new token, with a new modified id.
 *
 * @param ret_token  a new reference
 * All may return STATUS_NO_MEMORY.
 */

/** @return STATUS_INVALID_SID, STATUS_INVALID_OWNER (see tsr_token_may_own(); the user always may)
 */
TSR_PUBLIC tsr_status tsr_token_set_owner(const tsr_token *token, const tsr_sid *owner,
                                          tsr_token **ret_token);

/**
 * @return STATUS_INVALID_SID, STATUS_INVALID_PRIMARY_GROUP (neither the user nor a group),
 *         STATUS_ALLOTTED_SPACE_EXCEEDED
 */
TSR_PUBLIC tsr_status tsr_token_set_primary_group(const tsr_token *token, const tsr_sid *group,
                                                  tsr_token **ret_token);

/**
 * @param dacl  NULL: none, and what the token makes is then unprotected
 * @return STATUS_INVALID_ACL, STATUS_ALLOTTED_SPACE_EXCEEDED (with the primary group over what the
 *         token was charged for: its size when it was made, and 500 bytes at least)
 */
TSR_PUBLIC tsr_status tsr_token_set_default_dacl(const tsr_token *token, const tsr_acl *dacl,
                                                 tsr_token **ret_token);

/** @return STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege) */
TSR_PUBLIC tsr_status tsr_token_set_session_id(const tsr_token *token, uint32_t session_id,
                                               uint64_t held, tsr_token **ret_token);

/** @return STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege), STATUS_INVALID_PARAMETER (already set) */
TSR_PUBLIC tsr_status tsr_token_set_origin(const tsr_token *token, uint64_t origin, uint64_t held,
                                           tsr_token **ret_token);

/**
 * Below a high level the privileges that count as an administrator's are removed (token.md 7.4).
 *
 * @return STATUS_INVALID_SID (other than S-1-16-LEVEL), STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege,
 *         for a level above the token's)
 */
TSR_PUBLIC tsr_status tsr_token_set_integrity(const tsr_token *token, const tsr_sid *integrity,
                                              uint64_t held, tsr_token **ret_token);

/**
 * @return STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege), STATUS_INVALID_PARAMETER (unknown bits, or a
 *         policy for a token without integrity level)
 */
TSR_PUBLIC tsr_status tsr_token_set_mandatory_policy(const tsr_token *token, uint32_t policy,
                                                     uint64_t held, tsr_token **ret_token);

/** @return STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege) */
TSR_PUBLIC tsr_status tsr_token_set_ui_access(const tsr_token *token, bool ui_access, uint64_t held,
                                              tsr_token **ret_token);

/** Not allowed is not enabled either. @return STATUS_PRIVILEGE_NOT_HELD (SeCreateTokenPrivilege) */
TSR_PUBLIC tsr_status tsr_token_set_virtualization_allowed(const tsr_token *token, bool allowed,
                                                           uint64_t held, tsr_token **ret_token);

/** @return STATUS_INVALID_PARAMETER (virtualization is not allowed) */
TSR_PUBLIC tsr_status tsr_token_set_virtualization_enabled(const tsr_token *token, bool enabled,
                                                           tsr_token **ret_token);

/**
 * Replace the security attributes of the token, against which conditions are evaluated.
 *
 * @return STATUS_PRIVILEGE_NOT_HELD (SeTcbPrivilege), STATUS_INVALID_PARAMETER (a malformed claim,
 *         or too many)
 */
TSR_PUBLIC tsr_status tsr_token_set_local_claims(const tsr_token *token, const tsr_claim *claims,
                                                 size_t n_claims, uint64_t held,
                                                 tsr_token **ret_token);

/**
 * NtCompareTokens (token.md 3.12): whether both are judged alike by every access check, in whatever
 * order their lists are. Owner, default DACL, ids, type and level do not count.
 *
 * @param ret_equal  false on failure
 * @return STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_compare(const tsr_token *a, const tsr_token *b, bool *ret_equal);

#define PRIVILEGE_SET_ALL_NECESSARY 1u

/**
 * PrivilegeCheck (token.md 3.11). SE_PRIVILEGE_USED_FOR_ACCESS is added to each privilege that is
 * enabled in the token, whatever the answer.
 *
 * @param control   PRIVILEGE_SET_ALL_NECESSARY, or 0: one of them is enough
 * @param ret_held  false on failure
 * @return STATUS_BAD_IMPERSONATION_LEVEL (an anonymous level), STATUS_INVALID_PARAMETER (no
 *         privileges although some are counted)
 */
TSR_PUBLIC tsr_status tsr_token_privilege_check(const tsr_token *token, uint32_t control,
                                                tsr_privilege_state *privileges,
                                                size_t n_privileges, bool *ret_held);

/**
 * CheckTokenMembership (token.md 3.13): whether an ACE that allows @sid would allow the token. In a
 * restricted token the SID must be in the restricting list too; an AppContainer is a member of
 * nothing.
 *
 * @param ret_is_member  false on failure
 * @return STATUS_NO_IMPERSONATION_TOKEN (a primary token), STATUS_BAD_IMPERSONATION_LEVEL (an
 *         anonymous level), STATUS_INVALID_SID
 */
TSR_PUBLIC tsr_status tsr_token_check_membership(const tsr_token *token, const tsr_sid *sid,
                                                 bool *ret_is_member);

/* Which tokens of AppContainers are members of what they are outside. */
#define TSR_MEMBERSHIP_OF_PACKAGES 0x1u /* those that are of all packages: no LPAC */
#define TSR_MEMBERSHIP_OF_LPACS    0x2u /* all of them */

/**
 * CheckTokenMembershipEx: the same where an ACE would allow the packages that the flags name too.
 *
 * @param flags          TSR_MEMBERSHIP_…
 * @param ret_is_member  false on failure
 * @return also STATUS_INVALID_PARAMETER (unknown flags)
 */
TSR_PUBLIC tsr_status tsr_token_check_membership_ex(const tsr_token *token, const tsr_sid *sid,
                                                    uint32_t flags, bool *ret_is_member);

/**
 * CheckTokenCapability: whether a capability is enabled in the token of an AppContainer. Any other
 * token has none.
 *
 * @param capability          S-1-15-3-…
 * @param ret_has_capability  false on failure
 * @return as tsr_token_check_membership(); STATUS_INVALID_PARAMETER (no capability's SID)
 */
TSR_PUBLIC tsr_status tsr_token_check_capability(const tsr_token *token, const tsr_sid *capability,
                                                 bool *ret_has_capability);

/** SeTokenIsAdmin: Administrators is enabled in the token. */
TSR_PUBLIC bool tsr_token_is_admin(const tsr_token *token);

/** IsTokenRestricted: there is a list of restricting SIDs, be it empty or for writing only. */
TSR_PUBLIC bool tsr_token_is_restricted(const tsr_token *token);

/** TokenHasRestrictions: the token, or one it descends from, was filtered. */
TSR_PUBLIC bool tsr_token_has_restrictions(const tsr_token *token);

/** TokenElevation: the full one of a pair, or one of no pair that is an administrator's. */
TSR_PUBLIC bool tsr_token_is_elevated(const tsr_token *token);

/**
 * The limited one of a pair (token.md 6): administrative groups deny-only, few privileges, at most
 * a medium integrity level, TSR_POLICY_NO_WRITE_UP and TSR_POLICY_NEW_PROCESS_MIN.
 *
 * @param full               of TSR_ELEVATION_FULL
 * @param authentication_id  the limited token's own logon session
 * @return STATUS_INVALID_PARAMETER (@full is not), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_split(const tsr_token *full, uint64_t authentication_id,
                                      tsr_token **ret_limited);

typedef struct tsr_lowbox_spec {
    tsr_sid package; /* S-1-15-2 and seven more; four more yet for a child of a package */
    const tsr_group *capabilities; /* S-1-15-3-…; SE_GROUP_ENABLED, or 0 */
    size_t n_capabilities;
    bool less_privileged; /* an LPAC; the child of one always is */
} tsr_lowbox_spec;

/**
 * NtCreateLowBoxToken (token.md 8): an AppContainer of @base, of the same type and level.
 *
 * Its integrity level is low at most, and counts; few privileges stay, and UIAccess goes.
 *
 * @return STATUS_INVALID_PARAMETER (package or capabilities of another form, or too many),
 *         STATUS_ACCESS_DENIED (@base is an AppContainer, and not the parent of this child; a
 *         capability that is not enabled in the parent), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_token_new_lowbox(const tsr_token *base, const tsr_lowbox_spec *spec,
                                           tsr_token **ret_token);

TSR_END_DECLS
