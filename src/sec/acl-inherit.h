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

    /* Who stands in for CREATOR OWNER, CREATOR GROUP and their SERVER forms, S-1-3-0 to S-1-3-3;
     * NULL: the ACE keeps its SID. */
    const tsr_sid *creators[4];
};

/** Append @ace with @flags in place of its own; the mask is mapped unless it is inherit-only. */
void acl_add_mapped(tsr_acl_builder *builder, const tsr_ace *ace, uint8_t flags,
                    const struct ace_rights *rights);

/** Whether a child of this kind inherits anything from @ace. */
bool ace_is_inheritable(const tsr_ace *ace, bool is_container);

/** Append what @heir inherits from its parent's @ace: nothing, one ACE or two. */
void acl_add_inherited(tsr_acl_builder *builder, const tsr_ace *ace, const struct heir *heir);
