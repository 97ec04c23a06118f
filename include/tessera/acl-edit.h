/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Editing ACLs (access-check.md 1.3, 1.4, 14)
 *
 * Every function takes validated views, which it leaves alone, and makes a new packed ACL: its
 * revision is what its ACEs need, and slack behind the last ACE is gone. What an edit is not about
 * is kept to the byte: ACEs of unknown type, conditions, bytes behind a SID. A view whose bytes are
 * NULL is an empty ACL here; the caller who edits a NULL DACL must know that everybody had all
 * access until then.
 *
 * All of them fail with STATUS_NO_MEMORY, and with STATUS_INVALID_ACL if the result would be larger
 * than TSR_ACL_SIZE_MAX. Then no output is touched. Otherwise @ret_bytes is owned by the caller,
 * free(), and @ret_acl is the view of it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/**
 * Whether the ACEs stand in canonical order: explicit denials, all other explicit ACEs, inherited
 * ACEs (Microsoft, "Order of ACEs in a DACL"). Among inherited ACEs no order is wrong: an ACE does
 * not tell which generation it comes from, so a denial behind a grant may come from one further up.
 */
TSR_PUBLIC bool tsr_acl_is_canonical(const tsr_acl *acl);

/** Put the ACEs in canonical order; those of the same group keep theirs, and none is lost. */
TSR_PUBLIC tsr_status tsr_acl_make_canonical(const tsr_acl *acl, uint8_t **ret_bytes,
                                             tsr_acl *ret_acl);

/**
 * Add the ACEs of @added, one after the other, each at its canonical place and behind the ACEs of
 * its kind: an explicit denial behind the denials that @acl begins with, another explicit ACE
 * before the first inherited one, an inherited ACE at the end, because a child lists its parent's
 * ACEs before those from further up. An ACL that is not canonical keeps its order.
 *
 * An ACE is merged with one that stands at this place already, so that merging never carries a
 * right past an ACE of the other kind:
 * - Two that allow, deny, audit or alarm and differ in nothing but their masks become one with
 *   both masks. This needs equal flags, GUIDs, SID and whatever follows the SID.
 * - Two that are plainly ACCESS_ALLOWED, ACCESS_DENIED or SYSTEM_AUDIT, and have the same mask,
 *   become one if a single ACE says the same: with what either inherits to, unless one of them
 *   stops at the first generation; or, with the same inheritance, with the audit flags of both.
 * - Two that are equal to the byte become one, whatever their type.
 */
TSR_PUBLIC tsr_status tsr_acl_add(const tsr_acl *acl, const tsr_acl *added, uint8_t **ret_bytes,
                                  tsr_acl *ret_acl);

/**
 * Remove one ACE.
 *
 * @param index  from 0, in stored order
 * @return STATUS_INVALID_PARAMETER: there are not so many
 */
TSR_PUBLIC tsr_status tsr_acl_remove_at(const tsr_acl *acl, size_t index, uint8_t **ret_bytes,
                                        tsr_acl *ret_acl);

#define TSR_REMOVE_INHERITED 0x1u /* inherited ACEs as well */

/**
 * Remove the explicit ACEs that allow, deny, audit or alarm for @sid; there may be none. Labels,
 * attributes, policies and filters do not speak of whom their SID names, and stay.
 *
 * @param flags  TSR_REMOVE_…
 * @return STATUS_INVALID_PARAMETER: unknown flags
 */
TSR_PUBLIC tsr_status tsr_acl_remove_sid(const tsr_acl *acl, const tsr_sid *sid, uint32_t flags,
                                         uint8_t **ret_bytes, tsr_acl *ret_acl);

/** Remove the ACEs that are equal to @ace to the byte; there may be none. */
TSR_PUBLIC tsr_status tsr_acl_remove_ace(const tsr_acl *acl, const tsr_ace *ace,
                                         uint8_t **ret_bytes, tsr_acl *ret_acl);

/* ACCESS_MODE, accctrl.h */
typedef enum tsr_access_mode {
    NOT_USED_ACCESS = 0,
    GRANT_ACCESS = 1,
    SET_ACCESS = 2,
    DENY_ACCESS = 3,
    REVOKE_ACCESS = 4,
    SET_AUDIT_SUCCESS = 5,
    SET_AUDIT_FAILURE = 6,
} tsr_access_mode;

/* What somebody shall have: EXPLICIT_ACCESS, with the trustee as a SID. Zero-initialise. */
typedef struct tsr_explicit_access {
    tsr_access_mode mode;
    uint32_t mask;       /* taken as it is: generic rights are not mapped */
    uint8_t inheritance; /* OBJECT_INHERIT_ACE … INHERIT_ONLY_ACE */
    tsr_sid sid;
    const uint8_t *object_type; /* GUID as stored, borrowed; NULL: the object as a whole */
    const uint8_t *inherited_object_type;
} tsr_explicit_access;

/**
 * Change what trustees have (SetEntriesInAcl). The entries act in the order given, each on what the
 * one before it left. Only explicit ACEs are changed.
 *
 * An entry's scope is its inheritance and its object types. Its peers are the existing explicit
 * ACEs of the type it makes itself that have the same SID and scope, and nothing behind the SID.
 *
 * - GRANT_ACCESS makes an ACE that allows @mask and what its peers allow, and replaces them. The
 *   rights are taken out of denials with the same SID and scope; one with none left goes
 *   (ACCESS_MODE: "combines the specified rights with any existing allowed or denied rights").
 *   Denials of another scope or under a condition stay, and win.
 * - SET_ACCESS makes an ACE that allows @mask, and removes all that allowed or denied the trustee
 *   anything ("discards any existing access control information"), its auditing excepted.
 * - DENY_ACCESS makes an ACE that denies @mask and what its peers deny, and replaces them. The
 *   rights are taken out of grants with the same SID and scope ("Creating or Modifying an ACL").
 * - REVOKE_ACCESS removes all that allows or audits the trustee anything, whatever its rights and
 *   scope. Denials stay: the current ACCESS_MODE page does not name them, and Windows was seen to
 *   keep them, although the page once did. tsr_acl_remove_sid() removes them too.
 * - SET_AUDIT_SUCCESS and SET_AUDIT_FAILURE make an ACE that audits @mask and what its peers audit,
 *   and replace them. An ACE that differs in nothing but the audited outcome is merged with it if
 *   it has the same mask, or audits all of it already; so two entries combine to an ACE for both.
 *
 * With object types given, SET_ACCESS and REVOKE_ACCESS remove only ACEs with exactly these;
 * otherwise object ACEs are removed with the others (as SetEntriesInAccessList documents).
 *
 * New denials and audits stand at the beginning of the ACL. A new grant stands behind the last
 * explicit denial: just before the existing grants if the ACL is canonical, never before a denial
 * if it is not. An entry without rights adds nothing. Mind that any ACE for OWNER RIGHTS, a grant
 * too, takes away what an owner has without being named.
 *
 * @param acl      NULL, or a view whose bytes are NULL: begin with an empty one
 * @param entries  array of @n_entries; NULL if @n_entries is 0
 * @return STATUS_INVALID_PARAMETER (a mode that is none, inheritance flags beyond the four),
 *         STATUS_INVALID_SID
 */
TSR_PUBLIC tsr_status tsr_acl_set_entries(const tsr_acl *acl, const tsr_explicit_access *entries,
                                          size_t n_entries, uint8_t **ret_bytes, tsr_acl *ret_acl);

TSR_END_DECLS
