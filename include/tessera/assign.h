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

/**
 * The descriptor of a new object (SeAssignSecurityEx, CreatePrivateObjectSecurityEx).
 *
 * @param parent     NULL: the object has none
 * @param creator    what the caller asked for; NULL: nothing
 * @param is_container  decides which of the parent's ACEs apply
 * @param flags      SEF_…
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_PARAMETER (unknown flags), STATUS_INVALID_OWNER,
 *         STATUS_INVALID_PRIMARY_GROUP, STATUS_PRIVILEGE_NOT_HELD (a SACL without
 * SeSecurityPrivilege, a label above the token's level without SeRelabelPrivilege),
 * STATUS_INVALID_ACL (the result is too large), STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_assign(const tsr_token *token, const tsr_sd *parent,
                                    const tsr_sd *creator, bool is_container, uint32_t flags,
                                    const tsr_generic_mapping *mapping, uint8_t **ret_bytes,
                                    size_t *ret_size);

/**
 * Replace the parts of @current that @information names by those of @change (SetSecurityInfo).
 *
 * Parts not named stay to the byte. Generic bits in effective ACEs are mapped. PROTECTED is taken
 * as given, AUTO_INHERITED only together with AUTO_INHERIT_REQ, which is never stored. Whether the
 * caller has WRITE_DAC, WRITE_OWNER or ACCESS_SYSTEM_SECURITY is for the caller to check:
 * tsr_sd_change_rights() tells which are needed.
 *
 * @return STATUS_INVALID_OWNER (a new owner that is neither the user nor an OWNER group of @token,
 * nor allowed by SeRestorePrivilege), STATUS_INVALID_PRIMARY_GROUP (named but absent),
 *         STATUS_PRIVILEGE_NOT_HELD (a label above the token's level without SeRelabelPrivilege),
 *         STATUS_INVALID_ACL, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_change(const tsr_token *token, const tsr_sd *current,
                                    uint32_t information, const tsr_sd *change,
                                    const tsr_generic_mapping *mapping, uint8_t **ret_bytes,
                                    size_t *ret_size);

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
