/* SPDX-License-Identifier: MIT */
/* Access tokens: building, sharing and reading them. */

#include "token/token.h"

#include <string.h>

#define LUID_FIRST          1001 /* above the well-known logon sessions and all privileges */
#define SID_AUTHORITY_MAX   ((UINT64_C(1) << 48) - 1)
#define INTEGRITY_AUTHORITY 16
#define POLICY_VALID        (TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN)
#define PRIVILEGES_MAX      (TSR_PRIVILEGE_LAST - TSR_PRIVILEGE_FIRST + 1)
#define PRIVILEGE_VALID     (SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED)
#define ENABLED_ATTRIBUTES  (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

#define FLAGS_GIVEN (TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_SANDBOX_INERT | TSR_TOKEN_IS_FILTERED)

#define GROUP_VALID                                                                          \
    (TSR_GROUP_ORDINARY | SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY | \
     SE_GROUP_INTEGRITY_ENABLED | SE_GROUP_RESOURCE | SE_GROUP_LOGON_ID)

static _Atomic uint64_t luid_next = LUID_FIRST;

uint64_t token_luid_new(void)
{
    return atomic_fetch_add_explicit(&luid_next, 1, memory_order_relaxed);
}

bool token_sid_is_valid(const tsr_sid *sid)
{
    return sid->n_sub_authorities >= 1 && sid->n_sub_authorities <= TSR_SID_SUB_AUTHORITIES_MAX &&
           sid->authority <= SID_AUTHORITY_MAX;
}

bool token_groups_may_own(const tsr_group *groups, size_t n_groups, const tsr_sid *sid)
{
    const uint32_t decisive = SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY;

    for (size_t i = 0; i < n_groups; i++) {
        if ((groups[i].attributes & decisive) == SE_GROUP_OWNER &&
            tsr_sid_equal(&groups[i].sid, sid)) {
            return true;
        }
    }
    return false;
}

static tsr_status check_sids(const tsr_token_spec *spec)
{
    REQUIRE(token_sid_is_valid(&spec->user), STATUS_INVALID_SID);
    for (size_t i = 0; i < spec->n_groups; i++) {
        REQUIRE(token_sid_is_valid(&spec->groups[i].sid), STATUS_INVALID_SID);
        REQUIRE(!(spec->groups[i].attributes & ~GROUP_VALID), STATUS_INVALID_PARAMETER);
    }
    for (size_t i = 0; i < spec->n_restricting; i++) {
        REQUIRE(token_sid_is_valid(&spec->restricting[i]), STATUS_INVALID_SID);
    }
    if (spec->primary_group) {
        REQUIRE(token_sid_is_valid(spec->primary_group), STATUS_INVALID_SID);
    }
    if (spec->integrity) {
        REQUIRE(spec->integrity->authority == INTEGRITY_AUTHORITY &&
                    spec->integrity->n_sub_authorities == 1,
                STATUS_INVALID_SID);
    }
    return TSR_OK;
}

static tsr_status check_privileges(const tsr_token_spec *spec)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < spec->n_privileges; i++) {
        REQUIRE(tsr_privilege_name(spec->privileges[i].luid), STATUS_NO_SUCH_PRIVILEGE);
        REQUIRE(!(spec->privileges[i].attributes & ~PRIVILEGE_VALID), STATUS_INVALID_PARAMETER);
        REQUIRE(!(seen & TSR_PRIVILEGE_BIT(spec->privileges[i].luid)), STATUS_INVALID_PARAMETER);
        seen |= TSR_PRIVILEGE_BIT(spec->privileges[i].luid);
    }
    return TSR_OK;
}

/* token.md 3.1: the user, whatever its attributes, or a fitting group. */
static tsr_status check_owner(const tsr_token_spec *spec)
{
    REQUIRE(!spec->owner || tsr_sid_equal(spec->owner, &spec->user) ||
                token_groups_may_own(spec->groups, spec->n_groups, spec->owner),
            STATUS_INVALID_OWNER);
    return TSR_OK;
}

