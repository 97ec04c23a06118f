/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of a token
 *
 * A token is an object (its id, type and level) in front of a state, which never changes once it is
 * settled. Duplicates share the state. Adjusting and filtering copy it, and change the copy before
 * anybody else sees it; lists, claims and the default DACL are shared with it until they change
 * too.
 */

#include <stdatomic.h>
#include <stdint.h>

#include <tessera/token.h>

#include "base/check.h"
#include "base/shared.h"
#include "sec/access.h"
#include "sec/sid-set.h"
#include "token/group-list.h"

#define TOKEN_PRIVILEGES_MAX (TSR_PRIVILEGE_LAST - TSR_PRIVILEGE_FIRST + 1)

/* Where the user is among the members. */
#define TOKEN_USER_PLACE 0u

/* A tsr_privilege_state in one byte. */
struct token_privilege {
    uint8_t luid : 6;
    uint8_t attributes : 2; /* SE_PRIVILEGE_ENABLED_BY_DEFAULT and SE_PRIVILEGE_ENABLED */
};

_Static_assert(TSR_PRIVILEGE_LAST < 64, "a LUID fits into six bits");
_Static_assert((SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED) < 4, "these into two");

struct token_state {
    atomic_size_t n_refs;
    uint64_t state_id; /* of this state alone: two with the same answers may differ in it */
    uint64_t modified_id;
    uint64_t parent_token_id;
    uint64_t authentication_id;
    uint64_t origin;
    int64_t expiration;
    tsr_token_source source;
    tsr_elevation_type elevation;
    uint32_t flags;
    uint32_t session_id;
    /* Owned references; NULL: there are none, but a token may be restricted to an empty list. */
    struct group_list *members; /* the user, the groups, and a primary group that is neither */
    struct group_list *restricting;
    struct group_list *device_groups;
    struct group_list *restricting_devices;
    struct group_list *packages; /* the package, what all packages are, and the capabilities */
    uint32_t n_groups;
    uint32_t owner; /* this and the next are the first place of their SID among the members */
    uint32_t primary_group;
    uint32_t dynamic_charged; /* what DACL and primary group may take together, in bytes */
    tsr_acl default_dacl;     /* bytes are shared memory, owned; NULL: none */
    bool less_privileged;
    uint8_t n_privileges;
    struct token_privilege privileges[TOKEN_PRIVILEGES_MAX];
    tsr_sid integrity;      /* where subject.integrity points, if there is one */
    struct subject subject; /* ready for a check: claims are shared memory, owned; the sets are of
                             * the lists above */
};

struct tsr_token {
    atomic_size_t n_refs;
    uint64_t token_id;
    tsr_token_type type;
    tsr_impersonation_level level;
    struct token_state *state;  /* owned reference */
    _Atomic(void *) default_sd; /* owned, shared memory: what new objects get of it, as
                                 * object/token-sd.c remembers; NULL: none was made yet */
};

DEFINE_CLEANUP(__typeof__(tsr_token *), tsr_token_unref);

/** An id never given before in this process. */
uint64_t token_luid_new(void);

/** Whether @sid may stand in a token: 1 to 15 sub-authorities, a 48-bit authority. */
bool token_sid_is_valid(const tsr_sid *sid);

#define PACKAGE_AUTHORITY 15
#define PACKAGE_BASE      2
#define CAPABILITY_BASE   3

#define ALL_PACKAGES            ((tsr_sid){PACKAGE_AUTHORITY, 2, {PACKAGE_BASE, 1}})
#define ALL_RESTRICTED_PACKAGES ((tsr_sid){PACKAGE_AUTHORITY, 2, {PACKAGE_BASE, 2}})

/** Whether a SID is that of a capability: S-1-15-3-... */
static inline bool token_sid_is_capability(const tsr_sid *sid)
{
    return token_sid_is_valid(sid) && sid->authority == PACKAGE_AUTHORITY &&
           sid->n_sub_authorities >= 2 && sid->sub_authorities[0] == CAPABILITY_BASE;
}

