/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Access masks, generic mapping, and what an access check asks and answers
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/base.h>
#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>
#include <tessera/trace.h>

TSR_BEGIN_DECLS

/* Standard and generic rights, [MS-DTYP] 2.4.3 */
#define DELETE                 0x00010000u
#define READ_CONTROL           0x00020000u
#define WRITE_DAC              0x00040000u
#define WRITE_OWNER            0x00080000u
#define SYNCHRONIZE            0x00100000u
#define ACCESS_SYSTEM_SECURITY 0x01000000u
#define MAXIMUM_ALLOWED        0x02000000u
#define GENERIC_ALL            0x10000000u
#define GENERIC_EXECUTE        0x20000000u
#define GENERIC_WRITE          0x40000000u
#define GENERIC_READ           0x80000000u
#define GENERIC_RIGHTS         0xF0000000u

/* Files and directories, [MS-SMB2] 2.2.13.1 */
#define FILE_READ_DATA        0x00000001u
#define FILE_LIST_DIRECTORY   0x00000001u
#define FILE_WRITE_DATA       0x00000002u
#define FILE_ADD_FILE         0x00000002u
#define FILE_APPEND_DATA      0x00000004u
#define FILE_ADD_SUBDIRECTORY 0x00000004u
#define FILE_READ_EA          0x00000008u
#define FILE_WRITE_EA         0x00000010u
#define FILE_EXECUTE          0x00000020u
#define FILE_TRAVERSE         0x00000020u
#define FILE_DELETE_CHILD     0x00000040u
#define FILE_READ_ATTRIBUTES  0x00000080u
#define FILE_WRITE_ATTRIBUTES 0x00000100u
#define FILE_GENERIC_READ     0x00120089u
#define FILE_GENERIC_WRITE    0x00120116u
#define FILE_GENERIC_EXECUTE  0x001200A0u
#define FILE_ALL_ACCESS       0x001F01FFu

/* What an object type makes of the generic rights. */
typedef struct tsr_generic_mapping {
    uint32_t read;
    uint32_t write;
    uint32_t execute;
    uint32_t all;
} tsr_generic_mapping;

#define TSR_FILE_MAPPING                                                                \
    ((tsr_generic_mapping){FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, \
                           FILE_ALL_ACCESS})

/** Replace the generic bits of @mask by what @mapping makes of them (access-check.md 3). */
static inline uint32_t tsr_map_generic(uint32_t mask, const tsr_generic_mapping *mapping)
{
    uint32_t mapped = mask & ~GENERIC_RIGHTS;

    if (mapped == mask) {
        return mask;
    }
    mapped |= mask & GENERIC_READ ? mapping->read : 0;
    mapped |= mask & GENERIC_WRITE ? mapping->write : 0;
    mapped |= mask & GENERIC_EXECUTE ? mapping->execute : 0;
    mapped |= mask & GENERIC_ALL ? mapping->all : 0;
    return mapped;
}

/**
 * What a caller whose integrity level does not dominate the label's may still get
 * (access-check.md 6.3).
 *
 * @param label_policy  SYSTEM_MANDATORY_LABEL_NO_…
 */
TSR_PUBLIC uint32_t tsr_mandatory_mask(const tsr_generic_mapping *mapping, uint32_t label_policy);

#define TSR_OBJECT_TYPES_MAX 4096

/* One node of an object-type list, in preorder: what is asked about, and what was decided. */
typedef struct tsr_object_type {
    uint16_t level;   /* 0 for the root, which comes first; at most one more than the node before */
    uint8_t guid[16]; /* as ACEs store it: the first three fields little-endian */
    tsr_status status;  /* out */
    uint32_t granted;   /* out; also of a node that was refused (access-check.md 8.1) */
    uint32_t undecided; /* room for the check to work in */
    uint32_t allowed;   /* as above */
} tsr_object_type;

