/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What drivers' pointers point to
 */

#include <ntifs.h>

#include "object/contexts.h"

static inline struct thread *thread_in(PETHREAD thread)
{
    return (struct thread *)thread;
}

/** Borrowed from what the caller has: not for subject_deinit(). */
static inline struct subject_context subject_in(const SECURITY_SUBJECT_CONTEXT *context)
{
    return (struct subject_context){
        .client = context->ClientToken,
        .level = (tsr_impersonation_level)context->ImpersonationLevel,
        .primary = context->PrimaryToken,
    };
}
