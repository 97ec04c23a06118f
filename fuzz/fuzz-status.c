/* SPDX-License-Identifier: MIT */
/* Fuzz target: /proc/TID/status and stat give whole identities, with groups in order, or nothing.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "linux/proc-text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_identity(const tsr_identity *identity)
{
    require(memchr(identity->name, '\0', sizeof(identity->name)) != NULL);
    require(identity->thread_id >= 0 && identity->process_id >= 0);
    require(identity->start_time == 0 && identity->groups != NULL);
    for (size_t i = 1; i < identity->n_groups; i++) {
        require(identity->groups[i - 1] < identity->groups[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tsr_identity identity = {0};
    uint64_t start_time = 0;

    if (tsr_ok(proc_text_status((const char *)bytes, size, &identity))) {
        require(size > 5 && memcmp(bytes, "Name:", 5) == 0);
        check_identity(&identity);
    } else {
        require(identity.groups == NULL);
    }
    tsr_identity_deinit(&identity);

    if (tsr_failed(proc_text_start_time((const char *)bytes, size, &start_time))) {
        require(start_time == 0);
    }
    return 0;
}