static tsr_status check_spec(const tsr_token_spec *spec)
{
    REQUIRE(spec->n_groups <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_restricting <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_privileges <= PRIVILEGES_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->groups || spec->n_groups == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->restricting || spec->n_restricting == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->privileges || spec->n_privileges == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(!(spec->user_attributes & ~SE_GROUP_USE_FOR_DENY_ONLY), STATUS_INVALID_PARAMETER);
    REQUIRE(!(spec->flags & ~FLAGS_GIVEN), STATUS_INVALID_PARAMETER);
    REQUIRE(!(spec->mandatory_policy & ~POLICY_VALID), STATUS_INVALID_PARAMETER);
    TRY(check_sids(spec));
    TRY(check_privileges(spec));
    return check_owner(spec);
}

/* token.md 1.3: deny-only excludes enabled; mandatory implies it. */
static uint32_t settled_attributes(uint32_t attributes)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return attributes & ~ENABLED_ATTRIBUTES;
    }
    return attributes & SE_GROUP_MANDATORY ? attributes | ENABLED_ATTRIBUTES : attributes;
}

/* access-check.md 8: how a group takes part in a check. */
static uint8_t group_matches(uint32_t attributes)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return SID_MATCHES_DENY;
    }
    return attributes & SE_GROUP_ENABLED ? SID_MATCHES_ALLOW | SID_MATCHES_DENY : 0;
}

static tsr_status index_sids(struct token_state *state)
{
    CLEANUP(free) struct sid_set_entry *entries = NULL;
    struct sid_set *sids;

    entries = array_new(1 + state->n_groups, sizeof(*entries));
    REQUIRE(entries, STATUS_NO_MEMORY);

    entries[0].sid = state->user.sid;
    entries[0].matches = group_matches(state->user.attributes | SE_GROUP_ENABLED);
    for (size_t i = 0; i < state->n_groups; i++) {
        entries[1 + i].sid = state->groups[i].sid;
        entries[1 + i].matches = group_matches(state->groups[i].attributes);
    }
    TRY(sid_set_new(entries, 1 + state->n_groups, &sids));

    state->subject.sids = sids;
    return TSR_OK;
}

/* access-check.md 9: restricting SIDs are all enabled; none at all match nothing. */
static tsr_status index_restricting(struct token_state *state)
{
    CLEANUP(free) struct sid_set_entry *entries = NULL;
    struct sid_set *restricting;

    if (!state->restricting) {
        return TSR_OK;
    }
    entries = array_new(state->n_restricting, sizeof(*entries));
    REQUIRE(entries, STATUS_NO_MEMORY);

    for (size_t i = 0; i < state->n_restricting; i++) {
        entries[i].sid = state->restricting[i];
        entries[i].matches = SID_MATCHES_ALLOW | SID_MATCHES_DENY;
    }
    TRY(sid_set_new(entries, state->n_restricting, &restricting));

    state->subject.restricting = restricting;
    return TSR_OK;
}

/* An owned copy of @n elements, not NULL even if there are none; NULL: no memory. */
static void *array_copy(const void *from, size_t n, size_t size)
{
    void *copy = array_new(n, size);

    if (copy && n > 0) {
        memcpy(copy, from, n * size);
    }
    return copy;
}

static tsr_status copy_groups(struct token_state *state, const tsr_token_spec *spec)
{
    state->groups = array_copy(spec->groups, spec->n_groups, sizeof(*state->groups));
    REQUIRE(state->groups, STATUS_NO_MEMORY);

    state->n_groups = spec->n_groups;
    for (size_t i = 0; i < state->n_groups; i++) {
        state->groups[i].attributes = settled_attributes(state->groups[i].attributes);
    }
    return TSR_OK;
}

static tsr_status copy_restricting(struct token_state *state, const tsr_token_spec *spec)
{
    if (!spec->restricting) {
        return TSR_OK;
    }
    state->restricting =
        array_copy(spec->restricting, spec->n_restricting, sizeof(*state->restricting));
    REQUIRE(state->restricting, STATUS_NO_MEMORY);

    state->n_restricting = spec->n_restricting;
    return TSR_OK;
}

static tsr_status copy_privileges(struct token_state *state, const tsr_token_spec *spec)
{
    state->privileges =
        array_copy(spec->privileges, spec->n_privileges, sizeof(*state->privileges));
    REQUIRE(state->privileges, STATUS_NO_MEMORY);

    state->n_privileges = spec->n_privileges;
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (state->privileges[i].attributes & SE_PRIVILEGE_ENABLED) {
            state->subject.privileges |= TSR_PRIVILEGE_BIT(state->privileges[i].luid);
        }
    }
    return TSR_OK;
}

