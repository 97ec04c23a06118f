/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Windows' scalar types, and what of the graphical system every program's types mention
 */

#include <minwindef.h>
#include <winnt.h>

typedef struct HWND__ *HWND;
typedef DWORD COLORREF, *LPCOLORREF;

#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef max
#define max(a_, b_) ((a_) > (b_) ? (a_) : (b_))
#endif
#ifndef min
#define min(a_, b_) ((a_) < (b_) ? (a_) : (b_))
#endif
#endif
