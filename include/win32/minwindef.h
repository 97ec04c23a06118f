/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Windows' scalar types
 *
 * A DWORD has 32 bits and is an unsigned int here: print it with %u, where Windows takes %lu too.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tessera/base.h>

#include <basetsd.h>
#include <sal.h>

/* What is exported by the library. */
#define WINADVAPI  TSR_PUBLIC
#define WINBASEAPI TSR_PUBLIC
#define NTSYSAPI   TSR_PUBLIC

/* There is but one calling convention. */
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __declspec
#define __declspec(attribute_)
#endif
#define WINAPI   __stdcall
#define CALLBACK __stdcall
#define APIENTRY WINAPI
#define PASCAL   __stdcall
#define NTAPI    __stdcall
#define WINAPIV  __cdecl

#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define FORCEINLINE       static inline __attribute__((always_inline))
#define EXTERN_C_START    TSR_BEGIN_DECLS
#define EXTERN_C_END      TSR_END_DECLS

#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef FAR
#define FAR
#endif
#ifndef NEAR
#define NEAR
#endif
#ifndef CONST
#define CONST const
#endif
#ifndef VOID
#define VOID void
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define MAX_PATH 260

#define UNREFERENCED_PARAMETER(parameter_) ((void)(parameter_))

typedef char CHAR, CCHAR;
typedef int16_t SHORT, *PSHORT;
typedef int32_t LONG, *PLONG, *LPLONG;
typedef unsigned char UCHAR, *PUCHAR;
typedef uint16_t USHORT, *PUSHORT;
typedef uint32_t ULONG, *PULONG;
typedef long long LONGLONG, *PLONGLONG;
typedef unsigned long long ULONGLONG, *PULONGLONG;

typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef uint16_t WORD, *PWORD, *LPWORD;
typedef uint32_t DWORD, *PDWORD, *LPDWORD;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT;
typedef float FLOAT, *PFLOAT;
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef void *HANDLE, **PHANDLE, **LPHANDLE;

typedef HANDLE HLOCAL, HGLOBAL, LOCALHANDLE, GLOBALHANDLE;
typedef WORD ATOM;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef struct HINSTANCE__ *HINSTANCE;
typedef HINSTANCE HMODULE;
typedef LONG HRESULT;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#define MAKEWORD(low_, high_) ((WORD)(((BYTE)(low_)) | ((WORD)((BYTE)(high_))) << 8))
#define MAKELONG(low_, high_) ((LONG)(((WORD)(low_)) | ((DWORD)((WORD)(high_))) << 16))
#define LOWORD(value_)        ((WORD)((DWORD_PTR)(value_)&0xffff))
#define HIWORD(value_)        ((WORD)(((DWORD_PTR)(value_) >> 16) & 0xffff))
#define LOBYTE(value_)        ((BYTE)((DWORD_PTR)(value_)&0xff))
#define HIBYTE(value_)        ((BYTE)(((DWORD_PTR)(value_) >> 8) & 0xff))
