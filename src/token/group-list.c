/* SPDX-License-Identifier: MIT */
/* Group list: SIDs with attributes, and how they take part in a check. */

#include "token/group-list.h"

#include <stdlib.h>
#include <string.h>

#define ENABLED_ATTRIBUTES (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

static uint8_t *matches_of(struct group_list *list)
{
    return (uint8_t *)(list->attributes + list->n);
}

/* @param table  a reference that becomes the list's, also on failure */
static tsr_status list_of_table(const struct sid_table *table, struct group_list **ret_list)
{
    struct group_list *const list =
        zeroed_new(sizeof(*list) + table->n_sids * (sizeof(list->attributes[0]) + sizeof(uint8_t)));

    if (!list) {
        (void)sid_table_unref(table);
        return tsr_status_of(STATUS_NO_MEMORY);
    }
    atomic_init(&list->n_refs, 1);
    list->n = table->n_sids;
    list->set.table = table;

    *ret_list = list;
    return TSR_OK;
}

tsr_status group_list_new(const tsr_sid *const *sids, size_t n_sids, struct group_list **ret_list)
{
    struct sid_table *table;

    TRY(sid_table_new(sids, n_sids, &table));
    return list_of_table(table, ret_list);
}

tsr_status group_list_copy(const struct group_list *list, struct group_list **ret_list)
{
    struct group_list *copy;

    TRY(list_of_table(sid_table_ref(list->set.table), &copy));
    memcpy(copy->attributes, list->attributes, list->n * sizeof(list->attributes[0]));

    *ret_list = copy;
    return TSR_OK;
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

void group_list_settle(struct group_list *list)
{
    uint8_t *const matches = matches_of(list);

    for (uint32_t i = 0; i < list->n; i++) {
        list->attributes[i] = settled_attributes(list->attributes[i]);
        matches[i] = group_matches(list->attributes[i]);
    }
    sid_set_init(&list->set, list->set.table, matches);
}

struct group_list *group_list_ref(struct group_list *list)
{
    if (list) {
        atomic_fetch_add_explicit(&list->n_refs, 1, memory_order_relaxed);
    }
    return list;
}

struct group_list *group_list_unref(struct group_list *list)
{
    /* Release and acquire: every thread's use happens before the free. */
    if (list && atomic_fetch_sub_explicit(&list->n_refs, 1, memory_order_acq_rel) == 1) {
        (void)sid_table_unref(list->set.table);
        free(list);
    }
    return NULL;
}

tsr_group *group_range_dup(struct group_range range)
{
    tsr_group *const groups = array_new(range.n, sizeof(*groups));

    for (uint32_t i = 0; groups && i < range.n; i++) {
        groups[i] = group_range_get(range, i);
    }
    return groups;
}
