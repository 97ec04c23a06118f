/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Security descriptors, ACLs and ACEs
 *
 * A descriptor is used where it lies: tsr_sd_view() validates self-relative bytes once and points
 * into them; everything that takes a tsr_sd trusts that validation. Building makes new bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/* SECURITY_DESCRIPTOR_CONTROL, [MS-DTYP] 2.4.6 */
#define SE_OWNER_DEFAULTED       0x0001u
#define SE_GROUP_DEFAULTED       0x0002u
#define SE_DACL_PRESENT          0x0004u
#define SE_DACL_DEFAULTED        0x0008u
#define SE_SACL_PRESENT          0x0010u
#define SE_SACL_DEFAULTED        0x0020u
#define SE_DACL_TRUSTED          0x0040u
#define SE_SERVER_SECURITY       0x0080u
#define SE_DACL_AUTO_INHERIT_REQ 0x0100u
#define SE_SACL_AUTO_INHERIT_REQ 0x0200u
#define SE_DACL_AUTO_INHERITED   0x0400u
#define SE_SACL_AUTO_INHERITED   0x0800u
#define SE_DACL_PROTECTED        0x1000u
#define SE_SACL_PROTECTED        0x2000u
#define SE_RM_CONTROL_VALID      0x4000u
#define SE_SELF_RELATIVE         0x8000u

/* SECURITY_INFORMATION, [MS-DTYP] 2.4.7 */
#define OWNER_SECURITY_INFORMATION     0x00000001u
#define GROUP_SECURITY_INFORMATION     0x00000002u
#define DACL_SECURITY_INFORMATION      0x00000004u
#define SACL_SECURITY_INFORMATION      0x00000008u
#define LABEL_SECURITY_INFORMATION     0x00000010u
#define ATTRIBUTE_SECURITY_INFORMATION 0x00000020u
#define SCOPE_SECURITY_INFORMATION     0x00000040u
#define BACKUP_SECURITY_INFORMATION    0x00010000u /* all of the above */

#define UNPROTECTED_SACL_SECURITY_INFORMATION 0x10000000u
#define UNPROTECTED_DACL_SECURITY_INFORMATION 0x20000000u
#define PROTECTED_SACL_SECURITY_INFORMATION   0x40000000u
#define PROTECTED_DACL_SECURITY_INFORMATION   0x80000000u

/* ACE types, [MS-DTYP] 2.4.4.1; a byte outside this list is kept, and skipped by every walk. */
typedef enum tsr_ace_type {
    ACCESS_ALLOWED_ACE_TYPE = 0x00,
    ACCESS_DENIED_ACE_TYPE = 0x01,
    SYSTEM_AUDIT_ACE_TYPE = 0x02,
    SYSTEM_ALARM_ACE_TYPE = 0x03,
    ACCESS_ALLOWED_COMPOUND_ACE_TYPE = 0x04,
    ACCESS_ALLOWED_OBJECT_ACE_TYPE = 0x05,
    ACCESS_DENIED_OBJECT_ACE_TYPE = 0x06,
    SYSTEM_AUDIT_OBJECT_ACE_TYPE = 0x07,
    SYSTEM_ALARM_OBJECT_ACE_TYPE = 0x08,
    ACCESS_ALLOWED_CALLBACK_ACE_TYPE = 0x09,
    ACCESS_DENIED_CALLBACK_ACE_TYPE = 0x0a,
    ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE = 0x0b,
    ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE = 0x0c,
    SYSTEM_AUDIT_CALLBACK_ACE_TYPE = 0x0d,
    SYSTEM_ALARM_CALLBACK_ACE_TYPE = 0x0e,
    SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE = 0x0f,
    SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE = 0x10,
    SYSTEM_MANDATORY_LABEL_ACE_TYPE = 0x11,
    SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE = 0x12,
    SYSTEM_SCOPED_POLICY_ID_ACE_TYPE = 0x13,
    SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE = 0x14,
    SYSTEM_ACCESS_FILTER_ACE_TYPE = 0x15,
} tsr_ace_type;

#define OBJECT_INHERIT_ACE              0x01u
#define CONTAINER_INHERIT_ACE           0x02u
#define NO_PROPAGATE_INHERIT_ACE        0x04u
#define INHERIT_ONLY_ACE                0x08u
#define INHERITED_ACE                   0x10u
#define CRITICAL_ACE_FLAG               0x20u
#define SUCCESSFUL_ACCESS_ACE_FLAG      0x40u
#define FAILED_ACCESS_ACE_FLAG          0x80u
#define TRUST_PROTECTED_FILTER_ACE_FLAG 0x40u /* on an access filter */

#define ACE_OBJECT_TYPE_PRESENT           0x1u
#define ACE_INHERITED_OBJECT_TYPE_PRESENT 0x2u

#define SYSTEM_MANDATORY_LABEL_NO_WRITE_UP   0x1u
#define SYSTEM_MANDATORY_LABEL_NO_READ_UP    0x2u
#define SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP 0x4u

#define ACL_REVISION    2
#define ACL_REVISION_DS 4

#define TSR_ACL_SIZE_MAX    65532
#define TSR_GUID_SIZE       16
#define TSR_ACE_HEADER_SIZE 4

/* An object type as ACEs store it: the first three fields little-endian. */
typedef struct tsr_guid {
    uint8_t bytes[TSR_GUID_SIZE];
} tsr_guid;

