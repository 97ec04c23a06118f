/* SPDX-License-Identifier: MIT */
/* CreateRestrictedToken (token.md 3.6). */

#include "token/token.h"

#define FLAGS_VALID (DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)

#define DOMAIN_AUTHORITY_FIRST 21
#define BUILTIN_DOMAIN         32

#define LUA_RID_FIRST 498 /* of both lists below */
#define LUA_RID_LAST  569

#define TRUSTED_INSTALLER \
    TSR_SID(5, 80, 956008885u, 3418522649u, 1831038044u, 1853292631u, 2271478464u)

/* The groups that LUA_TOKEN takes for administrative. */
static const uint32_t lua_domain_rids[] = {498, 512, 516, 517, 518, 519, 520, 521};
static const uint32_t lua_builtin_rids[] = {544, 547, 548, 549, 550, 551, 553, 554, 556, 569};

/* token.md 3.6, steps 2, 4 and 5. */
static tsr_status check_spec(const tsr_token_filter_spec *spec)
{
    REQUIRE(!(spec->flags & ~FLAGS_VALID), STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_disable <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_delete_privileges <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_restrict_to <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->disable || spec->n_disable == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->delete_privileges || spec->n_delete_privileges == 0, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->restrict_to || spec->n_restrict_to == 0, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < spec->n_disable; i++) {
        REQUIRE(token_sid_is_valid(&spec->disable[i]), STATUS_INVALID_SID);
    }
    for (size_t i = 0; i < spec->n_restrict_to; i++) {
        REQUIRE(token_sid_is_valid(&spec->restrict_to[i].sid), STATUS_INVALID_SID);
    }
    for (size_t i = 0; i < spec->n_restrict_to; i++) {
        REQUIRE(spec->restrict_to[i].attributes == 0, STATUS_INVALID_PARAMETER);
    }
    return TSR_OK;
}

static bool is_one_of(uint32_t rid, const uint32_t *rids, size_t n_rids)
{
    for (size_t i = 0; i < n_rids; i++) {
        if (rids[i] == rid) {
            return true;
        }
    }
    return false;
}

static bool is_administrative(const tsr_sid *sid)
{
    if (sid->authority != 5) {
        return false;
    }
    if (sid->n_sub_authorities == 5 && sid->sub_authorities[0] == DOMAIN_AUTHORITY_FIRST) {
        return is_one_of(sid->sub_authorities[4], lua_domain_rids, ARRAY_SIZE(lua_domain_rids));
    }
    if (sid->n_sub_authorities == 2 && sid->sub_authorities[0] == BUILTIN_DOMAIN) {
        return is_one_of(sid->sub_authorities[1], lua_builtin_rids, ARRAY_SIZE(lua_builtin_rids));
    }
    return false;
}

/* Mark the listed SIDs where they first are. Each is looked up: hostile lists must not cost n times
 * m. */
static void mark_listed(const tsr_token_filter_spec *spec, const struct group_list *members,
                        bool *is_listed)
{
    uint32_t index;

    for (size_t i = 0; i < spec->n_disable; i++) {
        if (group_list_find(members, &spec->disable[i], &index)) {
            is_listed[index] = true;
        }
    }
}

static bool member_is_administrative(const struct token_state *state, uint32_t index)
{
    const uint32_t rid = state->members->set.table->last[index];
    tsr_sid sid;

    /* Most need not be decoded. */
    if (rid < LUA_RID_FIRST || rid > LUA_RID_LAST) {
        return false;
    }
    sid = token_member(state, index);
    return is_administrative(&sid);
}

/* Make the listed SIDs deny-only, mandatory or not, and reset an owner among them. */
static tsr_status disable_sids(const tsr_token_filter_spec *spec, struct token_state *next)
{
    const bool is_lua = spec->flags & LUA_TOKEN;
    CLEANUP(free) bool *is_listed = NULL;
    struct group_list *members;

    if (spec->n_disable == 0 && !is_lua) {
        return TSR_OK;
    }
    is_listed = array_new(next->members->n, sizeof(*is_listed));
    REQUIRE(is_listed, STATUS_NO_MEMORY);
    TRY(group_list_copy(next->members, &members));

    mark_listed(spec, members, is_listed);
    for (uint32_t i = 0; i <= next->n_groups; i++) {
        if (is_listed[sid_table_first(members->set.table, i)] ||
            (is_lua && i != TOKEN_USER_PLACE && member_is_administrative(next, i))) {
            members->attributes[i] |= SE_GROUP_USE_FOR_DENY_ONLY;
        }
    }
    if (is_listed[next->owner] || (is_lua && member_is_administrative(next, next->owner))) {
        next->owner = TOKEN_USER_PLACE;
    }
    group_list_settle(members);
    token_replace_list(&next->members, members);
    return TSR_OK;
}