/** Whether @sid is S-1-16-LEVEL. */
bool token_sid_is_integrity(const tsr_sid *sid);

/** The SID of a member: of the user, a group, the owner or the primary group. */
static inline tsr_sid token_member(const struct token_state *state, uint32_t index)
{
    return group_list_get_sid(state->members, index);
}

/** 0, or SE_GROUP_USE_FOR_DENY_ONLY: a user is enabled without saying so. */
static inline uint32_t token_user_attributes(const struct token_state *state)
{
    return state->members->attributes[TOKEN_USER_PLACE] & SE_GROUP_USE_FOR_DENY_ONLY;
}

static inline struct group_range token_groups(const struct token_state *state)
{
    return (struct group_range){state->members, 1, state->n_groups};
}

/** All of a list, which may be NULL. */
static inline struct group_range token_list(const struct group_list *list)
{
    return (struct group_range){list, 0, list ? list->n : 0};
}

/** How many packages stand before the capabilities: an LPAC is none of all packages. */
static inline uint32_t token_first_capability(bool less_privileged)
{
    return less_privileged ? 2 : 3;
}

static inline struct group_range token_capabilities(const struct token_state *state)
{
    const uint32_t first = token_first_capability(state->less_privileged);

    return (struct group_range){state->packages, first,
                                state->packages ? state->packages->n - first : 0};
}

/** The n-th privilege, from 0; @index must be less than n_privileges. */
static inline tsr_privilege_state token_privilege(const struct token_state *state, size_t index)
{
    return (tsr_privilege_state){state->privileges[index].luid,
                                 state->privileges[index].attributes};
}

/** The name of a level that a token has, "impersonation". @return static text */
const char *token_level_name(tsr_impersonation_level level);

/** Order of SIDs, for sorting: as memcmp(). */
int token_sid_compare(const tsr_sid *a, const tsr_sid *b);

/** What of the dynamic area a default DACL and a primary group take, in bytes. */
uint32_t token_dynamic_size(const tsr_acl *default_dacl, const tsr_sid *primary_group);

/* What is left of the privileges of one who is no administrator (token.md 3.6). */
#define LUA_PRIVILEGES                                                                          \
    (TSR_PRIVILEGE_BIT(SE_SHUTDOWN_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE) | \
     TSR_PRIVILEGE_BIT(SE_UNDOCK_PRIVILEGE) | TSR_PRIVILEGE_BIT(SE_INC_WORKING_SET_PRIVILEGE) | \
     TSR_PRIVILEGE_BIT(SE_TIME_ZONE_PRIVILEGE))

/**
 * The privileges that a token of this integrity level may use, as bits (token.md 7.4).
 *
 * @param integrity  NULL: none, and then all of them
 */
uint64_t token_privileges_usable(const tsr_sid *integrity);

/** Whether a group whose SID is first at @index is an OWNER that is not deny-only. */
bool token_group_may_own(const struct token_state *state, uint32_t index);

/**
 * The member that is to be the owner: the user, whatever its attributes, or a group that may own
 * (token.md 3.1).
 *
 * @param owner      NULL: the user
 * @param ret_index  untouched on failure
 * @return STATUS_INVALID_OWNER
 */
tsr_status token_find_owner(const struct token_state *state, const tsr_sid *owner,
                            uint32_t *ret_index);

/**
 * Build a state with one reference; type and level of @spec play no part. It is settled, and its
 * ids but for state_id are 0.
 *
 * @param ret_state  untouched on failure
 * @return as tsr_token_new()
 */
tsr_status token_state_new(const tsr_token_spec *spec, struct token_state **ret_state);

