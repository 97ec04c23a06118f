/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of a token
 *
 * A token is an object (its id, type and level) in front of a state, which never changes once it is
 * built. Duplicates share the state; filtering builds another one.
 */

#include <stdatomic.h>
#include <stdint.h>

#include <tessera/token.h>

#include "base/check.h"
#include "sec/access.h"
#include "sec/sid-set.h"

struct token_state {
    atomic_size_t n_refs;
    uint64_t state_id; /* of this state alone: two with the same answers may differ in it */
    uint64_t modified_id;
    uint64_t parent_token_id;
    uint64_t authentication_id;
    uint64_t origin;
    int64_t expiration;
    tsr_elevation_type elevation;
    tsr_token_source source;
    uint32_t flags;
    uint32_t session_id;
    tsr_group user;
    tsr_group *groups; /* owned */
    size_t n_groups;
    tsr_privilege_state *privileges; /* owned */
    size_t n_privileges;
    tsr_sid *restricting; /* owned; NULL: not restricted */
    size_t n_restricting;
    tsr_sid owner;
    tsr_sid primary_group;
    tsr_acl default_dacl;     /* bytes owned; NULL: none */
    uint32_t dynamic_charged; /* what DACL and primary group may take together, in bytes */
    tsr_sid integrity;        /* where subject.integrity points, if there is one */
    tsr_group *device_groups; /* owned */
    size_t n_device_groups;
    tsr_sid *restricting_devices; /* owned */
    size_t n_restricting_devices;
    tsr_sid package; /* if there is one */
    bool has_package;
    bool less_privileged;
    tsr_group *capabilities; /* owned */
    size_t n_capabilities;
    struct subject subject; /* ready for a check: sid sets and claims owned, the rest as above */
};

struct tsr_token {
    atomic_size_t n_refs;
    uint64_t token_id;
    tsr_token_type type;
    tsr_impersonation_level level;
    struct token_state *state; /* owned reference */
};

DEFINE_CLEANUP(__typeof__(tsr_token *), tsr_token_unref);

/** An id never given before in this process. */
uint64_t token_luid_new(void);

/** Whether @sid may stand in a token: 1 to 15 sub-authorities, a 48-bit authority. */
bool token_sid_is_valid(const tsr_sid *sid);

/** Whether @sid is S-1-16-LEVEL. */
bool token_sid_is_integrity(const tsr_sid *sid);

/** Whether @sid is the user or a group, whatever their attributes. */
bool token_holds(const tsr_token *token, const tsr_sid *sid);

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

/** Leave the privileges in @kept, copied to @privileges, which has room for all of them. */
void token_keep_privileges(tsr_token_spec *spec, uint64_t kept, tsr_privilege_state *privileges);

/** Whether one of the groups with this SID is an OWNER that is not deny-only. */
bool token_groups_may_own(const tsr_group *groups, size_t n_groups, const tsr_sid *sid);

/**
 * Build a state with one reference; type and level of @spec play no part.
 *
 * @param ret_state  untouched on failure
 * @return as tsr_token_new()
 */
tsr_status token_state_new(const tsr_token_spec *spec, uint64_t modified_id,
                           uint64_t parent_token_id, struct token_state **ret_state);

/** Take a reference. @return @state */
struct token_state *token_state_ref(struct token_state *state);

/** Drop a reference; accepts NULL. @return NULL, always. */
struct token_state *token_state_unref(struct token_state *state);

DEFINE_CLEANUP(__typeof__(struct token_state *), token_state_unref);

/** What would make this state again; everything is borrowed from @state. Type and level are 0. */
tsr_token_spec token_state_spec(const struct token_state *state);

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
 * @return as token_state_new()
 */
tsr_status token_adjusted(const tsr_token *token, const tsr_token_spec *next,
                          tsr_token **ret_token);

/**
 * A token that descends from another: of the same type and level, with ids of its own.
 *
 * @return as token_state_new()
 */
tsr_status token_derived(const tsr_token *token, const tsr_token_spec *next, tsr_token **ret_token);

/**
 * tsr_token_new() for a token that was one before: its primary group may have left it.
 *
 * @return as tsr_token_new(), but for STATUS_INVALID_PRIMARY_GROUP
 */
tsr_status token_restore(const tsr_token_spec *spec, tsr_token **ret_token);