/* One ACE, pointing into its ACL. */
typedef struct tsr_ace {
    const uint8_t *bytes; /* the whole ACE */
    uint16_t size;
    uint8_t type;       /* a tsr_ace_type where known */
    uint8_t flags;      /* OBJECT_INHERIT_ACE … */
    uint32_t mask;      /* as stored; 0 for an unknown type */
    const uint8_t *sid; /* encoded; NULL for an unknown type; the client's in a compound ACE */
    const uint8_t *server_sid;            /* compound ACE only, else NULL */
    const uint8_t *object_type;           /* GUID as stored; NULL if absent */
    const uint8_t *inherited_object_type; /* GUID as stored; NULL if absent */
    const uint8_t *data;                  /* what follows the SID: condition, attribute, or slack */
    size_t n_data;
} tsr_ace;

/* A validated ACL, used in place. */
typedef struct tsr_acl {
    const uint8_t *bytes; /* borrowed */
    uint16_t size;        /* with slack after the last ACE */
    uint16_t n_aces;
} tsr_acl;

/* A validated self-relative descriptor, used in place. */
typedef struct tsr_sd {
    const uint8_t *bytes; /* borrowed; must stay unchanged as long as the view is used */
    size_t size;
    uint16_t control;
    uint8_t resource_manager_control;
    const uint8_t *owner; /* encoded SID inside @bytes; NULL if absent */
    const uint8_t *group;
    bool has_dacl; /* SE_DACL_PRESENT; with dacl.bytes NULL it is the NULL DACL */
    bool has_sacl;
    tsr_acl dacl; /* bytes NULL if absent or NULL */
    tsr_acl sacl;
} tsr_sd;

/** Bytes of an encoded SID that has been validated. */
static inline size_t tsr_encoded_sid_size(const uint8_t *sid)
{
    return TSR_SID_SIZE_MIN + 4u * sid[1];
}

/**
 * Validate an ACL at the start of @bytes: revision 2, 3 or 4, every ACE inside, each known ACE type
 * whole (access-check.md 1.3, 1.4). Slack after the last ACE and inside ACEs is accepted.
 *
 * @param ret_acl  points into @bytes; untouched on failure
 * @return STATUS_INVALID_ACL
 */
TSR_PUBLIC tsr_status tsr_acl_view(const void *bytes, size_t size, tsr_acl *ret_acl);

/**
 * Step through an ACL in stored order.
 *
 * @param offset   0 to begin; updated
 * @param ret_ace  points into the ACL; untouched at the end
 * @return whether there was one more
 */
TSR_PUBLIC bool tsr_acl_next(const tsr_acl *acl, size_t *offset, tsr_ace *ret_ace);

/**
 * Validate a self-relative descriptor (access-check.md 1.5).
 *
 * @param ret_sd  points into @bytes; untouched on failure
 * @return STATUS_REVISION_MISMATCH, STATUS_INVALID_SECURITY_DESCR (not self-relative, an offset or
 * a component outside), STATUS_INVALID_SID, STATUS_INVALID_ACL
 */
TSR_PUBLIC tsr_status tsr_sd_view(const void *bytes, size_t size, tsr_sd *ret_sd);

/* What tsr_sd_build() puts together. Everything is borrowed for the duration of the call. */
typedef struct tsr_sd_parts {
    uint16_t control; /* PRESENT bits are derived from has_*; SELF_RELATIVE is added */
    uint8_t resource_manager_control;
    const tsr_sid *owner; /* NULL: absent */
    const tsr_sid *group;
    bool has_dacl;
    bool has_sacl;
    tsr_acl dacl; /* bytes NULL with has_dacl: the NULL DACL */
    tsr_acl sacl;
} tsr_sd_parts;

/**
 * Build a packed self-relative descriptor in Windows' order: header, SACL, DACL, owner, group.
 *
 * @param ret_bytes  owned by the caller, free(); untouched on failure
 * @return STATUS_INVALID_SID, STATUS_NO_MEMORY
 */
TSR_PUBLIC tsr_status tsr_sd_build(const tsr_sd_parts *parts, uint8_t **ret_bytes,
                                   size_t *ret_size);

/* An ACL under construction. Zero-initialise; tsr_acl_builder_finish() or _deinit() ends it. */
typedef struct tsr_acl_builder {
    uint8_t *bytes; /* owned */
    size_t size;
    size_t n_allocated;
    size_t n_aces;
    uint8_t revision;
    uint32_t failure; /* first failure, STATUS_SUCCESS if none; reported by finish */
} tsr_acl_builder;

/** Free an ACL that is not wanted any more; accepts zeroed memory. */
TSR_PUBLIC void tsr_acl_builder_deinit(tsr_acl_builder *builder);

/** Append an ACE of a basic type (allow, deny, audit, label …) without data. */
TSR_PUBLIC void tsr_acl_builder_add(tsr_acl_builder *builder, tsr_ace_type type, uint8_t flags,
                                    uint32_t mask, const tsr_sid *sid);

/** Append a whole encoded ACE; its revision need (2 or 4) is taken from its type. */
TSR_PUBLIC void tsr_acl_builder_add_encoded(tsr_acl_builder *builder, const void *ace, size_t size);

/**
 * Take the ACL; the builder is left empty, also on failure.
 *
 * @param ret_bytes  owned by the caller, free()
 * @param ret_acl    view of it
 * @return STATUS_NO_MEMORY; STATUS_INVALID_ACL if it grew past TSR_ACL_SIZE_MAX or an encoded ACE
 *         was malformed
 */
TSR_PUBLIC tsr_status tsr_acl_builder_finish(tsr_acl_builder *builder, uint8_t **ret_bytes,
                                             tsr_acl *ret_acl);

TSR_END_DECLS
