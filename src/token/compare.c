/* SPDX-License-Identifier: MIT */
/* NtCompareTokens (token.md 3.12). */

#include <tessera/token-adjust.h>

#include <string.h>

#include "token/token.h"

static int by_sid_and_attributes(const void *left, const void *right)
{
    const tsr_group *const a = left;
    const tsr_group *const b = right;
    const int order = token_sid_compare(&a->sid, &b->sid);

    return order != 0 ? order : (a->attributes > b->attributes) - (a->attributes < b->attributes);
}

static int by_luid(const void *left, const void *right)
{
    const struct token_privilege *const a = left;
    const struct token_privilege *const b = right;

    return (a->luid > b->luid) - (a->luid < b->luid);
}

/* Whether both hold the same groups, each as often. */
static tsr_status same_groups(struct group_range a, struct group_range b, bool *ret_same)
{
    CLEANUP(free) tsr_group *sorted_a = NULL;
    CLEANUP(free) tsr_group *sorted_b = NULL;
    bool same = a.n == b.n;

    if (!same || a.list == b.list) {
        *ret_same = same;
        return TSR_OK;
    }
    sorted_a = group_range_dup(a);
    REQUIRE(sorted_a, STATUS_NO_MEMORY);
    sorted_b = group_range_dup(b);
    REQUIRE(sorted_b, STATUS_NO_MEMORY);

    qsort(sorted_a, a.n, sizeof(*sorted_a), by_sid_and_attributes);
    qsort(sorted_b, b.n, sizeof(*sorted_b), by_sid_and_attributes);
    for (size_t i = 0; same && i < a.n; i++) {
        same = by_sid_and_attributes(&sorted_a[i], &sorted_b[i]) == 0;
    }
    *ret_same = same;
    return TSR_OK;
}

static bool same_privileges(const struct token_state *a, const struct token_state *b)
{
    struct token_privilege sorted_a[TOKEN_PRIVILEGES_MAX];
    struct token_privilege sorted_b[TOKEN_PRIVILEGES_MAX];
    const size_t size = a->n_privileges * sizeof(sorted_a[0]);

    if (a->n_privileges != b->n_privileges) {
        return false;
    }
    memcpy(sorted_a, a->privileges, size);
    memcpy(sorted_b, b->privileges, size);
    qsort(sorted_a, a->n_privileges, sizeof(sorted_a[0]), by_luid);
    qsort(sorted_b, b->n_privileges, sizeof(sorted_b[0]), by_luid);
    return memcmp(sorted_a, sorted_b, size) == 0;
}

/* In their order, which matters where a name is repeated. */
static bool same_claims(const struct claim_list *a, const struct claim_list *b)
{
    if (a->n_claims != b->n_claims) {
        return false;
    }
    for (size_t i = 0; i < a->n_claims; i++) {
        if (a->claims[i].size != b->claims[i].size ||
            memcmp(a->claims[i].bytes, b->claims[i].bytes, a->claims[i].size) != 0) {
            return false;
        }
    }
    return true;
}

static bool same_integrity(const struct subject *a, const struct subject *b)
{
    if (!a->integrity || !b->integrity) {
        return a->integrity == b->integrity;
    }
    return tsr_sid_equal(a->integrity, b->integrity) && a->mandatory_policy == b->mandatory_policy;
}

static bool same_first_sid(const struct group_list *a, const struct group_list *b)
{
    const tsr_sid sid_a = group_list_get_sid(a, 0);
    const tsr_sid sid_b = group_list_get_sid(b, 0);

    return tsr_sid_equal(&sid_a, &sid_b);
}

static bool same_package(const struct token_state *a, const struct token_state *b)
{
    if (!a->packages || !b->packages) {
        return a->packages == b->packages;
    }
    return same_first_sid(a->packages, b->packages) && a->less_privileged == b->less_privileged;
}

/* All that is no list to be sorted. */
static bool same_rest(const struct token_state *a, const struct token_state *b)
{
    return same_first_sid(a->members, b->members) &&
           token_user_attributes(a) == token_user_attributes(b) &&
           !a->restricting == !b->restricting &&
           a->subject.write_restricted == b->subject.write_restricted &&
           a->subject.process_trust_type == b->subject.process_trust_type &&
           a->subject.process_trust_level == b->subject.process_trust_level &&
           same_integrity(&a->subject, &b->subject) && same_package(a, b) &&
           same_privileges(a, b) && same_claims(&a->subject.user_claims, &b->subject.user_claims) &&
           same_claims(&a->subject.device_claims, &b->subject.device_claims) &&
           same_claims(&a->subject.local_claims, &b->subject.local_claims);
}

static tsr_status same_lists(const struct token_state *a, const struct token_state *b,
                             bool *ret_same)
{
    bool same[5];

    TRY(same_groups(token_groups(a), token_groups(b), &same[0]));
    TRY(same_groups(token_list(a->restricting), token_list(b->restricting), &same[1]));
    TRY(same_groups(token_capabilities(a), token_capabilities(b), &same[2]));
    TRY(same_groups(token_list(a->device_groups), token_list(b->device_groups), &same[3]));
    TRY(same_groups(token_list(a->restricting_devices), token_list(b->restricting_devices),
                    &same[4]));

    *ret_same = same[0] && same[1] && same[2] && same[3] && same[4];
    return TSR_OK;
}

tsr_status tsr_token_compare(const tsr_token *a, const tsr_token *b, bool *ret_equal)
{
    *ret_equal = false;
    if (a->state == b->state) {
        *ret_equal = true;
        return TSR_OK;
    }
    return same_rest(a->state, b->state) ? same_lists(a->state, b->state, ret_equal) : TSR_OK;
}
