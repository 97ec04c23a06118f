/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Handles
 */

#include <minwindef.h>

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
