/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Access checks in the terms of Windows: what all of them are given, and answer
 */

#include "nt/capture.h"

struct check {
    PSECURITY_DESCRIPTOR descriptor;
    PSID self;
    ACCESS_MASK desired;
    const OBJECT_TYPE_LIST *types;
    ULONG n_types;
    bool result_list;
    const GENERIC_MAPPING *mapping;
    ACCESS_MASK *granted; /* one, or one for each type */
    NTSTATUS *statuses;
};

/** @return STATUS_ACCESS_VIOLATION (NULL), STATUS_INVALID_PARAMETER (how many types) */
tsr_status check_pointers(const struct check *check);

/* The same as values. */
struct check_values {
    tsr_access_request request; /* points to the others */
    tsr_sd sd;
    tsr_sid self;
    uint8_t *sd_bytes;      /* owned */
    tsr_object_type *types; /* owned */
};

void check_values_deinit(struct check_values *values);

static inline void cleanup_check_values_deinit(struct check_values *values)
{
    check_values_deinit(values);
}

/**
 * @param check       its pointers are good
 * @param ret_values  zeroed by the caller, who calls check_values_deinit(), also on failure; it
 *                    stays where it is
 * @return as capture_descriptor() and capture_optional_sid(), STATUS_INVALID_PARAMETER (a type
 *         without GUID), STATUS_NO_MEMORY
 */
tsr_status check_capture(const struct check *check, struct check_values *ret_values);

/** Whether a check may answer this; anything else kept it from being made. */
bool check_is_answer(tsr_status status);

/** The size of a set of @n privileges. */
size_t privilege_set_size(size_t n);

/** @param ret_set  has room for all of @used */
void privilege_set_tell(uint64_t used, PRIVILEGE_SET *ret_set);

/** Tell the answer, or that of each type. */
void check_tell(const struct check *check, const tsr_access_result *result,
                const struct check_values *values);
