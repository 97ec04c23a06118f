/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Group list: SIDs with attributes, and how they take part in a check
 *
 * Never changed once it is settled, and shared by all token states in which it is the same. Lists
 * that differ in attributes alone share the table of SIDs.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sid.h>
#include <tessera/token.h>

#include "base/check.h"
#include "sec/sid-set.h"

struct group_list {
    atomic_size_t n_refs;
    struct sid_set set;    /* its matches stand behind the attributes */
    uint32_t n;            /* SIDs */
    uint32_t attributes[]; /* of each, SE_GROUP_… */
};

/* Some of a list, one after another. */
struct group_range {
    const struct group_list *list; /* borrowed; NULL if there are none */
    uint32_t first;
    uint32_t n;
};

/**
 * Build a list, whose attributes are 0 and for the caller to set before group_list_settle().
 *
 * @param ret_list  one reference, owned by the caller; untouched on failure
 * @return as sid_table_new()
 */
tsr_status group_list_new(const tsr_sid *const *sids, size_t n_sids, struct group_list **ret_list);

/**
 * The same SIDs and attributes again, to be changed and settled.
 *
 * @param ret_list  one reference, owned by the caller; untouched on failure
 * @return STATUS_NO_MEMORY
 */
tsr_status group_list_copy(const struct group_list *list, struct group_list **ret_list);

/** Bring attributes into their one form (token.md 1.3), and tell how the groups take part. */
void group_list_settle(struct group_list *list);

/** Take a reference; accepts NULL. @return @list */
struct group_list *group_list_ref(struct group_list *list);

/** Drop a reference; accepts NULL. @return NULL, always. */
struct group_list *group_list_unref(struct group_list *list);

DEFINE_CLEANUP(struct group_list *, group_list_unref);

static inline tsr_sid group_list_get_sid(const struct group_list *list, uint32_t index)
{
    return sid_table_get(list->set.table, index);
}

/** Whether the list holds @sid. @param ret_index  its first place; untouched if not */
static inline bool group_list_find(const struct group_list *list, const tsr_sid *sid,
                                   uint32_t *ret_index)
{
    return sid_table_find(list->set.table, sid, ret_index);
}

static inline tsr_group group_range_get(struct group_range range, uint32_t index)
{
    return (tsr_group){
        .sid = group_list_get_sid(range.list, range.first + index),
        .attributes = range.list->attributes[range.first + index],
    };
}

/** All of a range, for the caller to free. NULL: no memory */
tsr_group *group_range_dup(struct group_range range);