static tsr_status copy_default_dacl(struct token_state *state, const tsr_token_spec *spec)
{
    if (!spec->default_dacl || !spec->default_dacl->bytes) {
        return TSR_OK;
    }
    state->default_dacl = *spec->default_dacl;
    state->default_dacl.bytes = array_copy(spec->default_dacl->bytes, spec->default_dacl->size, 1);
    REQUIRE(state->default_dacl.bytes, STATUS_NO_MEMORY);
    return TSR_OK;
}

static void copy_scalars(struct token_state *state, const tsr_token_spec *spec)
{
    state->authentication_id = spec->authentication_id;
    state->source = spec->source;
    state->session_id = spec->session_id;
    state->user = (tsr_group){.sid = spec->user, .attributes = spec->user_attributes};
    state->owner = spec->owner ? *spec->owner : spec->user;
    state->primary_group = spec->primary_group ? *spec->primary_group : spec->user;
    state->flags = spec->flags;
    if (spec->restricting) {
        state->flags |= TSR_TOKEN_IS_RESTRICTED;
    } else {
        state->flags &= ~TSR_TOKEN_WRITE_RESTRICTED;
    }

    state->subject.write_restricted = state->flags & TSR_TOKEN_WRITE_RESTRICTED;
    state->subject.process_trust_type = spec->process_trust_type;
    state->subject.process_trust_level = spec->process_trust_level;
    if (spec->integrity) {
        state->integrity = *spec->integrity;
        state->subject.integrity = &state->integrity;
        state->subject.mandatory_policy = spec->mandatory_policy;
    }
}

tsr_status token_state_new(const tsr_token_spec *spec, uint64_t modified_id,
                           uint64_t parent_token_id, struct token_state **ret_state)
{
    CLEANUP(token_state_unref) struct token_state *state = NULL;

    TRY(check_spec(spec));

    state = calloc(1, sizeof(*state));
    REQUIRE(state, STATUS_NO_MEMORY);
    atomic_init(&state->n_refs, 1);
    state->modified_id = modified_id;
    state->parent_token_id = parent_token_id;
    copy_scalars(state, spec);
    TRY(copy_groups(state, spec));
    TRY(copy_restricting(state, spec));
    TRY(copy_privileges(state, spec));
    TRY(copy_default_dacl(state, spec));
    TRY(index_sids(state));
    TRY(index_restricting(state));

    *ret_state = STEAL(state);
    return TSR_OK;
}

struct token_state *token_state_ref(struct token_state *state)
{
    atomic_fetch_add_explicit(&state->n_refs, 1, memory_order_relaxed);
    return state;
}

static void token_state_free(struct token_state *state)
{
    sid_set_free((struct sid_set *)state->subject.sids);
    sid_set_free((struct sid_set *)state->subject.restricting);
    free((uint8_t *)state->default_dacl.bytes);
    free(state->restricting);
    free(state->privileges);
    free(state->groups);
    free(state);
}

struct token_state *token_state_unref(struct token_state *state)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (state && atomic_fetch_sub_explicit(&state->n_refs, 1, memory_order_acq_rel) == 1) {
        token_state_free(state);
    }
    return NULL;
}

tsr_token_spec token_state_spec(const struct token_state *state)
{
    return (tsr_token_spec){
        .user = state->user.sid,
        .user_attributes = state->user.attributes,
        .groups = state->groups,
        .n_groups = state->n_groups,
        .privileges = state->privileges,
        .n_privileges = state->n_privileges,
        .restricting = state->restricting,
        .n_restricting = state->n_restricting,
        .owner = &state->owner,
        .primary_group = &state->primary_group,
        .default_dacl = &state->default_dacl,
        .integrity = state->subject.integrity,
        .mandatory_policy = state->subject.mandatory_policy,
        .process_trust_type = state->subject.process_trust_type,
        .process_trust_level = state->subject.process_trust_level,
        .flags = state->flags & ~TSR_TOKEN_IS_RESTRICTED,
        .session_id = state->session_id,
        .authentication_id = state->authentication_id,
        .source = state->source,
    };
}

tsr_status token_of_state(struct token_state *take_state, tsr_token_type type,
                          tsr_impersonation_level level, tsr_token **ret_token)
{
    CLEANUP(token_state_unref) struct token_state *state = take_state;
    tsr_token *token = calloc(1, sizeof(*token));

    REQUIRE(token, STATUS_NO_MEMORY);

    atomic_init(&token->n_refs, 1);
    token->token_id = token_luid_new();
    token->type = type;
    token->level = level;
    token->state = STEAL(state);

    *ret_token = token;
    return TSR_OK;
}

