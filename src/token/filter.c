/* SPDX-License-Identifier: MIT */
/* CreateRestrictedToken (token.md 3.6). */

#include "token/token.h"

#define FLAGS_VALID (DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)

#define DOMAIN_AUTHORITY_FIRST 21
#define BUILTIN_DOMAIN         32

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

/* Whether a set made by set_of() holds @sid. */
static bool set_holds(const struct sid_set *set, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    return tsr_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &size)) &&
           sid_set_matches(set, encoded) != 0;
}

/* A set of @n SIDs that stand @stride bytes apart: hostile lists must not cost n times m. */
static tsr_status set_of(const tsr_sid *sids, size_t n, size_t stride, struct sid_set **ret_set)
{
    CLEANUP(free) struct sid_set_entry *entries = array_new(n, sizeof(*entries));

    REQUIRE(entries, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        entries[i].sid = *(const tsr_sid *)((const uint8_t *)sids + i * stride);
        entries[i].matches = SID_MATCHES_DENY;
    }
    return sid_set_new(entries, n, ret_set);
}

/* Make the listed SIDs deny-only, mandatory or not, and reset an owner among them. */
static tsr_status disable_sids(const tsr_token_filter_spec *spec, tsr_token_spec *next,
                               tsr_group *groups)
{
    const bool is_lua = spec->flags & LUA_TOKEN;
    struct sid_set *disable;

    TRY(set_of(spec->disable, spec->n_disable, sizeof(*spec->disable), &disable));

    if (set_holds(disable, &next->user)) {
        next->user_attributes |= SE_GROUP_USE_FOR_DENY_ONLY;
    }
    for (size_t i = 0; i < next->n_groups; i++) {
        groups[i] = next->groups[i];
        if (set_holds(disable, &groups[i].sid) || (is_lua && is_administrative(&groups[i].sid))) {
            groups[i].attributes |= SE_GROUP_USE_FOR_DENY_ONLY;
        }
    }
    if (set_holds(disable, next->owner) || (is_lua && is_administrative(next->owner))) {
        next->owner = NULL;
    }
    next->groups = groups;

    sid_set_free(disable);
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
static tsr_status restrict_sids(const tsr_token_filter_spec *spec, tsr_token_spec *next,
                                tsr_sid *restricting)
{
    struct sid_set *inherited;
    size_t n_restricting = 0;

    TRY(set_of(next->restricting, next->n_restricting, sizeof(*next->restricting), &inherited));

    for (size_t i = 0; i < spec->n_restrict_to; i++) {
        if (!next->restricting || set_holds(inherited, &spec->restrict_to[i].sid)) {
            restricting[n_restricting++] = spec->restrict_to[i].sid;
        }
    }
    next->restricting = restricting;
    next->n_restricting = n_restricting;

    sid_set_free(inherited);
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
    return tsr_sid_equal(&caller->state->user.sid, &TSR_SID_SYSTEM) ||
           tsr_token_is_member(caller, &TRUSTED_INSTALLER);
}

static uint32_t filtered_flags(const tsr_token *token, const tsr_token_filter_spec *spec)
{
    const tsr_token *const caller = spec->caller ? spec->caller : token;
    const struct token_state *const source = token->state;
    uint32_t flags = source->flags & ~TSR_TOKEN_WRITE_RESTRICTED & ~TSR_TOKEN_IS_RESTRICTED;

    if (spec->flags & SANDBOX_INERT && may_be_inert(caller)) {
        flags |= TSR_TOKEN_SANDBOX_INERT;
    }
    return flags | TSR_TOKEN_IS_FILTERED | restriction_flags(source, spec);
}

static bool is_above_medium(const tsr_sid *integrity)
{
    return integrity && integrity->sub_authorities[0] > TSR_INTEGRITY_MEDIUM;
}

tsr_status tsr_token_filter(const tsr_token *token, const tsr_token_filter_spec *spec,
                            tsr_token **ret_token)
{
    const tsr_sid medium = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    tsr_token_spec next = token_state_spec(token->state);
    CLEANUP(free) tsr_privilege_state *privileges = NULL;
    CLEANUP(free) tsr_sid *restricting = NULL;
    CLEANUP(free) tsr_group *groups = NULL;

    TRY(check_spec(spec));
    groups = array_new(next.n_groups, sizeof(*groups));
    REQUIRE(groups, STATUS_NO_MEMORY);
    privileges = array_new(next.n_privileges, sizeof(*privileges));
    REQUIRE(privileges, STATUS_NO_MEMORY);
    restricting = array_new(spec->n_restrict_to, sizeof(*restricting));
    REQUIRE(restricting, STATUS_NO_MEMORY);

    TRY(disable_sids(spec, &next, groups));
    if (spec->n_restrict_to > 0) {
        TRY(restrict_sids(spec, &next, restricting));
    }
    next.flags = filtered_flags(token, spec);
    if (spec->flags & LUA_TOKEN && is_above_medium(next.integrity)) {
        next.integrity = &medium;
    }
    token_keep_privileges(&next, privileges_kept(spec) & token_privileges_usable(next.integrity),
                          privileges);

    return token_derived(token, &next, ret_token);
}
