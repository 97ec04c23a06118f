/* SPDX-License-Identifier: MIT */
/* Fuzz target: SIDs in both forms. What is read must be written back the same. */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/sid.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_round_trip(const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];
    size_t n_taken;
    tsr_sid again;

    tsr_sid_format(sid, text);
    assert(strlen(text) < sizeof(text));
    if (sid->n_sub_authorities == 0) {
        assert(tsr_failed(tsr_sid_parse(text, &again, NULL)));
        return;
    }
    assert(tsr_ok(tsr_sid_parse(text, &again, NULL)));
    assert(tsr_sid_equal(sid, &again));
    assert(tsr_ok(tsr_sid_parse(text, &again, &n_taken)));
    assert(n_taken == strlen(text));
}

static void try_binary(const uint8_t *data, size_t size)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t n_encoded;
    size_t n_taken;
    tsr_sid sid;

    if (tsr_failed(tsr_sid_decode(data, size, &sid, &n_taken))) {
        return;
    }
    assert(n_taken <= size && n_taken == tsr_sid_size(&sid));
    assert(tsr_ok(tsr_sid_encode(&sid, encoded, sizeof(encoded), &n_encoded)));
    assert(n_encoded == n_taken && memcmp(encoded, data, n_encoded) == 0);
    text_round_trip(&sid);
}

static void try_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    size_t n_taken;
    tsr_sid whole;
    tsr_sid sid;

    assert(text);
    memcpy(text, data, size);
    text[size] = '\0';
    if (tsr_ok(tsr_sid_parse(text, &sid, &n_taken))) {
        assert(n_taken <= strlen(text) && sid.n_sub_authorities > 0);
        assert(tsr_ok(tsr_sid_parse(text, &whole, NULL)) == (text[n_taken] == '\0'));
        text_round_trip(&sid);
    } else {
        assert(tsr_failed(tsr_sid_parse(text, &whole, NULL)));
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_binary(data, size);
    if (size > 0) {
        try_text(data, size);
    }
    return 0;
}
