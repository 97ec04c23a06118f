/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ACEs on their way into the ACL of an object: mapped to its rights, or inherited from its parent
 * (access-check.md 3 and 14)
 */

#include <stdbool.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>

static inline void cleanup_tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    tsr_acl_builder_deinit(builder);
}

/** The ACEs that @builder holds so far; borrowed until it changes. */
static inline tsr_acl acl_gathered(const tsr_acl_builder *builder)
{
    return (tsr_acl){.bytes = builder->bytes,
                     .size = (uint16_t)builder->size,
                     .n_aces = (uint16_t)builder->n_aces};
}

/* What the masks of effective ACEs become. */
struct ace_rights {
    const tsr_generic_mapping *mapping;
    uint32_t valid; /* rights outside it are dropped */
};

/* The new object, as far as inheriting is concerned. Everything is borrowed. */
struct heir {
    bool is_container;
    bool auto_inherit; /* inherited ACEs are marked INHERITED_ACE */
    struct ace_rights rights;
    const tsr_guid *types; /* what the object is: ACEs with another inherited type pass it by */
    size_t n_types;

    /* Who stands in for CREATOR OWNER, CREATOR GROUP and their SERVER forms, S-1-3-0 to S-1-3-3;
     * NULL: the ACE keeps its SID. */
    const tsr_sid *creators[4];
};

/** Append @ace with @flags in place of its own; the mask is mapped unless it is inherit-only. */
void acl_add_mapped(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags,
                    const struct ace_rights *rights);

/** Append @ace with @flags in place of its own, and else as it is stored. */
void acl_add_flagged(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags);

/** Append the ACEs of @acl as the object's own: none of them counts as inherited any more. */
void acl_add_own(tsr_acl_builder *builder, const tsr_acl *acl);

/** Append the ACEs of @acl that were not inherited, as they are stored. */
void acl_add_explicit(tsr_acl_builder *builder, const tsr_acl *acl);

/** Whether @heir inherits anything from its parent's ACL. */
bool acl_is_inheritable(const tsr_acl *parent, const struct heir *heir);

/** Append what @heir inherits from its parent's @ace: nothing, one ACE or two. */
void ace_inherit(tsr_acl_builder *builder, const tsr_ace *ace, const struct heir *heir);

/** Append what @heir inherits from its parent's ACL, in its order. */
void acl_inherit(tsr_acl_builder *builder, const tsr_acl *parent, const struct heir *heir);
