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

static int by_sid(const void *left, const void *right)
{
    return token_sid_compare(left, right);
}

static int by_luid(const void *left, const void *right)
{
    const tsr_privilege_state *const a = left;
    const tsr_privilege_state *const b = right;

    return (a->luid > b->luid) - (a->luid < b->luid);
}

/* A sorted copy; the caller frees it. NULL: no memory. */
static void *sorted(const void *from, size_t n, size_t size,
                    int (*order)(const void *left, const void *right))
{
    void *const copy = array_new(n, size);

    if (copy && n > 0) {
        memcpy(copy, from, n * size);
        qsort(copy, n, size, order);
    }
    return copy;
}

/* Whether both hold the same groups, each as often. */
static tsr_status same_groups(const tsr_group *a, size_t n_a, const tsr_group *b, size_t n_b,
                              bool *ret_same)
{
    CLEANUP(free) tsr_group *sorted_a = NULL;
    CLEANUP(free) tsr_group *sorted_b = NULL;
    bool same = n_a == n_b;

    if (!same) {
        *ret_same = false;
        return TSR_OK;
    }
    sorted_a = sorted(a, n_a, sizeof(*a), by_sid_and_attributes);
    REQUIRE(sorted_a, STATUS_NO_MEMORY);
    sorted_b = sorted(b, n_b, sizeof(*b), by_sid_and_attributes);
    REQUIRE(sorted_b, STATUS_NO_MEMORY);

    for (size_t i = 0; same && i < n_a; i++) {
        same = by_sid_and_attributes(&sorted_a[i], &sorted_b[i]) == 0;
    }
    *ret_same = same;
    return TSR_OK;
}

static tsr_status same_sids(const tsr_sid *a, size_t n_a, const tsr_sid *b, size_t n_b,
                            bool *ret_same)
{
    CLEANUP(free) tsr_sid *sorted_a = NULL;
    CLEANUP(free) tsr_sid *sorted_b = NULL;
    bool same = n_a == n_b;

    if (!same) {
        *ret_same = false;
        return TSR_OK;
    }
    sorted_a = sorted(a, n_a, sizeof(*a), by_sid);
    REQUIRE(sorted_a, STATUS_NO_MEMORY);
    sorted_b = sorted(b, n_b, sizeof(*b), by_sid);
    REQUIRE(sorted_b, STATUS_NO_MEMORY);

    for (size_t i = 0; same && i < n_a; i++) {
        same = tsr_sid_equal(&sorted_a[i], &sorted_b[i]);
    }
    *ret_same = same;
    return TSR_OK;
}

static tsr_status same_privileges(const struct token_state *a, const struct token_state *b,
                                  bool *ret_same)
{
    CLEANUP(free) tsr_privilege_state *sorted_a = NULL;
    CLEANUP(free) tsr_privilege_state *sorted_b = NULL;
    bool same = a->n_privileges == b->n_privileges;

    if (!same) {
        *ret_same = false;
        return TSR_OK;
    }
    sorted_a = sorted(a->privileges, a->n_privileges, sizeof(*sorted_a), by_luid);
    REQUIRE(sorted_a, STATUS_NO_MEMORY);
    sorted_b = sorted(b->privileges, b->n_privileges, sizeof(*sorted_b), by_luid);
    REQUIRE(sorted_b, STATUS_NO_MEMORY);

    for (size_t i = 0; same && i < a->n_privileges; i++) {
        same = sorted_a[i].luid == sorted_b[i].luid &&
               sorted_a[i].attributes == sorted_b[i].attributes;
    }
    *ret_same = same;
    return TSR_OK;
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

static bool same_package(const struct token_state *a, const struct token_state *b)
{
    if (!a->has_package || !b->has_package) {
        return a->has_package == b->has_package;
    }
    return tsr_sid_equal(&a->package, &b->package) && a->less_privileged == b->less_privileged;
}

/* All that is no list to be sorted. */
static bool same_rest(const struct token_state *a, const struct token_state *b)
{
    return tsr_sid_equal(&a->user.sid, &b->user.sid) && a->user.attributes == b->user.attributes &&
           !a->restricting == !b->restricting &&
           a->subject.write_restricted == b->subject.write_restricted &&
           a->subject.process_trust_type == b->subject.process_trust_type &&
           a->subject.process_trust_level == b->subject.process_trust_level &&
           same_integrity(&a->subject, &b->subject) && same_package(a, b) &&
           same_claims(&a->subject.user_claims, &b->subject.user_claims) &&
           same_claims(&a->subject.device_claims, &b->subject.device_claims) &&
           same_claims(&a->subject.local_claims, &b->subject.local_claims);
}

static tsr_status same_lists(const struct token_state *a, const struct token_state *b,
                             bool *ret_same)
{
    bool same[6];

    TRY(same_groups(a->groups, a->n_groups, b->groups, b->n_groups, &same[0]));
    TRY(same_privileges(a, b, &same[1]));
    TRY(same_sids(a->restricting, a->n_restricting, b->restricting, b->n_restricting, &same[2]));
    TRY(same_groups(a->capabilities, a->n_capabilities, b->capabilities, b->n_capabilities,
                    &same[3]));
    TRY(same_groups(a->device_groups, a->n_device_groups, b->device_groups, b->n_device_groups,
                    &same[4]));
    TRY(same_sids(a->restricting_devices, a->n_restricting_devices, b->restricting_devices,
                  b->n_restricting_devices, &same[5]));

    *ret_same = same[0] && same[1] && same[2] && same[3] && same[4] && same[5];
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
