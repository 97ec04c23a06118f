/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Waiting
 */

#include <minwindef.h>

TSR_BEGIN_DECLS

#define INFINITE 0xFFFFFFFFu

#define WAIT_OBJECT_0 0u
#define WAIT_TIMEOUT  258u
#define WAIT_FAILED   0xFFFFFFFFu

/**
 * Wait for another process to end; the handle needs SYNCHRONIZE.
 *
 * @param dwMilliseconds  INFINITE: for ever
 * @return WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED: ERROR_INVALID_HANDLE (also for what is no
 *         process), ERROR_NOT_SUPPORTED (the process itself)
 */
WINBASEAPI DWORD WINAPI WaitForSingleObject(_In_ HANDLE hHandle, _In_ DWORD dwMilliseconds);

TSR_END_DECLS
