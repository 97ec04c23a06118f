/* SPDX-License-Identifier: MIT */
/* NtCreateLowBoxToken (token.md 8). */

#include <tessera/token-adjust.h>

#include <string.h>

#include "token/token.h"

#define N_PACKAGE_PARTS 8
#define N_CHILD_PARTS   12

static bool is_package(const tsr_sid *sid, uint8_t n_parts)
{
    return sid->authority == PACKAGE_AUTHORITY && sid->n_sub_authorities == n_parts &&
           sid->sub_authorities[0] == PACKAGE_BASE;
}

static bool is_capability(const tsr_group *group)
{
    return token_sid_is_capability(&group->sid) && !(group->attributes & ~SE_GROUP_ENABLED);
}

static bool is_child_of(const tsr_sid *child, const tsr_sid *parent)
{
    return is_package(child, N_CHILD_PARTS) && is_package(parent, N_PACKAGE_PARTS) &&
           memcmp(child->sub_authorities, parent->sub_authorities,
                  N_PACKAGE_PARTS * sizeof(child->sub_authorities[0])) == 0;
}

static tsr_status check_form(const tsr_lowbox_spec *spec)
{
    REQUIRE(is_package(&spec->package, N_PACKAGE_PARTS) ||
                is_package(&spec->package, N_CHILD_PARTS),
            STATUS_INVALID_PARAMETER);
    REQUIRE(spec->n_capabilities <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(spec->capabilities || spec->n_capabilities == 0, STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < spec->n_capabilities; i++) {
        REQUIRE(is_capability(&spec->capabilities[i]), STATUS_INVALID_PARAMETER);
    }
    return TSR_OK;
}

/* A child can do no more than its parent: what it may use, the parent has enabled. */
static tsr_status check_child(const struct token_state *parent, const tsr_lowbox_spec *spec)
{
    const tsr_sid package = group_list_get_sid(parent->packages, 0);
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    REQUIRE(is_child_of(&spec->package, &package), STATUS_ACCESS_DENIED);
    for (size_t i = 0; i < spec->n_capabilities; i++) {
        TRY(tsr_sid_encode(&spec->capabilities[i].sid, encoded, sizeof(encoded), &size));
        REQUIRE(sid_set_matches(parent->subject.packages, encoded) & SID_MATCHES_ALLOW,
                STATUS_ACCESS_DENIED);
    }
    return TSR_OK;
}

static tsr_status check_lowbox(const struct token_state *base, const tsr_lowbox_spec *spec)
{
    TRY(check_form(spec));
    if (base->packages) {
        return check_child(base, spec);
    }
    REQUIRE(is_package(&spec->package, N_PACKAGE_PARTS), STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

static bool is_low(const tsr_sid *integrity)
{
    return integrity && integrity->sub_authorities[0] <= TSR_INTEGRITY_LOW;
}

tsr_status tsr_token_new_lowbox(const tsr_token *base, const tsr_lowbox_spec *spec,
                                tsr_token **ret_token)
{
    CLEANUP(token_state_unref) struct token_state *next = NULL;
    struct group_list *packages;

    TRY(check_lowbox(base->state, spec));
    TRY(token_state_copy(base->state, &next));
    next->less_privileged |= spec->less_privileged;
    TRY(token_packages_new(&spec->package, next->less_privileged, spec->capabilities,
                           spec->n_capabilities, &packages));

    token_replace_list(&next->packages, packages);
    if (!is_low(next->subject.integrity)) {
        token_set_integrity(next, &TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW));
    }
    next->subject.mandatory_policy |= TSR_POLICY_NO_WRITE_UP;
    next->flags &= ~TSR_TOKEN_UI_ACCESS;
    token_keep_privileges(next, LUA_PRIVILEGES);
    return token_derived(base, STEAL(next), ret_token);
}
