/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors for new objects, and changes to existing ones (access-check.md 14)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/status.h>
#include <tessera/token.h>

TSR_BEGIN_DECLS

/* CreatePrivateObjectSecurityEx flags */
#define SEF_DACL_AUTO_INHERIT             0x0001u
#define SEF_SACL_AUTO_INHERIT             0x0002u
#define SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT 0x0004u
#define SEF_AVOID_PRIVILEGE_CHECK         0x0008u
#define SEF_AVOID_OWNER_CHECK             0x0010u
#define SEF_DEFAULT_OWNER_FROM_PARENT     0x0020u
#define SEF_DEFAULT_GROUP_FROM_PARENT     0x0040u
#define SEF_MACL_NO_WRITE_UP              0x0100u
#define SEF_MACL_NO_READ_UP               0x0200u
#define SEF_MACL_NO_EXECUTE_UP            0x0400u
#define SEF_AI_USE_EXTRA_PARAMS           0x0800u /* undocumented: STATUS_NOT_SUPPORTED */
#define SEF_AVOID_OWNER_RESTRICTION       0x1000u
#define SEF_FORCE_USER_MODE               0x2000u /* every caller of ours is in user mode */

/* What a new object's descriptor is made of. Everything is borrowed; zeroed members say that there
 * is no such thing. */
typedef struct tsr_assign_request {
    const tsr_sd *parent;
    const tsr_sd *creator; /* what the caller asked for */
    bool is_container;     /* decides which of the parent's ACEs apply */
    const tsr_guid *types; /* what the object is: object ACEs with another inherited type pass it */
    size_t n_types;
    uint32_t flags; /* SEF_… */
    const tsr_generic_mapping *mapping;
    const tsr_sid *server_owner; /* stand in for S-1-3-2 and S-1-3-3; NULL: the token's own */
    const tsr_sid *server_group;
} tsr_assign_request;

/* What of a descriptor is replaced. Everything is borrowed. */
typedef struct tsr_change_request {
    uint32_t information; /* …_SECURITY_INFORMATION */
    const tsr_sd *change; /* may be NULL where @information names none of its parts */
    uint32_t flags;       /* SEF_…_AUTO_INHERIT, SEF_AVOID_…, SEF_FORCE_USER_MODE */
    const tsr_generic_mapping *mapping;
} tsr_change_request;

/* A parent and a child that exists. Everything is borrowed. */
typedef struct tsr_heritage {
    const tsr_sd *parent; /* NULL: the object has none, and so inherits nothing */
    const tsr_sd *child;
    bool is_container;
    const tsr_guid *types; /* as in tsr_assign_request */
    size_t n_types;
    const tsr_generic_mapping *mapping;
    const tsr_sid *server_owner; /* stand in for S-1-3-2 and S-1-3-3; NULL: the child's own */
    const tsr_sid *server_group;
} tsr_heritage;

/**
 * The descriptor of a new object (SeAssignSecurityEx, CreatePrivateObjectSecurityEx,
 * CreatePrivateObjectSecurityWithMultipleInheritance; access-check.md 14).
 *
 * Each ACL holds what the creator gave, then what the parent hands down. Object ACEs with an
 * inherited type act on the object where this is one of its types; containers carry the others on.
 * What a token below medium integrity makes is labelled with its level, what an AppContainer makes
 * as low at most, the SEF_MACL_… flags choosing the policy (no-write-up if none is given); where
 * the default DACL is used, the AppContainer's package gets all rights.
 *
 * @param token      NULL: nobody's defaults and rights, for callers that avoid both checks
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_PARAMETER (unknown flags, no mapping, types without a list),
 *         STATUS_NOT_SUPPORTED (SEF_AI_USE_EXTRA_PARAMS), STATUS_NO_TOKEN (neither a token nor both
 *         of SEF_AVOID_PRIVILEGE_CHECK and SEF_AVOID_OWNER_CHECK), STATUS_INVALID_OWNER,
 *         STATUS_INVALID_PRIMARY_GROUP, STATUS_PRIVILEGE_NOT_HELD (a SACL without
 *         SeSecurityPrivilege, a label above the token's level without SeRelabelPrivilege),
 *         STATUS_ACCESS_DENIED (a DACL of the creator's own where the parent restricts owners by
 *         ACEs for OWNER RIGHTS, without SEF_AVOID_OWNER_RESTRICTION),
 *         STATUS_INVALID_ACL (the result is too large), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_assign_object(const tsr_token *token,
                                           const tsr_assign_request *request, uint8_t **ret_bytes,
                                           size_t *ret_size);

/** The same for an object without type. @param token  not NULL */
TSR_PUBLIC tsr_status tsr_sd_assign(const tsr_token *token, const tsr_sd *parent,
                                    const tsr_sd *creator, bool is_container, uint32_t flags,
                                    const tsr_generic_mapping *mapping, uint8_t **ret_bytes,
                                    size_t *ret_size);