tsr_status tsr_token_new(const tsr_token_spec *spec, tsr_token **ret_token)
{
    const tsr_token_type type = spec->type ? spec->type : TSR_TOKEN_PRIMARY;
    struct token_state *state;

    REQUIRE(type == TSR_TOKEN_PRIMARY || type == TSR_TOKEN_IMPERSONATION, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->level <= TSR_LEVEL_DELEGATION, STATUS_INVALID_PARAMETER);
    TRY(token_state_new(spec, token_luid_new(), 0, &state));

    return token_of_state(state, type, spec->level, ret_token);
}

tsr_token *tsr_token_ref(tsr_token *token)
{
    if (token) {
        atomic_fetch_add_explicit(&token->n_refs, 1, memory_order_relaxed);
    }
    return token;
}

tsr_token *tsr_token_unref(tsr_token *token)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (token && atomic_fetch_sub_explicit(&token->n_refs, 1, memory_order_acq_rel) == 1) {
        token_state_unref(token->state);
        free(token);
    }
    return NULL;
}

void tsr_token_get_statistics(const tsr_token *token, tsr_token_statistics *ret_statistics)
{
    const struct token_state *state = token->state;

    *ret_statistics = (tsr_token_statistics){
        .token_id = token->token_id,
        .modified_id = state->modified_id,
        .parent_token_id = state->parent_token_id,
        .authentication_id = state->authentication_id,
        .source = state->source,
        .type = token->type,
        .level = token->level,
        .flags = state->flags,
        .session_id = state->session_id,
        .mandatory_policy = state->subject.mandatory_policy,
        .process_trust_type = state->subject.process_trust_type,
        .process_trust_level = state->subject.process_trust_level,
        .n_groups = state->n_groups,
        .n_privileges = state->n_privileges,
        .n_restricting = state->n_restricting,
    };
}

void tsr_token_get_user(const tsr_token *token, tsr_group *ret_user)
{
    *ret_user = token->state->user;
}

bool tsr_token_get_group(const tsr_token *token, size_t index, tsr_group *ret_group)
{
    if (index >= token->state->n_groups) {
        return false;
    }
    *ret_group = token->state->groups[index];
    return true;
}

bool tsr_token_get_restricting(const tsr_token *token, size_t index, tsr_sid *ret_sid)
{
    if (index >= token->state->n_restricting) {
        return false;
    }
    *ret_sid = token->state->restricting[index];
    return true;
}

bool tsr_token_get_privilege(const tsr_token *token, size_t index,
                             tsr_privilege_state *ret_privilege)
{
    if (index >= token->state->n_privileges) {
        return false;
    }
    *ret_privilege = token->state->privileges[index];
    return true;
}

void tsr_token_get_owner(const tsr_token *token, tsr_sid *ret_owner)
{
    *ret_owner = token->state->owner;
}

void tsr_token_get_primary_group(const tsr_token *token, tsr_sid *ret_group)
{
    *ret_group = token->state->primary_group;
}

bool tsr_token_get_integrity(const tsr_token *token, tsr_sid *ret_integrity)
{
    if (!token->state->subject.integrity) {
        return false;
    }
    *ret_integrity = token->state->integrity;
    return true;
}

const tsr_acl *tsr_token_peek_default_dacl(const tsr_token *token)
{
    return token->state->default_dacl.bytes ? &token->state->default_dacl : NULL;
}

uint64_t tsr_token_enabled_privileges(const tsr_token *token)
{
    return token->state->subject.privileges;
}

bool tsr_token_is_member(const tsr_token *token, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (tsr_failed(tsr_sid_encode(sid, encoded, sizeof(encoded), &size))) {
        return false;
    }
    return sid_set_matches(token->state->subject.sids, encoded) & SID_MATCHES_ALLOW;
}

bool tsr_token_may_own(const tsr_token *token, const tsr_sid *sid)
{
    const struct token_state *state = token->state;

    if (tsr_sid_equal(sid, &state->user.sid)) {
        return !(state->user.attributes & SE_GROUP_USE_FOR_DENY_ONLY);
    }
    return token_groups_may_own(state->groups, state->n_groups, sid);
}