/**
 * The same state again, with an id of its own, to be changed and settled. A list is changed by
 * putting another in its place.
 *
 * @param ret_copy  one reference, owned by the caller; untouched on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status token_state_copy(const struct token_state *state, struct token_state **ret_copy);

/**
 * Give a state the user, the groups, the owner and the primary group of @spec, which is valid.
 *
 * @return STATUS_INVALID_OWNER, STATUS_NO_MEMORY
 */
tsr_status token_set_members(struct token_state *state, const tsr_token_spec *spec);

/** Let what follows from the rest follow: the flags of a restricted token, and the subject's sets.
 */
void token_state_settle(struct token_state *state);

/** Put a list into the place of another. @param take_list  becomes the state's; may be NULL */
static inline void token_replace_list(struct group_list **place, struct group_list *take_list)
{
    (void)group_list_unref(*place);
    *place = take_list;
}

/**
 * A list of SIDs that all take part.
 *
 * @return as group_list_new()
 */
tsr_status token_sids_new(const tsr_sid *sids, size_t n_sids, struct group_list **ret_list);

/**
 * The list of an AppContainer: its package, what all packages are, and its capabilities
 * (access-check.md 10).
 *
 * @return as group_list_new()
 */
tsr_status token_packages_new(const tsr_sid *package, bool less_privileged,
                              const tsr_group *capabilities, size_t n_capabilities,
                              struct group_list **ret_list);

/**
 * Claims in shared memory.
 *
 * @param ret_list  one reference to the claims, owned by the caller; untouched on failure
 * @return STATUS_INVALID_PARAMETER (too many, or malformed), STATUS_NO_MEMORY
 */
tsr_status token_claims_new(const tsr_claim *claims, size_t n_claims, struct claim_list *ret_list);

/** Replace all privileges; what is enabled follows. @param n_privileges  at most
 * TOKEN_PRIVILEGES_MAX */
void token_set_privileges(struct token_state *state, const tsr_privilege_state *privileges,
                          size_t n_privileges);

/** Leave the privileges in @kept. */
void token_keep_privileges(struct token_state *state, uint64_t kept);

/**
 * Replace the default DACL.
 *
 * @param dacl  valid; copied; NULL: none
 * @return STATUS_NO_MEMORY, and nothing is changed
 */
tsr_status token_set_default_dacl(struct token_state *state, const tsr_acl *dacl);

void token_set_integrity(struct token_state *state, const tsr_sid *integrity);

/** What of the dynamic area is taken, in bytes. */
uint32_t token_state_dynamic_size(const struct token_state *state);

/** Charge for the dynamic area as for a new token. */
void token_charge_dynamic(struct token_state *state);

/** Take a reference. @return @state */
struct token_state *token_state_ref(struct token_state *state);

/** Drop a reference; accepts NULL. @return NULL, always. */
struct token_state *token_state_unref(struct token_state *state);

DEFINE_CLEANUP(__typeof__(struct token_state *), token_state_unref);

/**
 * Put an object in front of a state.
 *
 * @param take_state  becomes the token's, also on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status token_of_state(struct token_state *take_state, tsr_token_type type,
                          tsr_impersonation_level level, tsr_token **ret_token);

/**
 * The same token object in another state: with its id, parent, type and level, and modified.
 *
 * @param take_next  a copy of the token's state, changed; becomes the new token's, also on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status token_adjusted(const tsr_token *token, struct token_state *take_next,
                          tsr_token **ret_token);

/**
 * A token that descends from another: of the same type and level, with ids of its own.
 *
 * @param take_next  as for token_adjusted()
 * @return STATUS_NO_MEMORY
 */
tsr_status token_derived(const tsr_token *token, struct token_state *take_next,
                         tsr_token **ret_token);

/**
 * tsr_token_new() for a token that was one before: its primary group may have left it.
 *
 * @return as tsr_token_new(), but for STATUS_INVALID_PRIMARY_GROUP
 */
tsr_status token_restore(const tsr_token_spec *spec, tsr_token **ret_token);
