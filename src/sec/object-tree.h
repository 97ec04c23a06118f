/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tree of object types that a check decides (access-check.md 8.1)
 *
 * Nodes are the caller's array in preorder. Without a list there is one node, the object itself,
 * and everything here comes down to a few bit operations: hence inline.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "sec/access.h"

/* What one ACE does to the SIDs of a pass. */
enum effect {
    EFFECT_NONE,
    EFFECT_ALLOW,
    EFFECT_DENY,
};

/* The object types in question, in preorder. */
struct tree {
    tsr_object_type *nodes;
    size_t n_nodes;
    bool typed; /* a list was given: GUIDs mean something */
};

/* The node that an object type names; the first of that GUID. @return n_nodes if none does */
static inline size_t node_of_type(const struct tree *tree, const uint8_t *guid)
{
    size_t i = 0;

    while (i < tree->n_nodes && memcmp(tree->nodes[i].guid, guid, TSR_GUID_SIZE) != 0) {
        i++;
    }
    return i;
}

/* The node behind the last of @node's subtree. */
static inline size_t subtree_end(const struct tree *tree, size_t node)
{
    size_t i = node + 1;

    while (i < tree->n_nodes && tree->nodes[i].level > tree->nodes[node].level) {
        i++;
    }
    return i;
}

/* @return n_nodes for the root */
static inline size_t parent_of(const struct tree *tree, size_t node)
{
    const uint16_t level = tree->nodes[node].level;

    if (level == 0) {
        return tree->n_nodes;
    }
    while (tree->nodes[node].level >= level) {
        node--;
    }
    return node;
}

/* Decide what is still open of some rights of one node. @return what that was */
static inline uint32_t node_decide(tsr_object_type *node, uint32_t rights, enum effect effect)
{
    const uint32_t decided = rights & node->undecided;

    node->undecided &= ~decided;
    node->allowed |= effect == EFFECT_ALLOW ? decided : 0;
    return decided;
}

/* What all children of a node are allowed. */
static inline uint32_t allowed_to_children(const struct tree *tree, size_t parent)
{
    const size_t end = subtree_end(tree, parent);
    uint32_t allowed = UINT32_MAX;

    for (size_t i = parent + 1; i < end; i = subtree_end(tree, i)) {
        allowed &= tree->nodes[i].allowed;
    }
    return allowed;
}

/*
 * Section 8.1: an ACE acts on its node and everything below; upwards, a right that all children are
 * allowed is their parent's too, and one that a child is denied is denied to all above it.
 */
static inline uint32_t subtree_decide(const struct tree *tree, size_t node, uint32_t rights,
                                      enum effect effect)
{
    uint32_t decided = 0;
    size_t end;

    end = subtree_end(tree, node);
    for (size_t i = node; i < end; i++) {
        decided |= node_decide(&tree->nodes[i], rights, effect);
    }
    for (size_t i = parent_of(tree, node); i < tree->n_nodes && decided; i = parent_of(tree, i)) {
        decided |=
            node_decide(&tree->nodes[i],
                        effect == EFFECT_ALLOW ? allowed_to_children(tree, i) : decided, effect);
    }
    return decided;
}

/* The same, quickly where there is but the object itself. */
ALWAYS_INLINE uint32_t tree_decide(const struct tree *tree, size_t node, uint32_t rights,
                                   enum effect effect)
{
    if (tree->n_nodes == 1) {
        return node_decide(&tree->nodes[0], rights, effect);
    }
    return subtree_decide(tree, node, rights, effect);
}

/* Open the same rights of every node for a pass. */
static inline void tree_open(const struct tree *tree, uint32_t rights)
{
    tree->nodes[0].undecided = rights;
    tree->nodes[0].allowed = 0;
    for (size_t i = 1; i < tree->n_nodes; i++) {
        tree->nodes[i].undecided = rights;
        tree->nodes[i].allowed = 0;
    }
}

/* Keep of what nodes were granted what the pass allowed, and what it was not asked about. */
static inline void tree_keep(const struct tree *tree, uint32_t asked)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        tree->nodes[i].granted &= tree->nodes[i].allowed | ~asked;
    }
}

/* End the first pass: nodes are granted what it allowed, and what privileges supply. */
static inline void tree_grant(const struct tree *tree, uint32_t supplied)
{
    tree->nodes[0].granted = tree->nodes[0].allowed | supplied;
    for (size_t i = 1; i < tree->n_nodes; i++) {
        tree->nodes[i].granted = tree->nodes[i].allowed | supplied;
    }
}

/* Leave every node at most @limit. */
static inline void tree_limit(const struct tree *tree, uint32_t limit)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        tree->nodes[i].granted &= limit;
    }
}

/* Section 8.1: a root first and alone at its level, and no level skipped. */
static inline bool is_tree(const struct tree *tree)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        if (i == 0 ? tree->nodes[i].level != 0
                   : tree->nodes[i].level == 0 ||
                         tree->nodes[i].level > tree->nodes[i - 1].level + 1) {
            return false;
        }
    }
    return true;
}
