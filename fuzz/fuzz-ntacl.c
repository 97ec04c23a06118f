/* SPDX-License-Identifier: MIT */
/* Fuzz target: what decodes as an NTACL blob is a descriptor, which encodes to one that says the
 * same. */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

#include "base/check.h"
#include "volume/ntacl.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void require_equal(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
    require((a == NULL) == (b == NULL));
    require(n_a == n_b && (!a || memcmp(a, b, n_a) == 0));
}

static void require_equal_sids(const uint8_t *a, const uint8_t *b)
{
    require_equal(a, a ? tsr_encoded_sid_size(a) : 0, b, b ? tsr_encoded_sid_size(b) : 0);
}

static void require_equal_descriptors(const tsr_sd *a, const tsr_sd *b)
{
    require(a->control == b->control);
    require(a->resource_manager_control == b->resource_manager_control);
    require_equal_sids(a->owner, b->owner);
    require_equal_sids(a->group, b->group);
    require_equal(a->dacl.bytes, a->dacl.size, b->dacl.bytes, b->dacl.size);
    require_equal(a->sacl.bytes, a->sacl.size, b->sacl.bytes, b->sacl.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const uint8_t hash[NTACL_HASH_SIZE] = {0};
    CLEANUP(free) uint8_t *blob = NULL;
    CLEANUP(free) uint8_t *again = NULL;
    CLEANUP(free) uint8_t *sd = NULL;
    tsr_status status;
    size_t n_again;
    size_t n_blob;
    size_t n_sd;
    tsr_sd second;
    tsr_sd first;

    status = ntacl_decode(bytes, size, &sd, &n_sd);
    if (tsr_failed(status)) {
        require(status.code == STATUS_FILE_CORRUPT_ERROR && sd == NULL);
        return 0;
    }
    require(tsr_ok(tsr_sd_view(sd, n_sd, &first)));

    /* Components may share bytes where they come from, and version 4 has the largest header. */
    status = ntacl_encode(sd, n_sd, hash, &blob, &n_blob);
    if (tsr_failed(status)) {
        require(status.code == STATUS_EA_TOO_LARGE && blob == NULL);
        return 0;
    }
    require(tsr_ok(ntacl_decode(blob, n_blob, &again, &n_again)));
    require(tsr_ok(tsr_sd_view(again, n_again, &second)));
    require_equal_descriptors(&first, &second);
    return 0;
}
