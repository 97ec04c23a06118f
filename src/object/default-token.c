/* SPDX-License-Identifier: MIT */
/* The token of a process that was not given one. */

#include "object/default-token.h"

#include <tessera/linux.h>

#include "base/check.h"
#include "linux/identity.h"

DEFINE_CLEANUP(tsr_resolver *, tsr_resolver_free);

tsr_status default_token(pid_t process, tsr_token **ret_token)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = NULL;

    TRY(tsr_resolver_new(NULL, &resolver, NULL));
    TRY(tsr_identity_of_thread(process, &identity));
    return tsr_resolver_token(resolver, &identity, ret_token, NULL);
}
