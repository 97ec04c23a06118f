/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Calls that Windows programs make all the time, with the token of this process
 *
 * The same source is compiled with our headers, and with those of mingw-w64 to run under Wine.
 */

#include <windows.h>

/* Makes one call, and undoes it. @return whether it worked */
typedef BOOL call(void);

struct call_entry {
    const char *name;
    double wine_us; /* Wine 8.0's best, as issue 4 records it */
    call *make;
};

#define N_CALLS 5

extern const struct call_entry calls[N_CALLS];

/** Open what the calls ask about. Threads may make calls afterwards. */
BOOL calls_prepare(void);
