/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The part of Win32 that Tessera provides
 *
 * Programs are compiled with -I of this folder and linked with libtessera.
 *
 * Text of functions that end in W is UTF-16 in units of char16_t, that of functions that end in A
 * is UTF-8. On Linux a literal L"x" has units of 32 bits, and is no WCHAR text: write TEXT("x") or
 * u"x", or compile C with -fshort-wchar and pass nothing of it to libc's wide functions. In C++
 * wchar_t stays a type of its own even then.
 */

#include <windef.h>

#include <errhandlingapi.h>
#include <handleapi.h>
#include <processthreadsapi.h>
#include <securitybaseapi.h>
#include <synchapi.h>
#include <winbase.h>
#include <winerror.h>
#include <winnt.h>
