/* SPDX-License-Identifier: MIT */
/* Local memory: what the library returns, and programs free. */

#include <winbase.h>

#include <stdlib.h>

#include <winerror.h>

#include "win32/error.h"

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    const size_t size = uBytes ? uBytes : 1;
    void *memory;

    if (uFlags & ~LPTR) {
        error_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    memory = uFlags & LMEM_ZEROINIT ? calloc(1, size) : malloc(size);
    if (!memory) {
        error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return memory;
}

HLOCAL WINAPI LocalFree(HLOCAL hMem)
{
    free(hMem);
    return NULL;
}
