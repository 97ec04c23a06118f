/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Arguments of native services, as values
 *
 * What is pointed to is read once. Of memory that cannot be read or written only NULL is told from
 * what can: it is STATUS_ACCESS_VIOLATION, and any other such address ends the program.
 */

#include <ntifs.h>

#include "nt/nt.h"
#include "object/contexts.h"
#include "object/services.h"

static inline handle_t handle_in(HANDLE handle)
{
    return (handle_t)(uintptr_t)handle;
}

static inline HANDLE handle_out(handle_t handle)
{
    return (HANDLE)(uintptr_t)handle;
}

/** A privilege as a number; a LUID that is none becomes a number that nobody holds. */
static inline uint32_t privilege_in(LUID luid)
{
    return luid.HighPart == 0 ? luid.LowPart : UINT32_MAX;
}

static inline LUID luid_out(uint64_t luid)
{
    return (LUID){(DWORD)luid, (LONG)(luid >> 32)};
}

static inline uint64_t luid_in(LUID luid)
{
    return (uint64_t)(uint32_t)luid.HighPart << 32 | luid.LowPart;
}

/** The mapping in our terms. @return STATUS_ACCESS_VIOLATION (NULL) */
tsr_status capture_mapping(const GENERIC_MAPPING *mapping, tsr_generic_mapping *ret_mapping);

/** @return STATUS_INVALID_SID, also for NULL */
tsr_status capture_sid(PSID sid, tsr_sid *ret_sid);

/** The same for one that may be left out. @param ret_sid  @room, or NULL */
tsr_status capture_optional_sid(PSID sid, tsr_sid *room, const tsr_sid **ret_sid);

/**
 * @param ret_groups  owned by the caller, free()
 * @return STATUS_INVALID_PARAMETER (over TSR_TOKEN_GROUPS_MAX), STATUS_INVALID_SID,
 *         STATUS_ACCESS_VIOLATION (no array), STATUS_NO_MEMORY
 */
tsr_status capture_groups(const SID_AND_ATTRIBUTES *groups, size_t n_groups,
                          tsr_group **ret_groups);

/**
 * A LUID that is no privilege's becomes one that nobody holds.
 *
 * @param ret_privileges  owned by the caller, free()
 * @return STATUS_INVALID_PARAMETER (over TSR_TOKEN_GROUPS_MAX), STATUS_ACCESS_VIOLATION (no array),
 *         STATUS_NO_MEMORY
 */
tsr_status capture_privileges(const LUID_AND_ATTRIBUTES *privileges, size_t n_privileges,
                              tsr_privilege_state **ret_privileges);

/**
 * @param ret_bytes  owned by the caller, free(); what @ret_acl points into
 * @return STATUS_INVALID_ACL (also NULL), STATUS_NO_MEMORY
 */
tsr_status capture_acl(const ACL *acl, uint8_t **ret_bytes, tsr_acl *ret_acl);

/**
 * A descriptor of either form.
 *
 * @param ret_bytes  owned by the caller, free(); what @ret_sd points into
 * @return STATUS_INVALID_SECURITY_DESCR (also NULL), STATUS_UNKNOWN_REVISION, STATUS_NO_MEMORY
 */
tsr_status capture_descriptor(PSECURITY_DESCRIPTOR descriptor, uint8_t **ret_bytes, tsr_sd *ret_sd);

/** @return STATUS_INVALID_PARAMETER (another length), STATUS_ACCESS_VIOLATION (NULL) */
tsr_status capture_qos(const SECURITY_QUALITY_OF_SERVICE *qos, struct client_qos *ret_qos);

/* What OBJECT_ATTRIBUTES say of an object without name. */
struct attributes {
    uint32_t flags;    /* HANDLE_FLAG_… */
    uint8_t *sd_bytes; /* owned; NULL: no descriptor */
    tsr_sd sd;
    bool has_qos;
    struct client_qos qos;
};

void attributes_deinit(struct attributes *attributes);

static inline void cleanup_attributes_deinit(struct attributes *attributes)
{
    attributes_deinit(attributes);
}

/**
 * @param attributes      NULL: none are given
 * @param ret_attributes  zeroed by the caller, who calls attributes_deinit(), also on failure
 * @return STATUS_INVALID_PARAMETER (a length, unknown attributes), STATUS_OBJECT_NAME_INVALID (it
 *         has a name), as capture_descriptor()
 */
tsr_status capture_attributes(const OBJECT_ATTRIBUTES *attributes,
                              struct attributes *ret_attributes);

/** What a new handle is to be. @return borrows from @attributes */
struct handle_request attributes_request(const struct attributes *attributes, uint32_t desired);

/** Flags of a handle that OBJ_… ask for. */
uint32_t handle_flags_in(ULONG attributes);

/** Whether a token handle exists and has rights, before anything else is looked at. */
tsr_status check_token_handle(HANDLE handle, uint32_t access);

/* The three lists of a filter. */
struct filter {
    tsr_sid *disable;            /* owned */
    uint32_t *delete_privileges; /* owned */
    tsr_group *restrict_to;      /* owned */
    tsr_token_filter_spec spec;  /* points to these */
};

void filter_deinit(struct filter *filter);

static inline void cleanup_filter_deinit(struct filter *filter)
{
    filter_deinit(filter);
}

/**
 * @param ret_filter  zeroed by the caller, who calls filter_deinit(), also on failure
 * @return as capture_groups() and capture_privileges()
 */
tsr_status filter_capture(ULONG flags, const TOKEN_GROUPS *disable,
                          const TOKEN_PRIVILEGES *delete_privileges,
                          const TOKEN_GROUPS *restrict_to, struct filter *ret_filter);
