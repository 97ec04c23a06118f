/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Telling a sink what a check does
 *
 * Called only where there is a sink. Nothing here decides anything.
 */

#include "sec/passes.h"

/** Tell @event; what its step does not name may be left out. */
COLD void trace_tell(const tsr_trace *trace, tsr_trace_event event);

static inline tsr_trace_truth trace_truth(enum truth truth)
{
    return truth == TRUTH_TRUE    ? TSR_TRACE_TRUE
           : truth == TRUTH_FALSE ? TSR_TRACE_FALSE
                                  : TSR_TRACE_UNKNOWN;
}

/** An ACE of the DACL has been judged: @decided is what it settled of the object itself. */
COLD void trace_ace(const struct check *check, const struct pass *pass, uint32_t ace_index,
                    const uint8_t *ace, uint32_t decided);

/** The owner's implicit rights have been judged. */
COLD void trace_owner(const struct check *check, const struct pass *pass, uint32_t owned);

/** There is no DACL; @decided is what that settled. */
COLD void trace_no_dacl(const struct check *check, const struct pass *pass, uint32_t decided);

/** A pass begins, with these rights in question. */
COLD void trace_pass(const struct check *check, const struct pass *pass, uint32_t asked);

/** A pass has ended: tell what each node is left with. */
COLD void trace_pass_end(const struct check *check, tsr_access_pass kind);