/**
 * Replace the parts of @current that @request names (SetPrivateObjectSecurityEx).
 *
 * Parts not named stay to the byte. Generic bits in effective ACEs are mapped. PROTECTED is taken
 * as given, or set and cleared by PROTECTED_…_ and UNPROTECTED_…_SECURITY_INFORMATION, which
 * without the ACL itself leave the ACEs. AUTO_INHERITED is taken only together with
 * AUTO_INHERIT_REQ, which is never stored. With SEF_DACL_AUTO_INHERIT or SEF_SACL_AUTO_INHERIT
 * - a protected result holds the given ACEs, none of which counts as inherited;
 * - where the current ACL was protected, the given ACEs replace it as they are;
 * - else what the object had inherited stays, behind the given ACEs that are not inherited ones;
 * and a result that is not protected is AUTO_INHERITED.
 *
 * Whether the caller has WRITE_DAC, WRITE_OWNER or ACCESS_SYSTEM_SECURITY is for the caller to
 * check: tsr_sd_change_rights() tells which are needed, and what is refused for want of them is
 * STATUS_ACCESS_DENIED, for ACCESS_SYSTEM_SECURITY STATUS_PRIVILEGE_NOT_HELD. SEF_AVOID_OWNER_CHECK
 * and SEF_AVOID_PRIVILEGE_CHECK each lift the check of a new owner; neither that of a label.
 *
 * @param token  NULL: for callers that avoid both checks
 * @return STATUS_INVALID_OWNER (a new owner that is neither the user nor an OWNER group of @token,
 *         nor allowed by SeRestorePrivilege), STATUS_INVALID_PRIMARY_GROUP (named but absent),
 *         STATUS_PRIVILEGE_NOT_HELD (a label above the token's level without SeRelabelPrivilege),
 *         STATUS_INVALID_ACL, STATUS_INVALID_PARAMETER (unknown parts or flags, contradictory
 *         protection, a DACL that is named but absent), STATUS_NOT_SUPPORTED and STATUS_NO_TOKEN as
 *         above, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_change_object(const tsr_token *token, const tsr_sd *current,
                                           const tsr_change_request *request, uint8_t **ret_bytes,
                                           size_t *ret_size);

/** The same without flags. @param token  not NULL */
TSR_PUBLIC tsr_status tsr_sd_change(const tsr_token *token, const tsr_sd *current,
                                    uint32_t information, const tsr_sd *change,
                                    const tsr_generic_mapping *mapping, uint8_t **ret_bytes,
                                    size_t *ret_size);

/**
 * What becomes of a child when its parent's descriptor has changed (access-check.md 14).
 *
 * In each ACL the child's own ACEs stay, in their order and to the byte; those it had inherited
 * make way for what the parent hands down now, which stands behind them. A protected ACL, owner and
 * group stay as they are, and so does an ACL that is absent or NULL as long as nothing is
 * inherited; once something is, it holds just that. An ACL that inherits something is
 * AUTO_INHERITED. ACEs that were inherited without being marked count as the child's own:
 * tsr_sd_convert_to_auto_inherit() first.
 *
 * To bring a tree up to date, call it for each child with the parent's new descriptor, and then for
 * the children of that child, even if it did not change: they may be out of date by themselves.
 * Only below a protected child nothing can depend on what is above it.
 *
 * @param ret_bytes    owned by the caller, free(); untouched on failure, as all outputs are
 * @param ret_changed  whether the result says anything other than the child's descriptor
 * @return STATUS_INVALID_PARAMETER (no child or mapping, types without a list), STATUS_INVALID_ACL
 *         (the result is too large), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_propagate(const tsr_heritage *heritage, uint8_t **ret_bytes,
                                       size_t *ret_size, bool *ret_changed);

/**
 * Mark as inherited what a child has from its parent (ConvertToAutoInheritPrivateObjectSecurity).
 *
 * Where an ACL holds, in this order, every ACE that the parent hands down, these are marked and
 * stand behind the others, which count as the child's own. Where the parent hands down nothing, one
 * of its ACEs is missing, or to move them could change what the ACL means, the ACL keeps its order,
 * counts as the child's own, and becomes PROTECTED. Either way it is AUTO_INHERITED. A protected
 * ACL keeps its ACEs as they are, and an absent one stays absent.
 *
 * @param information  which ACLs: DACL_SECURITY_INFORMATION, SACL_SECURITY_INFORMATION or both
 * @return as tsr_sd_propagate(); STATUS_INVALID_PARAMETER for any other @information
 */
TSR_PUBLIC tsr_status tsr_sd_convert_to_auto_inherit(const tsr_heritage *heritage,
                                                     uint32_t information, uint8_t **ret_bytes,
                                                     size_t *ret_size);

/**
 * The way back: make the ACLs that @information names PROTECTED, all their ACEs the object's own.
 *
 * @param information  DACL_SECURITY_INFORMATION, SACL_SECURITY_INFORMATION or both
 * @return STATUS_INVALID_PARAMETER (any other), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_make_explicit(const tsr_sd *sd, uint32_t information,
                                           uint8_t **ret_bytes, size_t *ret_size);

/** The rights needed to read the parts that @information names. */
TSR_PUBLIC uint32_t tsr_sd_query_rights(uint32_t information);

/** The rights needed to replace them. */
TSR_PUBLIC uint32_t tsr_sd_change_rights(uint32_t information);

/**
 * A descriptor that holds exactly the parts of @sd that @information names. Of the SACL,
 * LABEL, ATTRIBUTE and SCOPE each select their ACEs; SACL selects all but these.
 *
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_select(const tsr_sd *sd, uint32_t information, uint8_t **ret_bytes,
                                    size_t *ret_size);

TSR_END_DECLS
