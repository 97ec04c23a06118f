/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Processes and threads
 */

#include <minwindef.h>
#include <winnt.h>