/* A rule of a central access policy (access-check.md 12). Everything is borrowed. */
typedef struct tsr_central_rule {
    const uint8_t *applies_to; /* a conditional expression; NULL: always */
    size_t n_applies_to;
    tsr_acl dacl;            /* bytes NULL: the NULL DACL */
    tsr_acl sacl;            /* audited besides the object's; bytes NULL: nothing */
    const tsr_acl *new_dacl; /* proposed in place of @dacl; NULL: no change is proposed */
    const tsr_acl *new_sacl;
} tsr_central_rule;

typedef struct tsr_central_policy {
    tsr_sid sid; /* S-1-17-…, as a SYSTEM_SCOPED_POLICY_ID_ACE names it */
    const tsr_central_rule *rules;
    size_t n_rules;
} tsr_central_policy;

/* What an access check asks. */
typedef struct tsr_access_request {
    uint32_t desired;            /* generic bits are mapped; MAXIMUM_ALLOWED is accepted */
    uint32_t previously_granted; /* added to what the check grants */
    tsr_generic_mapping mapping;
    const tsr_sid *principal_self; /* stands in for S-1-5-10; NULL: none */
    bool backup_intent;            /* let SeBackupPrivilege grant reading (access-check.md 7) */
    bool restore_intent;           /* let SeRestorePrivilege grant writing */
    /* An object-type list, at most TSR_OBJECT_TYPES_MAX; NULL: none. The check writes into it. */
    tsr_object_type *types;
    size_t n_types;
    bool result_list; /* each type has its own answer; otherwise only the root's is meaningful */
    /* All central access policies that are known; none: those that objects name are ignored. */
    const tsr_central_policy *policies;
    size_t n_policies;
    bool staged;            /* judge by what the rules of policies propose instead */
    const tsr_trace *trace; /* told every step; NULL: nobody asks */
} tsr_access_request;

/* The step that settled a check. */
typedef enum tsr_access_rule {
    TSR_RULE_NONE,               /* nothing asked */
    TSR_RULE_PRIVILEGE,          /* granted by privilege alone */
    TSR_RULE_OWNER,              /* the owner's implicit rights completed the grant */
    TSR_RULE_NO_DACL,            /* no DACL, or the NULL DACL */
    TSR_RULE_ALLOW_ACE,          /* an allow ACE completed the grant: ace_index */
    TSR_RULE_DENY_ACE,           /* a deny ACE hit a right still open: ace_index */
    TSR_RULE_END_OF_DACL,        /* rights were left when the DACL ended */
    TSR_RULE_PRIVILEGE_NOT_HELD, /* ACCESS_SYSTEM_SECURITY without SeSecurityPrivilege */
    TSR_RULE_INTEGRITY,          /* the mandatory label */
    TSR_RULE_PROCESS_TRUST,      /* the process-trust label */
    TSR_RULE_ACCESS_FILTER,      /* an access filter ACE */
    TSR_RULE_CENTRAL_POLICY,     /* a rule of the object's central access policy */
} tsr_access_rule;

/* The pass over the DACL in which that happened. */
typedef enum tsr_access_pass {
    TSR_PASS_NORMAL,
    TSR_PASS_RESTRICTED, /* against the restricting SIDs */
    TSR_PASS_PACKAGE,    /* against an AppContainer's package and capabilities */
} tsr_access_pass;

/* The answer of an access check. Denied: status says so and granted is 0. */
typedef struct tsr_access_result {
    tsr_status status; /* STATUS_SUCCESS, STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD */
    uint32_t granted;
    uint64_t privileges_used; /* bit n: the privilege with LUID n supplied a right */
    tsr_access_rule rule;
    tsr_access_pass pass;
    uint32_t ace_index; /* position in the DACL, where the rule names an ACE */
    uint32_t missing;   /* denied: the rights that were asked for and not given */
} tsr_access_result;

/** A short phrase for a rule, "denied by an ACE"; static text. */
TSR_PUBLIC const char *tsr_access_rule_text(tsr_access_rule rule);

TSR_END_DECLS