/* The privileges that stay, as bits. */
static uint64_t privileges_kept(const tsr_token_filter_spec *spec)
{
    uint64_t kept = UINT64_MAX;

    if (spec->flags & DISABLE_MAX_PRIVILEGE) {
        return TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE);
    }
    for (size_t i = 0; i < spec->n_delete_privileges; i++) {
        if (spec->delete_privileges[i] <= TSR_PRIVILEGE_LAST) {
            kept &= ~TSR_PRIVILEGE_BIT(spec->delete_privileges[i]);
        }
    }
    return spec->flags & LUA_TOKEN ? kept & LUA_PRIVILEGES : kept;
}

/* The given list, or what it has in common with the list the token already has. */
static tsr_status restrict_sids(const tsr_token_filter_spec *spec, struct token_state *next)
{
    CLEANUP(free) tsr_sid *sids = array_new(spec->n_restrict_to, sizeof(*sids));
    struct group_list *restricting;
    uint32_t index;
    size_t n = 0;

    REQUIRE(sids, STATUS_NO_MEMORY);

    for (size_t i = 0; i < spec->n_restrict_to; i++) {
        if (!next->restricting ||
            group_list_find(next->restricting, &spec->restrict_to[i].sid, &index)) {
            sids[n++] = spec->restrict_to[i].sid;
        }
    }
    TRY(token_sids_new(sids, n, &restricting));
    token_replace_list(&next->restricting, restricting);
    return TSR_OK;
}

/* A fully restricted token stays so. A new list restricts fully unless it says it is for writing.
 */
static uint32_t restriction_flags(const struct token_state *source,
                                  const tsr_token_filter_spec *spec)
{
    const uint32_t kept = source->flags & TSR_TOKEN_WRITE_RESTRICTED;

    if (source->restricting && kept == 0) {
        return 0;
    }
    if (spec->flags & WRITE_RESTRICTED) {
        return TSR_TOKEN_WRITE_RESTRICTED;
    }
    return spec->n_restrict_to > 0 ? 0 : kept;
}

static bool may_be_inert(const tsr_token *caller)
{
    const tsr_sid user = token_member(caller->state, TOKEN_USER_PLACE);

    return tsr_sid_equal(&user, &TSR_SID_SYSTEM) || tsr_token_is_member(caller, &TRUSTED_INSTALLER);
}

static uint32_t filtered_flags(const tsr_token *token, const tsr_token_filter_spec *spec)
{
    const tsr_token *const caller = spec->caller ? spec->caller : token;
    uint32_t flags = token->state->flags & ~TSR_TOKEN_WRITE_RESTRICTED;

    if (spec->flags & SANDBOX_INERT && may_be_inert(caller)) {
        flags |= TSR_TOKEN_SANDBOX_INERT;
    }
    return flags | TSR_TOKEN_IS_FILTERED | restriction_flags(token->state, spec);
}

static bool is_above_medium(const tsr_sid *integrity)
{
    return integrity && integrity->sub_authorities[0] > TSR_INTEGRITY_MEDIUM;
}

tsr_status tsr_token_filter(const tsr_token *token, const tsr_token_filter_spec *spec,
                            tsr_token **ret_token)
{
    CLEANUP(token_state_unref) struct token_state *next = NULL;

    TRY(check_spec(spec));
    TRY(token_state_copy(token->state, &next));
    TRY(disable_sids(spec, next));
    if (spec->n_restrict_to > 0) {
        TRY(restrict_sids(spec, next));
    }
    next->flags = filtered_flags(token, spec);
    if (spec->flags & LUA_TOKEN && is_above_medium(next->subject.integrity)) {
        token_set_integrity(next, &TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM));
    }
    token_keep_privileges(next,
                          privileges_kept(spec) & token_privileges_usable(next->subject.integrity));

    return token_derived(token, STEAL(next), ret_token);
}
