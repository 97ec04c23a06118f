/* SPDX-License-Identifier: MIT */
/* Fuzz target: what decodes as a snapshot is encoded again, and that decodes to the same bytes. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/snapshot.h>

#define VERSION_OFFSET  8
#define VERSION_2_LACKS 20 /* bytes, of what version 3 tells */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void encode(const tsr_token *token, uint8_t **ret_bytes, size_t *ret_size)
{
    require(tsr_ok(tsr_snapshot_encode(token, ret_bytes, ret_size)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tsr_token *token = NULL;
    tsr_token *again = NULL;
    uint8_t *second;
    uint8_t *first;
    size_t n_second;
    size_t n_first;

    if (tsr_failed(tsr_snapshot_decode(bytes, size, &token))) {
        require(token == NULL);
        return 0;
    }

    encode(token, &first, &n_first);
    require(tsr_ok(tsr_snapshot_decode(first, n_first, &again)));
    encode(again, &second, &n_second);
    /* The input itself may hold attributes that a token settles; its first encoding does not. */
    require(n_first == size + (bytes[VERSION_OFFSET] == 2 ? VERSION_2_LACKS : 0));
    require(n_first == n_second && memcmp(first, second, n_first) == 0);

    free(second);
    free(first);
    tsr_token_unref(again);
    tsr_token_unref(token);
    return 0;
}
