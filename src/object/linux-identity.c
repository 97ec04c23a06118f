/* SPDX-License-Identifier: MIT */
/* What a token is on Linux. */

#include "object/linux-identity.h"

#include <string.h>

#include <tessera/token-adjust.h>

#include "token/token.h"

/* A group that nothing belongs to, where a token has none. */
#define NO_GROUP 65534

static bool is_granted(const tsr_group *group)
{
    return (group->attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY)) ==
           SE_GROUP_ENABLED;
}

static bool has_gid(const tsr_identity *identity, gid_t gid)
{
    for (size_t i = 0; i < identity->n_groups; i++) {
        if (identity->groups[i] == gid) {
            return true;
        }
    }
    return false;
}

/* The enabled groups that are groups of Linux, each once. */
static tsr_status choose_groups(const tsr_resolver *resolver, const tsr_token *token,
                                tsr_identity *identity)
{
    tsr_token_statistics statistics;
    tsr_group group;
    gid_t gid;

    tsr_token_get_statistics(token, &statistics);
    identity->groups = array_new(statistics.n_groups, sizeof(*identity->groups));
    REQUIRE(identity->groups, STATUS_NO_MEMORY);
    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if (is_granted(&group) && tsr_resolver_gid_of_sid(resolver, &group.sid, &gid) &&
            !has_gid(identity, gid)) {
            identity->groups[identity->n_groups++] = gid;
        }
    }
    return TSR_OK;
}

/* The primary group, if the token is a member of it: it may be one that was disabled. */
static gid_t choose_gid(const tsr_resolver *resolver, const tsr_token *token,
                        const tsr_identity *identity)
{
    tsr_sid sid;
    gid_t gid;

    tsr_token_get_primary_group(token, &sid);
    if (tsr_resolver_gid_of_sid(resolver, &sid, &gid) && has_gid(identity, gid)) {
        return gid;
    }
    /* The system's is no group of Linux. */
    return identity->uid == 0 && has_gid(identity, 0) ? 0 : NO_GROUP;
}

tsr_status linux_identity_of(const tsr_resolver *resolver, const tsr_token *token,
                             tsr_identity *ret_identity)
{
    tsr_group user;

    tsr_token_get_user(token, &user);
    REQUIRE(tsr_resolver_uid_of_sid(resolver, &user.sid, &ret_identity->uid), STATUS_NO_SUCH_USER);
    ret_identity->real_uid = ret_identity->uid;
    TRY(choose_groups(resolver, token, ret_identity));
    ret_identity->gid = choose_gid(resolver, token, ret_identity);
    ret_identity->capabilities =
        tsr_capabilities_of_privileges(tsr_token_enabled_privileges(token));
    return TSR_OK;
}

static bool has_same_dacl(const tsr_token *a, const tsr_token *b)
{
    const tsr_acl *const of_a = tsr_token_peek_default_dacl(a);
    const tsr_acl *const of_b = tsr_token_peek_default_dacl(b);

    if (!of_a || !of_b) {
        return of_a == of_b;
    }
    return of_a->size == of_b->size && memcmp(of_a->bytes, of_b->bytes, of_a->size) == 0;
}

/* Whether two tokens make the same objects. */
static bool has_same_defaults(const tsr_token *a, const tsr_token *b)
{
    tsr_sid of_a;
    tsr_sid of_b;

    tsr_token_get_owner(a, &of_a);
    tsr_token_get_owner(b, &of_b);
    if (!tsr_sid_equal(&of_a, &of_b)) {
        return false;
    }
    tsr_token_get_primary_group(a, &of_a);
    tsr_token_get_primary_group(b, &of_b);
    return tsr_sid_equal(&of_a, &of_b) && has_same_dacl(a, b) &&
           a->state->session_id == b->state->session_id;
}

tsr_status linux_identity_says(tsr_resolver *resolver, const tsr_identity *identity,
                               const tsr_token *token, bool *ret_says)
{
    CLEANUP(tsr_token_unref) tsr_token *own = NULL;
    bool is_equal;

    TRY(tsr_resolver_token(resolver, identity, &own, NULL));
    TRY(tsr_token_compare(token, own, &is_equal));
    *ret_says = is_equal && has_same_defaults(token, own);
    return TSR_OK;
}
