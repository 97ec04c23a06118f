/* SPDX-License-Identifier: MIT */
/* May this process read a file with that descriptor? The example of the README. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <tessera/linux.h>
#include <tessera/sddl.h>

int main(void)
{
    const tsr_access_request request = {.desired = GENERIC_READ, .mapping = TSR_FILE_MAPPING};
    const tsr_resolver_options options = {0};
    tsr_access_result result = {0};
    tsr_resolver *resolver = NULL; /* turns Linux callers into tokens */
    tsr_identity identity = {0};   /* one process's credentials */
    tsr_token *token = NULL;
    uint8_t *bytes = NULL;
    int exit_status = 1;
    size_t size;
    tsr_sd sd;

    if (tsr_ok(tsr_resolver_new(&options, &resolver, NULL)) &&
        tsr_ok(tsr_identity_of_thread(getpid(), &identity)) &&
        tsr_ok(tsr_resolver_token(resolver, &identity, &token, NULL)) &&
        tsr_ok(tsr_sddl_parse("O:SYG:SYD:(A;;FR;;;WD)", NULL, &bytes, &size, NULL)) &&
        tsr_ok(tsr_sd_view(bytes, size, &sd))) {
        result = tsr_token_access_check(token, &sd, &request);
        printf("granted %#x: %s\n", result.granted, tsr_access_rule_text(result.rule));
        exit_status = tsr_ok(result.status) ? 0 : 1;
    }

    free(bytes);
    tsr_token_unref(token);
    tsr_identity_deinit(&identity);
    tsr_resolver_free(resolver);
    return exit_status;
}
